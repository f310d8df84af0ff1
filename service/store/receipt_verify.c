/*
 * receipt_verify.c - is the chain whole, and do the records still say what it
 * proves?
 *
 * Five walks: the batches from first to last; the receipts, statement by
 * statement; the closed lookups, the check-ins, then the calls that were passed
 * through against their receipts. A finding does not end a walk: who is told of
 * one wants to know of all.
 */
#include <openssl/crypto.h>

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/internal.h"
#include "store/receipt_check.h"

#define FINDING_LEN 256

void
ck_complain(struct ck_check *check, const char *format, ...)
{
	char text[FINDING_LEN];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	check->report->findings++;
	check->finding(check->ctx, text);
}

/* --- Batches -------------------------------------------------------------- */

static enum ck_err
check_root(struct ck_check *check, const struct ck_batch *batch)
{
	struct ck_tree_hash root;
	size_t count;
	enum ck_err err;

	if (batch->count > CK_TREE_LEAVES_MAX) {
		ck_complain(check, "batch %" PRId64 ": claims %" PRId64
		    " receipts", batch->number, batch->count);
		return CK_OK;
	}
	if ((err = ck_batch_leaves(check->store.db, batch,
	    &check->leaves)) != CK_OK)
		return err;
	count = check->leaves.len / sizeof(struct ck_tree_hash);
	if (count != (size_t)batch->count) {
		ck_complain(check, "batch %" PRId64 ": %zu of its %" PRId64
		    " receipts are there; some were removed", batch->number,
		    count, batch->count);
		return CK_OK;
	}
	err = ck_tree_root((const struct ck_tree_hash *)(const void *)
	    check->leaves.ptr, count, &root);
	if (err == CK_OK && !ck_tree_equal(&root, &batch->root))
		ck_complain(check, "batch %" PRId64 ": a receipt in it was "
		    "changed", batch->number);

	return err;
}

static enum ck_err
check_head(struct ck_check *check, const struct ck_batch *batch,
    const uint8_t public[CK_PUBLIC_LEN])
{
	struct ck_tree_hash head;
	enum ck_err err;

	if ((err = ck_chain_head(batch, &check->previous, &head)) != CK_OK)
		return err;
	if (!ck_tree_equal(&head, &batch->head))
		ck_complain(check, "batch %" PRId64 ": does not follow the one "
		    "before it; something was changed, removed or reordered",
		    batch->number);
	else if (!ck_chain_signed(public, &batch->head, batch->signature))
		ck_complain(check, "batch %" PRId64 ": its signature is wrong",
		    batch->number);
	if (check->known != NULL && check->known->number == batch->number &&
	    !ck_tree_equal(&check->known->head, &batch->head))
		ck_complain(check, "batch %" PRId64 ": is not the one whose "
		    "head was kept elsewhere", batch->number);
	check->previous = batch->head;

	return CK_OK;
}

static void
check_order(struct ck_check *check, const struct ck_batch *batch)
{
	const struct ck_batch *last = &check->report->last;

	if (batch->number != last->number + 1)
		ck_complain(check, "batches %" PRId64 " to %" PRId64
		    " are missing", last->number + 1, batch->number - 1);
	if (batch->first != last->first + last->count &&
	    (last->number != 0 || batch->first != 1))
		ck_complain(check, "batch %" PRId64 ": begins with receipt %"
		    PRId64 ", not %" PRId64, batch->number, batch->first,
		    last->number == 0 ? 1 : last->first + last->count);
}

