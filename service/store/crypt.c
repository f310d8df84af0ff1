/*
 * crypt.c - AES-256-GCM boxes and HMAC-SHA-256 search keys
 *
 * Sources: NIST SP 800-38D (GCM), FIPS 198-1 (HMAC).
 */
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/crypt.h"
#include "store/keyfile.h"

#define BOX_VERSION 1
#define KEY_ID 1	/* keys/encryption-1.key; a new key gets the next id */
#define HEAD_LEN 2
#define NONCE_LEN 12	/* the length GCM is made for: §5.2.1.1 */
#define TAG_LEN 16
#define PLAIN_MAX (256 * 1024)	/* far above any record; below INT_MAX */

/* Random bytes are fetched by the hundred: each fetch takes locks. */
#define POOL_LEN 1024

struct ck_crypt {
	uint8_t pool[POOL_LEN];
	size_t pool_left;	/* unused bytes, at its end */
	EVP_CIPHER_CTX *seal;	/* keyed; each use sets the nonce */
	EVP_CIPHER_CTX *open;
	EVP_MAC *hmac;
	EVP_MAC_CTX *mac;	/* keyed; each use starts it again */
};

static enum ck_err
load(const char *directory, const char *name, bool make,
    uint8_t key[CK_KEY_LEN])
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/keys/%s", directory, name);

	if (len < 0 || (size_t)len >= sizeof(path))
		return CK_ERR_LIMIT;

	return ck_keyfile_load(path, make, key);
}

static enum ck_err
set_encryption_key(struct ck_crypt *crypt, const uint8_t key[CK_KEY_LEN])
{
	const EVP_CIPHER *cipher = EVP_aes_256_gcm();

	crypt->seal = EVP_CIPHER_CTX_new();
	crypt->open = EVP_CIPHER_CTX_new();
	if (crypt->seal == NULL || crypt->open == NULL)
		return CK_ERR_NOMEM;
	if (EVP_EncryptInit_ex(crypt->seal, cipher, NULL, key, NULL) != 1 ||
	    EVP_DecryptInit_ex(crypt->open, cipher, NULL, key, NULL) != 1)
		return CK_ERR_CRYPTO;

	return CK_OK;
}

static enum ck_err
set_hash_key(struct ck_crypt *crypt, const uint8_t key[CK_KEY_LEN])
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
		    0),
		OSSL_PARAM_construct_end()
	};

	if ((crypt->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL)) == NULL)
		return CK_ERR_CRYPTO;
	if ((crypt->mac = EVP_MAC_CTX_new(crypt->hmac)) == NULL)
		return CK_ERR_NOMEM;
	if (EVP_MAC_init(crypt->mac, key, CK_KEY_LEN, params) != 1)
		return CK_ERR_CRYPTO;

	return CK_OK;
}

static enum ck_err
make_key_directory(const char *directory)
{
	char path[PATH_MAX];
	int len = snprintf(path, sizeof(path), "%s/keys", directory);

	if (len < 0 || (size_t)len >= sizeof(path))
		return CK_ERR_LIMIT;

	return ck_keyfile_directory(path);
}

static enum ck_err
set_keys(struct ck_crypt *crypt, const char *directory, bool make)
{
	uint8_t key[CK_KEY_LEN];
	enum ck_err err;

	if (make && (err = make_key_directory(directory)) != CK_OK)
		return err;
	err = load(directory, "encryption-1.key", make, key);
	if (err == CK_OK)
		err = set_encryption_key(crypt, key);
	if (err == CK_OK)
		err = load(directory, "hash.key", make, key);
	if (err == CK_OK)
		err = set_hash_key(crypt, key);
	OPENSSL_cleanse(key, sizeof(key));

	return err;
}

enum ck_err
ck_crypt_new(struct ck_crypt **out, const char *directory, bool make)
{
	struct ck_crypt *crypt;
	enum ck_err err;

	*out = NULL;
	if ((crypt = calloc(1, sizeof(*crypt))) == NULL)
		return CK_ERR_NOMEM;
	if ((err = set_keys(crypt, directory, make)) == CK_OK) {
		*out = crypt;
		crypt = NULL;
	}
	ck_crypt_free(&crypt);

	return err;
}

void
ck_crypt_free(struct ck_crypt **crypt)
{
	if (*crypt == NULL)
		return;
	EVP_CIPHER_CTX_free((*crypt)->seal);	/* these wipe their keys */
	EVP_CIPHER_CTX_free((*crypt)->open);
	EVP_MAC_CTX_free((*crypt)->mac);
	EVP_MAC_free((*crypt)->hmac);
	OPENSSL_cleanse(*crypt, sizeof(**crypt));
	free(*crypt);
	*crypt = NULL;
}

/* Table name with its NUL, then the row: no two places read the same. */
static bool
authenticate(EVP_CIPHER_CTX *ctx, struct ck_box_place place)
{
	int len;

	return EVP_CipherUpdate(ctx, NULL, &len,
	    (const unsigned char *)place.table,
	    (int)strlen(place.table) + 1) == 1 &&
	    EVP_CipherUpdate(ctx, NULL, &len, place.row.ptr,
	    (int)place.row.len) == 1;
}

