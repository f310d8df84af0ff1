/*
 * desk_operator.c - one row for a desk at which somebody has signed on
 */
#include <openssl/crypto.h>

#include <string.h>

#include "store/desk_operator.h"
#include "store/internal.h"

static struct ck_box_place
place_of(const char *desk)
{
	return (struct ck_box_place){ "desk_operator", ck_span_str(desk) };
}

static enum ck_err
forget(struct ck_store *store, const char *desk)
{
	static const char sql[] = "DELETE FROM desk_operator WHERE desk = ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, desk);

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_put_desk_operator(struct ck_store *store, const char *desk,
    const char *name)
{
	static const char sql[] =
	    "INSERT INTO desk_operator (desk, since_ms, sealed) "
	    "VALUES (?, ?, ?) ON CONFLICT (desk) DO UPDATE SET "
	    "since_ms = excluded.since_ms, sealed = excluded.sealed";
	struct ck_stmt *stmt;
	enum ck_err err;

	if (name[0] == '\0')
		return forget(store, desk);
	if ((err = ck_crypt_seal(store->crypt, place_of(desk),
	    ck_span_str(name), &store->box)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, desk);
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(store->clock));
	ck_stmt_bind_blob(stmt, ck_buf_view(&store->box));

	return ck_stmt_run(stmt);
}

static enum ck_err
unseal(struct ck_store *store, const char *desk, struct ck_span box,
    char name[CK_NAME_LEN])
{
	enum ck_err err = ck_crypt_open(store->crypt, place_of(desk), box,
	    &store->plain);

	if (err == CK_OK && store->plain.len >= CK_NAME_LEN)
		err = CK_ERR_STORE_CORRUPT;
	if (err == CK_OK)
		memcpy(name, store->plain.ptr, store->plain.len);
	if (store->plain.len > 0)
		OPENSSL_cleanse(store->plain.ptr, store->plain.len);
	store->plain.len = 0;

	return err;
}

enum ck_err
ck_store_get_desk_operator(struct ck_store *store, const char *desk,
    char name[CK_NAME_LEN], int64_t *since_ms)
{
	static const char sql[] =
	    "SELECT since_ms, sealed FROM desk_operator WHERE desk = ?";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	memset(name, 0, CK_NAME_LEN);
	*since_ms = 0;
	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, desk);
	if ((err = ck_stmt_next(stmt, &row)) != CK_OK)
		return err;
	err = CK_ERR_NOT_FOUND;
	if (row) {
		*since_ms = ck_stmt_take_int(stmt);
		err = unseal(store, desk, ck_stmt_take_blob(stmt), name);
	}
	ck_stmt_end(stmt);

	return err;
}
