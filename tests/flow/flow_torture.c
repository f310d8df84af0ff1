/*
 * flow_torture.c - killed at any instruction, two hundred times, under load
 *
 * Three clients ask without pause, each with a key of its own for every
 * question, and write down what they were answered; one of them goes on to
 * admit whom it asked about, and to notice the visit. The daemon is killed
 * (SIGKILL) after a random while and started again. In the end the clients'
 * own notes are held against the database: nothing answered is missing or
 * doubled, the chain of receipts is whole, and the figures equal the records.
 * And against the simulated gateway's log: each notice is here once and arrived
 * at least once, always under the same MA_LK, the first cost before the ward.
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
#define NOTE_LEN 320

/* A yes is kept; a no is asked again each time. Both ways are under way when
 * the daemon dies. */
#define SETTINGS "[lookup]\nbudget_ms = 2500\npolicy = older-than\n" \
	"[gateway]\ntimeout_ms = 5000\nconnect_timeout_ms = 1000\n" \
	"check_in_timeout_ms = 5000\nfailures_max = 100\n" \
	"[check_in]\nlevel = 2025-01-01 primary\nbackoff_ms = 20\n" \
	"backoff_max_ms = 100\ntries_max = 1000\n" \
	"episode_rule = {facility}_{year}_{number}\n"

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
post(const char *path, const char *key, const char *body)
{
	char header[96];
	const char *headers[] = { header, NULL };

	(void)snprintf(header, sizeof(header), "Idempotency-Key: %s", key);

	return world_http(&world, "POST", path, body, headers);
}

static struct reply
ask(const char *key, const char *body)
{
	return post("/v1/lookups", key, body);
}

/* One line in one write, so that a kill leaves none in half: "L ID OUTCOME KEY
 * BODY", "C ID LOOKUP KEY", "N ID MA_LK MA_BN NUMBER" with the number of
 * notices that the check-in has. */
static void
note(int fd, const char *format, ...)
{
	char line[NOTE_LEN];
	va_list args;
	int len;

	va_start(args, format);
	len = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	assert_true(len > 0 && len < (int)sizeof(line));
	if (write(fd, line, (size_t)len) != len)
		_exit(1);
}

/* The answer to what was posted; a client ends with its daemon. */
static struct reply
must_post(const char *path, const char *key, const char *body)
{
	struct reply reply = post(path, key, body);

	if (reply.status == 0)
		_exit(0);
	if (reply.status != 200 && reply.status != 201) {
		(void)fprintf(stderr, "%s: HTTP %ld %s\n", path, reply.status,
		    reply.text);
		_exit(2);
	}

	return reply;
}

/* The first cost's notice of a patient, or the ward's. */
static void
send_notice(int fd, const char *id, const char *patient, bool ward)
{
	char path[128], body[640];
	struct reply reply;
	json_t *notices;

	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s/notices", id);
	(void)snprintf(body, sizeof(body), "{\"fields\":{\"MA_BN\":\"%s\"%s%s"
	    "%s,\"MA_DICH_VU\":\"02.1896\",\"TEN_DICH_VU\":\"Khám\","
	    "\"NGAY_YL\":\"209901010000\"%s}}", patient,
	    patient[0] == 'H' && !ward ? ",\"MA_LK\":\"" : "",
	    patient[0] == 'H' && !ward ? patient : "",
	    patient[0] == 'H' && !ward ? "\"" : "",
	    ward ? ",\"NGAY_VAO_NOI_TRU\":\"209901010000\",\"LY_DO_VNT\":"
	    "\"Theo dõi\"" : "");
	reply = must_post(path, "", body);
	notices = json_object_get(reply.json, "notices");
	note(fd, "N %s %s %s %zu\n", id, view_text(json_array_get(notices,
	    json_array_size(notices) - 1), "fields.MA_LK"), patient,
	    json_array_size(notices));
	reply_free(&reply);
}

/* Admit after this lookup, notice, and every second patient of a ward. MA_LK
 * comes of hospital software (H…) or of the station's rule. */
static void
visit(int fd, const char *lookup, const char *key, unsigned n)
{
	char body[256], id[40], patient[80];
	struct reply reply;

	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\","
	    "\"another_visit\":true,\"operator\":\"" WORLD_OPERATOR "\"}",
	    lookup);
	reply = must_post("/v1/check-ins", key, body);
	(void)snprintf(id, sizeof(id), "%s", view_text(reply.json, "id"));
	note(fd, "C %s %s %s\n", id, lookup, key);
	reply_free(&reply);
	(void)snprintf(patient, sizeof(patient), "%c-%s", n % 3 == 0 ? 'H' :
	    'S', key);
	send_notice(fd, id, patient, false);
	if (n % 2 == 0)
		send_notice(fd, id, patient, true);
}

