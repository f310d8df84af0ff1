/*
 * query.h - counts of a series by group, for JSON and CSV alike
 */
#ifndef SERVICE_STATS_QUERY_H
#define SERVICE_STATS_QUERY_H

#include <stddef.h>

#include "stats/stats.h"

#define CK_OUTCOMES (CK_OUTCOME_UNAVAILABLE + 1)
#define CK_KINDS (CK_KIND_INTEGRATION + 1)

struct ck_group {
	char key[48];			/* label, date or instant */
	int64_t total;
	int64_t outcomes[CK_OUTCOMES];	/* cccd: covered by the gateway only */
	int64_t covered_cache;		/* cccd only */
	int64_t covered_stale;		/* cccd only */
	int64_t first[CK_OUTCOMES];	/* visits only */
};

struct ck_groups {
	struct ck_group total;		/* key "" */
	int64_t other_kinds[CK_KINDS];	/* lookups only: not in total */
	struct ck_group *list;		/* owned */
	size_t len, cap;
};

/* Read the groups of a query. Returns CK_OK, CK_ERR_NOMEM, or an error of the
 * database; the caller wipes groups in every case. */
CK_MUST_CHECK enum ck_err
ck_groups_load(struct ck_db *db, const struct ck_stats_query *query,
    struct ck_groups *groups);
void ck_groups_wipe(struct ck_groups *groups);

/* "day" …; static string. */
const char *ck_by_label(enum ck_by by);

#endif /* SERVICE_STATS_QUERY_H */
