/*
 * flow_nfc.c - a reader that libnfc serves: a PN532 on a pseudo terminal, with
 * simulated chips in its field, through cccd-read and through the desk
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

#define SOON_MS 30000
#define POLL_US 50000

/* The reader's name, where DIR is the world's. */
#define READER "nfc:pn532_uart:$DIR/nfc/pn532:115200"

static struct world world;
static struct world field;	/* the same, its card.sock that of the PN532 */

/* Plug the reader in. */
static void
plug(const char *options)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "mkdir -p $DIR/nfc && rm -f "
	    "$DIR/nfc/card.sock; $BIN/sim-card --state $DIR/sim --control "
	    "$DIR/nfc/card.sock --pn532 $DIR/nfc/pn532 %s >>$DIR/nfc/log 2>&1 "
	    "</dev/null & echo $! >$DIR/nfc.pid; for i in $(seq 100); do "
	    "[ -S $DIR/nfc/card.sock ] && [ -e $DIR/nfc/pn532 ] && exit 0; "
	    "sleep 0.1; done; exit 1", options);
	assert_int_equal(world_run(&world, command, NULL), 0);
}

static void
unplug(void)
{
	(void)world_run(&world, "kill $(cat $DIR/nfc.pid) && while kill -0 "
	    "$(cat $DIR/nfc.pid) 2>/dev/null; do sleep 0.05; done", NULL);
}

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	field = world;
	(void)snprintf(field.dir, sizeof(field.dir), "%.50s/nfc", world.dir);
	plug("");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	unplug();
	world_close(&world);

	return 0;
}

static void
start_daemon(void)
{
	char extra[256];

	(void)snprintf(extra, sizeof(extra), "[reader]\n"
	    "read_timeout_ms = 9000\n[desk \"ban-1\"]\nreader = "
	    "nfc:pn532_uart:%s/nfc/pn532:115200\n", world.dir);
	world_daemon_start(&world, extra);
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    NULL));
}

static int
empty_desk(void **state)
{
	struct reply reply;

	(void)state;
	world_card(&field, "remove");
	world_card(&field, "slot 1 remove");
	json_decref(world_wait(&world, SOON_MS, "card_present", "false",
	    "reader.state", "ready", NULL));
	reply = world_http(&world, "POST", "/v1/desks/ban-1/reset", "{}", NULL);
	assert_int_equal(reply.status, 204);
	reply_free(&reply);
	json_decref(world_wait(&world, SOON_MS, "phase", "idle", NULL));

	return 0;
}

static void
present(const char *label, const char *faults)
{
	json_t *person = world_person(&world, label);
	char line[160];

	(void)snprintf(line, sizeof(line), "insert %s %s", label, faults);
	world_card(&field, line);
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "can"))), 204);
	json_decref(person);
}

