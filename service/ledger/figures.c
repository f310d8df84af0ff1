/*
 * figures.c - reading sums
 */
#include <stdlib.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/figures.h"
#include "ledger/ledger_state.h"

/* Days that can be asked for: 2000 to 2100. */
#define FIRST_DAY 10957
#define LAST_DAY 47482

/* Days of the query that make whole months, and those of the months that it
 * cuts at either end. An empty range has to < from. */
struct ranges {
	int64_t first, last;		/* months that it begins and ends in */
	int64_t month_from, month_to;	/* whole ones */
	int64_t head_from, head_to;	/* days of first, unless whole */
	int64_t tail_from, tail_to;	/* days of last, unless whole */
};

static struct ranges
divide(int64_t from, int64_t to)
{
	int64_t first = ck_month_of_day(from), last = ck_month_of_day(to);
	bool first_whole = ck_month_first_day(first) == from;
	bool last_whole = ck_month_first_day(last + 1) == to + 1;
	struct ranges ranges = {
		.first = first, .last = last,
		.month_from = first_whole ? first : first + 1,
		.month_to = last_whole ? last : last - 1,
		.head_from = from, .head_to = from - 1,
		.tail_from = to + 1, .tail_to = to
	};

	if (first == last && !(first_whole && last_whole)) {
		ranges.month_from = first;
		ranges.month_to = first - 1;
		ranges.head_to = to;
		return ranges;
	}
	if (!first_whole)
		ranges.head_to = ck_month_first_day(first + 1) - 1;
	if (!last_whole)
		ranges.tail_from = ck_month_first_day(last);

	return ranges;
}

/* --- Statements ----------------------------------------------------------- */

/*
 * Each gives facility, when, words, count. Through the table of facilities
 * each of them is a range of the primary key, not a scan of all time: SQLite
 * takes the tables of a CROSS JOIN in their order. $1 is a clinic or 0.
 */
#define EACH_CLINIC(table) \
	"FROM facility f CROSS JOIN " table " " \
	"WHERE CAST($1 AS INTEGER) IN (0, f.number) "

#define MONTHS \
	EACH_CLINIC("figure_month m") \
	"AND m.facility = f.number AND m.month BETWEEN $2 AND $3 "

#define DAYS(from, to) \
	EACH_CLINIC("figure_day d") \
	"AND d.facility = f.number AND d.day BETWEEN " from " AND " to " "

static const char sql_by_day[] =
    "SELECT f.number, d.day, d.words, d.count " DAYS("$2", "$3")
    "AND d.count > 0 ORDER BY 1, 2, 3";

static const char sql_by_nothing[] =
    "SELECT facility, 0, words, sum(count) FROM ("
    "SELECT f.number AS facility, m.words, m.count " MONTHS
    "UNION ALL SELECT f.number, d.words, d.count "
    DAYS("$4", "$5")
    "UNION ALL SELECT f.number, d.words, d.count "
    DAYS("$6", "$7")
    ") AS parts GROUP BY facility, words HAVING sum(count) > 0 "
    "ORDER BY facility, words";

/* $4 and $7 are the months that the query cuts. */
static const char sql_by_month[] =
    "SELECT facility, part, words, sum(count) FROM ("
    "SELECT f.number AS facility, m.month AS part, m.words, m.count "
    MONTHS
    "UNION ALL SELECT f.number, CAST($4 AS INTEGER), d.words, d.count "
    DAYS("$5", "$6")
    "UNION ALL SELECT f.number, CAST($7 AS INTEGER), d.words, d.count "
    DAYS("$8", "$9")
    ") AS parts GROUP BY facility, part, words HAVING sum(count) > 0 "
    "ORDER BY facility, part, words";

/* SQLite keeps the sums (schema/province/0002_report.sqlite.sql). */
static const char sql_all_file[] =
    "SELECT 0, day, words, count FROM figure_total "
    "WHERE day BETWEEN $1 AND $2 AND count > 0 ORDER BY day, words";

static const char sql_all_server[] =
    "SELECT 0, day, words, sum(count) FROM figure_day "
    "WHERE day BETWEEN $1 AND $2 GROUP BY day, words "
    "HAVING sum(count) > 0 ORDER BY day, words";

static enum ck_err
prepare_all(struct ck_ledger *ledger, const struct ck_figures_query *query,
    struct ck_sql_stmt *stmt)
{
	enum ck_err err = ck_sql_prepare(ledger->sql,
	    ck_sql_is_server(ledger->sql) ? sql_all_server : sql_all_file,
	    stmt);

	if (err != CK_OK)
		return err;
	ck_sql_bind_int(stmt, query->from_day);
	ck_sql_bind_int(stmt, query->to_day);

	return CK_OK;
}

static enum ck_err
prepare(struct ck_ledger *ledger, const struct ck_figures_query *query,
    struct ck_sql_stmt *stmt)
{
	struct ranges ranges = divide(query->from_day, query->to_day);
	bool by_month = query->by == CK_FIGURES_BY_MONTH;
	enum ck_err err;

