/*
 * tally.h - changes of figures, gathered in a transaction, written at its end
 *
 * Lookups that share a commit mostly fall into the same few rows of figures:
 * the changes are added up in memory and each row is written once, in the same
 * transaction as the lookups that they count. A row that is written gets a new
 * revision, higher than any before.
 */
#ifndef SERVICE_STATS_TALLY_H
#define SERVICE_STATS_TALLY_H

#include <stdint.h>

#include "ck/error.h"
#include "stats/figure.h"

struct ck_db;
struct ck_tally;	/* opaque */

/* db is borrowed. Reads the last revision. */
CK_MUST_CHECK enum ck_err
ck_tally_new(struct ck_tally **out, struct ck_db *db);
void ck_tally_free(struct ck_tally **tally);

/*
 * Change the count of one row by change (1, or -1 when a visit leaves it).
 * latency_ms goes into the row's buckets; -1: none.
 *
 * Returns CK_OK, or an error of the database when the room for gathered rows
 * was full and writing them failed.
 */
CK_MUST_CHECK enum ck_err
ck_tally_add(struct ck_tally *tally, const struct ck_figure *figure,
    int64_t change, int64_t latency_ms);

/* Write all that is gathered: the last thing before the commit. */
CK_MUST_CHECK enum ck_err ck_tally_write(struct ck_tally *tally);

/* The transaction was committed: its revisions are used. */
void ck_tally_committed(struct ck_tally *tally);

/* The transaction was rolled back: forget it, and its revisions. */
void ck_tally_forget(struct ck_tally *tally);

#endif /* SERVICE_STATS_TALLY_H */
