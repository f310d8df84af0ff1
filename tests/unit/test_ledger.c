/*
 * test_ledger.c - what a ledger counts, on SQLite and on PostgreSQL
 */
#include "ledger_fixture.h"

#include "ck/words.h"
#include "ledger/day.h"

static struct pg_server server;

/* Each test twice: state is the server, or NULL. */
#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

static const struct feed_row two_rows[] = {
	{ .count = 12, .revision = 5101 },
	{ .count = 3, .revision = 5103, .outcome = "not_found",
	    .reason = "050", .owner = "patient" },
};

static const struct feed two = {
	.after = 0, .revision = 5120, .rows = two_rows, .row_count = 2
};

static void
counts_once(void **state)
{
	struct fixture f;
	int i;

	fixture_start(&f, *state);
	fixture_registry(&f);
	for (i = 0; i < 3; i++) {
		fixture_expect(&f, &two, CK_FEED_GOOD);
		assert_int_equal(f.out.verdict, CK_VERDICT_ACCEPTED);
		assert_int_equal(f.out.repeated, i > 0);
		assert_int_equal(f.out.revision, 5120);
		assert_int_equal(f.out.changed, i == 0 ? 2 : 0);
	}
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    15);
	assert_int_equal(fixture_int(&f, "SELECT times FROM document"), 3);
	fixture_check_sums(&f);
	fixture_end(&f);
}


/* --- Any order, any way --------------------------------------------------- */

/* Pages that come early, late and twice end in the same ledger. */
static void
takes_any_order(void **state)
{
	static const struct feed_row first[] = {
		{ .count = 5, .revision = 10 },
		{ .count = 1, .revision = 20, .reason = "003" },
	};
	static const struct feed_row second[] = {
		{ .count = 7, .revision = 30 },	/* was 5 */
		{ .count = 2, .revision = 40, .reason = "004" },
	};
	static const struct feed one = { .revision = 20, .more = true,
	    .rows = first, .row_count = 2 };
	static const struct feed other = { .after = 20, .revision = 40,
	    .rows = second, .row_count = 2,
	    .made_at = "2026-03-02T10:00:06Z" };
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &other, CK_FEED_GOOD);
	assert_true(f.out.gap);
	assert_int_equal(f.out.revision, 0);
	assert_int_equal(fixture_int(&f, "SELECT complete_ms FROM stream"),
	    0);
	fixture_give(&f, &one, CK_WAY_PUSH, 1);
	assert_false(f.out.gap);
	assert_true(f.out.more);
	assert_int_equal(f.out.revision, 40);
	/* nothing is missing any more, though the later came first */
	assert_int_equal(fixture_int(&f, "SELECT complete_ms FROM stream"),
	    INT64_C(1772445600000));
	fixture_give(&f, &other, CK_WAY_PULL, 1);
	assert_true(f.out.repeated);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    10);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM figure"), 3);
	fixture_check_sums(&f);
	fixture_end(&f);
}

/* A count falls to 0 when a visit moves; sums follow. */
static void
lets_counts_fall(void **state)
{
	static const struct feed_row before[] = {
		{ .count = 5, .revision = 1 },
		{ .count = 2, .revision = 2, .hour = "2026-02-28T18:00:00Z" },
	};
	static const struct feed_row after[] = {
		{ .count = 0, .revision = 3 },
		{ .count = 7, .revision = 4, .hour = "2026-03-02T02:00:00Z" },
	};
	static const struct feed one = { .revision = 2, .rows = before,
	    .row_count = 2 };
	static const struct feed other = { .after = 2, .revision = 4,
	    .rows = after, .row_count = 2,
	    .made_at = "2026-03-02T10:00:06Z" };
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &one, CK_FEED_GOOD);
	fixture_check_sums(&f);
	/* 18:00 UTC of 28 February is 1 March in Vietnam. */
	assert_int_equal(fixture_int(&f, "SELECT min(month) FROM "
	    "figure_month"), 2026 * 12 + 2);
	fixture_expect(&f, &other, CK_FEED_GOOD);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM "
	    "figure_month"), 9);
	fixture_check_sums(&f);
	/* And back again by an old copy: nothing. */
	fixture_expect(&f, &one, CK_FEED_GOOD);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM "
	    "figure_month"), 9);
	fixture_end(&f);
}

