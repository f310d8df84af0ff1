/*
 * flow_gateway.c - every answer of the insurer, and every way to get none:
 * what is said, what is counted, what is kept
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

#define SETTINGS "[lookup]\nbudget_ms = 2500\n" \
	"[gateway]\ntimeout_ms = 5000\nconnect_timeout_ms = 1000\n" \
	"failures_max = 100\nbackoff_ms = 100\nbackoff_max_ms = 100\n"

static struct world world;

/* What the lookups of this program ended as, counted by hand. */
static struct {
	long total, covered, not_covered, mismatch, not_found, unavailable;
} tally;

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
calm_gateway(void **state)
{
	(void)state;
	world_gateway_fail(&world, "none");
	world_gateway_latency(&world, 0);

	return 0;
}

static void
count(const char *outcome)
{
	tally.total++;
	tally.covered += strcmp(outcome, "covered") == 0;
	tally.not_covered += strcmp(outcome, "not_covered") == 0;
	tally.mismatch += strcmp(outcome, "mismatch") == 0;
	tally.not_found += strcmp(outcome, "not_found") == 0;
	tally.unavailable += strcmp(outcome, "unavailable") == 0;
}

/* POST /v1/lookups for a simulated person; counted by hand. */
static json_t *
look_up(const char *label, const char *idempotency_key)
{
	json_t *person = world_person(&world, label);
	json_t *body = json_pack("{s:O, s:O, s:O, s:s, s:s, s:s, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR, "presented", "cccd",
	    "desk", "ban-1", "kind", "desk");
	char *text = json_dumps(body, JSON_COMPACT);
	char header[128];
	const char *headers[] = { header, NULL };
	struct reply reply;
	json_t *json;

	(void)snprintf(header, sizeof(header), "Idempotency-Key: %s",
	    idempotency_key == NULL ? "" : idempotency_key);
	reply = world_http(&world, "POST", "/v1/lookups", text,
	    idempotency_key == NULL ? NULL : headers);
	if (reply.status != 200 && reply.status != 201)
		fail_msg("%s: HTTP %ld: %s", label, reply.status, reply.text);
	json = json_incref(reply.json);
	if (idempotency_key == NULL)
		count(view_text(json, "outcome"));
	reply_free(&reply);
	free(text);
	json_decref(body);
	json_decref(person);

	return json;
}

