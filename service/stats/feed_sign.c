/*
 * feed_sign.c - a feed document under the clinic's key
 */
#include <openssl/crypto.h>

#include <limits.h>
#include <stdio.h>

#include "receipt/document.h"
#include "receipt/signed_json.h"
#include "stats/feed.h"
#include "stats/feed_sign.h"
#include "store/keyfile.h"

#define TEXT "checkin feed 1"
#define KEY_NAME "keys/receipt.key"

_Static_assert(CK_SEED_LEN == CK_KEY_LEN, "the key file holds the seed");

enum ck_err
ck_feed_key_load(const char *directory, struct ck_feed_key *out)
{
	uint8_t seed[CK_SEED_LEN];
	char path[PATH_MAX];
	enum ck_err err;
	int len = snprintf(path, sizeof(path), "%s/" KEY_NAME, directory);

	if (len < 0 || (size_t)len >= sizeof(path))
		return CK_ERR_LIMIT;
	if ((err = ck_keyfile_load(path, false, seed)) != CK_OK)
		return err;
	err = ck_signer_new(&out->signer, seed, out->public);
	OPENSSL_cleanse(seed, sizeof(seed));

	return err;
}

void
ck_feed_key_wipe(struct ck_feed_key *key)
{
	ck_signer_free(&key->signer);
}

enum ck_err
ck_feed_sign(json_t *feed, const struct ck_feed_key *key)
{
	return ck_json_sign(feed, TEXT, key->signer, key->public);
}

bool
ck_feed_signed(const json_t *feed, const uint8_t public[CK_PUBLIC_LEN])
{
	return ck_json_signed(feed, TEXT, public);
}

/* The end of the chain cannot be cut off unseen by whoever has a later feed
 * document. */
static enum ck_err
add_head(struct ck_db *db, json_t *feed)
{
	uint8_t public[CK_PUBLIC_LEN];
	struct ck_batch batch;
	enum ck_err err = ck_receipt_head(db, &batch, public);

	if (err != CK_OK)
		return err;

	return json_object_set_new(feed, "receipts",
	    ck_receipt_head_json(&batch, public)) == 0 ? CK_OK :
	    CK_ERR_NOMEM;
}

enum ck_err
ck_feed_document(struct ck_db *db, const struct ck_feed_key *key,
    int64_t after, unsigned limit, int64_t now_ms, json_t **out)
{
	enum ck_err err = ck_feed_json(db, after, limit, now_ms, out);

	if (err == CK_OK)
		err = add_head(db, *out);
	if (err == CK_OK)
		err = ck_feed_sign(*out, key);
	if (err != CK_OK) {
		json_decref(*out);
		*out = NULL;
	}

	return err;
}
