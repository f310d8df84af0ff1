/*
 * flow_lengths.c - cards and readers that promise extended length and cannot
 * carry it: each is read to its end all the same, with short commands
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "support/desk.h"
#include "support/world.h"

static struct world world;

static void
open_with(const char *sim_card_options)
{
	assert_int_equal(setenv("SIM_CARD_OPTIONS", sim_card_options, 1), 0);
	world_open(&world);
	world_daemon_start(&world, "[reader]\nread_timeout_ms = 6000\n");
	desk_wait(&world, "ban-1", "reader.state", "ready");
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

static void
present(const char *faults)
{
	char line[160];

	(void)snprintf(line, sizeof(line), "insert p00121 %s", faults);
	world_card(&world, line);
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_scan(&world, "ban-1", "p00121", "can");
}

/* To its end: proven, photo and all. */
static void
is_read(void)
{
	json_t *view;

	desk_wait(&world, "ban-1", "read.step", "done");
	view = desk_view(&world, "ban-1");
	assert_string_equal(view_text(view, "assurance"), "chip_verified");
	assert_string_not_equal(view_text(view, "photo"), "null");
	assert_string_equal(view_text(view, "read.error"), "null");
	json_decref(view);
}

static void
each_broken_promise_is_met(void)
{
	static const char *const faults[] = {
		"", "extended-refused", "extended-lost", "long-answer-lost",
		"no-open-le", "extended-refused,no-cardaccess"
	};
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		print_message("%s\n", faults[i]);
		present(faults[i]);
		is_read();
		empty_desk();
	}
}

/* The card hangs the reader once; laid down again, it gets short commands. */
static void
silence_costs_one_try(void)
{
	present("extended-silent");
	desk_wait(&world, "ban-1", "read.error", "card_timeout");
	desk_wait(&world, "ban-1", "read.hint", "sleeve");
	empty_desk();
	present("extended-silent");
	is_read();
	/* and the one after it as fast as ever */
	empty_desk();
	present("");
	is_read();
	empty_desk();
}

static void
a_type_a_card_may_promise_too_much(void **state)
{
	(void)state;
	open_with("--atr contactless");
	each_broken_promise_is_met();
	silence_costs_one_try();
}

static void
a_type_b_card_may_promise_too_much(void **state)
{
	(void)state;
	open_with("--atr contactless-b");
	each_broken_promise_is_met();
}

static void
a_reader_may_hide_what_the_card_says(void **state)
{
	(void)state;
	open_with("--atr contactless-plain");
	each_broken_promise_is_met();
	silence_costs_one_try();
}

static void
a_contact_card_may_promise_too_much(void **state)
{
	(void)state;
	open_with("--atr contact");
	each_broken_promise_is_met();
}

static void
a_card_that_promises_nothing_is_read(void **state)
{
	static const char *const options[] = {
		"--atr contactless --extended off",
		"--atr contactless-plain --extended off",
		"--atr contactless-b --extended 1k"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
		if (i > 0)
			world_close(&world);
		print_message("%s\n", options[i]);
		open_with(options[i]);
		present("");
		is_read();
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
		    a_type_a_card_may_promise_too_much, close_world),
		cmocka_unit_test_teardown(
		    a_type_b_card_may_promise_too_much, close_world),
		cmocka_unit_test_teardown(
		    a_reader_may_hide_what_the_card_says, close_world),
		cmocka_unit_test_teardown(
		    a_contact_card_may_promise_too_much, close_world),
		cmocka_unit_test_teardown(
		    a_card_that_promises_nothing_is_read, close_world),
	};

	return cmocka_run_group_tests_name("lengths", tests, NULL, NULL);
}
