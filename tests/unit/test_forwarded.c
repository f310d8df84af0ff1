/*
 * test_forwarded.c - calls that were passed through, and which notice of ours
 * they make needless, on a real database
 */
#include "notice.h"
#include "receipt/statement.h"
#include "store/check_in.h"
#include "store/forwarded.h"
#include "store/proxy_account.h"
#include "store/receipt.h"
#include "store_fixture.h"

#define NAME "Nguyễn Văn Mẫu"

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

/* --- What the desk does --------------------------------------------------- */

/* Somebody admitted; the draft has no MA_LK yet. */
static void
admit(struct fixture *f, const char *name, struct ck_check_in *out)
{
	char id[CK_LOOKUP_ID_LEN];

	memset(out, 0, sizeof(*out));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms, out->id), CK_OK);
	out->admitted_ms = f->now_ms;
	out->without = CK_WITHOUT_CARD;
	strcpy(out->operator_name, "Trần Thị Thử");
	notice_fill(&out->draft);
	notice_set(&out->draft, CK_FIELD_MA_LK, "");
	notice_set(&out->draft, CK_FIELD_HO_TEN, name);
	begin(f);
	assert_int_equal(ck_store_put_check_in(f->store, out), CK_OK);
	commit(f);
	memcpy(id, out->id, sizeof(id));
	ck_check_in_wipe(out);
	assert_int_equal(ck_store_get_check_in(f->store, id, out), CK_OK);
}

static void
keep_notice(struct fixture *f, const struct ck_check_in *check_in,
    const char *episode)
{
	struct ck_notice_row row;

	memset(&row, 0, sizeof(row));
	row.check_in = check_in->number;
	row.state = CK_NOTICE_PENDING;
	row.made_ms = f->now_ms;
	notice_fill(&row.notice);
	notice_set(&row.notice, CK_FIELD_MA_LK, episode);
	begin(f);
	assert_int_equal(ck_store_put_notice(f->store, &row, true), CK_OK);
	commit(f);
	ck_notice_row_wipe(&row);
}

static enum ck_err
keep_last(void *ctx, const struct ck_notice_row *row)
{
	struct ck_notice_row *out = ctx;

	ck_notice_wipe(&out->notice);
	*out = *row;
	out->notice = (struct ck_notice)CK_NOTICE_INIT;

	return ck_notice_copy(&row->notice, &out->notice);
}

/* The last notice of a check-in; number 0: none. */
static void
last_notice(struct fixture *f, const struct ck_check_in *check_in,
    struct ck_notice_row *out)
{
	memset(out, 0, sizeof(*out));
	assert_int_equal(ck_store_notices_of(f->store, check_in->number,
	    keep_last, out), CK_OK);
}

static void
expect_notice(struct fixture *f, const struct ck_check_in *check_in,
    enum ck_notice_state state, const char *transaction)
{
	struct ck_notice_row row;

	last_notice(f, check_in, &row);
	assert_int_not_equal(row.number, 0);
	assert_string_equal(ck_notice_state_label(row.state),
	    ck_notice_state_label(state));
	assert_string_equal(row.transaction, transaction);
	ck_notice_row_wipe(&row);
}

/* What the outbox would send now: this MA_LK; NULL: nothing. */
static void
expect_next(struct fixture *f, const char *episode)
{
	struct ck_notice_row row;
	int64_t later;
	enum ck_err err = ck_store_next_notice(f->store, f->now_ms, 1000,
	    &row, &later);

	assert_int_equal(err, episode == NULL ? CK_ERR_NOT_FOUND : CK_OK);
	if (episode != NULL)
		assert_string_equal(ck_notice_get(&row.notice,
		    CK_FIELD_MA_LK), episode);
	ck_notice_row_wipe(&row);
}

/* --- What hospital software does ------------------------------------------ */

