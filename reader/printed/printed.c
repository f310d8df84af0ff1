/*
 * printed.c - what is this text, and which secret follows from it?
 */
#include <string.h>

#include "ck/printed.h"
#include "ck/text.h"
#include "printed/fields.h"
#include "printed/number.h"
#include "printed/qr_bhyt.h"
#include "printed/qr_cccd.h"

/* The chip's access number is the last 6 digits of the 12. */
#define CAN_AT 6

/* The document number of the chip's MRZ is the last 9 digits of the 12. */
#define DOCUMENT_NUMBER_AT 3

/*
 * The closing "$" decides first: an insurance card may carry the citizen's 12
 * digits in front.
 */
static enum ck_err
parse_code(const struct ck_fields *fields, struct ck_printed *out)
{
	if (ck_qr_bhyt_matches(fields))
		return ck_qr_bhyt_parse(fields, out);
	if (ck_qr_cccd_matches(fields))
		return ck_qr_cccd_parse(fields, out);

	return CK_ERR_PRINTED_UNKNOWN;
}

enum ck_err
ck_printed_parse(struct ck_span text, struct ck_printed *out)
{
	struct ck_fields fields;
	enum ck_err err;

	ck_printed_wipe(out);
	if (text.len > CK_PRINTED_MAX)
		return CK_ERR_LIMIT;
	text = ck_text_trim(text);
	ck_fields_split(text, &fields);
	if (fields.count == 1)
		err = ck_number_parse(text, out);
	else
		err = parse_code(&fields, out);
	if (err != CK_OK)
		ck_printed_wipe(out);

	return err;
}

enum ck_presented
ck_printed_presented(enum ck_printed_kind kind)
{
	switch (kind) {
	case CK_PRINTED_CC_QR:
		return CK_PRESENTED_CC;
	case CK_PRINTED_BHYT_QR:
	case CK_PRINTED_INSURANCE_NUMBER:
	case CK_PRINTED_CARD_NUMBER:
		return CK_PRESENTED_BHYT_PAPER;
	case CK_PRINTED_CCCD_QR:
	case CK_PRINTED_ID_NUMBER:
	case CK_PRINTED_CAN:
		return CK_PRESENTED_CCCD;
	default:
		return CK_PRESENTED_NONE;
	}
}

enum ck_err
ck_printed_secret(const struct ck_printed *printed, struct ck_secret *out)
{
	const struct ck_identity *identity = &printed->identity;

	memset(out, 0, sizeof(*out));
	out->kind = CK_SECRET_CAN;
	if (printed->kind == CK_PRINTED_CAN) {
		memcpy(out->can, printed->can, sizeof(out->can));
		return CK_OK;
	}
	if (identity->number[0] == '\0')
		return CK_ERR_ACCESS_KEY_NEEDED;
	memcpy(out->number, identity->number, sizeof(out->number));
	memcpy(out->can, identity->number + CAN_AT, sizeof(out->can));
	memcpy(out->document_number, identity->number + DOCUMENT_NUMBER_AT,
	    CK_NUMBER_LEN - DOCUMENT_NUMBER_AT);
	if (printed->kind == CK_PRINTED_CCCD_QR ||
	    printed->kind == CK_PRINTED_CC_QR) {
		out->kind = CK_SECRET_QR;
		out->date_of_birth = identity->date_of_birth;
		out->issue_date = identity->issue_date;
	}

	return CK_OK;
}

void
ck_printed_wipe(struct ck_printed *printed)
{
	explicit_bzero(printed, sizeof(*printed));
}