/* Each figure names the document that set it, and its bytes are kept. */
static void
keeps_every_document(void **state)
{
	char *text = feed_make(&two);
	struct ck_buf body = CK_BUF_INIT;
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &two, CK_FEED_GOOD);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM figure g "
	    "JOIN document d ON d.number = g.document"), 2);
	assert_int_equal(ck_document_body(f.ledger, f.out.document, &body),
	    CK_OK);
	assert_int_equal(body.len, strlen(text));
	assert_memory_equal(body.ptr, text, body.len);
	ck_buf_wipe(&body);
	assert_int_equal(ck_document_body(f.ledger, 999, &body),
	    CK_ERR_NOT_FOUND);
	free(text);
	fixture_end(&f);
}

/* An idle clinic says so every hour for years: only its last word is kept. */
static void
keeps_one_idle_document(void **state)
{
	struct feed idle = { .after = 5120, .revision = 5120 };
	struct fixture f;
	char made_at[32];
	int i;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &two, CK_FEED_GOOD);
	for (i = 10; i < 40; i++) {
		(void)snprintf(made_at, sizeof(made_at),
		    "2026-03-02T10:05:%dZ", i);
		idle.made_at = idle.complete_until = made_at;
		fixture_expect(&f, &idle, CK_FEED_GOOD);
	}
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM document"), 2);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM body"), 2);
	assert_int_equal(fixture_int(&f, "SELECT complete_ms FROM stream"),
	    NOW_MS + 329000);
	fixture_end(&f);
}

/* Two daemons of one clinic, and one clinic under two codes. */
static void
adds_up_one_clinic(void **state)
{
	static const struct feed_row rows[] = {
		{ .count = 4, .revision = 1 },
		{ .count = 6, .revision = 2, .facility = "86101",
		    .hour = "2026-03-02T02:00:00Z" },
	};
	static const struct feed_row upstairs[] = {
		{ .count = 3, .revision = 1 },
	};
	static const struct feed moved = { .facility = "86101",
	    .revision = 2, .rows = rows, .row_count = 2 };
	static const struct feed second = { .station = "tang-2",
	    .epoch = "1772330401-00000000000000aa", .revision = 1,
	    .rows = upstairs, .row_count = 1, .key = 3 };
	struct feed_text text = { NULL, 0, 0 };
	struct feed_row copy[2];
	struct feed old = moved;
	struct fixture f;
	char key[2][65];

	fixture_start(&f, *state);
	feed_public(1, key[0]);
	feed_public(3, key[1]);
	feed_put(&text, "a,2025-01-01,84001,Cũ,tỉnh,,,Trà Vinh,main,,%s,\n"
	    "a,2026-03-02,86101,Mới,tỉnh,,,,main,,%s,\n"
	    "a,2026-03-02,,,,,,,tang-2,,%s,\n", key[0], key[0], key[1]);
	fixture_import(&f, text.text);
	memcpy(copy, rows, sizeof(copy));
	copy[0].facility = "84001";
	copy[0].hour = "2026-03-01T01:00:00Z";
	old.rows = copy;
	fixture_expect(&f, &old, CK_FEED_GOOD);
	fixture_expect(&f, &second, CK_FEED_GOOD);
	free(text.text);
	/* The registry's row for 86101 is not for this station. */
	assert_int_equal(fixture_int(&f, "SELECT count(DISTINCT facility) "
	    "FROM figure_day"), 1);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure_day"),
	    13);
	fixture_check_sums(&f);
	fixture_end(&f);
}

