/*
 * test_release.c - documents that are judged again, and silences that are kept,
 * on SQLite and on PostgreSQL
 */
#include "ledger_fixture.h"

#include "ledger/day.h"

static struct pg_server server;

/* Each test twice: state is the server, or NULL. */
#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

#define STRANGER 9	/* a key that the registry has not */

static const struct feed_row two_rows[] = {
	{ .count = 12, .revision = 1 },
	{ .count = 3, .revision = 2, .outcome = "not_found",
	    .reason = "050", .owner = "patient" },
};

/* As the fixture's, and 84001 once had another daemon. */
static void
learn_key(struct fixture *f, unsigned main_key)
{
	struct feed_text text = { NULL, 0, 0 };
	char key[2][65];

	feed_public(main_key, key[0]);
	feed_public(STRANGER, key[1]);
	feed_put(&text, "84001,2026-01-01,84001,Bệnh viện đa khoa Trà Vinh,"
	    "tỉnh,,Phường 7,,main,,%s,1-7\n", key[0]);
	feed_put(&text, "84001,2026-01-01,,,,,,,cu,,%s,\n", key[1]);
	feed_public(2, key[0]);
	feed_put(&text, "84002,2026-01-01,84002,Bệnh viện Càng Long,huyện,"
	    "84001,Càng Long,,main,,%s,1-5 07:00-17:00\n", key[0]);
	fixture_import(f, text.text);
	free(text.text);
}

/* A document whose receipts are signed with a key that nobody knows; and one
 * of another clinic behind it. Returns its number. */
static int64_t
quarantine(struct fixture *f)
{
	char *receipts = feed_receipts(STRANGER, 1, 0xab);
	struct feed feed = {
		.revision = 2, .rows = two_rows, .row_count = 2,
		.receipts = receipts
	};
	struct feed other = { .facility = "84002", .key = 2 };
	int64_t number;

	fixture_start(f, f->server);
	fixture_registry(f);
	fixture_give(f, &feed, CK_WAY_PULL, 0);
	assert_int_equal(f->out.finding.reason, CK_FEED_RECEIPT);
	number = f->out.document;
	fixture_give(f, &other, CK_WAY_PULL, 0);
	assert_int_equal(f->out.verdict, CK_VERDICT_ACCEPTED);
	free(receipts);

	return number;
}

static void
release(struct fixture *f, int64_t number, enum ck_verdict verdict)
{
	assert_int_equal(ck_ledger_release(f->ledger, number, &f->out),
	    CK_OK);
	assert_int_equal(f->out.verdict, verdict);
}

static void
what_was_mended_counts_once(void **state)
{
	struct fixture f = { .server = *state };
	int64_t number = quarantine(&f), streams;

	f.now_ms += 2 * 24 * CK_HOUR_MS;
	release(&f, number, CK_VERDICT_QUARANTINED);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM figure"), 0);

	learn_key(&f, 1);
	release(&f, number, CK_VERDICT_ACCEPTED);
	assert_int_equal(f.out.document, number);
	assert_int_equal(f.out.changed, 2);
	assert_false(f.out.repeated);
	fixture_check_sums(&f);

	/* It came once, when it came, and is no news of today. */
	assert_int_equal(fixture_int(&f, "SELECT max(times) FROM document"),
	    1);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM document "
	    "WHERE received_ms = last_ms"), 2);
	streams = fixture_int(&f, "SELECT max(received_ms) FROM stream");
	assert_int_equal(streams, NOW_MS);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM pause"), 0);

	release(&f, number, CK_VERDICT_ACCEPTED);
	assert_true(f.out.repeated);
	assert_int_equal(f.out.changed, 0);
	assert_int_equal(f.out.document, number);
	assert_int_equal(fixture_int(&f, "SELECT sum(count) FROM figure"),
	    15);
	assert_int_equal(fixture_int(&f, "SELECT max(times) FROM document"),
	    1);
	fixture_check_sums(&f);
	fixture_end(&f);
}

/* To judge again must not lose what is kept. */
static void
what_would_be_refused_stays(void **state)
{
	struct fixture f = { .server = *state };
	int64_t number = quarantine(&f);
	struct ck_buf body = CK_BUF_INIT;

	learn_key(&f, 4);
	release(&f, number, CK_VERDICT_REFUSED);
	assert_int_equal(f.out.finding.reason, CK_FEED_KEY);
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM document "
	    "WHERE verdict = 2 AND reason = 'receipt'"), 1);
	assert_int_equal(ck_document_body(f.ledger, number, &body), CK_OK);
	ck_buf_wipe(&body);

	learn_key(&f, 1);
	release(&f, number, CK_VERDICT_ACCEPTED);
	fixture_check_sums(&f);
	fixture_end(&f);
}

