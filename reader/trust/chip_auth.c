/*
 * chip_auth.c - chip authentication: choice of the key, and key agreement
 */
#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/err.h>

#include <string.h>

#include "trust/chip_auth.h"
#include "trust/public_key.h"
#include "trust/strength.h"

/* Where the OID of a protocol or of a key says k: DH or ECDH. §9.2.6, §9.2.7 */
#define OID_KIND_AT 8
#define KIND_DH 1
#define KIND_ECDH 2

/* Content bytes of a key's OID: 0.4.0.127.0.7.2.2.1.k */
#define KEY_OID_LEN 9

#define PROTOCOL_VERSION 1

/* Primes beyond this cost the reader more time than any chip would take. */
#define DH_BITS_MIN 1024
#define DH_BITS_MAX 4096
#define DH_BITS_STRONG 2048

/* A protocol as DG14 names it, or as its absence means. */
struct protocol {
	uint8_t kind, suite;
	bool has_reference;	/* the key that it is for */
	uint32_t reference;
};

/* ChipAuthenticationInfo: version 1, perhaps the number of its key. §9.2.5 */
static bool
read_protocol(const struct ck_security_info *info, struct protocol *out)
{
	uint32_t version;

	if (ck_security_info_protocol(info) != CK_PROTOCOL_CHIP_AUTH ||
	    info->oid.len != CK_CHIP_AUTH_OID_LEN ||
	    !ck_security_info_integer(info->required, &version) ||
	    version != PROTOCOL_VERSION)
		return false;
	out->kind = info->oid.ptr[OID_KIND_AT];
	out->suite = info->oid.ptr[OID_KIND_AT + 1];
	out->has_reference = info->optional.len > 0;

	return !out->has_reference ||
	    ck_security_info_integer(info->optional, &out->reference);
}

/* The chip is told which of its keys only where it has several. §6.2.4.2 */
static bool
is_ambiguous(const struct ck_security_infos *infos)
{
	size_t i, keys = 0;

	for (i = 0; i < infos->count; i++)
		keys += ck_security_info_protocol(&infos->item[i]) ==
		    CK_PROTOCOL_CHIP_AUTH_KEY;

	return keys > 1;
}

static bool
is_key(const struct ck_security_info *info)
{
	return ck_security_info_protocol(info) == CK_PROTOCOL_CHIP_AUTH_KEY &&
	    info->oid.len == KEY_OID_LEN;
}

/* Whether we can reckon with it; weak tells whether that proves anything. */
static bool
is_usable(EVP_PKEY *key, uint8_t kind, bool *weak)
{
	int bits = EVP_PKEY_get_bits(key);

	if (kind == KIND_ECDH) {
		*weak = !ck_strength_key(key);
		return EVP_PKEY_is_a(key, "EC") == 1;
	}
	*weak = bits < DH_BITS_STRONG;

	return kind == KIND_DH && bits >= DH_BITS_MIN && bits <= DH_BITS_MAX &&
	    (EVP_PKEY_is_a(key, "DH") == 1 || EVP_PKEY_is_a(key, "DHX") == 1);
}

/* NULL for any key that we do not use. */
static EVP_PKEY *
decode_key(struct ck_span der, uint8_t kind, bool *weak)
{
	EVP_PKEY *key = ck_public_key_decode(der);

	if (key != NULL && !is_usable(key, kind, weak)) {
		EVP_PKEY_free(key);
		key = NULL;
	}

	return key;
}

/* Whether this key is the one that the protocol is for. */
static bool
fits(const struct ck_security_info *info, const struct protocol *protocol,
    struct ck_chip_key *out)
{
	if (!is_key(info) || info->oid.ptr[OID_KIND_AT] != protocol->kind)
		return false;
	out->has_reference = info->optional.len > 0;
	if (out->has_reference &&
	    !ck_security_info_integer(info->optional, &out->reference))
		return false;

	return !protocol->has_reference || (out->has_reference &&
	    out->reference == protocol->reference);
}

static bool
take_key(const struct ck_security_infos *infos,
    const struct protocol *protocol, struct ck_chip_key *out)
{
	static const uint8_t family[] = {
		0x04, 0x00, 0x7f, 0x00, 0x07, 0x02, 0x02, 0x03
	};
	size_t i;

	for (i = 0; i < infos->count; i++) {
		if (!fits(&infos->item[i], protocol, out))
			continue;
		out->key = decode_key(infos->item[i].required, protocol->kind,
		    &out->weak);
		if (out->key == NULL)
			continue;
		memcpy(out->oid, family, sizeof(family));
		out->oid[OID_KIND_AT] = protocol->kind;
		out->oid[OID_KIND_AT + 1] = protocol->suite;
		out->suite = (enum ck_chip_auth_suite)protocol->suite;
		out->has_reference &= is_ambiguous(infos);
		return true;
	}

	return false;
}

