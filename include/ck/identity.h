/*
 * identity.h - who stands at the desk, as chip or print tells it
 *
 * A plain value of fixed size: it can be copied between processes, and wiped
 * with one call. It holds only what reception needs. Ethnicity, religion,
 * parents, spouse and marks have no place here on purpose.
 */
#ifndef CK_IDENTITY_H
#define CK_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"

/* A calendar date that may be partial. All zero: absent. */
struct ck_date {
	uint16_t year;		/* 1..9999; 0: absent */
	uint8_t month;		/* 1..12; 0: unknown */
	uint8_t day;		/* 1..31; 0: unknown; 0 if month is 0 */
};

/* Field sizes in bytes with NUL. Names of 128 letters take at most 3 each. */
#define CK_NUMBER_LEN 13	/* 12 digits */
#define CK_OLD_NUMBER_LEN 10	/* 9 digits */
#define CK_NAME_LEN 400
#define CK_TEXT_LEN 600		/* residence; DG13 as a whole is < 700 B */

/* UTF-8, NFC, NUL-terminated; an empty string is an absent field. */
struct ck_identity {
	char number[CK_NUMBER_LEN];
	char full_name[CK_NAME_LEN];
	struct ck_date date_of_birth;
	char sex;		/* 'M', 'F', 'X'; 0: absent */
	char nationality[64];
	char residence[CK_TEXT_LEN];
	struct ck_date issue_date;
	struct ck_date expiry_date;
	bool no_expiry;		/* the card says "Không thời hạn" */
	char old_number[CK_OLD_NUMBER_LEN];
};

/* True when the parts name a real day, or a partial date without gaps. */
bool ck_date_valid(struct ck_date date);

/* True when no part is known. */
bool ck_date_absent(struct ck_date date);

/* -1, 0, 1; unknown parts compare as zero. */
int ck_date_compare(struct ck_date a, struct ck_date b);

/* Bytes for an ISO 8601 date with its NUL. */
#define CK_DATE_LEN 11

/* "1994-03-05", "1994-03", "1994" or "" as far as the parts are known. */
void ck_date_iso(struct ck_date date, char out[CK_DATE_LEN]);

/*
 * Parse exactly "YYYY-MM-DD", "YYYY-MM" or "YYYY".
 * Returns CK_OK, or CK_ERR_REQUEST with *out absent.
 */
CK_MUST_CHECK enum ck_err ck_date_parse_iso(const char *text,
    struct ck_date *out);

/*
 * Parse "DD/MM/YYYY", "MM/YYYY", "YYYY" or "DDMMYYYY": the forms on cards, in
 * QR codes and from the gateway. Returns CK_OK, or CK_ERR_REQUEST.
 */
CK_MUST_CHECK enum ck_err ck_date_parse_local(const char *text,
    struct ck_date *out);

/* Overwrite every byte of *identity with zero. */
void ck_identity_wipe(struct ck_identity *identity);

#endif /* CK_IDENTITY_H */
