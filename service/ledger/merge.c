/*
 * merge.c - the rows of a document become figures
 *
 * First all rows that the document could change are read, a range of hours at a
 * time, and compared; only a document without contradiction is written. A row
 * holds if its revision is higher than the one that is held. Days and months
 * change by the difference, so that they always are the sums of the hours.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/ledger_state.h"

/* Hours without a row that do not end a range: reading a few more rows costs
 * less than asking once more. */
#define RANGE_GAP_HOURS 48

/* Codes and stations that one database ever had. */
#define STREAMS_MAX 32

/* A row, by the numbers under which it is kept, and what is held of it. */
struct pending {
	int64_t stream, hour, words, desk;
	const struct ck_feed_row *row;
	int64_t held_count, held_sum_ms, held_revision;
	bool held;
};

/* A change of a day or a month. */
struct change {
	int64_t when, words, by;
};

struct ck_merge {
	struct pending *rows;		/* by stream, hour, words, desk */
	size_t count;
	struct change *changes;		/* room for count */
};

/* --- Planning ------------------------------------------------------------- */

static int
compare_pending(const void *a, const void *b)
{
	const struct pending *x = a, *y = b;

	if (x->stream != y->stream)
		return x->stream < y->stream ? -1 : 1;
	if (x->hour != y->hour)
		return x->hour < y->hour ? -1 : 1;
	if (x->words != y->words)
		return x->words < y->words ? -1 : 1;

	return x->desk < y->desk ? -1 : x->desk > y->desk;
}

/* Streams that the rows belong to: nearly always that of the document. */
struct streams {
	const struct ck_feed_row *named[STREAMS_MAX];
	int64_t number[STREAMS_MAX];
	size_t count;
};

static enum ck_err
find_stream(struct ck_ledger *ledger, struct ck_case *what,
    struct streams *streams, const struct ck_feed_row *row, int64_t *number)
{
	struct ck_stream_row held;
	enum ck_err err;
	size_t i;

	*number = what->stream.number;
	if (strcmp(row->code, what->doc.code) == 0 &&
	    strcmp(row->station, what->doc.station) == 0)
		return CK_OK;
	for (i = 0; i < streams->count; i++) {
		*number = streams->number[i];
		if (strcmp(row->code, streams->named[i]->code) == 0 &&
		    strcmp(row->station, streams->named[i]->station) == 0)
			return CK_OK;
	}
	if (streams->count == STREAMS_MAX) {
		ck_finding_note(&what->finding, CK_FEED_ROW_CLINIC,
		    "more than %d codes and stations", STREAMS_MAX);
		return CK_OK;
	}
	err = ck_stream_hold(ledger, what, row->code, row->station, &held);
	*number = held.number;
	streams->named[streams->count] = row;
	streams->number[streams->count++] = held.number;

	return err;
}

static enum ck_err
number_rows(struct ck_ledger *ledger, struct ck_case *what,
    struct ck_merge *plan)
{
	struct streams streams = { .count = 0 };
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < plan->count && err == CK_OK; i++) {
		const struct ck_feed_row *row = &what->doc.rows[i];
		struct pending *pending = &plan->rows[i];

		pending->row = row;
		pending->hour = row->hour;
		pending->words = ck_intern_words(ledger->intern, &row->words);
		pending->desk = ck_intern_label(ledger->intern, row->desk);
		err = find_stream(ledger, what, &streams, row,
		    &pending->stream);
	}
	qsort(plan->rows, plan->count, sizeof(*plan->rows), compare_pending);

	return err;
}

/* --- Comparing ------------------------------------------------------------ */

static void
note_held(struct ck_merge *plan, int64_t stream, struct ck_sql_stmt *stmt)
{
	struct pending key = { .stream = stream }, *found;

	key.hour = ck_sql_take_int(stmt);
	key.words = ck_sql_take_int(stmt);
	key.desk = ck_sql_take_int(stmt);
	found = bsearch(&key, plan->rows, plan->count, sizeof(*plan->rows),
	    compare_pending);
	if (found == NULL)
		return;
	found->held = true;
	found->held_count = ck_sql_take_int(stmt);
	found->held_sum_ms = ck_sql_take_int(stmt);
	found->held_revision = ck_sql_take_int(stmt);
}

