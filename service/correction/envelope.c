/*
 * envelope.c - a correction case, readable by the insurance office alone
 */
#include <openssl/cms.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "correction/envelope.h"

/* NIST SP 800-57 part 1, table 2: 112 and 128 bits of strength. */
#define RSA_BITS_MIN 2048
#define CURVE_BITS_MIN 256

struct ck_office {
	X509 *certificate;
};

/* --- The certificate ------------------------------------------------------ */

static const char *
check_key(X509 *certificate)
{
	EVP_PKEY *key = X509_get0_pubkey(certificate);

	if (key == NULL)
		return "its key cannot be read: ask the office for another "
		    "certificate";
	switch (EVP_PKEY_get_base_id(key)) {
	case EVP_PKEY_RSA:
		return EVP_PKEY_get_bits(key) >= RSA_BITS_MIN ? NULL :
		    "its RSA key has less than 2048 bits: ask the office for "
		    "another certificate";
	case EVP_PKEY_EC:
		return EVP_PKEY_get_bits(key) >= CURVE_BITS_MIN ? NULL :
		    "its curve has less than 256 bits: ask the office for "
		    "another certificate";
	default:
		return "its key is neither RSA nor of an elliptic curve: ask "
		    "the office for another certificate";
	}
}

enum ck_err
ck_office_load(struct ck_office **out, const char *path, const char **why)
{
	struct ck_office *office = calloc(1, sizeof(*office));
	FILE *file = office == NULL ? NULL : fopen(path, "re");

	*out = NULL;
	*why = NULL;
	if (office == NULL)
		return CK_ERR_NOMEM;
	if (file == NULL)
		*why = "the file cannot be read";
	else if ((office->certificate = PEM_read_X509(file, NULL, NULL,
	    NULL)) == NULL)
		*why = "it holds no certificate in PEM";
	else
		*why = check_key(office->certificate);
	if (file != NULL)
		(void)fclose(file);
	ERR_clear_error();
	if (*why != NULL)
		ck_office_free(&office);
	*out = office;

	return *why == NULL ? CK_OK : CK_ERR_OFFICE_CERTIFICATE;
}

void
ck_office_free(struct ck_office **office)
{
	if (*office == NULL)
		return;
	X509_free((*office)->certificate);
	free(*office);
	*office = NULL;
}

enum ck_err
ck_office_in_force(const struct ck_office *office, int64_t wall_ms)
{
	time_t now = (time_t)(wall_ms / 1000);

	return X509_cmp_time(X509_get0_notBefore(office->certificate),
	    &now) < 0 &&
	    X509_cmp_time(X509_get0_notAfter(office->certificate), &now) > 0 ?
	    CK_OK : CK_ERR_OFFICE_CERTIFICATE;
}

enum ck_err
ck_office_fingerprint(const struct ck_office *office,
    uint8_t out[CK_FINGERPRINT_LEN])
{
	unsigned len = 0;

	return X509_digest(office->certificate, EVP_sha256(), out,
	    &len) == 1 && len == CK_FINGERPRINT_LEN ? CK_OK : CK_ERR_CRYPTO;
}

/* --- Sealing -------------------------------------------------------------- */

/* What OpenSSL does by itself is PKCS #1 v1.5, and SHA-1 in the key
 * agreement. RFC 3560 §2.2, RFC 5753 §7.1.4 */
static bool
choose_algorithms(CMS_RecipientInfo *recipient)
{
	EVP_PKEY_CTX *ctx = recipient == NULL ? NULL :
	    CMS_RecipientInfo_get0_pkey_ctx(recipient);

	if (ctx == NULL)
		return false;
	if (CMS_RecipientInfo_type(recipient) == CMS_RECIPINFO_AGREE)
		return EVP_PKEY_CTX_set_ecdh_kdf_md(ctx, EVP_sha256()) > 0;

	return EVP_PKEY_CTX_set_rsa_padding(ctx,
	    RSA_PKCS1_OAEP_PADDING) > 0 &&
	    EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) > 0 &&
	    EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) > 0;
}

static enum ck_err
print(CMS_ContentInfo *cms, struct ck_buf *out)
{
	uint8_t *der = NULL;
	int len = i2d_CMS_ContentInfo(cms, &der);
	enum ck_err err = CK_ERR_CRYPTO;

	if (len > CK_ENVELOPE_MAX)
		err = CK_ERR_LIMIT;
	else if (len > 0)
		err = ck_buf_append(out, ck_span_of(der, (size_t)len));
	OPENSSL_free(der);

	return err;
}

