/*
 * proxy_account.h - accounts of hospital software that the gateway accepted
 *
 * In the flow:  proxy -> [proxy_account]
 *
 * So that a known account is let in to kept answers in an outage that began
 * before our last start. Neither name nor password is kept: the name as a keyed
 * hash, of the password scrypt under a salt of its own, and of that a keyed
 * hash: without keys/ the table tells nothing, with them each guess costs
 * scrypt (docs/threat-model.md).
 *
 * As store.h. What computes scrypt takes some 40 ms: once for each account and
 * start, never in a transaction.
 */
#ifndef SERVICE_STORE_PROXY_ACCOUNT_H
#define SERVICE_STORE_PROXY_ACCOUNT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"

struct ck_store;

/* So long after the gateway has accepted it an account is let in to kept answers
 * while the gateway cannot be reached: over the longest holidays. */
#define CK_ACCOUNT_REMEMBER_MS (INT64_C(14) * 86400000)

#define CK_ACCOUNT_HASH_LEN 16

/* What is kept of one account. */
struct ck_account_proof {
	uint8_t user[CK_ACCOUNT_HASH_LEN];
	uint8_t salt[CK_ACCOUNT_HASH_LEN];
	uint8_t proof[CK_ACCOUNT_HASH_LEN];
};

/* Under a new salt. password: as it travels (MD5, case does not matter).
 * Returns CK_OK, CK_ERR_CRYPTO. */
CK_MUST_CHECK enum ck_err
ck_store_prove_account(struct ck_store *store, const char *user,
    const char *password, struct ck_account_proof *out);

/* The gateway accepted it at now_ms; replaces what is known under the name. */
CK_MUST_CHECK enum ck_err
ck_store_put_account(struct ck_store *store,
    const struct ck_account_proof *proof, int64_t now_ms);

/* The gateway refused the account of this name. */
CK_MUST_CHECK enum ck_err
ck_store_drop_account(struct ck_store *store, const char *user);

/* Was this account, with this password, accepted between since_ms and until_ms,
 * which a clock that was ahead cannot outlast? *known is false on every error. */
CK_MUST_CHECK enum ck_err
ck_store_knows_account(struct ck_store *store, const char *user,
    const char *password, int64_t since_ms, int64_t until_ms, bool *known);

/* Forget whoever was accepted last before before_ms. */
CK_MUST_CHECK enum ck_err
ck_store_prune_accounts(struct ck_store *store, int64_t before_ms);

#endif /* SERVICE_STORE_PROXY_ACCOUNT_H */
