/*
 * test_province_report.c - a report made of a ledger, on either database
 */
#include "ledger_fixture.h"

#include "ledger/day.h"
#include "ledger/outside.h"
#include "report/closing.h"
#include "report/reconcile.h"
#include "report/report.h"
#include "report/words.h"

static struct pg_server server;

/* Each test twice: state is the server, or NULL. */
#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

/* 2026-03-02 in Vietnam is from 2026-03-01T17:00Z. */
static const struct feed_row rows_one[] = {
	{ .series = "cccd", .count = 12, .revision = 1 },
	{ .series = "cccd", .count = 3, .revision = 2,
	    .outcome = "not_found", .reason = "050", .owner = "insurer" },
	{ .series = "cccd", .count = 40, .revision = 3,
	    .hour = "2026-03-01T16:00:00Z" },
	{ .series = "visits", .count = 60, .revision = 4 },
	{ .series = "lookups", .count = 61, .revision = 5 },
	{ .series = "lookups", .count = 9, .revision = 6,
	    .kind = "integration" },
	{ .series = "calls", .count = 70, .revision = 7 },
	{ .series = "calls", .count = 5, .revision = 8,
	    .outcome = "unavailable", .reason = "line", .owner = "line" }
};

static const struct feed one = {
	.revision = 8, .rows = rows_one, .row_count = 8
};

static const struct feed one_upstairs = {
	.station = "tang-2", .revision = 0, .key = 3
};

static const struct feed_row rows_two[] = {
	{ .series = "cccd", .count = 20, .revision = 1 },
	{ .series = "cccd", .count = 80, .revision = 2,
	    .outcome = "mismatch", .reason = "060", .owner = "insurer" },
};

static const struct feed two = {
	.facility = "84002", .revision = 2, .rows = rows_two, .row_count = 2,
	.key = 2
};

static int64_t
day(const char *iso)
{
	struct ck_date date;

	assert_int_equal(ck_date_parse_iso(iso, &date), CK_OK);

	return ck_day_of_date(date);
}

static json_t *
report_of(struct fixture *f, const char *from, const char *to)
{
	json_t *document;

	assert_int_equal(ck_report_make(f->ledger, day(from), day(to),
	    f->now_ms, &document), CK_OK);

	return document;
}

/* The value at a path "totals.cccd.total", as an integer. */
static long long
at(json_t *json, const char *path)
{
	char name[32];
	size_t len;

	for (; *path != '\0'; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		assert_true(len < sizeof(name));
		memcpy(name, path, len);
		name[len] = '\0';
		json = json_is_array(json) ?
		    json_array_get(json, (size_t)atoi(name)) :
		    json_object_get(json, name);
	}
	if (!json_is_integer(json))
		fail_msg("no number");

	return json_integer_value(json);
}

static json_t *
group(json_t *document, const char *division, const char *key)
{
	json_t *groups = json_object_get(json_object_get(document, "groups"),
	    division), *found;
	size_t i;

	json_array_foreach(groups, i, found) {
		if (strcmp(ck_json_text(found, "key"), key) == 0)
			return found;
	}
	fail_msg("no group %s of %s", key, division);

	return NULL;
}

static void
start(struct fixture *f, void *state)
{
	fixture_start(f, state);
	fixture_registry(f);
	fixture_expect(f, &one, CK_FEED_GOOD);
	fixture_expect(f, &two, CK_FEED_GOOD);
}

