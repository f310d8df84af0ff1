/*
 * flow_clock.c - somebody sets the clock of a clinic's computer, forward and
 * back, while patients are being admitted
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/desk.h"
#include "support/world.h"

#define SETTINGS "[lookup]\nbudget_ms = 10000\n"
#define SOON_MS 30000
#define HOUR_MS 3600000LL
#define DAY_MS (24 * HOUR_MS)

static struct world world;
static long answered;

/* Whole from one moment to the next: the daemon reads it at every call. */
static void
set_clock(long long passed_ms, long long set_ms)
{
	char command[160];

	(void)snprintf(command, sizeof(command), "echo '%lld %lld' "
	    ">$DIR/clock-new && mv $DIR/clock-new $DIR/clock-offset",
	    passed_ms, set_ms);
	assert_int_equal(world_run(&world, command, NULL), 0);
}

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, SETTINGS);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

static int
right_clock(void **state)
{
	(void)state;
	world_gateway_latency(&world, 0);
	set_clock(0, 0);

	return 0;
}

static json_t *
look_up(unsigned number)
{
	char label[16];
	json_t *person, *body, *json;
	struct reply reply;
	char *text;

	(void)snprintf(label, sizeof(label), "p%05u", number);
	person = world_person(&world, label);
	body = json_pack("{s:O, s:O, s:O, s:s, s:s, s:s, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR, "presented", "cccd",
	    "desk", "ban-1", "kind", "desk");
	text = json_dumps(body, JSON_COMPACT);
	reply = world_http(&world, "POST", "/v1/lookups", text, NULL);
	if (reply.status != 200 && reply.status != 201)
		fail_msg("%s: HTTP %ld: %s", label, reply.status, reply.text);
	json = json_incref(reply.json);
	reply_free(&reply);
	free(text);
	json_decref(body);
	json_decref(person);
	answered++;

	return json;
}

/* The gateway has been asked and has answered, whatever day it is here. */
static void
assert_answered(unsigned number)
{
	json_t *json = look_up(number);

	assert_string_equal(view_text(json, "source"), "gateway");
	assert_string_not_equal(view_text(json, "outcome"), "unavailable");
	json_decref(json);
}

static long
token_takes(void)
{
	struct reply reply = world_gateway(&world, "GET", "/sim/counts");
	long count = (long)json_integer_value(
	    json_object_get(reply.json, "token_takes"));

	assert_int_equal(reply.status, 200);
	reply_free(&reply);

	return count;
}

static void
a_clock_that_is_set_costs_no_session(void **state)
{
	static const long long jumps[] = {
		2 * DAY_MS, -2 * DAY_MS, 400 * DAY_MS, -400 * DAY_MS, HOUR_MS,
		-HOUR_MS
	};
	unsigned i;

	(void)state;
	assert_answered(801);
	for (i = 0; i < 6; i++) {
		set_clock(0, jumps[i]);
		assert_answered(802 + i);
	}
	assert_int_equal(token_takes(), 1);
}

/* A hand that sets the clock while a call is on its way. */
static void
a_clock_that_is_set_during_a_call_loses_nothing(void **state)
{
	static const long long jumps[] = { 3 * DAY_MS, -3 * DAY_MS };
	unsigned i;

	(void)state;
	world_gateway_latency(&world, 700);
	for (i = 0; i < 2; i++) {
		pid_t hand = fork();
		json_t *json;

		assert_true(hand >= 0);
		if (hand == 0) {
			(void)usleep(250 * 1000);
			set_clock(0, jumps[i]);
			_exit(0);
		}
		assert_answered(810 + i);
		assert_int_equal(waitpid(hand, NULL, 0), hand);
		set_clock(0, 0);
		json = look_up(810 + i);
		assert_string_not_equal(view_text(json, "outcome"),
		    "unavailable");
		json_decref(json);
	}
}

/* Ten minutes in which the computer slept: the session is over, not the
 * clinic. */
static void
after_a_sleep_it_goes_on(void **state)
{
	long before;

	(void)state;
	assert_answered(820);
	before = token_takes();
	set_clock(11 * 60000LL, 0);
	assert_answered(821);
	assert_int_equal(token_takes(), before + 1);
}

