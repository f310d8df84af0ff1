/*
 * test_retention.c - what is personal of old lookups goes, the rest stays
 */
#include "store_fixture.h"

#include "store/receipt.h"

#define NAME "NGUYỄN VĂN MẪU"
#define DAY_MS (24 * FIXTURE_HOUR_MS)

#define SEALED "SELECT count(*) FROM lookup WHERE sealed IS NOT NULL"
#define RECEIPTS "SELECT count(*) FROM receipt WHERE sealed IS NOT NULL"
#define CALLS "SELECT count(*) FROM gateway_call WHERE sealed IS NOT NULL"
#define COUNTED "SELECT sum(count) FROM rollup"

static void
count_finding(void *ctx, const char *text)
{
	print_message("%s\n", text);
	(*(unsigned *)ctx)++;
}

static struct ck_receipt_report
verify(struct fixture *f, unsigned *findings)
{
	struct ck_receipt_report report;

	*findings = 0;
	assert_int_equal(ck_receipts_verify(f->directory, NULL, count_finding,
	    findings, &report), CK_OK);

	return report;
}

/* Opened, asked, answered, closed; and a call that ends after it. */
static struct ck_lookup_record
one_lookup(struct fixture *f, const char *number)
{
	struct ck_lookup_record record = fixture_record(f, number);

	(void)snprintf(record.identity.full_name,
	    sizeof(record.identity.full_name), "%s", NAME);
	(void)snprintf(record.idempotency_key, sizeof(record.idempotency_key),
	    "key-%s", number);
	fixture_put(f, &record);
	fixture_call(f, &record, "000", CK_OUTCOME_COVERED);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	record.closed_ms = f->now_ms;
	fixture_close(f, &record);
	fixture_call(f, &record, "000", CK_OUTCOME_COVERED);

	return record;
}

static int64_t
erase(struct fixture *f, int64_t before_ms, int64_t limit)
{
	int64_t erased;

	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_erase_lookups(f->store, before_ms, limit,
	    &erased), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);

	return erased;
}

static struct ck_lookup_record
read_back(struct fixture *f, const struct ck_lookup_record *asked)
{
	struct ck_lookup_record record;

	assert_int_equal(ck_store_get_lookup(f->store, asked->id, &record),
	    CK_OK);

	return record;
}

static void
old_lookups_lose_what_is_personal(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record old, young, record;
	struct ck_receipt_report report;
	int64_t counted, receipts;
	unsigned findings;

	old = one_lookup(f, "084090000001");
	f->now_ms += DAY_MS;
	young = one_lookup(f, "084090000002");
	counted = fixture_int(f, COUNTED);
	receipts = fixture_int(f, RECEIPTS);
	assert_int_equal(erase(f, f->now_ms - DAY_MS, 9), 0);
	assert_int_equal(erase(f, f->now_ms, 9), 1);
	assert_int_equal(erase(f, f->now_ms, 9), 0);

	record = read_back(f, &old);
	assert_string_equal(record.identity.full_name, "");
	assert_string_equal(record.person.id_number, "");
	assert_string_equal(record.operator_name, "");
	assert_int_equal(record.counted.outcome, CK_OUTCOME_COVERED);
	assert_string_equal(record.counted.reason, "000");
	assert_int_equal(ck_store_find_idempotent(f->store,
	    "key-084090000001", &record), CK_ERR_NOT_FOUND);
	record = read_back(f, &young);
	assert_string_equal(record.identity.full_name, NAME);
	assert_int_equal(fixture_int(f, SEALED), 1);
	assert_int_equal(fixture_int(f, CALLS), 2);
	assert_int_equal(fixture_int(f, RECEIPTS), receipts / 2);
	/* Figures and proof stay. */
	assert_int_equal(fixture_int(f, COUNTED), counted);
	ck_store_close(&f->store);
	report = verify(f, &findings);
	assert_int_equal(findings, 0);
	assert_int_equal(report.receipts, receipts);
	assert_int_equal(report.erased, receipts / 2);
	/* And the chain goes on. */
	fixture_open(f);
	(void)one_lookup(f, "084090000001");
	ck_store_close(&f->store);
	(void)verify(f, &findings);
	assert_int_equal(findings, 0);
}

static void
it_goes_in_steps_and_stops_at_what_is_open(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record open;
	int64_t later;

	(void)one_lookup(f, "084090000001");
	(void)one_lookup(f, "084090000002");
	(void)one_lookup(f, "084090000003");
	open = fixture_record(f, "084090000004");
	fixture_put(f, &open);
	(void)one_lookup(f, "084090000005");
	later = f->now_ms + DAY_MS;
	assert_int_equal(erase(f, later, 2), 2);
	/* The mark outlives the program. */
	ck_store_close(&f->store);
	assert_int_equal(ck_store_open(&f->store, &f->options), CK_OK);
	/* The start has closed what was open. */
	assert_int_equal(erase(f, f->now_ms, 9), 0);
	assert_int_equal(erase(f, later, 1), 1);
	assert_int_equal(fixture_int(f, SEALED), 2);
	assert_int_equal(erase(f, later, 9), 2);
	open = fixture_record(f, "084090000006");
	fixture_put(f, &open);
	assert_int_equal(erase(f, INT64_MAX, 9), 0);
	assert_int_equal(fixture_int(f, SEALED), 1);
}

/* A day under a clock that was ahead stands in the way, and erases nothing. */
static void
a_wrong_clock_erases_no_other_day(void **state)
{
	struct fixture *f = *state;
	int64_t now = f->now_ms;

	f->now_ms = now + 1000 * DAY_MS;
	(void)one_lookup(f, "084090000001");
	f->now_ms = now;
	(void)one_lookup(f, "084090000002");
	assert_int_equal(erase(f, now + DAY_MS, 9), 0);
	assert_int_equal(fixture_int(f, SEALED), 2);
}

/* Who wants to change a record has to take its proof away. */
static void
a_receipt_erased_alone_is_found(void **state)
{
	struct fixture *f = *state;
	unsigned findings;
	char path[128];
	struct ck_db *db;

	(void)one_lookup(f, "084090000001");
	ck_store_close(&f->store);
	fixture_path(f, "checkin.db", path);
	assert_int_equal(ck_db_open(&db, path, CK_DB_READ_WRITE), CK_OK);
	assert_int_equal(ck_db_exec(db, "UPDATE receipt SET sealed = NULL"),
	    CK_OK);
	ck_db_close(&db);
	(void)verify(f, &findings);
	assert_int_equal(findings, 1);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(old_lookups_lose_what_is_personal),
		TEST(it_goes_in_steps_and_stops_at_what_is_open),
		TEST(a_wrong_clock_erases_no_other_day),
		TEST(a_receipt_erased_alone_is_found),
	};

	return cmocka_run_group_tests_name("retention", tests, NULL, NULL);
}
