/*
 * test_gateway_session.c - tokens: shared, renewed, refused, and whatever clocks do
 */
#include "gateway_fixture.h"
#include "eligibility/token.h"

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

/* Calls that were on their way together, all with the token that is over. */
static void
calls_refused_together_take_one_new_token(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { EMPTY_401, 0, 0 },
	    { EMPTY_401, 0, 0 }, { EMPTY_401, 0, 0 }, { OTHER_TOKEN, 0, 0 },
	    { OK_000, 0, 0 }, { OK_000, 0, 0 }, { OK_000, 0, 0 },
	    { OTHER_TOKEN, 0, 0 });
	ask(fixture, 3);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 8);
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
		TEST(a_token_is_kept),
		TEST(calls_that_wait_share_one_token),
		TEST(a_token_near_its_end_is_renewed),
		TEST(a_stale_token_is_replaced_once),
		TEST(calls_refused_together_take_one_new_token),
		TEST(a_refusal_for_ever_is_asked_twice_only),
		TEST(a_refused_account_is_told),
		TEST(refusals_are_told_apart_and_not_tried_on),
		TEST(lookups_refused_one_after_the_other_stop_the_asking),
		TEST(a_wrong_clock_of_ours_does_not_shorten_a_token),
		TEST(yesterdays_token_is_taken_again_once),
		TEST(yesterdays_token_for_ever_is_the_gateways_fault),
		cmocka_unit_test(instants_of_the_gateway_are_utc),
		cmocka_unit_test(tokens_are_read_in_every_shape),
	};

	return cmocka_run_group_tests_name("gateway_session", tests, NULL, NULL);
}
