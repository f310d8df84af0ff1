/*
 * check_in_pack.h - the personal part of check-ins and notices as bytes
 *
 * As store/pack.h: a version byte, then texts with a length of 2 bytes.
 */
#ifndef SERVICE_STORE_CHECK_IN_PACK_H
#define SERVICE_STORE_CHECK_IN_PACK_H

#include "store/check_in.h"

/* Append operator, desk, flags and draft. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_pack_check_in(const struct ck_check_in *check_in, struct ck_buf *out);

/* Fill these members again. Returns CK_OK, CK_ERR_NOMEM, or
 * CK_ERR_STORE_CORRUPT for bytes that ck_pack_check_in() did not write. */
CK_MUST_CHECK enum ck_err
ck_unpack_check_in(struct ck_span packed, struct ck_check_in *out);

/* The same for fields, code, transaction, received and words of a notice. */
CK_MUST_CHECK enum ck_err
ck_pack_notice(const struct ck_notice_row *row, struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_unpack_notice(struct ck_span packed, struct ck_notice_row *out);

#endif /* SERVICE_STORE_CHECK_IN_PACK_H */
