/*
 * proxy.c - accounts of hospital software, and the tokens that stand for them
 */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "ck/clock.h"
#include "ck/hex.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/gateway.h"
#include "eligibility/token.h"
#include "io/loop.h"
#include "proxy/proxy.h"
#include "store/proxy_account.h"
#include "store/turn.h"

/* An account that nobody has used for this long makes room for another. A
 * lookup under it is over long before. */
#define IDLE_MS 600000

/* What is remembered of an account is written anew when it is this old. */
#define WRITE_AGAIN_MS 86400000

struct waiting {
	struct waiting *next;
	ck_proxy_login_fn done;
	void *ctx;
};

struct account {
	struct ck_proxy *proxy;
	struct ck_gateway *gateway;	/* NULL: the place is free */
	struct ck_gateway_account given;
	bool accepted;			/* by the gateway, lately */
	bool looked_up;			/* in what is remembered */
	bool proven;			/* proof is filled */
	struct ck_account_proof proof;
	int64_t written_ms;		/* wall clock; 0: not since we started */
	int64_t used_ms;		/* monotonic */
	struct waiting *waiting;	/* for the login under way */
};

struct token {
	char access[CK_PROXY_ACCESS_LEN];	/* "": the place is free */
	char id[CK_PROXY_ID_LEN];
	struct account *account;
	int64_t until_ms;		/* monotonic */
};

struct ck_proxy {
	const struct ck_config *config;	/* borrowed, like all here */
	struct ck_loop *loop;
	struct ck_store *store;
	struct ck_turn *turn;
	struct ck_gateway_figures gone;	/* of accounts that made room */
	struct account accounts[CK_PROXY_ACCOUNTS_MAX];
	struct token tokens[CK_PROXY_TOKENS_MAX];
	unsigned next_token;		/* the oldest place */
};

static int64_t
now_mono(const struct ck_proxy *proxy)
{
	return ck_clock_mono_ms(ck_loop_clock(proxy->loop));
}

enum ck_err
ck_proxy_new(struct ck_proxy **out, const struct ck_proxy_options *options)
{
	struct ck_proxy *proxy = calloc(1, sizeof(*proxy));

	*out = proxy;
	if (proxy == NULL)
		return CK_ERR_NOMEM;
	proxy->config = options->config;
	proxy->loop = options->loop;
	proxy->store = options->store;
	proxy->turn = options->turn;

	return CK_OK;
}

static void
account_clear(struct account *account)
{
	struct waiting *waiting;

	while ((waiting = account->waiting) != NULL) {
		account->waiting = waiting->next;
		free(waiting);
	}
	ck_gateway_free(&account->gateway);
	OPENSSL_cleanse(account, sizeof(*account));
}

void
ck_proxy_free(struct ck_proxy **proxy)
{
	struct ck_proxy *old = *proxy;
	size_t i;

	*proxy = NULL;
	if (old == NULL)
		return;
	for (i = 0; i < CK_PROXY_ACCOUNTS_MAX; i++)
		account_clear(&old->accounts[i]);
	OPENSSL_cleanse(old, sizeof(*old));
	free(old);
}

/* --- Tokens --------------------------------------------------------------- */

/* count random bytes as hex digits, and a NUL. */
static bool
random_hex(char *out, size_t count)
{
	unsigned char bytes[32];
	bool good = count <= sizeof(bytes) &&
	    RAND_bytes(bytes, (int)count) == 1;

	if (good)
		ck_hex_print(ck_span_of(bytes, count), out);
	OPENSSL_cleanse(bytes, sizeof(bytes));

	return good;
}

/* RFC 9562 §5.4. */
static bool
random_uuid(char out[CK_PROXY_ID_LEN])
{
	char digits[33];

	if (!random_hex(digits, 16))
		return false;
	digits[12] = '4';
	digits[16] = "89ab"[digits[16] & 3];
	(void)snprintf(out, CK_PROXY_ID_LEN, "%.8s-%.4s-%.4s-%.4s-%.12s",
	    digits, digits + 8, digits + 12, digits + 16, digits + 20);

	return true;
}