/* Outcomes as schema/result-codes.csv has them, written here by hand. */
static void
every_code_becomes_an_outcome_with_a_cause(void **state)
{
	static const struct {
		const char *code, *outcome;
	} rows[] = {
		{ "000", "covered" }, { "001", "covered" },
		{ "002", "covered" }, { "003", "covered" },
		{ "004", "covered" }, { "010", "not_covered" },
		{ "050", "not_found" }, { "051", "mismatch" },
		{ "052", "mismatch" }, { "053", "mismatch" },
		{ "054", "unavailable" }, { "055", "unavailable" },
		{ "060", "mismatch" }, { "061", "mismatch" },
		{ "070", "mismatch" }, { "100", "unavailable" },
		{ "101", "unavailable" }, { "110", "not_covered" },
		{ "120", "not_covered" }, { "121", "covered" /* by the card it names */ },
		{ "122", "not_covered" }, { "123", "not_covered" },
		{ "124", "not_covered" }, { "130", "unavailable" },
		{ "205", "unavailable" }, { "401", "unavailable" },
		{ "500", "unavailable" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char label[32];
		json_t *json;

		(void)snprintf(label, sizeof(label), "code-%s", rows[i].code);
		json = look_up(label, NULL);
		if (strcmp(view_text(json, "outcome"), rows[i].outcome) != 0)
			fail_msg("%s: %s, not %s", rows[i].code,
			    view_text(json, "outcome"), rows[i].outcome);
		assert_string_not_equal(view_text(json, "reason"), "");
		assert_string_not_equal(view_text(json, "message"), "");
		assert_string_not_equal(view_text(json, "next_step"), "");
		assert_string_equal(view_text(json, "first_key"), "id_number");
		assert_string_not_equal(view_text(json, "owner"), "");
		json_decref(json);
	}
}

/*
 * The portal's own journal counts what the series "calls" must show. A call
 * refused for its token (401) and repeated is one call, docs/definitions.md.
 */
static long
calls_seen_by_the_gateway(void)
{
	struct reply reply = world_gateway(&world, "GET", "/sim/counts");
	const char *code;
	json_t *count_of;
	long calls = 0;

	assert_int_equal(reply.status, 200);
	json_object_foreach(json_object_get(reply.json, "lookups_by_code"),
	    code, count_of) {
		long seen = (long)json_integer_value(count_of);

		calls += strcmp(code, "401") == 0 ? seen / 2 : seen;
	}
	reply_free(&reply);

	return calls;
}

static void
the_portal_counts_the_same_calls(void **state)
{
	(void)state;
	assert_true(calls_seen_by_the_gateway() > tally.total);
	world_stat_is(&world, "calls", "total", calls_seen_by_the_gateway());
}

static void
an_unknown_code_is_never_a_refusal(void **state)
{
	json_t *json = look_up("unknown-code", NULL);

	(void)state;
	assert_string_equal(view_text(json, "outcome"), "unavailable");
	assert_string_equal(view_text(json, "reason"), "unknown_code");
	json_decref(json);
}

static void
somebody_elses_answer_is_refused(void **state)
{
	json_t *json = look_up("wrong-person", NULL);

	(void)state;
	assert_string_equal(view_text(json, "outcome"), "unavailable");
	assert_string_equal(view_text(json, "reason"), "wrong_person");
	assert_string_equal(view_text(json, "owner"), "gateway");
	assert_string_not_equal(view_text(json, "next_step"), "");
	assert_string_equal(view_text(json, "card.number"), "");
	json_decref(json);
}

static void
every_failure_of_the_gateway_has_a_name(void **state)
{
	static const struct {
		const char *mode, *reason;
	} rows[] = {
		{ "down", "gateway" }, { "http-500", "gateway" },
		{ "html", "gateway" }, { "empty", "gateway" },
		{ "half", "gateway" }, { "huge", "gateway" },
		{ "garbage-json", "gateway" }, { "wrong-types", "gateway" },
		{ "hang", "gateway" }, { "http-401-always", "account" },
		{ "token-401", "account" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char label[32];
		json_t *json;

		world_gateway_fail(&world, rows[i].mode);
		(void)snprintf(label, sizeof(label), "p%05zu", 200 + i);
		json = look_up(label, NULL);
		print_message("%s: %s\n", rows[i].mode,
		    view_text(json, "reason"));
		assert_string_equal(view_text(json, "outcome"), "unavailable");
		assert_string_equal(
		    view_text(json, "reason"), rows[i].reason);
		json_decref(json);
	}
	world_gateway_fail(&world, "none");
}

/* Nothing listens where the gateway should be. */
static void
a_dead_line_is_not_the_gateways_fault(void **state)
{
	int gateway_port = world.gateway_port;
	json_t *json;

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	world.gateway_port = 1;
	world_daemon_start(&world, SETTINGS);
	json = look_up("p00220", NULL);
	assert_string_equal(view_text(json, "outcome"), "unavailable");
	assert_string_equal(view_text(json, "reason"), "line");
	assert_string_equal(view_text(json, "owner"), "line");
	json_decref(json);
	(void)world_daemon_stop(&world, SIGTERM);
	world.gateway_port = gateway_port;
	world_daemon_start(&world, SETTINGS);
}

static void
an_expired_token_is_replaced_once(void **state)
{
	json_t *json;

	(void)state;
	/* The daemon has just started: it has no token yet. */
	world_gateway_fail(&world, "expired-token&times=1");
	json = look_up("p00221", NULL);
	assert_string_equal(view_text(json, "source"), "gateway");
	assert_string_equal(view_text(json, "outcome"), "covered");
	json_decref(json);
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, SETTINGS);
	world_gateway_fail(&world, "expired-token");
	json = look_up("p00222", NULL);
	assert_string_equal(view_text(json, "outcome"), "unavailable");
	assert_string_equal(view_text(json, "reason"), "gateway");
	json_decref(json);
}

/* An answer kept from this morning bears the outage of the afternoon. */
static void
an_outage_is_borne_by_the_kept_answer(void **state)
{
	json_t *json;

	(void)state;
	json = look_up("code-002", NULL);
	assert_string_equal(view_text(json, "outcome"), "covered");
	json_decref(json);
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, SETTINGS "[lookup]\npolicy = always\n");
	world_gateway_fail(&world, "down");
	json = look_up("code-002", NULL);
	assert_string_equal(view_text(json, "outcome"), "covered");
	assert_string_equal(view_text(json, "source"), "stale");
	json_decref(json);
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, SETTINGS);
}

