/*
 * sql.h - one way to speak to either database of the ledger
 *
 * In the flow:  ledger, collect -> [sql] -> db.h (SQLite) or pg.h (PostgreSQL)
 *
 * A statement is written once, in the SQL that both understand: parameters are
 * $1, $2 … and appear in rising order; ON CONFLICT, RETURNING and CAST are
 * good, ? and the functions of one of them are not. Where the two differ
 * (FOR UPDATE SKIP LOCKED, partitions), ck_sql_is_server() tells them apart.
 *
 *	struct ck_sql_stmt stmt;
 *
 *	if ((err = ck_sql_prepare(sql, "SELECT b FROM t WHERE a = $1", &stmt)) …
 *	ck_sql_bind_int(&stmt, 7);
 *	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
 *		b = ck_sql_take_int(&stmt);
 *	ck_sql_end(&stmt);
 *
 * A connection belongs to one thread at a time.
 */
#ifndef SERVICE_IO_SQL_H
#define SERVICE_IO_SQL_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_sql;		/* opaque: one connection to one of them */

/* A prepared statement in use, of one or the other. Its memory is the
 * caller's, what it points to the connection's. */
struct ck_sql_stmt {
	struct ck_stmt *file;		/* SQLite; NULL: the other */
	struct ck_pg_stmt *server;
};

/*
 * Open the database at where: a path, which SQLite creates when it is absent,
 * or "postgresql://…" or "host=… dbname=…" for PostgreSQL. A password belongs
 * into the passfile that this names, never into where.
 *
 * Returns  CK_OK
 *          CK_ERR_SERVER_GONE  PostgreSQL does not answer
 *          CK_ERR_CONFIG       it refuses us: user, password, database
 *          CK_ERR_STORE…, CK_ERR_NOMEM as ck_db_open()
 */
CK_MUST_CHECK enum ck_err
ck_sql_open(struct ck_sql **out, const char *where);

/* Close and set *sql to NULL. NULL is allowed. */
void ck_sql_close(struct ck_sql **sql);

/* True when where, as for ck_sql_open(), names a PostgreSQL server. */
bool ck_sql_names_server(const char *where);

/* True for a PostgreSQL server, false for SQLite. */
bool ck_sql_is_server(const struct ck_sql *sql);

/* Run statements that give no rows. A constant of the program, or made of
 * numbers alone. */
CK_MUST_CHECK enum ck_err ck_sql_exec(struct ck_sql *sql, const char *text);

/*
 * Start a transaction, or end it. A connection that was lost is made anew by
 * the next call outside a transaction. After any error roll back.
 *
 * Returns  as ck_sql_next(). After CK_ERR_SERVER_GONE of a commit nobody
 *          knows whether it was done: do it again in a way that counts once.
 */
CK_MUST_CHECK enum ck_err ck_sql_begin(struct ck_sql *sql);
CK_MUST_CHECK enum ck_err ck_sql_commit(struct ck_sql *sql);
void ck_sql_rollback(struct ck_sql *sql);

/* Let all reads until ck_sql_rollback() see one state, whatever is written
 * meanwhile. Returns as ck_sql_begin(). */
CK_MUST_CHECK enum ck_err ck_sql_view(struct ck_sql *sql);

/*
 * The prepared form of text, ready to be bound.
 *
 * text  A string literal: the cache knows it by its address.
 *
 * Returns as ck_sql_next(); CK_ERR_LIMIT: the cache is full.
 */
CK_MUST_CHECK enum ck_err
ck_sql_prepare(struct ck_sql *sql, const char *text, struct ck_sql_stmt *out);

/* Bind the next parameter. Text and bytes are borrowed until the statement has
 * run, was queued, or has given its first row. */
void ck_sql_bind_int(struct ck_sql_stmt *stmt, int64_t value);
void ck_sql_bind_text(struct ck_sql_stmt *stmt, const char *value);
void ck_sql_bind_blob(struct ck_sql_stmt *stmt, struct ck_span value);
void ck_sql_bind_null(struct ck_sql_stmt *stmt);

/*
 * Step. *row tells whether there is a row to take columns from.
 *
 * Returns  CK_OK
 *          CK_ERR_REQUEST        a UNIQUE, CHECK or foreign key rule says no
 *          CK_ERR_SERVER_GONE    PostgreSQL went away: begin again later
 *          CK_ERR_LEDGER_BUSY    another collector was faster: begin again
 *          CK_ERR_STORE_FULL, CK_ERR_STORE_CORRUPT, CK_ERR_STORE, CK_ERR_NOMEM
 *          On error the statement is ended already.
 */
CK_MUST_CHECK enum ck_err ck_sql_next(struct ck_sql_stmt *stmt, bool *row);

/* Step through to the end and end the statement. Returns as ck_sql_next(). */
CK_MUST_CHECK enum ck_err ck_sql_run(struct ck_sql_stmt *stmt);

/*
 * As ck_sql_run(), without waiting: PostgreSQL gets it together with what
 * follows, and a failure is told by a later call of this connection, by the
 * commit at the latest. Only inside a transaction.
 */
CK_MUST_CHECK enum ck_err ck_sql_queue(struct ck_sql_stmt *stmt);

/* Take the next column. Text and bytes are borrowed until the next step or
 * end. NULL reads as 0, "" and an empty span. */
int64_t ck_sql_take_int(struct ck_sql_stmt *stmt);
const char *ck_sql_take_text(struct ck_sql_stmt *stmt);
struct ck_span ck_sql_take_blob(struct ck_sql_stmt *stmt);

/* Let go of the row and of all that was bound. Harmless when repeated. */
void ck_sql_end(struct ck_sql_stmt *stmt);

/* Run text, a literal without parameters, and take one integer; 0: no row. */
CK_MUST_CHECK enum ck_err
ck_sql_int(struct ck_sql *sql, const char *text, int64_t *out);

#endif /* SERVICE_IO_SQL_H */
