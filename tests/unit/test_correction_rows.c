/*
 * test_correction_rows.c - patients to correct, and cases, in a real store
 */
#include "store_fixture.h"

#include "io/db.h"
#include "stats/render.h"
#include "store/correction.h"

#define HER "084190123456"
#define OTHER "084190654321"
#define CASE_ID "00112233445566778899aabbccddeeff"
#define CLERK "Trần Thị Thử"

/* A desk lookup by a chip that closes now with this word of the gateway. */
static void
look_up(struct fixture *f, const char *number, enum ck_outcome outcome,
    const char *reason, enum ck_owner owner)
{
	struct ck_lookup_record record = fixture_record(f, number);

	fixture_answer(&record, outcome, outcome == CK_OUTCOME_UNAVAILABLE ?
	    CK_SOURCE_NONE : CK_SOURCE_GATEWAY, reason);
	record.counted.owner = owner;
	fixture_close(f, &record);
	f->now_ms += FIXTURE_HOUR_MS;
}

#define FAILS(f, number) look_up(f, number, CK_OUTCOME_MISMATCH, "060", \
	CK_OWNER_INSURER)
#define CONFIRMED(f, number) look_up(f, number, CK_OUTCOME_COVERED, "000", \
	CK_OWNER_NONE)

struct found {
	struct ck_correction_row last;
	int count;
};

static enum ck_err
keep(void *ctx, const struct ck_correction_row *row)
{
	struct found *found = ctx;

	found->last = *row;
	found->count++;

	return CK_OK;
}

static struct found
list(struct fixture *f, bool done)
{
	struct found found = { .count = 0 };
	int64_t open;

	assert_int_equal(ck_store_corrections(f->store, done, 10, keep,
	    &found), CK_OK);
	assert_int_equal(ck_store_count_corrections(f->store, &open), CK_OK);
	if (!done)
		assert_int_equal(found.count, open);

	return found;
}

static void
a_person_stands_once_until_confirmed(void **state)
{
	struct fixture *f = *state;
	int64_t first = f->now_ms;
	struct found found;

	FAILS(f, HER);
	FAILS(f, HER);
	found = list(f, false);
	assert_int_equal(found.count, 1);
	assert_int_equal(found.last.times, 2);
	assert_int_equal(found.last.since_ms, first);
	assert_int_equal(found.last.last_ms, first + FIXTURE_HOUR_MS);
	assert_int_equal(found.last.key, CK_KEY_ID_NUMBER);
	CONFIRMED(f, OTHER);
	assert_int_equal(list(f, false).count, 1);
	CONFIRMED(f, HER);
	assert_int_equal(list(f, false).count, 0);
	found = list(f, true);
	assert_int_equal(found.count, 1);
	assert_string_not_equal(found.last.answer_id, "");
	FAILS(f, HER);
	assert_int_equal(list(f, false).count, 1);
	assert_int_equal(list(f, true).count, 1);
}

/* What is not the insurer's, or no answer, neither lists nor ends. */
static void
others_failures_are_not_listed(void **state)
{
	struct fixture *f = *state;

	look_up(f, HER, CK_OUTCOME_NOT_COVERED, "010", CK_OWNER_PATIENT);
	look_up(f, HER, CK_OUTCOME_MISMATCH, "060", CK_OWNER_DESK);
	look_up(f, HER, CK_OUTCOME_UNAVAILABLE, "line", CK_OWNER_LINE);
	assert_int_equal(list(f, false).count, 0);
	FAILS(f, HER);
	look_up(f, HER, CK_OUTCOME_NOT_COVERED, "010", CK_OWNER_PATIENT);
	look_up(f, HER, CK_OUTCOME_UNAVAILABLE, "line", CK_OWNER_LINE);
	assert_int_equal(list(f, false).count, 1);
}

/* The paper card is good, the citizen card still fails. */
static void
another_key_confirms_nothing(void **state)
{
	struct fixture *f = *state;
	struct ck_lookup_record record;

	FAILS(f, HER);
	record = fixture_record(f, HER);
	record.counted.first_key = CK_KEY_CARD_NUMBER;
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY,
	    "000");
	fixture_close(f, &record);
	assert_int_equal(list(f, false).count, 1);
	record = fixture_record(f, HER);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_CACHE, "000");
	fixture_close(f, &record);
	assert_int_equal(list(f, false).count, 1);
}

static enum ck_err
make(struct fixture *f, const char *id, int64_t correction)
{
	struct ck_new_case given = { .correction = correction,
		.made_ms = f->now_ms, .consent_operator = CLERK,
		.document = ck_span_str("{\"a document\"}"),
		.sha256 = { 1, 2, 3 } };
	enum ck_err err;

	(void)snprintf(given.id, sizeof(given.id), "%s", id);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	err = ck_store_put_case(f->store, &given);
	if (err == CK_OK)
		assert_int_equal(ck_store_commit(f->store), CK_OK);
	else
		ck_store_rollback(f->store);

	return err;
}

