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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tomorrow_begins_in_the_evening)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