static enum ck_err
next_batch(struct ck_check *check, struct ck_batch *out,
    uint8_t public[CK_PUBLIC_LEN], bool *found)
{
	static const char sql[] =
	    "SELECT b.number, b.epoch, b.first, b.count, b.made_ms, b.root, "
	    "b.head, b.key, b.signature, k.public FROM receipt_batch b "
	    "JOIN receipt_key k ON k.number = b.key WHERE b.number > ? "
	    "ORDER BY b.number LIMIT 1";
	struct ck_span key;
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(check->store.db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, check->report->last.number);
	if ((err = ck_stmt_next(stmt, found)) == CK_OK && *found) {
		err = ck_batch_take(stmt, out);
		key = ck_stmt_take_blob(stmt);
		if (key.len == CK_PUBLIC_LEN)
			memcpy(public, key.ptr, CK_PUBLIC_LEN);
		else
			err = CK_ERR_STORE_CORRUPT;
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
check_batches(struct ck_check *check)
{
	uint8_t public[CK_PUBLIC_LEN];
	struct ck_batch batch;
	enum ck_err err;
	bool found;

	while ((err = next_batch(check, &batch, public, &found)) == CK_OK &&
	    found) {
		check_order(check, &batch);
		if ((err = check_root(check, &batch)) != CK_OK ||
		    (err = check_head(check, &batch, public)) != CK_OK)
			return err;
		check->report->batches++;
		check->report->last = batch;
	}
	if (err == CK_OK && check->known != NULL &&
	    check->known->number > check->report->last.number)
		ck_complain(check, "the chain ends at batch %" PRId64 ", but %"
		    PRId64 " was seen elsewhere: its end was cut off",
		    check->report->last.number, check->known->number);

	return err;
}

/* --- Receipts ------------------------------------------------------------- */

static enum ck_err
check_statement(struct ck_check *check, int64_t number, struct ck_span box,
    struct ck_span commitment)
{
	struct ck_tree_hash hash;
	uint8_t salt[CK_SALT_LEN];
	enum ck_err err;

	err = ck_receipt_open(check->store.crypt, number, box, salt,
	    &check->statement);
	if (err == CK_ERR_STORE_CORRUPT) {
		ck_complain(check, "receipt %" PRId64 ": its statement was "
		    "changed", number);
		return CK_OK;
	}
	if (err == CK_OK)
		err = ck_chain_commit(ck_span_of(salt, sizeof(salt)),
		    ck_buf_view(&check->statement), &hash);
	if (err == CK_OK && !ck_span_equal(commitment,
	    ck_span_of(hash.bytes, CK_TREE_HASH_LEN)))
		ck_complain(check, "receipt %" PRId64 ": its statement is not "
		    "the one that was signed", number);

	return err;
}

static enum ck_err
check_receipts(struct ck_check *check)
{
	static const char sql[] =
	    "SELECT number, commitment, sealed FROM receipt ORDER BY number";
	struct ck_span commitment, box;
	struct ck_stmt *stmt;
	int64_t number;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(check->store.db, sql, &stmt)) != CK_OK)
		return err;
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		number = ck_stmt_take_int(stmt);
		commitment = ck_stmt_take_blob(stmt);
		box = ck_stmt_take_blob(stmt);
		check->report->receipts++;
		if (number >= check->report->last.first +
		    check->report->last.count)
			ck_complain(check, "receipt %" PRId64 ": belongs to no "
			    "batch", number);
		if (box.len == 0)
			check->report->erased++;
		else if ((err = check_statement(check, number, box,
		    commitment)) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);

	return err;
}

/* --- Lookups -------------------------------------------------------------- */

bool
ck_holds(const struct ck_buf *text, const struct ck_buf *part)
{
	return part->len == 0 || (text->len > 0 &&
	    memmem(text->ptr, text->len, part->ptr, part->len) != NULL);
}

