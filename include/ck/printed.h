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
	CK_PRINTED_CAN,			/* 6 digits: the chip's access number */
	CK_PRINTED_MRZ			/* the machine readable zone of a CCCD,
					 * or of a foreign document */
};

/*
 * What happened to the text between the code and us. From CK_DAMAGE_LOST on,
 * the name is not the one that was printed: numbers and dates are good, the
 * insurer is not asked under that name, the chip or the clerk tells it.
 */
enum ck_damage {
	CK_DAMAGE_NONE = 0,	/* "intact" */
	CK_DAMAGE_ENCODING = 1,	/* "repaired_encoding": wrong code page */
	CK_DAMAGE_KEYBOARD = 2,	/* "repaired_keyboard": layout, Telex, VNI */
	CK_DAMAGE_LOST = 3,	/* "diacritics_lost": marks or letters gone */
	CK_DAMAGE_UNCERTAIN = 4	/* "uncertain": more than one reading */
};

/* What a citizen's 12 digits say about their holder, and the code does not. A
 * hint, never a reason to refuse: the law guarantees only the 12 digits. */
enum ck_doubt {
	CK_DOUBT_BIRTH = 1,	/* digits 4 to 6: century and year */
	CK_DOUBT_SEX = 2	/* digit 4 */
};

/* Longest text that is looked at. A full CC QR code holds under 600 bytes. */
#define CK_PRINTED_MAX 2048

struct ck_printed {
	enum ck_printed_kind kind;
	struct ck_identity identity;	/* what the code says; may be partial */
	char insurance_number[11];	/* 10 digits or empty */
	char card_number[16];		/* 15 characters or empty */
	char can[7];			/* 6 digits or empty */
	char document_number[32];	/* MRZ: as there, without filler */
	enum ck_damage damage;		/* how much the text can be believed */
};

/*
 * Recognise text. Leading and trailing white space is ignored. What a scanner
 * or a keyboard did to it is undone where that is certain, and said in
 * out->damage either way.
 *
 * today    Settles the century of a birth year in the zone of a foreign
 *          document; nothing else depends on it.
 *
 * Returns  CK_OK
 *          CK_ERR_PRINTED_UNKNOWN    none of the kinds above
 *          CK_ERR_PRINTED_MALFORMED  a known kind with damaged fields
 *          CK_ERR_PRINTED_OLD_NUMBER 9 digits: an old CMND
 *          CK_ERR_PRINTED_APP_CODE   an app's own code, useless offline
 *          CK_ERR_PRINTED_KEYBOARD   an input method has eaten digits
 *          CK_ERR_LIMIT              longer than CK_PRINTED_MAX
 *          CK_ERR_NOMEM
 *          On error *out is wiped.
 */
CK_MUST_CHECK enum ck_err
ck_printed_parse(struct ck_span text, struct ck_date today,
    struct ck_printed *out);

/* What the patient showed when this was scanned. */
enum ck_presented ck_printed_presented(enum ck_printed_kind kind);

/*
 * The secret that opens the chip of this card.
 * Returns CK_OK, or CK_ERR_ACCESS_KEY_NEEDED when the print holds none (a
 * BHYT card).
 */
CK_MUST_CHECK enum ck_err
ck_printed_secret(const struct ck_printed *printed, struct ck_secret *out);

/* True when the name, if there is one, is the one that was printed. */
bool ck_printed_name_good(const struct ck_printed *printed);

/* The set of enum ck_doubt: what number and identity contradict. */
unsigned ck_printed_doubts(const struct ck_identity *identity);

/* "cccd_qr", "can", …; "intact", …. Static strings, docs/desk-events.md. */
const char *ck_printed_kind_label(enum ck_printed_kind kind);
const char *ck_damage_label(enum ck_damage damage);

void ck_printed_wipe(struct ck_printed *printed);

#endif /* CK_PRINTED_H */
