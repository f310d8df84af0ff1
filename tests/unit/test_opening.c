/*
 * test_opening.c - open days, holidays, and when silence is an alarm
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/opening.h"

static struct ck_clinic_version versions[2];
static struct ck_clinic clinic = { .id = "84053", .versions = versions };

static int64_t
day(unsigned year, unsigned month, unsigned mday)
{
	struct ck_date date = {
		.year = (uint16_t)year, .month = (uint8_t)month,
		.day = (uint8_t)mday
	};

	return ck_day_of_date(date);
}

/* Local time, UTC+7. */
static int64_t
at(unsigned year, unsigned month, unsigned mday, int64_t hour)
{
	return (ck_day_first_hour(day(year, month, mday)) + hour) *
	    CK_HOUR_MS;
}

static void
has(const char *calendar)
{
	memset(versions, 0, sizeof(versions));
	versions[0].from_day = day(2026, 1, 1);
	(void)snprintf(versions[0].calendar, CK_CALENDAR_LEN, "%s", calendar);
	clinic.version_count = 1;
}

static unsigned defects;

static void
tell(void *ctx, unsigned line, const char *what)
{
	(void)ctx;
	(void)what;
	defects = 100 * defects + line;
}

static struct ck_closed_days *
closed(const char *text)
{
	struct ck_closed_days *out;

	assert_int_equal(ck_closed_days_parse(&out, ck_span_str(text), tell,
	    NULL), CK_OK);

	return out;
}

#define TET "from,to,name,clinic,source,confidence\n" \
	"2026-02-16,2026-02-20,Tết,,,\n" \
	"2026-03-04,,lụt,84053,,\n" \
	"2026-03-05,2026-03-05,lụt,84054,,\n"

/* 2 March 2026 is a Monday. */
static void
weekdays_and_holidays(void **state)
{
	struct ck_closed_days *tet = closed(TET);

	(void)state;
	has("1-5 07:00-17:00");
	assert_true(ck_clinic_open_on(&clinic, NULL, day(2026, 2, 16)));
	assert_false(ck_clinic_open_on(&clinic, tet, day(2026, 2, 16)));
	assert_false(ck_clinic_open_on(&clinic, tet, day(2026, 2, 20)));
	assert_false(ck_clinic_open_on(&clinic, tet, day(2026, 2, 21)));
	assert_true(ck_clinic_open_on(&clinic, tet, day(2026, 2, 23)));
	assert_false(ck_clinic_open_on(&clinic, tet, day(2026, 3, 4)));
	assert_true(ck_clinic_open_on(&clinic, tet, day(2026, 3, 5)));
	/* A hospital keeps no holidays, but a flood closes it. */
	has("1-7");
	assert_true(ck_clinic_open_on(&clinic, tet, day(2026, 2, 16)));
	assert_false(ck_clinic_open_on(&clinic, tet, day(2026, 3, 4)));
	/* Not told: open every day. */
	has("");
	assert_true(ck_clinic_open_on(&clinic, tet, day(2026, 2, 16)));
	has("closed");
	assert_true(ck_clinic_is_closed(&clinic, day(2026, 3, 2)));
	ck_closed_days_free(&tet);
}

static void
silence_begins_after_an_open_day(void **state)
{
	struct ck_closed_days *tet = closed(TET);

	(void)state;
	has("1-5 07:00-17:00");
	/* Heard on Friday evening: Monday has to pass. */
	assert_int_equal(ck_clinic_silent_from(&clinic, tet,
	    at(2026, 3, 6, 18), at(2026, 3, 9, 23)), 0);
	assert_int_equal(ck_clinic_silent_from(&clinic, tet,
	    at(2026, 3, 6, 18), at(2026, 3, 10, 0)), at(2026, 3, 10, 0));
	/* Over Tết: the Monday after. */
	assert_int_equal(ck_clinic_silent_from(&clinic, tet,
	    at(2026, 2, 13, 17), at(2026, 2, 23, 23)), 0);
	assert_int_equal(ck_clinic_silent_from(&clinic, tet,
	    at(2026, 2, 13, 17), at(2026, 3, 1, 0)), at(2026, 2, 24, 0));
	assert_int_equal(ck_clinic_silent_from(&clinic, NULL,
	    at(2026, 2, 13, 17), at(2026, 3, 1, 0)), at(2026, 2, 17, 0));
	/* Never: since it is in the registry, a Thursday. */
	assert_int_equal(ck_clinic_silent_from(&clinic, NULL, 0,
	    at(2026, 3, 1, 0)), at(2026, 1, 2, 0));
	ck_closed_days_free(&tet);
}

