/*
 * test_power.c - the power fails at any write; nothing promised is missing
 *
 * A clinic's morning runs over the real store on a disk that loses and tears
 * what was not synced. What a commit had promised before the failure must be
 * there after it: the lookup with its outcome, the check-in, its notice in the
 * state that the insurer's word gave it, their receipts in a whole chain, the
 * figures. What was under way may be there or not, but whole.
 */
#include "store_fixture.h"

#include "notice.h"
#include "power_vfs.h"
#include "store/check_in.h"
#include "store/receipt.h"

#define MORNINGS 120
#define LOOKUPS_MAX 24

/* One promise: this lookup is closed with this outcome. */
struct promise {
	char id[CK_LOOKUP_ID_LEN];
	enum ck_outcome outcome;
};

/* And this notice of hers is in this state, under this MA_LK. */
struct notice_promise {
	int64_t number;			/* 0: not kept yet */
	enum ck_notice_state state;
	int64_t tries;
	char episode[24];
};

struct morning {
	struct promise promised[LOOKUPS_MAX];
	unsigned count;
	struct notice_promise notices[LOOKUPS_MAX];
	unsigned notice_count;
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

/* --- A check-in and its notice -------------------------------------------- */

static enum ck_err
put_notice(struct fixture *f, const struct ck_check_in *check_in,
    const struct ck_notice_row *row)
{
	enum ck_err err;

	if ((err = ck_store_begin(f->store)) != CK_OK)
		return err;
	err = check_in != NULL ? ck_store_put_check_in(f->store, check_in) :
	    ck_store_put_notice(f->store, row, row->due_ms == 0);
	if (err == CK_OK)
		return ck_store_commit(f->store);
	ck_store_rollback(f->store);

	return err;
}

static enum ck_err
admit(struct fixture *f, const char *lookup_id, int64_t *number)
{
	struct ck_check_in check_in;
	char id[CK_LOOKUP_ID_LEN];
	enum ck_err err;

	memset(&check_in, 0, sizeof(check_in));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms,
	    check_in.id), CK_OK);
	memcpy(check_in.lookup_id, lookup_id, sizeof(check_in.lookup_id));
	memcpy(id, check_in.id, sizeof(id));
	check_in.admitted_ms = f->now_ms;
	notice_fill(&check_in.draft);
	err = put_notice(f, &check_in, NULL);
	ck_check_in_wipe(&check_in);
	if (err == CK_OK)
		err = ck_store_get_check_in(f->store, id, &check_in);
	*number = check_in.number;
	ck_check_in_wipe(&check_in);

	return err;
}

/* Kept, once in doubt, then the insurer's word. Each promise is noted only
 * after its commit. False: the power is off. */
static bool
one_notice(struct fixture *f, struct morning *morning, unsigned n)
{
	struct notice_promise *promise =
	    &morning->notices[morning->notice_count];
	struct ck_notice_row row;
	int64_t later, check_in;
	unsigned step;
	enum ck_err err;

	memset(&row, 0, sizeof(row));
	if (admit(f, morning->promised[morning->count - 1].id,
	    &check_in) != CK_OK)
		return false;
	row.check_in = check_in;
	row.state = CK_NOTICE_PENDING;
	row.made_ms = f->now_ms;
	notice_fill(&row.notice);
	(void)snprintf(promise->episode, sizeof(promise->episode), "LK-%u",
	    n);
	notice_set(&row.notice, CK_FIELD_MA_LK, promise->episode);
	err = put_notice(f, NULL, &row);
	for (step = 0; err == CK_OK && step < 2; step++) {
		ck_notice_row_wipe(&row);
		if ((err = ck_store_next_notice(f->store, f->now_ms, 60000,
		    &row, &later)) != CK_OK)
			break;
		*promise = (struct notice_promise){ row.number, row.state,
		    row.tries, "" };
		(void)snprintf(promise->episode, sizeof(promise->episode),
		    "%s", ck_notice_get(&row.notice, CK_FIELD_MA_LK));
		morning->notice_count += step == 0;
		row.tries++;
		row.due_ms = step == 0 ? f->now_ms : 0;
		if (step == 1)
			row.state = n % 3 == 0 ? CK_NOTICE_REJECTED :
			    CK_NOTICE_ACCEPTED;
		if ((err = put_notice(f, NULL, &row)) == CK_OK) {
			promise->state = row.state;
			promise->tries = row.tries;
		}
	}
	ck_notice_row_wipe(&row);
	if (err == CK_OK)
		keep_head(f, morning);

	return err == CK_OK;
}

