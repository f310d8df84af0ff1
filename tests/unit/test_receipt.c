/*
 * test_receipt.c - proof: what is written is proven, what is changed is found
 *
 * Every damage is done by SQL of the test's own to the closed database, as
 * somebody with the file in his hands would do it.
 */
#include "store_fixture.h"

#include "store/receipt.h"

#define DAMAGE_MAX 16

struct findings {
	unsigned count;
	char text[DAMAGE_MAX][256];
};

static void
note(void *ctx, const char *text)
{
	struct findings *findings = ctx;

	if (findings->count < DAMAGE_MAX)
		(void)snprintf(findings->text[findings->count], 256, "%s",
		    text);
	findings->count++;
}

static struct ck_receipt_report
verify(struct fixture *f, const struct ck_known_head *known,
    struct findings *findings)
{
	struct ck_receipt_report report;

	memset(findings, 0, sizeof(*findings));
	assert_int_equal(ck_receipts_verify(f->directory, known, note,
	    findings, &report), CK_OK);
	assert_int_equal(report.findings, findings->count);

	return report;
}

/* An outcome, a call and its answer, shown and closed. */
static struct ck_lookup_record
one_lookup(struct fixture *f, const char *number)
{
	struct ck_lookup_record record = fixture_record(f, number);

	fixture_put(f, &record);
	fixture_call(f, &record, "000", CK_OUTCOME_COVERED);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	fixture_put(f, &record);
	f->now_ms += 1000;
	record.closed_ms = f->now_ms;
	fixture_close(f, &record);

	return record;
}

static void
three_lookups(struct fixture *f)
{
	one_lookup(f, "084090000001");
	one_lookup(f, "084090000002");
	one_lookup(f, "084090000003");
}

static void
damage(struct fixture *f, const char *sql)
{
	char path[128];
	struct ck_db *db;

	ck_store_close(&f->store);
	fixture_path(f, "checkin.db", path);
	assert_int_equal(ck_db_open(&db, path, CK_DB_READ_WRITE), CK_OK);
	assert_int_equal(ck_db_exec(db, "PRAGMA foreign_keys = OFF;"), CK_OK);
	assert_int_equal(ck_db_exec(db, sql), CK_OK);
	ck_db_close(&db);
}

static void
test_every_answer_has_a_receipt(void **state)
{
	struct fixture *f = *state;
	struct ck_receipt_report report;
	struct findings findings;

	three_lookups(f);
	report = verify(f, NULL, &findings);
	assert_int_equal(findings.count, 0);
	/* shown and closed: two transactions, two receipts each */
	assert_int_equal(report.receipts, 6);
	assert_int_equal(report.batches, 6);
	assert_int_equal(report.last.first, 6);
}

