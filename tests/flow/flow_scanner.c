/*
 * flow_scanner.c - a desk with a scanner of its own, from its bytes to the
 * insurer's answer
 *
 * The scanner is the far end of a pseudo terminal, found under a link as udev
 * makes them. Everything behind it is the real daemon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/desk.h"
#include "support/world.h"

#define SOON_MS 20000

static struct world world;
static char device[128];
static int scanner = -1;	/* our end of the terminal */

static void
plug_in(void)
{
	scanner = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(scanner >= 0);
	assert_int_equal(grantpt(scanner), 0);
	assert_int_equal(unlockpt(scanner), 0);
	(void)unlink(device);
	assert_int_equal(symlink(ptsname(scanner), device), 0);
}

static void
pull_out(void)
{
	(void)unlink(device);
	(void)close(scanner);
	scanner = -1;
}

static void
send_bytes(const void *bytes, size_t len)
{
	assert_int_equal(write(scanner, bytes, len), (ssize_t)len);
}

static int
open_world(void **state)
{
	char extra[400];

	(void)state;
	world_open(&world);
	(void)snprintf(device, sizeof(device), "%s/scanner", world.dir);
	(void)snprintf(extra, sizeof(extra), "[reader]\n"
	    "bac_allowed = yes\n[desk \"ban-1\"]\nreader = Virtual\n"
	    "scanner = %s\nscanner_baud = 115200\n", device);
	plug_in();
	world_daemon_start(&world, extra);
	json_decref(world_wait(&world, SOON_MS, "reader.state", "ready",
	    "scanner.state", "ready", NULL));

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	pull_out();
	world_close(&world);

	return 0;
}

static int
empty_desk(void **state)
{
	struct reply reply;

	(void)state;
	world_card(&world, "remove");
	json_decref(world_wait(&world, SOON_MS, "card_present", "false",
	    NULL));
	reply = world_http(&world, "POST", "/v1/desks/ban-1/reset", "{}", NULL);
	assert_int_equal(reply.status, 204);
	reply_free(&reply);
	json_decref(world_wait(&world, SOON_MS, "phase", "idle", NULL));

	return 0;
}

/* A member of a simulated person. Owned by the caller. */
static char *
member_of(const char *label, const char *member)
{
	json_t *person = world_person(&world, label);
	char *text = strdup(json_string_value(json_object_get(person,
	    member)));

	assert_non_null(text);
	json_decref(person);

	return text;
}

/* A lookup is counted when it closes, which the view does not wait for. */
static void
until_counted(long lookups)
{
	int tries;

	for (tries = 0; tries < 200 &&
	    world_stat(&world, "lookups", "total") < lookups; tries++)
		(void)usleep(50000);
	world_stat_is(&world, "lookups", "total", lookups);
}

static void
scan_text(const char *text)
{
	send_bytes(text, strlen(text));
	send_bytes("\r\n", 2);
}

static void
a_scanned_code_and_a_card_become_one_answer(void **state)
{
	char *qr = member_of("code-000", "qr");
	long lookups = world_stat(&world, "lookups", "total");
	json_t *view;

	(void)state;
	scan_text(qr);
	view = world_wait(&world, SOON_MS, "lookup.outcome", "covered", NULL);
	assert_string_equal(view_text(view, "print.kind"), "cccd_qr");
	assert_string_equal(view_text(view, "print.damage"), "intact");
	assert_string_equal(view_text(view, "comparison"), "null");
	json_decref(view);
	world_card(&world, "insert code-000");
	view = world_wait(&world, SOON_MS, "read.step", "done", "phase",
	    "answered", NULL);
	assert_string_equal(view_text(view, "comparison.full_name"), "same");
	assert_string_equal(view_text(view, "comparison.number"), "same");
	json_decref(view);
	until_counted(lookups + 1);
	free(qr);
}

/* The scanner is set to Vietnamese Windows: glibc encodes, we decode. */
static void
another_code_page_is_repaired_and_said(void **state)
{
	char *qr = member_of("khmer-name", "qr"), *from = qr;
	char bytes[2048], *to = bytes;
	size_t from_left = strlen(qr), to_left = sizeof(bytes);
	iconv_t page = iconv_open("CP1258", "UTF-8");
	json_t *view;

	(void)state;
	assert_true(page != (iconv_t)-1);
	assert_int_equal(iconv(page, &from, &from_left, &to, &to_left), 0);
	assert_int_equal(iconv(page, NULL, NULL, &to, &to_left), 0);
	(void)iconv_close(page);
	send_bytes(bytes, sizeof(bytes) - to_left);
	send_bytes("\r", 1);
	view = world_wait(&world, SOON_MS, "lookup.outcome", "covered", NULL);
	assert_string_equal(
	    view_text(view, "print.damage"), "repaired_encoding");
	assert_non_null(strstr(qr, view_text(view, "identity.full_name")));
	json_decref(view);
	free(qr);
}

