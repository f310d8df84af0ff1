/*
 * sign.c - a PKCS #12 file, and what its key signs
 */
#include <openssl/evp.h>
#include <openssl/pkcs12.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkin/sign.h"
#include "ck/log.h"

struct ck_signer_file {
	EVP_PKEY *key;
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
	if (PKCS12_parse(file, password, &signer->key, NULL, NULL) != 1)
		err = complain(path, "the password does not open it");
	else if (signer->key == NULL)
		err = complain(path, "it holds no private key");
	if (err != CK_OK)
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
	free(*signer);
	*signer = NULL;
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
