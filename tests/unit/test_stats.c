/*
 * test_stats.c - the scripted day as JSON and CSV, against a table by hand
 */
#include "store_day.h"

#include "stats/stats.h"

static int
setup(void **state)
{
	int result = fixture_setup(state);

	day_play(*state);

	return result;
}

static struct ck_stats_query
parsed(const char *by, const char *series)
{
	const char *const arguments[4] = {
		[CK_STATS_FROM] = "2026-11-23", [CK_STATS_TO] = "2026-11-23",
		[CK_STATS_BY] = by, [CK_STATS_SERIES] = series
	};
	struct ck_stats_query query;
	const char *problem;

	assert_int_equal(ck_stats_parse(arguments,
	    (struct ck_date){ 2000, 1, 1 }, &query, &problem), CK_OK);
	assert_null(problem);

	return query;
}

static json_t *
ask(struct fixture *f, const char *by, const char *series)
{
	struct ck_stats_query query = parsed(by, series);
	struct ck_db *db;
	json_t *document;

	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_stats_json(db, &query, f->now_ms, &document),
	    CK_OK);
	ck_db_close(&db);
	assert_non_null(document);

	return document;
}

static int64_t
number(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	assert_true(json_is_integer(value));

	return json_integer_value(value);
}

/* total, covered, not_covered, mismatch, not_found, unavailable */
static void
assert_counts(const json_t *object, const int64_t expected[6])
{
	static const char *const names[] = { "total", "covered",
	    "not_covered", "mismatch", "not_found", "unavailable" };
	size_t i;

	for (i = 0; i < 6; i++)
		assert_int_equal(number(object, names[i]), expected[i]);
}

static const json_t *
group(const json_t *document, const char *key)
{
	const json_t *groups = json_object_get(document, "groups");
	size_t i;

	for (i = 0; i < json_array_size(groups); i++) {
		const json_t *one = json_array_get(groups, i);

		if (strcmp(json_string_value(json_object_get(one, "key")),
		    key) == 0)
			return one;
	}

	return NULL;
}

static void
assert_text(const json_t *object, const char *name, const char *expected)
{
	assert_string_equal(json_string_value(json_object_get(object, name)),
	    expected);
}

static void
lookups_are_those_of_the_desks(void **state)
{
	static const int64_t total[] = { 8, 4, 1, 1, 0, 2 };
	static const int64_t ban_2[] = { 1, 0, 1, 0, 0, 0 };
	json_t *document = ask(*state, "desk", "lookups");
	const json_t *others = json_object_get(document, "other_kinds");

	assert_counts(document, total);
	assert_text(document, "clinic", "84001");
	assert_text(document, "series", "lookups");
	assert_text(document, "from", "2026-11-23");
	assert_text(document, "to", "2026-11-23");
	assert_text(document, "complete_until", "2026-11-23T04:00:00.000Z");
	assert_true(json_real_value(json_object_get(document,
	    "success_rate")) == 0.5);
	assert_counts(group(document, "ban-2"), ban_2);
	assert_int_equal(number(others, "during"), 1);
	assert_int_equal(number(others, "close"), 0);
	assert_int_equal(number(others, "recheck"), 1);
	assert_int_equal(number(others, "appointment"), 1);
	assert_int_equal(number(others, "integration"), 1);
	json_decref(document);
}

static void
visits_have_a_first_and_a_final_outcome(void **state)
{
	static const int64_t total[] = { 8, 6, 1, 1, 0, 0 };
	static const int64_t eight[] = { 4, 3, 1, 0, 0, 0 };
	json_t *document = ask(*state, "hour", "visits");
	const json_t *first = json_object_get(document, "first_outcome");

	assert_counts(document, total);
	assert_int_equal(number(first, "covered"), 4);
	assert_int_equal(number(first, "not_covered"), 1);
	assert_int_equal(number(first, "mismatch"), 1);
	assert_int_equal(number(first, "not_found"), 1);
	assert_int_equal(number(first, "unavailable"), 1);
	assert_counts(group(document, "2026-11-23T01:00:00Z"), eight);
	json_decref(document);
}

static void
cccd_keeps_cache_and_stale_beside(void **state)
{
	static const int64_t total[] = { 6, 2, 0, 0, 1, 1 };
	static const int64_t qr[] = { 2, 0, 0, 0, 1, 0 };
	json_t *document = ask(*state, "captured", "cccd");

	assert_counts(document, total);
	assert_int_equal(number(document, "covered_cache"), 1);
	assert_int_equal(number(document, "covered_stale"), 1);
	assert_counts(group(document, "qr"), qr);
	assert_int_equal(number(group(document, "qr"), "covered_cache"), 1);
	assert_int_equal(number(group(document, "chip"), "total"), 3);
	assert_int_equal(number(group(document, "his"), "covered"), 1);
	json_decref(document);
}

static void
calls_are_what_the_portal_counts(void **state)
{
	static const int64_t total[] = { 12, 6, 1, 1, 1, 3 };
	json_t *document = ask(*state, "reason", "calls");

	assert_counts(document, total);
	assert_int_equal(number(group(document, "000"), "total"), 6);
	assert_int_equal(number(group(document, "050"), "total"), 1);
	assert_int_equal(number(group(document, "line"), "total"), 2);
	assert_int_equal(number(group(document, "101"), "total"), 1);
	json_decref(document);
}

