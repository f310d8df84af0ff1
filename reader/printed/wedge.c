/*
 * wedge.c - what a scanner's keystrokes become on the way
 */
#include <unicase.h>
#include <unictype.h>
#include <unistr.h>

#include <stdlib.h>
#include <string.h>

#include "ck/text.h"
#include "printed/number.h"
#include "printed/wedge.h"

/* Fewer bars than any code has. */
#define BARS_MIN 6

/* Enough of them in front that it is a number, not a word. */
#define DIGITS_MIN 6

/*
 * Signs on the key of "|" or that of "\" around the world: British, German,
 * French, Italian, Nordic, Swiss, Spanish, Canadian; and the broken bar.
 */
static const ucs4_t bar_signs[] = {
	'~', '\'', '*', '>', '<', '\\', '#', 0x00A6, 0x00A7, 0x00A3, 0x00B5,
	0x00C7, 0x00E7, 0x00AC, 0x00B0
};

static bool
is_bar_sign(ucs4_t c)
{
	size_t i;

	for (i = 0; i < sizeof(bar_signs) / sizeof(bar_signs[0]); i++) {
		if (bar_signs[i] == c)
			return true;
	}

	return false;
}

static bool
is_number(struct ck_span text)
{
	return ck_text_digits(text, 12) || ck_text_digits(text, 10) ||
	    ck_number_is_card(text);
}

/* The sign behind the number in front, as bytes of text; empty: none. */
static struct ck_span
closing_sign(struct ck_span text)
{
	static const size_t lengths[] = { 10, 12, 15 };
	size_t i;

	for (i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
		struct ck_span rest = ck_span_slice(text, lengths[i],
		    text.len);
		ucs4_t c;
		int taken = rest.len == 0 ? 0 :
		    u8_mbtoucr(&c, rest.ptr, rest.len);

		if (taken > 0 && is_bar_sign(c) &&
		    is_number(ck_span_slice(text, 0, lengths[i])))
			return ck_span_slice(rest, 0, (size_t)taken);
	}

	return CK_SPAN_EMPTY;
}

bool
ck_wedge_bars(struct ck_span text, uint8_t *out, size_t *len)
{
	struct ck_span sign = closing_sign(text);
	unsigned bars = 0;

	*len = 0;
	if (sign.len == 0 || memchr(text.ptr, '|', text.len) != NULL)
		return false;
	while (text.len > 0) {
		bool is_sign = ck_span_equal(
		    ck_span_slice(text, 0, sign.len), sign);

		bars += is_sign;
		out[(*len)++] = is_sign ? '|' : text.ptr[0];
		text = ck_span_slice(text, is_sign ? sign.len : 1, text.len);
	}

	return bars >= BARS_MIN;
}

/* The key of this letter in the layout "Vietnamese"; 0: none of the ten. */
static char
digit_key(ucs4_t c)
{
	static const ucs4_t keys[10] = {
		0x0111, 0x0103, 0x00E2, 0x00EA, 0x00F4,
		0x0300, 0x0309, 0x0303, 0x0301, 0x0323
	};
	unsigned i;

	for (i = 0; i < 10; i++) {
		if (keys[i] == c)
			return (char)('0' + i);
	}

	return 0;
}

/* A field with its digits put back; its length, 0 for one that has none. */
static size_t
field_digits(struct ck_span field, uint8_t *out)
{
	size_t len = 0;
	bool only = true, any = false;

	while (field.len > 0) {
		ucs4_t c;
		int taken = u8_mbtoucr(&c, field.ptr, field.len);
		char key = taken > 0 ? digit_key(c) : 0;

		if (taken <= 0 || (key == 0 && c >= 0x80))
			return 0;
		any |= key != 0;
		out[len++] = key != 0 ? (uint8_t)key : (uint8_t)c;
		only &= strchr("0123456789abcdefABCDEF/- ", out[len - 1]) !=
		    NULL;
		field = ck_span_slice(field, (size_t)taken, field.len);
	}

	return any && (only || ck_number_is_card(ck_span_of(out, len))) ?
	    len : 0;
}

static bool
begins_with_keys(struct ck_span text)
{
	unsigned i, keys = 0;

	for (i = 0; i < DIGITS_MIN + 2 && text.len > 0; i++) {
		ucs4_t c;
		int taken = u8_mbtoucr(&c, text.ptr, text.len);

		if (taken <= 0)
			return false;
		keys += digit_key(c) != 0;
		text = ck_span_slice(text, (size_t)taken, text.len);
	}

	return keys >= DIGITS_MIN;
}

bool
ck_wedge_digits(struct ck_span text, uint8_t *out, size_t *len)
{
	size_t i;

	*len = 0;
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] >= '0' && text.ptr[i] <= '9')
			return false;
	}
	if (!begins_with_keys(text))
		return false;
	for (;;) {
		const uint8_t *bar = text.len == 0 ? NULL :
		    memchr(text.ptr, '|', text.len);
		size_t field_len = bar == NULL ? text.len :
		    (size_t)(bar - text.ptr);
		size_t put = field_digits(ck_span_slice(text, 0, field_len),
		    out + *len);

		if (put == 0 && field_len > 0) {
			memcpy(out + *len, text.ptr, field_len);
			put = field_len;
		}
		*len += put;
		if (bar == NULL)
			return true;
		out[(*len)++] = '|';
		text = ck_span_slice(text, field_len + 1, text.len);
	}
}

/* Small first letter, all others large. A word without letters fits. */
static bool
words_turned(const char *text)
{
	const uint8_t *at = (const uint8_t *)text;
	bool first = true, long_word = false;
	ucs4_t c;

	while ((at = u8_next(&c, at)) != NULL) {
		if (!uc_is_property_alphabetic(c)) {
			first = true;
			continue;
		}
		if (first ? uc_is_upper(c) : !uc_is_upper(c))
			return false;
		long_word |= !first;
		first = false;
	}

	return long_word;
}

bool
ck_wedge_caps(char *text, size_t cap)
{
	const uint8_t *at = (const uint8_t *)text;
	char turned[1024];
	size_t len = 0;
	ucs4_t c;

	if (!words_turned(text) || cap > sizeof(turned))
		return false;
	while ((at = u8_next(&c, at)) != NULL) {
		ucs4_t other = uc_is_upper(c) ? uc_tolower(c) : uc_toupper(c);

		len += (size_t)u8_uctomb((uint8_t *)turned + len, other, 6);
		if (len + 6 >= cap)
			return false;
	}
	turned[len] = '\0';
	memcpy(text, turned, len + 1);
	explicit_bzero(turned, sizeof(turned));

	return true;
}
