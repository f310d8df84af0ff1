/*
 * dg14.h - DG14: the security options that the issuer signed
 *
 * Source:  ICAO Doc 9303-10 §4.7.14, 9303-11 §9.2. Template 6E around one
 *          SET OF SecurityInfo.
 */
#ifndef READER_LDS_DG14_H
#define READER_LDS_DG14_H

#include "lds/security_infos.h"

/* Parse the whole file. Results are those of ck_security_infos_parse(). */
CK_MUST_CHECK enum ck_err
ck_dg14_parse(struct ck_span file, struct ck_security_infos *out);

#endif /* READER_LDS_DG14_H */
