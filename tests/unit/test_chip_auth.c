/*
 * test_chip_auth.c - which key of DG14 is used, and what is agreed with it
 *
 * The chip's half is played with OpenSSL alone, with the private key of the
 * sample or with keys made here.
 */
#include "files.h"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include "card/tlv.h"
#include "lds/dg14.h"
#include "trust/chip_auth.h"

#define ECDH_3DES "300F 060A 04007F00070202030201 020101"
#define ECDH_AES128 "300F 060A 04007F00070202030202 020101"
#define ECDH_AES256 "300F 060A 04007F00070202030204 020101"
#define DH_AES128 "300F 060A 04007F00070202030102 020101"

/* id-PK-DH and id-PK-ECDH */
#define PK_DH "0609 04007F000702020101"
#define PK_ECDH "0609 04007F000702020102"

/* SecurityInfos under construction. */
struct infos {
	struct ck_buf body, whole;
	struct ck_security_infos parsed;
};

static void
add(struct infos *infos, const char *hex)
{
	struct ck_buf bytes = from_hex(hex);

	assert_int_equal(ck_buf_append(&infos->body, ck_buf_view(&bytes)),
	    CK_OK);
	ck_buf_wipe(&bytes);
}

/* A ChipAuthenticationPublicKeyInfo; reference_hex may be empty. */
static void
add_key(struct infos *infos, const char *oid, EVP_PKEY *key,
    const char *reference_hex)
{
	struct ck_buf inner = from_hex(oid);
	struct ck_buf reference = from_hex(reference_hex);
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(key, &der);

	assert_true(len > 0);
	assert_int_equal(ck_buf_append(&inner, ck_span_of(der, (size_t)len)),
	    CK_OK);
	assert_int_equal(ck_buf_append(&inner, ck_buf_view(&reference)),
	    CK_OK);
	assert_int_equal(ck_tlv_append(&infos->body, 0x30,
	    ck_buf_view(&inner)), CK_OK);
	OPENSSL_free(der);
	ck_buf_wipe(&inner);
	ck_buf_wipe(&reference);
}

static struct ck_chip_key
choose(struct infos *infos)
{
	struct ck_chip_key key = { 0 };

	assert_int_equal(ck_tlv_append(&infos->whole, 0x31,
	    ck_buf_view(&infos->body)), CK_OK);
	assert_int_equal(ck_security_infos_parse(ck_buf_view(&infos->whole),
	    &infos->parsed), CK_OK);
	ck_chip_key_choose(&infos->parsed, &key);
	ck_buf_wipe(&infos->body);
	ck_buf_wipe(&infos->whole);

	return key;
}

/* What the chip computes from our public key. */
static struct ck_buf
chip_secret(EVP_PKEY *chip, struct ck_span ours)
{
	EVP_PKEY *peer = EVP_PKEY_new();
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(chip, NULL);
	struct ck_buf out = CK_BUF_INIT;
	size_t len = 0;

	assert_int_equal(EVP_PKEY_copy_parameters(peer, chip), 1);
	assert_int_equal(EVP_PKEY_set1_encoded_public_key(peer, ours.ptr,
	    ours.len), 1);
	assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(ctx, peer), 1);
	if (EVP_PKEY_is_a(chip, "EC") != 1)
		assert_int_equal(EVP_PKEY_CTX_set_dh_pad(ctx, 1), 1);
	assert_int_equal(EVP_PKEY_derive(ctx, NULL, &len), 1);
	assert_int_equal(ck_buf_resize(&out, len), CK_OK);
	assert_int_equal(EVP_PKEY_derive(ctx, out.ptr, &len), 1);
	out.len = len;
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(peer);

	return out;
}

/* Both sides come to the same secret, and each run to another one. */
static void
assert_agree(const struct ck_chip_key *key, EVP_PKEY *chip, size_t ours_len)
{
	struct ck_buf ours = CK_BUF_INIT, secret = CK_BUF_INIT, theirs;
	struct ck_buf again = CK_BUF_INIT;

	assert_int_equal(ck_chip_key_agree(key, &ours, &secret), CK_OK);
	assert_int_equal(ours.len, ours_len);
	theirs = chip_secret(chip, ck_buf_view(&ours));
	assert_true(ck_span_equal(ck_buf_view(&secret),
	    ck_buf_view(&theirs)));
	assert_int_equal(ck_chip_key_agree(key, &ours, &again), CK_OK);
	assert_false(ck_span_equal(ck_buf_view(&secret),
	    ck_buf_view(&again)));
	ck_buf_wipe(&ours);
	ck_buf_wipe(&secret);
	ck_buf_wipe(&theirs);
	ck_buf_wipe(&again);
}

