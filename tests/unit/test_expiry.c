/*
 * test_expiry.c - expiry dates that follow from birth and issue
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/expiry.h"

static void
assert_first(struct ck_date birth, struct ck_date issue, const char *iso)
{
	struct ck_date dates[CK_EXPIRY_CANDIDATES_MAX];
	char text[CK_DATE_LEN];

	assert_true(ck_expiry_candidates(birth, issue, dates) > 0);
	ck_date_iso(dates[0], text);
	assert_string_equal(text, iso);
}

/* Each row of the rule on both of its sides: the day before, the day itself. */
static void
the_rule_comes_first(void **state)
{
	static const struct ck_date birth = { 1990, 3, 5 };
	static const struct {
		struct ck_date issue;
		const char *iso;
	} rows[] = {
		{ { 2002, 3, 4 }, "2004-03-05" },
		{ { 2002, 3, 5 }, "2015-03-05" },
		{ { 2013, 3, 4 }, "2015-03-05" },
		{ { 2013, 3, 5 }, "2030-03-05" },
		{ { 2021, 4, 15 }, "2030-03-05" },
		{ { 2028, 3, 4 }, "2030-03-05" },
		{ { 2028, 3, 5 }, "2050-03-05" },
		{ { 2048, 3, 4 }, "2050-03-05" },
		{ { 2048, 3, 5 }, "2099-12-31" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_first(birth, rows[i].issue, rows[i].iso);
}

static void
the_others_follow_and_lie_ahead(void **state)
{
	struct ck_date dates[CK_EXPIRY_CANDIDATES_MAX];

	(void)state;
	assert_int_equal(ck_expiry_candidates((struct ck_date){ 1990, 3, 5 },
	    (struct ck_date){ 2021, 4, 15 }, dates), 3);
	assert_int_equal(dates[0].year, 2030);
	assert_int_equal(dates[1].year, 2050);
	assert_int_equal(dates[2].year, 2099);
	/* re-issued in the last two years: the older date is still ahead */
	assert_int_equal(ck_expiry_candidates((struct ck_date){ 1990, 3, 5 },
	    (struct ck_date){ 2029, 1, 1 }, dates), 3);
	assert_int_equal(dates[0].year, 2050);
	assert_int_equal(dates[1].year, 2030);
}

static void
the_29th_of_february_has_two_readings(void **state)
{
	struct ck_date dates[CK_EXPIRY_CANDIDATES_MAX];

	(void)state;
	assert_int_equal(ck_expiry_candidates((struct ck_date){ 2000, 2, 29 },
	    (struct ck_date){ 2021, 4, 15 }, dates), 5);
	assert_int_equal(dates[0].month * 100 + dates[0].day, 228);
	assert_int_equal(dates[1].month * 100 + dates[1].day, 301);
	assert_int_equal(dates[2].year, 2040);
	assert_int_equal(dates[2].day, 29);
	assert_int_equal(ck_expiry_candidates((struct ck_date){ 2000, 2, 29 },
	    (struct ck_date){ 2000, 2, 29 }, dates), 7);
}

static void
what_is_not_known_gives_none(void **state)
{
	const struct ck_date day = { 1990, 3, 5 };
	struct ck_date dates[CK_EXPIRY_CANDIDATES_MAX];

	(void)state;
	assert_int_equal(ck_expiry_candidates((struct ck_date){ 1990, 0, 0 },
	    day, dates), 0);
	assert_int_equal(ck_expiry_candidates(day, (struct ck_date){ 0 },
	    dates), 0);
	assert_int_equal(ck_expiry_candidates(day,
	    (struct ck_date){ 1989, 1, 1 }, dates), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_rule_comes_first),
		cmocka_unit_test(the_others_follow_and_lie_ahead),
		cmocka_unit_test(the_29th_of_february_has_two_readings),
		cmocka_unit_test(what_is_not_known_gives_none),
	};

	return cmocka_run_group_tests_name("expiry", tests, NULL, NULL);
}
