/*
 * pg.h - the only door to libpq
 *
 * In the flow:  sql.h -> [pg] -> PostgreSQL
 *
 * The verbs of db.h for a PostgreSQL server. Nobody but sql.c calls them:
 * sql.h says what they promise. Statements that were queued travel in
 * libpq's pipeline, so that a hundred rows cost one journey.
 */
#ifndef SERVICE_IO_PG_H
#define SERVICE_IO_PG_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_pg;		/* opaque: one connection */
struct ck_pg_stmt;	/* opaque: one prepared statement, owned by its pg */

/*
 * Connect. where is a connection string of libpq. A statement that takes
 * longer than a minute is given up, and so is a server that does not answer
 * for 10 s.
 *
 * Returns CK_OK, CK_ERR_SERVER_GONE, CK_ERR_CONFIG, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_pg_open(struct ck_pg **out, const char *where);

/* Close and set *pg to NULL. NULL is allowed. */
void ck_pg_close(struct ck_pg **pg);

/* As the functions of the same name in sql.h. */
CK_MUST_CHECK enum ck_err ck_pg_exec(struct ck_pg *pg, const char *text);
CK_MUST_CHECK enum ck_err ck_pg_begin(struct ck_pg *pg);
CK_MUST_CHECK enum ck_err ck_pg_view(struct ck_pg *pg);
CK_MUST_CHECK enum ck_err ck_pg_commit(struct ck_pg *pg);
void ck_pg_rollback(struct ck_pg *pg);
CK_MUST_CHECK enum ck_err
ck_pg_prepare(struct ck_pg *pg, const char *text, struct ck_pg_stmt **out);
void ck_pg_bind_int(struct ck_pg_stmt *stmt, int64_t value);
void ck_pg_bind_text(struct ck_pg_stmt *stmt, const char *value);
void ck_pg_bind_blob(struct ck_pg_stmt *stmt, struct ck_span value);
void ck_pg_bind_null(struct ck_pg_stmt *stmt);
CK_MUST_CHECK enum ck_err ck_pg_next(struct ck_pg_stmt *stmt, bool *row);
CK_MUST_CHECK enum ck_err ck_pg_run(struct ck_pg_stmt *stmt);
CK_MUST_CHECK enum ck_err ck_pg_queue(struct ck_pg_stmt *stmt);
int64_t ck_pg_take_int(struct ck_pg_stmt *stmt);
const char *ck_pg_take_text(struct ck_pg_stmt *stmt);
struct ck_span ck_pg_take_blob(struct ck_pg_stmt *stmt);
void ck_pg_end(struct ck_pg_stmt *stmt);

#endif /* SERVICE_IO_PG_H */
