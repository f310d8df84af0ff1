/*
 * check_in_pack.c - texts one behind the other
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/check_in_pack.h"

/* Fields added later go behind, under a new version. */
#define CHECK_IN_VERSION 1

/* 1: to the fields; 2: also answer_id and corrects. */
#define NOTICE_VERSION 2

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
take_version(struct ck_cursor *cur, uint8_t newest, uint8_t *version)
{
	return ck_cursor_u8(cur, version) && *version >= 1 &&
	    *version <= newest;
}

enum ck_err
ck_pack_check_in(const struct ck_check_in *check_in, struct ck_buf *out)
{
	enum ck_err err;

	if ((err = ck_buf_push(out, CHECK_IN_VERSION)) != CK_OK ||
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
	uint8_t flags, version;

	if (!take_version(&cur, CHECK_IN_VERSION, &version) ||
	    !ck_cursor_u8(&cur, &flags) ||
	    !take_text(&cur, out->operator_name,
	    sizeof(out->operator_name)) ||
	    !take_text(&cur, out->desk, sizeof(out->desk)))
		return CK_ERR_STORE_CORRUPT;
	out->flags = flags;
	if ((err = take_fields(&cur, &out->draft)) != CK_OK)
		return err;

	return ck_cursor_at_end(&cur) ? CK_OK : CK_ERR_STORE_CORRUPT;
}

static enum ck_err
put_number(struct ck_buf *out, int64_t number)
{
	char text[24];

	(void)snprintf(text, sizeof(text), "%" PRId64, number);

	return put_text(out, text);
}

static bool
take_number(struct ck_cursor *cur, int64_t *out)
{
	char text[24];

	if (!take_text(cur, text, sizeof(text)))
		return false;
	*out = strtoll(text, NULL, 10);

	return true;
}

enum ck_err
ck_pack_notice(const struct ck_notice_row *row, struct ck_buf *out)
{
	enum ck_err err;

	if ((err = ck_buf_push(out, NOTICE_VERSION)) != CK_OK ||
	    (err = put_text(out, row->code)) != CK_OK ||
	    (err = put_text(out, row->transaction)) != CK_OK ||
	    (err = put_text(out, row->received)) != CK_OK ||
	    (err = put_text(out, row->words)) != CK_OK ||
	    (err = put_fields(out, &row->notice)) != CK_OK ||
	    (err = put_text(out, row->answer_id)) != CK_OK)
		return err;

	return put_number(out, row->corrects);
}

enum ck_err
ck_unpack_notice(struct ck_span packed, struct ck_notice_row *out)
{
	struct ck_cursor cur = ck_cursor_of(packed);
	uint8_t version;
	enum ck_err err;

	if (!take_version(&cur, NOTICE_VERSION, &version) ||
	    !take_text(&cur, out->code, sizeof(out->code)) ||
	    !take_text(&cur, out->transaction, sizeof(out->transaction)) ||
	    !take_text(&cur, out->received, sizeof(out->received)) ||
	    !take_text(&cur, out->words, sizeof(out->words)))
		return CK_ERR_STORE_CORRUPT;
	if ((err = take_fields(&cur, &out->notice)) != CK_OK)
		return err;
	if (version >= 2 && (!take_text(&cur, out->answer_id,
	    sizeof(out->answer_id)) || !take_number(&cur, &out->corrects)))
		return CK_ERR_STORE_CORRUPT;

	return ck_cursor_at_end(&cur) ? CK_OK : CK_ERR_STORE_CORRUPT;
}
