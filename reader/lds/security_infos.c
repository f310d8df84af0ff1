/*
 * security_infos.c - SecurityInfos of EF.CardAccess and DG14
 */
#include <string.h>

#include "card/tlv.h"
#include "lds/security_infos.h"

static bool
read_info(struct ck_span body, struct ck_security_info *out)
{
	struct ck_cursor cur = ck_cursor_of(body);
	struct ck_tlv element;

	out->optional = CK_SPAN_EMPTY;
	if (!ck_tlv_expect(&cur, 0x06, &out->oid) || out->oid.len == 0 ||
	    !ck_tlv_next(&cur, &element))
		return false;
	out->required = element.whole;
	if (ck_cursor_at_end(&cur))
		return true;
	if (!ck_tlv_next(&cur, &element))
		return false;
	out->optional = element.whole;

	return ck_cursor_at_end(&cur);
}

static bool
read_set(struct ck_span body, struct ck_security_infos *out)
{
	struct ck_cursor cur = ck_cursor_of(body);

	while (!ck_cursor_at_end(&cur)) {
		struct ck_span info;

		if (out->count == CK_SECURITY_INFOS_MAX ||
		    !ck_tlv_expect(&cur, 0x30, &info) ||
		    !read_info(info, &out->item[out->count]))
			return false;
		out->count++;
	}

	return true;
}

enum ck_err
ck_security_infos_parse(struct ck_span set, struct ck_security_infos *out)
{
	struct ck_span body;

	memset(out, 0, sizeof(*out));
	if (ck_tlv_only(set, 0x31, &body) && read_set(body, out))
		return CK_OK;
	memset(out, 0, sizeof(*out));

	return CK_ERR_FILE_MALFORMED;
}

/* bsi-de protocols smartcard, 0.4.0.127.0.7.2.2: the next arc is the family. */
static enum ck_protocol
bsi_protocol(uint8_t arc)
{
	switch (arc) {
	case 1:
		return CK_PROTOCOL_CHIP_AUTH_KEY;
	case 2:
		return CK_PROTOCOL_TERMINAL_AUTH;
	case 3:
		return CK_PROTOCOL_CHIP_AUTH;
	case 4:
		return CK_PROTOCOL_PACE;
	default:
		return CK_PROTOCOL_OTHER;
	}
}

enum ck_protocol
ck_security_info_protocol(const struct ck_security_info *info)
{
	static const uint8_t bsi[] = {
		0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02
	};
	static const uint8_t active_auth[] = {
		0x67, 0x81, 0x08, 0x01, 0x01, 0x05
	};
	struct ck_span front = ck_span_slice(info->oid, 0, sizeof(bsi));

	if (ck_span_equal(info->oid,
	    ck_span_of(active_auth, sizeof(active_auth))))
		return CK_PROTOCOL_ACTIVE_AUTH;
	if (info->oid.len <= sizeof(bsi) ||
	    !ck_span_equal(front, ck_span_of(bsi, sizeof(bsi))))
		return CK_PROTOCOL_OTHER;

	return bsi_protocol(info->oid.ptr[sizeof(bsi)]);
}

const struct ck_security_info *
ck_security_infos_find(const struct ck_security_infos *infos,
    enum ck_protocol protocol, size_t from)
{
	size_t i;

	for (i = from; i < infos->count; i++) {
		if (ck_security_info_protocol(&infos->item[i]) == protocol)
			return &infos->item[i];
	}

	return NULL;
}

bool
ck_security_info_integer(struct ck_span element, uint32_t *out)
{
	struct ck_span value;
	uint32_t sum = 0;
	size_t i;

	if (!ck_tlv_only(element, 0x02, &value) || value.len < 1 ||
	    value.len > 4 || value.ptr[0] > 0x7F)
		return false;
	for (i = 0; i < value.len; i++)
		sum = sum << 8 | value.ptr[i];
	*out = sum;

	return true;
}