/* --- What is not counted -------------------------------------------------- */

static const struct feed_row good_row = { .count = 1, .revision = 1 };

/* The document with this row alone, after a good one: nothing may change. */
static void
expect_row(struct fixture *f, struct feed_row row,
    enum ck_feed_reason reason)
{
	struct feed feed = { .after = 5120, .revision = 5130, .rows = &row,
	    .row_count = 1, .made_at = "2026-03-02T10:00:06Z" };

	if (row.revision == 0)
		row.revision = 5121;
	if (row.count == 0)
		row.count = 1;
	fixture_expect(f, &feed, reason);
	assert_int_equal(f->out.verdict, ck_feed_reason_verdict(reason));
	assert_int_equal(fixture_int(f, "SELECT sum(count) FROM figure"), 15);
	assert_int_equal(fixture_int(f, "SELECT revision FROM stream "
	    "WHERE made_ms > 0"), 5120);
	fixture_check_sums(f);
}

static void
quarantines_impossible_rows(void **state)
{
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &two, CK_FEED_GOOD);
#define ROW(...) ((struct feed_row){ __VA_ARGS__ })
	expect_row(&f, ROW(.count = -1), CK_FEED_COUNT);
	expect_row(&f, ROW(.count = 1000001), CK_FEED_COUNT);
	expect_row(&f, ROW(.latency_sum_ms = -1), CK_FEED_LATENCY);
	expect_row(&f, ROW(.latency_sum_ms = 101), CK_FEED_LATENCY);
	expect_row(&f, ROW(.latency = "[0,0,0,0,2,0,0,0,0,0,0,0,0]"),
	    CK_FEED_LATENCY);
	expect_row(&f, ROW(.latency = "[0,0,0,0,-1,0,0,0,0,0,0,0,0]"),
	    CK_FEED_LATENCY);
	expect_row(&f, ROW(.latency = "[1,0]"), CK_FEED_MALFORMED);
	expect_row(&f, ROW(.hour = "2026-03-03T17:00:00Z"), CK_FEED_FUTURE);
	expect_row(&f, ROW(.hour = "2031-01-01T00:00:00Z"), CK_FEED_FUTURE);
	expect_row(&f, ROW(.hour = "2031-01-01T00:00:00Z",
	    .series = "visits"), CK_FEED_FUTURE);
	expect_row(&f, ROW(.hour = "1970-01-01T00:00:00Z"), CK_FEED_PAST);
	expect_row(&f, ROW(.hour = "2026-03-02T01:30:00Z"),
	    CK_FEED_MALFORMED);
	expect_row(&f, ROW(.outcome = "perhaps"), CK_FEED_WORD);
	expect_row(&f, ROW(.kind = "desk2"), CK_FEED_WORD);
	expect_row(&f, ROW(.series = "sums"), CK_FEED_WORD);
	expect_row(&f, ROW(.facility = "84002"), CK_FEED_ROW_CLINIC);
	expect_row(&f, ROW(.facility = "99999"), CK_FEED_ROW_CLINIC);
	expect_row(&f, ROW(.epoch = "1772330400-0000000000000000"),
	    CK_FEED_ROW_CLINIC);
	expect_row(&f, ROW(.revision = 5120), CK_FEED_REVISION);
	expect_row(&f, ROW(.revision = 5131), CK_FEED_REVISION);
	expect_row(&f, ROW(.desk = "a\\u0001b"), CK_FEED_MALFORMED);
	expect_row(&f, ROW(.station = "Main"), CK_FEED_MALFORMED);
#undef ROW
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM document "
	    "WHERE verdict = 2"), 18);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM body"), 19);
	fixture_end(&f);
}

