/*
 * correction.c - patients to correct: rows that come and go with lookups
 */
#include <string.h>

#include "ck/words.h"
#include "store/correction.h"
#include "store/internal.h"

/* Whoever was merged into this person is she. */
#define SAME_PERSON "person IN (SELECT number FROM person " \
	"WHERE number = ?1 OR same_as = ?1)"

/* --- With the closing of a lookup ----------------------------------------- */

static enum ck_err
run_on_open(struct ck_store *store, const char *sql, int64_t person,
    const struct ck_counts *counts, const uint8_t id[CK_ID_BYTES])
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, person);
	ck_stmt_bind_int(stmt, counts->first_key);
	ck_stmt_bind_int(stmt, counts->opened_ms);
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));

	return ck_stmt_run(stmt);
}

/* ?1 person, ?2 key, ?3 opened_ms, ?4 now, ?5 id; each is used in each. */
#define OPEN_CORRECTIONS "SELECT number FROM correction WHERE done_ms = 0 " \
	"AND key = ?2 AND " SAME_PERSON

static enum ck_err
count_retest(struct ck_store *store, int64_t person,
    const struct ck_counts *counts, const uint8_t id[CK_ID_BYTES])
{
	static const char sql[] =
	    "UPDATE correction_case SET retests = retests + 1 "
	    "WHERE closed_ms = 0 AND made_ms <= ?3 AND ?4 > 0 AND ?5 <> '' "
	    "AND correction IN (" OPEN_CORRECTIONS ")";

	return run_on_open(store, sql, person, counts, id);
}

/* One that never left is closed without a word to anybody. */
static enum ck_err
confirm(struct ck_store *store, int64_t person,
    const struct ck_counts *counts, const uint8_t id[CK_ID_BYTES])
{
	static const char sql_cases[] =
	    "UPDATE correction_case SET state = 6, closed_ms = ?4, due_ms = 0, "
	    "tries = 0, error = '', told = (sent_ms = 0) "
	    "WHERE closed_ms = 0 AND ?3 > 0 AND ?5 <> '' "
	    "AND correction IN (" OPEN_CORRECTIONS ")";
	static const char sql_rows[] =
	    "UPDATE correction SET done_ms = ?4, answer = ?5 "
	    "WHERE done_ms = 0 AND key = ?2 AND ?3 > 0 AND " SAME_PERSON;
	enum ck_err err = run_on_open(store, sql_cases, person, counts, id);

	return err == CK_OK ? run_on_open(store, sql_rows, person, counts,
	    id) : err;
}

static enum ck_err
note_failure(struct ck_store *store, int64_t person,
    const struct ck_counts *counts, const uint8_t id[CK_ID_BYTES])
{
	static const char sql_again[] =
	    "UPDATE correction SET lookup = ?5, last_ms = max(last_ms, ?3), "
	    "times = times + 1 "
	    "WHERE done_ms = 0 AND key = ?2 AND ?4 > 0 AND " SAME_PERSON;
	static const char sql_first[] =
	    "INSERT INTO correction (person, key, lookup, since_ms, last_ms, "
	    "times, done_ms) SELECT ?1, ?2, ?5, ?3, ?3, 1, 0 WHERE ?4 > 0";
	enum ck_err err = run_on_open(store, sql_again, person, counts, id);

	if (err != CK_OK || ck_db_changes(store->db) > 0)
		return err;

	return run_on_open(store, sql_first, person, counts, id);
}

enum ck_err
ck_correction_settle(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    int64_t person, const struct ck_counts *counts)
{
	bool answered = counts->source == CK_SOURCE_GATEWAY &&
	    counts->first_outcome != CK_OUTCOME_UNAVAILABLE;
	bool confirmed = answered && counts->owner == CK_OWNER_NONE &&
	    counts->first_outcome == CK_OUTCOME_COVERED &&
	    counts->outcome == CK_OUTCOME_COVERED;
	enum ck_err err = CK_OK;

	if (person == 0)
		return CK_OK;
	if (answered)
		err = count_retest(store, person, counts, id);
	if (err == CK_OK && confirmed)
		err = confirm(store, person, counts, id);
	if (err == CK_OK && counts->owner == CK_OWNER_INSURER)
		err = note_failure(store, person, counts, id);

	return err;
}

/* --- Reading -------------------------------------------------------------- */

#define COLUMNS "SELECT c.number, c.key, c.lookup, c.since_ms, c.last_ms, " \
	"c.times, c.done_ms, c.answer, " CK_CASE_COLUMNS " FROM correction c " \
	"LEFT JOIN correction_case k ON k.number = (SELECT max(number) FROM " \
	"correction_case WHERE correction = c.number) "

static void
take(struct ck_stmt *stmt, struct ck_correction_row *out)
{
	memset(out, 0, sizeof(*out));
	out->number = ck_stmt_take_int(stmt);
	out->key = (enum ck_key)ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->lookup_id);
	out->since_ms = ck_stmt_take_int(stmt);
	out->last_ms = ck_stmt_take_int(stmt);
	out->times = ck_stmt_take_int(stmt);
	out->done_ms = ck_stmt_take_int(stmt);
	ck_id_print(ck_stmt_take_blob(stmt), out->answer_id);
	ck_case_take(stmt, &out->last_case);
}

enum ck_err
ck_store_corrections(struct ck_store *store, bool done, int64_t limit,
    ck_correction_fn fn, void *ctx)
{
	static const char sql_open[] = COLUMNS "WHERE c.done_ms = 0 "
	    "ORDER BY c.since_ms, c.number LIMIT ?";
	static const char sql_done[] = COLUMNS "WHERE c.done_ms > 0 "
	    "ORDER BY c.done_ms DESC, c.number DESC LIMIT ?";
	struct ck_correction_row found;
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, done ? sql_done : sql_open,
	    &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, limit);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		take(stmt, &found);
		if ((err = fn(ctx, &found)) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_get_correction(struct ck_store *store, int64_t number,
    struct ck_correction_row *out)
{
	static const char sql[] = COLUMNS "WHERE c.number = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	if (row)
		take(stmt, out);
	ck_stmt_end(stmt);

	return row ? CK_OK : CK_ERR_NOT_FOUND;
}

enum ck_err
ck_store_count_corrections(struct ck_store *store, int64_t *out)
{
	static const char sql[] =
	    "SELECT count(*) FROM correction WHERE done_ms = 0";

	return ck_db_int(store->db, sql, out);
}

/* --- Retention ------------------------------------------------------------ */

#define OLD "SELECT number FROM correction WHERE max(done_ms, last_ms) < ?1 " \
	"ORDER BY number LIMIT ?2"

static enum ck_err
erase(struct ck_store *store, const char *sql, int64_t before_ms,
    int64_t limit)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, before_ms);
	ck_stmt_bind_int(stmt, limit);

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_erase_corrections(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased)
{
	static const char sql_cases[] =
	    "DELETE FROM correction_case WHERE correction IN (" OLD ")";
	static const char sql_rows[] =
	    "DELETE FROM correction WHERE number IN (" OLD ")";
	enum ck_err err;

	*erased = 0;
	if ((err = erase(store, sql_cases, before_ms, limit)) != CK_OK ||
	    (err = erase(store, sql_rows, before_ms, limit)) != CK_OK)
		return err;
	*erased = ck_db_changes(store->db);

	return CK_OK;
}
