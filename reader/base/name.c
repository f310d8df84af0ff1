/*
 * name.c - Vietnamese names compared: exactly, without tones, abbreviated
 *
 * Each answer is one canonical form: what a comparison must not see is taken
 * out of both names, and the rest has to be equal byte by byte.
 */
#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ck/identity.h"
#include "ck/name.h"

/* Latin small letter d with stroke has no decomposition in Unicode; eth looks
 * the same in capitals and is typed in its place. */
#define D_WITH_STROKE 0x0111
#define ETH 0x00F0

/* Room for a name whose every letter carries its marks on their own. */
#define FORM_LEN (3 * CK_NAME_LEN)

/*
 * The zone of a card holds 30 characters of name and cuts what is longer
 * (ICAO 9303-5 §4.2.3); one filler more stands between the parts.
 */
#define CUT_LEN 28

/* A growing text that never overflows: too long is not comparable. */
struct form {
	char text[FORM_LEN];
	size_t len;
	bool good;
};

static void
put(struct form *form, ucs4_t letter)
{
	int taken = u8_uctomb((uint8_t *)form->text + form->len, letter,
	    (ptrdiff_t)(sizeof(form->text) - 1 - form->len));

	if (taken <= 0) {
		form->good = false;
		return;
	}
	form->len += (size_t)taken;
	form->text[form->len] = '\0';
}

/* Case folded and decomposed copy with a NUL; NULL for bad UTF-8. */
static uint8_t *
fold(const char *text)
{
	size_t size = 0;

	if (u8_check((const uint8_t *)text, strlen(text)) != NULL)
		return NULL;

	return u8_casefold((const uint8_t *)text, strlen(text) + 1, "vi",
	    UNINORM_NFD, NULL, &size);
}

static void
unfold(uint8_t *text)
{
	if (text != NULL)
		explicit_bzero(text, strlen((char *)text));
	free(text);
}

static bool
is_tone(ucs4_t c)
{
	return c == 0x0300 || c == 0x0301 || c == 0x0303 || c == 0x0309 ||
	    c == 0x0323;
}

static bool
is_apostrophe(ucs4_t c)
{
	return c == '\'' || c == '`' || c == 0x00B4 || c == 0x02BC ||
	    c == 0x02B9 || c == 0x2018 || c == 0x2019;
}

static bool
is_dash(ucs4_t c)
{
	return c == '-' || (c >= 0x2010 && c <= 0x2015);
}

/* One sign for all that people use as the same one. */
static ucs4_t
unify(ucs4_t c)
{
	if (c == ETH)
		return D_WITH_STROKE;
	if (is_apostrophe(c))
		return '\'';
	if (is_dash(c))
		return '-';
	if (uc_is_property_white_space(c))
		return ' ';

	return c;
}

/* A blank between two words, never one at either end. */
static void
put_blank(struct form *form)
{
	if (form->len > 0 && form->text[form->len - 1] != ' ')
		put(form, ' ');
}

static void
drop_last_blank(struct form *form)
{
	if (form->len > 0 && form->text[form->len - 1] == ' ')
		form->text[--form->len] = '\0';
}

/* Letters with their marks; each word's tone behind it. */
static void
exact_form(const char *name, struct form *form)
{
	uint8_t *text = fold(name);
	const uint8_t *from = text;
	ucs4_t c, tone = 0;

	memset(form, 0, sizeof(*form));
	form->good = text != NULL;
	while (text != NULL && (from = u8_next(&c, from)) != NULL) {
		c = unify(c);
		if (is_tone(c) && tone == 0) {
			tone = c;
			continue;
		}
		if (c == ' ' || c == '-') {
			if (tone != 0)
				put(form, tone);
			tone = 0;
		}
		if (c == ' ')
			put_blank(form);
		else
			put(form, c);
	}
	if (tone != 0)
		put(form, tone);
	drop_last_blank(form);
	unfold(text);
}

/* "Lý" and "Lí": where y follows one of these, an i sounds the same. */
static bool
y_is_i(const struct form *form)
{
	return form->len > 0 &&
	    strchr("hklmst", form->text[form->len - 1]) != NULL;
}

/* Nothing over or under the letters; đ is d; a dash is a blank. */
static void
plain_form(const char *name, struct form *form)
{
	uint8_t *text = fold(name);
	const uint8_t *from = text;
	ucs4_t c;

	memset(form, 0, sizeof(*form));
	form->good = text != NULL;
	while (text != NULL && (from = u8_next(&c, from)) != NULL) {
		c = unify(c);
		if (c == D_WITH_STROKE)
			c = 'd';
		if (c == 0xFFFD)
			c = '?';
		if (c == ' ' || c == '-')
			put_blank(form);
		else if (c == 'y' && y_is_i(form))
			put(form, 'i');
		else if (c != '\'' &&
		    !uc_is_general_category(c, UC_NON_SPACING_MARK))
			put(form, c);
	}
	drop_last_blank(form);
	unfold(text);
}

