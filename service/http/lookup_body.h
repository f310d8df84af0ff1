/*
 * lookup_body.h - the body of POST /v1/lookups, checked member by member
 */
#ifndef SERVICE_HTTP_LOOKUP_BODY_H
#define SERVICE_HTTP_LOOKUP_BODY_H

#include <stdbool.h>

#include "eligibility/lookup.h"
#include "io/json.h"

struct ck_config;

/* What is wrong with a body. Both are static strings. */
struct ck_body_defect {
	const char *field;
	const char *expected;
};

/*
 * Fill request from body. Members: number, full_name, date_of_birth, operator;
 * and, if wanted, visit_date (within the bounds of stats/visit_date.h around
 * today), desk, presented, kind. Unknown members are
 * refused, so that a misspelt one is not silently ignored. False: *defect says
 * which member and what is expected. The caller wipes request.
 */
bool ck_lookup_body_read(const json_t *body, const struct ck_config *config,
    struct ck_date today, struct ck_lookup_request *request,
    struct ck_body_defect *defect);

/*
 * Put a typed number into keys, by its kind: 12 digits (identity number), 10
 * digits (insurance number) or 15 characters (card number). False: none of
 * these; keys is unchanged.
 */
bool ck_number_read(const char *text, struct ck_person_keys *keys);

#endif /* SERVICE_HTTP_LOOKUP_BODY_H */
