/*
 * check_in_pack.c - texts one behind the other
 */
#include <string.h>

#include "store/check_in_pack.h"

/* Of both layouts. Fields added later go behind, under a new version. */
#define PACK_VERSION 1

static enum ck_err
put_text(struct ck_buf *out, const char *text)
{
	size_t len = strlen(text);
	enum ck_err err;

	if (len > UINT16_MAX)
		return CK_ERR_LIMIT;
	if ((err = ck_buf_push(out, (uint8_t)(len >> 8))) != CK_OK ||
	    (err = ck_buf_push(out, (uint8_t)len)) != CK_OK)
		return err;

	return ck_buf_append(out, ck_span_of(text, len));
}

static bool
take_text(struct ck_cursor *cur, char *out, size_t size)
{
	struct ck_span bytes;
	uint16_t len;

	if (!ck_cursor_u16(cur, &len) || len >= size ||
	    !ck_cursor_take(cur, len, &bytes))
		return false;
	if (len > 0)
		memcpy(out, bytes.ptr, len);
	out[len] = '\0';

	return true;
}

static enum ck_err
put_fields(struct ck_buf *out, const struct ck_notice *notice)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < CK_FIELDS && err == CK_OK; i++)
		err = put_text(out, ck_notice_get(notice,
		    (enum ck_notice_field)i));

	return err;
}

/* Bytes as they were: normalised when they were set. */
static enum ck_err
take_fields(struct ck_cursor *cur, struct ck_notice *notice)
{
	struct ck_span bytes;
	uint16_t len;
	enum ck_err err;
	size_t i;

	for (i = 0; i < CK_FIELDS; i++) {
		if (!ck_cursor_u16(cur, &len) ||
		    !ck_cursor_take(cur, len, &bytes))
			return CK_ERR_STORE_CORRUPT;
		if (len == 0)
			continue;
		if ((err = ck_buf_append(&notice->value[i], bytes)) != CK_OK ||
		    (err = ck_buf_push(&notice->value[i], 0)) != CK_OK)
			return err;
	}

	return CK_OK;
}

static bool
take_version(struct ck_cursor *cur)
{
	uint8_t version;

	return ck_cursor_u8(cur, &version) && version == PACK_VERSION;
}

enum ck_err
ck_pack_check_in(const struct ck_check_in *check_in, struct ck_buf *out)
{
	enum ck_err err;

	if ((err = ck_buf_push(out, PACK_VERSION)) != CK_OK ||
	    (err = ck_buf_push(out, (uint8_t)check_in->flags)) != CK_OK ||
	    (err = put_text(out, check_in->operator_name)) != CK_OK ||
	    (err = put_text(out, check_in->desk)) != CK_OK)
		return err;

	return put_fields(out, &check_in->draft);
}

enum ck_err
ck_unpack_check_in(struct ck_span packed, struct ck_check_in *out)
{
	struct ck_cursor cur = ck_cursor_of(packed);
	enum ck_err err;
	uint8_t flags;

	if (!take_version(&cur) || !ck_cursor_u8(&cur, &flags) ||
	    !take_text(&cur, out->operator_name,
	    sizeof(out->operator_name)) ||
	    !take_text(&cur, out->desk, sizeof(out->desk)))
		return CK_ERR_STORE_CORRUPT;
	out->flags = flags;
	if ((err = take_fields(&cur, &out->draft)) != CK_OK)
		return err;

	return ck_cursor_at_end(&cur) ? CK_OK : CK_ERR_STORE_CORRUPT;
}

enum ck_err
ck_pack_notice(const struct ck_notice_row *row, struct ck_buf *out)
{
	enum ck_err err;

	if ((err = ck_buf_push(out, PACK_VERSION)) != CK_OK ||
	    (err = put_text(out, row->code)) != CK_OK ||
	    (err = put_text(out, row->transaction)) != CK_OK ||
	    (err = put_text(out, row->received)) != CK_OK ||
	    (err = put_text(out, row->words)) != CK_OK)
		return err;

	return put_fields(out, &row->notice);
}

enum ck_err
ck_unpack_notice(struct ck_span packed, struct ck_notice_row *out)
{
	struct ck_cursor cur = ck_cursor_of(packed);
	enum ck_err err;

	if (!take_version(&cur) ||
	    !take_text(&cur, out->code, sizeof(out->code)) ||
	    !take_text(&cur, out->transaction, sizeof(out->transaction)) ||
	    !take_text(&cur, out->received, sizeof(out->received)) ||
	    !take_text(&cur, out->words, sizeof(out->words)))
		return CK_ERR_STORE_CORRUPT;
	if ((err = take_fields(&cur, &out->notice)) != CK_OK)
		return err;

	return ck_cursor_at_end(&cur) ? CK_OK : CK_ERR_STORE_CORRUPT;
}
