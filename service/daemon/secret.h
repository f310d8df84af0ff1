/*
 * secret.h - one secret in one file
 */
#ifndef SERVICE_DAEMON_SECRET_H
#define SERVICE_DAEMON_SECRET_H

#include <stddef.h>

#include "ck/error.h"

/*
 * Read the single line in the file at path into out, which has size bytes. The
 * line holds at least min_len bytes of printable ASCII without blanks. A file
 * that others may read is used, with a warning. Errors go to the log and name
 * the file, never its content.
 * Returns CK_OK or CK_ERR_CONFIG with out wiped.
 */
CK_MUST_CHECK enum ck_err
ck_secret_read(const char *path, size_t min_len, char *out, size_t size);

/*
 * Read header lines, "Name: value", from the file at path into out: each with
 * its NUL, an empty one after the last. At most 16 lines of printable ASCII;
 * empty lines and lines that begin with # are left out. Headers that libcurl
 * or we write ourselves (Content-…, Transfer-Encoding, Expect) are refused.
 * Errors go to the log and name file and line, never the value.
 * Returns CK_OK or CK_ERR_CONFIG with out wiped.
 */
CK_MUST_CHECK enum ck_err
ck_secret_read_headers(const char *path, char *out, size_t size);

#endif /* SERVICE_DAEMON_SECRET_H */
