/*
 * test_gateway.c - token and lookup against scripted bytes on loopback
 */
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
#include "eligibility/token.h"
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
	struct ck_loop *loop;
	struct ck_gateway *gateway;
	struct ck_timer *guard;
	unsigned wanted, ended;
	enum ck_err err;
	bool held;
	struct ck_answer answer;
};

static void
on_guard(void *ctx)
{
	ck_loop_stop(((struct fixture *)ctx)->loop);
}

static void
on_result(void *ctx, const struct ck_gateway_result *result)
{
	struct fixture *fixture = ctx;

	fixture->err = result->err;
	fixture->held = result->end.held;
	assert_int_equal(result->end.err, result->err);
	fixture->answer = result->answer;
	assert_true(result->started_ms > 0);
	assert_true(result->duration_ms >= 0);
	if (++fixture->ended == fixture->wanted)
		ck_loop_stop(fixture->loop);
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct ck_config *config;

	assert_non_null(fixture);
	config = &fixture->config;
	raw_start(&fixture->server);
	(void)snprintf(config->gateway_url, sizeof(config->gateway_url),
	    "http://127.0.0.1:%u", fixture->server.port);
	strcpy(config->gateway_user, "84001_BV");
	strcpy(config->gateway_password, "practice");
	config->gateway_history_timeout_ms = 700;
	config->gateway_copayment_timeout_ms = 700;
	config->gateway_check_in_timeout_ms = 700;
	config->gateway_connect_timeout_ms = 500;
	config->gateway_timeout_ms = 700;
	config->gateway_answer_max = 65536;
	assert_int_equal(
	    ck_loop_new(&fixture->loop, ck_clock_system()), CK_OK);
	assert_int_equal(ck_gateway_new(&fixture->gateway, config,
	    fixture->loop), CK_OK);
	*state = fixture;

	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ck_gateway_free(&fixture->gateway);
	raw_stop(&fixture->server);
	ck_loop_free(&fixture->loop);
	free(fixture);

	return 0;
}

static struct ck_gateway_question
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
static void
ask(struct fixture *fixture, unsigned count)
{
	const struct ck_gateway_question asked = question();
	unsigned i;

	fixture->wanted = count;
	fixture->ended = 0;
	for (i = 0; i < count; i++)
		assert_int_equal(ck_gateway_ask(fixture->gateway, &asked,
		    on_result, fixture, NULL), CK_OK);
	assert_int_equal(fixture->ended, 0);	/* never from inside */
	assert_int_equal(ck_loop_timer(fixture->loop, 5000, on_guard, fixture,
	    &fixture->guard), CK_OK);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	ck_loop_timer_cancel(&fixture->guard);
	assert_int_equal(fixture->ended, count);
}

#define SCRIPT(fixture, ...) \
	do { \
		const struct raw_step script_steps[] = { __VA_ARGS__ }; \
		raw_script(&(fixture)->server, script_steps, \
		    sizeof(script_steps) / sizeof(script_steps[0])); \
	} while (0)

