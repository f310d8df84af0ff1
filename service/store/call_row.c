/*
 * call_row.c - gateway calls as they were, to be proven
 *
 * The gateway's words are personal data: they are kept sealed beside the words
 * that are counted.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <string.h>

#include "store/internal.h"
#include "store/pack.h"

/* Bytes of an answer that are kept: a card's answer has 2 KiB; a box holds
 * 256 KiB at most. */
#define RAW_MAX 196608

/* A call's box belongs to its lookup and to the instant it began. */
struct call_place {
	uint8_t bytes[CK_ID_BYTES + 8];
};

static struct ck_box_place
place_of(struct call_place *place, const uint8_t lookup[CK_ID_BYTES],
    int64_t started_ms)
{
	size_t i;

	memcpy(place->bytes, lookup, CK_ID_BYTES);
	for (i = 0; i < 8; i++)
		place->bytes[CK_ID_BYTES + i] =
		    (uint8_t)((uint64_t)started_ms >> (56 - 8 * i));

	return (struct ck_box_place){ "gateway_call",
	    ck_span_of(place->bytes, sizeof(place->bytes)) };
}

enum ck_err
ck_call_seal(struct ck_store *store, const uint8_t lookup[CK_ID_BYTES],
    const struct ck_call_record *call, struct ck_buf *box)
{
	struct ck_call_record kept = *call;
	struct call_place bytes;
	struct ck_buf plain = CK_BUF_INIT;
	enum ck_err err;

	if (kept.raw.len > RAW_MAX)
		kept.raw.len = RAW_MAX;
	if ((err = ck_pack_call(&kept, &plain)) == CK_OK)
		err = ck_crypt_seal(store->crypt, place_of(&bytes, lookup,
		    call->started_ms), ck_buf_view(&plain), box);
	ck_buf_wipe(&plain);

	return err;
}

static enum ck_err
unseal(struct ck_store *store, const uint8_t lookup[CK_ID_BYTES],
    struct ck_span box, struct ck_buf *plain, struct ck_call_record *call)
{
	struct call_place bytes;
	enum ck_err err;

	if (box.len == 0)	/* from before receipts, or erased */
		return CK_OK;
	err = ck_crypt_open(store->crypt, place_of(&bytes, lookup,
	    call->started_ms), box, plain);

	return err == CK_OK ? ck_unpack_call(ck_buf_view(plain), call) : err;
}

static enum ck_err
take_call(struct ck_store *store, const uint8_t lookup[CK_ID_BYTES],
    struct ck_stmt *stmt, struct ck_buf *plain, struct ck_call_record *call)
{
	memset(call, 0, sizeof(*call));
	ck_id_print(ck_span_of(lookup, CK_ID_BYTES), call->lookup_id);
	call->started_ms = ck_stmt_take_int(stmt);
	call->duration_ms = ck_stmt_take_int(stmt);
	call->kind = (enum ck_kind)ck_stmt_take_int(stmt);
	call->captured = (enum ck_captured)ck_stmt_take_int(stmt);
	call->key = (enum ck_key)ck_stmt_take_int(stmt);
	call->outcome = (enum ck_outcome)ck_stmt_take_int(stmt);
	(void)snprintf(call->code, sizeof(call->code), "%s",
	    ck_stmt_take_text(stmt));
	(void)snprintf(call->desk, sizeof(call->desk), "%s",
	    ck_stmt_take_text(stmt));

	return unseal(store, lookup, ck_stmt_take_blob(stmt), plain, call);
}

enum ck_err
ck_call_each(struct ck_store *store, const uint8_t lookup[CK_ID_BYTES],
    ck_call_fn fn, void *ctx)
{
	static const char sql[] =
	    "SELECT started_ms, duration_ms, kind, captured, key, outcome, "
	    "c.label, d.label, sealed FROM gateway_call g "
	    "JOIN label c ON c.number = g.code "
	    "JOIN label d ON d.number = g.desk "
	    "WHERE lookup = ? ORDER BY g.number";
	struct ck_call_record call;
	struct ck_buf plain = CK_BUF_INIT;
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(lookup, CK_ID_BYTES));
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		if ((err = take_call(store, lookup, stmt, &plain,
		    &call)) != CK_OK || (err = fn(ctx, &call)) != CK_OK)
			break;
	}
	ck_stmt_end(stmt);
	ck_buf_wipe(&plain);
	OPENSSL_cleanse(&call, sizeof(call));

	return err;
}
