/*
 * csv_read.h - rows of a CSV file, one after the other
 *
 * In the flow:  body of a request -> [csv_read] -> expected_list
 * Source:       RFC 4180; besides, what office programs write: a byte order
 *               mark, semicolons (where the comma is the decimal sign), line
 *               ends of one byte
 *
 * Ours and not libcsv: that is a machine of callbacks without bounds on fields
 * or rows, last released in 2013. What is needed is one cursor that ends
 * each row within fixed limits and finds its way again behind a broken one.
 * Pure; nothing is logged.
 */
#ifndef SERVICE_IO_CSV_READ_H
#define SERVICE_IO_CSV_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"

/* A list of a hospital program has up to a few dozen columns. */
#define CK_CSV_FIELDS_MAX 64

/* Bytes of one row's fields. A name has at most 400, a note some hundred; an
 * open quotation mark is found out by it. */
#define CK_CSV_ROW_MAX 8192

struct ck_csv {
	struct ck_span rest;	/* borrowed; what has not been read */
	char separator;		/* ',' or ';', whichever the first line has
				 * more of */
	size_t line;		/* of the next row, from 1 */
};

/* Fields are borrowed from text, without their quotation marks. */
struct ck_csv_row {
	size_t line;		/* where it begins, from 1 */
	size_t count;
	struct ck_span fields[CK_CSV_FIELDS_MAX];
	char text[CK_CSV_ROW_MAX];
};

enum ck_csv_end {
	CK_CSV_ROW,		/* row is filled */
	CK_CSV_BROKEN,		/* quotation marks, or over a limit: line alone
				 * is filled, the next row begins on the line
				 * behind it */
	CK_CSV_END		/* none is left */
};

void ck_csv_init(struct ck_csv *csv, struct ck_span text);

/* The next row; empty lines are skipped. */
enum ck_csv_end ck_csv_next(struct ck_csv *csv, struct ck_csv_row *row);

#endif /* SERVICE_IO_CSV_READ_H */
