/*
 * test_count.c - figures equal records, whatever the order of events
 *
 * A made-up day of many lookups, closed out of order and with people who turn
 * out to be one, is counted a second time by SQL that shares no code with the
 * store.
 */
#include "store_fixture.h"

#include "stats/count.h"

/* Rows of figures of one series that the records do not give, or the reverse.
 * Both halves select: hour, words, count. */
#define DIFFERENCE(records, figures) \
	"SELECT (SELECT count(*) FROM (" records " EXCEPT " figures ")) + " \
	"(SELECT count(*) FROM (" figures " EXCEPT " records "))"

#define LOOKUP_RECORDS \
	"SELECT opened_ms / 3600000, kind, presented, captured, assurance, " \
	"first_key, first_outcome, resolved_by, outcome, source, reason, " \
	"owner, desk, count(*) FROM lookup WHERE closed_ms IS NOT NULL " \
	"GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13"
#define LOOKUP_FIGURES \
	"SELECT hour, kind, presented, captured, assurance, first_key, " \
	"first_outcome, resolved_by, outcome, source, reason, owner, desk, " \
	"count FROM rollup WHERE series = 1 AND count > 0"

#define BY_VISIT "PARTITION BY coalesce(p.same_as, p.number), l.visit_date "
#define CLOSED_OF_VISITS \
	"FROM lookup l JOIN person p ON p.number = l.person " \
	"WHERE l.closed_ms IS NOT NULL AND l.kind IN (0, 1, 2, 5)"

#define VISIT_RECORDS \
	"SELECT hour, desk, first_outcome, outcome, source, count(*) FROM (" \
	"SELECT first_value(l.opened_ms / 3600000) OVER a AS hour, " \
	"first_value(l.desk) OVER a AS desk, " \
	"first_value(l.first_outcome) OVER a AS first_outcome, " \
	"l.outcome, l.source, row_number() OVER z AS place " \
	CLOSED_OF_VISITS " WINDOW a AS (" BY_VISIT \
	"ORDER BY l.opened_ms, l.number), z AS (" BY_VISIT \
	"ORDER BY l.outcome = 5, l.opened_ms DESC, l.number DESC)) " \
	"WHERE place = 1 GROUP BY 1, 2, 3, 4, 5"
#define VISIT_FIGURES \
	"SELECT hour, desk, first_outcome, outcome, source, sum(count) " \
	"FROM rollup WHERE series = 2 AND count > 0 GROUP BY 1, 2, 3, 4, 5"

#define CCCD_RECORDS \
	"SELECT hour, presented, first_outcome, first_source, count(*) " \
	"FROM (SELECT l.opened_ms / 3600000 AS hour, l.presented, " \
	"l.first_outcome, l.first_source, row_number() OVER (" BY_VISIT \
	"ORDER BY l.opened_ms, l.number) AS place " CLOSED_OF_VISITS \
	" AND l.presented IN (1, 2, 3) AND l.first_key = 1) " \
	"WHERE place = 1 GROUP BY 1, 2, 3, 4"
#define CCCD_FIGURES \
	"SELECT hour, presented, outcome, source, sum(count) FROM rollup " \
	"WHERE series = 3 AND count > 0 GROUP BY 1, 2, 3, 4"

#define CALL_RECORDS \
	"SELECT started_ms / 3600000, kind, captured, key, outcome, code, " \
	"desk, count(*) FROM gateway_call GROUP BY 1, 2, 3, 4, 5, 6, 7"
#define CALL_FIGURES \
	"SELECT hour, kind, captured, first_key, outcome, reason, desk, " \
	"count FROM rollup WHERE series = 0 AND count > 0"

static void
assert_figures_equal_records(const struct fixture *f)
{
	assert_int_equal(fixture_int(f,
	    DIFFERENCE(LOOKUP_RECORDS, LOOKUP_FIGURES)), 0);
	assert_int_equal(fixture_int(f,
	    DIFFERENCE(VISIT_RECORDS, VISIT_FIGURES)), 0);
	assert_int_equal(fixture_int(f,
	    DIFFERENCE(CCCD_RECORDS, CCCD_FIGURES)), 0);
	assert_int_equal(fixture_int(f,
	    DIFFERENCE(CALL_RECORDS, CALL_FIGURES)), 0);
	assert_int_equal(fixture_int(f, "SELECT (SELECT sum(count) FROM total)"
	    " - (SELECT sum(count) FROM rollup WHERE series = 1)"), 0);
}

