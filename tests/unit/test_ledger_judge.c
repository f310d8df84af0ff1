/*
 * test_ledger_judge.c - what a ledger does not count, and why: impossible rows,
 * strangers, clocks, databases that went back, bytes of any kind
 */
#include "ledger_run.h"

#include "ck/words.h"
#include "ledger/day.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(quarantines_impossible_rows),
		ON_BOTH(refuses_strangers),
		ON_BOTH(distrusts_clocks),
		ON_BOTH(quarantines_an_older_epoch),
		ON_BOTH(adds_up_epochs),
		ON_BOTH(finds_a_database_that_went_back),
		ON_BOTH(refuses_anything_else),
		ON_BOTH(outlives_a_body_that_does_not_pack),
	};
	int failed;

	if (!server_start())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pg_remove(&server);

	return failed;
}
