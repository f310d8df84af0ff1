/*
 * test_province_serve.c - checkin-province serve over a real socket: push,
 * report, clinics, metrics, and who may
 */
#include "ledger_fixture.h"

#include <curl/curl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "io/gzip.h"
#include "io/json.h"
#include "io/loop.h"
#include "io/server.h"
#include "province/site.h"

#define OFFICE "office-token-of-the-test"
#define CLINIC "clinic-84001-main-token"
#define CAREFUL "clinic-84002-main-token"
#define SECRET "clinic-84004-main-token"

/* Accounts: of one clinic, of a centre and its clinics, and of nothing. */
#define ONE "account-of-one-clinic"
#define CENTRE "account-of-the-centre"
#define NOTHING "account-without-a-section"

static const struct feed_row rows[] = {
	{ .series = "cccd", .count = 12, .revision = 1 },
	{ .series = "cccd", .count = 8, .revision = 2,
	    .outcome = "not_found", .reason = "050", .owner = "insurer" }
};
static const struct feed one = {
	.revision = 2, .rows = rows, .row_count = 2
};
/* Of a clinic that no account sees. */
static const struct feed_row secret_rows[] = {
	{ .series = "cccd", .count = 7777, .revision = 1, .outcome =
	    "not_found", .reason = "060", .owner = "insurer" }
};
static const struct feed secret = {
	.facility = "84004", .key = 4, .revision = 1, .rows = secret_rows,
	.row_count = 1
};
static const struct feed secret_early = {
	.facility = "84004", .key = 4, .revision = 1,
	.made_at = "2026-03-02T12:00:05Z"
};
static const struct feed_row careful_rows[] = {
	{ .series = "cccd", .count = 31, .revision = 1 }
};
static const struct feed careful = {
	.facility = "84002", .key = 2, .revision = 1, .rows = careful_rows,
	.row_count = 1
};
static const struct feed foreign = {
	.facility = "84002", .revision = 0, .key = 2
};

static struct world {
	struct fixture ledger;
	struct ck_province_site site;
	struct ck_ledger_options options;
	struct ck_loop *loop;
	struct ck_server *server;
	pthread_t thread;
	struct ck_accounts *accounts;
	char directory[96], accounts_directory[96], accounts_file[96];
	struct ck_buf answer;
	char disposition[160];
} w;

/* The server's threads ask for the time, too. */
static atomic_llong ahead_ms;

static int64_t
read_clock(void *ctx)
{
	(void)ctx;

	return NOW_MS + atomic_load(&ahead_ms);
}

static const struct ck_clock test_clock = { read_clock, read_clock, NULL };

static void *
run_loop(void *ctx)
{
	return ck_loop_run(ctx) == CK_OK ? NULL : ctx;
}

