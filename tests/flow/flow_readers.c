/*
 * flow_readers.c - readers that hang, other programs at them, pcscd that goes
 * and comes: each is named, and the next card is read as ever
 *
 * The test itself is the other program at the reader. One checkind lives
 * through all of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <winscard.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/desk.h"
#include "support/world.h"

#define SOON_MS 30000

#define SLOT_0 "Virtual PCD 00 00"

static struct world world;
static pid_t first_daemon;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, "[reader]\nread_timeout_ms = 6000\n");
	first_daemon = world.daemon;
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

/* Each test begins with empty readers and desks. */
static int
empty_desk(void **state)
{
	(void)state;
	world_card(&world, "remove");
	world_card(&world, "slot 1 remove");
	desk_wait(&world, "ban-1", "reader.state", "ready");
	desk_wait(&world, "ban-1", "card_present", "false");
	desk_post(&world, "ban-1", "reset", "{}", 204);
	desk_wait(&world, "ban-1", "phase", "idle");

	return 0;
}

/* Card down, six digits typed. */
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
	(void)empty_desk(NULL);
	present("p00120", "");
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "phase", "answered");
	desk_wait(&world, "ban-1", "reader.state", "ready");
	assert_int_equal(world.daemon, first_daemon);
	assert_int_equal(kill(first_daemon, 0), 0);
}

/* The other program at the reader. */
static struct {
	SCARDCONTEXT context;
	SCARDHANDLE card;
} other;

static void
other_connects(DWORD share)
{
	DWORD protocol;

	assert_int_equal(SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL,
	    &other.context), SCARD_S_SUCCESS);
	assert_int_equal(SCardConnect(other.context, SLOT_0, share,
	    SCARD_PROTOCOL_T1, &other.card, &protocol), SCARD_S_SUCCESS);
}

static void
other_leaves(void)
{
	(void)SCardDisconnect(other.card, SCARD_LEAVE_CARD);
	(void)SCardReleaseContext(other.context);
}

static void
a_program_that_holds_the_card_for_itself_is_waited_for(void **state)
{
	json_t *view;

	(void)state;
	world_card(&world, "insert p00122");
	desk_wait(&world, "ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_EXCLUSIVE);
	desk_wait(&world, "ban-1", "reader.state", "busy");
	desk_scan(&world, "ban-1", "p00122", "can");
	desk_wait(&world, "ban-1", "phase", "reading");
	desk_wait(&world, "ban-1", "reader.hint", "other_program");
	/* longer than a read may take: waiting is no failure */
	(void)usleep(7000 * 1000);
	view = desk_view(&world, "ban-1");
	assert_string_equal(view_text(view, "read.error"), "null");
	assert_string_equal(view_text(view, "reader.state"), "busy");
	json_decref(view);
	other_leaves();
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "reader.state", "ready");
	desk_wait(&world, "ban-1", "phase", "answered");
}

/* A transaction, and a reset of the card at its end. */
static void
a_program_in_a_transaction_is_waited_for(void **state)
{
	(void)state;
	world_card(&world, "insert p00123");
	desk_wait(&world, "ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_SHARED);
	assert_int_equal(SCardBeginTransaction(other.card), SCARD_S_SUCCESS);
	desk_scan(&world, "ban-1", "p00123", "can");
	desk_wait(&world, "ban-1", "reader.state", "busy");
	(void)usleep(4000 * 1000);
	assert_int_equal(SCardEndTransaction(other.card, SCARD_RESET_CARD),
	    SCARD_S_SUCCESS);
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "phase", "answered");
	other_leaves();
}

/* Somebody who is only connected takes nothing from us. */
static void
a_program_that_shares_the_card_is_no_obstacle(void **state)
{
	(void)state;
	world_card(&world, "insert p00124");
	desk_wait(&world, "ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_SHARED);
	desk_scan(&world, "ban-1", "p00124", "can");
	desk_wait(&world, "ban-1", "read.step", "done");
	other_leaves();
}

static void
cccd_read_waits_and_says_so(void **state)
{
	char command[512];
	json_t *person = world_person(&world, "p00125");

	(void)state;
	world_card(&world, "insert p00125");
	desk_wait(&world, "ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_EXCLUSIVE);
	(void)snprintf(command, sizeof(command), "true; { timeout 60 "
	    "$BIN/cccd-read --can %s --json >$DIR/waited.json 2>$DIR/waited.log; echo $? "
	    ">$DIR/waited.code; } >/dev/null 2>&1 &",
	    json_string_value(json_object_get(person, "can")));
	assert_int_equal(world_run(&world, command, NULL), 0);
	assert_int_equal(world_run(&world, "for i in $(seq 100); do grep -q "
	    "waiting $DIR/waited.log 2>/dev/null && exit 0; sleep 0.1; done; "
	    "exit 1", NULL), 0);
	other_leaves();
	assert_int_equal(world_run(&world, "for i in $(seq 300); do [ -s "
	    "$DIR/waited.code ] && break; sleep 0.1; done; cat "
	    "$DIR/waited.log >&2; exit $(cat $DIR/waited.code)", NULL), 0);
	json_decref(person);
}

static void
kill_pcscd(void)
{
	assert_int_equal(world_run(&world,
	    "pkill -f \"^pcscd --foreground --config $DIR/readers\"", NULL), 0);
}

static void
pcscd_may_go_while_nobody_reads(void **state)
{
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_equal(world_run(&world, "touch $DIR/hold-pcscd",
		    NULL), 0);
		kill_pcscd();
		desk_wait(&world, "ban-1", "reader.state", "no_service");
		assert_int_equal(world_run(&world, "rm $DIR/hold-pcscd", NULL),
		    0);
		desk_wait(&world, "ban-1", "reader.state", "ready");
	}
	a_good_card_is_read();
}

static void
pcscd_may_go_in_the_middle_of_a_read(void **state)
{
	static const char *const steps[] = { "access", "identity" };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		char *error;

		(void)empty_desk(NULL);
		present("p00126", "slow=150");
		desk_wait(&world, "ban-1", "read.step", steps[i]);
		kill_pcscd();
		error = desk_error(&world);
		print_message("%s: %s\n", steps[i], error);
		assert_int_equal(strncmp(error, "reader_", 7), 0);
		free(error);
		desk_wait(&world, "ban-1", "reader.state", "ready");
		/* the same card comes again by itself, and has to be seen
		 * before it can be seen to leave */
		desk_wait(&world, "ban-1", "card_present", "true");
		a_good_card_is_read();
	}
}