static void
give_token(struct account *account, struct ck_proxy_grant *grant,
    int64_t life_ms)
{
	struct ck_proxy *proxy = account->proxy;
	struct token *token = &proxy->tokens[proxy->next_token];

	OPENSSL_cleanse(token, sizeof(*token));
	if (!random_hex(token->access, CK_PROXY_ACCESS_LEN / 2) ||
	    !random_uuid(token->id)) {
		OPENSSL_cleanse(token, sizeof(*token));
		grant->err = CK_ERR_CRYPTO;
		return;
	}
	proxy->next_token = (proxy->next_token + 1) % CK_PROXY_TOKENS_MAX;
	token->account = account;
	token->until_ms = now_mono(proxy) + life_ms;
	memcpy(grant->access, token->access, sizeof(grant->access));
	memcpy(grant->id, token->id, sizeof(grant->id));
	grant->expires_ms = ck_clock_wall_ms(ck_loop_clock(proxy->loop)) +
	    life_ms;
	grant->err = CK_OK;
}

static bool
given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

static bool
is_secret(const char *text, const char *secret, size_t len)
{
	return strlen(text) == len && CRYPTO_memcmp(text, secret, len) == 0;
}

static bool
belongs(const struct token *token, const struct ck_proxy_secrets *secrets)
{
	const struct ck_gateway_account *account = &token->account->given;

	return is_secret(secrets->id, token->id, CK_PROXY_ID_LEN - 1) &&
	    (!given(secrets->user) ||
	    strcmp(secrets->user, account->user) == 0) &&
	    (!given(secrets->password) ||
	    strcasecmp(secrets->password, account->password_md5) == 0);
}

struct ck_gateway *
ck_proxy_find(struct ck_proxy *proxy, const struct ck_proxy_secrets *secrets)
{
	int64_t now_ms = now_mono(proxy);
	struct token *found = NULL;
	size_t i;

	if (!given(secrets->access) || !given(secrets->id))
		return NULL;
	for (i = 0; i < CK_PROXY_TOKENS_MAX; i++) {
		struct token *token = &proxy->tokens[i];

		if (token->access[0] != '\0' && is_secret(secrets->access,
		    token->access, CK_PROXY_ACCESS_LEN - 1))
			found = token;
	}
	if (found == NULL || now_ms >= found->until_ms ||
	    !belongs(found, secrets))
		return NULL;
	found->account->used_ms = now_ms;

	return found->account->gateway;
}

/* --- Accounts ------------------------------------------------------------- */

static bool
is_idle(const struct account *account, int64_t now_ms)
{
	struct ck_gateway_figures figures;

	ck_gateway_figures(account->gateway, &figures);

	return account->waiting == NULL && figures.in_flight == 0 &&
	    figures.queued == 0 && now_ms - account->used_ms >= IDLE_MS;
}

static void
add_figures(const struct ck_gateway *gateway, struct ck_gateway_figures *out)
{
	struct ck_gateway_figures one;

	ck_gateway_figures(gateway, &one);
	out->ok += one.ok;
	out->failed_line += one.failed_line;
	out->failed_gateway += one.failed_gateway;
	out->failed_account += one.failed_account;
	out->held += one.held;
	if (one.last_success_ms > out->last_success_ms)
		out->last_success_ms = one.last_success_ms;
}

void
ck_proxy_figures(const struct ck_proxy *proxy,
    struct ck_gateway_figures *out)
{
	const struct account *latest = NULL;
	struct ck_gateway_figures one;
	size_t i;

	*out = proxy->gone;
	out->up = -1;
	for (i = 0; i < CK_PROXY_ACCOUNTS_MAX; i++) {
		const struct account *account = &proxy->accounts[i];

		if (account->gateway == NULL)
			continue;
		add_figures(account->gateway, out);
		if (latest == NULL || account->used_ms > latest->used_ms)
			latest = account;
	}
	if (latest == NULL)
		return;
	ck_gateway_figures(latest->gateway, &one);
	out->up = one.up;
}

/* A place for one more account; NULL: all are in use. */
static struct account *
find_place(struct ck_proxy *proxy)
{
	struct account *oldest = NULL;
	int64_t now_ms = now_mono(proxy);
	size_t i;

	for (i = 0; i < CK_PROXY_ACCOUNTS_MAX; i++) {
		struct account *account = &proxy->accounts[i];

		if (account->gateway == NULL)
			return account;
		if (is_idle(account, now_ms) && (oldest == NULL ||
		    account->used_ms < oldest->used_ms))
			oldest = account;
	}
	for (i = 0; oldest != NULL && i < CK_PROXY_TOKENS_MAX; i++) {
		if (proxy->tokens[i].account == oldest)
			OPENSSL_cleanse(&proxy->tokens[i],
			    sizeof(proxy->tokens[i]));
	}
	if (oldest != NULL) {
		add_figures(oldest->gateway, &proxy->gone);
		account_clear(oldest);
	}

	return oldest;
}