static void
write_secret(const char *directory, const char *name, const char *token)
{
	char path[192];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", directory, name);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs(token, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void
write_token(const char *name, const char *token)
{
	write_secret(w.directory, name, token);
}

static void
make_accounts(void)
{
	(void)snprintf(w.accounts_directory, sizeof(w.accounts_directory),
	    "%s/accounts", w.ledger.directory);
	assert_int_equal(mkdir(w.accounts_directory, 0700), 0);
	write_secret(w.accounts_directory, "one", ONE "\n");
	write_secret(w.accounts_directory, "centre", CENTRE "\n");
	write_secret(w.accounts_directory, "nothing", NOTHING "\n");
	write_secret(w.ledger.directory, "accounts.ini",
	    "[one]\nclinics = 84002\n[centre]\nmanagers = 84001\n");
	(void)snprintf(w.accounts_file, sizeof(w.accounts_file),
	    "%s/accounts.ini", w.ledger.directory);
	assert_int_equal(ck_accounts_load(&w.accounts, w.accounts_file,
	    w.accounts_directory, &test_clock), CK_OK);
	w.site.accounts = w.accounts;
}

/* As the fixture's, with a district that has ended and a clinic that has
 * closed. */
static void
registry(void)
{
	struct feed_text text = { NULL, 0, 0 };
	char key[5][65];
	unsigned i;

	for (i = 1; i < 5; i++)
		feed_public(i, key[i]);
	feed_put(&text, "84001,2026-01-01,84001,Bệnh viện đa khoa Trà Vinh,"
	    "tỉnh,,Phường 7,,main,,%s,1-7\n", key[1]);
	feed_put(&text, "84001,2026-01-01,,,,,,,tang-2,,%s,\n", key[3]);
	feed_put(&text, "84002,2020-01-01,84002,Bệnh viện Càng Long,huyện,"
	    "84001,Càng Long,Huyện Càng Long,main,,%s,1-5\n", key[2]);
	feed_put(&text, "84002,2025-07-01,84002,Bệnh viện Càng Long,huyện,"
	    "84001,Càng Long,,main,,%s,1-5\n", key[2]);
	feed_put(&text, "84003,2026-01-01,84003,Trạm đã đóng,xã,84001,Càng "
	    "Long,,,,,closed\n");
	feed_put(&text, "84004,2026-01-01,84004,Trạm Kín,xã,,Đôn Xuân,"
	    "Huyện Trà Cú,main,,%s,1-7\n", key[4]);
	fixture_import(&w.ledger, text.text);
	free(text.text);
}

static int
start(void **state)
{
	struct ck_server_options options = {
		.listen = "127.0.0.1", .token = OFFICE, .feed_token = "",
		.allowed_hosts = "", .ctx = &w.site
	};

	(void)state;
	fixture_start(&w.ledger, NULL);
	registry();
	(void)snprintf(w.directory, sizeof(w.directory), "%s/clinics",
	    w.ledger.directory);
	assert_int_equal(mkdir(w.directory, 0700), 0);
	write_token("84001.main", CLINIC "\n");
	write_token("84002.main", CAREFUL "\n");
	write_token("84004.main", SECRET "\n");
	w.site = (struct ck_province_site){ .ledger = w.ledger.ledger,
	    .clock = &test_clock };
	assert_int_equal(ck_tokens_new(&w.site.pushers, w.directory,
	    &test_clock), CK_OK);
	make_accounts();
	options.member = ck_accounts_know;
	options.member_ctx = w.accounts;
	w.options.where = w.ledger.where;
	assert_int_equal(ck_reader_start(&w.site.reports, &w.options,
	    &test_clock), CK_OK);
	assert_int_equal(ck_reader_start(&w.site.pages, &w.options,
	    &test_clock), CK_OK);
	assert_int_equal(ck_loop_new(&w.loop, ck_clock_system()), CK_OK);
	options.loop = w.loop;
	options.routes = ck_province_routes(&options.route_count);
	assert_int_equal(ck_server_start(&w.server, &options), CK_OK);
	assert_int_equal(pthread_create(&w.thread, NULL, run_loop, w.loop),
	    0);

	return 0;
}

static int
stop(void **state)
{
	(void)state;
	ck_loop_stop(w.loop);
	(void)pthread_join(w.thread, NULL);
	ck_reader_stop(&w.site.reports);
	ck_reader_stop(&w.site.pages);
	ck_tokens_free(&w.site.pushers);
	ck_accounts_free(&w.accounts);
	ck_server_stop(&w.server);
	ck_loop_free(&w.loop);
	ck_buf_wipe(&w.answer);
	fixture_end(&w.ledger);

	return 0;
}

static size_t
keep(char *bytes, size_t size, size_t count, void *ctx)
{
	(void)ctx;
	assert_int_equal(ck_buf_append(&w.answer, ck_span_of(bytes,
	    size * count)), CK_OK);

	return size * count;
}

static size_t
keep_header(char *bytes, size_t size, size_t count, void *ctx)
{
	size_t len = size * count;

	(void)ctx;
	if (len > 21 && len < sizeof(w.disposition) &&
	    strncasecmp(bytes, "Content-Disposition: ", 21) == 0) {
		memcpy(w.disposition, bytes, len);
		w.disposition[len] = '\0';
	}

	return len;
}

/* The status; w.answer receives the body, and a NUL behind it. */
static long
ask(const char *path, const char *token, const struct ck_span *body,
    bool gzip)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = NULL;
	char url[256], authorization[128];
	long status = 0;

	ck_buf_wipe(&w.answer);
	w.disposition[0] = '\0';
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
	    (unsigned)ck_server_port(w.server), path);
	(void)snprintf(authorization, sizeof(authorization),
	    "Authorization: Bearer %s", token);
	headers = curl_slist_append(headers, authorization);
	if (gzip)
		headers = curl_slist_append(headers,
		    "Content-Encoding: gzip");
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, keep_header);
	if (body != NULL) {
		curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->ptr);
		curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE,
		    (long)body->len);
	}
	assert_int_equal(curl_easy_perform(curl), CURLE_OK);
	curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
	curl_slist_free_all(headers);
	curl_easy_cleanup(curl);
	assert_int_equal(ck_buf_push(&w.answer, 0), CK_OK);

	return status;
}

