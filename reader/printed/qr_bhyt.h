/*
 * qr_bhyt.h - the code on a paper insurance card
 *
 * Fields between bars, the last one "$" (15 fields: card of 15 characters,
 * 17: card of 10 digits); a short form has 10 fields and may lack the "$":
 *   0 number | 1 name, UTF-8 in hexadecimal | 2 birth DD/MM/YYYY or YYYY |
 *   3 sex 1 or 2 | 4 address, hexadecimal | 5 facility | 6, 7 validity |
 *   8 issue date | 9 … office, parent, area, five years, check string
 * "-" or nothing is an absent field. Only who it is about is taken: what the
 * card is worth today the insurer tells.
 */
#ifndef READER_PRINTED_QR_BHYT_H
#define READER_PRINTED_QR_BHYT_H

#include <stdbool.h>

#include "ck/printed.h"
#include "printed/fields.h"

/* True when the number or the closing "$" is that of an insurance card. */
bool ck_qr_bhyt_matches(const struct ck_fields *fields);

/*
 * Fill kind, numbers and identity. Returns CK_OK, CK_ERR_PRINTED_MALFORMED
 * (cut short, no number, bad hexadecimal, no real date, unclean text) or
 * CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_qr_bhyt_parse(const struct ck_fields *fields, struct ck_printed *out);

#endif /* READER_PRINTED_QR_BHYT_H */
