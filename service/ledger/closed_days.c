/*
 * closed_days.c - days on which clinics are closed although it is their weekday
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "io/csv_read.h"
#include "ledger/closed_days.h"
#include "ledger/day.h"
#include "ledger/registry.h"

/* Days of one line: a wrong year must not close a province for ever. */
#define SPAN_MAX 62

struct span {
	int64_t from, to;		/* both included; day.h */
	char clinic[CK_CLINIC_ID_LEN];	/* "": all that keep holidays */
};

struct ck_closed_days {
	struct span *list;		/* owned */
	size_t count, cap;
};

enum column { FROM, TO, NAME, CLINIC, COLUMNS };
static const char *const column_names[] = { "from", "to", "name", "clinic" };

struct parsing {
	struct ck_closed_days *days;
	size_t columns[COLUMNS];
	ck_closed_days_fn tell;
	void *ctx;
	unsigned defects;
};

static void
defect(struct parsing *parsing, size_t line, const char *what)
{
	parsing->defects++;
	parsing->tell(parsing->ctx, (unsigned)line, what);
}

/* --- Reading -------------------------------------------------------------- */

static bool
find_columns(struct parsing *parsing, const struct ck_csv_row *row)
{
	size_t i, j;

	for (i = 0; i < COLUMNS; i++) {
		for (j = 0; j < row->count; j++) {
			if (ck_span_equal(row->fields[j],
			    ck_span_str(column_names[i])))
				break;
		}
		if (j == row->count)
			return false;
		parsing->columns[i] = j;
	}

	return true;
}

/* The field as a string; NULL when it is too long or holds a NUL. */
static const char *
field(const struct parsing *parsing, const struct ck_csv_row *row,
    enum column column, char *out, size_t size)
{
	struct ck_span bytes = row->fields[parsing->columns[column]];

	if (bytes.len >= size || (bytes.len > 0 &&
	    memchr(bytes.ptr, '\0', bytes.len) != NULL))
		return NULL;
	memcpy(out, bytes.ptr, bytes.len);
	out[bytes.len] = '\0';

	return out;
}

static bool
read_day(const char *text, int64_t *out)
{
	struct ck_date date;

	if (text == NULL || ck_date_parse_iso(text, &date) != CK_OK ||
	    date.day == 0)
		return false;
	*out = ck_day_of_date(date);

	return true;
}

/* What is wrong with a line; NULL, and *out filled, when it is good. */
static const char *
read_line(const struct parsing *parsing, const struct ck_csv_row *row,
    struct span *out)
{
	char text[CK_DATE_LEN];
	const char *to;
	size_t i;

	for (i = 0; i < COLUMNS; i++) {
		if (parsing->columns[i] >= row->count)
			return "fewer fields than columns";
	}
	if (!read_day(field(parsing, row, FROM, text, sizeof(text)),
	    &out->from))
		return "from: expected a day, YYYY-MM-DD";
	out->to = out->from;
	to = field(parsing, row, TO, text, sizeof(text));
	if (to == NULL || (to[0] != '\0' && !read_day(to, &out->to)))
		return "to: expected a day, YYYY-MM-DD, or nothing";
	if (out->to < out->from || out->to - out->from >= SPAN_MAX)
		return "to: before from, or more than 62 days after";
	if (field(parsing, row, CLINIC, out->clinic,
	    sizeof(out->clinic)) == NULL)
		return "clinic: no id of the registry";

	return NULL;
}

static enum ck_err
add(struct ck_closed_days *days, const struct span *span)
{
	size_t cap = days->cap == 0 ? 32 : 2 * days->cap;
	struct span *grown = days->list;

	if (days->count == days->cap) {
		grown = reallocarray(days->list, cap, sizeof(*grown));
		if (grown == NULL)
			return CK_ERR_NOMEM;
		days->list = grown;
		days->cap = cap;
	}
	days->list[days->count++] = *span;

	return CK_OK;
}

static enum ck_err
take_lines(struct parsing *parsing, struct ck_csv *csv,
    struct ck_csv_row *row)
{
	enum ck_err err = CK_OK;
	enum ck_csv_end end;
	struct span span;
	const char *wrong;

