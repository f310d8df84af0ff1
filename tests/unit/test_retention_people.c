/*
 * test_retention_people.c - check-ins, visits and the hashes of people's
 * numbers do not stay for ever; what the insurer lacks does
 */
#include "notice.h"
#include "store/check_in.h"
#include "store/receipt.h"
#include "store_fixture.h"

#define DAY_MS (24 * FIXTURE_HOUR_MS)

#define KEPT "SELECT count(*) FROM check_in WHERE sealed <> x''"
#define NOTICES "SELECT count(*) FROM notice WHERE sealed <> x''"
#define RECEIPTS "SELECT count(*) FROM receipt WHERE sealed IS NOT NULL"
#define NUMBERS "SELECT count(*) FROM person_number"
#define VISITS "SELECT count(*) FROM visit"
#define COUNTED "SELECT sum(count) FROM rollup"

/* Series 2 of ck/words.h: visits. */
#define COUNTED_VISITS "SELECT coalesce(sum(count), 0) FROM rollup " \
	"WHERE series = 2"

static void
begin(struct fixture *f)
{
	assert_int_equal(ck_store_begin(f->store), CK_OK);
}

static void
commit(struct fixture *f)
{
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

static void
count_finding(void *ctx, const char *text)
{
	print_message("%s\n", text);
	(*(unsigned *)ctx)++;
}

/* What "checkin receipt verify" finds; the store is closed for it. */
static unsigned
verify(struct fixture *f, struct ck_receipt_report *report)
{
	unsigned findings = 0;

	ck_store_close(&f->store);
	assert_int_equal(ck_receipts_verify(f->directory, NULL, count_finding,
	    &findings, report), CK_OK);

	return findings;
}

/* --- Check-ins ------------------------------------------------------------ */

/* Admitted now, the key and MA_LK of this name. */
static void
admit(struct fixture *f, const char *name, char id[CK_LOOKUP_ID_LEN])
{
	struct ck_check_in one;

	memset(&one, 0, sizeof(one));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms, one.id), CK_OK);
	memcpy(id, one.id, sizeof(one.id));
	one.admitted_ms = f->now_ms;
	one.without = CK_WITHOUT_CARD;
	strcpy(one.operator_name, "Trần Thị Thử");
	strcpy(one.desk, "ban-1");
	strcpy(one.idempotency_key, name);
	notice_fill(&one.draft);
	begin(f);
	assert_int_equal(ck_store_put_check_in(f->store, &one), CK_OK);
	commit(f);
	ck_check_in_wipe(&one);
}

static enum ck_err
put(struct fixture *f, const struct ck_notice_row *row)
{
	enum ck_err err;

	begin(f);
	err = ck_store_put_notice(f->store, row, true);
	if (err == CK_OK)
		commit(f);
	else
		ck_store_rollback(f->store);

	return err;
}

/* A notice of the check-in, in this state since now; CK_NOTICE_PENDING: not
 * sent yet. */
static enum ck_err
notice(struct fixture *f, const char *id, const char *episode,
    enum ck_notice_state state)
{
	struct ck_check_in check_in;
	struct ck_notice_row row;
	enum ck_err err;

	assert_int_equal(ck_store_get_check_in(f->store, id, &check_in),
	    CK_OK);
	memset(&row, 0, sizeof(row));
	row.check_in = check_in.number;
	row.state = CK_NOTICE_PENDING;
	row.made_ms = f->now_ms;
	notice_fill(&row.notice);
	notice_set(&row.notice, CK_FIELD_MA_LK, episode);
	err = put(f, &row);
	if (err == CK_OK && state != CK_NOTICE_PENDING) {
		row.number = fixture_int(f, "SELECT max(number) FROM notice");
		row.state = state;
		row.decided_ms = f->now_ms;
		strcpy(row.words, "Trường vượt quá độ dài: MA_LK");
		err = put(f, &row);
	}
	ck_notice_row_wipe(&row);
	ck_check_in_wipe(&check_in);

