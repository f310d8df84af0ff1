/*
 * metrics.c - what the database knows for /metrics
 */
#include "io/db.h"
#include "stats/render.h"

/* How many words each list of ck/words.h has. */
#define ONE(sym, no, label) +1
#define OUTCOMES (0 CK_OUTCOME_LIST(ONE))
#define SOURCES (0 CK_SOURCE_LIST(ONE))
#define CAPTURED (0 CK_CAPTURED_LIST(ONE))

static void
take_row(struct ck_stmt *stmt, struct ck_metrics *metrics)
{
	struct ck_metric_lookups *row;
	size_t i;

	row = &metrics->lookups[metrics->lookups_len++];
	row->kind = (enum ck_kind)ck_stmt_take_int(stmt);
	row->outcome = (enum ck_outcome)ck_stmt_take_int(stmt);
	row->source = (enum ck_source)ck_stmt_take_int(stmt);
	row->captured = (enum ck_captured)ck_stmt_take_int(stmt);
	row->count = (uint64_t)ck_stmt_take_int(stmt);
	metrics->lookup_duration.sum_ms += (uint64_t)ck_stmt_take_int(stmt);
	for (i = 0; i < CK_LATENCY_BUCKETS; i++)
		metrics->lookup_duration.buckets[i] +=
		    (uint64_t)ck_stmt_take_int(stmt);
}

/* Outcomes and sources that a lookup at a desk can close with. */
static bool
can_close(enum ck_outcome outcome, enum ck_source source)
{
	if (outcome == CK_OUTCOME_UNAVAILABLE)
		return source == CK_SOURCE_NONE || source == CK_SOURCE_GATEWAY;

	return outcome != CK_OUTCOME_NONE && source != CK_SOURCE_NONE;
}

static bool
has_row(const struct ck_metrics *metrics,
    const struct ck_metric_lookups *wanted)
{
	size_t i;

	for (i = 0; i < metrics->lookups_len; i++) {
		const struct ck_metric_lookups *row = &metrics->lookups[i];

		if (row->kind == wanted->kind &&
		    row->outcome == wanted->outcome &&
		    row->source == wanted->source &&
		    row->captured == wanted->captured)
			return true;
	}

	return false;
}

static void
add_zeros(struct ck_metrics *metrics)
{
	int i;

	for (i = 0; i < OUTCOMES * SOURCES * CAPTURED; i++) {
		const struct ck_metric_lookups row = {
			.kind = CK_KIND_DESK,
			.outcome = (enum ck_outcome)(i / (SOURCES * CAPTURED)),
			.source = (enum ck_source)(i / CAPTURED % SOURCES),
			.captured = (enum ck_captured)(i % CAPTURED)
		};

		if (can_close(row.outcome, row.source) &&
		    metrics->lookups_len < CK_METRIC_LOOKUPS_MAX &&
		    !has_row(metrics, &row))
			metrics->lookups[metrics->lookups_len++] = row;
	}
}

static enum ck_err
load_lookups(struct ck_db *db, struct ck_metrics *metrics)
{
	static const char sql[] =
	    "SELECT kind, outcome, source, captured, count, latency_sum_ms, "
	    "b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12 "
	    "FROM total";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	metrics->lookups_len = 0;
	metrics->lookup_duration = (struct ck_histogram){ 0 };
	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row &&
	    metrics->lookups_len < CK_METRIC_LOOKUPS_MAX)
		take_row(stmt, metrics);
	ck_stmt_end(stmt);
	add_zeros(metrics);

	return err;
}

static enum ck_err
load_outbox(struct ck_db *db, struct ck_metrics *metrics)
{
	static const char sql[] =
	    "SELECT count(*), min(made_ms) FROM notice "
	    "WHERE state <> 2 AND state IN (1, 3, 4)";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		metrics->outbox_pending = (uint64_t)ck_stmt_take_int(stmt);
		metrics->outbox_oldest_ms = ck_stmt_take_int(stmt);
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
load_rechecks(struct ck_db *db, struct ck_metrics *metrics)
{
	static const char sql_waiting[] =
	    "SELECT count(*) FROM recheck WHERE state = 1";
	static const char sql_changed[] =
	    "SELECT (SELECT count(*) FROM recheck WHERE state = 3) + "
	    "(SELECT coalesce(sum(count), 0) FROM erased "
	    "WHERE what = 'recheck_changed')";
	int64_t waiting, changed;
	enum ck_err err;

	if ((err = ck_db_int(db, sql_waiting, &waiting)) != CK_OK ||
	    (err = ck_db_int(db, sql_changed, &changed)) != CK_OK)
		return err;
	metrics->recheck_queue_length = (uint64_t)waiting;
	metrics->recheck_changed = (uint64_t)changed;

	return CK_OK;
}

/* States as in store/correction.h: 1 made, 2 sent, 5 refused. Of a patient the
 * last case counts: a refused one may have been followed. */
static enum ck_err
load_cases(struct ck_db *db, struct ck_metrics *metrics)
{
	static const char sql[] =
	    "SELECT count(*) FILTER (WHERE state IN (1, 2)), "
	    "min(made_ms) FILTER (WHERE state IN (1, 2)), "
	    "count(*) FILTER (WHERE state = 5) FROM correction_case "
	    "WHERE number IN (SELECT max(number) FROM correction_case "
	    "GROUP BY correction)";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		metrics->cases_pending = (uint64_t)ck_stmt_take_int(stmt);
		metrics->cases_oldest_ms = ck_stmt_take_int(stmt);
		metrics->cases_refused = (uint64_t)ck_stmt_take_int(stmt);
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_metrics_load(struct ck_db *db, struct ck_metrics *metrics)
{
	static const char sql[] = "SELECT count(*) FROM cache";
	int64_t entries;
	enum ck_err err;

	if ((err = load_lookups(db, metrics)) != CK_OK)
		return err;
	if ((err = ck_db_int(db, sql, &entries)) == CK_OK)
		metrics->cache_entries = (uint64_t)entries;

	if (err == CK_OK)
		err = load_outbox(db, metrics);
	if (err == CK_OK)
		err = load_cases(db, metrics);

	return err == CK_OK ? load_rechecks(db, metrics) : err;
}