	while (err == CK_OK && (end = ck_csv_next(csv, row)) != CK_CSV_END) {
		wrong = end == CK_CSV_BROKEN ? "quotation marks do not close, "
		    "or the line is too long" :
		    read_line(parsing, row, &span);
		if (wrong != NULL)
			defect(parsing, row->line, wrong);
		else
			err = add(parsing->days, &span);
	}

	return err;
}

static enum ck_err
parse(struct parsing *parsing, struct ck_span text)
{
	struct ck_csv_row *row = malloc(sizeof(*row));
	struct ck_csv csv;
	enum ck_err err = CK_ERR_NOMEM;

	if (row == NULL)
		return CK_ERR_NOMEM;
	ck_csv_init(&csv, text);
	if (ck_csv_next(&csv, row) != CK_CSV_ROW ||
	    !find_columns(parsing, row)) {
		defect(parsing, 1, "expected the names of the columns: from, "
		    "to, name, clinic");
		err = CK_ERR_CONFIG;
	} else {
		err = take_lines(parsing, &csv, row);
	}
	free(row);

	return err == CK_OK && parsing->defects > 0 ? CK_ERR_CONFIG : err;
}

enum ck_err
ck_closed_days_parse(struct ck_closed_days **out, struct ck_span text,
    ck_closed_days_fn tell, void *ctx)
{
	struct parsing parsing = { .tell = tell, .ctx = ctx };
	enum ck_err err;

	*out = NULL;
	if ((parsing.days = calloc(1, sizeof(*parsing.days))) == NULL)
		return CK_ERR_NOMEM;
	if ((err = parse(&parsing, text)) == CK_OK)
		*out = parsing.days;
	else
		ck_closed_days_free(&parsing.days);

	return err;
}

/* --- A file --------------------------------------------------------------- */

static void
to_log(void *ctx, unsigned line, const char *what)
{
	ck_log(CK_LOG_ERROR, "calendar", "%s:%u: %s", (const char *)ctx, line,
	    what);
}

static enum ck_err
read_file(const char *path, struct ck_buf *out)
{
	FILE *file = fopen(path, "re");
	uint8_t block[8192];
	enum ck_err err = CK_OK;
	size_t len;

	if (file == NULL) {
		ck_log(CK_LOG_ERROR, "calendar", "%s: %s", path,
		    strerror(errno));
		return CK_ERR_CONFIG;
	}
	while (err == CK_OK && (len = fread(block, 1, sizeof(block),
	    file)) > 0) {
		if (out->len + len > CK_CLOSED_DAYS_MAX)
			err = CK_ERR_CONFIG;
		else
			err = ck_buf_append(out, ck_span_of(block, len));
	}
	if (err == CK_OK && ferror(file) != 0)
		err = CK_ERR_CONFIG;
	(void)fclose(file);
	if (err == CK_ERR_CONFIG)
		ck_log(CK_LOG_ERROR, "calendar", "%s: cannot be read, or has "
		    "more than %d bytes", path, CK_CLOSED_DAYS_MAX);

	return err;
}

enum ck_err
ck_closed_days_load(struct ck_closed_days **out, const char *path)
{
	struct ck_buf text = CK_BUF_INIT;
	enum ck_err err;

	*out = NULL;
	if (path[0] == '\0')
		return CK_OK;
	if ((err = read_file(path, &text)) == CK_OK)
		err = ck_closed_days_parse(out, ck_buf_view(&text), to_log,
		    (void *)(uintptr_t)path);
	ck_buf_wipe(&text);

	return err;
}

void
ck_closed_days_free(struct ck_closed_days **closed)
{
	if (*closed == NULL)
		return;
	free((*closed)->list);
	free(*closed);
	*closed = NULL;
}

/* --- Asking --------------------------------------------------------------- */

bool
ck_closed_on(const struct ck_closed_days *closed, const char *clinic,
    bool keeps_holidays, int64_t day)
{
	size_t i;

	if (closed == NULL)
		return false;
	for (i = 0; i < closed->count; i++) {
		const struct span *span = &closed->list[i];

		if (day >= span->from && day <= span->to &&
		    (span->clinic[0] == '\0' ? keeps_holidays :
		    strcmp(span->clinic, clinic) == 0))
			return true;
	}

	return false;
}
