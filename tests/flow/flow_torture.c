/*
 * flow_torture.c - killed at any instruction, two hundred times, under load
 *
 * Three clients ask without pause, each with a key of its own for every
 * question, and write down what they were answered. The daemon is killed
 * (SIGKILL) after a random while and started again. In the end the clients'
 * own notes are held against the database: nothing answered is missing or
 * doubled, the chain of receipts is whole, and the figures equal the records.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "support/world.h"

#define KILLS 200
#define CLIENTS 3
#define NOTE_LEN 128

/* A yes is kept; a no is asked again each time. Both ways are under way when
 * the daemon dies. */
#define SETTINGS "[lookup]\nbudget_ms = 2500\npolicy = older-than\n" \
	"[gateway]\ntimeout_ms = 5000\nconnect_timeout_ms = 1000\n"

static struct world world;
static char bodies[4][512];

static const char *const labels[] = {
	"code-000", "code-010", "code-050", "code-060"
};

static void
write_body(const char *label, char out[512])
{
	json_t *person = world_person(&world, label);
	json_t *body = json_pack("{s:O, s:O, s:O, s:s, s:s, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR, "presented", "cccd",
	    "desk", "ban-1");
	char *text = json_dumps(body, JSON_COMPACT);

	(void)snprintf(out, 512, "%s", text);
	free(text);
	json_decref(body);
	json_decref(person);
}

static int
open_world(void **state)
{
	size_t i;

	(void)state;
	world_open(&world);
	for (i = 0; i < 4; i++)
		write_body(labels[i], bodies[i]);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* --- Clients -------------------------------------------------------------- */

static struct reply
ask(const char *key, const char *body)
{
	char header[96];
	const char *headers[] = { header, NULL };

	(void)snprintf(header, sizeof(header), "Idempotency-Key: %s", key);

	return world_http(&world, "POST", "/v1/lookups", body, headers);
}

/* One line "ID OUTCOME KEY BODY" in one write, so that a kill leaves none in
 * half. */
static void
note(int fd, const struct reply *reply, const char *key, unsigned body)
{
	char line[NOTE_LEN];
	int len = snprintf(line, sizeof(line), "%s %s %s %u\n",
	    view_text(reply->json, "id"), view_text(reply->json, "outcome"),
	    key, body);

	if (len > 0 && write(fd, line, (size_t)len) != len)
		_exit(1);
}

static void
client(int fd, unsigned round, unsigned number)
{
	char key[64];
	unsigned n;

	for (n = 0;; n++) {
		struct reply reply;

		(void)snprintf(key, sizeof(key), "t-%u-%u-%u", round, number,
		    n);
		reply = ask(key, bodies[n % 4]);
		if (reply.status == 200)
			note(fd, &reply, key, n % 4);
		else if (reply.status == 0)
			_exit(0);	/* the daemon is gone */
		reply_free(&reply);
	}
}

static void
one_round(int fd, unsigned round)
{
	pid_t clients[CLIENTS];
	off_t before = lseek(fd, 0, SEEK_END);
	unsigned i;

	world_daemon_start_blind(&world, SETTINGS);
	for (i = 0; i < CLIENTS; i++) {
		clients[i] = fork();
		assert_true(clients[i] >= 0);
		if (clients[i] == 0)
			client(fd, round, i);
	}
	/* at work before it dies: at least one answer */
	for (i = 0; i < 500 && lseek(fd, 0, SEEK_END) == before; i++)
		(void)usleep(10000);
	(void)usleep((unsigned)rand() % 100000);
	(void)world_daemon_stop(&world, SIGKILL);
	for (i = 0; i < CLIENTS; i++) {
		(void)kill(clients[i], SIGKILL);
		(void)waitpid(clients[i], NULL, 0);
	}
}

/* --- The reckoning -------------------------------------------------------- */

static sqlite3 *
open_database(void)
{
	char path[160];
	sqlite3 *db;

	(void)snprintf(path, sizeof(path), "%s/state/checkin.db", world.dir);
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY,
	    NULL), SQLITE_OK);

	return db;
}