static void
two_slots_read_at_once(void **state)
{
	json_t *one, *two;

	(void)state;
	one = desk_view(&world, "ban-1");
	two = desk_view(&world, "ban-2");
	assert_string_not_equal(view_text(one, "reader.name"),
	    view_text(two, "reader.name"));
	json_decref(one);
	json_decref(two);
	world_card(&world, "insert p00127");
	world_card(&world, "slot 1 insert p00128");
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_wait(&world, "ban-2", "card_present", "true");
	desk_scan(&world, "ban-1", "p00127", "can");
	desk_scan(&world, "ban-2", "p00128", "can");
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-2", "read.step", "done");
	one = desk_view(&world, "ban-1");
	two = desk_view(&world, "ban-2");
	assert_string_not_equal(view_text(one, "identity.number"),
	    view_text(two, "identity.number"));
	json_decref(one);
	json_decref(two);
	desk_post(&world, "ban-2", "reset", "{}", 204);
}

/* A silent card in one slot does not delay the other. */
static void
a_silent_neighbour_does_not_matter(void **state)
{
	(void)state;
	world_card(&world, "insert p00129 silent-after=3");
	world_card(&world, "slot 1 insert p00130");
	desk_wait(&world, "ban-1", "card_present", "true");
	desk_wait(&world, "ban-2", "card_present", "true");
	desk_scan(&world, "ban-1", "p00129", "can");
	desk_scan(&world, "ban-2", "p00130", "can");
	desk_wait(&world, "ban-2", "read.step", "done");
	desk_wait(&world, "ban-1", "read.error", "card_timeout");
	desk_wait(&world, "ban-1", "read.hint", "sleeve");
	desk_post(&world, "ban-2", "reset", "{}", 204);
}

static long
since_start(const char *what)
{
	struct reply reply = world_http(&world, "GET", "/v1/readers", NULL,
	    NULL);
	long count = (long)json_integer_value(json_object_get(
	    json_object_get(json_array_get(reply.json, 0), "since_start"),
	    what));

	assert_int_equal(reply.status, 200);
	reply_free(&reply);

	return count;
}

static void
three_hung_cards_in_a_row_are_the_readers_fault(void **state)
{
	long hangs = since_start("hangs");
	struct reply reply;
	int i;

	(void)state;
	a_good_card_is_read();
	for (i = 0; i < 3; i++) {
		world_card(&world, "remove");
		desk_wait(&world, "ban-1", "card_present", "false");
		desk_post(&world, "ban-1", "reset", "{}", 204);
		present("p00131", "silent-after=2");
		desk_wait(&world, "ban-1", "read.error", "card_timeout");
	}
	world_card(&world, "remove");
	desk_wait(&world, "ban-1", "reader.state", "failed");
	desk_wait(&world, "ban-1", "reader.hint", "replug");
	assert_int_equal(since_start("hangs"), hangs + 3);
	reply = world_http(&world, "GET", "/metrics", NULL, NULL);
	assert_non_null(strstr(reply.text,
	    "checkin_reader_resets_total{reader=\"" SLOT_0 "\"}"));
	reply_free(&reply);
	/* one good card, and it is trusted again */
	present("p00132", "");
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "reader.state", "ready");
}

static void
a_card_that_is_not_felt_is_asked_for(void **state)
{
	(void)state;
	desk_scan(&world, "ban-1", "p00133", "qr");
	desk_wait(&world, "ban-1", "read.hint", "nothing_felt");
	world_card(&world, "insert p00133");
	desk_wait(&world, "ban-1", "read.step", "done");
	desk_wait(&world, "ban-1", "read.hint", "null");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    a_program_that_holds_the_card_for_itself_is_waited_for,
		    empty_desk),
		cmocka_unit_test_setup(
		    a_program_in_a_transaction_is_waited_for, empty_desk),
		cmocka_unit_test_setup(
		    a_program_that_shares_the_card_is_no_obstacle, empty_desk),
		cmocka_unit_test_setup(
		    cccd_read_waits_and_says_so, empty_desk),
		cmocka_unit_test_setup(
		    two_slots_read_at_once, empty_desk),
		cmocka_unit_test_setup(
		    a_silent_neighbour_does_not_matter, empty_desk),
		cmocka_unit_test_setup(
		    three_hung_cards_in_a_row_are_the_readers_fault,
		    empty_desk),
		cmocka_unit_test_setup(
		    a_card_that_is_not_felt_is_asked_for, empty_desk),
		cmocka_unit_test_setup(
		    pcscd_may_go_while_nobody_reads, empty_desk),
		cmocka_unit_test_setup(
		    pcscd_may_go_in_the_middle_of_a_read, empty_desk),
	};

	return cmocka_run_group_tests_name("readers", tests, open_world,
	    close_world);
}
