/*
 * decide.h - from an answer or a failure to what the desk is told
 *
 * In the flow:  answer, codes -> [decide] -> lookup -> desk, store
 * Source:       design.md section 5; domain notes on the gateway, §2
 *
 * Pure: the same input always gives the same decision; no input, output or
 * clock.
 */
#ifndef SERVICE_ELIGIBILITY_DECIDE_H
#define SERVICE_ELIGIBILITY_DECIDE_H

#include <stdbool.h>

#include "ck/error.h"
#include "store/record.h"

/* Labels of ours for a reason; a gateway code stands for itself. */
#define CK_REASON_LINE "line"
#define CK_REASON_GATEWAY "gateway"
#define CK_REASON_ACCOUNT "account"
#define CK_REASON_OPERATOR "operator"
#define CK_REASON_REQUEST "request"
#define CK_REASON_UNKNOWN_CODE "unknown_code"
#define CK_REASON_WRONG_PERSON "wrong_person"
#define CK_REASON_BEFORE_VALIDITY "before_validity"
#define CK_REASON_AFTER_VALIDITY "after_validity"
#define CK_REASON_NO_ANSWER_YET "no_answer_yet"
#define CK_REASON_INTERRUPTED "interrupted"	/* by a crash; the store */

/* What one answer means for one visit. */
struct ck_decision {
	enum ck_outcome outcome;
	char reason[CK_REASON_LEN];
	bool ask_new_card;	/* look up again under answer->new_card.number
				 * before this is believed */
	bool try_next_key;	/* another key of this person may do better */
};

/* Does it name a card at all? A 001 or 002 may say no more than that another
 * ministry keeps it. */
bool ck_answer_names_card(const struct ck_answer *answer);

/*
 * Decide on an answer for a visit. A yes that names no card is one for 001 and
 * 002, whose paper is to be looked at, and else no answer. confirmed: the new
 * card of a 003 or 004 has been looked up and found covered, so ask_new_card is
 * not set again.
 */
void ck_decide(const struct ck_answer *answer, struct ck_date visit_date,
    bool confirmed, struct ck_decision *out);

/* Decide on a call that failed: always CK_OUTCOME_UNAVAILABLE. */
void ck_decide_failure(enum ck_err err, struct ck_decision *out);

/*
 * Whose work the failure is, from what counted says of first key, first
 * reason, assurance and resolved-by. CK_OWNER_NONE when the first key was
 * covered at once.
 */
enum ck_owner ck_decide_owner(const struct ck_counted *counted);

/*
 * The card of answer that covers the visit date: the current one before the
 * new one. NULL: none does. Borrowed from answer.
 */
const struct ck_insurance_card *
ck_card_of_visit(const struct ck_answer *answer, struct ck_date visit_date);

/* The benefit level: 3rd character of a card number, 1..5. 0: not known. */
unsigned ck_card_level(const char *number);

/* The share the fund pays in percent, QĐ 1351/QĐ-BHXH. 0: not known. */
unsigned ck_level_percent(unsigned level);

/* Days from visit_date to the last valid day, 0: that very day.
 * -1: open end, or over. */
int ck_card_ends_in_days(const struct ck_insurance_card *card,
    struct ck_date visit_date);

#endif /* SERVICE_ELIGIBILITY_DECIDE_H */
