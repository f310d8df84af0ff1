/*
 * test_decide.c - every code of the gateway and every failure, decided
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
#include "eligibility/codes.h"
#include "eligibility/decide.h"

static const struct ck_date visit = { 2026, 11, 23 };

/* Dispatch CV1923 §4 and design.md section 5, written down a second time. */
static const struct expected {
	const char *code;
	enum ck_outcome outcome;
	bool next_key;
	enum ck_owner by_chip;	/* under the citizen's number, from the chip */
	enum ck_owner typed;	/* the same, typed by hand */
} codes[] = {
	{ "000", CK_OUTCOME_COVERED, false, CK_OWNER_NONE, CK_OWNER_NONE },
	{ "001", CK_OUTCOME_COVERED, false, CK_OWNER_NONE, CK_OWNER_NONE },
	{ "002", CK_OUTCOME_COVERED, false, CK_OWNER_NONE, CK_OWNER_NONE },
	{ "003", CK_OUTCOME_COVERED, false, CK_OWNER_NONE, CK_OWNER_NONE },
	{ "004", CK_OUTCOME_COVERED, false, CK_OWNER_NONE, CK_OWNER_NONE },
	{ "010", CK_OUTCOME_NOT_COVERED, false, CK_OWNER_PATIENT,
	    CK_OWNER_PATIENT },
	{ "050", CK_OUTCOME_NOT_FOUND, true, CK_OWNER_INSURER,
	    CK_OWNER_DESK },
	{ "051", CK_OUTCOME_MISMATCH, true, CK_OWNER_INSURER, CK_OWNER_DESK },
	{ "052", CK_OUTCOME_MISMATCH, true, CK_OWNER_INSURER, CK_OWNER_DESK },
	{ "053", CK_OUTCOME_MISMATCH, true, CK_OWNER_INSURER, CK_OWNER_DESK },
	{ "054", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_CLINIC,
	    CK_OWNER_CLINIC },
	{ "055", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_CLINIC,
	    CK_OWNER_CLINIC },
	{ "060", CK_OUTCOME_MISMATCH, true, CK_OWNER_INSURER, CK_OWNER_DESK },
	{ "061", CK_OUTCOME_MISMATCH, true, CK_OWNER_INSURER, CK_OWNER_DESK },
	{ "070", CK_OUTCOME_MISMATCH, true, CK_OWNER_INSURER, CK_OWNER_DESK },
	{ "100", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_GATEWAY,
	    CK_OWNER_GATEWAY },
	{ "101", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_GATEWAY,
	    CK_OWNER_GATEWAY },
	{ "110", CK_OUTCOME_NOT_COVERED, false, CK_OWNER_PATIENT,
	    CK_OWNER_PATIENT },
	{ "120", CK_OUTCOME_NOT_COVERED, false, CK_OWNER_PATIENT,
	    CK_OWNER_PATIENT },
	{ "121", CK_OUTCOME_NOT_COVERED, true, CK_OWNER_PATIENT,
	    CK_OWNER_PATIENT },
	{ "122", CK_OUTCOME_NOT_COVERED, true, CK_OWNER_PATIENT,
	    CK_OWNER_PATIENT },
	{ "123", CK_OUTCOME_NOT_COVERED, true, CK_OWNER_PATIENT,
	    CK_OWNER_PATIENT },
	{ "124", CK_OUTCOME_NOT_COVERED, false, CK_OWNER_PATIENT,
	    CK_OWNER_PATIENT },
	{ "130", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_UNKNOWN,
	    CK_OWNER_UNKNOWN },
	{ "205", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_CLINIC,
	    CK_OWNER_CLINIC },
	{ "401", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_CLINIC,
	    CK_OWNER_CLINIC },
	{ "500", CK_OUTCOME_UNAVAILABLE, false, CK_OWNER_GATEWAY,
	    CK_OWNER_GATEWAY }
};

#define CODES (sizeof(codes) / sizeof(codes[0]))

