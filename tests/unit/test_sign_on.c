/*
 * test_sign_on.c - from when on a sign-on counts
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "desk/machine.h"

/* 2026-11-23 00:00 in Tra Vinh, by hand: 2026-11-22T17:00:00Z. */
#define MIDNIGHT_MS INT64_C(1795366800000)
#define MINUTE_MS INT64_C(60000)
#define HOUR_MS INT64_C(3600000)

static void
the_last_expiry_hour_begins_it(void **state)
{
	static const struct {
		int64_t now_minutes, hour, begin_hours;
	} rows[] = {
		{ 8 * 60, 3, 3 }, { 3 * 60, 3, 3 }, { 3 * 60 - 1, 3, -21 },
		{ 24 * 60 - 1, 3, 3 }, { 0, 0, 0 }, { 5, 0, 0 },
		{ 22 * 60, 23, -1 }, { 23 * 60 + 59, 23, 23 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(ck_sign_on_begin(MIDNIGHT_MS +
		    rows[i].now_minutes * MINUTE_MS + 7, rows[i].hour) ==
		    MIDNIGHT_MS + rows[i].begin_hours * HOUR_MS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_expiry_hour_begins_it)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