/* Before there were protocols to choose from: 3DES. TR-03110-3 §A.1.1.3 */
static bool
take_unnamed(const struct ck_security_infos *infos, struct ck_chip_key *out)
{
	struct protocol protocol = { KIND_ECDH, CK_CHIP_AUTH_3DES, false, 0 };

	if (ck_security_infos_find(infos, CK_PROTOCOL_CHIP_AUTH, 0) != NULL)
		return false;
	if (take_key(infos, &protocol, out))
		return true;
	protocol.kind = KIND_DH;

	return take_key(infos, &protocol, out);
}

static bool
take_suite(const struct ck_security_infos *infos, uint8_t suite,
    struct ck_chip_key *out)
{
	struct protocol protocol;
	size_t i;

	for (i = 0; i < infos->count; i++) {
		if (read_protocol(&infos->item[i], &protocol) &&
		    protocol.suite == suite &&
		    take_key(infos, &protocol, out))
			return true;
	}

	return false;
}

void
ck_chip_key_choose(const struct ck_security_infos *infos,
    struct ck_chip_key *out)
{
	struct ck_chip_key found = { .announced =
	    ck_security_infos_find(infos, CK_PROTOCOL_CHIP_AUTH_KEY, 0) !=
	    NULL };
	uint8_t suite = CK_CHIP_AUTH_AES256;

	while (suite >= CK_CHIP_AUTH_3DES &&
	    !take_suite(infos, suite, &found))
		suite--;
	if (found.key == NULL)
		(void)take_unnamed(infos, &found);
	*out = found;
}

/* A fresh key over the domain parameters of the chip's. */
static EVP_PKEY *
make_pair(EVP_PKEY *chip)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(chip, NULL);
	EVP_PKEY *pair = NULL;

	if (ctx == NULL || EVP_PKEY_keygen_init(ctx) != 1 ||
	    EVP_PKEY_keygen(ctx, &pair) != 1)
		pair = NULL;
	EVP_PKEY_CTX_free(ctx);

	return pair;
}

/* The chip's key may have been written as a compressed point; ours is not. */
static enum ck_err
encode_ours(EVP_PKEY *pair, struct ck_buf *out)
{
	uint8_t *bytes = NULL;
	enum ck_err err = CK_ERR_CRYPTO;
	size_t len;

	if (EVP_PKEY_is_a(pair, "EC") == 1 && EVP_PKEY_set_utf8_string_param(
	    pair, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
	    OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED) != 1)
		return err;
	len = EVP_PKEY_get1_encoded_public_key(pair, &bytes);
	if (len > 0)
		err = ck_buf_append(out, ck_span_of(bytes, len));
	OPENSSL_free(bytes);

	return err;
}

static enum ck_err
derive(EVP_PKEY *pair, EVP_PKEY *chip, struct ck_buf *secret)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(pair, NULL);
	enum ck_err err = CK_ERR_CRYPTO;
	size_t len = 0;

	if (ctx == NULL || EVP_PKEY_derive_init(ctx) != 1 ||
	    EVP_PKEY_derive_set_peer(ctx, chip) != 1)
		goto out;
	if (EVP_PKEY_is_a(pair, "EC") != 1 &&
	    EVP_PKEY_CTX_set_dh_pad(ctx, 1) != 1)
		goto out;
	if (EVP_PKEY_derive(ctx, NULL, &len) != 1)
		goto out;
	if ((err = ck_buf_resize(secret, len)) != CK_OK)
		goto out;
	err = CK_ERR_CRYPTO;
	if (EVP_PKEY_derive(ctx, secret->ptr, &len) == 1 && len == secret->len)
		err = CK_OK;
out:
	EVP_PKEY_CTX_free(ctx);

	return err;
}

enum ck_err
ck_chip_key_agree(const struct ck_chip_key *chip, struct ck_buf *ours,
    struct ck_buf *secret)
{
	EVP_PKEY *pair = NULL;
	enum ck_err err = CK_ERR_CRYPTO;

	ck_buf_wipe(ours);
	ck_buf_wipe(secret);
	if (chip->key == NULL || (pair = make_pair(chip->key)) == NULL)
		goto out;
	if ((err = encode_ours(pair, ours)) != CK_OK)
		goto out;
	err = derive(pair, chip->key, secret);
out:
	EVP_PKEY_free(pair);
	ERR_clear_error();
	if (err != CK_OK) {
		ck_buf_wipe(ours);
		ck_buf_wipe(secret);
	}

	return err;
}

void
ck_chip_key_free(struct ck_chip_key *chip)
{
	EVP_PKEY_free(chip->key);
	*chip = (struct ck_chip_key){ 0 };
}