static enum ck_err
answer(struct fixture *f, const char *id, enum ck_case_state office,
    uint8_t first)
{
	const uint8_t sha256[32] = { first, 2, 3 };
	enum ck_err err;

	assert_int_equal(ck_store_begin(f->store), CK_OK);
	err = ck_store_put_case_answer(f->store, id, sha256, office,
	    f->now_ms, ck_span_str("{}"));
	assert_int_equal(ck_store_commit(f->store), CK_OK);

	return err;
}

static void
try(struct fixture *f, bool sent, const char *error)
{
	struct ck_case_row row = list(f, false).last.last_case;

	row.sent_ms = sent ? f->now_ms : 0;
	row.due_ms = f->now_ms + FIXTURE_HOUR_MS;
	row.tries = 1;
	(void)snprintf(row.error, sizeof(row.error), "%s", error);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_case_try(f->store, &row), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

static enum ck_case_state
state_of(struct fixture *f, bool done)
{
	return list(f, done).last.last_case.state;
}

static void
a_case_goes_forward_only(void **state)
{
	struct fixture *f = *state;
	struct ck_case_row row;
	char clerk[CK_NAME_LEN];
	int64_t later, number;

	FAILS(f, HER);
	number = list(f, false).last.number;
	assert_int_equal(make(f, CASE_ID, number), CK_OK);
	assert_int_equal(make(f, "ffffffffffffffffffffffffffffffff", number),
	    CK_ERR_REQUEST);
	assert_int_equal(make(f, "ffffffffffffffffffffffffffffffff", 999),
	    CK_ERR_REQUEST);
	assert_int_equal(ck_store_next_case(f->store, f->now_ms, &row,
	    &later), CK_OK);
	assert_string_equal(row.id, CASE_ID);
	assert_int_equal(row.state, CK_CASE_MADE);
	assert_int_equal(ck_store_case_operator(f->store, row.number, clerk),
	    CK_OK);
	assert_string_equal(clerk, CLERK);
	try(f, true, "line");
	assert_int_equal(state_of(f, false), CK_CASE_SENT);
	assert_int_equal(ck_store_next_case(f->store, f->now_ms, &row,
	    &later), CK_ERR_NOT_FOUND);
	assert_int_equal(later, f->now_ms + FIXTURE_HOUR_MS);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_ACKNOWLEDGED, 9),
	    CK_ERR_NOT_FOUND);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_ACKNOWLEDGED, 1),
	    CK_OK);
	assert_int_equal(state_of(f, false), CK_CASE_ACKNOWLEDGED);
	assert_string_equal(list(f, false).last.last_case.error, "");
	assert_int_equal(answer(f, CASE_ID, CK_CASE_CORRECTED, 1), CK_OK);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_ACKNOWLEDGED, 1),
	    CK_OK);
	assert_int_equal(state_of(f, false), CK_CASE_CORRECTED);
	CONFIRMED(f, HER);
	assert_int_equal(state_of(f, true), CK_CASE_CLOSED);
	assert_false(list(f, true).last.last_case.told);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_REFUSED, 1), CK_OK);
	assert_int_equal(state_of(f, true), CK_CASE_CLOSED);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_CLOSED, 1), CK_OK);
	assert_true(list(f, true).last.last_case.told);
}

static void
retests_are_counted(void **state)
{
	struct fixture *f = *state;

	FAILS(f, HER);
	assert_int_equal(make(f, CASE_ID, list(f, false).last.number),
	    CK_OK);
	try(f, true, "");
	FAILS(f, OTHER);
	assert_int_equal(list(f, false).count, 2);
	FAILS(f, HER);
	look_up(f, HER, CK_OUTCOME_UNAVAILABLE, "line", CK_OWNER_LINE);
	look_up(f, HER, CK_OUTCOME_NOT_COVERED, "010", CK_OWNER_PATIENT);
	CONFIRMED(f, HER);
	assert_int_equal(list(f, true).last.last_case.retests, 3);
}

/* Nobody is told of a case that nobody has seen. */
static void
what_never_left_is_closed_silently(void **state)
{
	struct fixture *f = *state;
	struct ck_case_row row;
	int64_t later;

	FAILS(f, HER);
	assert_int_equal(make(f, CASE_ID, list(f, false).last.number),
	    CK_OK);
	CONFIRMED(f, HER);
	assert_int_equal(state_of(f, true), CK_CASE_CLOSED);
	assert_int_equal(ck_store_next_case(f->store, f->now_ms, &row,
	    &later), CK_ERR_NOT_FOUND);
	assert_int_equal(later, 0);
}

