/*
 * keyfile.h - secret keys in files of their own
 *
 * A key is 32 random bytes in a file of mode 0600 inside a directory of mode
 * 0700, so that a copy of the database alone tells nothing.
 */
#ifndef SERVICE_STORE_KEYFILE_H
#define SERVICE_STORE_KEYFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"

#define CK_KEY_LEN 32	/* bytes: AES-256, HMAC-SHA-256 */

/*
 * Read a key, or make it when the file is absent and make is true.
 *
 * path  The file.
 * key   Receives the key; the caller wipes it. Wiped here on error.
 *
 * Returns  CK_OK
 *          CK_ERR_STORE_KEY   absent (and make is false), of another length,
 *                             or readable by others; the log says which
 *          CK_ERR_STORE_FULL, CK_ERR_STORE  it could not be written
 *          CK_ERR_CRYPTO      no random bytes
 */
CK_MUST_CHECK enum ck_err
ck_keyfile_load(const char *path, bool make, uint8_t key[CK_KEY_LEN]);

/*
 * Make a directory of mode 0700 if it is absent.
 * Returns CK_OK, CK_ERR_STORE_FULL or CK_ERR_STORE with a line in the log.
 */
CK_MUST_CHECK enum ck_err ck_keyfile_directory(const char *path);

#endif /* SERVICE_STORE_KEYFILE_H */