/* A check-in that it sends: one visit of NAME under this MA_LK. */
static void
make_call(struct fixture *f, const char *episode, struct ck_forwarded *out)
{
	static const uint8_t question[] = "username=84001_BV&fileHSBase64=PD94";

	memset(out, 0, sizeof(*out));
	assert_int_equal(ck_store_new_id(f->store, f->now_ms, out->id), CK_OK);
	out->function = CK_REMOTE_CHECK_IN;
	out->state = CK_FORWARDED_UNDER_WAY;
	out->started_ms = f->now_ms;
	strcpy(out->account, "84001_084190000077");
	strcpy(out->host, "egw.example:443");
	memset(out->salt, 0x5a, sizeof(out->salt));
	assert_int_equal(ck_forwarded_commit(out->salt, ck_span_of(question,
	    sizeof(question) - 1), &out->question), CK_OK);
	out->visits = calloc(1, sizeof(*out->visits));
	assert_non_null(out->visits);
	out->visit_count = 1;
	notice_fill(&out->visits[0]);
	notice_set(&out->visits[0], CK_FIELD_MA_LK, episode);
}

static void
begin_call(struct fixture *f, const struct ck_forwarded *call)
{
	begin(f);
	assert_int_equal(ck_store_begin_forwarded(f->store, call), CK_OK);
	commit(f);
}

static void
end_call(struct fixture *f, struct ck_forwarded *call,
    enum ck_forwarded_state state)
{
	static const char raw[] = "{\"maKetQua\":\"200\",\"maGiaoDich\":\"G7\"}";

	call->state = state;
	call->ended_ms = f->now_ms + 250;
	if (state == CK_FORWARDED_FAILED) {
		strcpy(call->code, "line");
		strcpy(call->failure, "connect: refused");
	} else {
		strcpy(call->code, "200");
		strcpy(call->transaction, "G7");
		call->http_status = 200;
		assert_int_equal(ck_buf_append(&call->raw, ck_span_str(raw)),
		    CK_OK);
		assert_int_equal(ck_forwarded_commit(call->salt,
		    ck_span_str(raw), &call->answer), CK_OK);
	}
	begin(f);
	assert_int_equal(ck_store_end_forwarded(f->store, call), CK_OK);
	commit(f);
}

static void
send(struct fixture *f, const char *episode, enum ck_forwarded_state state)
{
	struct ck_forwarded call;

	make_call(f, episode, &call);
	begin_call(f, &call);
	end_call(f, &call, state);
	ck_forwarded_wipe(&call);
}

/* --- Records and receipts ------------------------------------------------- */

static unsigned findings;
static char finding[256];

static void
on_finding(void *ctx, const char *text)
{
	(void)ctx;
	(void)snprintf(finding, sizeof(finding), "%s", text);
	findings++;
}

