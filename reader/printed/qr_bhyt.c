/*
 * qr_bhyt.c - the code on a paper insurance card
 */
#include <string.h>

#include "base/vn_date.h"
#include "ck/text.h"
#include "printed/number.h"
#include "printed/qr_bhyt.h"

enum { NUMBER, FULL_NAME, BIRTH, SEX, ADDRESS };

/* The short form; the only one that may lack the closing "$". */
#define SHORT_COUNT 10

#define INSURANCE_LEN 10

static bool
is_closed(const struct ck_fields *fields)
{
	struct ck_span last;

	if (fields->count > CK_FIELDS_MAX)
		return false;
	last = fields->field[fields->count - 1];

	/* A field of its own on every card seen; printers differ. */
	return last.len > 0 && last.ptr[last.len - 1] == '$';
}

bool
ck_qr_bhyt_matches(const struct ck_fields *fields)
{
	struct ck_span number = fields->field[NUMBER];

	return fields->count > 1 && (is_closed(fields) ||
	    ck_number_is_card(number) ||
	    ck_text_digits(number, INSURANCE_LEN));
}

/* 15 characters, 10 digits, or the citizen's 12 in place of both. */
static enum ck_err
read_number(struct ck_span field, struct ck_printed *out)
{
	if (ck_number_is_card(field)) {
		ck_number_set_card(field, out);
		return CK_OK;
	}
	if (ck_text_digits(field, INSURANCE_LEN))
		return ck_text_store(field, out->insurance_number,
		    sizeof(out->insurance_number));
	if (ck_text_digits(field, CK_NUMBER_LEN - 1))
		return ck_text_store(field, out->identity.number,
		    sizeof(out->identity.number));

	return CK_ERR_PRINTED_MALFORMED;
}

/* 0..15, or -1. */
static int
hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;

	return -1;
}

static bool
unhex(struct ck_span field, uint8_t *out)
{
	size_t i;

	for (i = 0; i + 1 < field.len; i += 2) {
		int high = hex_digit(field.ptr[i]);
		int low = hex_digit(field.ptr[i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i / 2] = (uint8_t)(high << 4 | low);
	}

	return i == field.len;
}

static enum ck_err
read_hex_text(struct ck_span field, char *text, size_t cap)
{
	uint8_t bytes[CK_PRINTED_MAX / 2];
	enum ck_err err = CK_ERR_PRINTED_MALFORMED;

	if (ck_field_absent(field))
		return CK_OK;
	if (field.len / 2 <= sizeof(bytes) && unhex(field, bytes)) {
		err = ck_text_store(ck_span_of(bytes, field.len / 2), text,
		    cap);
		explicit_bzero(bytes, sizeof(bytes));
	}

	return err;
}

static enum ck_err
read_sex(struct ck_span field, char *out)
{
	if (ck_field_absent(field))
		return CK_OK;
	if (ck_span_equal(field, ck_span_str("1")))
		*out = 'M';
	else if (ck_span_equal(field, ck_span_str("2")))
		*out = 'F';
	else
		return CK_ERR_PRINTED_MALFORMED;

	return CK_OK;
}

static enum ck_err
read_birth(struct ck_span field, struct ck_date *out)
{
	return ck_field_absent(field) ? CK_OK : ck_vn_date_parse(field, out);
}

static enum ck_err
read_person(const struct ck_fields *fields, struct ck_identity *identity)
{
	enum ck_err err;

	err = read_hex_text(fields->field[FULL_NAME], identity->full_name,
	    sizeof(identity->full_name));
	if (err == CK_OK)
		err = read_hex_text(fields->field[ADDRESS],
		    identity->residence, sizeof(identity->residence));
	if (err == CK_OK)
		err = read_birth(fields->field[BIRTH],
		    &identity->date_of_birth);
	if (err == CK_OK)
		err = read_sex(fields->field[SEX], &identity->sex);
	if (err == CK_OK && identity->full_name[0] == '\0')
		err = CK_ERR_PRINTED_MALFORMED;

	return err;
}

enum ck_err
ck_qr_bhyt_parse(const struct ck_fields *fields, struct ck_printed *out)
{
	enum ck_err err;

	out->kind = CK_PRINTED_BHYT_QR;
	if (fields->count < SHORT_COUNT ||
	    (fields->count > SHORT_COUNT && !is_closed(fields)))
		return CK_ERR_PRINTED_MALFORMED;
	if ((err = read_number(fields->field[NUMBER], out)) == CK_OK)
		err = read_person(fields, &out->identity);

	return err == CK_OK || err == CK_ERR_NOMEM ? err :
	    CK_ERR_PRINTED_MALFORMED;
}
