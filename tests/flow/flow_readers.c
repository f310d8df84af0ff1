/*
 * flow_readers.c - readers and cards that misbehave, other programs, pcscd that
 * goes and comes: each is named, and the next card is read as ever
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

#include "support/world.h"

#define SOON_MS 30000
#define POLL_US 50000

#define SLOT_0 "Virtual PCD 00 00"

static struct world world;
static pid_t first_daemon;

static int
open_world(void **state)
{
	(void)state;
	world_open(&world);
	world_daemon_start(&world, "[reader]\nread_timeout_ms = 3000\n");
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

/* The view of a desk. New reference; NULL: no such desk. */
static json_t *
view_of(const char *desk)
{
	struct reply reply = world_http(&world, "GET", "/v1/desks", NULL, NULL);
	json_t *found = NULL;
	size_t i;

	for (i = 0; i < json_array_size(reply.json); i++) {
		json_t *view = json_array_get(reply.json, i);

		if (strcmp(view_text(view, "desk"), desk) == 0)
			found = json_incref(view);
	}
	reply_free(&reply);

	return found;
}

static void
wait_at(const char *desk, const char *path, const char *value)
{
	int waited;

	for (waited = 0; waited < SOON_MS * 1000; waited += POLL_US) {
		json_t *view = view_of(desk);
		bool same = view != NULL &&
		    strcmp(view_text(view, path), value) == 0;

		json_decref(view);
		if (same)
			return;
		(void)usleep(POLL_US);
	}
	fail_msg("%s: %s never became %s", desk, path, value);
}

static void
post(const char *desk, const char *what, const char *body, long status)
{
	char path[64];
	struct reply reply;

	(void)snprintf(path, sizeof(path), "/v1/desks/%s/%s", desk, what);
	reply = world_http(&world, "POST", path, body, NULL);
	assert_int_equal(reply.status, status);
	reply_free(&reply);
}

static void
scan_at(const char *desk, const char *label, const char *member)
{
	json_t *person = world_person(&world, label);
	json_t *body = json_pack("{s:O}", "payload",
	    json_object_get(person, member));
	char *text = json_dumps(body, 0);

	post(desk, "scan", text, 204);
	free(text);
	json_decref(body);
	json_decref(person);
}

/* Each test begins with empty readers and desks. */
static int
empty_desk(void **state)
{
	(void)state;
	world_card(&world, "remove");
	world_card(&world, "slot 1 remove");
	wait_at("ban-1", "reader.state", "ready");
	wait_at("ban-1", "card_present", "false");
	post("ban-1", "reset", "{}", 204);
	wait_at("ban-1", "phase", "idle");

	return 0;
}

/* Card down, six digits typed. */
static void
present(const char *label, const char *faults)
{
	char line[160];

	(void)snprintf(line, sizeof(line), "insert %s %s", label, faults);
	world_card(&world, line);
	wait_at("ban-1", "card_present", "true");
	scan_at("ban-1", label, "can");
}

static void
a_good_card_is_read(void)
{
	(void)empty_desk(NULL);
	present("p00120", "");
	wait_at("ban-1", "read.step", "done");
	wait_at("ban-1", "phase", "answered");
	wait_at("ban-1", "reader.state", "ready");
	assert_int_equal(world.daemon, first_daemon);
	assert_int_equal(kill(first_daemon, 0), 0);
}

/* The label of the error that the read ends with. Owned. */
static char *
error_of_read(void)
{
	int waited;

	for (waited = 0; waited < SOON_MS * 1000; waited += POLL_US) {
		json_t *view = view_of("ban-1");
		const char *error = view_text(view, "read.error");
		char *copy = strcmp(error, "null") == 0 || error[0] == '\0' ?
		    NULL : strdup(error);

		json_decref(view);
		if (copy != NULL)
			return copy;
		(void)usleep(POLL_US);
	}
	fail_msg("the read has no end");

	return NULL;
}

