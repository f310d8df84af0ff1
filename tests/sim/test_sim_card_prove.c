/*
 * test_sim_card_prove.c - how chips prove themselves, and what it costs
 *
 * The terminal's side is played with OpenSSL's public-key operations and with
 * the formats of ISO/IEC 9796-2 and BSI TR-03111 taken apart by hand.
 */
#include <string.h>

#include "hex.h"

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

#include "card/cipher.h"
#include "card/curve.h"
#include "card/link.h"
#include "card/prove.h"

#define RSA_BYTES 256
#define BRAINPOOL_P256R1 13

static const uint8_t challenge_bytes[] = { 1, 2, 3, 4, 5, 6, 7, 8 };

static struct sim_span
challenge(void)
{
	return sim_span(challenge_bytes, sizeof(challenge_bytes));
}

/* The public operation on a signature: the representative that was signed. */
static void
recover(EVP_PKEY *key, struct sim_span signature, uint8_t out[RSA_BYTES])
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	size_t len = RSA_BYTES;

	assert_int_equal(signature.len, RSA_BYTES);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, out, &len, signature.ptr,
	    signature.len), 1);
	EVP_PKEY_CTX_free(ctx);
}

/* Header, recovered part, hash over that and the challenge, trailer. */
static void
check_representative(const uint8_t *f, const EVP_MD *hash, size_t trailer)
{
	size_t digest_len = (size_t)EVP_MD_get_size(hash);
	size_t m1_len = RSA_BYTES - 1 - digest_len - trailer;
	uint8_t digest[EVP_MAX_MD_SIZE];
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	assert_int_equal(f[0], 0x6a);
	assert_int_equal(EVP_DigestInit_ex(ctx, hash, NULL), 1);
	assert_int_equal(EVP_DigestUpdate(ctx, f + 1, m1_len), 1);
	assert_int_equal(EVP_DigestUpdate(ctx, challenge_bytes,
	    sizeof(challenge_bytes)), 1);
	assert_int_equal(EVP_DigestFinal_ex(ctx, digest, NULL), 1);
	assert_memory_equal(f + 1 + m1_len, digest, digest_len);
	EVP_MD_CTX_free(ctx);
}

static void
test_aa_rsa(void **state)
{
	EVP_PKEY *key = EVP_RSA_gen(8 * RSA_BYTES);
	struct sim_bytes signature = SIM_BYTES_INIT;
	uint8_t f[RSA_BYTES];

	(void)state;
	assert_true(sim_aa_sign(key, "SHA256", false, challenge(), &signature));
	recover(key, sim_view(&signature), f);
	assert_int_equal(f[RSA_BYTES - 2], 0x34);
	assert_int_equal(f[RSA_BYTES - 1], 0xcc);
	check_representative(f, EVP_sha256(), 2);

	sim_bytes_clear(&signature);
	assert_true(sim_aa_sign(key, "SHA1", false, challenge(), &signature));
	recover(key, sim_view(&signature), f);
	assert_int_equal(f[RSA_BYTES - 1], 0xbc);
	check_representative(f, EVP_sha1(), 1);
	sim_bytes_clear(&signature);
	assert_true(sim_aa_sign(key, "SHA256", true, challenge(), &signature));
	recover(key, sim_view(&signature), f);
	assert_int_equal(f[RSA_BYTES - 1], 0xcd);
	assert_false(sim_aa_sign(key, "SHA1", false, sim_span("1234567", 7),
	    &signature));
	sim_bytes_free(&signature);
	EVP_PKEY_free(key);
}

static void
test_aa_ecdsa(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("brainpoolP256r1");
	struct sim_bytes plain = SIM_BYTES_INIT;
	ECDSA_SIG *signature = ECDSA_SIG_new();
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	uint8_t *der = NULL;
	int len;

	(void)state;
	assert_true(sim_aa_sign(key, "SHA256", false, challenge(), &plain));
	assert_int_equal(plain.len, 64);
	ECDSA_SIG_set0(signature, BN_bin2bn(plain.ptr, 32, NULL),
	    BN_bin2bn(plain.ptr + 32, 32, NULL));
	len = i2d_ECDSA_SIG(signature, &der);
	assert_true(len > 0);
	assert_int_equal(EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL,
	    key), 1);
	assert_int_equal(EVP_DigestVerify(ctx, der, (size_t)len,
	    challenge_bytes, sizeof(challenge_bytes)), 1);
	OPENSSL_free(der);
	ECDSA_SIG_free(signature);
	EVP_MD_CTX_free(ctx);
	sim_bytes_free(&plain);
	EVP_PKEY_free(key);
}

