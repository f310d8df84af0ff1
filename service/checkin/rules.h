/*
 * rules.h - what a notice must be before it is sent
 *
 * In the flow:  notice -> [rules] -> xml0
 * Source:       schema/checkin-fields.csv, which names the decisions
 *
 * Every rule of the table is checked here first, so that the clerk hears of a
 * defect while the patient is there and not from the gateway a day later.
 * Pure: no input or output.
 */
#ifndef SERVICE_CHECKIN_RULES_H
#define SERVICE_CHECKIN_RULES_H

#include <stddef.h>

#include "checkin/notice.h"

/* X(symbol, label): the label is a message's id and stands in problems. */
#define CK_DEFECT_LIST(X) \
	X(MISSING, "missing")		/* always needed */ \
	X(TOO_LONG, "too_long")		/* more characters than its size */ \
	X(FORM, "form")			/* not the form of this element */ \
	X(NO_DAY, "no_day")		/* no such day or time of day */ \
	X(CODE, "code")			/* not in the catalogue */ \
	X(INSURED, "insured")		/* needed for an insured visit */ \
	X(SELF_PAID, "self_paid")	/* must be empty: code 9 */ \
	X(ORDER, "order")		/* before what it must follow */ \
	X(BIRTH_TIME, "birth_time")	/* 28 days or younger: hour needed */ \
	X(REASON, "reason")		/* a ward needs a reason */ \
	X(FIRST_COST, "first_cost")	/* no service, drug or supply */ \
	X(NAME, "name")			/* a code without its name */ \
	X(RESERVED, "reserved")		/* must be empty */ \
	X(NO_NOTICE, "no_notice")	/* emergency: none is sent */

enum ck_defect_kind {
	CK_DEFECT_NONE,
#define X(symbol, label) CK_DEFECT_##symbol,
	CK_DEFECT_LIST(X)
#undef X
};

/* "missing"; "none" for CK_DEFECT_NONE. Static. */
const char *ck_defect_label(enum ck_defect_kind kind);

struct ck_defect {
	enum ck_notice_field field;
	enum ck_defect_kind kind;
};

/*
 * Everything that is wrong with notice, at most one defect for each field, in
 * the order of the fields. Returns how many.
 */
size_t ck_notice_check(const struct ck_notice *notice,
    struct ck_defect out[CK_FIELDS]);


#endif /* SERVICE_CHECKIN_RULES_H */
