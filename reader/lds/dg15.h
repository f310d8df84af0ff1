/*
 * dg15.h - DG15: the public key of active authentication
 *
 * Source:  ICAO Doc 9303-10 §4.7.15, 9303-11 §6.1: template 6F around one
 *          SubjectPublicKeyInfo.
 */
#ifndef READER_LDS_DG15_H
#define READER_LDS_DG15_H

#include "ck/buf.h"
#include "ck/error.h"

struct ck_dg15 {
	struct ck_span key;		/* whole SubjectPublicKeyInfo, DER */
	struct ck_span algorithm;	/* OID content bytes of its algorithm */
};

/*
 * Parse the whole file. The spans borrow from it; the key itself is decoded
 * by whoever uses it.
 * Returns CK_OK, or CK_ERR_FILE_MALFORMED with *out empty.
 */
CK_MUST_CHECK enum ck_err
ck_dg15_parse(struct ck_span file, struct ck_dg15 *out);

#endif /* READER_LDS_DG15_H */