static void
test_one_transaction_is_one_batch(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record a = fixture_record(f, "084090000001");
	struct ck_lookup_record b = fixture_record(f, "084090000002");
	struct ck_receipt_report report;
	struct findings findings;

	fixture_answer(&a, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000");
	fixture_answer(&b, CK_OUTCOME_NOT_FOUND, CK_SOURCE_GATEWAY, "050");
	a.closed_ms = b.closed_ms = f->now_ms;
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_close_lookup(f->store, &a), CK_OK);
	assert_int_equal(ck_store_close_lookup(f->store, &b), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	report = verify(f, NULL, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(report.batches, 1);
	assert_int_equal(report.last.count, 2);
}

static void
test_a_rolled_back_receipt_leaves_no_gap(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record a = fixture_record(f, "084090000001");
	struct ck_receipt_report report;
	struct findings findings;

	fixture_answer(&a, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000");
	a.closed_ms = f->now_ms;
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_close_lookup(f->store, &a), CK_OK);
	ck_store_rollback(f->store);
	fixture_close(f, &a);
	report = verify(f, NULL, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(report.receipts, 1);
	assert_int_equal(report.last.first, 1);
}

static void
test_an_interrupted_lookup_is_proven_too(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record a = fixture_record(f, "084090000001");
	struct ck_receipt_report report;
	struct findings findings;

	fixture_put(f, &a);
	ck_store_close(&f->store);
	fixture_open(f);
	report = verify(f, NULL, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(report.receipts, 1);
}

/* What somebody did to the file, and a word that the finding must have. */
static const struct {
	const char *sql, *word;
} damages[] = {
	{ "UPDATE lookup SET outcome = 3 WHERE number = 2;",
	    "does not say what its receipt" },
	{ "UPDATE lookup SET visit_date = visit_date - 1 WHERE number = 2;",
	    "does not say what its receipt" },
	{ "UPDATE lookup SET sealed = (SELECT sealed FROM lookup WHERE "
	    "number = 1) WHERE number = 2;", "was changed" },
	{ "DELETE FROM lookup WHERE number = 2;", "was removed" },
	{ "UPDATE gateway_call SET duration_ms = 1 WHERE number = 2;",
	    "a gateway call in it" },
	{ "DELETE FROM receipt WHERE number = 3;", "were removed" },
	{ "UPDATE receipt SET commitment = (SELECT commitment FROM receipt "
	    "WHERE number = 1) WHERE number = 3;", "was changed" },
	{ "UPDATE receipt SET sealed = (SELECT sealed FROM receipt WHERE "
	    "number = 1) WHERE number = 3;", "its statement was changed" },
	{ "UPDATE receipt SET number = -1 WHERE number = 3; "
	    "UPDATE receipt SET number = 3 WHERE number = 4; "
	    "UPDATE receipt SET number = 4 WHERE number = -1;",
	    "was changed" },
	{ "DELETE FROM receipt_batch WHERE number = 3;", "are missing" },
	{ "UPDATE receipt_batch SET made_ms = made_ms - 60000 WHERE "
	    "number = 3;", "does not follow" },
	{ "UPDATE receipt_batch SET signature = zeroblob(64) WHERE "
	    "number = 3;", "signature is wrong" },
	{ "UPDATE receipt_key SET public = zeroblob(32);",
	    "signature is wrong" },
	{ "DELETE FROM receipt_batch WHERE number = 6;",
	    "belongs to no batch" },
};

static bool
found(const struct findings *findings, const char *word)
{
	unsigned i;

	for (i = 0; i < findings->count && i < DAMAGE_MAX; i++) {
		if (strstr(findings->text[i], word) != NULL)
			return true;
	}

	return false;
}

static void
test_every_damage_is_found(void **state)
{
	struct findings findings;
	struct fixture *f;
	void *fresh;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
		fixture_setup(&fresh);
		f = fresh;
		three_lookups(f);
		damage(f, damages[i].sql);
		verify(f, NULL, &findings);
		if (!found(&findings, damages[i].word))
			fail_msg("not found: %s (%u findings, first: %s)",
			    damages[i].sql, findings.count, findings.text[0]);
		fixture_teardown(&fresh);
	}
}

/* The end can be cut off cleanly; only a head kept elsewhere tells. */
static void
test_a_cut_end_is_found_by_a_known_head(void **state)
{
	struct fixture *f = *state;
	struct ck_known_head known;
	struct ck_batch batch;
	uint8_t public[CK_PUBLIC_LEN];
	struct findings findings;
	struct ck_db *db;

	three_lookups(f);
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_receipt_head(db, &batch, public), CK_OK);
	ck_db_close(&db);
	known = (struct ck_known_head){ batch.number, batch.head };
	verify(f, &known, &findings);
	assert_int_equal(findings.count, 0);

	damage(f, "DELETE FROM receipt_batch WHERE number > 4; "
	    "DELETE FROM receipt WHERE number > 4; "
	    "DELETE FROM gateway_call WHERE lookup = (SELECT id FROM lookup "
	    "WHERE number = 3); DELETE FROM lookup WHERE number = 3;");
	verify(f, NULL, &findings);
	assert_int_equal(findings.count, 0);
	verify(f, &known, &findings);
	assert_true(found(&findings, "cut off"));

	known = (struct ck_known_head){ 4, batch.head };
	verify(f, &known, &findings);
	assert_true(found(&findings, "kept elsewhere"));
}

/* A person's data may be erased without breaking the chain. */
static void
test_an_erased_statement_keeps_the_chain(void **state)
{
	struct fixture *f = *state;
	struct ck_receipt_report report;
	struct findings findings;

	three_lookups(f);
	damage(f, "UPDATE receipt SET sealed = NULL WHERE subject = "
	    "(SELECT id FROM lookup WHERE number = 2); "
	    "UPDATE gateway_call SET sealed = NULL WHERE lookup = "
	    "(SELECT id FROM lookup WHERE number = 2); "
	    "UPDATE lookup SET sealed = NULL WHERE number = 2;");
	report = verify(f, NULL, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(report.erased, 2);
}

/* A receipt carries all that a stranger needs to check it. */
static void
test_a_receipt_stands_alone(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = one_lookup(f, "084090000001");
	struct ck_tree_hash hash, leaf, root;
	struct ck_receipt receipt;

	assert_int_equal(ck_store_get_receipt(f->store, record.id, &receipt),
	    CK_OK);
	assert_int_equal(receipt.kind, CK_RECEIPT_CLOSED);
	assert_int_equal(ck_chain_commit(ck_span_of(receipt.salt,
	    CK_SALT_LEN), ck_buf_view(&receipt.statement), &hash), CK_OK);
	assert_true(ck_tree_equal(&hash, &receipt.commitment));
	assert_int_equal(ck_tree_leaf(receipt.number, ck_span_of(hash.bytes,
	    CK_TREE_HASH_LEN), &leaf), CK_OK);
	assert_int_equal(ck_tree_climb(&leaf,
	    (size_t)(receipt.number - receipt.batch.first),
	    (size_t)receipt.batch.count, &receipt.path, &root), CK_OK);
	assert_true(ck_tree_equal(&root, &receipt.batch.root));
	assert_int_equal(ck_chain_head(&receipt.batch, &receipt.previous,
	    &hash), CK_OK);
	assert_true(ck_tree_equal(&hash, &receipt.batch.head));
	assert_true(ck_chain_signed(receipt.public, &hash,
	    receipt.batch.signature));
	ck_receipt_wipe(&receipt);

	assert_int_equal(ck_store_get_receipt(f->store,
	    "00000000000000000000000000000000", &receipt), CK_ERR_NOT_FOUND);
	ck_receipt_wipe(&receipt);
	assert_int_equal(ck_store_get_receipt(f->store, "nonsense", &receipt),
	    CK_ERR_NOT_FOUND);
	ck_receipt_wipe(&receipt);
}

/* The statement of a failed call names host, time and failure: the proof that
 * the law asks for. */
static void
test_a_failed_call_is_stated(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = fixture_record(f, "084090000001");
	struct ck_call_record call = { .started_ms = record.opened_ms,
	    .duration_ms = 5003, .key = CK_KEY_ID_NUMBER,
	    .outcome = CK_OUTCOME_UNAVAILABLE };
	struct ck_receipt receipt;
	static const char expected[] =
	    "call: 2026-11-23T01:00:00.000Z\n"
	    "call_took: 5003 ms\n"
	    "call_under: id_number\n"
	    "call_host: egw.example:443\n"
	    "call_result: line\n"
	    "call_failure: Connection timed out  or so\n";

	memcpy(call.lookup_id, record.id, sizeof(call.lookup_id));
	(void)snprintf(call.host, sizeof(call.host), "egw.example:443");
	(void)snprintf(call.code, sizeof(call.code), "line");
	(void)snprintf(call.failure, sizeof(call.failure),
	    "Connection timed out\r\nor so");
	fixture_put(f, &record);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_call(f->store, &call), CK_OK);
	fixture_answer(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE,
	    "line");
	record.closed_ms = f->now_ms;
	assert_int_equal(ck_store_close_lookup(f->store, &record), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	assert_int_equal(ck_store_get_receipt(f->store, record.id, &receipt),
	    CK_OK);
	assert_non_null(memmem(receipt.statement.ptr, receipt.statement.len,
	    expected, sizeof(expected) - 1));
	ck_receipt_wipe(&receipt);
}

/* A call that ends after its lookup closed has a receipt of its own. */
static void
test_a_late_call_is_proven(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record = one_lookup(f, "084090000001");
	struct ck_receipt_report report;
	struct findings findings;

	fixture_call(f, &record, "101", CK_OUTCOME_UNAVAILABLE);
	report = verify(f, NULL, &findings);
	assert_int_equal(findings.count, 0);
	assert_int_equal(report.receipts, 3);
}

static void
test_a_lost_signing_key_stops_the_start(void **state)
{
	struct fixture *f = *state;
	char path[128];

	one_lookup(f, "084090000001");
	ck_store_close(&f->store);
	fixture_path(f, "keys/receipt.key", path);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(ck_store_open(&f->store, &f->options),
	    CK_ERR_STORE_KEY);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_every_answer_has_a_receipt),
		TEST(test_one_transaction_is_one_batch),
		TEST(test_a_rolled_back_receipt_leaves_no_gap),
		TEST(test_an_interrupted_lookup_is_proven_too),
		cmocka_unit_test(test_every_damage_is_found),
		TEST(test_a_cut_end_is_found_by_a_known_head),
		TEST(test_an_erased_statement_keeps_the_chain),
		TEST(test_a_receipt_stands_alone),
		TEST(test_a_failed_call_is_stated),
		TEST(test_a_late_call_is_proven),
		TEST(test_a_lost_signing_key_stops_the_start),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
