/*
 * tree.h - one hash over many receipts, and the way from each of them to it
 *
 * In the flow:  commitments of one transaction -> [tree] -> chain.h signs
 * Source:       RFC 6962 §2.1: leaves and nodes are hashed apart (00 and 01 in
 *               front), so that no node can be passed off as a leaf
 *
 * Pure: no input or output.
 */
#ifndef SERVICE_RECEIPT_TREE_H
#define SERVICE_RECEIPT_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

#define CK_TREE_HASH_LEN 32	/* SHA-256 */

/* Leaves of one tree: a transaction never has as many. Keeps a path short. */
#define CK_TREE_LEAVES_MAX 65536

/* Hashes of the longest path, from 65,536 leaves. */
#define CK_TREE_PATH_MAX 16

struct ck_tree_hash {
	uint8_t bytes[CK_TREE_HASH_LEN];
};

/* What stands beside each node on the way from one leaf to the root. */
struct ck_tree_path {
	size_t len;
	struct ck_tree_hash beside[CK_TREE_PATH_MAX];
};

/*
 * The SHA-256 of the parts, one behind the other.
 * Returns CK_OK or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_tree_digest(const struct ck_span *parts, size_t count,
    struct ck_tree_hash *out);

/*
 * The leaf of one receipt: its number belongs to it, so that two receipts
 * cannot change places. Returns CK_OK or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_tree_leaf(int64_t number, struct ck_span commitment,
    struct ck_tree_hash *out);

/*
 * The root over count leaves.
 * Returns CK_OK, CK_ERR_LIMIT (none, or more than CK_TREE_LEAVES_MAX) or
 * CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_tree_root(const struct ck_tree_hash *leaves, size_t count,
    struct ck_tree_hash *out);

/* The path of the leaf at index. Returns as ck_tree_root(). */
CK_MUST_CHECK enum ck_err
ck_tree_path(const struct ck_tree_hash *leaves, size_t count, size_t index,
    struct ck_tree_path *out);

/*
 * The root that leaf and path lead to: equal to the signed one if the receipt
 * belongs to it. Returns CK_OK, CK_ERR_LIMIT (the path does not fit a tree of
 * count leaves) or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_tree_climb(const struct ck_tree_hash *leaf, size_t index, size_t count,
    const struct ck_tree_path *path, struct ck_tree_hash *out);

/* True when both are the same. */
bool ck_tree_equal(const struct ck_tree_hash *a, const struct ck_tree_hash *b);

#endif /* SERVICE_RECEIPT_TREE_H */