static EVP_PKEY *
sample_chip(void)
{
	struct ck_buf der = file_must_read(SAMPLE "chip-ca-test-key.der");
	const uint8_t *next = der.ptr;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &next, (long)der.len);

	assert_non_null(key);
	ck_buf_wipe(&der);

	return key;
}

static void
the_sample_chip_and_we_agree(void **state)
{
	struct ck_buf dg14 = file_must_read(SAMPLE "EF_DG14.bin");
	struct ck_security_infos infos;
	struct ck_chip_key key = { 0 };
	EVP_PKEY *chip = sample_chip();

	(void)state;
	assert_int_equal(ck_dg14_parse(ck_buf_view(&dg14), &infos), CK_OK);
	ck_chip_key_choose(&infos, &key);
	assert_non_null(key.key);
	assert_true(key.announced);
	assert_false(key.weak);
	assert_false(key.has_reference);
	assert_int_equal(key.suite, CK_CHIP_AUTH_AES128);
	assert_memory_equal(key.oid,
	    "\x04\x00\x7f\x00\x07\x02\x02\x03\x02\x02", 10);
	assert_agree(&key, chip, 65);
	ck_chip_key_free(&key);
	assert_null(key.key);
	EVP_PKEY_free(chip);
	ck_buf_wipe(&dg14);
}

/* As above with one byte of the file changed: the key is no key any more. */
static void
a_point_beside_the_curve_is_not_used(void **state)
{
	struct ck_buf dg14 = file_must_read(SAMPLE "EF_DG14.bin");
	struct ck_buf ours = CK_BUF_INIT, secret = CK_BUF_INIT;
	struct ck_security_infos infos;
	struct ck_chip_key key = { 0 };

	(void)state;
	dg14.ptr[dg14.len - 1] ^= 0x01;
	assert_int_equal(ck_dg14_parse(ck_buf_view(&dg14), &infos), CK_OK);
	ck_chip_key_choose(&infos, &key);
	assert_null(key.key);
	assert_true(key.announced);
	assert_int_equal(ck_chip_key_agree(&key, &ours, &secret),
	    CK_ERR_CRYPTO);
	assert_int_equal(ours.len + secret.len, 0);
	ck_buf_wipe(&dg14);
}

static void
the_point_at_infinity_is_not_used(void **state)
{
	struct infos infos = { 0 };
	struct ck_chip_key key;

	(void)state;
	add(&infos, ECDH_AES128);
	/* a point of one byte 00 */
	add(&infos, "3027" PK_ECDH "301A 3014 06072A8648CE3D0201"
	    "06092B2403030208010107 03020000");
	key = choose(&infos);
	assert_null(key.key);
	assert_true(key.announced);
}

static void
spelled_out_parameters_are_a_known_curve(void **state)
{
	EVP_PKEY *chip = EVP_EC_gen("brainpoolP256r1");
	struct infos infos = { 0 };
	struct ck_chip_key key;
	size_t body_len;

	(void)state;
	assert_int_equal(EVP_PKEY_set_utf8_string_param(chip,
	    OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT), 1);
	assert_int_equal(EVP_PKEY_set_utf8_string_param(chip,
	    OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT,
	    OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED), 1);
	add(&infos, ECDH_AES256);
	add_key(&infos, PK_ECDH, chip, "");
	body_len = infos.body.len;
	assert_true(body_len > 200);	/* it is spelled out */
	key = choose(&infos);
	assert_non_null(key.key);
	assert_false(key.weak);
	assert_int_equal(key.suite, CK_CHIP_AUTH_AES256);
	assert_agree(&key, chip, 65);	/* not compressed */
	ck_chip_key_free(&key);
	EVP_PKEY_free(chip);
}

static void
the_strongest_protocol_and_its_own_key_are_taken(void **state)
{
	EVP_PKEY *first = EVP_EC_gen("brainpoolP256r1");
	EVP_PKEY *second = EVP_EC_gen("brainpoolP384r1");
	struct infos infos = { 0 };
	struct ck_chip_key key;

	(void)state;
	add(&infos, ECDH_3DES);
	add(&infos, "3012 060A 04007F00070202030202 020101 020107");
	add(&infos, "3013 060A 04007F00070202030203 020101 020200C3");
	add_key(&infos, PK_ECDH, first, "020107");
	add_key(&infos, PK_ECDH, second, "020200C3");
	key = choose(&infos);
	assert_int_equal(key.suite, CK_CHIP_AUTH_AES192);
	assert_true(key.has_reference);
	assert_int_equal(key.reference, 0xc3);
	assert_agree(&key, second, 97);
	ck_chip_key_free(&key);
	/* a reference that no key has leaves the next protocol */
	add(&infos, "3012 060A 04007F00070202030202 020101 020107");
	add(&infos, "3012 060A 04007F00070202030203 020101 020108");
	add_key(&infos, PK_ECDH, first, "020107");
	key = choose(&infos);
	assert_int_equal(key.suite, CK_CHIP_AUTH_AES128);
	assert_false(key.has_reference);	/* the chip has only this one */
	ck_chip_key_free(&key);
	EVP_PKEY_free(first);
	EVP_PKEY_free(second);
}

