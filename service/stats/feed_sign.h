/*
 * feed_sign.h - a feed document under the clinic's key
 *
 * In the flow:  feed -> [feed_sign] -> GET /v1/stats/feed, push, export;
 *               collector
 *
 * What is signed: "checkin feed 1", a zero byte, and the document without its
 * member "signature" in canonical form (docs/feed.md). The member is
 * {"key","value"}, both hexadecimal.
 */
#ifndef SERVICE_STATS_FEED_SIGN_H
#define SERVICE_STATS_FEED_SIGN_H

#include <stdbool.h>
#include <stdint.h>

#include "io/json.h"
#include "receipt/chain.h"

struct ck_db;

/* The clinic's key. Start from zero; one thread at a time. */
struct ck_feed_key {
	struct ck_signer *signer;	/* owned */
	uint8_t public[CK_PUBLIC_LEN];
};

/*
 * Load the key that signs receipts. It is never made here.
 *
 * directory  The state directory.
 * out        Finish with ck_feed_key_wipe().
 *
 * Returns    CK_OK, CK_ERR_STORE_KEY with a line in the log, CK_ERR_LIMIT for
 *            a path that is too long, CK_ERR_NOMEM, CK_ERR_CRYPTO
 */
CK_MUST_CHECK enum ck_err
ck_feed_key_load(const char *directory, struct ck_feed_key *out);
void ck_feed_key_wipe(struct ck_feed_key *key);

/*
 * Set the member "signature" of feed; one that is there is replaced.
 * Returns CK_OK, CK_ERR_LIMIT when feed has no canonical form, CK_ERR_NOMEM or
 * CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_feed_sign(json_t *feed, const struct ck_feed_key *key);

/*
 * True when "signature" of feed is by public, whatever key it names. Not for
 * the clinic: a collector knows the key from its registry.
 */
bool ck_feed_signed(const json_t *feed, const uint8_t public[CK_PUBLIC_LEN]);

/*
 * The whole document: what ck_feed_json() gives, made_at, the head of the
 * chain of receipts, and the signature. Arguments and errors are those of
 * ck_feed_json() and ck_feed_sign(); *out is NULL on error.
 */
CK_MUST_CHECK enum ck_err
ck_feed_document(struct ck_db *db, const struct ck_feed_key *key,
    int64_t after, unsigned limit, int64_t now_ms, json_t **out);

#endif /* SERVICE_STATS_FEED_SIGN_H */