static void
assert_another_lookup(char before[33])
{
	json_t *view = desk_view(&world, "ban-1");

	assert_string_not_equal(view_text(view, "lookup.id"), before);
	json_decref(view);
	view = world_wait(&world, SOON_MS, "phase", "answered", NULL);
	assert_string_not_equal(view_text(view, "lookup.id"), before);
	assert_string_equal(view_text(view, "lookup.source"), "gateway");
	(void)snprintf(before, 33, "%s", view_text(view, "lookup.id"));
	json_decref(view);
	answered++;
}

/* The last patient of one day is the first one of another: a visit of its own,
 * about which the insurer is asked. */
static void
who_comes_on_another_day_begins_another_visit(void **state)
{
	char id[33] = "";
	json_t *view;

	(void)state;
	desk_scan(&world, "ban-1", "p00840", "qr");
	assert_another_lookup(id);
	desk_scan(&world, "ban-1", "p00840", "qr");
	view = desk_view(&world, "ban-1");
	assert_string_equal(view_text(view, "lookup.id"), id);
	json_decref(view);
	set_clock(0, DAY_MS);
	desk_scan(&world, "ban-1", "p00840", "qr");
	assert_another_lookup(id);
	/* The code of yesterday would open the card of today. */
	set_clock(0, 2 * DAY_MS);
	world_card(&world, "insert p00840");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", "identity",
	    "null", "lookup", "null", NULL));
	desk_scan(&world, "ban-1", "p00840", "qr");
	assert_another_lookup(id);
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", NULL));
	world_card(&world, "remove");
	desk_post(&world, "ban-1", "reset", "{}", 204);
}

/* Visits of those whose code was scanned. */
static json_int_t
scanned_visits(json_t *rows)
{
	json_int_t sum = 0;
	json_t *row;
	size_t i;

	json_array_foreach(rows, i, row) {
		if (strcmp(view_text(row, "series"), "visits") == 0 &&
		    strcmp(view_text(row, "captured"), "qr") == 0)
			sum += json_integer_value(
			    json_object_get(row, "count"));
	}

	return sum;
}

/* Figures belong to days, receipts to an order: neither is mixed up. */
static void
figures_and_proof_are_whole_afterwards(void **state)
{
	struct reply feed = world_http(&world, "GET",
	    "/v1/stats/feed?after=0", NULL, NULL);
	json_int_t sum = 0;
	json_t *row;
	size_t i;

	(void)state;
	assert_int_equal(feed.status, 200);
	json_array_foreach(json_object_get(feed.json, "rows"), i, row) {
		if (strcmp(view_text(row, "series"), "lookups") == 0)
			sum += json_integer_value(
			    json_object_get(row, "count"));
	}
	assert_int_equal(sum, answered);
	assert_int_equal(scanned_visits(json_object_get(feed.json, "rows")), 3);
	reply_free(&feed);
	assert_int_equal(world_run(&world, "\"$BIN/checkin\" -c "
	    "\"$DIR/checkind.conf\" receipt verify >/dev/null 2>&1", NULL), 0);
	/* Neither does a start under a clock that is wrong. */
	(void)world_daemon_stop(&world, SIGTERM);
	set_clock(0, -400 * DAY_MS);
	world_daemon_start(&world, SETTINGS);
	assert_answered(830);
	assert_int_equal(world_run(&world, "\"$BIN/checkin\" -c "
	    "\"$DIR/checkind.conf\" receipt verify >/dev/null 2>&1", NULL), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_clock_that_is_set_costs_no_session,
		    right_clock),
		cmocka_unit_test_setup(
		    a_clock_that_is_set_during_a_call_loses_nothing,
		    right_clock),
		cmocka_unit_test_setup(after_a_sleep_it_goes_on, right_clock),
		cmocka_unit_test_setup(
		    who_comes_on_another_day_begins_another_visit,
		    right_clock),
		cmocka_unit_test_setup(figures_and_proof_are_whole_afterwards,
		    right_clock),
	};

	return cmocka_run_group_tests_name("clock", tests, open_world,
	    close_world);
}
