/*
 * name.c - Vietnamese names compared: exactly, without tones, abbreviated
 */
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ck/name.h"

/* Latin small letter d with stroke has no decomposition in Unicode. */
#define D_WITH_STROKE 0x0111

/* Case folded and normalised copy with a NUL; NULL for bad UTF-8. */
static uint8_t *
fold(const char *text, uninorm_t form)
{
	size_t size = 0;

	if (u8_check((const uint8_t *)text, strlen(text)) != NULL)
		return NULL;

	return u8_casefold((const uint8_t *)text, strlen(text) + 1, "vi", form,
	    NULL, &size);
}

/* Runs of blanks become one, none at the ends. In place. */
static void
squeeze(char *text)
{
	const char *from = text;
	char *to = text;

	while (*from != '\0') {
		while (*from == ' ' || *from == '\t')
			from++;
		if (*from != '\0' && to != text)
			*to++ = ' ';
		while (*from != '\0' && *from != ' ' && *from != '\t')
			*to++ = *from++;
	}
	*to = '\0';
}

static char *
exact_form(const char *name)
{
	char *text = (char *)fold(name, UNINORM_NFC);

	if (text != NULL)
		squeeze(text);

	return text;
}

/* Without marks over and under the letters; đ becomes d. */
static char *
plain_form(const char *name)
{
	uint8_t *text = fold(name, UNINORM_NFD);
	uint8_t *to = text;
	const uint8_t *from = text;
	ucs4_t letter;

	if (text == NULL)
		return NULL;
	while ((from = u8_next(&letter, from)) != NULL) {
		if (letter == D_WITH_STROKE)
			letter = 'd';
		if (!uc_is_general_category(letter, UC_NON_SPACING_MARK))
			to += u8_uctomb(to, letter, 6);
	}
	*to = '\0';
	squeeze((char *)text);

	return (char *)text;
}

/* One word of each: equal, or one is the other's first letter. */
static bool
words_agree(const char *a, size_t a_len, const char *b, size_t b_len)
{
	if (a_len > 1 && a[a_len - 1] == '.')
		a_len--;
	if (b_len > 1 && b[b_len - 1] == '.')
		b_len--;
	if (a_len == 1 || b_len == 1)
		return a[0] == b[0];

	return a_len == b_len && memcmp(a, b, a_len) == 0;
}

static bool
abbreviates(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		size_t a_len = strcspn(a, " "), b_len = strcspn(b, " ");

		if (!words_agree(a, a_len, b, b_len))
			return false;
		a += a_len + (a[a_len] == ' ');
		b += b_len + (b[b_len] == ' ');
	}

	return *a == *b;
}

static enum ck_name_match
compare_plain(const char *a, const char *b)
{
	char *plain_a = plain_form(a), *plain_b = plain_form(b);
	enum ck_name_match match = CK_NAME_DIFFERENT;

	if (plain_a != NULL && plain_b != NULL) {
		if (strcmp(plain_a, plain_b) == 0)
			match = CK_NAME_WITHOUT_TONES;
		else if (abbreviates(plain_a, plain_b))
			match = CK_NAME_ABBREVIATED;
	}
	free(plain_a);
	free(plain_b);

	return match;
}

enum ck_name_match
ck_name_compare(const char *a, const char *b)
{
	char *exact_a = exact_form(a), *exact_b = exact_form(b);
	enum ck_name_match match = CK_NAME_DIFFERENT;

	if (exact_a != NULL && exact_b != NULL && exact_a[0] != '\0' &&
	    exact_b[0] != '\0') {
		if (strcmp(exact_a, exact_b) == 0)
			match = CK_NAME_SAME;
		else
			match = compare_plain(a, b);
	}
	free(exact_a);
	free(exact_b);

	return match;
}
