/*
 * csv_read.c - one byte after the other, from quotation mark to line end
 */
#include <string.h>

#include "io/csv_read.h"

static const uint8_t byte_order_mark[] = { 0xef, 0xbb, 0xbf };

static bool
at_end(const struct ck_csv *csv)
{
	return csv->rest.len == 0;
}

static char
peek(const struct ck_csv *csv)
{
	return (char)csv->rest.ptr[0];
}

static void
skip(struct ck_csv *csv, size_t count)
{
	csv->rest = ck_span_slice(csv->rest, count, csv->rest.len);
}

/* Over one line end, if one is here: CR LF, LF or CR. */
static bool
skip_line_end(struct ck_csv *csv)
{
	if (at_end(csv) || (peek(csv) != '\r' && peek(csv) != '\n'))
		return false;
	if (csv->rest.len > 1 && csv->rest.ptr[0] == '\r' &&
	    csv->rest.ptr[1] == '\n')
		skip(csv, 1);
	skip(csv, 1);
	csv->line++;

	return true;
}

static char
choose_separator(struct ck_span text)
{
	size_t commas = 0, semicolons = 0, i;
	bool quoted = false;

	for (i = 0; i < text.len; i++) {
		char byte = (char)text.ptr[i];

		if (byte == '"')
			quoted = !quoted;
		else if (!quoted && (byte == '\r' || byte == '\n'))
			break;
		commas += !quoted && byte == ',';
		semicolons += !quoted && byte == ';';
	}

	return semicolons > commas ? ';' : ',';
}

void
ck_csv_init(struct ck_csv *csv, struct ck_span text)
{
	const size_t mark = sizeof(byte_order_mark);

	if (text.len >= mark && memcmp(text.ptr, byte_order_mark, mark) == 0)
		text = ck_span_slice(text, mark, text.len);
	*csv = (struct ck_csv){ text, choose_separator(text), 1 };
}

struct writing {
	struct ck_csv_row *row;
	size_t used;		/* bytes of row->text */
};

static bool
put(struct writing *out, char byte)
{
	if (out->used == CK_CSV_ROW_MAX)
		return false;
	out->row->text[out->used++] = byte;

	return true;
}

/* Behind the opening mark, up to the closing one. */
static bool
read_quoted(struct ck_csv *csv, struct writing *out)
{
	while (!at_end(csv)) {
		char byte = peek(csv);

		if (byte == '"') {
			skip(csv, 1);
			if (at_end(csv) || peek(csv) != '"')
				return true;
		}
		if (byte == '\r' || byte == '\n') {
			if (!skip_line_end(csv) || !put(out, '\n'))
				return false;
			continue;
		}
		skip(csv, 1);
		if (!put(out, byte))
			return false;
	}

	return false;
}

static bool
ends_field(const struct ck_csv *csv)
{
	return at_end(csv) || peek(csv) == csv->separator ||
	    peek(csv) == '\r' || peek(csv) == '\n';
}

static bool
read_plain(struct ck_csv *csv, struct writing *out)
{
	while (!ends_field(csv)) {
		char byte = peek(csv);

		skip(csv, 1);
		if (byte == '"' || !put(out, byte))
			return false;
	}

	return true;
}

static bool
read_field(struct ck_csv *csv, struct writing *out)
{
	struct ck_csv_row *row = out->row;
	size_t begin = out->used;
	bool good;

	if (row->count == CK_CSV_FIELDS_MAX)
		return false;
	if (!at_end(csv) && peek(csv) == '"') {
		skip(csv, 1);
		good = read_quoted(csv, out) && ends_field(csv);
	} else {
		good = read_plain(csv, out);
	}
	row->fields[row->count++] = ck_span_of(row->text + begin,
	    out->used - begin);

	return good;
}

/* Fields up to the line end. */
static bool
read_row(struct ck_csv *csv, struct ck_csv_row *row)
{
	struct writing out = { row, 0 };

	row->count = 0;
	for (;;) {
		if (!read_field(csv, &out))
			return false;
		if (at_end(csv) || skip_line_end(csv))
			return true;
		skip(csv, 1);	/* the separator */
	}
}

enum ck_csv_end
ck_csv_next(struct ck_csv *csv, struct ck_csv_row *row)
{
	struct ck_csv begin;

	while (skip_line_end(csv))
		;
	row->line = csv->line;
	row->count = 0;
	if (at_end(csv))
		return CK_CSV_END;
	begin = *csv;
	if (read_row(csv, row))
		return CK_CSV_ROW;
	*csv = begin;
	row->count = 0;
	while (!at_end(csv) && !skip_line_end(csv))
		skip(csv, 1);

	return CK_CSV_BROKEN;
}
