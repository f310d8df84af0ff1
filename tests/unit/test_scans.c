/*
 * test_scans.c - what is asked all day costs the same after years
 *
 * SQLite itself counts the steps of its machine; nothing is timed. Each question
 * is put twice, with many more notices of the past the second time.
 */
#include <sqlite3.h>

#include "notice.h"
#include "stats/render.h"
#include "store/check_in.h"
#include "store_fixture.h"

/* Check-ins of the past, each with a notice that needs nobody any more. */
#define PAST 200

/* One level more of a tree at the most. */
#define GROWTH 100

static int steps;

static int
count_steps(unsigned what, void *ctx, void *stmt, void *more)
{
	(void)what;
	(void)ctx;
	(void)more;
	steps += sqlite3_stmt_status(stmt, SQLITE_STMTSTATUS_VM_STEP, 1);

	return 0;
}

/* Of each connection that is opened from now on. */
static int
watch(sqlite3 *db, const char **error, const void *routines)
{
	(void)error;
	(void)routines;

	return sqlite3_trace_v2(db, SQLITE_TRACE_PROFILE, count_steps, NULL);
}

static int
watch_all(void **state)
{
	(void)state;

	return sqlite3_auto_extension((void (*)(void))watch);
}

static int64_t fixture_next;

/* One more check-in, with a notice in this state. */
static void
add(struct fixture *f, enum ck_notice_state state)
{
	int64_t number = fixture_next++;
	struct ck_check_in check_in;
	struct ck_notice_row row;

	memset(&check_in, 0, sizeof(check_in));
	memset(&row, 0, sizeof(row));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms, check_in.id),
	    CK_OK);
	check_in.admitted_ms = f->now_ms;
	check_in.without = CK_WITHOUT_CARD;
	notice_fill(&check_in.draft);
	assert_int_equal(ck_store_put_check_in(f->store, &check_in), CK_OK);
	row.check_in = number;
	row.state = CK_NOTICE_PENDING;
	notice_fill(&row.notice);
	(void)snprintf(check_in.desk, sizeof(check_in.desk), "LK%d",
	    (int)number);
	notice_set(&row.notice, CK_FIELD_MA_LK, check_in.desk);
	assert_int_equal(ck_store_put_notice(f->store, &row, true), CK_OK);
	if (state != CK_NOTICE_PENDING) {
		row.number = number;
		row.state = state;
		row.decided_ms = f->now_ms;
		assert_int_equal(ck_store_put_notice(f->store, &row, true),
		    CK_OK);
	}
	ck_notice_row_wipe(&row);
	ck_check_in_wipe(&check_in);
}

/* Some of them told by the desk, some by hospital software. */
static void
let_time_pass(struct fixture *f)
{
	unsigned i;

	assert_int_equal(ck_store_begin(f->store), CK_OK);
	for (i = 0; i < PAST; i++)
		add(f, i % 2 == 0 ? CK_NOTICE_ACCEPTED :
		    CK_NOTICE_SENT_BY_SOFTWARE);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

typedef void (*question_fn)(struct fixture *f);

static int
cost(struct fixture *f, question_fn ask)
{
	steps = 0;
	ask(f);

	return steps;
}

/* Three notices need somebody, in the midst of many that do not. */
static void
expect_no_growth(struct fixture *f, question_fn ask)
{
	int before;

	fixture_next = 1;
	let_time_pass(f);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	add(f, CK_NOTICE_REJECTED);
	add(f, CK_NOTICE_GIVEN_UP);
	add(f, CK_NOTICE_PENDING);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	before = cost(f, ask);
	assert_true(before > 0);
	let_time_pass(f);
	assert_true(cost(f, ask) <= before + GROWTH);
}

static enum ck_err
count_row(void *ctx, const struct ck_notice_row *row)
{
	(void)row;
	(*(unsigned *)ctx)++;

	return CK_OK;
}

static void
ask_what_to_send(struct fixture *f)
{
	struct ck_notice_row row;
	int64_t later;

	assert_int_equal(ck_store_next_notice(f->store, f->now_ms, 1000, &row,
	    &later), CK_OK);
	assert_int_equal(row.number, fixture_next - 1);
	ck_notice_row_wipe(&row);
}

static void
ask_when_to_send(struct fixture *f)
{
	struct ck_notice_row row;
	int64_t later;

	assert_int_equal(ck_store_get_notice(f->store, PAST + 3, &row), CK_OK);
	row.due_ms = f->now_ms + 500;
	row.tries = 1;
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_notice(f->store, &row, false), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	ck_notice_row_wipe(&row);
	assert_int_equal(ck_store_next_notice(f->store, f->now_ms, 1000, &row,
	    &later), CK_ERR_NOT_FOUND);
	assert_int_equal(later, f->now_ms + 500);
}

static void
list_what_is_open(struct fixture *f)
{
	static const enum ck_notice_state open[] = {
		CK_NOTICE_PENDING, CK_NOTICE_REJECTED, CK_NOTICE_GIVEN_UP
	};
	unsigned i, count;

	for (i = 0; i < 3; i++) {
		count = 0;
		assert_int_equal(ck_store_notices_in(f->store, open[i], 0,
		    100, count_row, &count), CK_OK);
		assert_int_equal(count, 1);
	}
}

static void
scrape(struct fixture *f)
{
	struct ck_metrics metrics = { 0 };
	struct ck_db *db;

	assert_int_equal(ck_store_open_reader(f->store, &db), CK_OK);
	assert_int_equal(ck_metrics_load(db, &metrics), CK_OK);
	ck_db_close(&db);
	assert_int_equal(metrics.outbox_pending, 3);
}

static void
erase_all(struct fixture *f)
{
	int64_t erased;

	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_erase_check_ins(f->store, f->now_ms,
	    10 * PAST, &erased), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

/* One that waits behind all that was sent before it. */
static void
the_outbox_looks_at_what_waits_alone(void **state)
{
	struct fixture *f = *state;
	struct ck_notice_row row;
	int before;

	fixture_next = 1;
	let_time_pass(f);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	add(f, CK_NOTICE_PENDING);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	before = cost(f, ask_what_to_send);
	assert_int_equal(ck_store_get_notice(f->store, fixture_next - 1,
	    &row), CK_OK);
	row.state = CK_NOTICE_ACCEPTED;
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_put_notice(f->store, &row, true), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	ck_notice_row_wipe(&row);
	let_time_pass(f);
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	add(f, CK_NOTICE_PENDING);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
	assert_true(cost(f, ask_what_to_send) <= before + GROWTH);
}

static void
the_outbox_knows_when_it_goes_on(void **state)
{
	expect_no_growth(*state, ask_when_to_send);
}

static void
lists_of_what_is_open_look_at_that_alone(void **state)
{
	expect_no_growth(*state, list_what_is_open);
}

static void
a_scrape_looks_at_what_is_open_alone(void **state)
{
	expect_no_growth(*state, scrape);
}

/* What is erased already is not looked at again. */
static void
retention_looks_at_what_is_left_alone(void **state)
{
	struct fixture *f = *state;
	int before;

	fixture_next = 1;
	let_time_pass(f);
	f->now_ms++;
	erase_all(f);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM check_in "
	    "WHERE sealed <> x''"), 0);
	before = cost(f, erase_all);
	let_time_pass(f);
	f->now_ms++;
	erase_all(f);
	assert_true(cost(f, erase_all) <= before + GROWTH);
}