static enum ck_err
read_range(struct ck_ledger *ledger, struct ck_merge *plan, int64_t stream,
    int64_t from, int64_t to)
{
	static const char text[] =
	    "SELECT hour, words, desk, count, latency_sum_ms, revision "
	    "FROM figure WHERE stream = $1 AND hour BETWEEN $2 AND $3";
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, stream);
	ck_sql_bind_int(&stmt, from);
	ck_sql_bind_int(&stmt, to);
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		note_held(plan, stream, &stmt);
	ck_sql_end(&stmt);

	return err;
}

static enum ck_err
read_held(struct ck_ledger *ledger, struct ck_merge *plan)
{
	enum ck_err err = CK_OK;
	size_t first = 0, last;

	while (first < plan->count && err == CK_OK) {
		const struct pending *begin = &plan->rows[first];

		last = first;
		while (last + 1 < plan->count &&
		    plan->rows[last + 1].stream == begin->stream &&
		    plan->rows[last + 1].hour - plan->rows[last].hour <=
		    RANGE_GAP_HOURS)
			last++;
		err = read_range(ledger, plan, begin->stream, begin->hour,
		    plan->rows[last].hour);
		first = last + 1;
	}

	return err;
}

/* The same revision of the same row says the same, or the database is not the
 * one that it claims to be. */
static void
find_contradictions(struct ck_case *what, const struct ck_merge *plan)
{
	size_t i;

	for (i = 0; i < plan->count; i++) {
		const struct pending *row = &plan->rows[i];

		if (row->held && row->row->revision == row->held_revision &&
		    (row->row->count != row->held_count ||
		    row->row->latency_sum_ms != row->held_sum_ms))
			ck_finding_note(&what->finding, CK_FEED_FORKED,
			    "revision %" PRId64 " says %" PRId64 ", it said "
			    "%" PRId64 " before", row->row->revision,
			    row->row->count, row->held_count);
	}
}

enum ck_err
ck_merge_plan(struct ck_ledger *ledger, struct ck_case *what,
    struct ck_merge **out)
{
	struct ck_merge *plan = calloc(1, sizeof(*plan));
	size_t count = what->doc.row_count;
	enum ck_err err = CK_ERR_NOMEM;

	*out = plan;
	if (plan == NULL)
		return CK_ERR_NOMEM;
	plan->count = count;
	plan->rows = calloc(count + 1, sizeof(*plan->rows));
	plan->changes = calloc(count + 1, sizeof(*plan->changes));
	if (plan->rows == NULL || plan->changes == NULL)
		return CK_ERR_NOMEM;
	if ((err = number_rows(ledger, what, plan)) != CK_OK ||
	    (err = read_held(ledger, plan)) != CK_OK)
		return err;
	find_contradictions(what, plan);

	return CK_OK;
}

void
ck_merge_free(struct ck_merge **plan)
{
	if (*plan == NULL)
		return;
	free((*plan)->rows);
	free((*plan)->changes);
	free(*plan);
	*plan = NULL;
}

/* --- Writing -------------------------------------------------------------- */

static bool
changes(const struct pending *row)
{
	return !row->held || row->row->revision > row->held_revision;
}

