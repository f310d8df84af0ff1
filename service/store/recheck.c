/*
 * recheck.c - the rows of lookups to be asked again
 */
#include <stdio.h>
#include <string.h>

#include "ck/words.h"
#include "store/internal.h"
#include "store/recheck.h"

static const struct {
	enum ck_recheck_state number;
	const char *label;
} states[] = {
#define X(symbol, number, label) { symbol, label },
	CK_RECHECK_STATE_LIST(X)
#undef X
};

#define STATES (sizeof(states) / sizeof(states[0]))

const char *
ck_recheck_state_label(enum ck_recheck_state state)
{
	size_t i;

	for (i = 0; i < STATES; i++) {
		if (states[i].number == state)
			return states[i].label;
	}

	return "?";
}

bool
ck_recheck_state_parse(const char *label, enum ck_recheck_state *out)
{
	size_t i;

	for (i = 0; i < STATES; i++) {
		if (strcmp(states[i].label, label) == 0) {
			*out = states[i].number;
			return true;
		}
	}

	return false;
}

/* --- With the closing of a lookup ----------------------------------------- */

static enum ck_err
insert(struct ck_store *store, const uint8_t id[CK_ID_BYTES], int64_t person,
    int64_t visit_date)
{
	static const char sql[] =
	    "INSERT INTO recheck (lookup, person, visit_date, queued_ms, "
	    "state, due_ms, tries, decided_ms, seen_ms) "
	    "VALUES (?, ?, ?, ?, 1, 0, 0, 0, 0)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	ck_stmt_bind_int(stmt, person);
	ck_stmt_bind_int(stmt, visit_date);
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));

	return ck_stmt_run(stmt);
}

/* Whoever asked later, and was answered or waits herself, stands for all. */
static enum ck_err
overtake(struct ck_store *store, int64_t person, int64_t visit_date)
{
	static const char sql[] =
	    "UPDATE recheck SET state = 4, decided_ms = ?1 WHERE state = 1 "
	    "AND visit_date = ?2 AND person IN "
	    "(SELECT number FROM person WHERE number = ?3 OR same_as = ?3)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_int(stmt, visit_date);
	ck_stmt_bind_int(stmt, person);

	return ck_stmt_run(stmt);
}

/* A question that we put wrongly is no better the second time. */
static enum ck_err
is_worth_asking(struct ck_store *store, const struct ck_counts *counts,
    bool *out)
{
	int64_t request;
	enum ck_err err = ck_label_number(store, "request", &request);

	*out = counts->source == CK_SOURCE_STALE ||
	    (counts->outcome == CK_OUTCOME_UNAVAILABLE &&
	    counts->reason != request);

	return err;
}

enum ck_err
ck_recheck_settle(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    int64_t person, const struct ck_counts *counts, bool known)
{
	bool answered = counts->source == CK_SOURCE_GATEWAY &&
	    counts->outcome != CK_OUTCOME_UNAVAILABLE;
	enum ck_err err;
	bool queue;

	/* A re-check decides its own row, and an appointment has no patient
	 * in the house. */
	if (person == 0 || !ck_count_begins_visit(counts->kind))
		return CK_OK;
	if ((err = is_worth_asking(store, counts, &queue)) != CK_OK)
		return err;
	if (known && (answered || queue))
		err = overtake(store, person, counts->visit_date);
	if (err == CK_OK && queue)
		err = insert(store, id, person, counts->visit_date);

	return err;
}

/* --- Reading -------------------------------------------------------------- */

#define COLUMNS "SELECT number, lookup, visit_date, queued_ms, state, " \
	"due_ms, tries, decided_ms, answer, seen_ms FROM recheck "

static void
take(struct ck_stmt *stmt, struct ck_recheck_row *out)
{
	memset(out, 0, sizeof(*out));
	out->number = ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->lookup_id);
	out->visit_date = ck_date_of_number(ck_stmt_take_int(stmt));
	out->queued_ms = ck_stmt_take_int(stmt);
	out->state = (enum ck_recheck_state)ck_stmt_take_int(stmt);
	out->due_ms = ck_stmt_take_int(stmt);
	out->tries = ck_stmt_take_int(stmt);
	out->decided_ms = ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->answer_id);
	out->seen_ms = ck_stmt_take_int(stmt);
}

static enum ck_err
first_due(struct ck_store *store, int64_t *out)
{
	static const char sql[] =
	    "SELECT min(due_ms) FROM recheck WHERE state = 1";

	return ck_db_int(store->db, sql, out);
}

