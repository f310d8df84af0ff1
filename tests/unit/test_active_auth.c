/*
 * test_active_auth.c - answers to the challenge of active authentication
 *
 * Good answers were made with the openssl command (tests/wire). Bad ones are
 * signed here over representatives written out by hand.
 */
#include "files.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "../wire/wire_active_auth.h"
#include "card/tlv.h"
#include "trust/active_auth.h"

#define RSA_LEN 256

static const uint8_t challenge[CK_ACTIVE_CHALLENGE_LEN] = {
	0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef
};

/* SecurityInfos with an ActiveAuthenticationInfo: plain ECDSA with hash n. */
static struct ck_security_infos
infos_with(uint8_t n, struct ck_buf *bytes)
{
	struct ck_security_infos infos;

	*bytes = from_hex("3119 3017 0606 678108010105 020101"
	    "060A 04007F00070101040103");
	bytes->ptr[bytes->len - 1] = n;
	assert_int_equal(ck_security_infos_parse(ck_buf_view(bytes), &infos),
	    CK_OK);

	return infos;
}

static struct ck_active_key
sample_key(void)
{
	struct ck_buf dg15 = file_must_read(SAMPLE "EF_DG15.bin");
	struct ck_active_key key = { 0 };

	assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), NULL, &key),
	    CK_OK);
	assert_non_null(key.key);
	assert_false(key.weak);
	ck_buf_wipe(&dg15);

	return key;
}

static enum ck_err
verify_hex(const struct ck_active_key *key, const char *hex)
{
	struct ck_buf answer = from_hex(hex);
	enum ck_err err = ck_active_verify(key, challenge,
	    ck_buf_view(&answer));

	ck_buf_wipe(&answer);

	return err;
}

static void
answers_of_rsa_chips_hold(void **state)
{
	struct ck_active_key key = sample_key();

	(void)state;
	assert_int_equal(ck_active_answer_len(&key), RSA_LEN);
	assert_int_equal(verify_hex(&key, wire_rsa_sha256), CK_OK);
	assert_int_equal(verify_hex(&key, wire_rsa_sha1), CK_OK);
	ck_active_key_free(&key);
	assert_null(key.key);
}

/* Every byte of an answer counts, and so does its length. */
static void
a_changed_answer_is_a_clone(void **state)
{
	struct ck_active_key key = sample_key();
	struct ck_buf good = from_hex(wire_rsa_sha256);
	struct ck_span view = ck_buf_view(&good);
	uint8_t other[CK_ACTIVE_CHALLENGE_LEN] = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < good.len; i += 5) {
		good.ptr[i] ^= 0x01;
		assert_int_equal(ck_active_verify(&key, challenge, view),
		    CK_ERR_TRUST_CLONE);
		good.ptr[i] ^= 0x01;
	}
	assert_int_equal(ck_active_verify(&key, other, view),
	    CK_ERR_TRUST_CLONE);
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_span_slice(view, 0, RSA_LEN - 1)), CK_ERR_TRUST_CLONE);
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_span_slice(view, 1, RSA_LEN - 1)), CK_ERR_TRUST_CLONE);
	assert_int_equal(ck_active_verify(&key, challenge, CK_SPAN_EMPTY),
	    CK_ERR_TRUST_CLONE);
	assert_int_equal(ck_buf_push(&good, 0), CK_OK);
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_buf_view(&good)), CK_ERR_TRUST_CLONE);
	memset(good.ptr, 0xff, RSA_LEN);
	good.len = RSA_LEN;
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_buf_view(&good)), CK_ERR_TRUST_CLONE);
	memset(good.ptr, 0, RSA_LEN);
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_buf_view(&good)), CK_ERR_TRUST_CLONE);
	ck_buf_wipe(&good);
	ck_active_key_free(&key);
}

/* The private operation of the sample's chip on bytes as they are. */
static struct ck_buf
sign_raw(const uint8_t *representative)
{
	struct ck_buf der = file_must_read(SAMPLE "chip-aa-test-key.der");
	const uint8_t *next = der.ptr;
	EVP_PKEY *key = d2i_AutoPrivateKey(NULL, &next, (long)der.len);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	struct ck_buf out = CK_BUF_INIT;
	size_t len = RSA_LEN;

	assert_int_equal(ck_buf_resize(&out, RSA_LEN), CK_OK);
	assert_int_equal(EVP_PKEY_decrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_decrypt(ctx, out.ptr, &len, representative,
	    RSA_LEN), 1);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	ck_buf_wipe(&der);

	return out;
}

