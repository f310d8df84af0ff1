/*
 * printed.c - what is this text?
 */
#include <unistr.h>

#include <stdio.h>
#include <string.h>

#include "ck/printed.h"
#include "ck/text.h"
#include "lds/mrz.h"
#include "printed/fields.h"
#include "printed/number.h"
#include "printed/qr_bhyt.h"
#include "printed/qr_cccd.h"
#include "printed/wedge.h"

/* An app's code is longer than any number, and shorter than a full code. */
#define APP_CODE_MIN 40

/*
 * The closing "$" decides first: an insurance card may carry the citizen's 12
 * digits in front.
 */
static enum ck_err
parse_fields(const struct ck_fields *fields, struct ck_printed *out)
{
	if (ck_qr_bhyt_matches(fields))
		return ck_qr_bhyt_parse(fields, out);
	if (ck_qr_cccd_matches(fields))
		return ck_qr_cccd_parse(fields, out);

	return CK_ERR_PRINTED_UNKNOWN;
}

static bool
beyond_ascii(struct ck_span text)
{
	size_t i;

	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] >= 0x80)
			return true;
	}

	return false;
}

/*
 * Letters where the code has digits only: an input method or a layout turned
 * keys into them, and not in a way that could be walked back.
 */
static bool
typed_over(const struct ck_fields *fields)
{
	static const size_t of_digits[] = { 0, 1, 3, 6 };
	bool paper = ck_qr_bhyt_matches(fields);
	size_t i, count = fields->count < CK_FIELDS_MAX ? fields->count :
	    CK_FIELDS_MAX;

	for (i = 0; paper && i < count; i++) {
		if (beyond_ascii(fields->field[i]))
			return true;
	}
	for (i = 0; i < sizeof(of_digits) / sizeof(of_digits[0]); i++) {
		if (count > of_digits[3] &&
		    beyond_ascii(fields->field[of_digits[i]]))
			return true;
	}

	return false;
}

static enum ck_err
parse_code(struct ck_span text, struct ck_printed *out)
{
	struct ck_fields fields;
	enum ck_err err;

	ck_fields_split(text, &fields);
	err = parse_fields(&fields, out);
	if ((err == CK_ERR_PRINTED_UNKNOWN ||
	    err == CK_ERR_PRINTED_MALFORMED) &&
	    u8_check(text.ptr, text.len) == NULL && typed_over(&fields))
		err = CK_ERR_PRINTED_KEYBOARD;

	return err;
}

static bool
is_zone_length(size_t len)
{
	return len == CK_MRZ_TD1_LEN || len == CK_MRZ_TD2_LEN ||
	    len == CK_MRZ_TD3_LEN;
}

/* The zone in capitals without line breaks and blanks; 0: not of that size. */
static size_t
zone_of(struct ck_span text, uint8_t out[CK_MRZ_TD1_LEN])
{
	size_t i, len = 0;

	for (i = 0; i < text.len; i++) {
		uint8_t c = text.ptr[i];

		if (c == ' ' || (c >= '\t' && c <= '\r'))
			continue;
		if (len == CK_MRZ_TD1_LEN)
			return 0;
		out[len++] = c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') :
		    c;
	}

	return is_zone_length(len) ? len : 0;
}

/*
 * The zone of a citizen card, or of another document: then it names its holder
 * without a number, as that document itself does.
 */
static enum ck_err
parse_zone(struct ck_span zone, struct ck_date today, struct ck_printed *out)
{
	struct ck_mrz mrz;
	enum ck_err err = ck_mrz_parse(zone, today, &mrz);

	if (err == CK_OK) {
		out->kind = CK_PRINTED_MRZ;
		ck_mrz_identity(&mrz, &out->identity);
		(void)snprintf(out->document_number,
		    sizeof(out->document_number), "%s",
		    mrz.document_number);
		/* The zone has no room for diacritics; a name abroad is known
		 * here as its zone spells it. */
		out->damage = mrz.number[0] != '\0' ? CK_DAMAGE_LOST :
		    CK_DAMAGE_NONE;
	}
	ck_mrz_wipe(&mrz);

	return err == CK_ERR_FILE_MALFORMED ? CK_ERR_PRINTED_MALFORMED : err;
}

/* Addresses, and the long random words that tokens are made of. */
static bool
is_app_code(struct ck_span text)
{
	static const char *const starts[] = { "http://", "https://" };
	bool letters = false;
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (text.len > strlen(starts[i]) && strncasecmp(starts[i],
		    (const char *)text.ptr, strlen(starts[i])) == 0)
			return true;
	}
	for (i = 0; i < text.len; i++) {
		if (text.ptr[i] == 0 || strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		    "abcdefghijklmnopqrstuvwxyz0123456789+/=_-.:{}\",",
		    text.ptr[i]) == NULL)
			return false;
		letters |= text.ptr[i] >= 'A';
	}

	return letters && text.len >= APP_CODE_MIN;
}

static enum ck_err
parse_word(struct ck_span text, struct ck_date today, struct ck_printed *out)
{
	uint8_t zone[CK_MRZ_TD1_LEN];
	size_t len = zone_of(text, zone);
	enum ck_err err;

	if (len > 0 && memchr(zone, '<', len) != NULL)
		err = parse_zone(ck_span_of(zone, len), today, out);
	else
		err = ck_number_parse(text, out);
	if (err == CK_ERR_PRINTED_UNKNOWN && is_app_code(text))
		err = CK_ERR_PRINTED_APP_CODE;
	explicit_bzero(zone, sizeof(zone));

	return err;
}

/* Undo what keys on the way did to the whole text; borrowed text or out. */
static struct ck_span
undo_keys(struct ck_span text, uint8_t out[CK_PRINTED_MAX],
    enum ck_damage *damage)
{
	size_t len;

	*damage = CK_DAMAGE_NONE;
	if (!ck_wedge_bars(text, out, &len) &&
	    !ck_wedge_digits(text, out, &len))
		return text;
	*damage = CK_DAMAGE_KEYBOARD;

	return ck_span_of(out, len);
}

enum ck_err
ck_printed_parse(struct ck_span text, struct ck_date today,
    struct ck_printed *out)
{
	uint8_t undone[CK_PRINTED_MAX];
	enum ck_damage damage;
	enum ck_err err;

	ck_printed_wipe(out);
	if (text.len > CK_PRINTED_MAX)
		return CK_ERR_LIMIT;
	text = undo_keys(ck_text_trim(text), undone, &damage);
	out->damage = damage;
	if (text.len > 0 && memchr(text.ptr, '|', text.len) != NULL)
		err = parse_code(text, out);
	else
		err = parse_word(text, today, out);
	if (err != CK_OK)
		ck_printed_wipe(out);
	explicit_bzero(undone, sizeof(undone));

	return err;
}