static enum ck_err
write_figure(struct ck_ledger *ledger, const struct pending *row,
    int64_t document)
{
	static const char text[] =
	    "INSERT INTO figure (stream, hour, words, desk, count, "
	    "latency_sum_ms, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, "
	    "b12, revision, document) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
	    "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21) "
	    "ON CONFLICT (stream, hour, words, desk) DO UPDATE SET "
	    "count = excluded.count, "
	    "latency_sum_ms = excluded.latency_sum_ms, b0 = excluded.b0, "
	    "b1 = excluded.b1, b2 = excluded.b2, b3 = excluded.b3, "
	    "b4 = excluded.b4, b5 = excluded.b5, b6 = excluded.b6, "
	    "b7 = excluded.b7, b8 = excluded.b8, b9 = excluded.b9, "
	    "b10 = excluded.b10, b11 = excluded.b11, b12 = excluded.b12, "
	    "revision = excluded.revision, document = excluded.document";
	const struct ck_feed_row *from = row->row;
	struct ck_sql_stmt stmt;
	enum ck_err err;
	size_t i;

	if ((err = ck_sql_prepare(ledger->sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, row->stream);
	ck_sql_bind_int(&stmt, row->hour);
	ck_sql_bind_int(&stmt, row->words);
	ck_sql_bind_int(&stmt, row->desk);
	ck_sql_bind_int(&stmt, from->count);
	ck_sql_bind_int(&stmt, from->latency_sum_ms);
	for (i = 0; i < CK_LATENCY_BUCKETS; i++) {
		if (from->latency[i] == 0)
			ck_sql_bind_null(&stmt);
		else
			ck_sql_bind_int(&stmt, from->latency[i]);
	}
	ck_sql_bind_int(&stmt, from->revision);
	ck_sql_bind_int(&stmt, document);

	return ck_sql_queue(&stmt);
}

static int
compare_change(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	if (x->when != y->when)
		return x->when < y->when ? -1 : 1;

	return x->words < y->words ? -1 : x->words > y->words;
}

/* Sort and add up what falls on the same. Returns how many are left. */
static size_t
add_up(struct change *list, size_t count)
{
	size_t kept = 0, i;

	qsort(list, count, sizeof(*list), compare_change);
	for (i = 0; i < count; i++) {
		if (kept > 0 && compare_change(&list[kept - 1],
		    &list[i]) == 0)
			list[kept - 1].by += list[i].by;
		else
			list[kept++] = list[i];
	}

	return kept;
}

/* The statements for one table of sums. What falls is there already; what
 * rises may be new. */
struct sums {
	const char *raise, *lower;
};

static const struct sums days = {
	"INSERT INTO figure_day (facility, day, words, count) "
	"VALUES ($1, $2, $3, $4) ON CONFLICT (facility, day, words) "
	"DO UPDATE SET count = figure_day.count + excluded.count",
	"UPDATE figure_day SET count = count + CAST($1 AS INTEGER) "
	"WHERE facility = $2 AND day = $3 AND words = $4"
};

static const struct sums months = {
	"INSERT INTO figure_month (facility, month, words, count) "
	"VALUES ($1, $2, $3, $4) ON CONFLICT (facility, month, words) "
	"DO UPDATE SET count = figure_month.count + excluded.count",
	"UPDATE figure_month SET count = count + CAST($1 AS INTEGER) "
	"WHERE facility = $2 AND month = $3 AND words = $4"
};

/* Over all clinics; facility is not of it (0002_report.sqlite.sql). */
static const struct sums totals = {
	"INSERT INTO figure_total (day, words, count) "
	"VALUES ($1, $2, $3) ON CONFLICT (day, words) "
	"DO UPDATE SET count = figure_total.count + excluded.count",
	"UPDATE figure_total SET count = count + CAST($1 AS INTEGER) "
	"WHERE day = $2 AND words = $3"
};

static enum ck_err
write_sum(struct ck_ledger *ledger, const struct sums *sums,
    int64_t facility, const struct change *change)
{
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if (change->by == 0)
		return CK_OK;
	err = ck_sql_prepare(ledger->sql, change->by > 0 ? sums->raise :
	    sums->lower, &stmt);
	if (err != CK_OK)
		return err;
	if (change->by < 0)
		ck_sql_bind_int(&stmt, change->by);
	if (sums != &totals)
		ck_sql_bind_int(&stmt, facility);
	ck_sql_bind_int(&stmt, change->when);
	ck_sql_bind_int(&stmt, change->words);
	if (change->by > 0)
		ck_sql_bind_int(&stmt, change->by);

	return ck_sql_queue(&stmt);
}

static enum ck_err
write_sums(struct ck_ledger *ledger, const struct sums *sums,
    int64_t facility, const struct change *list, size_t count)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < count && err == CK_OK; i++)
		err = write_sum(ledger, sums, facility, &list[i]);

	return err;
}

enum ck_err
ck_merge_apply(struct ck_ledger *ledger, struct ck_case *what,
    struct ck_merge *plan)
{
	int64_t facility = what->clinic->number;
	enum ck_err err = CK_OK;
	size_t count = 0, i;

	for (i = 0; i < plan->count && err == CK_OK; i++) {
		const struct pending *row = &plan->rows[i];

		if (!changes(row))
			continue;
		err = write_figure(ledger, row, what->document);
		plan->changes[count++] = (struct change){
			ck_day_of_hour(row->hour), row->words,
			row->row->count - row->held_count
		};
	}
	what->changed = count;
	count = add_up(plan->changes, count);
	if (err == CK_OK)
		err = write_sums(ledger, &days, facility, plan->changes,
		    count);
	if (err == CK_OK && !ck_sql_is_server(ledger->sql))
		err = write_sums(ledger, &totals, facility, plan->changes,
		    count);
	for (i = 0; i < count; i++)
		plan->changes[i].when = ck_month_of_day(plan->changes[i].when);
	count = add_up(plan->changes, count);
	if (err == CK_OK)
		err = write_sums(ledger, &months, facility, plan->changes,
		    count);

	return err;
}
