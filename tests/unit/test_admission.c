/*
 * test_admission.c - what reception knows becomes a draft; a station's level
 * and its rule for MA_LK
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "checkin/admission.h"
#include "checkin/station.h"

/* 2026-11-23T00:31:00Z: 07:31 in Trà Vinh. */
#define MORNING_MS INT64_C(1795393860000)

/* 2026-11-22T17:05:00Z: five past midnight of the 23rd there. */
#define MIDNIGHT_MS INT64_C(1795367100000)

static struct ck_lookup_record lookup;
static struct ck_admission admission;
static struct ck_check_in check_in;

static int
clean(void **state)
{
	(void)state;
	memset(&lookup, 0, sizeof(lookup));
	memset(&admission, 0, sizeof(admission));
	memset(&check_in, 0, sizeof(check_in));
	admission.arrived_ms = MORNING_MS;
	lookup.visit_date = (struct ck_date){ 2026, 11, 23 };
	lookup.has_answer = true;
	lookup.counted.outcome = CK_OUTCOME_COVERED;
	strcpy(lookup.identity.number, "084094000001");
	strcpy(lookup.identity.full_name, "NGUYỄN VĂN MẪU");
	lookup.identity.date_of_birth = (struct ck_date){ 1994, 3, 5 };
	lookup.identity.sex = 'M';
	strcpy(lookup.answer.full_name, "Nguyễn Văn Mẫu");
	strcpy(lookup.answer.card.number, "GD4840000000001");
	strcpy(lookup.answer.card.facility, "84006");
	lookup.answer.card.valid_from = (struct ck_date){ 2026, 1, 1 };
	lookup.answer.card.valid_to = (struct ck_date){ 2026, 12, 31 };

	return 0;
}

static int
wipe(void **state)
{
	(void)state;
	ck_check_in_wipe(&check_in);

	return 0;
}

static void
fill(const struct ck_lookup_record *from)
{
	assert_int_equal(ck_admission_fill(&admission, from, "84001",
	    &check_in), CK_OK);
}

static void
expect(enum ck_notice_field field, const char *text)
{
	assert_string_equal(ck_notice_get(&check_in.draft, field), text);
}

static void
a_covered_lookup_fills_the_card_of_the_visit(void **state)
{
	(void)state;
	fill(&lookup);
	expect(CK_FIELD_STT, "1");
	expect(CK_FIELD_HO_TEN, "Nguyễn Văn Mẫu");
	expect(CK_FIELD_SO_CCCD, "084094000001");
	expect(CK_FIELD_NGAY_SINH, "199403050000");
	expect(CK_FIELD_GIOI_TINH, "1");
	expect(CK_FIELD_MA_THE_BHYT, "GD4840000000001");
	expect(CK_FIELD_MA_DKBD, "84006");
	expect(CK_FIELD_GT_THE_TU, "20260101");
	expect(CK_FIELD_GT_THE_DEN, "20261231");
	expect(CK_FIELD_NGAY_VAO, "202611230731");
	expect(CK_FIELD_MA_CSKCB, "84001");
	expect(CK_FIELD_MA_DOITUONG_KCB, "");
	assert_int_equal(check_in.flags, 0);
}

/* An early new card: that of the day counts, not the newer one. */
static void
the_old_card_counts_while_it_is_valid(void **state)
{
	(void)state;
	strcpy(lookup.answer.new_card.number, "DN4840000000001");
	strcpy(lookup.answer.new_card.facility, "84001");
	lookup.answer.new_card.valid_from = (struct ck_date){ 2027, 1, 1 };
	lookup.answer.new_card.valid_to = (struct ck_date){ 2027, 12, 31 };
	fill(&lookup);
	expect(CK_FIELD_MA_THE_BHYT, "GD4840000000001");
	wipe(NULL);
	lookup.visit_date = (struct ck_date){ 2027, 1, 2 };
	fill(&lookup);
	expect(CK_FIELD_MA_THE_BHYT, "DN4840000000001");
	expect(CK_FIELD_MA_DKBD, "84001");
}

