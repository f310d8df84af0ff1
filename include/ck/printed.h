/*
 * printed.h - what is printed on a card or typed by hand: no proof of identity
 *
 * One call takes any text from a scanner or a keyboard and says what it is.
 */
#ifndef CK_PRINTED_H
#define CK_PRINTED_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "ck/reader.h"
#include "ck/words.h"

enum ck_printed_kind {
	CK_PRINTED_CCCD_QR,		/* 7 fields, front of a CCCD */
	CK_PRINTED_CC_QR,		/* 11 fields, back of a CC (2024) */
	CK_PRINTED_BHYT_QR,		/* paper insurance card, ends in $ */
	CK_PRINTED_ID_NUMBER,		/* 12 digits */
	CK_PRINTED_INSURANCE_NUMBER,	/* 10 digits */
	CK_PRINTED_CARD_NUMBER,		/* 15 characters */
	CK_PRINTED_CAN			/* 6 digits: the chip's access number */
};

/* Longest text that is looked at. A full CC QR code holds under 600 bytes. */
#define CK_PRINTED_MAX 2048

struct ck_printed {
	enum ck_printed_kind kind;
	struct ck_identity identity;	/* what the code says; may be partial */
	char insurance_number[11];	/* 10 digits or empty */
	char card_number[16];		/* 15 characters or empty */
	char can[7];			/* 6 digits or empty */
};

/*
 * Recognise text. Leading and trailing white space is ignored.
 *
 * Returns  CK_OK
 *          CK_ERR_PRINTED_UNKNOWN    none of the kinds above
 *          CK_ERR_PRINTED_MALFORMED  a known kind with damaged fields
 *          CK_ERR_LIMIT              longer than CK_PRINTED_MAX
 *          On error *out is wiped.
 */
CK_MUST_CHECK enum ck_err
ck_printed_parse(struct ck_span text, struct ck_printed *out);

/* What the patient showed when this was scanned. */
enum ck_presented ck_printed_presented(enum ck_printed_kind kind);

/*
 * The secret that opens the chip of this card.
 * Returns CK_OK, or CK_ERR_ACCESS_KEY_NEEDED when the print holds none (a
 * BHYT card).
 */
CK_MUST_CHECK enum ck_err
ck_printed_secret(const struct ck_printed *printed, struct ck_secret *out);

void ck_printed_wipe(struct ck_printed *printed);

#endif /* CK_PRINTED_H */
