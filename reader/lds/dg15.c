/*
 * dg15.c - DG15: one template around a SubjectPublicKeyInfo
 */
#include "card/tlv.h"
#include "lds/dg15.h"

/* RFC 5280 §4.1: SEQ { SEQ { OID, parameters }, BIT STRING }. */
static bool
read_key(struct ck_span body, struct ck_dg15 *out)
{
	struct ck_span key, bits;
	struct ck_cursor cur, algorithm;

	if (!ck_tlv_only(body, 0x30, &key))
		return false;
	cur = ck_cursor_of(key);
	if (!ck_tlv_enter(&cur, 0x30, &algorithm) ||
	    !ck_tlv_expect(&algorithm, 0x06, &out->algorithm) ||
	    !ck_tlv_expect(&cur, 0x03, &bits) || bits.len < 2)
		return false;
	out->key = body;

	return out->algorithm.len > 0 && ck_cursor_at_end(&cur);
}

enum ck_err
ck_dg15_parse(struct ck_span file, struct ck_dg15 *out)
{
	struct ck_span body;

	*out = (struct ck_dg15){ CK_SPAN_EMPTY, CK_SPAN_EMPTY };
	if (ck_tlv_only(file, 0x6F, &body) && read_key(body, out))
		return CK_OK;
	*out = (struct ck_dg15){ CK_SPAN_EMPTY, CK_SPAN_EMPTY };

	return CK_ERR_FILE_MALFORMED;
}