	return err;
}

static int64_t
erase(struct fixture *f, int64_t before_ms, int64_t limit)
{
	int64_t erased;

	begin(f);
	assert_int_equal(ck_store_erase_check_ins(f->store, before_ms, limit,
	    &erased), CK_OK);
	commit(f);

	return erased;
}

static enum ck_err
find(struct fixture *f, const char *id)
{
	struct ck_check_in check_in;
	enum ck_err err = ck_store_get_check_in(f->store, id, &check_in);

	ck_check_in_wipe(&check_in);

	return err;
}

static enum ck_err
count_row(void *ctx, const struct ck_notice_row *row)
{
	(void)row;
	(*(unsigned *)ctx)++;

	return CK_OK;
}

static unsigned
count_in(struct fixture *f, enum ck_notice_state state)
{
	unsigned count = 0;

	assert_int_equal(ck_store_notices_in(f->store, state, 0, 100,
	    count_row, &count), CK_OK);

	return count;
}

static void
old_check_ins_lose_what_is_personal(void **state)
{
	struct fixture *f = *state;
	char old[CK_LOOKUP_ID_LEN], draft[CK_LOOKUP_ID_LEN];
	char young[CK_LOOKUP_ID_LEN];
	struct ck_receipt_report report;
	struct ck_notice_row row;
	struct ck_check_in found;
	int64_t receipts;

	admit(f, "LK-1", old);
	assert_int_equal(notice(f, old, "LK-1", CK_NOTICE_ACCEPTED), CK_OK);
	admit(f, "LK-2", draft);	/* no cost ever came of it */
	f->now_ms += DAY_MS;
	admit(f, "LK-3", young);
	assert_int_equal(notice(f, young, "LK-3", CK_NOTICE_ACCEPTED), CK_OK);
	receipts = fixture_int(f, RECEIPTS);
	assert_int_equal(erase(f, f->now_ms - DAY_MS, 9), 0);
	assert_int_equal(erase(f, f->now_ms, 9), 2);
	assert_int_equal(erase(f, f->now_ms, 9), 0);

	assert_int_equal(find(f, old), CK_ERR_NOT_FOUND);
	assert_int_equal(find(f, draft), CK_ERR_NOT_FOUND);
	assert_int_equal(find(f, young), CK_OK);
	assert_int_equal(ck_store_get_notice(f->store, 1, &row),
	    CK_ERR_NOT_FOUND);
	assert_int_equal(ck_store_check_in_of_key(f->store, "LK-1", &found),
	    CK_ERR_NOT_FOUND);
	assert_int_equal(count_in(f, CK_NOTICE_ACCEPTED), 1);
	assert_int_equal(fixture_int(f, KEPT), 1);
	assert_int_equal(fixture_int(f, NOTICES), 1);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM check_in WHERE "
	    "person IS NOT NULL"), 1);
	/* Admitted three times, and two notices kept and taken. */
	assert_int_equal(receipts, 7);
	assert_int_equal(fixture_int(f, RECEIPTS), 3);
	/* Its MA_LK stays its own. */
	assert_int_equal(notice(f, young, "LK-1", CK_NOTICE_PENDING),
	    CK_ERR_REQUEST);
	assert_int_equal(verify(f, &report), 0);
	assert_int_equal(report.receipts, receipts);
	assert_int_equal(report.erased, 4);
	/* And the chain goes on. */
	fixture_open(f);
	admit(f, "LK-1", old);
	assert_int_equal(verify(f, &report), 0);
}