static uint32_t
dice(uint32_t *seed, uint32_t sides)
{
	*seed = *seed * 1664525U + 1013904223U;

	return (*seed >> 8) % sides;
}

static struct ck_lookup_record
any_record(struct fixture *f, uint32_t *seed)
{
	static const enum ck_kind kinds[] = { CK_KIND_DESK, CK_KIND_DURING,
	    CK_KIND_CLOSE, CK_KIND_INTEGRATION };
	struct ck_lookup_record r = fixture_record(f, "");
	uint32_t who = dice(seed, 12);
	enum ck_outcome outcome = (enum ck_outcome)(1 + dice(seed, 5));

	r.opened_ms -= (int64_t)dice(seed, 3 * 3600) * 1000;
	r.counted.kind = kinds[dice(seed, 4)];
	r.counted.presented = (enum ck_presented)dice(seed, 6);
	r.counted.first_key = CK_KEY_INSURANCE_NUMBER;
	if (dice(seed, 3) != 0) {
		r.counted.first_key = CK_KEY_ID_NUMBER;
		(void)snprintf(r.person.id_number, sizeof(r.person.id_number),
		    "0840000000%02u", who);
	}
	if (r.counted.first_key != CK_KEY_ID_NUMBER || dice(seed, 3) == 0)
		(void)snprintf(r.person.insurance_number,
		    sizeof(r.person.insurance_number), "00000000%02u", who);
	fixture_answer(&r, outcome, outcome == CK_OUTCOME_UNAVAILABLE ?
	    CK_SOURCE_NONE : (enum ck_source)(1 + dice(seed, 3)), "r");
	if (dice(seed, 4) == 0)
		r.counted.first_outcome = CK_OUTCOME_NOT_FOUND;

	return r;
}

/* Lookups stay open for a while and close in another order. */
static void
play(struct fixture *f, uint32_t seed)
{
	struct ck_lookup_record *open = calloc(8, sizeof(*open));
	uint32_t i, k;

	assert_non_null(open);
	for (i = 0; i < 240; i++) {
		k = dice(&seed, 8);
		if (open[k].id[0] != '\0')
			fixture_close(f, &open[k]);
		f->now_ms += 60000;
		open[k] = any_record(f, &seed);
		if (dice(&seed, 2) == 0)
			fixture_put(f, &open[k]);
		if (dice(&seed, 2) == 0)
			fixture_call(f, &open[k], "c",
			    open[k].counted.outcome);
	}
	for (k = 0; k < 8; k++)
		fixture_close(f, &open[k]);
	free(open);
}

static void
figures_equal_records_counted_by_sql(void **state)
{
	struct fixture *f = *state;
	uint32_t seed;

	for (seed = 1; seed <= 3; seed++) {
		play(f, seed);
		assert_figures_equal_records(f);
	}
	assert_true(fixture_int(f,
	    "SELECT count(*) FROM person WHERE same_as IS NOT NULL") > 0);
	ck_store_close(&f->store);
	fixture_open(f);
	assert_figures_equal_records(f);
}

static struct ck_lookup_record
by_insurance(struct fixture *f, const char *number)
{
	struct ck_lookup_record record = fixture_record(f, "");

	record.counted.presented = CK_PRESENTED_BHYT_PAPER;
	record.counted.first_key = CK_KEY_INSURANCE_NUMBER;
	(void)snprintf(record.person.insurance_number,
	    sizeof(record.person.insurance_number), "%s", number);

	return record;
}

#define VISITS "SELECT sum(count) FROM rollup WHERE series = 2"
#define PERSONS "SELECT count(*) FROM person WHERE same_as IS NULL"

static void
two_persons_who_are_one_have_one_visit(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record r = fixture_record(f, "084000000001");

	fixture_answer(&r, CK_OUTCOME_NOT_FOUND, CK_SOURCE_GATEWAY, "050");
	fixture_close(f, &r);
	f->now_ms += 60000;
	r = by_insurance(f, "0000000001");
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
	assert_int_equal(fixture_int(f, VISITS), 2);
	f->now_ms += 60000;
	r = by_insurance(f, "0000000001");
	(void)snprintf(r.person.id_number, sizeof(r.person.id_number),
	    "084000000001");
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000");
	fixture_close(f, &r);
	assert_int_equal(fixture_int(f, VISITS), 1);
	assert_int_equal(fixture_int(f, PERSONS), 1);
	assert_int_equal(fixture_int(f, VISITS " AND first_outcome = 4 "
	    "AND outcome = 1 AND source = 2"), 1);
	assert_int_equal(fixture_int(f, "SELECT sum(count) FROM rollup "
	    "WHERE series = 3 AND outcome = 4"), 1);
	assert_figures_equal_records(f);
}