/* The clinic's own account is known to be good without asking. */
static bool
is_ours(const struct ck_proxy *proxy, const struct ck_gateway_account *given_as)
{
	char hash[33];
	bool same = strcmp(given_as->user, proxy->config->gateway_user) == 0 &&
	    ck_token_password(proxy->config->gateway_password, hash) ==
	    CK_OK && strcasecmp(given_as->password_md5, hash) == 0;

	OPENSSL_cleanse(hash, sizeof(hash));

	return same;
}

static enum ck_err
account_new(struct ck_proxy *proxy, const struct ck_gateway_account *given_as,
    struct account **out)
{
	struct account *account = find_place(proxy);
	enum ck_err err;

	if (account == NULL)
		return CK_ERR_LIMIT;
	if ((err = ck_gateway_new_for(&account->gateway, proxy->config,
	    proxy->loop, given_as)) != CK_OK)
		return err;
	account->proxy = proxy;
	account->given = *given_as;
	account->accepted = is_ours(proxy, given_as);
	*out = account;

	return CK_OK;
}

/* A changed password is another account: neither can use the other's. */
static enum ck_err
account_of(struct ck_proxy *proxy, const char *user, const char *password,
    struct account **out)
{
	struct ck_gateway_account wanted = { .user = "" };
	enum ck_err err;
	size_t i;

	if (!given(user) || !given(password) ||
	    strlen(user) >= sizeof(wanted.user) ||
	    strlen(password) >= sizeof(wanted.password_md5))
		return CK_ERR_REQUEST;
	memcpy(wanted.user, user, strlen(user));
	memcpy(wanted.password_md5, password, strlen(password));
	for (i = 0; i < CK_PROXY_ACCOUNTS_MAX; i++) {
		struct account *account = &proxy->accounts[i];

		if (account->gateway == NULL ||
		    strcmp(account->given.user, user) != 0 ||
		    strcasecmp(account->given.password_md5, password) != 0)
			continue;
		*out = account;
		OPENSSL_cleanse(&wanted, sizeof(wanted));
		return CK_OK;
	}
	err = account_new(proxy, &wanted, out);
	OPENSSL_cleanse(&wanted, sizeof(wanted));

	return err;
}

/* --- What is remembered beyond a restart ----------------------------------- */

static int64_t
now_wall(const struct ck_proxy *proxy)
{
	return ck_clock_wall_ms(ck_loop_clock(proxy->loop));
}

/* Queued writes are of this turn, and an account outlives it but by name. */
struct memory {
	struct ck_account_proof proof;
	char user[64];			/* of one that is dropped */
	int64_t now_ms;
};

static enum ck_err
write_memory(struct ck_store *store, void *ctx)
{
	const struct memory *memory = ctx;

	return memory->user[0] != '\0' ?
	    ck_store_drop_account(store, memory->user) :
	    ck_store_put_account(store, &memory->proof, memory->now_ms);
}

static void
on_memory_written(void *ctx, enum ck_err err)
{
	struct memory *memory = ctx;

	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "proxy", "accounts are not remembered: "
		    "%s", ck_err_text(err));
	OPENSSL_cleanse(memory, sizeof(*memory));
	free(memory);
}

/* user "": the proof is put; else the account of this name is dropped. */
static void
write_account(const struct account *account, const char *user)
{
	struct memory *memory = calloc(1, sizeof(*memory));

	if (memory == NULL)
		return;
	memory->proof = account->proof;
	memory->now_ms = now_wall(account->proxy);
	(void)snprintf(memory->user, sizeof(memory->user), "%s", user);
	if (ck_turn_add(account->proxy->turn, write_memory,
	    on_memory_written, memory) != CK_OK)
		on_memory_written(memory, CK_ERR_NOMEM);
}

