/*
 * test_server.c - hand-written requests over real sockets
 *
 * The server runs with a loop in its own thread, as in the daemon; the tests
 * speak HTTP by hand, so nothing well-behaved stands between.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "http/events.h"
#include "http/request.h"
#include "io/loop.h"
#include "io/server.h"

#define TOKEN "correct-horse-battery"

struct fixture {
	struct ck_loop *loop;
	struct ck_events *events;
	struct ck_server *server;
	pthread_t thread, core;
	pthread_mutex_t lock;		/* guards core and held */
	struct ck_request *held;
	unsigned turns, echoes;
};

static struct fixture fixture;
static char answer[200000];

/* {"echo": the body, "desk": the parameter, "q": the query}. */
static void
echo(void *ctx, struct ck_request *request)
{
	struct fixture *f = ctx;
	const char *q = ck_request_query(request, "q");

	assert_true(pthread_equal(pthread_self(), f->core));
	f->echoes++;
	ck_request_reply_json(request, 200, json_pack("{s:O, s:s, s:s}",
	    "echo", ck_request_json(request), "desk",
	    ck_request_param(request, 0), "q", q != NULL ? q : "-"));
}

static void
live(void *ctx, struct ck_request *request)
{
	struct fixture *f = ctx;

	pthread_mutex_lock(&f->lock);
	assert_false(pthread_equal(pthread_self(), f->core));
	pthread_mutex_unlock(&f->lock);
	ck_request_reply_bytes(request, 200, "text/plain",
	    ck_span_str("alive"));
}

static void
page(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_request_add_header(request, "ETag", "\"1\"");
	ck_request_reply_static(request, "text/html", ck_span_str("<p>"));
}

static void
nothing(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_request_reply_empty(request, 204);
}

/* What the core hands over; it may be gone when the answer is written. */
struct counted {
	unsigned turns;
	bool bad;
};

static enum ck_err
render_counted(const void *what, const void *ctx, struct ck_buf *out)
{
	const struct counted *counted = what;
	struct fixture *f = &fixture;
	char text[64];

	pthread_mutex_lock(&f->lock);
	assert_false(pthread_equal(pthread_self(), f->core));
	pthread_mutex_unlock(&f->lock);
	(void)snprintf(text, sizeof(text), "%s %u", (const char *)ctx,
	    counted->turns);
	if (ck_buf_append(out, ck_span_str(text)) != CK_OK)
		return CK_ERR_NOMEM;

	return counted->bad ? CK_ERR_FILE_MALFORMED : CK_OK;
}

static void
rendered(void *ctx, struct ck_request *request)
{
	struct counted counted = { 42,
	    ck_request_query(request, "bad") != NULL };

	(void)ctx;
	ck_request_reply_rendered(request, 200, "text/plain",
	    ck_span_of(&counted, sizeof(counted)), render_counted, "turns");
	memset(&counted, 0, sizeof(counted));
}

static void
on_the_core(void *ctx, struct ck_request *request)
{
	struct fixture *f = ctx;

	pthread_mutex_lock(&f->lock);
	assert_true(pthread_equal(pthread_self(), f->core));
	pthread_mutex_unlock(&f->lock);
	ck_request_reply_bytes(request, 200, "text/plain",
	    ck_span_str(ck_request_brought(request)));
}

/* Reads on the server's thread, and refuses there; the rest is the core's. */
static void
read_first(void *ctx, struct ck_request *request)
{
	struct fixture *f = ctx;
	char word[] = "carried over";

	pthread_mutex_lock(&f->lock);
	assert_false(pthread_equal(pthread_self(), f->core));
	pthread_mutex_unlock(&f->lock);
	if (json_object_size(ck_request_json(request)) == 0)
		ck_request_reply_invalid(request, "word", "any");
	else
		ck_request_go_on(request, on_the_core,
		    ck_span_of((const uint8_t *)word, sizeof(word)));
	memset(word, '-', sizeof(word) - 1);
}

/* Answered by the next request to /release. */
static void
hold(void *ctx, struct ck_request *request)
{
	struct fixture *f = ctx;

	pthread_mutex_lock(&f->lock);
	f->held = request;
	pthread_mutex_unlock(&f->lock);
}

static void
release(void *ctx, struct ck_request *request)
{
	struct fixture *f = ctx;

	if (f->held != NULL)
		ck_request_reply_invalid(f->held, "number", "12 digits");
	f->held = NULL;
	ck_request_reply_empty(request, 204);
}

static void
listen_to(void *ctx, struct ck_request *request)
{
	struct fixture *f = ctx;

	ck_events_attach(f->events, ck_request_param(request, 0), request);
}

