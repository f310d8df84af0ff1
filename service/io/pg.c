/*
 * pg.c - a connection to PostgreSQL, its statements, what its errors mean
 */
#include <libpq-fe.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "io/pg.h"

/* Slots of the statement cache, as in db.c. */
#define STATEMENT_SLOTS 256
#define STATEMENTS_MAX 192

/* Parameters of one statement: a figure has 22. */
#define PARAMETERS_MAX 32

/* Digits of a number with its sign and NUL. */
#define NUMBER_LEN 24

/* Statements on their way at most: what the socket's buffers hold easily. */
#define QUEUE_MAX 256

struct ck_pg_stmt {
	struct ck_pg *pg;
	const char *sql;		/* NULL: the slot is free */
	char name[16];
	unsigned prepared;		/* for this connection; see pg->serial */
	PGresult *result;
	int row, column;		/* next column to take */
	int count;			/* parameters bound */
	const char *value[PARAMETERS_MAX];
	int length[PARAMETERS_MAX];
	int binary[PARAMETERS_MAX];
	char number[PARAMETERS_MAX][NUMBER_LEN];
	struct ck_buf bytes;		/* of the last blob taken */
};

struct ck_pg {
	PGconn *handle;
	unsigned serial;		/* of the connection: 1, 2, 3 … */
	unsigned statement_count;
	unsigned queued;		/* results that have not been read */
	bool open;			/* a transaction */
	bool told;			/* the last failure, so that it is
					 * told once */
	struct ck_pg_stmt statements[STATEMENT_SLOTS];
};

/* What a failure means to us, by the beginning of its SQLSTATE. */
struct meaning {
	const char *state;
	enum ck_err err;
	const char *advice;
};

/* Source: PostgreSQL 15 documentation, appendix A. */
static const struct meaning meanings[] = {
	{ "08", CK_ERR_SERVER_GONE, "the connection is lost" },
	{ "57P", CK_ERR_SERVER_GONE, "the server is stopping or starting" },
	{ "40", CK_ERR_LEDGER_BUSY, "another collector was faster" },
	{ "55P03", CK_ERR_LEDGER_BUSY, "another collector holds a lock" },
	{ "57014", CK_ERR_LEDGER_BUSY, "it took too long; look for locks" },
	{ "23", CK_ERR_REQUEST, "a rule of the schema says no" },
	{ "53100", CK_ERR_STORE_FULL, "the server's disk is full" },
	{ "53", CK_ERR_SERVER_GONE, "the server lacks connections or memory" },
	{ "28", CK_ERR_CONFIG, "the server does not let us in; check user, "
	    "passfile and pg_hba.conf" },
	{ "3D", CK_ERR_CONFIG, "there is no such database; create it" },
	{ "42501", CK_ERR_CONFIG, "our user may not do this; it must own the "
	    "tables" },
	{ "XX", CK_ERR_STORE_CORRUPT, "the server's files are damaged; stop, "
	    "keep them, restore a backup" },
};

static const struct meaning unlisted = {
	"", CK_ERR_STORE, "this is a fault of the program; report it"
};

static const struct meaning *
meaning_of(const char *state)
{
	size_t i;

	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		if (strncmp(meanings[i].state, state,
		    strlen(meanings[i].state)) == 0)
			return &meanings[i];
	}

	return &unlisted;
}

/* The first line of what the server says: names of tables, no values. */
static void
tell(struct ck_pg *pg, const struct meaning *meaning, const char *words)
{
	if (meaning->err == CK_ERR_REQUEST || pg->told)
		return;
	pg->told = true;
	ck_log(CK_LOG_ERROR, "ledger", "PostgreSQL: %s (%.*s)",
	    meaning->advice, (int)strcspn(words, "\n"), words);
}

static enum ck_err
fail(struct ck_pg *pg, const PGresult *result)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const struct meaning *meaning;

	if (PQstatus(pg->handle) == CONNECTION_BAD || state == NULL)
		state = "08";
	meaning = meaning_of(state);
	tell(pg, meaning, PQerrorMessage(pg->handle));

	return meaning->err;
}

