/*
 * receipt_read.c - receipts as somebody else can check them
 */
#include <openssl/crypto.h>

#include <string.h>

#include "store/internal.h"

#define BATCH_COLUMNS \
	"b.number, b.epoch, b.first, b.count, b.made_ms, b.root, b.head, " \
	"b.key, b.signature"

static bool
take_bytes(struct ck_stmt *stmt, void *out, size_t len)
{
	struct ck_span bytes = ck_stmt_take_blob(stmt);

	if (bytes.len == len)
		memcpy(out, bytes.ptr, len);

	return bytes.len == len;
}

enum ck_err
ck_batch_take(struct ck_stmt *stmt, struct ck_batch *out)
{
	bool good;

	out->number = ck_stmt_take_int(stmt);
	good = take_bytes(stmt, out->epoch, CK_EPOCH_LEN);
	out->first = ck_stmt_take_int(stmt);
	out->count = ck_stmt_take_int(stmt);
	out->made_ms = ck_stmt_take_int(stmt);
	good = take_bytes(stmt, out->root.bytes, CK_TREE_HASH_LEN) && good;
	good = take_bytes(stmt, out->head.bytes, CK_TREE_HASH_LEN) && good;
	out->key = ck_stmt_take_int(stmt);
	good = take_bytes(stmt, out->signature, CK_SIGNATURE_LEN) && good;

	return good ? CK_OK : CK_ERR_STORE_CORRUPT;
}

enum ck_err
ck_receipt_head(struct ck_db *db, struct ck_batch *out,
    uint8_t public[CK_PUBLIC_LEN])
{
	static const char sql[] =
	    "SELECT " BATCH_COLUMNS ", k.public FROM receipt_batch b "
	    "JOIN receipt_key k ON k.number = b.key "
	    "ORDER BY b.number DESC LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	memset(out, 0, sizeof(*out));
	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		err = ck_batch_take(stmt, out);
		if (!take_bytes(stmt, public, CK_PUBLIC_LEN))
			err = CK_ERR_STORE_CORRUPT;
	}
	ck_stmt_end(stmt);

	return err;
}

/* The batch of a receipt, with the key that signed it. */
static enum ck_err
read_batch(struct ck_store *store, struct ck_receipt *out)
{
	static const char sql[] =
	    "SELECT " BATCH_COLUMNS ", k.public FROM receipt_batch b "
	    "JOIN receipt_key k ON k.number = b.key "
	    "WHERE b.first <= ?1 ORDER BY b.first DESC LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, out->number);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = row ? ck_batch_take(stmt, &out->batch) : CK_ERR_STORE_CORRUPT;
	if (row && !take_bytes(stmt, out->public, CK_PUBLIC_LEN))
		err = CK_ERR_STORE_CORRUPT;
	ck_stmt_end(stmt);
	if (err == CK_OK && (out->batch.count > CK_TREE_LEAVES_MAX ||
	    out->number >= out->batch.first + out->batch.count))
		err = CK_ERR_STORE_CORRUPT;

	return err;
}

