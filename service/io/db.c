/*
 * db.c - SQLite connections, their statements, and what their errors mean
 */
#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ck/log.h"
#include "io/db.h"

/* Slots of the statement cache: the program has about 70 statements. */
#define STATEMENT_SLOTS 256
#define STATEMENTS_MAX 192

/* How long to wait for another connection's lock: a backup, a report. */
#define BUSY_TIMEOUT_MS 5000

/* Pages of the log, of 4 KiB each, at which a commit folds it itself. */
#define LOG_PAGES_MAX 4000

/* No value we store is larger than an answer of a few KiB. */
#define VALUE_MAX (1024 * 1024)

struct ck_stmt {
	struct ck_db *db;
	const char *sql;	/* NULL: the slot is free */
	sqlite3_stmt *handle;
	int parameter;		/* last one bound */
	int column;		/* next one to take */
	int bind_result;	/* first failure of a bind, or SQLITE_OK */
};

struct ck_db {
	sqlite3 *handle;
	char *path;
	ck_db_log_fn log_grown;	/* NULL: nobody wants to know */
	void *log_ctx;
	int reported;		/* last failure told, so that it is told once */
	bool foreign;		/* damage is its caller's to tell */
	unsigned statement_count;
	bool looking;		/* reads share a snapshot */
	struct ck_stmt statements[STATEMENT_SLOTS];
};

/* What a failure of SQLite means to us, and what a person can do. */
struct meaning {
	int result;
	enum ck_err err;
	const char *advice;
};

static const struct meaning meanings[] = {
	{ SQLITE_FULL, CK_ERR_STORE_FULL,
	    "the disk is full; free space there. Nothing recorded is lost" },
	{ SQLITE_CORRUPT, CK_ERR_STORE_CORRUPT,
	    "the database is damaged; stop the service, keep the file, "
	    "restore a backup" },
	{ SQLITE_NOTADB, CK_ERR_STORE_CORRUPT,
	    "this file is not a database; move it away or restore a backup" },
	{ SQLITE_READONLY, CK_ERR_STORE,
	    "the file cannot be written; check its owner, its mode and "
	    "whether the disk is mounted read-only" },
	{ SQLITE_CANTOPEN, CK_ERR_STORE,
	    "the file cannot be opened; check that the directory exists and "
	    "belongs to the service" },
	{ SQLITE_IOERR, CK_ERR_STORE,
	    "the disk failed; check it and the kernel's log" },
	{ SQLITE_BUSY, CK_ERR_STORE,
	    "another program holds the database; end it" },
	{ SQLITE_NOMEM, CK_ERR_NOMEM, "out of memory" },
	{ SQLITE_CONSTRAINT, CK_ERR_REQUEST, "a rule of the schema says no" },
};

static const struct meaning unlisted = {
	SQLITE_ERROR, CK_ERR_STORE, "this is a fault of the program; report it"
};

/*
 * SQLite tells only ENOSPC as full; a quota or a size limit is the same. It
 * keeps no number for a failed commit, but errno still has it: every step
 * starts with errno at 0.
 */
static bool
is_out_of_space(int result)
{
	return (result & 0xff) == SQLITE_IOERR &&
	    (errno == ENOSPC || errno == EDQUOT || errno == EFBIG);
}

static const struct meaning *
meaning_of(int result)
{
	size_t i;

	if (is_out_of_space(result))
		result = SQLITE_FULL;
	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (meanings[i].result == (result & 0xff))
			return &meanings[i];
	}

	return &unlisted;
}

/* SQLite's own message can quote no value that we bind, only names. */
static enum ck_err
fail(struct ck_db *db, int result)
{
	const struct meaning *meaning = meaning_of(result);

	if (db->foreign && meaning->err == CK_ERR_STORE_CORRUPT)
		return meaning->err;
	if (meaning->err != CK_ERR_REQUEST && db->reported != result) {
		db->reported = result;
		ck_log(CK_LOG_ERROR, "store", "%s: %s (%s, %d)", db->path,
		    meaning->advice, sqlite3_errmsg(db->handle), result);
	}

	return meaning->err;
}

/* A file that is there must be no link, and ours to write. It is not opened:
 * to close it again would end every lock that other connections of this
 * process hold on it (fcntl(2)), and SQLite would lose what is in the WAL. */
static bool
is_usable(const char *path)
{
	struct stat info;

	if (lstat(path, &info) != 0)
		return false;
	if (S_ISLNK(info.st_mode)) {
		errno = ELOOP;
		return false;
	}

	return access(path, R_OK | W_OK) == 0;
}

