/*
 * com.c - EF.COM: versions and the list of data groups
 */
#include <string.h>

#include "card/tlv.h"
#include "lds/com.h"

/* 9303-10 §4.6.1 table 36: the tag of DG1, DG2, … DG16. */
static const uint8_t group_tags[] = {
	0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68,
	0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70
};

static void
note_group(uint8_t tag, struct ck_com *out)
{
	size_t i;

	for (i = 0; i < sizeof(group_tags); i++) {
		if (group_tags[i] == tag)
			out->groups |= UINT32_C(1) << (i + 1);
	}
}

/* A version is ASCII digits of exactly this many bytes. */
static bool
read_version(struct ck_cursor *cur, uint32_t tag, char *out, size_t len)
{
	struct ck_span value;
	size_t i;

	if (!ck_tlv_expect(cur, tag, &value) || value.len != len)
		return false;
	for (i = 0; i < len; i++) {
		if (value.ptr[i] < '0' || value.ptr[i] > '9')
			return false;
		out[i] = (char)value.ptr[i];
	}

	return true;
}

static bool
read_file(struct ck_span file, struct ck_com *out)
{
	struct ck_span body, list;
	struct ck_cursor cur;
	size_t i;

	if (!ck_tlv_only(file, 0x60, &body))
		return false;
	cur = ck_cursor_of(body);
	if (!read_version(&cur, 0x5F01, out->lds_version, 4) ||
	    !read_version(&cur, 0x5F36, out->unicode_version, 6) ||
	    !ck_tlv_expect(&cur, 0x5C, &list))
		return false;
	for (i = 0; i < list.len; i++)
		note_group(list.ptr[i], out);

	return ck_cursor_at_end(&cur);
}

enum ck_err
ck_com_parse(struct ck_span file, struct ck_com *out)
{
	*out = (struct ck_com){ 0 };
	if (read_file(file, out))
		return CK_OK;
	*out = (struct ck_com){ 0 };

	return CK_ERR_FILE_MALFORMED;
}

bool
ck_com_has(const struct ck_com *com, unsigned dg)
{
	return dg >= 1 && dg <= 16 && (com->groups >> dg & 1) != 0;
}
