/*
 * test_base.c - dates, instants, words, buffers and the cursor
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "ck/buf.h"
#include "ck/clock.h"
#include "ck/identity.h"
#include "ck/words.h"

static void
dates_from_cards_are_read_in_every_form(void **state)
{
	static const struct {
		const char *text;
		const char *iso;
	} rows[] = {
		{ "05/03/1994", "1994-03-05" }, { "05031994", "1994-03-05" },
		{ "03/1994", "1994-03" }, { "1994", "1994" },
		{ "29/02/2000", "2000-02-29" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char iso[CK_DATE_LEN];
		struct ck_date date;

		assert_int_equal(
		    ck_date_parse_local(rows[i].text, &date), CK_OK);
		ck_date_iso(date, iso);
		assert_string_equal(iso, rows[i].iso);
	}
}

static void
dates_that_do_not_exist_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "29/02/1900", "31/04/2000", "00/01/2000", "1/1/2000",
		"01/01/2000 ", "00/2000", "0000", "99999999", "19940305x",
		"01-01-2000"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ck_date date;

		assert_int_not_equal(
		    ck_date_parse_local(bad[i], &date), CK_OK);
		assert_true(ck_date_absent(date));
	}
}

static void
iso_dates_may_be_partial(void **state)
{
	struct ck_date date;

	(void)state;
	assert_int_equal(ck_date_parse_iso("1994-03", &date), CK_OK);
	assert_int_equal(date.year, 1994);
	assert_int_equal(date.month, 3);
	assert_int_equal(date.day, 0);
	assert_int_not_equal(ck_date_parse_iso("1994-3", &date), CK_OK);
	assert_int_not_equal(ck_date_parse_iso("05/03/1994", &date), CK_OK);
	assert_int_not_equal(ck_date_parse_iso(NULL, &date), CK_OK);
}

static void
dates_are_written_as_far_as_they_are_known(void **state)
{
	static const struct { struct ck_date date; const char *iso; } rows[] = {
		{ { 1994, 3, 5 }, "1994-03-05" }, { { 2026, 12, 31 },
		    "2026-12-31" }, { { 1994, 3, 0 }, "1994-03" },
		{ { 1994, 0, 0 }, "1994" }, { { 7, 1, 9 }, "0007-01-09" },
		{ { 9999, 10, 20 }, "9999-10-20" }, { { 0, 0, 0 }, "" },
		{ { 2026, 2, 29 }, "" }, { { 1994, 0, 5 }, "" }
	};
	char text[CK_DATE_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_date_iso(rows[i].date, text);
		assert_string_equal(text, rows[i].iso);
	}
}

/* Computed with date(1). */
static void
instants_are_written_in_utc_with_milliseconds(void **state)
{
	static const struct { int64_t ms; const char *text; } rows[] = {
		{ 0, "1970-01-01T00:00:00.000Z" },
		{ -1, "1969-12-31T23:59:59.999Z" },
		{ INT64_C(1709251199007), "2024-02-29T23:59:59.007Z" },
		{ INT64_C(253402300799999), "9999-12-31T23:59:59.999Z" }
	};
	char text[CK_INSTANT_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		ck_clock_instant(rows[i].ms, text);
		assert_string_equal(text, rows[i].text);
	}
}

/* 2026-11-23T17:30:00.104Z is half past midnight of the 24th in Trà Vinh. */
static void
local_dates_are_seven_hours_ahead(void **state)
{
	const int64_t instant = INT64_C(1795455000104);
	char text[CK_INSTANT_LEN];
	struct ck_date date = ck_clock_local_date(instant);

	(void)state;
	ck_clock_instant(instant, text);
	assert_string_equal(text, "2026-11-23T17:30:00.104Z");
	assert_int_equal(date.day, 24);
	assert_int_equal(date.month, 11);
	assert_int_equal(ck_clock_local_hour(instant), 0);
}

static void
words_have_labels_and_find_their_way_back(void **state)
{
	enum ck_presented presented = CK_PRESENTED_NONE;

	(void)state;
	assert_string_equal(
	    ck_outcome_label(CK_OUTCOME_NOT_COVERED), "not_covered");
	assert_string_equal(ck_outcome_label((enum ck_outcome)77), "?");
	assert_true(ck_presented_parse("bhyt_paper", &presented));
	assert_int_equal(presented, CK_PRESENTED_BHYT_PAPER);
	assert_false(ck_presented_parse("passport", &presented));
	assert_int_equal(presented, CK_PRESENTED_BHYT_PAPER);
}

static void
a_cursor_never_leaves_its_span(void **state)
{
	const uint8_t bytes[] = { 1, 2, 3 };
	struct ck_cursor cur = ck_cursor_of(ck_span_of(bytes, 3));
	struct ck_span rest;
	uint16_t two;
	uint8_t one;

	(void)state;
	assert_true(ck_cursor_u16(&cur, &two));
	assert_int_equal(two, 0x0102);
	assert_false(ck_cursor_u16(&cur, &two));
	assert_false(ck_cursor_take(&cur, 2, &rest));
	assert_true(ck_cursor_u8(&cur, &one));
	assert_true(ck_cursor_at_end(&cur));
	assert_false(ck_cursor_u8(&cur, &one));
}

static void
a_buffer_grows_and_keeps_its_bytes(void **state)
{
	struct ck_buf buf = CK_BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < 1000; i++)
		assert_int_equal(ck_buf_push(&buf, (uint8_t)i), CK_OK);
	assert_int_equal(buf.len, 1000);
	assert_int_equal(buf.ptr[999], 999 & 0xff);
	assert_int_equal(ck_buf_resize(&buf, 1010), CK_OK);
	assert_int_equal(buf.ptr[1009], 0);
	ck_buf_wipe(&buf);
	assert_null(buf.ptr);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dates_from_cards_are_read_in_every_form),
		cmocka_unit_test(dates_that_do_not_exist_are_refused),
		cmocka_unit_test(iso_dates_may_be_partial),
		cmocka_unit_test(dates_are_written_as_far_as_they_are_known),
		cmocka_unit_test(instants_are_written_in_utc_with_milliseconds),
		cmocka_unit_test(local_dates_are_seven_hours_ahead),
		cmocka_unit_test(words_have_labels_and_find_their_way_back),
		cmocka_unit_test(a_cursor_never_leaves_its_span),
		cmocka_unit_test(a_buffer_grows_and_keeps_its_bytes),
	};

	return cmocka_run_group_tests_name("base", tests, NULL, NULL);
}
