/*
 * secrets.c - does freed memory still hold what must be gone?
 */
#include <malloc.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

#include "access/sm.h"
#include "card.h"
#include "secrets.h"

#define SECRETS_MAX 32
#define SECRET_MIN 6
#define SECRET_MAX 64

void __real_free(void *block);
void __wrap_free(void *block);
enum ck_err __real_ck_sm_new(struct ck_sm **out, enum ck_suite suite,
    const struct ck_cipher_key *ks_enc, const struct ck_cipher_key *ks_mac,
    struct ck_span ssc);
enum ck_err __wrap_ck_sm_new(struct ck_sm **out, enum ck_suite suite,
    const struct ck_cipher_key *ks_enc, const struct ck_cipher_key *ks_mac,
    struct ck_span ssc);

static struct {
	unsigned char bytes[SECRET_MAX];
	size_t len;
} secrets[SECRETS_MAX];

static size_t count;
static unsigned leaked;

void
hostile_secrets_reset(void)
{
	count = 0;
	leaked = 0;
}

void
hostile_secrets_add(const void *secret, size_t len)
{
	if (len < SECRET_MIN || len > SECRET_MAX || count == SECRETS_MAX)
		return;
	memcpy(secrets[count].bytes, secret, len);
	secrets[count++].len = len;
}

size_t
hostile_secrets_count(void)
{
	return count;
}

bool
hostile_secrets_in(const void *ptr, size_t len)
{
	size_t i;

	for (i = 0; i < count; i++) {
		if (memmem(ptr, len, secrets[i].bytes, secrets[i].len) != NULL)
			return true;
	}

	return false;
}

unsigned
hostile_secrets_leaked(void)
{
	return leaked;
}

/* The chip's own memory is none of the product's. */
static void
search(void *block)
{
	if (block != NULL && !hostile_in_chip && count > 0 &&
	    hostile_secrets_in(block, malloc_usable_size(block)))
		leaked++;
}

void
__wrap_free(void *block)
{
	search(block);
	__real_free(block);
}

enum ck_err
__wrap_ck_sm_new(struct ck_sm **out, enum ck_suite suite,
    const struct ck_cipher_key *ks_enc, const struct ck_cipher_key *ks_mac,
    struct ck_span ssc)
{
	hostile_secrets_add(ks_enc->bytes, ks_enc->len);
	hostile_secrets_add(ks_mac->bytes, ks_mac->len);

	return __real_ck_sm_new(out, suite, ks_enc, ks_mac, ssc);
}

/*
 * What a library allocates for itself is not a call of the product's: by this
 * name it is not among those that fault tests let fail.
 */
static void *
inner_malloc(size_t size)
{
	return memalign(sizeof(max_align_t), size);
}

static void *
openssl_malloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;

	return inner_malloc(size);
}

/* A block that moves leaves its old place behind unwiped. */
static void *
openssl_realloc(void *block, size_t size, const char *file, int line)
{
	void *moved;
	size_t old;

	(void)file;
	(void)line;
	if (block == NULL)
		return inner_malloc(size);
	old = malloc_usable_size(block);
	if (size == 0) {
		free(block);
		return NULL;
	}
	if ((moved = inner_malloc(size)) == NULL)
		return NULL;
	memcpy(moved, block, old < size ? old : size);
	free(block);

	return moved;
}

static void
openssl_free(void *block, const char *file, int line)
{
	(void)file;
	(void)line;
	free(block);
}

void
hostile_secrets_open(void)
{
	if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc,
	    openssl_free) != 1)
		sim_die("CRYPTO_set_mem_functions: too late");
}
