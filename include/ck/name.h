/*
 * name.h - are these two names the same person's?
 *
 * Chip, print and insurer write one name in several ways. Three answers are
 * told apart, because each asks for another reaction at the desk.
 *
 * Exact: the same letters with the same tones. Case does not matter, nor where
 * in the syllable the tone stands ("Hòa", "Hoà": two schools of one spelling),
 * nor which apostrophe, dash, blank or barred D was typed.
 * Without tones: the same letters once all marks are gone, also "y" for "i" at
 * the end of a syllable ("Lý", "Lí"), and signs that stand for letters lost on
 * the way ("Nguy?n").
 * Abbreviated: initials, "Ng." or "Ng" for "Nguyễn", and a name cut off where
 * the machine readable zone ends. A missing word is a different name.
 */
#ifndef CK_NAME_H
#define CK_NAME_H

#include <stdbool.h>

#include "ck/error.h"

enum ck_name_match {
	CK_NAME_DIFFERENT = 0,
	CK_NAME_ABBREVIATED = 1,	/* "NGUYEN V A" for "NGUYỄN VĂN A" */
	CK_NAME_WITHOUT_TONES = 2,	/* "NGUYEN VAN A" for "NGUYỄN VĂN A" */
	CK_NAME_SAME = 3		/* but for case, blanks, tone places */
};

/*
 * Compare two UTF-8 names: case folded, NFC, runs of blanks as one.
 * Returns CK_NAME_DIFFERENT also for text that is not UTF-8 or empty, and when
 * memory is short.
 */
enum ck_name_match ck_name_compare(const char *a, const char *b);

/* True when no letter of the name has a mark: it may have lost them. */
bool ck_name_is_plain(const char *name);

#endif /* CK_NAME_H */
