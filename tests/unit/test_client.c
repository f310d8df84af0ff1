/*
 * test_client.c - every way an HTTP request can end
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ck/clock.h"
#include "io/client.h"
#include "io/loop.h"
#include "raw_server.h"

struct fixture {
	struct raw_server server;
	struct ck_loop *loop;
	struct ck_client *client;
	struct ck_timer *guard;
	unsigned ended;
	enum ck_client_end end;
	long status;
	char body[512];
	size_t body_len;
};

static void
on_guard(void *ctx)
{
	struct fixture *fixture = ctx;

	ck_loop_stop(fixture->loop);
}

static void
on_end(void *ctx, const struct ck_client_answer *answer)
{
	struct fixture *fixture = ctx;

	fixture->ended++;
	fixture->end = answer->end;
	fixture->status = answer->status;
	fixture->body_len = answer->body.len;
	(void)snprintf(fixture->body, sizeof(fixture->body), "%.*s",
	    (int)answer->body.len, (const char *)answer->body.ptr);
	ck_loop_stop(fixture->loop);
}

static void
new_client(struct fixture *fixture, int64_t timeout_ms)
{
	const struct ck_client_options options = {
		.connect_timeout_ms = timeout_ms, .timeout_ms = timeout_ms,
		.answer_max = 65536
	};

	ck_client_free(&fixture->client);
	assert_int_equal(ck_client_new(&fixture->client, fixture->loop,
	    &options), CK_OK);
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	raw_start(&fixture->server);
	assert_int_equal(
	    ck_loop_new(&fixture->loop, ck_clock_system()), CK_OK);
	new_client(fixture, 600);
	*state = fixture;

	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ck_client_free(&fixture->client);
	raw_stop(&fixture->server);
	ck_loop_free(&fixture->loop);
	free(fixture);

	return 0;
}

static void
post(struct fixture *fixture, const char *url)
{
	const char *const headers[] = { "X-Clinic: 84001", NULL };
	const struct ck_client_post request = {
		.url = url, .content_type = "application/json",
		.headers = headers, .body = ck_span_str("{\"a\":1}")
	};

	assert_int_equal(ck_client_post(fixture->client, &request, on_end,
	    fixture, NULL), CK_OK);
	/* Never from inside the call. */
	assert_int_equal(fixture->ended, 0);
}

/* Post once and run until it ends; at most 5 s. */
static void
run(struct fixture *fixture, const char *scheme)
{
	char url[128];

	(void)snprintf(url, sizeof(url), "%s://127.0.0.1:%u/x?secret=%%2B",
	    scheme, fixture->server.port);
	post(fixture, url);
	assert_int_equal(ck_loop_timer(fixture->loop, 5000, on_guard, fixture,
	    &fixture->guard), CK_OK);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	ck_loop_timer_cancel(&fixture->guard);
	assert_int_equal(fixture->ended, 1);
}

static void
play(struct fixture *fixture, const char *bytes, enum raw_end end)
{
	const struct raw_step step = { bytes, 0, end };

	raw_script(&fixture->server, &step, 1);
	run(fixture, "http");
}

static void
an_answer_comes_whole(void **state)
{
	struct fixture *fixture = *state;
	const char *request = fixture->server.requests[0];

	play(fixture, RAW_JSON("200 OK", "{\"b\":2}"), RAW_CLOSE);
	assert_int_equal(fixture->end, CK_CLIENT_ANSWERED);
	assert_int_equal(fixture->status, 200);
	assert_string_equal(fixture->body, "{\"b\":2}");
	assert_memory_equal(request, "POST /x?secret=%2B HTTP/1.1\r\n", 29);
	assert_non_null(strstr(request, "\r\nX-Clinic: 84001\r\n"));
	assert_non_null(
	    strstr(request, "\r\nContent-Type: application/json\r\n"));
	assert_non_null(strstr(request, "\r\n\r\n{\"a\":1}"));
}

static void
a_status_is_no_failure(void **state)
{
	struct fixture *fixture = *state;

	play(fixture, "HTTP/1.1 401 Unauthorized\r\n"
	    "Content-Length: 0\r\n\r\n", RAW_CLOSE);
	assert_int_equal(fixture->end, CK_CLIENT_ANSWERED);
	assert_int_equal(fixture->status, 401);
	assert_int_equal(fixture->body_len, 0);
}

static void
redirects_are_not_followed(void **state)
{
	struct fixture *fixture = *state;

	play(fixture, "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n"
	    "Content-Length: 0\r\n\r\n", RAW_CLOSE);
	assert_int_equal(fixture->end, CK_CLIENT_ANSWERED);
	assert_int_equal(fixture->status, 302);
}

static void
half_an_answer_is_broken(void **state)
{
	play(*state, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"b\"",
	    RAW_CLOSE);
	assert_int_equal(((struct fixture *)*state)->end, CK_CLIENT_BROKEN);
}

static void
nothing_is_broken(void **state)
{
	play(*state, "", RAW_CLOSE);
	assert_int_equal(((struct fixture *)*state)->end, CK_CLIENT_BROKEN);
}

static void
what_is_not_http_is_broken(void **state)
{
	play(*state, "220 smtp.example ESMTP\r\n", RAW_CLOSE);
	assert_int_equal(((struct fixture *)*state)->end, CK_CLIENT_BROKEN);
}

