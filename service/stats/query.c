/*
 * query.c - counts of a series by group
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "io/db.h"
#include "stats/count.h"
#include "stats/origin.h"
#include "stats/query.h"

/* Ten years of days, or half a year of hours: more is no table to read. */
#define GROUPS_MAX 4400

#define QUERY(key) \
	"SELECT " key ", kind, outcome, source, first_outcome, sum(count) " \
	"FROM rollup WHERE series = ? AND hour >= ? AND hour < ? " \
	"AND count > 0 GROUP BY 1, 2, 3, 4, 5 ORDER BY 1"

/* In the order of enum ck_by. A local day is 24 hours that begin at 17:00 UTC.
 */
static const char *const queries[CK_BY_COUNT] = {
	[CK_BY_DAY] = QUERY("(hour + 7) / 24"),
	[CK_BY_HOUR] = QUERY("hour"),
	[CK_BY_DESK] = QUERY("(SELECT label FROM label WHERE number = desk)"),
	[CK_BY_REASON] =
	    QUERY("(SELECT label FROM label WHERE number = reason)"),
	[CK_BY_OWNER] = QUERY("owner"),
	[CK_BY_PRESENTED] = QUERY("presented"),
	[CK_BY_CAPTURED] = QUERY("captured"),
	[CK_BY_ASSURANCE] = QUERY("assurance"),
	[CK_BY_FIRST_KEY] = QUERY("first_key"),
	[CK_BY_SOURCE] = QUERY("source"),
	[CK_BY_OUTCOME] = QUERY("outcome"),
};

const char *
ck_by_label(enum ck_by by)
{
#define LABEL(sym, label) [sym] = (label),
	static const char *const labels[CK_BY_COUNT] = { CK_BY_LIST(LABEL) };
#undef LABEL

	return by < CK_BY_COUNT ? labels[by] : "?";
}

static const char *
word_label(enum ck_by by, int64_t n)
{
	switch (by) {
	case CK_BY_OWNER:
		return ck_owner_label((enum ck_owner)n);
	case CK_BY_PRESENTED:
		return ck_presented_label((enum ck_presented)n);
	case CK_BY_CAPTURED:
		return ck_captured_label((enum ck_captured)n);
	case CK_BY_ASSURANCE:
		return ck_assurance_label((enum ck_assurance)n);
	case CK_BY_FIRST_KEY:
		return ck_key_label((enum ck_key)n);
	case CK_BY_SOURCE:
		return ck_source_label((enum ck_source)n);
	case CK_BY_OUTCOME:
		return ck_outcome_label((enum ck_outcome)n);
	case CK_BY_DAY:
	case CK_BY_HOUR:
	case CK_BY_DESK:
	case CK_BY_REASON:
	case CK_BY_COUNT:
	default:
		return "?";
	}
}

static void
take_key(struct ck_stmt *stmt, enum ck_by by, char *out, size_t size)
{
	const char *text = NULL;
	char date[CK_DATE_LEN], hour[CK_HOUR_LEN];
	int64_t n;

	if (by == CK_BY_DESK || by == CK_BY_REASON) {
		(void)snprintf(out, size, "%s", ck_stmt_take_text(stmt));
		return;
	}
	n = ck_stmt_take_int(stmt);
	if (by == CK_BY_DAY) {
		ck_date_iso(ck_clock_local_date(n * 86400000), date);
		text = date;
	} else if (by == CK_BY_HOUR) {
		ck_origin_hour(n, hour);
		text = hour;
	} else {
		text = word_label(by, n);
	}
	(void)snprintf(out, size, "%s", text);
}

/* One line of the result. */
struct part {
	char key[48];
	int64_t kind, outcome, source, first_outcome, count;
};

