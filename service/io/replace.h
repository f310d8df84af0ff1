/*
 * replace.h - files that other programs read while we write them
 */
#ifndef SERVICE_IO_REPLACE_H
#define SERVICE_IO_REPLACE_H

#include "ck/buf.h"
#include "ck/error.h"

/*
 * Make bytes the content of path, readable by everybody: under the name
 * "PATH.new", then renamed, so that nobody ever reads half of it. It is not
 * forced to the disk: for what is written anew soon, or can be.
 *
 * Returns CK_OK; CK_ERR_SYSTEM with errno, and path is as it was; CK_ERR_LIMIT
 * for a path of more than 1100 bytes.
 */
CK_MUST_CHECK enum ck_err
ck_replace_file(const char *path, struct ck_span bytes);

#endif /* SERVICE_IO_REPLACE_H */
