/*
 * meaning.c - what follows from a print: its words, its secret, its doubts
 */
#include <string.h>

#include "ck/printed.h"

/* The chip's access number is the last 6 digits of the 12. */
#define CAN_AT 6

/* The document number of the chip's MRZ is the last 9 digits of the 12. */
#define DOCUMENT_NUMBER_AT 3

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
	case CK_PRINTED_MRZ:
		return CK_PRESENTED_CCCD;
	default:
		return CK_PRESENTED_NONE;
	}
}

/* A card without an end says 991231, and its key is made of that. */
static void
secret_of_zone(const struct ck_printed *printed, struct ck_secret *out)
{
	const struct ck_identity *identity = &printed->identity;

	out->kind = CK_SECRET_MRZ;
	memcpy(out->document_number, printed->document_number,
	    sizeof(printed->document_number));
	memcpy(out->number, identity->number, sizeof(out->number));
	out->date_of_birth = identity->date_of_birth;
	out->expiry_date = identity->no_expiry ?
	    (struct ck_date){ 2099, 12, 31 } : identity->expiry_date;
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
	if (printed->kind == CK_PRINTED_MRZ) {
		secret_of_zone(printed, out);
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

bool
ck_printed_name_good(const struct ck_printed *printed)
{
	return printed->damage < CK_DAMAGE_LOST;
}

/*
 * Decree 137/2015 article 13: digit 4 counts centuries from 1900 in steps of
 * two, even for men and odd for women; digits 5 and 6 are the year.
 */
unsigned
ck_printed_doubts(const struct ck_identity *identity)
{
	const char *number = identity->number;
	unsigned doubts = 0, year, century;
	char sex;

	if (strlen(number) != CK_NUMBER_LEN - 1)
		return 0;
	century = (unsigned)(number[3] - '0');
	year = 1900 + 100 * (century / 2) +
	    10 * (unsigned)(number[4] - '0') + (unsigned)(number[5] - '0');
	sex = century % 2 == 0 ? 'M' : 'F';
	if (identity->date_of_birth.year != 0 &&
	    identity->date_of_birth.year != year)
		doubts |= CK_DOUBT_BIRTH;
	if ((identity->sex == 'M' || identity->sex == 'F') &&
	    identity->sex != sex)
		doubts |= CK_DOUBT_SEX;

	return doubts;
}

const char *
ck_printed_kind_label(enum ck_printed_kind kind)
{
	static const char *const labels[] = {
		[CK_PRINTED_CCCD_QR] = "cccd_qr",
		[CK_PRINTED_CC_QR] = "cc_qr",
		[CK_PRINTED_BHYT_QR] = "bhyt_qr",
		[CK_PRINTED_ID_NUMBER] = "id_number",
		[CK_PRINTED_INSURANCE_NUMBER] = "insurance_number",
		[CK_PRINTED_CARD_NUMBER] = "card_number",
		[CK_PRINTED_CAN] = "can",
		[CK_PRINTED_MRZ] = "mrz"
	};

	return labels[kind];
}

const char *
ck_damage_label(enum ck_damage damage)
{
	static const char *const labels[] = {
		[CK_DAMAGE_NONE] = "intact",
		[CK_DAMAGE_ENCODING] = "repaired_encoding",
		[CK_DAMAGE_KEYBOARD] = "repaired_keyboard",
		[CK_DAMAGE_LOST] = "diacritics_lost",
		[CK_DAMAGE_UNCERTAIN] = "uncertain"
	};

	return labels[damage];
}

void
ck_printed_wipe(struct ck_printed *printed)
{
	explicit_bzero(printed, sizeof(*printed));
}
