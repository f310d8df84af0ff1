/*
 * test_worklist.c - causes as work: runs, days open, owners, forms
 */
#include "ledger_fixture.h"

#include "ledger/day.h"
#include "province/causes.h"
#include "report/worklist.h"

/* 2026-03-02 is today. */
static const struct feed_row rows[] = {
	/* an old run, and one that has not broken */
	{ .series = "cccd", .hour = "2026-01-05T02:00:00Z", .count = 4,
	    .revision = 1, .outcome = "not_found", .reason = "050",
	    .owner = "insurer" },
	{ .series = "cccd", .hour = "2026-02-10T02:00:00Z", .count = 3,
	    .revision = 2, .outcome = "not_found", .reason = "050",
	    .owner = "insurer" },
	{ .series = "cccd", .hour = "2026-02-20T02:00:00Z", .count = 2,
	    .revision = 3, .outcome = "not_found", .reason = "050",
	    .owner = "insurer" },
	{ .series = "cccd", .hour = "2026-03-02T02:00:00Z", .count = 1,
	    .revision = 4, .outcome = "not_found", .reason = "050",
	    .owner = "insurer" },
	/* not seen for 15 days */
	{ .series = "cccd", .hour = "2026-02-15T02:00:00Z", .count = 9,
	    .revision = 5, .outcome = "mismatch", .reason = "060",
	    .owner = "desk" },
	/* another series, and successes */
	{ .series = "lookups", .hour = "2026-03-02T02:00:00Z", .count = 7,
	    .revision = 6, .outcome = "covered", .reason = "000",
	    .owner = "insurer" },
	{ .series = "cccd", .hour = "2026-03-02T02:00:00Z", .count = 99,
	    .revision = 7 }
};
static const struct feed_row foreign_rows[] = {
	{ .series = "cccd", .hour = "2026-03-01T02:00:00Z", .count = 5,
	    .revision = 1, .outcome = "unavailable", .reason = "line",
	    .owner = "line" },
	{ .series = "cccd", .hour = "2026-03-01T02:00:00Z", .count = 6,
	    .revision = 2, .outcome = "not_found", .reason = "050",
	    .owner = "insurer" }
};
static const struct feed ours = {
	.revision = 7, .rows = rows, .row_count = 7
};
static const struct feed theirs = {
	.facility = "84002", .revision = 2, .rows = foreign_rows,
	.row_count = 2, .key = 2
};

static struct fixture f;
static struct ck_worklist list;

static int
start(void **state)
{
	(void)state;
	fixture_start(&f, NULL);
	fixture_registry(&f);
	fixture_expect(&f, &ours, CK_FEED_GOOD);
	fixture_expect(&f, &theirs, CK_FEED_GOOD);

	return 0;
}

static int
stop(void **state)
{
	(void)state;
	ck_worklist_free(&list);
	fixture_end(&f);

	return 0;
}

static struct ck_worklist_wish
wish(void)
{
	int64_t today = ck_day_of_ms(NOW_MS);

	return (struct ck_worklist_wish){ .from_day = today - 29,
		.to_day = today, .series = CK_SERIES_CCCD };
}

static void
read_list(const struct ck_worklist_wish *wanted)
{
	ck_worklist_free(&list);
	assert_int_equal(ck_worklist_read(f.ledger, wanted, NOW_MS, &list),
	    CK_OK);
}

static const struct ck_cause *
cause(const char *code, const char *reason)
{
	size_t i;

	for (i = 0; i < list.count; i++) {
		if (strcmp(list.causes[i].code, code) == 0 &&
		    strcmp(list.causes[i].reason, reason) == 0)
			return &list.causes[i];
	}
	fail_msg("no cause %s at %s", reason, code);

	return NULL;
}

static int64_t
day(uint16_t year, uint8_t month, uint8_t of_month)
{
	return ck_day_of_date((struct ck_date){ year, month, of_month });
}

static void
a_run_begins_after_a_gap(void **state)
{
	struct ck_worklist_wish wanted = wish();
	const struct ck_cause *one;

	(void)state;
	read_list(&wanted);
	assert_int_equal(list.count, 3);
	one = cause("84001", "050");
	assert_int_equal(one->count, 6);
	assert_int_equal(one->since_day, day(2026, 2, 10));
	assert_int_equal(one->last_day, day(2026, 3, 2));
	assert_int_equal(one->days_open, 21);
	assert_true(one->open);
	assert_int_equal(one->owner, CK_OWNER_INSURER);
	one = cause("84002", "line");
	assert_int_equal(one->days_open, 2);
	/* by count, one clinic's cause apart from the other's */
	assert_int_equal(list.causes[0].count, 6);
	assert_int_equal(list.causes[2].count, 5);
}

static void
the_gap_is_a_setting(void **state)
{
	struct ck_worklist_wish wanted = wish();

	(void)state;
	wanted.closed_after = 9;
	read_list(&wanted);
	assert_int_equal(cause("84001", "050")->since_day, day(2026, 3, 2));
	wanted.closed_after = 60;
	read_list(&wanted);
	assert_int_equal(cause("84001", "050")->since_day, day(2026, 1, 5));
	assert_int_equal(cause("84001", "050")->count, 6);
}

static void
what_is_over_is_closed(void **state)
{
	struct ck_worklist_wish wanted = wish();
	const struct ck_cause *one;

	(void)state;
	wanted.closed = true;
	read_list(&wanted);
	assert_int_equal(list.count, 4);
	one = cause("84001", "060");
	assert_false(one->open);
	assert_int_equal(one->days_open, 1);
	assert_ptr_equal(one, &list.causes[3]);
}

