/*
 * mrz.h - the machine readable zone: three sizes, one result
 *
 * In the flow:  dg1.c or a typed zone  ->  [mrz]  ->  identity, BAC key
 * Source:       ICAO Doc 9303, 8th edition (2021): part 3 §4 (characters,
 *               check digits, dates), part 4 (TD3), 5 (TD1), 6 (TD2)
 *
 * Every check digit is verified. The zone of a Vietnamese citizen card holds
 * the last 9 digits as document number and all 12 as optional data; its
 * expiry 991231 means that the card has none.
 */
#ifndef READER_LDS_MRZ_H
#define READER_LDS_MRZ_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"

/* Characters without line breaks. 9303-5 §4.2, -6 §4.2, -4 §4.2 */
#define CK_MRZ_TD1_LEN 90
#define CK_MRZ_TD2_LEN 72
#define CK_MRZ_TD3_LEN 88

struct ck_mrz {
	char text[CK_MRZ_TD1_LEN + 1];	/* the zone as it was given */
	char document_code[3];		/* "ID", "P", …, without filler */
	char issuing_state[4];		/* 9303-3 §5, without filler */
	char nationality[4];		/* likewise */
	char document_number[32];	/* without filler, long form joined */
	char number[CK_NUMBER_LEN];	/* VNM: 12 digits; otherwise empty */
	char name[CK_MRZ_TD1_LEN];	/* "NGUYEN VAN A": primary, then rest */
	struct ck_date date_of_birth;	/* partial where the zone says so */
	struct ck_date expiry_date;	/* 2099-12-31 when no_expiry */
	bool no_expiry;			/* VNM with 991231 */
	char sex;			/* 'M', 'F' or 'X' */
};

/*
 * Parse a zone of 90, 72 or 88 characters without line breaks.
 *
 * today  Settles the century of the birth year: never in the future. A VNM
 *        number settles it by itself (its fourth digit).
 *
 * Returns  CK_OK
 *          CK_ERR_FILE_MALFORMED  another length, a character outside A-Z
 *                                 0-9 <, a wrong check digit, no real date
 *          On error *out is wiped.
 */
CK_MUST_CHECK enum ck_err
ck_mrz_parse(struct ck_span text, struct ck_date today, struct ck_mrz *out);

/*
 * The check digit of text, 0..9; letters count 10..35, filler 0, weights
 * 7 3 1. 9303-3 §4.9. -1 for a character outside the zone's alphabet.
 */
int ck_mrz_check_digit(struct ck_span text);

/*
 * What the zone alone tells about the person: names without diacritics, the
 * nationality as its three-letter code, no residence. *out is overwritten.
 */
void ck_mrz_identity(const struct ck_mrz *mrz, struct ck_identity *out);

/* Overwrite *mrz with zero. */
void ck_mrz_wipe(struct ck_mrz *mrz);

#endif /* READER_LDS_MRZ_H */
