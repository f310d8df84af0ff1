/*
 * retention.c - what is personal of old lookups is erased, the rest stays
 *
 * Lookups are erased in the order of their rows, up to a mark that table
 * "erased" keeps, so that a step looks at no more rows than it erases. What
 * stays is what was counted, the hash of each number, and that there was a
 * receipt: its commitment says nothing without the salt that is erased with it.
 */
#include "store/internal.h"

#define MARK "'lookups_through'"

/* Lookups behind the mark, whose numbers are above first and up to last. */
struct range {
	int64_t first, last;
	int64_t count;
};

static enum ck_err
read_mark(struct ck_store *store, int64_t *out)
{
	static const char sql[] =
	    "SELECT count FROM erased WHERE what = " MARK;

	return ck_db_int(store->db, sql, out);
}

static enum ck_err
set_mark(struct ck_store *store, int64_t number)
{
	static const char sql[] =
	    "INSERT INTO erased (what, count) VALUES (" MARK ", ?) "
	    "ON CONFLICT (what) DO UPDATE SET count = excluded.count";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);

	return ck_stmt_run(stmt);
}

/*
 * The first that is open or young ends it, although older ones may stand
 * behind it: a clock that was wrong for a day must not erase the proof of
 * another day.
 */
static enum ck_err
find_old(struct ck_store *store, int64_t before_ms, int64_t limit,
    struct range *out)
{
	static const char sql[] =
	    "SELECT number, coalesce(closed_ms, 9223372036854775807) "
	    "FROM lookup WHERE number > ? ORDER BY number LIMIT ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*out = (struct range){ 0 };
	if ((err = read_mark(store, &out->first)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, out->first);
	ck_stmt_bind_int(stmt, limit);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		int64_t number = ck_stmt_take_int(stmt);

		if (ck_stmt_take_int(stmt) >= before_ms)
			break;
		out->last = number;
		out->count++;
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
erase_in(struct ck_store *store, const char *sql, const struct range *range)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, range->first);
	ck_stmt_bind_int(stmt, range->last);

	return ck_stmt_run(stmt);
}

#define IDS "(SELECT id FROM lookup WHERE number > ?1 AND number <= ?2)"

enum ck_err
ck_store_erase_lookups(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased)
{
	static const char sql_receipts[] =
	    "UPDATE receipt SET sealed = NULL WHERE kind IN (1, 2, 3) AND "
	    "subject IN " IDS;
	static const char sql_calls[] =
	    "UPDATE gateway_call SET sealed = NULL WHERE lookup IN " IDS;
	static const char sql_lookups[] =
	    "UPDATE lookup SET sealed = NULL, idempotency = NULL "
	    "WHERE number > ? AND number <= ?";
	const char *const steps[] = { sql_receipts, sql_calls, sql_lookups };
	struct range range;
	enum ck_err err;
	size_t i;

	*erased = 0;
	err = find_old(store, before_ms, limit, &range);
	if (err != CK_OK || range.count == 0)
		return err;
	for (i = 0; i < 3 && err == CK_OK; i++)
		err = erase_in(store, steps[i], &range);
	if (err == CK_OK)
		err = set_mark(store, range.last);
	if (err == CK_OK)
		*erased = range.count;

	return err;
}
