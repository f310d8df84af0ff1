/*
 * active_auth.c - active authentication: keys of DG15 and answers to challenges
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/rsa.h>

#include <string.h>

#include "card/tlv.h"
#include "lds/dg15.h"
#include "trust/active_auth.h"
#include "trust/public_key.h"
#include "trust/strength.h"

#define RSA_BITS_MIN 1024
#define RSA_BITS_MAX 4096
#define RSA_BYTES_MAX (RSA_BITS_MAX / 8)

/* Longest order of a curve: P-521. */
#define ORDER_BYTES_MAX 66

#define INFO_VERSION 1

/* Part of the message is recovered, no padding before it. 9796-2 §8.1 */
#define HEADER 0x6a

/* Trailers of one byte (SHA-1 alone) and of two. 9796-2 §8.1.3 */
#define TRAILER_SHA1 0xbc
#define TRAILER_NAMED 0xcc

/* 0.4.0.127.0.7.1.1.4.1.n: plain ECDSA with hash n. TR-03111 §5.2.1.1 */
static bool
plain_ecdsa_digest(struct ck_span oid, int *digest)
{
	static const uint8_t family[] = {
		0x04, 0x00, 0x7f, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01
	};
	static const int digests[] = {
		NID_undef, NID_sha1, NID_sha224, NID_sha256, NID_sha384,
		NID_sha512
	};
	uint8_t n;

	if (oid.len != sizeof(family) + 1 ||
	    memcmp(oid.ptr, family, sizeof(family)) != 0)
		return false;
	n = oid.ptr[sizeof(family)];
	if (n == 0 || n >= sizeof(digests) / sizeof(digests[0]))
		return false;
	*digest = digests[n];

	return true;
}

/* ActiveAuthenticationInfo: version 1 and the signature's OID. §9.2.3 */
static bool
find_digest(const struct ck_security_infos *infos, int *digest)
{
	const struct ck_security_info *info;
	struct ck_span oid;
	uint32_t version;

	if (infos == NULL)
		return false;
	info = ck_security_infos_find(infos, CK_PROTOCOL_ACTIVE_AUTH, 0);

	return info != NULL &&
	    ck_security_info_integer(info->required, &version) &&
	    version == INFO_VERSION &&
	    ck_tlv_only(info->optional, 0x06, &oid) &&
	    plain_ecdsa_digest(oid, digest);
}

static bool
is_usable(const struct ck_security_infos *infos, struct ck_active_key *active)
{
	int bits = EVP_PKEY_get_bits(active->key);

	active->weak = !ck_strength_key(active->key);
	if (EVP_PKEY_is_a(active->key, "RSA") == 1)
		return bits >= RSA_BITS_MIN && bits <= RSA_BITS_MAX &&
		    bits % 8 == 0;

	return EVP_PKEY_is_a(active->key, "EC") == 1 &&
	    find_digest(infos, &active->digest);
}

enum ck_err
ck_active_key_read(struct ck_span dg15, const struct ck_security_infos *infos,
    struct ck_active_key *out)
{
	struct ck_dg15 parsed;
	enum ck_err err;

	*out = (struct ck_active_key){ .digest = NID_undef };
	if ((err = ck_dg15_parse(dg15, &parsed)) != CK_OK)
		return err;
	out->key = ck_public_key_decode(parsed.key);
	if (out->key != NULL && !is_usable(infos, out))
		ck_active_key_free(out);

	return CK_OK;
}

/* Bytes of the curve's order; 0 if it cannot be told. */
static size_t
order_len(const EVP_PKEY *key)
{
	BIGNUM *order = NULL;
	int len = 0;

	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_EC_ORDER, &order) == 1)
		len = BN_num_bytes(order);
	BN_free(order);

	return len > 0 && len <= ORDER_BYTES_MAX ? (size_t)len : 0;
}

size_t
ck_active_answer_len(const struct ck_active_key *active)
{
	if (EVP_PKEY_is_a(active->key, "RSA") == 1)
		return (size_t)EVP_PKEY_get_size(active->key);

	return 2 * order_len(active->key);
}

/* SEQUENCE { r, s }, which OpenSSL takes. NULL on error; OPENSSL_free() it. */
static uint8_t *
der_signature(struct ck_span answer, int *der_len)
{
	int half = (int)(answer.len / 2);
	BIGNUM *r = BN_bin2bn(answer.ptr, half, NULL);
	BIGNUM *s = BN_bin2bn(answer.ptr + half, half, NULL);
	ECDSA_SIG *signature = ECDSA_SIG_new();
	uint8_t *der = NULL;

	if (r == NULL || s == NULL || signature == NULL ||
	    ECDSA_SIG_set0(signature, r, s) != 1) {
		BN_free(r);
		BN_free(s);
		ECDSA_SIG_free(signature);
		return NULL;
	}
	*der_len = i2d_ECDSA_SIG(signature, &der);
	ECDSA_SIG_free(signature);

	return *der_len > 0 ? der : NULL;
}

static enum ck_err
verify_ecdsa(const struct ck_active_key *active, struct ck_span challenge,
    struct ck_span answer)
{
	const EVP_MD *md = EVP_get_digestbynid(active->digest);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	enum ck_err err = CK_ERR_CRYPTO;
	uint8_t *der = NULL;
	int len = 0;

