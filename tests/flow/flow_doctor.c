/*
 * flow_doctor.c - what `checkin doctor` finds, and how it exits: readers,
 * pcscd and devices that are well, missing or gone, with a daemon and without
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

#define SOON_MS 30000

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

/* Wait until every reader's worker has said how its reader is. */
static void
readers_settle(void)
{
	assert_int_equal(world_run(&world, "for i in $(seq 100); do said="
	    "$($BIN/checkin -c $DIR/checkind.conf doctor); case $said in "
	    "*'being reset'*) ;; *'PCD 00 01'*) exit 0;; esac; sleep 0.1; "
	    "done; exit 1", NULL), 0);
}

/* Run it: its exit, and each of words in what it prints ("-x": not x). */
static void
doctor_says(int code, const char *const *words)
{
	char *output = NULL;
	int got = world_run(&world,
	    "timeout 60 $BIN/checkin -c $DIR/checkind.conf doctor", &output);

	if (got != code)
		fail_msg("exit %d, not %d: %s", got, code, output);
	for (; *words != NULL; words++) {
		bool absent = (*words)[0] == '-';

		if ((strstr(output, *words + absent) == NULL) != absent)
			fail_msg("%s in: %s", *words, output);
	}
	free(output);
}

static void
all_is_well_with_two_slots(void **state)
{
	static const char *const words[] = {
		"ok    daemon    ready", "Virtual PCD 00 00 (pcscd): ready, "
		"no card", "Virtual PCD 00 01",
		"no case waits for the insurer's office", "-FAIL", NULL
	};

	(void)state;
	readers_settle();
	doctor_says(0, words);
}

/* The kind of card, and nothing about whose it is. */
static void
a_card_is_named_by_its_kind_only(void **state)
{
	json_t *person = world_person(&world, "p00150");
	char number[32], name[160], digits[16];
	const char *words[] = { "a card lies there: contactless_chip",
		"-FAIL", number, name, digits, NULL };

	(void)state;
	(void)snprintf(number, sizeof(number), "-%s",
	    json_string_value(json_object_get(person, "number")));
	(void)snprintf(digits, sizeof(digits), "-%s",
	    json_string_value(json_object_get(person, "can")));
	(void)snprintf(name, sizeof(name), "-%s",
	    json_string_value(json_object_get(person, "name")));
	world_card(&world, "insert p00150");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	assert_int_equal(world_scan(&world, digits + 1), 204);
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL));
	doctor_says(0, words);
	json_decref(person);
}

static void
a_hung_reader_is_told_with_its_time(void **state)
{
	static const char *const words[] = {
		"since the daemon's start 1 hangs", "the last: card_timeout",
		NULL
	};

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	world_daemon_start(&world, "[reader]\nread_timeout_ms = 2000\n");
	world_card(&world, "insert p00151 silent-after=2");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	assert_int_equal(world_scan(&world, "123456"), 204);
	json_decref(world_wait(&world, SOON_MS, "read.error", "card_timeout",
	    "reader.state", "ready", NULL));
	doctor_says(0, words);
	world_card(&world, "remove");
	json_decref(world_wait(&world, SOON_MS, "card_present", "false",
	    NULL));
}

static void
pcscd_that_ended_is_named_with_its_start(void **state)
{
	static const char *const words[] = {
		"FAIL  pcscd", "systemctl enable --now pcscd.socket", NULL
	};
	static const char *const answering[] = {
		"FAIL  pcscd", "ok    daemon    answers", "-FAIL  daemon", NULL
	};

	(void)state;
	assert_int_equal(world_run(&world, "touch $DIR/hold-pcscd && "
	    "pkill -f \"^pcscd --foreground --config $DIR/readers\"", NULL), 0);
	json_decref(world_wait(&world, SOON_MS, "reader.state", "no_service",
	    NULL));
	doctor_says(1, answering);
	(void)world_daemon_stop(&world, SIGTERM);
	doctor_says(1, words);
	assert_int_equal(world_run(&world, "rm $DIR/hold-pcscd; for i in "
	    "$(seq 100); do [ -S $DIR/pcscd/pcscd.comm ] && exit 0; sleep "
	    "0.1; done; exit 1", NULL), 0);
}

/* It looks for itself, and still finds what is wrong: the daemon. */
static void
without_a_daemon_it_looks_for_itself(void **state)
{
	static const char *const words[] = {
		"FAIL  daemon", "FAIL  secret", "chmod 600 ",
		"Virtual PCD 00 00 (pcscd): ready",
		"Virtual PCD 00 01 (pcscd): ready", "-FAIL  reader", NULL
	};

	(void)state;
	assert_int_equal(world_run(&world, "chmod 644 $DIR/password", NULL),
	    0);
	doctor_says(1, words);
	assert_int_equal(world_run(&world, "chmod 600 $DIR/password", NULL),
	    0);
}

static void
a_device_that_is_not_there_is_named(void **state)
{
	static const char *const words[] = {
		"FAIL  reader    ban-9: nfc:pn532_uart:/nonexistent:115200: "
		"no such device", "Virtual PCD 00 00", NULL
	};
	static const char *const alone[] = {
		"FAIL  reader    nfc:pn532_uart:/nonexistent:115200: no such "
		"device", "FAIL  daemon", NULL
	};

	(void)state;
	world_daemon_start(&world, "[desk \"ban-9\"]\nreader = "
	    "nfc:pn532_uart:/nonexistent:115200\n");
	readers_settle();
	doctor_says(1, words);
	(void)world_daemon_stop(&world, SIGTERM);
	doctor_says(1, alone);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_is_well_with_two_slots),
		cmocka_unit_test(a_card_is_named_by_its_kind_only),
		cmocka_unit_test(a_hung_reader_is_told_with_its_time),
		cmocka_unit_test(pcscd_that_ended_is_named_with_its_start),
		cmocka_unit_test(without_a_daemon_it_looks_for_itself),
		cmocka_unit_test(a_device_that_is_not_there_is_named),
	};

	return cmocka_run_group_tests_name("doctor", tests, open_world,
	    close_world);
}
