/*
 * test_security_infos.c - EF.CardAccess, DG14 and DG15
 */
#include "files.h"

#include "lds/dg14.h"
#include "lds/dg15.h"

static enum ck_err
parse_set(struct ck_span file)
{
	struct ck_security_infos infos;

	return ck_security_infos_parse(file, &infos);
}

static enum ck_err
parse_dg14(struct ck_span file)
{
	struct ck_security_infos infos;

	return ck_dg14_parse(file, &infos);
}

static enum ck_err
parse_dg15(struct ck_span file)
{
	struct ck_dg15 dg15;

	return ck_dg15_parse(file, &dg15);
}

/* The one CardAccess of a citizen card that is public. */
static void
card_access_announces_pace(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_CardAccess.bin");
	struct ck_security_infos infos;
	const struct ck_security_info *pace;
	uint32_t value = 0;

	(void)state;
	assert_int_equal(
	    ck_security_infos_parse(ck_buf_view(&file), &infos), CK_OK);
	assert_int_equal(infos.count, 3);
	pace = ck_security_infos_find(&infos, CK_PROTOCOL_PACE, 0);
	assert_non_null(pace);
	assert_true(ck_security_info_integer(pace->required, &value));
	assert_int_equal(value, 2);
	assert_true(ck_security_info_integer(pace->optional, &value));
	assert_int_equal(value, 13);
	assert_non_null(ck_security_infos_find(&infos,
	    CK_PROTOCOL_TERMINAL_AUTH, 0));
	assert_non_null(ck_security_infos_find(&infos,
	    CK_PROTOCOL_CHIP_AUTH, 0));
	assert_null(ck_security_infos_find(&infos,
	    CK_PROTOCOL_CHIP_AUTH_KEY, 0));
	assert_null(ck_security_infos_find(&infos, CK_PROTOCOL_PACE, 3));
	assert_only_whole(ck_buf_view(&file), parse_set);
	survive_changes(ck_buf_view(&file), parse_set);
	ck_buf_wipe(&file);
}

static void
dg14_carries_the_chip_key(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_DG14.bin");
	struct ck_security_infos infos;
	const struct ck_security_info *key;

	(void)state;
	assert_int_equal(ck_dg14_parse(ck_buf_view(&file), &infos), CK_OK);
	assert_int_equal(infos.count, 4);
	key = ck_security_infos_find(&infos, CK_PROTOCOL_CHIP_AUTH_KEY, 0);
	assert_non_null(key);
	assert_int_equal(key->required.ptr[0], 0x30);
	assert_int_equal(key->required.len, 0x5C);
	assert_int_equal(key->optional.len, 0);
	assert_only_whole(ck_buf_view(&file), parse_dg14);
	survive_changes(ck_buf_view(&file), parse_dg14);
	ck_buf_wipe(&file);
}

static void
too_many_infos_are_refused(void **state)
{
	struct ck_buf set = from_hex("3182 0107");
	size_t i;

	(void)state;
	for (i = 0; i <= CK_SECURITY_INFOS_MAX; i++) {
		struct ck_buf info = from_hex("3006 06012A 020101");

		assert_int_equal(
		    ck_buf_append(&set, ck_buf_view(&info)), CK_OK);
		ck_buf_wipe(&info);
	}
	set.ptr[3] = 0x08;
	assert_int_equal(parse_set(ck_buf_view(&set)), CK_ERR_FILE_MALFORMED);
	/* one fewer is just enough */
	set.ptr[3] = 0x00;
	set.len -= 8;
	assert_int_equal(parse_set(ck_buf_view(&set)), CK_OK);
	ck_buf_wipe(&set);
}

static void
infos_of_another_shape_are_refused(void **state)
{
	static const char *const sets[] = {
		"3106 3004 06022A03",			/* nothing required */
		"3107 3005 0600 020101",		/* empty OID */
		"310E 300C 06012A 020101 020101 020101",	/* a fourth */
		"3108 3106 06012A 020101",		/* a set as info */
		"3008 3006 06012A 020101"		/* a sequence as set */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(sets) / sizeof(sets[0]); i++) {
		struct ck_buf set = from_hex(sets[i]);

		assert_int_equal(
		    parse_set(ck_buf_view(&set)), CK_ERR_FILE_MALFORMED);
		ck_buf_wipe(&set);
	}
}

static void
integers_are_bounded(void **state)
{
	static const struct {
		const char *hex;
		bool good;
		uint32_t value;
	} rows[] = {
		{ "020100", true, 0 }, { "02020102", true, 258 },
		{ "02047FFFFFFF", true, 0x7FFFFFFF }, { "0200", false, 0 },
		{ "020180", false, 0 }, { "02050100000000", false, 0 },
		{ "040101", false, 0 }, { "02010100", false, 0 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_buf element = from_hex(rows[i].hex);
		uint32_t value = 0;

		assert_int_equal(ck_security_info_integer(
		    ck_buf_view(&element), &value), rows[i].good);
		assert_int_equal(value, rows[i].value);
		ck_buf_wipe(&element);
	}
}

static void
dg15_is_a_public_key(void **state)
{
	static const uint8_t rsa[] = {		/* 1.2.840.113549.1.1.1 */
		0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01
	};
	struct ck_buf file = file_must_read(SAMPLE "EF_DG15.bin");
	struct ck_dg15 dg15;

	(void)state;
	assert_int_equal(ck_dg15_parse(ck_buf_view(&file), &dg15), CK_OK);
	assert_true(ck_span_equal(
	    dg15.algorithm, ck_span_of(rsa, sizeof(rsa))));
	assert_int_equal(dg15.key.len, file.len - 4);
	assert_only_whole(ck_buf_view(&file), parse_dg15);
	survive_changes(ck_span_slice(ck_buf_view(&file), 0, 64), parse_dg15);
	ck_buf_wipe(&file);
}

static void
bsi_2008_keys_are_read(void **state)
{
	struct ck_buf dg14 = file_read_or_skip(BSI "EF_DG14.bin");
	struct ck_buf dg15 = file_read_or_skip(BSI "EF_DG15.bin");
	struct ck_security_infos infos;

	(void)state;
	assert_int_equal(ck_dg14_parse(ck_buf_view(&dg14), &infos), CK_OK);
	assert_non_null(ck_security_infos_find(&infos,
	    CK_PROTOCOL_CHIP_AUTH_KEY, 0));
	assert_int_equal(parse_dg15(ck_buf_view(&dg15)), CK_OK);
	ck_buf_wipe(&dg14);
	ck_buf_wipe(&dg15);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(card_access_announces_pace),
		cmocka_unit_test(dg14_carries_the_chip_key),
		cmocka_unit_test(too_many_infos_are_refused),
		cmocka_unit_test(infos_of_another_shape_are_refused),
		cmocka_unit_test(integers_are_bounded),
		cmocka_unit_test(dg15_is_a_public_key),
		cmocka_unit_test(bsi_2008_keys_are_read)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
