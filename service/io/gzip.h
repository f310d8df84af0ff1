/*
 * gzip.h - the only door to zlib: compressed bytes, within a limit
 */
#ifndef SERVICE_IO_GZIP_H
#define SERVICE_IO_GZIP_H

#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"

/*
 * Append what packed holds, gzip (RFC 1952) or zlib (RFC 1950), to out.
 *
 * Returns  CK_OK
 *          CK_ERR_LIMIT    it holds more than max bytes: out has the first max
 *          CK_ERR_REQUEST  neither format, damaged, cut, or bytes behind it
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_gzip_unpack(struct ck_span packed, size_t max, struct ck_buf *out);

/* Append plain to out, compressed: zlib. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_zlib_pack(struct ck_span plain, struct ck_buf *out);

/* Append plain to out, compressed: gzip. Returns CK_OK, CK_ERR_NOMEM, or
 * CK_ERR_LIMIT beyond what zlib takes at once (4 GB). */
CK_MUST_CHECK enum ck_err
ck_gzip_pack(struct ck_span plain, struct ck_buf *out);

struct ck_gzip_file;	/* opaque: a file that is being written */

/*
 * Begin to write gzip to a descriptor, which is closed with it, also on error.
 * Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_gzip_file_new(struct ck_gzip_file **out, int fd);

/* Add bytes. Returns CK_OK, CK_ERR_LIMIT beyond 2 GB at once, or
 * CK_ERR_SYSTEM with errno. */
CK_MUST_CHECK enum ck_err
ck_gzip_file_add(struct ck_gzip_file *file, struct ck_span bytes);

/* Write what is left, close, free, set to NULL. Returns CK_OK or CK_ERR_SYSTEM
 * with errno. NULL is allowed. */
CK_MUST_CHECK enum ck_err ck_gzip_file_end(struct ck_gzip_file **file);

#endif /* SERVICE_IO_GZIP_H */
