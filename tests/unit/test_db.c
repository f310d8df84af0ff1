/*
 * test_db.c - the door to SQLite: types, rules, and what may not be done
 */
#include <sys/stat.h>

#include "store_fixture.h"

static struct ck_db *
opened(const struct fixture *f, enum ck_db_mode mode)
{
	struct ck_db *db;
	char path[128];

	fixture_path(f, "other.db", path);
	assert_int_equal(ck_db_open(&db, path, mode), CK_OK);

	return db;
}

static void
make_table(struct ck_db *db)
{
	assert_int_equal(ck_db_exec(db, "CREATE TABLE t (n INTEGER "
	    "PRIMARY KEY CHECK (n > 0), s TEXT, b BLOB) STRICT;"), CK_OK);
}

static enum ck_err
insert(struct ck_db *db, int64_t n, const char *s, struct ck_span b)
{
	static const char sql[] = "INSERT INTO t (n, s, b) VALUES (?, ?, ?)";
	struct ck_stmt *stmt;

	assert_int_equal(ck_db_prepare(db, sql, &stmt), CK_OK);
	ck_stmt_bind_int(stmt, n);
	ck_stmt_bind_text(stmt, s);
	ck_stmt_bind_blob(stmt, b);

	return ck_stmt_run(stmt);
}

static void
values_come_back_as_they_went_in(void **state)
{
	static const char sql[] = "SELECT n, s, b, NULL, NULL FROM t";
	static const uint8_t bytes[] = { 0, 1, 0 };
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);
	struct ck_stmt *stmt;
	bool row;

	make_table(db);
	assert_int_equal(insert(db, INT64_MAX, "Mẫu",
	    ck_span_of(bytes, 3)), CK_OK);
	assert_int_equal(ck_db_last_rowid(db), INT64_MAX);
	assert_int_equal(ck_db_prepare(db, sql, &stmt), CK_OK);
	assert_int_equal(ck_stmt_next(stmt, &row), CK_OK);
	assert_true(row);
	assert_int_equal(ck_stmt_take_int(stmt), INT64_MAX);
	assert_string_equal(ck_stmt_take_text(stmt), "Mẫu");
	assert_true(ck_span_equal(ck_stmt_take_blob(stmt),
	    ck_span_of(bytes, 3)));
	assert_string_equal(ck_stmt_take_text(stmt), "");
	assert_int_equal(ck_stmt_take_blob(stmt).len, 0);
	assert_int_equal(ck_stmt_next(stmt, &row), CK_OK);
	assert_false(row);
	ck_stmt_end(stmt);
	ck_db_close(&db);
	assert_null(db);
}

static void
a_broken_rule_is_the_requests_fault(void **state)
{
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);

	make_table(db);
	assert_int_equal(insert(db, 0, "", CK_SPAN_EMPTY), CK_ERR_REQUEST);
	assert_int_equal(insert(db, 1, "", CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(insert(db, 1, "", CK_SPAN_EMPTY), CK_ERR_REQUEST);
	ck_db_close(&db);
}

static void
a_reader_cannot_write(void **state)
{
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);
	struct ck_db *reader;

	make_table(db);
	reader = opened(*state, CK_DB_READ_ONLY);
	assert_int_equal(insert(reader, 1, "", CK_SPAN_EMPTY), CK_ERR_STORE);
	ck_db_close(&reader);
	ck_db_close(&db);
}

static void
a_reader_sees_what_is_committed_only(void **state)
{
	static const char sql[] = "SELECT count(*) FROM t";
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);
	struct ck_db *reader;
	int64_t count;

	make_table(db);
	reader = opened(*state, CK_DB_READ_ONLY);
	assert_int_equal(ck_db_begin(db), CK_OK);
	assert_true(ck_db_in_transaction(db));
	assert_int_equal(insert(db, 1, "", CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(ck_db_int(reader, sql, &count), CK_OK);
	assert_int_equal(count, 0);
	assert_int_equal(ck_db_commit(db), CK_OK);
	assert_int_equal(ck_db_int(reader, sql, &count), CK_OK);
	assert_int_equal(count, 1);
	ck_db_rollback(db);		/* outside of one: nothing */
	assert_false(ck_db_in_transaction(db));
	ck_db_close(&reader);
	ck_db_close(&db);
}

/* Every promise of design.md section 7 that a pragma keeps. */
static void
the_connection_is_durable_and_strict(void **state)
{
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);
	int64_t value;

	assert_int_equal(ck_db_int(db, "PRAGMA synchronous", &value), CK_OK);
	assert_int_equal(value, 2);	/* FULL */
	assert_int_equal(ck_db_int(db, "PRAGMA foreign_keys", &value), CK_OK);
	assert_int_equal(value, 1);
	assert_int_equal(ck_db_int(db, "PRAGMA secure_delete", &value),
	    CK_OK);
	assert_int_equal(value, 1);
	assert_int_equal(ck_db_int(db, "PRAGMA trusted_schema", &value),
	    CK_OK);
	assert_int_equal(value, 0);
	assert_int_equal(ck_db_int(db, "SELECT journal_mode = 'wal' "
	    "FROM pragma_journal_mode", &value), CK_OK);
	assert_int_equal(value, 1);
	ck_db_close(&db);
}