static long
push(const struct feed *feed, const char *token, bool gzip)
{
	char *text = feed_make(feed);
	struct ck_buf packed = CK_BUF_INIT;
	struct ck_span body = ck_span_str(text);
	long status;

	if (gzip) {
		assert_int_equal(ck_gzip_pack(body, &packed), CK_OK);
		body = ck_buf_view(&packed);
	}
	status = ask("/v1/feeds", token, &body, gzip);
	ck_buf_wipe(&packed);
	free(text);

	return status;
}

static json_t *
answer_json(void)
{
	json_t *json = json_loads((const char *)w.answer.ptr, 0, NULL);

	assert_non_null(json);

	return json;
}

static long long
number(json_t *json, const char *name)
{
	return json_integer_value(json_object_get(json, name));
}

/* What is pushed over HTTP is what the report, the clinics and the position
 * say. */
static void
a_push_is_counted_and_shown(void **state)
{
	json_t *json, *clinic;

	(void)state;
	assert_int_equal(push(&one, CLINIC, true), 200);
	json = answer_json();
	assert_int_equal(number(json, "revision"), 2);
	json_decref(json);
	assert_int_equal(push(&one, CLINIC, false), 200);

	assert_int_equal(ask("/v1/feeds?facility=84001&station=main&epoch="
	    FEED_EPOCH, CLINIC, NULL, false), 200);
	json = answer_json();
	assert_int_equal(number(json, "revision"), 2);
	json_decref(json);

	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-02&"
	    "internal=yes", OFFICE, NULL, false), 200);
	json = answer_json();
	clinic = json_object_get(json_object_get(json, "totals"), "cccd");
	assert_int_equal(number(clinic, "total"), 20);
	assert_int_equal(number(clinic, "covered"), 12);
	json_decref(json);

	assert_int_equal(ask("/v1/clinics", OFFICE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 3);
	clinic = json_array_get(json, 0);
	assert_string_equal(ck_json_text(clinic, "code"), "84001");
	assert_int_equal(number(clinic, "attempts"), 20);
	assert_int_equal(number(clinic, "confirmed"), 12);
	/* Upstairs has never sent anything. */
	assert_string_equal(ck_json_text(clinic, "state"), "late");
	assert_non_null(ck_json_text(clinic, "heard"));
	clinic = json_array_get(json, 1);
	assert_string_equal(ck_json_text(clinic, "state"), "silent");
	assert_true(json_is_null(json_object_get(clinic, "heard")));
	assert_string_equal(ck_json_text(clinic, "district"),
	    "Huyện Càng Long");
	assert_string_equal(ck_json_text(clinic, "manager"),
	    "Bệnh viện đa khoa Trà Vinh");
	json_decref(json);

	assert_int_equal(ask("/v1/clinics/84001", OFFICE, NULL, false), 200);
	json = answer_json();
	clinic = json_object_get(json, "reasons");
	assert_int_equal(json_array_size(clinic), 1);
	clinic = json_array_get(clinic, 0);
	assert_string_equal(ck_json_text(clinic, "reason"), "050");
	assert_string_equal(ck_json_text(clinic, "owner"), "insurer");
	assert_int_equal(number(clinic, "count"), 8);
	json_decref(json);
	assert_int_equal(ask("/v1/clinics/99999", OFFICE, NULL, false), 404);

	assert_int_equal(ask("/metrics", OFFICE, NULL, false), 200);
	assert_non_null(strstr((char *)w.answer.ptr, "way=\"push\""));
}

