/*
 * test_sod.c - EF.SOD unwrapped, and its list of hashes
 */
#include "files.h"

#include <openssl/evp.h>

#include "lds/sod.h"

/* OID content of SHA-256 in its AlgorithmIdentifier, without parameters. */
#define SHA256 "300B 0609 608648016503040201"
#define D32 "000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"

static enum ck_err
unwrap(struct ck_span file)
{
	struct ck_span cms;

	return ck_sod_unwrap(file, &cms);
}

static enum ck_err
parse(struct ck_span content)
{
	struct ck_sod_hashes hashes;

	return ck_sod_hashes_parse(content, &hashes);
}

static enum ck_err
parse_hex(const char *hex)
{
	struct ck_buf content = from_hex(hex);
	enum ck_err err = parse(ck_buf_view(&content));

	ck_buf_wipe(&content);

	return err;
}

static void
sample_is_unwrapped(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_SOD.bin");
	struct ck_span cms;

	(void)state;
	assert_int_equal(ck_sod_unwrap(ck_buf_view(&file), &cms), CK_OK);
	assert_int_equal(cms.len, file.len - 4);
	assert_only_whole(ck_buf_view(&file), unwrap);
	ck_buf_wipe(&file);
}

/* The LDSSecurityObject of the sample lies at offset 62, 217 bytes long. */
static void
hashes_of_the_sample_match_its_files(void **state)
{
	static const struct {
		unsigned dg;
		const char *path;
	} rows[] = {
		{ 1, SAMPLE "EF_DG1.bin" }, { 2, SAMPLE "EF_DG2.bin" },
		{ 13, SAMPLE "EF_DG13.bin" }, { 14, SAMPLE "EF_DG14.bin" },
		{ 15, SAMPLE "EF_DG15.bin" }
	};
	struct ck_buf file = file_must_read(SAMPLE "EF_SOD.bin");
	struct ck_sod_hashes hashes;
	size_t i;

	(void)state;
	assert_int_equal(ck_sod_hashes_parse(
	    ck_span_slice(ck_buf_view(&file), 62, 217), &hashes), CK_OK);
	assert_int_equal(hashes.algorithm, CK_HASH_SHA256);
	assert_int_equal(hashes.digest_len, 32);
	assert_int_equal(hashes.groups,
	    1U << 1 | 1U << 2 | 1U << 13 | 1U << 14 | 1U << 15);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_buf group = file_must_read(rows[i].path);
		uint8_t digest[EVP_MAX_MD_SIZE];
		unsigned len = 0;

		assert_int_equal(EVP_Digest(group.ptr, group.len, digest, &len,
		    EVP_sha256(), NULL), 1);
		assert_memory_equal(
		    hashes.digest[rows[i].dg], digest, len);
		ck_buf_wipe(&group);
	}
	assert_only_whole(ck_span_slice(ck_buf_view(&file), 62, 217), parse);
	survive_changes(ck_span_slice(ck_buf_view(&file), 62, 217), parse);
	ck_buf_wipe(&file);
}

static void
version_one_carries_its_versions(void **state)
{
	(void)state;
	assert_int_equal(parse_hex("3049 020101" SHA256
	    "3027 3025 020101 0420" D32
	    "300E 1304 30313037 1306 303430303030"), CK_OK);
	/* announced but absent, and the reverse */
	assert_int_equal(parse_hex("3039 020101" SHA256
	    "3027 3025 020101 0420" D32), CK_ERR_FILE_MALFORMED);
	assert_int_equal(parse_hex("3049 020100" SHA256
	    "3027 3025 020101 0420" D32
	    "300E 1304 30313037 1306 303430303030"), CK_ERR_FILE_MALFORMED);
}

static void
lists_that_mislead_are_refused(void **state)
{
	static const char *const lists[] = {
		/* a group twice */
		"3060 020100" SHA256 "304E 3025 020101 0420" D32
		    "3025 020101 0420" D32,
		/* group 17, group 0 */
		"3039 020100" SHA256 "3027 3025 020111 0420" D32,
		"3039 020100" SHA256 "3027 3025 020100 0420" D32,
		/* a digest of another length */
		"3019 020100" SHA256 "3007 3005 020101 0400",
		/* no group */
		"3012 020100" SHA256 "3000",
		/* MD5 */
		"3038 020100 300A 0608 2A864886F70D0205"
		    "3027 3025 020101 0420" D32,
		/* version 2 */
		"3039 020102" SHA256 "3027 3025 020101 0420" D32
	};
	size_t i;

	(void)state;
	assert_int_equal(parse_hex("3039 020100" SHA256
	    "3027 3025 020101 0420" D32), CK_OK);
	for (i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		assert_int_equal(
		    parse_hex(lists[i]), CK_ERR_FILE_MALFORMED);
}

/* Its LDSSecurityObject lies at offset 59, 126 bytes long. */
static void
bsi_2008_uses_sha1(void **state)
{
	struct ck_buf file = file_read_or_skip(BSI "EF_SOD.bin");
	struct ck_sod_hashes hashes;

	(void)state;
	assert_int_equal(ck_sod_hashes_parse(
	    ck_span_slice(ck_buf_view(&file), 59, 126), &hashes), CK_OK);
	assert_int_equal(hashes.algorithm, CK_HASH_SHA1);
	assert_int_equal(hashes.groups,
	    1U << 1 | 1U << 2 | 1U << 3 | 1U << 14);
	ck_buf_wipe(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_is_unwrapped),
		cmocka_unit_test(hashes_of_the_sample_match_its_files),
		cmocka_unit_test(version_one_carries_its_versions),
		cmocka_unit_test(lists_that_mislead_are_refused),
		cmocka_unit_test(bsi_2008_uses_sha1)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