/* Every allowed grouping splits the same total. */
static void
every_grouping_adds_up(void **state)
{
	static const char *const all_series[] = {
		"calls", "lookups", "visits", "cccd"
	};
	static const int64_t totals[] = { 12, 8, 8, 6 };
	static const char *const all_by[] = { "day", "hour", "desk",
	    "reason", "owner", "presented", "captured", "assurance",
	    "first_key", "source", "outcome" };
	size_t s, b, i;

	for (s = 0; s < 4; s++) {
		for (b = 0; b < 11; b++) {
			int64_t sum = 0;
			json_t *document;
			const json_t *groups;

			if (s == 0 && (b == 4 || b == 5 || b == 7))
				continue;
			document = ask(*state, all_by[b], all_series[s]);
			groups = json_object_get(document, "groups");
			for (i = 0; i < json_array_size(groups); i++)
				sum += number(json_array_get(groups, i),
				    "total");
			assert_int_equal(sum, totals[s]);
			json_decref(document);
		}
	}
}

static void
an_empty_day_has_no_rate(void **state)
{
	static const int64_t none[] = { 0, 0, 0, 0, 0, 0 };
	struct fixture *f = *state;
	struct ck_stats_query query = parsed("day", "cccd");
	struct ck_db *db;
	json_t *document;

	query.from = query.to = (struct ck_date){ 2026, 11, 22 };
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_stats_json(db, &query, f->now_ms, &document),
	    CK_OK);
	assert_counts(document, none);
	assert_true(json_is_null(json_object_get(document, "success_rate")));
	assert_int_equal(json_array_size(json_object_get(document,
	    "groups")), 0);
	json_decref(document);
	ck_db_close(&db);
}

static void
an_open_lookup_holds_completeness_back(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084000000020");
	json_t *document;

	fixture_put(f, &record);
	f->now_ms += 5000;
	document = ask(f, "day", "lookups");
	assert_text(document, "complete_until", "2026-11-23T04:00:00.000Z");
	json_decref(document);
	fixture_close(f, &record);
	document = ask(f, "day", "lookups");
	assert_text(document, "complete_until", "2026-11-23T04:00:05.000Z");
	json_decref(document);
}

static void
csv_says_the_same(void **state)
{
	static const char expected[] =
	    "captured,total,covered,not_covered,mismatch,not_found,"
	    "unavailable,covered_cache,covered_stale,success_rate\r\n"
	    "chip,3,1,0,0,0,1,0,1,0.333333\r\n"
	    "qr,2,0,0,0,1,0,1,0,0.000000\r\n"
	    "his,1,1,0,0,0,0,0,0,1.000000\r\n"
	    ",6,2,0,0,1,1,1,1,0.333333\r\n";
	struct fixture *f = *state;
	struct ck_stats_query query = parsed("captured", "cccd");
	struct ck_buf text = CK_BUF_INIT;
	struct ck_db *db;

	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_stats_csv(db, &query, &text), CK_OK);
	assert_int_equal(text.len, sizeof(expected) - 1);
	assert_memory_equal(text.ptr, expected, text.len);
	ck_buf_wipe(&text);
	ck_db_close(&db);
}

/* A code from the gateway may hold anything. RFC 4180 §2.6, §2.7 */
static void
csv_quotes_what_would_break_it(void **state)
{
	struct fixture *f = *state;
	struct ck_stats_query query = parsed("reason", "lookups");
	struct ck_lookup_record record = fixture_record(f, "084000000021");
	struct ck_buf text = CK_BUF_INIT;
	struct ck_db *db;

	fixture_answer(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE,
	    "a,\"b\"\n");
	fixture_close(f, &record);
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_stats_csv(db, &query, &text), CK_OK);
	assert_int_equal(ck_buf_push(&text, 0), CK_OK);
	assert_non_null(strstr((const char *)text.ptr,
	    "\r\n\"a,\"\"b\"\"\n\",1,0,0,0,0,1,0.000000\r\n"));
	ck_buf_wipe(&text);
	ck_db_close(&db);
}

static void
wrong_arguments_are_named(void **state)
{
	static const struct { const char *arguments[4]; const char *word; }
	cases[] = {
		{ { "2026-11", NULL, NULL, NULL }, "from" },
		{ { NULL, "23/11/2026", NULL, NULL }, "to must be" },
		{ { "2026-11-24", "2026-11-23", NULL, NULL }, "after" },
		{ { NULL, NULL, "patient", NULL }, "by must be" },
		{ { NULL, NULL, NULL, "all" }, "series must be" },
		{ { NULL, NULL, "owner", "calls" }, "calls can be" },
		{ { NULL, NULL, "presented", "calls" }, "calls can be" },
		{ { NULL, NULL, "assurance", "calls" }, "calls can be" },
	};
	struct ck_date today = { 2026, 11, 23 };
	struct ck_stats_query query;
	const char *problem;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(ck_stats_parse(cases[i].arguments, today,
		    &query, &problem), CK_ERR_REQUEST);
		assert_non_null(strstr(problem, cases[i].word));
	}
}

#define DAY_TEST(name) \
	cmocka_unit_test_setup_teardown(name, setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DAY_TEST(lookups_are_those_of_the_desks),
		DAY_TEST(visits_have_a_first_and_a_final_outcome),
		DAY_TEST(cccd_keeps_cache_and_stale_beside),
		DAY_TEST(calls_are_what_the_portal_counts),
		DAY_TEST(every_grouping_adds_up),
		DAY_TEST(an_empty_day_has_no_rate),
		DAY_TEST(an_open_lookup_holds_completeness_back),
		DAY_TEST(csv_says_the_same),
		DAY_TEST(csv_quotes_what_would_break_it),
		cmocka_unit_test(wrong_arguments_are_named),
	};

	return cmocka_run_group_tests_name("stats", tests, NULL, NULL);
}
