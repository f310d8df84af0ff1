/*
 * feed.h - what changed since, before it is signed
 *
 * In the flow:  store -> [feed] -> feed_sign
 *
 * A page of rows of figures, in the order of their last change. Each row
 * carries its whole identity (facility, station, epoch and every word) and its
 * absolute count: whoever keeps the row with the highest revision for each
 * identity counts everything once, however often pages are read.
 */
#ifndef SERVICE_STATS_FEED_H
#define SERVICE_STATS_FEED_H

#include <stdint.h>

#include "ck/error.h"
#include "io/json.h"

struct ck_db;
struct ck_origin;

/* Rows of a page at most: about 400 bytes each, so 400 KB before compression,
 * and a busy day of a clinic fits into one. */
#define CK_FEED_PAGE_MAX 1000

/* Version of the document's shape. */
#define CK_FEED_SCHEMA 1

/*
 * The rows of the present epoch with a revision above after:
 *
 *	{"schema":1,"facility","station","epoch","after","revision","more",
 *	 "made_at","complete_until","latency_bounds_ms":[…],"rows":[
 *	 {"facility","station","epoch","series","hour","kind","presented",
 *	  "captured","assurance","first_key","first_outcome","resolved_by",
 *	  "outcome","source","reason","owner","desk","count","latency":[…],
 *	  "latency_sum_ms","revision"},…]}
 *
 * revision  of the last row, or after when there is none: the next "after".
 * more      there are rows beyond this page.
 * hour      its beginning, RFC 3339 UTC.
 * latency   a count for each bound and one beyond; not added up.
 *
 * complete_until lies some seconds before now_ms: a lookup that was opened just
 * now may not be on disk yet.
 *
 * limit     rows at most; 0 or more than CK_FEED_PAGE_MAX: CK_FEED_PAGE_MAX.
 * now_ms    as in ck_stats_json().
 * out       A new reference.
 *
 * Returns   CK_OK, CK_ERR_REQUEST for an after that is negative or beyond
 *           CK_JSON_INTEGER_MAX, CK_ERR_NOMEM, or an error of the database
 */
CK_MUST_CHECK enum ck_err
ck_feed_json(struct ck_db *db, int64_t after, unsigned limit, int64_t now_ms,
    json_t **out);

/* The newest revision of the origin's epoch; 0 when it has no row yet. Returns
 * CK_OK or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_feed_newest(struct ck_db *db, const struct ck_origin *origin,
    int64_t *out);

#endif /* SERVICE_STATS_FEED_H */