static void
assert_in(const char *text, const char *part)
{
	if (strstr(text, part) == NULL)
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void
token_then_lookup_as_forms(void **state)
{
	struct fixture *fixture = *state;
	const char *token = fixture->server.requests[0];
	const char *lookup = fixture->server.requests[1];

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_string_equal(fixture->answer.code, "000");
	assert_true(fixture->answer.as_of_ms > 0);

	assert_in(token, "POST /api/token/take HTTP/1.1\r\n");
	assert_in(token, "\r\nContent-Type: "
	    "application/x-www-form-urlencoded\r\n");
	assert_in(token, "\r\n\r\nusername=84001_BV&"
	    "password=8C40400C009918B5F10B73F9A0E47398");
	assert_in(lookup, "POST /api/egw/KQNhanLichSuKCB2024?"
	    "token=a%2Bb%2Fc%3D%3D&"
	    "id_token=0e0f5b1c-0000-4000-8000-000000000001&"
	    "username=84001_BV&"
	    "password=8C40400C009918B5F10B73F9A0E47398 HTTP/1.1\r\n");
	assert_in(lookup, "\r\n\r\nmaThe=084094000001&"
	    "hoTen=NGUY%E1%BB%84N%20V%C4%82N%20M%E1%BA%AAU&"
	    "ngaySinh=05%2F03%2F1994&"
	    "hoTenCb=Tr%E1%BA%A7n%20Th%E1%BB%8B%20Tr%E1%BB%B1c&"
	    "cccdCb=084180000002");
}

/* The gateway anew, after the configuration has been changed. */
static void
restart(struct fixture *fixture)
{
	ck_gateway_free(&fixture->gateway);
	assert_int_equal(ck_gateway_new(&fixture->gateway, &fixture->config,
	    fixture->loop), CK_OK);
}

static void
token_then_lookup_as_json(void **state)
{
	struct fixture *fixture = *state;

	fixture->config.remotes[CK_REMOTE_TOKEN].encoding = CK_ENCODING_JSON;
	fixture->config.remotes[CK_REMOTE_LOOKUP].encoding = CK_ENCODING_JSON;
	restart(fixture);
	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_in(fixture->server.requests[0], "\r\n\r\n{\"username\":"
	    "\"84001_BV\",\"password\":"
	    "\"8C40400C009918B5F10B73F9A0E47398\"}");
	assert_in(fixture->server.requests[1],
	    "\r\nContent-Type: application/json; charset=utf-8\r\n");
	assert_in(fixture->server.requests[1], "\r\n\r\n{\"maThe\":"
	    "\"084094000001\",\"hoTen\":\"NGUYỄN VĂN MẪU\",\"ngaySinh\":"
	    "\"05/03/1994\",\"hoTenCb\":\"Trần Thị Trực\",\"cccdCb\":"
	    "\"084180000002\"}");
}

static void
names_are_sent_composed_and_dates_as_known(void **state)
{
	static const struct {
		struct ck_date date;
		const char *sent;
	} rows[] = {
		{ { 1994, 0, 0 }, "ngaySinh=1994&" },
		{ { 1994, 3, 0 }, "ngaySinh=03%2F1994&" }
	};
	struct fixture *fixture = *state;
	struct ck_gateway_question asked = question();
	size_t i;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 });
	strcpy(asked.full_name, "Le\xcc\xa3\xcc\x82");	/* Lệ, taken apart */
	for (i = 0; i < 2; i++) {
		const char *sent = fixture->server.requests[1 + i];

		asked.date_of_birth = rows[i].date;
		fixture->wanted = 1;
		fixture->ended = 0;
		assert_int_equal(ck_gateway_ask(fixture->gateway, &asked,
		    on_result, fixture, NULL), CK_OK);
		assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
		assert_in(sent, rows[i].sent);
		assert_in(sent, "hoTen=L%E1%BB%87&");
	}
}

static void
a_token_is_kept(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 }, { OK_000, 0, 0 });
	ask(fixture, 1);
	ask(fixture, 1);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 4);
}

static void
calls_that_wait_share_one_token(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 50, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 }, { OK_000, 0, 0 });
	ask(fixture, 3);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 4);
}

static void
a_token_near_its_end_is_renewed(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { OLD_TOKEN, 0, 0 }, { OK_000, 0, 0 },
	    { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 });
	ask(fixture, 1);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 4);
	assert_in(fixture->server.requests[3], "?token=a%2Bb%2Fc%3D%3D&");
}

static void
a_stale_token_is_replaced_once(void **state)
{
	static const char *const stale[] = {
		EMPTY_401,
		"HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nnein",
		RAW_JSON("401 Unauthorized", WIRE_401),
		RAW_JSON("200 OK", WIRE_401)
	};
	struct fixture *fixture = *state;
	struct raw_step steps[4 * 4];
	unsigned i;

	for (i = 0; i < 4; i++) {
		steps[3 * i] = (struct raw_step){ stale[i], 0, RAW_CLOSE };
		steps[3 * i + 1] = (struct raw_step){ OTHER_TOKEN, 0, 0 };
		steps[3 * i + 2] = (struct raw_step){ OK_000, 0, 0 };
	}
	/* Before the first round the token has to be taken. */
	memmove(steps + 1, steps, 12 * sizeof(steps[0]));
	steps[0] = (struct raw_step){ GOOD_TOKEN, 0, RAW_CLOSE };
	raw_script(&fixture->server, steps, 13);
	for (i = 0; i < 4; i++) {
		ask(fixture, 1);
		assert_int_equal(fixture->err, CK_OK);
		assert_string_equal(fixture->answer.code, "000");
		assert_in(fixture->server.requests[3 * i + 3],
		    "?token=other&");
	}
	assert_int_equal(fixture->server.served, 13);
}

