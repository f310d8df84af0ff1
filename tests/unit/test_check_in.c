/*
 * test_check_in.c - the rows of check-ins and notices, on a real database
 */
#include "notice.h"
#include "receipt/statement.h"
#include "store/check_in.h"
#include "store/check_in_pack.h"
#include "store/receipt.h"
#include "store_fixture.h"

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

/* Somebody admitted now under key. */
static void
admit(struct fixture *f, const char *key, struct ck_check_in *out)
{
	char id[CK_LOOKUP_ID_LEN];

	memset(out, 0, sizeof(*out));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms,
	    out->id), CK_OK);
	out->admitted_ms = f->now_ms;
	out->without = CK_WITHOUT_NEWBORN;
	out->flags = CK_ADMITTED_REFERRED | CK_ADMITTED_UNINSURED;
	strcpy(out->operator_name, "Trần Thị Thử");
	strcpy(out->desk, "ban-1");
	strcpy(out->idempotency_key, key);
	notice_fill(&out->draft);
	begin(f);
	assert_int_equal(ck_store_put_check_in(f->store, out), CK_OK);
	commit(f);
	memcpy(id, out->id, sizeof(id));
	ck_check_in_wipe(out);
	assert_int_equal(ck_store_get_check_in(f->store, id, out), CK_OK);
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

/* A new pending notice of this check-in. */
static enum ck_err
notice(struct fixture *f, const struct ck_check_in *check_in,
    const char *episode)
{
	struct ck_notice_row row;
	enum ck_err err;

	memset(&row, 0, sizeof(row));
	row.check_in = check_in->number;
	row.state = CK_NOTICE_PENDING;
	row.made_ms = f->now_ms;
	notice_fill(&row.notice);
	notice_set(&row.notice, CK_FIELD_MA_LK, episode);
	err = put(f, &row);
	ck_notice_row_wipe(&row);

	return err;
}

static void
a_check_in_is_read_back_as_it_was_written(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one, two;

	admit(f, "key-1", &one);
	assert_int_equal(ck_store_check_in_of_key(f->store, "key-1", &two),
	    CK_OK);
	assert_string_equal(two.id, one.id);
	assert_int_equal(two.number, one.number);
	assert_int_equal(two.admitted_ms, f->now_ms);
	assert_int_equal(two.without, CK_WITHOUT_NEWBORN);
	assert_int_equal(two.flags, CK_ADMITTED_REFERRED |
	    CK_ADMITTED_UNINSURED);
	assert_string_equal(two.operator_name, "Trần Thị Thử");
	assert_string_equal(two.desk, "ban-1");
	assert_true(ck_notice_equal(&one.draft, &two.draft));
	ck_check_in_wipe(&one);
	ck_check_in_wipe(&two);
	assert_int_equal(ck_store_check_in_of_key(f->store, "key-2", &two),
	    CK_ERR_NOT_FOUND);
	assert_int_equal(ck_store_get_check_in(f->store, "zz", &two),
	    CK_ERR_NOT_FOUND);
}

static void
a_key_has_one_check_in(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	admit(f, "key-1", &one);
	assert_int_equal(ck_store_new_id(f->store, f->now_ms,
	    one.id), CK_OK);
	strcpy(one.idempotency_key, "key-1");
	begin(f);
	assert_int_equal(ck_store_put_check_in(f->store, &one),
	    CK_ERR_REQUEST);
	ck_store_rollback(f->store);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM check_in"), 1);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM receipt"), 1);
	ck_check_in_wipe(&one);
}

#define PAUSE_MAX_MS 300000

static int64_t later_ms;

static enum ck_err
next(struct fixture *f, struct ck_notice_row *row)
{
	return ck_store_next_notice(f->store, f->now_ms, PAUSE_MAX_MS, row,
	    &later_ms);
}

/* The end of the notice on its way. */
static void
end(struct fixture *f, enum ck_notice_state state)
{
	struct ck_notice_row row;

	assert_int_equal(next(f, &row), CK_OK);
	row.state = state;
	row.decided_ms = f->now_ms;
	strcpy(row.code, "200");
	strcpy(row.words, "Trường vượt quá độ dài: MA_LK");
	strcpy(row.transaction, "GD1");
	assert_int_equal(put(f, &row), CK_OK);
	ck_notice_row_wipe(&row);
}

