/*
 * codes.h - the gateway's result codes: what each means, what it asks for
 *
 * In the flow:  answer -> [codes] -> decide
 * Source:       dispatch CV1923 of BHXH Việt Nam (20/06/2024) §4, as
 *               schema/result-codes.csv; the table is made from it at build
 */
#ifndef SERVICE_ELIGIBILITY_CODES_H
#define SERVICE_ELIGIBILITY_CODES_H

#include <stddef.h>

#include "ck/words.h"

/* What a code asks for, or whose fault it names. */
enum ck_code_nature {
	CK_CODE_PLAIN,		/* nothing more to do */
	CK_CODE_NEW_CARD,	/* take the card that covers the visit date */
	CK_CODE_NEXT_KEY,	/* another key of this person may do better */
	CK_CODE_ACCOUNT,	/* unavailable: login, operator, address */
	CK_CODE_GATEWAY,	/* unavailable: fault upstream, may be retried */
	CK_CODE_REQUEST,	/* unavailable: it could not read our question */
	CK_CODE_UNKNOWN_CODE	/* unavailable: never a refusal */
};

struct ck_code {
	const char *code;	/* maKetQua; empty: any that is not listed */
	const char *class_name;	/* as the dispatch groups it; English */
	enum ck_outcome outcome;
	enum ck_code_nature nature;
};

/*
 * The row of this code. A code that is not listed gives a row with an empty
 * code, CK_OUTCOME_UNAVAILABLE and CK_CODE_UNKNOWN_CODE. Static, never NULL.
 */
const struct ck_code *ck_code_find(const char *code);

/* Row number index of the table; NULL beyond its end. */
const struct ck_code *ck_code_at(size_t index);

#endif /* SERVICE_ELIGIBILITY_CODES_H */