static void
a_refusal_for_ever_is_asked_twice_only(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { EMPTY_401, 0, 0 },
	    { OTHER_TOKEN, 0, 0 }, { EMPTY_401, 0, 0 },
	    { OTHER_TOKEN, 0, 0 }, { OK_000, 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_ACCOUNT);
	assert_int_equal(fixture->server.served, 4);
}

static void
a_refused_account_is_told(void **state)
{
	static const char *const refusals[] = {
		EMPTY_401, RAW_JSON("200 OK", WIRE_401),
		RAW_JSON("200 OK", "{\"maKetQua\":\"401\",\"APIKey\":null}")
	};
	struct fixture *fixture = *state;
	struct raw_step steps[3] = { { NULL, 0, RAW_CLOSE } };
	unsigned i;

	for (i = 0; i < 3; i++)
		steps[i].bytes = refusals[i];
	raw_script(&fixture->server, steps, 3);
	for (i = 0; i < 3; i++) {
		struct ck_gateway_figures figures;

		ask(fixture, 1);
		assert_int_equal(fixture->err, CK_ERR_GATEWAY_ACCOUNT);
		ck_gateway_figures(fixture->gateway, &figures);
		assert_int_equal(figures.failed_account, i + 1);
		assert_int_equal(figures.ok, 0);
		assert_int_equal(figures.up, 1);
	}
}

static void
garbage_is_a_fault_of_the_gateway(void **state)
{
	static const struct {
		const char *bytes;
		enum ck_err err;
	} rows[] = {
		{ "HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\n"
		    "Connection: close\r\n\r\n<html>Bad Gateway</html>",
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", ""), CK_ERR_GATEWAY_MALFORMED },
		{ "", CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"
		    "{\"maKetQua\":\"000\"", CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "{\"maKetQua\":0}"),
		    CK_ERR_GATEWAY_MALFORMED },
		{ RAW_JSON("200 OK", "[" WIRE_000 "]"),
		    CK_ERR_GATEWAY_MALFORMED },
		/* A yes under an error status is not believed. */
		{ RAW_JSON("500 Internal Server Error", WIRE_000),
		    CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n"
		    "Content-Length: 0\r\n\r\n", CK_ERR_GATEWAY_MALFORMED },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n{",
		    CK_ERR_GATEWAY_TOO_LARGE }
	};
	enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
	struct fixture *fixture = *state;
	struct raw_step steps[1 + ROWS] = { { GOOD_TOKEN, 0, RAW_CLOSE } };
	struct ck_gateway_figures figures;
	size_t i;

	for (i = 0; i < ROWS; i++)
		steps[1 + i].bytes = rows[i].bytes;
	raw_script(&fixture->server, steps, 1 + ROWS);
	for (i = 0; i < ROWS; i++) {
		ask(fixture, 1);
		assert_int_equal(fixture->err, rows[i].err);
		assert_string_equal(fixture->answer.code, "");
	}
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.failed_gateway, ROWS);
}

static void
an_error_status_may_name_the_fault(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 },
	    { RAW_JSON("500 Internal Server Error", WIRE_101), 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_string_equal(fixture->answer.code, "101");
}

static void
an_endless_answer_is_cut(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 },
	    { "HTTP/1.1 200 OK\r\n\r\n{", 0, RAW_FLOOD });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_TOO_LARGE);
}

static void
silence_ends_at_the_deadline(void **state)
{
	struct fixture *fixture = *state;

	/* The token takes a part of the time: the limit is for both. */
	SCRIPT(fixture, { GOOD_TOKEN, 500, 0 }, { "", 0, RAW_HOLD });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_TIMEOUT);
}

static void
a_dead_line_is_told(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_figures figures;

	raw_stop(&fixture->server);
	ask(fixture, 2);
	assert_int_equal(fixture->err, CK_ERR_LINE);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.failed_line, 2);
	assert_int_equal(figures.up, 0);
	raw_start(&fixture->server);	/* for tear_down */
}

static void
somebody_elses_answer_is_refused(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", "{\"maKetQua\":\"000\",\"maThe\":"
	    "\"GD4840000000001\",\"hoTen\":\"Trần Thị Khác\",\"ngaySinh\":"
	    "\"05/03/1994\"}"), 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_WRONG_PERSON);
	assert_string_equal(fixture->answer.full_name, "");
}

/* --- Our clerk, our account, our address ---------------------------------- */