static json_t *
asked(const char *path, size_t size)
{
	json_t *json;

	if (ask(path, OFFICE, NULL, false) != 200)
		fail_msg("%s: %s", path, (char *)w.answer.ptr);
	json = answer_json();
	if (json_is_array(json))
		assert_int_equal(json_array_size(json), size);

	return json;
}

/* One clinic from all sides; NOW_MS is Monday, 2 March 2026, 17:00 there. */
static void
one_clinic_is_shown_whole(void **state)
{
	json_t *json, *item;

	(void)state;
	json = asked("/v1/clinics/84001?from=2026-03-02&to=2026-03-02", 0);
	assert_int_equal(number(json, "attempts"), 20);
	assert_string_equal(ck_json_text(json, "from"), "2026-03-02");
	assert_string_equal(ck_json_text(json, "calendar"), "1-7");
	item = json_object_get(json, "days");
	assert_int_equal(json_array_size(item), 1);
	item = json_array_get(item, 0);
	assert_string_equal(ck_json_text(item, "day"), "2026-03-02");
	assert_int_equal(number(item, "attempts"), 20);
	assert_int_equal(number(item, "confirmed"), 12);
	item = json_object_get(json, "stations");
	assert_int_equal(json_array_size(item), 2);
	item = json_array_get(item, 0);
	assert_string_equal(ck_json_text(item, "station"), "main");
	assert_int_equal(number(item, "revision"), 2);
	assert_false(json_is_true(json_object_get(item, "pulled")));
	assert_int_equal(json_array_size(json_object_get(json, "silences")),
	    0);
	json_decref(json);

	json = asked("/v1/clinics?from=2026-02-01&to=2026-02-28", 3);
	assert_int_equal(number(json_array_get(json, 0), "attempts"), 0);
	json_decref(json);
	json = asked("/v1/clinics/84001?from=2020-01-01&to=2026-03-02", 0);
	item = json_array_get(json_object_get(json, "days"), 0);
	assert_string_equal(ck_json_text(item, "day"), "2026-03");
	json_decref(json);
	/* Never heard, and open on Friday. */
	json = asked("/v1/clinics/84002", 0);
	item = json_object_get(json, "silences");
	assert_int_equal(json_array_size(item), 1);
	assert_true(json_is_null(json_object_get(json_array_get(item, 0),
	    "until")));
	json_decref(json);
}

/* What was not counted is told with its reason. */
static void
documents_say_why(void **state)
{
	static const struct feed early = {
		.revision = 2, .made_at = "2026-03-02T12:00:05Z"
	};
	static const struct feed forged = {
		.revision = 2, .key = 4, .named_key = 1
	};
	json_t *json, *item;

	(void)state;
	assert_int_equal(push(&early, CLINIC, false), 422);
	assert_int_equal(push(&forged, CLINIC, false), 422);
	json = asked("/v1/documents?verdict=quarantined", 1);
	item = json_array_get(json, 0);
	assert_string_equal(ck_json_text(item, "reason"), "clock");
	assert_string_equal(ck_json_text(item, "code"), "84001");
	assert_string_equal(ck_json_text(item, "way"), "push");
	assert_non_null(strstr(ck_json_text(item, "detail"), "ahead of ours"));
	json_decref(json);
	json = asked("/v1/documents?verdict=not_counted&clinic=84001", 2);
	assert_string_equal(ck_json_text(json_array_get(json, 0), "reason"),
	    "signature");
	json_decref(json);
	json_decref(asked("/v1/documents?verdict=accepted&limit=1", 1));
	json_decref(asked("/v1/documents?clinic=84002", 0));
	json = asked("/v1/clinics", 3);
	assert_int_equal(number(json_array_get(json, 0), "quarantined"), 1);
	assert_int_equal(number(json_array_get(json, 1), "quarantined"), 0);
	json_decref(json);
	assert_int_equal(ask("/v1/documents?clinic=99999", OFFICE, NULL,
	    false), 404);
}

