/*
 * form_text.c - a report for a terminal and an e-mail
 */
#include <string.h>

#include "report/forms.h"
#include "report/sheets.h"
#include "report/words.h"

/* Groups of a division that a terminal shows; the other forms have all. */
#define ROWS_MAX 400
#define WIDTH_MAX 44

struct page {
	const struct ck_catalogue *catalogue;
	struct ck_buf *out;
	enum ck_err err;
};

static void
put(struct page *page, const char *text, size_t len)
{
	if (page->err == CK_OK)
		page->err = ck_buf_append(page->out, ck_span_of(text, len));
}

static void
put_text(struct page *page, const char *text)
{
	put(page, text, strlen(text));
}

static void
put_spaces(struct page *page, size_t count)
{
	while (count-- > 0)
		put(page, " ", 1);
}

/* Characters, which in composed Vietnamese and English are columns. */
static size_t
width_of(const char *text)
{
	size_t width = 0;

	for (; *text != '\0'; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;

	return width;
}

static size_t
columns_in(const char *text, size_t bytes)
{
	size_t i, width = 0;

	for (i = 0; i < bytes; i++)
		width += ((unsigned char)text[i] & 0xc0) != 0x80;

	return width;
}

/* The bytes of the first width characters. */
static size_t
bytes_of(const char *text, size_t width)
{
	size_t i, seen = 0;

	for (i = 0; text[i] != '\0'; i++) {
		if (((unsigned char)text[i] & 0xc0) != 0x80 &&
		    seen++ == width)
			break;
	}

	return i;
}

static const char *
words_at(const struct page *page, const struct ck_sheet *sheet, size_t row,
    size_t column, char buffer[CK_WORDS_LEN])
{
	const char *text;

	ck_words_value(page->catalogue, &sheet->columns[column],
	    ck_sheet_value(sheet, row, column), &text, buffer);

	return text;
}

static void
measure(const struct page *page, const struct ck_sheet *sheet,
    size_t widths[CK_COLUMNS_MAX])
{
	char buffer[CK_WORDS_LEN];
	size_t row, column, width;

	for (column = 0; column < sheet->column_count; column++) {
		widths[column] = width_of(sheet->columns[column].title);
		for (row = 0; row < sheet->row_count; row++) {
			width = width_of(words_at(page, sheet, row, column,
			    buffer));
			if (width > widths[column])
				widths[column] = width;
		}
		if (widths[column] > WIDTH_MAX)
			widths[column] = WIDTH_MAX;
	}
}

/* What fits, in bytes: all, or up to a blank with room for an ellipsis. */
static size_t
fitting(const char *text, size_t width)
{
	size_t bytes;

	if (width_of(text) <= width)
		return strlen(text);
	for (bytes = bytes_of(text, width - 1); bytes > 0; bytes--) {
		if (text[bytes] == ' ')
			return bytes;
	}

	return bytes_of(text, width - 1);
}

/* Words to the left, numbers to the right; what is too long ends with "…". */
static void
put_cell(struct page *page, const char *text, size_t width, bool words,
    bool last)
{
	size_t bytes = fitting(text, width);
	bool cut = text[bytes] != '\0';
	size_t shown = columns_in(text, bytes) + cut;

	if (!words)
		put_spaces(page, width - shown);
	put(page, text, bytes);
	if (cut)
		put_text(page, "…");
	if (words && !last)
		put_spaces(page, width - shown);
	put_text(page, last ? "\n" : "  ");
}

static void
put_sheet(struct page *page, const struct ck_sheet *sheet)
{
	size_t widths[CK_COLUMNS_MAX], row, column;
	char buffer[CK_WORDS_LEN];

	measure(page, sheet, widths);
	put_text(page, "\n");
	put_text(page, sheet->title);
	put_text(page, "\n\n");
	if (sheet->row_count == 0) {
		put_text(page, sheet->empty);
		put_text(page, "\n");
		return;
	}
	for (column = 0; column < sheet->column_count; column++)
		put_cell(page, sheet->columns[column].title, widths[column],
		    sheet->columns[column].kind == CK_COLUMN_TEXT,
		    column + 1 == sheet->column_count);
	for (row = 0; row < sheet->row_count && row < ROWS_MAX; row++) {
		for (column = 0; column < sheet->column_count; column++)
			put_cell(page, words_at(page, sheet, row, column,
			    buffer), widths[column],
			    sheet->columns[column].kind == CK_COLUMN_TEXT,
			    column + 1 == sheet->column_count);
	}
}

enum ck_err
ck_report_text(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out)
{
	struct page page = { catalogue, out, CK_OK };
	struct ck_sheets sheets = { 0 };
	size_t i;

	if ((page.err = ck_sheets_make(document, catalogue, &sheets)) ==
	    CK_OK)
		page.err = ck_words_sentence(document, catalogue, out);
	put_text(&page, "\n");
	for (i = 0; i < sheets.count && page.err == CK_OK; i++)
		put_sheet(&page, &sheets.list[i]);
	put_text(&page, "\n");
	put_text(&page, ck_catalogue_text(catalogue, json_is_true(
	    json_object_get(document, "public")) ? "report.public" :
	    "report.internal"));
	put_text(&page, "\n");
	ck_sheets_wipe(&sheets);

	return page.err;
}
