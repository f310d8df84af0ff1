/*
 * feed_sign.c - a feed document under the clinic's key
 *
 * Sources: RFC 8032 (Ed25519), RFC 8785 (canonical form).
 */
#include <openssl/crypto.h>

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "ck/hex.h"
#include "receipt/document.h"
#include "stats/feed.h"
#include "stats/feed_sign.h"
#include "store/keyfile.h"

#define TEXT "checkin feed 1"	/* its NUL is signed, too */
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

/* The bytes that are signed; feed has no signature now. */
static enum ck_err
signed_bytes(const json_t *feed, struct ck_buf *out)
{
	enum ck_err err = ck_buf_append(out, ck_span_of(TEXT, sizeof(TEXT)));

	return err == CK_OK ? ck_json_canonical(feed, out) : err;
}

enum ck_err
ck_feed_sign(json_t *feed, const struct ck_feed_key *key)
{
	char public[2 * CK_PUBLIC_LEN + 1] = "";
	char value[2 * CK_SIGNATURE_LEN + 1] = "";
	uint8_t signature[CK_SIGNATURE_LEN];
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_err err;

	(void)json_object_del(feed, "signature");
	if ((err = signed_bytes(feed, &bytes)) != CK_OK ||
	    (err = ck_signer_sign_bytes(key->signer, ck_buf_view(&bytes),
	    signature)) != CK_OK)
		goto out;
	ck_hex_print(ck_span_of(key->public, CK_PUBLIC_LEN), public);
	ck_hex_print(ck_span_of(signature, CK_SIGNATURE_LEN), value);
	if (json_object_set_new(feed, "signature", json_pack("{s:s, s:s}",
	    "key", public, "value", value)) != 0)
		err = CK_ERR_NOMEM;
out:
	ck_buf_wipe(&bytes);

	return err;
}

bool
ck_feed_signed(const json_t *feed, const uint8_t public[CK_PUBLIC_LEN])
{
	const json_t *given = json_object_get(feed, "signature");
	uint8_t signature[CK_SIGNATURE_LEN];
	struct ck_buf bytes = CK_BUF_INIT;
	json_t *rest = NULL;
	bool good = false;

	if (!ck_hex_read(ck_span_str(ck_json_text(given, "value")), signature,
	    sizeof(signature)))
		return false;
	/* copies the members, not what they hold */
	if ((rest = json_copy((json_t *)(uintptr_t)feed)) == NULL)
		return false;
	(void)json_object_del(rest, "signature");
	good = signed_bytes(rest, &bytes) == CK_OK &&
	    ck_signature_holds(public, ck_buf_view(&bytes), signature);
	ck_buf_wipe(&bytes);
	json_decref(rest);

	return good;
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
