/*
 * test_gateway.c - the questions put to the gateway, and whose turn it is
 */
#include "gateway_fixture.h"

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
	fixture->config.appointments_calls = 2;
	fixture->config.gateway_timeout_ms = 5000;
	restart(fixture);
	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 }, { OK_000, 0, 0 }, { OK_000, 0, 0 },
	    { OK_000, 0, 0 });
	fixture->wanted = 5;
	fixture->ended = 0;
	asked.turns = CK_TURNS_APPOINTMENT;
	for (i = 0; i < 4; i++)
		assert_int_equal(ck_gateway_ask(fixture->gateway, &asked,
		    on_result, fixture, NULL), CK_OK);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.background, 2);
	assert_int_equal(figures.queued, 0);
	asked.turns = CK_TURNS_DESK;
	assert_int_equal(ck_gateway_ask(fixture->gateway, &asked, on_result,
	    fixture, NULL), CK_OK);
	ck_gateway_figures(fixture->gateway, &figures);
	assert_int_equal(figures.in_flight, 3);
	assert_int_equal(figures.background, 2);
	assert_int_equal(figures.queued, 0);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	assert_int_equal(fixture->ended, 5);
	assert_int_equal(fixture->err, CK_OK);
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
an_error_status_may_name_the_fault(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 },
	    { RAW_JSON("500 Internal Server Error", WIRE_101), 0, 0 });
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_string_equal(fixture->answer.code, "101");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(token_then_lookup_as_forms),
		TEST(token_then_lookup_as_json),
		TEST(names_are_sent_composed_and_dates_as_known),
		TEST(a_question_with_a_gap_is_not_sent),
		TEST(only_so_many_are_on_their_way),
		TEST(automatic_runs_take_no_turn_from_the_desks),
		TEST(a_cancelled_call_is_not_heard_of),
		TEST(a_gateway_that_fails_is_left_alone_then_tried_once),
		TEST(an_error_status_may_name_the_fault),
	};

	return cmocka_run_group_tests_name("gateway", tests, NULL, NULL);
}
