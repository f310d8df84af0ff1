/*
 * outside.h - what others have counted: the portal its calls, clinics their
 *             visits
 *
 * In the flow:  CSV -> [outside] -> report (reconciliation, denominator)
 *
 * A file has the columns facility, date and calls (of the portal) or visits (of
 * the clinics' books), found by name in its first line. It is taken whole or
 * not at all; every defect is told with its line. A day that is imported again
 * is replaced.
 */
#ifndef SERVICE_LEDGER_OUTSIDE_H
#define SERVICE_LEDGER_OUTSIDE_H

#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ledger/import.h"
#include "ledger/ledger.h"

/* Who counted. Numbers are stored. */
enum ck_outside {
	CK_OUTSIDE_PORTAL = 1,	/* gateway calls: column "calls" */
	CK_OUTSIDE_VISITS = 2	/* visits: column "visits" */
};

/* Bytes of a file: 13,000 clinics for a year are 110 MB, so a nation imports by
 * the month. */
#define CK_OUTSIDE_MAX (16 * 1024 * 1024)

/* In one clinic on one day. */
#define CK_OUTSIDE_COUNT_MAX 1000000

/* True when the first line of text names these columns; *source tells which. */
bool ck_outside_recognise(struct ck_span text, enum ck_outside *source);

/*
 * Import text, of the source that ck_outside_recognise() gave.
 *
 * tell   called for each defect, at most 100 times.
 * count  receives the days taken.
 *
 * Returns CK_OK; CK_ERR_CONFIG when there are defects, and nothing has changed;
 * CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_outside_import(struct ck_ledger *ledger, enum ck_outside source,
    struct ck_span text, int64_t now_ms, ck_import_fn tell, void *ctx,
    size_t *count);

/* What was counted of a clinic on a day. */
struct ck_outside_row {
	int64_t facility;
	int64_t day;
	int64_t count;
};

typedef enum ck_err (*ck_outside_fn)(void *ctx,
    const struct ck_outside_row *row);

/* Each clinic's days of a period, by clinic and day. Returns CK_OK, what fn
 * returned, or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_outside_read(struct ck_ledger *ledger, enum ck_outside source,
    int64_t from_day, int64_t to_day, ck_outside_fn fn, void *ctx);

#endif /* SERVICE_LEDGER_OUTSIDE_H */
