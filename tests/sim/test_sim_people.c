/*
 * test_sim_people.c - the people who do not exist hold together
 *
 * Expected values are written by hand from the numbering rules, not taken
 * from the population's own helpers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "people/dates.h"
#include "people/people.h"
#include "people/text.h"

#define SEED 84U

static int
compare_numbers(const void *a, const void *b)
{
	return strcmp(a, b);
}

static void
all_numbers_are_unique_down_to_the_last_six(void **state)
{
	unsigned count = sim_people_count(), i;
	char (*tails)[7] = calloc(count, sizeof(*tails));

	(void)state;
	assert_non_null(tails);
	for (i = 0; i < count; i++) {
		struct sim_person person;

		sim_person_at(SEED, i, &person);
		assert_int_equal(strlen(person.number), 12);
		memcpy(tails[i], person.number + 6, 7);
	}
	qsort(tails, count, sizeof(*tails), compare_numbers);
	for (i = 1; i < count; i++)
		assert_string_not_equal(tails[i - 1], tails[i]);
	free(tails);
}

static void
numbers_say_province_century_sex_and_year(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < sim_people_count(); i++) {
		struct sim_person person;
		char head[8];

		sim_person_at(SEED, i, &person);
		/* Decree 137/2015: 0/1 = 1900s M/F, 2/3 = 2000s M/F */
		snprintf(head, sizeof(head), "084%c%02u",
		    person.birth.year < 2000 ? (person.male ? '0' : '1') :
		    (person.male ? '2' : '3'),
		    (unsigned)person.birth.year % 100);
		assert_memory_equal(person.number, head, 6);
	}
}

static void
every_key_finds_its_person(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < sim_people_count(); i += i < 100 ? 1 : 97) {
		struct sim_person person, found;
		const char *keys[5];
		size_t k;

		sim_person_at(SEED, i, &person);
		keys[0] = person.label;
		keys[1] = person.number;
		keys[2] = person.insurance_number;
		keys[3] = person.card.number;
		keys[4] = person.new_card.number;
		for (k = 0; k < 5; k++) {
			if (keys[k][0] == '\0')
				continue;
			assert_true(sim_person_find(SEED, keys[k], &found));
			assert_memory_equal(&person, &found, sizeof(found));
		}
	}
}

static void
strangers_are_not_found(void **state)
{
	static const char *const keys[] = {
		"", "0", "084090000001", "8400000001", "GD4840000000001",
		"p10000", "p0000x", "code-999", "084090000001x"
	};
	struct sim_person found;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		assert_false(sim_person_find(SEED, keys[i], &found));
}

static void
the_seed_decides(void **state)
{
	struct sim_person first, again, other;

	(void)state;
	sim_person_at(SEED, 500, &first);
	sim_person_at(SEED, 500, &again);
	sim_person_at(SEED + 1, 500, &other);
	assert_memory_equal(&first, &again, sizeof(first));
	assert_string_not_equal(first.number, other.number);
}