static long long
number_of(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *stmt;
	long long number;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	number = sqlite3_column_int64(stmt, 0);
	(void)sqlite3_finalize(stmt);

	return number;
}

static void
check_note(sqlite3 *db, const char *id, const char *outcome)
{
	static const char sql[] =
	    "SELECT w.label, l.closed_ms IS NOT NULL, (SELECT count(*) FROM "
	    "receipt r WHERE r.subject = l.id AND r.kind = 2) FROM lookup l "
	    "JOIN word w ON w.list = 'outcome' AND w.number = l.outcome "
	    "WHERE lower(hex(l.id)) = ?";
	sqlite3_stmt *stmt;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL),
	    SQLITE_OK);
	(void)sqlite3_bind_text(stmt, 1, id, -1, SQLITE_STATIC);
	if (sqlite3_step(stmt) != SQLITE_ROW)
		fail_msg("answered, but not on disk: %s", id);
	assert_string_equal(sqlite3_column_text(stmt, 0), outcome);
	assert_int_equal(sqlite3_column_int(stmt, 1), 1);
	assert_int_equal(sqlite3_column_int(stmt, 2), 1);
	(void)sqlite3_finalize(stmt);
}

/* A repeated key is the same lookup, also after all these deaths. */
static void
check_repetition(const char *id, const char *key, unsigned body)
{
	struct reply reply = ask(key, bodies[body % 4]);

	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(reply.json, "id"), id);
	reply_free(&reply);
}

static unsigned
check_notes(sqlite3 *db, const char *path)
{
	char line[NOTE_LEN], id[40], outcome[32], key[64];
	FILE *notes = fopen(path, "r");
	unsigned count = 0, body;

	assert_non_null(notes);
	while (fgets(line, sizeof(line), notes) != NULL) {
		assert_int_equal(sscanf(line, "%39s %31s %63s %u", id,
		    outcome, key, &body), 4);
		check_note(db, id, outcome);
		if (count++ % 50 == 0)
			check_repetition(id, key, body);
	}
	(void)fclose(notes);

	return count;
}

static void
check_figures(sqlite3 *db)
{
	assert_int_equal(number_of(db, "SELECT count(*) FROM lookup WHERE "
	    "closed_ms IS NULL"), 0);
	assert_int_equal(number_of(db, "SELECT coalesce(sum(count), 0) FROM "
	    "rollup WHERE series = 1"),
	    number_of(db, "SELECT count(*) FROM lookup"));
	assert_int_equal(number_of(db, "SELECT coalesce(sum(count), 0) FROM "
	    "rollup WHERE series = 0"),
	    number_of(db, "SELECT count(*) FROM gateway_call"));
	assert_int_equal(number_of(db, "SELECT coalesce(sum(count), 0) FROM "
	    "rollup WHERE series = 2"),
	    number_of(db, "SELECT count(*) FROM visit"));
	assert_int_equal(number_of(db, "SELECT coalesce(sum(count), 0) FROM "
	    "total"), number_of(db, "SELECT count(*) FROM lookup"));
	assert_int_equal(number_of(db, "SELECT count(*) FROM "
	    "pragma_integrity_check WHERE integrity_check <> 'ok'"), 0);
}

static void
nothing_answered_is_lost(void **state)
{
	char path[128], *said = NULL;
	unsigned round, answered;
	sqlite3 *db;
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/notes", world.dir);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	srand((unsigned)time(NULL));
	for (round = 0; round < KILLS; round++)
		one_round(fd, round);
	(void)close(fd);

	world_daemon_start(&world, SETTINGS);
	db = open_database();
	answered = check_notes(db, path);
	check_figures(db);
	(void)sqlite3_close(db);
	printf("%u answers in %d lives\n", answered, KILLS);
	assert_true(answered >= KILLS);
	assert_int_equal(world_run(&world, "\"$BIN/checkin\" -c "
	    "\"$DIR/checkind.conf\" receipt verify 2>&1", &said), 0);
	assert_non_null(strstr(said, "whole: nothing was removed"));
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_answered_is_lost),
	};

	return cmocka_run_group_tests_name("torture", tests, open_world,
	    close_world);
}