static bool
is_good(const PGresult *result)
{
	ExecStatusType status = PQresultStatus(result);

	return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ||
	    status == PGRES_PIPELINE_SYNC;
}

/* --- Connecting ----------------------------------------------------------- */

static void
ignore_notice(void *ctx, const PGresult *result)
{
	(void)ctx;
	(void)result;
}

/* Without an SQLSTATE only words tell a server that is down from one that
 * says no. */
static enum ck_err
connection_error(struct ck_pg *pg)
{
	const char *words = PQerrorMessage(pg->handle);
	bool refused = strstr(words, "FATAL") != NULL &&
	    strstr(words, "starting up") == NULL &&
	    strstr(words, "shutting down") == NULL &&
	    strstr(words, "recovery mode") == NULL &&
	    strstr(words, "too many") == NULL &&
	    strstr(words, "remaining connection slots") == NULL;

	tell(pg, meaning_of(refused ? "28" : "08"), words);

	return refused ? CK_ERR_CONFIG : CK_ERR_SERVER_GONE;
}

static enum ck_err
connected(struct ck_pg *pg)
{
	pg->serial++;
	pg->queued = 0;
	pg->open = false;
	if (PQstatus(pg->handle) != CONNECTION_OK)
		return connection_error(pg);
	(void)PQsetNoticeReceiver(pg->handle, ignore_notice, NULL);
	pg->told = false;

	return CK_OK;
}

enum ck_err
ck_pg_open(struct ck_pg **out, const char *where)
{
	static const char *const names[] = {
		"connect_timeout", "tcp_user_timeout", "application_name",
		"client_encoding", "options", "dbname", NULL
	};
	const char *values[] = {
		"10", "10000", "checkin-province", "UTF8",
		"-c statement_timeout=60s -c lock_timeout=20s "
		"-c idle_in_transaction_session_timeout=120s", where, NULL
	};
	struct ck_pg *pg = calloc(1, sizeof(*pg));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (pg == NULL)
		return CK_ERR_NOMEM;
	if ((pg->handle = PQconnectdbParams(names, values, 1)) != NULL)
		err = connected(pg);
	if (err == CK_OK)
		*out = pg;
	else
		ck_pg_close(&pg);

	return err;
}

void
ck_pg_close(struct ck_pg **pg)
{
	size_t i;

	if (*pg == NULL)
		return;
	for (i = 0; i < STATEMENT_SLOTS; i++) {
		PQclear((*pg)->statements[i].result);
		ck_buf_wipe(&(*pg)->statements[i].bytes);
	}
	PQfinish((*pg)->handle);
	free(*pg);
	*pg = NULL;
}

/* --- The pipeline --------------------------------------------------------- */

/* Read what has come of everything queued; the first failure is the result. */
static enum ck_err
drain(struct ck_pg *pg)
{
	enum ck_err err = CK_OK;
	PGresult *result;
	bool synced = false;
	unsigned nothing = 0;

	if (pg->queued == 0)
		return CK_OK;
	pg->queued = 0;
	if (PQpipelineSync(pg->handle) != 1)
		return fail(pg, NULL);
	/* NULL stands between the results of two statements. */
	while (!synced && nothing < 2) {
		result = PQgetResult(pg->handle);
		nothing = result == NULL ? nothing + 1 : 0;
		synced = PQresultStatus(result) == PGRES_PIPELINE_SYNC;
		if (result != NULL && !is_good(result) && err == CK_OK &&
		    PQresultStatus(result) != PGRES_PIPELINE_ABORTED)
			err = fail(pg, result);
		PQclear(result);
	}
	if (!synced && err == CK_OK)
		err = fail(pg, NULL);
	if (synced && PQexitPipelineMode(pg->handle) != 1 && err == CK_OK)
		err = fail(pg, NULL);

	return err;
}

/* Outside a transaction nothing is lost with a connection: make it anew. */
static enum ck_err
revive(struct ck_pg *pg)
{
	if (pg->open || PQstatus(pg->handle) == CONNECTION_OK)
		return CK_OK;
	PQreset(pg->handle);

	return connected(pg);
}