static void
without_a_yes_there_is_no_card(void **state)
{
	struct ck_category_answer category;

	(void)state;
	lookup.counted.outcome = CK_OUTCOME_NOT_COVERED;
	fill(&lookup);
	expect(CK_FIELD_MA_THE_BHYT, "");
	expect(CK_FIELD_HO_TEN, "Nguyễn Văn Mẫu");
	assert_int_equal(check_in.flags, CK_ADMITTED_UNINSURED);
	ck_admission_category(&check_in, CK_LEVEL_PRIMARY, false, &category);
	assert_null(category.proposed);
	assert_int_equal(category.ask_count, 2);
	assert_string_equal(category.ask[0], "1.2");
	assert_string_equal(category.ask[1], "9");
	check_in.flags |= CK_ADMITTED_SELF_PAID;
	ck_admission_category(&check_in, CK_LEVEL_PRIMARY, false, &category);
	assert_string_equal(category.proposed, "9");
}

/* 001, 002: the clerk has the number from the paper. */
static void
a_yes_may_name_no_card(void **state)
{
	struct ck_category_answer category;

	(void)state;
	memset(&lookup.answer.card, 0, sizeof(lookup.answer.card));
	fill(&lookup);
	expect(CK_FIELD_MA_THE_BHYT, "");
	assert_int_equal(check_in.flags, 0);
	ck_admission_category(&check_in, CK_LEVEL_PRIMARY, false, &category);
	assert_string_equal(category.proposed, "1.2");
}

static void
of_a_card_of_seventeen_the_number_is_told(void **state)
{
	(void)state;
	strcpy(lookup.answer.card.number, "GD484000000000184");
	fill(&lookup);
	expect(CK_FIELD_MA_THE_BHYT, "GD4840000000001");
}

static void
partial_births_have_noughts(void **state)
{
	(void)state;
	lookup.identity.date_of_birth = (struct ck_date){ 1994, 0, 0 };
	fill(&lookup);
	expect(CK_FIELD_NGAY_SINH, "199400000000");
	wipe(NULL);
	lookup.identity.date_of_birth = (struct ck_date){ 1994, 3, 0 };
	fill(&lookup);
	expect(CK_FIELD_NGAY_SINH, "199400000000");
}

static void
a_newborn_gets_the_provinces_place(void **state)
{
	(void)state;
	admission.without = CK_WITHOUT_NEWBORN;
	admission.arrived_ms = MIDNIGHT_MS;
	admission.sex = 'F';
	admission.date_of_birth = (struct ck_date){ 2026, 11, 22 };
	strcpy(admission.time_of_birth, "23:50");
	strcpy(admission.full_name, "Con bà Mẫu");
	fill(NULL);
	expect(CK_FIELD_MA_DKBD, "84000");
	expect(CK_FIELD_GT_THE_TU, "20261123");
	expect(CK_FIELD_NGAY_VAO, "202611230005");
	expect(CK_FIELD_NGAY_SINH, "202611222350");
	expect(CK_FIELD_GIOI_TINH, "2");
	expect(CK_FIELD_HO_TEN, "Con bà Mẫu");
	expect(CK_FIELD_MA_THE_BHYT, "");
	assert_int_equal(check_in.flags, 0);
}

static void
nobody_knows_an_unconscious_patient(void **state)
{
	(void)state;
	admission.without = CK_WITHOUT_UNCONSCIOUS;
	fill(NULL);
	expect(CK_FIELD_HO_TEN, "");
	expect(CK_FIELD_MA_DKBD, "");
	assert_int_equal(check_in.flags, CK_ADMITTED_EMERGENCY |
	    CK_ADMITTED_UNINSURED);
}

