/*
 * stats.h - the figures of a clinic: GET /v1/stats, as JSON and as CSV
 *
 * In the flow:  store (rollups) -> [stats] -> http
 *
 * Everything is read from the rollups, over a read-only connection, in one
 * consistent view. Its cost grows with the days asked for, not with history.
 */
#ifndef SERVICE_STATS_STATS_H
#define SERVICE_STATS_STATS_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "ck/words.h"
#include "io/json.h"

struct ck_db;

/* What /v1/stats can group by. */
#define CK_BY_LIST(X) \
	X(CK_BY_DAY, "day") \
	X(CK_BY_HOUR, "hour") \
	X(CK_BY_DESK, "desk") \
	X(CK_BY_REASON, "reason") \
	X(CK_BY_OWNER, "owner") \
	X(CK_BY_PRESENTED, "presented") \
	X(CK_BY_CAPTURED, "captured") \
	X(CK_BY_ASSURANCE, "assurance") \
	X(CK_BY_FIRST_KEY, "first_key") \
	X(CK_BY_SOURCE, "source") \
	X(CK_BY_OUTCOME, "outcome")

#define CK_BY_ENUM(sym, label) sym,
enum ck_by { CK_BY_LIST(CK_BY_ENUM) CK_BY_COUNT };
#undef CK_BY_ENUM

struct ck_stats_query {
	struct ck_date from, to;	/* local dates, both included */
	enum ck_series series;
	enum ck_by by;
};

/*
 * Check the four arguments of the request; NULL is an absent one. Defaults:
 * from and to today, series lookups, by day.
 *
 * problem  Receives a static English sentence that names what is wrong and what
 *          is allowed; NULL on CK_OK.
 *
 * Returns  CK_OK or CK_ERR_REQUEST
 */
CK_MUST_CHECK enum ck_err
ck_stats_parse(const char *const arguments[4], struct ck_date today,
    struct ck_stats_query *out, const char **problem);

/* Positions in arguments[]. */
enum { CK_STATS_FROM, CK_STATS_TO, CK_STATS_BY, CK_STATS_SERIES };

/*
 * The document of the contract:
 *
 *	{"clinic","station","epoch","series","by","from","to",
 *	 "complete_until",<counts>,"groups":[{"key",<counts>},…]}
 *
 * counts are "total","covered","not_covered","mismatch","not_found",
 * "unavailable","success_rate" (null when total is 0). The series cccd has
 * "covered_cache" and "covered_stale" beside them: they are in total, never in
 * covered. The series visits has "first_outcome":{"covered",…}. The series
 * lookups counts kind desk; "other_kinds":{"during",…} stands beside it.
 *
 * db       Read-only, from ck_store_open_reader().
 * now_ms   Wall clock; or, if earlier, when the oldest lookup was opened that
 *          is not on disk yet: complete_until is at most this.
 * out      A new reference.
 *
 * Returns  CK_OK, CK_ERR_NOMEM, an error of the database, or CK_ERR_REQUEST for
 *          more than 4,400 groups (half a year by hour)
 */
CK_MUST_CHECK enum ck_err
ck_stats_json(struct ck_db *db, const struct ck_stats_query *query,
    int64_t now_ms, json_t **out);

/* The same as CSV (RFC 4180): a header line, one line for each group, one for
 * the total with an empty key. text is replaced; the caller wipes it. */
CK_MUST_CHECK enum ck_err
ck_stats_csv(struct ck_db *db, const struct ck_stats_query *query,
    struct ck_buf *text);

#endif /* SERVICE_STATS_STATS_H */
