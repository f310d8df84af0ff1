/*
 * curve.c - elliptic curves of PACE and Chip Authentication
 */
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>

#include "curve.h"

#define POINT_MAX 160

struct sim_curve {
	EC_GROUP *group;
	BN_CTX *ctx;
};

/* Domain parameters 8 to 18. ICAO 9303-11 §9.5.1, table 4 */
static const int nids[] = {
	NID_X9_62_prime192v1, NID_brainpoolP192r1, NID_secp224r1,
	NID_brainpoolP224r1, NID_X9_62_prime256v1, NID_brainpoolP256r1,
	NID_brainpoolP320r1, NID_secp384r1, NID_brainpoolP384r1,
	NID_brainpoolP512r1, NID_secp521r1,
};

#define FIRST_ID 8
#define ID_COUNT (sizeof(nids) / sizeof(nids[0]))

const char *
sim_curve_name(unsigned parameter_id)
{
	if (parameter_id < FIRST_ID || parameter_id >= FIRST_ID + ID_COUNT)
		return NULL;

	return OBJ_nid2sn(nids[parameter_id - FIRST_ID]);
}

struct sim_curve *
sim_curve_new(unsigned parameter_id)
{
	struct sim_curve *curve;

	if (sim_curve_name(parameter_id) == NULL)
		return NULL;
	curve = OPENSSL_zalloc(sizeof(*curve));
	sim_must(curve != NULL, "malloc");
	curve->group =
	    EC_GROUP_new_by_curve_name(nids[parameter_id - FIRST_ID]);
	curve->ctx = BN_CTX_secure_new();
	sim_must(curve->group != NULL && curve->ctx != NULL, "EC_GROUP");

	return curve;
}

void
sim_curve_free(struct sim_curve **curve)
{
	if (*curve != NULL) {
		EC_GROUP_free((*curve)->group);
		BN_CTX_free((*curve)->ctx);
	}
	OPENSSL_free(*curve);
	*curve = NULL;
}

void
sim_curve_random(const struct sim_curve *curve, struct sim_bytes *out)
{
	const BIGNUM *order = EC_GROUP_get0_order(curve->group);
	int len = BN_num_bytes(order);
	BIGNUM *key = BN_secure_new();
	uint8_t bytes[POINT_MAX];

	sim_must(key != NULL, "BN_secure_new");
	do
		sim_must(BN_priv_rand_range(key, order) == 1, "BN_rand");
	while (BN_is_zero(key));
	sim_must(BN_bn2binpad(key, bytes, len) == len, "BN_bn2binpad");
	sim_put(out, sim_span(bytes, (size_t)len));
	OPENSSL_cleanse(bytes, sizeof(bytes));
	BN_clear_free(key);
}

static bool
put_point(const struct sim_curve *curve, const EC_POINT *point,
    struct sim_bytes *out)
{
	uint8_t bytes[POINT_MAX];
	size_t len;

	if (EC_POINT_is_at_infinity(curve->group, point))
		return false;
	len = EC_POINT_point2oct(curve->group, point,
	    POINT_CONVERSION_UNCOMPRESSED, bytes, sizeof(bytes), curve->ctx);
	sim_put(out, sim_span(bytes, len));

	return len > 0;
}

/* *point stays NULL for an empty span. */
static bool
read_point(const struct sim_curve *curve, struct sim_span bytes,
    EC_POINT **point)
{
	if (bytes.len == 0)
		return true;
	*point = EC_POINT_new(curve->group);
	sim_must(*point != NULL, "EC_POINT_new");

	return EC_POINT_oct2point(curve->group, *point, bytes.ptr, bytes.len,
	    curve->ctx) == 1 && !EC_POINT_is_at_infinity(curve->group, *point);
}

/* generator_factor · G + factor · point; either factor may be NULL. */
static bool
combine(const struct sim_curve *curve, struct sim_span generator_factor,
    struct sim_span factor, struct sim_span point_bytes, struct sim_bytes *out)
{
	BIGNUM *g = NULL, *f = NULL;
	EC_POINT *point = NULL, *sum = EC_POINT_new(curve->group);
	bool ok = false;

	sim_must(sum != NULL, "EC_POINT_new");
	if (generator_factor.len > 0)
		g = BN_bin2bn(generator_factor.ptr,
		    (int)generator_factor.len, NULL);
	f = BN_bin2bn(factor.ptr, (int)factor.len, NULL);
	if (!read_point(curve, point_bytes, &point))
		goto out;
	if (EC_POINT_mul(curve->group, sum, g, point, point != NULL ? f : NULL,
	    curve->ctx) != 1)
		goto out;
	ok = put_point(curve, sum, out);
out:
	BN_clear_free(g);
	BN_clear_free(f);
	EC_POINT_clear_free(point);
	EC_POINT_clear_free(sum);

	return ok;
}

bool
sim_curve_multiply(const struct sim_curve *curve, struct sim_span scalar,
    struct sim_span point, struct sim_bytes *out)
{
	struct sim_span none = { NULL, 0 };

	if (point.len == 0)
		return combine(curve, scalar, none, none, out);

	return combine(curve, none, scalar, point, out);
}

bool
sim_curve_map(const struct sim_curve *curve, struct sim_span nonce,
    struct sim_span point, struct sim_bytes *out)
{
	static const uint8_t one = 1;

	return combine(curve, nonce, sim_span(&one, 1), point, out);
}

struct sim_span
sim_curve_x(struct sim_span point)
{
	return sim_slice(point, 1, (point.len - 1) / 2);
}
