/*
 * site_cases.c - correction cases over HTTP: taking and listing them
 *
 * A clinic is answered with the collector's signed word, over and over if it
 * asks again. The list names no patient: the collector does not know any.
 */
#include <strings.h>

#include "ledger/day.h"
#include "province/cases.h"
#include "province/site_state.h"

static int
status_of(enum ck_correction_reason reason)
{
	switch (reason) {
	case CK_CORRECTION_TOO_LARGE:
		return 413;
	case CK_CORRECTION_WRONG_CLINIC:
		return 403;
	case CK_CORRECTION_OTHER:
		return 409;
	case CK_CORRECTION_UNKNOWN_CASE:
		return 404;
	default:
		return 422;
	}
}

static void
reply_refused(struct ck_request *request,
    const struct ck_correction_taken *taken)
{
	int status = status_of(taken->reason);

	ck_request_reply_json_as(request, (unsigned)status,
	    "application/problem+json",
	    json_pack("{s:s, s:s, s:i, s:s, s:s}", "type", "about:blank",
	    "title", ck_correction_reason_text(taken->reason),
	    "status", status, "detail", taken->detail,
	    "reason", ck_correction_reason_label(taken->reason)));
}

static void
reply_taken(const struct ck_province_office *office,
    struct ck_request *request, const struct ck_correction_taken *taken)
{
	struct ck_buf out = CK_BUF_INIT;
	enum ck_err err = ck_office_answer_build(&taken->answer,
	    office->signer, office->public, &out);

	if (err != CK_OK)
		ck_site_reply_failed(request, err);
	else
		ck_request_reply_bytes(request, 200, "application/json",
		    ck_buf_view(&out));
	ck_buf_wipe(&out);
}

void
ck_site_take_case(void *ctx, struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	struct ck_arrival arrival = { .body = ck_request_body(request),
		.way = CK_WAY_PUSH };
	const struct ck_registry *registry;
	struct ck_correction_taken taken;
	struct ck_pusher pusher;
	enum ck_err err;

	if (!ck_site_admit(site, request, &registry, &pusher))
		return;
	if (site->office == NULL) {
		ck_request_reply_problem(request, 503, "cases-off",
		    "This office takes no correction cases.",
		    "[office] answer_key_file is not set.");
		return;
	}
	arrival.facility = pusher.facility;
	arrival.station = pusher.station;
	err = ck_ledger_take_correction(site->ledger, &arrival,
	    ck_province_recipient(site->office), &taken);
	if (err != CK_OK)
		ck_site_reply_failed(request, err);
	else if (taken.reason != CK_CORRECTION_GOOD)
		reply_refused(request, &taken);
	else
		reply_taken(site->office, request, &taken);
}

/* --- The list ------------------------------------------------------------- */

struct listing {
	const struct ck_registry *registry;
	int64_t now_ms;
	json_t *list;
};

static enum ck_err
add(void *ctx, const struct ck_correction_held *held)
{
	const struct listing *listing = ctx;
	const struct ck_clinic *clinic = ck_registry_by_number(
	    listing->registry, held->facility);
	int64_t today = ck_day_of_ms(listing->now_ms);

	if (clinic == NULL)
		return CK_OK;	/* not for whoever asks */

	return json_array_append_new(listing->list, json_pack(
	    "{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I, s:I}",
	    "id", held->answer.id, "code", held->answer.code,
	    "name", ck_clinic_on(clinic, today)->name,
	    "station", held->answer.station,
	    "state", ck_office_state_label(held->answer.state),
	    "received_at", ck_site_instant(held->answer.received_ms),
	    "state_at", ck_site_instant(held->answer.state_ms),
	    "days_open", held->answer.state == CK_OFFICE_CLOSED ? (json_int_t)
	    0 : (json_int_t)(today - ck_day_of_ms(held->made_ms)),
	    "retests", (json_int_t)held->retests)) == 0 ? CK_OK :
	    CK_ERR_NOMEM;
}

void
ck_site_answer_cases(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	const char *state = ck_request_query(request, "state");
	struct listing listing = { .now_ms = ck_clock_wall_ms(site->clock),
		.list = json_array() };
	enum ck_err err = listing.list == NULL ? CK_ERR_NOMEM :
	    ck_ledger_registry(ledger, &listing.registry);

	if (err == CK_OK)
		err = ck_corrections_read(ledger, state == NULL ||
		    strcasecmp(state, "all") != 0, add, &listing);
	if (err == CK_OK) {
		ck_request_reply_json_packed(request, 200, listing.list);
		return;
	}
	json_decref(listing.list);
	ck_site_reply_failed(request, err);
}
