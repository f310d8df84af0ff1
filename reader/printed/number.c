/*
 * number.c - a bare number, typed or scanned
 */
#include <unictype.h>
#include <unistr.h>

#include <string.h>

#include "ck/text.h"
#include "printed/number.h"

#define CARD_LEN 15
#define INSURANCE_LEN 10
#define CITIZEN_LEN 12
#define CAN_LEN 6
#define OLD_LEN 9	/* CMND, not issued since 2021 */

/* Two letters, the level, then province and insurance number. */
#define LETTERS_LEN 2

static bool
is_letter(uint8_t c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool
ck_number_is_card(struct ck_span text)
{
	struct ck_span digits = ck_span_slice(text, LETTERS_LEN, text.len);

	return text.len == CARD_LEN && is_letter(text.ptr[0]) &&
	    is_letter(text.ptr[1]) &&
	    ck_text_digits(digits, CARD_LEN - LETTERS_LEN) &&
	    digits.ptr[0] >= '1' && digits.ptr[0] <= '5';
}

void
ck_number_set_card(struct ck_span text, struct ck_printed *out)
{
	size_t i;

	memcpy(out->card_number, text.ptr, CARD_LEN);
	out->card_number[CARD_LEN] = '\0';
	for (i = 0; i < LETTERS_LEN; i++) {
		if (out->card_number[i] >= 'a')
			out->card_number[i] =
			    (char)(out->card_number[i] - 'a' + 'A');
	}
	memcpy(out->insurance_number,
	    out->card_number + CARD_LEN - INSURANCE_LEN, INSURANCE_LEN + 1);
}

/* Blanks of any kind, dots and hyphens, and nothing to see at all. */
static bool
is_separator(ucs4_t c)
{
	return c == '.' || c == '-' || c == 0x200B || c == 0xFEFF ||
	    (c >= 0x2010 && c <= 0x2015) || uc_is_property_white_space(c);
}

/*
 * Copy text without separators, full-width characters of East Asian input
 * methods as their ASCII selves; its length, or 0 if it is no number.
 */
static size_t
squeeze(struct ck_span text, uint8_t out[CARD_LEN])
{
	size_t len = 0;

	while (text.len > 0) {
		ucs4_t c;
		int taken = u8_mbtoucr(&c, text.ptr, text.len);

		if (taken <= 0)
			return 0;
		text = ck_span_slice(text, (size_t)taken, text.len);
		if (is_separator(c))
			continue;
		if (c >= 0xFF01 && c <= 0xFF5E)
			c -= 0xFF01 - '!';
		if (len == CARD_LEN || c >= 0x80)
			return 0;
		out[len++] = (uint8_t)c;
	}

	return len;
}

static void
copy_digits(struct ck_span text, char *out)
{
	memcpy(out, text.ptr, text.len);
	out[text.len] = '\0';
}

static enum ck_err
classify(struct ck_span text, struct ck_printed *out)
{
	if (ck_text_digits(text, CITIZEN_LEN)) {
		out->kind = CK_PRINTED_ID_NUMBER;
		copy_digits(text, out->identity.number);
	} else if (ck_text_digits(text, INSURANCE_LEN)) {
		out->kind = CK_PRINTED_INSURANCE_NUMBER;
		copy_digits(text, out->insurance_number);
	} else if (ck_text_digits(text, CAN_LEN)) {
		out->kind = CK_PRINTED_CAN;
		copy_digits(text, out->can);
	} else if (ck_number_is_card(text)) {
		out->kind = CK_PRINTED_CARD_NUMBER;
		ck_number_set_card(text, out);
	} else {
		return ck_text_digits(text, OLD_LEN) ?
		    CK_ERR_PRINTED_OLD_NUMBER : CK_ERR_PRINTED_UNKNOWN;
	}

	return CK_OK;
}

enum ck_err
ck_number_parse(struct ck_span text, struct ck_printed *out)
{
	uint8_t plain[CARD_LEN];
	size_t len = squeeze(text, plain);
	enum ck_err err = classify(ck_span_of(plain, len), out);

	explicit_bzero(plain, sizeof(plain));

	return err;
}
