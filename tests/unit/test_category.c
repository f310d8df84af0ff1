/*
 * test_category.c - MA_DOITUONG_KCB is proposed or asked, never guessed
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "checkin/category.h"

#define ELSEWHERE "84006"

/* "1.2" when proposed, "1.1,1.3?" when asked. */
static void
expect(const struct ck_category_facts *given, const char *expected)
{
	struct ck_category_facts facts = *given;
	struct ck_category_answer answer;
	char text[256] = "";
	size_t i;

	facts.facility = "84001";
	if (facts.registered == NULL)
		facts.registered = "";
	ck_category_propose(&facts, &answer);
	for (i = 0; i < answer.ask_count; i++)
		(void)snprintf(text + strlen(text),
		    sizeof(text) - strlen(text), "%s%s", i > 0 ? "," : "",
		    answer.ask[i]);
	if (answer.proposed == NULL)
		(void)snprintf(text + strlen(text),
		    sizeof(text) - strlen(text), "?");
	else
		assert_int_equal(answer.ask_count, 0);
	assert_string_equal(answer.proposed != NULL ? answer.proposed : text,
	    expected);
}

#define CASE(...) (&(const struct ck_category_facts){ __VA_ARGS__ })

static void
a_primary_facility_decides(void **state)
{
	(void)state;
	expect(CASE(.level = CK_LEVEL_PRIMARY), "1.2");
	expect(CASE(.level = CK_LEVEL_PRIMARY, .registered = "84001"), "1.2");
	expect(CASE(.level = CK_LEVEL_PRIMARY, .registered = ELSEWHERE),
	    "1.2");
	expect(CASE(.level = CK_LEVEL_PRIMARY, .registered = "84000",
	    .newborn = true), "1.2");
	expect(CASE(.level = CK_LEVEL_PRIMARY, .referred = true), "1.2");
}

static void
registration_and_slips_decide(void **state)
{
	(void)state;
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .registered = "84001"),
	    "1.1");
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .registered = ELSEWHERE,
	    .referred = true), "1.3");
	expect(CASE(.level = CK_LEVEL_SPECIAL_CENTRAL,
	    .registered = "84001", .referred = true), "1.1");
}

static void
an_emergency_decides_but_where_more_is_paid(void **state)
{
	(void)state;
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .registered = ELSEWHERE,
	    .emergency = true), "2");
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .registered = "84001",
	    .emergency = true), "2");
	expect(CASE(.level = CK_LEVEL_PRIMARY, .emergency = true), "1.2,2?");
	expect(CASE(.level = CK_LEVEL_UNKNOWN, .emergency = true), "1.2,2?");
}

static void
who_pays_himself_is_9(void **state)
{
	(void)state;
	expect(CASE(.level = CK_LEVEL_PRIMARY, .self_paid = true), "9");
	expect(CASE(.level = CK_LEVEL_UNKNOWN, .self_paid = true,
	    .emergency = true), "9");
}

static void
what_is_not_decided_is_asked(void **state)
{
	(void)state;
	expect(CASE(.level = CK_LEVEL_UNKNOWN, .registered = "84001",
	    .referred = true), "1.1,1.2,1.3?");
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .referred = true),
	    "1.1,1.3?");
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .registered = ELSEWHERE),
	    "1.4,1.6,1.12,1.16?");
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .registered = ELSEWHERE,
	    .ward = true), "1.4,1.6,1.15,1.16?");
	expect(CASE(.level = CK_LEVEL_SPECIAL_CENTRAL,
	    .registered = ELSEWHERE), "1.4,1.6,1.17,3.1?");
	expect(CASE(.level = CK_LEVEL_SPECIAL_PROVINCE,
	    .registered = ELSEWHERE, .ward = true),
	    "1.4,1.6,1.17,3.2,3.6?");
	expect(CASE(.level = CK_LEVEL_DISTRICT, .registered = ELSEWHERE,
	    .appointed = true), "1.4,1.5?");
	expect(CASE(.level = CK_LEVEL_BASIC_LOW, .registered = "84000",
	    .newborn = true), "1.4,1.6,1.7,1.12,1.16?");
}

static void
the_catalogue_has_27_codes_and_names(void **state)
{
	static const char *const codes[] = {
		"1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.11",
		"1.12", "1.13", "1.14", "1.15", "1.16", "1.17", "1.18", "2",
		"3.1", "3.2", "3.3", "3.6", "7", "7.2", "7.3", "7.4", "8",
		"9", "10"
	};
	size_t i;

	(void)state;
	assert_int_equal(sizeof(codes) / sizeof(codes[0]), 27);
	for (i = 0; i < 27; i++)
		assert_true(ck_category_known(codes[i]));
	assert_string_equal(ck_category_find("2")->vi, "Cấp cứu");
	assert_false(ck_category_known("1.8"));
	assert_false(ck_category_known(""));
	assert_true(ck_category_noticed("10"));
	assert_false(ck_category_insured("9"));
}

static void
levels_have_words(void **state)
{
	enum ck_level level;

	(void)state;
	assert_true(ck_level_parse("primary", &level));
	assert_int_equal(level, CK_LEVEL_PRIMARY);
	assert_string_equal(ck_level_label(CK_LEVEL_BASIC_HIGH),
	    "basic-50-70");
	assert_false(ck_level_parse("commune", &level));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_primary_facility_decides),
		cmocka_unit_test(registration_and_slips_decide),
		cmocka_unit_test(an_emergency_decides_but_where_more_is_paid),
		cmocka_unit_test(who_pays_himself_is_9),
		cmocka_unit_test(what_is_not_decided_is_asked),
		cmocka_unit_test(the_catalogue_has_27_codes_and_names),
		cmocka_unit_test(levels_have_words)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
