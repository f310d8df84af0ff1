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

#endif /* SERVICE_DAEMON_SECRET_H */
