/*
 * test_push.c - figures to a collector that works, lags, lies or floods
 */
#include "store_day.h"

#include <fcntl.h>

#include "daemon/config.h"
#include "io/gzip.h"
#include "io/loop.h"
#include "push/push.h"
#include "push_server.h"
#include "stats/feed_sign.h"
#include "tls_server.h"

#define TOKEN "the-token-of-this-clinic"

/* Nothing here takes longer, unless it hangs. */
#define GUARD_MS 30000

struct world {
	struct fixture *f;
	struct ck_config config;
	struct ck_loop *loop;
	struct ck_push *push;
	struct ck_timer *guard, *tick;
	struct push_server *server;
	char epoch[64];
	int64_t newest;
	char texts[16][512];	/* answers made here */
	unsigned text_count;
	unsigned wanted;	/* requests to wait for; 0: an error */
	bool timed_out;
};

static json_t *
document(struct world *w)
{
	struct ck_feed_key key = { NULL, { 0 } };
	struct ck_db *db;
	json_t *json;

	assert_int_equal(ck_store_open_reader(w->f->store, &db), CK_OK);
	assert_int_equal(ck_feed_key_load(w->f->directory, &key), CK_OK);
	assert_int_equal(ck_feed_document(db, &key, 0, 0, w->f->now_ms,
	    &json), CK_OK);
	ck_feed_key_wipe(&key);
	ck_db_close(&db);

	return json;
}

static void
note_ours(struct world *w)
{
	json_t *json = document(w);

	(void)snprintf(w->epoch, sizeof(w->epoch), "%s",
	    ck_json_text(json, "epoch"));
	w->newest = json_integer_value(json_object_get(json, "revision"));
	json_decref(json);
}

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *f = NULL;

	assert_non_null(w);
	assert_int_equal(fixture_setup(&f), 0);
	w->f = f;
	day_play(w->f);
	note_ours(w);
	assert_true(w->newest > 0);
	assert_int_equal(ck_loop_new(&w->loop, ck_clock_system()), CK_OK);
	w->server = calloc(1, sizeof(*w->server));
	assert_non_null(w->server);
	push_listen(w->server);
	(void)snprintf(w->config.directory, sizeof(w->config.directory),
	    "%s", w->f->directory);
	(void)snprintf(w->config.collector_url,
	    sizeof(w->config.collector_url), "http://127.0.0.1:%u",
	    w->server->port);
	strcpy(w->config.collector_token, TOKEN);
	w->config.collector_interval_s = 1;
	*state = w;

	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;
	void *f = w->f;

	ck_push_free(&w->push);
	ck_loop_timer_cancel(&w->guard);
	ck_loop_timer_cancel(&w->tick);
	push_stop(w->server);
	ck_loop_free(&w->loop);
	assert_int_equal(fixture_teardown(&f), 0);
	free(w->server);
	free(w);

	return 0;
}

/* An answer with this status, made by hand, that the stub plays next. */
static void
answer(struct world *w, const char *status, const char *epoch,
    int64_t revision)
{
	char *text = w->texts[w->text_count++];

	assert_true(w->text_count <= 16);
	(void)snprintf(text, sizeof(w->texts[0]), "HTTP/1.1 %s\r\n"
	    "Content-Type: application/json\r\nConnection: close\r\n\r\n"
	    "{\"facility\":\"84001\",\"station\":\"main\",\"epoch\":\"%s\","
	    "\"revision\":%lld}", status, epoch, (long long)revision);
	push_answer(w->server, text);
}

static void
on_guard(void *ctx)
{
	struct world *w = ctx;

	w->timed_out = true;
	ck_loop_stop(w->loop);
}

static void
on_tick(void *ctx)
{
	struct world *w = ctx;
	struct ck_push_view view;

	ck_push_look(w->push, &view);
	if (w->wanted == 0 ? view.error != CK_PUSH_OK :
	    atomic_load(&w->server->served) >= w->wanted &&
	    view.last_success_ms != 0) {
		ck_loop_stop(w->loop);
		return;
	}
	assert_int_equal(ck_loop_timer(w->loop, 5, on_tick, w, &w->tick),
	    CK_OK);
}

