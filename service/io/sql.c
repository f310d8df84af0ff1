/*
 * sql.c - one way to speak to either database of the ledger
 */
#include <stdlib.h>
#include <string.h>

#include "io/db.h"
#include "io/pg.h"
#include "io/sql.h"

struct ck_sql {
	struct ck_db *file;	/* one of the two, the other is NULL */
	struct ck_pg *server;
};

bool
ck_sql_names_server(const char *where)
{
	return strncmp(where, "postgresql://", 13) == 0 ||
	    strncmp(where, "postgres://", 11) == 0 ||
	    strncmp(where, "host=", 5) == 0 ||
	    strncmp(where, "dbname=", 7) == 0 ||
	    strncmp(where, "service=", 8) == 0;
}

enum ck_err
ck_sql_open(struct ck_sql **out, const char *where)
{
	struct ck_sql *sql = calloc(1, sizeof(*sql));
	enum ck_err err;

	*out = NULL;
	if (sql == NULL)
		return CK_ERR_NOMEM;
	if (ck_sql_names_server(where))
		err = ck_pg_open(&sql->server, where);
	else
		err = ck_db_open(&sql->file, where, CK_DB_READ_WRITE);
	if (err == CK_OK)
		*out = sql;
	else
		free(sql);

	return err;
}

void
ck_sql_close(struct ck_sql **sql)
{
	if (*sql == NULL)
		return;
	ck_db_close(&(*sql)->file);
	ck_pg_close(&(*sql)->server);
	free(*sql);
	*sql = NULL;
}

bool
ck_sql_is_server(const struct ck_sql *sql)
{
	return sql->server != NULL;
}

enum ck_err
ck_sql_exec(struct ck_sql *sql, const char *text)
{
	return sql->server != NULL ? ck_pg_exec(sql->server, text) :
	    ck_db_exec(sql->file, text);
}

enum ck_err
ck_sql_begin(struct ck_sql *sql)
{
	return sql->server != NULL ? ck_pg_begin(sql->server) :
	    ck_db_begin(sql->file);
}

enum ck_err
ck_sql_commit(struct ck_sql *sql)
{
	return sql->server != NULL ? ck_pg_commit(sql->server) :
	    ck_db_commit(sql->file);
}

void
ck_sql_rollback(struct ck_sql *sql)
{
	if (sql->server != NULL)
		ck_pg_rollback(sql->server);
	else
		ck_db_rollback(sql->file);
}

enum ck_err
ck_sql_view(struct ck_sql *sql)
{
	if (sql->server != NULL)
		return ck_pg_view(sql->server);
	ck_db_look(sql->file);

	return CK_OK;
}

enum ck_err
ck_sql_prepare(struct ck_sql *sql, const char *text, struct ck_sql_stmt *out)
{
	*out = (struct ck_sql_stmt){ NULL, NULL };

	return sql->server != NULL ?
	    ck_pg_prepare(sql->server, text, &out->server) :
	    ck_db_prepare(sql->file, text, &out->file);
}

void
ck_sql_bind_int(struct ck_sql_stmt *stmt, int64_t value)
{
	if (stmt->server != NULL)
		ck_pg_bind_int(stmt->server, value);
	else
		ck_stmt_bind_int(stmt->file, value);
}

void
ck_sql_bind_text(struct ck_sql_stmt *stmt, const char *value)
{
	if (stmt->server != NULL)
		ck_pg_bind_text(stmt->server, value);
	else
		ck_stmt_bind_text(stmt->file, value);
}

void
ck_sql_bind_blob(struct ck_sql_stmt *stmt, struct ck_span value)
{
	if (stmt->server != NULL)
		ck_pg_bind_blob(stmt->server, value);
	else
		ck_stmt_bind_blob(stmt->file, value);
}

void
ck_sql_bind_null(struct ck_sql_stmt *stmt)
{
	if (stmt->server != NULL)
		ck_pg_bind_null(stmt->server);
	else
		ck_stmt_bind_null(stmt->file);
}

enum ck_err
ck_sql_next(struct ck_sql_stmt *stmt, bool *row)
{
	return stmt->server != NULL ? ck_pg_next(stmt->server, row) :
	    ck_stmt_next(stmt->file, row);
}

enum ck_err
ck_sql_run(struct ck_sql_stmt *stmt)
{
	return stmt->server != NULL ? ck_pg_run(stmt->server) :
	    ck_stmt_run(stmt->file);
}

enum ck_err
ck_sql_queue(struct ck_sql_stmt *stmt)
{
	return stmt->server != NULL ? ck_pg_queue(stmt->server) :
	    ck_stmt_run(stmt->file);
}

int64_t
ck_sql_take_int(struct ck_sql_stmt *stmt)
{
	return stmt->server != NULL ? ck_pg_take_int(stmt->server) :
	    ck_stmt_take_int(stmt->file);
}

const char *
ck_sql_take_text(struct ck_sql_stmt *stmt)
{
	return stmt->server != NULL ? ck_pg_take_text(stmt->server) :
	    ck_stmt_take_text(stmt->file);
}

struct ck_span
ck_sql_take_blob(struct ck_sql_stmt *stmt)
{
	return stmt->server != NULL ? ck_pg_take_blob(stmt->server) :
	    ck_stmt_take_blob(stmt->file);
}

void
ck_sql_end(struct ck_sql_stmt *stmt)
{
	if (stmt->server != NULL)
		ck_pg_end(stmt->server);
	else if (stmt->file != NULL)
		ck_stmt_end(stmt->file);
}

enum ck_err
ck_sql_int(struct ck_sql *sql, const char *text, int64_t *out)
{
	struct ck_sql_stmt stmt;
	enum ck_err err;
	bool row;

	*out = 0;
	if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	if ((err = ck_sql_next(&stmt, &row)) == CK_OK && row)
		*out = ck_sql_take_int(&stmt);
	ck_sql_end(&stmt);

	return err;
}
