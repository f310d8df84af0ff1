/*
 * sign.c - a PKCS #12 file, and what its key signs
 */
#include <openssl/evp.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "checkin/sign.h"
#include "ck/log.h"

struct ck_signer_file {
	EVP_PKEY *key;
	X509 *certificate;	/* of that key; NULL: there is none */
	char path[1024];	/* for complaints */
};

static enum ck_err
complain(const char *path, const char *what)
{
	ck_log(CK_LOG_ERROR, "checkin", "%s: %s; see signature_file and "
	    "signature_password_file under [check_in]", path, what);

	return CK_ERR_CONFIG;
}

static enum ck_err
read_file(const char *path, PKCS12 **out)
{
	FILE *file = fopen(path, "rbe");

	if (file == NULL)
		return complain(path, strerror(errno));
	*out = d2i_PKCS12_fp(file, NULL);
	(void)fclose(file);

	return *out != NULL ? CK_OK : complain(path, "not a PKCS #12 file");
}

/* A wrong password and an old encryption are told apart: what to do differs. */
static enum ck_err
parse(struct ck_signer_file *signer, PKCS12 *file, const char *password)
{
	if (PKCS12_mac_present(file) == 1 &&
	    PKCS12_verify_mac(file, password, -1) != 1)
		return complain(signer->path, "the password does not open it");
	if (PKCS12_parse(file, password, &signer->key, &signer->certificate,
	    NULL) != 1)
		return complain(signer->path, "its encryption is too old for "
		    "OpenSSL (RC2, for one), or it is damaged; write it anew "
		    "with openssl pkcs12 -legacy and openssl pkcs12 -export");

	return signer->key != NULL ? CK_OK :
	    complain(signer->path, "it holds no private key");
}

enum ck_err
ck_sign_open(struct ck_signer_file **out, const char *path,
    const char *password)
{
	struct ck_signer_file *signer = calloc(1, sizeof(*signer));
	PKCS12 *file = NULL;
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (signer == NULL || (err = read_file(path, &file)) != CK_OK)
		goto out;
	(void)snprintf(signer->path, sizeof(signer->path), "%s", path);
	if ((err = parse(signer, file, password)) != CK_OK)
		goto out;
	*out = signer;
	signer = NULL;
out:
	PKCS12_free(file);
	ck_sign_free(&signer);

	return err;
}

void
ck_sign_free(struct ck_signer_file **signer)
{
	if (*signer == NULL)
		return;
	EVP_PKEY_free((*signer)->key);
	X509_free((*signer)->certificate);
	free(*signer);
	*signer = NULL;
}

/* "2026-11-23", in UTC as the certificate has it. */
static void
print_day(const ASN1_TIME *instant, char out[16])
{
	struct tm tm;

	if (ASN1_TIME_to_tm(instant, &tm) != 1 ||
	    strftime(out, 16, "%Y-%m-%d", &tm) == 0)
		(void)snprintf(out, 16, "?");
}

enum ck_err
ck_sign_in_force(const struct ck_signer_file *signer, int64_t wall_ms)
{
	const ASN1_TIME *from, *to;
	time_t now = (time_t)(wall_ms / 1000);
	char words[256], day[16];

	if (signer->certificate == NULL)
		return CK_OK;
	from = X509_get0_notBefore(signer->certificate);
	to = X509_get0_notAfter(signer->certificate);
	if (X509_cmp_time(from, &now) < 0 && X509_cmp_time(to, &now) > 0)
		return CK_OK;
	if (X509_cmp_time(from, &now) >= 0) {
		print_day(from, day);
		(void)snprintf(words, sizeof(words), "its certificate holds "
		    "from %s on only; is this computer's clock right?", day);
	} else {
		print_day(to, day);
		(void)snprintf(words, sizeof(words), "its certificate expired "
		    "on %s, and the insurer refuses what it signs: have it "
		    "renewed by whoever issued it, and register the new one "
		    "with the insurer", day);
	}

	return complain(signer->path, words);
}

enum ck_err
ck_sign_check(const char *path, const char *password, int64_t wall_ms)
{
	struct ck_signer_file *signer;
	enum ck_err err = ck_sign_open(&signer, path, password);

	if (err == CK_OK)
		err = ck_sign_in_force(signer, wall_ms);
	ck_sign_free(&signer);

	return err;
}

static enum ck_err
sign(struct ck_signer_file *signer, struct ck_span data, struct ck_buf *out)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = (size_t)EVP_PKEY_get_size(signer->key);
	enum ck_err err = CK_ERR_NOMEM;

	if (ctx == NULL || (err = ck_buf_resize(out, len)) != CK_OK)
		goto out;
	if (EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL,
	    signer->key) != 1 ||
	    EVP_DigestSign(ctx, out->ptr, &len, data.ptr, data.len) != 1)
		err = CK_ERR_CRYPTO;
	else
		out->len = len;		/* ECDSA is shorter than its size */
out:
	EVP_MD_CTX_free(ctx);

	return err;
}

enum ck_err
ck_sign_base64(struct ck_signer_file *signer, struct ck_span data,
    struct ck_buf *out)
{
	struct ck_buf raw = CK_BUF_INIT;
	enum ck_err err = CK_ERR_CRYPTO;

	ck_buf_wipe(out);
	if (data.len == 0)
		return CK_ERR_CRYPTO;
	if ((err = sign(signer, data, &raw)) == CK_OK &&
	    (err = ck_buf_resize(out, 4 * ((raw.len + 2) / 3) + 1)) == CK_OK)
		(void)EVP_EncodeBlock(out->ptr, raw.ptr, (int)raw.len);
	ck_buf_wipe(&raw);

	return err;
}
