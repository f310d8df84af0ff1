/*
 * test_recheck.c - which answer is another one than the patient was admitted on
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "eligibility/recheck.h"

static struct ck_lookup_record
record_of(enum ck_outcome outcome, const char *card, const char *facility)
{
	struct ck_lookup_record record = {
		.visit_date = { 2026, 11, 23 },
		.counted = { .outcome = outcome },
		.has_answer = card != NULL
	};

	if (card == NULL)
		return record;
	strcpy(record.answer.code, "000");
	strcpy(record.answer.card.number, card);
	strcpy(record.answer.card.facility, facility);

	return record;
}

static void
another_outcome_card_or_facility_is_a_change(void **state)
{
	struct ck_lookup_record yes = record_of(CK_OUTCOME_COVERED,
	    "GD4840000000001", "84006");
	struct ck_lookup_record card = record_of(CK_OUTCOME_COVERED,
	    "HC4840000000001", "84006");
	struct ck_lookup_record moved = record_of(CK_OUTCOME_COVERED,
	    "GD4840000000001", "84001");
	struct ck_lookup_record no = record_of(CK_OUTCOME_NOT_COVERED,
	    "GD4840000000001", "84006");
	struct ck_lookup_record down = record_of(CK_OUTCOME_UNAVAILABLE, NULL,
	    "");

	(void)state;
	assert_false(ck_recheck_differs(&yes, &yes));
	assert_true(ck_recheck_differs(&yes, &card));
	assert_true(ck_recheck_differs(&yes, &moved));
	assert_true(ck_recheck_differs(&yes, &no));
	assert_true(ck_recheck_differs(&down, &yes));
	assert_true(ck_recheck_differs(&down, &no));
	/* A card of a no is nothing to compare. */
	strcpy(card.answer.code, "010");
	card.counted.outcome = CK_OUTCOME_NOT_COVERED;
	assert_false(ck_recheck_differs(&no, &card));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(another_outcome_card_or_facility_is_a_change)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
