/*
 * chain.h - batches of receipts, each tied to the one before and signed
 *
 * In the flow:  tree -> [chain] -> store/receipt.c, the feed
 *
 * The head of a batch is a hash over all that it says and over the head before
 * it: whoever knows one head can tell whether anything before it was removed,
 * changed or reordered. The end can be cut off unseen only by whoever also
 * controls everybody who was given a later head; therefore every feed document
 * carries it.
 *
 * Pure: keys and hashes, no input or output.
 */
#ifndef SERVICE_RECEIPT_CHAIN_H
#define SERVICE_RECEIPT_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "receipt/tree.h"

#define CK_SEED_LEN 32		/* Ed25519 private key, RFC 8032 §5.1.5 */
#define CK_PUBLIC_LEN 32
#define CK_SIGNATURE_LEN 64
#define CK_EPOCH_LEN 8		/* of the database, random */
#define CK_SALT_LEN 16		/* 128 bits: a commitment tells no guesser */

struct ck_signer;		/* opaque: a private key */

/* One batch. Everything but its head, key and signature goes into the head. */
struct ck_batch {
	int64_t number;		/* 1, 2, 3 … */
	uint8_t epoch[CK_EPOCH_LEN];
	int64_t first;		/* number of its first receipt */
	int64_t count;		/* at least 1 */
	int64_t made_ms;	/* wall clock */
	struct ck_tree_hash root;
	struct ck_tree_hash head;
	int64_t key;		/* number of the key that signed */
	uint8_t signature[CK_SIGNATURE_LEN];
};

/*
 * The commitment to a statement: SHA-256 over salt and statement.
 * Returns CK_OK, CK_ERR_LIMIT for a salt of another length, CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_chain_commit(struct ck_span salt, struct ck_span statement,
    struct ck_tree_hash *out);

/*
 * The head of batch on top of previous; all zero before the first batch.
 * Returns CK_OK or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_chain_head(const struct ck_batch *batch,
    const struct ck_tree_hash *previous, struct ck_tree_hash *out);

/*
 * A signer from its seed, which stays the caller's to wipe. public receives
 * the key that verifies. Free with ck_signer_free().
 * Returns CK_OK or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_signer_new(struct ck_signer **out, const uint8_t seed[CK_SEED_LEN],
    uint8_t public[CK_PUBLIC_LEN]);
void ck_signer_free(struct ck_signer **signer);

/* Sign a head. Returns CK_OK or CK_ERR_CRYPTO. */
CK_MUST_CHECK enum ck_err
ck_signer_sign(struct ck_signer *signer, const struct ck_tree_hash *head,
    uint8_t signature[CK_SIGNATURE_LEN]);

/* Sign any bytes; they must begin with a text that says what they are, so that
 * they never pass for a head. Returns CK_OK or CK_ERR_CRYPTO. */
CK_MUST_CHECK enum ck_err
ck_signer_sign_bytes(struct ck_signer *signer, struct ck_span bytes,
    uint8_t signature[CK_SIGNATURE_LEN]);

/* True when public has signed bytes. */
bool ck_signature_holds(const uint8_t public[CK_PUBLIC_LEN],
    struct ck_span bytes, const uint8_t signature[CK_SIGNATURE_LEN]);

/* True when public has signed head. */
bool ck_chain_signed(const uint8_t public[CK_PUBLIC_LEN],
    const struct ck_tree_hash *head,
    const uint8_t signature[CK_SIGNATURE_LEN]);

#endif /* SERVICE_RECEIPT_CHAIN_H */