static void
adds_up_by_every_group(void **state)
{
	struct fixture f;
	json_t *document;

	start(&f, *state);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	assert_int_equal(at(document, "totals.cccd.total"), 155);
	assert_int_equal(at(document, "totals.cccd.covered"), 72);
	assert_int_equal(at(document, "totals.cccd.mismatch"), 80);
	assert_int_equal(at(document, "totals.cccd.not_found"), 3);
	assert_int_equal(at(document, "totals.visits.total"), 60);
	assert_int_equal(at(document, "totals.lookups.total"), 61);
	assert_int_equal(at(document, "totals.calls.total"), 75);
	assert_int_equal(at(document, "totals.calls.unavailable"), 5);
	assert_int_equal(at(group(document, "clinic", "84001"),
	    "cccd.total"), 55);
	assert_int_equal(at(group(document, "clinic", "84002"),
	    "cccd.covered"), 20);
	assert_int_equal(at(group(document, "manager", "84001"),
	    "cccd.total"), 100);
	assert_int_equal(at(group(document, "level", "tỉnh"), "cccd.total"),
	    55);
	assert_int_equal(at(group(document, "commune", "Càng Long"),
	    "cccd.total"), 100);
	assert_int_equal(at(group(document, "day", "2026-03-01"),
	    "cccd.total"), 40);
	assert_int_equal(at(group(document, "day", "2026-03-02"),
	    "cccd.total"), 115);
	assert_int_equal(at(group(document, "reason", "060"),
	    "cccd.mismatch"), 80);
	assert_int_equal(at(group(document, "owner", "insurer"),
	    "cccd.total"), 83);
	json_decref(document);
	fixture_end(&f);
}

static void
only_the_period_counts(void **state)
{
	struct fixture f;
	json_t *document;

	start(&f, *state);
	document = report_of(&f, "2026-03-02", "2026-03-02");
	assert_int_equal(at(document, "totals.cccd.total"), 115);
	assert_int_equal(at(document, "before.totals.cccd.total"), 40);
	json_decref(document);
	document = report_of(&f, "2026-03-01", "2026-03-31");
	assert_int_equal(at(document, "totals.cccd.total"), 155);
	json_decref(document);
	document = report_of(&f, "2020-01-01", "2026-12-31");
	assert_int_equal(at(document, "totals.cccd.total"), 155);
	assert_int_equal(at(group(document, "day", "2026-03"),
	    "cccd.total"), 155);
	json_decref(document);
	fixture_end(&f);
}

/* 84001 has a second daemon that has sent nothing. */
static void
complete_means_every_daemon(void **state)
{
	struct fixture f;
	json_t *document;

	start(&f, *state);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	assert_int_equal(at(document, "complete.facilities"), 1);
	assert_int_equal(at(document, "complete.expected"), 2);
	assert_int_equal(json_array_size(json_object_get(document,
	    "incomplete")), 1);
	json_decref(document);
	fixture_expect(&f, &one_upstairs, CK_FEED_GOOD);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	assert_int_equal(at(document, "complete.facilities"), 2);
	assert_string_equal(ck_json_text(json_object_get(document,
	    "complete"), "until"), "2026-03-02T10:00:00.000Z");
	json_decref(document);
	fixture_end(&f);
}

static void
who_is_below_is_named(void **state)
{
	struct fixture f;
	json_t *document;

	start(&f, *state);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	/* 20 of 100 against 72 of 155 */
	assert_int_equal(json_array_size(json_object_get(document, "below")),
	    1);
	assert_string_equal(ck_json_text(json_array_get(json_object_get(
	    document, "below"), 0), "code"), "84002");
	json_decref(document);
	fixture_end(&f);
	assert_false(ck_report_is_below(0, 19, 50, 100));
	assert_true(ck_report_is_below(0, 20, 50, 100));
	assert_false(ck_report_is_below(50, 100, 50, 100));
	/* three standard errors of 100 at 50 % are 15 points */
	assert_false(ck_report_is_below(36, 100, 5000, 10000));
	assert_true(ck_report_is_below(34, 100, 5000, 10000));
	assert_false(ck_report_is_below(5, 100, 0, 0));
}

