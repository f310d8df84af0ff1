/*
 * flow_answers.c - any answer at any step: none, none any more, too long, cut,
 * random, another card's, another kind of card's. Each ends in a named result
 * within the read's time, and the next card is read as ever
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

#define SOON_MS 30000

#define NONSENSE "|card_gone|card_malformed|sm_aborted|sm_mac|" \
	"card_refused|card_unsupported|access_denied|access_unsupported|" \
	"file_malformed|access_key_needed|"

static struct world world;
static pid_t first_daemon;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, "[reader]\nread_timeout_ms = 3000\n");
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

static void
present(const char *label, const char *faults)
{
	char line[160];

	(void)snprintf(line, sizeof(line), "insert %s %s", label, faults);
	world_card(&world, line);
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_scan(&world, "ban-1", label, "can");
}

static void
a_good_card_is_read(void)
{
	empty_desk();
	present("p00120", "");
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "phase", "answered");
	assert_int_equal(world.daemon, first_daemon);
	assert_int_equal(kill(first_daemon, 0), 0);
}

/* allowed: labels between bars. */
static void
a_card_with(const char *faults, const char *allowed)
{
	char *error, framed[64];
	json_t *view;

	empty_desk();
	present("p00121", faults);
	error = desk_error(&world);
	print_message("%s: %s\n", faults, error);
	(void)snprintf(framed, sizeof(framed), "|%s|", error);
	if (strstr(allowed, framed) == NULL)
		fail_msg("%s: %s, not one of %s", faults, error, allowed);
	view = desk_view(&world, "ban-1");
	assert_string_equal(view_text(view, "identity"), "null");
	assert_string_equal(view_text(view, "photo"), "null");
	json_decref(view);
	free(error);
	a_good_card_is_read();
}

static void
run(const char *const (*rows)[2])
{
	for (; (*rows)[0] != NULL; rows++)
		a_card_with((*rows)[0], (*rows)[1]);
}

static void
a_card_may_leave_at_any_step(void **state)
{
	static const char *const rows[][2] = {
		{ "removed-after=0", "|card_gone|reader_no_card|" },
		{ "removed-after=2", "|card_gone|" },
		{ "removed-after=5", "|card_gone|" },
		{ "removed-after=8", "|card_gone|" },
		{ "removed-after=11", "|card_gone|" },
		{ NULL, NULL }
	};

	(void)state;
	run(rows);
}

static void
a_card_may_fall_silent(void **state)
{
	static const char *const rows[][2] = {
		{ "silent-after=1", "|card_timeout|" },
		{ "silent-after=9", "|card_timeout|" },
		{ "endless-6cxx", NONSENSE },
		{ "endless-61xx=4", NONSENSE "card_timeout|" },
		{ NULL, NULL }
	};

	(void)state;
	run(rows);
}

static void
answers_of_any_bytes_and_length_are_met(void **state)
{
	static const char *const rows[][2] = {
		{ "garbage-after=0", NONSENSE },
		{ "garbage-after=4", NONSENSE },
		{ "garbage-after=9", NONSENSE },
		/* vpcd takes no byte for no answer yet */
		{ "empty-after=3", "|card_gone|card_timeout|" },
		{ "one-byte-after=6", "|card_gone|card_timeout|" },
		{ "sw-only-after=0=6F00", NONSENSE },
		{ "sw-only-after=8=9000", NONSENSE },
		{ "huge-answer", NONSENSE },
		{ "huge-after=0", NONSENSE },
		{ "huge-after=7", NONSENSE },
		{ NULL, NULL }
	};

	(void)state;
	run(rows);
}

/* Another person's chip in its place, unannounced. */
static void
a_card_may_be_swapped_between_two_commands(void **state)
{
	/* The first protected read may begin once more (read.c): then it is
	 * the other card that refuses this one's digits. */
	static const char *const rows[][2] = {
		{ "swapped-after=3", NONSENSE },
		{ "swapped-after=8", "|sm_aborted|sm_mac|access_denied|" },
		{ "swapped-after=11", "|sm_aborted|sm_mac|trust_clone|" },
		{ "sm-drops-after=3", "|sm_aborted|sm_mac|card_malformed|" },
		{ "sm-bad-mac-after=2", "|sm_mac|" },
		{ "sm-replay-after=2", "|sm_mac|" },
		{ NULL, NULL }
	};

	(void)state;
	run(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_card_may_leave_at_any_step),
		cmocka_unit_test(a_card_may_fall_silent),
		cmocka_unit_test(answers_of_any_bytes_and_length_are_met),
		cmocka_unit_test(a_card_may_be_swapped_between_two_commands),
	};

	return cmocka_run_group_tests_name("answers", tests, open_world,
	    close_world);
}