/* Header, bytes 11.., hash over these and the challenge, trailer. */
static void
write_representative(uint8_t out[RSA_LEN], uint8_t header, const EVP_MD *md,
    const char *trailer_hex)
{
	struct ck_buf trailer = from_hex(trailer_hex);
	size_t digest_len = (size_t)EVP_MD_get_size(md);
	size_t middle = RSA_LEN - 1 - digest_len - trailer.len;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();

	out[0] = header;
	memset(out + 1, 0x11, middle);
	assert_int_equal(EVP_DigestInit_ex(ctx, md, NULL), 1);
	assert_int_equal(EVP_DigestUpdate(ctx, out + 1, middle), 1);
	assert_int_equal(EVP_DigestUpdate(ctx, challenge, sizeof(challenge)),
	    1);
	assert_int_equal(EVP_DigestFinal_ex(ctx, out + 1 + middle, NULL), 1);
	memcpy(out + RSA_LEN - trailer.len, trailer.ptr, trailer.len);
	EVP_MD_CTX_free(ctx);
	ck_buf_wipe(&trailer);
}

static void
the_trailer_names_the_hash_and_nothing_else_passes(void **state)
{
	const struct {
		uint8_t header;
		const EVP_MD *md;
		const char *trailer;
		enum ck_err err;
	} rows[] = {
		{ 0x6a, EVP_sha1(), "BC", CK_OK },
		{ 0x6a, EVP_sha224(), "38CC", CK_OK },
		{ 0x6a, EVP_sha256(), "34CC", CK_OK },
		{ 0x6a, EVP_sha384(), "36CC", CK_OK },
		{ 0x6a, EVP_sha512(), "35CC", CK_OK },
		/* a hash that the trailer does not name */
		{ 0x6a, EVP_sha256(), "35CC", CK_ERR_TRUST_CLONE },
		{ 0x6a, EVP_sha256(), "BC", CK_ERR_TRUST_CLONE },
		{ 0x6a, EVP_sha1(), "34CC", CK_ERR_TRUST_CLONE },
		/* no trailer of 9303-11 */
		{ 0x6a, EVP_sha1(), "33CC", CK_ERR_TRUST_CLONE },
		{ 0x6a, EVP_sha256(), "00CC", CK_ERR_TRUST_CLONE },
		{ 0x6a, EVP_sha256(), "34CD", CK_ERR_TRUST_CLONE },
		{ 0x6a, EVP_sha256(), "3400", CK_ERR_TRUST_CLONE },
		/* one byte behind a good trailer */
		{ 0x6a, EVP_sha256(), "34CC00", CK_ERR_TRUST_CLONE },
		{ 0x6a, EVP_sha256(), "34CCCC", CK_ERR_TRUST_CLONE },
		/* total recovery, padding, none of both */
		{ 0x4a, EVP_sha256(), "34CC", CK_ERR_TRUST_CLONE },
		{ 0x6b, EVP_sha256(), "34CC", CK_ERR_TRUST_CLONE },
		{ 0x00, EVP_sha256(), "34CC", CK_ERR_TRUST_CLONE },
	};
	struct ck_active_key key = sample_key();
	uint8_t representative[RSA_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_buf answer;

		write_representative(representative, rows[i].header,
		    rows[i].md, rows[i].trailer);
		answer = sign_raw(representative);
		if (ck_active_verify(&key, challenge,
		    ck_buf_view(&answer)) != rows[i].err)
			fail_msg("header %02x trailer %s", rows[i].header,
			    rows[i].trailer);
		ck_buf_wipe(&answer);
	}
	ck_active_key_free(&key);
}

/* ISO/IEC 9796-2 lets the signer give n - s instead of s. */
static void
the_complement_of_a_signature_holds_too(void **state)
{
	struct ck_active_key key = sample_key();
	struct ck_buf answer = from_hex(wire_rsa_sha256);
	BIGNUM *n = NULL, *s = BN_bin2bn(answer.ptr, RSA_LEN, NULL);

	(void)state;
	assert_int_equal(EVP_PKEY_get_bn_param(key.key, OSSL_PKEY_PARAM_RSA_N,
	    &n), 1);
	assert_int_equal(BN_sub(s, n, s), 1);
	assert_int_equal(BN_bn2binpad(s, answer.ptr, RSA_LEN), RSA_LEN);
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_buf_view(&answer)), CK_OK);
	answer.ptr[7] ^= 0x10;
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_buf_view(&answer)), CK_ERR_TRUST_CLONE);
	BN_free(n);
	BN_free(s);
	ck_buf_wipe(&answer);
	ck_active_key_free(&key);
}

static struct ck_active_key
ec_key(uint8_t hash)
{
	struct ck_buf bytes, dg15 = from_hex(wire_ec_dg15);
	struct ck_security_infos infos = infos_with(hash, &bytes);
	struct ck_active_key key = { 0 };

	assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), &infos, &key),
	    CK_OK);
	ck_buf_wipe(&bytes);
	ck_buf_wipe(&dg15);

	return key;
}

