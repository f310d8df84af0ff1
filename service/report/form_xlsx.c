/*
 * form_xlsx.c - a report as a workbook: the only door to libxlsxwriter
 *
 * The library writes files only, so the workbook is made in a file of /tmp and
 * read back. It holds the sentence on its first sheet, then a sheet for each
 * table; days and clinics are drawn as charts beside their numbers.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <xlsxwriter.h>

#include "report/forms.h"
#include "report/sheets.h"
#include "report/words.h"

struct book {
	lxw_workbook *workbook;
	lxw_format *title, *head, *count, *share, *hidden;
	const struct ck_catalogue *catalogue;
	bool failed;
};

static void
note(struct book *book, lxw_error error)
{
	book->failed |= error != LXW_NO_ERROR;
}

static void
make_formats(struct book *book)
{
	book->title = workbook_add_format(book->workbook);
	format_set_bold(book->title);
	format_set_font_size(book->title, 14);
	book->head = workbook_add_format(book->workbook);
	format_set_bold(book->head);
	format_set_bottom(book->head, LXW_BORDER_THIN);
	format_set_text_wrap(book->head);
	format_set_align(book->head, LXW_ALIGN_VERTICAL_BOTTOM);
	book->count = workbook_add_format(book->workbook);
	format_set_num_format(book->count, "#,##0");
	book->share = workbook_add_format(book->workbook);
	format_set_num_format(book->share, "0.0%");
	book->hidden = workbook_add_format(book->workbook);
	format_set_align(book->hidden, LXW_ALIGN_RIGHT);
	format_set_font_color(book->hidden, LXW_COLOR_GRAY);
}

static void
put_value(struct book *book, lxw_worksheet *sheet, lxw_row_t row,
    lxw_col_t col, const struct ck_column *column,
    const struct ck_value *value)
{
	char buffer[CK_WORDS_LEN];
	const char *text;

	if (value->kind == CK_VALUE_GIVEN && column->kind == CK_COLUMN_COUNT) {
		note(book, worksheet_write_number(sheet, row, col,
		    (double)value->count, book->count));
		return;
	}
	if (value->kind == CK_VALUE_GIVEN && column->kind == CK_COLUMN_SHARE) {
		note(book, worksheet_write_number(sheet, row, col,
		    (double)value->count / (double)value->of, book->share));
		return;
	}
	ck_words_value(book->catalogue, column, value, &text, buffer);
	note(book, worksheet_write_string(sheet, row, col, text,
	    value->kind == CK_VALUE_GIVEN ? NULL : book->hidden));
}

static void
put_heads(struct book *book, lxw_worksheet *sheet,
    const struct ck_sheet *table)
{
	size_t column;

	for (column = 0; column < table->column_count; column++) {
		bool words = table->columns[column].kind == CK_COLUMN_TEXT;

		note(book, worksheet_write_string(sheet, 2, (lxw_col_t)column,
		    table->columns[column].title, book->head));
		note(book, worksheet_set_column(sheet, (lxw_col_t)column,
		    (lxw_col_t)column, words ? 34 : 13, NULL));
	}
	worksheet_freeze_panes(sheet, 3, 1);
	worksheet_repeat_rows(sheet, 2, 2);
	worksheet_set_landscape(sheet);
	worksheet_set_paper(sheet, 9);		/* A4 */
	worksheet_fit_to_pages(sheet, 1, 0);
}

/* The column of this name; column_count when there is none. */
static size_t
column_named(const struct ck_sheet *table, const char *name)
{
	size_t column;

	for (column = 0; column < table->column_count; column++) {
		if (strcmp(table->columns[column].name, name) == 0)
			break;
	}

	return column;
}

/* Attempts and confirmed over time. */
static void
put_chart(struct book *book, lxw_worksheet *sheet,
    const struct ck_sheet *table)
{
	lxw_row_t last = (lxw_row_t)(table->row_count + 2);
	size_t columns[2] = { column_named(table, "attempts"),
	    column_named(table, "confirmed") };
	lxw_chart *chart;
	size_t i;

	if (strcmp(table->name, "day") != 0 || table->row_count < 2)
		return;
	chart = workbook_add_chart(book->workbook, LXW_CHART_LINE);
	for (i = 0; i < 2 && chart != NULL; i++) {
		lxw_chart_series *series = chart_add_series(chart, NULL,
		    NULL);
		lxw_col_t col = (lxw_col_t)columns[i];

		chart_series_set_name(series, table->columns[col].title);
		chart_series_set_categories(series, table->name, 3, 0, last,
		    0);
		chart_series_set_values(series, table->name, 3, col, last,
		    col);
	}
	if (chart == NULL)
		book->failed = true;
	else
		note(book, worksheet_insert_chart(sheet, 2,
		    (lxw_col_t)(table->column_count + 1), chart));
}

