/*
 * migrate.c - bring a database to the schema of this program
 *
 * schema/NNNN_*.sql are embedded when the program is built. Each runs once, in
 * a transaction of its own with the version that it leads to. Migrations only
 * add; each states the oldest program that may still read the result.
 */
#include <inttypes.h>
#include <stdio.h>

#include "ck/log.h"
#include "ck/words.h"
#include "store/internal.h"

/* PRAGMA application_id of our databases: "CKIN". */
#define APPLICATION_ID INT64_C(0x434b494e)

struct migration {
	int64_t version;	/* of the schema after it */
	int64_t oldest_reader;	/* schema of the oldest program that reads */
	const char *sql;
};

static const unsigned char sql_0001[] = {
#include "schema/0001_clinic.inc"
	0
};

static const unsigned char sql_0002[] = {
#include "schema/0002_receipt.inc"
	0
};

static const unsigned char sql_0003[] = {
#include "schema/0003_check_in.inc"
	0
};

static const unsigned char sql_0004[] = {
#include "schema/0004_recheck.inc"
	0
};

static const unsigned char sql_0005[] = {
#include "schema/0005_cache.inc"
	0
};

static const unsigned char sql_0006[] = {
#include "schema/0006_appointment.inc"
	0
};

static const unsigned char sql_0007[] = {
#include "schema/0007_appointment_day.inc"
	0
};

static const unsigned char sql_0008[] = {
#include "schema/0008_forwarded.inc"
	0
};

static const unsigned char sql_0009[] = {
#include "schema/0009_correction.inc"
	0
};

static const unsigned char sql_0010[] = {
#include "schema/0010_retention.inc"
	0
};

static const struct migration migrations[] = {
	{ 1, 1, (const char *)sql_0001 },
	{ 2, 1, (const char *)sql_0002 },
	{ 3, 1, (const char *)sql_0003 },
	{ 4, 1, (const char *)sql_0004 },
	{ 5, 1, (const char *)sql_0005 },
	{ 6, 1, (const char *)sql_0006 },
	{ 7, 1, (const char *)sql_0007 },
	{ 8, 1, (const char *)sql_0008 },
	{ 9, 1, (const char *)sql_0009 },
	{ 10, 10, (const char *)sql_0010 },
};

#define MIGRATIONS (sizeof(migrations) / sizeof(migrations[0]))
#define OUR_VERSION (migrations[MIGRATIONS - 1].version)

static enum ck_err
set_pragma(struct ck_db *db, const char *name, int64_t value)
{
	char sql[64];

	(void)snprintf(sql, sizeof(sql), "PRAGMA %s = %" PRId64 ";", name,
	    value);

	return ck_db_exec(db, sql);
}

static enum ck_err
apply(struct ck_db *db, const struct migration *step, int64_t now_ms)
{
	static const char sql[] =
	    "INSERT INTO migration (version, oldest_reader, applied_ms) "
	    "VALUES (?, ?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err;

	if ((err = ck_db_exec(db, step->sql)) != CK_OK)
		return err;
	if ((err = set_pragma(db, "user_version", step->version)) != CK_OK)
		return err;
	if ((err = set_pragma(db, "application_id", APPLICATION_ID)) != CK_OK)
		return err;
	if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
		return err;
	ck_stmt_bind_int(stmt, step->version);
	ck_stmt_bind_int(stmt, step->oldest_reader);
	ck_stmt_bind_int(stmt, now_ms);

	return ck_stmt_run(stmt);
}

static enum ck_err
apply_in_transaction(struct ck_db *db, const struct migration *step,
    int64_t now_ms)
{
	enum ck_err err;

	if ((err = ck_db_begin(db)) != CK_OK)
		return err;
	if ((err = apply(db, step, now_ms)) == CK_OK)
		err = ck_db_commit(db);
	if (err != CK_OK)
		ck_db_rollback(db);

	return err;
}

static enum ck_err
insert_words(struct ck_db *db)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO word (list, number, label) "
	    "VALUES (?, ?, ?)";
	struct ck_stmt *stmt;
	enum ck_err err = CK_OK;
	size_t i, count;
	const struct ck_word *words = ck_words(&count);

	for (i = 0; i < count && err == CK_OK; i++) {
		if ((err = ck_db_prepare(db, sql, &stmt)) != CK_OK)
			break;
		ck_stmt_bind_text(stmt, words[i].list);
		ck_stmt_bind_int(stmt, words[i].number);
		ck_stmt_bind_text(stmt, words[i].label);
		err = ck_stmt_run(stmt);
	}

	return err;
}

/* A program with a new word fills it in; words need no migration. */
static enum ck_err
fill_words(struct ck_db *db)
{
	static const char sql_count[] = "SELECT count(*) FROM word";
	int64_t there;
	enum ck_err err;
	size_t count;

	(void)ck_words(&count);
	if ((err = ck_db_int(db, sql_count, &there)) != CK_OK ||
	    there >= (int64_t)count)
		return err;
	if ((err = ck_db_begin(db)) != CK_OK)
		return err;
	if ((err = insert_words(db)) == CK_OK)
		err = ck_db_commit(db);
	if (err != CK_OK)
		ck_db_rollback(db);

	return err;
}

/* Whose file is this, and of which version? */
static enum ck_err
identify(struct ck_db *db, int64_t *version)
{
	static const char sql_application[] = "PRAGMA application_id";
	static const char sql_version[] = "PRAGMA user_version";
	static const char sql_tables[] = "SELECT count(*) FROM sqlite_schema";
	int64_t application, tables;
	enum ck_err err;

	if ((err = ck_db_int(db, sql_application, &application)) != CK_OK ||
	    (err = ck_db_int(db, sql_version, version)) != CK_OK ||
	    (err = ck_db_int(db, sql_tables, &tables)) != CK_OK)
		return err;
	if (application == APPLICATION_ID || tables == 0)
		return CK_OK;
	ck_log(CK_LOG_ERROR, "store", "%s: a database of another program; "
	    "move it away", ck_db_path(db));

	return CK_ERR_STORE_CORRUPT;
}

enum ck_err
ck_migrate(struct ck_db *db, int64_t now_ms)
{
	int64_t version;
	enum ck_err err;
	size_t i;

	if ((err = identify(db, &version)) != CK_OK)
		return err;
	if (version > OUR_VERSION) {
		ck_log(CK_LOG_ERROR, "store", "%s: schema %" PRId64 " is of a "
		    "newer program, this one knows %" PRId64 "; install that "
		    "program again", ck_db_path(db), version, OUR_VERSION);
		return CK_ERR_STORE_NEWER;
	}
	for (i = 0; i < MIGRATIONS; i++) {
		if (migrations[i].version <= version)
			continue;
		err = apply_in_transaction(db, &migrations[i], now_ms);
		if (err != CK_OK)
			return err;
	}

	return fill_words(db);
}
