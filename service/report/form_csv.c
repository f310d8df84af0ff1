/*
 * form_csv.c - a report as comma-separated values
 *
 * Source: RFC 4180. A table begins with a line of its name; an empty line ends
 * it. Headings and words are labels, the same in every language: this form is
 * for programs. A field that a spreadsheet would take for a formula begins with an
 * apostrophe (names come from a registry that somebody wrote).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "report/forms.h"
#include "report/sheets.h"

struct csv {
	struct ck_buf *out;
	enum ck_err err;
};

static void
put(struct csv *csv, const char *text, size_t len)
{
	if (csv->err == CK_OK)
		csv->err = ck_buf_append(csv->out, ck_span_of(text, len));
}

static void
put_text(struct csv *csv, const char *text)
{
	put(csv, text, strlen(text));
}

/* RFC 4180 §2.5 to 2.7. */
static void
put_field(struct csv *csv, const char *field)
{
	bool formula = field[0] != '\0' &&
	    strchr("=+-@\t", field[0]) != NULL;

	if (strpbrk(field, ",\"\r\n") == NULL) {
		put_text(csv, formula ? "'" : "");
		put_text(csv, field);
		return;
	}
	put_text(csv, formula ? "\"'" : "\"");
	for (; *field != '\0'; field++) {
		if (*field == '"')
			put_text(csv, "\"");
		put(csv, field, 1);
	}
	put_text(csv, "\"");
}

static void
put_value(struct csv *csv, const struct ck_column *column,
    const struct ck_value *value)
{
	char number[32];

	if (value->kind == CK_VALUE_HIDDEN) {
		put_text(csv, "suppressed");
	} else if (value->kind == CK_VALUE_EMPTY) {
		return;
	} else if (column->kind == CK_COLUMN_TEXT) {
		put_field(csv, value->label != NULL ? value->label :
		    value->text);
	} else {
		if (column->kind == CK_COLUMN_COUNT)
			(void)snprintf(number, sizeof(number), "%" PRId64,
			    value->count);
		else
			(void)snprintf(number, sizeof(number), "%.6f",
			    (double)value->count / (double)value->of);
		put_text(csv, number);
	}
}

static void
put_sheet(struct csv *csv, const struct ck_sheet *sheet)
{
	size_t row, column;

	put_text(csv, sheet->name);
	put_text(csv, "\r\n");
	for (column = 0; column < sheet->column_count; column++) {
		put_text(csv, column == 0 ? "" : ",");
		put_text(csv, sheet->columns[column].name);
	}
	put_text(csv, "\r\n");
	for (row = 0; row < sheet->row_count; row++) {
		for (column = 0; column < sheet->column_count; column++) {
			put_text(csv, column == 0 ? "" : ",");
			put_value(csv, &sheet->columns[column],
			    ck_sheet_value(sheet, row, column));
		}
		put_text(csv, "\r\n");
	}
	put_text(csv, "\r\n");
}

static void
put_line(struct csv *csv, const char *name, const char *value)
{
	put_text(csv, name);
	put_text(csv, ",");
	put_field(csv, value);
	put_text(csv, "\r\n");
}

/* What the numbers are of, before them. */
static void
put_head(struct csv *csv, const json_t *document)
{
	const json_t *complete = json_object_get(document, "complete");
	char line[64];

	put_text(csv, "\xef\xbb\xbf" "report\r\n");
	put_line(csv, "from", ck_json_text(document, "from"));
	put_line(csv, "to", ck_json_text(document, "to"));
	put_line(csv, "made_at", ck_json_text(document, "made_at"));
	put_line(csv, "complete_until", ck_json_text(complete, "until"));
	(void)snprintf(line, sizeof(line),
	    "%" JSON_INTEGER_FORMAT "/%" JSON_INTEGER_FORMAT,
	    json_integer_value(json_object_get(complete, "facilities")),
	    json_integer_value(json_object_get(complete, "expected")));
	put_line(csv, "facilities_complete", line);
	if (json_is_true(json_object_get(document, "played")))
		put_line(csv, "played", "yes");
	put_line(csv, "classification", json_is_true(json_object_get(
	    document, "public")) ? "public" : "internal");
	put_text(csv, "\r\n");
}

enum ck_err
ck_report_csv(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out)
{
	struct csv csv = { out, CK_OK };
	struct ck_sheets sheets = { 0 };
	size_t i;

	csv.err = ck_sheets_make(document, catalogue, &sheets);
	put_head(&csv, document);
	for (i = 0; i < sheets.count && csv.err == CK_OK; i++)
		put_sheet(&csv, &sheets.list[i]);
	ck_sheets_wipe(&sheets);

	return csv.err;
}
