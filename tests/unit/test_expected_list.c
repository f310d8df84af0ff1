/*
 * test_expected_list.c - a list of who is expected, as people write it
 *
 * Names and numbers are invented.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "http/expected_list.h"

static const struct ck_date today = { 2026, 11, 23 };

static struct ck_expected_list list;

static int
wipe_list(void **state)
{
	(void)state;
	ck_expected_list_wipe(&list);

	return 0;
}

static void
read_csv(const char *text)
{
	ck_expected_list_wipe(&list);
	assert_int_equal(ck_expected_read_csv(&list, ck_span_str(text),
	    today), CK_OK);
}

static void
read_json(const char *text)
{
	json_t *array = json_loads(text, JSON_ALLOW_NUL, NULL);

	assert_non_null(array);
	ck_expected_list_wipe(&list);
	assert_int_equal(ck_expected_read_json(&list, array, today), CK_OK);
	json_decref(array);
}

static void
assert_defect(size_t index, size_t line, const char *field)
{
	assert_true(index < list.defect_count);
	assert_int_equal(list.defects[index].line, line);
	assert_string_equal(list.defects[index].field, field);
	assert_true(strlen(list.defects[index].expected) > 5);
}

static void
assert_birth(size_t index, unsigned year, unsigned month, unsigned day)
{
	assert_true(index < list.count);
	assert_int_equal(list.rows[index].date_of_birth.year, year);
	assert_int_equal(list.rows[index].date_of_birth.month, month);
	assert_int_equal(list.rows[index].date_of_birth.day, day);
}

static void
columns_by_their_names_in_any_order(void **state)
{
	(void)state;
	read_csv("visit_date,full_name,number,date_of_birth,phone\n"
	    "2026-11-24,NGUYỄN VĂN MẪU,084094000001,1994-03-05,"
	    "0912 345 678\n");
	assert_int_equal(list.count, 1);
	assert_int_equal(list.refused, 0);
	assert_string_equal(list.rows[0].full_name, "NGUYỄN VĂN MẪU");
	assert_string_equal(list.rows[0].person.id_number, "084094000001");
	assert_string_equal(list.rows[0].phone, "0912 345 678");
	assert_int_equal(list.rows[0].visit_date.day, 24);
	assert_birth(0, 1994, 3, 5);
}

static void
as_a_vietnamese_table_program_writes_it(void **state)
{
	(void)state;
	read_csv("\xef\xbb\xbf" "STT;Họ tên;NGÀY SINH;Số CCCD;Ngày hẹn;Khoa\r\n"
	    "1;\"Trần Thị Thử\";5/3/1994;084194000002;24/11/2026;Nội\r\n"
	    "2;Lê Văn Ví Dụ;1955;8400000003;24/11/2026;Ngoại\r\n");
	assert_int_equal(list.count, 2);
	assert_int_equal(list.refused, 0);
	assert_birth(0, 1994, 3, 5);
	assert_birth(1, 1955, 0, 0);
	assert_string_equal(list.rows[1].person.insurance_number,
	    "8400000003");
	/* What we do not know is named, and not kept. */
	assert_int_equal(json_array_size(list.ignored), 2);
	assert_string_equal(json_string_value(json_array_get(list.ignored,
	    1)), "Khoa");
}

static void
each_bad_row_is_named_and_the_good_ones_stay(void **state)
{
	(void)state;
	read_csv("number,full_name,date_of_birth,visit_date\n"
	    "084094000001,Nguyễn Văn Mẫu,1994-03-05,2026-11-24\n"
	    "84094000001,Nguyễn Văn Mẫu,1994-03-05,2026-11-24\n"
	    "084094000001,Nguyễn Văn Mẫu,31/02/1994,2026-11-24\n"
	    "084094000001,Nguyễn Văn Mẫu,1994-03-05,2026-11-22\n"
	    "084094000001,,1994-03-05,2026-11-24\n"
	    "084094000001,Nguyễn Văn Mẫu,1994-03-05\n"
	    "084094000001,\"Nguyễn\" Văn,1994-03-05,2026-11-24\n"
	    "084094000001,Nguy\xff,1994-03-05,2026-11-24\n"
	    "084094000001,Nguyễn Văn Mẫu,1994-03-05,2029-11-24\n"
	    "084094000009,Nguyễn Văn Cuối,1994,2026-11-23\n");
	assert_int_equal(list.count, 2);
	assert_string_equal(list.rows[1].full_name, "Nguyễn Văn Cuối");
	assert_int_equal(list.refused, 8);
	assert_defect(0, 3, "number");
	assert_defect(1, 4, "date_of_birth");
	assert_defect(2, 5, "visit_date");
	assert_defect(3, 6, "full_name");
	assert_defect(4, 7, "");
	assert_defect(5, 8, "");
	assert_defect(6, 9, "full_name");
	assert_defect(7, 10, "visit_date");
}

static void
who_cannot_be_asked_about_is_taken_all_the_same(void **state)
{
	(void)state;
	read_csv("number,full_name,date_of_birth,visit_date\n"
	    ",Nguyễn Văn Mẫu,1994-03-05,2026-11-24\n"
	    "084094000001,Nguyễn Văn Mẫu,,2026-11-24\n"
	    "084094000001,Nguyễn Văn Mẫu,1994,2026-11-24\n");
	assert_int_equal(list.count, 3);
	assert_false(ck_expected_askable(&list.rows[0]));
	assert_false(ck_expected_has_number(&list.rows[0]));
	assert_false(ck_expected_askable(&list.rows[1]));
	assert_true(ck_expected_has_number(&list.rows[1]));
	assert_true(ck_expected_askable(&list.rows[2]));
}