enum ck_err
ck_store_next_recheck(struct ck_store *store, int64_t now_ms,
    struct ck_recheck_row *out, int64_t *later_ms)
{
	static const char sql[] = COLUMNS "WHERE state = 1 AND due_ms <= ? "
	    "ORDER BY visit_date DESC, number DESC LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*later_ms = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, now_ms);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	if (row)
		take(stmt, out);
	ck_stmt_end(stmt);
	if (row)
		return CK_OK;
	err = first_due(store, later_ms);

	return err == CK_OK ? CK_ERR_NOT_FOUND : err;
}

enum ck_err
ck_store_count_rechecks(struct ck_store *store, int64_t *out)
{
	static const char sql[] =
	    "SELECT count(*) FROM recheck WHERE state = 1";

	return ck_db_int(store->db, sql, out);
}

enum ck_err
ck_store_rechecks_in(struct ck_store *store, enum ck_recheck_state state,
    bool unseen, int64_t limit, ck_recheck_fn fn, void *ctx)
{
	static const char sql[] = COLUMNS "WHERE state = ? AND "
	    "(seen_ms = 0 OR ? = 0) ORDER BY number DESC LIMIT ?";
	struct ck_recheck_row found;
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)state);
	ck_stmt_bind_int(stmt, unseen ? 1 : 0);
	ck_stmt_bind_int(stmt, limit);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		take(stmt, &found);
		if ((err = fn(ctx, &found)) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);

	return err;
}

/* --- Writing -------------------------------------------------------------- */

enum ck_err
ck_store_put_recheck(struct ck_store *store,
    const struct ck_recheck_row *row)
{
	static const char sql[] =
	    "UPDATE recheck SET state = ?, due_ms = ?, tries = ?, "
	    "decided_ms = ?, answer = ? WHERE number = ? AND state = 1";
	uint8_t answer[CK_ID_BYTES];
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, (int64_t)row->state);
	ck_stmt_bind_int(stmt, row->due_ms);
	ck_stmt_bind_int(stmt, row->tries);
	ck_stmt_bind_int(stmt, row->decided_ms);
	if (ck_id_parse(row->answer_id, answer))
		ck_stmt_bind_blob(stmt, ck_span_of(answer, sizeof(answer)));
	else
		ck_stmt_bind_null(stmt);
	ck_stmt_bind_int(stmt, row->number);

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_recheck_seen(struct ck_store *store, const char *lookup_id,
    int64_t now_ms)
{
	static const char sql[] =
	    "UPDATE recheck SET seen_ms = max(seen_ms, ?) "
	    "WHERE lookup = ? AND state = 3";
	uint8_t id[CK_ID_BYTES];
	struct ck_stmt *stmt;
	enum ck_err err;

	if (!ck_id_parse(lookup_id, id))
		return CK_ERR_NOT_FOUND;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, now_ms);
	ck_stmt_bind_blob(stmt, ck_span_of(id, sizeof(id)));
	if ((err = ck_stmt_run(stmt)) != CK_OK)
		return err;

	return ck_db_changes(store->db) == 1 ? CK_OK : CK_ERR_NOT_FOUND;
}

enum ck_err
ck_store_expire_rechecks(struct ck_store *store, struct ck_date date)
{
	static const char sql[] =
	    "UPDATE recheck SET state = 5, decided_ms = ? "
	    "WHERE state = 1 AND visit_date < ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_int(stmt, ck_date_number(date));

	return ck_stmt_run(stmt);
}

/* A counter never goes back: what is erased is still counted. */
static enum ck_err
keep_count(struct ck_store *store, struct ck_date date, int64_t limit)
{
	static const char sql[] =
	    "INSERT INTO erased (what, count) SELECT 'recheck_changed', "
	    "count(*) FROM (SELECT state FROM recheck WHERE state <> 1 AND "
	    "visit_date < ? ORDER BY number LIMIT ?) WHERE state = 3 "
	    "ON CONFLICT (what) DO UPDATE SET count = count + excluded.count";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(date));
	ck_stmt_bind_int(stmt, limit);

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_erase_rechecks(struct ck_store *store, struct ck_date date,
    int64_t limit, int64_t *erased)
{
	static const char sql[] =
	    "DELETE FROM recheck WHERE number IN (SELECT number FROM recheck "
	    "WHERE state <> 1 AND visit_date < ? ORDER BY number LIMIT ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	*erased = 0;
	if ((err = keep_count(store, date, limit)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_date_number(date));
	ck_stmt_bind_int(stmt, limit);
	if ((err = ck_stmt_run(stmt)) == CK_OK)
		*erased = ck_db_changes(store->db);

	return err;
}
