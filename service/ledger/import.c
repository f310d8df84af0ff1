/*
 * import.c - the registry from a file of comma-separated values
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/csv_read.h"
#include "ledger/import_state.h"

/* Defects that are told: enough to see the pattern. */
#define TOLD_MAX 100

static const char *const columns[] = {
	"clinic", "from", "code", "name", "level", "manager", "commune",
	"district", "station", "address", "key", "calendar"
};

#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

void
ck_import_defect(struct ck_import *import, unsigned line, const char *format,
    ...)
{
	char what[256];
	va_list args;

	if (import->told++ >= TOLD_MAX)
		return;
	va_start(args, format);
	(void)vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	import->tell(import->ctx, line, what);
}

/* A record of the file, its fields as C strings. */
struct record {
	struct ck_csv_row row;
	char text[CK_CSV_ROW_MAX + CK_CSV_FIELDS_MAX];
	const char *field[CK_CSV_FIELDS_MAX];
};

/* False when a field holds a NUL. */
static bool
end_fields(struct record *record)
{
	char *to = record->text;
	size_t i;

	for (i = 0; i < record->row.count; i++) {
		struct ck_span field = record->row.fields[i];

		if (field.len > 0)
			memcpy(to, field.ptr, field.len);
		to[field.len] = '\0';
		if (strlen(to) != field.len)
			return false;
		record->field[i] = to;
		to += field.len + 1;
	}

	return true;
}

static enum ck_csv_end
next_record(struct ck_csv *csv, struct record *record)
{
	enum ck_csv_end end = ck_csv_next(csv, &record->row);

	return end == CK_CSV_ROW && !end_fields(record) ? CK_CSV_BROKEN : end;
}

static unsigned
line_of(const struct record *record)
{
	return (unsigned)record->row.line;
}

/* The place of each column in the file; columns may come in any order. */
static bool
read_header(struct ck_import *import, struct ck_csv *csv,
    struct record *record, size_t place[COLUMNS])
{
	unsigned before = import->told;
	size_t i, j;

	if (next_record(csv, record) != CK_CSV_ROW) {
		ck_import_defect(import, 1, "no line with the names of the "
		    "columns");
		return false;
	}
	for (i = 0; i < COLUMNS; i++) {
		place[i] = record->row.count;
		for (j = 0; j < record->row.count; j++) {
			if (strcmp(record->field[j], columns[i]) == 0)
				place[i] = j;
		}
		if (place[i] == record->row.count)
			ck_import_defect(import, line_of(record),
			    "no column %s", columns[i]);
	}
	if (record->row.count != COLUMNS)
		ck_import_defect(import, line_of(record), "%zu columns, "
		    "expected %zu", record->row.count, COLUMNS);

	return import->told == before;
}

static enum ck_err
make_room(struct ck_import *import)
{
	size_t room = import->room == 0 ? 256 : import->room * 2;
	struct ck_import_line *larger;

	if (import->count < import->room)
		return CK_OK;
	larger = realloc(import->lines, room * sizeof(*larger));
	if (larger == NULL)
		return CK_ERR_NOMEM;
	import->lines = larger;
	import->room = room;

	return CK_OK;
}

static void
read_record(struct ck_import *import, const struct record *record,
    const size_t place[COLUMNS])
{
	struct ck_import_line *line = &import->lines[import->count];
	const char *field[COLUMNS];
	size_t i;

	if (record->row.count != COLUMNS) {
		ck_import_defect(import, line_of(record), "%zu columns, "
		    "expected %zu", record->row.count, COLUMNS);
		return;
	}
	for (i = 0; i < COLUMNS; i++)
		field[i] = record->field[place[i]];
	memset(line, 0, sizeof(*line));
	line->line = line_of(record);
	ck_import_read_line(import, field, line);
	import->count++;
}

static enum ck_err
read_all(struct ck_import *import, struct ck_span text,
    struct record *record)
{
	size_t place[COLUMNS];
	struct ck_csv csv;
	enum ck_csv_end end;
	enum ck_err err;

	ck_csv_init(&csv, text);
	if (!read_header(import, &csv, record, place))
		return CK_OK;
	while ((end = next_record(&csv, record)) != CK_CSV_END) {
		if ((err = make_room(import)) != CK_OK)
			return err;
		if (end == CK_CSV_ROW)
			read_record(import, record, place);
		else
			ck_import_defect(import, line_of(record), "a line "
			    "that is too long, or a quotation mark that does "
			    "not close");
	}
	if (import->count == 0 && import->told == 0)
		ck_import_defect(import, 0, "no clinic");

	return CK_OK;
}

static enum ck_err
write_all(struct ck_import *import, struct ck_sql *sql, int64_t now_ms,
    struct ck_import_counts *counts)
{
	enum ck_err err;

	if ((err = ck_sql_begin(sql)) != CK_OK)
		return err;
	err = ck_import_write(import, sql, now_ms, counts);
	if (err == CK_OK && import->told > 0)
		err = CK_ERR_CONFIG;
	if (err == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK)
		ck_sql_rollback(sql);

	return err;
}

/* Read and compare; CK_ERR_CONFIG when there are defects. */
static enum ck_err
check(struct ck_import *import, struct ck_span text)
{
	struct record *record;
	enum ck_err err;

	if (text.len > CK_REGISTRY_MAX) {
		ck_import_defect(import, 0, "%zu bytes; at most %d",
		    text.len, CK_REGISTRY_MAX);
		return CK_ERR_CONFIG;
	}
	if ((record = malloc(sizeof(*record))) == NULL)
		return CK_ERR_NOMEM;
	err = read_all(import, text, record);
	if (err == CK_OK)
		err = ck_import_compare(import);
	if (err == CK_OK && import->told > 0)
		err = CK_ERR_CONFIG;
	free(record);

	return err;
}

enum ck_err
ck_registry_check(struct ck_span text, ck_import_fn tell, void *ctx)
{
	struct ck_import import = { .tell = tell, .ctx = ctx };
	enum ck_err err = check(&import, text);

	free(import.lines);

	return err;
}

enum ck_err
ck_registry_import(struct ck_sql *sql, struct ck_span text, int64_t now_ms,
    ck_import_fn tell, void *ctx, struct ck_import_counts *counts)
{
	struct ck_import import = { .tell = tell, .ctx = ctx };
	enum ck_err err;

	memset(counts, 0, sizeof(*counts));
	if ((err = check(&import, text)) == CK_OK)
		err = write_all(&import, sql, now_ms, counts);
	free(import.lines);

	return err;
}