/* A name without its marks is not asked about; the chip has it whole. */
static void
a_name_that_lost_its_marks_waits_for_the_chip(void **state)
{
	char *number = member_of("code-000", "number");
	char *name = member_of("code-000", "name");
	long lookups = world_stat(&world, "lookups", "total");
	char code[200];
	json_t *view;

	(void)state;
	(void)snprintf(code, sizeof(code),
	    "%s||Nguy?n Th? M?u|05031994|N?|?p M?u|15042021", number);
	scan_text(code);
	view = world_wait(&world, SOON_MS, "message", "name_damaged",
	    "phase", "need_card", NULL);
	assert_string_equal(
	    view_text(view, "print.damage"), "diacritics_lost");
	assert_string_equal(view_text(view, "lookup"), "null");
	json_decref(view);
	world_card(&world, "insert code-000");
	view = world_wait(&world, SOON_MS, "read.step", "done",
	    "lookup.outcome", "covered", "message", "null", NULL);
	assert_string_equal(view_text(view, "identity.full_name"), name);
	json_decref(view);
	until_counted(lookups + 1);
	free(name);
	free(number);
}

/* The warning of this field in a view; fails without one. Borrowed. */
static json_t *
warning_of(json_t *view, const char *field)
{
	json_t *list = json_object_get(view, "warnings");
	size_t i;

	for (i = 0; i < json_array_size(list); i++) {
		json_t *one = json_array_get(list, i);

		if (strcmp(json_string_value(json_object_get(one, "field")),
		    field) == 0)
			return one;
	}
	fail_msg("no warning for %s", field);

	return NULL;
}

static const char *
kind_of(json_t *view, const char *field)
{
	return json_string_value(
	    json_object_get(warning_of(view, field), "kind"));
}

/* A code with the chip's number, and another name and birth date. */
static void
scan_instead(const char *name, const char *birth)
{
	char *number = member_of("code-000", "number");
	char code[400];

	(void)snprintf(code, sizeof(code), "%s||%s|%s|Nam|Ấp Mẫu|15042021",
	    number, name, birth);
	scan_text(code);
	free(number);
}

/* DDMMYYYY of the simulated person. */
static void
birth_of(const char *label, char out[9])
{
	char *iso = member_of(label, "birth");

	(void)snprintf(out, 9, "%.2s%.2s%.4s", iso + 8, iso + 5, iso);
	free(iso);
}

static void
each_field_that_differs_is_named(void **state)
{
	char *name = member_of("code-000", "name");
	char birth[9];
	json_t *view;

	(void)state;
	birth_of("code-000", birth);
	scan_instead("Lê Thị Hoàn Toàn Khác", "01021993");
	json_decref(world_wait(&world, SOON_MS, "print.kind", "cccd_qr",
	    NULL));
	world_card(&world, "insert code-000");
	view = world_wait(&world, SOON_MS, "read.step", "done",
	    "comparison.full_name", "different", "comparison.date_of_birth",
	    "different", "comparison.number", "same", NULL);
	assert_string_equal(
	    kind_of(view, "full_name"), "chip_differs_from_print");
	assert_string_equal(
	    kind_of(view, "date_of_birth"), "chip_differs_from_print");
	assert_string_equal(json_string_value(json_object_get(
	    warning_of(view, "full_name"), "chip")), name);
	assert_string_equal(json_string_value(json_object_get(
	    warning_of(view, "full_name"), "print")),
	    "Lê Thị Hoàn Toàn Khác");
	assert_string_equal(view_text(view, "identity.full_name"), name);
	json_decref(view);
	free(name);
}

/* The first word as its first letter. */
static void
shorten(const char *name, char *out, size_t size)
{
	(void)snprintf(out, size, "%.1s. %s", name, strchr(name, ' ') + 1);
}

static void
a_shortened_name_is_another_answer_than_a_different_one(void **state)
{
	char *name = member_of("code-000", "name");
	char birth[9], shorter[200];
	json_t *view;

	(void)state;
	birth_of("code-000", birth);
	shorten(name, shorter, sizeof(shorter));
	scan_instead(shorter, birth);
	json_decref(world_wait(&world, SOON_MS, "print.kind", "cccd_qr",
	    NULL));
	world_card(&world, "insert code-000");
	view = world_wait(&world, SOON_MS, "read.step", "done",
	    "comparison.full_name", "abbreviated", "comparison.date_of_birth",
	    "same", NULL);
	assert_string_equal(kind_of(view, "full_name"), "print_abbreviated");
	json_decref(view);
	free(name);
}

static void
a_scanner_that_is_pulled_out_comes_back(void **state)
{
	char *qr = member_of("code-000", "qr");

	(void)state;
	send_bytes(qr, 40);
	pull_out();
	json_decref(world_wait(&world, SOON_MS, "scanner.state", "absent",
	    "phase", "idle", NULL));
	plug_in();
	json_decref(world_wait(&world, SOON_MS, "scanner.state", "ready",
	    NULL));
	scan_text(qr);
	json_decref(world_wait(&world, SOON_MS, "lookup.outcome", "covered",
	    NULL));
	free(qr);
}

