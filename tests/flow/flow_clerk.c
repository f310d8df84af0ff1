/*
 * flow_clerk.c - a clerk signs on at a desk, and the insurer is asked as her
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

#include "support/world.h"

#define SOON_MS 20000

/* The gateway knows the second one; not the third's number, nor the fourth's
 * name under the second one's number. */
#define SECOND "THẠCH VĂN TRỰC BAN"
#define UNLISTED "LÊ THỊ CHƯA ĐĂNG KÝ"
#define MISNAMED "THẠCH VĂN TÊN SAI"

static struct world world;

static const char clerks[] =
    "[operator]\nname = " SECOND "\nnumber = 084085000002\n"
    "[operator]\nname = " UNLISTED "\nnumber = 084190999999\n"
    "[operator]\nname = " MISNAMED "\nnumber = 084085000002\n";

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, clerks);
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    NULL));

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

static struct reply
sign_on(const char *name)
{
	char body[256];

	(void)snprintf(body, sizeof(body),
	    "{\"name\":\"%s\",\"desk\":\"ban-1\"}", name);

	return world_http(&world, "POST", "/v1/operators/sign-on", body, NULL);
}

static void
call(const char *method, const char *path, const char *body)
{
	struct reply reply = world_http(&world, method, path, body, NULL);

	assert_int_equal(reply.status, 204);
	reply_free(&reply);
}

/* Scan one patient's code and return what the signed receipt says. */
static struct reply
ask_about(const char *label)
{
	json_t *person = world_person(&world, label), *view;
	struct reply receipt;
	char path[96];

	call("POST", "/v1/desks/ban-1/reset", "{}");
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "qr"))), 204);
	view = world_wait(&world, SOON_MS, "phase", "answered", NULL);
	(void)snprintf(path, sizeof(path), "/v1/lookups/%s/receipt",
	    view_text(view, "lookup.id"));
	receipt = world_http(&world, "GET", path, NULL, NULL);
	assert_int_equal(receipt.status, 200);
	json_decref(view);
	json_decref(person);

	return receipt;
}

static void
assert_asked_as(const char *label, const char *name)
{
	struct reply receipt = ask_about(label);
	char line[128];

	(void)snprintf(line, sizeof(line), "\noperator: %s\n", name);
	assert_non_null(strstr(view_text(receipt.json, "statement"), line));
	reply_free(&receipt);
}

static void
nobody_signed_on_is_the_first_one(void **state)
{
	(void)state;
	json_decref(world_wait(&world, SOON_MS, "operator.name",
	    WORLD_OPERATOR, "operator.signed_on", "false", NULL));
	assert_asked_as("code-000", WORLD_OPERATOR);
}

static void
the_desk_asks_in_the_name_of_who_signed_on(void **state)
{
	struct reply reply = sign_on(SECOND);

	(void)state;
	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(reply.json, "state"), "taken");
	reply_free(&reply);
	json_decref(world_wait(&world, SOON_MS, "operator.name", SECOND,
	    "operator.signed_on", "true", "operator.state", "taken", NULL));
	assert_asked_as("code-001", SECOND);
	call("DELETE", "/v1/desks/ban-1/operator", NULL);
	json_decref(world_wait(&world, SOON_MS, "operator.name",
	    WORLD_OPERATOR, "operator.signed_on", "false", NULL));
}

/* 054 and 055 come before any patient, and change nothing at the desk. */
static void
who_is_refused_does_not_sign_on(void **state)
{
	static const char *const refused[][2] = {
		{ UNLISTED, "054" }, { MISNAMED, "055" }
	};
	long lookups = world_stat(&world, "lookups", "total");
	long calls = world_stat(&world, "calls", "total");
	struct reply reply = sign_on(SECOND);
	size_t i;

	(void)state;
	reply_free(&reply);
	for (i = 0; i < 2; i++) {
		reply = sign_on(refused[i][0]);
		assert_int_equal(reply.status, 200);
		assert_string_equal(view_text(reply.json, "state"), "refused");
		assert_string_equal(view_text(reply.json, "reason"),
		    refused[i][1]);
		assert_string_not_equal(view_text(reply.json, "message"), "");
		assert_string_not_equal(view_text(reply.json, "next_step"),
		    "");
		reply_free(&reply);
		json_decref(world_wait(&world, SOON_MS, "operator.name",
		    SECOND, "operator.signed_on", "true", NULL));
	}
	world_stat_is(&world, "lookups", "total", lookups);
	world_stat_is(&world, "calls", "total", calls);
}

