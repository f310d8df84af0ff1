/*
 * flow_desk.c - a patient at the desk: card, code and insurer together, through
 * the real pcscd
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

/* A full read under sanitizers on a busy machine takes far less. */
#define SOON_MS 20000

static struct world world;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, NULL);
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

/* Each test begins with an empty desk. */
static int
empty_desk(void **state)
{
	struct reply reply;

	(void)state;
	world_card(&world, "remove");
	world_gateway_fail(&world, "none");
	world_gateway_latency(&world, 0);
	json_decref(world_wait(&world, SOON_MS, "card_present", "false",
	    NULL));
	reply = world_http(&world, "POST", "/v1/desks/ban-1/reset", "{}", NULL);
	assert_int_equal(reply.status, 204);
	reply_free(&reply);
	json_decref(world_wait(&world, SOON_MS, "phase", "idle", NULL));

	return 0;
}

static void
put_card(const char *label)
{
	char line[128];

	(void)snprintf(line, sizeof(line), "insert %s", label);
	world_card(&world, line);
}

static void
scan_member(const char *label, const char *member)
{
	json_t *person = world_person(&world, label);
	const char *payload =
	    json_string_value(json_object_get(person, member));

	assert_non_null(payload);
	assert_int_equal(world_scan(&world, payload), 204);
	json_decref(person);
}

/* The whole flow: code first, then the card. */
static void
a_code_and_a_card_become_one_answer(void **state)
{
	long lookups = world_stat(&world, "lookups", "total");
	long cccd = world_stat(&world, "cccd", "covered");
	struct reply photo;
	json_t *person = world_person(&world, "code-000");
	json_t *view;

	(void)state;
	scan_member("code-000", "qr");
	json_decref(world_wait(&world, SOON_MS, "lookup.outcome", "covered",
	    NULL));
	put_card("code-000");
	view = world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL);
	assert_string_equal(view_text(view, "identity.source"), "chip");
	assert_string_equal(view_text(view, "identity.number"),
	    json_string_value(json_object_get(person, "number")));
	assert_string_equal(view_text(view, "identity.full_name"),
	    json_string_value(json_object_get(person, "name")));
	assert_string_equal(view_text(view, "passive_authentication"), "valid");
	assert_string_equal(view_text(view, "chip_authentication"), "valid");
	assert_string_equal(view_text(view, "active_authentication"), "valid");
	assert_string_equal(view_text(view, "assurance"), "chip_verified");
	assert_string_equal(view_text(view, "lookup.source"), "gateway");
	assert_int_equal(json_array_size(json_object_get(view, "warnings")), 0);

	photo = world_http(&world, "GET", view_text(view, "photo"), NULL, NULL);
	assert_int_equal(photo.status, 200);
	assert_string_equal(photo.type, "image/jpeg");
	reply_free(&photo);

	/* the code and the chip of one person are one lookup */
	world_stat_is(&world, "lookups", "total", lookups + 1);
	world_stat_is(&world, "cccd", "covered", cccd + 1);
	json_decref(view);
	json_decref(person);
}

static void
a_card_waits_for_its_six_digits(void **state)
{
	json_t *view;

	(void)state;
	put_card("p00101");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	scan_member("p00101", "can");
	view = world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL);
	assert_string_equal(view_text(view, "lookup.first_key"), "id_number");
	json_decref(view);
}

static void
next_patient(void)
{
	struct reply reply = world_http(&world, "POST",
	    "/v1/desks/ban-1/reset", "{}", NULL);

	assert_int_equal(reply.status, 204);
	reply_free(&reply);
}

