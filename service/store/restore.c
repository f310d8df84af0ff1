/*
 * restore.c - a backup back in place, as a new epoch
 *
 * All is prepared and checked in the folder "restoring" below the state
 * directory; then keys and database take their places by renaming. A crash
 * before that changes nothing; one between leaves keys and database that do not
 * belong together, which the daemon refuses and a second restore mends.
 */
#include <sys/stat.h>

#include <openssl/crypto.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "store/backup.h"
#include "store/backup_file.h"
#include "store/internal.h"
#include "store/keyfile.h"

#define STAGE_NAME "restoring"
#define LOCK_NAME "checkin.lock"

struct restore {
	const struct ck_backup_options *use;
	struct ck_store store;		/* its parts that are needed here */
	char stage[PATH_MAX];		/* the folder, */
	char database[PATH_MAX];	/* and in it the database */
	char target[PATH_MAX];		/* where it goes */
	char aside[64];			/* ".before-restore-…" */
	bool own_keys;			/* those of the backup are used, for they
					 * are not those here */
};

static enum ck_err
name(char out[PATH_MAX], const char *directory, const char *file)
{
	int len = snprintf(out, PATH_MAX, "%s/%s", directory, file);

	/* room for what is put behind it: "-wal", ".before-restore-…" */
	return len < 0 || len >= PATH_MAX - 64 ? CK_ERR_LIMIT : CK_OK;
}

static void
say(const struct restore *r, const char *text)
{
	if (r->use->say != NULL)
		r->use->say(r->use->ctx, text);
}

/* Root works for the service: what it makes there must be the service's. */
static void
give(const struct restore *r, const char *path)
{
	struct stat owner;

	if (geteuid() == 0 && stat(r->use->directory, &owner) == 0 &&
	    lchown(path, owner.st_uid, owner.st_gid) != 0)
		ck_log(CK_LOG_WARNING, "store", "%s: give this to the "
		    "service's user", path);
}

/* --- The database --------------------------------------------------------- */

static enum ck_err
copy_bytes(int from, int to)
{
	char block[4096];
	ssize_t len;

	while ((len = read(from, block, sizeof(block))) > 0) {
		if (write(to, block, (size_t)len) != len)
			return CK_ERR_SYSTEM;
	}

	return len == 0 ? CK_OK : CK_ERR_SYSTEM;
}

/* CK_ERR_NOT_FOUND, without a word, when there is no such file. */
static enum ck_err
copy_file(const char *from, const char *to)
{
	enum ck_err err = CK_ERR_SYSTEM;
	int in = open(from, O_RDONLY | O_CLOEXEC), out = -1;

	if (in < 0 && errno == ENOENT)
		return CK_ERR_NOT_FOUND;
	if (in >= 0)
		out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (out >= 0)
		err = copy_bytes(in, out);
	if (err != CK_OK)
		err = ck_backup_system_error(in < 0 ? from : to);
	if (in >= 0)
		(void)close(in);
	if (out >= 0)
		(void)close(out);

	return err;
}

/* A copy that was made by hand may have its log beside it. */
static enum ck_err
stage_database(struct restore *r)
{
	char from[PATH_MAX], to[PATH_MAX + 8];
	enum ck_err err;
	int len = snprintf(from, sizeof(from), "%s-wal", r->use->path);

	if (len < 0 || (size_t)len >= sizeof(from))
		return CK_ERR_LIMIT;
	if ((err = copy_file(r->use->path, r->database)) != CK_OK)
		return err;
	(void)snprintf(to, sizeof(to), "%s-wal", r->database);
	err = copy_file(from, to);

	return err == CK_ERR_NOT_FOUND ? CK_OK : err;
}

/* A database of ours has keys that it was marked with, and an epoch. */
static enum ck_err
check_ours(struct ck_db *db)
{
	static const char sql_tables[] =
	    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND "
	    "name IN ('key_check', 'epoch', 'rollup')";
	static const char sql_rows[] =
	    "SELECT (SELECT count(*) FROM key_check) > 1 AND "
	    "(SELECT count(*) FROM epoch) > 0";
	int64_t tables, rows = 0;
	enum ck_err err;

	if ((err = ck_db_int(db, sql_tables, &tables)) == CK_OK && tables == 3)
		err = ck_db_int(db, sql_rows, &rows);

	return err == CK_OK && rows != 1 ? CK_ERR_STORE_CORRUPT : err;
}