static void
the_same_key_is_the_same_lookup(void **state)
{
	json_t *first = look_up("p00301", "test-key-1");
	json_t *again = look_up("p00301", "test-key-1");

	(void)state;
	count(view_text(first, "outcome"));
	assert_string_not_equal(view_text(first, "id"), "");
	assert_string_equal(view_text(first, "id"), view_text(again, "id"));
	json_decref(first);
	json_decref(again);
}

static void
assert_series(void)
{
	world_stat_is(&world, "lookups", "total", tally.total);
	world_stat_is(&world, "lookups", "covered", tally.covered);
	world_stat_is(&world, "lookups", "not_covered", tally.not_covered);
	world_stat_is(&world, "lookups", "mismatch", tally.mismatch);
	world_stat_is(&world, "lookups", "not_found", tally.not_found);
	world_stat_is(&world, "lookups", "unavailable", tally.unavailable);
}

static void
the_figures_equal_what_was_done(void **state)
{
	(void)state;
	assert_series();
	assert_true(world_stat(&world, "visits", "total") > 0);
	assert_true(world_stat(&world, "visits", "total") < tally.total);
	world_stat_is(&world, "cccd", "total", world_stat(&world,
	    "visits", "total"));
}

static void
a_killed_daemon_keeps_what_it_answered(void **state)
{
	json_t *json = look_up("p00302", NULL);
	struct reply reply;
	char path[128];

	(void)state;
	(void)snprintf(path, sizeof(path), "/v1/lookups/%s",
	    view_text(json, "id"));
	(void)world_daemon_stop(&world, SIGKILL);
	world_daemon_start(&world, SETTINGS);
	reply = world_http(&world, "GET", path, NULL, NULL);
	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(reply.json, "outcome"),
	    view_text(json, "outcome"));
	reply_free(&reply);
	json_decref(json);
	assert_series();
}

/* Open at the desk when the process dies: closed and counted at the start. */
static void
an_open_lookup_is_counted_once_after_a_crash(void **state)
{
	json_t *person = world_person(&world, "p00303");

	(void)state;
	world_gateway_fail(&world, "hang");
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "qr"))), 204);
	json_decref(world_wait(&world, 5000, "phase", "asking", NULL));
	(void)usleep(300 * 1000);
	(void)world_daemon_stop(&world, SIGKILL);
	world_gateway_fail(&world, "none");
	world_daemon_start(&world, SETTINGS);
	tally.total++;
	tally.unavailable++;
	assert_series();
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, SETTINGS);
	assert_series();
	json_decref(person);
}

/* Reading the feed twice, or in pieces, gives the same rows. */
static void
the_feed_counts_the_same_however_it_is_read(void **state)
{
	struct reply whole = world_http(&world, "GET",
	    "/v1/stats/feed?after=0", NULL, NULL);
	struct reply again = world_http(&world, "GET",
	    "/v1/stats/feed?after=0", NULL, NULL);
	json_t *row;
	json_int_t sum = 0, revision = 0;
	size_t i;

	(void)state;
	assert_int_equal(whole.status, 200);
	assert_true(json_equal(json_object_get(whole.json, "rows"),
	    json_object_get(again.json, "rows")));
	json_array_foreach(json_object_get(whole.json, "rows"), i, row) {
		json_int_t own = json_integer_value(
		    json_object_get(row, "revision"));

		assert_true(own >= revision);
		revision = own;
		if (strcmp(view_text(row, "series"), "lookups") == 0)
			sum += json_integer_value(
			    json_object_get(row, "count"));
	}
	assert_int_equal(sum, tally.total);
	assert_string_equal(view_text(whole.json, "facility"), "84001");
	reply_free(&whole);
	reply_free(&again);
}

