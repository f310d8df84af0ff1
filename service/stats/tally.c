/*
 * tally.c - changes of figures, gathered in a transaction, written at its end
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "io/db.h"
#include "stats/histogram.h"
#include "stats/tally.h"

/* Rows gathered before they are written early; slots keep it half empty. */
#define GATHERED_MAX 128
#define SLOTS (2 * GATHERED_MAX)

struct change {
	bool used;
	struct ck_figure figure;
	int64_t count;
	int64_t latency_sum_ms;
	int64_t buckets[CK_LATENCY_BUCKETS];
};

struct ck_tally {
	struct ck_db *db;
	int64_t revision;		/* last one given out */
	int64_t committed_revision;	/* last one that is on disk */
	size_t gathered;
	struct change slots[SLOTS];
};

static const char sql_last_revision[] =
    "SELECT max(revision) FROM rollup";

/* The words come last, so that both statements bind in the same order. */
static const char sql_change[] =
    "UPDATE rollup SET count = count + ?, "
    "latency_sum_ms = latency_sum_ms + ?, "
    "b0 = b0 + ?, b1 = b1 + ?, b2 = b2 + ?, b3 = b3 + ?, b4 = b4 + ?, "
    "b5 = b5 + ?, b6 = b6 + ?, b7 = b7 + ?, b8 = b8 + ?, b9 = b9 + ?, "
    "b10 = b10 + ?, b11 = b11 + ?, b12 = b12 + ?, revision = ? "
    "WHERE series = ? AND hour = ? AND clinic = ? AND kind = ? "
    "AND presented = ? AND captured = ? AND assurance = ? "
    "AND first_key = ? AND first_outcome = ? AND resolved_by = ? "
    "AND outcome = ? AND source = ? AND reason = ? AND owner = ? "
    "AND desk = ?";

static const char sql_insert[] =
    "INSERT INTO rollup (count, latency_sum_ms, b0, b1, b2, b3, b4, b5, b6, "
    "b7, b8, b9, b10, b11, b12, revision, series, hour, clinic, kind, "
    "presented, captured, assurance, first_key, first_outcome, resolved_by, "
    "outcome, source, reason, owner, desk) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
    "?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";

static const char sql_total[] =
    "INSERT INTO total (count, latency_sum_ms, b0, b1, b2, b3, b4, b5, b6, "
    "b7, b8, b9, b10, b11, b12, kind, outcome, source, captured) VALUES "
    "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT DO UPDATE SET count = count + excluded.count, "
    "latency_sum_ms = latency_sum_ms + excluded.latency_sum_ms, "
    "b0 = b0 + excluded.b0, b1 = b1 + excluded.b1, b2 = b2 + excluded.b2, "
    "b3 = b3 + excluded.b3, b4 = b4 + excluded.b4, b5 = b5 + excluded.b5, "
    "b6 = b6 + excluded.b6, b7 = b7 + excluded.b7, b8 = b8 + excluded.b8, "
    "b9 = b9 + excluded.b9, b10 = b10 + excluded.b10, "
    "b11 = b11 + excluded.b11, b12 = b12 + excluded.b12";

enum ck_err
ck_tally_new(struct ck_tally **out, struct ck_db *db)
{
	struct ck_tally *tally;
	enum ck_err err;

	*out = NULL;
	if ((tally = calloc(1, sizeof(*tally))) == NULL)
		return CK_ERR_NOMEM;
	tally->db = db;
	err = ck_db_int(db, sql_last_revision, &tally->committed_revision);
	if (err == CK_OK) {
		tally->revision = tally->committed_revision;
		*out = tally;
		tally = NULL;
	}
	ck_tally_free(&tally);

	return err;
}

void
ck_tally_free(struct ck_tally **tally)
{
	free(*tally);
	*tally = NULL;
}

