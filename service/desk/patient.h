/*
 * patient.h - one check-in at one desk: what was scanned, what the chip said
 *
 * Includes:  the doors of include/ck, store/record.h; pure: no I/O, no clock
 *
 * The state of the person who stands here now, and the questions the desk asks
 * of it: is this scan the same person, may the insurer be asked, which secret
 * opens the card.
 */
#ifndef SERVICE_DESK_PATIENT_H
#define SERVICE_DESK_PATIENT_H

#include <stdbool.h>

#include "ck/identity.h"
#include "ck/name.h"
#include "ck/printed.h"
#include "ck/reader.h"
#include "store/record.h"

/* Fields in which chip and print can differ. */
enum ck_difference {
	CK_DIFFERS_NUMBER = 1,
	CK_DIFFERS_NAME = 2,
	CK_DIFFERS_BIRTH = 4
};

struct ck_patient {
	bool present;			/* somebody stands here */

	/* What was scanned or typed. */
	bool has_print;
	struct ck_printed print;	/* first code of this check-in */
	bool has_zone;			/* a zone came after a code */
	struct ck_printed zone;
	enum ck_presented presented;
	enum ck_captured captured;	/* of the print: qr or typed */
	struct ck_person_keys keys;	/* every number seen, from any source */

	/* What the chip said. */
	bool has_chip;			/* identity known over the channel */
	bool chip_done;			/* read to its end without an error */
	struct ck_identity chip;
	enum ck_assurance assurance;	/* of a finished chip */
	enum ck_passive passive;
	struct ck_signer signer;	/* likewise */
	enum ck_clone_check chip_auth, active_auth;
	unsigned differs;		/* set of enum ck_difference */
	enum ck_name_match name_match;	/* chip against print */
};

/* How a new scan relates to the person who stands here. */
enum ck_relation {
	CK_RELATION_NEW,	/* somebody else: the next patient begins */
	CK_RELATION_SAME,	/* nothing new: the same code again */
	CK_RELATION_MORE,	/* the same person shows something more */
	CK_RELATION_CORRECTS	/* the clerk typed name or birth again */
};

/* Forget the person; every byte is wiped. */
void ck_patient_wipe(struct ck_patient *patient);

/* Judge a scan against who stands here. Never changes patient. */
enum ck_relation
ck_patient_relation(const struct ck_patient *patient,
    const struct ck_printed *print);

/* Take the first scan of a check-in, or one that is MORE or CORRECTS. */
void ck_patient_take_print(struct ck_patient *patient,
    const struct ck_printed *print);

/* The chip has said who it is: compare with the print. */
void ck_patient_take_chip(struct ck_patient *patient,
    const struct ck_identity *chip);

/* The chip turned out not to be genuine: nothing of it is kept. */
void ck_patient_drop_chip(struct ck_patient *patient);

/* Whom to show and to ask about: the chip's word over the print's. Borrowed;
 * its fields are empty when nobody is known. */
const struct ck_identity *
ck_patient_identity(const struct ck_patient *patient);

/*
 * What opens the card: a zone that was read after a code, because the chip
 * asked for it; else the code. Returns CK_OK, CK_ERR_ACCESS_KEY_NEEDED.
 */
CK_MUST_CHECK enum ck_err
ck_patient_secret(const struct ck_patient *patient, struct ck_secret *out);

/* Is enough known to ask the insurer: a number, a birth date, and a name that
 * came through undamaged or from the chip? */
bool ck_patient_can_ask(const struct ck_patient *patient);

#endif /* SERVICE_DESK_PATIENT_H */
