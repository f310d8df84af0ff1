/*
 * site_state.h - the inside of the site; of province/site*.c alone
 */
#ifndef SERVICE_PROVINCE_SITE_STATE_H
#define SERVICE_PROVINCE_SITE_STATE_H

#include "http/request.h"
#include "ledger/figures.h"
#include "province/site.h"
#include "report/complete.h"
#include "report/sums.h"

/* Days of figures that are shown unless others are asked for, today
 * included. */
#define CK_SITE_DAYS 30

/* Answer 503. Nothing is lost: whoever asked asks again. */
void ck_site_reply_failed(struct ck_request *request, enum ck_err err);

/* An instant as RFC 3339 without fractions; null for 0. A new reference. */
json_t *ck_site_instant(int64_t wall_ms);

/* The daemon whose token came with a request. */
struct ck_pusher {
	int64_t facility;
	char station[CK_STATION_LEN];
};

/* Find it; *registry is the present one. False: answered. */
bool ck_site_admit(const struct ck_province_site *site,
    struct ck_request *request, const struct ck_registry **registry,
    struct ck_pusher *pusher);

/* The handler of site_cases.c; what readers answer of it and of
 * site_worklist.c; ctx likewise. */
void ck_site_take_case(void *ctx, struct ck_request *request);
void ck_site_answer_worklist(const struct ck_site_asked *asked,
    struct ck_ledger *ledger, struct ck_request *request);
void ck_site_answer_cases(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request);

/* The handlers of site_push.c; ctx is a struct ck_province_site. */
void ck_site_take_feed(void *ctx, struct ck_request *request);
void ck_site_show_position(void *ctx, struct ck_request *request);

/* A clinic as the list has it; NULL when out of memory. A new reference. */
json_t *
ck_site_clinic_object(struct ck_ledger *ledger,
    const struct ck_registry *registry, const struct ck_completeness *one,
    const struct ck_sums *sums, int64_t quarantined, int64_t now_ms);

#endif /* SERVICE_PROVINCE_SITE_STATE_H */
