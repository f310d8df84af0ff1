/*
 * test_notice.c - every rule of schema/checkin-fields.csv
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkin/rules.h"
#include "notice.h"

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))

static const char *
defect_of(enum ck_notice_field field, const struct ck_notice *notice)
{
	struct ck_defect defects[CK_FIELDS];
	size_t i, count = ck_notice_check(notice, defects);

	for (i = 0; i < count; i++) {
		if (defects[i].field == field)
			return ck_defect_label(defects[i].kind);
	}

	return "none";
}

/* The right notice with one field changed. */
static void
expect(enum ck_notice_field field, const char *text, const char *defect)
{
	struct ck_notice notice = CK_NOTICE_INIT;

	notice_fill(&notice);
	notice_set(&notice, field, text);
	if (strcmp(defect_of(field, &notice), defect) != 0)
		fail_msg("%s = \"%.40s\": %s, not %s",
		    ck_field_rule(field)->name, text,
		    defect_of(field, &notice), defect);
	ck_notice_wipe(&notice);
}

static void
a_right_notice_has_no_defect(void **state)
{
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_defect defects[CK_FIELDS];

	(void)state;
	notice_fill(&notice);
	assert_int_equal(ck_notice_check(&notice, defects), 0);
	ck_notice_wipe(&notice);
}

/* schema/checkin-fields.csv, first column and "required". */
static void
the_table_is_the_decisions(void **state)
{
	FILE *file = fopen("schema/checkin-fields.csv", "r");
	char line[1024], name[32], need[64];
	size_t i = 0;

	(void)state;
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file) != NULL) {
		const struct ck_field_rule *rule;

		assert_true(i < CK_FIELDS);
		rule = ck_field_rule((enum ck_notice_field)i);
		assert_int_equal(sscanf(line, "%31[^,],%63[^,]", name, need),
		    2);
		assert_string_equal(name, rule->name);
		assert_int_equal(strcmp(need, "yes") == 0, rule->required);
		assert_int_equal(ck_field_find(name), i++);
	}
	assert_int_equal(i, 26);
	assert_int_equal(ck_field_find("MA_LKX"), CK_FIELDS);
	(void)fclose(file);
}

static void
what_is_always_needed_may_not_be_empty(void **state)
{
	static const enum ck_notice_field needed[] = {
		CK_FIELD_MA_LK, CK_FIELD_STT, CK_FIELD_MA_BN,
		CK_FIELD_HO_TEN, CK_FIELD_NGAY_SINH, CK_FIELD_GIOI_TINH,
		CK_FIELD_MA_DOITUONG_KCB, CK_FIELD_NGAY_VAO,
		CK_FIELD_MA_LOAI_KCB, CK_FIELD_MA_CSKCB, CK_FIELD_NGAY_YL
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(needed); i++)
		expect(needed[i], "", "missing");
}

/* ớ: three bytes, one character. */
static void
sizes_are_counted_in_characters(void **state)
{
	static const struct {
		enum ck_notice_field field;
		size_t max;
	} rows[] = {
		{ CK_FIELD_MA_LK, 100 }, { CK_FIELD_MA_BN, 100 },
		{ CK_FIELD_HO_TEN, 255 }, { CK_FIELD_LY_DO_VNT, 4000 },
		{ CK_FIELD_MA_LY_DO_VNT, 10 }, { CK_FIELD_MA_DICH_VU, 50 },
		{ CK_FIELD_TEN_DICH_VU, 1024 }, { CK_FIELD_MA_THUOC, 255 },
		{ CK_FIELD_TEN_THUOC, 2000 }, { CK_FIELD_MA_VAT_TU, 255 },
		{ CK_FIELD_TEN_VAT_TU, 2000 }
	};
	char *text = malloc(3 * 4001 + 1);
	size_t i, j;

	(void)state;
	assert_non_null(text);
	for (i = 0; i < COUNT(rows); i++) {
		for (j = 0; j <= rows[i].max; j++)
			memcpy(text + 3 * j, "ớ", 3);
		text[3 * j] = '\0';
		expect(rows[i].field, text, "too_long");
		text[3 * (j - 1)] = '\0';
		expect(rows[i].field, text, "none");
	}
	free(text);
}

