/*
 * backup.h - a copy of the database in one file, and back
 *
 * In the flow:  checkin backup, checkin restore -> [backup]
 *
 * A backup is an SQLite database like ours with a table "backup" that says
 * what it is, and, where wanted, the key files in a table "backup_key". The
 * daemon may run while it is made. One that is put back begins a new epoch: so
 * a collector counts neither what happened before it twice nor what happens
 * after it not at all (docs/feed.md).
 */
#ifndef SERVICE_STORE_BACKUP_H
#define SERVICE_STORE_BACKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/clock.h"
#include "ck/error.h"

/* Told of each thing that a person should know: a sentence. */
typedef void (*ck_backup_say_fn)(void *ctx, const char *text);

struct ck_backup_options {
	const char *directory;	/* state: database and keys */
	const char *path;	/* of the backup; restore: NULL: in place */
	bool with_keys;		/* backup: put the key files in */
	const char *facility;	/* restore: whose the database must be, now */
	const char *station;	/* or before; NULL: anybody's */
	const struct ck_clock *clock;
	ck_backup_say_fn say;
	void *ctx;
};

/*
 * Write a backup to path, mode 0600, whole or not at all; what was there is
 * replaced.
 *
 * Returns  CK_OK
 *          CK_ERR_NOT_FOUND      there is no database
 *          CK_ERR_STORE_CORRUPT  it is damaged: no backup of damage is kept
 *          CK_ERR_STORE_KEY      a key file is missing (with_keys)
 *          CK_ERR_STORE_FULL, CK_ERR_STORE, CK_ERR_SYSTEM, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_backup_write(const struct ck_backup_options *options);

/*
 * Put path back into the state directory and begin a new epoch. What it
 * replaces is kept beside it, as *.before-restore-TIME. Nothing is changed
 * unless the backup is whole and the keys belong to it. With path NULL the
 * database stays and only begins a new epoch.
 *
 * Returns  CK_OK
 *          CK_ERR_NOT_FOUND      there is no such file, or (in place) database
 *          CK_ERR_STORE          the daemon runs; or an error of the disk;
 *                                told in the log
 *          CK_ERR_CONFIG         of another clinic: facility at station never
 *                                stood in it; told in the log
 *          CK_ERR_STORE_CORRUPT  not a database of ours, or damaged
 *          CK_ERR_STORE_NEWER    of a newer program
 *          CK_ERR_STORE_KEY      neither the keys here nor those in the backup
 *                                belong to it
 *          CK_ERR_STORE_FULL, CK_ERR_SYSTEM, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_backup_restore(const struct ck_backup_options *options);

#endif /* SERVICE_STORE_BACKUP_H */