enum ck_err
ck_pg_exec(struct ck_pg *pg, const char *text)
{
	PGresult *result;
	enum ck_err err;

	if ((err = revive(pg)) != CK_OK || (err = drain(pg)) != CK_OK)
		return err;
	result = PQexec(pg->handle, text);
	if (!is_good(result))
		err = fail(pg, result);
	PQclear(result);

	return err;
}

static enum ck_err
begin(struct ck_pg *pg, const char *how)
{
	enum ck_err err;

	if ((err = ck_pg_exec(pg, how)) == CK_OK)
		pg->open = true;

	return err;
}

enum ck_err
ck_pg_begin(struct ck_pg *pg)
{
	return begin(pg, "BEGIN");
}

enum ck_err
ck_pg_view(struct ck_pg *pg)
{
	return begin(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

enum ck_err
ck_pg_commit(struct ck_pg *pg)
{
	enum ck_err err;

	if ((err = drain(pg)) != CK_OK)
		return err;
	/* COMMIT of a failed transaction rolls back, and calls that success. */
	if (PQtransactionStatus(pg->handle) != PQTRANS_INTRANS)
		return fail(pg, NULL);
	if ((err = ck_pg_exec(pg, "COMMIT")) != CK_OK)
		return err;
	pg->open = false;
	pg->told = false;

	return CK_OK;
}

void
ck_pg_rollback(struct ck_pg *pg)
{
	size_t i;

	for (i = 0; i < STATEMENT_SLOTS; i++) {
		if (pg->statements[i].sql != NULL)
			ck_pg_end(&pg->statements[i]);
	}
	if (!pg->open)
		return;
	pg->open = false;
	if (drain(pg) != CK_OK && PQstatus(pg->handle) != CONNECTION_OK)
		return;		/* the server has rolled back, or will */
	if (ck_pg_exec(pg, "ROLLBACK") != CK_OK)
		ck_log(CK_LOG_WARNING, "ledger", "rollback failed");
}

/* --- Statements ----------------------------------------------------------- */

static struct ck_pg_stmt *
slot_of(struct ck_pg *pg, const char *sql)
{
	size_t i = ((uintptr_t)sql * UINT64_C(0x9e3779b97f4a7c15)) >> 56;

	while (pg->statements[i].sql != NULL && pg->statements[i].sql != sql)
		i = (i + 1) % STATEMENT_SLOTS;

	return &pg->statements[i];
}

static enum ck_err
prepare(struct ck_pg *pg, struct ck_pg_stmt *stmt)
{
	PGresult *result;
	enum ck_err err;

	if ((err = drain(pg)) != CK_OK)
		return err;
	result = PQprepare(pg->handle, stmt->name, stmt->sql, 0, NULL);
	if (is_good(result))
		stmt->prepared = pg->serial;
	else
		err = fail(pg, result);
	PQclear(result);

	return err;
}

enum ck_err
ck_pg_prepare(struct ck_pg *pg, const char *text, struct ck_pg_stmt **out)
{
	struct ck_pg_stmt *stmt = slot_of(pg, text);
	enum ck_err err;

	*out = NULL;
	if ((err = revive(pg)) != CK_OK)
		return err;
	if (stmt->sql == NULL) {
		if (pg->statement_count >= STATEMENTS_MAX)
			return CK_ERR_LIMIT;
		(void)snprintf(stmt->name, sizeof(stmt->name), "s%u",
		    pg->statement_count++);
		stmt->pg = pg;
		stmt->sql = text;
	}
	if (stmt->prepared != pg->serial && (err = prepare(pg, stmt)) != CK_OK)
		return err;
	ck_pg_end(stmt);
	*out = stmt;

	return CK_OK;
}

static void
bind(struct ck_pg_stmt *stmt, const char *value, size_t len, int binary)
{
	if (stmt->count >= PARAMETERS_MAX)
		abort();	/* a statement of the program is too long */
	stmt->value[stmt->count] = value;
	stmt->length[stmt->count] = (int)len;
	stmt->binary[stmt->count++] = binary;
}

void
ck_pg_bind_int(struct ck_pg_stmt *stmt, int64_t value)
{
	char *text = stmt->number[stmt->count % PARAMETERS_MAX];

	(void)snprintf(text, NUMBER_LEN, "%" PRId64, value);
	bind(stmt, text, 0, 0);
}

void
ck_pg_bind_text(struct ck_pg_stmt *stmt, const char *value)
{
	bind(stmt, value, 0, 0);
}

void
ck_pg_bind_blob(struct ck_pg_stmt *stmt, struct ck_span value)
{
	bind(stmt, value.len == 0 ? "" : (const char *)value.ptr, value.len,
	    1);
}

void
ck_pg_bind_null(struct ck_pg_stmt *stmt)
{
	bind(stmt, NULL, 0, 0);
}

static enum ck_err
execute(struct ck_pg_stmt *stmt)
{
	struct ck_pg *pg = stmt->pg;
	enum ck_err err;

	if ((err = drain(pg)) != CK_OK)
		return err;
	stmt->result = PQexecPrepared(pg->handle, stmt->name, stmt->count,
	    stmt->value, stmt->length, stmt->binary, 0);
	stmt->row = -1;
	if (is_good(stmt->result))
		return CK_OK;
	err = fail(pg, stmt->result);
	ck_pg_end(stmt);

	return err;
}

enum ck_err
ck_pg_next(struct ck_pg_stmt *stmt, bool *row)
{
	enum ck_err err;

	*row = false;
	if (stmt->result == NULL && (err = execute(stmt)) != CK_OK)
		return err;
	stmt->row++;
	stmt->column = 0;
	*row = stmt->row < PQntuples(stmt->result);

	return CK_OK;
}

enum ck_err
ck_pg_run(struct ck_pg_stmt *stmt)
{
	enum ck_err err = execute(stmt);

	ck_pg_end(stmt);

	return err;
}

enum ck_err
ck_pg_queue(struct ck_pg_stmt *stmt)
{
	struct ck_pg *pg = stmt->pg;
	enum ck_err err = CK_OK;

	if (pg->queued >= QUEUE_MAX && (err = drain(pg)) != CK_OK)
		goto out;
	if ((pg->queued == 0 && PQenterPipelineMode(pg->handle) != 1) ||
	    PQsendQueryPrepared(pg->handle, stmt->name, stmt->count,
	    stmt->value, stmt->length, stmt->binary, 0) != 1)
		err = fail(pg, NULL);
	else
		pg->queued++;
out:
	ck_pg_end(stmt);

	return err;
}

static const char *
next_value(struct ck_pg_stmt *stmt)
{
	int column = stmt->column++;

	return PQgetvalue(stmt->result, stmt->row, column);
}

int64_t
ck_pg_take_int(struct ck_pg_stmt *stmt)
{
	const char *text = next_value(stmt);

	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

const char *
ck_pg_take_text(struct ck_pg_stmt *stmt)
{
	const char *text = next_value(stmt);

	return text == NULL ? "" : text;
}

/* The server writes bytes as \x and hexadecimal digits. */
struct ck_span
ck_pg_take_blob(struct ck_pg_stmt *stmt)
{
	const char *text = next_value(stmt);
	unsigned char *bytes;
	size_t len = 0;

	ck_buf_wipe(&stmt->bytes);
	if (text == NULL || text[0] == '\0')
		return CK_SPAN_EMPTY;
	bytes = PQunescapeBytea((const unsigned char *)text, &len);
	if (bytes != NULL &&
	    ck_buf_append(&stmt->bytes, ck_span_of(bytes, len)) != CK_OK)
		ck_log(CK_LOG_ERROR, "ledger", "out of memory");
	PQfreemem(bytes);

	return ck_buf_view(&stmt->bytes);
}

void
ck_pg_end(struct ck_pg_stmt *stmt)
{
	PQclear(stmt->result);
	stmt->result = NULL;
	stmt->count = 0;
	ck_buf_wipe(&stmt->bytes);
}