/* Whatever comes, the desk says so and takes the next code. */
static void
noise_and_endless_lines_leave_the_desk_working(void **state)
{
	char *qr = member_of("code-000", "qr");
	uint8_t noise[512];
	size_t i;

	(void)state;
	memset(noise, 'x', sizeof(noise));
	for (i = 0; i < 40; i++)
		send_bytes(noise, sizeof(noise));
	send_bytes("\r", 1);
	json_decref(world_wait(&world, SOON_MS, "message", "scan_too_long",
	    "phase", "idle", NULL));
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 7 + 1);
	send_bytes(noise, sizeof(noise));
	send_bytes("\r", 1);
	json_decref(world_wait(&world, SOON_MS, "message", "scan_unknown",
	    "phase", "idle", NULL));
	scan_text(qr);
	json_decref(world_wait(&world, SOON_MS, "lookup.outcome", "covered",
	    NULL));
	free(qr);
}

static void
other_codes_are_named(void **state)
{
	static const char *const rows[][2] = {
		{ "331234567", "scan_old_number" },
		{ "https://example.invalid/vneid?x=1", "scan_app_code" },
		{ "HS4840123456789|ébaa|01/01/1990|1|-|84 - 001|-|-|-|-|$",
		    "scan_keyboard" },
		{ "084090000001|", "scan_malformed" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scan_text(rows[i][0]);
		json_decref(world_wait(&world, SOON_MS, "message", rows[i][1],
		    "phase", "idle", NULL));
	}
}

/*
 * Six digits open no chip that offers BAC alone: the zone does. This chip only
 * hides its PACE, which its signed DG14 tells once it is open: so it is opened,
 * read, and then refused.
 */
static void
a_chip_that_offers_no_pace_is_opened_by_the_zone(void **state)
{
	char *number = member_of("no-expiry", "number");
	char *birth = member_of("no-expiry", "birth");
	char lines[3][31];

	(void)state;
	world_card(&world, "insert no-expiry cardaccess-no-pace");
	json_decref(world_wait(&world, SOON_MS, "phase", "need_key", NULL));
	scan_text(number + 6);
	json_decref(world_wait(&world, SOON_MS, "read.error",
	    "access_key_needed", "phase", "need_key", "print.kind", "can",
	    NULL));
	desk_zone_of(number, birth, lines);
	scan_text(lines[0]);
	scan_text(lines[1]);
	scan_text(lines[2]);
	json_decref(world_wait(&world, SOON_MS, "read.step", "verify",
	    "read.error", "access_downgrade", "print.kind", "mrz", NULL));
	free(birth);
	free(number);
}

/* Nothing that was scanned stands in the log. */
static void
the_log_says_nothing_of_anybody(void **state)
{
	char *number = member_of("code-000", "number");
	char command[300];

	(void)state;
	(void)snprintf(command, sizeof(command),
	    "grep -q -e %s -e 331234567 -e HS4840123456789 $DIR/checkind.log",
	    number);
	assert_int_equal(world_run(&world, command, NULL), 1);
	assert_int_equal(world_run(&world,
	    "grep -q 'scanner: ready' $DIR/checkind.log", NULL), 0);
	free(number);
}

static void
the_doctor_looks_at_the_scanner(void **state)
{
	char *words = NULL;

	(void)state;
	(void)world_run(&world,
	    "$BIN/checkin -c $DIR/checkind.conf doctor", &words);
	assert_non_null(strstr(words, "scanner ready"));
	free(words);
	pull_out();
	json_decref(world_wait(&world, SOON_MS, "scanner.state", "absent",
	    NULL));
	(void)world_run(&world,
	    "$BIN/checkin -c $DIR/checkind.conf doctor", &words);
	assert_non_null(strstr(words, "scanner absent"));
	free(words);
	plug_in();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
		    a_scanned_code_and_a_card_become_one_answer, empty_desk),
		cmocka_unit_test_setup(
		    another_code_page_is_repaired_and_said, empty_desk),
		cmocka_unit_test_setup(
		    a_name_that_lost_its_marks_waits_for_the_chip, empty_desk),
		cmocka_unit_test_setup(
		    each_field_that_differs_is_named, empty_desk),
		cmocka_unit_test_setup(
		    a_shortened_name_is_another_answer_than_a_different_one,
		    empty_desk),
		cmocka_unit_test_setup(
		    a_scanner_that_is_pulled_out_comes_back, empty_desk),
		cmocka_unit_test_setup(
		    noise_and_endless_lines_leave_the_desk_working,
		    empty_desk),
		cmocka_unit_test_setup(other_codes_are_named, empty_desk),
		cmocka_unit_test_setup(
		    a_chip_that_offers_no_pace_is_opened_by_the_zone,
		    empty_desk),
		cmocka_unit_test(the_log_says_nothing_of_anybody),
		cmocka_unit_test(the_doctor_looks_at_the_scanner)
	};

	return cmocka_run_group_tests_name("scanner", tests, open_world,
	    close_world);
}
