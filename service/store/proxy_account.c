/*
 * proxy_account.c - rows of accounts that the gateway accepted
 *
 * Source: RFC 7914 (scrypt)
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "ck/hex.h"
#include "store/internal.h"
#include "store/proxy_account.h"

_Static_assert(CK_HASH_LEN == CK_ACCOUNT_HASH_LEN, "one length");

/* 16 MiB and some 40 ms for each guess: RFC 7914 §2 for interactive use. */
#define SCRYPT_N 16384
#define SCRYPT_R 8
#define SCRYPT_P 1
#define SCRYPT_MEMORY (64 * 1024 * 1024)

#define SLOW_LEN 32

static enum ck_err
hash_user(struct ck_store *store, const char *user,
    uint8_t out[CK_HASH_LEN])
{
	return ck_crypt_hash(store->crypt, CK_HASH_ACCOUNT, user, out);
}

/* Slow, then keyed. */
static enum ck_err
hash_password(struct ck_store *store, const char *password,
    const uint8_t salt[CK_HASH_LEN], uint8_t out[CK_HASH_LEN])
{
	char upper[64], text[2 * SLOW_LEN + 1] = "";
	uint8_t slow[SLOW_LEN];
	enum ck_err err = CK_ERR_CRYPTO;
	size_t i, len = strlen(password);

	if (len >= sizeof(upper))
		return CK_ERR_LIMIT;
	for (i = 0; i <= len; i++)
		upper[i] = (char)toupper((unsigned char)password[i]);
	if (EVP_PBE_scrypt(upper, len, salt, CK_HASH_LEN, SCRYPT_N, SCRYPT_R,
	    SCRYPT_P, SCRYPT_MEMORY, slow, sizeof(slow)) != 1)
		goto out;
	ck_hex_print(ck_span_of(slow, SLOW_LEN), text);
	err = ck_crypt_hash(store->crypt, CK_HASH_ACCOUNT_PROOF, text, out);
out:
	OPENSSL_cleanse(upper, sizeof(upper));
	OPENSSL_cleanse(slow, sizeof(slow));
	OPENSSL_cleanse(text, sizeof(text));

	return err;
}

enum ck_err
ck_store_prove_account(struct ck_store *store, const char *user,
    const char *password, struct ck_account_proof *out)
{
	enum ck_err err;

	if ((err = hash_user(store, user, out->user)) != CK_OK ||
	    (err = ck_crypt_random(store->crypt, out->salt,
	    sizeof(out->salt))) != CK_OK)
		return err;

	return hash_password(store, password, out->salt, out->proof);
}

enum ck_err
ck_store_put_account(struct ck_store *store,
    const struct ck_account_proof *proof, int64_t now_ms)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO proxy_account (user, accepted_ms, salt, "
	    "proof) VALUES (?, ?, ?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(proof->user, CK_HASH_LEN));
	ck_stmt_bind_int(stmt, now_ms);
	ck_stmt_bind_blob(stmt, ck_span_of(proof->salt, CK_HASH_LEN));
	ck_stmt_bind_blob(stmt, ck_span_of(proof->proof, CK_HASH_LEN));

	return ck_stmt_run(stmt);
}

enum ck_err
ck_store_drop_account(struct ck_store *store, const char *user)
{
	static const char sql[] = "DELETE FROM proxy_account WHERE user = ?";
	uint8_t hash[CK_HASH_LEN];
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = hash_user(store, user, hash)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(hash, sizeof(hash)));

	return ck_stmt_run(stmt);
}

static enum ck_err
find(struct ck_store *store, const char *user, int64_t since_ms,
    int64_t until_ms, struct ck_account_proof *out, bool *found)
{
	static const char sql[] = "SELECT salt, proof FROM proxy_account "
	    "WHERE user = ? AND accepted_ms BETWEEN ? AND ?";
	struct ck_span salt, proof;
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = hash_user(store, user, out->user)) != CK_OK ||
	    (err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(out->user, CK_HASH_LEN));
	ck_stmt_bind_int(stmt, since_ms);
	ck_stmt_bind_int(stmt, until_ms);
	if ((err = ck_stmt_next(stmt, found)) == CK_OK && *found) {
		salt = ck_stmt_take_blob(stmt);
		if (salt.len == CK_HASH_LEN)
			memcpy(out->salt, salt.ptr, CK_HASH_LEN);
		proof = ck_stmt_take_blob(stmt);
		if (proof.len == CK_HASH_LEN)
			memcpy(out->proof, proof.ptr, CK_HASH_LEN);
	}
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_store_knows_account(struct ck_store *store, const char *user,
    const char *password, int64_t since_ms, int64_t until_ms, bool *known)
{
	struct ck_account_proof kept = { .user = { 0 } };
	uint8_t proof[CK_HASH_LEN];
	bool found = false;
	enum ck_err err;

	*known = false;
	if ((err = find(store, user, since_ms, until_ms, &kept,
	    &found)) != CK_OK ||
	    !found)
		return err;
	if ((err = hash_password(store, password, kept.salt,
	    proof)) == CK_OK)
		*known = CRYPTO_memcmp(proof, kept.proof, CK_HASH_LEN) == 0;

	return err;
}

enum ck_err
ck_store_prune_accounts(struct ck_store *store, int64_t before_ms)
{
	static const char sql[] =
	    "DELETE FROM proxy_account WHERE accepted_ms < ?";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_prepare(store->db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, before_ms);

	return ck_stmt_run(stmt);
}
