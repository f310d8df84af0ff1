/*
 * sod.c - EF.SOD: the CMS inside and its list of hashes
 */
#include <string.h>

#include "card/tlv.h"
#include "lds/sod.h"

/* OID content bytes of the hash algorithms, with their digest length. */
struct hash_row {
	enum ck_hash hash;
	size_t digest_len;
	size_t oid_len;
	uint8_t oid[9];
};

static const struct hash_row hash_rows[] = {
	{ CK_HASH_SHA1, 20, 5, { 0x2B, 0x0E, 0x03, 0x02, 0x1A } },
	{ CK_HASH_SHA224, 28, 9,
	    { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04 } },
	{ CK_HASH_SHA256, 32, 9,
	    { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
	{ CK_HASH_SHA384, 48, 9,
	    { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 } },
	{ CK_HASH_SHA512, 64, 9,
	    { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 } }
};

enum ck_err
ck_sod_unwrap(struct ck_span file, struct ck_span *cms)
{
	struct ck_span body, content;

	*cms = CK_SPAN_EMPTY;
	if (!ck_tlv_only(file, 0x77, &body) ||
	    !ck_tlv_only(body, 0x30, &content))
		return CK_ERR_FILE_MALFORMED;
	*cms = body;

	return CK_OK;
}

/* AlgorithmIdentifier; parameters are absent or NULL. 9303-10 §4.6.2.3 */
static bool
read_algorithm(struct ck_cursor *cur, struct ck_sod_hashes *out)
{
	struct ck_cursor algorithm;
	struct ck_span oid, null;
	size_t i;

	if (!ck_tlv_enter(cur, 0x30, &algorithm) ||
	    !ck_tlv_expect(&algorithm, 0x06, &oid))
		return false;
	if (ck_tlv_expect(&algorithm, 0x05, &null) && null.len != 0)
		return false;
	for (i = 0; i < sizeof(hash_rows) / sizeof(hash_rows[0]); i++) {
		const struct hash_row *row = &hash_rows[i];

		if (!ck_span_equal(oid, ck_span_of(row->oid, row->oid_len)))
			continue;
		out->algorithm = row->hash;
		out->digest_len = row->digest_len;
	}

	return out->algorithm != CK_HASH_NONE && ck_cursor_at_end(&algorithm);
}

/* DataGroupHash ::= SEQ { dataGroupNumber 1..16, OCTET STRING } */
static bool
read_digest(struct ck_cursor *list, struct ck_sod_hashes *out)
{
	struct ck_cursor row;
	struct ck_span number, digest;
	uint8_t dg;

	if (!ck_tlv_enter(list, 0x30, &row) ||
	    !ck_tlv_expect(&row, 0x02, &number) || number.len != 1 ||
	    !ck_tlv_expect(&row, 0x04, &digest) ||
	    digest.len != out->digest_len || !ck_cursor_at_end(&row))
		return false;
	dg = number.ptr[0];
	if (dg < 1 || dg > 16 || ck_sod_hashes_has(out, dg))
		return false;
	out->groups |= UINT32_C(1) << dg;
	memcpy(out->digest[dg], digest.ptr, digest.len);

	return true;
}

/* Version 1 adds the versions of LDS and Unicode. 9303-10 §4.6.2.3 */
static bool
read_version_info(struct ck_cursor *cur, uint8_t version)
{
	struct ck_cursor info;
	struct ck_span lds, unicode;

	if (version == 0)
		return true;

	return ck_tlv_enter(cur, 0x30, &info) &&
	    ck_tlv_expect(&info, 0x13, &lds) &&
	    ck_tlv_expect(&info, 0x13, &unicode) && ck_cursor_at_end(&info);
}

static bool
read_security_object(struct ck_span content, struct ck_sod_hashes *out)
{
	struct ck_span body, version;
	struct ck_cursor cur, list;

	if (!ck_tlv_only(content, 0x30, &body))
		return false;
	cur = ck_cursor_of(body);
	if (!ck_tlv_expect(&cur, 0x02, &version) || version.len != 1 ||
	    version.ptr[0] > 1 || !read_algorithm(&cur, out) ||
	    !ck_tlv_enter(&cur, 0x30, &list))
		return false;
	while (!ck_cursor_at_end(&list)) {
		if (!read_digest(&list, out))
			return false;
	}

	return out->groups != 0 && read_version_info(&cur, version.ptr[0]) &&
	    ck_cursor_at_end(&cur);
}

enum ck_err
ck_sod_hashes_parse(struct ck_span content, struct ck_sod_hashes *out)
{
	memset(out, 0, sizeof(*out));
	if (read_security_object(content, out))
		return CK_OK;
	memset(out, 0, sizeof(*out));

	return CK_ERR_FILE_MALFORMED;
}

bool
ck_sod_hashes_has(const struct ck_sod_hashes *hashes, unsigned dg)
{
	return dg >= 1 && dg <= 16 && (hashes->groups >> dg & 1) != 0;
}
