/*
 * site_push.c - what clinics push, and whose token it is
 */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "collect/push.h"
#include "http/admit.h"
#include "ledger/day.h"
#include "province/site_state.h"

_Static_assert(CK_DOCUMENT_BODY_MAX == CK_PUSH_MAX,
    "a body that is taken is one that can be judged");

/* --- Whose token it is ---------------------------------------------------- */

/* "CLINIC.STATION"; the station has no dot. */
static bool
split_name(const char *name, char clinic[CK_CLINIC_ID_LEN],
    char station[CK_STATION_LEN])
{
	const char *dot = strrchr(name, '.');

	if (dot == NULL || dot == name || dot[1] == '\0' ||
	    (size_t)(dot - name) >= CK_CLINIC_ID_LEN ||
	    strlen(dot + 1) >= CK_STATION_LEN)
		return false;
	memcpy(clinic, name, (size_t)(dot - name));
	clinic[dot - name] = '\0';
	(void)snprintf(station, CK_STATION_LEN, "%s", dot + 1);

	return true;
}

/* The registry's number of the clinic in a file's name; 0: it has none. */
static bool
is_of(struct ck_pusher *pusher, const struct ck_registry *registry,
    const char *name)
{
	const struct ck_clinic *clinic;
	char id[CK_CLINIC_ID_LEN];

	if (!split_name(name, id, pusher->station) ||
	    (clinic = ck_registry_by_id(registry, id)) == NULL)
		return false;
	pusher->facility = clinic->number;

	return true;
}

static bool
find_pusher(const struct ck_province_site *site,
    const struct ck_registry *registry, const char *authorization,
    struct ck_pusher *pusher)
{
	char name[CK_TOKENS_NAME_LEN];

	return site->pushers != NULL &&
	    ck_tokens_find(site->pushers, authorization, name) &&
	    is_of(pusher, registry, name);
}

bool
ck_site_admit(const struct ck_province_site *site,
    struct ck_request *request, const struct ck_registry **registry,
    struct ck_pusher *pusher)
{
	enum ck_err err = ck_ledger_registry(site->ledger, registry);

	if (err != CK_OK) {
		ck_site_reply_failed(request, err);
		return false;
	}
	if (find_pusher(site, *registry, ck_request_header(request,
	    "Authorization"), pusher))
		return true;
	ck_request_add_header(request, "WWW-Authenticate",
	    "Bearer realm=\"checkin-province\"");
	ck_request_reply_problem(request, 401, "token-required",
	    "The token of a clinic of the registry is required.", NULL);

	return false;
}

/* --- Push ----------------------------------------------------------------- */

void
ck_site_take_feed(void *ctx, struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	const char *encoding = ck_request_header(request, "Content-Encoding");
	const struct ck_registry *registry;
	struct ck_buf out = CK_BUF_INIT;
	struct ck_push push = { 0 };
	struct ck_pusher pusher;
	enum ck_err err;
	int status;

	if (!ck_site_admit(site, request, &registry, &pusher))
		return;
	push.body = ck_request_body(request);
	push.announced = ck_request_cut(request);
	push.gzip = encoding != NULL && strcasecmp(encoding, "gzip") == 0;
	push.facility = pusher.facility;
	push.station = pusher.station;
	err = ck_push_take(site->ledger, &push, &status, &out);
	if (err != CK_OK)
		ck_site_reply_failed(request, err);
	else
		ck_request_reply_bytes(request, (unsigned)status,
		    status == 200 || status == 409 ? "application/json" :
		    "application/problem+json", ck_buf_view(&out));
	ck_buf_wipe(&out);
}

void
ck_site_show_position(void *ctx, struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	const char *code = ck_request_query(request, "facility");
	const char *station = ck_request_query(request, "station");
	const char *epoch = ck_request_query(request, "epoch");
	const struct ck_registry *registry;
	const struct ck_clinic *clinic;
	struct ck_buf out = CK_BUF_INIT;
	struct ck_pusher pusher;
	enum ck_err err;

	if (!ck_site_admit(site, request, &registry, &pusher))
		return;
	if (code == NULL || station == NULL || epoch == NULL) {
		ck_request_reply_problem(request, 400, "query-incomplete",
		    "facility, station and epoch are required.", NULL);
		return;
	}
	clinic = ck_registry_by_code(registry, code,
	    ck_day_of_ms(ck_clock_wall_ms(site->clock)));
	if (clinic == NULL || clinic->number != pusher.facility ||
	    strcmp(station, pusher.station) != 0) {
		ck_request_reply_problem(request, 403, "foreign-clinic",
		    "This token is of another clinic or station.", NULL);
		return;
	}
	err = ck_push_position(site->ledger, code, station, epoch, &out);
	if (err != CK_OK)
		ck_site_reply_failed(request, err);
	else
		ck_request_reply_bytes(request, 200, "application/json",
		    ck_buf_view(&out));
	ck_buf_wipe(&out);
}