/* An answer with this code and a card of the whole year 2026. */
static struct ck_answer
answer_with(const char *code)
{
	struct ck_answer answer;

	assert_int_equal(
	    ck_answer_parse(ck_span_str(WIRE_000), &answer), CK_OK);
	(void)snprintf(answer.code, sizeof(answer.code), "%s", code);
	if (strcmp(code, "003") == 0)
		answer.new_card = answer.card;

	return answer;
}

static struct ck_decision
decide(const struct ck_answer *answer, struct ck_date day)
{
	struct ck_decision decision;

	ck_decide(answer, day, false, &decision);

	return decision;
}

static enum ck_owner
owner_of(enum ck_outcome outcome, const char *reason, enum ck_key first_key,
    enum ck_assurance assurance)
{
	struct ck_counted counted = {
		.assurance = assurance,
		.first_key = first_key,
		.first_outcome = outcome,
		.resolved_by = first_key,
		.outcome = outcome
	};

	(void)snprintf(counted.reason, sizeof(counted.reason), "%s", reason);
	(void)snprintf(
	    counted.first_reason, sizeof(counted.reason), "%s", reason);

	return ck_decide_owner(&counted);
}

static void
every_code_has_its_outcome_and_owner(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < CODES; i++) {
		struct ck_answer answer = answer_with(codes[i].code);
		struct ck_decision decision = decide(&answer, visit);

		assert_int_equal(decision.outcome, codes[i].outcome);
		assert_string_equal(decision.reason, codes[i].code);
		assert_int_equal(decision.try_next_key, codes[i].next_key);
		assert_int_equal(owner_of(decision.outcome, decision.reason,
		    CK_KEY_ID_NUMBER, CK_ASSURANCE_CHIP_CONSISTENT),
		    codes[i].by_chip);
		assert_int_equal(owner_of(decision.outcome, decision.reason,
		    CK_KEY_ID_NUMBER, CK_ASSURANCE_TYPED), codes[i].typed);
	}
}

static void
the_table_holds_these_codes_and_no_others(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < CODES; i++) {
		assert_non_null(ck_code_at(i));
		assert_string_equal(ck_code_at(i)->code, codes[i].code);
	}
	assert_null(ck_code_at(CODES));
}

static void
an_unknown_code_is_never_a_yes_or_a_no(void **state)
{
	static const char *const unknown[] = {
		"999", "006", "0", "00", "0000", "200", "090", "8888"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		struct ck_answer answer = answer_with(unknown[i]);
		struct ck_decision decision = decide(&answer, visit);

		assert_int_equal(decision.outcome, CK_OUTCOME_UNAVAILABLE);
		assert_string_equal(decision.reason, "unknown_code");
		assert_int_equal(owner_of(decision.outcome, decision.reason,
		    CK_KEY_ID_NUMBER, CK_ASSURANCE_CHIP_READ),
		    CK_OWNER_UNKNOWN);
	}
}

static void
a_good_card_covers_only_its_period(void **state)
{
	static const struct {
		struct ck_date day;
		enum ck_outcome outcome;
		const char *reason;
	} rows[] = {
		{ { 2025, 12, 31 }, CK_OUTCOME_NOT_COVERED,
		    "before_validity" },
		{ { 2026, 1, 1 }, CK_OUTCOME_COVERED, "000" },
		{ { 2026, 12, 31 }, CK_OUTCOME_COVERED, "000" },
		{ { 2027, 1, 1 }, CK_OUTCOME_NOT_COVERED, "after_validity" }
	};
	struct ck_answer answer = answer_with("000");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_decision decision = decide(&answer, rows[i].day);

		assert_int_equal(decision.outcome, rows[i].outcome);
		assert_string_equal(decision.reason, rows[i].reason);
		assert_int_equal(owner_of(decision.outcome, decision.reason,
		    CK_KEY_ID_NUMBER, CK_ASSURANCE_CHIP_READ),
		    rows[i].outcome == CK_OUTCOME_COVERED ? CK_OWNER_NONE :
		    CK_OWNER_PATIENT);
	}
	/* An empty gtTheDen has no end. */
	answer.card.valid_to = (struct ck_date){ 0 };
	assert_int_equal(decide(&answer, (struct ck_date){ 2031, 5, 5 }).outcome,
	    CK_OUTCOME_COVERED);
}