/* What may come of it: labels between bars; "*" for any that has words. */
static void
a_card_with(const char *faults, const char *allowed)
{
	char *error, framed[64];
	json_t *view;

	(void)empty_desk(NULL);
	print_message("%s\n", faults);
	present("p00121", faults);
	error = error_of_read();
	(void)snprintf(framed, sizeof(framed), "|%s|", error);
	if (strcmp(allowed, "*") != 0 && strstr(allowed, framed) == NULL)
		fail_msg("%s: %s, not one of %s", faults, error, allowed);
	view = view_of("ban-1");
	assert_string_equal(view_text(view, "identity"), "null");
	assert_string_equal(view_text(view, "photo"), "null");
	json_decref(view);
	free(error);
}

#define ACCESS_OR_TRANSPORT "|card_gone|card_malformed|sm_aborted|sm_mac|" \
	"card_refused|card_unsupported|access_denied|access_unsupported|" \
	"file_malformed|access_key_needed|"

static void
every_bad_answer_has_a_name_and_the_next_card_is_read(void **state)
{
	static const char *const rows[][2] = {
		{ "removed-after=0", "|card_gone|reader_no_card|" },
		{ "removed-after=2", "|card_gone|" },
		{ "removed-after=5", "|card_gone|" },
		{ "removed-after=8", "|card_gone|" },
		{ "removed-after=11", "|card_gone|" },
		{ "silent-after=1", "|card_timeout|" },
		{ "silent-after=6", "|card_timeout|" },
		{ "garbage-after=0", ACCESS_OR_TRANSPORT },
		{ "garbage-after=4", ACCESS_OR_TRANSPORT },
		{ "garbage-after=9", ACCESS_OR_TRANSPORT },
		{ "endless", "|file_malformed|" },
		{ "sm-bad-mac-after=2", "|sm_mac|" },
		{ "sm-replay-after=2", "|sm_mac|" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a_card_with(rows[i][0], rows[i][1]);
		a_good_card_is_read();
	}
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
	wait_at("ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_EXCLUSIVE);
	wait_at("ban-1", "reader.state", "busy");
	scan_at("ban-1", "p00122", "can");
	wait_at("ban-1", "phase", "reading");
	wait_at("ban-1", "reader.hint", "other_program");
	/* longer than a read may take: waiting is no failure */
	(void)usleep(5000 * 1000);
	view = view_of("ban-1");
	assert_string_equal(view_text(view, "read.error"), "null");
	assert_string_equal(view_text(view, "reader.state"), "busy");
	json_decref(view);
	other_leaves();
	wait_at("ban-1", "read.step", "done");
	wait_at("ban-1", "reader.state", "ready");
	wait_at("ban-1", "phase", "answered");
}

/* A transaction, and a reset of the card at its end. */
static void
a_program_in_a_transaction_is_waited_for(void **state)
{
	(void)state;
	world_card(&world, "insert p00123");
	wait_at("ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_SHARED);
	assert_int_equal(SCardBeginTransaction(other.card), SCARD_S_SUCCESS);
	scan_at("ban-1", "p00123", "can");
	wait_at("ban-1", "reader.state", "busy");
	(void)usleep(4000 * 1000);
	assert_int_equal(SCardEndTransaction(other.card, SCARD_RESET_CARD),
	    SCARD_S_SUCCESS);
	wait_at("ban-1", "read.step", "done");
	wait_at("ban-1", "phase", "answered");
	other_leaves();
}

/* Somebody who is only connected takes nothing from us. */
static void
a_program_that_shares_the_card_is_no_obstacle(void **state)
{
	(void)state;
	world_card(&world, "insert p00124");
	wait_at("ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_SHARED);
	scan_at("ban-1", "p00124", "can");
	wait_at("ban-1", "read.step", "done");
	other_leaves();
}

static void
cccd_read_waits_and_says_so(void **state)
{
	char command[512];
	json_t *person = world_person(&world, "p00125");

	(void)state;
	world_card(&world, "insert p00125");
	wait_at("ban-1", "card_present", "true");
	other_connects(SCARD_SHARE_EXCLUSIVE);
	(void)snprintf(command, sizeof(command), "{ timeout 60 $BIN/cccd-read "
	    "--can %s --json >$DIR/waited.json 2>$DIR/waited.log; echo $? "
	    ">$DIR/waited.code; } >/dev/null 2>&1 &",
	    json_string_value(json_object_get(person, "can")));
	assert_int_equal(world_run(&world, command, NULL), 0);
	assert_int_equal(world_run(&world, "for i in $(seq 100); do grep -q "
	    "waiting $DIR/waited.log 2>/dev/null && exit 0; sleep 0.1; done; "
	    "exit 1", NULL), 0);
	other_leaves();
	assert_int_equal(world_run(&world, "for i in $(seq 300); do [ -s "
	    "$DIR/waited.code ] && exit $(cat $DIR/waited.code); sleep 0.1; "
	    "done; exit 99", NULL), 0);
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
		wait_at("ban-1", "reader.state", "no_service");
		assert_int_equal(world_run(&world, "rm $DIR/hold-pcscd", NULL),
		    0);
		wait_at("ban-1", "reader.state", "ready");
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
		present("p00126", "slow=400");
		wait_at("ban-1", "read.step", steps[i]);
		kill_pcscd();
		error = error_of_read();
		print_message("%s: %s\n", steps[i], error);
		assert_int_equal(strncmp(error, "reader_", 7), 0);
		free(error);
		wait_at("ban-1", "reader.state", "ready");
		a_good_card_is_read();
	}
}

static void
two_slots_read_at_once(void **state)
{
	json_t *one, *two;

	(void)state;
	one = view_of("ban-1");
	two = view_of("ban-2");
	assert_string_not_equal(view_text(one, "reader.name"),
	    view_text(two, "reader.name"));
	json_decref(one);
	json_decref(two);
	world_card(&world, "insert p00127");
	world_card(&world, "slot 1 insert p00128");
	wait_at("ban-1", "card_present", "true");
	wait_at("ban-2", "card_present", "true");
	scan_at("ban-1", "p00127", "can");
	scan_at("ban-2", "p00128", "can");
	wait_at("ban-1", "read.step", "done");
	wait_at("ban-2", "read.step", "done");
	one = view_of("ban-1");
	two = view_of("ban-2");
	assert_string_not_equal(view_text(one, "identity.number"),
	    view_text(two, "identity.number"));
	json_decref(one);
	json_decref(two);
	post("ban-2", "reset", "{}", 204);
}

/* A silent card in one slot does not delay the other. */
static void
a_silent_neighbour_does_not_matter(void **state)
{
	(void)state;
	world_card(&world, "insert p00129 silent-after=3");
	world_card(&world, "slot 1 insert p00130");
	wait_at("ban-1", "card_present", "true");
	wait_at("ban-2", "card_present", "true");
	scan_at("ban-1", "p00129", "can");
	scan_at("ban-2", "p00130", "can");
	wait_at("ban-2", "read.step", "done");
	wait_at("ban-1", "read.error", "card_timeout");
	wait_at("ban-1", "read.hint", "sleeve");
	post("ban-2", "reset", "{}", 204);
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
		wait_at("ban-1", "card_present", "false");
		post("ban-1", "reset", "{}", 204);
		present("p00131", "silent-after=2");
		wait_at("ban-1", "read.error", "card_timeout");
	}
	world_card(&world, "remove");
	wait_at("ban-1", "reader.state", "failed");
	wait_at("ban-1", "reader.hint", "replug");
	assert_int_equal(since_start("hangs"), hangs + 3);
	reply = world_http(&world, "GET", "/metrics", NULL, NULL);
	assert_non_null(strstr(reply.text,
	    "checkin_reader_resets_total{reader=\"" SLOT_0 "\"}"));
	reply_free(&reply);
	/* one good card, and it is trusted again */
	present("p00132", "");
	wait_at("ban-1", "read.step", "done");
	wait_at("ban-1", "reader.state", "ready");
}

static void
a_card_that_is_not_felt_is_asked_for(void **state)
{
	(void)state;
	scan_at("ban-1", "p00133", "qr");
	wait_at("ban-1", "read.hint", "nothing_felt");
	world_card(&world, "insert p00133");
	wait_at("ban-1", "read.step", "done");
	wait_at("ban-1", "read.hint", "null");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    every_bad_answer_has_a_name_and_the_next_card_is_read,
		    empty_desk),
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