static void
an_owner_sees_her_own(void **state)
{
	struct ck_worklist_wish wanted = wish();

	(void)state;
	wanted.owner = CK_OWNER_LINE;
	read_list(&wanted);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.causes[0].reason, "line");
}

static void
days_limit_the_count_and_not_the_age(void **state)
{
	struct ck_worklist_wish wanted = wish();
	struct ck_worklist none;

	(void)state;
	wanted.from_day = wanted.to_day;
	read_list(&wanted);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.causes[0].count, 1);
	assert_int_equal(list.causes[0].days_open, 21);
	wanted.to_day = wanted.from_day - 1;
	assert_int_equal(ck_worklist_read(f.ledger, &wanted, NOW_MS, &none),
	    CK_ERR_LIMIT);
	assert_null(none.causes);
}

static void
covered_by_another_key_is_a_cause(void **state)
{
	struct ck_worklist_wish wanted = wish();

	(void)state;
	wanted.series = CK_SERIES_LOOKUPS;
	read_list(&wanted);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.causes[0].reason, CK_CAUSE_OTHER_KEY);
	assert_int_equal(list.causes[0].count, 7);
}

static void
every_form_says_who_does_what(void **state)
{
	static const char *const languages[] = { "vi", "en" };
	struct ck_worklist_wish wanted = wish();
	struct ck_catalogue *catalogue;
	struct ck_buf out = CK_BUF_INIT;
	json_t *json, *one;
	size_t i, n;

	(void)state;
	wanted.closed = true;
	read_list(&wanted);
	for (i = 0; i < 2; i++) {
		assert_int_equal(ck_catalogue_open(&catalogue, languages[i]),
		    CK_OK);
		json = ck_worklist_json(&list, catalogue);
		assert_string_equal(ck_json_text(json, "series"), "cccd");
		json_array_foreach(json_object_get(json, "causes"), n, one) {
			assert_string_not_equal(ck_json_text(one, "todo"),
			    "");
			assert_string_not_equal(ck_json_text(one, "what"),
			    ck_json_text(one, "reason"));
		}
		json_decref(json);
		assert_int_equal(ck_worklist_text(&list, catalogue, &out),
		    CK_OK);
		assert_int_equal(ck_buf_push(&out, 0), CK_OK);
		assert_non_null(strstr((char *)out.ptr,
		    "84001 Bệnh viện đa khoa Trà Vinh: 6 × 050, 21 "));
		ck_buf_wipe(&out);
		ck_catalogue_free(&catalogue);
	}
}

static void
a_table_is_no_program(void **state)
{
	struct ck_cause one = { .code = "84001", .name = "=cmd|' \"x\"",
		.reason = "050", .owner = CK_OWNER_INSURER, .count = 2,
		.since_day = 0, .last_day = 0, .days_open = 1, .open = true };
	const struct ck_worklist made = { .causes = &one, .count = 1 };
	struct ck_catalogue *catalogue;
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_catalogue_open(&catalogue, "en"), CK_OK);
	assert_int_equal(ck_worklist_csv(&made, catalogue, &out), CK_OK);
	assert_int_equal(ck_buf_push(&out, 0), CK_OK);
	assert_non_null(strstr((char *)out.ptr, "\r\n\"insurer\",\"84001\","
	    "\"'=cmd|' \"\"x\"\"\",\"050\",2,\"1970-01-01\",\"1970-01-01\","
	    "1,\"open\",\""));
	ck_buf_wipe(&out);
	ck_catalogue_free(&catalogue);
}

/* 4 + 3 + 2 + 1 at one clinic, 6 at the other; the digest reads these. */
static void
the_causes_of_all_are_the_sum_of_the_list(void **state)
{
	struct ck_worklist_wish wanted = wish();
	struct ck_worklist all = { .causes = NULL };
	int64_t sum = 0;
	size_t i;

	(void)state;
	wanted.from_day = day(2026, 1, 1);
	wanted.closed = true;
	read_list(&wanted);
	assert_int_equal(ck_causes_read(f.ledger, wanted.from_day,
	    wanted.to_day, NOW_MS, &all), CK_OK);
	assert_int_equal(all.count, 3);
	assert_string_equal(all.causes[0].reason, "050");
	assert_int_equal(all.causes[0].count, 16);
	assert_int_equal(all.causes[1].count, 9);
	assert_int_equal(all.causes[2].count, 5);
	assert_int_equal(ck_causes_of(&all, CK_OWNER_INSURER), 16);
	for (i = 0; i < list.count; i++)
		sum += list.causes[i].count;
	assert_int_equal(sum, 30);
	ck_worklist_free(&all);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_begins_after_a_gap),
		cmocka_unit_test(the_gap_is_a_setting),
		cmocka_unit_test(what_is_over_is_closed),
		cmocka_unit_test(an_owner_sees_her_own),
		cmocka_unit_test(days_limit_the_count_and_not_the_age),
		cmocka_unit_test(covered_by_another_key_is_a_cause),
		cmocka_unit_test(the_causes_of_all_are_the_sum_of_the_list),
		cmocka_unit_test(every_form_says_who_does_what),
		cmocka_unit_test(a_table_is_no_program),
	};

	return cmocka_run_group_tests_name("worklist", tests, start, stop);
}