static void
take_part(struct ck_stmt *stmt, enum ck_by by, struct part *out)
{
	take_key(stmt, by, out->key, sizeof(out->key));
	out->kind = ck_stmt_take_int(stmt);
	out->outcome = ck_stmt_take_int(stmt);
	out->source = ck_stmt_take_int(stmt);
	out->first_outcome = ck_stmt_take_int(stmt);
	out->count = ck_stmt_take_int(stmt);
}

/* design.md section 5: in cccd, cache and stale beside covered, not inside. */
static void
add_part(struct ck_group *group, enum ck_series series,
    const struct part *part)
{
	bool covered = part->outcome == CK_OUTCOME_COVERED;

	group->total += part->count;
	if (series == CK_SERIES_CCCD && covered &&
	    part->source == CK_SOURCE_CACHE)
		group->covered_cache += part->count;
	else if (series == CK_SERIES_CCCD && covered &&
	    part->source != CK_SOURCE_GATEWAY)
		group->covered_stale += part->count;
	else if (part->outcome >= 0 && part->outcome < CK_OUTCOMES)
		group->outcomes[part->outcome] += part->count;
	if (part->first_outcome >= 0 && part->first_outcome < CK_OUTCOMES)
		group->first[part->first_outcome] += part->count;
}

static enum ck_err
grow(struct ck_groups *groups)
{
	size_t cap = groups->cap == 0 ? 32 : groups->cap * 2;
	struct ck_group *grown;

	grown = reallocarray(groups->list, cap, sizeof(*grown));
	if (grown == NULL)
		return CK_ERR_NOMEM;
	groups->list = grown;
	groups->cap = cap;

	return CK_OK;
}

/* Parts come sorted by key: a new key is a new group. */
static enum ck_err
group_of(struct ck_groups *groups, const char *key, struct ck_group **out)
{
	struct ck_group *group;
	enum ck_err err;

	if (groups->len > 0) {
		group = &groups->list[groups->len - 1];
		if (strcmp(group->key, key) == 0) {
			*out = group;
			return CK_OK;
		}
	}
	if (groups->len == GROUPS_MAX)
		return CK_ERR_REQUEST;
	if (groups->len == groups->cap && (err = grow(groups)) != CK_OK)
		return err;
	group = &groups->list[groups->len++];
	*group = (struct ck_group){ 0 };
	(void)snprintf(group->key, sizeof(group->key), "%s", key);
	*out = group;

	return CK_OK;
}

static enum ck_err
take_group(struct ck_groups *groups, const struct ck_stats_query *query,
    const struct part *part)
{
	struct ck_group *group;
	enum ck_err err;

	if (query->series == CK_SERIES_LOOKUPS &&
	    part->kind != CK_KIND_DESK) {
		if (part->kind >= 0 && part->kind < CK_KINDS)
			groups->other_kinds[part->kind] += part->count;
		return CK_OK;
	}
	if ((err = group_of(groups, part->key, &group)) != CK_OK)
		return err;
	add_part(group, query->series, part);
	add_part(&groups->total, query->series, part);

	return CK_OK;
}

static int64_t
date_number(struct ck_date date)
{
	return (int64_t)date.year * 10000 + date.month * 100 + date.day;
}

enum ck_err
ck_groups_load(struct ck_db *db, const struct ck_stats_query *query,
    struct ck_groups *groups)
{
	struct ck_stmt *stmt;
	struct part part;
	enum ck_err err;
	bool row;

	*groups = (struct ck_groups){ 0 };
	if ((err = ck_db_prepare(db, queries[query->by], &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)query->series);
	ck_stmt_bind_int(stmt, ck_count_first_hour(date_number(query->from)));
	ck_stmt_bind_int(stmt,
	    ck_count_first_hour(date_number(query->to)) + 24);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		take_part(stmt, query->by, &part);
		if ((err = take_group(groups, query, &part)) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);

	return err;
}

void
ck_groups_wipe(struct ck_groups *groups)
{
	free(groups->list);
	*groups = (struct ck_groups){ 0 };
}
