/*
 * cipher.c - CBC, retail MAC, CMAC and padding over OpenSSL
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "access/cipher.h"

#define DES_BLOCK 8

struct suite_row {
	const char *cbc;	/* OpenSSL's name */
	size_t key_len, block_len;
};

static const struct suite_row *
row_of(enum ck_suite suite)
{
	static const struct suite_row rows[] = {
		[CK_SUITE_3DES] = { "DES-EDE-CBC", 16, DES_BLOCK },
		[CK_SUITE_AES128] = { "AES-128-CBC", 16, 16 },
		[CK_SUITE_AES192] = { "AES-192-CBC", 24, 16 },
		[CK_SUITE_AES256] = { "AES-256-CBC", 32, 16 },
	};

	return &rows[suite];
}

size_t
ck_suite_key_len(enum ck_suite suite)
{
	return row_of(suite)->key_len;
}

size_t
ck_suite_block_len(enum ck_suite suite)
{
	return row_of(suite)->block_len;
}

static bool
run_cipher(EVP_CIPHER_CTX *ctx, const EVP_CIPHER *cipher,
    const struct ck_cipher_key *key, const uint8_t *iv, struct ck_span in,
    uint8_t *out, bool encrypt)
{
	static const uint8_t zero[CK_BLOCK_MAX];
	int len = 0, last = 0;

	if (!EVP_CipherInit_ex2(ctx, cipher, key->bytes,
	    iv == NULL ? zero : iv, encrypt ? 1 : 0, NULL) ||
	    !EVP_CIPHER_CTX_set_padding(ctx, 0))
		return false;

	return EVP_CipherUpdate(ctx, out, &len, in.ptr, (int)in.len) &&
	    EVP_CipherFinal_ex(ctx, out + len, &last) &&
	    (size_t)len + (size_t)last == in.len;
}

static enum ck_err
cbc(enum ck_suite suite, const struct ck_cipher_key *key, const uint8_t *iv,
    struct ck_span in, struct ck_buf *out, bool encrypt)
{
	const struct suite_row *row = row_of(suite);
	EVP_CIPHER_CTX *ctx = NULL;
	EVP_CIPHER *cipher = NULL;
	enum ck_err err = CK_ERR_LIMIT;

	ck_buf_wipe(out);
	if (key->len != row->key_len || in.len % row->block_len != 0 ||
	    in.len > INT_MAX)
		goto out;
	if ((err = ck_buf_resize(out, in.len)) != CK_OK)
		goto out;
	err = CK_ERR_CRYPTO;
	if ((cipher = EVP_CIPHER_fetch(NULL, row->cbc, NULL)) == NULL)
		goto out;
	if ((ctx = EVP_CIPHER_CTX_new()) == NULL)
		goto out;
	if (in.len == 0 ||
	    run_cipher(ctx, cipher, key, iv, in, out->ptr, encrypt))
		err = CK_OK;
out:
	EVP_CIPHER_CTX_free(ctx);
	EVP_CIPHER_free(cipher);
	if (err != CK_OK)
		ck_buf_wipe(out);

	return err;
}

enum ck_err
ck_cbc_encrypt(enum ck_suite suite, const struct ck_cipher_key *key,
    const uint8_t *iv, struct ck_span in, struct ck_buf *out)
{
	return cbc(suite, key, iv, in, out, true);
}

enum ck_err
ck_cbc_decrypt(enum ck_suite suite, const struct ck_cipher_key *key,
    const uint8_t *iv, struct ck_span in, struct ck_buf *out)
{
	return cbc(suite, key, iv, in, out, false);
}

/*
 * ISO/IEC 9797-1 algorithm 3: single DES under the first half of the key over
 * all blocks but the last, whose result starts the two-key 3DES of the last.
 */
static enum ck_err
retail_mac(const struct ck_cipher_key *key, struct ck_span in,
    uint8_t mac[CK_MAC_LEN])
{
	struct ck_cipher_key single = { { 0 }, 16 };
	struct ck_buf front = CK_BUF_INIT, last = CK_BUF_INIT;
	const uint8_t *chain = NULL;
	enum ck_err err = CK_ERR_LIMIT;
	size_t front_len;

	if (key->len != 16 || in.len < DES_BLOCK || in.len % DES_BLOCK != 0)
		goto out;
	memcpy(single.bytes, key->bytes, DES_BLOCK);
	memcpy(single.bytes + DES_BLOCK, key->bytes, DES_BLOCK);
	front_len = in.len - DES_BLOCK;
	err = cbc(CK_SUITE_3DES, &single, NULL,
	    ck_span_slice(in, 0, front_len), &front, true);
	if (err != CK_OK)
		goto out;
	if (front_len > 0)
		chain = front.ptr + front_len - DES_BLOCK;
	err = cbc(CK_SUITE_3DES, key, chain,
	    ck_span_slice(in, front_len, DES_BLOCK), &last, true);
	if (err == CK_OK)
		memcpy(mac, last.ptr, CK_MAC_LEN);
out:
	OPENSSL_cleanse(&single, sizeof(single));
	ck_buf_wipe(&front);
	ck_buf_wipe(&last);

	return err;
}

static enum ck_err
aes_cmac(enum ck_suite suite, const struct ck_cipher_key *key,
    struct ck_span in, uint8_t mac[CK_MAC_LEN])
{
	char name[16];
	OSSL_PARAM params[2] = { OSSL_PARAM_END, OSSL_PARAM_END };
	uint8_t full[CK_BLOCK_MAX];
	EVP_MAC_CTX *ctx = NULL;
	EVP_MAC *cmac = NULL;
	enum ck_err err = CK_ERR_CRYPTO;
	size_t len = 0;

	if (key->len != ck_suite_key_len(suite))
		return CK_ERR_LIMIT;
	(void)snprintf(name, sizeof(name), "%s", row_of(suite)->cbc);
	params[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER,
	    name, 0);
	if ((cmac = EVP_MAC_fetch(NULL, "CMAC", NULL)) == NULL ||
	    (ctx = EVP_MAC_CTX_new(cmac)) == NULL)
		goto out;
	if (!EVP_MAC_init(ctx, key->bytes, key->len, params) ||
	    !EVP_MAC_update(ctx, in.ptr, in.len) ||
	    !EVP_MAC_final(ctx, full, &len, sizeof(full)))
		goto out;
	memcpy(mac, full, CK_MAC_LEN);
	err = CK_OK;
out:
	EVP_MAC_CTX_free(ctx);
	EVP_MAC_free(cmac);
	OPENSSL_cleanse(full, sizeof(full));

	return err;
}

enum ck_err
ck_mac(enum ck_suite suite, const struct ck_cipher_key *key, struct ck_span in,
    uint8_t mac[CK_MAC_LEN])
{
	if (suite == CK_SUITE_3DES)
		return retail_mac(key, in, mac);

	return aes_cmac(suite, key, in, mac);
}

enum ck_err
ck_pad(struct ck_buf *buf, size_t block_len)
{
	enum ck_err err;

	if ((err = ck_buf_push(buf, 0x80)) != CK_OK)
		return err;

	return ck_buf_resize(buf,
	    (buf->len + block_len - 1) / block_len * block_len);
}

bool
ck_unpad(struct ck_buf *buf, size_t block_len)
{
	size_t len = buf->len, zeros = 0;

	while (len > 0 && zeros < block_len && buf->ptr[len - 1] == 0x00) {
		len--;
		zeros++;
	}
	if (len == 0 || zeros >= block_len || buf->ptr[len - 1] != 0x80)
		return false;
	buf->len = len - 1;

	return true;
}