static void
expect_next(struct fixture *f, const char *episode)
{
	struct ck_notice_row row;
	enum ck_err err = next(f, &row);

	if (episode == NULL) {
		assert_int_equal(err, CK_ERR_NOT_FOUND);
		return;
	}
	assert_int_equal(err, CK_OK);
	assert_string_equal(ck_notice_get(&row.notice, CK_FIELD_MA_LK),
	    episode);
	ck_notice_row_wipe(&row);
}

static void
notices_go_in_order_and_a_refused_one_stops_its_visit_alone(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one, two;
	struct ck_notice_row row;

	expect_next(f, NULL);
	admit(f, "1", &one);
	admit(f, "2", &two);
	assert_int_equal(notice(f, &one, "LK-1"), CK_OK);
	assert_int_equal(notice(f, &one, "LK-1"), CK_OK);
	assert_int_equal(notice(f, &two, "LK-2"), CK_OK);
	expect_next(f, "LK-1");
	end(f, CK_NOTICE_REJECTED);
	expect_next(f, "LK-2");
	end(f, CK_NOTICE_ACCEPTED);
	expect_next(f, NULL);
	assert_int_equal(ck_store_get_notice(f->store, 1, &row), CK_OK);
	assert_string_equal(row.words, "Trường vượt quá độ dài: MA_LK");
	assert_string_equal(row.check_in_id, one.id);
	row.state = CK_NOTICE_ACCEPTED;
	assert_int_equal(put(f, &row), CK_OK);
	ck_notice_row_wipe(&row);
	expect_next(f, "LK-1");
	end(f, CK_NOTICE_ACCEPTED);
	expect_next(f, NULL);
	assert_int_equal(ck_store_get_notice(f->store, 4, &row),
	    CK_ERR_NOT_FOUND);
	ck_check_in_wipe(&one);
	ck_check_in_wipe(&two);
}

/* The notice on its way may have arrived; it is due again after pause_ms. */
static void
doubt(struct fixture *f, const char *episode, int64_t pause_ms)
{
	struct ck_notice_row row;

	assert_int_equal(next(f, &row), CK_OK);
	assert_string_equal(ck_notice_get(&row.notice, CK_FIELD_MA_LK),
	    episode);
	row.tries++;
	row.due_ms = f->now_ms + pause_ms;
	assert_int_equal(put(f, &row), CK_OK);
	ck_notice_row_wipe(&row);
}

static void
a_doubtful_notice_steps_aside_for_other_visits(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in list[4];
	char name[8];
	unsigned i;

	for (i = 0; i < 4; i++) {
		(void)snprintf(name, sizeof(name), "LK-%u", i + 1);
		admit(f, name, &list[i]);
		if (i < 3)
			assert_int_equal(notice(f, &list[i], name), CK_OK);
	}
	/* of the first visit a ward's notice: it waits for the first cost's */
	assert_int_equal(notice(f, &list[0], "LK-1"), CK_OK);
	doubt(f, "LK-1", 2000);
	doubt(f, "LK-2", 1000);
	end(f, CK_NOTICE_ACCEPTED);	/* LK-3 did not wait for them */
	expect_next(f, NULL);
	assert_int_equal(later_ms, f->now_ms + 1000);
	f->now_ms += 2000;
	expect_next(f, "LK-2");		/* was due first */
	assert_int_equal(notice(f, &list[3], "LK-4"), CK_OK);
	expect_next(f, "LK-4");		/* is new */
	end(f, CK_NOTICE_ACCEPTED);
	doubt(f, "LK-2", 1000);
	expect_next(f, "LK-1");
	end(f, CK_NOTICE_ACCEPTED);
	expect_next(f, "LK-1");		/* the ward's, now */
	end(f, CK_NOTICE_ACCEPTED);
	expect_next(f, NULL);
	for (i = 0; i < 4; i++)
		ck_check_in_wipe(&list[i]);
}

static void
a_clock_set_back_holds_nothing(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	admit(f, "1", &one);
	assert_int_equal(notice(f, &one, "LK-1"), CK_OK);
	doubt(f, "LK-1", 1000);
	expect_next(f, NULL);
	f->now_ms -= 86400000;
	expect_next(f, "LK-1");
	ck_check_in_wipe(&one);
}

static void
an_episode_belongs_to_one_check_in_for_ever(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one, two;

	admit(f, "1", &one);
	admit(f, "2", &two);
	assert_int_equal(notice(f, &one, "LK-1"), CK_OK);
	assert_int_equal(notice(f, &two, "LK-1"), CK_ERR_REQUEST);
	assert_int_equal(notice(f, &one, "LK-3"), CK_ERR_REQUEST);
	assert_int_equal(notice(f, &two, "LK-2"), CK_OK);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM notice"), 2);
	ck_check_in_wipe(&one);
	ck_check_in_wipe(&two);
}