static void
what_the_insurer_lacks_is_never_erased(void **state)
{
	static const enum ck_notice_state lacking[] = {
		CK_NOTICE_PENDING, CK_NOTICE_REJECTED, CK_NOTICE_GIVEN_UP
	};
	struct fixture *f = *state;
	char id[3][CK_LOOKUP_ID_LEN], sent[CK_LOOKUP_ID_LEN];
	struct ck_receipt_report report;
	struct ck_notice_row row;
	char name[8];
	unsigned i;

	for (i = 0; i < 3; i++) {
		(void)snprintf(name, sizeof(name), "LK-%u", i + 1);
		admit(f, name, id[i]);
		assert_int_equal(notice(f, id[i], name, lacking[i]), CK_OK);
	}
	admit(f, "LK-4", sent);
	assert_int_equal(notice(f, sent, "LK-4", CK_NOTICE_SENT_BY_SOFTWARE),
	    CK_OK);
	/* A second notice of a visit, refused, holds what was taken before. */
	assert_int_equal(notice(f, id[0], "LK-1", CK_NOTICE_ACCEPTED), CK_OK);
	f->now_ms += 5000 * DAY_MS;
	assert_int_equal(erase(f, f->now_ms, 9), 1);
	assert_int_equal(find(f, sent), CK_ERR_NOT_FOUND);
	for (i = 0; i < 3; i++)
		assert_int_equal(find(f, id[i]), CK_OK);
	assert_int_equal(fixture_int(f, NOTICES), 4);

	/* Taken today: then its proof is as young as that. */
	assert_int_equal(ck_store_get_notice(f->store, 2, &row), CK_OK);
	row.state = CK_NOTICE_ACCEPTED;
	row.decided_ms = f->now_ms;
	assert_int_equal(put(f, &row), CK_OK);
	ck_notice_row_wipe(&row);
	assert_int_equal(erase(f, f->now_ms, 9), 0);
	assert_int_equal(erase(f, f->now_ms + 1, 9), 1);
	assert_int_equal(find(f, id[1]), CK_ERR_NOT_FOUND);
	assert_int_equal(verify(f, &report), 0);
}

static void
it_goes_in_steps_and_stops_at_what_is_young(void **state)
{
	struct fixture *f = *state;
	char id[CK_LOOKUP_ID_LEN];
	int64_t now = f->now_ms;

	admit(f, "1", id);
	admit(f, "2", id);
	admit(f, "3", id);
	/* A day under a clock that was ahead, and one under one behind. */
	f->now_ms = now + 1000 * DAY_MS;
	admit(f, "4", id);
	f->now_ms = now - 5000 * DAY_MS;
	admit(f, "5", id);
	assert_int_equal(erase(f, now + DAY_MS, 2), 2);
	assert_int_equal(erase(f, now + DAY_MS, 2), 1);
	assert_int_equal(erase(f, now + DAY_MS, 2), 0);
	assert_int_equal(fixture_int(f, KEPT), 2);
}

/* Change the closed database behind the program's back. */
static void
tamper(struct fixture *f, const char *sql)
{
	struct ck_db *db;
	char path[128];

	ck_store_close(&f->store);
	fixture_path(f, "checkin.db", path);
	assert_int_equal(ck_db_open(&db, path, CK_DB_READ_WRITE), CK_OK);
	assert_int_equal(ck_db_exec(db, sql), CK_OK);
	ck_db_close(&db);
}

static void
half_of_an_erasure_is_found(void **state)
{
	struct fixture *f = *state;
	char id[CK_LOOKUP_ID_LEN];
	struct ck_receipt_report report;

	admit(f, "1", id);
	tamper(f, "UPDATE receipt SET sealed = NULL");
	assert_int_equal(verify(f, &report), 1);
	fixture_open(f);
	admit(f, "2", id);
	tamper(f, "UPDATE check_in SET sealed = x'' WHERE number = 2");
	assert_int_equal(verify(f, &report), 2);
}

/* --- People --------------------------------------------------------------- */

/* A lookup that the insurer answered with yes, for a visit of today. */
static void
visit(struct fixture *f, const char *number)
{
	struct ck_lookup_record record = fixture_record(f, number);

	fixture_put(f, &record);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	record.closed_ms = f->now_ms;
	fixture_close(f, &record);
}

