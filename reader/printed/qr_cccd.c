/*
 * qr_cccd.c - the code on a citizen card
 */
#include <string.h>

#include "base/vn_date.h"
#include "base/vn_sex.h"
#include "ck/text.h"
#include "printed/mend.h"
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

/* A woman's word that lost its marks is still no other word. */
static enum ck_err
read_sex(const struct ck_mend *mend, char *out)
{
	const char *word = mend->text[CK_MEND_SEX];
	enum ck_err err = ck_vn_sex_parse(ck_span_str(word), out);

	if (err == CK_OK && *out == 'X' && mend->damage >= CK_DAMAGE_LOST)
		*out = word[0] == 'N' || word[0] == 'n' ? 'F' : 0;

	return err;
}

static enum ck_err
copy_text(const char *from, char *to, size_t cap)
{
	return ck_text_store(ck_span_str(from), to, cap);
}

static enum ck_err
read_words(const struct ck_fields *fields, struct ck_printed *out)
{
	const struct ck_span raw[CK_MEND_WORDS] = {
		[CK_MEND_NAME] = fields->field[FULL_NAME],
		[CK_MEND_SEX] = fields->field[SEX],
		[CK_MEND_RESIDENCE] = fields->field[RESIDENCE]
	};
	struct ck_identity *identity = &out->identity;
	struct ck_mend mend;
	enum ck_err err = ck_mend_read(raw, &mend);

	if (err == CK_OK)
		err = copy_text(mend.text[CK_MEND_NAME], identity->full_name,
		    sizeof(identity->full_name));
	if (err == CK_OK)
		err = copy_text(mend.text[CK_MEND_RESIDENCE],
		    identity->residence, sizeof(identity->residence));
	if (err == CK_OK)
		err = read_sex(&mend, &identity->sex);
	if (err == CK_OK && mend.damage > out->damage)
		out->damage = mend.damage;
	ck_mend_wipe(&mend);

	return err;
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
	err = ck_text_store(fields->field[NUMBER], identity->number,
	    sizeof(identity->number));
	if (err == CK_OK)
		err = read_words(fields, out);
	if (err == CK_OK)
		err = read_dates(fields, identity);
	if (err == CK_OK)
		err = read_old_number(fields->field[OLD_NUMBER], identity);
	if (err == CK_OK && (identity->full_name[0] == '\0' ||
	    ck_date_absent(identity->date_of_birth)))
		err = CK_ERR_PRINTED_MALFORMED;

	return err == CK_OK || err == CK_ERR_NOMEM ? err :
	    CK_ERR_PRINTED_MALFORMED;
}