/* --- Lookups -------------------------------------------------------------- */

/* Somebody who was never here: asked, answered, kept, counted. */
static void
look_up(struct fixture *f)
{
	struct ck_lookup_record record;
	struct ck_answer answer;
	char number[13];

	(void)snprintf(number, sizeof(number), "08409%07u",
	    (unsigned)fixture_next++ % 10000000);
	record = fixture_record(f, number);
	fixture_put(f, &record);
	fixture_call(f, &record, "000", CK_OUTCOME_COVERED);
	fixture_answer(&record, CK_OUTCOME_COVERED, CK_SOURCE_GATEWAY, "000");
	record.closed_ms = f->now_ms;
	fixture_close(f, &record);
	memset(&answer, 0, sizeof(answer));
	(void)snprintf(answer.code, sizeof(answer.code), "000");
	answer.as_of_ms = f->now_ms;
	assert_int_equal(ck_store_begin(f->store), CK_OK);
	assert_int_equal(ck_store_cache_put(f->store, &record.person,
	    &answer), CK_OK);
	assert_int_equal(ck_store_commit(f->store), CK_OK);
}

/* And somebody whom nobody could ask about: to be asked again. */
static void
look_up_in_vain(struct fixture *f)
{
	struct ck_lookup_record record;
	char number[13];

	(void)snprintf(number, sizeof(number), "08409%07u",
	    (unsigned)fixture_next++ % 10000000);
	record = fixture_record(f, number);
	fixture_answer(&record, CK_OUTCOME_UNAVAILABLE, CK_SOURCE_NONE,
	    "line");
	record.closed_ms = f->now_ms;
	fixture_close(f, &record);
}

static void
let_visits_pass(struct fixture *f)
{
	unsigned i;

	for (i = 0; i < PAST; i++)
		look_up(f);
}

static void
a_lookup_costs_the_same_after_years(void **state)
{
	struct fixture *f = *state;
	int before, in_vain;

	fixture_next = 1;
	let_visits_pass(f);
	before = cost(f, look_up);
	in_vain = cost(f, look_up_in_vain);
	let_visits_pass(f);
	assert_true(cost(f, look_up) <= before + GROWTH);
	assert_true(cost(f, look_up_in_vain) <= in_vain + GROWTH);
}

#define TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_outbox_looks_at_what_waits_alone),
		TEST(the_outbox_knows_when_it_goes_on),
		TEST(lists_of_what_is_open_look_at_that_alone),
		TEST(a_scrape_looks_at_what_is_open_alone),
		TEST(retention_looks_at_what_is_left_alone),
		TEST(a_lookup_costs_the_same_after_years),
	};

	return cmocka_run_group_tests_name("scans", tests, watch_all, NULL);
}