/* A typed number may be somebody else's: without an answer nobody is tied. */
static void
an_unproven_number_ties_nobody(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record r = fixture_record(f, "084000000001");

	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
	r = by_insurance(f, "0000000002");
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
	r = by_insurance(f, "0000000002");
	(void)snprintf(r.person.id_number, sizeof(r.person.id_number),
	    "084000000001");
	fixture_answer(&r, CK_OUTCOME_MISMATCH, CK_SOURCE_GATEWAY, "060");
	fixture_close(f, &r);
	assert_int_equal(fixture_int(f, PERSONS), 2);
	assert_int_equal(fixture_int(f, VISITS), 2);
}

static void
a_merged_person_keeps_the_newer_answer(void **state)
{
	struct fixture *f = *state;
	struct ck_person_keys a = { .id_number = "084000000001" };
	struct ck_person_keys b = { .insurance_number = "0000000001" };
	struct ck_person_keys both = a;
	struct ck_answer older = { .code = "010", .as_of_ms = 1 };
	struct ck_answer newer = { .code = "000", .as_of_ms = 2 };
	struct ck_lookup_record r;
	struct ck_answer read;
	bool first;

	memcpy(both.insurance_number, b.insurance_number,
	    sizeof(both.insurance_number));
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_cache_put(f->store, &a, &older), CK_OK);
	assert_int_equal(ck_store_cache_put(f->store, &b, &newer), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	r = fixture_record(f, "");
	r.person = both;
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000");
	fixture_close(f, &r);
	assert_int_equal(ck_store_cache_get(f->store, CK_KEY_ID_NUMBER,
	    "084000000001", r.visit_date, &read, &first), CK_OK);
	assert_string_equal(read.code, "000");
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM cache"), 1);
}

static void
a_call_that_ends_late_counts_itself(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record r = fixture_record(f, "084000000001");

	fixture_call(f, &r, "line", CK_OUTCOME_UNAVAILABLE);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM rollup"), 0);
	fixture_close(f, &r);
	fixture_call(f, &r, "000", CK_OUTCOME_COVERED);
	assert_int_equal(fixture_int(f,
	    "SELECT sum(count) FROM rollup WHERE series = 0"), 2);
	assert_figures_equal_records(f);
}

static void
a_visit_stands_on_its_visit_date(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record r = fixture_record(f, "084000000001");

	r.visit_date = (struct ck_date){ 2026, 3, 1 };
	fixture_answer(&r, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_close(f, &r);
	/* 2026-02-28T17:00:00Z by date(1) */
	assert_int_equal(fixture_int(f,
	    "SELECT hour FROM rollup WHERE series = 2"), 492305);
	assert_int_equal(fixture_int(f,
	    "SELECT hour FROM rollup WHERE series = 1"),
	    FIXTURE_MORNING_MS / FIXTURE_HOUR_MS);
}

/* Days by `date -u -d … +%s`, less seven hours. */
static void
local_days_begin_at_five_in_the_afternoon_utc(void **state)
{
	(void)state;
	assert_int_equal(ck_count_first_hour(19700101), -7);
	assert_int_equal(ck_count_first_hour(20000229), 951782400 / 3600 - 7);
	assert_int_equal(ck_count_first_hour(20260301), 492305);
	assert_int_equal(ck_count_first_hour(21000301),
	    INT64_C(4107542400) / 3600 - 7);
}

#define STORE_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE_TEST(figures_equal_records_counted_by_sql),
		STORE_TEST(two_persons_who_are_one_have_one_visit),
		STORE_TEST(an_unproven_number_ties_nobody),
		STORE_TEST(a_merged_person_keeps_the_newer_answer),
		STORE_TEST(a_call_that_ends_late_counts_itself),
		STORE_TEST(a_visit_stands_on_its_visit_date),
		cmocka_unit_test(
		    local_days_begin_at_five_in_the_afternoon_utc),
	};

	return cmocka_run_group_tests_name("count", tests, NULL, NULL);
}
