/*
 * site_push.c - what clinics push, and whose token it is
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "collect/push.h"
#include "daemon/config_check.h"
#include "daemon/secret.h"
#include "http/admit.h"
#include "http/guard.h"
#include "ledger/day.h"
#include "province/site_state.h"

/* Bytes of a token, with NUL. */
#define TOKEN_LEN 129

_Static_assert(CK_DOCUMENT_BODY_MAX == CK_PUSH_MAX,
    "a body that is taken is one that can be judged");

/* --- Whose token it is ---------------------------------------------------- */

struct pusher {
	int64_t facility;
	char station[CK_STATION_LEN];
};

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

static bool
holds_token(const char *directory, const char *name,
    const char *authorization)
{
	char token[TOKEN_LEN], path[1024 + 256 + 2];
	struct ck_guard guard = { .token = token };
	bool good;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	good = ck_secret_read(path, CK_TOKEN_MIN, token,
	    sizeof(token)) == CK_OK && token[0] != '\0' &&
	    ck_guard_token(&guard, authorization);
	explicit_bzero(token, sizeof(token));

	return good;
}

/* The registry's number of the clinic in a file's name; 0: it has none. */
static bool
is_of(struct pusher *pusher, const struct ck_registry *registry,
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

/* The files are read each time, so that a token that is taken away ends at
 * once. */
static bool
find_pusher(const struct ck_province_site *site,
    const struct ck_registry *registry, const char *authorization,
    struct pusher *pusher)
{
	DIR *directory = site->clinics_directory[0] == '\0' ||
	    authorization == NULL ? NULL : opendir(site->clinics_directory);
	struct dirent *entry;
	bool found = false;

	if (directory == NULL)
		return false;
	while (!found && (entry = readdir(directory)) != NULL)
		found = is_of(pusher, registry, entry->d_name) &&
		    holds_token(site->clinics_directory, entry->d_name,
		    authorization);
	(void)closedir(directory);

	return found;
}

/* False: answered. */
static bool
admit_pusher(const struct ck_province_site *site, struct ck_request *request,
    const struct ck_registry **registry, struct pusher *pusher)
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
	struct pusher pusher;
	enum ck_err err;
	int status;

	if (!admit_pusher(site, request, &registry, &pusher))
		return;
	push.body = ck_request_body(request);
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
	struct pusher pusher;
	enum ck_err err;

	if (!admit_pusher(site, request, &registry, &pusher))
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