static enum ck_err
read_previous(struct ck_store *store, struct ck_receipt *out)
{
	static const char sql[] =
	    "SELECT head FROM receipt_batch WHERE number = ? - 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, out->batch.number);
	err = ck_stmt_next(stmt, &row);
	if (err == CK_OK && row && !take_bytes(stmt, out->previous.bytes,
	    CK_TREE_HASH_LEN))
		err = CK_ERR_STORE_CORRUPT;
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_batch_leaves(struct ck_db *db, const struct ck_batch *batch,
    struct ck_buf *leaves)
{
	static const char sql[] =
	    "SELECT number, commitment FROM receipt "
	    "WHERE number BETWEEN ? AND ? ORDER BY number";
	struct ck_tree_hash leaf;
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	leaves->len = 0;
	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, batch->first);
	ck_stmt_bind_int(stmt, batch->first + batch->count - 1);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		int64_t number = ck_stmt_take_int(stmt);

		if ((err = ck_tree_leaf(number, ck_stmt_take_blob(stmt),
		    &leaf)) != CK_OK ||
		    (err = ck_buf_append(leaves, ck_span_of(&leaf,
		    sizeof(leaf)))) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
find_path(struct ck_store *store, struct ck_receipt *out)
{
	struct ck_buf leaves = CK_BUF_INIT;
	enum ck_err err;

	err = ck_batch_leaves(store->db, &out->batch, &leaves);
	if (err == CK_OK && leaves.len / sizeof(struct ck_tree_hash) !=
	    (size_t)out->batch.count)
		err = CK_ERR_STORE_CORRUPT;
	if (err == CK_OK)
		err = ck_tree_path((const struct ck_tree_hash *)
		    (const void *)leaves.ptr, (size_t)out->batch.count,
		    (size_t)(out->number - out->batch.first), &out->path);
	ck_buf_wipe(&leaves);

	return err;
}

enum ck_err
ck_receipt_open(struct ck_crypt *crypt, int64_t number, struct ck_span box,
    uint8_t salt[CK_SALT_LEN], struct ck_buf *statement)
{
	uint8_t row[8] = { 0 };
	struct ck_box_place place = { "receipt", ck_span_of(row, 8) };
	struct ck_buf plain = CK_BUF_INIT;
	struct ck_cursor cur;
	struct ck_span bytes;
	enum ck_err err;

	statement->len = 0;
	ck_receipt_row(number, row);
	if ((err = ck_crypt_open(crypt, place, box, &plain)) != CK_OK)
		goto out;
	cur = ck_cursor_of(ck_buf_view(&plain));
	err = CK_ERR_STORE_CORRUPT;
	if (!ck_cursor_take(&cur, CK_SALT_LEN, &bytes))
		goto out;
	memcpy(salt, bytes.ptr, CK_SALT_LEN);
	err = ck_buf_append(statement, cur.rest);
out:
	ck_buf_wipe(&plain);

	return err;
}

static enum ck_err
take_receipt(struct ck_store *store, struct ck_stmt *stmt,
    struct ck_receipt *out)
{
	struct ck_span box;

	out->number = ck_stmt_take_int(stmt);
	out->kind = (enum ck_receipt_kind)ck_stmt_take_int(stmt);
	out->made_ms = ck_stmt_take_int(stmt);
	if (!take_bytes(stmt, out->commitment.bytes, CK_TREE_HASH_LEN))
		return CK_ERR_STORE_CORRUPT;
	box = ck_stmt_take_blob(stmt);
	if (box.len == 0)
		return CK_OK;	/* erased */

	return ck_receipt_open(store->crypt, out->number, box, out->salt,
	    &out->statement);
}

static enum ck_err
read_receipt(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    struct ck_receipt *out)
{
	static const char sql[] =
	    "SELECT number, kind, made_ms, commitment, sealed FROM receipt "
	    "WHERE subject = ? ORDER BY number DESC LIMIT 1";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(id, CK_ID_BYTES));
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = row ? take_receipt(store, stmt, out) : CK_ERR_NOT_FOUND;
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_get_receipt(struct ck_store *store, const char *id,
    struct ck_receipt *out)
{
	uint8_t bytes[CK_ID_BYTES];
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	if (!ck_id_parse(id, bytes))
		return CK_ERR_NOT_FOUND;
	if ((err = read_receipt(store, bytes, out)) != CK_OK ||
	    (err = read_batch(store, out)) != CK_OK ||
	    (err = read_previous(store, out)) != CK_OK)
		return err;

	return find_path(store, out);
}

void
ck_receipt_wipe(struct ck_receipt *receipt)
{
	ck_buf_wipe(&receipt->statement);
	OPENSSL_cleanse(receipt, sizeof(*receipt));
}
