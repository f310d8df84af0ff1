/*
 * site.h - what checkin-province serve answers
 *
 * In the flow:  io/server -> [site] -> collect/push, report/present, gather
 *
 * A clinic that pushes shows its own token, and gets no further with it; who
 * reads shows the token of the office. All handlers run on the loop's thread,
 * which the ledger belongs to.
 */
#ifndef SERVICE_PROVINCE_SITE_H
#define SERVICE_PROVINCE_SITE_H

#include <stddef.h>

#include "ck/clock.h"
#include "http/route.h"
#include "io/json.h"
#include "ledger/ledger.h"

/* The ctx of the routes. All borrowed. */
struct ck_province_site {
	struct ck_ledger *ledger;
	const struct ck_clock *clock;
	/* A file CLINIC.STATION with the token of each that pushes; "": none
	 * may. */
	const char *clinics_directory;
};

/* The table for io/server.h. Static. */
const struct ck_route *ck_province_routes(size_t *count);

/*
 * Every clinic that exists today and is not closed, as GET /v1/clinics has it:
 *
 *	[{"code","name","district","commune","level","manager",
 *	  "state":"whole"|"late"|"silent","heard","complete_until",
 *	  "attempts","confirmed"},…]
 *
 * whole    its figures are complete until today's beginning
 * silent   nothing came on the last day on which it was open, nor since
 * late     neither
 * district  the last that it belonged to
 * manager   name of the managing centre, or ""
 * heard, complete_until  RFC 3339, or null: never
 * attempts, confirmed    series cccd of the last 30 days, today included
 *
 * out      A new reference; NULL on every error.
 *
 * Returns  CK_OK, CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_province_clinics_json(struct ck_ledger *ledger, int64_t now_ms,
    json_t **out);

/*
 * Why attempts of one clinic were not confirmed in the same 30 days, as
 * GET /v1/clinics/{code} has it:
 *
 *	{"code","name","reasons":[{"outcome","reason","owner","count"},…]}
 *
 * outcome  of ck/words.h, or "kept": covered by a kept answer, which is no
 *          confirmation
 * out      A new reference; NULL on every error.
 *
 * Returns  CK_OK, CK_ERR_NOT_FOUND (no clinic of this code), CK_ERR_NOMEM, or
 *          an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_province_clinic_json(struct ck_ledger *ledger, const char *code,
    int64_t now_ms, json_t **out);

#endif /* SERVICE_PROVINCE_SITE_H */
