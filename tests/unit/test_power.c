/*
 * test_power.c - the power fails at any write; nothing promised is missing
 *
 * A clinic's morning runs over the real store on a disk that loses and tears
 * what was not synced. What a commit had promised before the failure must be
 * there after it: the lookup with its outcome, its receipt in a whole chain,
 * its figures. What was under way may be there or not, but whole.
 */
#include "store_fixture.h"

#include "power_vfs.h"
#include "store/receipt.h"

#define MORNINGS 120
#define LOOKUPS_MAX 24

/* One promise: this lookup is closed with this outcome. */
struct promise {
	char id[CK_LOOKUP_ID_LEN];
	enum ck_outcome outcome;
};

struct morning {
	struct promise promised[LOOKUPS_MAX];
	unsigned count;
	struct ck_known_head head;	/* after the last promise */
};

static enum ck_outcome
any_outcome(void)
{
	return (enum ck_outcome)(1 + power_random() % 5);
}

static void
keep_head(struct fixture *f, struct morning *morning)
{
	uint8_t public[CK_PUBLIC_LEN];
	struct ck_batch batch;
	struct ck_db *db;

	if (ck_store_open_reader(f->store, &db) != CK_OK)
		return;
	if (ck_receipt_head(db, &batch, public) == CK_OK)
		morning->head = (struct ck_known_head){ batch.number,
		    batch.head };
	ck_db_close(&db);
}

static enum ck_err
in_transaction(struct fixture *f, const struct ck_lookup_record *record,
    const struct ck_call_record *call, bool close)
{
	enum ck_err err;

	if ((err = ck_store_begin(f->store)) != CK_OK)
		return err;
	if (call != NULL)
		err = ck_store_put_call(f->store, call);
	if (err == CK_OK)
		err = close ? ck_store_close_lookup(f->store, record) :
		    ck_store_put_lookup(f->store, record);
	if (err == CK_OK)
		return ck_store_commit(f->store);
	ck_store_rollback(f->store);

	return err;
}

/* One patient: opened, asked, answered, closed. False: the power is off. */
static bool
one_patient(struct fixture *f, struct morning *morning, unsigned n)
{
	struct ck_lookup_record record;
	struct ck_call_record call = { .duration_ms = 120,
	    .key = CK_KEY_ID_NUMBER };
	struct promise *promise = &morning->promised[morning->count];
	char number[CK_NUMBER_LEN];

	(void)snprintf(number, sizeof(number), "0840900%05u", n % 7);
	record = fixture_record(f, number);
	if (in_transaction(f, &record, NULL, false) != CK_OK)
		return false;
	promise->outcome = any_outcome();
	fixture_answer(&record, promise->outcome, CK_SOURCE_GATEWAY, "000");
	memcpy(call.lookup_id, record.id, sizeof(call.lookup_id));
	call.started_ms = f->now_ms;
	call.outcome = promise->outcome;
	(void)snprintf(call.code, sizeof(call.code), "000");
	if (in_transaction(f, &record, &call, false) != CK_OK)
		return false;
	f->now_ms += 1000;
	record.closed_ms = f->now_ms;
	if (in_transaction(f, &record, NULL, true) != CK_OK)
		return false;
	memcpy(promise->id, record.id, sizeof(promise->id));
	morning->count++;
	keep_head(f, morning);

	return true;
}

static void
no_finding(void *ctx, const char *text)
{
	fail_msg("seed %u: %s", *(const unsigned *)ctx, text);
}

static void
check_promises(struct fixture *f, const struct morning *morning,
    unsigned seed)
{
	struct ck_lookup_record record;
	unsigned i;

	for (i = 0; i < morning->count; i++) {
		if (ck_store_get_lookup(f->store, morning->promised[i].id,
		    &record) != CK_OK)
			fail_msg("seed %u: lookup %u of %u is missing", seed,
			    i, morning->count);
		assert_int_not_equal(record.closed_ms, 0);
		assert_int_equal(record.counted.outcome,
		    morning->promised[i].outcome);
	}
}

static void
check_figures(struct fixture *f)
{
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM lookup WHERE "
	    "closed_ms IS NULL"), 0);
	assert_int_equal(fixture_int(f, "SELECT coalesce(sum(count), 0) FROM "
	    "rollup WHERE series = 1"), fixture_int(f, "SELECT count(*) FROM "
	    "lookup"));
	assert_int_equal(fixture_int(f, "SELECT coalesce(sum(count), 0) FROM "
	    "rollup WHERE series = 0"), fixture_int(f, "SELECT count(*) FROM "
	    "gateway_call"));
	assert_int_equal(fixture_int(f, "SELECT coalesce(sum(count), 0) FROM "
	    "rollup WHERE series = 2"), fixture_int(f, "SELECT count(*) FROM "
	    "visit"));
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM "
	    "pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static void
check_chain(struct fixture *f, const struct morning *morning, unsigned seed)
{
	struct ck_receipt_report report;

	assert_int_equal(ck_receipts_verify(f->directory,
	    morning->head.number > 0 ? &morning->head : NULL, no_finding,
	    &seed, &report), CK_OK);
	assert_true(report.receipts >= (int64_t)morning->count);
}

/* Returns how many promises there were when the power failed. */
static unsigned
play(unsigned seed)
{
	struct morning morning = { .count = 0 };
	struct fixture f;
	char command[128];
	unsigned n;

	fixture_make(&f);
	fixture_open(&f);
	power_fail_after(seed, (long)(power_random() % 700));
	for (n = 0; n < LOOKUPS_MAX && one_patient(&f, &morning, n); n++)
		;
	power.off = true;
	ck_store_close(&f.store);
	power_return();
	fixture_open(&f);
	check_promises(&f, &morning, seed);
	check_figures(&f);
	check_chain(&f, &morning, seed);
	ck_store_close(&f.store);
	power_forget();
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", f.directory);
	assert_int_equal(system(command), 0);

	return morning.count;
}

static void
test_power_fails_at_any_write(void **state)
{
	unsigned seed, cut = 0, promised = 0;

	(void)state;
	for (seed = 1; seed <= MORNINGS; seed++) {
		unsigned count = play(seed);

		promised += count;
		cut += count < LOOKUPS_MAX;
	}
	/* the power did fail, and there was something to lose */
	assert_true(cut > MORNINGS / 4);
	assert_true(promised > MORNINGS);
}

/* The VFS itself: without a sync, writes are lost or torn. */
static void
test_what_is_not_synced_can_be_lost(void **state)
{
	static const char sql[] = "PRAGMA journal_mode = WAL; "
	    "PRAGMA synchronous = OFF; CREATE TABLE t (a); "
	    "INSERT INTO t VALUES (1);";
	unsigned seed, lost = 0;
	struct fixture f;
	char path[128], command[128];
	sqlite3 *db;

	(void)state;
	for (seed = 1; seed <= 20; seed++) {
		fixture_make(&f);
		fixture_path(&f, "plain.db", path);
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL),
		    SQLITE_OK);
		power_fail_after(seed, 0);
		power.off = true;
		(void)sqlite3_close(db);
		power_return();
		assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
		lost += sqlite3_exec(db, "SELECT a FROM t", NULL, NULL,
		    NULL) != SQLITE_OK;
		(void)sqlite3_close(db);
		power_forget();
		(void)snprintf(command, sizeof(command), "rm -rf '%s'",
		    f.directory);
		assert_int_equal(system(command), 0);
	}
	assert_true(lost > 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_not_synced_can_be_lost),
		cmocka_unit_test(test_power_fails_at_any_write),
	};

	power_install();

	return cmocka_run_group_tests(tests, NULL, NULL);
}