static void
a_clerk_that_is_missing_is_told(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { RAW_JSON("200 OK",
	    "{\"maKetQua\":null,\"ghiChu\":\"Null hoTenCb\"}"), 0, 0 },
	    { RAW_JSON("200 OK", "{\"ghiChu\":\"Null cccdCb\"}"), 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_OPERATOR);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_OPERATOR);
}

static void
refusals_are_told_apart_and_not_tried_on(void **state)
{
	static const struct {
		const char *bytes;
		enum ck_err err;
	} rows[] = {
		{ PAGE_403, CK_ERR_GATEWAY_ADDRESS },
		{ RAW_JSON("200 OK", "{\"maKetQua\":\"401\",\"ghiChu\":"
		    "\"Tài khoản đã bị khóa\"}"), CK_ERR_GATEWAY_BLOCKED },
		{ RAW_JSON("200 OK", WIRE_401), CK_ERR_GATEWAY_ACCOUNT }
	};
	struct fixture *fixture = *state;
	struct raw_step steps[3] = { { NULL, 0, RAW_CLOSE } };
	size_t i;

	fixture->config.gateway_backoff_ms = 60000;
	fixture->config.gateway_backoff_max_ms = 60000;
	for (i = 0; i < 3; i++)
		steps[i].bytes = rows[i].bytes;
	raw_script(&fixture->server, steps, 3);
	for (i = 0; i < 3; i++) {
		restart(fixture);
		ask(fixture, 1);
		assert_int_equal(fixture->err, rows[i].err);
		assert_false(fixture->held);
		/* Asking on would only lock the account. */
		ask(fixture, 2);
		assert_int_equal(fixture->err, rows[i].err);
		assert_true(fixture->held);
		assert_int_equal(fixture->server.served, i + 1);
	}
}

static void
lookups_refused_one_after_the_other_stop_the_asking(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_figures figures;

	fixture->config.gateway_backoff_ms = 60000;
	fixture->config.gateway_backoff_max_ms = 60000;
	restart(fixture);
	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { EMPTY_401, 0, 0 },
	    { OTHER_TOKEN, 0, 0 }, { EMPTY_401, 0, 0 },
	    { EMPTY_401, 0, 0 }, { OTHER_TOKEN, 0, 0 },
	    { EMPTY_401, 0, 0 }, { OTHER_TOKEN, 0, 0 });
	ask(fixture, 1);
	assert_false(fixture->held);
	ask(fixture, 1);
	assert_false(fixture->held);
	ask(fixture, 1);
	assert_true(fixture->held);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_ACCOUNT);
	assert_int_equal(fixture->server.served, 7);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.login, CK_BREAKER_OPEN);
	assert_int_equal(figures.held, 1);
	assert_int_equal(figures.failed_account, 2);
}

/* --- A gateway that fails ------------------------------------------------- */

static void
a_gateway_that_fails_is_left_alone_then_tried_once(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_figures figures;

	fixture->config.gateway_failures_max = 2;
	fixture->config.gateway_backoff_ms = 100;
	fixture->config.gateway_backoff_max_ms = 100;
	restart(fixture);
	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 },
	    { RAW_JSON("200 OK", WIRE_101), 0, 0 },
	    { RAW_JSON("200 OK", "<html>"), 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 });
	ask(fixture, 1);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_MALFORMED);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.lookups, CK_BREAKER_OPEN);
	(void)usleep(150 * 1000);
	/* Of two, one is let through to see; the other is held. */
	ask(fixture, 2);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.lookups, CK_BREAKER_CLOSED);
	assert_int_equal(figures.held, 1);
	assert_int_equal(figures.ok, 1);
	assert_int_equal(fixture->server.served, 4);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
}

static void
only_so_many_are_on_their_way(void **state)
{
	const struct ck_gateway_question asked = question();
	struct fixture *fixture = *state;
	struct ck_gateway_figures figures;
	struct ck_gateway_call *third = NULL;
	unsigned i;

	fixture->config.gateway_calls_max = 1;
	fixture->config.gateway_timeout_ms = 5000;
	restart(fixture);
	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 }, { OK_000, 0, 0 });
	fixture->wanted = 3;
	fixture->ended = 0;
	for (i = 0; i < 4; i++)
		assert_int_equal(ck_gateway_ask(fixture->gateway, &asked,
		    on_result, fixture, i == 2 ? &third : NULL), CK_OK);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.in_flight, 1);
	assert_int_equal(figures.queued, 3);
	ck_gateway_cancel(&third);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	assert_int_equal(fixture->ended, 3);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 4);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.in_flight, 0);
	assert_int_equal(figures.queued, 0);
}

