/*
 * text.c - text from outside, made safe to keep and to show
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "ck/text.h"

/*
 * Composition at most thirds the bytes (U+1E1B-like sequences of three code
 * points); whatever is longer than this cannot fit and is not looked at.
 */
#define RAW_FACTOR 4

bool
ck_text_is_utf8(struct ck_span text)
{
	return text.len == 0 || u8_check(text.ptr, text.len) == NULL;
}

bool
ck_text_digits(struct ck_span text, size_t count)
{
	size_t i;

	if (text.len != count)
		return false;
	for (i = 0; i < count; i++) {
		if (text.ptr[i] < '0' || text.ptr[i] > '9')
			return false;
	}

	return true;
}

static bool
is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static const uint8_t bom[3] = { 0xEF, 0xBB, 0xBF };

/* Bytes of white space or byte order mark at the front of text; 0: none. */
static size_t
blank_in_front(struct ck_span text)
{
	if (text.len >= sizeof(bom) &&
	    memcmp(text.ptr, bom, sizeof(bom)) == 0)
		return sizeof(bom);

	return text.len > 0 && is_space(text.ptr[0]) ? 1 : 0;
}

static size_t
blank_behind(struct ck_span text)
{
	if (text.len >= sizeof(bom) && memcmp(text.ptr + text.len -
	    sizeof(bom), bom, sizeof(bom)) == 0)
		return sizeof(bom);

	return text.len > 0 && is_space(text.ptr[text.len - 1]) ? 1 : 0;
}

struct ck_span
ck_text_trim(struct ck_span text)
{
	size_t blank;

	while ((blank = blank_in_front(text)) > 0)
		text = ck_span_slice(text, blank, text.len);
	while ((blank = blank_behind(text)) > 0)
		text.len -= blank;

	return text;
}

/*
 * Control characters could break a line or a terminal; bidirectional controls
 * could show a name in another order than it is stored; noncharacters are
 * never meant for interchange (Unicode §23.7).
 */
static bool
is_forbidden(ucs4_t c)
{
	if (c < 0x20 || (c >= 0x7F && c < 0xA0))
		return true;
	if (c == 0x061C || c == 0x200E || c == 0x200F)
		return true;
	if (c >= 0x2028 && c <= 0x202E)
		return true;
	if (c >= 0x2066 && c <= 0x2069)
		return true;

	return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c <= 0xFDEF);
}

static bool
is_clean(struct ck_span text)
{
	while (text.len > 0) {
		ucs4_t c;
		int taken = u8_mbtoucr(&c, text.ptr, text.len);

		if (taken <= 0 || is_forbidden(c))
			return false;
		text = ck_span_slice(text, (size_t)taken, text.len);
	}

	return true;
}

static enum ck_err
normalise(struct ck_span text, char *out, size_t cap)
{
	size_t len = 0;
	uint8_t *nfc = u8_normalize(UNINORM_NFC, text.ptr, text.len, NULL,
	    &len);
	enum ck_err err = CK_ERR_LIMIT;

	if (nfc == NULL)
		return errno == ENOMEM ? CK_ERR_NOMEM : CK_ERR_FILE_MALFORMED;
	if (len < cap) {
		memcpy(out, nfc, len);
		out[len] = '\0';
		err = CK_OK;
	}
	explicit_bzero(nfc, len);
	free(nfc);

	return err;
}

bool
ck_text_same_letters(const char *a, const char *b)
{
	int order = 1;

	if (u8_casecmp((const uint8_t *)a, strlen(a), (const uint8_t *)b,
	    strlen(b), NULL, UNINORM_NFC, &order) != 0)
		return false;

	return order == 0;
}

enum ck_err
ck_text_store(struct ck_span raw, char *out, size_t cap)
{
	struct ck_span text = ck_text_trim(raw);

	if (cap == 0)
		return CK_ERR_LIMIT;
	explicit_bzero(out, cap);
	if (text.len == 0)
		return CK_OK;
	if (text.len / RAW_FACTOR >= cap)
		return CK_ERR_LIMIT;
	if (!is_clean(text))
		return CK_ERR_FILE_MALFORMED;

	return normalise(text, out, cap);
}
