/*
 * suppress.h - what may leave the office
 *
 * In the flow:  report.c -> [suppress] -> text, CSV, XLSX, HTML
 *
 * A count of 1 to 4 could point to a person. In a report for outside the
 * numbers of such a cell are null, and so many others that no subtraction of
 * published numbers gives it back. docs/definitions.md tells the rule to those
 * who read the report. Pure.
 */
#ifndef SERVICE_REPORT_SUPPRESS_H
#define SERVICE_REPORT_SUPPRESS_H

#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"

/* The smallest count that is published; 0 is, too. */
#define CK_PUBLISHED_MIN 5

/*
 * One published number: the sum of some of the units that a table divides
 * people into. A table is a list of these over the same units.
 */
struct ck_cell {
	int64_t value;
	const uint8_t *members;	/* units of them, 1 for each in the sum */
	unsigned kind;		/* cells of one kind have no unit in common, as
				 * the values of a word; 0: of none */
	bool fixed;		/* published before all others: the grand
				 * total; set for each sum of all units */
	size_t size;		/* set: how many units */
	bool sensitive;		/* set for 1 … CK_PUBLISHED_MIN - 1 */
	bool hidden;		/* result */
};

/*
 * Hide sensitive cells and as many others as it takes: no sum or difference of
 * the cells that stay is a hidden one, and what is hidden of a published sum is
 * neither below CK_PUBLISHED_MIN nor given away by being all at its bound.
 *
 * cells    sensitive is set by this function from value; hidden cells that are
 *          given stay so.
 *
 * Returns  CK_OK, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_cells_hide(struct ck_cell *cells, size_t count, size_t units);

/*
 * The report for outside: a copy of document with null for each number that is
 * hidden, and without what is for work inside: "below", "sources", "units",
 * "reconciliation", what changed, the signature, and of a group's totals all
 * but "covered". It has a member "public": true.
 *
 * out      A new reference; NULL on error.
 *
 * Returns  CK_OK, CK_ERR_REQUEST (not a report), CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_report_public(const json_t *document, json_t **out);

#endif /* SERVICE_REPORT_SUPPRESS_H */