/* Nobody is told "expired" of a card that was not named. */
static void
a_yes_without_a_card_is_no_refusal(void **state)
{
	static const struct {
		const char *body;
		enum ck_outcome outcome;
		const char *reason;
		enum ck_owner owner;
	} rows[] = {
		{ WIRE_BARE("000", "Thẻ còn giá trị sử dụng"),
		    CK_OUTCOME_UNAVAILABLE, "gateway", CK_OWNER_GATEWAY },
		{ WIRE_BARE("001", "Thẻ do BHXH Bộ Quốc phòng quản lý"),
		    CK_OUTCOME_COVERED, "001", CK_OWNER_NONE },
		{ WIRE_BARE("002", "Thẻ do BHXH Bộ Công an quản lý"),
		    CK_OUTCOME_COVERED, "002", CK_OWNER_NONE },
		{ WIRE_BARE("003", "Được cấp thẻ mới"),
		    CK_OUTCOME_UNAVAILABLE, "gateway", CK_OWNER_GATEWAY },
		{ WIRE_BARE("004", "Được cấp thẻ mới"),
		    CK_OUTCOME_UNAVAILABLE, "gateway", CK_OWNER_GATEWAY }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_decision decision;
		struct ck_answer answer;

		assert_int_equal(ck_answer_parse(ck_span_str(rows[i].body),
		    &answer), CK_OK);
		assert_false(ck_answer_names_card(&answer));
		decision = decide(&answer, visit);
		assert_int_equal(decision.outcome, rows[i].outcome);
		assert_string_equal(decision.reason, rows[i].reason);
		assert_false(decision.ask_new_card);
		assert_int_equal(owner_of(decision.outcome, decision.reason,
		    CK_KEY_ID_NUMBER, CK_ASSURANCE_CHIP_READ), rows[i].owner);
	}
}

static void
a_003_counts_only_with_the_new_card(void **state)
{
	struct ck_answer answer;
	struct ck_decision decision;

	(void)state;
	assert_int_equal(
	    ck_answer_parse(ck_span_str(WIRE_003), &answer), CK_OK);
	decision = decide(&answer, visit);
	assert_int_equal(decision.outcome, CK_OUTCOME_COVERED);
	assert_true(decision.ask_new_card);
	assert_ptr_equal(ck_card_of_visit(&answer, visit), &answer.new_card);
	ck_decide(&answer, visit, true, &decision);
	assert_false(decision.ask_new_card);

	/* Even a period that has not ended does not revive the old card. */
	answer.card.valid_to = (struct ck_date){ 2026, 12, 31 };
	answer.new_card.valid_from = (struct ck_date){ 2026, 12, 1 };
	assert_null(ck_card_of_visit(&answer, visit));
	decision = decide(&answer, visit);
	assert_int_equal(decision.outcome, CK_OUTCOME_NOT_COVERED);
	assert_string_equal(decision.reason, "before_validity");
	assert_false(decision.try_next_key);

	/* Issued, and not named: another number may lead to it. */
	memset(&answer.new_card, 0, sizeof(answer.new_card));
	decision = decide(&answer, visit);
	assert_int_equal(decision.outcome, CK_OUTCOME_NOT_COVERED);
	assert_false(decision.ask_new_card);
	assert_true(decision.try_next_key);
}