static void
a_refused_case_may_be_followed(void **state)
{
	struct fixture *f = *state;
	int64_t number;

	FAILS(f, HER);
	number = list(f, false).last.number;
	assert_int_equal(make(f, CASE_ID, number), CK_OK);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_REFUSED, 1), CK_OK);
	assert_int_equal(make(f, "ffffffffffffffffffffffffffffffff", number),
	    CK_OK);
	assert_int_equal(state_of(f, false), CK_CASE_MADE);
}

static void
expect_measured(struct fixture *f, unsigned pending, int64_t oldest_ms,
    unsigned refused)
{
	struct ck_metrics *m = calloc(1, sizeof(*m));
	struct ck_db *db;

	assert_non_null(m);
	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_metrics_load(db, m), CK_OK);
	ck_db_close(&db);
	assert_int_equal(m->cases_pending, pending);
	assert_int_equal(m->cases_oldest_ms, oldest_ms);
	assert_int_equal(m->cases_refused, refused);
	free(m);
}

/* Waiting until the office acknowledges; refused until another case follows. */
static void
what_waits_is_measured(void **state)
{
	struct fixture *f = *state;
	int64_t number, made;

	FAILS(f, HER);
	expect_measured(f, 0, 0, 0);
	number = list(f, false).last.number;
	made = f->now_ms;
	assert_int_equal(make(f, CASE_ID, number), CK_OK);
	expect_measured(f, 1, made, 0);
	f->now_ms += FIXTURE_HOUR_MS;
	try(f, true, "line");
	expect_measured(f, 1, made, 0);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_ACKNOWLEDGED, 1), CK_OK);
	expect_measured(f, 0, 0, 0);
	assert_int_equal(answer(f, CASE_ID, CK_CASE_REFUSED, 1), CK_OK);
	expect_measured(f, 0, 0, 1);
	assert_int_equal(make(f, "ffffffffffffffffffffffffffffffff", number),
	    CK_OK);
	expect_measured(f, 1, f->now_ms, 0);
	CONFIRMED(f, HER);
	expect_measured(f, 0, 0, 0);
}

static void
nothing_personal_is_in_the_clear(void **state)
{
	struct fixture *f = *state;

	FAILS(f, HER);
	assert_int_equal(make(f, CASE_ID, list(f, false).last.number),
	    CK_OK);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM "
	    "correction_case WHERE instr(sealed, CAST('Trần' AS BLOB)) > 0"),
	    0);
	assert_int_equal(fixture_int(f, "SELECT length(sealed) > 28 FROM "
	    "correction_case"), 1);
}

static int64_t
erase(struct fixture *f, int64_t before_ms)
{
	int64_t erased;

	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_erase_corrections(f->store, before_ms, 10,
	    &erased), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);

	return erased;
}

static void
old_rows_go_with_their_cases(void **state)
{
	struct fixture *f = *state;
	int64_t first = f->now_ms;

	FAILS(f, HER);
	assert_int_equal(make(f, CASE_ID, list(f, false).last.number),
	    CK_OK);
	FAILS(f, OTHER);
	assert_int_equal(erase(f, first), 0);
	assert_int_equal(erase(f, first + 1), 1);
	assert_int_equal(list(f, false).count, 1);
	assert_int_equal(fixture_int(f,
	    "SELECT count(*) FROM correction_case"), 0);
}

/* A database of the schema before: what failed lately is listed. */
static void
an_older_database_is_filled(void **state)
{
	struct fixture *f = *state;
	struct ck_db *db;
	char path[128];

	FAILS(f, HER);
	FAILS(f, HER);
	FAILS(f, OTHER);
	CONFIRMED(f, OTHER);
	ck_store_close(&f->store);
	fixture_path(f, "checkin.db", path);
	assert_int_equal(ck_db_open(&db, path, CK_DB_READ_WRITE), CK_OK);
	/* and without what came later (0010_retention.sql) */
	assert_int_equal(ck_db_exec(db, "DROP INDEX check_in_kept; "
	    "DROP TABLE correction_case; DROP TABLE correction; "
	    "DELETE FROM migration WHERE version >= 9; "
	    "PRAGMA user_version = 8;"), CK_OK);
	ck_db_close(&db);
	fixture_open(f);
	assert_int_equal(list(f, false).count, 1);
	assert_int_equal(list(f, false).last.times, 2);
	CONFIRMED(f, HER);
	assert_int_equal(list(f, false).count, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define T(test) cmocka_unit_test_setup_teardown(test, fixture_setup, \
	fixture_teardown)
		T(a_person_stands_once_until_confirmed),
		T(others_failures_are_not_listed),
		T(another_key_confirms_nothing),
		T(a_case_goes_forward_only),
		T(retests_are_counted),
		T(what_never_left_is_closed_silently),
		T(a_refused_case_may_be_followed),
		T(what_waits_is_measured),
		T(nothing_personal_is_in_the_clear),
		T(old_rows_go_with_their_cases),
		T(an_older_database_is_filled),
#undef T
	};

	return cmocka_run_group_tests_name("correction_rows", tests, NULL,
	    NULL);
}
