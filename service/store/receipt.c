/*
 * receipt.c - receipts are made inside the transaction that they prove
 *
 * The end of the chain is kept in memory: the number of the next receipt, and
 * the last head. It moves only when the transaction has been committed.
 */
#include <openssl/crypto.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "receipt/statement_check_in.h"
#include "receipt/statement_forwarded.h"
#include "store/internal.h"
#include "store/keyfile.h"

#define KEY_NAME "receipt.key"

_Static_assert(CK_SEED_LEN == CK_KEY_LEN, "the key file holds the seed");

struct ck_receipts {
	struct ck_signer *signer;
	int64_t key;			/* row of receipt_key */
	uint8_t epoch[CK_EPOCH_LEN];
	const char *facility, *station;	/* borrowed from texts */
	char texts[2][64];

	/* The end of the chain on disk. */
	int64_t batch;			/* number of the last one */
	int64_t receipt;		/* number of the last one */
	struct ck_tree_hash head;

	/* The open transaction. */
	struct ck_buf leaves;		/* of struct ck_tree_hash */
	struct ck_tree_hash next_head;
	struct ck_buf plain, box, statement;	/* scratch, wiped after use */
};

/* --- Opening -------------------------------------------------------------- */

static enum ck_err
take_hash(struct ck_stmt *stmt, void *out, size_t len)
{
	struct ck_span bytes = ck_stmt_take_blob(stmt);

	if (bytes.len != len)
		return CK_ERR_STORE_CORRUPT;
	memcpy(out, bytes.ptr, len);

	return CK_OK;
}

static enum ck_err
find_end(struct ck_store *store, struct ck_receipts *receipts)
{
	static const char sql[] =
	    "SELECT number, first + count - 1, head FROM receipt_batch "
	    "ORDER BY number DESC LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		receipts->batch = ck_stmt_take_int(stmt);
		receipts->receipt = ck_stmt_take_int(stmt);
		err = take_hash(stmt, &receipts->head,
		    sizeof(receipts->head));
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
find_origin(struct ck_store *store, struct ck_receipts *receipts)
{
	static const char sql[] =
	    "SELECT facility, station, e.id FROM clinic c "
	    "JOIN epoch e ON e.number = c.epoch WHERE present = 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		(void)snprintf(receipts->texts[0],
		    sizeof(receipts->texts[0]), "%s",
		    ck_stmt_take_text(stmt));
		(void)snprintf(receipts->texts[1],
		    sizeof(receipts->texts[1]), "%s",
		    ck_stmt_take_text(stmt));
		err = take_hash(stmt, receipts->epoch, CK_EPOCH_LEN);
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
settle_key(struct ck_store *store, struct ck_span public, int64_t *number)
{
	static const char sql_insert[] =
	    "INSERT INTO receipt_key (public) VALUES (?) "
	    "ON CONFLICT DO NOTHING";
	static const char sql_find[] =
	    "SELECT number FROM receipt_key WHERE public = ?";
	const char *const steps[] = { sql_insert, sql_find };
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row = false;
	size_t i;

	for (i = 0; i < 2; i++) {
		if ((err = ck_db_prepare(store->db, steps[i], &stmt)) != CK_OK)
			return err;
		ck_stmt_bind_blob(stmt, public);
		if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
			return err;
		if (row)
			*number = ck_stmt_take_int(stmt);
		ck_stmt_end(stmt);
	}

	return row ? CK_OK : CK_ERR_STORE;
}

/* Made with the first receipts; later a missing key is an error, since the
 * figures that were signed with it could not be told from made-up ones. */
static enum ck_err
load_key(struct ck_store *store, struct ck_receipts *receipts)
{
	uint8_t seed[CK_SEED_LEN], public[CK_PUBLIC_LEN];
	char path[PATH_MAX];
	int64_t keys;
	enum ck_err err;
	int len = snprintf(path, sizeof(path), "%s/keys/" KEY_NAME,
	    store->directory);

	if (len < 0 || (size_t)len >= sizeof(path))
		return CK_ERR_LIMIT;
	if ((err = ck_db_int(store->db, "SELECT count(*) FROM receipt_key",
	    &keys)) != CK_OK ||
	    (err = ck_keyfile_load(path, keys == 0, seed)) != CK_OK)
		return err;
	err = ck_signer_new(&receipts->signer, seed, public);
	OPENSSL_cleanse(seed, sizeof(seed));
	if (err != CK_OK || (err = ck_db_begin(store->db)) != CK_OK)
		return err;
	err = settle_key(store, ck_span_of(public, sizeof(public)),
	    &receipts->key);
	if (err == CK_OK)
		err = ck_db_commit(store->db);
	if (err != CK_OK)
		ck_db_rollback(store->db);

	return err;
}

enum ck_err
ck_receipts_open(struct ck_store *store)
{
	struct ck_receipts *receipts = calloc(1, sizeof(*receipts));
	enum ck_err err;

	if (receipts == NULL)
		return CK_ERR_NOMEM;
	receipts->facility = receipts->texts[0];
	receipts->station = receipts->texts[1];
	if ((err = load_key(store, receipts)) == CK_OK &&
	    (err = find_origin(store, receipts)) == CK_OK)
		err = find_end(store, receipts);
	if (err != CK_OK)
		ck_receipts_free(&receipts);
	store->receipts = receipts;

	return err;
}

void
ck_receipts_free(struct ck_receipts **receipts)
{
	if (*receipts == NULL)
		return;
	ck_signer_free(&(*receipts)->signer);
	ck_buf_wipe(&(*receipts)->leaves);
	ck_buf_wipe(&(*receipts)->plain);
	ck_buf_wipe(&(*receipts)->box);
	ck_buf_wipe(&(*receipts)->statement);
	free(*receipts);
	*receipts = NULL;
}

/* --- One receipt ---------------------------------------------------------- */

/* Empty again, and nothing of it left; the allocation stays. */
static void
clear(struct ck_buf *buf)
{
	if (buf->len > 0)
		OPENSSL_cleanse(buf->ptr, buf->len);
	buf->len = 0;
}

static size_t
pending(const struct ck_receipts *receipts)
{
	return receipts->leaves.len / sizeof(struct ck_tree_hash);
}

void
ck_receipt_row(int64_t number, uint8_t out[8])
{
	size_t i;

	for (i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));
}

