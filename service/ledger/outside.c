/*
 * outside.c - what others have counted
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/text.h"
#include "io/csv_read.h"
#include "ledger/day.h"
#include "ledger/outside.h"

#define DEFECTS_MAX 100
#define DIGITS_MAX 7

struct columns {
	size_t facility, date, count;	/* CK_CSV_FIELDS_MAX: none */
};

struct importing {
	struct ck_ledger *ledger;
	const struct ck_registry *registry;	/* borrowed */
	enum ck_outside source;
	struct columns columns;
	int64_t now_ms;
	ck_import_fn tell;
	void *ctx;
	unsigned defects;
	struct ck_outside_row *rows;		/* owned */
	size_t count, cap;
};

static const char *
count_column(enum ck_outside source)
{
	return source == CK_OUTSIDE_PORTAL ? "calls" : "visits";
}

static size_t
column_named(const struct ck_csv_row *row, const char *name)
{
	size_t i;

	for (i = 0; i < row->count; i++) {
		if (ck_span_equal(row->fields[i], ck_span_str(name)))
			return i;
	}

	return CK_CSV_FIELDS_MAX;
}

static bool
find_columns(const struct ck_csv_row *row, enum ck_outside source,
    struct columns *columns)
{
	columns->facility = column_named(row, "facility");
	columns->date = column_named(row, "date");
	columns->count = column_named(row, count_column(source));

	return columns->facility < CK_CSV_FIELDS_MAX &&
	    columns->date < CK_CSV_FIELDS_MAX &&
	    columns->count < CK_CSV_FIELDS_MAX;
}

bool
ck_outside_recognise(struct ck_span text, enum ck_outside *source)
{
	struct columns columns;
	struct ck_csv_row row;
	struct ck_csv csv;

	ck_csv_init(&csv, text);
	if (ck_csv_next(&csv, &row) != CK_CSV_ROW)
		return false;
	*source = CK_OUTSIDE_PORTAL;
	if (find_columns(&row, *source, &columns))
		return true;
	*source = CK_OUTSIDE_VISITS;

	return find_columns(&row, *source, &columns);
}

static void
defect(struct importing *importing, unsigned line, const char *what)
{
	if (importing->defects++ < DEFECTS_MAX)
		importing->tell(importing->ctx, line, what);
}

/* A field as a C string, if it fits and holds no NUL. */
static bool
copy(struct ck_span field, char *out, size_t size)
{
	if (field.len >= size ||
	    memchr(field.ptr, '\0', field.len) != NULL)
		return false;
	memcpy(out, field.ptr, field.len);
	out[field.len] = '\0';

	return true;
}

/* A count of digits alone, within the limit. */
static bool
read_count(struct ck_span field, int64_t *out)
{
	char text[DIGITS_MAX + 1];

	if (!copy(field, text, sizeof(text)) ||
	    !ck_text_digits(field, field.len) || field.len == 0)
		return false;
	*out = strtoll(text, NULL, 10);

	return *out <= CK_OUTSIDE_COUNT_MAX;
}

static bool
read_day(struct ck_span field, int64_t *out)
{
	char text[CK_DATE_LEN];
	struct ck_date date;

	if (!copy(field, text, sizeof(text)) ||
	    ck_date_parse_iso(text, &date) != CK_OK || date.day == 0)
		return false;
	*out = ck_day_of_date(date);

	return true;
}

static enum ck_err
grow(struct importing *importing)
{
	size_t cap = importing->cap == 0 ? 1024 : importing->cap * 2;
	struct ck_outside_row *rows;

	rows = reallocarray(importing->rows, cap, sizeof(*rows));
	if (rows == NULL)
		return CK_ERR_NOMEM;
	importing->rows = rows;
	importing->cap = cap;

	return CK_OK;
}

static const struct ck_clinic *
read_clinic(const struct importing *importing, struct ck_span field,
    int64_t day)
{
	char code[CK_CODE_LEN];

	return copy(field, code, sizeof(code)) ?
	    ck_registry_by_code(importing->registry, code, day) : NULL;
}

/* What is wrong with a line; NULL, and *out filled, when it is good. */
static const char *
read_line(const struct importing *importing, const struct ck_csv_row *line,
    struct ck_outside_row *out)
{
	const struct columns *columns = &importing->columns;
	const struct ck_clinic *clinic;

	if (columns->facility >= line->count ||
	    columns->date >= line->count || columns->count >= line->count)
		return "fewer fields than columns";
	if (!read_day(line->fields[columns->date], &out->day))
		return "date: not YYYY-MM-DD";
	clinic = read_clinic(importing, line->fields[columns->facility],
	    out->day);
	if (clinic == NULL)
		return "facility: the registry has no such code";
	out->facility = clinic->number;
	if (!read_count(line->fields[columns->count], &out->count))
		return "count: not a number from 0 to 1000000";

	return NULL;
}

static enum ck_err
take_line(struct importing *importing, const struct ck_csv_row *line)
{
	struct ck_outside_row row;
	const char *what = read_line(importing, line, &row);
	enum ck_err err;

	if (what != NULL) {
		defect(importing, (unsigned)line->line, what);
		return CK_OK;
	}
	if (importing->count == importing->cap &&
	    (err = grow(importing)) != CK_OK)
		return err;
	importing->rows[importing->count++] = row;

	return CK_OK;
}