static void
put_sheet(struct book *book, const struct ck_sheet *table)
{
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook,
	    table->name);
	size_t row, column;

	if (sheet == NULL) {
		book->failed = true;
		return;
	}
	note(book, worksheet_write_string(sheet, 0, 0, table->title,
	    book->title));
	put_heads(book, sheet, table);
	for (row = 0; row < table->row_count; row++) {
		for (column = 0; column < table->column_count; column++)
			put_value(book, sheet, (lxw_row_t)(row + 3),
			    (lxw_col_t)column, &table->columns[column],
			    ck_sheet_value(table, row, column));
	}
	if (table->row_count == 0)
		note(book, worksheet_write_string(sheet, 3, 0, table->empty,
		    NULL));
	put_chart(book, sheet, table);
}

static void
put_front(struct book *book, const json_t *document)
{
	lxw_worksheet *sheet = workbook_add_worksheet(book->workbook,
	    ck_catalogue_text(book->catalogue, "report.front"));
	struct ck_buf sentence = CK_BUF_INIT;
	lxw_format *wrap = workbook_add_format(book->workbook);

	format_set_text_wrap(wrap);
	if (sheet == NULL || ck_words_sentence(document, book->catalogue,
	    &sentence) != CK_OK || ck_buf_push(&sentence, '\0') != CK_OK) {
		book->failed = true;
		ck_buf_wipe(&sentence);
		return;
	}
	note(book, worksheet_set_column(sheet, 0, 0, 100, NULL));
	note(book, worksheet_write_string(sheet, 0, 0, ck_catalogue_text(
	    book->catalogue, "report.title"), book->title));
	note(book, worksheet_write_string(sheet, 2, 0,
	    (const char *)sentence.ptr, wrap));
	note(book, worksheet_write_string(sheet, 4, 0, ck_catalogue_text(
	    book->catalogue, json_is_true(json_object_get(document,
	    "public")) ? "report.public" : "report.internal"), wrap));
	ck_buf_wipe(&sentence);
}

static enum ck_err
write_book(const char *path, const json_t *document,
    const struct ck_catalogue *catalogue, const struct ck_sheets *sheets)
{
	struct book book = { .catalogue = catalogue };
	size_t i;

	if ((book.workbook = workbook_new(path)) == NULL)
		return CK_ERR_NOMEM;
	make_formats(&book);
	put_front(&book, document);
	for (i = 0; i < sheets->count; i++)
		put_sheet(&book, &sheets->list[i]);
	if (workbook_close(book.workbook) != LXW_NO_ERROR || book.failed)
		return CK_ERR_SYSTEM;

	return CK_OK;
}

static enum ck_err
read_back(const char *path, struct ck_buf *out)
{
	FILE *file = fopen(path, "rbe");
	uint8_t block[65536];
	enum ck_err err = CK_OK;
	size_t len;

	if (file == NULL)
		return CK_ERR_SYSTEM;
	while (err == CK_OK && (len = fread(block, 1, sizeof(block),
	    file)) > 0)
		err = ck_buf_append(out, ck_span_of(block, len));
	if (ferror(file) != 0)
		err = CK_ERR_SYSTEM;
	(void)fclose(file);

	return err;
}

enum ck_err
ck_report_xlsx(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out)
{
	char path[] = "/tmp/checkin-report-XXXXXX";
	struct ck_sheets sheets = { 0 };
	enum ck_err err;
	int fd;

	err = ck_sheets_make(document, catalogue, &sheets);
	if (err == CK_OK && (fd = mkstemp(path)) < 0)
		err = CK_ERR_SYSTEM;
	if (err == CK_OK) {
		(void)close(fd);
		err = write_book(path, document, catalogue, &sheets);
		if (err == CK_OK)
			err = read_back(path, out);
		(void)unlink(path);
	}
	ck_sheets_wipe(&sheets);

	return err;
}
