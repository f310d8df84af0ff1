/*
 * test_appointments.c - which days are asked about at which hour
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "eligibility/appointments.h"

/* 2026-11-23 00:00 in Tra Vinh, by hand: 2026-11-22T17:00:00Z. */
#define MIDNIGHT_MS INT64_C(1795366800000)
#define MINUTE_MS INT64_C(60000)

static void
assert_last(int64_t minutes, int64_t hour, unsigned day)
{
	struct ck_date last = ck_appointments_last_day(MIDNIGHT_MS +
	    minutes * MINUTE_MS, hour);

	assert_int_equal(last.year, 2026);
	assert_int_equal(last.month, 11);
	assert_int_equal(last.day, day);
}

static void
tomorrow_begins_in_the_evening(void **state)
{
	(void)state;
	assert_last(0, 19, 23);
	assert_last(19 * 60 - 1, 19, 23);
	assert_last(19 * 60, 19, 24);
	assert_last(24 * 60 - 1, 19, 24);
	assert_last(24 * 60, 19, 24);	/* what was tomorrow is today */
	assert_last(0, 0, 24);
}

/* What is left at the deadline is the desks'. */
static void
today_ends_at_the_deadline(void **state)
{
	static const struct {
		int64_t minutes, deadline;
		unsigned day;
	} rows[] = {
		{ 0, 7, 23 }, { 7 * 60 - 1, 7, 23 }, { 7 * 60, 7, 24 },
		{ 24 * 60 - 1, 7, 24 }, { 24 * 60, 7, 24 },
		{ 24 * 60 - 1, 24, 23 }
	};
	struct ck_date first;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		first = ck_appointments_first_day(MIDNIGHT_MS +
		    rows[i].minutes * MINUTE_MS, rows[i].deadline);
		assert_int_equal(first.month, 11);
		assert_int_equal(first.day, rows[i].day);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tomorrow_begins_in_the_evening),
		cmocka_unit_test(today_ends_at_the_deadline)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