static enum ck_err
open_database(struct restore *r)
{
	struct stat info;
	enum ck_err err;

	if (stat(r->database, &info) != 0 || info.st_size == 0)
		return CK_ERR_STORE_CORRUPT;
	if ((err = ck_db_open(&r->store.db, r->database,
	    CK_DB_FOREIGN)) != CK_OK ||
	    (err = check_ours(r->store.db)) != CK_OK ||
	    (err = ck_db_check(r->store.db)) != CK_OK)
		return err;

	return ck_migrate(r->store.db, ck_clock_wall_ms(r->use->clock));
}

/* --- Whose it is ---------------------------------------------------------- */

static void
tell_whose(const struct restore *r, const char *facility, const char *station)
{
	ck_log(CK_LOG_ERROR, "store", "%s: the database of clinic %s, station "
	    "%s; the configuration is of clinic %s, station %s, which never "
	    "stood in it. Take the backup of %s; if its code has changed, "
	    "restore with --another-clinic", r->use->path != NULL ?
	    r->use->path : r->target, facility, station, r->use->facility,
	    r->use->station, r->use->facility);
}

/* A code that changed (a merger) has its row for each time. */
static enum ck_err
check_clinic(struct restore *r)
{
	static const char sql[] =
	    "SELECT facility, station, EXISTS (SELECT 1 FROM clinic WHERE "
	    "facility = ?1 AND station = ?2) FROM clinic "
	    "ORDER BY present DESC, number DESC LIMIT 1";
	const char *facility, *station;
	struct ck_stmt *stmt;
	bool row = false;
	enum ck_err err;

	if (r->use->facility == NULL)
		return CK_OK;
	if ((err = ck_db_prepare(r->store.db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_text(stmt, r->use->facility);
	ck_stmt_bind_text(stmt, r->use->station);
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		facility = ck_stmt_take_text(stmt);
		station = ck_stmt_take_text(stmt);
		if (ck_stmt_take_int(stmt) == 0) {
			tell_whose(r, facility, station);
			err = CK_ERR_CONFIG;
		}
	}
	ck_stmt_end(stmt);

	return err;
}

/* --- The keys ------------------------------------------------------------- */

/* Is this key here already? Not told in the log: it need not be. */
static bool
is_here(const struct restore *r, const char *file, struct ck_span key)
{
	char path[PATH_MAX + 64];
	uint8_t here[CK_KEY_LEN + 1];
	bool same;
	int fd;

	(void)snprintf(path, sizeof(path), "%s/keys/%s", r->use->directory,
	    file);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
		return false;
	same = read(fd, here, sizeof(here)) == (ssize_t)key.len &&
	    CRYPTO_memcmp(here, key.ptr, key.len) == 0;
	(void)close(fd);
	OPENSSL_cleanse(here, sizeof(here));

	return same;
}

static enum ck_err
write_key(const struct restore *r, const char *file, struct ck_span key)
{
	char path[PATH_MAX + 64];
	enum ck_err err = CK_OK;
	int fd;

	if (!ck_backup_key_name(file) || key.len != CK_KEY_LEN)
		return CK_ERR_STORE_CORRUPT;
	(void)snprintf(path, sizeof(path), "%s/keys/%s", r->stage, file);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, key.ptr, key.len) != (ssize_t)key.len ||
	    fsync(fd) != 0)
		err = ck_backup_system_error(path);
	if (fd >= 0)
		(void)close(fd);
	give(r, path);

	return err;
}

static enum ck_err
stage_keys(struct restore *r)
{
	static const char sql[] = "SELECT name, value FROM backup_key";
	struct ck_stmt *stmt;
	char path[PATH_MAX];
	enum ck_err err;
	bool row;

	if ((err = name(path, r->stage, "keys")) != CK_OK ||
	    (err = ck_keyfile_directory(path)) != CK_OK ||
	    (err = ck_db_prepare(r->store.db, sql, &stmt)) != CK_OK)
		return err;
	give(r, path);
	while ((err = ck_stmt_next(stmt, &row)) == CK_OK && row) {
		const char *file = ck_stmt_take_text(stmt);
		struct ck_span key = ck_stmt_take_blob(stmt);

		if ((err = write_key(r, file, key)) != CK_OK)
			break;
		r->own_keys = r->own_keys || !is_here(r, file, key);
	}
	ck_stmt_end(stmt);

	return err;
}

static enum ck_err
unpack_keys(struct restore *r)
{
	int64_t tables;
	enum ck_err err = ck_db_int(r->store.db, "SELECT count(*) FROM "
	    "sqlite_schema WHERE name = 'backup_key'", &tables);

	return err == CK_OK && tables == 1 ? stage_keys(r) : err;
}