static unsigned
verify(struct fixture *f)
{
	struct ck_receipt_report report;

	findings = 0;
	finding[0] = '\0';
	assert_int_equal(ck_receipts_verify(f->directory, NULL, on_finding,
	    NULL, &report), CK_OK);

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
expect_line(const struct ck_receipt *receipt, const char *line)
{
	if (memmem(receipt->statement.ptr, receipt->statement.len, line,
	    strlen(line)) == NULL)
		fail_msg("no %s in %.*s", line, (int)receipt->statement.len,
		    receipt->statement.ptr);
}

static void
a_call_is_read_back_and_its_receipt_says_it(void **state)
{
	struct fixture *f = *state;
	struct ck_forwarded call, read;
	struct ck_receipt receipt;

	make_call(f, "HIS-1", &call);
	begin_call(f, &call);
	end_call(f, &call, CK_FORWARDED_ACCEPTED);
	assert_int_equal(ck_store_get_forwarded(f->store, call.id, &read),
	    CK_OK);
	assert_int_equal(read.state, CK_FORWARDED_ACCEPTED);
	assert_string_equal(read.account, call.account);
	assert_string_equal(read.transaction, "G7");
	assert_int_equal(read.http_status, 200);
	assert_int_equal(read.visit_count, 1);
	assert_true(ck_notice_equal(&read.visits[0], &call.visits[0]));
	assert_true(ck_span_equal(ck_buf_view(&read.raw),
	    ck_buf_view(&call.raw)));
	assert_int_equal(ck_store_get_receipt(f->store, call.id, &receipt),
	    CK_OK);
	assert_int_equal(receipt.kind, CK_RECEIPT_FORWARDED);
	expect_line(&receipt, "about: forwarded\n");
	expect_line(&receipt, "function: check_in\naccount: "
	    "84001_084190000077\nforwarded_state: accepted\n"
	    "answer_transaction: G7\n");
	expect_line(&receipt, "MA_LK: HIS-1\n");
	expect_line(&receipt, "call: 2026-11-23T01:00:00.000Z\ncall_took: "
	    "250 ms\ncall_host: egw.example:443\ncall_result: 200\n"
	    "call_http_status: 200\n");
	/* { printf 'checkin forwarded commitment 1\0'
	 *   printf 'Z%.0s' $(seq 16)
	 *   printf 'username=84001_BV&fileHSBase64=PD94'; } | sha256sum */
	expect_line(&receipt, "question_commitment: "
	    "3b1181643ff3d4467a6afcb94ce4f436"
	    "647ee76197cabbd1eb0e1cf886945afe\n");
	ck_receipt_wipe(&receipt);
	ck_forwarded_wipe(&read);
	ck_forwarded_wipe(&call);
	assert_int_equal(verify(f), 0);
}

/* Of history and co-payment nothing is stated that is about a person. */
static void
a_question_besides_is_a_commitment_alone(void **state)
{
	struct fixture *f = *state;
	struct ck_forwarded call;
	struct ck_receipt receipt;

	make_call(f, "x", &call);
	ck_notice_wipe(&call.visits[0]);
	call.visit_count = 0;
	call.function = CK_REMOTE_HISTORY;
	begin_call(f, &call);
	call.state = CK_FORWARDED_ANSWERED;
	call.ended_ms = f->now_ms + 100;
	memset(call.answer.bytes, 0xab, sizeof(call.answer.bytes));
	begin(f);
	assert_int_equal(ck_store_end_forwarded(f->store, &call), CK_OK);
	commit(f);
	assert_int_equal(ck_store_get_receipt(f->store, call.id, &receipt),
	    CK_OK);
	expect_line(&receipt, "function: history\n");
	expect_line(&receipt, "answer_commitment: abababab");
	expect_line(&receipt, "commitment_salt: 5a5a5a5a");
	assert_null(memmem(receipt.statement.ptr, receipt.statement.len,
	    NAME, strlen(NAME)));
	ck_receipt_wipe(&receipt);
	ck_forwarded_wipe(&call);
	assert_int_equal(verify(f), 0);
}

static void
a_changed_or_removed_call_is_found(void **state)
{
	static const struct {
		const char *sql, *finding;
	} rows[] = {
		{ "UPDATE forwarded SET state = 4",
		    "does not say what its receipt states" },
		{ "UPDATE forwarded SET started_ms = started_ms + 1",
		    "does not say what its receipt states" },
		{ "UPDATE forwarded SET sealed = substr(sealed, 1, "
		    "length(sealed) - 1)", "its record was changed" },
		{ "UPDATE forwarded SET sealed = NULL",
		    "has a receipt but was removed" },
		{ "DELETE FROM forwarded_visit; DELETE FROM forwarded",
		    "has a receipt but was removed" },
	};
	struct fixture *f = *state;
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (i > 0) {
			(void)fixture_teardown((void **)&f);
			assert_int_equal(fixture_setup((void **)&f), 0);
			*state = f;
		}
		send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
		assert_int_equal(verify(f), 0);
		run_sql(f, rows[i].sql);
		assert_int_equal(verify(f), 1);
		if (strstr(finding, rows[i].finding) == NULL)
			fail_msg("%s: %s", rows[i].sql, finding);
	}
}

