/*
 * flow_desk_access.c - a desk before a chip that does not open at once: what the
 * clerk is told, and that there is always a way on
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "support/desk.h"
#include "support/world.h"

/* A full read under sanitizers on a busy machine takes far less. */
#define SOON_MS 20000

static struct world world;

static int
open_with(const char *sim_card_options, const char *configuration)
{
	assert_int_equal(setenv("SIM_CARD_OPTIONS", sim_card_options, 1), 0);
	world_open(&world);
	world_daemon_start(&world, configuration);
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

static int
open_counting(void **state)
{
	(void)state;

	return open_with("--block-after 3", NULL);
}

static int
open_bac_only(void **state)
{
	(void)state;

	return open_with("--no-pace", "[reader]\nbac_allowed = yes\n");
}

static int
open_bac_allowed(void **state)
{
	(void)state;

	return open_with("", "[reader]\nbac_allowed = yes\n");
}

static int
open_bac_forbidden(void **state)
{
	(void)state;

	return open_with("--no-pace", NULL);
}

static void
scan_member(const char *label, const char *member)
{
	json_t *person = world_person(&world, label);

	assert_int_equal(world_scan(&world,
	    json_string_value(json_object_get(person, member))), 204);
	json_decref(person);
}

/* The three lines on the back of this card, which has no expiry. */
static void
scan_zone(const char *label)
{
	json_t *person = world_person(&world, label);
	char lines[3][31], zone[91];

	desk_zone_of(json_string_value(json_object_get(person, "number")),
	    json_string_value(json_object_get(person, "birth")), lines);
	(void)snprintf(zone, sizeof(zone), "%s%s%s", lines[0], lines[1],
	    lines[2]);
	assert_int_equal(world_scan(&world, zone), 204);
	json_decref(person);
}

/* Digits, digits, and then only the code of this very card. */
static void
the_last_try_is_left_to_the_code(void **state)
{
	(void)state;
	world_card(&world, "insert p00120");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	assert_int_equal(world_scan(&world, "987650"), 204);
	json_decref(world_wait(&world, SOON_MS, "read.error", "access_denied",
	    "phase", "need_key", "read.tries_left", "null", NULL));
	assert_int_equal(world_scan(&world, "987651"), 204);
	json_decref(world_wait(&world, SOON_MS, "read.error", "access_denied",
	    "phase", "need_key", "read.tries_left", "1", NULL));
	assert_int_equal(world_scan(&world, "987652"), 204);
	json_decref(world_wait(&world, SOON_MS, "read.error",
	    "access_last_try", "phase", "need_key", NULL));
	scan_member("p00120", "qr");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", "read.error", "null", NULL));
}

/* Six digits, then the code, with the card lying there all the time. */
static void
a_chip_with_bac_only_asks_for_the_code(void **state)
{
	json_t *view;

	(void)state;
	world_card(&world, "insert p00121");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	scan_member("p00121", "can");
	view = world_wait(&world, SOON_MS, "read.error", "access_key_needed",
	    "phase", "need_key", NULL);
	assert_string_equal(view_text(view, "lookup"), "null");
	json_decref(view);
	/* twelve digits are no better */
	scan_member("p00121", "number");
	json_decref(world_wait(&world, SOON_MS, "read.error",
	    "access_key_needed", NULL));
	scan_member("p00121", "qr");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", "read.error", "null", NULL));
}

/* Among other cards: a chip that knows no PACE at all, read by each key. */
static void
a_chip_without_pace_is_read_to_its_end(void **state)
{
	static const char *const labels[] = { "p00121", "no-expiry" };
	char line[64];
	json_t *view;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		(void)snprintf(line, sizeof(line), "insert %s no-pace",
		    labels[i]);
		world_card(&world, line);
		json_decref(world_wait(&world, SOON_MS, "phase", "need_key",
		    "card_present", "true", NULL));
		scan_member(labels[i], "can");
		json_decref(world_wait(&world, SOON_MS, "read.error",
		    "access_key_needed", "phase", "need_key", NULL));
		if (i == 0)
			scan_member(labels[i], "qr");
		else
			scan_zone(labels[i]);
		view = world_wait(&world, SOON_MS, "read.step", "done",
		    "read.error", "null", "assurance", "chip_verified", NULL);
		assert_string_not_equal(view_text(view, "photo"), "null");
		json_decref(view);
		world_card(&world, "remove");
		json_decref(world_wait(&world, SOON_MS, "card_present",
		    "false", NULL));
		/* the next one has PACE again */
		world_card(&world, "insert p00123");
		json_decref(world_wait(&world, SOON_MS, "card_present",
		    "true", "identity", "null", NULL));
		scan_member("p00123", "can");
		json_decref(world_wait(&world, SOON_MS, "read.step", "done",
		    "phase", "answered", NULL));
		world_card(&world, "remove");
		json_decref(world_wait(&world, SOON_MS, "card_present",
		    "false", NULL));
	}
}

/* Without permission for BAC the code alone still gets its answer. */
static void
where_bac_is_not_allowed_the_code_is_enough(void **state)
{
	(void)state;
	world_card(&world, "insert p00122");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	scan_member("p00122", "qr");
	json_decref(world_wait(&world, SOON_MS, "read.error",
	    "access_unsupported", "phase", "answered", "identity.source",
	    "print", NULL));
	/* six digits alone: said at once, and the code still helps */
	world_card(&world, "remove");
	json_decref(world_wait(&world, SOON_MS, "card_present", "false",
	    NULL));
	world_card(&world, "insert p00123 no-pace");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true",
	    "identity", "null", NULL));
	scan_member("p00123", "can");
	json_decref(world_wait(&world, SOON_MS, "read.error",
	    "access_unsupported", "phase", "need_key", NULL));
	scan_member("p00123", "qr");
	json_decref(world_wait(&world, SOON_MS, "read.error",
	    "access_unsupported", "phase", "answered", NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    the_last_try_is_left_to_the_code, open_counting,
		    close_world),
		cmocka_unit_test_setup_teardown(
		    a_chip_with_bac_only_asks_for_the_code, open_bac_only,
		    close_world),
		cmocka_unit_test_setup_teardown(
		    a_chip_without_pace_is_read_to_its_end, open_bac_allowed,
		    close_world),
		cmocka_unit_test_setup_teardown(
		    where_bac_is_not_allowed_the_code_is_enough,
		    open_bac_forbidden, close_world),
	};

	return cmocka_run_group_tests_name("desk_access", tests, NULL, NULL);
}