static void
a_missing_directory_is_an_error(void **state)
{
	struct ck_db *db;

	(void)state;
	assert_int_equal(ck_db_open(&db, "/nonexistent/checkin.db",
	    CK_DB_READ_WRITE), CK_ERR_STORE);
	assert_null(db);
	assert_int_equal(ck_db_open(&db, "/nonexistent/checkin.db",
	    CK_DB_READ_ONLY), CK_ERR_STORE);
	assert_null(db);
}

static void
reads_of_one_look_share_a_snapshot(void **state)
{
	static const char sql[] = "SELECT count(*) FROM t";
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);
	struct ck_db *other;
	int64_t count;

	make_table(db);
	other = opened(*state, CK_DB_READ_WRITE);
	ck_db_look(db);
	ck_db_look(db);
	assert_false(ck_db_in_transaction(db));
	assert_int_equal(ck_db_int(db, sql, &count), CK_OK);
	assert_int_equal(count, 0);
	assert_int_equal(insert(other, 1, "", CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(ck_db_int(db, sql, &count), CK_OK);
	assert_int_equal(count, 0);
	ck_db_look_away(db);
	assert_int_equal(ck_db_int(db, sql, &count), CK_OK);
	assert_int_equal(count, 1);
	/* A write ends a look, and is none itself. */
	ck_db_look(db);
	assert_int_equal(ck_db_int(db, sql, &count), CK_OK);
	assert_int_equal(insert(other, 2, "", CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(ck_db_begin(db), CK_OK);
	ck_db_look(db);
	assert_true(ck_db_in_transaction(db));
	assert_int_equal(insert(db, 3, "", CK_SPAN_EMPTY), CK_OK);
	ck_db_look_away(db);
	assert_int_equal(ck_db_commit(db), CK_OK);
	assert_int_equal(ck_db_int(other, sql, &count), CK_OK);
	assert_int_equal(count, 3);
	ck_db_close(&other);
	ck_db_close(&db);
}

struct log {
	unsigned commits;
	int pages;
};

static void
note_log(void *ctx, int pages)
{
	struct log *log = ctx;

	log->commits++;
	log->pages = pages;
}

static off_t
size_of(const struct fixture *f)
{
	struct stat info;
	char path[128];

	fixture_path(f, "other.db", path);
	assert_int_equal(stat(path, &info), 0);

	return info.st_size;
}

static void
the_log_is_folded_beside_its_writer(void **state)
{
	static const uint8_t bytes[3000];
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);
	struct ck_db *beside = opened(*state, CK_DB_BESIDE);
	struct log log = { 0, 0 };
	off_t before;
	int64_t i;

	make_table(db);
	ck_db_on_log(db, note_log, &log);
	before = size_of(*state);
	for (i = 1; i <= 50; i++)
		assert_int_equal(insert(db, i, "", ck_span_of(bytes,
		    sizeof(bytes))), CK_OK);
	assert_int_equal(log.commits, 50);
	assert_true(log.pages > 50);
	assert_int_equal(size_of(*state), before);
	assert_int_equal(ck_db_fold(beside), CK_OK);
	assert_true(size_of(*state) > before + 50 * 3000);
	/* Folded whole: the next commit begins the log anew. */
	assert_int_equal(insert(db, i, "", CK_SPAN_EMPTY), CK_OK);
	assert_true(log.pages < 5);
	ck_db_on_log(db, NULL, NULL);
	assert_int_equal(insert(db, i + 1, "", CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(log.commits, 51);
	ck_db_close(&beside);
	ck_db_close(&db);
}

/* Two connections of one process, and a third that another program opens and
 * closes: whoever is last must not take the log away from the others. */
static void
connections_of_one_process_hold_their_locks(void **state)
{
	static const char sql[] = "SELECT count(*) FROM t";
	struct ck_db *db = opened(*state, CK_DB_READ_WRITE);
	struct ck_db *other;
	char command[256], path[128];
	int64_t count;

	make_table(db);
	other = opened(*state, CK_DB_READ_WRITE);
	assert_int_equal(insert(db, 1, "a", CK_SPAN_EMPTY), CK_OK);
	fixture_path(*state, "other.db", path);
	(void)snprintf(command, sizeof(command), "sqlite3 %s \"INSERT INTO t "
	    "(n, s, b) VALUES (2, 'b', x'00')\"", path);
	assert_int_equal(system(command), 0);
	(void)snprintf(command, sizeof(command), "test -s %s-wal", path);
	assert_int_equal(system(command), 0);
	assert_int_equal(insert(other, 3, "c", CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(ck_db_int(db, sql, &count), CK_OK);
	assert_int_equal(count, 3);
	ck_db_close(&other);
	ck_db_close(&db);
}

#define DB_TEST(name) \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		DB_TEST(values_come_back_as_they_went_in),
		DB_TEST(a_broken_rule_is_the_requests_fault),
		DB_TEST(a_reader_cannot_write),
		DB_TEST(a_reader_sees_what_is_committed_only),
		DB_TEST(reads_of_one_look_share_a_snapshot),
		DB_TEST(the_log_is_folded_beside_its_writer),
		DB_TEST(connections_of_one_process_hold_their_locks),
		DB_TEST(the_connection_is_durable_and_strict),
		cmocka_unit_test(a_missing_directory_is_an_error),
	};

	return cmocka_run_group_tests_name("db", tests, NULL, NULL);
}
