/*
 * crypt.h - personal columns sealed, numbers found by keyed hash
 *
 * AES-256-GCM with a random nonce; each box is bound to its table and row, so
 * that it cannot be moved to another. The hash key and the encryption key are
 * two files: who can search cannot read.
 *
 * Box: version 1 (1 byte), key id (1 byte), nonce (12), ciphertext, tag (16).
 *
 * Nonces are random, not counted. A counter would have to be on disk before
 * each use, and a restored backup would use the same ones again, which breaks
 * GCM. NIST SP 800-38D §8.3 allows 2^32 random nonces under one key; a clinic
 * with 3 million lookups in ten years, sealed three times each, uses 2^23.2.
 */
#ifndef SERVICE_STORE_CRYPT_H
#define SERVICE_STORE_CRYPT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_crypt;	/* opaque: both keys and their contexts */

/* A keyed hash, HMAC-SHA-256 cut to 128 bits: 2^64 numbers to a collision. */
#define CK_HASH_LEN 16

/* What a box belongs to: authenticated, not stored in it. */
struct ck_box_place {
	const char *table;
	struct ck_span row;
};

/*
 * Load the keys from directory/keys, or make them.
 *
 * make     True only for a database that is new as well: a key made for an old
 *          one would open nothing.
 *
 * Returns  CK_OK, CK_ERR_STORE_KEY, CK_ERR_STORE, CK_ERR_STORE_FULL,
 *          CK_ERR_CRYPTO, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_crypt_new(struct ck_crypt **out, const char *directory, bool make);

/* Wipe the keys, free and set to NULL. NULL is allowed. */
void ck_crypt_free(struct ck_crypt **crypt);

/*
 * Fill out with random bytes, of which none is ever given twice: nonces, salts.
 * They come from a stock that the system's generator fills; a child that is
 * forked would have the same stock, so none may use this. len is at most 1024.
 * Returns CK_OK, CK_ERR_CRYPTO or CK_ERR_LIMIT.
 */
CK_MUST_CHECK enum ck_err
ck_crypt_random(struct ck_crypt *crypt, void *out, size_t len);

/*
 * Seal plain into box, which is replaced.
 * Returns CK_OK, CK_ERR_CRYPTO or CK_ERR_NOMEM; box is empty on error.
 */
CK_MUST_CHECK enum ck_err
ck_crypt_seal(struct ck_crypt *crypt, struct ck_box_place place,
    struct ck_span plain, struct ck_buf *box);

/*
 * Open box into plain, which is replaced; the caller wipes it.
 *
 * Returns  CK_OK
 *          CK_ERR_STORE_KEY      sealed under a key that we do not have
 *          CK_ERR_STORE_CORRUPT  changed, moved from another row, or cut
 *          CK_ERR_CRYPTO, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_crypt_open(struct ck_crypt *crypt, struct ck_box_place place,
    struct ck_span box, struct ck_buf *plain);

/*
 * The keyed hash of text in a domain of its own: equal texts of two domains
 * have unrelated hashes. Returns CK_OK or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_crypt_hash(struct ck_crypt *crypt, uint8_t domain, const char *text,
    uint8_t out[CK_HASH_LEN]);

#endif /* SERVICE_STORE_CRYPT_H */
