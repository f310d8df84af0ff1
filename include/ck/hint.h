/*
 * hint.h - what lies on a reader, and what the clerk is shown about it
 *
 * An error says what failed; a hint says what to do with one's hands. The page
 * has a drawing and a sentence for each ("hint.<label>" in service/text). The
 * numbers cross the worker's socket and are stored nowhere.
 */
#ifndef CK_HINT_H
#define CK_HINT_H

#include "ck/error.h"

/* What lies there, by its answer to reset and by what it answered. */
#define CK_CARD_KIND_LIST(X) \
	X(CK_CARD_NONE, 0, "none")		/* nothing, or nothing known */ \
	X(CK_CARD_CONTACT, 1, "contact_chip") \
	X(CK_CARD_CONTACTLESS, 2, "contactless_chip")	/* ISO 14443-4 */ \
	X(CK_CARD_STORAGE, 3, "storage_card")	/* memory only: no commands */ \
	X(CK_CARD_DOCUMENT, 4, "document")	/* has the ICAO application */ \
	X(CK_CARD_BANK, 5, "bank_card") \
	X(CK_CARD_TRANSIT, 6, "transit_card")

/* What to do. */
#define CK_HINT_LIST(X) \
	X(CK_HINT_NONE, 0, "") \
	X(CK_HINT_SLEEVE, 1, "sleeve")		/* silent: bare and flat */ \
	X(CK_HINT_LEAVE, 2, "leave_it")		/* taken away too early */ \
	X(CK_HINT_NOTHING_FELT, 3, "nothing_felt")	/* no card noticed */ \
	X(CK_HINT_ONE_CARD, 4, "one_card")	/* two in the field */ \
	X(CK_HINT_BANK, 5, "bank_card") \
	X(CK_HINT_TRANSIT, 6, "transit_card") \
	X(CK_HINT_OTHER_CARD, 7, "other_card") \
	X(CK_HINT_OTHER_PROGRAM, 8, "other_program") \
	X(CK_HINT_REPLUG, 9, "replug")		/* the reader itself */ \
	X(CK_HINT_PERMISSION, 10, "permission") \
	X(CK_HINT_TAKE_AWAY, 11, "take_away")	/* of the patient before */

#define X(symbol, number, label) symbol = (number),
enum ck_card_kind { CK_CARD_KIND_LIST(X) };
enum ck_hint { CK_HINT_LIST(X) };
#undef X

/* The largest numbers that a worker may say; what follows only the desk
 * knows. */
#define CK_CARD_KIND_LAST CK_CARD_TRANSIT
#define CK_HINT_LAST CK_HINT_PERMISSION

/* Labels as listed above. Static strings, never NULL. */
const char *ck_card_kind_label(enum ck_card_kind kind);
const char *ck_hint_label(enum ck_hint hint);

/*
 * What to do after this error with a card of this kind; CK_HINT_NONE where the
 * error's own text says all.
 */
enum ck_hint ck_hint_for(enum ck_err err, enum ck_card_kind kind);

#endif /* CK_HINT_H */