static void
each_field_has_its_form(void **state)
{
	static const struct {
		enum ck_notice_field field;
		const char *text, *defect;
	} rows[] = {
		{ CK_FIELD_STT, "2", "none" }, { CK_FIELD_STT, "0", "form" },
		{ CK_FIELD_STT, "1a", "form" },
		{ CK_FIELD_STT, "12345678901", "too_long" },
		{ CK_FIELD_SO_CCCD, "", "none" },
		{ CK_FIELD_SO_CCCD, "330000001", "none" },
		{ CK_FIELD_SO_CCCD, "B1234567", "none" },
		{ CK_FIELD_SO_CCCD, "b1234567", "form" },
		{ CK_FIELD_SO_CCCD, "B123456", "form" },
		{ CK_FIELD_SO_CCCD, "08409400000", "form" },
		{ CK_FIELD_SO_CCCD, "0840940000011", "form" },
		{ CK_FIELD_NGAY_SINH, "199400000000", "none" },
		{ CK_FIELD_NGAY_SINH, "199403050731", "none" },
		{ CK_FIELD_NGAY_SINH, "199403000000", "no_day" },
		{ CK_FIELD_NGAY_SINH, "199400050000", "no_day" },
		{ CK_FIELD_NGAY_SINH, "199400000731", "no_day" },
		{ CK_FIELD_NGAY_SINH, "000000000000", "no_day" },
		{ CK_FIELD_NGAY_SINH, "199402290000", "no_day" },
		{ CK_FIELD_NGAY_SINH, "19940305", "form" },
		{ CK_FIELD_NGAY_SINH, "1994-03-0500", "form" },
		{ CK_FIELD_GIOI_TINH, "2", "none" },
		{ CK_FIELD_GIOI_TINH, "3", "none" },
		{ CK_FIELD_GIOI_TINH, "0", "code" },
		{ CK_FIELD_GIOI_TINH, "M", "code" },
		{ CK_FIELD_MA_THE_BHYT, "TE184KT00000001", "none" },
		{ CK_FIELD_MA_THE_BHYT, "0000000001", "form" },
		{ CK_FIELD_MA_THE_BHYT, "gd4840000000001", "form" },
		{ CK_FIELD_MA_DKBD, "84000", "none" },
		{ CK_FIELD_MA_DKBD, "01C51", "none" },
		{ CK_FIELD_MA_DKBD, "A1C51", "form" },
		{ CK_FIELD_MA_DKBD, "8400", "form" },
		{ CK_FIELD_GT_THE_TU, "20260229", "no_day" },
		{ CK_FIELD_GT_THE_TU, "202601", "form" },
		{ CK_FIELD_GT_THE_DEN, "", "none" },
		{ CK_FIELD_GT_THE_DEN, "20261301", "no_day" },
		{ CK_FIELD_MA_DOITUONG_KCB, "1.1", "none" },
		{ CK_FIELD_MA_DOITUONG_KCB, "7.4", "none" },
		{ CK_FIELD_MA_DOITUONG_KCB, "1.10", "code" },
		{ CK_FIELD_MA_DOITUONG_KCB, "1", "code" },
		{ CK_FIELD_MA_DOITUONG_KCB, "1,2", "code" },
		{ CK_FIELD_NGAY_VAO, "202611232400", "no_day" },
		{ CK_FIELD_NGAY_VAO, "202611230760", "no_day" },
		{ CK_FIELD_NGAY_VAO, "202600000000", "no_day" },
		{ CK_FIELD_NGAY_VAO, "20261123073100", "too_long" },
		{ CK_FIELD_NGAY_VAO_NOI_TRU, "20261123", "form" },
		{ CK_FIELD_MA_LOAI_KCB, "16", "none" },
		{ CK_FIELD_MA_LOAI_KCB, "17", "code" },
		{ CK_FIELD_MA_LOAI_KCB, "00", "code" },
		{ CK_FIELD_MA_LOAI_KCB, "1", "form" },
		{ CK_FIELD_MA_CSKCB, "84-01", "form" },
		{ CK_FIELD_NGAY_YL, "202611310000", "no_day" },
		{ CK_FIELD_DU_PHONG, "x", "reserved" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(rows); i++)
		expect(rows[i].field, rows[i].text, rows[i].defect);
}

/* Change some fields of the right notice, then look at one. */
struct change {
	enum ck_notice_field field;
	const char *text;
};

static void
fields_bind_each_other(void **state)
{
	static const struct {
		struct change changes[4];
		enum ck_notice_field field;
		const char *defect;
	} rows[] = {
		{ { { CK_FIELD_MA_THE_BHYT, "" } }, CK_FIELD_MA_THE_BHYT,
		    "insured" },
		{ { { CK_FIELD_MA_DKBD, "" } }, CK_FIELD_MA_DKBD, "insured" },
		{ { { CK_FIELD_GT_THE_TU, "" } }, CK_FIELD_GT_THE_TU,
		    "insured" },
		{ { { CK_FIELD_MA_DOITUONG_KCB, "9" } },
		    CK_FIELD_MA_THE_BHYT, "self_paid" },
		{ { { CK_FIELD_MA_DOITUONG_KCB, "9" },
		    { CK_FIELD_MA_THE_BHYT, "" }, { CK_FIELD_MA_DKBD, "" },
		    { CK_FIELD_GT_THE_TU, "" } }, CK_FIELD_MA_THE_BHYT,
		    "none" },
		{ { { CK_FIELD_MA_DOITUONG_KCB, "2" } },
		    CK_FIELD_MA_DOITUONG_KCB, "no_notice" },
		{ { { CK_FIELD_NGAY_VAO_NOI_TRU, "202611230730" },
		    { CK_FIELD_LY_DO_VNT, "Sốt cao" } },
		    CK_FIELD_NGAY_VAO_NOI_TRU, "order" },
		{ { { CK_FIELD_NGAY_VAO_NOI_TRU, "202611230731" },
		    { CK_FIELD_LY_DO_VNT, "Sốt cao" } },
		    CK_FIELD_NGAY_VAO_NOI_TRU, "none" },
		{ { { CK_FIELD_NGAY_VAO_NOI_TRU, "202611230900" } },
		    CK_FIELD_LY_DO_VNT, "reason" },
		{ { { CK_FIELD_GT_THE_DEN, "20251231" } },
		    CK_FIELD_GT_THE_DEN, "order" },
		{ { { CK_FIELD_NGAY_SINH, "202611240000" } },
		    CK_FIELD_NGAY_SINH, "order" },
		{ { { CK_FIELD_NGAY_SINH, "202611010000" } },
		    CK_FIELD_NGAY_SINH, "birth_time" },
		{ { { CK_FIELD_NGAY_SINH, "202611010415" } },
		    CK_FIELD_NGAY_SINH, "none" },
		{ { { CK_FIELD_NGAY_SINH, "202610260000" } },
		    CK_FIELD_NGAY_SINH, "birth_time" },
		{ { { CK_FIELD_NGAY_SINH, "202610250000" } },
		    CK_FIELD_NGAY_SINH, "none" },
		{ { { CK_FIELD_NGAY_SINH, "202600000000" } },
		    CK_FIELD_NGAY_SINH, "none" },
		{ { { CK_FIELD_MA_DICH_VU, "" } }, CK_FIELD_MA_DICH_VU,
		    "first_cost" },
		{ { { CK_FIELD_MA_DICH_VU, "" },
		    { CK_FIELD_MA_THUOC, "40.1" },
		    { CK_FIELD_TEN_THUOC, "Paracetamol" } },
		    CK_FIELD_MA_DICH_VU, "none" },
		{ { { CK_FIELD_MA_DICH_VU, "" },
		    { CK_FIELD_MA_VAT_TU, "N01" },
		    { CK_FIELD_TEN_VAT_TU, "Băng" } },
		    CK_FIELD_MA_DICH_VU, "none" },
		{ { { CK_FIELD_TEN_DICH_VU, "" } }, CK_FIELD_TEN_DICH_VU,
		    "name" },
		{ { { CK_FIELD_MA_THUOC, "40.1" } }, CK_FIELD_TEN_THUOC,
		    "name" },
		{ { { CK_FIELD_MA_VAT_TU, "N01" } }, CK_FIELD_TEN_VAT_TU,
		    "name" }
	};
	struct ck_notice notice = CK_NOTICE_INIT;
	size_t i, j;

	(void)state;
	for (i = 0; i < COUNT(rows); i++) {
		notice_fill(&notice);
		for (j = 0; j < 4 && rows[i].changes[j].text != NULL; j++)
			notice_set(&notice, rows[i].changes[j].field,
			    rows[i].changes[j].text);
		if (strcmp(defect_of(rows[i].field, &notice),
		    rows[i].defect) != 0)
			fail_msg("row %zu: %s: %s, not %s", i,
			    ck_field_rule(rows[i].field)->name,
			    defect_of(rows[i].field, &notice),
			    rows[i].defect);
		ck_notice_wipe(&notice);
	}
}

static void
defects_come_in_the_order_of_the_fields(void **state)
{
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_defect defects[CK_FIELDS];
	size_t i, count = ck_notice_check(&notice, defects);

	(void)state;
	assert_int_equal(count, 12);	/* 11 needed, and no first cost */
	for (i = 1; i < count; i++)
		assert_true(defects[i - 1].field < defects[i].field);
}

/* "e" + U+0302 + U+0301 and "ế" are one character, U+1EBF. */
static void
text_is_kept_in_nfc_and_without_controls(void **state)
{
	struct ck_notice notice = CK_NOTICE_INIT;

	(void)state;
	notice_set(&notice, CK_FIELD_HO_TEN, "  Thuye\xcc\x82\xcc\x81t ");
	assert_string_equal(ck_notice_get(&notice, CK_FIELD_HO_TEN),
	    "Thuy\xe1\xba\xbft");
	assert_int_equal(ck_notice_set(&notice, CK_FIELD_HO_TEN, "a\nb"),
	    CK_ERR_FILE_MALFORMED);
	assert_int_equal(ck_notice_set(&notice, CK_FIELD_HO_TEN, "a\xff"),
	    CK_ERR_FILE_MALFORMED);
	assert_string_equal(ck_notice_get(&notice, CK_FIELD_HO_TEN),
	    "Thuy\xe1\xba\xbft");
	notice_set(&notice, CK_FIELD_HO_TEN, "");
	assert_string_equal(ck_notice_get(&notice, CK_FIELD_HO_TEN), "");
	ck_notice_wipe(&notice);
}

static void
a_copy_is_equal_until_it_is_changed(void **state)
{
	struct ck_notice one = CK_NOTICE_INIT, two = CK_NOTICE_INIT;

	(void)state;
	notice_fill(&one);
	assert_false(ck_notice_is_ward(&one));
	assert_int_equal(ck_notice_copy(&one, &two), CK_OK);
	assert_true(ck_notice_equal(&one, &two));
	notice_set(&two, CK_FIELD_NGAY_VAO_NOI_TRU, "202611230900");
	assert_false(ck_notice_equal(&one, &two));
	assert_true(ck_notice_is_ward(&two));
	ck_notice_wipe(&one);
	ck_notice_wipe(&two);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_right_notice_has_no_defect),
		cmocka_unit_test(the_table_is_the_decisions),
		cmocka_unit_test(what_is_always_needed_may_not_be_empty),
		cmocka_unit_test(sizes_are_counted_in_characters),
		cmocka_unit_test(each_field_has_its_form),
		cmocka_unit_test(fields_bind_each_other),
		cmocka_unit_test(defects_come_in_the_order_of_the_fields),
		cmocka_unit_test(text_is_kept_in_nfc_and_without_controls),
		cmocka_unit_test(a_copy_is_equal_until_it_is_changed)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