static enum ck_err
take_lines(struct importing *importing, struct ck_span text)
{
	struct ck_csv_row line;
	struct ck_csv csv;
	enum ck_csv_end end;
	enum ck_err err = CK_OK;

	ck_csv_init(&csv, text);
	if (ck_csv_next(&csv, &line) != CK_CSV_ROW ||
	    !find_columns(&line, importing->source, &importing->columns)) {
		defect(importing, 1, "the first line has to name the columns "
		    "facility, date, and calls or visits");
		return CK_OK;
	}
	while (err == CK_OK && (end = ck_csv_next(&csv, &line)) !=
	    CK_CSV_END) {
		if (end == CK_CSV_BROKEN)
			defect(importing, (unsigned)line.line,
			    "not a line of CSV");
		else
			err = take_line(importing, &line);
	}

	return err;
}

static int
compare_rows(const void *a, const void *b)
{
	const struct ck_outside_row *x = a, *y = b;

	if (x->facility != y->facility)
		return x->facility < y->facility ? -1 : 1;

	return x->day < y->day ? -1 : x->day > y->day;
}

/* Two lines for one clinic and day: nobody knows which holds. */
static void
find_doubles(struct importing *importing)
{
	size_t i;

	if (importing->count == 0)
		return;
	qsort(importing->rows, importing->count, sizeof(*importing->rows),
	    compare_rows);
	for (i = 1; i < importing->count; i++) {
		char what[96], date[CK_DATE_LEN];
		const struct ck_clinic *clinic;

		if (compare_rows(&importing->rows[i - 1],
		    &importing->rows[i]) != 0)
			continue;
		clinic = ck_registry_by_number(importing->registry,
		    importing->rows[i].facility);
		ck_date_iso(ck_day_date(importing->rows[i].day), date);
		(void)snprintf(what, sizeof(what), "%s has two lines for %s",
		    clinic->id, date);
		defect(importing, 0, what);
	}
}

static enum ck_err
write_row(struct importing *importing, const struct ck_outside_row *row)
{
	static const char text[] =
	    "INSERT INTO outside_count (source, facility, day, count, "
	    "imported_ms) VALUES ($1, $2, $3, $4, $5) "
	    "ON CONFLICT (source, facility, day) DO UPDATE SET "
	    "count = excluded.count, imported_ms = excluded.imported_ms";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	if ((err = ck_sql_prepare(ck_ledger_sql(importing->ledger), text,
	    &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, importing->source);
	ck_sql_bind_int(&stmt, row->facility);
	ck_sql_bind_int(&stmt, row->day);
	ck_sql_bind_int(&stmt, row->count);
	ck_sql_bind_int(&stmt, importing->now_ms);

	return ck_sql_queue(&stmt);
}

static enum ck_err
write_rows(struct importing *importing)
{
	struct ck_sql *sql = ck_ledger_sql(importing->ledger);
	enum ck_err err = ck_sql_begin(sql);
	size_t i;

	for (i = 0; i < importing->count && err == CK_OK; i++)
		err = write_row(importing, &importing->rows[i]);
	if (err == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK)
		ck_sql_rollback(sql);

	return err;
}

enum ck_err
ck_outside_import(struct ck_ledger *ledger, enum ck_outside source,
    struct ck_span text, int64_t now_ms, ck_import_fn tell, void *ctx,
    size_t *count)
{
	struct importing importing = {
		.ledger = ledger, .source = source, .now_ms = now_ms,
		.tell = tell, .ctx = ctx
	};
	enum ck_err err;

	*count = 0;
	if ((err = ck_ledger_registry(ledger, &importing.registry)) == CK_OK)
		err = take_lines(&importing, text);
	if (err == CK_OK)
		find_doubles(&importing);
	if (err == CK_OK && importing.defects > 0)
		err = CK_ERR_CONFIG;
	if (err == CK_OK && (err = write_rows(&importing)) == CK_OK)
		*count = importing.count;
	free(importing.rows);

	return err;
}

enum ck_err
ck_outside_read(struct ck_ledger *ledger, enum ck_outside source,
    int64_t from_day, int64_t to_day, ck_outside_fn fn, void *ctx)
{
	static const char text[] =
	    "SELECT facility, day, count FROM outside_count WHERE "
	    "source = $1 AND day BETWEEN $2 AND $3 ORDER BY facility, day";
	struct ck_outside_row found;
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_sql_prepare(ck_ledger_sql(ledger), text, &stmt)) !=
	    CK_OK)
		return err;
	ck_sql_bind_int(&stmt, source);
	ck_sql_bind_int(&stmt, from_day);
	ck_sql_bind_int(&stmt, to_day);
	while ((err = ck_sql_next(&stmt, &row)) == CK_OK && row) {
		found.facility = ck_sql_take_int(&stmt);
		if (!ck_ledger_shows(ledger, found.facility))
			continue;
		found.day = ck_sql_take_int(&stmt);
		found.count = ck_sql_take_int(&stmt);
		if ((err = fn(ctx, &found)) != CK_OK)
			break;
	}
	ck_sql_end(&stmt);

	return err;
}
