/*
 * test_kdf.c - keys of ICAO 9303-11 appendices D and G, padding, checksums
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/cipher.h"
#include "access/kdf.h"
#include "vectors.h"

#define SHA256_ABC_1_192 \
	"46c386ebccef82ba0bb0b095aaa5548b03cdff6951871c6f"
#define SHA256_ABC_1_REST "b505af68af688332"

static void
assert_key(const struct ck_cipher_key *key, const char *hex)
{
	assert_span_hex(ck_span_of(key->bytes, key->len), hex);
}

/* Appendix D.2: TD1 zone of document L898902C<. */
static void
bac_keys_follow_from_the_mrz(void **state)
{
	json_t *root = icao_vectors();
	char information[CK_MRZ_INFORMATION_MAX];
	uint8_t hash[CK_MRZ_HASH_LEN];
	struct ck_cipher_key key;

	(void)state;
	assert_int_equal(ck_mrz_information("L898902C",
	    (struct ck_date){ 1969, 8, 6 }, (struct ck_date){ 1994, 6, 23 },
	    information), CK_OK);
	assert_string_equal(information, "L898902C<369080619406236");
	assert_int_equal(ck_mrz_hash(information, hash), CK_OK);
	assert_span_hex(ck_span_of(hash, 16),
	    vector_text(root, "bac", "key_seed"));
	assert_int_equal(ck_kdf(ck_span_of(hash, 16), CK_KDF_ENC,
	    CK_SUITE_3DES, &key), CK_OK);
	assert_key(&key, vector_text(root, "bac", "k_enc"));
	assert_int_equal(ck_kdf(ck_span_of(hash, 16), CK_KDF_MAC,
	    CK_SUITE_3DES, &key), CK_OK);
	assert_key(&key, vector_text(root, "bac", "k_mac"));
	json_decref(root);
}

/* Appendix G.1: K, K_pi and the session keys of AES-128. */
static void
pace_keys_follow_from_their_secrets(void **state)
{
	static const char group[] = "pace_ecdh_gm_mrz";
	json_t *root = icao_vectors();
	struct ck_buf secret = CK_BUF_INIT;
	char information[CK_MRZ_INFORMATION_MAX];
	uint8_t hash[CK_MRZ_HASH_LEN];
	struct ck_cipher_key key;

	(void)state;
	assert_int_equal(ck_mrz_information("T22000129",
	    (struct ck_date){ 1964, 8, 12 }, (struct ck_date){ 2010, 10, 31 },
	    information), CK_OK);
	assert_int_equal(ck_mrz_hash(information, hash), CK_OK);
	assert_span_hex(ck_span_of(hash, sizeof(hash)),
	    vector_text(root, group, "k"));
	assert_int_equal(ck_kdf(ck_span_of(hash, sizeof(hash)),
	    CK_KDF_PASSWORD, CK_SUITE_AES128, &key), CK_OK);
	assert_key(&key, vector_text(root, group, "k_pi"));
	hex_append(&secret, vector_text(root, group, "shared_secret"));
	assert_int_equal(ck_kdf(ck_buf_view(&secret), CK_KDF_ENC,
	    CK_SUITE_AES128, &key), CK_OK);
	assert_key(&key, vector_text(root, group, "ks_enc"));
	assert_int_equal(ck_kdf(ck_buf_view(&secret), CK_KDF_MAC,
	    CK_SUITE_AES128, &key), CK_OK);
	assert_key(&key, vector_text(root, group, "ks_mac"));
	ck_buf_wipe(&secret);
	json_decref(root);
}

/* printf 61626300000001 | xxd -r -p | openssl sha256, cut to length. */
static void
long_keys_come_from_sha256(void **state)
{
	struct ck_cipher_key key;

	(void)state;
	assert_int_equal(ck_kdf(ck_span_str("abc"), CK_KDF_ENC,
	    CK_SUITE_AES192, &key), CK_OK);
	assert_key(&key, SHA256_ABC_1_192);
	assert_int_equal(ck_kdf(ck_span_str("abc"), CK_KDF_ENC,
	    CK_SUITE_AES256, &key), CK_OK);
	assert_key(&key, SHA256_ABC_1_192 SHA256_ABC_1_REST);
}

