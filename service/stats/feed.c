/*
 * feed.c - what changed since
 */
#include "ck/words.h"
#include "io/db.h"
#include "stats/feed.h"
#include "stats/figure.h"
#include "stats/histogram.h"
#include "stats/origin.h"

/*
 * A lookup is on disk at the end of the turn that opens it, not before; until
 * then nobody here can know of it. A turn takes milliseconds, on a disk that
 * stalls a second or two.
 */
#define SETTLE_MS 10000

struct page {
	json_t *rows;		/* owned until it is in the document */
	int64_t revision;	/* of the last row */
	bool more;
};

static int
set(json_t *object, const char *name, json_t *value)
{
	return json_object_set_new(object, name, value);
}

/* Take one word of a figure and set it as its label. */
static int
set_word(json_t *row, struct ck_stmt *stmt, enum ck_figure_word word,
    const char *name)
{
	char hour[CK_HOUR_LEN];
	int64_t n;

	if (word == CK_FIGURE_REASON || word == CK_FIGURE_DESK)
		return set(row, name, json_string(ck_stmt_take_text(stmt)));
	n = ck_stmt_take_int(stmt);
	switch (word) {
	case CK_FIGURE_SERIES:
		return set(row, name,
		    json_string(ck_series_label((enum ck_series)n)));
	case CK_FIGURE_HOUR:
		ck_origin_hour(n, hour);
		return set(row, name, json_string(hour));
	case CK_FIGURE_KIND:
		return set(row, name,
		    json_string(ck_kind_label((enum ck_kind)n)));
	case CK_FIGURE_PRESENTED:
		return set(row, name,
		    json_string(ck_presented_label((enum ck_presented)n)));
	case CK_FIGURE_CAPTURED:
		return set(row, name,
		    json_string(ck_captured_label((enum ck_captured)n)));
	case CK_FIGURE_ASSURANCE:
		return set(row, name,
		    json_string(ck_assurance_label((enum ck_assurance)n)));
	case CK_FIGURE_FIRST_KEY:
	case CK_FIGURE_RESOLVED_BY:
		return set(row, name,
		    json_string(ck_key_label((enum ck_key)n)));
	case CK_FIGURE_FIRST_OUTCOME:
	case CK_FIGURE_OUTCOME:
		return set(row, name,
		    json_string(ck_outcome_label((enum ck_outcome)n)));
	case CK_FIGURE_SOURCE:
		return set(row, name,
		    json_string(ck_source_label((enum ck_source)n)));
	case CK_FIGURE_OWNER:
		return set(row, name,
		    json_string(ck_owner_label((enum ck_owner)n)));
	case CK_FIGURE_CLINIC:	/* stands as facility, station and epoch */
	case CK_FIGURE_REASON:
	case CK_FIGURE_DESK:
	case CK_FIGURE_WORDS:
	default:
		return 0;
	}
}

/* The list of figure.h, in the order in which the statement gives it. */
static int
set_words(json_t *row, struct ck_stmt *stmt)
{
	int failed = 0;

#define WORD(sym, name) failed |= set_word(row, stmt, sym, name);
	CK_FIGURE_LIST(WORD)
#undef WORD

	return failed;
}

static json_t *
take_latency(struct ck_stmt *stmt)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < CK_LATENCY_BUCKETS && list != NULL; i++) {
		if (json_array_append_new(list,
		    json_integer(ck_stmt_take_int(stmt))) != 0) {
			json_decref(list);
			return NULL;
		}
	}

	return list;
}

static json_t *
take_row(struct ck_stmt *stmt, const struct ck_origin *origin,
    int64_t *revision)
{
	json_t *row = json_object();
	int failed = row == NULL;

	failed |= set(row, "facility", json_string(ck_stmt_take_text(stmt)));
	failed |= set(row, "station", json_string(ck_stmt_take_text(stmt)));
	failed |= set(row, "epoch", json_string(origin->epoch));
	failed |= set_words(row, stmt);
	failed |= set(row, "count", json_integer(ck_stmt_take_int(stmt)));
	failed |= set(row, "latency_sum_ms",
	    json_integer(ck_stmt_take_int(stmt)));
	failed |= set(row, "latency", take_latency(stmt));
	*revision = ck_stmt_take_int(stmt);
	failed |= set(row, "revision", json_integer(*revision));
	if (failed != 0) {
		json_decref(row);
		return NULL;
	}

	return row;
}

