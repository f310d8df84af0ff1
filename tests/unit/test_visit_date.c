/*
 * test_visit_date.c - the first and the last day that may be asked about
 *
 * Days were counted on a calendar, not by the program.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "stats/visit_date.h"

static const struct ck_date today = { 2026, 11, 23 };

static void
a_visit_lies_within_its_bounds(void **state)
{
	static const struct {
		struct ck_date date;
		bool possible;
	} rows[] = {
		{ { 2026, 11, 23 }, true },
		{ { 2026, 11, 24 }, true },
		{ { 2027, 2, 23 }, true },	/* 92 days ahead */
		{ { 2027, 2, 24 }, false },
		{ { 2027, 11, 23 }, false },
		{ { 9999, 12, 31 }, false },
		{ { 2026, 11, 22 }, true },
		{ { 2025, 11, 22 }, true },	/* 366 days ago */
		{ { 2025, 11, 21 }, false },
		{ { 1, 1, 1 }, false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(ck_visit_date_possible(rows[i].date, today),
		    rows[i].possible);
}

static void
an_appointment_lies_ahead(void **state)
{
	(void)state;
	assert_true(ck_appointment_date_possible(today, today));
	assert_false(ck_appointment_date_possible(
	    (struct ck_date){ 2026, 11, 22 }, today));
	/* Two years with a leap day: 731 days. */
	assert_true(ck_appointment_date_possible(
	    (struct ck_date){ 2028, 11, 23 }, today));
	assert_false(ck_appointment_date_possible(
	    (struct ck_date){ 2028, 11, 24 }, today));
}

static void
the_words_name_the_bounds(void **state)
{
	(void)state;
	assert_string_equal(CK_VISIT_DATE_EXPECTED, "YYYY-MM-DD, at most 366 "
	    "days before today and 92 days after it");
	assert_string_equal(CK_APPOINTMENT_DATE_EXPECTED,
	    "from today on, at most 731 days ahead");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_visit_lies_within_its_bounds),
		cmocka_unit_test(an_appointment_lies_ahead),
		cmocka_unit_test(the_words_name_the_bounds),
	};

	return cmocka_run_group_tests_name("visit_date", tests, NULL, NULL);
}