/* Until so many requests were served and one did well; 0: until an error. */
static void
run_until(struct world *w, unsigned wanted)
{
	w->wanted = wanted;
	assert_int_equal(ck_loop_timer(w->loop, GUARD_MS, on_guard, w,
	    &w->guard), CK_OK);
	on_tick(w);
	assert_int_equal(ck_loop_run(w->loop), CK_OK);
	ck_loop_timer_cancel(&w->guard);
	ck_loop_timer_cancel(&w->tick);
	assert_false(w->timed_out);
}

static void
begin(struct world *w)
{
	const struct ck_push_options options = {
		&w->config, w->loop, w->f->store
	};

	if (w->server->answer_count > 0)
		push_start(w->server);
	assert_int_equal(ck_push_new(&w->push, &options), CK_OK);
	assert_non_null(w->push);
}

/* The document in a request, its signature checked. */
static json_t *
sent(struct world *w, unsigned at)
{
	const struct push_request *request = &w->server->requests[at];
	struct ck_feed_key key = { NULL, { 0 } };
	struct ck_buf plain = CK_BUF_INIT;
	json_t *json;

	assert_memory_equal(request->bytes, "POST /v1/feeds HTTP/1.1\r\n",
	    25);
	assert_non_null(strstr(request->bytes,
	    "\r\nAuthorization: Bearer " TOKEN "\r\n"));
	assert_non_null(strstr(request->bytes,
	    "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(request->bytes,
	    "\r\nContent-Encoding: gzip\r\n"));
	assert_int_equal(ck_gzip_unpack(ck_span_of(request->bytes +
	    request->head, request->len - request->head), 1 << 20, &plain),
	    CK_OK);
	json = ck_json_parse(ck_buf_view(&plain));
	assert_non_null(json);
	assert_int_equal(ck_feed_key_load(w->f->directory, &key), CK_OK);
	assert_true(ck_feed_signed(json, key.public));
	ck_feed_key_wipe(&key);
	ck_buf_wipe(&plain);

	return json;
}

static void
assert_sent(struct world *w, unsigned at, int64_t after, int64_t revision)
{
	json_t *json = sent(w, at);

	assert_int_equal(json_integer_value(json_object_get(json, "after")),
	    after);
	assert_int_equal(json_integer_value(json_object_get(json,
	    "revision")), revision);
	json_decref(json);
}

static void
figures_go_from_where_the_collector_stands(void **state)
{
	struct world *w = *state;
	struct ck_lookup_record r;
	struct ck_push_view view;
	int64_t before = w->newest;
	char line[256];

	answer(w, "200 OK", w->epoch, 0);
	answer(w, "200 OK", w->epoch, w->newest);
	begin(w);
	run_until(w, 2);
	(void)snprintf(line, sizeof(line), "GET /v1/feeds?facility=84001&"
	    "station=main&epoch=%s HTTP/1.1\r\n", w->epoch);
	assert_memory_equal(w->server->requests[0].bytes, line,
	    strlen(line));
	assert_non_null(strstr(w->server->requests[0].bytes,
	    "\r\nAuthorization: Bearer " TOKEN "\r\n"));
	assert_sent(w, 1, 0, w->newest);
	ck_push_look(w->push, &view);
	assert_true(view.configured);
	assert_int_equal(view.pushed, w->newest);
	assert_int_equal(view.revision, w->newest);
	assert_int_equal(view.error, CK_PUSH_OK);
	assert_int_equal(strlen(view.until), CK_INSTANT_LEN - 1);

	/* one more patient: only what has changed */
	r = fixture_record(w->f, "084000000777");
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(w->f, &r);
	note_ours(w);
	run_until(w, 3);
	assert_sent(w, 2, before, w->newest);
}

static void
a_collector_that_was_put_back_is_followed(void **state)
{
	struct world *w = *state;

	answer(w, "200 OK", w->epoch, w->newest);
	answer(w, "409 Conflict", w->epoch, 5);
	answer(w, "200 OK", w->epoch, w->newest);
	begin(w);
	run_until(w, 3);
	assert_sent(w, 1, w->newest, w->newest);
	assert_sent(w, 2, 5, w->newest);
}