/* Salt and statement in one box, bound to the receipt's number. */
static enum ck_err
seal(struct ck_store *store, struct ck_receipts *receipts, int64_t number,
    const uint8_t salt[CK_SALT_LEN], struct ck_span statement)
{
	uint8_t row[8] = { 0 };
	struct ck_box_place place = { "receipt", ck_span_of(row, 8) };
	enum ck_err err;

	ck_receipt_row(number, row);
	clear(&receipts->plain);
	err = ck_buf_append(&receipts->plain, ck_span_of(salt, CK_SALT_LEN));
	if (err == CK_OK)
		err = ck_buf_append(&receipts->plain, statement);
	if (err == CK_OK)
		err = ck_crypt_seal(store->crypt, place,
		    ck_buf_view(&receipts->plain), &receipts->box);
	clear(&receipts->plain);

	return err;
}

static enum ck_err
insert(struct ck_store *store, int64_t number, enum ck_receipt_kind kind,
    const uint8_t subject[CK_ID_BYTES], const struct ck_tree_hash *commitment)
{
	static const char sql[] =
	    "INSERT INTO receipt (number, subject, kind, made_ms, "
	    "commitment, sealed) VALUES (?, ?, ?, ?, ?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, number);
	ck_stmt_bind_blob(stmt, ck_span_of(subject, CK_ID_BYTES));
	ck_stmt_bind_int(stmt, (int64_t)kind);
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_blob(stmt, ck_span_of(commitment->bytes,
	    CK_TREE_HASH_LEN));
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->receipts->box));

	return ck_stmt_run(stmt);
}

enum ck_err
ck_receipt_add(struct ck_store *store, enum ck_receipt_kind kind,
    const uint8_t subject[CK_ID_BYTES], struct ck_span statement)
{
	struct ck_receipts *receipts = store->receipts;
	int64_t number = receipts->receipt + 1 + (int64_t)pending(receipts);
	struct ck_tree_hash commitment, leaf;
	uint8_t salt[CK_SALT_LEN];
	enum ck_err err;

	if ((err = ck_crypt_random(store->crypt, salt, sizeof(salt))) !=
	    CK_OK ||
	    (err = ck_chain_commit(ck_span_of(salt, sizeof(salt)), statement,
	    &commitment)) != CK_OK ||
	    (err = ck_tree_leaf(number, ck_span_of(commitment.bytes,
	    CK_TREE_HASH_LEN), &leaf)) != CK_OK ||
	    (err = seal(store, receipts, number, salt, statement)) != CK_OK ||
	    (err = insert(store, number, kind, subject, &commitment)) != CK_OK)
		return err;

	return ck_buf_append(&receipts->leaves,
	    ck_span_of(&leaf, sizeof(leaf)));
}

/* --- What receipts say ---------------------------------------------------- */

static enum ck_err
begin_statement(struct ck_store *store, enum ck_receipt_kind kind,
    const char *id)
{
	const struct ck_statement_origin origin = {
		store->receipts->facility, store->receipts->station
	};

	clear(&store->receipts->statement);

	return ck_statement_begin(&store->receipts->statement, kind, id,
	    &origin);
}

/* Add what was stated, unless err says that it could not be; wiped in any
 * case. */
static enum ck_err
end_statement(struct ck_store *store, enum ck_receipt_kind kind,
    const char *id, enum ck_err err)
{
	uint8_t subject[CK_ID_BYTES];

	if (err == CK_OK && !ck_id_parse(id, subject))
		err = CK_ERR_LIMIT;
	if (err == CK_OK)
		err = ck_receipt_add(store, kind, subject,
		    ck_buf_view(&store->receipts->statement));
	clear(&store->receipts->statement);

	return err;
}

static enum ck_err
put_call(void *ctx, const struct ck_call_record *call)
{
	return ck_statement_call(ctx, call);
}