static struct change *
slot_of(struct ck_tally *tally, const struct ck_figure *figure)
{
	uint64_t hash = 0;
	size_t i;

	for (i = 0; i < CK_FIGURE_WORDS; i++)
		hash = (hash ^ (uint64_t)figure->word[i]) *
		    UINT64_C(0x9e3779b97f4a7c15);
	for (i = (hash >> 32) % SLOTS; tally->slots[i].used;
	    i = (i + 1) % SLOTS) {
		if (memcmp(&tally->slots[i].figure, figure,
		    sizeof(*figure)) == 0)
			break;
	}

	return &tally->slots[i];
}

enum ck_err
ck_tally_add(struct ck_tally *tally, const struct ck_figure *figure,
    int64_t change, int64_t latency_ms)
{
	struct change *slot = slot_of(tally, figure);
	enum ck_err err;

	if (!slot->used && tally->gathered == GATHERED_MAX) {
		if ((err = ck_tally_write(tally)) != CK_OK)
			return err;
		slot = slot_of(tally, figure);
	}
	if (!slot->used) {
		slot->used = true;
		slot->figure = *figure;
		tally->gathered++;
	}
	slot->count += change;
	if (latency_ms >= 0) {
		slot->latency_sum_ms += change * latency_ms;
		slot->buckets[ck_latency_bucket(latency_ms)] += change;
	}

	return CK_OK;
}

static void
bind_counts(struct ck_stmt *stmt, const struct change *change)
{
	size_t i;

	ck_stmt_bind_int(stmt, change->count);
	ck_stmt_bind_int(stmt, change->latency_sum_ms);
	for (i = 0; i < CK_LATENCY_BUCKETS; i++)
		ck_stmt_bind_int(stmt, change->buckets[i]);
}

static enum ck_err
run_on_row(struct ck_tally *tally, const char *sql,
    const struct change *change)
{
	struct ck_stmt *stmt;
	enum ck_err err;
	size_t i;

	if ((err = ck_db_prepare(tally->db, sql, &stmt)) != CK_OK)
		return err;
	bind_counts(stmt, change);
	ck_stmt_bind_int(stmt, tally->revision);
	for (i = 0; i < CK_FIGURE_WORDS; i++)
		ck_stmt_bind_int(stmt, change->figure.word[i]);

	return ck_stmt_run(stmt);
}

static enum ck_err
add_to_total(struct ck_tally *tally, const struct change *change)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(tally->db, sql_total, &stmt)) != CK_OK)
		return err;
	bind_counts(stmt, change);
	ck_stmt_bind_int(stmt, change->figure.word[CK_FIGURE_KIND]);
	ck_stmt_bind_int(stmt, change->figure.word[CK_FIGURE_OUTCOME]);
	ck_stmt_bind_int(stmt, change->figure.word[CK_FIGURE_SOURCE]);
	ck_stmt_bind_int(stmt, change->figure.word[CK_FIGURE_CAPTURED]);

	return ck_stmt_run(stmt);
}

static enum ck_err
write_change(struct ck_tally *tally, const struct change *change)
{
	enum ck_err err;

	if (change->count == 0)
		return CK_OK;	/* came and went in one transaction */
	tally->revision++;
	if ((err = run_on_row(tally, sql_change, change)) != CK_OK)
		return err;
	if (ck_db_changes(tally->db) == 0 &&
	    (err = run_on_row(tally, sql_insert, change)) != CK_OK)
		return err;
	if (change->figure.word[CK_FIGURE_SERIES] == CK_SERIES_LOOKUPS)
		err = add_to_total(tally, change);

	return err;
}

static void
clear(struct ck_tally *tally)
{
	if (tally->gathered > 0)
		memset(tally->slots, 0, sizeof(tally->slots));
	tally->gathered = 0;
}

enum ck_err
ck_tally_write(struct ck_tally *tally)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < SLOTS && tally->gathered > 0 && err == CK_OK; i++) {
		if (tally->slots[i].used)
			err = write_change(tally, &tally->slots[i]);
	}
	clear(tally);

	return err;
}

void
ck_tally_committed(struct ck_tally *tally)
{
	tally->committed_revision = tally->revision;
}

void
ck_tally_forget(struct ck_tally *tally)
{
	clear(tally);
	tally->revision = tally->committed_revision;
}
