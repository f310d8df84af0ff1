/*
 * books.h - the share of visits as a number that tells of others; of public.c
 *
 * In the flow:  public.c -> [books] -> hiding.c
 *
 * The attempts that the clinics' books cover are a sum of some clinics and some
 * days. So they are a cell of the table of places and of that of days: of a
 * clinic, or a day, that the books have in part, those in them are a column of
 * its own. The place of the cell is the document's "denominator", which has
 * "cccd": {"total"} as a group has while it is gone through.
 */
#ifndef SERVICE_REPORT_BOOKS_H
#define SERVICE_REPORT_BOOKS_H

#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "report/hiding.h"

struct ck_books {
	size_t *in;		/* owned; of each unit, the column of what is in
				 * the books, NOTHING below: none of it */
	size_t units, columns;	/* columns: units and the parts of some */
};

#define CK_BOOKS_NOTHING SIZE_MAX

/* Give both documents the place of the cell, before the first table. Returns
 * CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err ck_books_open(struct ck_hiding *hiding, json_t *plain);

/* Units of which nothing is known yet. Free with ck_books_wipe() in every case.
 * Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err ck_books_make(struct ck_books *books, size_t units);
void ck_books_wipe(struct ck_books *books);

/*
 * Note what the books have of the attempts of a unit: list is "clinics" or
 * "days" of the denominator, key the clinic's id, a day, or its month.
 */
void ck_books_note(struct ck_books *books, size_t unit, const json_t *list,
    const char *key, int64_t attempts);

/* Add a unit to the members of a cell: all its columns. */
void ck_books_mark(const struct ck_books *books, uint8_t *members,
    size_t unit);

/* Add the cell of the books itself, where there are some. */
void ck_books_add(const struct ck_books *books, struct ck_hiding_table *table);

/*
 * Write down what of the books goes out, after the last table: the attempts
 * unless they are hidden, and the visits unless these, or those without an
 * attempt, are below CK_PUBLISHED_MIN.
 * Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err ck_books_close(struct ck_hiding *hiding);

#endif /* SERVICE_REPORT_BOOKS_H */
