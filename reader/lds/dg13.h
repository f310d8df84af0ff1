/*
 * dg13.h - DG13 of a Vietnamese citizen card: the person in full
 *
 * Source:  no public standard. Put together from several independent readers
 *          that agree:
 *
 *          6D { SEQ { INT 1, OID 1.0.10646.1.0.8,
 *                     SET OF SEQ { INT n, value… } } }
 *
 * What differs between cards is accepted: items in any order, without a value,
 * empty, numbered beyond 16; UTF8, Printable or IA5 strings;
 * parents side by side or nested; a date or "Không thời hạn" as expiry.
 * An item that stands twice is refused: nobody could say which one is meant.
 */
#ifndef READER_LDS_DG13_H
#define READER_LDS_DG13_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "ck/reader.h"

/*
 * Parse the whole file, template 6D included, into what reception needs.
 * Ethnicity, religion, origin, marks, parents, spouse and the chip's own
 * number are passed over without decoding: only their length is looked at.
 *
 * Returns  CK_OK
 *          CK_ERR_FILE_MALFORMED  not this grammar, a number that is not 12
 *                                 digits, a date that does not exist, text
 *                                 that is not clean UTF-8 or too long
 *          CK_ERR_NOMEM
 *          On error *out is wiped.
 */
CK_MUST_CHECK enum ck_err
ck_dg13_parse(struct ck_span file, struct ck_identity *out);

/* The same with the sensitive fields; only for cccd-read --all. */
CK_MUST_CHECK enum ck_err
ck_dg13_parse_all(struct ck_span file, struct ck_identity *out,
    struct ck_sensitive *sensitive);

#endif /* READER_LDS_DG13_H */