static void
a_key_needs_number_and_whole_dates(void **state)
{
	const struct ck_date birth = { 1990, 3, 5 }, expiry = { 2030, 3, 5 };
	char out[CK_MRZ_INFORMATION_MAX];

	(void)state;
	assert_int_equal(ck_mrz_information("", birth, expiry, out),
	    CK_ERR_ACCESS_KEY_NEEDED);
	assert_int_equal(ck_mrz_information("abc", birth, expiry, out),
	    CK_ERR_ACCESS_KEY_NEEDED);
	assert_int_equal(ck_mrz_information("190123456",
	    (struct ck_date){ 1990, 3, 0 }, expiry, out),
	    CK_ERR_ACCESS_KEY_NEEDED);
	assert_int_equal(ck_mrz_information("190123456", birth,
	    (struct ck_date){ 0 }, out), CK_ERR_ACCESS_KEY_NEEDED);
	assert_int_equal(ck_mrz_information(
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345678901234567890", birth, expiry,
	    out), CK_ERR_ACCESS_KEY_NEEDED);
	assert_int_equal(ck_mrz_information("190123456", birth, expiry, out),
	    CK_OK);
	assert_string_equal(out, "190123456990030593003057");
}

/* FIPS 197 appendix C.1 and SP 800-38B appendix D.1 example 2. */
static void
aes_matches_its_standards(void **state)
{
	struct ck_cipher_key key = { .len = 16 };
	struct ck_buf in = CK_BUF_INIT, out = CK_BUF_INIT;
	uint8_t mac[CK_MAC_LEN];

	(void)state;
	hex_append(&in, "000102030405060708090A0B0C0D0E0F");
	memcpy(key.bytes, in.ptr, 16);
	ck_buf_wipe(&in);
	hex_append(&in, "00112233445566778899AABBCCDDEEFF");
	assert_int_equal(ck_cbc_encrypt(CK_SUITE_AES128, &key, NULL,
	    ck_buf_view(&in), &out), CK_OK);
	assert_span_hex(ck_buf_view(&out),
	    "69C4E0D86A7B0430D8CDB78070B4C55A");
	assert_int_equal(ck_cbc_decrypt(CK_SUITE_AES128, &key, NULL,
	    ck_span_of(out.ptr, 15), &in), CK_ERR_LIMIT);
	ck_buf_wipe(&in);
	hex_append(&in, "2B7E151628AED2A6ABF7158809CF4F3C");
	memcpy(key.bytes, in.ptr, 16);
	ck_buf_wipe(&in);
	hex_append(&in, "6BC1BEE22E409F96E93D7E117393172A");
	assert_int_equal(ck_mac(CK_SUITE_AES128, &key, ck_buf_view(&in),
	    mac), CK_OK);
	assert_span_hex(ck_span_of(mac, 8), "070A16B46B4D4144");
	key.len = 24;
	assert_int_equal(ck_mac(CK_SUITE_AES128, &key, ck_buf_view(&in),
	    mac), CK_ERR_LIMIT);
	ck_buf_wipe(&in);
	ck_buf_wipe(&out);
}

static void
padding_comes_and_goes(void **state)
{
	struct ck_buf buf = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_pad(&buf, 8), CK_OK);
	assert_span_hex(ck_buf_view(&buf), "8000000000000000");
	assert_int_equal(ck_pad(&buf, 8), CK_OK);
	assert_int_equal(buf.len, 16);
	assert_true(ck_unpad(&buf, 8));
	assert_true(ck_unpad(&buf, 8));
	assert_int_equal(buf.len, 0);
	assert_false(ck_unpad(&buf, 8));
	hex_append(&buf, "800000000000000000");
	assert_false(ck_unpad(&buf, 8));
	ck_buf_wipe(&buf);
	hex_append(&buf, "8001");
	assert_false(ck_unpad(&buf, 8));
	ck_buf_wipe(&buf);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bac_keys_follow_from_the_mrz),
		cmocka_unit_test(pace_keys_follow_from_their_secrets),
		cmocka_unit_test(long_keys_come_from_sha256),
		cmocka_unit_test(a_key_needs_number_and_whole_dates),
		cmocka_unit_test(aes_matches_its_standards),
		cmocka_unit_test(padding_comes_and_goes),
	};

	return cmocka_run_group_tests_name("kdf", tests, NULL, NULL);
}
