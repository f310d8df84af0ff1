/*
 * test_compare.c - chip against print: which warning for which difference
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "desk/compare.h"

/* Only the zones of other countries depend on it. */
#define TODAY ((struct ck_date){ 2026, 11, 26 })

/* A patient with this code, and a chip of the same number. */
static void
meet(struct ck_patient *patient, const char *print_name,
    const char *chip_name, struct ck_date chip_birth)
{
	struct ck_identity chip = {
		.number = "084090000001", .date_of_birth = chip_birth,
		.sex = 'M'
	};
	struct ck_printed print;
	char code[400];

	memset(patient, 0, sizeof(*patient));
	(void)snprintf(code, sizeof(code),
	    "084090000001||%s|01011990|Nam|Ấp Mẫu|15042021", print_name);
	assert_int_equal(ck_printed_parse(ck_span_str(code), TODAY, &print),
	    CK_OK);
	ck_patient_take_print(patient, &print);
	(void)snprintf(chip.full_name, sizeof(chip.full_name), "%s",
	    chip_name);
	ck_patient_take_chip(patient, &chip);
}

static const char *
text_of(const json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text == NULL ? "" : text;
}

static void
each_kind_of_difference_has_its_own_warning(void **state)
{
	static const struct {
		const char *print, *chip, *word, *kind;
	} rows[] = {
		{ "Nguyễn Văn Hòa", "NGUYỄN VĂN HOÀ", "same", "" },
		{ "Nguyen Van Hoa", "NGUYỄN VĂN HÒA", "without_tones",
		    "print_without_tones" },
		{ "Nguy?n V?n H?a", "NGUYỄN VĂN HÒA", "without_tones",
		    "print_without_tones" },
		/* a chip whose DG13 has no name: its zone has no diacritics */
		{ "Nguyễn Văn Hòa", "NGUYEN VAN HOA", "without_tones",
		    "chip_without_tones" },
		{ "Nguyễn Văn Hòa", "NGUYỄN VĂN HÓA", "without_tones",
		    "tones_differ" },
		{ "Ng. V. Hòa", "NGUYỄN VĂN HÒA", "abbreviated",
		    "print_abbreviated" },
		{ "Nguyễn Hoàng Phương Thảo Nguyên",
		    "NGUYEN HOANG PHUONG THAO NGUYE", "abbreviated",
		    "chip_abbreviated" },
		{ "Trần Văn Hòa", "NGUYỄN VĂN HÒA", "different",
		    "chip_differs_from_print" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_patient patient;
		json_t *words, *list, *first;

		meet(&patient, rows[i].print, rows[i].chip,
		    (struct ck_date){ 1990, 1, 1 });
		words = ck_comparison_view(&patient);
		list = ck_warnings_view(&patient);
		first = json_array_get(list, 0);
		assert_string_equal(
		    text_of(words, "full_name"), rows[i].word);
		assert_string_equal(text_of(words, "number"), "same");
		assert_string_equal(text_of(words, "date_of_birth"), "same");
		assert_string_equal(text_of(first, "kind"), rows[i].kind);
		if (first != NULL) {
			assert_string_equal(
			    text_of(first, "chip"), rows[i].chip);
			assert_string_equal(
			    text_of(first, "print"), rows[i].print);
		}
		json_decref(words);
		json_decref(list);
	}
}

/* The chip's birth date differs, and the number says so too. */
static void
a_birth_date_is_compared_and_doubted(void **state)
{
	struct ck_patient patient;
	json_t *words, *list;

	(void)state;
	meet(&patient, "Nguyễn Văn Hòa", "NGUYỄN VĂN HÒA",
	    (struct ck_date){ 1991, 1, 1 });
	words = ck_comparison_view(&patient);
	list = ck_warnings_view(&patient);
	assert_string_equal(text_of(words, "date_of_birth"), "different");
	assert_int_equal(json_array_size(list), 2);
	assert_string_equal(
	    text_of(json_array_get(list, 0), "field"), "date_of_birth");
	assert_string_equal(
	    text_of(json_array_get(list, 0), "chip"), "1991-01-01");
	assert_string_equal(
	    text_of(json_array_get(list, 0), "print"), "1990-01-01");
	assert_string_equal(text_of(json_array_get(list, 1), "kind"),
	    "number_says_otherwise");
	json_decref(words);
	json_decref(list);
}

static void
nothing_is_compared_with_nothing(void **state)
{
	struct ck_patient patient = { .present = false };
	struct ck_printed print;
	json_t *words = ck_comparison_view(&patient);
	json_t *list = ck_warnings_view(&patient);

	(void)state;
	assert_true(json_is_null(words));
	assert_int_equal(json_array_size(list), 0);
	json_decref(words);
	json_decref(list);
	/* six digits say nothing that could differ */
	assert_int_equal(
	    ck_printed_parse(ck_span_str("000001"), TODAY, &print), CK_OK);
	ck_patient_take_print(&patient, &print);
	ck_patient_take_chip(&patient, &(struct ck_identity){
	    .number = "084090000001", .full_name = "NGUYỄN VĂN HÒA",
	    .date_of_birth = { 1990, 1, 1 } });
	words = ck_comparison_view(&patient);
	assert_string_equal(text_of(words, "number"), "unknown");
	assert_string_equal(text_of(words, "full_name"), "unknown");
	assert_string_equal(text_of(words, "date_of_birth"), "unknown");
	json_decref(words);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_of_difference_has_its_own_warning),
		cmocka_unit_test(a_birth_date_is_compared_and_doubted),
		cmocka_unit_test(nothing_is_compared_with_nothing)
	};

	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