/* A card that stays is no wish; one that is put back is. */
static void
a_card_that_never_left_is_not_read_for_the_next(void **state)
{
	long lookups = world_stat(&world, "lookups", "total");
	json_t *view;

	(void)state;
	put_card("p00101");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	scan_member("p00101", "can");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL));
	next_patient();
	view = world_wait(&world, SOON_MS, "phase", "take_card", "read.hint",
	    "take_away", NULL);
	assert_string_equal(view_text(view, "identity"), "null");
	assert_string_equal(view_text(view, "card_present"), "true");
	json_decref(view);

	/* Neither her own digits nor the next one's code reach it. */
	world_stat_is(&world, "lookups", "total", lookups + 1);
	scan_member("p00101", "can");
	view = world_wait(&world, SOON_MS, "phase", "need_card", "read.hint",
	    "take_away", NULL);
	assert_string_equal(view_text(view, "read.step"), "null");
	json_decref(view);
	scan_member("p00102", "qr");
	view = world_wait(&world, SOON_MS, "phase", "answered", "read.hint",
	    "take_away", NULL);
	assert_string_equal(view_text(view, "read.error"), "null");
	assert_string_equal(view_text(view, "identity.source"), "print");
	json_decref(view);
	world_card(&world, "remove");
	view = world_wait(&world, SOON_MS, "card_present", "false", NULL);
	assert_string_not_equal(view_text(view, "read.hint"), "take_away");
	json_decref(view);
	put_card("p00102");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", "identity.source", "chip", NULL));
	next_patient();
	world_stat_is(&world, "lookups", "total", lookups + 2);

	/* Lifted and put back: it is read again. */
	world_card(&world, "remove");
	json_decref(world_wait(&world, SOON_MS, "card_present", "false",
	    NULL));
	put_card("p00102");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	scan_member("p00102", "can");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL));
}

static void
wrong_digits_ask_for_them_again(void **state)
{
	json_t *view;

	(void)state;
	put_card("p00102");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	assert_int_equal(world_scan(&world, "987650"), 204);
	view = world_wait(&world, SOON_MS, "read.error", "access_denied",
	    "phase", "need_key", NULL);
	assert_string_equal(view_text(view, "lookup"), "null");
	json_decref(view);
	scan_member("p00102", "can");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL));
}

static void
a_card_pulled_away_is_said_and_read_again(void **state)
{
	(void)state;
	world_card(&world, "insert p00103 removed-after=9");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	scan_member("p00103", "can");
	json_decref(world_wait(&world, SOON_MS, "read.error", "card_gone",
	    "identity", "null", "lookup", "null", NULL));
	put_card("p00103");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", "phase",
	    "need_key", NULL));
	scan_member("p00103", "can");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL));
}

static void
a_chip_that_was_changed_is_not_accepted(void **state)
{
	static const char *const faults[][2] = {
		{ "tampered-dg13", "trust_hash" },
		{ "tampered-dg1", "trust_hash" },
		{ "bad-signature", "trust_signature" },
		{ "sod-of-other", "trust_hash" },
		{ "clone-ca", "trust_clone" }, { "clone-aa", "trust_clone" },
		{ "clone-no-keys", "trust_clone" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		char line[128];
		json_t *view;

		(void)empty_desk(NULL);
		(void)snprintf(line, sizeof(line), "insert p00104 %s",
		    faults[i][0]);
		world_card(&world, line);
		json_decref(world_wait(&world, SOON_MS, "phase", "need_key",
		    NULL));
		scan_member("p00104", "can");
		view = world_wait(&world, SOON_MS, "read.error", faults[i][1],
		    NULL);
		assert_string_equal(view_text(view, "identity"), "null");
		assert_string_equal(view_text(view, "photo"), "null");
		json_decref(view);
	}
}

/* A signer outside the trust folder is said in neutral words, no error. */
static void
an_unknown_issuer_is_a_result_of_its_own(void **state)
{
	json_t *view;

	(void)state;
	world_card(&world, "insert p00105 wrong-signer");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	scan_member("p00105", "can");
	view = world_wait(&world, SOON_MS, "read.step", "done",
	    "passive_authentication", "unknown_issuer", "phase", "answered",
	    "assurance", "chip_consistent", NULL);
	assert_string_equal(view_text(view, "read.error"), "null");
	json_decref(view);
}

static void
another_persons_card_names_the_difference(void **state)
{
	long lookups = world_stat(&world, "lookups", "total");
	json_t *view, *warnings;
	json_t *person = world_person(&world, "p00107");

	(void)state;
	scan_member("p00106", "qr");
	json_decref(world_wait(&world, SOON_MS, "phase", "answered", NULL));
	put_card("p00107");
	/* the code's digits do not open this chip */
	json_decref(world_wait(&world, SOON_MS, "read.error", "access_denied",
	    NULL));
	scan_member("p00107", "can");
	view = world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", "identity.number",
	    json_string_value(json_object_get(person, "number")), NULL);
	warnings = json_object_get(view, "warnings");
	assert_true(json_is_array(warnings));
	world_stat_is(&world, "lookups", "total", lookups + 2);
	json_decref(view);
	json_decref(person);
}

