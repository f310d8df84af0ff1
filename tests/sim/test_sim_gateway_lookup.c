/*
 * test_sim_gateway_lookup.c - each maKetQua, and the answer around it
 *
 * Expected values come from gateway.md §2, not from the server.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/desk.h"

static void
each_person_is_answered_with_the_right_code(void **state)
{
	static const struct {
		const char *label, *code;
	} rows[] = {
		{ "code-000", "000" }, { "code-001", "001" },
		{ "code-002", "002" }, { "code-003", "003" },
		{ "code-004", "004" }, { "code-010", "010" },
		{ "code-050", "050" }, { "code-051", "051" },
		{ "code-052", "052" }, { "code-053", "053" },
		{ "code-054", "054" }, { "code-055", "055" },
		{ "code-060", "060" }, { "code-061", "061" },
		{ "code-070", "070" }, { "code-100", "100" },
		{ "code-101", "101" }, { "code-110", "110" },
		{ "code-120", "120" }, { "code-121", "121" },
		{ "code-122", "122" }, { "code-123", "123" },
		{ "code-124", "124" }, { "code-130", "130" },
		{ "code-205", "205" }, { "code-401", "401" },
		{ "code-500", "500" }, { "fallback", "050" },
		{ "moved", "121" }, { "year-only", "000" },
		{ "no-expiry", "000" }, { "child", "000" },
		{ "long-address", "000" }, { "no-address", "000" },
		{ "khmer-name", "000" }, { "unknown-code", "999" },
		{ "ends-soon", "000" }
	};
	struct desk *desk = *state;
	size_t i;

	desk_log_in(desk);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_person person = desk_person(rows[i].label);

		desk_expect(desk_ask_person(desk, &person, person.number),
		    rows[i].code);
	}
}

static void
a_covered_answer_has_every_field(void **state)
{
	static const char *const texts[] = {
		"ghiChu", "maThe", "hoTen", "ngaySinh", "gioiTinh", "diaChi",
		"maDKBD", "cqBHXH", "gtTheTu", "gtTheDen", "maKV",
		"ngayDu5Nam", "maSoBHXH", "maTheCu", "maTheMoi", "gtTheTuMoi",
		"gtTheDenMoi", "maDKBDMoi", "tenDKBDMoi"
	};
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");
	json_t *json, *check;
	size_t i;

	desk_log_in(desk);
	json = desk_ask_person(desk, &person, person.number);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_true(json_is_string(json_object_get(json, texts[i])));
	assert_string_equal(desk_text(json, "maThe"), person.card.number);
	assert_string_equal(desk_text(json, "maTheMoi"), person.card.number);
	assert_string_equal(desk_text(json, "maSoBHXH"),
	    person.card.number + 5);
	assert_true(json_is_null(json_object_get(json, "dsLichSuKCB2018")));
	assert_int_equal(json_array_size(json_object_get(json,
	    "dsLichSuKT2018")), 1);
	check = json_array_get(json_object_get(json, "dsLichSuKT2018"), 0);
	assert_string_equal(desk_text(check, "userKT"), "84001_BV");
	assert_string_equal(desk_text(check, "maLoi"), "000");
	assert_int_equal(strlen(desk_text(check, "thoiGianKT")), 12);
	json_decref(json);
}

static void
a_json_body_is_taken_too(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");
	char target[2048], body[1024], birth[32];

	desk_log_in(desk);
	desk_target(desk, LOOKUP, target);
	desk_birth(&person, birth);
	snprintf(body, sizeof(body), "{\"maThe\":\"%s\",\"hoTen\":\"%s\","
	    "\"ngaySinh\":\"%s\",\"hoTenCb\":\"Thạch Văn Trực Ban\","
	    "\"cccdCb\":\"084085000002\"}", person.number, person.full_name,
	    birth);
	desk_expect(desk_parse(desk_post(desk, target, "", JSON, body)),
	    "000");
}

static void
names_and_dates_are_compared(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");
	char name[160], birth[32];

	desk_log_in(desk);
	desk_birth(&person, birth);
	snprintf(name, sizeof(name), "  %s ", person.gateway_name);
	desk_expect(desk_ask(desk, person.number, name, birth), "000");
	desk_expect(desk_ask(desk, person.number, "Ai Đó", birth), "060");
	snprintf(name, sizeof(name), "%.*s Khác",
	    (int)strcspn(person.full_name, " "), person.full_name);
	desk_expect(desk_ask(desk, person.number, name, birth), "061");
	desk_expect(desk_ask(desk, person.number, person.full_name,
	    "01/01/1901"), "070");
	desk_expect(desk_ask(desk, person.number, person.full_name, birth + 6),
	    "000");
	desk_expect(desk_ask(desk, person.number, person.full_name, birth + 3),
	    "000");
}

static void
keys_of_every_kind_are_judged(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");
	char key[24];

	desk_log_in(desk);
	desk_expect(desk_ask_person(desk, &person, person.insurance_number),
	    "000");
	desk_expect(desk_ask_person(desk, &person, person.card.number), "000");
	snprintf(key, sizeof(key), "%sXY", person.card.number);
	desk_expect(desk_ask_person(desk, &person, key), "000");
	strcpy(key, person.card.number);
	key[0] = key[0] == 'X' ? 'Y' : 'X';
	desk_expect(desk_ask_person(desk, &person, key), "051");
	strcpy(key, person.card.number);
	key[2] = key[2] == '1' ? '2' : '1';
	desk_expect(desk_ask_person(desk, &person, key), "053");
	strcpy(key, person.card.number);
	key[4] = '5';
	desk_expect(desk_ask_person(desk, &person, key), "052");
	key[2] = '9';
	desk_expect(desk_ask_person(desk, &person, key), "051");
	desk_expect(desk_ask_person(desk, &person, "001090999999"), "050");
	desk_expect(desk_ask_person(desk, &person, "0000000001"), "050");
	desk_expect(desk_ask_person(desk, &person, "12345"), "205");
}

static void
malformed_questions_are_205(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");
	const char *number = person.number, *name = person.full_name;

	desk_log_in(desk);
	desk_expect(desk_ask(desk, "", name, "1994"), "205");
	desk_expect(desk_ask(desk, number, " ", "1994"), "205");
	desk_expect(desk_ask(desk, number, name, ""), "205");
	desk_expect(desk_ask(desk, number, name, "05031994"), "205");
	desk_expect(desk_ask(desk, number, name, "5/3/1994"), "205");
	desk_expect(desk_ask(desk, number, name, "31/02/1994"), "205");
	desk_expect(desk_ask(desk, number, "\xff\xfe", "1994"), "205");
}

static void
operators_must_be_registered(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-000");
	struct question question = { person.number, person.full_name, "1994",
		"", "084185000011" };
	json_t *json;

	desk_log_in(desk);
	json = desk_ask_at(desk, LOOKUP, &question);
	assert_string_equal(desk_text(json, "ghiChu"), "Null hoTenCb");
	assert_true(json_is_null(json_object_get(json, "maKetQua")));
	json_decref(json);
	question.operator_name = "Thạch Văn Trực Ban";
	desk_expect(desk_ask_at(desk, LOOKUP, &question), "055");
	question.operator_number = "084190000009";
	desk_expect(desk_ask_at(desk, LOOKUP, &question), "054");
}

static void
a_new_card_answers_for_itself(void **state)
{
	static const char *const rows[][2] = {
		{ "code-003", "003" }, { "code-004", "004" },
		{ "moved", "121" }
	};
	struct desk *desk = *state;
	size_t i;

	desk_log_in(desk);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_person person = desk_person(rows[i][0]);
		json_t *json = desk_ask_person(desk, &person, person.number);
		char key[24];

		assert_string_equal(desk_text(json, "maTheCu"), "");
		assert_string_equal(desk_text(json, "maThe"),
		    person.card.number);
		snprintf(key, sizeof(key), "%s", desk_text(json, "maTheMoi"));
		desk_expect(json, rows[i][1]);
		assert_string_not_equal(key, person.card.number);
		json = desk_ask_person(desk, &person, key);
		assert_string_equal(desk_text(json, "maThe"), key);
		desk_expect(json, "000");
	}
}

static void
insurance_numbers_find_what_id_numbers_do_not(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("fallback");

	desk_log_in(desk);
	desk_expect(desk_ask_person(desk, &person, person.number), "050");
	desk_expect(desk_ask_person(desk, &person, person.insurance_number),
	    "000");
	desk_expect(desk_ask_person(desk, &person, person.card.number), "000");
}

static void
unknown_numbers_tell_nothing(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("code-050");
	json_t *json, *value;
	const char *field;

	desk_log_in(desk);
	json = desk_ask_person(desk, &person, person.number);
	assert_int_equal(json_object_size(json), 22);
	json_object_foreach(json, field, value) {
		if (strcmp(field, "maKetQua") != 0 &&
		    strcmp(field, "ghiChu") != 0)
			assert_true(json_is_null(value));
	}
	desk_expect(json, "050");
}

static void
wrong_person_and_garbage_do_as_they_say(void **state)
{
	struct desk *desk = *state;
	struct sim_person person = desk_person("wrong-person");
	char target[2048], body[1024] = "", birth[32];
	struct answer answer;
	json_t *json;

	desk_log_in(desk);
	json = desk_ask_person(desk, &person, person.number);
	assert_string_not_equal(desk_text(json, "maSoBHXH"),
	    person.insurance_number);
	assert_string_not_equal(desk_text(json, "maSoBHXH"), "(null)");
	desk_expect(json, "000");
	person = desk_person("garbage");
	desk_target(desk, LOOKUP, target);
	desk_birth(&person, birth);
	desk_append(body, "maThe", person.number);
	desk_append(body, "hoTen", person.full_name);
	desk_append(body, "ngaySinh", birth);
	desk_append(body, "hoTenCb", "Nguyễn Thị Tiếp Đón");
	desk_append(body, "cccdCb", "084185000011");
	answer = desk_post(desk, target, "", FORM, body);
	assert_memory_equal(answer.body, "<html>", 6);
	free(answer.body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		AT_DESK(each_person_is_answered_with_the_right_code),
		AT_DESK(a_covered_answer_has_every_field),
		AT_DESK(a_json_body_is_taken_too),
		AT_DESK(names_and_dates_are_compared),
		AT_DESK(keys_of_every_kind_are_judged),
		AT_DESK(malformed_questions_are_205),
		AT_DESK(operators_must_be_registered),
		AT_DESK(a_new_card_answers_for_itself),
		AT_DESK(insurance_numbers_find_what_id_numbers_do_not),
		AT_DESK(unknown_numbers_tell_nothing),
		AT_DESK(wrong_person_and_garbage_do_as_they_say)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