/* A clinic that changes its group in the middle of a period is in both. */
static void
groups_are_those_of_the_day(void **state)
{
	struct feed_text text = { NULL, 0, 0 };
	struct fixture f;
	char key[65];
	json_t *document;

	fixture_start(&f, *state);
	feed_public(1, key);
	feed_put(&text, "84001,2026-01-01,84001,Bệnh viện,tỉnh,,Phường 7,"
	    "Thành phố,main,,%s,\n84001,2026-03-02,84001,Bệnh viện,tỉnh,,"
	    "Trà Vinh,,main,,%s,\n", key, key);
	fixture_import(&f, text.text);
	free(text.text);
	fixture_expect(&f, &one, CK_FEED_GOOD);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	assert_int_equal(at(group(document, "district", "Thành phố"),
	    "cccd.total"), 40);
	assert_int_equal(at(group(document, "district", ""), "cccd.total"),
	    15);
	assert_int_equal(at(group(document, "commune", "Trà Vinh"),
	    "cccd.total"), 15);
	assert_int_equal(at(group(document, "clinic", "84001"),
	    "cccd.total"), 55);
	assert_int_equal(json_array_size(json_object_get(document, "units")),
	    2);
	json_decref(document);
	fixture_end(&f);
}

/* --- Closing ------------------------------------------------------------------ */

static enum ck_err
close_march(struct fixture *f, const char *reason, json_t **out)
{
	uint8_t seed[CK_SEED_LEN] = "an office key of a test, no more";
	uint8_t public[CK_PUBLIC_LEN];
	struct ck_signer *signer;
	enum ck_err err;

	assert_int_equal(ck_signer_new(&signer, seed, public), CK_OK);
	err = ck_closing_make(f->ledger, day("2026-03-01"),
	    day("2026-03-01"), signer, public, reason, f->now_ms, out);
	ck_signer_free(&signer);

	return err;
}

static const struct feed_row late_rows[] = {
	{ .series = "cccd", .count = 42, .revision = 9,
	    .hour = "2026-03-01T16:00:00Z" },
};

static const struct feed late = {
	.after = 8, .revision = 9, .rows = late_rows, .row_count = 1
};

static void
a_closed_period_changes_by_restatement_only(void **state)
{
	struct fixture f;
	json_t *closed, *held, *again;

	start(&f, *state);
	assert_int_equal(ck_closing_load(f.ledger, day("2026-03-01"),
	    day("2026-03-01"), &held), CK_ERR_NOT_FOUND);
	assert_int_equal(close_march(&f, "", &closed), CK_OK);
	assert_int_equal(close_march(&f, "nothing new", &again),
	    CK_ERR_NOT_FOUND);
	fixture_expect(&f, &late, CK_FEED_GOOD);
	assert_int_equal(ck_closing_load(f.ledger, day("2026-03-01"),
	    day("2026-03-01"), &held), CK_OK);
	assert_int_equal(json_equal(held, closed), 1);
	assert_int_equal(at(held, "totals.cccd.total"), 40);
	assert_int_equal(close_march(&f, "", &again), CK_ERR_REQUEST);
	assert_int_equal(close_march(&f, "two\nlines", &again),
	    CK_ERR_REQUEST);
	assert_int_equal(close_march(&f, "Cơ sở gửi muộn", &again), CK_OK);
	assert_int_equal(at(again, "totals.cccd.total"), 42);
	assert_int_equal(at(again, "closing.statement"), 2);
	assert_int_equal(at(again, "closing.changes.0.before"), 40);
	assert_int_equal(at(again, "closing.changes.0.after"), 42);
	assert_int_equal(strlen(ck_json_text(json_object_get(again,
	    "closing"), "replaces")), 64);
	json_decref(again);
	json_decref(held);
	json_decref(closed);
	fixture_end(&f);
}

static void
a_statement_that_was_changed_is_found(void **state)
{
	struct fixture f;
	json_t *closed;

	start(&f, *state);
	assert_int_equal(close_march(&f, "", &closed), CK_OK);
	json_decref(closed);
	assert_int_equal(ck_sql_exec(ck_ledger_sql(f.ledger),
	    "UPDATE closing SET document = replace(document, ':40', ':41')"),
	    CK_OK);
	assert_int_equal(ck_closing_load(f.ledger, day("2026-03-01"),
	    day("2026-03-01"), &closed), CK_ERR_STORE_CORRUPT);
	assert_null(closed);
	fixture_end(&f);
}

