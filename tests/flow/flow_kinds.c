/*
 * flow_kinds.c - cards of another kind on the reader: the desk says which, and
 * what to do, and the next card is read as ever
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

#include "support/desk.h"
#include "support/world.h"

/* The passport of tests/sim; its check digits are printed in ICAO's way. */
#define PASSPORT_1 "P<UTOTRAVELLER<<TESSA<MARIA<<<<<<<<<<<<<<<<<"
#define PASSPORT_2 "X123456785UTO8503172F3412318<<<<<<<<<<<<<<02"

static struct world world;
static pid_t first_daemon;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world,
	    "[reader]\nread_timeout_ms = 6000\nbac_allowed = yes\n");
	first_daemon = world.daemon;
	desk_wait(&world, "ban-1", "reader.state", "ready");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

static void
empty_desk(void)
{
	world_card(&world, "remove");
	desk_wait(&world, "ban-1", "reader.state", "ready");
	desk_wait(&world, "ban-1", "card_present", "false");
	desk_post(&world, "ban-1", "reset", "{}", 204);
	desk_wait(&world, "ban-1", "phase", "idle");
}

/* Without "next patient" in between: the clerk just swaps the cards. */
static void
the_right_card_is_read(void)
{
	world_card(&world, "insert p00120");
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_scan(&world, "ban-1", "p00120", "can");
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "read.hint", "null");
	desk_wait(&world, "ban-1", "phase", "answered");
	assert_int_equal(world.daemon, first_daemon);
	assert_int_equal(kill(first_daemon, 0), 0);
	empty_desk();
}

/* key: what the clerk gives of the patient who handed over this card. */
static void
a_card_is_named(const char *kind, const char *key, const char *hint)
{
	char line[64];
	json_t *view;

	print_message("%s, %s\n", kind, key);
	(void)snprintf(line, sizeof(line), "insert kind:%s", kind);
	world_card(&world, line);
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_scan(&world, "ban-1", "p00120", key);
	desk_wait(&world, "ban-1", "read.error", "card_unsupported");
	desk_wait(&world, "ban-1", "read.hint", hint);
	view = desk_view(&world, "ban-1");
	assert_string_equal(view_text(view, "photo"), "null");
	assert_string_equal(view_text(view, "reader.state"), "ready");
	json_decref(view);
	the_right_card_is_read();
}

static void
a_bank_card_is_named(void **state)
{
	(void)state;
	a_card_is_named("bank", "can", "bank_card");
	a_card_is_named("bank", "qr", "bank_card");
}

static void
transit_cards_are_named(void **state)
{
	(void)state;
	a_card_is_named("transit", "can", "transit_card");
	a_card_is_named("desfire", "can", "transit_card");
	a_card_is_named("desfire", "qr", "transit_card");
}

/* It answers no reset: pcscd says so before anything is typed. */
static void
a_mute_card_is_told_to_be_turned(void **state)
{
	(void)state;
	world_card(&world, "insert kind:mute");
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_wait(&world, "ban-1", "read.hint", "sleeve");
	desk_scan(&world, "ban-1", "p00120", "qr");
	desk_wait(&world, "ban-1", "phase", "answered");
	the_right_card_is_read();
}

static void
scan_text(const char *text)
{
	char body[160];

	(void)snprintf(body, sizeof(body), "{\"payload\":\"%s\"}", text);
	desk_post(&world, "ban-1", "scan", body, 204);
}

/* A foreign patient's zone is the key of the passport; nobody trusts it. */
static void
a_foreign_passport_is_read_by_its_zone(void **state)
{
	static const char *const faults[] = { "", " no-pace" };
	char line[64];
	json_t *view;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		(void)snprintf(line, sizeof(line), "insert kind:foreign%s",
		    faults[i]);
		world_card(&world, line);
		desk_wait(&world, "ban-1", "card_present", "true");
		desk_scan(&world, "ban-1", "p00120", "can");
		desk_wait(&world, "ban-1", "read.error", "access_key_needed");
		desk_wait(&world, "ban-1", "phase", "need_key");
		scan_text(PASSPORT_1 PASSPORT_2);
		desk_wait(&world, "ban-1", "read.step", "done");
		view = desk_view(&world, "ban-1");
		assert_string_equal(view_text(view, "identity.full_name"),
		    "TRAVELLER TESSA MARIA");
		assert_string_equal(view_text(view, "identity.date_of_birth"),
		    "1985-03-17");
		assert_string_equal(view_text(view, "assurance"),
		    "chip_consistent");
		assert_string_not_equal(view_text(view, "photo"), "null");
		assert_string_equal(view_text(view, "message"),
		    "need_insurance_number");
		json_decref(view);
		/* the zone again is the same patient */
		scan_text(PASSPORT_1 PASSPORT_2);
		desk_wait(&world, "ban-1", "read.step", "done");
		the_right_card_is_read();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bank_card_is_named),
		cmocka_unit_test(transit_cards_are_named),
		cmocka_unit_test(a_mute_card_is_told_to_be_turned),
		cmocka_unit_test(a_foreign_passport_is_read_by_its_zone),
	};

	return cmocka_run_group_tests_name("kinds", tests, open_world,
	    close_world);
}