static void
what_is_said_replaces_what_was_found(void **state)
{
	(void)state;
	strcpy(admission.category, "1.3");
	strcpy(admission.visit_type, "06");
	strcpy(admission.card_number, "QN5840000000001");
	fill(&lookup);
	expect(CK_FIELD_MA_DOITUONG_KCB, "1.3");
	expect(CK_FIELD_MA_LOAI_KCB, "06");
	expect(CK_FIELD_MA_THE_BHYT, "QN5840000000001");
}

/* --- The station ------------------------------------------------------------ */

static void
a_level_holds_from_its_day(void **state)
{
	static const char setting[] =
	    "2025-01-01 primary, 2026-07-01 basic-50-70";
	enum ck_level level;

	(void)state;
	assert_true(ck_station_level(setting,
	    (struct ck_date){ 2024, 12, 31 }, &level));
	assert_int_equal(level, CK_LEVEL_UNKNOWN);
	assert_true(ck_station_level(setting,
	    (struct ck_date){ 2026, 6, 30 }, &level));
	assert_int_equal(level, CK_LEVEL_PRIMARY);
	assert_true(ck_station_level(setting,
	    (struct ck_date){ 2026, 7, 1 }, &level));
	assert_int_equal(level, CK_LEVEL_BASIC_HIGH);
	assert_true(ck_station_level("primary",
	    (struct ck_date){ 1999, 1, 1 }, &level));
	assert_int_equal(level, CK_LEVEL_PRIMARY);
	assert_true(ck_station_level("", (struct ck_date){ 2026, 1, 1 },
	    &level));
	assert_int_equal(level, CK_LEVEL_UNKNOWN);
}

static void
levels_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {
		"commune", "2025-13-01 primary", "2025-01 primary",
		"2025-01-01primary", "primary,", "primary, ,",
		"2026-01-01 primary, 2025-01-01 district",
		"2025-01-01 primary, 2025-01-01 district", "primary, district",
		"2025-01-01 primary and a text that is much too long to be one "
		"of the words that are known here"
	};
	enum ck_level level;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ck_station_level(bad[i], (struct ck_date){ 2026, 1, 1 },
		    &level))
			fail_msg("%s", bad[i]);
		assert_int_equal(level, CK_LEVEL_UNKNOWN);
	}
}

static void
a_rule_makes_the_episode(void **state)
{
	const struct ck_episode_parts parts = {
		"84001", { 2026, 3, 7 }, "BN1", 42
	};
	char out[40];

	(void)state;
	assert_true(ck_station_episode(
	    "{facility}_{year}_{month}_{patient}_{number}", &parts, out,
	    sizeof(out)));
	assert_string_equal(out, "84001_2026_03_BN1_42");
	assert_true(ck_station_episode("{day}{number}", &parts, out,
	    sizeof(out)));
	assert_string_equal(out, "0742");
	assert_false(ck_station_episode("{facility}", &parts, out,
	    sizeof(out)));
	assert_false(ck_station_episode("{number}{hour}", &parts, out,
	    sizeof(out)));
	assert_false(ck_station_episode("{number", &parts, out,
	    sizeof(out)));
	assert_false(ck_station_episode("{facility}{number}", &parts, out,
	    7));
	assert_string_equal(out, "");
}

#define DRAFT(fn) cmocka_unit_test_setup_teardown(fn, clean, wipe)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DRAFT(a_covered_lookup_fills_the_card_of_the_visit),
		DRAFT(the_old_card_counts_while_it_is_valid),
		DRAFT(without_a_yes_there_is_no_card),
		DRAFT(a_yes_may_name_no_card),
		DRAFT(of_a_card_of_seventeen_the_number_is_told),
		DRAFT(partial_births_have_noughts),
		DRAFT(a_newborn_gets_the_provinces_place),
		DRAFT(nobody_knows_an_unconscious_patient),
		DRAFT(what_is_said_replaces_what_was_found),
		cmocka_unit_test(a_level_holds_from_its_day),
		cmocka_unit_test(levels_that_are_none_are_refused),
		cmocka_unit_test(a_rule_makes_the_episode)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
