/*
 * document.c - a receipt as JSON
 */
#include "ck/clock.h"
#include "ck/hex.h"
#include "io/json.h"
#include "receipt/document.h"

/* The longest thing printed: a signature. */
#define HEX_LEN CK_HEX_LEN(CK_SIGNATURE_LEN)

static json_t *
hex(const void *bytes, size_t len)
{
	char text[HEX_LEN] = "";

	if (len <= CK_SIGNATURE_LEN)
		ck_hex_print(ck_span_of(bytes, len), text);

	return json_string(text);
}

static json_t *
batch_json(const struct ck_receipt *receipt)
{
	const struct ck_batch *batch = &receipt->batch;

	return json_pack("{s:I, s:o, s:I, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "number", (json_int_t)batch->number,
	    "epoch", hex(batch->epoch, CK_EPOCH_LEN),
	    "first", (json_int_t)batch->first,
	    "count", (json_int_t)batch->count,
	    "made_at", ck_json_instant(batch->made_ms),
	    "root", hex(batch->root.bytes, CK_TREE_HASH_LEN),
	    "previous", hex(receipt->previous.bytes, CK_TREE_HASH_LEN),
	    "head", hex(batch->head.bytes, CK_TREE_HASH_LEN),
	    "signature", hex(batch->signature, CK_SIGNATURE_LEN),
	    "key", hex(receipt->public, CK_PUBLIC_LEN));
}

static json_t *
path_json(const struct ck_tree_path *path)
{
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < path->len && list != NULL; i++) {
		if (json_array_append_new(list, hex(path->beside[i].bytes,
		    CK_TREE_HASH_LEN)) != 0) {
			json_decref(list);
			return NULL;
		}
	}

	return list;
}

json_t *
ck_receipt_json(const char *id, const struct ck_receipt *receipt)
{
	const struct ck_buf *statement = &receipt->statement;
	bool erased = statement->len == 0;

	return json_pack("{s:s, s:s, s:I, s:o, s:o, s:o, s:o, s:o, s:o}",
	    "id", id,
	    "about", ck_receipt_kind_label(receipt->kind),
	    "number", (json_int_t)receipt->number,
	    "made_at", ck_json_instant(receipt->made_ms),
	    "statement", erased ? json_null() :
	    json_stringn((const char *)statement->ptr, statement->len),
	    "salt", erased ? json_null() : hex(receipt->salt, CK_SALT_LEN),
	    "commitment", hex(receipt->commitment.bytes, CK_TREE_HASH_LEN),
	    "path", path_json(&receipt->path),
	    "batch", batch_json(receipt));
}

json_t *
ck_receipt_head_json(const struct ck_batch *batch,
    const uint8_t public[CK_PUBLIC_LEN])
{
	if (batch->number == 0)
		return json_null();

	return json_pack("{s:I, s:I, s:o, s:o, s:o, s:o, s:o}",
	    "batch", (json_int_t)batch->number,
	    "receipts", (json_int_t)(batch->first + batch->count - 1),
	    "epoch", hex(batch->epoch, CK_EPOCH_LEN),
	    "made_at", ck_json_instant(batch->made_ms),
	    "head", hex(batch->head.bytes, CK_TREE_HASH_LEN),
	    "signature", hex(batch->signature, CK_SIGNATURE_LEN),
	    "key", hex(public, CK_PUBLIC_LEN));
}