static void
closed_hours_need_no_figures(void **state)
{
	struct ck_closed_days *tet = closed(TET);
	int64_t sunday = at(2026, 3, 8, 12);

	(void)state;
	has("1-5 07:00-17:00");
	assert_int_equal(ck_clinic_reach(&clinic, tet, at(2026, 3, 6, 16),
	    sunday), at(2026, 3, 6, 16));
	assert_int_equal(ck_clinic_reach(&clinic, tet, at(2026, 3, 6, 17),
	    sunday), sunday);
	assert_int_equal(ck_clinic_reach(&clinic, tet, at(2026, 3, 6, 17),
	    at(2026, 3, 11, 0)), at(2026, 3, 9, 0));
	assert_int_equal(ck_clinic_reach(&clinic, tet, at(2026, 2, 13, 18),
	    at(2026, 3, 1, 0)), at(2026, 2, 23, 0));
	assert_int_equal(ck_clinic_reach(&clinic, tet, 0, sunday), 0);
	has("1-7");
	assert_int_equal(ck_clinic_reach(&clinic, tet, at(2026, 2, 13, 18),
	    at(2026, 3, 1, 0)), at(2026, 2, 13, 18));
	ck_closed_days_free(&tet);
}

static void
a_list_is_taken_whole_or_not(void **state)
{
	static const struct {
		const char *text;
		unsigned lines;	/* of the defects, two digits each */
	} bad[] = {
		{ "", 1 }, { "from,to,name\n", 1 },
		{ "from,to,name,clinic\n2026-02-30,,x,\n", 2 },
		{ "from,to,name,clinic\n2026-02-01,2026-01-31,x,\n", 2 },
		{ "from,to,name,clinic\n2026-02-01,2027-02-01,x,\n", 2 },
		{ "from,to,name,clinic\n2026-02-01,soon,x,\n2026-13-01,,,\n",
		    203 },
		{ "from,to,name,clinic\n2026-02-01\n", 2 },
		{ "from,to,name,clinic\n2026-02-01,,x,"
		    "a-name-of-a-clinic-that-is-far-too-long\n", 2 },
		{ "from,to,name,clinic\n2026-02-01,,\"x,\n", 2 },
	};
	struct ck_closed_days *out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		defects = 0;
		assert_int_equal(ck_closed_days_parse(&out,
		    ck_span_str(bad[i].text), tell, NULL), CK_ERR_CONFIG);
		assert_null(out);
		assert_int_equal(defects, bad[i].lines);
	}
	out = closed("clinic;name;to;from\n;Tết;;2026-02-17\n");
	assert_true(ck_closed_on(out, "84053", true, day(2026, 2, 17)));
	assert_false(ck_closed_on(out, "84053", false, day(2026, 2, 17)));
	ck_closed_days_free(&out);
	assert_false(ck_closed_on(NULL, "84053", true, day(2026, 2, 17)));
}

/* The list that ships with the program can be used as it is. */
static void
the_example_is_one(void **state)
{
	struct ck_closed_days *out;

	(void)state;
	assert_int_equal(ck_closed_days_load(&out,
	    "schema/closed-days.example.csv"), CK_OK);
	assert_true(ck_closed_on(out, "x", true, day(2026, 2, 17)));
	assert_true(ck_closed_on(out, "x", true, day(2027, 2, 6)));
	assert_true(ck_closed_on(out, "x", true, day(2026, 9, 2)));
	assert_false(ck_closed_on(out, "x", true, day(2026, 3, 2)));
	ck_closed_days_free(&out);
	assert_int_equal(ck_closed_days_load(&out, "/nonexistent/days.csv"),
	    CK_ERR_CONFIG);
	assert_int_equal(ck_closed_days_load(&out, ""), CK_OK);
	assert_null(out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(weekdays_and_holidays),
		cmocka_unit_test(silence_begins_after_an_open_day),
		cmocka_unit_test(closed_hours_need_no_figures),
		cmocka_unit_test(a_list_is_taken_whole_or_not),
		cmocka_unit_test(the_example_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
