/*
 * forwarded_pack.h - the sealed part of a call that was passed through as bytes
 *
 * As store/pack.h: a version byte, then texts with a length of 2 bytes; each
 * visit as check_in_pack.h has a notice, behind a length of 2 bytes.
 */
#ifndef SERVICE_STORE_FORWARDED_PACK_H
#define SERVICE_STORE_FORWARDED_PACK_H

#include "store/forwarded.h"

/* Append all that is sealed. Returns CK_OK, CK_ERR_LIMIT, CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_pack_forwarded(const struct ck_forwarded *forwarded, struct ck_buf *out);

/* Fill these members again. Returns CK_OK, CK_ERR_NOMEM, or
 * CK_ERR_STORE_CORRUPT for bytes that ck_pack_forwarded() did not write. */
CK_MUST_CHECK enum ck_err
ck_unpack_forwarded(struct ck_span packed, struct ck_forwarded *out);

#endif /* SERVICE_STORE_FORWARDED_PACK_H */
