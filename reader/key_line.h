/*
 * key_line.h - the secret that opens a chip, as one line of text
 *
 * In the flow:  --key FILE, --can, --number, --mrz, --qr  ->  [key_line]
 * Includes:     ck/reader.h
 */
#ifndef READER_KEY_LINE_H
#define READER_KEY_LINE_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/reader.h"

/*
 * Read a secret from its kind and its value:
 *
 *   can     6 digits
 *   number  12 digits; the CAN is the last 6
 *   mrz     document number, birth and expiry as DOCNO,YYMMDD,YYMMDD; 991231 is
 *           a card without end
 *   qr      the text of a CCCD's or CC's QR code
 *
 * today  Settles the century of a birth year.
 * out    The caller wipes it. Wiped on error.
 *
 * Returns  CK_OK
 *          CK_ERR_REQUEST            not one of these forms
 *          CK_ERR_ACCESS_KEY_NEEDED  a code that opens no chip (BHYT)
 *          CK_ERR_PRINTED_*          a QR text that is damaged or unknown
 */
CK_MUST_CHECK enum ck_err
ck_key_value_parse(const char *kind, const char *value, struct ck_date today,
    struct ck_secret *out);

/*
 * The same from one line, "can 123456". White space around it is ignored; a
 * second line is an error. Results are those of ck_key_value_parse().
 */
CK_MUST_CHECK enum ck_err
ck_key_line_parse(const char *line, struct ck_date today,
    struct ck_secret *out);

#endif /* READER_KEY_LINE_H */
