/*
 * qr_cccd.c - the code on a citizen card
 */
#include <string.h>

#include "base/vn_date.h"
#include "base/vn_sex.h"
#include "ck/text.h"
#include "printed/qr_cccd.h"

enum {
	NUMBER, OLD_NUMBER, FULL_NAME, BIRTH, SEX, RESIDENCE, ISSUE_DATE,
	FIELD_COUNT
};

bool
ck_qr_cccd_matches(const struct ck_fields *fields)
{
	return fields->count > 1 &&
	    ck_text_digits(fields->field[NUMBER], CK_NUMBER_LEN - 1);
}

/*
 * A card that replaced a CMND names its 9 digits; one that replaced an older
 * CCCD may name 12, of which reception has no use.
 */
static enum ck_err
read_old_number(struct ck_span field, struct ck_identity *identity)
{
	if (ck_text_digits(field, CK_OLD_NUMBER_LEN - 1))
		return ck_text_store(field, identity->old_number,
		    sizeof(identity->old_number));
	if (ck_field_absent(field) ||
	    ck_text_digits(field, CK_NUMBER_LEN - 1))
		return CK_OK;

	return CK_ERR_PRINTED_MALFORMED;
}

static enum ck_err
read_texts(const struct ck_fields *fields, struct ck_identity *identity)
{
	enum ck_err err;

	err = ck_text_store(fields->field[NUMBER], identity->number,
	    sizeof(identity->number));
	if (err != CK_OK)
		return err;
	err = ck_text_store(fields->field[FULL_NAME], identity->full_name,
	    sizeof(identity->full_name));
	if (err != CK_OK)
		return err;
	err = ck_text_store(fields->field[RESIDENCE], identity->residence,
	    sizeof(identity->residence));
	if (err != CK_OK)
		return err;

	return ck_vn_sex_parse(fields->field[SEX], &identity->sex);
}

static enum ck_err
read_dates(const struct ck_fields *fields, struct ck_identity *identity)
{
	enum ck_err err = ck_vn_date_parse(fields->field[BIRTH],
	    &identity->date_of_birth);

	if (err != CK_OK)
		return err;

	return ck_vn_date_parse(fields->field[ISSUE_DATE],
	    &identity->issue_date);
}

enum ck_err
ck_qr_cccd_parse(const struct ck_fields *fields, struct ck_printed *out)
{
	struct ck_identity *identity = &out->identity;
	enum ck_err err = CK_ERR_PRINTED_MALFORMED;

	if (fields->count < FIELD_COUNT)
		return err;
	out->kind = fields->count == FIELD_COUNT ? CK_PRINTED_CCCD_QR :
	    CK_PRINTED_CC_QR;
	if ((err = read_texts(fields, identity)) == CK_OK)
		err = read_dates(fields, identity);
	if (err == CK_OK)
		err = read_old_number(fields->field[OLD_NUMBER], identity);
	if (err == CK_OK && (identity->full_name[0] == '\0' ||
	    ck_date_absent(identity->date_of_birth)))
		err = CK_ERR_PRINTED_MALFORMED;

	return err == CK_OK || err == CK_ERR_NOMEM ? err :
	    CK_ERR_PRINTED_MALFORMED;
}
