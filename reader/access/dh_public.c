/*
 * dh_public.c - is this integer a public key of a standardised group?
 */
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include "access/dh_public.h"

/* §9.5.1 table 8, by OpenSSL's names of the groups of RFC 5114. */
static const struct {
	const char *name;
	size_t len;
} groups[] = {
	{ "dh_1024_160", 128 }, { "dh_2048_224", 256 }, { "dh_2048_256", 256 }
};

#define GROUPS (sizeof(groups) / sizeof(groups[0]))

size_t
ck_dh_group_len(uint32_t parameter_id)
{
	return parameter_id < GROUPS ? groups[parameter_id].len : 0;
}

/* The parameters alone; NULL on error. */
static EVP_PKEY *
group_new(uint32_t parameter_id)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "DHX", NULL);
	EVP_PKEY *group = NULL;

	if (ctx == NULL || EVP_PKEY_paramgen_init(ctx) != 1 ||
	    EVP_PKEY_CTX_set_group_name(ctx, groups[parameter_id].name) != 1 ||
	    EVP_PKEY_generate(ctx, &group) != 1)
		group = NULL;
	EVP_PKEY_CTX_free(ctx);

	return group;
}

/* 2..p-2, and y^q mod p is 1. */
static bool
is_member(const BIGNUM *y, const BIGNUM *p, const BIGNUM *q)
{
	BIGNUM *last = BN_dup(p), *power = BN_new();
	BN_CTX *ctx = BN_CTX_new();
	bool ok = false;

	if (last == NULL || power == NULL || ctx == NULL ||
	    !BN_sub_word(last, 1))
		goto out;
	if (BN_cmp(y, BN_value_one()) <= 0 || BN_cmp(y, last) >= 0)
		goto out;
	ok = BN_mod_exp(power, y, q, p, ctx) && BN_is_one(power);
out:
	BN_free(last);
	BN_free(power);
	BN_CTX_free(ctx);

	return ok;
}

bool
ck_dh_public_valid(uint32_t parameter_id, struct ck_span key)
{
	BIGNUM *p = NULL, *q = NULL, *y = NULL;
	EVP_PKEY *group;
	bool ok = false;

	if (key.len == 0 || key.len > ck_dh_group_len(parameter_id) ||
	    (group = group_new(parameter_id)) == NULL)
		return false;
	if (EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_P, &p) &&
	    EVP_PKEY_get_bn_param(group, OSSL_PKEY_PARAM_FFC_Q, &q) &&
	    (y = BN_bin2bn(key.ptr, (int)key.len, NULL)) != NULL)
		ok = is_member(y, p, q);
	BN_free(p);
	BN_free(q);
	BN_free(y);
	EVP_PKEY_free(group);

	return ok;
}