static const struct ck_route routes[] = {
	{ "GET", "/livez", CK_ON_HTTP, CK_BODY_NONE, true, live },
	{ "GET", "/", CK_ON_HTTP, CK_BODY_NONE, false, page },
	{ "POST", "/echo/{desk}", CK_ON_CORE, CK_BODY_JSON, false, echo },
	{ "DELETE", "/card", CK_ON_CORE, CK_BODY_NONE, false, nothing },
	{ "GET", "/rendered", CK_ON_CORE, CK_BODY_NONE, false, rendered },
	{ "POST", "/first", CK_ON_HTTP, CK_BODY_JSON, false, read_first },
	{ "GET", "/hold", CK_ON_CORE, CK_BODY_NONE, false, hold },
	{ "GET", "/release", CK_ON_CORE, CK_BODY_NONE, false, release },
	{ "GET", "/events/{desk}", CK_ON_HTTP, CK_BODY_NONE, false,
	    listen_to },
};

static void
count_turn(void *ctx)
{
	struct fixture *f = ctx;

	f->turns++;
}

static void *
run_loop(void *arg)
{
	struct fixture *f = arg;

	pthread_mutex_lock(&f->lock);
	f->core = pthread_self();
	pthread_mutex_unlock(&f->lock);

	return ck_loop_run(f->loop) == CK_OK ? NULL : arg;
}

static int
start(const char *token)
{
	struct fixture *f = &fixture;
	struct ck_server_options options = {
		.listen = "127.0.0.1", .port = 0, .token = token,
		.allowed_hosts = "reception.example", .routes = routes,
		.route_count = sizeof(routes) / sizeof(routes[0]), .ctx = f
	};

	memset(f, 0, sizeof(*f));
	(void)pthread_mutex_init(&f->lock, NULL);
	if (ck_loop_new(&f->loop, ck_clock_system()) != CK_OK ||
	    ck_events_new(&f->events) != CK_OK)
		return -1;
	options.loop = f->loop;
	ck_loop_on_turn_end(f->loop, count_turn, f);
	if (ck_server_start(&f->server, &options) != CK_OK)
		return -1;

	return pthread_create(&f->thread, NULL, run_loop, f);
}

static int
start_open(void **state)
{
	(void)state;

	return start("");
}

static int
start_guarded(void **state)
{
	(void)state;

	return start(TOKEN);
}

static void
end_loop(void)
{
	void *failed = NULL;

	ck_loop_stop(fixture.loop);
	assert_int_equal(pthread_join(fixture.thread, &failed), 0);
	assert_null(failed);
}

static int
stop(void **state)
{
	(void)state;
	if (fixture.server != NULL)
		end_loop();
	ck_events_close(fixture.events);
	ck_server_stop(&fixture.server);
	ck_events_free(&fixture.events);
	ck_loop_free(&fixture.loop);

	return 0;
}

static int
dial(void)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET,
		.sin_port = htons(ck_server_port(fixture.server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	struct timeval limit = { .tv_sec = 10 };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	assert_int_equal(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
	    sizeof(limit)), 0);

	return fd;
}

static void
say(int fd, const char *text)
{
	size_t len = strlen(text);

	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), (ssize_t)len);
}

/* Read until the other side closes. */
static void
hear(int fd)
{
	size_t used = 0;
	ssize_t got;

	while ((got = recv(fd, answer + used, sizeof(answer) - 1 - used,
	    0)) > 0)
		used += (size_t)got;
	answer[used] = '\0';
	(void)close(fd);
}

/* Read until text has come. */
static void
hear_until(int fd, const char *text)
{
	size_t used = 0;

	answer[0] = '\0';
	while (strstr(answer, text) == NULL) {
		ssize_t got = recv(fd, answer + used,
		    sizeof(answer) - 1 - used, 0);

		if (got <= 0)
			fail_msg("expected %s, got %s", text, answer);
		used += (size_t)got;
		answer[used] = '\0';
	}
}

/* One request; HOST stands for the right Host header. */
static void
ask(const char *start_line, const char *headers, const char *body)
{
	char request[8192];
	int fd = dial();

	(void)snprintf(request, sizeof(request),
	    "%s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nConnection: close\r\n"
	    "%s\r\n%s", start_line, ck_server_port(fixture.server), headers,
	    body);
	say(fd, request);
	hear(fd);
}

static void
ask_json(const char *start_line, const char *body)
{
	char headers[128];

	(void)snprintf(headers, sizeof(headers), "Content-Type: "
	    "application/json\r\nContent-Length: %zu\r\n", strlen(body));
	ask(start_line, headers, body);
}