/* A clock that was wrong is not right because time has passed. */
static void
a_clock_is_judged_as_of_then(void **state)
{
	static const struct feed ahead = {
		.revision = 2, .rows = two_rows, .row_count = 2,
		.made_at = "2026-03-02T12:00:05Z"
	};
	struct ck_ledger_options options = { .clock_tolerance_ms =
	    3 * CK_HOUR_MS };
	struct fixture f;
	int64_t number;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_give(&f, &ahead, CK_WAY_PULL, 0);
	assert_int_equal(f.out.finding.reason, CK_FEED_CLOCK);
	number = f.out.document;
	f.now_ms += 24 * CK_HOUR_MS;
	release(&f, number, CK_VERDICT_QUARANTINED);
	assert_int_equal(f.out.finding.reason, CK_FEED_CLOCK);

	ck_ledger_close(&f.ledger);
	options.where = f.where;
	assert_int_equal(ck_ledger_open(&f.ledger, &options, &f.clock),
	    CK_OK);
	release(&f, number, CK_VERDICT_ACCEPTED);
	assert_int_equal(f.out.changed, 2);
	fixture_end(&f);
}

static void
what_was_not_kept_has_to_come_again(void **state)
{
	struct feed forged = { .revision = 0, .key = 4, .named_key = 1 };
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	fixture_give(&f, &forged, CK_WAY_PULL, 0);
	assert_int_equal(f.out.verdict, CK_VERDICT_REFUSED);
	assert_int_equal(ck_ledger_release(f.ledger, f.out.document, &f.out),
	    CK_ERR_NOT_FOUND);
	assert_int_equal(ck_ledger_release(f.ledger, 4711, &f.out),
	    CK_ERR_NOT_FOUND);
	fixture_end(&f);
}

/* --- Pauses --------------------------------------------------------------- */

struct pauses {
	unsigned count;
	int64_t from_ms[4], until_ms[4];
};

static enum ck_err
take_pause(void *ctx, int64_t from_ms, int64_t until_ms)
{
	struct pauses *pauses = ctx;

	assert_true(pauses->count < 4);
	pauses->from_ms[pauses->count] = from_ms;
	pauses->until_ms[pauses->count++] = until_ms;

	return CK_OK;
}

static void
hear(struct fixture *f, int64_t hours, const char *station, unsigned key,
    const char *made_at)
{
	struct feed feed = {
		.station = station, .key = key, .made_at = made_at
	};

	f->now_ms = NOW_MS + hours * CK_HOUR_MS;
	fixture_give(f, &feed, CK_WAY_FILE, 0);
	assert_int_equal(f->out.verdict, CK_VERDICT_ACCEPTED);
}

/* A clinic is heard as long as any of its daemons is. */
static void
a_pause_is_kept(void **state)
{
	struct pauses pauses = { .count = 0 };
	struct fixture f;

	fixture_start(&f, *state);
	fixture_registry(&f);
	hear(&f, 0, "main", 1, "2026-03-02T10:00:01Z");
	hear(&f, 23, "main", 1, "2026-03-02T10:00:02Z");
	hear(&f, 46, "tang-2", 3, "2026-03-02T10:00:03Z");
	hear(&f, 69, "main", 1, "2026-03-02T10:00:04Z");
	assert_int_equal(fixture_int(&f, "SELECT count(*) FROM pause"), 0);
	hear(&f, 169, "main", 1, "2026-03-02T10:00:05Z");
	hear(&f, 169, "main", 1, "2026-03-02T10:00:06Z");
	hear(&f, 269, "tang-2", 3, "2026-03-02T10:00:07Z");
	assert_int_equal(ck_pauses_read(f.ledger, f.out.facility, take_pause,
	    &pauses), CK_OK);
	assert_int_equal(pauses.count, 2);
	assert_int_equal(pauses.from_ms[0], NOW_MS + 169 * CK_HOUR_MS);
	assert_int_equal(pauses.until_ms[0], NOW_MS + 269 * CK_HOUR_MS);
	assert_int_equal(pauses.from_ms[1], NOW_MS + 69 * CK_HOUR_MS);
	assert_int_equal(pauses.until_ms[1], NOW_MS + 169 * CK_HOUR_MS);
	fixture_end(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(what_was_mended_counts_once),
		ON_BOTH(what_would_be_refused_stays),
		ON_BOTH(a_clock_is_judged_as_of_then),
		ON_BOTH(what_was_not_kept_has_to_come_again),
		ON_BOTH(a_pause_is_kept),
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
