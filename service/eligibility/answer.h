/*
 * answer.h - the gateway's answer to a card lookup, read and checked
 *
 * In the flow:  gateway -> [answer] -> decide
 * Source:       dispatch CV1923 §3 (KQNhanLichSuKCB2024)
 *
 * Every member is a string or null; absent, null, "" and " " mean the same;
 * names of members are matched without regard to case. Pure: no input or
 * output.
 */
#ifndef SERVICE_ELIGIBILITY_ANSWER_H
#define SERVICE_ELIGIBILITY_ANSWER_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "store/record.h"

/*
 * Read one answer. as_of_ms stays 0. *out is wiped first and on every error.
 *
 * Returns  CK_OK                     with out->code not empty
 *          CK_ERR_GATEWAY_MALFORMED  not JSON, no code, a member of another
 *                                    type, given twice, too long, or a period
 *                                    that is no date
 */
CK_MUST_CHECK enum ck_err
ck_answer_parse(struct ck_span body, struct ck_answer *out);

/*
 * Is this an answer about the person who was asked about? A number differs
 * when none of the returned ones belongs to it; a name when it is a different
 * one for ck/name.h; a birth date when parts that both know differ.
 * Name and birth date are compared only where the code says that they agree:
 * mismatch codes exist to tell that they do not.
 */
bool ck_answer_is_about(const struct ck_answer *answer, enum ck_key key,
    const char *number, const char *full_name, struct ck_date date_of_birth);

void ck_answer_wipe(struct ck_answer *answer);

#endif /* SERVICE_ELIGIBILITY_ANSWER_H */