static void
expect_error(struct world *w, enum ck_push_error error)
{
	struct ck_push_view view;

	begin(w);
	run_until(w, 0);
	ck_push_look(w->push, &view);
	assert_int_equal(view.error, error);
	assert_true(view.failing_since_ms > 0);
	assert_true(view.next_ms >= view.failing_since_ms);
	assert_int_equal(view.last_success_ms, 0);
	assert_string_equal(view.until, "");
	ck_push_free(&w->push);
	push_stop(w->server);
	push_listen(w->server);
	(void)snprintf(w->config.collector_url,
	    sizeof(w->config.collector_url), "http://127.0.0.1:%u",
	    w->server->port);
	w->text_count = 0;
}

#define HEAD(status) "HTTP/1.1 " status "\r\nConnection: close\r\n\r\n"

static void
nonsense_is_named_and_does_no_harm(void **state)
{
	static const char *const answers[] = {
		HEAD("200 OK"), HEAD("200 OK") "<html>hello</html>",
		HEAD("200 OK") "[]", HEAD("200 OK") "{\"revision\":0}",
		HEAD("302 Found"), HEAD("404 Not Found"), HEAD("204 None"),
		HEAD("999 Odd"), HEAD("301 Moved\r\nLocation: http://[::1]/"),
		"SSH-2.0-OpenSSH_9.2\r\n", "", PUSH_FLOOD,
	};
	struct world *w = *state;
	size_t i;

	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		push_answer(w->server, answers[i]);
		expect_error(w, CK_PUSH_BROKEN);
	}
	answer(w, "200 OK", "1772330400-a1b2c3d4e5f60718", 0);
	expect_error(w, CK_PUSH_BROKEN);
	answer(w, "200 OK", w->epoch, -1);
	expect_error(w, CK_PUSH_BROKEN);
	answer(w, "200 OK", w->epoch, INT64_C(9007199254740992));
	expect_error(w, CK_PUSH_BROKEN);
	answer(w, "409 Conflict", w->epoch, 3);	/* to a question */
	expect_error(w, CK_PUSH_BROKEN);
}

static void
each_failure_has_its_word(void **state)
{
	struct world *w = *state;

	push_answer(w->server, HEAD("401 Unauthorized"));
	expect_error(w, CK_PUSH_DENIED);
	push_answer(w->server, HEAD("403 Forbidden"));
	expect_error(w, CK_PUSH_DENIED);
	push_answer(w->server, HEAD("429 Too Many Requests"));
	expect_error(w, CK_PUSH_BUSY);
	push_answer(w->server, HEAD("503 Service Unavailable"));
	expect_error(w, CK_PUSH_BUSY);
	answer(w, "200 OK", w->epoch, 0);
	push_answer(w->server, HEAD("422 Unprocessable Content"));
	expect_error(w, CK_PUSH_REFUSED);
	push_answer(w->server, HEAD("200 OK"));
	(void)snprintf(w->config.collector_url,
	    sizeof(w->config.collector_url), "https://127.0.0.1:%u",
	    w->server->port);
	expect_error(w, CK_PUSH_TLS);
	push_answer(w->server, HEAD("200 OK"));
	strcpy(w->config.collector_url, "http://127.0.0.1:1");
	expect_error(w, CK_PUSH_CONNECT);
}

/* The request that a TLS server heard; empty: it heard none. */
static void
expect_tls(struct world *w, const char *client_ca,
    enum ck_push_error error, const char *heard)
{
	static struct tls_server tls;

	tls_start(&tls, w->f->directory, "server", client_ca,
	    HEAD("401 Unauthorized"));
	(void)snprintf(w->config.collector_url,
	    sizeof(w->config.collector_url), "https://127.0.0.1:%u",
	    tls.raw.port);
	push_answer(w->server, HEAD("200 OK"));
	expect_error(w, error);
	tls_stop(&tls);
	assert_memory_equal(tls.request, heard, strlen(heard) + 1 -
	    (heard[0] != '\0'));
}

