/*
 * forwarded_pack.c - texts, hashes, visits, and the answer's bytes at the end
 */
#include <stdlib.h>
#include <string.h>

#include "store/check_in_pack.h"
#include "store/forwarded_pack.h"

/* Fields added later go behind, under a new version. */
#define PACK_VERSION 1

static enum ck_err
put_bytes(struct ck_buf *out, struct ck_span bytes)
{
	enum ck_err err;

	if (bytes.len > UINT16_MAX)
		return CK_ERR_LIMIT;
	if ((err = ck_buf_push(out, (uint8_t)(bytes.len >> 8))) != CK_OK ||
	    (err = ck_buf_push(out, (uint8_t)bytes.len)) != CK_OK)
		return err;

	return ck_buf_append(out, bytes);
}

static bool
take_bytes(struct ck_cursor *cur, struct ck_span *out)
{
	uint16_t len;

	return ck_cursor_u16(cur, &len) && ck_cursor_take(cur, len, out);
}

static bool
take_text(struct ck_cursor *cur, char *out, size_t size)
{
	struct ck_span bytes;

	if (!take_bytes(cur, &bytes) || bytes.len >= size)
		return false;
	if (bytes.len > 0)
		memcpy(out, bytes.ptr, bytes.len);
	out[bytes.len] = '\0';

	return true;
}

static enum ck_err
put_texts(const struct ck_forwarded *forwarded, struct ck_buf *out)
{
	const char *const texts[] = {
		forwarded->account, forwarded->host, forwarded->failure,
		forwarded->code, forwarded->transaction, forwarded->received,
		forwarded->words
	};
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]) && err == CK_OK; i++)
		err = put_bytes(out, ck_span_str(texts[i]));

	return err;
}

static bool
take_texts(struct ck_cursor *cur, struct ck_forwarded *out)
{
	return take_text(cur, out->account, sizeof(out->account)) &&
	    take_text(cur, out->host, sizeof(out->host)) &&
	    take_text(cur, out->failure, sizeof(out->failure)) &&
	    take_text(cur, out->code, sizeof(out->code)) &&
	    take_text(cur, out->transaction, sizeof(out->transaction)) &&
	    take_text(cur, out->received, sizeof(out->received)) &&
	    take_text(cur, out->words, sizeof(out->words));
}

static bool
take_exactly(struct ck_cursor *cur, uint8_t *out, size_t len)
{
	struct ck_span bytes;

	if (!take_bytes(cur, &bytes) || bytes.len != len)
		return false;
	memcpy(out, bytes.ptr, len);

	return true;
}

static enum ck_err
put_hashes(const struct ck_forwarded *forwarded, struct ck_buf *out)
{
	enum ck_err err;

	if ((err = put_bytes(out, ck_span_of(forwarded->salt,
	    CK_SALT_LEN))) != CK_OK ||
	    (err = put_bytes(out, ck_span_of(forwarded->question.bytes,
	    CK_TREE_HASH_LEN))) != CK_OK)
		return err;

	return put_bytes(out, ck_span_of(forwarded->answer.bytes,
	    CK_TREE_HASH_LEN));
}

/* A visit has the fields of a notice, and nothing else of its row. */
static enum ck_err
put_visit(const struct ck_notice *visit, struct ck_buf *out)
{
	struct ck_notice_row row = { .notice = *visit };
	struct ck_buf packed = CK_BUF_INIT;
	enum ck_err err = ck_pack_notice(&row, &packed);

	if (err == CK_OK)
		err = put_bytes(out, ck_buf_view(&packed));
	ck_buf_wipe(&packed);

	return err;
}

static enum ck_err
take_visit(struct ck_cursor *cur, struct ck_notice *out)
{
	struct ck_notice_row *row;
	struct ck_span packed;
	enum ck_err err;

	if (!take_bytes(cur, &packed))
		return CK_ERR_STORE_CORRUPT;
	if ((row = calloc(1, sizeof(*row))) == NULL)
		return CK_ERR_NOMEM;
	err = ck_unpack_notice(packed, row);
	*out = row->notice;
	free(row);

	return err;
}

enum ck_err
ck_pack_forwarded(const struct ck_forwarded *forwarded, struct ck_buf *out)
{
	const uint8_t head[] = {
		PACK_VERSION, (uint8_t)(forwarded->http_status >> 8),
		(uint8_t)forwarded->http_status,
		(uint8_t)forwarded->visit_count
	};
	enum ck_err err = ck_buf_append(out, ck_span_of(head, sizeof(head)));
	size_t i;

	if (err == CK_OK)
		err = put_texts(forwarded, out);
	if (err == CK_OK)
		err = put_hashes(forwarded, out);
	for (i = 0; i < forwarded->visit_count && err == CK_OK; i++)
		err = put_visit(&forwarded->visits[i], out);

	return err == CK_OK ? ck_buf_append(out,
	    ck_buf_view(&forwarded->raw)) : err;
}

enum ck_err
ck_unpack_forwarded(struct ck_span packed, struct ck_forwarded *out)
{
	struct ck_cursor cur = ck_cursor_of(packed);
	uint8_t version, count, i;
	enum ck_err err = CK_OK;
	uint16_t status;

	if (!ck_cursor_u8(&cur, &version) || version != PACK_VERSION ||
	    !ck_cursor_u16(&cur, &status) || !ck_cursor_u8(&cur, &count) ||
	    count > CK_FORWARDED_VISITS_MAX || !take_texts(&cur, out) ||
	    !take_exactly(&cur, out->salt, CK_SALT_LEN) ||
	    !take_exactly(&cur, out->question.bytes, CK_TREE_HASH_LEN) ||
	    !take_exactly(&cur, out->answer.bytes, CK_TREE_HASH_LEN))
		return CK_ERR_STORE_CORRUPT;
	out->http_status = status;
	out->visits = calloc((size_t)count + 1, sizeof(*out->visits));
	if (out->visits == NULL)
		return CK_ERR_NOMEM;
	out->visit_count = count;
	for (i = 0; i < count && err == CK_OK; i++)
		err = take_visit(&cur, &out->visits[i]);

	return err == CK_OK ? ck_buf_append(&out->raw, cur.rest) : err;
}