static bool
encrypt(EVP_CIPHER_CTX *ctx, struct ck_box_place place, struct ck_span plain,
    uint8_t *box)
{
	uint8_t *nonce = box + HEAD_LEN;
	uint8_t *text = nonce + NONCE_LEN;
	int len;

	return EVP_EncryptInit_ex(ctx, NULL, NULL, NULL, nonce) == 1 &&
	    authenticate(ctx, place) &&
	    EVP_EncryptUpdate(ctx, text, &len, plain.ptr,
	    (int)plain.len) == 1 &&
	    EVP_EncryptFinal_ex(ctx, text + plain.len, &len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_GET_TAG, TAG_LEN,
	    text + plain.len) == 1;
}

enum ck_err
ck_crypt_random(struct ck_crypt *crypt, void *out, size_t len)
{
	uint8_t *from;

	if (len > POOL_LEN)
		return CK_ERR_LIMIT;
	if (crypt->pool_left < len) {
		crypt->pool_left = 0;
		if (RAND_bytes(crypt->pool, POOL_LEN) != 1)
			return CK_ERR_CRYPTO;
		crypt->pool_left = POOL_LEN;
	}
	from = crypt->pool + POOL_LEN - crypt->pool_left;
	memcpy(out, from, len);
	OPENSSL_cleanse(from, len);
	crypt->pool_left -= len;

	return CK_OK;
}

enum ck_err
ck_crypt_seal(struct ck_crypt *crypt, struct ck_box_place place,
    struct ck_span plain, struct ck_buf *box)
{
	enum ck_err err;

	box->len = 0;
	if (plain.len == 0 || plain.len > PLAIN_MAX)
		return CK_ERR_LIMIT;
	err = ck_buf_resize(box, HEAD_LEN + NONCE_LEN + plain.len + TAG_LEN);
	if (err != CK_OK)
		return err;
	box->ptr[0] = BOX_VERSION;
	box->ptr[1] = KEY_ID;
	if (ck_crypt_random(crypt, box->ptr + HEAD_LEN, NONCE_LEN) != CK_OK ||
	    !encrypt(crypt->seal, place, plain, box->ptr)) {
		box->len = 0;
		return CK_ERR_CRYPTO;
	}

	return CK_OK;
}

struct box_parts {
	struct ck_span nonce, text, tag;
};

static enum ck_err
split(struct ck_span box, struct box_parts *parts)
{
	struct ck_cursor cur = ck_cursor_of(box);
	uint8_t version, key;

	if (!ck_cursor_u8(&cur, &version) || version != BOX_VERSION ||
	    !ck_cursor_u8(&cur, &key))
		return CK_ERR_STORE_CORRUPT;
	if (key != KEY_ID)
		return CK_ERR_STORE_KEY;
	if (!ck_cursor_take(&cur, NONCE_LEN, &parts->nonce) ||
	    cur.rest.len <= TAG_LEN || cur.rest.len > PLAIN_MAX ||
	    !ck_cursor_take(&cur, cur.rest.len - TAG_LEN, &parts->text))
		return CK_ERR_STORE_CORRUPT;
	parts->tag = cur.rest;

	return CK_OK;
}

/* False when the box is not what was sealed at this place. */
static bool
decrypt(EVP_CIPHER_CTX *ctx, struct ck_box_place place,
    const struct box_parts *parts, uint8_t *out)
{
	uint8_t tag[TAG_LEN];
	int len;

	memcpy(tag, parts->tag.ptr, TAG_LEN);	/* ctrl wants it writable */

	return EVP_DecryptInit_ex(ctx, NULL, NULL, NULL,
	    parts->nonce.ptr) == 1 &&
	    authenticate(ctx, place) &&
	    EVP_DecryptUpdate(ctx, out, &len, parts->text.ptr,
	    (int)parts->text.len) == 1 &&
	    EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, TAG_LEN,
	    tag) == 1 &&
	    EVP_DecryptFinal_ex(ctx, out + parts->text.len, &len) == 1;
}

enum ck_err
ck_crypt_open(struct ck_crypt *crypt, struct ck_box_place place,
    struct ck_span box, struct ck_buf *plain)
{
	struct box_parts parts;
	enum ck_err err;

	plain->len = 0;
	if ((err = split(box, &parts)) != CK_OK)
		return err;
	if ((err = ck_buf_resize(plain, parts.text.len)) != CK_OK)
		return err;
	if (!decrypt(crypt->open, place, &parts, plain->ptr)) {
		OPENSSL_cleanse(plain->ptr, plain->len);
		plain->len = 0;
		return CK_ERR_STORE_CORRUPT;
	}

	return CK_OK;
}

enum ck_err
ck_crypt_hash(struct ck_crypt *crypt, uint8_t domain, const char *text,
    uint8_t out[CK_HASH_LEN])
{
	uint8_t full[32];
	size_t len;

	if (EVP_MAC_init(crypt->mac, NULL, 0, NULL) != 1 ||
	    EVP_MAC_update(crypt->mac, &domain, 1) != 1 ||
	    EVP_MAC_update(crypt->mac, (const unsigned char *)text,
	    strlen(text)) != 1 ||
	    EVP_MAC_final(crypt->mac, full, &len, sizeof(full)) != 1)
		return CK_ERR_CRYPTO;
	memcpy(out, full, CK_HASH_LEN);
	OPENSSL_cleanse(full, sizeof(full));

	return CK_OK;
}