static void
what_is_not_a_protocol_of_ours_is_passed_over(void **state)
{
	static const char *const others[] = {
		/* version 2, suite 5, kind 3, a longer and a shorter name */
		"300F 060A 04007F00070202030202 020102",
		"300F 060A 04007F00070202030205 020101",
		"300F 060A 04007F00070202030302 020101",
		"3010 060B 04007F0007020203020201 020101",
		"300E 0609 04007F000702020302 020101",
		/* DH for a key that is ECDH */
		DH_AES128
	};
	EVP_PKEY *chip = EVP_EC_gen("prime256v1");
	struct ck_chip_key key;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct infos infos = { 0 };

		add(&infos, others[i]);
		add_key(&infos, PK_ECDH, chip, "");
		key = choose(&infos);
		if (key.key != NULL || !key.announced)
			fail_msg("%s", others[i]);
	}
	EVP_PKEY_free(chip);
}

static void
old_chips_name_no_protocol(void **state)
{
	EVP_PKEY *chip = EVP_EC_gen("brainpoolP224r1");
	struct infos infos = { 0 };
	struct ck_chip_key key;

	(void)state;
	add_key(&infos, PK_ECDH, chip, "");
	key = choose(&infos);
	assert_int_equal(key.suite, CK_CHIP_AUTH_3DES);
	assert_agree(&key, chip, 57);
	ck_chip_key_free(&key);
	/* without any key there is nothing to prove */
	add(&infos, ECDH_AES128);
	key = choose(&infos);
	assert_null(key.key);
	assert_false(key.announced);
	EVP_PKEY_free(chip);
}

/* A key over integers, by the name of its group. */
static EVP_PKEY *
dh_key(const char *group)
{
	char name[32];
	OSSL_PARAM params[2] = { OSSL_PARAM_END, OSSL_PARAM_END };
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL,
	    strncmp(group, "dh_", 3) == 0 ? "DHX" : "DH", NULL);
	EVP_PKEY *key = NULL;

	(void)snprintf(name, sizeof(name), "%s", group);
	params[0] = OSSL_PARAM_construct_utf8_string(
	    OSSL_PKEY_PARAM_GROUP_NAME, name, 0);
	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_params(ctx, params), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);

	return key;
}

static void
keys_over_integers_are_spoken_too(void **state)
{
	static const struct {
		const char *group;
		size_t len;
		bool weak;
	} rows[] = {
		{ "ffdhe2048", 256, false }, { "dh_2048_256", 256, false },
		{ "dh_1024_160", 128, true }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		EVP_PKEY *chip = dh_key(rows[i].group);
		struct infos infos = { 0 };
		struct ck_chip_key key;

		add(&infos, DH_AES128);
		add_key(&infos, PK_DH, chip, "");
		key = choose(&infos);
		assert_non_null(key.key);
		assert_int_equal(key.weak, rows[i].weak);
		assert_int_equal(key.oid[8], 1);
		assert_agree(&key, chip, rows[i].len);
		ck_chip_key_free(&key);
		EVP_PKEY_free(chip);
	}
}

static void
a_short_curve_is_weak(void **state)
{
	EVP_PKEY *chip = EVP_EC_gen("prime192v1");
	struct infos infos = { 0 };
	struct ck_chip_key key;

	(void)state;
	add(&infos, ECDH_AES128);
	add_key(&infos, PK_ECDH, chip, "");
	key = choose(&infos);
	assert_non_null(key.key);
	assert_true(key.weak);
	ck_chip_key_free(&key);
	EVP_PKEY_free(chip);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_sample_chip_and_we_agree),
		cmocka_unit_test(a_point_beside_the_curve_is_not_used),
		cmocka_unit_test(the_point_at_infinity_is_not_used),
		cmocka_unit_test(spelled_out_parameters_are_a_known_curve),
		cmocka_unit_test(
		    the_strongest_protocol_and_its_own_key_are_taken),
		cmocka_unit_test(what_is_not_a_protocol_of_ours_is_passed_over),
		cmocka_unit_test(old_chips_name_no_protocol),
		cmocka_unit_test(keys_over_integers_are_spoken_too),
		cmocka_unit_test(a_short_curve_is_weak),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
