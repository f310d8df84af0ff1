/*
 * site.c - the routes of checkin-province serve
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
#include "http/pages.h"
#include "http/request.h"
#include "ledger/day.h"
#include "province/gather.h"
#include "province/site.h"
#include "report/present.h"

/* Bytes of a token, with NUL. */
#define TOKEN_LEN 129

_Static_assert(CK_DOCUMENT_BODY_MAX == CK_PUSH_MAX,
    "a body that is taken is one that can be judged");

static int64_t
now_ms(const struct ck_province_site *site)
{
	return ck_clock_wall_ms(site->clock);
}

/* Nothing is lost: whoever asked asks again. */
static void
reply_failed(struct ck_request *request, enum ck_err err)
{
	ck_request_reply_problem(request, 503, "ledger-failed",
	    "The ledger does not answer. Ask again later.", ck_err_text(err));
}

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
		reply_failed(request, err);
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

static void
take_feed(void *ctx, struct ck_request *request)
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
		reply_failed(request, err);
	else
		ck_request_reply_bytes(request, (unsigned)status,
		    status == 200 || status == 409 ? "application/json" :
		    "application/problem+json", ck_buf_view(&out));
	ck_buf_wipe(&out);
}

static void
show_position(void *ctx, struct ck_request *request)
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
	    ck_day_of_ms(now_ms(site)));
	if (clinic == NULL || clinic->number != pusher.facility ||
	    strcmp(station, pusher.station) != 0) {
		ck_request_reply_problem(request, 403, "foreign-clinic",
		    "This token is of another clinic or station.", NULL);
		return;
	}
	err = ck_push_position(site->ledger, code, station, epoch, &out);
	if (err != CK_OK)
		reply_failed(request, err);
	else
		ck_request_reply_bytes(request, 200, "application/json",
		    ck_buf_view(&out));
	ck_buf_wipe(&out);
}

/* --- Reading -------------------------------------------------------------- */

static void
show_alive(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_request_reply_bytes(request, 200, "text/plain; charset=utf-8",
	    ck_span_str("alive\n"));
}

static void
show_metrics(void *ctx, struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	enum ck_metrics_format format = ck_request_accepts(request,
	    "application/openmetrics-text") ?
	    CK_METRICS_OPENMETRICS : CK_METRICS_TEXT;
	struct ck_buf out = CK_BUF_INIT;
	enum ck_err err;

	err = ck_province_metrics_text(site->ledger, now_ms(site), format,
	    &out);
	if (err != CK_OK)
		reply_failed(request, err);
	else
		ck_request_reply_bytes(request, 200, ck_expo_type(format),
		    ck_buf_view(&out));
	ck_buf_wipe(&out);
}

static void
show_clinics(void *ctx, struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	json_t *clinics;
	enum ck_err err;

	err = ck_province_clinics_json(site->ledger, now_ms(site), &clinics);
	if (err != CK_OK)
		reply_failed(request, err);
	else
		ck_request_reply_json_packed(request, 200, clinics);
}

static void
show_clinic(void *ctx, struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	json_t *clinic;
	enum ck_err err;

	err = ck_province_clinic_json(site->ledger,
	    ck_request_param(request, 0), now_ms(site), &clinic);
	if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(request, 404, "unknown-clinic",
		    "The registry has no clinic of this code.", NULL);
	else if (err != CK_OK)
		reply_failed(request, err);
	else
		ck_request_reply_json(request, 200, clinic);
}

static bool
read_day(struct ck_request *request, const char *name, int64_t *out)
{
	const char *text = ck_request_query(request, name);
	struct ck_date date;

	if (text == NULL || ck_date_parse_iso(text, &date) != CK_OK ||
	    date.day == 0)
		return false;
	*out = ck_day_of_date(date);

	return true;
}

/* False: answered. */
static bool
read_wish(struct ck_request *request, struct ck_report_wish *wish)
{
	const char *form = ck_request_query(request, "format");
	const char *internal = ck_request_query(request, "internal");

	*wish = (struct ck_report_wish){ .form = CK_FORM_JSON };
	wish->internal = internal != NULL && strcmp(internal, "yes") == 0;
	if (read_day(request, "from", &wish->from_day) &&
	    read_day(request, "to", &wish->to_day) &&
	    wish->to_day >= wish->from_day &&
	    (form == NULL || ck_form_parse(form, &wish->form)) &&
	    (internal == NULL || wish->internal ||
	    strcmp(internal, "no") == 0))
		return true;
	ck_request_reply_problem(request, 400, "query-invalid",
	    "The report that was asked for cannot be made.",
	    "from and to are dates YYYY-MM-DD, to not before from; format is "
	    "text, json, csv, xlsx or html; internal is yes or no.");

	return false;
}

