/*
 * admission.h - from what reception knows to a check-in and its draft notice
 *
 * In the flow:  lookup, clerk -> [admission] -> store/check_in.h
 *
 * Somebody is admitted with whatever is known: nothing here is needed but a
 * clerk. What is missing is asked for with the notice. A parent's number or
 * name is never asked about in a child's place. Pure: no input or output.
 */
#ifndef SERVICE_CHECKIN_ADMISSION_H
#define SERVICE_CHECKIN_ADMISSION_H

#include <stdbool.h>

#include "checkin/category.h"
#include "store/check_in.h"

/* What the clerk or the hospital software says. Empty: not said. */
struct ck_admission {
	enum ck_without_card without;
	unsigned flags;			/* of enum ck_admission_flag */
	char full_name[CK_NAME_LEN];
	struct ck_date date_of_birth;
	char time_of_birth[6];		/* "HH:MM" */
	char sex;			/* 'M', 'F', 'X'; 0 */
	char number[16];		/* the patient's own: CCCD, passport */
	char card_number[16];		/* also of a temporary card */
	char category[CK_CATEGORY_LEN];	/* MA_DOITUONG_KCB, where chosen */
	char visit_type[3];		/* MA_LOAI_KCB */
	int64_t arrived_ms;		/* wall clock */
};

/*
 * Fill flags and draft of check_in from the admission and, where there is one,
 * the lookup. Without a card, newborns and children get the temporary card's
 * place of registration: province and 000.
 *
 * lookup    NULL: none.
 * facility  Ours, 5 characters.
 *
 * Returns CK_OK or CK_ERR_NOMEM; CK_ERR_FILE_MALFORMED for text that is not
 * clean.
 */
CK_MUST_CHECK enum ck_err
ck_admission_fill(const struct ck_admission *admission,
    const struct ck_lookup_record *lookup, const char *facility,
    struct ck_check_in *check_in);

/* What a later answer changes in a notice. */
struct ck_admission_change {
	unsigned fields;	/* a bit for each enum ck_notice_field */
	bool card;		/* the four fields of the card are among them */
	bool uninsured;		/* where card: the insurer does not say yes */
};

/*
 * Put what the insurer says in after in place of what it said in before.
 * Values that are not what before fills in are somebody's and stay: those of
 * the person each by itself, those of the card as a whole. A name that is
 * another only in case or place of tones is the same. What after does not know
 * of the person takes nothing away; a card that it does not know is one.
 *
 * Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_admission_renew(const struct ck_lookup_record *before,
    const struct ck_lookup_record *after, struct ck_notice *notice,
    struct ck_admission_change *out);

/* What MA_DOITUONG_KCB may be, from a check-in as it is recorded. */
void ck_admission_category(const struct ck_check_in *check_in,
    enum ck_level level, bool ward, struct ck_category_answer *out);

/* "202611230731": an instant in Asia/Ho_Chi_Minh. */
void ck_admission_minute(int64_t wall_ms, char out[13]);

#endif /* SERVICE_CHECKIN_ADMISSION_H */
