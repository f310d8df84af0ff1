/*
 * chain.c - commitments, heads, and Ed25519 over them
 *
 * Sources: RFC 8032 (Ed25519). Every hash begins with a text of its own, so
 * that bytes of one purpose never pass for those of another.
 */
#include <openssl/evp.h>

#include <stdlib.h>
#include <string.h>

#include "receipt/chain.h"

#define COMMITMENT_TEXT "checkin receipt commitment 1"
#define HEAD_TEXT "checkin receipt head 1"

struct ck_signer {
	EVP_PKEY *key;
	EVP_MD_CTX *ctx;
};

enum ck_err
ck_chain_commit(struct ck_span salt, struct ck_span statement,
    struct ck_tree_hash *out)
{
	const struct ck_span parts[] = {
		ck_span_of(COMMITMENT_TEXT, sizeof(COMMITMENT_TEXT)), salt,
		statement
	};

	if (salt.len != CK_SALT_LEN)
		return CK_ERR_LIMIT;

	return ck_tree_digest(parts, 3, out);
}

static void
put_number(uint8_t out[8], int64_t value)
{
	size_t i;

	for (i = 0; i < 8; i++)
		out[i] = (uint8_t)((uint64_t)value >> (56 - 8 * i));
}

enum ck_err
ck_chain_head(const struct ck_batch *batch,
    const struct ck_tree_hash *previous, struct ck_tree_hash *out)
{
	uint8_t numbers[4][8];
	const struct ck_span parts[] = {
		ck_span_of(HEAD_TEXT, sizeof(HEAD_TEXT)),
		ck_span_of(batch->epoch, CK_EPOCH_LEN),
		ck_span_of(numbers, sizeof(numbers)),
		ck_span_of(batch->root.bytes, CK_TREE_HASH_LEN),
		ck_span_of(previous->bytes, CK_TREE_HASH_LEN)
	};

	put_number(numbers[0], batch->number);
	put_number(numbers[1], batch->first);
	put_number(numbers[2], batch->count);
	put_number(numbers[3], batch->made_ms);

	return ck_tree_digest(parts, 5, out);
}

enum ck_err
ck_signer_new(struct ck_signer **out, const uint8_t seed[CK_SEED_LEN],
    uint8_t public[CK_PUBLIC_LEN])
{
	struct ck_signer *signer = calloc(1, sizeof(*signer));
	size_t len = CK_PUBLIC_LEN;
	enum ck_err err = CK_ERR_CRYPTO;

	*out = NULL;
	if (signer == NULL)
		return CK_ERR_NOMEM;
	signer->key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL,
	    seed, CK_SEED_LEN);
	signer->ctx = EVP_MD_CTX_new();
	if (signer->key == NULL || signer->ctx == NULL ||
	    EVP_PKEY_get_raw_public_key(signer->key, public, &len) != 1 ||
	    len != CK_PUBLIC_LEN)
		goto out;
	*out = signer;
	signer = NULL;
	err = CK_OK;
out:
	ck_signer_free(&signer);

	return err;
}

void
ck_signer_free(struct ck_signer **signer)
{
	if (*signer == NULL)
		return;
	EVP_MD_CTX_free((*signer)->ctx);
	EVP_PKEY_free((*signer)->key);	/* wipes it */
	free(*signer);
	*signer = NULL;
}

enum ck_err
ck_signer_sign_bytes(struct ck_signer *signer, struct ck_span bytes,
    uint8_t signature[CK_SIGNATURE_LEN])
{
	size_t len = CK_SIGNATURE_LEN;

	if (EVP_MD_CTX_reset(signer->ctx) != 1 ||
	    EVP_DigestSignInit(signer->ctx, NULL, NULL, NULL,
	    signer->key) != 1 ||
	    EVP_DigestSign(signer->ctx, signature, &len, bytes.ptr,
	    bytes.len) != 1 || len != CK_SIGNATURE_LEN)
		return CK_ERR_CRYPTO;

	return CK_OK;
}

enum ck_err
ck_signer_sign(struct ck_signer *signer, const struct ck_tree_hash *head,
    uint8_t signature[CK_SIGNATURE_LEN])
{
	return ck_signer_sign_bytes(signer,
	    ck_span_of(head->bytes, CK_TREE_HASH_LEN), signature);
}

bool
ck_signature_holds(const uint8_t public[CK_PUBLIC_LEN], struct ck_span bytes,
    const uint8_t signature[CK_SIGNATURE_LEN])
{
	EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
	    public, CK_PUBLIC_LEN);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool good;

	good = key != NULL && ctx != NULL &&
	    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestVerify(ctx, signature, CK_SIGNATURE_LEN, bytes.ptr,
	    bytes.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(key);

	return good;
}

bool
ck_chain_signed(const uint8_t public[CK_PUBLIC_LEN],
    const struct ck_tree_hash *head,
    const uint8_t signature[CK_SIGNATURE_LEN])
{
	return ck_signature_holds(public,
	    ck_span_of(head->bytes, CK_TREE_HASH_LEN), signature);
}
