/*
 * test_crypt.c - boxes that open only where they were sealed
 *
 * The ciphertext is checked with OpenSSL's one-shot interface and keys that the
 * test put on disk, not with the code that wrote it.
 */
#include "store_fixture.h"

#include <sys/stat.h>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "store/crypt.h"
#include "store/pack.h"

static const uint8_t row_1[] = { 1, 2, 3 };
static const uint8_t row_2[] = { 1, 2, 4 };

static struct ck_box_place
place(const char *table, const uint8_t row[3])
{
	return (struct ck_box_place){ table, ck_span_of(row, 3) };
}

static void
write_key(const char *directory, const char *name, uint8_t byte)
{
	char path[128];
	uint8_t key[32];
	FILE *file;

	memset(key, byte, sizeof(key));
	(void)snprintf(path, sizeof(path), "%s/keys/%s", directory, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(key, 1, 32, file), 32);
	(void)fclose(file);
	assert_int_equal(chmod(path, 0600), 0);
}

/* Encryption key of bytes 'e', hash key of bytes 'h'. */
static int
setup(void **state)
{
	static struct fixture f;
	struct ck_crypt *crypt;
	char path[128];

	fixture_make(&f);
	(void)snprintf(path, sizeof(path), "%s/keys", f.directory);
	assert_int_equal(mkdir(path, 0700), 0);
	write_key(f.directory, "encryption-1.key", 'e');
	write_key(f.directory, "hash.key", 'h');
	assert_int_equal(ck_crypt_new(&crypt, f.directory, false), CK_OK);
	(void)snprintf(path, sizeof(path), "rm -rf '%s'", f.directory);
	assert_int_equal(system(path), 0);
	*state = crypt;

	return 0;
}

static int
teardown(void **state)
{
	struct ck_crypt *crypt = *state;

	ck_crypt_free(&crypt);
	assert_null(crypt);

	return 0;
}

static void
a_box_opens_at_its_place_only(void **state)
{
	struct ck_buf box = CK_BUF_INIT, plain = CK_BUF_INIT;
	struct ck_span text = ck_span_str("bí mật");
	size_t i;

	assert_int_equal(ck_crypt_seal(*state, place("lookup", row_1), text,
	    &box), CK_OK);
	assert_int_equal(ck_crypt_open(*state, place("lookup", row_1),
	    ck_buf_view(&box), &plain), CK_OK);
	assert_true(ck_span_equal(ck_buf_view(&plain), text));
	assert_int_equal(ck_crypt_open(*state, place("lookup", row_2),
	    ck_buf_view(&box), &plain), CK_ERR_STORE_CORRUPT);
	assert_int_equal(plain.len, 0);
	assert_int_equal(ck_crypt_open(*state, place("cache", row_1),
	    ck_buf_view(&box), &plain), CK_ERR_STORE_CORRUPT);
	for (i = 0; i < box.len; i++) {
		box.ptr[i] ^= 1;
		assert_int_equal(ck_crypt_open(*state,
		    place("lookup", row_1), ck_buf_view(&box), &plain),
		    i == 1 ? CK_ERR_STORE_KEY : CK_ERR_STORE_CORRUPT);
		box.ptr[i] ^= 1;
		assert_int_equal(ck_crypt_open(*state,
		    place("lookup", row_1), ck_span_of(box.ptr, i), &plain),
		    CK_ERR_STORE_CORRUPT);
	}
	ck_buf_wipe(&box);
	ck_buf_wipe(&plain);
}

static void
no_two_boxes_share_a_nonce(void **state)
{
	struct ck_buf a = CK_BUF_INIT, b = CK_BUF_INIT;
	struct ck_span text = ck_span_str("x");

	assert_int_equal(ck_crypt_seal(*state, place("t", row_1), text, &a),
	    CK_OK);
	assert_int_equal(ck_crypt_seal(*state, place("t", row_1), text, &b),
	    CK_OK);
	assert_memory_not_equal(&a.ptr[2], &b.ptr[2], 12);
	ck_buf_wipe(&a);
	ck_buf_wipe(&b);
}