static void
expect(const char *status, const char *part)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "HTTP/1.1 %s ", status);
	if (strncmp(answer, line, strlen(line)) != 0 ||
	    strstr(answer, part) == NULL)
		fail_msg("expected %s with %s, got %s", status, part, answer);
}

static void
a_request_goes_through_the_core_and_back(void **state)
{
	(void)state;
	ask_json("POST /echo/ban%2d1?q=x%20y", "{\"a\":[1]}");
	expect("200", "{\"echo\":{\"a\":[1]},\"desk\":\"ban-1\",\"q\":\"x y\"}");
	expect("200", "Content-Type: application/json\r\n");
	expect("200", "Cache-Control: no-store\r\n");
	expect("200", "X-Content-Type-Options: nosniff\r\n");
	expect("200", "Content-Security-Policy: default-src 'self'; ");
	expect("200", "frame-ancestors 'none'");
	expect("200", "Referrer-Policy: no-referrer\r\n");
}

static void
an_answer_is_written_by_the_servers_thread(void **state)
{
	(void)state;
	ask("GET /rendered", "", "");
	expect("200", "turns 42");
	/* Half an answer is none. */
	ask("GET /rendered?bad=1", "", "");
	expect("500", "\r\n\r\n");
	assert_null(strstr(answer, "turns"));
	assert_null(strstr(answer, "text/plain"));
}

static void
what_needs_no_core_is_read_before_it(void **state)
{
	(void)state;
	ask_json("POST /first", "{}");
	expect("422", "word");
	ask_json("POST /first", "{\"a\":1}");
	expect("200", "carried over");
}

static void
pages_may_be_kept_and_asked_about(void **state)
{
	(void)state;
	ask("GET /", "", "");
	expect("200", "Cache-Control: no-cache\r\n");
	expect("200", "ETag: \"1\"\r\n");
	ask("HEAD /", "", "");
	expect("200", "Content-Length: 3\r\n");
	assert_null(strstr(answer, "<p>"));
	ask("DELETE /card", "", "");
	expect("204", "\r\n\r\n");
}

static void
unknown_paths_and_methods_are_problems(void **state)
{
	(void)state;
	ask("GET /nowhere", "", "");
	expect("404", "application/problem+json");
	expect("404", "\"type\":\"/problems/unknown-path\"");
	ask("PUT /card", "", "");
	expect("405", "Allow: DELETE\r\n");
	ask("OPTIONS /", "", "");
	expect("405", "Allow: GET, HEAD\r\n");
	ask("GET /../../etc/passwd", "", "");
	expect("404", "unknown-path");
}

static void
ask_as(const char *host, const char *headers, const char *status)
{
	char request[512];
	int fd = dial();

	(void)snprintf(request, sizeof(request), "GET /livez HTTP/1.1\r\n"
	    "%s%s\r\nConnection: close\r\n%s\r\n", host[0] != '\0' ?
	    "Host: " : "X: ", host, headers);
	say(fd, request);
	hear(fd);
	expect(status, "");
}

static void
foreign_hosts_and_origins_are_refused(void **state)
{
	(void)state;
	ask_as("evil.example", "", "421");
	expect("421", "unknown-host");
	ask_as("", "", "421");
	ask_as("reception.example", "", "200");
	ask_as("reception.example", "Origin: http://evil.example\r\n", "403");
	expect("403", "foreign-origin");
	ask_as("reception.example", "Origin: null\r\n", "403");
	ask_as("reception.example", "Origin: https://reception.example\r\n",
	    "200");
}

static void
bodies_that_are_not_one_json_object_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "{", "[]", "1", "\"x\"", "{}{}", "{\"a\":1,\"a\":2}",
		"{\"a\":\"\xff\"}", "{\"a\":NaN}"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		ask_json("POST /echo/x", bad[i]);
		expect("400", "malformed-json");
	}
	assert_int_equal(fixture.echoes, 0);
}

