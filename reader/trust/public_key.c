/*
 * public_key.c - one public key that a chip has shown
 */
#include <openssl/err.h>
#include <openssl/x509.h>

#include <stdbool.h>

#include "trust/public_key.h"

/* Longest name of a curve in OpenSSL, with room. */
#define CURVE_NAME_LEN 64

/* OpenSSL decodes the point at infinity without complaint. */
static bool
is_sound(EVP_PKEY *key)
{
	char curve[CURVE_NAME_LEN];
	EVP_PKEY_CTX *ctx;
	bool ok;

	if (EVP_PKEY_is_a(key, "EC") == 1 && EVP_PKEY_get_group_name(key,
	    curve, sizeof(curve), NULL) != 1)
		return false;
	if (EVP_PKEY_is_a(key, "RSA") == 1)
		return true;
	ctx = EVP_PKEY_CTX_new(key, NULL);
	ok = ctx != NULL && EVP_PKEY_public_check(ctx) == 1;
	EVP_PKEY_CTX_free(ctx);

	return ok;
}

EVP_PKEY *
ck_public_key_decode(struct ck_span der)
{
	const uint8_t *next = der.ptr;
	EVP_PKEY *key = NULL;

	if (der.len > 0 && der.len <= INT32_MAX)
		key = d2i_PUBKEY(NULL, &next, (long)der.len);
	if (key != NULL && (next != der.ptr + der.len || !is_sound(key))) {
		EVP_PKEY_free(key);
		key = NULL;
	}
	ERR_clear_error();

	return key;
}
