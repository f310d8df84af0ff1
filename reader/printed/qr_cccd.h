/*
 * qr_cccd.h - the code on a citizen card
 *
 * CCCD (front, 7 fields) and CC (back, 2024, 11 fields), UTF-8:
 *   number | old number | full name | birth | sex | residence | issue date
 * The four that a CC adds have no published order and are not looked at.
 * There is no signature in it: whoever can print can make one.
 */
#ifndef READER_PRINTED_QR_CCCD_H
#define READER_PRINTED_QR_CCCD_H

#include <stdbool.h>

#include "ck/printed.h"
#include "printed/fields.h"

/* True when the first field is a 12-digit number. */
bool ck_qr_cccd_matches(const struct ck_fields *fields);

/*
 * Fill kind and identity. Returns CK_OK, CK_ERR_PRINTED_MALFORMED (fewer than
 * 7 fields, no name, no real birth date, unclean text) or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_qr_cccd_parse(const struct ck_fields *fields, struct ck_printed *out);

#endif /* READER_PRINTED_QR_CCCD_H */
