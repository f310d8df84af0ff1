/*
 * strength.c - which keys and digests are strong enough
 */
#include <string.h>

#include "trust/strength.h"

#define RSA_BITS_MIN 2048

/* Longest name of a curve in OpenSSL, with room. */
#define CURVE_NAME_LEN 64

/* 9303-12 §4.4.2: the curves of TR-03111 and FIPS 186 from 224 bits. */
static const char *const curves[] = {
	"brainpoolP224r1", "brainpoolP256r1", "brainpoolP320r1",
	"brainpoolP384r1", "brainpoolP512r1",
	"secp224r1", "prime256v1", "secp384r1", "secp521r1"
};

bool
ck_strength_digest(int digest_nid, bool sha1_allowed)
{
	switch (digest_nid) {
	case NID_sha224:
	case NID_sha256:
	case NID_sha384:
	case NID_sha512:
		return true;
	case NID_sha1:
		return sha1_allowed;
	default:
		return false;
	}
}

static bool
on_known_curve(const EVP_PKEY *key)
{
	char name[CURVE_NAME_LEN];
	size_t i;

	/* Named also for explicit parameters, if they are a known curve's. */
	if (EVP_PKEY_get_group_name(key, name, sizeof(name), NULL) != 1)
		return false;
	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
		if (strcmp(name, curves[i]) == 0)
			return true;
	}

	return false;
}

bool
ck_strength_key(const EVP_PKEY *key)
{
	if (EVP_PKEY_is_a(key, "EC"))
		return on_known_curve(key);
	if (EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "RSA-PSS"))
		return EVP_PKEY_get_bits(key) >= RSA_BITS_MIN;

	return false;
}

bool
ck_strength_certificate(X509 *cert, bool sha1_allowed)
{
	const EVP_PKEY *key = X509_get0_pubkey(cert);
	int digest = NID_undef;

	return key != NULL && ck_strength_key(key) &&
	    X509_get_signature_info(cert, &digest, NULL, NULL, NULL) == 1 &&
	    ck_strength_digest(digest, sha1_allowed);
}