static void
the_queue_is_there_after_a_restart(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	admit(f, "1", &one);
	assert_int_equal(notice(f, &one, "LK-1"), CK_OK);
	ck_store_close(&f->store);
	fixture_open(f);
	expect_next(f, "LK-1");
	ck_check_in_wipe(&one);
}

/* Four texts and 26 fields, all empty, as the first version wrote them. */
static void
a_notice_of_an_older_program_is_read(void **state)
{
	uint8_t bytes[1 + (4 + CK_FIELDS) * 2 + 1] = { 1 };
	struct ck_notice_row row;

	(void)state;
	memset(&row, 0, sizeof(row));
	assert_int_equal(ck_unpack_notice(ck_span_of(bytes,
	    sizeof(bytes) - 1), &row), CK_OK);
	assert_string_equal(row.answer_id, "");
	assert_int_equal(row.corrects, 0);
	assert_int_equal(ck_unpack_notice(ck_span_of(bytes, sizeof(bytes)),
	    &row), CK_ERR_STORE_CORRUPT);
	/* The second has two texts behind; the third is not written yet. */
	bytes[0] = 2;
	assert_int_equal(ck_unpack_notice(ck_span_of(bytes,
	    sizeof(bytes) - 1), &row), CK_ERR_STORE_CORRUPT);
	bytes[0] = 3;
	assert_int_equal(ck_unpack_notice(ck_span_of(bytes,
	    sizeof(bytes) - 1), &row), CK_ERR_STORE_CORRUPT);
	ck_notice_row_wipe(&row);
}

/* --- Receipts --------------------------------------------------------------- */

static unsigned findings;

static void
on_finding(void *ctx, const char *text)
{
	(void)ctx;
	assert_non_null(strstr(text, "check-in "));
	findings++;
}

static unsigned
verify(struct fixture *f)
{
	struct ck_receipt_report report;

	findings = 0;
	assert_int_equal(ck_receipts_verify(f->directory, NULL, on_finding,
	    NULL, &report), CK_OK);
	assert_int_equal(report.findings, findings);

	return findings;
}

static void
run_sql(struct fixture *f, const char *sql)
{
	struct ck_db *db;
	char path[128];

	fixture_path(f, "checkin.db", path);
	assert_int_equal(ck_db_open(&db, path, CK_DB_READ_WRITE), CK_OK);
	assert_int_equal(ck_db_exec(db, sql), CK_OK);
	ck_db_close(&db);
}

static void
what_is_changed_behind_our_back_is_found(void **state)
{
	static const char *const changes[][2] = {
		{ "UPDATE notice SET state = 2", "UPDATE notice SET state = 1" },
		{ "UPDATE notice SET made_ms = made_ms + 1",
		    "UPDATE notice SET made_ms = made_ms - 1" },
		{ "UPDATE check_in SET without = 5",
		    "UPDATE check_in SET without = 1" },
		{ "UPDATE check_in SET admitted_ms = admitted_ms + 1",
		    "UPDATE check_in SET admitted_ms = admitted_ms - 1" }
	};
	struct fixture *f = *state;
	struct ck_check_in one;
	size_t i;

	admit(f, "1", &one);
	assert_int_equal(notice(f, &one, "LK-1"), CK_OK);
	assert_int_equal(verify(f), 0);
	for (i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		run_sql(f, changes[i][0]);
		assert_int_equal(verify(f), 1);
		run_sql(f, changes[i][1]);
		assert_int_equal(verify(f), 0);
	}
	run_sql(f, "DELETE FROM notice");
	assert_int_equal(verify(f), 1);
	run_sql(f, "DELETE FROM check_in");
	assert_int_equal(verify(f), 1);
	ck_check_in_wipe(&one);
}

#define STORE(fn) \
	cmocka_unit_test_setup_teardown(fn, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		STORE(a_check_in_is_read_back_as_it_was_written),
		STORE(a_key_has_one_check_in),
		STORE(notices_go_in_order_and_a_refused_one_stops_its_visit_alone),
		STORE(a_doubtful_notice_steps_aside_for_other_visits),
		STORE(a_clock_set_back_holds_nothing),
		STORE(an_episode_belongs_to_one_check_in_for_ever),
		STORE(the_queue_is_there_after_a_restart),
		cmocka_unit_test(a_notice_of_an_older_program_is_read),
		STORE(what_is_changed_behind_our_back_is_found)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
