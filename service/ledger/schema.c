/*
 * schema.c - bring a ledger to the schema of this program
 *
 * schema/province/NNNN_*.sql are embedded when the program is built, one file
 * for each kind of database.
 */
#include <inttypes.h>

#include "ck/log.h"
#include "ck/words.h"
#include "ledger/schema.h"

struct migration {
	int64_t version;	/* of the schema after it */
	int64_t oldest_reader;	/* schema of the oldest program that reads */
	const char *file;	/* for SQLite */
	const char *server;	/* for PostgreSQL */
};

static const unsigned char file_0001[] = {
#include "schema/province/0001_ledger.sqlite.inc"
	0
};

static const unsigned char server_0001[] = {
#include "schema/province/0001_ledger.postgresql.inc"
	0
};

static const unsigned char file_0002[] = {
#include "schema/province/0002_report.sqlite.inc"
	0
};

static const unsigned char server_0002[] = {
#include "schema/province/0002_report.postgresql.inc"
	0
};

static const unsigned char file_0003[] = {
#include "schema/province/0003_pause.sqlite.inc"
	0
};

static const unsigned char server_0003[] = {
#include "schema/province/0003_pause.postgresql.inc"
	0
};

static const unsigned char file_0004[] = {
#include "schema/province/0004_correction.sqlite.inc"
	0
};

static const unsigned char server_0004[] = {
#include "schema/province/0004_correction.postgresql.inc"
	0
};

static const struct migration migrations[] = {
	{ 1, 1, (const char *)file_0001, (const char *)server_0001 },
	/* A program that does not know figure_total would not keep it. */
	{ 2, 2, (const char *)file_0002, (const char *)server_0002 },
	{ 3, 2, (const char *)file_0003, (const char *)server_0003 },
	{ 4, 2, (const char *)file_0004, (const char *)server_0004 },
};

#define MIGRATIONS (sizeof(migrations) / sizeof(migrations[0]))
#define OUR_VERSION (migrations[MIGRATIONS - 1].version)

/* Any number: collectors that start at once migrate one after another. */
static const char lock_server[] =
    "SELECT pg_advisory_xact_lock(1130914382)";

static enum ck_err
fill_words(struct ck_sql *sql)
{
	static const char text[] =
	    "INSERT INTO word (list, number, label) VALUES ($1, $2, $3) "
	    "ON CONFLICT (list, number) DO NOTHING";
	struct ck_sql_stmt stmt;
	enum ck_err err = CK_OK;
	size_t i, count;
	const struct ck_word *words = ck_words(&count);

	for (i = 0; i < count && err == CK_OK; i++) {
		if ((err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
			break;
		ck_sql_bind_text(&stmt, words[i].list);
		ck_sql_bind_int(&stmt, words[i].number);
		ck_sql_bind_text(&stmt, words[i].label);
		err = ck_sql_queue(&stmt);
	}

	return err;
}

/* Whether the tables are there at all, in a way that both understand. */
static enum ck_err
find_version(struct ck_sql *sql, int64_t *version)
{
	static const char in_file[] = "SELECT count(*) FROM sqlite_schema "
	    "WHERE type = 'table'";
	static const char in_server[] = "SELECT count(*) FROM pg_tables "
	    "WHERE schemaname = current_schema()";
	static const char ours_file[] = "SELECT count(*) FROM sqlite_schema "
	    "WHERE name IN ('figure_month', 'migration')";
	static const char ours_server[] = "SELECT count(*) FROM pg_tables "
	    "WHERE schemaname = current_schema() AND tablename IN "
	    "('figure_month', 'migration')";
	static const char newest[] = "SELECT max(version) FROM migration";
	bool server = ck_sql_is_server(sql);
	int64_t tables, ours;
	enum ck_err err;

	*version = 0;
	if ((err = ck_sql_int(sql, server ? in_server : in_file,
	    &tables)) != CK_OK || tables == 0)
		return err;
	if ((err = ck_sql_int(sql, server ? ours_server : ours_file,
	    &ours)) != CK_OK)
		return err;
	if (ours == 2)
		return ck_sql_int(sql, newest, version);
	ck_log(CK_LOG_ERROR, "ledger", "the database belongs to another "
	    "program: name another one");

	return CK_ERR_STORE_CORRUPT;
}

static enum ck_err
apply(struct ck_sql *sql, const struct migration *step, int64_t now_ms)
{
	static const char text[] =
	    "INSERT INTO migration (version, oldest_reader, applied_ms) "
	    "VALUES ($1, $2, $3)";
	struct ck_sql_stmt stmt;
	enum ck_err err;

	err = ck_sql_exec(sql, ck_sql_is_server(sql) ? step->server :
	    step->file);
	if (err != CK_OK ||
	    (err = ck_sql_prepare(sql, text, &stmt)) != CK_OK)
		return err;
	ck_sql_bind_int(&stmt, step->version);
	ck_sql_bind_int(&stmt, step->oldest_reader);
	ck_sql_bind_int(&stmt, now_ms);

	return ck_sql_run(&stmt);
}

/* All in one transaction: PostgreSQL and SQLite undo CREATE TABLE, too. */
static enum ck_err
migrate(struct ck_sql *sql, int64_t now_ms)
{
	int64_t version, unused;
	enum ck_err err;
	size_t i;

	if (ck_sql_is_server(sql) &&
	    (err = ck_sql_int(sql, lock_server, &unused)) != CK_OK)
		return err;
	if ((err = find_version(sql, &version)) != CK_OK)
		return err;
	if (version > OUR_VERSION) {
		ck_log(CK_LOG_ERROR, "ledger", "schema %" PRId64 " is of a "
		    "newer program, this one knows %" PRId64 "; install that "
		    "program again", version, OUR_VERSION);
		return CK_ERR_STORE_NEWER;
	}
	for (i = 0; i < MIGRATIONS && err == CK_OK; i++) {
		if (migrations[i].version > version)
			err = apply(sql, &migrations[i], now_ms);
	}

	return err == CK_OK ? fill_words(sql) : err;
}

enum ck_err
ck_ledger_migrate(struct ck_sql *sql, int64_t now_ms)
{
	enum ck_err err;

	if ((err = ck_sql_begin(sql)) != CK_OK)
		return err;
	if ((err = migrate(sql, now_ms)) == CK_OK)
		err = ck_sql_commit(sql);
	if (err != CK_OK)
		ck_sql_rollback(sql);

	return err;
}