/* Patients stand there whether the line is up or not. */
static void
a_silent_gateway_keeps_nobody_from_signing_on(void **state)
{
	struct reply reply;

	(void)state;
	call("DELETE", "/v1/desks/ban-1/operator", NULL);
	assert_int_equal(world_daemon_stop(&world, SIGTERM), 0);
	world_daemon_start(&world, clerks);
	json_decref(world_wait(&world, SOON_MS, "operator.signed_on", "false",
	    "operator.state", "unknown", NULL));
	world_gateway_fail(&world, "http-500");
	reply = sign_on(SECOND);
	world_gateway_fail(&world, "none");
	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(reply.json, "state"), "unknown");
	assert_string_not_equal(view_text(reply.json, "reason"), "");
	reply_free(&reply);
	json_decref(world_wait(&world, SOON_MS, "operator.name", SECOND,
	    "operator.signed_on", "true", NULL));
}

/* The browser may be another one, or none: the daemon knows who sits there. */
static void
who_signed_on_stays_through_a_restart(void **state)
{
	char *output = NULL;

	(void)state;
	(void)world_daemon_stop(&world, SIGKILL);
	world_daemon_start(&world, clerks);
	json_decref(world_wait(&world, SOON_MS, "operator.name", SECOND,
	    "operator.signed_on", "true", NULL));
	assert_asked_as("code-002", SECOND);
	/* Her name stands there sealed. */
	assert_int_equal(world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "'SELECT desk, length(sealed) > 40 FROM desk_operator'", &output),
	    0);
	assert_string_equal(output, "ban-1|1\n");
	free(output);
}

/* Whoever admits at a desk is who signed on there, unless she says another. */
static void
an_admission_bears_the_name_of_who_signed_on(void **state)
{
	struct reply reply = world_http(&world, "POST", "/v1/check-ins",
	    "{\"without_card\":\"no_card\",\"desk\":\"ban-1\"}", NULL);

	(void)state;
	assert_int_equal(reply.status, 201);
	assert_string_equal(view_text(reply.json, "operator"), SECOND);
	reply_free(&reply);
}

static void
the_night_signs_everybody_off(void **state)
{
	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	assert_int_equal(world_run(&world, "sqlite3 $DIR/state/checkin.db "
	    "'UPDATE desk_operator SET since_ms = since_ms - 86400000'",
	    NULL), 0);
	world_daemon_start(&world, clerks);
	json_decref(world_wait(&world, SOON_MS, "operator.name",
	    WORLD_OPERATOR, "operator.signed_on", "false", NULL));
	assert_asked_as("code-000", WORLD_OPERATOR);
}

/* Whoever has left the clinic is in its configuration no more. */
static void
who_is_configured_no_more_is_signed_on_nowhere(void **state)
{
	struct reply reply = sign_on(SECOND);

	(void)state;
	assert_int_equal(reply.status, 200);
	reply_free(&reply);
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, NULL);
	json_decref(world_wait(&world, SOON_MS, "operator.name",
	    WORLD_OPERATOR, "operator.signed_on", "false", NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_signed_on_is_the_first_one),
		cmocka_unit_test(the_desk_asks_in_the_name_of_who_signed_on),
		cmocka_unit_test(who_is_refused_does_not_sign_on),
		cmocka_unit_test(a_silent_gateway_keeps_nobody_from_signing_on),
		cmocka_unit_test(who_signed_on_stays_through_a_restart),
		cmocka_unit_test(an_admission_bears_the_name_of_who_signed_on),
		cmocka_unit_test(the_night_signs_everybody_off),
		cmocka_unit_test(
		    who_is_configured_no_more_is_signed_on_nowhere),
	};

	return cmocka_run_group_tests_name("clerk", tests, open_world,
	    close_world);
}
