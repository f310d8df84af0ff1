/*
 * site.c - the routes of checkin-province serve
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/pages.h"
#include "ledger/day.h"
#include "province/gather.h"
#include "province/site_state.h"
#include "report/present.h"

/* Documents that a page shows at once, and that can be asked for. */
#define DOCUMENTS_SHOWN 50
#define DOCUMENTS_MAX 1000

void
ck_site_reply_failed(struct ck_request *request, enum ck_err err)
{
	ck_request_reply_problem(request, 503, "ledger-failed",
	    "The ledger does not answer. Ask again later.", ck_err_text(err));
}

static int64_t
now_ms(const struct ck_province_site *site)
{
	return ck_clock_wall_ms(site->clock);
}

/* --- Which days ------------------------------------------------------------ */

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

/* Without from and to the last 30 days. False: answered. */
static bool
read_asked(const struct ck_province_site *site, struct ck_request *request,
    struct ck_site_asked *asked)
{
	int64_t today;

	*asked = (struct ck_site_asked){ .now_ms = now_ms(site) };
	today = ck_day_of_ms(asked->now_ms);
	asked->from_day = today - CK_SITE_DAYS + 1;
	asked->to_day = today;
	if (ck_request_query(request, "from") == NULL &&
	    ck_request_query(request, "to") == NULL)
		return true;
	if (read_day(request, "from", &asked->from_day) &&
	    read_day(request, "to", &asked->to_day) &&
	    asked->to_day >= asked->from_day)
		return true;
	ck_request_reply_problem(request, 400, "query-invalid",
	    "These are no days.", "from and to are dates YYYY-MM-DD, to not "
	    "before from; without both: the last 30 days.");

	return false;
}

/* --- Off the loop ---------------------------------------------------------- */

/* An account whose token was taken away since it was let in. */
static void
refuse(struct ck_request *request)
{
	ck_request_reply_problem(request, 403, "not-for-accounts",
	    "This account is none any more.", NULL);
}

/*
 * What reads is answered where it keeps no push waiting, and from a ledger
 * that has nothing but what whoever asks may see: no handler can forget it.
 */
static void
ask(struct ck_province_site *site, struct ck_reader *reader, ck_reader_fn fn,
    struct ck_request *request)
{
	const struct ck_scope *scope = NULL;

	if (ck_request_is_member(request) &&
	    (scope = ck_accounts_scope(site->accounts,
	    ck_request_header(request, "Authorization"))) == NULL)
		refuse(request);
	else
		ck_reader_ask(reader, scope, fn, site, request);
}

static void
reply(struct ck_request *request, enum ck_err err, json_t *json)
{
	if (err == CK_OK)
		ck_request_reply_json_packed(request, 200, json);
	else if (err == CK_ERR_NOT_FOUND)
		ck_request_reply_problem(request, 404, "unknown-clinic",
		    "The registry has no clinic of this code.", NULL);
	else if (err == CK_ERR_LIMIT)
		ck_request_reply_problem(request, 400, "query-invalid",
		    "Figures are of days from 2000 to 2100.", NULL);
	else
		ck_site_reply_failed(request, err);
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
answer_metrics(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request)
{
	const struct ck_province_site *site = ctx;
	enum ck_metrics_format format = ck_request_accepts(request,
	    "application/openmetrics-text") ?
	    CK_METRICS_OPENMETRICS : CK_METRICS_TEXT;
	struct ck_buf out = CK_BUF_INIT;
	enum ck_err err;

	err = ck_province_metrics_text(ledger, now_ms(site), format, &out);
	if (err != CK_OK)
		ck_site_reply_failed(request, err);
	else
		ck_request_reply_bytes(request, 200, ck_expo_type(format),
		    ck_buf_view(&out));
	ck_buf_wipe(&out);
}

static void
show_metrics(void *ctx, struct ck_request *request)
{
	struct ck_province_site *site = ctx;

	ask(site, site->pages, answer_metrics, request);
}

static void
answer_clinics(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request)
{
	struct ck_site_asked asked;
	json_t *clinics;
	enum ck_err err;

	if (!read_asked(ctx, request, &asked))
		return;
	err = ck_province_clinics_json(ledger, &asked, &clinics);
	reply(request, err, clinics);
}

static void
show_clinics(void *ctx, struct ck_request *request)
{
	struct ck_province_site *site = ctx;

	ask(site, site->pages, answer_clinics, request);
}

static void
answer_clinic(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request)
{
	struct ck_site_asked asked;
	json_t *clinic;
	enum ck_err err;

	if (!read_asked(ctx, request, &asked))
		return;
	err = ck_province_clinic_json(ledger, ck_request_param(request, 0),
	    &asked, &clinic);
	reply(request, err, clinic);
}

static void
show_clinic(void *ctx, struct ck_request *request)
{
	struct ck_province_site *site = ctx;

	ask(site, site->pages, answer_clinic, request);
}

static bool
read_verdict(const char *text, struct ck_site_documents *wish)
{
	enum ck_verdict verdict;

	if (text == NULL)
		return true;
	if (strcmp(text, "not_counted") == 0)
		return wish->not_counted = true;
	for (verdict = CK_VERDICT_ACCEPTED; verdict <= CK_VERDICT_REFUSED;
	    verdict++) {
		if (strcmp(text, ck_verdict_label(verdict)) == 0) {
			wish->verdict = verdict;
			return true;
		}
	}

	return false;
}

static bool
read_limit(const char *text, unsigned *out)
{
	char *end = NULL;
	unsigned long value;

	if (text == NULL)
		return true;
	value = strtoul(text, &end, 10);
	*out = (unsigned)value;

	return text[0] >= '0' && text[0] <= '9' && *end == '\0' &&
	    value >= 1 && value <= DOCUMENTS_MAX;
}

static void
answer_documents(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request)
{
	struct ck_site_documents wish = { .limit = DOCUMENTS_SHOWN };
	const char *code = ck_request_query(request, "clinic");
	struct ck_site_asked asked;
	json_t *documents;
	enum ck_err err;

	wish.code = code != NULL ? code : "";
	if (!read_verdict(ck_request_query(request, "verdict"), &wish) ||
	    !read_limit(ck_request_query(request, "limit"), &wish.limit)) {
		ck_request_reply_problem(request, 400, "query-invalid",
		    "These documents cannot be listed.", "verdict is "
		    "accepted, quarantined, refused or not_counted; limit is "
		    "from 1 to 1000.");
		return;
	}
	if (!read_asked(ctx, request, &asked))
		return;
	err = ck_province_documents_json(ledger, &wish, &asked, &documents);
	reply(request, err, documents);
}

static void
show_documents(void *ctx, struct ck_request *request)
{
	struct ck_province_site *site = ctx;

	ask(site, site->pages, answer_documents, request);
}

/* --- Reports --------------------------------------------------------------- */

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
answer_report(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request)
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
	err = ck_report_present(ledger, &wish, catalogue, now_ms(site),
	    &out);
	if (err == CK_ERR_LIMIT) {
		ck_request_reply_problem(request, 400, "period-too-long",
		    "A report covers at most 20 years.", NULL);
	} else if (err != CK_OK) {
		ck_site_reply_failed(request, err);
	} else {
		name_file(request, &wish);
		ck_request_reply_bytes(request, 200, ck_form_type(wish.form),
		    ck_buf_view(&out));
	}
	ck_buf_wipe(&out);
	ck_catalogue_free(&catalogue);
}