/* Expect a reason of a whole document; nothing of it is counted. */
static void
expect_feed(struct fixture *f, struct feed feed, enum ck_feed_reason reason)
{
	int64_t before = fixture_int(f, "SELECT count(*) FROM figure");

	if (feed.rows == NULL && feed.row_count == 0) {
		feed.rows = &good_row;
		feed.row_count = 1;
	}
	if (feed.revision == 0)
		feed.revision = 1;
	fixture_expect(f, &feed, reason);
	assert_int_equal(fixture_int(f, "SELECT count(*) FROM figure"),
	    before);
	fixture_check_sums(f);
}

static void
refuses_strangers(void **state)
{
	static const struct feed good = { .revision = 1, .rows = &good_row,
	    .row_count = 1 };
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
#define FEED(...) ((struct feed){ __VA_ARGS__ })
	expect_feed(&f, FEED(.schema = "0"), CK_FEED_SCHEMA);
	expect_feed(&f, FEED(.schema = "2"), CK_FEED_SCHEMA);
	expect_feed(&f, FEED(.schema = "\"1\""), CK_FEED_SCHEMA);
	expect_feed(&f, FEED(.schema = "null"), CK_FEED_SCHEMA);
	assert_non_null(strstr(f.out.finding.detail, "knows 1"));
	expect_feed(&f, FEED(.facility = "99999"), CK_FEED_UNKNOWN_CLINIC);
	expect_feed(&f, FEED(.station = "attic"), CK_FEED_UNKNOWN_CLINIC);
	expect_feed(&f, FEED(.key = 2), CK_FEED_KEY);
	expect_feed(&f, FEED(.key = 2, .named_key = 1), CK_FEED_SIGNATURE);
	expect_feed(&f, FEED(.epoch = "yesterday"), CK_FEED_MALFORMED);
	expect_feed(&f, FEED(.made_at = "2026-03-02 10:00"),
	    CK_FEED_MALFORMED);
	expect_feed(&f, FEED(.bounds = "[5,10]"), CK_FEED_LATENCY);
	expect_feed(&f, FEED(.after = 9, .revision = 8), CK_FEED_REVISION);
	expect_feed(&f, FEED(.receipts = "7"), CK_FEED_MALFORMED);
#undef FEED
	/* A good one from another clinic than was asked. */
	fixture_give(&f, &good, CK_WAY_PULL, 2);
	assert_int_equal(f.out.finding.reason, CK_FEED_WRONG_CLINIC);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM figure"), 0);
	/* Refused once is not refused for ever. */
	fixture_give(&f, &good, CK_WAY_PULL, 1);
	assert_int_equal(f.out.verdict, CK_VERDICT_ACCEPTED);
	/* What was counted is still refused from another. */
	fixture_give(&f, &good, CK_WAY_PUSH, 2);
	assert_int_equal(f.out.finding.reason, CK_FEED_WRONG_CLINIC);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM document "
	    "WHERE verdict = 1"), 1);
	fixture_end(&f);
}

static void
distrusts_clocks(void **state)
{
	static const struct feed good = { .revision = 1, .rows = &good_row,
	    .row_count = 1 };
	const int64_t day_ms = INT64_C(86400000);
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	f.now_ms = NOW_MS - 2 * day_ms;
	fixture_give(&f, &good, CK_WAY_FILE, 0);
	assert_int_equal(f.out.finding.reason, CK_FEED_CLOCK);
	fixture_give(&f, &good, CK_WAY_PULL, 1);
	assert_int_equal(f.out.finding.reason, CK_FEED_CLOCK);
	f.now_ms = NOW_MS + 3 * day_ms;
	fixture_give(&f, &good, CK_WAY_PUSH, 1);
	assert_int_equal(f.out.finding.reason, CK_FEED_CLOCK);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM figure"), 0);
	/* A file may be old, and a clock a little wrong. */
	fixture_give(&f, &good, CK_WAY_FILE, 0);
	assert_int_equal(f.out.verdict, CK_VERDICT_ACCEPTED);
	f.now_ms = NOW_MS + 20 * 60000;
	fixture_give(&f, &two, CK_WAY_PULL, 1);
	assert_int_equal(f.out.verdict, CK_VERDICT_ACCEPTED);
	fixture_end(&f);
}