/* The header is no place for a file name of others: ours are dates. */
static void
name_file(struct ck_request *request, const struct ck_report_wish *wish)
{
	static const char *const endings[] = {
		[CK_FORM_CSV] = "csv", [CK_FORM_XLSX] = "xlsx",
		[CK_FORM_HTML] = "html", [CK_FORMS] = NULL
	};
	struct ck_date from = ck_day_date(wish->from_day);
	struct ck_date to = ck_day_date(wish->to_day);
	char value[128];

	if (endings[wish->form] == NULL)
		return;
	(void)snprintf(value, sizeof(value), "attachment; filename=\"checkin-"
	    "%04u-%02u-%02u-%04u-%02u-%02u%s.%s\"", (unsigned)from.year,
	    (unsigned)from.month, (unsigned)from.day, (unsigned)to.year,
	    (unsigned)to.month, (unsigned)to.day,
	    wish->internal ? "-internal" : "", endings[wish->form]);
	ck_request_add_header(request, "Content-Disposition", value);
}

static void
show_report(void *ctx, struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	const char *language = ck_request_query(request, "language");
	struct ck_catalogue *catalogue;
	struct ck_report_wish wish;
	struct ck_buf out = CK_BUF_INIT;
	enum ck_err err;

	if (!read_wish(request, &wish))
		return;
	if (ck_catalogue_open(&catalogue, language != NULL ? language :
	    "vi") != CK_OK) {
		ck_request_reply_problem(request, 400, "language-unknown",
		    "language is vi or en.", NULL);
		return;
	}
	err = ck_report_present(site->ledger, &wish, catalogue, now_ms(site),
	    &out);
	if (err == CK_ERR_LIMIT) {
		ck_request_reply_problem(request, 400, "period-too-long",
		    "A report covers at most 20 years.", NULL);
	} else if (err != CK_OK) {
		reply_failed(request, err);
	} else {
		name_file(request, &wish);
		ck_request_reply_bytes(request, 200, ck_form_type(wish.form),
		    ck_buf_view(&out));
	}
	ck_buf_wipe(&out);
	ck_catalogue_free(&catalogue);
}

static void
show_page(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_http_page(request, "province.html");
}

static const struct ck_route routes[] = {
	{ "GET", "/livez", CK_ON_HTTP, CK_BODY_NONE, CK_FOR_ALL, show_alive },
	{ "GET", "/metrics", CK_ON_CORE, CK_BODY_NONE, CK_FOR_COLLECTOR,
	    show_metrics },
	/* Whose token it is, the handlers ask. */
	{ "POST", "/v1/feeds", CK_ON_CORE, CK_BODY_DOCUMENT, CK_FOR_ALL,
	    take_feed },
	{ "GET", "/v1/feeds", CK_ON_CORE, CK_BODY_NONE, CK_FOR_ALL,
	    show_position },
	{ "GET", "/v1/report", CK_ON_CORE, CK_BODY_NONE, CK_FOR_STAFF,
	    show_report },
	{ "GET", "/v1/clinics", CK_ON_CORE, CK_BODY_NONE, CK_FOR_STAFF,
	    show_clinics },
	{ "GET", "/v1/clinics/{code}", CK_ON_CORE, CK_BODY_NONE, CK_FOR_STAFF,
	    show_clinic },
	{ "GET", "/", CK_ON_HTTP, CK_BODY_NONE, CK_FOR_STAFF, show_page },
	{ "GET", "/static/{name}", CK_ON_HTTP, CK_BODY_NONE, CK_FOR_STAFF,
	    ck_http_static },
	{ "GET", "/text/{name}", CK_ON_HTTP, CK_BODY_NONE, CK_FOR_STAFF,
	    ck_http_text },
};

const struct ck_route *
ck_province_routes(size_t *count)
{
	*count = sizeof(routes) / sizeof(routes[0]);

	return routes;
}
