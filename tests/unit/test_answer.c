/*
 * test_answer.c - the gateway's answer is read as dispatch CV1923 §3 has it
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../wire/gateway_answers.h"
#include "eligibility/answer.h"

static enum ck_err
parse(const char *text, struct ck_answer *out)
{
	return ck_answer_parse(ck_span_str(text), out);
}

static void
assert_date(struct ck_date date, const char *iso)
{
	char text[CK_DATE_LEN];

	ck_date_iso(date, text);
	assert_string_equal(text, iso);
}

static void
every_member_finds_its_field(void **state)
{
	struct ck_answer answer;

	(void)state;
	assert_int_equal(parse(WIRE_000, &answer), CK_OK);
	assert_string_equal(answer.code, "000");
	assert_memory_equal(answer.note, "Thẻ còn", strlen("Thẻ còn"));
	assert_string_equal(answer.full_name, "Nguyễn Văn Mẫu");
	assert_date(answer.date_of_birth, "1994-03-05");
	assert_int_equal(answer.sex, 'M');
	assert_string_equal(answer.address,
	    "Xã Mẫu, Huyện Mẫu, Tỉnh Trà Vinh");
	assert_string_equal(answer.insurance_number, "0000000001");
	assert_string_equal(answer.office, "Bảo hiểm Xã hội huyện Mẫu");
	assert_date(answer.five_years, "2027-06-01");
	assert_string_equal(answer.card.number, "GD4840000000001");
	assert_string_equal(answer.card.facility, "84006");
	assert_date(answer.card.valid_from, "2026-01-01");
	assert_date(answer.card.valid_to, "2026-12-31");
	/* A plain 000 repeats the card; only there stands the name. */
	assert_string_equal(answer.card.facility_name,
	    "Trung tâm y tế huyện Mẫu");
	assert_string_equal(answer.new_card.number, "");
}

static void
a_new_card_is_kept_apart(void **state)
{
	struct ck_answer answer;

	(void)state;
	assert_int_equal(parse(WIRE_003, &answer), CK_OK);
	assert_string_equal(answer.card.number, "GD4840000000001");
	assert_string_equal(answer.card.facility_name, "");
	assert_string_equal(answer.new_card.number, "DN4840000000001");
	assert_string_equal(answer.new_card.facility, "84001");
	assert_date(answer.new_card.valid_from, "2026-01-01");
}

static void
absent_null_empty_and_blank_are_the_same(void **state)
{
	static const char *const texts[] = {
		"{\"maKetQua\":\"000\"}",
		"{\"maKetQua\":\"000\",\"maThe\":null,\"gtTheDen\":null}",
		"{\"maKetQua\":\"000\",\"maThe\":\"\",\"gtTheDen\":\"\"}",
		"{\"maKetQua\":\" 000 \",\"maThe\":\" \",\"gtTheDen\":\" \"}"
	};
	struct ck_answer answer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		assert_int_equal(parse(texts[i], &answer), CK_OK);
		assert_string_equal(answer.code, "000");
		assert_string_equal(answer.card.number, "");
		assert_true(ck_date_absent(answer.card.valid_to));
	}
}

static void
member_names_ignore_case(void **state)
{
	struct ck_answer answer;

	(void)state;
	assert_int_equal(parse("{\"MAKETQUA\":\"010\",\"mathe\":"
	    "\"GD4840000000001\",\"GioiTinh\":\"NỮ\"}", &answer), CK_OK);
	assert_string_equal(answer.code, "010");
	assert_string_equal(answer.card.number, "GD4840000000001");
	assert_int_equal(answer.sex, 'F');
}

static void
what_cannot_be_an_answer_is_malformed(void **state)
{
	static const char *const bad[] = {
		"", "<html>Bad Gateway</html>", "{\"maKetQua\":\"000\"",
		"[]", "null", "{}", "{\"maKetQua\":null}",
		"{\"maKetQua\":\"\"}", "{\"maKetQua\":0}",
		"{\"maKetQua\":\"00000\"}", "{\"maKetQua\":\"0a0\"}",
		"{\"maKetQua\":[\"000\"]}",
		"{\"maKetQua\":\"000\",\"maketqua\":\"010\"}",
		"{\"maKetQua\":\"000\",\"maThe\":12}",
		"{\"maKetQua\":\"000\",\"hoTen\":{}}",
		"{\"maKetQua\":\"000\",\"ghiChu\":true}",
		"{\"maKetQua\":\"000\",\"maSoBHXH\":\"00000000010\"}",
		"{\"maKetQua\":\"000\",\"maThe\":\"GD4840000000001000000\"}",
		"{\"maKetQua\":\"000\",\"gtTheDen\":\"31/02/2026\"}",
		"{\"maKetQua\":\"000\",\"gtTheDen\":\"2026\"}",
		"{\"maKetQua\":\"000\",\"gtTheTu\":\"2026-01-01T00:00:00\"}"
	};
	struct ck_answer answer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		memset(&answer, 'x', sizeof(answer));
		assert_int_equal(
		    parse(bad[i], &answer), CK_ERR_GATEWAY_MALFORMED);
		assert_string_equal(answer.code, "");
		assert_string_equal(answer.full_name, "");
	}
}