/*
 * One more character of a name with holes: from which places in the other name
 * to which. "?" takes one letter, a further one beside it one or none: a
 * letter of three bytes may have left three signs.
 */
static void
advance(bool at[FORM_LEN], const struct form *other, char c, bool further)
{
	size_t i;

	for (i = other->len + 1; i-- > 0; ) {
		char before = i > 0 ? other->text[i - 1] : ' ';
		bool takes = c == '?' ? before != ' ' : before == c;
		bool stays = c == '?' && further;

		at[i] = (stays && at[i]) || (i > 0 && takes && at[i - 1]);
	}
}

/* Equal, where holes in a stand for letters of b. */
static bool
equal_with_holes(const struct form *a, const struct form *b)
{
	bool at[FORM_LEN] = { true };
	size_t i;

	for (i = 0; i < a->len; i++)
		advance(at, b, a->text[i], i > 0 && a->text[i - 1] == '?');

	return at[b->len];
}

/* A word without a vowel is no Vietnamese syllable: "ng" for "nguyen". */
static bool
is_short_form(const char *word, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (strchr("aeiouy", word[i]) != NULL)
			return false;
	}

	return len > 0;
}

/* One word shortens the other: a first letter, a part closed by a dot, or a
 * part without a vowel. */
static bool
shortens(const char *a, size_t a_len, const char *b, size_t b_len)
{
	bool dot = a_len > 1 && a[a_len - 1] == '.';

	a_len -= dot;
	b_len -= b_len > 1 && b[b_len - 1] == '.';

	return a_len <= b_len && memcmp(a, b, a_len) == 0 &&
	    (a_len == b_len || a_len == 1 || dot || is_short_form(a, a_len));
}

static bool
abbreviates(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		size_t a_len = strcspn(a, " "), b_len = strcspn(b, " ");

		if (!shortens(a, a_len, b, b_len) &&
		    !shortens(b, b_len, a, a_len))
			return false;
		a += a_len + (a[a_len] == ' ');
		b += b_len + (b[b_len] == ' ');
	}

	return *a == *b;
}

/* One is the other's beginning, as long as the zone had room. */
static bool
cut_off(const struct form *a, const struct form *b)
{
	return a->len >= CUT_LEN && a->len < b->len &&
	    memcmp(a->text, b->text, a->len) == 0;
}

static enum ck_name_match
match_plain(const struct form *a, const struct form *b)
{
	if (!a->good || !b->good || a->len == 0 || b->len == 0)
		return CK_NAME_DIFFERENT;
	if (equal_with_holes(a, b) || equal_with_holes(b, a))
		return CK_NAME_WITHOUT_TONES;
	if (abbreviates(a->text, b->text) || cut_off(a, b) || cut_off(b, a))
		return CK_NAME_ABBREVIATED;

	return CK_NAME_DIFFERENT;
}

/*
 * The usual case costs nothing: what is written the same is the same name.
 * Without a plain letter, or when it is no text or too long, its form decides.
 */
static bool
written_the_same(const char *a, const char *b)
{
	size_t len = strlen(a);

	return len < CK_NAME_LEN && strcmp(a, b) == 0 &&
	    strpbrk(a, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz") != NULL &&
	    u8_check((const uint8_t *)a, len) == NULL;
}

enum ck_name_match
ck_name_compare(const char *a, const char *b)
{
	struct form form_a, form_b;
	enum ck_name_match match = CK_NAME_DIFFERENT;

	if (written_the_same(a, b))
		return CK_NAME_SAME;
	exact_form(a, &form_a);
	exact_form(b, &form_b);
	if (form_a.good && form_b.good && form_a.len > 0 &&
	    strcmp(form_a.text, form_b.text) == 0) {
		match = CK_NAME_SAME;
	} else {
		plain_form(a, &form_a);
		plain_form(b, &form_b);
		match = match_plain(&form_a, &form_b);
	}
	explicit_bzero(&form_a, sizeof(form_a));
	explicit_bzero(&form_b, sizeof(form_b));

	return match;
}

bool
ck_name_is_plain(const char *name)
{
	for (; *name != '\0'; name++) {
		if ((unsigned char)*name >= 0x80 || *name == '?')
			return false;
	}

	return true;
}