/* --- The past of a database ----------------------------------------------- */

static void
quarantines_an_older_epoch(void **state)
{
	static const struct feed newer = {
	    .epoch = "1772400000-0123456789abcdef", .revision = 1,
	    .rows = &good_row, .row_count = 1 };
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &newer, CK_FEED_GOOD);
	fixture_expect(&f, &two, CK_FEED_OLDER_EPOCH);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"), 1);
	fixture_end(&f);
}

/* One after the other: both epochs count. */
static void
adds_up_epochs(void **state)
{
	static const struct feed newer = {
	    .epoch = "1772400000-0123456789abcdef", .revision = 1,
	    .rows = &good_row, .row_count = 1 };
	char epoch[CK_FEED_EPOCH_LEN];
	struct fixture f;
	int64_t revision;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &two, CK_FEED_GOOD);
	fixture_expect(&f, &newer, CK_FEED_GOOD);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    16);
	fixture_check_sums(&f);
	assert_int_equal(ck_ledger_position(f.ledger, f.out.facility, "main",
	    epoch, &revision), CK_OK);
	assert_string_equal(epoch, newer.epoch);
	assert_int_equal(revision, 1);
	assert_int_equal(ck_ledger_revision(f.ledger, "84001", "main",
	    FEED_EPOCH, &revision), CK_OK);
	assert_int_equal(revision, 5120);
	assert_int_equal(ck_ledger_revision(f.ledger, "84001", "main",
	    "1-0", &revision), CK_OK);
	assert_int_equal(revision, 0);
	fixture_end(&f);
}

static void
finds_a_database_that_went_back(void **state)
{
	char *ten = feed_receipts(1, 10, 0xAA);
	char *nine = feed_receipts(1, 9, 0xBB);
	char *forked = feed_receipts(1, 10, 0xCC);
	char *strangers = feed_receipts(2, 11, 0xDD);
	struct feed_row changed = { .count = 9, .revision = 5101 };
	struct feed feed = two;
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	feed.receipts = ten;
	fixture_expect(&f, &feed, CK_FEED_GOOD);
	feed.made_at = "2026-03-02T10:01:00Z";
	feed.receipts = nine;
	fixture_expect(&f, &feed, CK_FEED_WENT_BACK);
	feed.receipts = "null";
	fixture_expect(&f, &feed, CK_FEED_WENT_BACK);
	feed.receipts = forked;
	fixture_expect(&f, &feed, CK_FEED_FORKED);
	feed.receipts = strangers;
	fixture_expect(&f, &feed, CK_FEED_RECEIPT);
	/* The same revision with another count. */
	feed.receipts = ten;
	feed.rows = &changed;
	feed.row_count = 1;
	fixture_expect(&f, &feed, CK_FEED_FORKED);
	/* Made later, knowing less. */
	feed.rows = &good_row;
	feed.revision = 1;
	fixture_expect(&f, &feed, CK_FEED_WENT_BACK);
	/* Made earlier, it may know less. */
	feed.receipts = nine;
	feed.made_at = "2026-03-02T09:59:00Z";
	feed.complete_until = "2026-03-02T09:59:00Z";
	fixture_expect(&f, &feed, CK_FEED_GOOD);
	assert_int_equal(fixture_int(&f, "SELECT batch FROM stream"), 10);
	fixture_check_sums(&f);
	free(ten);
	free(nine);
	free(forked);
	free(strangers);
	fixture_end(&f);
}

/* --- Bytes of any kind ---------------------------------------------------- */

static void
give_text(struct fixture *f, const char *text, bool cut,
    enum ck_feed_reason reason)
{
	struct ck_arrival arrival = { .body = ck_span_str(text),
	    .way = CK_WAY_PUSH, .facility = 1, .cut = cut };

