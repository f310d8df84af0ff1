/*
 * kdf.c - keys out of secrets: what is printed, and what was agreed
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdio.h>
#include <string.h>

#include "access/kdf.h"
#include "lds/mrz.h"

/* DES ignores the lowest bit of each byte; ICAO sets it for odd parity. */
static void
set_odd_parity(struct ck_cipher_key *key)
{
	size_t i;

	for (i = 0; i < key->len; i++) {
		unsigned bits = key->bytes[i] >> 1;
		unsigned ones = (unsigned)__builtin_popcount(bits);

		key->bytes[i] = (uint8_t)(bits << 1 | (ones % 2 == 0 ? 1 : 0));
	}
}

static bool
digest(const EVP_MD *md, struct ck_span secret, const uint8_t counter[4],
    uint8_t hash[EVP_MAX_MD_SIZE])
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool ok = ctx != NULL && EVP_DigestInit_ex(ctx, md, NULL) &&
	    EVP_DigestUpdate(ctx, secret.ptr, secret.len) &&
	    EVP_DigestUpdate(ctx, counter, 4) &&
	    EVP_DigestFinal_ex(ctx, hash, NULL);

	EVP_MD_CTX_free(ctx);

	return ok;
}

enum ck_err
ck_kdf(struct ck_span secret, enum ck_kdf_use use, enum ck_suite suite,
    struct ck_cipher_key *key)
{
	const uint8_t counter[4] = { 0, 0, 0, (uint8_t)use };
	uint8_t hash[EVP_MAX_MD_SIZE];
	enum ck_err err = CK_ERR_CRYPTO;
	const EVP_MD *md;

	*key = (struct ck_cipher_key){ .len = ck_suite_key_len(suite) };
	md = key->len > 16 ? EVP_sha256() : EVP_sha1();	/* §9.7.1.1-3 */
	if (digest(md, secret, counter, hash)) {
		memcpy(key->bytes, hash, key->len);
		if (suite == CK_SUITE_3DES)
			set_odd_parity(key);
		err = CK_OK;
	}
	OPENSSL_cleanse(hash, sizeof(hash));

	return err;
}

/* Append one field of the MRZ and its check digit. */
static bool
add_field(char out[CK_MRZ_INFORMATION_MAX], const char *field)
{
	int check = ck_mrz_check_digit(ck_span_str(field));
	size_t at = strlen(out);
	int len;

	if (check < 0)
		return false;
	len = snprintf(out + at, CK_MRZ_INFORMATION_MAX - at, "%s%d", field,
	    check);

	return len > 0 && (size_t)len < CK_MRZ_INFORMATION_MAX - at;
}

static bool
add_date(char out[CK_MRZ_INFORMATION_MAX], struct ck_date date)
{
	char text[16];
	bool ok;

	if (!ck_date_valid(date) || date.day == 0)
		return false;
	(void)snprintf(text, sizeof(text), "%02u%02u%02u", date.year % 100U,
	    (unsigned)date.month, (unsigned)date.day);
	ok = add_field(out, text);
	OPENSSL_cleanse(text, sizeof(text));

	return ok;
}

enum ck_err
ck_mrz_information(const char *document_number, struct ck_date birth,
    struct ck_date expiry, char out[CK_MRZ_INFORMATION_MAX])
{
	char padded[CK_MRZ_INFORMATION_MAX];
	size_t len = strlen(document_number);
	enum ck_err err = CK_ERR_ACCESS_KEY_NEEDED;

	out[0] = '\0';
	if (len > 0 && len < CK_MRZ_INFORMATION_MAX - 17) {
		(void)snprintf(padded, sizeof(padded), "%s%.*s",
		    document_number, len < 9 ? (int)(9 - len) : 0,
		    "<<<<<<<<<");
		if (add_field(out, padded) && add_date(out, birth) &&
		    add_date(out, expiry))
			err = CK_OK;
	}
	OPENSSL_cleanse(padded, sizeof(padded));
	if (err != CK_OK)
		OPENSSL_cleanse(out, CK_MRZ_INFORMATION_MAX);

	return err;
}

enum ck_err
ck_mrz_hash(const char *information, uint8_t hash[CK_MRZ_HASH_LEN])
{
	if (!EVP_Digest(information, strlen(information), hash, NULL,
	    EVP_sha1(), NULL))
		return CK_ERR_CRYPTO;

	return CK_OK;
}