/* The documented layout, opened without crypt.c. */
static void
a_box_is_plain_aes_256_gcm(void **state)
{
	static const uint8_t aad[] = { 't', 0, 1, 2, 3 };
	struct ck_buf box = CK_BUF_INIT;
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	uint8_t key[32], out[3];
	int len;

	memset(key, 'e', sizeof(key));
	assert_int_equal(ck_crypt_seal(*state, place("t", row_1),
	    ck_span_str("abc"), &box), CK_OK);
	assert_int_equal(box.len, 2 + 12 + 3 + 16);
	assert_int_equal(box.ptr[0], 1);
	assert_int_equal(box.ptr[1], 1);
	assert_int_equal(EVP_DecryptInit_ex(ctx, EVP_aes_256_gcm(), NULL, key,
	    &box.ptr[2]), 1);
	assert_int_equal(EVP_DecryptUpdate(ctx, NULL, &len, aad, 5), 1);
	assert_int_equal(EVP_DecryptUpdate(ctx, out, &len, &box.ptr[14], 3),
	    1);
	assert_int_equal(EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_AEAD_SET_TAG, 16,
	    &box.ptr[17]), 1);
	assert_int_equal(EVP_DecryptFinal_ex(ctx, out, &len), 1);
	assert_memory_equal(out, "abc", 3);
	EVP_CIPHER_CTX_free(ctx);
	ck_buf_wipe(&box);
}

static void
a_hash_is_hmac_sha_256_in_its_domain(void **state)
{
	static const uint8_t message[] = "\x01" "084000000001";
	uint8_t key[32], expected[32], hash[CK_HASH_LEN], other[CK_HASH_LEN];
	unsigned len;

	memset(key, 'h', sizeof(key));
	assert_non_null(HMAC(EVP_sha256(), key, 32, message,
	    sizeof(message) - 1, expected, &len));
	assert_int_equal(ck_crypt_hash(*state, 1, "084000000001", hash),
	    CK_OK);
	assert_memory_equal(hash, expected, CK_HASH_LEN);
	assert_int_equal(ck_crypt_hash(*state, 2, "084000000001", other),
	    CK_OK);
	assert_memory_not_equal(hash, other, CK_HASH_LEN);
}

/*
 * An answer with a code "010" and all else empty, written by hand: a version, 14
 * texts of 2 bytes and 3 letters, 6 dates of 4, a byte, an instant of 8.
 */
static void
a_packed_answer_has_no_room_for_more_or_less(void **state)
{
	uint8_t bytes[65] = { 1, 0, 3, '0', '1', '0' };
	struct ck_answer answer;
	size_t i;

	(void)state;
	bytes[sizeof(bytes) - 1] = 7;	/* as_of_ms, the last field */
	for (i = 0; i < sizeof(bytes); i++) {
		if (ck_unpack_answer(ck_span_of(bytes, i), &answer) == CK_OK)
			break;
	}
	assert_int_equal(i, sizeof(bytes));
	assert_int_equal(ck_unpack_answer(ck_span_of(bytes, sizeof(bytes)),
	    &answer), CK_OK);
	assert_string_equal(answer.code, "010");
	assert_int_equal(answer.as_of_ms, 7);
	bytes[0] = 2;
	assert_int_equal(ck_unpack_answer(ck_span_of(bytes, sizeof(bytes)),
	    &answer), CK_ERR_STORE_CORRUPT);
	bytes[0] = 1;
	bytes[2] = 8;		/* code holds 7 characters and its NUL */
	assert_int_equal(ck_unpack_answer(ck_span_of(bytes, sizeof(bytes)),
	    &answer), CK_ERR_STORE_CORRUPT);
}

/* Also where the stock is filled anew: 300 draws of 16 are nearly five. */
static void
no_random_bytes_are_given_twice(void **state)
{
	static uint8_t drawn[300][16];
	uint8_t all[1025];
	size_t i, k;

	for (i = 0; i < 300; i++) {
		assert_int_equal(ck_crypt_random(*state, drawn[i], 16), CK_OK);
		for (k = 0; k < i; k++)
			assert_memory_not_equal(drawn[i], drawn[k], 16);
	}
	assert_int_equal(ck_crypt_random(*state, all, 1024), CK_OK);
	for (i = 0; i + 16 <= 1024; i += 16) {
		for (k = 0; k < 300; k++)
			assert_memory_not_equal(all + i, drawn[k], 16);
	}
	assert_int_equal(ck_crypt_random(*state, all, 1025), CK_ERR_LIMIT);
}

#define CRYPT_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CRYPT_TEST(a_box_opens_at_its_place_only),
		CRYPT_TEST(no_two_boxes_share_a_nonce),
		CRYPT_TEST(no_random_bytes_are_given_twice),
		CRYPT_TEST(a_box_is_plain_aes_256_gcm),
		CRYPT_TEST(a_hash_is_hmac_sha_256_in_its_domain),
		cmocka_unit_test(
		    a_packed_answer_has_no_room_for_more_or_less),
	};

	return cmocka_run_group_tests_name("crypt", tests, NULL, NULL);
}
