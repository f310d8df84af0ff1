/*
 * expiry.h - which expiry dates a citizen card may have
 *
 * In the flow:  QR (birth and issue date)  ->  [expiry]  ->  bac.c
 * Source:       Law 26/2023/QH15 article 21 and the rule before it: a card is
 *               changed at 14, 25, 40 and 60; one issued within two years
 *               before such an age holds until the next. Day and month are
 *               those of birth. Without an end, the chip says 991231.
 *
 * The QR code has no expiry, yet BAC's key needs it. The rule's own date comes
 * first; the others follow because re-issues may keep an older date and the
 * boundary days are not settled.
 */
#ifndef READER_ACCESS_EXPIRY_H
#define READER_ACCESS_EXPIRY_H

#include <stddef.h>

#include "ck/identity.h"

/* Four ages, each with two dates for 29 February, and no end. */
#define CK_EXPIRY_CANDIDATES_MAX 9

/*
 * Dates to try, likeliest first; all lie behind the issue date.
 * Returns how many; 0 when a date is absent or not complete, or the card was
 * issued before birth.
 */
size_t ck_expiry_candidates(struct ck_date birth, struct ck_date issue,
    struct ck_date out[CK_EXPIRY_CANDIDATES_MAX]);

#endif /* READER_ACCESS_EXPIRY_H */