/* A clinic's token opens its own feed and nothing else. */
static void
each_token_opens_its_own_door(void **state)
{
	(void)state;
	assert_int_equal(push(&one, OFFICE, false), 401);
	assert_int_equal(push(&foreign, CLINIC, false), 422);
	assert_int_equal(ask("/v1/feeds?facility=84002&station=main&epoch="
	    FEED_EPOCH, CLINIC, NULL, false), 403);
	assert_int_equal(ask("/v1/feeds?facility=84001", CLINIC, NULL,
	    false), 400);
	assert_int_equal(ask("/v1/clinics", CLINIC, NULL, false), 401);
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-02", "",
	    NULL, false), 401);
	assert_int_equal(ask("/metrics", "", NULL, false), 401);
	assert_int_equal(ask("/livez", "", NULL, false), 200);
	/* Taken away, it ends at once. */
	write_token("84001.main", "another-token-of-84001\n");
	assert_int_equal(push(&one, CLINIC, false), 401);
	write_token("84001.main", CLINIC "\n");
}

static void
a_file_has_its_name(void **state)
{
	(void)state;
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-31&"
	    "format=xlsx&language=en", OFFICE, NULL, false), 200);
	assert_memory_equal(w.answer.ptr, "PK\x03\x04", 4);
	assert_non_null(strstr(w.disposition,
	    "\"checkin-2026-03-01-2026-03-31.xlsx\""));
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-31&"
	    "format=csv", OFFICE, NULL, false), 200);
	assert_non_null(strstr(w.disposition, ".csv\""));
}

static void
refuses_what_is_no_report(void **state)
{
	static const char *const bad[] = {
		"/v1/report", "/v1/report?from=2026-03-01",
		"/v1/report?from=2026-03-02&to=2026-03-01",
		"/v1/report?from=2026-02-30&to=2026-03-01",
		"/v1/report?from=2026-03-01&to=2026-03-02&format=pdf",
		"/v1/report?from=2026-03-01&to=2026-03-02&language=fr",
		"/v1/report?from=2026-03-01&to=2026-03-02&internal=maybe",
		"/v1/report?from=1990-01-01&to=2026-03-02",
		"/v1/clinics?from=2026-03-02", "/v1/clinics?to=yesterday",
		"/v1/clinics?from=1990-01-01&to=1990-01-02",
		"/v1/clinics/84001?from=2026-03-02&to=2026-03-01",
		"/v1/documents?verdict=lost", "/v1/documents?limit=0",
		"/v1/documents?limit=1001", "/v1/documents?limit=+5",
		"/v1/documents?limit=5x"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ask(bad[i], OFFICE, NULL, false) != 400)
			fail_msg("%s: %s", bad[i], (char *)w.answer.ptr);
	}
}

/* --- Beside each other ---------------------------------------------------- */

static sem_t begun, enough;

static void
take_long(void *ctx, struct ck_ledger *ledger, struct ck_request *request)
{
	(void)ctx;
	(void)ledger;
	(void)request;
	(void)sem_post(&begun);
	while (sem_wait(&enough) != 0)
		;
}

/* A report of years keeps neither a push nor the page waiting. */
static void
a_long_report_is_waited_for_by_nobody(void **state)
{
	(void)state;
	assert_int_equal(sem_init(&begun, 0, 0), 0);
	assert_int_equal(sem_init(&enough, 0, 0), 0);
	ck_reader_ask(w.site.reports, NULL, take_long, NULL, NULL);
	while (sem_wait(&begun) != 0)
		;
	assert_int_equal(push(&one, CLINIC, false), 200);
	assert_int_equal(ask("/v1/clinics", OFFICE, NULL, false), 200);
	assert_int_equal(ask("/metrics", OFFICE, NULL, false), 200);
	(void)sem_post(&enough);
	assert_int_equal(ask("/v1/report?from=2026-03-01&to=2026-03-02",
	    OFFICE, NULL, false), 200);
}

/* --- Accounts ------------------------------------------------------------- */