static void
a_good_card_is_read(void)
{
	(void)empty_desk(NULL);
	present("p00140", "");
	json_decref(world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", "passive_authentication", "valid", NULL));
}

/* Run cccd-read on the reader with these arguments; standard error apart. */
static int
read_card(const char *label, const char *arguments, char **output)
{
	json_t *person = world_person(&world, label);
	char command[512];
	int code;

	(void)snprintf(command, sizeof(command), "timeout 60 $BIN/cccd-read "
	    "--reader " READER " --json --can %s %s 2>$DIR/cccd-read.log",
	    json_string_value(json_object_get(person, "can")), arguments);
	code = world_run(&world, command, output);
	json_decref(person);

	return code;
}

static void
cccd_read_reads_through_libnfc(void **state)
{
	json_t *person = world_person(&world, "p00141"), *json;
	char *output = NULL;

	(void)state;
	world_card(&field, "insert p00141");
	assert_int_equal(read_card("p00141", "--trust $DIR/trust --photo "
	    "$DIR/nfc.jpg", &output), 0);
	json = json_loads(output, 0, NULL);
	assert_non_null(json);
	assert_string_equal(view_text(json, "number"),
	    json_string_value(json_object_get(person, "number")));
	assert_string_equal(
	    view_text(json, "passive_authentication"), "valid");
	assert_int_equal(world_run(&world,
	    "test $(od -An -tx1 -N3 $DIR/nfc.jpg | tr -d ' ') = ffd8ff",
	    NULL), 0);
	/* nothing of libnfc's own log */
	assert_int_equal(world_run(&world, "test ! -s $DIR/cccd-read.log",
	    NULL), 0);
	free(output);
	/* and the reader is left so that the next read works */
	assert_int_equal(read_card("p00141", "", NULL), 0);
	world_card(&field, "remove");
	assert_int_equal(read_card("p00141", "", NULL), 3);
	assert_int_equal(world_run(&world, "$BIN/cccd-read --reader "
	    "nfc:pn532_uart:/nonexistent:115200 --can 123456 2>/dev/null",
	    NULL), 3);
	json_decref(json);
	json_decref(person);
}

/* Even where the user asks libnfc to be loud. */
static void
libnfc_is_silent_when_asked_to_speak(void **state)
{
	(void)state;
	world_card(&field, "insert p00142");
	assert_int_equal(setenv("LIBNFC_LOG_LEVEL", "3", 1), 0);
	assert_int_equal(read_card("p00142", "", NULL), 0);
	assert_int_equal(unsetenv("LIBNFC_LOG_LEVEL"), 0);
	assert_int_equal(world_run(&world, "test ! -s $DIR/cccd-read.log",
	    NULL), 0);
	world_card(&field, "remove");
}

/* Both lie there when the reader is first looked at. */
static void
two_cards_are_one_too_many(void **state)
{
	(void)state;
	world_card(&field, "insert p00144");
	world_card(&field, "slot 1 insert p00145");
	assert_int_equal(read_card("p00144", "", NULL), 5);
	assert_int_equal(world_run(&world,
	    "grep -q card_collision $DIR/cccd-read.log", NULL), 0);
	start_daemon();
	json_decref(world_wait(&world, SOON_MS, "read.hint", "one_card",
	    "card_present", "false", NULL));
	world_card(&field, "slot 1 remove");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true",
	    "read.hint", "null", NULL));
	a_good_card_is_read();
}

static void
the_desk_reads_through_libnfc(void **state)
{
	json_t *view, *person = world_person(&world, "p00140");

	(void)state;
	a_good_card_is_read();
	view = world_wait(&world, SOON_MS, "phase", "answered", NULL);
	assert_string_equal(view_text(view, "identity.number"),
	    json_string_value(json_object_get(person, "number")));
	assert_int_equal(strncmp(view_text(view, "reader.name"), "nfc:", 4),
	    0);
	/* the card lies there still: nothing begins anew by itself */
	(void)usleep(1500 * 1000);
	json_decref(view);
	view = world_wait(&world, 100, "phase", "answered", "read.step",
	    "done", "card_present", "true", NULL);
	json_decref(view);
	json_decref(person);
}

static void
bad_cards_have_a_name_and_the_next_one_is_read(void **state)
{
	static const char *const rows[][2] = {
		{ "removed-after=6", "card_gone" },
		{ "silent-after=5", "card_timeout" },
		{ "stalled-after=5", "card_timeout" },
		{ "huge-after=2", "card_malformed" },
		{ "chain-never-ends=2", "card_malformed" },
		{ "sm-bad-mac-after=2", "sm_mac" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)empty_desk(NULL);
		print_message("%s\n", rows[i][0]);
		present("p00143", rows[i][0]);
		json_decref(world_wait(&world, SOON_MS, "read.error",
		    rows[i][1], "identity", "null", NULL));
		a_good_card_is_read();
	}
}

static void
a_reader_that_was_unplugged_comes_back(void **state)
{
	(void)state;
	unplug();
	json_decref(world_wait(&world, SOON_MS, "reader.state", "none", NULL));
	plug("");
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    NULL));
	a_good_card_is_read();
}

static void
cards_of_type_b_are_read_too(void **state)
{
	(void)state;
	unplug();
	json_decref(world_wait(&world, SOON_MS, "reader.state", "none", NULL));
	plug("--pn532-type b");
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    NULL));
	a_good_card_is_read();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cccd_read_reads_through_libnfc),
		cmocka_unit_test(libnfc_is_silent_when_asked_to_speak),
		cmocka_unit_test(two_cards_are_one_too_many),
		cmocka_unit_test_setup(
		    the_desk_reads_through_libnfc, empty_desk),
		cmocka_unit_test_setup(
		    bad_cards_have_a_name_and_the_next_one_is_read,
		    empty_desk),
		cmocka_unit_test_setup(
		    a_reader_that_was_unplugged_comes_back, empty_desk),
		cmocka_unit_test_setup(
		    cards_of_type_b_are_read_too, empty_desk),
	};

	return cmocka_run_group_tests_name("nfc", tests, open_world,
	    close_world);
}