	assert_int_equal(ck_ledger_accept(f->ledger, &arrival, &f->out),
	    CK_OK);
	assert_int_equal(f->out.finding.reason, reason);
	assert_int_equal(f->out.verdict, CK_VERDICT_REFUSED);
}

static void
refuses_anything_else(void **state)
{
	size_t many = CK_DOCUMENT_VALUES_MAX + 10, i;
	char *text = feed_make(&two), *commas;
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	give_text(&f, "", false, CK_FEED_MALFORMED);
	give_text(&f, "{}", false, CK_FEED_SCHEMA);
	give_text(&f, "[]", false, CK_FEED_MALFORMED);
	give_text(&f, "{\"schema\":1}", false, CK_FEED_MALFORMED);
	give_text(&f, "\xff\xfe{", false, CK_FEED_MALFORMED);
	give_text(&f, text, true, CK_FEED_TOO_LARGE);
	/* Few bytes that would be many values. */
	commas = malloc(many * 2 + 4);
	assert_non_null(commas);
	commas[0] = '[';
	for (i = 0; i < many; i++)
		memcpy(commas + 1 + 2 * i, "1,", 2);
	memcpy(commas + 1 + 2 * many, "1]", 3);
	give_text(&f, commas, false, CK_FEED_TOO_LARGE);
	/* One byte changed anywhere is another document. */
	for (i = 0; i < strlen(text); i += 101) {
		struct ck_arrival arrival = { .body = ck_span_str(text),
		    .way = CK_WAY_FILE };
		char kept = text[i];

		text[i] = kept == '1' ? '2' : '1';
		assert_int_equal(ck_ledger_accept(f.ledger, &arrival,
		    &f.out), CK_OK);
		assert_int_not_equal(f.out.verdict, CK_VERDICT_ACCEPTED);
		text[i] = kept;
	}
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM figure"), 0);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM body b "
	    "JOIN document d ON d.number = b.document WHERE verdict = 3"),
	    0);
	free(commas);
	free(text);
	fixture_end(&f);
}

/* A body that does not pack is too much for the database: what it says is
 * judged all the same, and the ledger goes on. */
static void
outlives_a_body_that_does_not_pack(void **state)
{
	size_t len = 3 << 20, i;
	char *noise = malloc(len + 1);
	struct feed_row row = { .count = 1, .revision = 1, .kind = noise };
	struct feed feed = { .revision = 1, .rows = &row, .row_count = 1 };
	uint64_t chance = 1;
	struct fixture f;

	assert_non_null(noise);
	for (i = 0; i < len; i++) {
		chance = chance * UINT64_C(6364136223846793005) + 1;
		noise[i] = (char)('0' + (chance >> 33) % 75);
		if (noise[i] == '\\')
			noise[i] = '!';
	}
	noise[len] = '\0';
	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &feed, CK_FEED_WORD);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM document "
	    "WHERE verdict = 2"), 1);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM body"), 0);
	fixture_expect(&f, &two, CK_FEED_GOOD);
	free(noise);
	fixture_end(&f);
}

/* --- Many at once --------------------------------------------------------- */

static void
takes_many_together(void **state)
{
	struct feed bad = two;
	const char *text[4];
	char *owned[3];
	struct ck_arrival arrivals[4];
	struct ck_acceptance out[4];
	enum ck_err errors[4];
	struct fixture f;
	size_t i;

	bad.key = 2;
	owned[0] = feed_make(&two);
	owned[1] = feed_make(&bad);
	bad = (struct feed){ .facility = "84002", .key = 2, .revision = 1,
	    .epoch = "1772330402-00000000000000bb", .rows = &good_row,
	    .row_count = 1 };
	owned[2] = feed_make(&bad);
	text[0] = text[3] = owned[0];	/* the same bytes twice */
	text[1] = owned[1];
	text[2] = owned[2];
	fixture_start(&f, *state);
	fixture_registry(&f);
	for (i = 0; i < 4; i++)
		arrivals[i] = (struct ck_arrival){
			.body = ck_span_str(text[i]), .way = CK_WAY_FILE
		};
	assert_int_equal(ck_ledger_accept_all(f.ledger, arrivals, 4, out,
	    errors), CK_OK);
	assert_int_equal(out[0].verdict, CK_VERDICT_ACCEPTED);
	assert_int_equal(out[1].finding.reason, CK_FEED_KEY);
	assert_int_equal(out[2].verdict, CK_VERDICT_ACCEPTED);
	assert_true(out[3].repeated);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    16);
	fixture_check_sums(&f);
	for (i = 0; i < 3; i++)
		free(owned[i]);
	fixture_end(&f);
}

