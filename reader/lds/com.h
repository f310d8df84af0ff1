/*
 * com.h - EF.COM: which data groups the chip says it has
 *
 * Source:  ICAO Doc 9303-10 §4.6.1. The list is not signed: it is a hint for
 *          reading and never a proof that a file is absent.
 */
#ifndef READER_LDS_COM_H
#define READER_LDS_COM_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_com {
	char lds_version[5];		/* "0107" */
	char unicode_version[7];	/* "040000" */
	uint32_t groups;		/* bit n: DGn is listed, n = 1..16 */
};

/*
 * Parse the whole file, template 60 included. Tags that name no data group
 * are passed over.
 * Returns CK_OK, or CK_ERR_FILE_MALFORMED with *out zero.
 */
CK_MUST_CHECK enum ck_err
ck_com_parse(struct ck_span file, struct ck_com *out);

/* True when DGn is listed. */
bool ck_com_has(const struct ck_com *com, unsigned dg);

#endif /* READER_LDS_COM_H */
