/*
 * flow_appointments.c - a list of tomorrow's patients, looked up beforehand
 *
 * As a hospital's table, through the command and the route; with an outage and
 * a kill in the middle of the run.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/world.h"

/* Of any hour, so that no clock has to be moved. */
#define PACE "[gateway]\nbackoff_ms = 100\nbackoff_max_ms = 100\n" \
	"[appointments]\ndeadline_hour = 24\nends_soon_days = 7\n" \
	"calls = 8\npause_ms = 0\n"
#define EVENING PACE "hour = 0\n"
#define AUTOMATIC "[automatic]\noperator = " WORLD_OPERATOR "\n"

static struct world world;
static char today[16], tomorrow[16];

static void
read_date(const char *which, char out[16])
{
	char command[96];
	char *output = NULL;

	(void)snprintf(command, sizeof(command),
	    "TZ=Asia/Ho_Chi_Minh date -d %s +%%F", which);
	assert_int_equal(world_run(&world, command, &output), 0);
	(void)snprintf(out, 16, "%.10s", output);
	free(output);
}

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	read_date("today", today);
	read_date("tomorrow", tomorrow);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

static json_t *
ask(const char *method, const char *path, const char *body,
    const char *type, long status)
{
	char line[64];
	const char *headers[] = { line, NULL };
	struct reply reply;
	json_t *json;

	(void)snprintf(line, sizeof(line), "Content-Type: %s", type);
	reply = world_http(&world, method, path, body, headers);
	if (reply.status != status)
		fail_msg("%s %s: HTTP %ld, not %ld: %s", method, path,
		    reply.status, status, reply.text);
	json = json_incref(reply.json);
	reply_free(&reply);

	return json;
}

/* One row of a table for this simulated person. */
static void
add_person(char *table, size_t size, const char *label, const char *date,
    const char *phone)
{
	json_t *person = world_person(&world, label);
	size_t len = strlen(table);

	(void)snprintf(table + len, size - len, "%s;%s;%s;%s;%s\r\n",
	    json_string_value(json_object_get(person, "name")),
	    json_string_value(json_object_get(person, "number")),
	    json_string_value(json_object_get(person, "birth")), date, phone);
	json_decref(person);
}

#define HEAD "\xef\xbb\xbf" "Họ tên;Số CCCD;Ngày sinh;Ngày hẹn;SĐT\r\n"

static json_t *
day_of(const char *date)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/v1/appointments?date=%s", date);

	return ask("GET", path, NULL, "", 200);
}

/* Until nobody of that day waits any more. */
static json_t *
wait_done(const char *date)
{
	json_t *day = NULL;
	int tries;

	for (tries = 0; tries < 1200; tries++) {
		day = day_of(date);
		if (strcmp(view_text(day, "waiting"), "0") == 0)
			return day;
		json_decref(day);
		(void)usleep(50 * 1000);
	}
	fail_msg("the list of %s does not end", date);

	return NULL;
}

static json_t *
problem_of(json_t *day, const char *state)
{
	json_t *row;
	size_t i;

	json_array_foreach(json_object_get(day, "problems"), i, row) {
		if (strcmp(view_text(row, "state"), state) == 0)
			return row;
	}
	fail_msg("nobody is %s", state);

	return NULL;
}

