/*
 * proxy.h - hospital software that asks us as if we were the gateway
 *
 * In the flow:  http/gateway_proxy -> [proxy] -> eligibility/gateway
 * Source:       dispatch CV1245 (token); domain notes on clients
 *
 * Each account that hospital software logs in with has a gateway of its own
 * here: account and password go to the gateway as given, and neither its
 * tokens nor ours are ever used for the other. What the software gets is a
 * token of ours, random, bound to that account, over when the gateway's is.
 * Kept in memory only, but that which accounts the gateway has accepted lately
 * is also remembered beyond a restart (store/proxy_account.h).
 */
#ifndef SERVICE_PROXY_PROXY_H
#define SERVICE_PROXY_PROXY_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* One account for each member of staff of a clinic, and some old passwords. */
#define CK_PROXY_ACCOUNTS_MAX 64

/* Some clients take a token for every question. */
#define CK_PROXY_TOKENS_MAX 512

#define CK_PROXY_ACCESS_LEN 65	/* 256 random bits as hex digits, NUL */
#define CK_PROXY_ID_LEN 37	/* a UUID, NUL */

struct ck_config;
struct ck_gateway;
struct ck_gateway_figures;
struct ck_loop;
struct ck_proxy;
struct ck_store;
struct ck_turn;

/* All borrowed until ck_proxy_free(). */
struct ck_proxy_options {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_store *store;		/* NULL: nothing beyond a restart */
	struct ck_turn *turn;		/* with the store */
};

/* What a login brought. */
struct ck_proxy_grant {
	/* CK_OK; how the login failed, as ck_gateway_end.err has it;
	 * CK_ERR_LIMIT: too many accounts; CK_ERR_REQUEST: no account */
	enum ck_err err;
	char access[CK_PROXY_ACCESS_LEN];	/* ours */
	char id[CK_PROXY_ID_LEN];
	int64_t expires_ms;	/* wall clock */
	struct ck_span raw;	/* what the gateway said; borrowed; "": none */
	long status;
};

/* What a request brings along. Borrowed; "" or NULL: not given. */
struct ck_proxy_secrets {
	const char *access, *id, *user, *password;
};

typedef void (*ck_proxy_login_fn)(void *ctx,
    const struct ck_proxy_grant *grant);

/* Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_proxy_new(struct ck_proxy **out, const struct ck_proxy_options *options);

/* After ck_lookups_free(): calls of lookups are on their way through it.
 * Logins that wait are dropped, their callbacks not called. */
void ck_proxy_free(struct ck_proxy **proxy);

/*
 * Log in as user with the hash that the client sends, both as given. done is
 * called once, perhaps at once. While the gateway cannot be reached, an
 * account that it has accepted since we started, or within
 * CK_ACCOUNT_REMEMBER_MS (store/proxy_account.h), gets a token of ours all the same, so that kept answers
 * can be had; any other gets none.
 */
void ck_proxy_login(struct ck_proxy *proxy, const char *user,
    const char *password, ck_proxy_login_fn done, void *ctx);

/* The gateway of the account that these secrets belong to: token, id, and
 * where they are given user and password. NULL: unknown, over, or not of one
 * account. */
struct ck_gateway *ck_proxy_find(struct ck_proxy *proxy,
    const struct ck_proxy_secrets *secrets);

/* Add what the accounts' calls came to. up is that of the account used last; -1:
 * none has called. */
void ck_proxy_figures(const struct ck_proxy *proxy,
    struct ck_gateway_figures *out);

#endif /* SERVICE_PROXY_PROXY_H */
