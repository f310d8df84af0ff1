/*
 * flow_address.c - a session belongs to the address that took it: what happens
 * when the line changes its address
 *
 * Source: the gateway computes a token's hash over the caller's address
 * (gateway.md §1); the simulated one does so too.
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

#include "support/relay.h"
#include "support/world.h"

#define BRISK "[gateway]\nbackoff_ms = 100\nbackoff_max_ms = 100\n" \
	"[lookup]\nbudget_ms = 10000\n"
#define PATIENT "[gateway]\nbackoff_ms = 60000\nbackoff_max_ms = 600000\n" \
	"[lookup]\nbudget_ms = 10000\n"

static struct world world;
static struct relay line;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	relay_start(&line, world.gateway_port);
	(void)snprintf(world.gateway_url, sizeof(world.gateway_url),
	    "http://127.0.0.1:%d", line.port);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	relay_stop(&line);
	world_close(&world);

	return 0;
}

static int
forget_figures(void **state)
{
	struct reply reply = world_gateway(&world, "POST", "/sim/reset");

	(void)state;
	assert_int_equal(reply.status, 200);
	reply_free(&reply);
	relay_wander(&line, false);
	relay_move(&line, 11);

	return 0;
}

static int
end_daemon(void **state)
{
	(void)state;

	return world_daemon_stop(&world, SIGTERM);
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

	return json;
}

static void
assert_covered(unsigned number)
{
	json_t *json = look_up(number);

	assert_string_equal(view_text(json, "outcome"), "covered");
	assert_string_equal(view_text(json, "source"), "gateway");
	json_decref(json);
}

/* No answer, for this reason; it is the clinic's to mend, and is told so. */
static void
assert_refused(unsigned number, const char *reason)
{
	json_t *json = look_up(number);

	assert_string_equal(view_text(json, "outcome"), "unavailable");
	assert_string_equal(view_text(json, "reason"), reason);
	assert_string_equal(view_text(json, "owner"), "clinic");
	assert_non_null(strstr(view_text(json, "next_step"),
	    "Vẫn tiếp nhận người bệnh"));
	json_decref(json);
}

static long
figure(const char *name, const char *member)
{
	struct reply reply = world_gateway(&world, "GET", "/sim/counts");
	json_t *value = json_object_get(reply.json, name);
	long count;

	assert_int_equal(reply.status, 200);
	if (member != NULL)
		value = json_object_get(value, member);
	count = (long)json_integer_value(value);
	reply_free(&reply);

	return count;
}

static void
another_address_is_another_session(void **state)
{
	long calls;

	(void)state;
	world_daemon_start(&world, BRISK);
	calls = world_stat(&world, "calls", "total");
	assert_covered(601);
	assert_int_equal(figure("token_takes", NULL), 1);
	relay_move(&line, 12);
	/* The clerk sees nothing of it. */
	assert_covered(602);
	assert_int_equal(figure("token_takes", NULL), 2);
	assert_int_equal(figure("lookups_by_code", "401"), 1);
	assert_int_equal(figure("lookups", NULL), 3);
	/* The new session is kept: no further refusal. */
	assert_covered(603);
	assert_int_equal(figure("token_takes", NULL), 2);
	assert_int_equal(figure("lookups", NULL), 4);
	/* A call that was repeated for its token is one call. */
	assert_int_equal(world_stat(&world, "calls", "total") - calls, 3);
}

static void
an_address_that_never_stays_is_told_and_tried_twice_a_call(void **state)
{
	(void)state;
	world_daemon_start(&world, PATIENT);
	relay_wander(&line, true);
	assert_refused(611, "401");
	assert_int_equal(figure("token_takes", NULL), 2);
	assert_int_equal(figure("lookups", NULL), 2);
	/* Two refused calls in a row, and the gateway is left alone. */
	assert_refused(612, "401");
	assert_refused(613, "account");
	assert_refused(614, "account");
	assert_true(figure("lookups", NULL) <= 4);
	assert_true(figure("token_takes", NULL) <= 4);
}

static void
once_the_address_stays_it_goes_on_by_itself(void **state)
{
	unsigned tries;
	bool covered = false;

	(void)state;
	world_daemon_start(&world, BRISK);
	relay_wander(&line, true);
	assert_refused(621, "401");
	assert_refused(622, "401");
	relay_wander(&line, false);
	/* The same daemon, and nobody has touched it. */
	for (tries = 0; tries < 50 && !covered; tries++) {
		json_t *json = look_up(630 + tries);

		covered = strcmp(view_text(json, "outcome"), "covered") == 0;
		json_decref(json);
	}
	assert_true(covered);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, forget_figures, \
	end_daemon)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(another_address_is_another_session),
		TEST(an_address_that_never_stays_is_told_and_tried_twice_a_call),
		TEST(once_the_address_stays_it_goes_on_by_itself),
	};

	return cmocka_run_group_tests_name("address", tests, open_world,
	    close_world);
}
