/*
 * name.h - are these two names the same person's?
 *
 * Chip, print and insurer write one name in several ways. Three answers are
 * told apart, because each asks for another reaction at the desk.
 */
#ifndef CK_NAME_H
#define CK_NAME_H

#include "ck/error.h"

enum ck_name_match {
	CK_NAME_DIFFERENT = 0,
	CK_NAME_ABBREVIATED = 1,	/* "NGUYEN V A" for "NGUYỄN VĂN A" */
	CK_NAME_WITHOUT_TONES = 2,	/* "NGUYEN VAN A" for "NGUYỄN VĂN A" */
	CK_NAME_SAME = 3		/* but for case and blanks */
};

/*
 * Compare two UTF-8 names: case folded, NFC, runs of blanks as one.
 * Returns CK_NAME_DIFFERENT also for text that is not UTF-8 or empty.
 */
enum ck_name_match ck_name_compare(const char *a, const char *b);

#endif /* CK_NAME_H */