static void
client(int fd, unsigned round, unsigned number)
{
	char key[64], id[40];
	unsigned n;

	for (n = 0;; n++) {
		unsigned body = number == 0 ? 0 : n % 4;
		struct reply reply;

		(void)snprintf(key, sizeof(key), "t-%u-%u-%u", round, number,
		    n);
		reply = ask(key, bodies[body]);
		if (reply.status == 0)
			_exit(0);	/* the daemon is gone */
		(void)snprintf(id, sizeof(id), "%s",
		    view_text(reply.json, "id"));
		if (reply.status == 200)
			note(fd, "L %s %s %s %u\n", id,
			    view_text(reply.json, "outcome"), key, body);
		if (reply.status == 200 && number == 0)
			visit(fd, id, key, n);
		reply_free(&reply);
	}
}

/* Has a line of this kind been noted behind this place? */
static bool
is_noted(int fd, off_t place, char kind)
{
	const char wanted[] = { '\n', kind, ' ', '\0' };
	char text[8192] = "\n";
	ssize_t got = pread(fd, text + 1, sizeof(text) - 2, place);

	assert_true(got >= 0);
	text[1 + got] = '\0';

	return strstr(text, wanted) != NULL;
}

static void
one_round(int fd, unsigned round)
{
	pid_t clients[CLIENTS];
	off_t before = lseek(fd, 0, SEEK_END);
	unsigned i;

	/* taken, and the answer breaks off: once in each life */
	world_gateway_fail(&world, "half@checkin&times=1");
	world_daemon_start_blind(&world, SETTINGS);
	for (i = 0; i < CLIENTS; i++) {
		clients[i] = fork();
		assert_true(clients[i] >= 0);
		if (clients[i] == 0)
			client(fd, round, i);
	}
	/* at work before it dies: a lookup, an admission or a notice has been
	 * answered */
	for (i = 0; i < 500 && !is_noted(fd, before, "LCN"[round % 3]); i++)
		(void)usleep(10000);
	(void)usleep((unsigned)rand() % 100000);
	(void)world_daemon_stop(&world, SIGKILL);
	for (i = 0; i < CLIENTS; i++) {
		int status = 0;

		(void)kill(clients[i], SIGKILL);
		(void)waitpid(clients[i], &status, 0);
		/* refused while it was served: that is no way to die */
		assert_false(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	}
}

/* --- The reckoning -------------------------------------------------------- */

/* How many lines of each kind were found in the clients' notes. */
struct noted {
	unsigned lookups, admissions, notices;
};

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

static void
check_lookup_line(sqlite3 *db, const char *line, struct noted *noted)
{
	char id[40], outcome[32], key[64];
	unsigned body;

	assert_int_equal(sscanf(line, "L %39s %31s %63s %u", id, outcome, key,
	    &body), 4);
	check_note(db, id, outcome);
	if (noted->lookups++ % 50 == 0)
		check_repetition(id, key, body);
}

/* --- The outbox ------------------------------------------------------------ */

static void
check_admission(const char *line, struct noted *noted)
{
	char id[40], lookup[40], key[64], body[256];
	struct reply reply;

	assert_int_equal(sscanf(line, "C %39s %39s %63s", id, lookup, key),
	    3);
	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\","
	    "\"another_visit\":true,\"operator\":\"" WORLD_OPERATOR "\"}",
	    lookup);
	reply = post("/v1/check-ins", key, body);
	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(reply.json, "id"), id);
	reply_free(&reply);
	noted->admissions++;
}

/* A visit has its notices once each, all accepted, under one MA_LK. One more
 * than was noted may be there: the daemon died before it could answer. */
static void
check_notices(json_t *notices, const char *episode, const char *patient,
    size_t count)
{
	size_t i, len = json_array_size(notices);

	assert_in_range(len, count, 2);
	for (i = 0; i < len; i++) {
		json_t *row = json_array_get(notices, i);

		assert_string_equal(view_text(row, "state"), "accepted");
		assert_string_not_equal(view_text(row, "transaction"), "");
		assert_string_equal(view_text(row, "fields.MA_LK"), episode);
		assert_string_equal(view_text(row, "fields.MA_BN"), patient);
		assert_string_equal(view_text(row, "ward"), i == 0 ?
		    "false" : "true");
	}
}

/* The row of what has arrived of a patient; made when it is missing. */
static json_t *
arrivals_of(json_t *arrivals, const char *patient)
{
	json_t *row = json_object_get(arrivals, patient);

	if (row == NULL) {
		row = json_pack("{s:i, s:i, s:n}", "first", 0, "ward", 0,
		    "episode");
		assert_int_equal(json_object_set_new(arrivals, patient, row),
		    0);
	}

	return row;
}