/* The last one's next state may have come to the disk unheard. */
static void
check_notices(struct fixture *f, const struct morning *morning, unsigned seed)
{
	struct ck_notice_row row;
	unsigned i;

	for (i = 0; i < morning->notice_count; i++) {
		const struct notice_promise *promise = &morning->notices[i];
		bool last = i + 1 == morning->notice_count;

		if (ck_store_get_notice(f->store, promise->number,
		    &row) != CK_OK)
			fail_msg("seed %u: notice %u of %u is missing", seed,
			    i, morning->notice_count);
		assert_string_equal(ck_notice_get(&row.notice,
		    CK_FIELD_MA_LK), promise->episode);
		assert_in_range(row.tries, promise->tries,
		    promise->tries + last);
		if (!last || row.tries == promise->tries)
			assert_int_equal(row.state, promise->state);
		ck_notice_row_wipe(&row);
	}
	/* at most one admission and one notice were under way */
	assert_in_range(fixture_int(f, "SELECT count(*) FROM notice"),
	    morning->notice_count, morning->notice_count + 1);
	assert_in_range(fixture_int(f, "SELECT count(*) FROM check_in"),
	    morning->notice_count, morning->notice_count + 1);
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

/* As store/folding.c does it from its thread: then the log is folded into the
 * database, and the next commit begins it anew. */
static struct ck_db *
open_beside(const struct fixture *f)
{
	struct ck_db *beside;
	char path[128];

	fixture_path(f, "checkin.db", path);
	assert_int_equal(ck_db_open(&beside, path, CK_DB_BESIDE), CK_OK);

	return beside;
}

/* False: the power is off. */
static bool
fold_at_times(struct ck_db *beside)
{
	return power_random() % 3 != 0 || ck_db_fold(beside) == CK_OK;
}

/* Returns how many promises there were when the power failed, and adds those
 * of notices to *noticed. */
static unsigned
play(unsigned seed, unsigned *noticed)
{
	struct morning morning = { .count = 0 };
	struct fixture f;
	struct ck_db *beside;
	char command[128];
	unsigned n;

	fixture_make(&f);
	fixture_open(&f);
	beside = open_beside(&f);
	power_fail_after(seed, (long)(power_random() % 700));
	for (n = 0; n < LOOKUPS_MAX && one_patient(&f, &morning, n) &&
	    one_notice(&f, &morning, n) && fold_at_times(beside); n++)
		;
	power.off = true;
	ck_db_close(&beside);
	ck_store_close(&f.store);
	power_return();
	fixture_open(&f);
	check_promises(&f, &morning, seed);
	check_notices(&f, &morning, seed);
	check_figures(&f);
	check_chain(&f, &morning, seed);
	ck_store_close(&f.store);
	power_forget();
	(void)snprintf(command, sizeof(command), "rm -rf '%s'", f.directory);
	assert_int_equal(system(command), 0);

	*noticed += morning.notice_count;

	return morning.count;
}

static void
test_power_fails_at_any_write(void **state)
{
	unsigned seed, cut = 0, promised = 0, noticed = 0;

	(void)state;
	for (seed = 1; seed <= MORNINGS; seed++) {
		unsigned count = play(seed, &noticed);

		promised += count;
		cut += count < LOOKUPS_MAX;
	}
	/* the power did fail, and there was something to lose */
	assert_true(cut > MORNINGS / 4);
	assert_true(promised > MORNINGS);
	assert_true(noticed > MORNINGS);
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
