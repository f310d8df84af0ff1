/*
 * tokens.c - whose token somebody shows
 */
#include <dirent.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/config_check.h"
#include "daemon/secret.h"
#include "http/guard.h"
#include "province/tokens.h"

/* Between two readings of the whole folder. */
#define AGAIN_MS 1000

#define DIGEST_LEN 32

struct token {
	uint8_t digest[DIGEST_LEN];	/* SHA-256 */
	char name[CK_TOKENS_NAME_LEN];
};

struct ck_tokens {
	const char *directory;		/* borrowed */
	const struct ck_clock *clock;	/* borrowed */
	pthread_mutex_t lock;		/* guards what follows */
	struct token *list;		/* owned; by digest */
	size_t count, cap;
	int64_t read_ms;		/* monotonic */
	bool read;			/* at least once */
};

static bool
digest_of(const char *secret, uint8_t out[DIGEST_LEN])
{
	return EVP_Digest(secret, strlen(secret), out, NULL, EVP_sha256(),
	    NULL) == 1;
}

/* --- The folder ----------------------------------------------------------- */

static bool
read_token(const struct ck_tokens *tokens, const char *name,
    uint8_t out[DIGEST_LEN])
{
	char secret[CK_GUARD_SECRET_LEN], path[1024 + CK_TOKENS_NAME_LEN + 2];
	bool good;

	(void)snprintf(path, sizeof(path), "%s/%s", tokens->directory, name);
	good = ck_secret_read(path, CK_TOKEN_MIN, secret, sizeof(secret)) ==
	    CK_OK && secret[0] != '\0' && digest_of(secret, out);
	OPENSSL_cleanse(secret, sizeof(secret));

	return good;
}

/* Without memory the token is nobody's until the next reading. */
static void
add(struct ck_tokens *tokens, const struct token *token)
{
	size_t cap = tokens->cap == 0 ? 128 : 2 * tokens->cap;
	struct token *grown;

	if (tokens->count == tokens->cap) {
		grown = reallocarray(tokens->list, cap, sizeof(*grown));
		if (grown == NULL)
			return;
		tokens->list = grown;
		tokens->cap = cap;
	}
	tokens->list[tokens->count++] = *token;
}

static int
compare(const void *a, const void *b)
{
	return memcmp(((const struct token *)a)->digest,
	    ((const struct token *)b)->digest, DIGEST_LEN);
}

static void
read_folder(struct ck_tokens *tokens)
{
	DIR *directory = tokens->directory[0] == '\0' ? NULL :
	    opendir(tokens->directory);
	struct dirent *entry;
	struct token token;

	tokens->count = 0;
	tokens->read = true;
	tokens->read_ms = ck_clock_mono_ms(tokens->clock);
	if (directory == NULL)
		return;
	while ((entry = readdir(directory)) != NULL) {
		if (entry->d_name[0] == '.' ||
		    strlen(entry->d_name) >= sizeof(token.name))
			continue;
		memcpy(token.name, entry->d_name, strlen(entry->d_name) + 1);
		if (read_token(tokens, token.name, token.digest))
			add(tokens, &token);
	}
	(void)closedir(directory);
	if (tokens->count > 0)
		qsort(tokens->list, tokens->count, sizeof(*tokens->list),
		    compare);
}

/* --- Asking --------------------------------------------------------------- */

/* Known, and not taken away since. */
static bool
is_known(const struct ck_tokens *tokens, const struct token *wanted,
    char name[CK_TOKENS_NAME_LEN])
{
	const struct token *found = tokens->count == 0 ? NULL :
	    bsearch(wanted, tokens->list, tokens->count,
	    sizeof(*tokens->list), compare);
	uint8_t digest[DIGEST_LEN];

	if (found == NULL || !read_token(tokens, found->name, digest) ||
	    CRYPTO_memcmp(digest, wanted->digest, DIGEST_LEN) != 0)
		return false;
	memcpy(name, found->name, CK_TOKENS_NAME_LEN);

	return true;
}

static bool
may_read_again(const struct ck_tokens *tokens)
{
	return !tokens->read || ck_clock_mono_ms(tokens->clock) -
	    tokens->read_ms >= AGAIN_MS;
}

bool
ck_tokens_find(struct ck_tokens *tokens, const char *authorization,
    char name[CK_TOKENS_NAME_LEN])
{
	char secret[CK_GUARD_SECRET_LEN];
	struct token wanted = { .name = "" };
	bool found = false;

	if (ck_guard_secret(authorization, secret) &&
	    digest_of(secret, wanted.digest)) {
		pthread_mutex_lock(&tokens->lock);
		found = is_known(tokens, &wanted, name);
		if (!found && may_read_again(tokens)) {
			read_folder(tokens);
			found = is_known(tokens, &wanted, name);
		}
		pthread_mutex_unlock(&tokens->lock);
	}
	OPENSSL_cleanse(secret, sizeof(secret));

	return found;
}

enum ck_err
ck_tokens_new(struct ck_tokens **out, const char *directory,
    const struct ck_clock *clock)
{
	struct ck_tokens *tokens = calloc(1, sizeof(*tokens));

	*out = tokens;
	if (tokens == NULL)
		return CK_ERR_NOMEM;
	tokens->directory = directory;
	tokens->clock = clock;
	(void)pthread_mutex_init(&tokens->lock, NULL);

	return CK_OK;
}

void
ck_tokens_free(struct ck_tokens **tokens)
{
	if (*tokens == NULL)
		return;
	(void)pthread_mutex_destroy(&(*tokens)->lock);
	free((*tokens)->list);
	free(*tokens);
	*tokens = NULL;
}