static void
a_004_takes_the_card_of_the_visit_date(void **state)
{
	const struct ck_date last = { 2026, 12, 31 }, first = { 2027, 1, 1 };
	struct ck_answer answer;

	(void)state;
	assert_int_equal(
	    ck_answer_parse(ck_span_str(WIRE_004), &answer), CK_OK);
	assert_ptr_equal(ck_card_of_visit(&answer, last), &answer.card);
	assert_false(decide(&answer, last).ask_new_card);
	assert_ptr_equal(ck_card_of_visit(&answer, first), &answer.new_card);
	assert_true(decide(&answer, first).ask_new_card);
	assert_int_equal(decide(&answer, first).outcome, CK_OUTCOME_COVERED);
	assert_int_equal(
	    decide(&answer, (struct ck_date){ 2028, 1, 1 }).outcome,
	    CK_OUTCOME_NOT_COVERED);
}

static void
every_failure_says_whose_fault_it_is(void **state)
{
	static const struct {
		enum ck_err err;
		const char *reason;
		enum ck_owner owner;
	} rows[] = {
		{ CK_ERR_LINE, "line", CK_OWNER_LINE },
		{ CK_ERR_GATEWAY_TIMEOUT, "gateway", CK_OWNER_GATEWAY },
		{ CK_ERR_GATEWAY_MALFORMED, "gateway", CK_OWNER_GATEWAY },
		{ CK_ERR_GATEWAY_TOO_LARGE, "gateway", CK_OWNER_GATEWAY },
		{ CK_ERR_GATEWAY_FAULT, "gateway", CK_OWNER_GATEWAY },
		{ CK_ERR_GATEWAY_TOKEN, "gateway", CK_OWNER_GATEWAY },
		{ CK_ERR_GATEWAY_ACCOUNT, "account", CK_OWNER_CLINIC },
		{ CK_ERR_GATEWAY_BLOCKED, "account", CK_OWNER_CLINIC },
		{ CK_ERR_GATEWAY_ADDRESS, "account", CK_OWNER_CLINIC },
		{ CK_ERR_GATEWAY_RESTRICTED, "account", CK_OWNER_CLINIC },
		{ CK_ERR_GATEWAY_OPERATOR, "operator", CK_OWNER_CLINIC },
		{ CK_ERR_GATEWAY_WRONG_PERSON, "wrong_person",
		    CK_OWNER_GATEWAY },
		{ CK_ERR_NOMEM, "request", CK_OWNER_CLINIC }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_decision decision;

		ck_decide_failure(rows[i].err, &decision);
		assert_int_equal(decision.outcome, CK_OUTCOME_UNAVAILABLE);
		assert_string_equal(decision.reason, rows[i].reason);
		assert_false(decision.try_next_key);
		assert_int_equal(owner_of(decision.outcome, decision.reason,
		    CK_KEY_CARD_NUMBER, CK_ASSURANCE_PRINTED), rows[i].owner);
	}
}

/* first_key failed with first_reason; what stands now. */
static enum ck_owner
resolved_owner(const char *first_reason, enum ck_outcome first_outcome,
    enum ck_key first_key, enum ck_assurance assurance)
{
	struct ck_counted counted = {
		.assurance = assurance,
		.first_key = first_key,
		.first_outcome = first_outcome,
		.resolved_by = CK_KEY_INSURANCE_NUMBER,
		.outcome = CK_OUTCOME_COVERED,
		.reason = "000"
	};

	(void)snprintf(counted.first_reason, sizeof(counted.first_reason),
	    "%s", first_reason);

	return ck_decide_owner(&counted);
}