static void
expiry_follows_age_on_the_issue_date(void **state)
{
	static const struct {
		struct sim_date birth, issued;
		int year;
	} rows[] = { /* Law 26/2023 Art. 21 */
		{ { 2016, 5, 10 }, { 2025, 1, 1 }, 2030 },
		{ { 2012, 5, 10 }, { 2024, 8, 1 }, 2037 },
		{ { 1990, 1, 1 }, { 2021, 4, 15 }, 2030 },
		{ { 1983, 6, 1 }, { 2021, 5, 31 }, 2023 },
		{ { 1983, 6, 1 }, { 2021, 6, 1 }, 2043 },
		{ { 1960, 2, 2 }, { 2021, 1, 1 }, 0 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(sim_card_expiry(rows[i].birth,
		    rows[i].issued).year, rows[i].year);
}

static void
nobody_has_an_expired_identity_card(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < sim_people_count(); i++) {
		struct sim_person person;

		sim_person_at(SEED, i, &person);
		assert_true(person.expires.year == 0 ||
		    person.expires.year >= 2028);
		assert_true(sim_age(person.birth, person.issued) >= 0);
	}
}

static void
insurance_numbers_have_the_legal_form(void **state)
{
	unsigned i, insured = 0;

	(void)state;
	for (i = 0; i < sim_people_count(); i++) {
		struct sim_person person;
		const char *card = person.card.number;

		sim_person_at(SEED, i, &person);
		if (card[0] == '\0')
			continue;
		insured++;
		assert_int_equal(strlen(card), 15);
		assert_true(card[0] >= 'A' && card[0] <= 'Z');
		assert_true(card[2] >= '1' && card[2] <= '5');
		assert_int_equal(strspn(card + 2, "0123456789"), 13);
		assert_string_equal(card + 5, person.insurance_number);
	}
	assert_in_range(insured, 9500, 9999);
}

static struct sim_person
scripted(const char *label)
{
	struct sim_person person;

	assert_true(sim_person_find(SEED, label, &person));
	return person;
}

static void
there_is_a_person_for_each_code(void **state)
{
	static const char *const codes[] = {
		"000", "001", "002", "003", "004", "010", "050", "051", "052",
		"053", "054", "055", "060", "061", "070", "100", "101", "110",
		"120", "121", "122", "123", "124", "130", "205", "401", "500"
	};
	char label[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		struct sim_person person;

		snprintf(label, sizeof(label), "code-%s", codes[i]);
		person = scripted(label);
		assert_string_equal(person.code, codes[i]);
	}
}

static void
stories_are_what_they_say(void **state)
{
	struct sim_date today = sim_today();

	(void)state;
	assert_string_equal(scripted("fallback").code, "050");
	assert_string_equal(scripted("fallback").code_by_insurance, "000");
	assert_int_equal(strlen(scripted("fallback").card.number), 15);
	assert_string_equal(scripted("moved").code, "121");
	assert_true(sim_date_compare(scripted("moved").card.to, today) < 0);
	assert_true(sim_date_compare(scripted("moved").new_card.to,
	    today) >= 0);
	assert_int_equal(scripted("year-only").birth.month, 0);
	assert_int_equal(scripted("no-expiry").expires.year, 0);
	assert_int_equal(scripted("child").birth.year, 2016);
	assert_true(strlen(scripted("long-address").residence) > 127);
	assert_int_equal(strlen(scripted("no-address").residence), 0);
	assert_string_equal(scripted("khmer-name").ethnicity, "Khmer");
	assert_string_equal(scripted("unknown-code").code, "999");
	assert_int_equal(sim_date_compare(scripted("ends-soon").card.to,
	    sim_date_plus(today, 5)), 0);
	assert_int_equal(strlen(scripted("code-050").insurance_number), 0);
	assert_false(sim_text_same(scripted("code-061").gateway_name,
	    scripted("code-061").full_name));
	assert_true(sim_text_same_first_word(scripted("code-061").gateway_name,
	    scripted("code-061").full_name));
	assert_false(sim_text_same_first_word(
	    scripted("code-060").gateway_name,
	    scripted("code-060").full_name));
}

static void
periods_follow_the_clock(void **state)
{
	struct sim_person person;

	(void)state;
	assert_int_equal(setenv("SIM_TODAY", "2031-01-05", 1), 0);
	person = scripted("code-000");
	assert_int_equal(person.card.from.year, 2031);
	assert_int_equal(person.card.to.year, 2031);
	assert_int_equal(scripted("code-010").card.to.year, 2030);
	assert_int_equal(scripted("code-003").new_card.to.year, 2031);
	person = scripted("code-124");
	assert_int_equal(person.card.to.year, 2030);
	assert_int_equal(person.card.from.year, 2030);
	assert_int_equal(unsetenv("SIM_TODAY"), 0);
}

static void
notes_end_where_they_should(void **state)
{
	unsigned i;

	(void)state;
	for (i = 0; i < sim_people_scripted(); i++) {
		struct sim_person person;

		sim_person_at(SEED, i, &person);
		assert_int_equal(person.note[strlen(person.note) - 1], '.');
	}
}

static void
capitals_keep_their_marks(void **state)
{
	char out[64];

	(void)state;
	sim_text_upper("Nguyễn Đặng Ươn ứ ỹ", out, sizeof(out));
	assert_string_equal(out, "NGUYỄN ĐẶNG ƯƠN Ứ Ỹ");
	sim_text_title("NGUYỄN ĐẶNG ƯƠN", out, sizeof(out));
	assert_string_equal(out, "Nguyễn Đặng Ươn");
	sim_text_upper("ễ", out, 3);
	assert_string_equal(out, "");
}

static void
names_compare_as_people_do(void **state)
{
	(void)state;
	assert_true(sim_text_same(" NGUYỄN  VĂN MẪU ", "nguyễn văn mẫu"));
	/* NFD: e, circumflex, tilde; and the marks the other way round */
	assert_true(sim_text_same("Nguyễn", "Nguye\xcc\x82\xcc\x83n"));
	assert_true(sim_text_same("Ặ", "a\xcc\x86\xcc\xa3"));
	assert_false(sim_text_same("Nguyễn Văn", "Nguyen Van"));
	assert_false(sim_text_same("Đô", "Đồ"));
	assert_false(sim_text_same("Lê A", "Lê A B"));
}

static void
dates_are_read_strictly(void **state)
{
	static const char *const bad[] = {
		"", "05031994", "5/3/1994", "31/04/2000", "29/02/2023",
		"00/01/2000", "13/2000", "00/2000", "0000", "05/03/1994 "
	};
	struct sim_date date;
	size_t i;

	(void)state;
	assert_true(sim_date_read("29/02/2024", &date));
	assert_int_equal(date.day, 29);
	assert_true(sim_date_read("03/1994", &date));
	assert_int_equal(date.day, 0);
	assert_int_equal(date.month, 3);
	assert_true(sim_date_read("1994", &date));
	assert_int_equal(date.month, 0);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(sim_date_read(bad[i], &date));
}

static unsigned
count_bars(const char *text)
{
	unsigned bars = 0;

	for (; *text != '\0'; text++)
		bars += *text == '|';
	return bars;
}

static void
printed_codes_have_their_fields(void **state)
{
	struct sim_person person;
	char payload[2048], expected[600];
	unsigned i;

	(void)state;
	person = scripted("year-only");
	sim_person_qr(&person, payload, sizeof(payload));
	assert_non_null(strstr(payload, "|1955|"));
	for (i = 0; i < 200; i++) {
		sim_person_at(SEED, i, &person);
		sim_person_qr(&person, payload, sizeof(payload));
		assert_int_equal(count_bars(payload), 6);
		snprintf(expected, sizeof(expected), "%s|", person.number);
		assert_memory_equal(payload, expected, 13);
		sim_person_bhyt_qr(&person, payload, sizeof(payload));
		if (person.card.number[0] == '\0') {
			assert_string_equal(payload, "");
			continue;
		}
		assert_int_equal(payload[strlen(payload) - 1], '$');
		assert_int_equal(count_bars(payload), i % 2 ? 16 : 14);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_numbers_are_unique_down_to_the_last_six),
		cmocka_unit_test(numbers_say_province_century_sex_and_year),
		cmocka_unit_test(every_key_finds_its_person),
		cmocka_unit_test(strangers_are_not_found),
		cmocka_unit_test(the_seed_decides),
		cmocka_unit_test(expiry_follows_age_on_the_issue_date),
		cmocka_unit_test(nobody_has_an_expired_identity_card),
		cmocka_unit_test(insurance_numbers_have_the_legal_form),
		cmocka_unit_test(there_is_a_person_for_each_code),
		cmocka_unit_test(stories_are_what_they_say),
		cmocka_unit_test(periods_follow_the_clock),
		cmocka_unit_test(notes_end_where_they_should),
		cmocka_unit_test(capitals_keep_their_marks),
		cmocka_unit_test(names_compare_as_people_do),
		cmocka_unit_test(dates_are_read_strictly),
		cmocka_unit_test(printed_codes_have_their_fields)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
