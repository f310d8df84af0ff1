/*
 * receipt_verify.c - is the chain whole, and do the records still say what it
 * proves?
 *
 * Four walks: the batches from first to last; the receipts, statement by
 * statement; the closed lookups, then the check-ins against their receipts. A finding does not end
 * a walk: who is told of one wants to know of all.
 */
#include <openssl/crypto.h>

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "receipt/statement_check_in.h"
#include "store/internal.h"

struct check {
	struct ck_store store;		/* only db, crypt and scratch */
	const struct ck_known_head *known;
	ck_finding_fn finding;
	void *ctx;
	struct ck_receipt_report *report;
	struct ck_tree_hash previous;
	struct ck_buf leaves, statement, expected;
};

#define FINDING_LEN 256

static void complain(struct check *check, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void
complain(struct check *check, const char *format, ...)
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
check_root(struct check *check, const struct ck_batch *batch)
{
	struct ck_tree_hash root;
	size_t count;
	enum ck_err err;

	if (batch->count > CK_TREE_LEAVES_MAX) {
		complain(check, "batch %" PRId64 ": claims %" PRId64
		    " receipts", batch->number, batch->count);
		return CK_OK;
	}
	if ((err = ck_batch_leaves(check->store.db, batch,
	    &check->leaves)) != CK_OK)
		return err;
	count = check->leaves.len / sizeof(struct ck_tree_hash);
	if (count != (size_t)batch->count) {
		complain(check, "batch %" PRId64 ": %zu of its %" PRId64
		    " receipts are there; some were removed", batch->number,
		    count, batch->count);
		return CK_OK;
	}
	err = ck_tree_root((const struct ck_tree_hash *)(const void *)
	    check->leaves.ptr, count, &root);
	if (err == CK_OK && !ck_tree_equal(&root, &batch->root))
		complain(check, "batch %" PRId64 ": a receipt in it was "
		    "changed", batch->number);

	return err;
}

static enum ck_err
check_head(struct check *check, const struct ck_batch *batch,
    const uint8_t public[CK_PUBLIC_LEN])
{
	struct ck_tree_hash head;
	enum ck_err err;

	if ((err = ck_chain_head(batch, &check->previous, &head)) != CK_OK)
		return err;
	if (!ck_tree_equal(&head, &batch->head))
		complain(check, "batch %" PRId64 ": does not follow the one "
		    "before it; something was changed, removed or reordered",
		    batch->number);
	else if (!ck_chain_signed(public, &batch->head, batch->signature))
		complain(check, "batch %" PRId64 ": its signature is wrong",
		    batch->number);
	if (check->known != NULL && check->known->number == batch->number &&
	    !ck_tree_equal(&check->known->head, &batch->head))
		complain(check, "batch %" PRId64 ": is not the one whose head "
		    "was kept elsewhere", batch->number);
	check->previous = batch->head;

	return CK_OK;
}

static void
check_order(struct check *check, const struct ck_batch *batch)
{
	const struct ck_batch *last = &check->report->last;

	if (batch->number != last->number + 1)
		complain(check, "batches %" PRId64 " to %" PRId64
		    " are missing", last->number + 1, batch->number - 1);
	if (batch->first != last->first + last->count &&
	    (last->number != 0 || batch->first != 1))
		complain(check, "batch %" PRId64 ": begins with receipt %"
		    PRId64 ", not %" PRId64, batch->number, batch->first,
		    last->number == 0 ? 1 : last->first + last->count);
}

static enum ck_err
next_batch(struct check *check, struct ck_batch *out,
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
check_batches(struct check *check)
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
		complain(check, "the chain ends at batch %" PRId64 ", but %"
		    PRId64 " was seen elsewhere: its end was cut off",
		    check->report->last.number, check->known->number);

	return err;
}

/* --- Receipts ------------------------------------------------------------- */

static enum ck_err
check_statement(struct check *check, int64_t number, struct ck_span box,
    struct ck_span commitment)
{
	struct ck_tree_hash hash;
	uint8_t salt[CK_SALT_LEN];
	enum ck_err err;

	err = ck_receipt_open(check->store.crypt, number, box, salt,
	    &check->statement);
	if (err == CK_ERR_STORE_CORRUPT) {
		complain(check, "receipt %" PRId64 ": its statement was "
		    "changed", number);
		return CK_OK;
	}
	if (err == CK_OK)
		err = ck_chain_commit(ck_span_of(salt, sizeof(salt)),
		    ck_buf_view(&check->statement), &hash);
	if (err == CK_OK && !ck_span_equal(commitment,
	    ck_span_of(hash.bytes, CK_TREE_HASH_LEN)))
		complain(check, "receipt %" PRId64 ": its statement is not "
		    "the one that was signed", number);

	return err;
}

static enum ck_err
check_receipts(struct check *check)
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
			complain(check, "receipt %" PRId64 ": belongs to no "
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

static bool
contains(const struct ck_buf *text, const struct ck_buf *part)
{
	return part->len == 0 || (text->len > 0 &&
	    memmem(text->ptr, text->len, part->ptr, part->len) != NULL);
}

/* Every statement about this record, one behind the other. */
static enum ck_err
gather(struct check *check, const uint8_t id[CK_ID_BYTES], bool *erased)
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
	struct check *check = ctx;
	enum ck_err err;

	check->expected.len = 0;
	err = ck_statement_call(&check->expected, call);
	if (err == CK_OK && !contains(&check->statement, &check->expected))
		complain(check, "lookup %s: a gateway call in it is not the "
		    "one that its receipt states", call->lookup_id);

	return err;
}

static enum ck_err
check_lookup(struct check *check, const char *id)
{
	struct ck_lookup_record record;
	uint8_t bytes[CK_ID_BYTES];
	enum ck_err err;
	bool erased;

	if (!ck_id_parse(id, bytes))
		return CK_ERR_STORE_CORRUPT;
	if ((err = ck_store_get_lookup(&check->store, id, &record)) != CK_OK)
		goto out;
	if ((err = gather(check, bytes, &erased)) != CK_OK)
		goto out;
	if (erased)
		goto out;
	check->expected.len = 0;
	if ((err = ck_statement_lookup(&check->expected, &record)) != CK_OK)
		goto out;
	if (check->statement.len == 0)
		complain(check, "lookup %s: has no receipt", id);
	else if (!contains(&check->statement, &check->expected))
		complain(check, "lookup %s: does not say what its receipt "
		    "states", id);
	else
		err = ck_call_each(&check->store, bytes, check_call, check);
out:
	if (err == CK_ERR_STORE_CORRUPT) {
		complain(check, "lookup %s: its record was changed", id);
		err = CK_OK;
	}
	OPENSSL_cleanse(&record, sizeof(record));

	return err;
}

/* The first closed lookup behind number. */
static enum ck_err
next_closed(struct check *check, int64_t *number, char id[CK_LOOKUP_ID_LEN],
    bool *found)
{
	static const char sql[] =
	    "SELECT number, id FROM lookup WHERE number > ? AND "
	    "closed_ms >= (SELECT applied_ms FROM migration "
	    "WHERE version = 2) ORDER BY number LIMIT 1";
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

/* What receipts are there for but is gone was removed. sql is a literal that
 * gives the subjects. */
static enum ck_err
check_removed(struct check *check, const char *what, const char *sql)
{
	char id[CK_LOOKUP_ID_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(check->store.db, sql, &stmt)) != CK_OK)
		return err;
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		ck_id_print(ck_stmt_take_blob(stmt), id);
		complain(check, "%s %s: has a receipt but was removed",
		    what, id);
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
check_lookups(struct check *check)
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

	return check_removed(check, "lookup", "SELECT DISTINCT subject FROM "
	    "receipt r WHERE kind <= 2 AND NOT EXISTS (SELECT 1 FROM lookup l "
	    "WHERE l.id = r.subject)");
}

/* --- Check-ins ------------------------------------------------------------ */

static enum ck_err
check_notice(void *ctx, const struct ck_notice_row *row)
{
	struct check *check = ctx;
	enum ck_err err;

	check->expected.len = 0;
	err = ck_statement_notice(&check->expected, row);
	if (err == CK_OK && !contains(&check->statement, &check->expected))
		complain(check, "check-in %s: notice %" PRId64 " does not say "
		    "what its receipt states", row->check_in_id, row->number);

	return err;
}

/* Every notice that the statements name is there still. */
static enum ck_err
check_notices_kept(struct check *check, const char *id)
{
	static const char line[] = "\nnotice: ";
	const char *at = (const char *)check->statement.ptr;
	struct ck_notice_row row;
	int64_t number, last = 0;
	enum ck_err err;

	while ((at = strstr(at, line)) != NULL) {
		at += sizeof(line) - 1;
		number = strtoll(at, NULL, 10);
		if (number == last)
			continue;
		last = number;
		err = ck_store_get_notice(&check->store, number, &row);
		ck_notice_row_wipe(&row);
		if (err == CK_ERR_NOT_FOUND)
			complain(check, "check-in %s: notice %" PRId64
			    " has a receipt but was removed", id, number);
		else if (err != CK_OK)
			return err;
	}

	return CK_OK;
}

static enum ck_err
check_check_in(struct check *check, const char *id)
{
	struct ck_check_in record;
	uint8_t bytes[CK_ID_BYTES];
	bool erased = false;
	enum ck_err err;

	err = ck_store_get_check_in(&check->store, id, &record);
	if (err == CK_OK && ck_id_parse(id, bytes))
		err = gather(check, bytes, &erased);
	check->expected.len = 0;
	if (err == CK_OK)
		err = ck_statement_check_in(&check->expected, &record);
	if (err != CK_OK || erased)
		goto out;
	if (!contains(&check->statement, &check->expected))
		complain(check, "check-in %s: does not say what its receipt "
		    "states", id);
	err = ck_store_notices_of(&check->store, record.number, check_notice,
	    check);
	if (err == CK_OK && (err = ck_buf_push(&check->statement, 0)) ==
	    CK_OK)
		err = check_notices_kept(check, id);
out:
	if (err == CK_ERR_STORE_CORRUPT) {
		complain(check, "check-in %s: its record was changed", id);
		err = CK_OK;
	}
	ck_check_in_wipe(&record);

	return err;
}

static enum ck_err
next_check_in(struct check *check, int64_t *number,
    char id[CK_LOOKUP_ID_LEN], bool *found)
{
	static const char sql[] = "SELECT number, id FROM check_in "
	    "WHERE number > ? ORDER BY number LIMIT 1";
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

/* A database of an older program has no such table yet. */
static enum ck_err
check_check_ins(struct check *check)
{
	static const char sql[] =
	    "SELECT count(*) FROM migration WHERE version = 3";
	char id[CK_LOOKUP_ID_LEN];
	int64_t number = 0, present;
	enum ck_err err;
	bool found;

	if ((err = ck_db_int(check->store.db, sql, &present)) != CK_OK ||
	    present == 0)
		return err;
	while ((err = next_check_in(check, &number, id, &found)) == CK_OK &&
	    found) {
		if ((err = check_check_in(check, id)) != CK_OK)
			return err;
	}
	if (err != CK_OK)
		return err;

	return check_removed(check, "check-in", "SELECT DISTINCT subject "
	    "FROM receipt r WHERE kind = 4 AND NOT EXISTS (SELECT 1 FROM "
	    "check_in c WHERE c.id = r.subject)");
}

/* --- All of it ------------------------------------------------------------ */

static enum ck_err
open_store(struct check *check, const char *directory)
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
check_all(struct check *check)
{
	enum ck_err err;

	if ((err = ck_db_exec(check->store.db, "BEGIN")) != CK_OK)
		return err;
	if ((err = check_batches(check)) == CK_OK &&
	    (err = check_receipts(check)) == CK_OK &&
	    (err = check_lookups(check)) == CK_OK)
		err = check_check_ins(check);
	ck_db_rollback(check->store.db);

	return err;
}

enum ck_err
ck_receipts_verify(const char *directory, const struct ck_known_head *known,
    ck_finding_fn finding, void *ctx, struct ck_receipt_report *report)
{
	struct check check = {
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