enum ck_err
ck_envelope_seal(const struct ck_office *office, struct ck_span plain,
    struct ck_buf *out)
{
	CMS_ContentInfo *cms = NULL;
	BIO *in = NULL;
	enum ck_err err = CK_ERR_CRYPTO;

	ck_buf_wipe(out);
	if (plain.len == 0 || plain.len > CK_ENVELOPE_MAX)
		return CK_ERR_LIMIT;
	in = BIO_new_mem_buf(plain.ptr, (int)plain.len);
	cms = CMS_encrypt(NULL, NULL, EVP_aes_256_gcm(),
	    CMS_BINARY | CMS_PARTIAL);
	if (in != NULL && cms != NULL && choose_algorithms(
	    CMS_add1_recipient_cert(cms, office->certificate,
	    CMS_KEY_PARAM)) && CMS_final(cms, in, NULL, CMS_BINARY) == 1)
		err = print(cms, out);
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	ERR_clear_error();
	if (err != CK_OK)
		ck_buf_wipe(out);

	return err;
}

/* --- Opening -------------------------------------------------------------- */

/* NULL: not one AuthEnvelopedData for one recipient, or bytes behind it. */
static CMS_ContentInfo *
parse(struct ck_span envelope)
{
	const uint8_t *at = envelope.ptr;
	CMS_ContentInfo *cms;

	if (envelope.len == 0 || envelope.len > CK_ENVELOPE_MAX)
		return NULL;
	cms = d2i_CMS_ContentInfo(NULL, &at, (long)envelope.len);
	if (cms != NULL && (at != envelope.ptr + envelope.len ||
	    OBJ_obj2nid(CMS_get0_type(cms)) !=
	    NID_id_smime_ct_authEnvelopedData ||
	    sk_CMS_RecipientInfo_num(CMS_get0_RecipientInfos(cms)) != 1)) {
		CMS_ContentInfo_free(cms);
		cms = NULL;
	}
	ERR_clear_error();

	return cms;
}

enum ck_err
ck_envelope_check(struct ck_span envelope)
{
	CMS_ContentInfo *cms = parse(envelope);

	CMS_ContentInfo_free(cms);

	return cms != NULL ? CK_OK : CK_ERR_CASE_MALFORMED;
}

static enum ck_err
load_key(const char *path, EVP_PKEY **out, const char **why)
{
	FILE *file = fopen(path, "re");
	struct stat info;

	if (file == NULL)
		*why = "the key file cannot be read";
	else if (fstat(fileno(file), &info) != 0 || (info.st_mode & 077) != 0)
		*why = "others may read the key; chmod 600, and think about "
		    "a new one";
	else if ((*out = PEM_read_PrivateKey(file, NULL, NULL, NULL)) == NULL)
		*why = "the file holds no private key in PEM, or the "
		    "passphrase is wrong";
	if (file != NULL)
		(void)fclose(file);

	return *why == NULL ? CK_OK : CK_ERR_CONFIG;
}

/* What came out before the tag was found wrong is wiped, never given. */
static enum ck_err
decrypt(CMS_ContentInfo *cms, EVP_PKEY *key, struct ck_buf *plain)
{
	BIO *out = BIO_new(BIO_s_mem());
	char *bytes = NULL;
	enum ck_err err = CK_ERR_NOMEM;
	long len;

	if (out == NULL)
		return err;
	err = CMS_decrypt(cms, key, NULL, NULL, out, CMS_BINARY) == 1 ?
	    CK_OK : CK_ERR_CASE_SEALED;
	len = BIO_get_mem_data(out, &bytes);
	if (err == CK_OK)
		err = len > 0 ? ck_buf_append(plain, ck_span_of(bytes,
		    (size_t)len)) : CK_ERR_CASE_MALFORMED;
	if (len > 0)
		OPENSSL_cleanse(bytes, (size_t)len);
	BIO_free(out);

	return err;
}

enum ck_err
ck_envelope_open(const char *path, struct ck_span envelope,
    struct ck_buf *plain, const char **why)
{
	CMS_ContentInfo *cms = parse(envelope);
	EVP_PKEY *key = NULL;
	enum ck_err err = CK_ERR_CASE_MALFORMED;

	*why = NULL;
	ck_buf_wipe(plain);
	if (cms == NULL) {
		*why = "it is no envelope, or bytes follow it";
	} else if ((err = load_key(path, &key, why)) == CK_OK &&
	    (err = decrypt(cms, key, plain)) != CK_OK) {
		*why = "it was encrypted to another key, or changed on its "
		    "way";
		ck_buf_wipe(plain);
	}
	EVP_PKEY_free(key);
	CMS_ContentInfo_free(cms);
	ERR_clear_error();

	return err;
}
