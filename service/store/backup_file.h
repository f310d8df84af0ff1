/*
 * backup_file.h - what backup.c and restore.c share; nobody else includes it
 */
#ifndef SERVICE_STORE_BACKUP_FILE_H
#define SERVICE_STORE_BACKUP_FILE_H

#include <stdbool.h>

#include "ck/error.h"

/* True for the name of a key file: [a-z0-9-]+.key, and short. */
bool ck_backup_key_name(const char *name);

/* fsync() a file, or with O_DIRECTORY a directory. False: errno says why. */
bool ck_backup_sync(const char *path, int flags);

/* Log errno with path; CK_ERR_STORE_FULL or CK_ERR_SYSTEM. */
enum ck_err ck_backup_system_error(const char *path);

/* Remove a database and what SQLite puts beside it. */
void ck_backup_discard(const char *path);

#endif /* SERVICE_STORE_BACKUP_FILE_H */