static void
what_a_crash_leaves_under_way_is_unknown(void **state)
{
	struct fixture *f = *state;
	struct ck_forwarded call, read;
	struct ck_check_in one;

	admit(f, NAME, &one);
	keep_notice(f, &one, "LK-1");
	make_call(f, "LK-1", &call);
	begin_call(f, &call);
	ck_store_close(&f->store);
	fixture_open(f);
	assert_int_equal(ck_store_get_forwarded(f->store, call.id, &read),
	    CK_OK);
	assert_int_equal(read.state, CK_FORWARDED_UNKNOWN);
	assert_string_equal(read.code, "interrupted");
	expect_next(f, "LK-1");
	assert_int_equal(verify(f), 0);
	ck_forwarded_wipe(&read);
	ck_forwarded_wipe(&call);
	ck_check_in_wipe(&one);
}

/* The disk was full at its beginning, and is not at its end. */
static void
an_end_without_a_beginning_is_kept(void **state)
{
	struct fixture *f = *state;
	struct ck_forwarded call;

	make_call(f, "HIS-1", &call);
	end_call(f, &call, CK_FORWARDED_ACCEPTED);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM forwarded f "
	    "JOIN forwarded_visit v ON v.forwarded = f.number "
	    "WHERE f.state = 3"), 1);
	assert_int_equal(verify(f), 0);
	ck_forwarded_wipe(&call);
}

static void
old_calls_lose_what_is_personal_and_stay_proven(void **state)
{
	struct fixture *f = *state;
	struct ck_forwarded call, read;
	int64_t erased;

	make_call(f, "HIS-1", &call);
	begin_call(f, &call);
	end_call(f, &call, CK_FORWARDED_ACCEPTED);
	f->now_ms += 86400000;
	send(f, "HIS-2", CK_FORWARDED_ACCEPTED);
	begin(f);
	assert_int_equal(ck_store_prune_forwarded(f->store, f->now_ms, 10,
	    &erased), CK_OK);
	commit(f);
	assert_int_equal(erased, 1);
	assert_int_equal(ck_store_get_forwarded(f->store, call.id, &read),
	    CK_ERR_NOT_FOUND);
	assert_int_equal(fixture_int(f,
	    "SELECT count(*) FROM forwarded_visit"), 1);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM receipt "
	    "WHERE sealed IS NULL"), 1);
	assert_int_equal(verify(f), 0);
	ck_forwarded_wipe(&call);
}

/* --- One visit ------------------------------------------------------------ */