/* CCCD fails, the paper card succeeds: a fault worth counting. */
static void
the_first_failure_stays_on_record(void **state)
{
	long cccd_ok = world_stat(&world, "cccd", "covered");
	long cccd_not_found = world_stat(&world, "cccd", "not_found");
	long lookups_ok = world_stat(&world, "lookups", "covered");
	json_t *view;
	struct reply reply;

	(void)state;
	scan_member("fallback", "qr");
	json_decref(world_wait(&world, SOON_MS, "lookup.outcome", "not_found",
	    NULL));
	scan_member("fallback", "bhyt_qr");
	view = world_wait(&world, SOON_MS, "lookup.outcome", "covered", NULL);
	assert_string_equal(view_text(view, "lookup.first_key"), "id_number");
	assert_string_equal(
	    view_text(view, "lookup.first_outcome"), "not_found");
	assert_string_not_equal(
	    view_text(view, "lookup.resolved_by"), "id_number");
	json_decref(view);
	reply = world_http(&world, "POST", "/v1/desks/ban-1/reset", "{}", NULL);
	reply_free(&reply);
	json_decref(world_wait(&world, SOON_MS, "phase", "idle", NULL));
	world_stat_is(&world, "cccd", "covered", cccd_ok);
	world_stat_is(&world, "cccd", "not_found", cccd_not_found + 1);
	world_stat_is(&world, "lookups", "covered", lookups_ok + 1);
}

static void
a_silent_card_costs_one_read(void **state)
{
	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, "[reader]\nread_timeout_ms = 3000\n");
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    NULL));
	world_card(&world, "insert p00108 silent-after=8");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	scan_member("p00108", "can");
	json_decref(world_wait(&world, SOON_MS, "read.error", "card_timeout",
	    "reader.state", "ready", NULL));
	world_card(&world, "remove");
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    "card_present", "false", NULL));
	put_card("p00109");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	scan_member("p00109", "can");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL));
}

static void
unknown_scans_leave_the_desk_as_it_was(void **state)
{
	static const char *const odd[] = {
		"", "hello", "12345", "1234567", "|||||||", "\xc3\xa9",
		"08409000000a", "https://example.invalid/?084090000001"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		json_t *view;

		assert_int_equal(world_scan(&world, odd[i]), 422);
		view = world_wait(&world, SOON_MS, "phase", "idle", NULL);
		assert_string_not_equal(view_text(view, "message"), "null");
		json_decref(view);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    a_code_and_a_card_become_one_answer, empty_desk),
		cmocka_unit_test_setup(
		    a_card_waits_for_its_six_digits, empty_desk),
		cmocka_unit_test_setup(
		    a_card_that_never_left_is_not_read_for_the_next,
		    empty_desk),
		cmocka_unit_test_setup(
		    wrong_digits_ask_for_them_again, empty_desk),
		cmocka_unit_test_setup(
		    a_card_pulled_away_is_said_and_read_again, empty_desk),
		cmocka_unit_test_setup(
		    a_chip_that_was_changed_is_not_accepted, empty_desk),
		cmocka_unit_test_setup(
		    an_unknown_issuer_is_a_result_of_its_own, empty_desk),
		cmocka_unit_test_setup(
		    another_persons_card_names_the_difference, empty_desk),
		cmocka_unit_test_setup(
		    the_first_failure_stays_on_record, empty_desk),
		cmocka_unit_test_setup(
		    unknown_scans_leave_the_desk_as_it_was, empty_desk),
		cmocka_unit_test_setup(
		    a_silent_card_costs_one_read, empty_desk),
	};

	return cmocka_run_group_tests_name("desk", tests, open_world,
	    close_world);
}