static enum ck_refusal
refused(struct fixture *f, const char *from, const char *to,
    const char *reason)
{
	enum ck_refusal why;

	assert_int_equal(ck_closing_try(f->ledger, day(from), day(to), reason,
	    f->now_ms, &why), CK_OK);

	return why;
}

/* The stations' first epoch began on 2026-03-01, at 09:00 in Vietnam. */
static void
nobody_is_whole_before_it_began(void **state)
{
	struct fixture f;
	json_t *document, *complete, *closed;
	int64_t then, with;

	start(&f, *state);
	document = report_of(&f, "2026-03-01", "2026-03-01");
	with = json_integer_value(json_object_get(json_object_get(document,
	    "complete"), "facilities"));
	assert_true(with > 0);
	json_decref(document);
	document = report_of(&f, "2026-02-01", "2026-02-28");
	complete = json_object_get(document, "complete");
	assert_int_equal(json_integer_value(json_object_get(complete,
	    "facilities")), 0);
	assert_int_equal(json_integer_value(json_object_get(complete,
	    "taking_part")), 0);
	assert_true(json_is_null(json_object_get(complete, "until")));
	assert_true(json_is_null(json_object_get(json_array_get(
	    json_object_get(document, "incomplete"), 0), "began")));
	json_decref(document);
	document = report_of(&f, "2026-02-01", "2026-03-01");
	then = json_integer_value(json_object_get(json_object_get(document,
	    "complete"), "facilities"));
	assert_int_equal(then, 0);
	assert_string_equal(ck_json_text(json_array_get(json_object_get(
	    document, "incomplete"), 0), "began"), "2026-03-01T02:00:00.000Z");
	json_decref(document);
	assert_int_equal(refused(&f, "2026-02-01", "2026-02-28", ""),
	    CK_REFUSAL_NOBODY);
	assert_int_equal(refused(&f, "2026-03-01", "2026-03-02", ""),
	    CK_REFUSAL_RUNS);
	assert_int_equal(refused(&f, "2026-03-01", "2026-03-01", "a\nb"),
	    CK_REFUSAL_REASON);
	assert_int_equal(refused(&f, "2026-03-01", "2026-03-01", ""),
	    CK_REFUSAL_NONE);
	assert_int_equal(close_march(&f, "", &closed), CK_OK);
	json_decref(closed);
	assert_int_equal(refused(&f, "2026-03-01", "2026-03-01", ""),
	    CK_REFUSAL_CLOSED);
	assert_int_equal(refused(&f, "2026-03-01", "2026-03-01", "again"),
	    CK_REFUSAL_SAME);
	fixture_end(&f);
}

static void
a_period_that_runs_cannot_be_closed(void **state)
{
	struct fixture f;
	json_t *closed;

	start(&f, *state);
	f.now_ms -= 24 * CK_HOUR_MS;
	assert_int_equal(close_march(&f, "", &closed), CK_ERR_REQUEST);
	assert_null(closed);
	fixture_end(&f);
}

/* --- What others counted -------------------------------------------------------- */

struct told {
	unsigned line[8];
	size_t count;
};

static void
tell(void *ctx, unsigned line, const char *what)
{
	struct told *told = ctx;

	(void)what;
	if (told->count < 8)
		told->line[told->count] = line;
	told->count++;
}

static enum ck_err
give_counts(struct fixture *f, const char *text, struct told *told)
{
	enum ck_outside source;
	size_t count;

	*told = (struct told){ .count = 0 };
	assert_true(ck_outside_recognise(ck_span_str(text), &source));

	return ck_outside_import(f->ledger, source, ck_span_str(text),
	    f->now_ms, tell, told, &count);
}