/* POST an empty object; the reply's JSON, or NULL with its status. */
static long
post_beside(json_t *lookup, const char *what, json_t **json)
{
	char path[128];
	struct reply reply;
	long status;

	(void)snprintf(path, sizeof(path), "/v1/lookups/%s/%s",
	    view_text(lookup, "id"), what);
	reply = world_http(&world, "POST", path, "{}", NULL);
	*json = json_incref(reply.json);
	status = reply.status;
	reply_free(&reply);

	return status;
}

static void
history_and_copayment_never_spoil_the_answer(void **state)
{
	json_t *lookup = look_up("p00401", NULL), *json;
	struct reply reply;
	char path[128];

	(void)state;
	assert_int_equal(post_beside(lookup, "history", &json), 200);
	assert_true(json_is_true(json_object_get(json, "available")));
	assert_true(json_is_array(json_object_get(json, "episodes")));
	json_decref(json);
	assert_int_equal(post_beside(lookup, "co-payment", &json), 200);
	assert_true(json_is_true(json_object_get(json, "available")));
	json_decref(json);
	assert_int_equal(post_beside(lookup, "co-payment", &json), 429);
	json_decref(json);
	/* A history that goes wrong says so, and the lookup stands. */
	world_gateway_fail(&world, "html@history");
	assert_int_equal(post_beside(lookup, "history", &json), 200);
	assert_true(json_is_false(json_object_get(json, "available")));
	assert_string_equal(view_text(json, "reason"), "gateway");
	assert_string_not_equal(view_text(json, "next_step"), "");
	json_decref(json);
	(void)snprintf(path, sizeof(path), "/v1/lookups/%s",
	    view_text(lookup, "id"));
	reply = world_http(&world, "GET", path, NULL, NULL);
	assert_string_equal(view_text(reply.json, "outcome"),
	    view_text(lookup, "outcome"));
	reply_free(&reply);
	json_decref(lookup);
}

static void
a_clerk_is_tested_at_sign_on(void **state)
{
	struct reply reply;

	(void)state;
	reply = world_http(&world, "POST", "/v1/operators/sign-on",
	    "{\"name\":\"" WORLD_OPERATOR "\"}", NULL);
	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(reply.json, "state"), "taken");
	reply_free(&reply);
	reply = world_http(&world, "POST", "/v1/operators/sign-on",
	    "{\"name\":\"Người lạ\"}", NULL);
	assert_int_equal(reply.status, 422);
	reply_free(&reply);
	reply = world_http(&world, "GET", "/v1/operators", NULL, NULL);
	assert_int_equal(reply.status, 200);
	assert_string_equal(view_text(json_array_get(reply.json, 0),
	    "state"), "taken");
	reply_free(&reply);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    every_code_becomes_an_outcome_with_a_cause, calm_gateway),
		cmocka_unit_test_setup(
		    the_portal_counts_the_same_calls, calm_gateway),
		cmocka_unit_test_setup(
		    an_unknown_code_is_never_a_refusal, calm_gateway),
		cmocka_unit_test_setup(
		    somebody_elses_answer_is_refused, calm_gateway),
		cmocka_unit_test_setup(
		    every_failure_of_the_gateway_has_a_name, calm_gateway),
		cmocka_unit_test_setup(
		    a_dead_line_is_not_the_gateways_fault, calm_gateway),
		cmocka_unit_test_setup(
		    an_expired_token_is_replaced_once, calm_gateway),
		cmocka_unit_test_setup(
		    an_outage_is_borne_by_the_kept_answer, calm_gateway),
		cmocka_unit_test_setup(
		    the_same_key_is_the_same_lookup, calm_gateway),
		cmocka_unit_test_setup(
		    the_figures_equal_what_was_done, calm_gateway),
		cmocka_unit_test_setup(
		    a_killed_daemon_keeps_what_it_answered, calm_gateway),
		cmocka_unit_test_setup(
		    an_open_lookup_is_counted_once_after_a_crash,
		    calm_gateway),
		cmocka_unit_test_setup(
		    the_feed_counts_the_same_however_it_is_read, calm_gateway),
		cmocka_unit_test_setup(
		    history_and_copayment_never_spoil_the_answer,
		    calm_gateway),
		cmocka_unit_test_setup(
		    a_clerk_is_tested_at_sign_on, calm_gateway),
	};

	return cmocka_run_group_tests_name("gateway", tests, open_world,
	    close_world);
}