	if (ctx == NULL || md == NULL ||
	    (der = der_signature(answer, &len)) == NULL ||
	    EVP_DigestVerifyInit(ctx, NULL, md, NULL, active->key) != 1)
		goto out;
	err = EVP_DigestVerify(ctx, der, (size_t)len, challenge.ptr,
	    challenge.len) == 1 ? CK_OK : CK_ERR_TRUST_CLONE;
out:
	OPENSSL_free(der);
	EVP_MD_CTX_free(ctx);

	return err;
}

/* The public operation. False for a number that is not below the modulus. */
static bool
open_signature(EVP_PKEY *key, struct ck_span answer,
    uint8_t out[RSA_BYTES_MAX])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t len = RSA_BYTES_MAX;
	bool ok = ctx != NULL && EVP_PKEY_verify_recover_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) == 1 &&
	    EVP_PKEY_verify_recover(ctx, out, &len, answer.ptr,
	    answer.len) == 1 && len == answer.len;

	EVP_PKEY_CTX_free(ctx);

	return ok;
}

/*
 * Of s and n - s the signer takes the smaller one, so what was opened may be
 * n less the representative; that one ends in the half-byte C. 9796-2 §B.4
 */
static bool
undo_complement(const EVP_PKEY *key, uint8_t *opened, size_t len)
{
	BIGNUM *n = NULL, *value = NULL;
	bool ok = false;

	if ((opened[len - 1] & 0x0f) == 0x0c)
		return true;
	if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    (value = BN_bin2bn(opened, (int)len, NULL)) != NULL &&
	    BN_sub(value, n, value) == 1 &&
	    BN_bn2binpad(value, opened, (int)len) == (int)len)
		ok = true;
	BN_free(n);
	BN_free(value);

	return ok;
}

/* The hash that the trailer names; NULL for any other trailer. */
static const EVP_MD *
trailer_digest(const uint8_t *opened, size_t len, size_t *trailer_len)
{
	*trailer_len = 1;
	if (opened[len - 1] == TRAILER_SHA1)
		return EVP_sha1();
	*trailer_len = 2;
	if (opened[len - 1] != TRAILER_NAMED)
		return NULL;
	switch (opened[len - 2]) {	/* ISO/IEC 10118-3 */
	case 0x34:
		return EVP_sha256();
	case 0x35:
		return EVP_sha512();
	case 0x36:
		return EVP_sha384();
	case 0x38:
		return EVP_sha224();
	default:
		return NULL;
	}
}

static bool
hash_message(const EVP_MD *md, struct ck_span recovered,
    struct ck_span challenge, uint8_t digest[EVP_MAX_MD_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL) == 1 &&
	    EVP_DigestUpdate(ctx, recovered.ptr, recovered.len) == 1 &&
	    EVP_DigestUpdate(ctx, challenge.ptr, challenge.len) == 1 &&
	    EVP_DigestFinal_ex(ctx, digest, NULL) == 1;

	EVP_MD_CTX_free(ctx);

	return ok;
}

/* Header, recovered part, hash, trailer: all of it, to the byte. 9796-2 §8.1 */
static enum ck_err
check_opened(const uint8_t *opened, size_t len, struct ck_span challenge)
{
	uint8_t digest[EVP_MAX_MD_SIZE];
	size_t trailer_len, digest_len, recovered_len;
	const EVP_MD *md = trailer_digest(opened, len, &trailer_len);

	if (opened[0] != HEADER || md == NULL)
		return CK_ERR_TRUST_CLONE;
	digest_len = (size_t)EVP_MD_get_size(md);
	recovered_len = len - 1 - digest_len - trailer_len;
	if (!hash_message(md, ck_span_of(opened + 1, recovered_len), challenge,
	    digest))
		return CK_ERR_CRYPTO;

	return CRYPTO_memcmp(opened + 1 + recovered_len, digest,
	    digest_len) == 0 ? CK_OK : CK_ERR_TRUST_CLONE;
}

static enum ck_err
verify_rsa(const struct ck_active_key *active, struct ck_span challenge,
    struct ck_span answer)
{
	uint8_t opened[RSA_BYTES_MAX];

	if (!open_signature(active->key, answer, opened))
		return CK_ERR_TRUST_CLONE;
	if (!undo_complement(active->key, opened, answer.len))
		return CK_ERR_CRYPTO;

	return check_opened(opened, answer.len, challenge);
}

enum ck_err
ck_active_verify(const struct ck_active_key *active,
    const uint8_t challenge[CK_ACTIVE_CHALLENGE_LEN], struct ck_span answer)
{
	struct ck_span asked = ck_span_of(challenge, CK_ACTIVE_CHALLENGE_LEN);
	enum ck_err err = CK_ERR_TRUST_CLONE;

	if (answer.len != 0 && answer.len == ck_active_answer_len(active))
		err = EVP_PKEY_is_a(active->key, "RSA") == 1 ?
		    verify_rsa(active, asked, answer) :
		    verify_ecdsa(active, asked, answer);
	ERR_clear_error();

	return err;
}

void
ck_active_key_free(struct ck_active_key *active)
{
	EVP_PKEY_free(active->key);
	*active = (struct ck_active_key){ .digest = NID_undef };
}