/* --- Reading -------------------------------------------------------------- */

struct sums {
	int64_t total, rows, first_day, covered;
};

static enum ck_err
add_sum(void *ctx, const struct ck_figures_row *row)
{
	struct sums *sums = ctx;

	if (sums->rows == 0)
		sums->first_day = row->day;
	sums->rows++;
	sums->total += row->count;
	if (row->words->outcome == CK_OUTCOME_COVERED)
		sums->covered += row->count;

	return CK_OK;
}

static struct sums
read_sums(struct fixture *f, int64_t from, int64_t to, enum ck_figures_by by)
{
	struct ck_figures_query query = { .from_day = from, .to_day = to,
	    .by = by, .series = -1 };
	struct sums sums = { .total = 0 };

	assert_int_equal(ck_figures_begin(f->ledger), CK_OK);
	assert_int_equal(ck_figures_read(f->ledger, &query, add_sum, &sums),
	    CK_OK);
	ck_figures_end(f->ledger);

	return sums;
}

/* Every range from every day of ten weeks: whole months and their ends add up
 * to the days. */
static void
reads_any_range(void **state)
{
	struct feed_row rows[70];
	char hours[70][32];
	struct feed feed = { .revision = 70, .rows = rows, .row_count = 70 };
	int64_t first = ck_day_of_date((struct ck_date){ 2025, 12, 20 });
	int64_t from, to;
	struct fixture f;
	int i;

	fixture_start(&f, *state);
	fixture_registry(&f);
	for (i = 0; i < 70; i++) {
		struct ck_date date = ck_day_date(first + i);

		(void)snprintf(hours[i], sizeof(hours[i]),
		    "%04u-%02u-%02uT03:00:00Z", date.year, date.month,
		    date.day);
		rows[i] = (struct feed_row){ .count = i + 1,
		    .revision = i + 1, .hour = hours[i] };
	}
	fixture_expect(&f, &feed, CK_FEED_GOOD);
	for (from = 0; from < 70; from += 3) {
		for (to = from; to < 70; to += 4) {
			int64_t sum = (to + 1) * (to + 2) / 2 -
			    from * (from + 1) / 2;
			struct sums all = read_sums(&f, first + from,
			    first + to, CK_FIGURES_BY_NOTHING);
			struct sums months = read_sums(&f, first + from,
			    first + to, CK_FIGURES_BY_MONTH);
			struct sums days = read_sums(&f, first + from,
			    first + to, CK_FIGURES_BY_DAY);

			assert_int_equal(all.total, sum);
			assert_int_equal(all.rows, 1);
			assert_int_equal(months.total, sum);
			assert_int_equal(months.first_day, first + from);
			assert_int_equal(days.total, sum);
			assert_int_equal(days.rows, to - from + 1);
			assert_int_equal(days.covered, sum);
		}
	}
	fixture_end(&f);
}

static enum ck_err
count_document(void *ctx, const struct ck_document_row *row)
{
	struct sums *sums = ctx;

	sums->rows++;
	sums->total += row->number;

	return CK_OK;
}

static enum ck_err
count_stream(void *ctx, const struct ck_stream *stream)
{
	struct sums *sums = ctx;

	assert_true(stream->latest);
	assert_string_equal(stream->code, "84001");
	assert_int_equal(stream->revision, 5120);
	sums->rows++;

	return CK_OK;
}