/* An automatic run fills its own turns; a desk's question goes at once. */
static void
automatic_runs_take_no_turn_from_the_desks(void **state)
{
	struct ck_gateway_question asked = question();
	struct fixture *fixture = *state;
	struct ck_gateway_figures figures;
	unsigned i;

	fixture->config.gateway_calls_max = 1;
	fixture->config.appointments_calls = 1;
	fixture->config.gateway_timeout_ms = 5000;
	restart(fixture);
	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 }, { OK_000, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 });
	fixture->wanted = 5;
	fixture->ended = 0;
	asked.background = true;
	for (i = 0; i < 4; i++)
		assert_int_equal(ck_gateway_ask(fixture->gateway, &asked,
		    on_result, fixture, NULL), CK_OK);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.background, 2);
	assert_int_equal(figures.queued, 2);
	asked.background = false;
	assert_int_equal(ck_gateway_ask(fixture->gateway, &asked, on_result,
	    fixture, NULL), CK_OK);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.in_flight, 3);
	assert_int_equal(figures.background, 2);
	assert_int_equal(figures.queued, 2);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	assert_int_equal(fixture->ended, 5);
	assert_int_equal(fixture->err, CK_OK);
}

/* --- Clocks --------------------------------------------------------------- */

static void
a_wrong_clock_of_ours_does_not_shorten_a_token(void **state)
{
	struct fixture *fixture = *state;

	/* By our clock it was over years ago; by the gateway's it is fresh. */
	SCRIPT(fixture, { TEN_MINUTES, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 });
	ask(fixture, 1);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 3);
	assert_in(fixture->server.requests[2], "?token=dated&");
}

static void
yesterdays_token_is_taken_again_once(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { YESTERDAYS, 0, 0 }, { TEN_MINUTES, 0, 0 },
	    { OK_000, 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 3);
}

static void
yesterdays_token_for_ever_is_the_gateways_fault(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { YESTERDAYS, 0, 0 }, { YESTERDAYS, 0, 0 },
	    { YESTERDAYS, 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_TOKEN);
	assert_int_equal(fixture->server.served, 2);
}

static void
a_question_with_a_gap_is_not_sent(void **state)
{
	struct fixture *fixture = *state;
	struct ck_gateway_question asked = question();

	asked.operator_name[0] = '\0';
	assert_int_equal(ck_gateway_ask(fixture->gateway, &asked, on_result,
	    fixture, NULL), CK_ERR_REQUEST);
	asked = question();
	asked.date_of_birth = (struct ck_date){ 0 };
	assert_int_equal(ck_gateway_ask(fixture->gateway, &asked, on_result,
	    fixture, NULL), CK_ERR_REQUEST);
	asked = question();
	strcpy(asked.full_name, "\xff");
	assert_int_equal(ck_gateway_ask(fixture->gateway, &asked, on_result,
	    fixture, NULL), CK_ERR_REQUEST);
}

static void
a_cancelled_call_is_not_heard_of(void **state)
{
	struct fixture *fixture = *state;
	const struct ck_gateway_question asked = question();
	struct ck_gateway_call *call = NULL;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 });
	assert_int_equal(ck_gateway_ask(fixture->gateway, &asked, on_result,
	    fixture, &call), CK_OK);
	ck_gateway_cancel(&call);
	assert_null(call);
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->ended, 1);
}

static void
instants_of_the_gateway_are_utc(void **state)
{
	static const struct {
		const char *text;
		int64_t ms;
	} rows[] = {
		{ "2026-11-23T03:51:20.1047187Z", 1795405880104 },
		{ "2026-11-23T03:51:20Z", 1795405880000 },
		{ "2026-11-23T03:51:20.1", 1795405880100 },
		{ "1970-01-01T00:00:00.007Z", 7 }
	};
	static const char *const bad[] = {
		"", "2026-11-23", "2026-11-23T", "2026-11-23T03:51",
		"2026-11-23T24:00:00Z", "2026-13-23T03:51:20Z",
		"2026-11-23T03:51:20.12345678Z", "2026-11-23T03:51:20Zx",
		"2026-11-23T03:51:20+07:00", "2026-11-23 03:51:20"
	};
	int64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_true(ck_instant_parse(rows[i].text, &ms));
		assert_int_equal(ms, rows[i].ms);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(ck_instant_parse(bad[i], &ms));
}