static void
a_long_note_is_cut_between_characters(void **state)
{
	struct ck_answer answer;
	char text[4096] = "{\"maKetQua\":\"050\",\"ghiChu\":\"a";
	size_t len;
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		strcat(text, "ệ");	/* three bytes each */
	strcat(text, "\"}");
	assert_int_equal(parse(text, &answer), CK_OK);
	len = strlen(answer.note);
	assert_true(len <= sizeof(answer.note) - 1);
	assert_int_equal(len % 3, 1);
	assert_memory_equal(answer.note + len - 3, "ệ", 3);
}

static void
control_characters_do_not_pass(void **state)
{
	struct ck_answer answer;

	(void)state;
	assert_int_equal(parse("{\"maKetQua\":\"050\",\"ghiChu\":"
	    "\"a\\n\\u001b[31mb\\t\"}", &answer), CK_OK);
	assert_string_equal(answer.note, "a  [31mb");
}

/* One question about the person of the wire answers. */
static bool
is_about(const char *text, enum ck_key key, const char *number,
    const char *name, const char *birth)
{
	struct ck_answer answer;
	struct ck_date date;

	assert_int_equal(parse(text, &answer), CK_OK);
	assert_int_equal(ck_date_parse_local(birth, &date), CK_OK);

	return ck_answer_is_about(&answer, key, number, name, date);
}

static void
the_person_asked_about_is_recognised(void **state)
{
	static const struct {
		enum ck_key key;
		const char *number, *name, *birth;
	} rows[] = {
		{ CK_KEY_ID_NUMBER, "084094000001", "NGUYỄN VĂN MẪU",
		    "05/03/1994" },
		{ CK_KEY_ID_NUMBER, "084094000001", "NGUYEN  VAN MAU",
		    "1994" },
		{ CK_KEY_ID_NUMBER, "084094000001", "nguyễn văn mẫu",
		    "03/1994" },
		{ CK_KEY_INSURANCE_NUMBER, "0000000001", "Nguyễn Văn Mẫu",
		    "05/03/1994" },
		{ CK_KEY_CARD_NUMBER, "GD4840000000001", "Nguyễn Văn Mẫu",
		    "05/03/1994" },
		/* An old card with another prefix: the same insured person. */
		{ CK_KEY_CARD_NUMBER, "HS4840000000001", "Nguyễn Văn Mẫu",
		    "05/03/1994" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_true(is_about(WIRE_000, rows[i].key, rows[i].number,
		    rows[i].name, rows[i].birth));
}

static void
somebody_elses_answer_is_recognised(void **state)
{
	static const struct {
		enum ck_key key;
		const char *number, *name, *birth;
	} rows[] = {
		{ CK_KEY_INSURANCE_NUMBER, "0000000009", "Nguyễn Văn Mẫu",
		    "05/03/1994" },
		{ CK_KEY_CARD_NUMBER, "GD4840000000009", "Nguyễn Văn Mẫu",
		    "05/03/1994" },
		{ CK_KEY_ID_NUMBER, "084094000001", "Nguyễn Văn Mẫn",
		    "05/03/1994" },
			{ CK_KEY_ID_NUMBER, "084094000001", "Nguyễn Văn Mẫu",
		    "06/03/1994" },
		{ CK_KEY_ID_NUMBER, "084094000001", "Nguyễn Văn Mẫu",
		    "1995" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_false(is_about(WIRE_000, rows[i].key, rows[i].number,
		    rows[i].name, rows[i].birth));
}

static void
a_mismatch_code_is_no_answer_about_somebody_else(void **state)
{
	static const char text[] =
	    "{\"maKetQua\":\"060\",\"hoTen\":\"Trần Thị Khác\"}";

	(void)state;
	assert_true(is_about(text, CK_KEY_ID_NUMBER, "084094000001",
	    "Nguyễn Văn Mẫu", "05/03/1994"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_member_finds_its_field),
		cmocka_unit_test(a_new_card_is_kept_apart),
		cmocka_unit_test(absent_null_empty_and_blank_are_the_same),
		cmocka_unit_test(member_names_ignore_case),
		cmocka_unit_test(what_cannot_be_an_answer_is_malformed),
		cmocka_unit_test(a_long_note_is_cut_between_characters),
		cmocka_unit_test(control_characters_do_not_pass),
		cmocka_unit_test(the_person_asked_about_is_recognised),
		cmocka_unit_test(somebody_elses_answer_is_recognised),
		cmocka_unit_test(
		    a_mismatch_code_is_no_answer_about_somebody_else),
	};

	return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
