/*
 * test_province_serve.c - checkin-province serve over a real socket: push,
 * report, clinics, metrics, and who may
 */
#include "ledger_fixture.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/stat.h>

#include "io/gzip.h"
#include "io/json.h"
#include "io/loop.h"
#include "io/server.h"
#include "province/site.h"

#define OFFICE "office-token-of-the-test"
#define CLINIC "clinic-84001-main-token"

static const struct feed_row rows[] = {
	{ .series = "cccd", .count = 12, .revision = 1 },
	{ .series = "cccd", .count = 8, .revision = 2,
	    .outcome = "not_found", .reason = "050", .owner = "insurer" }
};
static const struct feed one = {
	.revision = 2, .rows = rows, .row_count = 2
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
	char directory[96];
	struct ck_buf answer;
	char disposition[160];
} w;

static void *
run_loop(void *ctx)
{
	return ck_loop_run(ctx) == CK_OK ? NULL : ctx;
}

static void
write_token(const char *name, const char *token)
{
	char path[192];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", w.directory, name);
	assert_non_null(file = fopen(path, "w"));
	assert_true(fputs(token, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

/* As the fixture's, with a district that has ended and a clinic that has
 * closed. */
static void
registry(void)
{
	struct feed_text text = { NULL, 0, 0 };
	char key[4][65];
	unsigned i;

	for (i = 1; i < 4; i++)
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
	w.site = (struct ck_province_site){ .ledger = w.ledger.ledger,
	    .clock = &w.ledger.clock, .clinics_directory = w.directory };
	w.options.where = w.ledger.where;
	assert_int_equal(ck_reader_start(&w.site.reports, &w.options,
	    &w.ledger.clock), CK_OK);
	assert_int_equal(ck_reader_start(&w.site.pages, &w.options,
	    &w.ledger.clock), CK_OK);
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
	assert_int_equal(json_array_size(json), 2);
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

	json = asked("/v1/clinics?from=2026-02-01&to=2026-02-28", 2);
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
	json = asked("/v1/clinics", 2);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_push_is_counted_and_shown),
		cmocka_unit_test(one_clinic_is_shown_whole),
		cmocka_unit_test(documents_say_why),
		cmocka_unit_test(each_token_opens_its_own_door),
		cmocka_unit_test(a_file_has_its_name),
		cmocka_unit_test(refuses_what_is_no_report),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