static void
tokens_are_read_in_every_shape(void **state)
{
	static const struct {
		const char *text;
		enum ck_err err;
		int64_t life_ms;
	} rows[] = {
		{ WIRE_TOKEN("t", "1970-01-01T00:20:00Z"), CK_OK, 200000 },
		{ WIRE_TOKEN("t", "1970-01-01T00:16:39Z"), CK_OK, -1000 },
		{ "{\"maKetQua\":\"200\",\"apiKey\":{\"Access_Token\":\"t\","
		    "\"id_token\":\"i\",\"expires_in\":600}}", CK_OK,
		    600000 },
		{ "{\"access_token\":\"t\",\"id_token\":\"i\"}", CK_OK,
		    600000 },
		{ "{\"access_token\":\"t\",\"id_token\":\"i\","
		    "\"expires_in\":1795405880}", CK_OK,
		    1795405880000 - 1000000 },
		{ "{\"access_token\":\"t\",\"id_token\":\"i\","
		    "\"expires_in\":true}", CK_ERR_GATEWAY_MALFORMED, 0 },
		{ "{\"access_token\":\"t\",\"id_token\":\"i\","
		    "\"expires_in\":-1}", CK_ERR_GATEWAY_MALFORMED, 0 },
		{ "{\"access_token\":\"\",\"id_token\":\"i\"}",
		    CK_ERR_GATEWAY_MALFORMED, 0 },
		{ "{\"maKetQua\":\"200\",\"APIKey\":null}",
		    CK_ERR_GATEWAY_MALFORMED, 0 },
		{ "{\"maKetQua\":\"500\"}", CK_ERR_GATEWAY_FAULT, 0 },
		{ WIRE_401, CK_ERR_GATEWAY_ACCOUNT, 0 },
		{ "{\"maKetQua\":\"403\"}", CK_ERR_GATEWAY_BLOCKED, 0 },
		{ "{\"maKetQua\":\"401\",\"ghiChu\":\"Tài khoản đã bị khóa\"}",
		    CK_ERR_GATEWAY_BLOCKED, 0 },
		{ "[]", CK_ERR_GATEWAY_MALFORMED, 0 },
		{ "", CK_ERR_GATEWAY_MALFORMED, 0 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_token token;

		assert_int_equal(ck_token_parse(ck_span_str(rows[i].text),
		    1000000, &token), rows[i].err);
		assert_int_equal(token.life_ms, rows[i].life_ms);
		assert_string_equal(token.access,
		    rows[i].err == CK_OK ? "t" : "");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(token_then_lookup_as_forms),
		TEST(token_then_lookup_as_json),
		TEST(names_are_sent_composed_and_dates_as_known),
		TEST(a_token_is_kept),
		TEST(calls_that_wait_share_one_token),
		TEST(a_token_near_its_end_is_renewed),
		TEST(a_stale_token_is_replaced_once),
		TEST(a_refusal_for_ever_is_asked_twice_only),
		TEST(a_refused_account_is_told),
		TEST(garbage_is_a_fault_of_the_gateway),
		TEST(an_error_status_may_name_the_fault),
		TEST(an_endless_answer_is_cut),
		TEST(silence_ends_at_the_deadline),
		TEST(a_dead_line_is_told),
		TEST(somebody_elses_answer_is_refused),
		TEST(a_clerk_that_is_missing_is_told),
		TEST(refusals_are_told_apart_and_not_tried_on),
		TEST(lookups_refused_one_after_the_other_stop_the_asking),
		TEST(a_gateway_that_fails_is_left_alone_then_tried_once),
		TEST(only_so_many_are_on_their_way),
		TEST(automatic_runs_take_no_turn_from_the_desks),
		TEST(a_wrong_clock_of_ours_does_not_shorten_a_token),
		TEST(yesterdays_token_is_taken_again_once),
		TEST(yesterdays_token_for_ever_is_the_gateways_fault),
		TEST(a_question_with_a_gap_is_not_sent),
		TEST(a_cancelled_call_is_not_heard_of),
		cmocka_unit_test(instants_of_the_gateway_are_utc),
		cmocka_unit_test(tokens_are_read_in_every_shape),
	};

	return cmocka_run_group_tests_name("gateway", tests, NULL, NULL);
}
