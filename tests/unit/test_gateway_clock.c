/*
 * test_gateway_clock.c - clocks that jump, between a token and its use and in
 * the midst of a call
 *
 * The wall clock jumps when somebody sets it; the monotonic one when the
 * computer has slept.
 */
#include "gateway_fixture.h"

#define MINUTE_MS INT64_C(60000)
#define DAY_MS (1440 * MINUTE_MS)
#define YEAR_MS (365 * DAY_MS)

static const int64_t jumps[] = {
	DAY_MS, -DAY_MS, 10 * YEAR_MS, -10 * YEAR_MS, 11 * MINUTE_MS,
	-11 * MINUTE_MS
};

#define JUMPS (sizeof(jumps) / sizeof(jumps[0]))

/* What moves, once the call is on its way. */
static struct {
	struct fixture *fixture;
	int64_t wall_ms, mono_ms;
} later;

static void
on_jump(void *ctx)
{
	(void)ctx;
	later.fixture->wall_off_ms += later.wall_ms;
	later.fixture->mono_off_ms += later.mono_ms;
}

static void
ask_and_jump(struct fixture *fixture, int64_t wall_ms, int64_t mono_ms)
{
	struct ck_timer *timer = NULL;

	later.fixture = fixture;
	later.wall_ms = wall_ms;
	later.mono_ms = mono_ms;
	assert_int_equal(ck_loop_timer(fixture->loop, 30, on_jump, NULL,
	    &timer), CK_OK);
	ask(fixture, 1);
	ck_loop_timer_cancel(&timer);
}

static void
a_clock_set_between_token_and_use_spoils_neither(void **state)
{
	struct fixture *fixture = *state;
	struct raw_step steps[2 + JUMPS];
	size_t i;

	for (i = 0; i < 2 + JUMPS; i++)
		steps[i] = (struct raw_step){ OK_000, 0, RAW_CLOSE };
	steps[0].bytes = TEN_MINUTES;
	raw_script(&fixture->server, steps, 2 + JUMPS);
	ask(fixture, 1);
	for (i = 0; i < JUMPS; i++) {
		fixture->wall_off_ms = jumps[i];
		ask(fixture, 1);
		assert_int_equal(fixture->err, CK_OK);
		assert_in(fixture->server.requests[2 + i], "?token=dated&");
	}
	assert_int_equal(fixture->server.served, 2 + JUMPS);
}

static void
a_clock_set_during_a_call_ends_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct raw_step steps[1 + JUMPS];
	size_t i;

	for (i = 0; i < 1 + JUMPS; i++)
		steps[i] = (struct raw_step){ OK_000, 150, RAW_CLOSE };
	steps[0].bytes = TEN_MINUTES;
	raw_script(&fixture->server, steps, 1 + JUMPS);
	for (i = 0; i < JUMPS; i++) {
		ask_and_jump(fixture, jumps[i], 0);
		assert_int_equal(fixture->err, CK_OK);
		assert_string_equal(fixture->answer.code, "000");
		/* It took as long as it took. */
		assert_true(fixture->duration_ms < MINUTE_MS);
	}
}

/* In the midst of taking a token, too. */
static void
a_clock_set_while_a_token_is_asked_for_spoils_nothing(void **state)
{
	struct fixture *fixture = *state;
	struct raw_step steps[3 * JUMPS];
	size_t i;

	for (i = 0; i < JUMPS; i++) {
		steps[3 * i] = (struct raw_step){ TEN_MINUTES, 150, 0 };
		steps[3 * i + 1] = (struct raw_step){ OK_000, 0, 0 };
		steps[3 * i + 2] = (struct raw_step){ OK_000, 0, 0 };
	}
	raw_script(&fixture->server, steps, 3 * JUMPS);
	for (i = 0; i < JUMPS; i++) {
		ask_and_jump(fixture, jumps[i], 0);
		assert_int_equal(fixture->err, CK_OK);
		ask(fixture, 1);
		assert_int_equal(fixture->err, CK_OK);
		assert_int_equal(fixture->server.served, 3 * (i + 1));
		restart(fixture);
	}
}

static void
after_a_sleep_the_token_is_another(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { TEN_MINUTES, 0, 0 }, { OK_000, 0, 0 },
	    { OTHER_TOKEN, 0, 0 }, { OK_000, 0, 0 });
	ask(fixture, 1);
	fixture->wall_off_ms = fixture->mono_off_ms = 10 * MINUTE_MS;
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
	assert_int_equal(fixture->server.served, 4);
	assert_in(fixture->server.requests[3], "?token=other&");
}

static void
a_sleep_in_the_midst_of_a_call_is_a_timeout(void **state)
{
	struct fixture *fixture = *state;

	SCRIPT(fixture, { GOOD_TOKEN, 0, 0 }, { OK_000, 200, 0 },
	    { OTHER_TOKEN, 0, 0 }, { OK_000, 0, 0 });
	ask_and_jump(fixture, DAY_MS, DAY_MS);
	assert_int_equal(fixture->err, CK_ERR_GATEWAY_TIMEOUT);
	/* And nothing of it is left behind. */
	ask(fixture, 1);
	assert_int_equal(fixture->err, CK_OK);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_clock_set_between_token_and_use_spoils_neither),
		TEST(a_clock_set_during_a_call_ends_nothing),
		TEST(a_clock_set_while_a_token_is_asked_for_spoils_nothing),
		TEST(after_a_sleep_the_token_is_another),
		TEST(a_sleep_in_the_midst_of_a_call_is_a_timeout),
	};

	return cmocka_run_group_tests_name("gateway_clock", tests, NULL,
	    NULL);
}