static void
the_portal_is_set_against_calls(void **state)
{
	struct told told;
	struct fixture f;
	json_t *document, *found;

	start(&f, *state);
	fixture_expect(&f, &one_upstairs, CK_FEED_GOOD);
	f.now_ms += 24 * CK_HOUR_MS;
	assert_int_equal(give_counts(&f, "facility,date,calls\r\n"
	    "84001,2026-03-02,72\r\n84002,2026-03-02,4\r\n", &told), CK_OK);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	found = json_object_get(document, "reconciliation");
	assert_int_equal(at(found, "portal"), 76);
	assert_int_equal(at(found, "calls"), 75);
	assert_int_equal(at(found, "days"), 2);
	assert_int_equal(json_array_size(json_object_get(found,
	    "differences")), 2);
	/* complete until 10:00 UTC only: the day is not over for us */
	assert_string_equal(ck_json_text(json_array_get(json_object_get(
	    found, "differences"), 0), "why"), "incomplete");
	json_decref(document);
	fixture_end(&f);
}

static void
a_difference_has_a_reason(void **state)
{
	(void)state;
#define WHY(portal_, calls_, unanswered_, complete_) \
	ck_difference_explain(&(struct ck_day_counts){ .portal = portal_, \
	    .calls = calls_, .unanswered = unanswered_, \
	    .complete = complete_ })
	assert_int_equal(WHY(7, 7, 0, false), CK_DIFFERENCE_NONE);
	assert_int_equal(WHY(7, 6, 0, false), CK_DIFFERENCE_INCOMPLETE);
	assert_int_equal(WHY(7, 6, 0, true), CK_DIFFERENCE_OTHER_PROGRAM);
	assert_int_equal(WHY(6, 8, 2, true), CK_DIFFERENCE_UNANSWERED);
	assert_int_equal(WHY(5, 8, 2, true), CK_DIFFERENCE_PORTAL);
#undef WHY
}

static void
visits_give_the_share_of_cccd(void **state)
{
	struct told told;
	struct fixture f;
	json_t *document, *divided;

	start(&f, *state);
	assert_int_equal(give_counts(&f, "date,visits,facility\n"
	    "2026-03-02,400,84002\n", &told), CK_OK);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	assert_int_equal(at(document, "denominator.visits"), 400);
	assert_int_equal(at(document, "denominator.attempts"), 100);
	assert_int_equal(at(document, "denominator.facilities"), 1);
	divided = json_object_get(document, "denominator");
	assert_int_equal(json_array_size(json_object_get(divided, "clinics")),
	    1);
	assert_int_equal(at(json_array_get(json_object_get(divided,
	    "clinics"), 0), "attempts"), 100);
	divided = json_array_get(json_object_get(divided, "days"), 0);
	assert_string_equal(ck_json_text(divided, "key"), "2026-03-02");
	assert_int_equal(at(divided, "attempts"), 100);
	json_decref(document);
	fixture_end(&f);
}

/* Each reason that was counted in a series is met there, with its owner. */
static void
words_are_told_as_they_were_met(void **state)
{
	struct fixture f;
	const json_t *mix, *mixes;
	json_t *document;
	size_t i, found = 0;

	start(&f, *state);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	mixes = json_object_get(document, "mixes");
	assert_int_equal(json_array_size(mixes), 2);
	json_array_foreach(json_array_get(mixes, 0), i, mix)
		found += strcmp(ck_json_text(mix, "series"), "cccd") == 0 &&
		    strcmp(ck_json_text(mix, "part"), "covered") == 0 &&
		    strcmp(ck_json_text(mix, "owner"), "none") == 0 &&
		    strcmp(ck_json_text(mix, "reason"), "000") == 0;
	assert_int_equal(found, 1);
	assert_true(json_array_size(json_array_get(mixes, 1)) > 0);
	json_array_foreach(json_array_get(mixes, 1), i, mix)
		assert_int_equal(json_object_size(mix), 5);
	json_decref(document);
	fixture_end(&f);
}

