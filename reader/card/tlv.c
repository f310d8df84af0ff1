/*
 * tlv.c - BER-TLV data objects, read through a bounded cursor
 */
#include "card/tlv.h"

/* ISO/IEC 7816-4 §6.3: five ones in the first byte announce another. */
#define TAG_MORE 0x1f

/* Further tag bytes carry this bit as long as another one follows. */
#define TAG_CONTINUES 0x80

static bool
read_tag(struct ck_cursor *cur, uint32_t *tag)
{
	unsigned more;
	uint8_t byte;

	if (!ck_cursor_u8(cur, &byte) || byte == 0x00)
		return false;	/* 00 is padding, never a tag */
	*tag = byte;
	if ((byte & TAG_MORE) != TAG_MORE)
		return true;
	for (more = 0; more < 2; more++) {
		if (!ck_cursor_u8(cur, &byte))
			return false;
		*tag = *tag << 8 | byte;
		if ((byte & TAG_CONTINUES) == 0)
			return true;
	}

	return false;
}

static bool
read_length(struct ck_cursor *cur, size_t *len)
{
	uint8_t byte;
	unsigned count;

	if (!ck_cursor_u8(cur, &byte))
		return false;
	*len = byte;
	if (byte < 0x80)
		return true;
	count = byte & 0x7fU;
	if (count < 1 || count > 4)
		return false;	/* indefinite or longer than any file */
	for (*len = 0; count > 0; count--) {
		if (!ck_cursor_u8(cur, &byte))
			return false;
		*len = *len << 8 | byte;
	}

	return true;
}

bool
ck_tlv_header(struct ck_span start, uint32_t *tag, size_t *total)
{
	struct ck_cursor cur = ck_cursor_of(start);
	size_t len;

	if (!read_tag(&cur, tag) || !read_length(&cur, &len))
		return false;
	*total = start.len - cur.rest.len + len;

	return true;
}

bool
ck_tlv_next(struct ck_cursor *cur, struct ck_tlv *out)
{
	struct ck_cursor ahead = *cur;
	size_t len;

	if (!read_tag(&ahead, &out->tag) || !read_length(&ahead, &len) ||
	    !ck_cursor_take(&ahead, len, &out->value))
		return false;
	out->whole = ck_span_slice(cur->rest, 0,
	    cur->rest.len - ahead.rest.len);
	*cur = ahead;

	return true;
}

bool
ck_tlv_peek(const struct ck_cursor *cur, uint32_t *tag)
{
	struct ck_cursor ahead = *cur;

	return read_tag(&ahead, tag);
}

bool
ck_tlv_expect(struct ck_cursor *cur, uint32_t tag, struct ck_span *value)
{
	struct ck_cursor ahead = *cur;
	struct ck_tlv object;

	if (!ck_tlv_next(&ahead, &object) || object.tag != tag)
		return false;
	*value = object.value;
	*cur = ahead;

	return true;
}

bool
ck_tlv_enter(struct ck_cursor *cur, uint32_t tag, struct ck_cursor *inner)
{
	struct ck_span value;

	if (!ck_tlv_expect(cur, tag, &value))
		return false;
	*inner = ck_cursor_of(value);

	return true;
}

bool
ck_tlv_only(struct ck_span span, uint32_t tag, struct ck_span *value)
{
	struct ck_cursor cur = ck_cursor_of(span);

	return ck_tlv_expect(&cur, tag, value) && ck_cursor_at_end(&cur);
}

bool
ck_tlv_find(struct ck_span value, uint32_t tag, struct ck_span *out)
{
	struct ck_cursor cur = ck_cursor_of(value);
	struct ck_tlv object;

	while (ck_tlv_next(&cur, &object)) {
		if (object.tag == tag) {
			*out = object.value;
			return true;
		}
	}

	return false;
}

static enum ck_err
append_number(struct ck_buf *out, uint32_t number, unsigned bytes)
{
	enum ck_err err = CK_OK;

	while (err == CK_OK && bytes-- > 0)
		err = ck_buf_push(out, (uint8_t)(number >> (8 * bytes)));

	return err;
}

enum ck_err
ck_tlv_append(struct ck_buf *out, uint32_t tag, struct ck_span value)
{
	unsigned tag_bytes = tag > 0xffff ? 3 : tag > 0xff ? 2 : 1;
	unsigned form = value.len < 0x80 ? 0 : value.len < 0x100 ? 0x81 : 0x82;
	enum ck_err err;

	if (value.len > 0xffff || tag > 0xffffff)
		return CK_ERR_LIMIT;
	if ((err = append_number(out, tag, tag_bytes)) != CK_OK)
		return err;
	if (form != 0 && (err = ck_buf_push(out, (uint8_t)form)) != CK_OK)
		return err;
	err = append_number(out, (uint32_t)value.len, form == 0x82 ? 2 : 1);
	if (err != CK_OK)
		return err;

	return ck_buf_append(out, value);
}