enum ck_err
ck_gather(struct ck_check *check, const uint8_t id[CK_ID_BYTES], bool *erased)
{
	static const char sql[] =
	    "SELECT number, sealed FROM receipt WHERE subject = ? "
	    "ORDER BY number";
	struct ck_buf one = CK_BUF_INIT;
	uint8_t salt[CK_SALT_LEN];
	struct ck_stmt *stmt;
	struct ck_span box;
	enum ck_err err;
	bool row;

	check->statement.len = 0;
	*erased = false;
	if ((err = ck_db_prepare(check->store.db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		int64_t number = ck_stmt_take_int(stmt);

		box = ck_stmt_take_blob(stmt);
		if (box.len == 0) {
			*erased = true;
			continue;
		}
		err = ck_receipt_open(check->store.crypt, number, box, salt,
		    &one);
		if (err == CK_ERR_STORE_CORRUPT)
			continue;	/* told with the receipts */
		if (err != CK_OK || (err = ck_buf_append(&check->statement,
		    ck_buf_view(&one))) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);
	ck_buf_wipe(&one);

	return err;
}

static enum ck_err
check_call(void *ctx, const struct ck_call_record *call)
{
	struct ck_check *check = ctx;
	enum ck_err err;

	check->expected.len = 0;
	err = ck_statement_call(&check->expected, call);
	if (err == CK_OK && !ck_holds(&check->statement, &check->expected))
		ck_complain(check, "lookup %s: a gateway call in it is not the "
		    "one that its receipt states", call->lookup_id);

	return err;
}

static enum ck_err
check_lookup(struct ck_check *check, const char *id)
{
	struct ck_lookup_record record;
	uint8_t bytes[CK_ID_BYTES];
	enum ck_err err;
	bool erased;

	if (!ck_id_parse(id, bytes))
		return CK_ERR_STORE_CORRUPT;
	if ((err = ck_store_get_lookup(&check->store, id, &record)) != CK_OK)
		goto out;
	if ((err = ck_gather(check, bytes, &erased)) != CK_OK)
		goto out;
	/* Retention erases both; whoever wants to change the record alone
	 * would take its proof away first. */
	if (erased && record.operator_name[0] != '\0')
		ck_complain(check, "lookup %s: its receipt is erased, and its "
		    "record is not", id);
	if (erased)
		goto out;
	check->expected.len = 0;
	if ((err = ck_statement_lookup(&check->expected, &record)) != CK_OK)
		goto out;
	if (check->statement.len == 0)
		ck_complain(check, "lookup %s: has no receipt", id);
	else if (!ck_holds(&check->statement, &check->expected))
		ck_complain(check, "lookup %s: does not say what its receipt "
		    "states", id);
	else
		err = ck_call_each(&check->store, bytes, check_call, check);
out:
	if (err == CK_ERR_STORE_CORRUPT) {
		ck_complain(check, "lookup %s: its record was changed", id);
		err = CK_OK;
	}
	OPENSSL_cleanse(&record, sizeof(record));

	return err;
}

enum ck_err
ck_next_record(struct ck_check *check, const char *sql, int64_t *number,
    char id[CK_LOOKUP_ID_LEN], bool *found)
{
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(check->store.db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, *number);
	if ((err = ck_stmt_next(stmt, found)) == CK_OK && *found) {
		*number = ck_stmt_take_int(stmt);
		ck_id_print(ck_stmt_take_blob(stmt), id);
	}
	ck_stmt_end(stmt);

	return err;
}

/* The first closed lookup behind number. */
static enum ck_err
next_closed(struct ck_check *check, int64_t *number, char id[CK_LOOKUP_ID_LEN],
    bool *found)
{
	static const char sql[] =
	    "SELECT number, id FROM lookup WHERE number > ? AND "
	    "closed_ms >= (SELECT applied_ms FROM migration "
	    "WHERE version = 2) ORDER BY number LIMIT 1";

	return ck_next_record(check, sql, number, id, found);
}

enum ck_err
ck_check_removed(struct ck_check *check, const char *what, const char *sql)
{
	char id[CK_LOOKUP_ID_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(check->store.db, sql, &stmt)) != CK_OK)
		return err;
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		ck_id_print(ck_stmt_take_blob(stmt), id);
		ck_complain(check, "%s %s: has a receipt but was removed",
		    what, id);
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
check_lookups(struct ck_check *check)
{
	char id[CK_LOOKUP_ID_LEN];
	int64_t number = 0;
	enum ck_err err;
	bool found;

	while ((err = next_closed(check, &number, id, &found)) == CK_OK &&
	    found) {
		if ((err = check_lookup(check, id)) != CK_OK)
			return err;
	}
	if (err != CK_OK)
		return err;

	return ck_check_removed(check, "lookup", "SELECT DISTINCT subject FROM "
	    "receipt r WHERE kind <= 2 AND NOT EXISTS (SELECT 1 FROM lookup l "
	    "WHERE l.id = r.subject)");
}

/* --- All of it ------------------------------------------------------------ */

static enum ck_err
open_store(struct ck_check *check, const char *directory)
{
	char path[PATH_MAX];
	enum ck_err err;
	int len = snprintf(path, sizeof(path), "%s/" CK_DATABASE_NAME,
	    directory);

	if (len < 0 || (size_t)len >= sizeof(path))
		return CK_ERR_LIMIT;
	if (access(path, R_OK) != 0)
		return CK_ERR_NOT_FOUND;
	err = ck_crypt_new(&check->store.crypt, directory, false);
	if (err == CK_OK)
		err = ck_db_open(&check->store.db, path, CK_DB_READ_ONLY);

	return err;
}

/* One read transaction: the daemon may write meanwhile. */
static enum ck_err
check_all(struct ck_check *check)
{
	enum ck_err err;

	if ((err = ck_db_exec(check->store.db, "BEGIN")) != CK_OK)
		return err;
	if ((err = check_batches(check)) == CK_OK &&
	    (err = check_receipts(check)) == CK_OK &&
	    (err = check_lookups(check)) == CK_OK &&
	    (err = ck_receipt_check_ins(check)) == CK_OK)
		err = ck_receipt_check_forwarded(check);
	ck_db_rollback(check->store.db);

	return err;
}

enum ck_err
ck_receipts_verify(const char *directory, const struct ck_known_head *known,
    ck_finding_fn finding, void *ctx, struct ck_receipt_report *report)
{
	struct ck_check check = {
		.known = known, .finding = finding, .ctx = ctx,
		.report = report
	};
	enum ck_err err;

	memset(report, 0, sizeof(*report));
	if ((err = open_store(&check, directory)) == CK_OK)
		err = check_all(&check);
	ck_db_close(&check.store.db);
	ck_crypt_free(&check.store.crypt);
	ck_buf_wipe(&check.store.plain);
	ck_buf_wipe(&check.store.box);
	ck_buf_wipe(&check.leaves);
	ck_buf_wipe(&check.statement);
	ck_buf_wipe(&check.expected);

	return err;
}
