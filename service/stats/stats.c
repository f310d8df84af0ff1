/*
 * stats.c - GET /v1/stats: its arguments and its JSON
 */
#include <string.h>

#include "io/db.h"
#include "stats/origin.h"
#include "stats/query.h"
#include "stats/stats.h"

/* What a call to the gateway knows nothing of. */
static bool
is_allowed(enum ck_series series, enum ck_by by)
{
	return series != CK_SERIES_CALLS || (by != CK_BY_OWNER &&
	    by != CK_BY_PRESENTED && by != CK_BY_ASSURANCE);
}

static bool
parse_by(const char *label, enum ck_by *out)
{
	int i;

	for (i = 0; i < CK_BY_COUNT; i++) {
		if (strcmp(ck_by_label((enum ck_by)i), label) == 0) {
			*out = (enum ck_by)i;
			return true;
		}
	}

	return false;
}

static bool
parse_day(const char *text, struct ck_date *out)
{
	return text == NULL ||
	    (ck_date_parse_iso(text, out) == CK_OK && out->day != 0);
}

static const char *
find_problem(const char *const arguments[4], struct ck_stats_query *out)
{
	const char *by = arguments[CK_STATS_BY];
	const char *series = arguments[CK_STATS_SERIES];

	if (!parse_day(arguments[CK_STATS_FROM], &out->from))
		return "from must be a date YYYY-MM-DD";
	if (!parse_day(arguments[CK_STATS_TO], &out->to))
		return "to must be a date YYYY-MM-DD";
	if (ck_date_compare(out->from, out->to) > 0)
		return "from must not be after to";
	if (series != NULL && !ck_series_parse(series, &out->series))
		return "series must be one of calls, lookups, visits, cccd";
	if (by != NULL && !parse_by(by, &out->by))
		return "by must be one of day, hour, desk, reason, owner, "
		    "presented, captured, assurance, first_key, source, "
		    "outcome";
	if (!is_allowed(out->series, out->by))
		return "calls can be grouped by day, hour, desk, reason, "
		    "captured, first_key, source, outcome";

	return NULL;
}

enum ck_err
ck_stats_parse(const char *const arguments[4], struct ck_date today,
    struct ck_stats_query *out, const char **problem)
{
	*out = (struct ck_stats_query){ .from = today, .to = today,
	    .series = CK_SERIES_LOOKUPS, .by = CK_BY_DAY };
	*problem = find_problem(arguments, out);

	return *problem == NULL ? CK_OK : CK_ERR_REQUEST;
}

static json_t *
rate(const struct ck_group *group)
{
	if (group->total == 0)
		return json_null();

	return json_real((double)group->outcomes[CK_OUTCOME_COVERED] /
	    (double)group->total);
}

/* {"covered":n,…} of outcomes, without "none". */
static json_t *
outcomes_object(const int64_t outcomes[CK_OUTCOMES])
{
	json_t *object = json_object();
	int i;

	for (i = CK_OUTCOME_COVERED; i < CK_OUTCOMES; i++) {
		if (json_object_set_new(object,
		    ck_outcome_label((enum ck_outcome)i),
		    json_integer(outcomes[i])) != 0) {
			json_decref(object);
			return NULL;
		}
	}

	return object;
}

/* Set total, one member for each outcome, and the rate. */
static int
set_counts(json_t *object, enum ck_series series,
    const struct ck_group *group)
{
	json_t *outcomes = outcomes_object(group->outcomes);
	int failed = json_object_set_new(object, "total",
	    json_integer(group->total));

	failed |= json_object_update(object, outcomes);
	json_decref(outcomes);
	if (series == CK_SERIES_CCCD) {
		failed |= json_object_set_new(object, "covered_cache",
		    json_integer(group->covered_cache));
		failed |= json_object_set_new(object, "covered_stale",
		    json_integer(group->covered_stale));
	}
	if (series == CK_SERIES_VISITS)
		failed |= json_object_set_new(object, "first_outcome",
		    outcomes_object(group->first));
	failed |= json_object_set_new(object, "success_rate", rate(group));

	return failed;
}

static json_t *
groups_array(enum ck_series series, const struct ck_groups *groups)
{
	json_t *array = json_array();
	int failed = array == NULL;
	size_t i;

	for (i = 0; i < groups->len && failed == 0; i++) {
		json_t *object = json_pack("{s:s}", "key",
		    groups->list[i].key);

		failed |= set_counts(object, series, &groups->list[i]);
		failed |= json_array_append_new(array, object);
	}
	if (failed != 0) {
		json_decref(array);
		return NULL;
	}

	return array;
}

static json_t *
other_kinds(const struct ck_groups *groups)
{
	json_t *object = json_object();
	int i;

	for (i = 0; i < CK_KINDS; i++) {
		if (i != CK_KIND_DESK && json_object_set_new(object,
		    ck_kind_label((enum ck_kind)i),
		    json_integer(groups->other_kinds[i])) != 0) {
			json_decref(object);
			return NULL;
		}
	}

	return object;
}

static json_t *
document(const struct ck_origin *origin, const struct ck_stats_query *query,
    const struct ck_groups *groups)
{
	char from[CK_DATE_LEN], to[CK_DATE_LEN];
	json_t *object;
	int failed;

	ck_date_iso(query->from, from);
	ck_date_iso(query->to, to);
	object = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "clinic", origin->facility, "station", origin->station,
	    "epoch", origin->epoch, "series", ck_series_label(query->series),
	    "by", ck_by_label(query->by), "from", from, "to", to,
	    "complete_until", origin->complete_until);
	failed = set_counts(object, query->series, &groups->total);
	if (query->series == CK_SERIES_LOOKUPS)
		failed |= json_object_set_new(object, "other_kinds",
		    other_kinds(groups));
	failed |= json_object_set_new(object, "groups",
	    groups_array(query->series, groups));
	if (failed != 0) {
		json_decref(object);
		return NULL;
	}

	return object;
}

enum ck_err
ck_stats_json(struct ck_db *db, const struct ck_stats_query *query,
    int64_t now_ms, json_t **out)
{
	struct ck_groups groups = { 0 };
	struct ck_origin origin;
	enum ck_err err;

	*out = NULL;
	if ((err = ck_db_exec(db, "BEGIN;")) != CK_OK)
		return err;
	if ((err = ck_origin_load(db, now_ms, &origin)) == CK_OK)
		err = ck_groups_load(db, query, &groups);
	ck_db_rollback(db);	/* nothing was written: end of the view */
	if (err == CK_OK &&
	    (*out = document(&origin, query, &groups)) == NULL)
		err = CK_ERR_NOMEM;
	ck_groups_wipe(&groups);

	return err;
}
