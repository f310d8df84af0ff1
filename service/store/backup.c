/*
 * backup.c - a copy of the database in one file
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "store/backup.h"
#include "store/backup_file.h"
#include "store/internal.h"
#include "store/keyfile.h"

#define SYMBOLS "abcdefghijklmnopqrstuvwxyz0123456789-"
#define SUFFIX ".key"

enum ck_err
ck_backup_refuse(struct ck_store *store)
{
	int64_t marked;
	enum ck_err err = ck_db_int(store->db, "SELECT count(*) FROM "
	    "sqlite_schema WHERE name = 'backup'", &marked);

	if (err != CK_OK || marked == 0)
		return err;
	ck_log(CK_LOG_ERROR, "store", "%s: this file is a backup that was "
	    "copied here; move it elsewhere and run \"checkin restore\" on "
	    "it, so that nothing is counted twice", ck_db_path(store->db));

	return CK_ERR_STORE;
}

bool
ck_backup_key_name(const char *name)
{
	size_t len = strspn(name, SYMBOLS);

	return len > 0 && len < 48 && strcmp(name + len, SUFFIX) == 0;
}

bool
ck_backup_sync(const char *path, int flags)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | flags);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0)
		(void)close(fd);

	return good;
}

enum ck_err
ck_backup_system_error(const char *path)
{
	int number = errno;

	ck_log(CK_LOG_ERROR, "store", "%s: %s", path, strerror(number));

	return number == ENOSPC || number == EDQUOT ? CK_ERR_STORE_FULL :
	    CK_ERR_SYSTEM;
}

static enum ck_err
put_key(struct ck_db *db, const char *directory, const char *name)
{
	static const char sql[] =
	    "INSERT INTO backup_key (name, value) VALUES (?, ?)";
	uint8_t key[CK_KEY_LEN];
	char path[PATH_MAX];
	struct ck_stmt *stmt;
	enum ck_err err;

	(void)snprintf(path, sizeof(path), "%s/keys/%s", directory, name);
	if ((err = ck_keyfile_load(path, false, key)) != CK_OK)
		return err;
	if ((err = ck_db_prepare(db, sql, &stmt)) == CK_OK) {
		ck_stmt_bind_text(stmt, name);
		ck_stmt_bind_blob(stmt, ck_span_of(key, sizeof(key)));
		err = ck_stmt_run(stmt);
	}
	OPENSSL_cleanse(key, sizeof(key));

	return err;
}

static enum ck_err
put_keys(struct ck_db *db, const char *directory)
{
	char path[PATH_MAX];
	struct dirent *entry;
	enum ck_err err = CK_OK;
	DIR *keys;

	(void)snprintf(path, sizeof(path), "%s/keys", directory);
	if ((keys = opendir(path)) == NULL)
		return ck_backup_system_error(path);
	while (err == CK_OK && (entry = readdir(keys)) != NULL) {
		if (ck_backup_key_name(entry->d_name))
			err = put_key(db, directory, entry->d_name);
	}
	(void)closedir(keys);

	return err;
}

static enum ck_err
describe(struct ck_db *db, const struct ck_backup_options *options)
{
	static const char sql[] = "INSERT INTO backup (made_ms) VALUES (?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_exec(db, "CREATE TABLE backup (made_ms INTEGER NOT "
	    "NULL) STRICT; CREATE TABLE backup_key (name TEXT PRIMARY KEY, "
	    "value BLOB NOT NULL) STRICT")) != CK_OK ||
	    (err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, ck_clock_wall_ms(options->clock));
	if ((err = ck_stmt_run(stmt)) == CK_OK && options->with_keys)
		err = put_keys(db, options->directory);

	return err;
}

/* One file that can be read from anywhere: no log beside it. */
static enum ck_err
finish(const char *path, const struct ck_backup_options *options)
{
	struct ck_db *db;
	enum ck_err err = ck_db_open(&db, path, CK_DB_READ_WRITE);

	if (err != CK_OK)
		return err;
	if ((err = ck_db_check(db)) == CK_OK &&
	    (err = ck_db_begin(db)) == CK_OK) {
		err = describe(db, options);
		if (err == CK_OK)
			err = ck_db_commit(db);
		if (err != CK_OK)
			ck_db_rollback(db);
	}
	if (err == CK_OK)
		err = ck_db_exec(db, "PRAGMA journal_mode = DELETE;");
	ck_db_close(&db);

	return err;
}

static enum ck_err
copy(const struct ck_backup_options *options, const char *fresh)
{
	struct ck_db *db;
	enum ck_err err = ck_store_open_figures(options->directory, &db);

	if (err != CK_OK)
		return err;
	err = ck_db_copy(db, fresh);
	ck_db_close(&db);

	return err;
}

static enum ck_err
keep(const char *fresh, const char *path)
{
	char copy_of_path[PATH_MAX];

	(void)snprintf(copy_of_path, sizeof(copy_of_path), "%s", path);
	if (!ck_backup_sync(fresh, 0) || rename(fresh, path) != 0 ||
	    !ck_backup_sync(dirname(copy_of_path), O_DIRECTORY))
		return ck_backup_system_error(path);

	return CK_OK;
}

enum ck_err
ck_backup_write(const struct ck_backup_options *options)
{
	char fresh[PATH_MAX];
	enum ck_err err;
	int fd, len = snprintf(fresh, sizeof(fresh), "%s.XXXXXX",
	    options->path);

	if (len < 0 || (size_t)len >= sizeof(fresh) - 8)
		return CK_ERR_LIMIT;
	if ((fd = mkstemp(fresh)) < 0)
		return ck_backup_system_error(options->path);
	(void)close(fd);
	if ((err = copy(options, fresh)) == CK_OK &&
	    (err = finish(fresh, options)) == CK_OK)
		err = keep(fresh, options->path);
	if (err != CK_OK)
		ck_backup_discard(fresh);

	return err;
}

void
ck_backup_discard(const char *path)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal" };
	char name[PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		int len = snprintf(name, sizeof(name), "%s%s", path, ends[i]);

		if (len > 0 && (size_t)len < sizeof(name))
			(void)unlink(name);
	}
}
