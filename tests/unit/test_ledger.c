/*
 * test_ledger.c - what a ledger counts, on SQLite and on PostgreSQL
 */
#include "ledger_run.h"

#include "ck/words.h"
#include "ledger/day.h"

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

/* --- Many at once --------------------------------------------------------- */

static void
takes_many_together(void **state)
{
	static const struct feed_row one = { .count = 1, .revision = 1 };
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
	    .epoch = "1772330402-00000000000000bb", .rows = &one,
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
		ON_BOTH(takes_many_together),
		ON_BOTH(reads_any_range),
		ON_BOTH(lists_what_it_holds),
		ON_BOTH(opens_its_own_only),
	};
	int failed;

	if (!server_start())
		return 1;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pg_remove(&server);

	return failed;
}
