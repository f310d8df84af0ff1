/*
 * number.h - a bare number, typed or scanned
 *
 * Told apart by length alone: 12 digits of a citizen, 10 of the social
 * insurance, 15 characters of an insurance card, 6 digits of an access number.
 * A province prefix is never a reason to refuse: since 2024-07-01 the law
 * guarantees only the 12 digits.
 */
#ifndef READER_PRINTED_NUMBER_H
#define READER_PRINTED_NUMBER_H

#include <stdbool.h>

#include "ck/printed.h"

/*
 * Fill out from text. Blanks, dots and hyphens between the characters are
 * passed over, as people write them; full-width digits count.
 * Returns CK_OK; CK_ERR_PRINTED_OLD_NUMBER for the 9 digits of a CMND;
 * CK_ERR_PRINTED_UNKNOWN for anything else.
 */
CK_MUST_CHECK enum ck_err
ck_number_parse(struct ck_span text, struct ck_printed *out);

/*
 * True for the 15 characters of an insurance card: 2 letters, benefit level
 * 1-5, 12 digits. Small letters count.
 */
bool ck_number_is_card(struct ck_span text);

/* Store those 15 characters in capitals, and their last 10 as well. */
void ck_number_set_card(struct ck_span text, struct ck_printed *out);

#endif /* READER_PRINTED_NUMBER_H */