	if (query->by == CK_FIGURES_ALL_BY_DAY)
		return prepare_all(ledger, query, stmt);
	err = ck_sql_prepare(ledger->sql,
	    query->by == CK_FIGURES_BY_DAY ? sql_by_day :
	    by_month ? sql_by_month : sql_by_nothing, stmt);
	if (err != CK_OK)
		return err;
	ck_sql_bind_int(stmt, query->facility);
	if (query->by == CK_FIGURES_BY_DAY) {
		ck_sql_bind_int(stmt, query->from_day);
		ck_sql_bind_int(stmt, query->to_day);
		return CK_OK;
	}
	ck_sql_bind_int(stmt, ranges.month_from);
	ck_sql_bind_int(stmt, ranges.month_to);
	if (by_month)
		ck_sql_bind_int(stmt, ranges.first);
	ck_sql_bind_int(stmt, ranges.head_from);
	ck_sql_bind_int(stmt, ranges.head_to);
	if (by_month)
		ck_sql_bind_int(stmt, ranges.last);
	ck_sql_bind_int(stmt, ranges.tail_from);
	ck_sql_bind_int(stmt, ranges.tail_to);

	return CK_OK;
}

/* --- Reading -------------------------------------------------------------- */

/* What a row's time means, as a day within the query. */
static int64_t
day_of(const struct ck_figures_query *query, int64_t when)
{
	int64_t day = query->from_day;

	if (query->by == CK_FIGURES_BY_DAY ||
	    query->by == CK_FIGURES_ALL_BY_DAY)
		day = when;
	else if (query->by == CK_FIGURES_BY_MONTH)
		day = ck_month_first_day(when);

	return day < query->from_day ? query->from_day : day;
}

static enum ck_err
give_row(struct ck_ledger *ledger, const struct ck_figures_query *query,
    struct ck_sql_stmt *stmt, ck_figures_fn fn, void *ctx)
{
	struct ck_figures_row row = { .facility = ck_sql_take_int(stmt) };
	enum ck_err err;

	if (!ck_ledger_shows(ledger, row.facility))
		return CK_OK;
	row.day = day_of(query, ck_sql_take_int(stmt));
	err = ck_intern_counted(ledger->intern, ledger->sql,
	    ck_sql_take_int(stmt), &row.words);
	row.count = ck_sql_take_int(stmt);
	if (err == CK_OK && (query->series < 0 ||
	    row.words->series == query->series))
		err = fn(ctx, &row);

	return err;
}

enum ck_err
ck_figures_begin(struct ck_ledger *ledger)
{
	return ck_sql_view(ledger->sql);
}

void
ck_figures_end(struct ck_ledger *ledger)
{
	ck_sql_rollback(ledger->sql);
}

/* Sums over all clinics tell of none. */
struct nameless {
	ck_figures_fn fn;
	void *ctx;
};

static enum ck_err
give_nameless(void *ctx, const struct ck_figures_row *row)
{
	const struct nameless *to = ctx;
	struct ck_figures_row nameless = *row;

	nameless.facility = 0;

	return to->fn(to->ctx, &nameless);
}

/* One clinic after the other: who may see three of a hundred reads three. */
static enum ck_err
read_shown(struct ck_ledger *ledger, const struct ck_figures_query *query,
    ck_figures_fn fn, void *ctx)
{
	struct ck_figures_query each = *query;
	struct nameless to = { fn, ctx };
	bool nameless = query->by == CK_FIGURES_ALL_BY_DAY;
	const struct ck_clinic *clinics = NULL;
	enum ck_err err = CK_OK;
	size_t count = 0, i;

	if (ledger->narrow != NULL)
		clinics = ck_registry_clinics(ledger->narrow, &count);
	if (nameless)
		each.by = CK_FIGURES_BY_DAY;
	for (i = 0; i < count && err == CK_OK; i++) {
		each.facility = clinics[i].number;
		err = ck_figures_read(ledger, &each, nameless ?
		    give_nameless : fn, nameless ? &to : ctx);
	}

	return err;
}

enum ck_err
ck_figures_read(struct ck_ledger *ledger,
    const struct ck_figures_query *query, ck_figures_fn fn, void *ctx)
{
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if (query->from_day < FIRST_DAY || query->to_day > LAST_DAY ||
	    query->to_day < query->from_day)
		return CK_ERR_LIMIT;
	if (query->facility == 0 && ck_ledger_is_narrow(ledger))
		return read_shown(ledger, query, fn, ctx);
	if ((err = prepare(ledger, query, &stmt)) != CK_OK)
		return err;
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row &&
	    (err = give_row(ledger, query, &stmt, fn, ctx)) == CK_OK)
		;
	ck_sql_end(&stmt);

	return err;
}
