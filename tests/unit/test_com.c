/*
 * test_com.c - EF.COM
 */
#include "files.h"

#include "lds/com.h"

static enum ck_err
parse(struct ck_span file)
{
	struct ck_com com;

	return ck_com_parse(file, &com);
}

static void
sample_lists_its_groups(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_COM.bin");
	struct ck_com com;
	unsigned dg;

	(void)state;
	assert_int_equal(ck_com_parse(ck_buf_view(&file), &com), CK_OK);
	assert_string_equal(com.lds_version, "0107");
	assert_string_equal(com.unicode_version, "040000");
	for (dg = 0; dg <= 17; dg++)
		assert_int_equal(ck_com_has(&com, dg), dg == 1 || dg == 2 ||
		    dg == 13 || dg == 14 || dg == 15);
	ck_buf_wipe(&file);
}

/* The order of a real card: DG1 DG2 DG3 DG13 DG15 DG14. */
static void
order_of_the_list_does_not_matter(void **state)
{
	struct ck_buf file = from_hex(
	    "6018 5F0104 30313037 5F3606 303430303030 5C06 61 75 63 6D 6F 6E");
	struct ck_com com;

	(void)state;
	assert_int_equal(ck_com_parse(ck_buf_view(&file), &com), CK_OK);
	assert_true(ck_com_has(&com, 3));
	assert_true(ck_com_has(&com, 13));
	assert_true(ck_com_has(&com, 14));
	assert_true(ck_com_has(&com, 15));
	ck_buf_wipe(&file);
}

static void
unknown_tags_are_passed_over(void **state)
{
	struct ck_buf file = from_hex(
	    "6015 5F0104 30313037 5F3606 303430303030 5C03 61 7F 00");
	struct ck_com com;

	(void)state;
	assert_int_equal(ck_com_parse(ck_buf_view(&file), &com), CK_OK);
	assert_int_equal(com.groups, 1U << 1);
	ck_buf_wipe(&file);
}

static void
damaged_files_are_refused(void **state)
{
	struct ck_buf file = file_must_read(SAMPLE "EF_COM.bin");
	struct ck_buf letters = from_hex(
	    "6013 5F0104 3031303A 5F3606 303430303030 5C01 61");

	(void)state;
	assert_only_whole(ck_buf_view(&file), parse);
	survive_changes(ck_buf_view(&file), parse);
	assert_int_equal(
	    parse(ck_buf_view(&letters)), CK_ERR_FILE_MALFORMED);
	ck_buf_wipe(&file);
	ck_buf_wipe(&letters);
}

static void
bsi_2008_lists_its_groups(void **state)
{
	struct ck_buf file = file_read_or_skip(BSI "EF_COM.bin");
	struct ck_com com;

	(void)state;
	assert_int_equal(ck_com_parse(ck_buf_view(&file), &com), CK_OK);
	assert_int_equal(com.groups,
	    1U << 1 | 1U << 2 | 1U << 3 | 1U << 14);
	ck_buf_wipe(&file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_lists_its_groups),
		cmocka_unit_test(order_of_the_list_does_not_matter),
		cmocka_unit_test(unknown_tags_are_passed_over),
		cmocka_unit_test(damaged_files_are_refused),
		cmocka_unit_test(bsi_2008_lists_its_groups)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