/* The key of the receipts must be one that signed here. */
static enum ck_err
check_receipt_key(struct restore *r)
{
	static const char sql[] =
	    "SELECT (SELECT count(*) FROM receipt_key) = 0 OR "
	    "EXISTS (SELECT 1 FROM receipt_key WHERE public = ?)";
	uint8_t seed[CK_SEED_LEN], public[CK_PUBLIC_LEN];
	struct ck_signer *signer = NULL;
	char path[PATH_MAX];
	struct ck_stmt *stmt;
	bool row = false;
	enum ck_err err;

	if ((err = name(path, r->store.directory, "keys/receipt.key")) !=
	    CK_OK || (err = ck_keyfile_load(path, false, seed)) != CK_OK)
		return err;
	err = ck_signer_new(&signer, seed, public);
	OPENSSL_cleanse(seed, sizeof(seed));
	ck_signer_free(&signer);
	if (err != CK_OK ||
	    (err = ck_db_prepare(r->store.db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_blob(stmt, ck_span_of(public, sizeof(public)));
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row &&
	    ck_stmt_take_int(stmt) == 0)
		err = CK_ERR_STORE_KEY;
	ck_stmt_end(stmt);
	if (err == CK_ERR_STORE_KEY)
		ck_log(CK_LOG_ERROR, "store", "%s: this key signed no receipt "
		    "of the backup", path);

	return err;
}

static enum ck_err
check_keys(struct restore *r)
{
	enum ck_err err;

	r->store.directory = r->own_keys ? r->stage :
	    (char *)(uintptr_t)r->use->directory;
	if ((err = ck_crypt_new(&r->store.crypt, r->store.directory,
	    false)) != CK_OK ||
	    (err = ck_keys_check(&r->store)) != CK_OK)
		return err;

	return check_receipt_key(r);
}

/* --- The epoch ------------------------------------------------------------ */

static enum ck_err
begin_epoch(struct restore *r)
{
	struct ck_db *db = r->store.db;
	enum ck_err err;

	if ((err = ck_db_begin(db)) != CK_OK)
		return err;
	if ((err = ck_db_exec(db, "DROP TABLE IF EXISTS backup; "
	    "DROP TABLE IF EXISTS backup_key")) == CK_OK &&
	    (err = ck_epoch_begin(&r->store)) == CK_OK)
		err = ck_db_commit(db);
	if (err != CK_OK)
		ck_db_rollback(db);

	return err;
}

/* How far it is, so that the daemon does not find it gone back. */
static void
anchor(struct restore *r)
{
	char path[PATH_MAX];

	r->store.directory = (char *)(uintptr_t)r->use->directory;
	ck_anchor_write(&r->store);
	if (name(path, r->use->directory, "keys/anchor") == CK_OK)
		give(r, path);
}

/* --- Taking its place ----------------------------------------------------- */

static enum ck_err
put_keys(struct restore *r)
{
	char from[PATH_MAX], to[PATH_MAX], old[PATH_MAX + 64];
	enum ck_err err;

	if ((err = name(from, r->stage, "keys")) != CK_OK ||
	    (err = name(to, r->use->directory, "keys")) != CK_OK)
		return err;
	(void)snprintf(old, sizeof(old), "%s%s", to, r->aside);
	if (rename(to, old) != 0 && errno != ENOENT)
		return ck_backup_system_error(old);

	return rename(from, to) == 0 ? CK_OK : ck_backup_system_error(to);
}

/* A log that SQLite did not take in (the old database is damaged) must not
 * stand beside the new one: it would be played into it. */
static enum ck_err
move_log(const struct restore *r)
{
	char from[PATH_MAX + 8], to[PATH_MAX + 80];

	(void)snprintf(from, sizeof(from), "%s-shm", r->target);
	(void)unlink(from);
	(void)snprintf(from, sizeof(from), "%s-wal", r->target);
	(void)snprintf(to, sizeof(to), "%s%s-wal", r->target, r->aside);

	return rename(from, to) == 0 || errno == ENOENT ? CK_OK :
	    ck_backup_system_error(to);
}

/* The old one gets a second name first, so that there is always one. */
static enum ck_err
keep_old(const struct restore *r)
{
	char old[PATH_MAX + 64];
	struct ck_db *db;

	if (access(r->target, F_OK) != 0)
		return CK_OK;
	/* takes its log in, unless it is damaged */
	if (ck_db_open(&db, r->target, CK_DB_READ_WRITE) == CK_OK)
		ck_db_close(&db);
	(void)snprintf(old, sizeof(old), "%s%s", r->target, r->aside);
	if (link(r->target, old) != 0 && rename(r->target, old) != 0)
		return ck_backup_system_error(old);
	say(r, old);

	return move_log(r);
}

static enum ck_err
take_place(struct restore *r)
{
	enum ck_err err;

	if (!ck_backup_sync(r->database, 0))
		return ck_backup_system_error(r->database);
	give(r, r->database);
	if (r->own_keys && (err = put_keys(r)) != CK_OK)
		return err;
	if ((err = keep_old(r)) != CK_OK)
		return err;
	if (rename(r->database, r->target) != 0 ||
	    !ck_backup_sync(r->use->directory, O_DIRECTORY))
		return ck_backup_system_error(r->target);

	return CK_OK;
}

/* --- All of it ------------------------------------------------------------ */

static void
clear_stage(struct restore *r)
{
	static const char *const keys[] = {
		"keys/encryption-1.key", "keys/hash.key", "keys/receipt.key"
	};
	char path[PATH_MAX];
	size_t i;

	ck_backup_discard(r->database);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (name(path, r->stage, keys[i]) == CK_OK)
			(void)unlink(path);
	}
	if (name(path, r->stage, "keys") == CK_OK)
		(void)rmdir(path);
	(void)rmdir(r->stage);
}

static enum ck_err
restore_file(struct restore *r)
{
	enum ck_err err;

	clear_stage(r);		/* of one that was interrupted */
	if ((err = ck_keyfile_directory(r->stage)) != CK_OK ||
	    (err = stage_database(r)) != CK_OK ||
	    (err = open_database(r)) != CK_OK ||
	    (err = check_clinic(r)) != CK_OK ||
	    (err = unpack_keys(r)) != CK_OK ||
	    (err = check_keys(r)) != CK_OK ||
	    (err = begin_epoch(r)) != CK_OK)
		return err;
	/* into a folder of keys that exists: with the backup's, the next start
	 * writes it */
	if (!r->own_keys)
		anchor(r);
	ck_db_close(&r->store.db);

	return take_place(r);
}

static enum ck_err
restore_in_place(struct restore *r)
{
	enum ck_err err;

	if (access(r->target, F_OK) != 0)
		return CK_ERR_NOT_FOUND;
	if ((err = ck_db_open(&r->store.db, r->target,
	    CK_DB_READ_WRITE)) != CK_OK ||
	    (err = check_ours(r->store.db)) != CK_OK ||
	    (err = check_clinic(r)) != CK_OK ||
	    (err = begin_epoch(r)) != CK_OK)
		return err;
	anchor(r);

	return CK_OK;
}

static enum ck_err
prepare(struct restore *r)
{
	const char *directory = r->use->directory;
	char lock[PATH_MAX], instant[CK_INSTANT_LEN];
	enum ck_err err;

	r->store.lock = -1;
	r->store.clock = r->use->clock;
	r->store.directory = (char *)(uintptr_t)directory;
	ck_clock_instant(ck_clock_wall_ms(r->use->clock), instant);
	(void)snprintf(r->aside, sizeof(r->aside), ".before-restore-%.19sZ",
	    instant);
	if ((err = name(r->stage, directory, STAGE_NAME)) != CK_OK ||
	    (err = name(r->database, r->stage, CK_DATABASE_NAME)) != CK_OK ||
	    (err = name(r->target, directory, CK_DATABASE_NAME)) != CK_OK ||
	    (err = name(lock, directory, LOCK_NAME)) != CK_OK ||
	    (err = ck_keyfile_directory(directory)) != CK_OK ||
	    (err = ck_store_lock(&r->store, "checkind is running: systemctl "
	    "stop checkind, then restore again")) != CK_OK)
		return err;
	give(r, lock);

	return CK_OK;
}

enum ck_err
ck_backup_restore(const struct ck_backup_options *options)
{
	struct restore *r = calloc(1, sizeof(*r));
	enum ck_err err;

	if (r == NULL)
		return CK_ERR_NOMEM;
	r->use = options;
	if ((err = prepare(r)) == CK_OK) {
		err = options->path != NULL ? restore_file(r) :
		    restore_in_place(r);
		ck_db_close(&r->store.db);
		clear_stage(r);
	}
	ck_crypt_free(&r->store.crypt);
	ck_buf_wipe(&r->store.plain);
	ck_buf_wipe(&r->store.box);
	if (r->store.lock >= 0)
		(void)close(r->store.lock);
	free(r);

	return err;
}