static void
only_json_of_known_and_small_length_is_read(void **state)
{
	(void)state;
	ask("POST /echo/x", "Content-Type: text/plain\r\n"
	    "Content-Length: 2\r\n", "{}");
	expect("415", "not-json");
	ask("POST /echo/x", "Content-Length: 2\r\n", "{}");
	expect("415", "not-json");
	ask("POST /echo/x", "Content-Type: application/jsonp\r\n"
	    "Content-Length: 2\r\n", "{}");
	expect("415", "not-json");
	ask("POST /echo/x", "Content-Type: application/json; charset=utf-8\r\n"
	    "Content-Length: 2\r\n", "{}");
	expect("200", "\"echo\":{}");
	ask("POST /echo/x", "Content-Type: application/json\r\n"
	    "Content-Length: 65537\r\n", "");
	expect("413", "body-too-large");
	ask("POST /echo/x", "Content-Type: application/json\r\n"
	    "Content-Length: 99999999999999\r\n", "");
	expect("413", "body-too-large");
	ask("POST /echo/x", "Content-Type: application/json\r\n"
	    "Transfer-Encoding: chunked\r\n", "2\r\n{}\r\n0\r\n\r\n");
	expect("411", "length-required");
}

static void
the_largest_body_is_read_in_pieces(void **state)
{
	static char body[65537];
	char head[256];
	int fd = dial();
	size_t sent = 0;

	(void)state;
	memset(body, ' ', 65536);
	memcpy(body, "{\"a\":1}", 7);
	(void)snprintf(head, sizeof(head), "POST /echo/x HTTP/1.1\r\nHost: "
	    "127.0.0.1:%u\r\nContent-Type: application/json\r\n"
	    "Connection: close\r\nContent-Length: 65536\r\n\r\n",
	    ck_server_port(fixture.server));
	say(fd, head);
	while (sent < 65536) {
		ssize_t got = send(fd, body + sent, 4096, MSG_NOSIGNAL);

		assert_true(got > 0);
		sent += (size_t)got;
	}
	hear(fd);
	expect("200", "{\"a\":1}");
}

static void
the_token_guards_everything_but_livez(void **state)
{
	(void)state;
	ask("GET /livez", "", "");
	expect("200", "alive");
	ask("GET /", "", "");
	expect("401", "WWW-Authenticate: Basic realm=");
	expect("401", "token-required");
	ask("GET /nowhere", "", "");
	expect("401", "token-required");
	ask("GET /", "Authorization: Bearer wrong\r\n", "");
	expect("401", "token-required");
	ask("GET /", "Authorization: Bearer " TOKEN "\r\n", "");
	expect("200", "<p>");
	ask("GET /events/a", "", "");
	expect("401", "token-required");
}

static void
an_answer_may_come_in_a_later_turn(void **state)
{
	int fd = dial();
	char request[128];

	(void)state;
	(void)snprintf(request, sizeof(request), "GET /hold HTTP/1.1\r\nHost: "
	    "localhost:%u\r\nConnection: close\r\n\r\n",
	    ck_server_port(fixture.server));
	say(fd, request);
	do {
		ask("GET /release", "", "");
		expect("204", "");
	} while (recv(fd, answer, 1, MSG_PEEK | MSG_DONTWAIT) < 1);
	hear(fd);
	expect("422", "{\"pointer\":\"#/number\",\"detail\":\"12 digits\"}");
}

static bool
holds_one(void)
{
	bool held;

	pthread_mutex_lock(&fixture.lock);
	held = fixture.held != NULL;
	pthread_mutex_unlock(&fixture.lock);

	return held;
}

static void
stopping_answers_what_the_core_still_has(void **state)
{
	int fd = dial();
	char request[128];

	(void)state;
	(void)snprintf(request, sizeof(request), "GET /hold HTTP/1.1\r\nHost: "
	    "localhost:%u\r\nConnection: close\r\n\r\n",
	    ck_server_port(fixture.server));
	say(fd, request);
	while (!holds_one()) {
		ask("DELETE /card", "", "");
		expect("204", "");
	}
	end_loop();
	ck_server_stop(&fixture.server);
	hear(fd);
	expect("503", "/problems/stopping");
}

static void
requests_on_one_connection_follow_each_other(void **state)
{
	char request[512];
	int fd = dial();

	(void)state;
	(void)snprintf(request, sizeof(request),
	    "POST /echo/a HTTP/1.1\r\nHost: localhost:%u\r\n"
	    "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
	    "POST /echo/b HTTP/1.1\r\nHost: localhost:%u\r\n"
	    "Content-Type: application/json\r\nContent-Length: 2\r\n"
	    "Connection: close\r\n\r\n{}", ck_server_port(fixture.server),
	    ck_server_port(fixture.server));
	say(fd, request);
	hear(fd);
	expect("200", "\"desk\":\"a\"");
	expect("200", "\"desk\":\"b\"");
}