static void
check_notice_line(const char *line, json_t *arrivals, struct noted *noted)
{
	char id[40], episode[128], patient[80], path[128];
	struct reply reply;
	json_t *row;
	size_t count;

	assert_int_equal(sscanf(line, "N %39s %127s %79s %zu", id, episode,
	    patient, &count), 4);
	(void)snprintf(path, sizeof(path), "/v1/check-ins/%s", id);
	reply = world_http(&world, "GET", path, NULL, NULL);
	assert_int_equal(reply.status, 200);
	check_notices(json_object_get(reply.json, "notices"), episode,
	    patient, count);
	reply_free(&reply);
	row = arrivals_of(arrivals, patient);
	assert_string_equal(view_text(row, "episode"), episode);
	assert_true(json_integer_value(json_object_get(row, count == 1 ?
	    "first" : "ward")) >= 1);
	noted->notices++;
}

/* By patient: how often each notice arrived, and under which MA_LK, always the
 * same. No ward's before the first cost's. */
static json_t *
read_arrivals(void)
{
	struct reply reply = world_gateway(&world, "GET", "/sim/arrivals");
	json_t *arrivals = json_object(), *one, *row, *times;
	size_t i;

	json_array_foreach(reply.json, i, one) {
		bool ward = json_is_true(json_object_get(one, "ward"));

		row = arrivals_of(arrivals, view_text(one, "ma_bn"));
		times = json_object_get(row, ward ? "ward" : "first");
		assert_int_equal(json_integer_set(times,
		    json_integer_value(times) + 1), 0);
		if (json_is_null(json_object_get(row, "episode")))
			(void)json_object_set(row, "episode",
			    json_object_get(one, "ma_lk"));
		assert_string_equal(view_text(row, "episode"),
		    json_string_value(json_object_get(one, "ma_lk")));
		if (ward)
			assert_true(json_integer_value(json_object_get(row,
			    "first")) >= 1);
	}
	printf("%zu arrivals of %zu visits\n", json_array_size(reply.json),
	    json_object_size(arrivals));
	reply_free(&reply);

	return arrivals;
}

static void
wait_for_empty_outbox(sqlite3 *db)
{
	int tries;

	for (tries = 0; tries < 1200; tries++) {
		if (number_of(db, "SELECT count(*) FROM notice WHERE "
		    "state <> 2") == 0)
			return;
		(void)usleep(50000);
	}
	fail_msg("the outbox still holds %lld notices", number_of(db,
	    "SELECT count(*) FROM notice WHERE state <> 2"));
}

/* What is here is what has arrived, and nothing else. */
static void
check_outbox(sqlite3 *db, json_t *arrivals)
{
	long long here = 0;
	const char *patient;
	json_t *row;

	json_object_foreach(arrivals, patient, row)
		here += 1 + (json_integer_value(json_object_get(row,
		    "ward")) > 0);
	assert_int_equal(number_of(db, "SELECT count(*) FROM notice"), here);
	assert_int_equal(number_of(db, "SELECT count(*) FROM check_in WHERE "
	    "(SELECT count(*) FROM receipt r WHERE r.subject = check_in.id "
	    "AND r.kind = 4) = 0"), 0);
}

static void
check_notes(sqlite3 *db, json_t *arrivals, const char *path,
    struct noted *noted)
{
	char line[NOTE_LEN];
	FILE *notes = fopen(path, "r");

	assert_non_null(notes);
	while (fgets(line, sizeof(line), notes) != NULL) {
		if (line[0] == 'L')
			check_lookup_line(db, line, noted);
		else if (line[0] == 'C')
			check_admission(line, noted);
		else
			check_notice_line(line, arrivals, noted);
	}
	(void)fclose(notes);
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
	struct noted noted = { 0, 0, 0 };
	char path[128], *said = NULL;
	json_t *arrivals;
	unsigned round;
	sqlite3 *db;
	int fd;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/notes", world.dir);
	fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	srand((unsigned)time(NULL));
	for (round = 0; round < KILLS; round++)
		one_round(fd, round);
	(void)close(fd);

	world_gateway_fail(&world, "none");
	world_daemon_start(&world, SETTINGS);
	db = open_database();
	wait_for_empty_outbox(db);
	arrivals = read_arrivals();
	check_notes(db, arrivals, path, &noted);
	check_outbox(db, arrivals);
	check_figures(db);
	json_decref(arrivals);
	(void)sqlite3_close(db);
	printf("%u answers, %u admissions, %u notices in %d lives\n",
	    noted.lookups, noted.admissions, noted.notices, KILLS);
	assert_true(noted.lookups >= KILLS);
	assert_true(noted.notices >= KILLS / 4);
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