static void
lists_what_it_holds(void **state)
{
	struct ck_documents_query query = { .facility = 0 };
	struct sums sums = { .total = 0 };
	struct feed_row bad = { .count = -1, .revision = 5121 };
	struct feed feed = { .after = 5120, .revision = 5121, .rows = &bad,
	    .row_count = 1, .made_at = "2026-03-02T10:00:06Z" };
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_expect(&f, &two, CK_FEED_GOOD);
	fixture_expect(&f, &feed, CK_FEED_COUNT);
	assert_int_equal(ck_documents_read(f.ledger, &query, count_document,
	    &sums), CK_OK);
	assert_int_equal(sums.rows, 2);
	query.verdict = CK_VERDICT_QUARANTINED;
	query.facility = f.out.facility;
	sums.rows = 0;
	assert_int_equal(ck_documents_read(f.ledger, &query, count_document,
	    &sums), CK_OK);
	assert_int_equal(sums.rows, 1);
	query.verdict = (enum ck_verdict)0;
	query.from_day = query.to_day = ck_day_of_date(
	    (struct ck_date){ 2026, 3, 2 });
	sums.rows = 0;
	assert_int_equal(ck_documents_read(f.ledger, &query, count_document,
	    &sums), CK_OK);
	assert_int_equal(sums.rows, 1);
	query.from_day = --query.to_day;
	assert_int_equal(ck_documents_read(f.ledger, &query, count_document,
	    &sums), CK_OK);
	assert_int_equal(sums.rows, 1);
	sums.rows = 0;
	assert_int_equal(ck_streams_read(f.ledger, count_stream, &sums),
	    CK_OK);
	assert_int_equal(sums.rows, 1);
	fixture_end(&f);
}

/* --- The file itself ------------------------------------------------------ */

static void
opens_its_own_only(void **state)
{
	struct ck_ledger_options options = { .where = NULL };
	struct ck_ledger *other;
	struct ck_sql *sql;
	struct fixture f;

	fixture_start(&f, *state);
	options.where = f.where;
	ck_ledger_close(&f.ledger);
	fixture_open(&f);	/* a second time: nothing to migrate */
	assert_int_equal(ck_sql_exec(ck_ledger_sql(f.ledger),
	    "INSERT INTO migration VALUES (999, 999, 0);"), CK_OK);
	assert_int_equal(ck_ledger_open(&other, &options, &f.clock),
	    CK_ERR_STORE_NEWER);
	assert_null(other);
	assert_int_equal(ck_sql_exec(ck_ledger_sql(f.ledger),
	    "DROP TABLE figure_month;"), CK_OK);
	assert_int_equal(ck_ledger_open(&other, &options, &f.clock),
	    CK_ERR_STORE_CORRUPT);
	assert_int_equal(ck_sql_open(&sql,
	    "host=/nonexistent dbname=postgres"), CK_ERR_SERVER_GONE);
	assert_null(sql);
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(counts_once),
		ON_BOTH(takes_any_order),
		ON_BOTH(lets_counts_fall),
		ON_BOTH(keeps_every_document),
		ON_BOTH(keeps_one_idle_document),
		ON_BOTH(adds_up_one_clinic),
		ON_BOTH(quarantines_impossible_rows),
		ON_BOTH(refuses_strangers),
		ON_BOTH(distrusts_clocks),
		ON_BOTH(quarantines_an_older_epoch),
		ON_BOTH(adds_up_epochs),
		ON_BOTH(finds_a_database_that_went_back),
		ON_BOTH(refuses_anything_else),
		ON_BOTH(outlives_a_body_that_does_not_pack),
		ON_BOTH(takes_many_together),
		ON_BOTH(reads_any_range),
		ON_BOTH(lists_what_it_holds),
		ON_BOTH(opens_its_own_only),
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
