/*
 * flow_offline.c - an outage, a kill in the middle of it, and the line's return
 *
 * Nobody is left without admission; what the line kept from us is asked again
 * when it is back, and what is different then reaches the desk.
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

#define UNATTENDED "[gateway]\nbackoff_ms = 100\nbackoff_max_ms = 100\n" \
	"[recheck]\npause_ms = 20\nbackoff_max_ms = 200\n"
#define SETTINGS UNATTENDED "[automatic]\noperator = " WORLD_OPERATOR "\n"

static struct world world;
static int gateway_port;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	gateway_port = world.gateway_port;

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* Start again, with or without a line to the gateway. */
static void
start(bool line, const char *settings)
{
	world.gateway_port = line ? gateway_port : 1;
	world_daemon_start(&world, settings);
}

static json_t *
ask(const char *method, const char *path, const char *body, long status)
{
	struct reply reply = world_http(&world, method, path, body, NULL);
	json_t *json;

	if (reply.status != status)
		fail_msg("%s %s: HTTP %ld, not %ld: %s", method, path,
		    reply.status, status, reply.text);
	json = json_incref(reply.json);
	reply_free(&reply);

	return json;
}

/* Look this person up; returns the answer. */
static json_t *
look_up(const char *label)
{
	json_t *person = world_person(&world, label);
	json_t *body = json_pack("{s:O, s:O, s:O, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR);
	char *text = json_dumps(body, JSON_COMPACT);
	json_t *json = ask("POST", "/v1/lookups", text, 200);

	free(text);
	json_decref(body);
	json_decref(person);

	return json;
}

/* The same, for a lookup whose answer is known beforehand. */
static void
look_up_as(const char *label, const char *outcome, const char *source,
    char id[64])
{
	json_t *json = look_up(label);

	assert_string_equal(view_text(json, "outcome"), outcome);
	assert_string_equal(view_text(json, "source"), source);
	(void)snprintf(id, 64, "%s", view_text(json, "id"));
	json_decref(json);
}

static long
metric(const char *name)
{
	struct reply reply = world_http(&world, "GET", "/metrics", NULL, NULL);
	char wanted[96];
	const char *at;
	long value;

	(void)snprintf(wanted, sizeof(wanted), "\n%s ", name);
	at = strstr(reply.text, wanted);
	assert_non_null(at);
	value = strtol(at + strlen(wanted), NULL, 10);
	reply_free(&reply);

	return value;
}

static void
wait_queue(long length)
{
	int tries;

	for (tries = 0; tries < 600; tries++) {
		if (metric("checkin_recheck_queue_length") == length)
			return;
		(void)usleep(50 * 1000);
	}
	fail_msg("the queue does not become %ld", length);
}

/* How the re-check of this lookup ended: its row. New reference. */
static json_t *
row_of(const char *state, const char *id)
{
	char path[64];
	json_t *list, *row, *found = NULL;
	size_t i;

	(void)snprintf(path, sizeof(path), "/v1/rechecks?state=%s", state);
	list = ask("GET", path, NULL, 200);
	json_array_foreach(list, i, row) {
		if (strcmp(view_text(row, "lookup"), id) == 0)
			found = json_incref(row);
	}
	json_decref(list);
	if (found == NULL)
		fail_msg("%s is not %s", id, state);

	return found;
}

static void
assert_outcome(const char *id, const char *outcome, const char *source)
{
	char path[128];
	json_t *json;

	(void)snprintf(path, sizeof(path), "/v1/lookups/%s", id);
	json = ask("GET", path, NULL, 200);
	assert_string_equal(view_text(json, "outcome"), outcome);
	assert_string_equal(view_text(json, "source"), source);
	json_decref(json);
}

static void
what_an_outage_kept_is_asked_when_the_line_is_back(void **state)
{
	char one[64], two[64], decided[64];
	json_t *row;

	(void)state;
	start(false, SETTINGS);
	look_up_as("code-000", "unavailable", "none", one);
	look_up_as("code-010", "unavailable", "none", two);
	assert_int_equal(metric("checkin_recheck_queue_length"), 2);
	(void)world_daemon_stop(&world, SIGKILL);
	start(true, SETTINGS);
	wait_queue(0);
	row = row_of("changed", one);
	assert_string_equal(view_text(row, "before"), "unavailable");
	assert_string_equal(view_text(row, "after"), "covered");
	assert_outcome(view_text(row, "answer"), "covered", "gateway");
	(void)snprintf(decided, sizeof(decided), "%s",
	    view_text(row, "decided_at"));
	json_decref(row);
	row = row_of("changed", two);
	assert_string_equal(view_text(row, "after"), "not_covered");
	/* Who came last is asked first. */
	assert_true(strcmp(view_text(row, "decided_at"), decided) < 0);
	json_decref(row);
	/* What was closed stays as it was. */
	assert_outcome(one, "unavailable", "none");
	assert_int_equal(metric("checkin_recheck_changed_total"), 2);
}

static void
a_desk_shows_what_changed_until_a_clerk_has_seen_it(void **state)
{
	json_t *view = world_wait(&world, 30000, "rechecks.waiting", "0",
	    NULL);
	json_t *changed = json_object_get(json_object_get(view, "rechecks"),
	    "changed");
	char path[128];
	size_t i, count = json_array_size(changed);
	json_t *row;

	(void)state;
	assert_int_equal(count, 2);
	json_array_foreach(changed, i, row) {
		assert_string_not_equal(view_text(row, "full_name"), "null");
		(void)snprintf(path, sizeof(path), "/v1/rechecks/%s/seen",
		    view_text(row, "lookup"));
		json_decref(ask("POST", path, "{}", 204));
		json_decref(ask("POST", path, "{}", 204));
	}
	json_decref(view);
	view = world_wait(&world, 30000, "rechecks.waiting", "0", NULL);
	assert_int_equal(json_array_size(json_object_get(
	    json_object_get(view, "rechecks"), "changed")), 0);
	json_decref(view);
	json_decref(ask("POST", "/v1/rechecks/00/seen", "{}", 404));
	assert_int_equal(metric("checkin_recheck_changed_total"), 2);
}

static void
a_stale_yes_that_holds_is_no_change(void **state)
{
	char first[64], stale[64];

	(void)state;
	look_up_as("p00302", "covered", "gateway", first);
	(void)world_daemon_stop(&world, SIGTERM);
	start(false, SETTINGS "[lookup]\npolicy = always\n");
	look_up_as("p00302", "covered", "stale", stale);
	wait_queue(1);
	(void)world_daemon_stop(&world, SIGKILL);
	start(true, SETTINGS);
	wait_queue(0);
	json_decref(row_of("same", stale));
	assert_int_equal(metric("checkin_recheck_changed_total"), 2);
}

/* The patient is still at the desk and is asked about once more: nobody else
 * has to. */
static void
a_later_answer_takes_the_question_out_of_the_queue(void **state)
{
	char one[64], two[64], answered[64];

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	start(false, UNATTENDED);
	look_up_as("p00303", "unavailable", "none", one);
	look_up_as("p00303", "unavailable", "none", two);
	assert_int_equal(metric("checkin_recheck_queue_length"), 1);
	json_decref(row_of("overtaken", one));
	(void)world_daemon_stop(&world, SIGTERM);
	start(true, UNATTENDED);
	assert_int_equal(metric("checkin_recheck_queue_length"), 1);
	look_up_as("p00303", "covered", "gateway", answered);
	assert_int_equal(metric("checkin_recheck_queue_length"), 0);
	json_decref(row_of("overtaken", two));
}

/* In whose name? Without an operator nobody asks, and everybody sees it. */
static void
nothing_is_asked_in_nobodys_name(void **state)
{
	char one[64];

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	start(false, UNATTENDED);
	look_up_as("p00304", "unavailable", "none", one);
	(void)world_daemon_stop(&world, SIGTERM);
	start(true, UNATTENDED);
	json_decref(world_wait(&world, 30000, "rechecks.waiting", "1",
	    "rechecks.asks", "false", NULL));
	(void)usleep(500 * 1000);
	json_decref(row_of("waiting", one));
	(void)world_daemon_stop(&world, SIGTERM);
	start(true, SETTINGS);
	wait_queue(0);
	json_decref(row_of("changed", one));
}

static void
the_cache_is_counted_and_erased(void **state)
{
	char *output = NULL;
	char id[64];

	(void)state;
	assert_int_not_equal(metric("checkin_cache_entries"), 0);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf cache stats", &output), 0);
	assert_non_null(strstr(output, "\"entries_max\":100000"));
	free(output);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf cache purge --older-than 0400", &output), 0);
	assert_non_null(strstr(output, "{\"erased\":0}"));
	free(output);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf cache purge", &output), 0);
	assert_null(strstr(output, "{\"erased\":0}"));
	free(output);
	assert_int_equal(metric("checkin_cache_entries"), 0);
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf cache purge --older-than x 2>&1", NULL), 2);
	/* Nothing is left to admit her on. */
	(void)world_daemon_stop(&world, SIGTERM);
	start(false, SETTINGS "[lookup]\npolicy = always\n");
	look_up_as("p00302", "unavailable", "none", id);
}

static void
the_proof_is_whole(void **state)
{
	char *output = NULL;

	(void)state;
	assert_int_equal(world_run(&world, "$BIN/checkin -c "
	    "$DIR/checkind.conf receipt verify", &output), 0);
	free(output);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    what_an_outage_kept_is_asked_when_the_line_is_back),
		cmocka_unit_test(
		    a_desk_shows_what_changed_until_a_clerk_has_seen_it),
		cmocka_unit_test(a_stale_yes_that_holds_is_no_change),
		cmocka_unit_test(
		    a_later_answer_takes_the_question_out_of_the_queue),
		cmocka_unit_test(nothing_is_asked_in_nobodys_name),
		cmocka_unit_test(the_cache_is_counted_and_erased),
		cmocka_unit_test(the_proof_is_whole)
	};

	return cmocka_run_group_tests(tests, open_world, close_world);
}
