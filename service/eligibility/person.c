/*
 * person.c - is the answer about the person who was asked about?
 *
 * The gateway forgives case and blanks, and registers hold names without tones
 * or abbreviated: these are the same person. A card number holds the insurance
 * number in its last ten characters (QĐ 1351/QĐ-BHXH).
 */
#include <string.h>

#include "ck/name.h"
#include "eligibility/answer.h"
#include "eligibility/codes.h"

#define CARD_NUMBER_CHARS 15
#define INSURANCE_NUMBER_CHARS 10

/* A name that was not returned tells nothing. */
static bool
name_same(const char *returned, const char *asked)
{
	return returned[0] == '\0' ||
	    ck_name_compare(returned, asked) != CK_NAME_DIFFERENT;
}

/* Parts that both know agree. */
static bool
birth_same(struct ck_date a, struct ck_date b)
{
	if (a.year == 0 || b.year == 0)
		return true;
	if (a.year != b.year)
		return false;
	if (a.month == 0 || b.month == 0)
		return true;
	if (a.month != b.month)
		return false;

	return a.day == 0 || b.day == 0 || a.day == b.day;
}

/* The insurance number inside a card number; the text itself otherwise. */
static const char *
insurance_part(const char *number)
{
	if (strlen(number) < CARD_NUMBER_CHARS)
		return number;

	return number + CARD_NUMBER_CHARS - INSURANCE_NUMBER_CHARS;
}

static bool
same_insured(const char *asked, const char *returned)
{
	return strncmp(insurance_part(asked), insurance_part(returned),
	    INSURANCE_NUMBER_CHARS) == 0;
}

/* False only when numbers were returned and none belongs to the one asked. */
static bool
number_same(const struct ck_answer *answer, const char *asked)
{
	const char *const returned[] = {
		answer->insurance_number, answer->card.number,
		answer->new_card.number, answer->old_card_number
	};
	bool any = false;
	size_t i;

	for (i = 0; i < sizeof(returned) / sizeof(returned[0]); i++) {
		if (returned[i][0] == '\0')
			continue;
		if (same_insured(asked, returned[i]))
			return true;
		any = true;
	}

	return !any;
}

bool
ck_answer_is_about(const struct ck_answer *answer, enum ck_key key,
    const char *number, const char *full_name, struct ck_date date_of_birth)
{
	enum ck_outcome outcome = ck_code_find(answer->code)->outcome;

	if (outcome != CK_OUTCOME_COVERED && outcome != CK_OUTCOME_NOT_COVERED)
		return true;
	if (key != CK_KEY_ID_NUMBER && !number_same(answer, number))
		return false;

	return name_same(answer->full_name, full_name) &&
	    birth_same(answer->date_of_birth, date_of_birth);
}