static int64_t
forget(struct fixture *f, int64_t before_ms, int64_t limit)
{
	int64_t erased;

	begin(f);
	assert_int_equal(ck_store_forget_persons(f->store, before_ms, limit,
	    &erased), CK_OK);
	commit(f);

	return erased;
}

static void
a_number_goes_with_the_last_visit_of_its_person(void **state)
{
	struct fixture *f = *state;
	int64_t counted, first = f->now_ms;

	visit(f, "084090000001");
	visit(f, "084090000002");
	f->now_ms += 10 * DAY_MS;
	visit(f, "084090000002");
	visit(f, "084090000003");
	counted = fixture_int(f, COUNTED);
	assert_int_equal(fixture_int(f, VISITS), 4);
	assert_int_equal(forget(f, first, 9), 0);
	assert_int_equal(fixture_int(f, VISITS), 4);
	assert_int_equal(forget(f, first, 9), 0);	/* the round's end */
	assert_int_equal(forget(f, first + DAY_MS, 9), 1);
	assert_int_equal(fixture_int(f, VISITS), 2);
	assert_int_equal(fixture_int(f, NUMBERS), 2);
	assert_int_equal(fixture_int(f, COUNTED), counted);
	assert_int_equal(fixture_int(f, COUNTED_VISITS), 4);

	/* Who comes back is a new person, and counts as what she is. */
	visit(f, "084090000001");
	assert_int_equal(fixture_int(f, NUMBERS), 3);
	assert_int_equal(fixture_int(f, COUNTED_VISITS), 5);
}

static void
nobody_is_forgotten_of_whom_something_is_kept(void **state)
{
	const struct ck_person_keys cached = { .id_number = "084090000001" };
	struct fixture *f = *state;
	struct ck_answer answer;
	struct ck_lookup_record open;
	char id[CK_LOOKUP_ID_LEN];
	int64_t later = f->now_ms + 5000 * DAY_MS;

	memset(&answer, 0, sizeof(answer));
	answer.as_of_ms = f->now_ms;
	begin(f);
	assert_int_equal(ck_store_cache_put(f->store, &cached, &answer),
	    CK_OK);
	commit(f);
	open = fixture_record(f, "084090000002");
	fixture_put(f, &open);
	admit(f, "1", id);
	assert_int_equal(notice(f, id, "LK-1", CK_NOTICE_REJECTED), CK_OK);
	assert_int_equal(fixture_int(f, NUMBERS), 3);
	assert_int_equal(forget(f, later, 9), 0);
	assert_int_equal(fixture_int(f, NUMBERS), 3);
}

/* Every person is looked at once a round, however few at a time. */
static void
a_round_misses_nobody(void **state)
{
	struct fixture *f = *state;
	int64_t later, erased = 0;
	char number[16];
	unsigned i;

	for (i = 0; i < 7; i++) {
		(void)snprintf(number, sizeof(number), "08409000000%u", i);
		visit(f, number);
	}
	later = f->now_ms + 2 * DAY_MS;
	for (i = 0; i < 4; i++)
		erased += forget(f, later, 2);
	assert_int_equal(erased, 7);
	assert_int_equal(fixture_int(f, NUMBERS), 0);
	assert_int_equal(fixture_int(f, VISITS), 0);
	assert_int_equal(fixture_int(f, COUNTED_VISITS), 7);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(old_check_ins_lose_what_is_personal),
		TEST(what_the_insurer_lacks_is_never_erased),
		TEST(it_goes_in_steps_and_stops_at_what_is_young),
		TEST(half_of_an_erasure_is_found),
		TEST(a_number_goes_with_the_last_visit_of_its_person),
		TEST(nobody_is_forgotten_of_whom_something_is_kept),
		TEST(a_round_misses_nobody),
	};

	return cmocka_run_group_tests_name("retention_people", tests, NULL,
	    NULL);
}
