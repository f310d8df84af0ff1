/*
 * test_correction_content.c - what differs, and the contents of correction cases
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "correction/content.h"
#include "correction/differs.h"
#include "store/record.h"

#define ID "00112233445566778899aabbccddeeff"

static struct ck_lookup_record
record_of(const char *code, enum ck_outcome outcome)
{
	struct ck_lookup_record record;

	memset(&record, 0, sizeof(record));
	(void)snprintf(record.id, sizeof(record.id), "%s", ID);
	record.opened_ms = INT64_C(1772445605000);
	record.visit_date = (struct ck_date){ 2026, 3, 2 };
	record.counted.assurance = CK_ASSURANCE_CHIP_VERIFIED;
	record.counted.captured = CK_CAPTURED_CHIP;
	record.counted.presented = CK_PRESENTED_CCCD;
	record.counted.first_key = CK_KEY_ID_NUMBER;
	record.counted.first_outcome = record.counted.outcome = outcome;
	(void)snprintf(record.counted.first_reason,
	    sizeof(record.counted.first_reason), "%s", code);
	(void)snprintf(record.person.id_number,
	    sizeof(record.person.id_number), "084190123456");
	(void)snprintf(record.identity.full_name,
	    sizeof(record.identity.full_name), "Nguyễn Thị Mẫu");
	record.identity.date_of_birth = (struct ck_date){ 1990, 3, 5 };
	record.identity.sex = 'F';

	return record;
}

static void
codes_name_the_field(void **state)
{
	struct ck_lookup_record record;

	(void)state;
	record = record_of("060", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_NAME);
	record = record_of("061", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_NAME);
	record = record_of("070", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_BIRTH);
	record = record_of("052", CK_OUTCOME_MISMATCH);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_CARD);
	record = record_of("050", CK_OUTCOME_NOT_FOUND);
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_LINK);
	record = record_of("010", CK_OUTCOME_NOT_COVERED);
	assert_int_equal(ck_correction_differs(&record), 0);
	record.counted.outcome = CK_OUTCOME_COVERED;
	assert_int_equal(ck_correction_differs(&record), CK_DIFFERENT_LINK);
}

static void
an_answer_with_a_person_is_compared(void **state)
{
	struct ck_lookup_record record = record_of("060",
	    CK_OUTCOME_MISMATCH);

	(void)state;
	record.has_answer = true;
	(void)snprintf(record.answer.full_name,
	    sizeof(record.answer.full_name), "NGUYEN THI MAU");
	record.answer.date_of_birth = (struct ck_date){ 1990, 0, 0 };
	record.answer.sex = 'M';
	assert_int_equal(ck_correction_differs(&record),
	    CK_DIFFERENT_NAME | CK_DIFFERENT_SEX);
	record.answer.date_of_birth.year = 1991;
	record.answer.sex = '\0';
	assert_int_equal(ck_correction_differs(&record),
	    CK_DIFFERENT_NAME | CK_DIFFERENT_BIRTH);
}

static json_t *
content_of(const struct ck_lookup_record *record)
{
	const struct ck_content content = { .case_id = ID,
		.facility = "84001", .station = "main",
		.made_ms = INT64_C(1772445609000),
		.consent_operator = "NGUYỄN THỊ TIẾP ĐÓN", .record = record };
	struct ck_buf plain = CK_BUF_INIT;
	json_t *json;

	assert_int_equal(ck_content_build(&content, &plain), CK_OK);
	assert_int_equal(ck_content_read(ck_buf_view(&plain), ID, "84001",
	    "main", &json), CK_OK);
	assert_int_equal(ck_content_read(ck_buf_view(&plain), ID, "84002",
	    "main", &(json_t *){ NULL }), CK_ERR_CASE_MALFORMED);
	assert_int_equal(ck_content_read(ck_buf_view(&plain), ID, "84001",
	    "tang-2", &(json_t *){ NULL }), CK_ERR_CASE_MALFORMED);
	assert_int_equal(ck_content_read(ck_buf_view(&plain),
	    "ffffffffffffffffffffffffffffffff", "84001", "main",
	    &(json_t *){ NULL }), CK_ERR_CASE_MALFORMED);
	ck_buf_wipe(&plain);

	return json;
}

static void
a_content_says_what_is_known(void **state)
{
	struct ck_lookup_record record = record_of("050",
	    CK_OUTCOME_NOT_FOUND);
	json_t *json, *person;

	(void)state;
	record.has_answer = true;
	(void)snprintf(record.answer.code, sizeof(record.answer.code), "000");
	(void)snprintf(record.answer.note, sizeof(record.answer.note),
	    "words about the other key");
	json = content_of(&record);
	person = json_object_get(json, "person");
	assert_string_equal(ck_json_text(person, "full_name"),
	    "Nguyễn Thị Mẫu");
	assert_string_equal(ck_json_text(person, "date_of_birth"),
	    "1990-03-05");
	assert_true(json_is_null(json_object_get(person, "card_number")));
	assert_string_equal(ck_json_text(json_object_get(json, "gateway"),
	    "code"), "050");
	assert_true(json_is_null(json_object_get(json_object_get(json,
	    "gateway"), "words")));
	assert_string_equal(ck_json_text(json_object_get(json, "lookup"),
	    "assurance"), "chip_verified");
	assert_string_equal(ck_json_text(json_object_get(json, "consent"),
	    "at"), "2026-03-02T10:00:09.000Z");
	json_decref(json);
}

static void
contents_of_another_shape_are_none(void **state)
{
	static const char *const bad[] = {
		"", "[]", "{}", "{\"schema\":1}", "null",
		"{\"schema\":1,\"case\":\"" ID "\",\"facility\":\"84001\","
		"\"station\":\"main\",\"differs\":[]}"
	};
	json_t *json;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(ck_content_read(ck_span_str(bad[i]), ID,
		    "84001", "main", &json), CK_ERR_CASE_MALFORMED);
		assert_null(json);
	}
}

/* A name that would move the cursor of the office's terminal. */
static void
a_terminal_is_not_driven(void **state)
{
	struct ck_lookup_record record = record_of("060",
	    CK_OUTCOME_MISMATCH);
	char printed[4096] = "";
	FILE *out = fmemopen(printed, sizeof(printed) - 1, "w");
	json_t *json;

	(void)state;
	(void)snprintf(record.identity.full_name,
	    sizeof(record.identity.full_name), "A\033[2JB\177\nC");
	json = content_of(&record);
	ck_content_print(json, out);
	assert_int_equal(fclose(out), 0);
	assert_null(strchr(printed, '\033'));
	assert_null(strchr(printed, '\177'));
	assert_non_null(strstr(printed, "full name"));
	assert_non_null(strstr(printed, "A?[2JB??C\n"));
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(codes_name_the_field),
		cmocka_unit_test(an_answer_with_a_person_is_compared),
		cmocka_unit_test(a_content_says_what_is_known),
		cmocka_unit_test(contents_of_another_shape_are_none),
		cmocka_unit_test(a_terminal_is_not_driven),
	};

	return cmocka_run_group_tests_name("correction_content", tests, NULL,
	    NULL);
}