enum ck_err
ck_receipt_of_lookup(struct ck_store *store, enum ck_receipt_kind kind,
    const struct ck_lookup_record *record)
{
	struct ck_buf *statement = &store->receipts->statement;
	uint8_t id[CK_ID_BYTES];
	enum ck_err err;

	if (!ck_id_parse(record->id, id))
		return CK_ERR_LIMIT;
	err = begin_statement(store, kind, record->id);
	if (err == CK_OK)
		err = ck_statement_lookup(statement, record);
	/* answers from the cache made no call */
	if (err == CK_OK && store->calls_waiting > 0)
		err = ck_call_each(store, id, put_call, statement);
	return end_statement(store, kind, record->id, err);
}

enum ck_err
ck_receipt_of_late_call(struct ck_store *store,
    const struct ck_call_record *call)
{
	struct ck_buf *statement = &store->receipts->statement;
	enum ck_err err;

	err = begin_statement(store, CK_RECEIPT_LATE_CALL, call->lookup_id);
	if (err == CK_OK)
		err = ck_statement_call(statement, call);
	return end_statement(store, CK_RECEIPT_LATE_CALL, call->lookup_id, err);
}

enum ck_err
ck_receipt_of_check_in(struct ck_store *store,
    const struct ck_check_in *check_in)
{
	struct ck_buf *statement = &store->receipts->statement;
	enum ck_err err;

	err = begin_statement(store, CK_RECEIPT_CHECK_IN, check_in->id);
	if (err == CK_OK)
		err = ck_statement_check_in(statement, check_in);
	return end_statement(store, CK_RECEIPT_CHECK_IN, check_in->id, err);
}

enum ck_err
ck_receipt_of_notice(struct ck_store *store, const struct ck_notice_row *row)
{
	struct ck_buf *statement = &store->receipts->statement;
	enum ck_err err;

	err = begin_statement(store, CK_RECEIPT_CHECK_IN, row->check_in_id);
	if (err == CK_OK)
		err = ck_statement_notice(statement, row);
	return end_statement(store, CK_RECEIPT_CHECK_IN, row->check_in_id, err);
}

enum ck_err
ck_receipt_of_forwarded(struct ck_store *store,
    const struct ck_forwarded *forwarded)
{
	struct ck_buf *statement = &store->receipts->statement;
	enum ck_err err;

	err = begin_statement(store, CK_RECEIPT_FORWARDED, forwarded->id);
	if (err == CK_OK)
		err = ck_statement_forwarded(statement, forwarded);
	return end_statement(store, CK_RECEIPT_FORWARDED, forwarded->id, err);
}

/* --- One batch ------------------------------------------------------------ */

static enum ck_err
insert_batch(struct ck_store *store, const struct ck_batch *batch)
{
	static const char sql[] =
	    "INSERT INTO receipt_batch (number, epoch, first, count, made_ms, "
	    "root, head, key, signature) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, batch->number);
	ck_stmt_bind_blob(stmt, ck_span_of(batch->epoch, CK_EPOCH_LEN));
	ck_stmt_bind_int(stmt, batch->first);
	ck_stmt_bind_int(stmt, batch->count);
	ck_stmt_bind_int(stmt, batch->made_ms);
	ck_stmt_bind_blob(stmt, ck_span_of(batch->root.bytes,
	    CK_TREE_HASH_LEN));
	ck_stmt_bind_blob(stmt, ck_span_of(batch->head.bytes,
	    CK_TREE_HASH_LEN));
	ck_stmt_bind_int(stmt, batch->key);
	ck_stmt_bind_blob(stmt, ck_span_of(batch->signature,
	    CK_SIGNATURE_LEN));

	return ck_stmt_run(stmt);
}

enum ck_err
ck_receipts_write(struct ck_store *store)
{
	struct ck_receipts *receipts = store->receipts;
	size_t count = pending(receipts);
	struct ck_batch batch = {
		.number = receipts->batch + 1, .first = receipts->receipt + 1,
		.count = (int64_t)count, .key = receipts->key,
		.made_ms = ck_clock_wall_ms(store->clock)
	};
	enum ck_err err;

	if (count == 0)
		return CK_OK;
	memcpy(batch.epoch, receipts->epoch, CK_EPOCH_LEN);
	err = ck_tree_root((const struct ck_tree_hash *)(const void *)
	    receipts->leaves.ptr, count, &batch.root);
	if (err == CK_OK)
		err = ck_chain_head(&batch, &receipts->head, &batch.head);
	if (err == CK_OK)
		err = ck_signer_sign(receipts->signer, &batch.head,
		    batch.signature);
	if (err == CK_OK)
		err = insert_batch(store, &batch);
	receipts->next_head = batch.head;

	return err;
}

void
ck_receipts_committed(struct ck_store *store)
{
	struct ck_receipts *receipts = store->receipts;
	size_t count = pending(receipts);

	if (count == 0)
		return;
	receipts->batch++;
	receipts->receipt += (int64_t)count;
	receipts->head = receipts->next_head;
	receipts->leaves.len = 0;
}

void
ck_receipts_forget(struct ck_store *store)
{
	if (store->receipts != NULL)
		store->receipts->leaves.len = 0;
}