/* Public key of key as an uncompressed point. */
static void
put_point(EVP_PKEY *key, struct sim_bytes *out)
{
	uint8_t *point = NULL;
	size_t len = EVP_PKEY_get1_encoded_public_key(key, &point);

	assert_true(len > 0);
	sim_put(out, sim_span(point, len));
	OPENSSL_free(point);
}

static void
test_ca_agreement(void **state)
{
	EVP_PKEY *key = EVP_EC_gen("brainpoolP256r1");
	struct sim_curve *curve = sim_curve_new(BRAINPOOL_P256R1);
	struct sim_bytes private = SIM_BYTES_INIT, public = SIM_BYTES_INIT;
	struct sim_bytes chip = SIM_BYTES_INIT, shared = SIM_BYTES_INIT;
	struct sim_bytes secret = SIM_BYTES_INIT;
	struct sim_span none = { NULL, 0 };

	(void)state;
	put_point(key, &chip);
	sim_curve_random(curve, &private);
	assert_true(sim_curve_multiply(curve, sim_view(&private), none,
	    &public));
	assert_true(sim_curve_multiply(curve, sim_view(&private),
	    sim_view(&chip), &shared));
	assert_true(sim_ca_agree(key, sim_view(&public), &secret));
	assert_true(sim_equal(sim_view(&secret),
	    sim_curve_x(sim_view(&shared))));

	public.ptr[public.len - 1] ^= 1;
	assert_false(sim_ca_agree(key, sim_view(&public), &secret));
	assert_false(sim_ca_agree(key, none, &secret));
	sim_bytes_free(&private);
	sim_bytes_free(&public);
	sim_bytes_free(&chip);
	sim_bytes_free(&shared);
	sim_bytes_free(&secret);
	sim_curve_free(&curve);
	EVP_PKEY_free(key);
}

static void
test_ca_identifiers(void **state)
{
	struct sim_bytes oid = unhex("04007F00070202030202");
	enum sim_suite suite;

	(void)state;
	assert_true(sim_ca_parse_oid(sim_view(&oid), &suite));
	assert_int_equal(suite, SIM_AES128);
	oid.ptr[9] = 5;
	assert_false(sim_ca_parse_oid(sim_view(&oid), &suite));
	oid.ptr[9] = 2;
	oid.ptr[8] = 1;		/* finite-field Diffie-Hellman */
	assert_false(sim_ca_parse_oid(sim_view(&oid), &suite));
	sim_bytes_free(&oid);
}

/* Added up by hand from the table in tests/sim/README.md. */
static void
test_link_model(void **state)
{
	struct sim_cost plain = { 0 };
	struct sim_cost read = { .protected_bytes = 980 };
	struct sim_cost pace = { .cryptography_us = SIM_COST_PACE_MAP_US };

	(void)state;
	/* 2 frames; 5 + 56 + 2 · 5 bytes at 9 / 106 ms */
	assert_int_equal(sim_link_us(106, 5, 56, &plain),
	    4000 + 1200 + 6028);
	/* 1 + 4 frames; 5 + 1000 + 5 · 5 bytes at 9 / 424 ms; 62 blocks */
	assert_int_equal(sim_link_us(424, 5, 1000, &read),
	    4000 + 3000 + 21863 + 1860);
	/* 251 bytes still fit one frame, 252 do not */
	assert_int_equal(sim_link_us(848, 251, 252, &plain),
	    4000 + 1800 + 5497);
	assert_int_equal(sim_link_us(106, 5, 56, &pace),
	    4000 + 1200 + 6028 + 90000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_aa_rsa),
		cmocka_unit_test(test_aa_ecdsa),
		cmocka_unit_test(test_ca_agreement),
		cmocka_unit_test(test_ca_identifiers),
		cmocka_unit_test(test_link_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