static void
a_second_server_finds_the_port_in_use(void **state)
{
	struct ck_server *second = NULL;
	struct ck_server_options options = {
		.listen = "127.0.0.1", .port = ck_server_port(fixture.server),
		.token = "", .allowed_hosts = "", .loop = fixture.loop
	};

	(void)state;
	assert_int_equal(ck_server_start(&second, &options),
	    CK_ERR_PORT_IN_USE);
	assert_null(second);
	options.listen = "192.0.2.1";
	assert_int_equal(ck_server_start(&second, &options), CK_ERR_SYSTEM);
}

static int
subscribe(const char *desk)
{
	char request[256];
	int fd = dial();

	(void)snprintf(request, sizeof(request), "GET /events/%s HTTP/1.1\r\n"
	    "Host: localhost:%u\r\n\r\n", desk,
	    ck_server_port(fixture.server));
	say(fd, request);

	return fd;
}

static void
publish(const char *desk, int number)
{
	ck_events_publish(fixture.events, desk, json_pack("{s:i}", "n",
	    number));
}

static void
listeners_hear_the_latest_view_first(void **state)
{
	int a, b;

	(void)state;
	publish("ban-1", 1);
	publish("ban-1", 2);
	a = subscribe("ban-1");
	hear_until(a, "event: desk\ndata: {\"n\":2}\n\n");
	assert_non_null(strstr(answer, "text/event-stream"));
	assert_null(strstr(answer, "{\"n\":1}"));
	b = subscribe("ban-1");
	hear_until(b, "{\"n\":2}");
	publish("ban-2", 9);
	publish("ban-1", 3);
	hear_until(a, "data: {\"n\":3}\n\n");
	assert_null(strstr(answer, "{\"n\":9}"));
	hear_until(b, "data: {\"n\":3}\n\n");
	ck_events_keep_alive(fixture.events);
	hear_until(a, ":\n\n");
	ck_events_remove(fixture.events, "ban-1");
	hear_until(a, "event: gone\n");
	hear(a);
	hear(b);
	assert_non_null(strstr(answer, "event: gone\n"));
	hear(subscribe("ban-3"));
	expect("404", "unknown-desk");
}

static void
a_slow_listener_skips_what_it_missed(void **state)
{
	static char big[100001];
	int fd, i;

	(void)state;
	memset(big, 'x', 100000);
	publish("ban-1", 0);
	fd = subscribe("ban-1");
	hear_until(fd, "{\"n\":0}");
	for (i = 0; i < 200; i++)
		ck_events_publish(fixture.events, "ban-1",
		    json_pack("{s:s, s:i}", "big", big, "i", i));
	publish("ban-1", 77);
	while (strstr(answer, "{\"n\":77}") == NULL) {
		ssize_t got = recv(fd, answer, sizeof(answer) - 1, 0);

		assert_true(got > 0);
		answer[got] = '\0';
	}
	(void)close(fd);
}

static void
too_many_listeners_are_refused(void **state)
{
	int fds[CK_LISTENERS_MAX];
	int i;

	(void)state;
	publish("a", 1);
	for (i = 0; i < CK_LISTENERS_MAX; i++) {
		fds[i] = subscribe("a");
		hear_until(fds[i], "{\"n\":1}");
	}
	ask("GET /events/a", "", "");
	expect("503", "too-many-listeners");
	for (i = 0; i < CK_LISTENERS_MAX; i++)
		(void)close(fds[i]);
}

#define OPEN(fn) cmocka_unit_test_setup_teardown(fn, start_open, stop)
#define GUARDED(fn) cmocka_unit_test_setup_teardown(fn, start_guarded, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		OPEN(a_request_goes_through_the_core_and_back),
		OPEN(an_answer_is_written_by_the_servers_thread),
		OPEN(what_needs_no_core_is_read_before_it),
		OPEN(pages_may_be_kept_and_asked_about),
		OPEN(unknown_paths_and_methods_are_problems),
		OPEN(foreign_hosts_and_origins_are_refused),
		OPEN(bodies_that_are_not_one_json_object_are_refused),
		OPEN(only_json_of_known_and_small_length_is_read),
		OPEN(the_largest_body_is_read_in_pieces),
		GUARDED(the_token_guards_everything_but_livez),
		OPEN(an_answer_may_come_in_a_later_turn),
		OPEN(stopping_answers_what_the_core_still_has),
		OPEN(requests_on_one_connection_follow_each_other),
		OPEN(a_second_server_finds_the_port_in_use),
		OPEN(listeners_hear_the_latest_view_first),
		OPEN(a_slow_listener_skips_what_it_missed),
		OPEN(too_many_listeners_are_refused),
	};

	return cmocka_run_group_tests_name("server", tests, NULL, NULL);
}
