/*
 * test_breaker.c - when a failing gateway is left alone, on a clock of ours
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "eligibility/breaker.h"

/* chance 0 draws the shortest while: the half that is always waited. */
#define SHORTEST 0U

static struct ck_breaker
breaker_of_three(void)
{
	return (struct ck_breaker){
		.failures_max = 3, .first_ms = 2000, .max_ms = 60000
	};
}

static void
fail_times(struct ck_breaker *breaker, int64_t now_ms, unsigned times)
{
	while (times-- > 0)
		ck_breaker_bad(breaker, now_ms, SHORTEST);
}

static void
it_opens_after_failures_in_a_row(void **state)
{
	struct ck_breaker breaker = breaker_of_three();

	(void)state;
	fail_times(&breaker, 0, 2);
	assert_true(ck_breaker_admit(&breaker, 0));
	ck_breaker_good(&breaker);
	fail_times(&breaker, 0, 2);
	assert_true(ck_breaker_admit(&breaker, 0));
	fail_times(&breaker, 0, 1);
	assert_false(ck_breaker_admit(&breaker, 0));
	assert_int_equal(breaker.state, CK_BREAKER_OPEN);
}

static void
then_one_call_is_let_through_alone(void **state)
{
	struct ck_breaker breaker = breaker_of_three();

	(void)state;
	fail_times(&breaker, 100, 3);
	assert_false(ck_breaker_admit(&breaker, 1099));
	assert_true(ck_breaker_admit(&breaker, 1100));
	assert_false(ck_breaker_admit(&breaker, 1100));
	assert_false(ck_breaker_admit(&breaker, 999999));
	ck_breaker_good(&breaker);
	assert_true(ck_breaker_admit(&breaker, 999999));
	assert_true(ck_breaker_admit(&breaker, 999999));
}

static void
each_further_failure_doubles_the_while_up_to_its_limit(void **state)
{
	static const int64_t whiles[] = {
		2000, 4000, 8000, 16000, 32000, 60000, 60000
	};
	struct ck_breaker breaker = breaker_of_three();
	int64_t now = 0;
	size_t i;

	(void)state;
	fail_times(&breaker, now, 3);
	for (i = 0; i < sizeof(whiles) / sizeof(whiles[0]); i++) {
		assert_false(ck_breaker_admit(&breaker,
		    now + whiles[i] / 2 - 1));
		now += whiles[i] / 2;
		assert_true(ck_breaker_admit(&breaker, now));
		fail_times(&breaker, now, 1);
	}
	/* One that ends well begins anew. */
	now += 60000;
	assert_true(ck_breaker_admit(&breaker, now));
	ck_breaker_good(&breaker);
	fail_times(&breaker, now, 3);
	assert_true(ck_breaker_admit(&breaker, now + 1000));
}

static void
chance_spreads_it_over_half_of_the_while(void **state)
{
	static const struct {
		uint32_t chance;
		int64_t until;
	} rows[] = {
		{ 0, 1000 }, { 1000, 2000 }, { 1001, 1000 }, { 500, 1500 },
		{ UINT32_MAX, 1000 + UINT32_MAX % 1001 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_breaker breaker = breaker_of_three();

		breaker.failures_max = 1;
		ck_breaker_bad(&breaker, 0, rows[i].chance);
		assert_false(ck_breaker_admit(&breaker, rows[i].until - 1));
		assert_true(ck_breaker_admit(&breaker, rows[i].until));
	}
}

static void
late_failures_of_others_change_nothing(void **state)
{
	struct ck_breaker breaker = breaker_of_three();

	(void)state;
	fail_times(&breaker, 0, 3);
	fail_times(&breaker, 900, 20);
	assert_true(ck_breaker_admit(&breaker, 1000));
}

static void
a_trial_that_is_dropped_is_followed_by_another(void **state)
{
	struct ck_breaker breaker = breaker_of_three();

	(void)state;
	fail_times(&breaker, 0, 3);
	assert_true(ck_breaker_admit(&breaker, 1000));
	ck_breaker_dropped(&breaker);
	assert_true(ck_breaker_admit(&breaker, 1000));
	/* Without a trial there is nothing to drop. */
	ck_breaker_good(&breaker);
	ck_breaker_dropped(&breaker);
	assert_int_equal(breaker.state, CK_BREAKER_CLOSED);
}

static void
without_a_limit_it_never_opens(void **state)
{
	struct ck_breaker breaker = { .first_ms = 2000, .max_ms = 60000 };

	(void)state;
	fail_times(&breaker, 0, 1000);
	assert_true(ck_breaker_admit(&breaker, 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_opens_after_failures_in_a_row),
		cmocka_unit_test(then_one_call_is_let_through_alone),
		cmocka_unit_test(
		    each_further_failure_doubles_the_while_up_to_its_limit),
		cmocka_unit_test(chance_spreads_it_over_half_of_the_while),
		cmocka_unit_test(late_failures_of_others_change_nothing),
		cmocka_unit_test(
		    a_trial_that_is_dropped_is_followed_by_another),
		cmocka_unit_test(without_a_limit_it_never_opens),
	};

	return cmocka_run_group_tests_name("breaker", tests, NULL, NULL);
}
