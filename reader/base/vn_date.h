/*
 * vn_date.h - dates as Vietnamese cards and codes write them
 *
 * Many older people have only a year of birth, or month and year: cards and
 * codes write that as a shorter date or with zeros for the unknown parts.
 */
#ifndef READER_BASE_VN_DATE_H
#define READER_BASE_VN_DATE_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"

/*
 * Parse "DD/MM/YYYY", "DDMMYYYY", "MM/YYYY" or "YYYY", where DD, or DD and MM,
 * may be 00. White space around is ignored; empty text is an absent date.
 * Returns CK_OK, or CK_ERR_FILE_MALFORMED with *out absent.
 */
CK_MUST_CHECK enum ck_err
ck_vn_date_parse(struct ck_span text, struct ck_date *out);

#endif /* READER_BASE_VN_DATE_H */
