/*
 * check_in_json.h - a check-in and its notices as the routes show them
 *
 * schema/http.openapi.yaml: CheckIn, Notice.
 */
#ifndef SERVICE_HTTP_CHECK_IN_JSON_H
#define SERVICE_HTTP_CHECK_IN_JSON_H

#include "checkin/category.h"
#include "checkin/renew.h"
#include "checkin/rules.h"
#include "io/json.h"
#include "store/check_in.h"

/* What belongs to a check-in besides itself. Borrowed but for notices. */
struct ck_check_in_shown {
	const struct ck_category_answer *category;
	const struct ck_renewed *renewed;
	const char *language;
	bool episode_rule;		/* MA_LK need not be given */
	json_t *notices;		/* its reference is taken */
};

/* New reference; NULL: out of memory. */
json_t *ck_check_in_json(const struct ck_check_in *check_in,
    const struct ck_check_in_shown *shown);

/* ["MA_THE_BHYT", …]: what a later answer changes. New reference; NULL. */
json_t *ck_changed_fields_json(const struct ck_admission_change *change);

/* New reference; NULL: out of memory. */
json_t *ck_notice_json(const struct ck_notice_row *row);

/* An RFC 9457 problem that names each defect. New reference; NULL. */
json_t *ck_defects_json(const struct ck_defect *defects, size_t count);

#endif /* SERVICE_HTTP_CHECK_IN_JSON_H */