static void
remember(struct account *account)
{
	struct ck_proxy *proxy = account->proxy;
	int64_t age_ms = now_wall(proxy) - account->written_ms;

	account->accepted = true;
	account->looked_up = true;
	if (proxy->store == NULL || (account->written_ms != 0 &&
	    age_ms >= 0 && age_ms < WRITE_AGAIN_MS))
		return;
	if (!account->proven)
		account->proven = ck_store_prove_account(proxy->store,
		    account->given.user, account->given.password_md5,
		    &account->proof) == CK_OK;
	if (!account->proven)
		return;
	account->written_ms = now_wall(proxy);
	write_account(account, "");
}

/* Once for each account and password: it is slow on purpose. */
static bool
is_accepted(struct account *account)
{
	struct ck_proxy *proxy = account->proxy;
	int64_t now_ms = now_wall(proxy);
	bool known;

	if (account->looked_up || proxy->store == NULL)
		return account->accepted;
	account->looked_up = true;
	if (ck_store_knows_account(proxy->store, account->given.user,
	    account->given.password_md5, now_ms - CK_ACCOUNT_REMEMBER_MS,
	    now_ms, &known) == CK_OK && known)
		account->accepted = true;

	return account->accepted;
}

/* Only whoever has the password that was good can make it forgotten. */
static void
forget(struct account *account)
{
	if (is_accepted(account) && account->proxy->store != NULL)
		write_account(account, account->given.user);
	account->accepted = false;
	account->written_ms = 0;
}

/* --- Logging in ----------------------------------------------------------- */

/* Did the gateway not judge the account at all? */
static bool
is_outage(enum ck_err err)
{
	return err == CK_ERR_LINE || err == CK_ERR_GATEWAY_TIMEOUT ||
	    err == CK_ERR_GATEWAY_MALFORMED ||
	    err == CK_ERR_GATEWAY_TOO_LARGE || err == CK_ERR_GATEWAY_FAULT ||
	    err == CK_ERR_GATEWAY_TOKEN;
}

static void
grant_for(struct account *account, enum ck_err err,
    struct ck_proxy_grant *grant)
{
	grant->err = err;
	if (err == CK_OK) {
		remember(account);
		give_token(account, grant,
		    ck_gateway_token_left_ms(account->gateway));
	} else if (is_outage(err) && is_accepted(account)) {
		give_token(account, grant, CK_TOKEN_LIFETIME_MS);
	} else if (err == CK_ERR_GATEWAY_ACCOUNT ||
	    err == CK_ERR_GATEWAY_BLOCKED) {
		forget(account);
	}
}

static void
on_login(void *ctx, enum ck_err err, struct ck_span raw, long status)
{
	struct account *account = ctx;
	struct waiting *waiting = account->waiting;

	/* Those that come meanwhile begin a login of their own. */
	account->waiting = NULL;
	while (waiting != NULL) {
		struct ck_proxy_grant grant = { .raw = raw, .status = status };
		struct waiting *next = waiting->next;

		grant_for(account, err, &grant);
		waiting->done(waiting->ctx, &grant);
		OPENSSL_cleanse(&grant, sizeof(grant));
		free(waiting);
		waiting = next;
	}
}

/* Wait for the login that is under way, or begin it. */
static enum ck_err
wait_for_login(struct account *account, ck_proxy_login_fn done, void *ctx)
{
	struct waiting *waiting = calloc(1, sizeof(*waiting));
	enum ck_err err = CK_OK;

	if (waiting == NULL)
		return CK_ERR_NOMEM;
	if (account->waiting == NULL)
		err = ck_gateway_login(account->gateway, on_login, account);
	if (err != CK_OK) {
		free(waiting);
		return err;
	}
	waiting->done = done;
	waiting->ctx = ctx;
	waiting->next = account->waiting;
	account->waiting = waiting;

	return CK_OK;
}

void
ck_proxy_login(struct ck_proxy *proxy, const char *user, const char *password,
    ck_proxy_login_fn done, void *ctx)
{
	struct ck_proxy_grant grant = { .err = CK_OK };
	struct account *account = NULL;
	enum ck_err err = account_of(proxy, user, password, &account);

	if (err == CK_OK) {
		account->used_ms = now_mono(proxy);
		if (ck_gateway_token_left_ms(account->gateway) == 0) {
			err = wait_for_login(account, done, ctx);
			if (err == CK_OK)
				return;
		}
		grant_for(account, err, &grant);
	} else {
		grant.err = err;
	}
	done(ctx, &grant);
	OPENSSL_cleanse(&grant, sizeof(grant));
}
