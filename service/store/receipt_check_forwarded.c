/*
 * receipt_check_forwarded.c - do calls that were passed through still say what
 * is proven?
 */
#include <inttypes.h>

#include "receipt/statement_forwarded.h"
#include "store/forwarded.h"
#include "store/receipt_check.h"

static void
compare(struct ck_check *check, const struct ck_forwarded *forwarded)
{
	struct ck_tree_hash hash;
	struct ck_span raw = ck_buf_view(&forwarded->raw);

	if (check->statement.len == 0)
		ck_complain(check, "call %s: has no receipt", forwarded->id);
	else if (!ck_holds(&check->statement, &check->expected))
		ck_complain(check, "call %s: does not say what its receipt "
		    "states", forwarded->id);
	else if (raw.len > 0 && (ck_forwarded_commit(forwarded->salt, raw,
	    &hash) != CK_OK || !ck_tree_equal(&hash, &forwarded->answer)))
		ck_complain(check, "call %s: its answer is not the one that "
		    "its receipt states", forwarded->id);
}

static enum ck_err
check_call(struct ck_check *check, const char *id)
{
	struct ck_forwarded forwarded;
	uint8_t bytes[CK_ID_BYTES];
	bool erased = false;
	enum ck_err err;

	err = ck_store_get_forwarded(&check->store, id, &forwarded);
	if (err == CK_OK && ck_id_parse(id, bytes))
		err = ck_gather(check, bytes, &erased);
	check->expected.len = 0;
	if (err == CK_OK)
		err = ck_statement_forwarded(&check->expected, &forwarded);
	if (err == CK_OK && !erased)
		compare(check, &forwarded);
	if (err == CK_ERR_STORE_CORRUPT) {
		ck_complain(check, "call %s: its record was changed", id);
		err = CK_OK;
	}
	ck_forwarded_wipe(&forwarded);

	return err;
}

/* The first behind number that has ended and is not erased. */
static enum ck_err
next_call(struct ck_check *check, int64_t *number, char id[CK_LOOKUP_ID_LEN],
    bool *found)
{
	static const char sql[] = "SELECT number, id FROM forwarded "
	    "WHERE number > ? AND state > 1 AND sealed IS NOT NULL "
	    "ORDER BY number LIMIT 1";

	return ck_next_record(check, sql, number, id, found);
}

/* A box that was taken out by hand, with its receipt still whole. */
static enum ck_err
check_erased(struct ck_check *check)
{
	return ck_check_removed(check, "call", "SELECT DISTINCT subject FROM "
	    "receipt r WHERE kind = 5 AND sealed IS NOT NULL AND NOT EXISTS "
	    "(SELECT 1 FROM forwarded f WHERE f.id = r.subject AND "
	    "f.sealed IS NOT NULL)");
}

/* A database of an older program has no such table yet. */
enum ck_err
ck_receipt_check_forwarded(struct ck_check *check)
{
	static const char sql[] = "SELECT count(*) FROM sqlite_schema "
	    "WHERE name = 'forwarded'";
	char id[CK_LOOKUP_ID_LEN];
	int64_t number = 0, present;
	enum ck_err err;
	bool found;

	if ((err = ck_db_int(check->store.db, sql, &present)) != CK_OK ||
	    present == 0)
		return err;
	while ((err = next_call(check, &number, id, &found)) == CK_OK &&
	    found) {
		if ((err = check_call(check, id)) != CK_OK)
			return err;
	}

	return err == CK_OK ? check_erased(check) : err;
}