static void
an_elliptic_answer_is_two_numbers_side_by_side(void **state)
{
	struct ck_active_key key = ec_key(3);
	struct ck_buf answer = from_hex(wire_ec_sha256);
	struct ck_span view = ck_buf_view(&answer);

	(void)state;
	assert_non_null(key.key);
	assert_false(key.weak);
	assert_int_equal(ck_active_answer_len(&key), 64);
	assert_int_equal(ck_active_verify(&key, challenge, view), CK_OK);
	assert_int_equal(ck_active_verify(&key, challenge,
	    ck_span_slice(view, 0, 63)), CK_ERR_TRUST_CLONE);
	answer.ptr[0] ^= 0x01;
	assert_int_equal(ck_active_verify(&key, challenge, view),
	    CK_ERR_TRUST_CLONE);
	/* r and s of zero, and beyond the order */
	memset(answer.ptr, 0x00, 64);
	assert_int_equal(ck_active_verify(&key, challenge, view),
	    CK_ERR_TRUST_CLONE);
	memset(answer.ptr, 0xff, 64);
	assert_int_equal(ck_active_verify(&key, challenge, view),
	    CK_ERR_TRUST_CLONE);
	ck_buf_wipe(&answer);
	ck_active_key_free(&key);
	/* DER is another form of the same signature, but not ICAO's */
	key = ec_key(3);
	assert_int_equal(verify_hex(&key, "304402"), CK_ERR_TRUST_CLONE);
	ck_active_key_free(&key);
	/* DG14 names another hash */
	key = ec_key(5);
	assert_int_equal(verify_hex(&key, wire_ec_sha256),
	    CK_ERR_TRUST_CLONE);
	ck_active_key_free(&key);
}

/* Without a hash in DG14 the answer cannot be judged: no key, no verdict. */
static void
an_elliptic_key_needs_its_hash_in_dg14(void **state)
{
	struct ck_active_key key = { 0 };
	struct ck_buf dg15 = from_hex(wire_ec_dg15);

	(void)state;
	assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), NULL, &key),
	    CK_OK);
	assert_null(key.key);
	key = ec_key(6);	/* RIPEMD-160 */
	assert_null(key.key);
	key = ec_key(0);
	assert_null(key.key);
	/* a point that is not on the curve */
	dg15.ptr[dg15.len - 1] ^= 0x01;
	assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), NULL, &key),
	    CK_OK);
	assert_null(key.key);
	ck_buf_wipe(&dg15);
	/* the point at infinity, one byte of 00 */
	dg15 = from_hex("6F1C 301A 3014 06072A8648CE3D0201"
	    "06092B2403030208010107 03020000");
	assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), NULL, &key),
	    CK_OK);
	assert_null(key.key);
	ck_buf_wipe(&dg15);
}

/* DG15 around a key made here. */
static struct ck_active_key
read_key(EVP_PKEY *pair, bool trailing)
{
	struct ck_active_key key = { 0 };
	struct ck_buf dg15 = CK_BUF_INIT, bytes;
	struct ck_security_infos infos = infos_with(3, &bytes);
	uint8_t *der = NULL;
	int len = i2d_PUBKEY(pair, &der);

	assert_true(len > 0);
	assert_int_equal(ck_tlv_append(&dg15, 0x6f, ck_span_of(der,
	    (size_t)len)), CK_OK);
	if (trailing) {
		assert_int_equal(ck_buf_push(&dg15, 0), CK_OK);
		assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), &infos,
		    &key), CK_ERR_FILE_MALFORMED);
	} else {
		assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), &infos,
		    &key), CK_OK);
	}
	ck_buf_wipe(&dg15);
	ck_buf_wipe(&bytes);
	OPENSSL_free(der);
	EVP_PKEY_free(pair);

	return key;
}

static void
short_keys_are_weak_and_odd_ones_not_spoken(void **state)
{
	const struct {
		EVP_PKEY *pair;
		bool spoken, weak;
	} rows[] = {
		{ EVP_RSA_gen(1024), true, true },
		{ EVP_RSA_gen(2048), true, false },
		{ EVP_RSA_gen(1000), false, false },
		{ EVP_RSA_gen(1028), false, false },
		{ EVP_EC_gen("prime192v1"), true, true },
		{ EVP_EC_gen("brainpoolP224r1"), true, false },
		{ EVP_EC_gen("secp521r1"), true, false },
		{ EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), false, false },
	};
	struct ck_active_key key;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		key = read_key(rows[i].pair, false);
		assert_int_equal(key.key != NULL, rows[i].spoken);
		if (rows[i].spoken)
			assert_int_equal(key.weak, rows[i].weak);
		ck_active_key_free(&key);
	}
	key = read_key(EVP_RSA_gen(2048), true);
	assert_null(key.key);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_of_rsa_chips_hold),
		cmocka_unit_test(a_changed_answer_is_a_clone),
		cmocka_unit_test(
		    the_trailer_names_the_hash_and_nothing_else_passes),
		cmocka_unit_test(the_complement_of_a_signature_holds_too),
		cmocka_unit_test(
		    an_elliptic_answer_is_two_numbers_side_by_side),
		cmocka_unit_test(an_elliptic_key_needs_its_hash_in_dg14),
		cmocka_unit_test(short_keys_are_weak_and_odd_ones_not_spoken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
