/*
 * db.h - the only door to SQLite
 *
 * A connection with its prepared statements, used in order: bind the
 * parameters from left to right, step, take the columns from left to right.
 *
 *	struct ck_stmt *stmt;
 *
 *	if ((err = ck_db_prepare(db, "SELECT b FROM t WHERE a = ?", &stmt)) …
 *	ck_stmt_bind_int(stmt, 7);
 *	if ((err = ck_stmt_next(stmt, &row)) == CK_OK && row)
 *		b = ck_stmt_take_int(stmt);
 *	ck_stmt_end(stmt);
 *
 * A connection belongs to one thread at a time.
 */
#ifndef SERVICE_IO_DB_H
#define SERVICE_IO_DB_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_db;		/* opaque: one connection */
struct ck_stmt;		/* opaque: one prepared statement, owned by its db */

enum ck_db_mode {
	CK_DB_READ_WRITE,	/* creates an absent file, mode 0600 */
	CK_DB_READ_ONLY,
	CK_DB_BESIDE,		/* writes a file that this program has open */
	CK_DB_FOREIGN		/* as READ_WRITE, of a file that somebody
				 * brought: of damage nothing is logged */
};

/*
 * Open path in WAL mode with synchronous=FULL, foreign keys on, deleted
 * content overwritten, and a schema that is not trusted.
 *
 * Returns  CK_OK
 *          CK_ERR_STORE_CORRUPT  not a database, or damaged
 *          CK_ERR_STORE_FULL, CK_ERR_STORE, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_db_open(struct ck_db **out, const char *path, enum ck_db_mode mode);

/* Finish every statement, close and set *db to NULL. NULL is allowed. */
void ck_db_close(struct ck_db **db);

/*
 * Copy all of db, as it stands at one instant, into the file at path, which is
 * made with mode 0600 or overwritten. Others may read and write db meanwhile;
 * none of them waits. Returns as ck_db_open().
 */
CK_MUST_CHECK enum ck_err ck_db_copy(struct ck_db *db, const char *path);

/*
 * Call fn(ctx, pages) after each commit of db, with the pages that its log
 * holds: fewer than before when the log has begun anew. fn must not touch db.
 * One listener; NULL: none.
 */
typedef void (*ck_db_log_fn)(void *ctx, int pages);
void ck_db_on_log(struct ck_db *db, ck_db_log_fn fn, void *ctx);

/*
 * Fold the log into the database, as far as it is synced and nobody reads what
 * it replaces. Others read and write meanwhile. A commit at 16 MiB of log does
 * this by itself. Returns CK_OK, also when something is left; or an error of
 * the database.
 */
CK_MUST_CHECK enum ck_err ck_db_fold(struct ck_db *db);

/* Look at every page and index. Returns CK_OK, CK_ERR_STORE_CORRUPT, or an
 * error of the database. */
CK_MUST_CHECK enum ck_err ck_db_check(struct ck_db *db);

/* The path given to ck_db_open(). */
const char *ck_db_path(const struct ck_db *db);

/*
 * Run statements that give no rows, and finish at the first that fails.
 * sql is a constant of the program, never text from outside.
 */
CK_MUST_CHECK enum ck_err ck_db_exec(struct ck_db *db, const char *sql);

/* Start a write transaction, or end it. Rollback outside one does nothing. */
CK_MUST_CHECK enum ck_err ck_db_begin(struct ck_db *db);
CK_MUST_CHECK enum ck_err ck_db_commit(struct ck_db *db);
void ck_db_rollback(struct ck_db *db);

/*
 * Let the reads that follow share one snapshot: finding one costs two locks of
 * the file each time. It ends with ck_db_begin() or ck_db_look_away(); until
 * then no checkpoint can finish, so look away at the end of a turn. Does
 * nothing inside a transaction.
 */
void ck_db_look(struct ck_db *db);
void ck_db_look_away(struct ck_db *db);

/* True between begin and commit, unless SQLite has rolled back by itself. */
bool ck_db_in_transaction(const struct ck_db *db);

/*
 * The prepared form of sql, from the connection's cache, ready to be bound.
 *
 * sql   A string literal: the cache knows it by its address.
 * *out  Borrowed. One use at a time: finish with ck_stmt_end().
 *
 * Returns CK_OK, or an error of the database; CK_ERR_LIMIT when the program
 * uses more statements than the cache holds.
 */
CK_MUST_CHECK enum ck_err
ck_db_prepare(struct ck_db *db, const char *sql, struct ck_stmt **out);

/* Bind the next parameter. Text and bytes are borrowed until ck_stmt_end().
 * A failure is told by the next step. An empty span binds an empty blob. */
void ck_stmt_bind_int(struct ck_stmt *stmt, int64_t value);
void ck_stmt_bind_text(struct ck_stmt *stmt, const char *value);
void ck_stmt_bind_blob(struct ck_stmt *stmt, struct ck_span value);
void ck_stmt_bind_null(struct ck_stmt *stmt);

/*
 * Step. *row tells whether there is a row to take columns from.
 *
 * Returns  CK_OK
 *          CK_ERR_REQUEST        a UNIQUE, CHECK or foreign key rule says no
 *          CK_ERR_STORE_FULL     the disk is full: free space and go on
 *          CK_ERR_STORE_CORRUPT  the file is damaged
 *          CK_ERR_STORE          anything else, told in the log
 *          CK_ERR_NOMEM
 *          On error the statement is ended already.
 */
CK_MUST_CHECK enum ck_err ck_stmt_next(struct ck_stmt *stmt, bool *row);

/* Step through to the end and end the statement. Returns as ck_stmt_next(). */
CK_MUST_CHECK enum ck_err ck_stmt_run(struct ck_stmt *stmt);

/* Take the next column of the row. Text and bytes are borrowed until the next
 * step or end. NULL reads as 0, "" and an empty span. */
int64_t ck_stmt_take_int(struct ck_stmt *stmt);
const char *ck_stmt_take_text(struct ck_stmt *stmt);
struct ck_span ck_stmt_take_blob(struct ck_stmt *stmt);

/* Let go of the row and of all that was bound. Harmless when repeated. */
void ck_stmt_end(struct ck_stmt *stmt);

/* Run sql, which takes no parameters, and take one integer; 0 without a row. */
CK_MUST_CHECK enum ck_err
ck_db_int(struct ck_db *db, const char *sql, int64_t *out);

/* The rowid of the last insert, and the rows the last statement changed. */
int64_t ck_db_last_rowid(const struct ck_db *db);
void ck_db_clear_last_rowid(struct ck_db *db);	/* to 0 */
int64_t ck_db_changes(const struct ck_db *db);

#endif /* SERVICE_IO_DB_H */