/* Nothing is said, the token least of all, before the certificate verifies. */
static void
a_certificate_is_verified_and_shown(void **state)
{
	struct world *w = *state;
	const char *directory = w->f->directory;
	char server[128], client[128];

	tls_make(directory, "server", "127.0.0.1");
	tls_make(directory, "client", "127.0.0.2");
	fixture_path(w->f, "server.pem", server);
	fixture_path(w->f, "client.pem", client);
	expect_tls(w, NULL, CK_PUSH_TLS, "");
	strcpy(w->config.collector_ca_file, client);
	expect_tls(w, NULL, CK_PUSH_TLS, "");
	strcpy(w->config.collector_ca_file, server);
	expect_tls(w, NULL, CK_PUSH_DENIED, "GET /v1/feeds?facility=84001&");
	w->config.collector_token[0] = '\0';
	strcpy(w->config.collector_client_certificate, client);
	fixture_path(w->f, "client.key", w->config.collector_client_key);
	expect_tls(w, client, CK_PUSH_DENIED,
	    "GET /v1/feeds?facility=84001&");
}

/* Our database went back in time: nothing may be sent into this epoch. */
static void
a_collector_that_knows_more_is_sent_nothing(void **state)
{
	struct world *w = *state;

	answer(w, "200 OK", w->epoch, w->newest + 1);
	begin(w);
	run_until(w, 0);
	assert_int_equal(atomic_load(&w->server->served), 1);
	ck_push_free(&w->push);
}

/* One that moves us to and fro is not followed for ever. */
static void
a_collector_that_wavers_is_left_alone(void **state)
{
	struct world *w = *state;
	int i;

	answer(w, "200 OK", w->epoch, 0);
	for (i = 0; i < 12; i++)
		answer(w, "409 Conflict", w->epoch, i % 2 + 1);
	begin(w);
	run_until(w, 0);
	assert_in_range(atomic_load(&w->server->served), 3, 6);
	ck_push_free(&w->push);
}

/* The same answer again and again makes no loop either. */
static void
a_gap_without_progress_ends_the_try(void **state)
{
	struct world *w = *state;

	answer(w, "200 OK", w->epoch, 2);
	answer(w, "409 Conflict", w->epoch, 2);
	begin(w);
	run_until(w, 0);
	assert_int_equal(atomic_load(&w->server->served), 2);
	ck_push_free(&w->push);
}

static void
after_a_failure_it_goes_on_by_itself(void **state)
{
	struct world *w = *state;

	push_answer(w->server, HEAD("503 Service Unavailable"));
	answer(w, "200 OK", w->epoch, 0);
	push_answer(w->server, HEAD("503 Service Unavailable"));
	answer(w, "200 OK", w->epoch, 0);
	answer(w, "200 OK", w->epoch, w->newest);
	begin(w);
	run_until(w, 5);
	assert_sent(w, 2, 0, w->newest);
	assert_sent(w, 4, 0, w->newest);
}

static void
practice_and_no_collector_push_nothing(void **state)
{
	struct world *w = *state;
	const struct ck_push_options options = {
		&w->config, w->loop, w->f->store
	};
	struct ck_push_view view;

	w->config.practice = true;
	assert_int_equal(ck_push_new(&w->push, &options), CK_OK);
	assert_null(w->push);
	w->config.practice = false;
	w->config.collector_url[0] = '\0';
	assert_int_equal(ck_push_new(&w->push, &options), CK_OK);
	assert_null(w->push);
	ck_push_look(NULL, &view);
	assert_false(view.configured);
	assert_int_equal(view.pushed, -1);
	ck_push_free(&w->push);
}

#define PUSH_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PUSH_TEST(figures_go_from_where_the_collector_stands),
		PUSH_TEST(a_collector_that_was_put_back_is_followed),
		PUSH_TEST(nonsense_is_named_and_does_no_harm),
		PUSH_TEST(each_failure_has_its_word),
		PUSH_TEST(a_certificate_is_verified_and_shown),
		PUSH_TEST(a_collector_that_knows_more_is_sent_nothing),
		PUSH_TEST(a_collector_that_wavers_is_left_alone),
		PUSH_TEST(a_gap_without_progress_ends_the_try),
		PUSH_TEST(after_a_failure_it_goes_on_by_itself),
		PUSH_TEST(practice_and_no_collector_push_nothing),
	};

	return cmocka_run_group_tests_name("push", tests, NULL, NULL);
}
