/*
 * person.c - is the answer about the person who was asked about?
 *
 * The gateway forgives case, blanks and sometimes diacritics, so a name on
 * file that differs only in these is the same name. A card number holds the
 * insurance number in its last ten characters (QĐ 1351/QĐ-BHXH).
 */
#include <openssl/crypto.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "eligibility/answer.h"
#include "eligibility/codes.h"

#define CARD_NUMBER_CHARS 15
#define INSURANCE_NUMBER_CHARS 10

/* One base letter in small ASCII; 0: not a letter that tells names apart. */
static char
base_letter(ucs4_t letter)
{
	if (letter == 0x110 || letter == 0x111)	/* đ has no decomposition */
		return 'd';
	if (letter >= 'A' && letter <= 'Z')
		letter += 'a' - 'A';
	if (letter == 'y')
		return 'i';
	if (letter >= 'a' && letter <= 'z')
		return (char)letter;

	return 0;
}

/* Only the base letters of name: "Mỹ Lệ" and "MĨ  LỆ" both give "mile". */
static void
fold(const char *name, char out[CK_NAME_LEN])
{
	size_t size = 0, len = 0, i;
	uint32_t *letters, *parts;
	size_t letters_len = 0;

	out[0] = '\0';
	letters = u8_to_u32((const uint8_t *)name, strlen(name), NULL,
	    &letters_len);
	parts = letters == NULL ? NULL :
	    u32_normalize(UNINORM_NFD, letters, letters_len, NULL, &size);
	for (i = 0; parts != NULL && i < size; i++) {
		char letter = base_letter(parts[i]);

		if (letter != 0 && len < CK_NAME_LEN - 1)
			out[len++] = letter;
	}
	out[len] = '\0';
	if (parts != NULL)
		OPENSSL_cleanse(parts, size * sizeof(*parts));
	if (letters != NULL)
		OPENSSL_cleanse(letters, letters_len * sizeof(*letters));
	free(parts);
	free(letters);
}

bool
ck_name_same(const char *a, const char *b)
{
	char folded_a[CK_NAME_LEN], folded_b[CK_NAME_LEN];
	bool same;

	if (a[0] == '\0' || b[0] == '\0' || strcmp(a, b) == 0)
		return true;
	fold(a, folded_a);
	fold(b, folded_b);
	same = strcmp(folded_a, folded_b) == 0;
	OPENSSL_cleanse(folded_a, sizeof(folded_a));
	OPENSSL_cleanse(folded_b, sizeof(folded_b));

	return same;
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

	return ck_name_same(answer->full_name, full_name) &&
	    birth_same(answer->date_of_birth, date_of_birth);
}