/* Nothing of the answer is of the clinic that the account does not see. */
static void
tells_nothing_of_others(const char *path)
{
	static const char *const others[] = {
		"84004", "Trạm Kín", "Đôn Xuân", "Trà Cú", "7777", "7.777",
		"060", "7839", "7828"
	};
	const char *text = (const char *)w.answer.ptr;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (memmem(w.answer.ptr, w.answer.len, others[i],
		    strlen(others[i])) != NULL)
			fail_msg("%s tells %s: %.500s", path, others[i],
			    text);
	}
}

/* The path of a route as somebody would ask who is curious. */
static void
make_path(const struct ck_route *route, const char *code, char out[256])
{
	const char *brace = strchr(route->pattern, '{');

	if (brace == NULL)
		(void)snprintf(out, 256, "%s?from=2026-03-01&to=2026-03-02&"
		    "internal=yes&facility=84004&station=main&epoch=x&"
		    "clinic=%s", route->pattern, code);
	else
		(void)snprintf(out, 256, "%.*s%s%s", (int)(brace -
		    route->pattern), route->pattern, code,
		    strchr(brace, '}') + 1);
}

/* Whatever routes there are and will be: none shows an account what is not its
 * own, and what is for everybody is only what ships with the program. */
static void
no_route_shows_an_account_others(void **state)
{
	static const char *const accounts[] = { ONE, CENTRE };
	size_t count, i, j;
	const struct ck_route *routes = ck_province_routes(&count);
	char path[256];

	(void)state;
	assert_int_equal(push(&careful, CAREFUL, false), 200);
	assert_int_equal(push(&secret, SECRET, false), 200);
	assert_int_equal(push(&secret_early, SECRET, false), 422);
	for (i = 0; i < count; i++) {
		for (j = 0; j < 2; j++) {
			if (strcmp(routes[i].method, "GET") != 0)
				continue;
			make_path(&routes[i], "84004", path);
			(void)ask(path, accounts[j], NULL, false);
			tells_nothing_of_others(path);
			make_path(&routes[i], "", path);
			(void)ask(path, accounts[j], NULL, false);
			tells_nothing_of_others(path);
		}
	}
	/* The test would notice: the office is shown it. */
	assert_int_equal(ask("/v1/clinics", OFFICE, NULL, false), 200);
	assert_non_null(strstr((char *)w.answer.ptr, "84004"));
}

