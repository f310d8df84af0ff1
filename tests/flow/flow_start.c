/*
 * flow_start.c - what stops checkind from starting, and what does not: each
 * says what, where and what to do
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

#define SOON_MS 20000

static struct world world;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, NULL);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* Start checkind on this configuration; it must fail, and say all of words. */
static void
refuses(const char *make_configuration, const char *const *words)
{
	char command[1024];
	char *output = NULL;

	assert_int_equal(world_run(&world, make_configuration, NULL), 0);
	(void)snprintf(command, sizeof(command),
	    "timeout 10 $BIN/checkind -c $DIR/bad.conf 2>&1; echo \"code $?\"");
	assert_int_equal(world_run(&world, command, &output), 0);
	if (strstr(output, "code 0") != NULL ||
	    strstr(output, "code 124") != NULL)
		fail_msg("it started: %s", output);
	for (; *words != NULL; words++) {
		if (strstr(output, *words) == NULL)
			fail_msg("no \"%s\" in: %s", *words, output);
	}
	free(output);
}

static void
a_bad_configuration_names_line_and_key(void **state)
{
	static const char *const unknown[] = { "bad.conf", "colour", NULL };
	static const char *const type[] = { "bad.conf", "port", NULL };
	static const char *const missing[] = { "nowhere", NULL };
	static const char *const token[] = { "token_file", NULL };

	(void)state;
	refuses("sed 's/^station.*/colour = red/' $DIR/checkind.conf "
	    ">$DIR/bad.conf", unknown);
	refuses("sed 's/^port.*/port = many/' $DIR/checkind.conf "
	    ">$DIR/bad.conf", type);
	refuses("sed 's|^password_file.*|password_file = /nowhere|' "
	    "$DIR/checkind.conf >$DIR/bad.conf", missing);
	refuses("sed 's/^port/listen = 0.0.0.0\\nport/' $DIR/checkind.conf "
	    ">$DIR/bad.conf", token);
	assert_int_not_equal(world_run(&world,
	    "$BIN/checkind -c /nowhere/checkind.conf 2>/dev/null", NULL), 0);
}

static void
a_port_in_use_is_said(void **state)
{
	static const char *const words[] = { "in use", NULL };

	(void)state;
	refuses("mkdir -p -m 700 $DIR/other && sed "
	    "\"s|^directory.*|directory = $DIR/other|\" $DIR/checkind.conf "
	    ">$DIR/bad.conf", words);
}

static void
a_database_of_a_newer_program_is_left_alone(void **state)
{
	static const char *const words[] = { "newer", NULL };

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	assert_int_equal(world_run(&world, "cp -r $DIR/state $DIR/newer && "
	    "sqlite3 $(ls $DIR/newer/*.db $DIR/newer/*.sqlite* 2>/dev/null | "
	    "head -n 1) 'PRAGMA user_version = 9999'", NULL), 0);
	refuses("sed \"s|^directory.*|directory = $DIR/newer|\" "
	    "$DIR/checkind.conf >$DIR/bad.conf", words);
	world_daemon_start(&world, NULL);
}

/* pcscd goes and comes back; the daemon stays. */
static void
pcscd_may_be_restarted_under_us(void **state)
{
	pid_t before = world.daemon;

	(void)state;
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    NULL));
	assert_int_equal(world_run(&world, "touch $DIR/hold-pcscd && "
	    "pkill -f \"^pcscd --foreground --config $DIR/readers\"", NULL), 0);
	json_decref(world_wait(&world, SOON_MS, "reader.state", "no_service",
	    NULL));
	assert_int_equal(world_run(&world, "rm $DIR/hold-pcscd", NULL), 0);
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    NULL));
	world_card(&world, "insert p00050");
	json_decref(world_wait(&world, SOON_MS, "card_present", "true", NULL));
	assert_int_equal(world.daemon, before);
	assert_int_equal(kill(before, 0), 0);
}

/* Without any pcscd the page is there, and codes can be asked about. */
static void
without_pcscd_codes_are_still_asked_about(void **state)
{
	json_t *person = world_person(&world, "code-000");

	(void)state;
	(void)world_daemon_stop(&world, SIGTERM);
	assert_int_equal(
	    setenv("PCSCLITE_CSOCK_NAME", "/nonexistent/pcscd.comm", 1), 0);
	world_daemon_start_blind(&world, NULL);
	json_decref(world_wait(&world, SOON_MS, "reader.state", "no_service",
	    NULL));
	assert_int_equal(world_scan(&world, json_string_value(
	    json_object_get(person, "qr"))), 204);
	json_decref(world_wait(&world, SOON_MS, "lookup.outcome", "covered",
	    NULL));
	json_decref(person);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bad_configuration_names_line_and_key),
		cmocka_unit_test(a_port_in_use_is_said),
		cmocka_unit_test(a_database_of_a_newer_program_is_left_alone),
		cmocka_unit_test(pcscd_may_be_restarted_under_us),
		cmocka_unit_test(without_pcscd_codes_are_still_asked_about),
	};

	return cmocka_run_group_tests_name("start", tests, open_world,
	    close_world);
}