static enum ck_err
take_rows(struct ck_stmt *stmt, const struct ck_origin *origin,
    unsigned limit, struct page *page)
{
	enum ck_err err;
	bool row;

	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		if (json_array_size(page->rows) == limit) {
			page->more = true;
			return CK_OK;
		}
		if (json_array_append_new(page->rows,
		    take_row(stmt, origin, &page->revision)) != 0)
			return CK_ERR_NOMEM;
	}

	return err;
}

static enum ck_err
load_page(struct ck_db *db, const struct ck_origin *origin, unsigned limit,
    struct page *page)
{
	static const char sql[] =
	    "SELECT c.facility, c.station, series, hour, clinic, kind, "
	    "presented, captured, assurance, first_key, first_outcome, "
	    "resolved_by, outcome, source, "
	    "(SELECT label FROM label WHERE number = reason), owner, "
	    "(SELECT label FROM label WHERE number = desk), "
	    "count, latency_sum_ms, b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, "
	    "b10, b11, b12, revision FROM rollup r INDEXED BY rollup_revision "
	    "JOIN clinic c ON c.number = r.clinic "
	    "WHERE revision > ? AND c.epoch = ? ORDER BY revision LIMIT ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((page->rows = json_array()) == NULL)
		return CK_ERR_NOMEM;
	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, page->revision);
	ck_stmt_bind_int(stmt, origin->epoch_number);
	ck_stmt_bind_int(stmt, (int64_t)limit + 1);
	err = take_rows(stmt, origin, limit, page);
	ck_stmt_end(stmt);

	return err;
}

static json_t *
bounds(void)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i + 1 < CK_LATENCY_BUCKETS && list != NULL; i++) {
		if (json_array_append_new(list,
		    json_integer(ck_latency_bound(i))) != 0) {
			json_decref(list);
			return NULL;
		}
	}

	return list;
}

/* Takes page->rows. */
static json_t *
document(const struct ck_origin *origin, int64_t after, int64_t now_ms,
    struct page *page)
{
	char made[CK_INSTANT_LEN];
	json_t *rows = page->rows;

	page->rows = NULL;
	ck_clock_instant(now_ms, made);

	return json_pack("{s:i, s:s, s:s, s:s, s:I, s:I, s:b, s:s, s:s, s:o, "
	    "s:o}",
	    "schema", CK_FEED_SCHEMA, "facility", origin->facility,
	    "station", origin->station, "epoch", origin->epoch,
	    "after", (json_int_t)after,
	    "revision", (json_int_t)page->revision, "more", page->more,
	    "made_at", made, "complete_until", origin->complete_until,
	    "latency_bounds_ms", bounds(), "rows", rows);
}

static enum ck_err
build(struct ck_db *db, int64_t after, unsigned limit, int64_t now_ms,
    json_t **out)
{
	struct page page = { .revision = after };
	struct ck_origin origin;
	enum ck_err err;

	if ((err = ck_origin_load(db, now_ms - SETTLE_MS, &origin)) != CK_OK)
		return err;
	if ((err = load_page(db, &origin, limit, &page)) == CK_OK &&
	    (*out = document(&origin, after, now_ms, &page)) == NULL)
		err = CK_ERR_NOMEM;
	json_decref(page.rows);

	return err;
}

enum ck_err
ck_feed_json(struct ck_db *db, int64_t after, unsigned limit, int64_t now_ms,
    json_t **out)
{
	enum ck_err err;

	*out = NULL;
	if (after < 0 || after > CK_JSON_INTEGER_MAX)
		return CK_ERR_REQUEST;
	if (limit == 0 || limit > CK_FEED_PAGE_MAX)
		limit = CK_FEED_PAGE_MAX;
	if ((err = ck_db_exec(db, "BEGIN;")) != CK_OK)
		return err;
	err = build(db, after, limit, now_ms, out);
	ck_db_rollback(db);	/* nothing was written: end of the view */

	return err;
}

enum ck_err
ck_feed_newest(struct ck_db *db, const struct ck_origin *origin,
    int64_t *out)
{
	static const char sql[] =
	    "SELECT revision FROM rollup r INDEXED BY rollup_revision "
	    "JOIN clinic c ON c.number = r.clinic WHERE c.epoch = ? "
	    "ORDER BY revision DESC LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*out = 0;
	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, origin->epoch_number);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		*out = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}