static void
show_report(void *ctx, struct ck_request *request)
{
	struct ck_province_site *site = ctx;

	ask(site, site->reports, answer_report, request);
}

static void
answer_worklist(void *ctx, struct ck_ledger *ledger,
    struct ck_request *request)
{
	struct ck_site_asked asked;

	if (read_asked(ctx, request, &asked))
		ck_site_answer_worklist(&asked, ledger, request);
}

static void
show_worklist(void *ctx, struct ck_request *request)
{
	struct ck_province_site *site = ctx;

	ask(site, site->reports, answer_worklist, request);
}

static void
show_cases(void *ctx, struct ck_request *request)
{
	struct ck_province_site *site = ctx;

	ask(site, site->pages, ck_site_answer_cases, request);
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
	    ck_site_take_feed },
	{ "GET", "/v1/feeds", CK_ON_CORE, CK_BODY_NONE, CK_FOR_ALL,
	    ck_site_show_position },
	{ "POST", "/v1/cases", CK_ON_CORE, CK_BODY_DOCUMENT, CK_FOR_ALL,
	    ck_site_take_case },
	{ "GET", "/v1/cases", CK_ON_CORE, CK_BODY_NONE, CK_FOR_MEMBER,
	    show_cases },
	{ "GET", "/v1/worklist", CK_ON_CORE, CK_BODY_NONE, CK_FOR_MEMBER,
	    show_worklist },
	{ "GET", "/v1/report", CK_ON_CORE, CK_BODY_NONE, CK_FOR_MEMBER,
	    show_report },
	{ "GET", "/v1/clinics", CK_ON_CORE, CK_BODY_NONE, CK_FOR_MEMBER,
	    show_clinics },
	{ "GET", "/v1/clinics/{code}", CK_ON_CORE, CK_BODY_NONE, CK_FOR_MEMBER,
	    show_clinic },
	{ "GET", "/v1/documents", CK_ON_CORE, CK_BODY_NONE, CK_FOR_MEMBER,
	    show_documents },
	{ "GET", "/", CK_ON_HTTP, CK_BODY_NONE, CK_FOR_MEMBER, show_page },
	{ "GET", "/static/{name}", CK_ON_HTTP, CK_BODY_NONE, CK_FOR_MEMBER,
	    ck_http_static },
	{ "GET", "/text/{name}", CK_ON_HTTP, CK_BODY_NONE, CK_FOR_MEMBER,
	    ck_http_text },
};

const struct ck_route *
ck_province_routes(size_t *count)
{
	*count = sizeof(routes) / sizeof(routes[0]);

	return routes;
}
