/*
 * ini.h - an INI file, line by line
 *
 * libinih splits lines into keys and values; which section we are in, and on
 * which line, is followed here, because libinih cuts long section names and
 * counts no lines for its callers.
 */
#ifndef SERVICE_IO_INI_H
#define SERVICE_IO_INI_H

#include "ck/error.h"

/* Longest line, with its end: above any value that has a place. */
#define CK_INI_LINE_MAX 2048

/* Called for each section, with name NULL, and for each key. Texts are
 * borrowed during the call. section is "" before the first. */
typedef void (*ck_ini_fn)(void *ctx, int line, const char *section,
    const char *name, const char *value);

/* Called for what is no INI; line 0: the file. */
typedef void (*ck_ini_defect_fn)(void *ctx, int line, const char *what);

/*
 * Read the file at path. Returns CK_OK, also after defects were told;
 * CK_ERR_CONFIG when it cannot be opened, which is told, too.
 */
CK_MUST_CHECK enum ck_err
ck_ini_read(const char *path, ck_ini_fn fn, ck_ini_defect_fn defect,
    void *ctx);

#endif /* SERVICE_IO_INI_H */
