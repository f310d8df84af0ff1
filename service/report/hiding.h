/*
 * hiding.h - a table of a report, and what of its numbers is hidden; of public.c
 *
 * In the flow:  public.c, mixes.c -> [hiding] -> cells.c
 *
 * What is hidden in one table is hidden in all: the totals are a cell of each,
 * so that the tables are gone through until none hides more.
 */
#ifndef SERVICE_REPORT_HIDING_H
#define SERVICE_REPORT_HIDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"
#include "report/suppress.h"

/* Both documents borrowed. */
struct ck_hiding {
	const json_t *plain;	/* as it was, for the values */
	json_t *out;		/* null: hidden */
	bool grown;		/* something was hidden in this round */
};

/* A table of cells over the same units, and where each cell's numbers stand. */
struct ck_hiding_table {
	struct ck_hiding *hiding;	/* borrowed */
	struct ck_cell *cells;	/* owned */
	const json_t **plain;	/* owned; objects with "cccd" …, borrowed */
	json_t **places;	/* owned; the same in what goes out, borrowed */
	uint8_t *members;	/* owned; cells × units */
	size_t count, cap, units;
	bool failed;		/* out of memory, or no report */
};

/* A table for at most cap cells. Free with ck_hiding_table_wipe() in every
 * case. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_hiding_table_make(struct ck_hiding_table *table, struct ck_hiding *hiding,
    size_t cap, size_t units);
void ck_hiding_table_wipe(struct ck_hiding_table *table);

/* A cell for the numbers at place, plain as they were: its members, still none,
 * or NULL when the table has failed. A number that the place has not is told by
 * nobody. */
uint8_t *
ck_hiding_table_add(struct ck_hiding_table *table, const json_t *plain,
    json_t *place, bool fixed);

/* All that are counted, as a cell over all units. */
void ck_hiding_table_add_totals(struct ck_hiding_table *table);

/* Write null for what has to be hidden in this table. Returns CK_OK,
 * CK_ERR_NOMEM, or CK_ERR_REQUEST (a place that is none). */
CK_MUST_CHECK enum ck_err ck_hiding_table_hide(struct ck_hiding_table *table);

/* Write null in place of a number, unless it is null. Returns CK_OK or
 * CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_hiding_erase(struct ck_hiding *hiding, json_t *place, const char *number);

/* The groups of a division. Borrowed; NULL when there are none. */
json_t *ck_hiding_groups(const json_t *document, const char *division);

#endif /* SERVICE_REPORT_HIDING_H */