static void
a_table_is_taken_row_by_row(void **state)
{
	char table[4096] = HEAD;
	json_t *taken, *refused;

	(void)state;
	world_daemon_start(&world, EVENING);
	add_person(table, sizeof(table), "code-000", today, "");
	add_person(table, sizeof(table), "ends-soon", today, "0912 345 678");
	add_person(table, sizeof(table), "code-010", today, "02943 855 999");
	(void)strcat(table, "Người Quên Số;;1990;");
	(void)strcat(table, today);
	(void)strcat(table, ";0987654321\r\nNgười Sai Số;84190123456;1990;");
	(void)strcat(table, today);
	(void)strcat(table, ";\r\n");
	taken = ask("POST", "/v1/appointments", table, "text/csv", 200);
	assert_string_equal(view_text(taken, "taken"), "4");
	assert_string_equal(view_text(taken, "unaskable"), "1");
	assert_string_equal(view_text(taken, "refused_count"), "1");
	refused = json_array_get(json_object_get(taken, "refused"), 0);
	assert_string_equal(view_text(refused, "line"), "6");
	assert_string_equal(view_text(refused, "field"), "number");
	json_decref(taken);
	taken = ask("POST", "/v1/appointments", table,
	    "text/csv; charset=utf-8", 200);
	assert_string_equal(view_text(taken, "known"), "4");
	json_decref(taken);
}

static void
what_is_no_list_is_refused(void **state)
{
	char *large = malloc(1024 * 1024 + 2);

	(void)state;
	json_decref(ask("POST", "/v1/appointments", "a,b\n1,2\n", "text/csv",
	    422));
	json_decref(ask("POST", "/v1/appointments", "x", "text/plain", 415));
	json_decref(ask("POST", "/v1/appointments", "{\"appointments\":[]}",
	    "application/json", 422));
	json_decref(ask("POST", "/v1/appointments", "{\"appointments\":"
	    "[{\"full_name\":\"A\",\"visit_date\":\"2020-01-01\"}]}",
	    "application/json", 422));
	json_decref(ask("GET", "/v1/appointments?date=2026-02-30", NULL, "",
	    422));
	assert_non_null(large);
	memset(large, 'x', 1024 * 1024 + 1);
	large[1024 * 1024 + 1] = '\0';
	json_decref(ask("POST", "/v1/appointments", large, "text/csv", 413));
	free(large);
}

/* In whose name? */
static void
without_an_operator_nobody_asks(void **state)
{
	json_t *day = day_of(today);

	(void)state;
	assert_string_equal(view_text(day, "run.state"), "off");
	assert_string_equal(view_text(day, "waiting"), "3");
	json_decref(day);
	json_decref(ask("POST", "/v1/appointments/run", "{}",
	    "application/json", 409));
	(void)world_daemon_stop(&world, SIGTERM);
}

static void
who_is_to_be_called_and_what_to_ask(void **state)
{
	json_t *day, *row;

	(void)state;
	world_daemon_start(&world, EVENING AUTOMATIC);
	day = wait_done(today);
	assert_string_equal(view_text(day, "total"), "4");
	assert_string_equal(view_text(day, "covered"), "2");
	assert_string_equal(view_text(day, "ends_soon"), "1");
	assert_string_equal(view_text(day, "not_covered"), "1");
	assert_string_equal(view_text(day, "unaskable"), "1");
	assert_int_equal(json_array_size(json_object_get(day, "problems")),
	    3);
	row = problem_of(day, "ends_soon");
	assert_string_equal(view_text(row, "reason"), "ends_soon");
	assert_string_equal(view_text(row, "phone"), "0912 345 678");
	assert_int_equal(strlen(view_text(row, "valid_to")), 10);
	row = problem_of(day, "problem");
	assert_string_equal(view_text(row, "outcome"), "not_covered");
	assert_non_null(strstr(view_text(row, "telephone"), "gia hạn"));
	row = problem_of(day, "unaskable");
	assert_string_equal(view_text(row, "reason"), "no_number");
	assert_string_equal(view_text(row, "full_name"), "Người Quên Số");
	assert_non_null(strstr(view_text(row, "telephone"), "số căn cước"));
	json_decref(day);
}