static void
a_first_key_that_failed_keeps_its_owner(void **state)
{
	(void)state;
	/* Not linked: the insurer's, though another number helped. */
	assert_int_equal(resolved_owner("050", CK_OUTCOME_NOT_FOUND,
	    CK_KEY_ID_NUMBER, CK_ASSURANCE_PRINTED), CK_OWNER_INSURER);
	assert_int_equal(resolved_owner("050", CK_OUTCOME_NOT_FOUND,
	    CK_KEY_ID_NUMBER, CK_ASSURANCE_TYPED), CK_OWNER_DESK);
	/* The citizen's number led to a card that is over. */
	assert_int_equal(resolved_owner("121", CK_OUTCOME_NOT_COVERED,
	    CK_KEY_ID_NUMBER, CK_ASSURANCE_CHIP_READ), CK_OWNER_INSURER);
	/* An old paper card is the patient's. */
	assert_int_equal(resolved_owner("010", CK_OUTCOME_NOT_COVERED,
	    CK_KEY_CARD_NUMBER, CK_ASSURANCE_PRINTED), CK_OWNER_PATIENT);
	/* Name differs from the chip, from print. */
	assert_int_equal(resolved_owner("060", CK_OUTCOME_MISMATCH,
	    CK_KEY_ID_NUMBER, CK_ASSURANCE_CHIP_VERIFIED), CK_OWNER_INSURER);
	assert_int_equal(resolved_owner("060", CK_OUTCOME_MISMATCH,
	    CK_KEY_ID_NUMBER, CK_ASSURANCE_PRINTED), CK_OWNER_DESK);
	/* Printed on paper and unknown to the insurer: nobody can tell. */
	assert_int_equal(owner_of(CK_OUTCOME_NOT_FOUND, "050",
	    CK_KEY_CARD_NUMBER, CK_ASSURANCE_PRINTED), CK_OWNER_UNKNOWN);
}

static void
the_third_character_gives_the_benefit(void **state)
{
	static const struct {
		const char *number;
		unsigned level, percent;
	} rows[] = {
		{ "GD1840000000001", 1, 100 }, { "GD2840000000001", 2, 100 },
		{ "GD3840000000001", 3, 95 }, { "GD4840000000001", 4, 80 },
		{ "GD5840000000001", 5, 100 }, { "GD6840000000001", 0, 0 },
		{ "0000000001", 0, 0 }, { "", 0, 0 }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		unsigned level = ck_card_level(rows[i].number);

		assert_int_equal(level, rows[i].level);
		assert_int_equal(ck_level_percent(level), rows[i].percent);
	}
	assert_int_equal(ck_level_percent(6), 0);
}

static void
days_to_the_end_are_counted(void **state)
{
	struct ck_insurance_card card = { .valid_to = { 2026, 12, 31 } };

	(void)state;
	assert_int_equal(ck_card_ends_in_days(&card, visit), 38);
	assert_int_equal(ck_card_ends_in_days(&card, card.valid_to), 0);
	assert_int_equal(ck_card_ends_in_days(&card,
	    (struct ck_date){ 2027, 1, 1 }), -1);
	card.valid_to = (struct ck_date){ 2028, 3, 1 };
	assert_int_equal(ck_card_ends_in_days(&card,
	    (struct ck_date){ 2028, 2, 28 }), 2);
	assert_int_equal(ck_card_ends_in_days(&card,
	    (struct ck_date){ 2027, 3, 1 }), 366);
	card.valid_to = (struct ck_date){ 0 };
	assert_int_equal(ck_card_ends_in_days(&card, visit), -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_its_outcome_and_owner),
		cmocka_unit_test(the_table_holds_these_codes_and_no_others),
		cmocka_unit_test(an_unknown_code_is_never_a_yes_or_a_no),
		cmocka_unit_test(a_good_card_covers_only_its_period),
		cmocka_unit_test(a_yes_without_a_card_is_no_refusal),
		cmocka_unit_test(a_003_counts_only_with_the_new_card),
		cmocka_unit_test(a_004_takes_the_card_of_the_visit_date),
		cmocka_unit_test(every_failure_says_whose_fault_it_is),
		cmocka_unit_test(a_first_key_that_failed_keeps_its_owner),
		cmocka_unit_test(the_third_character_gives_the_benefit),
		cmocka_unit_test(days_to_the_end_are_counted),
	};

	return cmocka_run_group_tests_name("decide", tests, NULL, NULL);
}
