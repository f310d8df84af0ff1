/*
 * vn_sex.h - the word for sex on Vietnamese cards and codes
 */
#ifndef READER_BASE_VN_SEX_H
#define READER_BASE_VN_SEX_H

#include "ck/buf.h"
#include "ck/error.h"

/*
 * "Nam" gives 'M', "Nữ" 'F', in any case and normalisation; another word 'X';
 * empty text 0.
 * Returns CK_OK, CK_ERR_FILE_MALFORMED for text that ck_text_store() refuses,
 * or CK_ERR_NOMEM; *out is 0 on error.
 */
CK_MUST_CHECK enum ck_err ck_vn_sex_parse(struct ck_span text, char *out);

#endif /* READER_BASE_VN_SEX_H */