static void
an_account_sees_its_own(void **state)
{
	static const char *const forms[] = { "text", "json", "csv", "html" };
	json_t *json, *sums;
	char path[160];
	size_t i;

	(void)state;
	assert_int_equal(ask("/v1/clinics", ONE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 1);
	assert_string_equal(ck_json_text(json_array_get(json, 0), "code"),
	    "84002");
	json_decref(json);
	assert_int_equal(ask("/v1/clinics", CENTRE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 2);
	json_decref(json);
	assert_int_equal(ask("/v1/clinics/84002", ONE, NULL, false), 200);
	assert_int_equal(ask("/v1/clinics/84001", ONE, NULL, false), 404);
	assert_int_equal(ask("/v1/clinics/84001", CENTRE, NULL, false), 200);
	assert_int_equal(ask("/v1/documents?clinic=84004", CENTRE, NULL,
	    false), 404);
	assert_int_equal(ask("/v1/documents", ONE, NULL, false), 200);
	json = answer_json();
	assert_int_equal(json_array_size(json), 2);
	json_decref(json);
	/* Who pushed it in another's name is not told. */
	assert_non_null(strstr((char *)w.answer.ptr, "wrong_clinic"));
	assert_null(strstr((char *)w.answer.ptr, "84001"));

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		(void)snprintf(path, sizeof(path), "/v1/report?internal=yes&"
		    "from=2026-03-01&to=2026-03-02&format=%s", forms[i]);
		assert_int_equal(ask(path, ONE, NULL, false), 200);
		assert_non_null(strstr((char *)w.answer.ptr, "31"));
		tells_nothing_of_others(path);
	}
	assert_int_equal(ask("/v1/report?internal=yes&from=2026-03-01&"
	    "to=2026-03-02", ONE, NULL, false), 200);
	json = answer_json();
	sums = json_object_get(json_object_get(json, "totals"), "cccd");
	assert_int_equal(number(sums, "total"), 31);
	assert_int_equal(number(json_object_get(json, "complete"),
	    "expected"), 1);
	assert_int_equal(json_array_size(json_object_get(json_object_get(
	    json, "groups"), "day")), 1);
	json_decref(json);
}

/* An account opens nothing that tells of all, and pushes nothing. */
static void
an_account_is_no_office(void **state)
{
	(void)state;
	assert_int_equal(ask("/metrics", ONE, NULL, false), 403);
	assert_int_equal(push(&careful, ONE, false), 401);
	assert_int_equal(ask("/v1/clinics", NOTHING, NULL, false), 401);
	assert_int_equal(ask("/v1/clinics", "no-such-token-at-all", NULL,
	    false), 401);
	/* Taken away, it ends at once; another is known a second later. */
	write_secret(w.accounts_directory, "one", "another-token-of-one\n");
	assert_int_equal(ask("/v1/clinics", ONE, NULL, false), 401);
	assert_int_equal(ask("/v1/clinics", "another-token-of-one", NULL,
	    false), 401);
	atomic_fetch_add(&ahead_ms, 1000);
	assert_int_equal(ask("/v1/clinics", "another-token-of-one", NULL,
	    false), 200);
	write_secret(w.accounts_directory, "one", ONE "\n");
	atomic_fetch_add(&ahead_ms, 1000);
	assert_int_equal(ask("/v1/clinics", ONE, NULL, false), 200);
}

static void
a_file_of_accounts_is_exact(void **state)
{
	static const char *const bad[] = {
		"clinics = 84002\n", "[one\n", "[a b]\nclinics = 84002\n",
		"[one]\n[one]\n", "[one]\nrights = all\n",
		"[one]\nclinics = 1\nclinics = 2\n"
	};
	struct ck_accounts *accounts;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_secret(w.ledger.directory, "bad.ini", bad[i]);
		(void)snprintf(w.accounts_file, sizeof(w.accounts_file),
		    "%s/bad.ini", w.ledger.directory);
		if (ck_accounts_load(&accounts, w.accounts_file, "",
		    &test_clock) != CK_ERR_CONFIG)
			fail_msg("taken: %s", bad[i]);
		assert_null(accounts);
	}
}

/* --- The description ------------------------------------------------------ */

static bool
in_table(const char *method, const char *path)
{
	size_t count, i;
	const struct ck_route *routes = ck_province_routes(&count);

	for (i = 0; i < count; i++) {
		if (strcasecmp(routes[i].method, method) == 0 &&
		    strcmp(routes[i].pattern, path) == 0)
			return true;
	}

	return false;
}

/* Paths stand two blanks deep in the document, methods four. */
static void
the_openapi_document_matches_the_table(void **state)
{
	static const char *const methods[] = { "get", "post", "put",
	    "delete" };
	char line[256], path[128] = "", wanted[16];
	FILE *file = fopen("schema/province.openapi.yaml", "re");
	size_t described = 0, count, i;

	(void)state;
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "  /", 3) == 0)
			(void)snprintf(path, sizeof(path), "%.*s",
			    (int)strcspn(line + 2, ":"), line + 2);
		for (i = 0; i < 4; i++) {
			(void)snprintf(wanted, sizeof(wanted), "    %s:",
			    methods[i]);
			if (strcmp(line, wanted) != 0)
				continue;
			if (!in_table(methods[i], path))
				fail_msg("no route %s %s", methods[i], path);
			described++;
		}
	}
	(void)fclose(file);
	(void)ck_province_routes(&count);
	assert_int_equal(described, count);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_is_counted_and_shown),
		cmocka_unit_test(one_clinic_is_shown_whole),
		cmocka_unit_test(documents_say_why),
		cmocka_unit_test(a_long_report_is_waited_for_by_nobody),
		cmocka_unit_test(each_token_opens_its_own_door),
		cmocka_unit_test(a_file_has_its_name),
		cmocka_unit_test(no_route_shows_an_account_others),
		cmocka_unit_test(an_account_sees_its_own),
		cmocka_unit_test(an_account_is_no_office),
		cmocka_unit_test(a_file_of_accounts_is_exact),
		cmocka_unit_test(the_openapi_document_matches_the_table),
		cmocka_unit_test(refuses_what_is_no_report),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