static void
bad_counts_change_nothing(void **state)
{
	struct told told;
	struct fixture f;
	enum ck_outside source;

	start(&f, *state);
	assert_int_equal(give_counts(&f, "facility,date,calls\n"
	    "84001,2026-03-02,1\n84999,2026-03-02,1\n84001,02/03/2026,1\n"
	    "84001,2026-03-03,-1\n84001,2026-03-04,12345678\n84001\n",
	    &told), CK_ERR_CONFIG);
	assert_int_equal(told.count, 5);
	assert_int_equal(told.line[0], 3);
	assert_int_equal(told.line[4], 7);
	assert_int_equal(give_counts(&f, "facility,date,calls\n"
	    "84001,2026-03-02,1\n84001,2026-03-02,2\n", &told),
	    CK_ERR_CONFIG);
	assert_int_equal(told.count, 1);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM "
	    "outside_count"), 0);
	assert_false(ck_outside_recognise(ck_span_str("facility,date\n"),
	    &source));
	assert_false(ck_outside_recognise(CK_SPAN_EMPTY, &source));
	fixture_end(&f);
}

/* Marked once, it stays so: also for who opens it without the setting. */
static void
a_played_ledger_says_so_for_good(void **state)
{
	struct ck_ledger_options options = { .played = true };
	struct ck_buf sentence = CK_BUF_INIT;
	struct ck_catalogue *catalogue;
	struct ck_ledger *played;
	struct fixture f;
	json_t *document;

	start(&f, *state);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	assert_null(json_object_get(document, "played"));
	json_decref(document);
	options.where = f.where;
	assert_int_equal(ck_ledger_open(&played, &options, &f.clock), CK_OK);
	ck_ledger_close(&played);
	ck_ledger_close(&f.ledger);
	fixture_open(&f);
	document = report_of(&f, "2026-03-01", "2026-03-02");
	assert_true(json_is_true(json_object_get(document, "played")));
	assert_int_equal(ck_catalogue_open(&catalogue, "en"), CK_OK);
	assert_int_equal(ck_words_sentence(document, catalogue, &sentence),
	    CK_OK);
	assert_int_equal(ck_buf_push(&sentence, 0), CK_OK);
	assert_non_null(strstr((const char *)sentence.ptr, "Played figures"));
	ck_buf_wipe(&sentence);
	ck_catalogue_free(&catalogue);
	json_decref(document);
	fixture_end(&f);
}

/* --- The table that SQLite adds ---------------------------------------------------- */

static void
totals_are_the_sums_of_clinics(void **state)
{
	static const char wrong[] =
	    "SELECT count(*) FROM (SELECT day, words, sum(count) AS n FROM "
	    "figure_day GROUP BY day, words) d FULL JOIN figure_total t ON "
	    "t.day = d.day AND t.words = d.words WHERE coalesce(d.n, 0) <> "
	    "coalesce(t.count, 0)";
	struct fixture f;

	start(&f, NULL);
	(void)state;
	fixture_expect(&f, &late, CK_FEED_GOOD);
	assert_int_equal(fixture_int(&f, wrong), 0);
	assert_true(fixture_int(&f, "SELECT count(*) FROM figure_total") > 0);
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(adds_up_by_every_group),
		ON_BOTH(only_the_period_counts),
		ON_BOTH(complete_means_every_daemon),
		cmocka_unit_test(who_is_below_is_named),
		ON_BOTH(groups_are_those_of_the_day),
		ON_BOTH(a_closed_period_changes_by_restatement_only),
		ON_BOTH(a_statement_that_was_changed_is_found),
		cmocka_unit_test(a_period_that_runs_cannot_be_closed),
		cmocka_unit_test(nobody_is_whole_before_it_began),
		ON_BOTH(the_portal_is_set_against_calls),
		cmocka_unit_test(a_difference_has_a_reason),
		ON_BOTH(visits_give_the_share_of_cccd),
		ON_BOTH(words_are_told_as_they_were_met),
		ON_BOTH(a_played_ledger_says_so_for_good),
		ON_BOTH(bad_counts_change_nothing),
		cmocka_unit_test(totals_are_the_sums_of_clinics)
	};
	int failed;

	if (!pg_make(&server)) {
		(void)fprintf(stderr, "no PostgreSQL server: see %s/log\n",
		    server.directory);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pg_remove(&server);

	return failed;
}
