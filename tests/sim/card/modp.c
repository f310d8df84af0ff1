/*
 * modp.c - prime groups of PACE with Diffie-Hellman
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "modp.h"

/* OpenSSL's names, by the id of the standardised parameters. */
static const char *const names[] = {
	"dh_1024_160", "dh_2048_224", "dh_2048_256"
};

#define COUNT (sizeof(names) / sizeof(names[0]))
#define PRIME_MAX 256

struct sim_modp {
	BIGNUM *p, *q, *g;
	BN_CTX *ctx;
};

static EVP_PKEY *
open_parameters(const char *name)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
	EVP_PKEY *found = NULL;

	sim_must(ctx != NULL && EVP_PKEY_paramgen_init(ctx) == 1 &&
	    EVP_PKEY_CTX_set_group_name(ctx, name) == 1 &&
	    EVP_PKEY_paramgen(ctx, &found) == 1, "DH parameters");
	EVP_PKEY_CTX_free(ctx);

	return found;
}

struct sim_modp *
sim_modp_new(unsigned parameter_id)
{
	struct sim_modp *group;
	EVP_PKEY *found;

	if (parameter_id >= COUNT)
		return NULL;
	found = open_parameters(names[parameter_id]);
	group = OPENSSL_zalloc(sizeof(*group));
	sim_must(group != NULL, "malloc");
	group->ctx = BN_CTX_secure_new();
	sim_must(group->ctx != NULL &&
	    EVP_PKEY_get_bn_param(found, OSSL_PKEY_PARAM_FFC_P,
	    &group->p) == 1 &&
	    EVP_PKEY_get_bn_param(found, OSSL_PKEY_PARAM_FFC_Q,
	    &group->q) == 1 &&
	    EVP_PKEY_get_bn_param(found, OSSL_PKEY_PARAM_FFC_G,
	    &group->g) == 1, "DH parameters");
	EVP_PKEY_free(found);

	return group;
}

void
sim_modp_free(struct sim_modp **group)
{
	if (*group != NULL) {
		BN_free((*group)->p);
		BN_free((*group)->q);
		BN_free((*group)->g);
		BN_CTX_free((*group)->ctx);
	}
	OPENSSL_free(*group);
	*group = NULL;
}

static void
put_number(const BIGNUM *number, int len, struct sim_bytes *out)
{
	uint8_t bytes[PRIME_MAX];

	sim_must(BN_bn2binpad(number, bytes, len) == len, "BN_bn2binpad");
	sim_put(out, sim_span(bytes, (size_t)len));
	OPENSSL_cleanse(bytes, sizeof(bytes));
}

void
sim_modp_random(const struct sim_modp *group, struct sim_bytes *out)
{
	BIGNUM *key = BN_secure_new();

	sim_must(key != NULL, "BN_secure_new");
	do
		sim_must(BN_priv_rand_range(key, group->q) == 1, "BN_rand");
	while (BN_is_zero(key));
	put_number(key, BN_num_bytes(group->q), out);
	BN_clear_free(key);
}

/* 1 < value < p, and in the subgroup of order q. RFC 2631 §2.1.5 */
static bool
is_member(const struct sim_modp *group, const BIGNUM *value)
{
	BIGNUM *power = BN_new();
	bool ok;

	sim_must(power != NULL, "BN_new");
	ok = !BN_is_zero(value) && !BN_is_one(value) &&
	    BN_cmp(value, group->p) < 0 &&
	    BN_mod_exp(power, value, group->q, group->p, group->ctx) == 1 &&
	    BN_is_one(power);
	BN_free(power);

	return ok;
}

static BIGNUM *
number_of(struct sim_span bytes)
{
	BIGNUM *number = BN_bin2bn(bytes.ptr, (int)bytes.len, NULL);

	sim_must(number != NULL, "BN_bin2bn");

	return number;
}

bool
sim_modp_power(const struct sim_modp *group, struct sim_span exponent,
    struct sim_span base, struct sim_bytes *out)
{
	BIGNUM *b = base.len == 0 ? BN_dup(group->g) : number_of(base);
	BIGNUM *e = number_of(exponent), *result = BN_secure_new();
	bool ok;

	sim_must(b != NULL && result != NULL, "BN_new");
	ok = is_member(group, b) &&
	    BN_mod_exp(result, b, e, group->p, group->ctx) == 1 &&
	    !BN_is_one(result);
	if (ok)
		put_number(result, BN_num_bytes(group->p), out);
	BN_free(b);
	BN_clear_free(e);
	BN_clear_free(result);

	return ok;
}

bool
sim_modp_map(const struct sim_modp *group, struct sim_span nonce,
    struct sim_span base, struct sim_bytes *out)
{
	BIGNUM *h = number_of(base), *s = number_of(nonce);
	BIGNUM *result = BN_secure_new();
	bool ok;

	sim_must(result != NULL, "BN_new");
	ok = is_member(group, h) &&
	    BN_mod_exp(result, group->g, s, group->p, group->ctx) == 1 &&
	    BN_mod_mul(result, result, h, group->p, group->ctx) == 1 &&
	    !BN_is_one(result);
	if (ok)
		put_number(result, BN_num_bytes(group->p), out);
	BN_clear_free(h);
	BN_clear_free(s);
	BN_clear_free(result);

	return ok;
}
