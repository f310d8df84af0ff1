/*
 * site_world.h - a collector's site behind a real socket, with three clinics
 * and three accounts
 */
#ifndef TESTS_UNIT_SITE_WORLD_H
#define TESTS_UNIT_SITE_WORLD_H

#include "ledger_fixture.h"

#include <curl/curl.h>
#include <pthread.h>
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

static inline int64_t
read_clock(void *ctx)
{
	(void)ctx;

	return NOW_MS + atomic_load(&ahead_ms);
}

static const struct ck_clock test_clock = { read_clock, read_clock, NULL };

static inline void *
run_loop(void *ctx)
{
	return ck_loop_run(ctx) == CK_OK ? NULL : ctx;
}

static inline void
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

static inline void
write_token(const char *name, const char *token)
{
	write_secret(w.directory, name, token);
}

static inline void
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
static inline void
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

static inline int
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

static inline int
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

static inline size_t
keep(char *bytes, size_t size, size_t count, void *ctx)
{
	(void)ctx;
	assert_int_equal(ck_buf_append(&w.answer, ck_span_of(bytes,
	    size * count)), CK_OK);

	return size * count;
}

static inline size_t
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
static inline long
ask(const char *path, const char *token, const struct ck_span *body,
    bool gzip)
{
	CURL *curl = curl_easy_init();
	struct curl_slist *headers = NULL;
	char url[320], authorization[128];
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

static inline long
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

static inline json_t *
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

#endif /* TESTS_UNIT_SITE_WORLD_H */