static void
silence_is_a_timeout(void **state)
{
	play(*state, "", RAW_HOLD);
	assert_int_equal(((struct fixture *)*state)->end, CK_CLIENT_TIMEOUT);
}

static void
a_body_that_stalls_is_a_timeout(void **state)
{
	play(*state, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{",
	    RAW_HOLD);
	assert_int_equal(((struct fixture *)*state)->end, CK_CLIENT_TIMEOUT);
}

static void
an_announced_size_is_refused_at_once(void **state)
{
	play(*state, "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n",
	    RAW_HOLD);
	assert_int_equal(
	    ((struct fixture *)*state)->end, CK_CLIENT_TOO_LARGE);
}

static void
an_endless_body_is_cut(void **state)
{
	play(*state, "HTTP/1.1 200 OK\r\n\r\n", RAW_FLOOD);
	assert_int_equal(
	    ((struct fixture *)*state)->end, CK_CLIENT_TOO_LARGE);
}

static void
endless_headers_are_cut(void **state)
{
	static char bytes[40000];
	size_t len;

	len = (size_t)snprintf(bytes, sizeof(bytes), "HTTP/1.1 200 OK\r\n");
	while (len < sizeof(bytes) - 64)
		len += (size_t)snprintf(bytes + len, sizeof(bytes) - len,
		    "X-Filler: 0123456789\r\n");
	play(*state, bytes, RAW_HOLD);
	assert_int_equal(
	    ((struct fixture *)*state)->end, CK_CLIENT_TOO_LARGE);
}

static void
nobody_listening_is_a_connect_failure(void **state)
{
	struct fixture *fixture = *state;

	raw_stop(&fixture->server);
	run(fixture, "http");
	assert_int_equal(fixture->end, CK_CLIENT_CONNECT);
	raw_start(&fixture->server);	/* for tear_down */
}

static void
a_name_that_does_not_resolve_is_told_apart(void **state)
{
	struct fixture *fixture = *state;

	post(fixture, "http://no-such-host.invalid/");
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	assert_int_equal(fixture->end, CK_CLIENT_NAME);
}

static void
a_server_without_tls_is_a_tls_failure(void **state)
{
	struct fixture *fixture = *state;
	const struct raw_step step = {
		"HTTP/1.1 400 Bad Request\r\n\r\n", 0, RAW_CLOSE
	};

	/* Reading the system's certificates takes its time. */
	new_client(fixture, 4000);
	raw_script(&fixture->server, &step, 1);
	run(fixture, "https");
	assert_int_equal(fixture->end, CK_CLIENT_TLS);
}

static void
other_protocols_are_refused(void **state)
{
	struct fixture *fixture = *state;

	post(fixture, "file:///etc/passwd");
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	assert_int_not_equal(fixture->end, CK_CLIENT_ANSWERED);
	assert_int_equal(fixture->body_len, 0);
}

static void
the_environments_proxy_is_not_used(void **state)
{
	assert_int_equal(setenv("http_proxy", "http://127.0.0.1:9", 1), 0);
	play(*state, RAW_JSON("200 OK", "{}"), RAW_CLOSE);
	assert_int_equal(unsetenv("http_proxy"), 0);
	assert_int_equal(
	    ((struct fixture *)*state)->end, CK_CLIENT_ANSWERED);
}

static void
a_cancelled_request_is_not_heard_of(void **state)
{
	struct fixture *fixture = *state;
	const struct raw_step steps[] = {
		{ RAW_JSON("200 OK", "{}"), 0, RAW_CLOSE },
		{ RAW_JSON("200 OK", "{}"), 0, RAW_CLOSE }
	};
	struct ck_client_call *call = NULL;
	struct ck_client_post request = {
		.content_type = "text/plain", .body = CK_SPAN_EMPTY
	};
	char url[64];

	raw_script(&fixture->server, steps, 2);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/",
	    fixture->server.port);
	request.url = url;
	assert_int_equal(ck_client_post(fixture->client, &request, on_end,
	    fixture, &call), CK_OK);
	ck_client_cancel(&call);
	assert_null(call);
	assert_int_equal(ck_loop_timer(fixture->loop, 100, on_guard, fixture,
	    &fixture->guard), CK_OK);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	assert_int_equal(fixture->ended, 0);
	/* The next one is not disturbed. */
	run(fixture, "http");
	assert_int_equal(fixture->end, CK_CLIENT_ANSWERED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_whole),
		TEST(a_status_is_no_failure),
		TEST(redirects_are_not_followed),
		TEST(half_an_answer_is_broken),
		TEST(nothing_is_broken),
		TEST(what_is_not_http_is_broken),
		TEST(silence_is_a_timeout),
		TEST(a_body_that_stalls_is_a_timeout),
		TEST(an_announced_size_is_refused_at_once),
		TEST(an_endless_body_is_cut),
		TEST(endless_headers_are_cut),
		TEST(nobody_listening_is_a_connect_failure),
		TEST(a_name_that_does_not_resolve_is_told_apart),
		TEST(a_server_without_tls_is_a_tls_failure),
		TEST(other_protocols_are_refused),
		TEST(the_environments_proxy_is_not_used),
		TEST(a_cancelled_request_is_not_heard_of),
	};

	return cmocka_run_group_tests_name("client", tests, NULL, NULL);
}