static void
a_first_row_that_names_no_columns_is_said(void **state)
{
	static const char *const texts[] = {
		"", "\n\n",
		"084094000001,Nguyễn Văn Mẫu,1994-03-05,2026-11-24\n",
		"number,full_name\n", "full_name,full_name,visit_date\n",
		"full_name,ho_ten,visit_date\n", "\"full_name,visit_date\n",
		"\xff\xfe" "f,visit_date,full_name\n"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		read_csv(texts[i]);
		assert_non_null(list.head_expected);
		assert_int_equal(list.count, 0);
	}
}

/* As a spreadsheet writes a column that somebody has emptied by hand. */
static void
blanks_are_nothing(void **state)
{
	(void)state;
	read_csv("full_name,visit_date, ,phone\nA,2026-11-24,  , \n"
	    "  ,2026-11-24,x,\n");
	assert_int_equal(list.count, 1);
	assert_string_equal(list.rows[0].full_name, "A");
	assert_string_equal(list.rows[0].phone, "");
	assert_defect(0, 3, "full_name");
}

static void
telephone_numbers_and_nothing_else(void **state)
{
	static const char *const bad[] = {
		"12345", "0912345678 hỏi con gái", "09123456780912345678",
		"gọi sau 5 giờ"
	};
	char text[256];
	size_t i;

	(void)state;
	read_csv("full_name,visit_date,phone\nA,2026-11-24,+84 912.345-678\n"
	    "B,2026-11-24,\n");
	assert_string_equal(list.rows[0].phone, "+84 912.345-678");
	assert_string_equal(list.rows[1].phone, "");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		(void)snprintf(text, sizeof(text), "full_name,visit_date,"
		    "phone\nA,2026-11-24,%s\n", bad[i]);
		read_csv(text);
		assert_defect(0, 2, "phone");
	}
}

static void
lists_have_an_end(void **state)
{
	static const char head[] = "full_name,visit_date\n";
	static const char row[] = "A,2026-11-24\n";
	size_t len = strlen(head) + (CK_EXPECTED_MAX + 1) * strlen(row), i;
	char *text = malloc(len + 1), *at = text;

	(void)state;
	assert_non_null(text);
	at += sprintf(at, "%s", head);
	for (i = 0; i < CK_EXPECTED_MAX; i++)
		at += sprintf(at, "%s", row);
	read_csv(text);
	assert_int_equal(list.count, CK_EXPECTED_MAX);
	(void)sprintf(at, "%s", row);
	ck_expected_list_wipe(&list);
	assert_int_equal(ck_expected_read_csv(&list, ck_span_str(text),
	    today), CK_ERR_LIMIT);
	free(text);
}

static void
defects_are_counted_beyond_those_told(void **state)
{
	char text[CK_EXPECTED_DEFECTS_MAX * 4 + 64] = "full_name,visit_date\n";
	size_t i;

	(void)state;
	for (i = 0; i < CK_EXPECTED_DEFECTS_MAX + 5; i++)
		(void)strcat(text, "A,\n");
	read_csv(text);
	assert_int_equal(list.refused, CK_EXPECTED_DEFECTS_MAX + 5);
	assert_int_equal(list.defect_count, CK_EXPECTED_DEFECTS_MAX);
}

static void
json_has_the_same_fields(void **state)
{
	(void)state;
	read_json("[{\"number\":\"084094000001\",\"full_name\":\"Mẫu\","
	    "\"date_of_birth\":\"1994-03-05\",\"visit_date\":\"2026-11-24\"},"
	    "{\"full_name\":\"Mẫu\",\"visit_date\":\"2026-11-24\","
	    "\"number\":null,\"phone\":\"0912345678\"}]");
	assert_int_equal(list.count, 2);
	assert_true(ck_expected_askable(&list.rows[0]));
	assert_string_equal(list.rows[1].phone, "0912345678");
	read_json("[{\"full_name\":\"Mẫu\",\"visit_date\":\"2026-11-24\","
	    "\"nubmer\":\"1\"}, 7, {\"full_name\":1,\"visit_date\":"
	    "\"2026-11-24\"}, {\"full_name\":\"a\\u0000b\",\"visit_date\":"
	    "\"2026-11-24\"}]");
	assert_int_equal(list.count, 0);
	assert_defect(0, 1, "");
	assert_defect(1, 2, "");
	assert_defect(2, 3, "full_name");
	assert_defect(3, 4, "full_name");
}

int
main(void)
{
#define T(name) cmocka_unit_test_teardown(name, wipe_list)
	const struct CMUnitTest tests[] = {
		T(columns_by_their_names_in_any_order),
		T(as_a_vietnamese_table_program_writes_it),
		T(each_bad_row_is_named_and_the_good_ones_stay),
		T(who_cannot_be_asked_about_is_taken_all_the_same),
		T(a_first_row_that_names_no_columns_is_said),
		T(blanks_are_nothing),
		T(telephone_numbers_and_nothing_else),
		T(lists_have_an_end),
		T(defects_are_counted_beyond_those_told),
		T(json_has_the_same_fields)
	};
#undef T

	return cmocka_run_group_tests(tests, NULL, NULL);
}