/* The answer is there before the patient: no desk has asked yet. */
static void
the_answer_waits_for_the_patient(void **state)
{
	json_t *person = world_person(&world, "code-000"), *view;
	int gateway_port = world.gateway_port;

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	world.gateway_port = 1;		/* the line is gone over night */
	world_daemon_start(&world, EVENING AUTOMATIC);
	world.gateway_port = gateway_port;
	json_decref(world_wait(&world, 20000, "reader.state", "ready", NULL));
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "qr"))), 204);
	view = world_wait(&world, 20000, "phase", "answered", NULL);
	assert_string_equal(view_text(view, "lookup.outcome"), "covered");
	assert_string_equal(view_text(view, "lookup.source"), "stale");
	json_decref(view);
	json_decref(person);
}

static void
a_run_goes_on_after_outage_and_kill(void **state)
{
	char table[8192] = HEAD;
	char label[16];
	json_t *day;
	int i;

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	for (i = 0; i < 20; i++) {
		(void)snprintf(label, sizeof(label), "p%05d", 400 + i);
		add_person(table, sizeof(table), label, tomorrow, "");
	}
	world_gateway_latency(&world, 300);
	world_daemon_start(&world, EVENING AUTOMATIC);
	json_decref(ask("POST", "/v1/appointments", table, "text/csv", 200));
	(void)usleep(500 * 1000);
	(void)world_daemon_stop(&world, SIGKILL);
	world_gateway_latency(&world, 0);
	world_daemon_start(&world, EVENING AUTOMATIC);
	day = wait_done(tomorrow);
	assert_string_equal(view_text(day, "total"), "20");
	json_decref(day);
}

/* Before the hour nobody is asked, unless somebody wants it. */
static void
the_command_imports_and_runs(void **state)
{
	char table[1024] = HEAD, path[128];
	char *output = NULL;
	json_t *day;
	FILE *file;

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, PACE "hour = 23\n" AUTOMATIC);
	add_person(table, sizeof(table), "code-060", tomorrow, "0911222333");
	(void)strcat(table, "A;B\r\n");
	(void)snprintf(path, sizeof(path), "%s/table.csv", world.dir);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(table, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf appointments import $DIR/table.csv",
	    &output), 1);
	assert_non_null(strstr(output, "1 taken: 0 known"));
	assert_non_null(strstr(output, "line 3: expected: as many columns"));
	free(output);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf appointments run", NULL), 0);
	day = wait_done(tomorrow);
	assert_string_equal(view_text(day, "total"), "21");
	json_decref(day);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf appointments problems", &output), 0);
	assert_non_null(strstr(output, "0911222333"));
	assert_non_null(strstr(output, "căn cước"));
	free(output);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf appointments list", &output), 0);
	assert_non_null(strstr(output, "    21  expected"));
	assert_non_null(strstr(output, "     0  to be asked"));
	free(output);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf appointments list 2026-02-30 2>&1", NULL), 1);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf appointments import 2>&1", NULL), 2);
}

static void
the_list_is_kept_no_longer_than_set(void **state)
{
	char *output = NULL;

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	assert_int_equal(world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "'UPDATE appointment SET visit_date = 20200101 "
	    "WHERE number % 2 = 0'", NULL), 0);
	world_daemon_start(&world, EVENING AUTOMATIC);
	/* The keeper looks at the start; its turn is over before this one. */
	json_decref(day_of(today));
	(void)world_daemon_stop(&world, SIGTERM);
	assert_int_equal(world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "'SELECT count(*) FROM appointment WHERE visit_date < 20200201'",
	    &output), 0);
	assert_string_equal(output, "0\n");
	free(output);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_table_is_taken_row_by_row),
		cmocka_unit_test(what_is_no_list_is_refused),
		cmocka_unit_test(without_an_operator_nobody_asks),
		cmocka_unit_test(who_is_to_be_called_and_what_to_ask),
		cmocka_unit_test(the_answer_waits_for_the_patient),
		cmocka_unit_test(a_run_goes_on_after_outage_and_kill),
		cmocka_unit_test(the_command_imports_and_runs),
		cmocka_unit_test(the_list_is_kept_no_longer_than_set)
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
