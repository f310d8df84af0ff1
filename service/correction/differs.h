/*
 * differs.h - which field of a record does not agree with the insurer's
 *
 * In the flow:  store/record.h -> [differs] -> content, the clinic's list
 *
 * As far as the gateway says it: its code names a field (dispatch CV1923 §4),
 * and an answer that holds a name, a birth date or a sex may differ in it.
 * Pure.
 */
#ifndef SERVICE_CORRECTION_DIFFERS_H
#define SERVICE_CORRECTION_DIFFERS_H

#include "io/json.h"
#include "store/record.h"

/* X(symbol, bit, label). Labels travel in cases. */
#define CK_DIFFERS_LIST(X) \
	X(CK_DIFFERENT_LINK, 1, "link")		/* number not linked */ \
	X(CK_DIFFERENT_NAME, 2, "full_name") \
	X(CK_DIFFERENT_BIRTH, 4, "date_of_birth") \
	X(CK_DIFFERENT_SEX, 8, "sex") \
	X(CK_DIFFERENT_CARD, 16, "card_number")

enum ck_different {
#define X(symbol, bit, label) symbol = (bit),
	CK_DIFFERS_LIST(X)
#undef X
};

/* The fields that differ, as bits of enum ck_different; 0: the gateway does
 * not say. */
unsigned ck_correction_differs(const struct ck_lookup_record *record);

/* Their labels as an array. New reference, NULL when out of memory. */
json_t *ck_correction_differs_json(unsigned differs);

#endif /* SERVICE_CORRECTION_DIFFERS_H */