static void
by_its_number_a_pending_notice_is_not_sent(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	admit(f, "Lê Thị Khác", &one);
	keep_notice(f, &one, "LK-1");
	expect_next(f, "LK-1");
	send(f, "LK-1", CK_FORWARDED_ACCEPTED);
	expect_next(f, NULL);
	expect_notice(f, &one, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	/* It was accepted, not lost: nothing waits any more. */
	assert_int_equal(verify(f), 0);
	ck_check_in_wipe(&one);
}

static void
by_person_and_day_ours_takes_their_number(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;
	struct ck_notice_row row;

	admit(f, "NGUYỄN VĂN  MẪU", &one);
	keep_notice(f, &one, "LK-1");
	send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
	expect_next(f, NULL);
	last_notice(f, &one, &row);
	assert_int_equal(row.state, CK_NOTICE_SENT_BY_SOFTWARE);
	assert_string_equal(ck_notice_get(&row.notice, CK_FIELD_MA_LK),
	    "HIS-1");
	assert_string_equal(row.transaction, "G7");
	ck_notice_row_wipe(&row);
	/* The ward's admission goes on under the number that was taken. */
	send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM notice"), 1);
	assert_int_equal(verify(f), 0);
	ck_check_in_wipe(&one);
}

static void
a_draft_alone_shows_what_was_sent(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	admit(f, NAME, &one);
	send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
	expect_notice(f, &one, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	expect_next(f, NULL);
	ck_check_in_wipe(&one);
}

static void
whoever_is_not_surely_the_same_is_left_alone(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	/* Her number, another name. */
	admit(f, "Lê Thị Khác", &one);
	keep_notice(f, &one, "LK-1");
	send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
	expect_notice(f, &one, CK_NOTICE_PENDING, "");
	expect_next(f, "LK-1");
	ck_check_in_wipe(&one);
}

static void
of_two_that_could_be_meant_none_is(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one, two;

	admit(f, NAME, &one);
	admit(f, NAME, &two);
	keep_notice(f, &two, "LK-2");
	send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
	expect_next(f, "LK-2");
	send(f, "HIS-2", CK_FORWARDED_ACCEPTED);
	assert_int_equal(fixture_int(f,
	    "SELECT count(*) FROM notice WHERE state = 5"), 0);
	/* By its number there is no doubt. */
	send(f, "LK-2", CK_FORWARDED_ACCEPTED);
	expect_notice(f, &two, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	ck_check_in_wipe(&one);
	ck_check_in_wipe(&two);
}

static void
another_day_is_another_visit(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	f->now_ms += 86400000;
	admit(f, NAME, &one);
	keep_notice(f, &one, "LK-1");
	send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
	expect_next(f, "LK-1");
	ck_check_in_wipe(&one);
}

static void
while_theirs_is_under_way_ours_waits(void **state)
{
	struct fixture *f = *state;
	struct ck_forwarded call;
	struct ck_check_in one;

	admit(f, NAME, &one);
	keep_notice(f, &one, "LK-1");
	make_call(f, "HIS-1", &call);
	begin_call(f, &call);
	expect_next(f, NULL);
	end_call(f, &call, CK_FORWARDED_FAILED);
	expect_next(f, "LK-1");
	send(f, "HIS-1", CK_FORWARDED_REJECTED);
	expect_next(f, "LK-1");
	send(f, "HIS-1", CK_FORWARDED_UNKNOWN);
	expect_next(f, "LK-1");
	ck_forwarded_wipe(&call);
	ck_check_in_wipe(&one);
}

static void
whoever_is_admitted_afterwards_is_told(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one, two;

	send(f, "HIS-1", CK_FORWARDED_ACCEPTED);
	admit(f, "Lê Thị Khác", &one);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM notice"), 0);
	admit(f, NAME, &two);
	expect_notice(f, &two, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	assert_int_equal(verify(f), 0);
	ck_check_in_wipe(&one);
	ck_check_in_wipe(&two);
}

static void
a_notice_kept_afterwards_is_not_sent(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;

	send(f, "LK-1", CK_FORWARDED_REJECTED);
	send(f, "LK-1", CK_FORWARDED_ACCEPTED);
	admit(f, "Lê Thị Khác", &one);
	keep_notice(f, &one, "LK-1");
	expect_notice(f, &one, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	expect_next(f, NULL);
	assert_int_equal(verify(f), 0);
	ck_check_in_wipe(&one);
}

/* The end of the notice that the outbox had on its way. */
static void
outbox_ends(struct fixture *f, const struct ck_notice_row *sent,
    enum ck_notice_state state, const char *transaction)
{
	struct ck_notice_row row = *sent;

	row.state = state;
	row.tries = 1;
	(void)snprintf(row.transaction, sizeof(row.transaction), "%s",
	    transaction);
	begin(f);
	assert_int_equal(ck_store_put_notice(f->store, &row,
	    state != CK_NOTICE_PENDING), CK_OK);
	commit(f);
}

static void
an_end_of_ours_that_comes_later_undoes_nothing(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;
	struct ck_notice_row sent;

	admit(f, NAME, &one);
	keep_notice(f, &one, "LK-1");
	last_notice(f, &one, &sent);
	send(f, "LK-1", CK_FORWARDED_ACCEPTED);
	outbox_ends(f, &sent, CK_NOTICE_PENDING, "");
	expect_notice(f, &one, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	outbox_ends(f, &sent, CK_NOTICE_GIVEN_UP, "");
	expect_notice(f, &one, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	/* But if ours was taken as well, that is what happened. */
	outbox_ends(f, &sent, CK_NOTICE_ACCEPTED, "OURS");
	expect_notice(f, &one, CK_NOTICE_ACCEPTED, "OURS");
	send(f, "LK-1", CK_FORWARDED_ACCEPTED);
	expect_notice(f, &one, CK_NOTICE_ACCEPTED, "OURS");
	assert_int_equal(verify(f), 0);
	ck_notice_row_wipe(&sent);
	ck_check_in_wipe(&one);
}

/* A correction of ours is to be sent, though its MA_LK is known there. */
static void
a_correction_goes_out(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;
	struct ck_notice_row row;

	admit(f, NAME, &one);
	keep_notice(f, &one, "LK-1");
	last_notice(f, &one, &row);
	outbox_ends(f, &row, CK_NOTICE_ACCEPTED, "OURS");
	send(f, "LK-1", CK_FORWARDED_ACCEPTED);
	row.corrects = row.number;
	row.number = 0;
	row.state = CK_NOTICE_PENDING;
	notice_set(&row.notice, CK_FIELD_TEN_DICH_VU, "Khám lại");
	begin(f);
	assert_int_equal(ck_store_put_notice(f->store, &row, true), CK_OK);
	commit(f);
	expect_next(f, "LK-1");
	send(f, "LK-1", CK_FORWARDED_ACCEPTED);
	expect_next(f, "LK-1");
	assert_int_equal(verify(f), 0);
	ck_notice_row_wipe(&row);
	ck_check_in_wipe(&one);
}

/* One file may tell of several visits. */
static void
each_visit_of_a_file_is_tied(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one, two;
	struct ck_forwarded call;

	admit(f, "Lê Thị Khác", &one);
	admit(f, "Trần Văn Khác", &two);
	keep_notice(f, &one, "LK-1");
	keep_notice(f, &two, "LK-2");
	make_call(f, "LK-1", &call);
	call.visits = realloc(call.visits, 2 * sizeof(*call.visits));
	assert_non_null(call.visits);
	memset(&call.visits[1], 0, sizeof(call.visits[1]));
	call.visit_count = 2;
	notice_fill(&call.visits[1]);
	notice_set(&call.visits[1], CK_FIELD_MA_LK, "LK-2");
	begin_call(f, &call);
	end_call(f, &call, CK_FORWARDED_ACCEPTED);
	expect_notice(f, &one, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	expect_notice(f, &two, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	assert_int_equal(verify(f), 0);
	ck_forwarded_wipe(&call);
	ck_check_in_wipe(&one);
	ck_check_in_wipe(&two);
}

/* The first cost and the ward's admission are two notices of one visit. */
static void
a_wards_notice_is_another_one(void **state)
{
	struct fixture *f = *state;
	struct ck_check_in one;
	struct ck_forwarded call;

	admit(f, NAME, &one);
	keep_notice(f, &one, "LK-1");
	make_call(f, "LK-1", &call);
	notice_set(&call.visits[0], CK_FIELD_NGAY_VAO_NOI_TRU,
	    "202611230900");
	begin_call(f, &call);
	end_call(f, &call, CK_FORWARDED_ACCEPTED);
	expect_next(f, "LK-1");
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM notice"), 2);
	expect_notice(f, &one, CK_NOTICE_SENT_BY_SOFTWARE, "G7");
	ck_forwarded_wipe(&call);
	ck_check_in_wipe(&one);
}

/* --- Accounts ------------------------------------------------------------- */

#define MD5 "8C40400C009918B5F10B73F9A0E47398"
#define LOWER "8c40400c009918b5f10b73f9a0e47398"
#define OTHER "00000000000000000000000000000000"

static bool
knows(struct fixture *f, const char *user, const char *password,
    int64_t since_ms)
{
	bool known = true;

	assert_int_equal(ck_store_knows_account(f->store, user, password,
	    since_ms, f->now_ms, &known), CK_OK);

	return known;
}

static void
an_account_is_known_by_its_password_for_a_time(void **state)
{
	struct fixture *f = *state;
	struct ck_account_proof proof, again;

	assert_false(knows(f, "84001_BV", MD5, 0));
	assert_int_equal(ck_store_prove_account(f->store, "84001_BV", MD5,
	    &proof), CK_OK);
	assert_int_equal(ck_store_prove_account(f->store, "84001_BV", MD5,
	    &again), CK_OK);
	/* A salt of its own each time. */
	assert_memory_not_equal(proof.proof, again.proof,
	    sizeof(proof.proof));
	begin(f);
	assert_int_equal(ck_store_put_account(f->store, &proof, f->now_ms),
	    CK_OK);
	commit(f);
	ck_store_close(&f->store);
	fixture_open(f);
	assert_true(knows(f, "84001_BV", MD5, f->now_ms));
	assert_true(knows(f, "84001_BV", LOWER, f->now_ms));
	assert_false(knows(f, "84001_BV", OTHER, f->now_ms));
	assert_false(knows(f, "84001_XX", MD5, f->now_ms));
	assert_false(knows(f, "84001_BV", MD5, f->now_ms + 1));
	/* Nothing of a clock that was ahead. */
	f->now_ms -= 1;
	assert_false(knows(f, "84001_BV", MD5, 0));
	f->now_ms += 1;
	begin(f);
	assert_int_equal(ck_store_drop_account(f->store, "84001_BV"), CK_OK);
	commit(f);
	assert_false(knows(f, "84001_BV", MD5, f->now_ms));
	begin(f);
	assert_int_equal(ck_store_put_account(f->store, &again, f->now_ms),
	    CK_OK);
	assert_int_equal(ck_store_prune_accounts(f->store, f->now_ms), CK_OK);
	assert_true(knows(f, "84001_BV", MD5, 0));
	assert_int_equal(ck_store_prune_accounts(f->store, f->now_ms + 1),
	    CK_OK);
	assert_false(knows(f, "84001_BV", MD5, 0));
	commit(f);
}

/* Neither name nor hash of it stands in the file. */
static void
nothing_of_an_account_is_on_disk(void **state)
{
	struct fixture *f = *state;
	struct ck_account_proof proof;
	char command[256];

	assert_int_equal(ck_store_prove_account(f->store, "84001_BV", MD5,
	    &proof), CK_OK);
	begin(f);
	assert_int_equal(ck_store_put_account(f->store, &proof, f->now_ms),
	    CK_OK);
	commit(f);
	(void)snprintf(command, sizeof(command), "! grep -aiqE '84001_BV|"
	    LOWER "' %s/checkin.db*", f->directory);
	assert_int_equal(system(command), 0);
}

#define CASE(fn) cmocka_unit_test_setup_teardown(fn, fixture_setup, \
	fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_call_is_read_back_and_its_receipt_says_it),
		CASE(a_question_besides_is_a_commitment_alone),
		CASE(a_changed_or_removed_call_is_found),
		CASE(what_a_crash_leaves_under_way_is_unknown),
		CASE(an_end_without_a_beginning_is_kept),
		CASE(old_calls_lose_what_is_personal_and_stay_proven),
		CASE(by_its_number_a_pending_notice_is_not_sent),
		CASE(by_person_and_day_ours_takes_their_number),
		CASE(a_draft_alone_shows_what_was_sent),
		CASE(whoever_is_not_surely_the_same_is_left_alone),
		CASE(of_two_that_could_be_meant_none_is),
		CASE(another_day_is_another_visit),
		CASE(while_theirs_is_under_way_ours_waits),
		CASE(whoever_is_admitted_afterwards_is_told),
		CASE(a_notice_kept_afterwards_is_not_sent),
		CASE(an_end_of_ours_that_comes_later_undoes_nothing),
		CASE(a_correction_goes_out),
		CASE(each_visit_of_a_file_is_tied),
		CASE(a_wards_notice_is_another_one),
		CASE(an_account_is_known_by_its_password_for_a_time),
		CASE(nothing_of_an_account_is_on_disk),
	};

	return cmocka_run_group_tests_name("forwarded", tests, NULL, NULL);
}
