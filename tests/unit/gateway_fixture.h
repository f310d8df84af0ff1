/*
 * gateway_fixture.h - a gateway client against scripted bytes on loopback
 *
 * Both clocks are the system's until a test moves them.
 */
#ifndef TESTS_UNIT_GATEWAY_FIXTURE_H
#define TESTS_UNIT_GATEWAY_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../wire/gateway_answers.h"
#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/gateway.h"
#include "io/loop.h"
#include "raw_server.h"

#define GOOD_TOKEN \
	RAW_JSON("200 OK", \
	    WIRE_TOKEN("a+b/c==", "2099-01-01T00:00:00.1047187Z"))
#define OTHER_TOKEN \
	RAW_JSON("200 OK", WIRE_TOKEN("other", "2099-01-01T00:00:00Z"))
#define OLD_TOKEN \
	RAW_JSON("200 OK", WIRE_TOKEN("old", "2020-01-01T00:00:00.1Z"))
#define EMPTY_401 \
	"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"
#define PAGE_403 \
	"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\n" \
	"Connection: close\r\n\r\n<html>Forbidden</html>"
/* A token that ends 10 minutes after the gateway's own clock, far from ours. */
#define DATED(date, expires) \
	"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" \
	"Date: " date "\r\nConnection: close\r\n\r\n" \
	WIRE_TOKEN("dated", expires)
#define TEN_MINUTES \
	DATED("Mon, 23 Nov 2020 03:41:20 GMT", "2020-11-23T03:51:20.1047187Z")
#define YESTERDAYS \
	DATED("Mon, 23 Nov 2020 03:41:20 GMT", "2020-11-22T03:51:20.1047187Z")
#define OK_000 RAW_JSON("200 OK", WIRE_000)

struct fixture {
	struct raw_server server;
	struct ck_config config;
	struct ck_clock clock;
	int64_t wall_off_ms;	/* of each clock, as a test has moved it */
	int64_t mono_off_ms;
	struct ck_loop *loop;
	struct ck_gateway *gateway;
	struct ck_timer *guard;
	unsigned wanted, ended;
	enum ck_err err;
	bool held;
	char failure[CK_FAILURE_LEN];
	int64_t duration_ms;
	struct ck_answer answer;
};

static inline int64_t
fixture_wall_ms(void *ctx)
{
	return ck_clock_wall_ms(ck_clock_system()) +
	    ((struct fixture *)ctx)->wall_off_ms;
}

static inline int64_t
fixture_mono_ms(void *ctx)
{
	return ck_clock_mono_ms(ck_clock_system()) +
	    ((struct fixture *)ctx)->mono_off_ms;
}

static inline void
on_guard(void *ctx)
{
	ck_loop_stop(((struct fixture *)ctx)->loop);
}

static inline void
on_result(void *ctx, const struct ck_gateway_result *result)
{
	struct fixture *fixture = ctx;

	fixture->err = result->err;
	fixture->held = result->end.held;
	assert_int_equal(result->end.err, result->err);
	memcpy(fixture->failure, result->end.failure,
	    sizeof(fixture->failure));
	fixture->duration_ms = result->duration_ms;
	fixture->answer = result->answer;
	assert_true(result->started_ms > 0);
	assert_true(result->duration_ms >= 0);
	if (++fixture->ended == fixture->wanted)
		ck_loop_stop(fixture->loop);
}

static inline int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct ck_config *config;

	assert_non_null(fixture);
	config = &fixture->config;
	fixture->clock = (struct ck_clock){ fixture_wall_ms, fixture_mono_ms,
	    fixture };
	raw_start(&fixture->server);
	(void)snprintf(config->gateway_url, sizeof(config->gateway_url),
	    "http://127.0.0.1:%u", fixture->server.port);
	strcpy(config->gateway_user, "84001_BV");
	strcpy(config->gateway_password, "practice");
	config->gateway_history_timeout_ms = 700;
	config->gateway_copayment_timeout_ms = 700;
	config->gateway_check_in_timeout_ms = 700;
	/* Long enough for a busy machine; tests of deadlines set their own. */
	config->gateway_connect_timeout_ms = 10000;
	config->gateway_timeout_ms = 10000;
	config->gateway_answer_max = 65536;
	assert_int_equal(
	    ck_loop_new(&fixture->loop, &fixture->clock), CK_OK);
	assert_int_equal(ck_gateway_new(&fixture->gateway, config,
	    fixture->loop), CK_OK);
	*state = fixture;

	return 0;
}

static inline int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ck_gateway_free(&fixture->gateway);
	raw_stop(&fixture->server);
	ck_loop_free(&fixture->loop);
	free(fixture);

	return 0;
}

/* The gateway anew, after the configuration has been changed. */
static inline void
restart(struct fixture *fixture)
{
	ck_gateway_free(&fixture->gateway);
	assert_int_equal(ck_gateway_new(&fixture->gateway, &fixture->config,
	    fixture->loop), CK_OK);
}

static inline struct ck_gateway_question
question(void)
{
	struct ck_gateway_question asked = {
		.key = CK_KEY_ID_NUMBER,
		.number = "084094000001",
		.full_name = "NGUYỄN VĂN MẪU",
		.date_of_birth = { 1994, 3, 5 },
		.operator_name = "Trần Thị Trực",
		.operator_number = "084180000002"
	};

	return asked;
}

/* Ask count times at once and run until all have ended. */
static inline void
ask_often(struct fixture *fixture, const struct ck_gateway_question *asked,
    unsigned count)
{
	unsigned i;

	fixture->wanted = count;
	fixture->ended = 0;
	for (i = 0; i < count; i++)
		assert_int_equal(ck_gateway_ask(fixture->gateway, asked,
		    on_result, fixture, NULL), CK_OK);
	assert_int_equal(fixture->ended, 0);	/* never from inside */
	assert_int_equal(ck_loop_timer(fixture->loop, 30000, on_guard, fixture,
	    &fixture->guard), CK_OK);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	ck_loop_timer_cancel(&fixture->guard);
	assert_int_equal(fixture->ended, count);
}

static inline void
ask_this(struct fixture *fixture, const struct ck_gateway_question *asked)
{
	ask_often(fixture, asked, 1);
}

static inline void
ask(struct fixture *fixture, unsigned count)
{
	const struct ck_gateway_question asked = question();

	ask_often(fixture, &asked, count);
}

#define SCRIPT(fixture, ...) \
	do { \
		const struct raw_step script_steps[] = { __VA_ARGS__ }; \
		raw_script(&(fixture)->server, script_steps, \
		    sizeof(script_steps) / sizeof(script_steps[0])); \
	} while (0)

static inline void
assert_in(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

#endif /* TESTS_UNIT_GATEWAY_FIXTURE_H */
