/*
 * tree.c - one hash over many receipts
 *
 * A tree of n leaves is split at the largest power of two below n (RFC 6962
 * §2.1): both halves are trees of their own.
 */
#include <openssl/evp.h>

#include <pthread.h>
#include <string.h>

#include "receipt/tree.h"

static const uint8_t leaf_prefix = 0x00, node_prefix = 0x01;

/* Looked up by name once: each time anew it costs as much as a short hash. Lives
 * as long as the program. */
static EVP_MD *sha256;

static void
fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA2-256", NULL);
}

enum ck_err
ck_tree_digest(const struct ck_span *parts, size_t count,
    struct ck_tree_hash *out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	enum ck_err err = CK_ERR_CRYPTO;
	size_t i;

	(void)pthread_once(&once, fetch_sha256);
	if (ctx == NULL || sha256 == NULL ||
	    EVP_DigestInit_ex(ctx, sha256, NULL) != 1)
		goto out;
	for (i = 0; i < count; i++) {
		if (EVP_DigestUpdate(ctx, parts[i].ptr, parts[i].len) != 1)
			goto out;
	}
	if (EVP_DigestFinal_ex(ctx, out->bytes, NULL) == 1)
		err = CK_OK;
out:
	EVP_MD_CTX_free(ctx);

	return err;
}

enum ck_err
ck_tree_leaf(int64_t number, struct ck_span commitment,
    struct ck_tree_hash *out)
{
	uint8_t digits[8];
	const struct ck_span parts[] = {
		ck_span_of(&leaf_prefix, 1), ck_span_of(digits, sizeof(digits)),
		commitment
	};
	size_t i;

	for (i = 0; i < sizeof(digits); i++)
		digits[i] = (uint8_t)((uint64_t)number >> (56 - 8 * i));

	return ck_tree_digest(parts, 3, out);
}

static enum ck_err
node(const struct ck_tree_hash *left, const struct ck_tree_hash *right,
    struct ck_tree_hash *out)
{
	const struct ck_span parts[] = {
		ck_span_of(&node_prefix, 1),
		ck_span_of(left->bytes, CK_TREE_HASH_LEN),
		ck_span_of(right->bytes, CK_TREE_HASH_LEN)
	};

	return ck_tree_digest(parts, 3, out);
}

/* The largest power of two below count, which is at least 2. */
static size_t
left_half(size_t count)
{
	size_t half = 1;

	while (half * 2 < count)
		half *= 2;

	return half;
}

enum ck_err
ck_tree_root(const struct ck_tree_hash *leaves, size_t count,
    struct ck_tree_hash *out)
{
	struct ck_tree_hash left, right;
	size_t half;
	enum ck_err err;

	if (count == 0 || count > CK_TREE_LEAVES_MAX)
		return CK_ERR_LIMIT;
	if (count == 1) {
		*out = leaves[0];
		return CK_OK;
	}
	half = left_half(count);
	if ((err = ck_tree_root(leaves, half, &left)) != CK_OK ||
	    (err = ck_tree_root(leaves + half, count - half, &right)) != CK_OK)
		return err;

	return node(&left, &right, out);
}

/* From the root down; the deepest stands first in the path. */
enum ck_err
ck_tree_path(const struct ck_tree_hash *leaves, size_t count, size_t index,
    struct ck_tree_path *out)
{
	size_t half;
	enum ck_err err;

	if (index >= count || count > CK_TREE_LEAVES_MAX)
		return CK_ERR_LIMIT;
	if (count == 1) {
		out->len = 0;
		return CK_OK;
	}
	half = left_half(count);
	if (index < half)
		err = ck_tree_path(leaves, half, index, out);
	else
		err = ck_tree_path(leaves + half, count - half, index - half,
		    out);
	if (err != CK_OK)
		return err;
	if (index < half)
		return ck_tree_root(leaves + half, count - half,
		    &out->beside[out->len++]);

	return ck_tree_root(leaves, half, &out->beside[out->len++]);
}

/* used counts the hashes taken so far; the deepest come first. */
static enum ck_err
climb(const struct ck_tree_hash *leaf, size_t index, size_t count,
    const struct ck_tree_path *path, size_t *used, struct ck_tree_hash *out)
{
	const struct ck_tree_hash *beside;
	struct ck_tree_hash below;
	size_t half;
	bool left;
	enum ck_err err;

	if (count == 1) {
		*out = *leaf;
		return CK_OK;
	}
	half = left_half(count);
	left = index < half;
	err = climb(leaf, left ? index : index - half,
	    left ? half : count - half, path, used, &below);
	if (err != CK_OK)
		return err;
	if (*used == path->len)
		return CK_ERR_LIMIT;
	beside = &path->beside[(*used)++];

	return left ? node(&below, beside, out) : node(beside, &below, out);
}

enum ck_err
ck_tree_climb(const struct ck_tree_hash *leaf, size_t index, size_t count,
    const struct ck_tree_path *path, struct ck_tree_hash *out)
{
	size_t used = 0;
	enum ck_err err;

	if (index >= count || count > CK_TREE_LEAVES_MAX ||
	    path->len > CK_TREE_PATH_MAX)
		return CK_ERR_LIMIT;
	err = climb(leaf, index, count, path, &used, out);
	if (err == CK_OK && used != path->len)
		err = CK_ERR_LIMIT;

	return err;
}

bool
ck_tree_equal(const struct ck_tree_hash *a, const struct ck_tree_hash *b)
{
	return memcmp(a->bytes, b->bytes, CK_TREE_HASH_LEN) == 0;
}
