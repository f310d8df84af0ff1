/*
 * retention.c - what is personal of old records is erased, the rest stays
 *
 * Lookups are erased in the order of their rows, up to a mark that table
 * "erased" keeps, so that a step looks at no more rows than it erases. What
 * stays is what was counted, and that there was a receipt: its commitment says
 * nothing without the salt that is erased with it.
 *
 * Check-ins follow in the order of their rows, too, but those whose notice the
 * insurer does not have are passed over, for as long as that is so.
 *
 * Persons have no age of their own: a round goes through all of them, a few at
 * a time, and erases what nothing needs any more. A person without numbers is
 * a random number that leads to nobody.
 */
#include "store/internal.h"

#define LOOKUPS "'lookups_through'"
#define PERSONS "'persons_through'"
#define CLOCK "'clock_ms'"

/* Lookups behind the mark, whose numbers are above first and up to last. */
struct range {
	int64_t first, last;
	int64_t count;
};

#define READ_MARK(what) "SELECT count FROM erased WHERE what = " what
#define SET_MARK(what) \
	"INSERT INTO erased (what, count) VALUES (" what ", ?) " \
	"ON CONFLICT (what) DO UPDATE SET count = excluded.count"

static enum ck_err
set_mark(struct ck_store *store, const char *sql, int64_t number)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);

	return ck_stmt_run(stmt);
}

/* Run a statement of ?1, ?2 and ?3 that gives no rows. */
static enum ck_err
run_with(struct ck_store *store, const char *sql, int64_t first,
    int64_t second, int64_t third)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, first);
	ck_stmt_bind_int(stmt, second);
	ck_stmt_bind_int(stmt, third);

	return ck_stmt_run(stmt);
}

/* --- By which clock ------------------------------------------------------- */

/* Of a database that never erased by a clock: its newest proof. 0: none. */
static enum ck_err
read_newest(struct ck_store *store, int64_t *out)
{
	static const char sql[] =
	    "SELECT made_ms FROM receipt_batch ORDER BY number DESC LIMIT 1";

	return ck_db_int(store->db, sql, out);
}

enum ck_err
ck_store_retention_clock(struct ck_store *store, int64_t wall_ms,
    int64_t step_ms, int64_t *out)
{
	int64_t known, newest = 0;
	enum ck_err err = ck_db_int(store->db, READ_MARK(CLOCK), &known);

	if (err == CK_OK && known == 0)
		err = read_newest(store, &newest);
	if (err != CK_OK)
		return err;
	*out = known != 0 ? known : newest;
	if (*out == 0 || wall_ms - *out < step_ms)
		*out = wall_ms;
	else
		*out += step_ms;

	return *out != known ? set_mark(store, SET_MARK(CLOCK), *out) : CK_OK;
}

/* --- Lookups -------------------------------------------------------------- */

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
	if ((err = ck_db_int(store->db, READ_MARK(LOOKUPS),
	    &out->first)) != CK_OK ||
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
		err = set_mark(store, SET_MARK(LOOKUPS), range.last);
	if (err == CK_OK)
		*erased = range.count;

	return err;
}

/* --- Check-ins ------------------------------------------------------------ */

/* What all of its statements are told. */
struct old_check_ins {
	int64_t end;			/* rows from this number on are young */
	int64_t before_ms;
	int64_t limit;
};

/* As with lookups: the first that is young ends it, for the sake of a clock
 * that was wrong. */
static enum ck_err
find_young(struct ck_store *store, struct old_check_ins *old)
{
	static const char sql[] =
	    "SELECT number FROM check_in WHERE sealed <> x'' "
	    "AND admitted_ms >= ? ORDER BY number LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	old->end = INT64_MAX;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, old->before_ms);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		old->end = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

/* Those whose turn it is: the same rows in each statement. */
#define OLD(column) \
	"(SELECT c." column " FROM check_in c WHERE c.sealed <> x'' AND " \
	"c.number < ?1 AND NOT EXISTS (SELECT 1 FROM notice n WHERE " \
	"n.check_in = c.number AND (n.state NOT IN (2, 5) OR " \
	"n.decided_ms >= ?2)) ORDER BY c.number LIMIT ?3)"

enum ck_err
ck_store_erase_check_ins(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased)
{
	static const char sql_receipts[] =
	    "UPDATE receipt SET sealed = NULL WHERE kind = 4 AND subject IN "
	    OLD("id");
	static const char sql_notices[] =
	    "UPDATE notice SET sealed = x'' WHERE check_in IN " OLD("number");
	static const char sql_rows[] =
	    "UPDATE check_in SET sealed = x'', idempotency = NULL, "
	    "person = NULL WHERE number IN " OLD("number");
	const char *const steps[] = { sql_receipts, sql_notices, sql_rows };
	struct old_check_ins old = { 0, before_ms, limit };
	enum ck_err err = find_young(store, &old);
	size_t i;

	*erased = 0;
	for (i = 0; i < 3 && err == CK_OK; i++)
		err = run_with(store, steps[i], old.end, old.before_ms,
		    old.limit);
	if (err == CK_OK)
		*erased = ck_db_changes(store->db);

	return err;
}

/* --- Persons -------------------------------------------------------------- */

/* Those of this step: behind the mark ?1, up to ?2. */
#define SOME "(SELECT number FROM person WHERE number > ?1 AND number <= ?2)"

/* The last person of a step of limit; 0: the round is at its end. */
static enum ck_err
find_step(struct ck_store *store, int64_t limit, struct range *out)
{
	static const char sql[] =
	    "SELECT coalesce(max(number), 0) FROM (SELECT number FROM person "
	    "WHERE number > ? ORDER BY number LIMIT ?)";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*out = (struct range){ 0 };
	if ((err = ck_db_int(store->db, READ_MARK(PERSONS),
	    &out->first)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, out->first);
	ck_stmt_bind_int(stmt, limit);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		out->last = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_forget_persons(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased)
{
	static const char sql_visits[] =
	    "DELETE FROM visit WHERE person IN " SOME " AND date < ?3";
	static const char sql_numbers[] =
	    "DELETE FROM person_number WHERE person IN (SELECT p.number "
	    "FROM person p WHERE p.number IN " SOME " AND p.created_ms < ?3 "
	    "AND NOT EXISTS (SELECT 1 FROM visit v WHERE v.person = p.number) "
	    "AND NOT EXISTS (SELECT 1 FROM cache a WHERE a.person = p.number) "
	    "AND NOT EXISTS (SELECT 1 FROM lookup l WHERE "
	    "l.person = p.number AND l.closed_ms IS NULL) "
	    "AND NOT EXISTS (SELECT 1 FROM check_in c WHERE "
	    "c.person = p.number) "
	    "AND NOT EXISTS (SELECT 1 FROM forwarded_visit f WHERE "
	    "f.person = p.number) "
	    "AND NOT EXISTS (SELECT 1 FROM correction k INDEXED BY "
	    "correction_person WHERE k.person = p.number AND "
	    "k.done_ms = 0))";
	struct range range;
	enum ck_err err = find_step(store, limit, &range);

	*erased = 0;
	if (err == CK_OK && range.last != 0)
		err = run_with(store, sql_visits, range.first, range.last,
		    ck_date_number(ck_clock_local_date(before_ms)));
	if (err == CK_OK && range.last != 0)
		err = run_with(store, sql_numbers, range.first, range.last,
		    before_ms);
	if (err == CK_OK && range.last != 0)
		*erased = ck_db_changes(store->db);

	return err == CK_OK && range.last != range.first ?
	    set_mark(store, SET_MARK(PERSONS), range.last) : err;
}