/* SQLite creates files readable for all; ours hold people. */
static enum ck_err
create_private(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0 && errno == EEXIST && is_usable(path))
		return CK_OK;
	if (fd < 0) {
		ck_log(CK_LOG_ERROR, "store", "%s: cannot be created (%s); "
		    "check that the directory exists, is writable and not "
		    "full", path, strerror(errno));
		return errno == ENOSPC ? CK_ERR_STORE_FULL : CK_ERR_STORE;
	}
	(void)close(fd);

	return CK_OK;
}

static void
harden(sqlite3 *handle)
{
	(void)sqlite3_extended_result_codes(handle, 1);
	(void)sqlite3_busy_timeout(handle, BUSY_TIMEOUT_MS);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0,
	    NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	(void)sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	(void)sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
	(void)sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, VALUE_MAX);
}

/*
 * After a commit, in place of SQLite's own limit of the log. At 16 MiB the log
 * is folded here, at the cost of whoever waits: a page that changes often is
 * then written once for many commits, and reading the log back at start still
 * takes milliseconds. What fails is tried again with the next commit, and is
 * no failure of this one.
 */
static int
on_commit(void *ctx, sqlite3 *handle, const char *name, int pages)
{
	struct ck_db *db = ctx;

	if (db->log_grown != NULL)
		db->log_grown(db->log_ctx, pages);
	if (pages >= LOG_PAGES_MAX)
		(void)sqlite3_wal_checkpoint_v2(handle, name,
		    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	return SQLITE_OK;
}

/*
 * The page cache is 4 MiB for the writer and 1 MiB for a reader: the working
 * set of a day, within the memory that a small PC can spare.
 */
static enum ck_err
configure(struct ck_db *db, enum ck_db_mode mode)
{
	enum ck_err err;

	if (mode == CK_DB_READ_ONLY)
		return ck_db_exec(db, "PRAGMA query_only = ON;"
		    "PRAGMA cell_size_check = ON;"
		    "PRAGMA cache_size = -1024;");
	(void)sqlite3_wal_hook(db->handle, on_commit, db);
	err = ck_db_exec(db, "PRAGMA journal_mode = WAL;");
	if (err == CK_OK)
		err = ck_db_exec(db, "PRAGMA synchronous = FULL;"
		    "PRAGMA foreign_keys = ON;"
		    "PRAGMA secure_delete = ON;"
		    "PRAGMA cell_size_check = ON;"
		    "PRAGMA temp_store = MEMORY;"
		    "PRAGMA cache_size = -4096;"
		    "PRAGMA journal_size_limit = 16777216;");

	return err;
}

static enum ck_err
open_handle(struct ck_db *db, enum ck_db_mode mode)
{
	int flags = mode == CK_DB_READ_ONLY ? SQLITE_OPEN_READONLY :
	    SQLITE_OPEN_READWRITE;
	int result;

	result = sqlite3_open_v2(db->path, &db->handle,
	    flags | SQLITE_OPEN_NOMUTEX, NULL);
	if (db->handle == NULL)
		return CK_ERR_NOMEM;
	if (result != SQLITE_OK)
		return fail(db, result);
	harden(db->handle);

	return configure(db, mode);
}

/* SQLite keeps count of its memory under a lock at each allocation; nobody
 * reads that count. Only before the first connection. */
static void
initialise(void)
{
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum ck_err
ck_db_open(struct ck_db **out, const char *path, enum ck_db_mode mode)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct ck_db *db;
	enum ck_err err = CK_ERR_NOMEM;

	(void)pthread_once(&once, initialise);
	*out = NULL;
	if ((db = calloc(1, sizeof(*db))) == NULL)
		return CK_ERR_NOMEM;
	db->foreign = mode == CK_DB_FOREIGN;
	if ((db->path = strdup(path)) == NULL)
		goto out;
	if (mode == CK_DB_READ_WRITE &&
	    (err = create_private(path)) != CK_OK)
		goto out;
	if ((err = open_handle(db, mode)) != CK_OK)
		goto out;
	*out = db;
	db = NULL;
out:
	ck_db_close(&db);

	return err;
}

void
ck_db_close(struct ck_db **db)
{
	size_t i;

	if (*db == NULL)
		return;
	for (i = 0; i < STATEMENT_SLOTS; i++)
		(void)sqlite3_finalize((*db)->statements[i].handle);
	(void)sqlite3_close((*db)->handle);
	free((*db)->path);
	free(*db);
	*db = NULL;
}

/* In one step: in WAL mode reading stops no writer, and a copy in steps would
 * begin again after each commit. */
static enum ck_err
copy_pages(struct ck_db *from, struct ck_db *to)
{
	sqlite3_backup *backup = sqlite3_backup_init(to->handle, "main",
	    from->handle, "main");
	int result;

	if (backup == NULL)
		return fail(to, sqlite3_extended_errcode(to->handle));
	result = sqlite3_backup_step(backup, -1);
	(void)sqlite3_backup_finish(backup);

	return result == SQLITE_DONE ? CK_OK : fail(to, result);
}

enum ck_err
ck_db_copy(struct ck_db *db, const char *path)
{
	struct ck_db to = { .path = strdup(path) };
	enum ck_err err = CK_ERR_NOMEM;

	if (to.path == NULL)
		return CK_ERR_NOMEM;
	if ((err = create_private(path)) != CK_OK)
		goto out;
	if (sqlite3_open_v2(path, &to.handle, SQLITE_OPEN_READWRITE |
	    SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
		err = CK_ERR_STORE;
	else
		err = copy_pages(db, &to);
out:
	(void)sqlite3_close(to.handle);
	free(to.path);

	return err;
}

void
ck_db_on_log(struct ck_db *db, ck_db_log_fn fn, void *ctx)
{
	db->log_grown = fn;
	db->log_ctx = ctx;
}

enum ck_err
ck_db_fold(struct ck_db *db)
{
	int result = sqlite3_wal_checkpoint_v2(db->handle, NULL,
	    SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);

	/* Another one folds, and does the same work. */
	return result == SQLITE_OK || (result & 0xff) == SQLITE_BUSY ? CK_OK :
	    fail(db, result);
}

enum ck_err
ck_db_check(struct ck_db *db)
{
	static const char sql[] = "PRAGMA integrity_check(1)";
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row, good = false;

	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		good = strcmp(ck_stmt_take_text(stmt), "ok") == 0;
	ck_stmt_end(stmt);

	return err == CK_OK && !good ? CK_ERR_STORE_CORRUPT : err;
}

const char *
ck_db_path(const struct ck_db *db)
{
	return db->path;
}

enum ck_err
ck_db_exec(struct ck_db *db, const char *sql)
{
	int result;

	errno = 0;
	result = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);

	return result == SQLITE_OK ? CK_OK : fail(db, result);
}

static enum ck_err
run_constant(struct ck_db *db, const char *sql)
{
	struct ck_stmt *stmt;
	enum ck_err err = ck_db_prepare(db, sql, &stmt);

	return err == CK_OK ? ck_stmt_run(stmt) : err;
}

enum ck_err
ck_db_begin(struct ck_db *db)
{
	static const char sql[] = "BEGIN IMMEDIATE";

	ck_db_look_away(db);

	return run_constant(db, sql);
}

void
ck_db_look(struct ck_db *db)
{
	static const char sql[] = "BEGIN";

	/* Without it each read finds its own snapshot, as before. */
	if (!db->looking && !ck_db_in_transaction(db))
		db->looking = run_constant(db, sql) == CK_OK;
}

/* Not ck_db_rollback(): here every statement has been ended, and to end them
 * all once more costs more than the look. */
void
ck_db_look_away(struct ck_db *db)
{
	static const char sql[] = "ROLLBACK";

	if (db->looking && run_constant(db, sql) != CK_OK)
		ck_db_rollback(db);
	db->looking = false;
}

enum ck_err
ck_db_commit(struct ck_db *db)
{
	static const char sql[] = "COMMIT";
	enum ck_err err;

	if ((err = run_constant(db, sql)) == CK_OK)
		db->reported = SQLITE_OK;

	return err;
}

void
ck_db_rollback(struct ck_db *db)
{
	static const char sql[] = "ROLLBACK";
	size_t i;

	db->looking = false;
	for (i = 0; i < STATEMENT_SLOTS; i++) {
		if (db->statements[i].sql != NULL)
			ck_stmt_end(&db->statements[i]);
	}
	if (sqlite3_get_autocommit(db->handle) != 0)
		return;
	if (run_constant(db, sql) != CK_OK)
		ck_log(CK_LOG_ERROR, "store", "%s: rollback failed",
		    db->path);
}

bool
ck_db_in_transaction(const struct ck_db *db)
{
	return !db->looking && sqlite3_get_autocommit(db->handle) == 0;
}

/* Where the literal at this address is, or would be. Open addressing. */
static struct ck_stmt *
slot_of(struct ck_db *db, const char *sql)
{
	size_t i = ((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 56;

	while (db->statements[i].sql != NULL && db->statements[i].sql != sql)
		i = (i + 1) % STATEMENT_SLOTS;

	return &db->statements[i];
}

enum ck_err
ck_db_prepare(struct ck_db *db, const char *sql, struct ck_stmt **out)
{
	struct ck_stmt *stmt = slot_of(db, sql);
	int result;

	*out = NULL;
	if (stmt->sql == NULL) {
		if (db->statement_count >= STATEMENTS_MAX)
			return CK_ERR_LIMIT;
		result = sqlite3_prepare_v3(db->handle, sql, -1,
		    SQLITE_PREPARE_PERSISTENT, &stmt->handle, NULL);
		if (result != SQLITE_OK)
			return fail(db, result);
		stmt->db = db;
		stmt->sql = sql;
		db->statement_count++;
	}
	stmt->parameter = 0;
	stmt->column = 0;
	stmt->bind_result = SQLITE_OK;
	*out = stmt;

	return CK_OK;
}

static void
note_bind(struct ck_stmt *stmt, int result)
{
	if (result != SQLITE_OK && stmt->bind_result == SQLITE_OK)
		stmt->bind_result = result;
}

void
ck_stmt_bind_int(struct ck_stmt *stmt, int64_t value)
{
	note_bind(stmt, sqlite3_bind_int64(stmt->handle, ++stmt->parameter,
	    value));
}

void
ck_stmt_bind_text(struct ck_stmt *stmt, const char *value)
{
	note_bind(stmt, sqlite3_bind_text(stmt->handle, ++stmt->parameter,
	    value, -1, SQLITE_STATIC));
}

void
ck_stmt_bind_blob(struct ck_stmt *stmt, struct ck_span value)
{
	const void *bytes = value.len == 0 ? "" : (const void *)value.ptr;

	note_bind(stmt, sqlite3_bind_blob64(stmt->handle, ++stmt->parameter,
	    bytes, value.len, SQLITE_STATIC));
}

void
ck_stmt_bind_null(struct ck_stmt *stmt)
{
	note_bind(stmt, sqlite3_bind_null(stmt->handle, ++stmt->parameter));
}

enum ck_err
ck_stmt_next(struct ck_stmt *stmt, bool *row)
{
	enum ck_err err;
	int result = stmt->bind_result;

	*row = false;
	stmt->column = 0;
	errno = 0;
	if (result == SQLITE_OK)
		result = sqlite3_step(stmt->handle);
	if (result == SQLITE_ROW || result == SQLITE_DONE) {
		*row = result == SQLITE_ROW;
		return CK_OK;
	}
	err = fail(stmt->db, result);
	ck_stmt_end(stmt);

	return err;
}

enum ck_err
ck_stmt_run(struct ck_stmt *stmt)
{
	bool row = true;
	enum ck_err err = CK_OK;

	while (err == CK_OK && row)
		err = ck_stmt_next(stmt, &row);
	ck_stmt_end(stmt);

	return err;
}

int64_t
ck_stmt_take_int(struct ck_stmt *stmt)
{
	return sqlite3_column_int64(stmt->handle, stmt->column++);
}

const char *
ck_stmt_take_text(struct ck_stmt *stmt)
{
	const unsigned char *text;

	text = sqlite3_column_text(stmt->handle, stmt->column++);

	return text == NULL ? "" : (const char *)text;
}

struct ck_span
ck_stmt_take_blob(struct ck_stmt *stmt)
{
	int column = stmt->column++;
	const void *bytes = sqlite3_column_blob(stmt->handle, column);
	int len = sqlite3_column_bytes(stmt->handle, column);

	return bytes == NULL ? CK_SPAN_EMPTY : ck_span_of(bytes, (size_t)len);
}

void
ck_stmt_end(struct ck_stmt *stmt)
{
	(void)sqlite3_reset(stmt->handle);
	(void)sqlite3_clear_bindings(stmt->handle);
}

enum ck_err
ck_db_int(struct ck_db *db, const char *sql, int64_t *out)
{
	struct ck_stmt *stmt;
	enum ck_err err;
	bool row;

	*out = 0;
	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
		*out = ck_stmt_take_int(stmt);
	ck_stmt_end(stmt);

	return err;
}

int64_t
ck_db_last_rowid(const struct ck_db *db)
{
	return sqlite3_last_insert_rowid(db->handle);
}

void
ck_db_clear_last_rowid(struct ck_db *db)
{
	sqlite3_set_last_insert_rowid(db->handle, 0);
}

int64_t
ck_db_changes(const struct ck_db *db)
{
	return sqlite3_changes64(db->handle);
}
