/*
 * sheets.h - the report as tables with headings: what every form shows
 *
 * In the flow:  report or public document -> [sheets] -> text, CSV, XLSX, HTML
 *
 * Which tables there are, in which order, with which columns and words, is
 * settled here once. A form only draws. Pure.
 */
#ifndef SERVICE_REPORT_SHEETS_H
#define SERVICE_REPORT_SHEETS_H

#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"
#include "text/catalogue.h"

#define CK_COLUMNS_MAX 12

enum ck_column_kind {
	CK_COLUMN_TEXT,
	CK_COLUMN_COUNT,
	CK_COLUMN_SHARE		/* a part of a total, shown as per cent */
};

struct ck_column {
	const char *name;	/* label, for CSV: "covered" */
	const char *title;	/* words */
	enum ck_column_kind kind;
};

enum ck_value_kind {
	CK_VALUE_EMPTY,		/* nothing to show: 0 of 0, or no text */
	CK_VALUE_HIDDEN,	/* not published (suppress.h) */
	CK_VALUE_GIVEN
};

struct ck_value {
	enum ck_value_kind kind;
	const char *text;	/* borrowed: document, catalogue or literal */
	const char *label;	/* of words: what programs call it; else NULL */
	int64_t count;		/* or the part of a share … */
	int64_t of;		/* … and its total */
};

struct ck_sheet {
	const char *name;	/* "clinic" */
	const char *title;	/* words */
	const char *empty;	/* words in place of rows when there are none */
	struct ck_column columns[CK_COLUMNS_MAX];
	size_t column_count;
	struct ck_value *values;	/* owned; rows × column_count */
	size_t row_count, row_cap;
};

struct ck_sheets {
	struct ck_sheet *list;	/* owned */
	size_t count;
};

/*
 * The tables of a document. They borrow from it and from the catalogue.
 *
 * out  Start zeroed; free with ck_sheets_wipe() in every case.
 *
 * Returns CK_OK, CK_ERR_REQUEST (not a report), CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_sheets_make(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_sheets *out);
void ck_sheets_wipe(struct ck_sheets *sheets);

/* The value in a row and column. Borrowed. */
const struct ck_value *
ck_sheet_value(const struct ck_sheet *sheet, size_t row, size_t column);

#endif /* SERVICE_REPORT_SHEETS_H */
