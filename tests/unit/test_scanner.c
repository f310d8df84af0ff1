/*
 * test_scanner.c - scanners: lines, keys, and a serial line that comes and goes
 *
 * The serial line is a pseudo terminal. An input device cannot be made on a
 * machine without uinput: its keys are written out as the kernel reports them.
 */
#include <linux/input-event-codes.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/loop.h"
#include "scanner/frame.h"
#include "scanner/keys.h"
#include "scanner/scanner.h"

/* --- lines --- */

/* Push text; what came out as lines, each behind a "/"; "!" for too long. */
static void
lines_of(struct ck_frame *frame, const char *text, size_t len, char *out)
{
	size_t i, used = strlen(out);

	for (i = 0; i < len; i++) {
		enum ck_frame_event event =
		    ck_frame_push(frame, (uint8_t)text[i]);

		if (event == CK_FRAME_TOO_LONG)
			out[used++] = '!';
		if (event == CK_FRAME_LINE) {
			struct ck_span line = ck_frame_line(frame);

			out[used++] = '/';
			memcpy(out + used, line.ptr, line.len);
			used += line.len;
		}
		out[used] = '\0';
	}
}

static void
lines_end_in_many_ways(void **state)
{
	static const char text[] =
	    "one\rtwo\r\nthree\nfour\t\x02" "five\x03six\x04\r\r\nseven\0eight";
	struct ck_frame frame = { .len = 0 };
	char out[200] = "";

	(void)state;
	lines_of(&frame, text, sizeof(text) - 1, out);
	assert_string_equal(out, "/one/two/three/four/five/six/seven");
	assert_int_equal(ck_frame_pause(&frame), CK_FRAME_LINE);
	assert_int_equal(ck_frame_line(&frame).len, 5);
	/* one pause, one line */
	assert_int_equal(ck_frame_pause(&frame), CK_FRAME_MORE);
}

static void
an_endless_line_is_not_kept(void **state)
{
	struct ck_frame frame = { .len = 0 };
	char out[200] = "";
	int i;

	(void)state;
	for (i = 0; i < 3 * CK_PRINTED_MAX; i++)
		lines_of(&frame, "x", 1, out);
	assert_string_equal(out, "");
	lines_of(&frame, "\rnext\r", 6, out);
	assert_string_equal(out, "!/next");
}

static void
the_longest_line_is_whole(void **state)
{
	struct ck_frame frame = { .len = 0 };
	int i;

	(void)state;
	for (i = 0; i < CK_PRINTED_MAX; i++)
		assert_int_equal(ck_frame_push(&frame, 'x'), CK_FRAME_MORE);
	assert_int_equal(ck_frame_push(&frame, '\r'), CK_FRAME_LINE);
	assert_int_equal(ck_frame_line(&frame).len, CK_PRINTED_MAX);
}

#define ZONE_1 "IDVNM0900000018084090000001<<6"
#define ZONE_2 "9001011M3001019VNM<<<<<<<<<<<4"
#define ZONE_3 "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<"

static void
three_lines_of_a_zone_are_one(void **state)
{
	static const char zone[] = ZONE_1 "\r\n" ZONE_2 "\r\n" ZONE_3 "\r\n";
	static const char broken[] = ZONE_1 "\r" ZONE_2 "\r123456\r" ZONE_3
	    "\r" ZONE_1 "\r" ZONE_2 "\r";
	struct ck_frame frame = { .len = 0 };
	char out[400] = "";

	(void)state;
	lines_of(&frame, zone, sizeof(zone) - 1, out);
	assert_string_equal(out, "/" ZONE_1 ZONE_2 ZONE_3);
	out[0] = '\0';
	lines_of(&frame, broken, sizeof(broken) - 1, out);
	assert_string_equal(out, "/123456/" ZONE_3 ZONE_1 ZONE_2);
}

#define TD2_1 "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
#define TD2_2 "D231458907UTO7408122F1204159<<<<<<<6"
#define TD3_1 "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
#define TD3_2 "L898902C36UTO7408122F1204159ZE184226B<<<<<10"

static void
two_lines_of_a_passport_are_one(void **state)
{
	static const char zones[] = TD3_1 "\r" TD3_2 "\r" TD2_1 "\r" TD2_2 "\r";
	static const char mixed[] = TD3_1 "\r" TD2_1 "\r" ZONE_1 "\r" TD3_1
	    "\r" TD3_2 "\r";
	struct ck_frame frame = { .len = 0 };
	char out[400] = "";

	(void)state;
	lines_of(&frame, zones, sizeof(zones) - 1, out);
	assert_string_equal(out, "/" TD3_1 TD3_2 "/" TD2_1 TD2_2);
	out[0] = '\0';
	lines_of(&frame, mixed, sizeof(mixed) - 1, out);
	assert_string_equal(out, "/" TD3_1 TD3_2);
}

/* --- keys --- */

struct press {
	uint16_t code;
	int32_t value;
};

static size_t
type_keys(const struct press *presses, size_t count, uint8_t *out)
{
	struct ck_keys keys = { .typed = 0 };
	size_t i, len = 0;

	for (i = 0; i < count; i++)
		len += ck_keys_take(&keys, presses[i].code, presses[i].value,
		    out + len);

	return len;
}

#define DOWN(key) { key, 1 }
#define UP(key) { key, 0 }
#define TAP(key) DOWN(key), UP(key)
#define COUNT(list) (sizeof(list) / sizeof(list[0]))

static void
keys_mean_the_american_layout(void **state)
{
	static const struct press presses[] = {
		TAP(KEY_0), TAP(KEY_8), TAP(KEY_4),
		DOWN(KEY_LEFTSHIFT), TAP(KEY_BACKSLASH), UP(KEY_LEFTSHIFT),
		DOWN(KEY_RIGHTSHIFT), TAP(KEY_N), UP(KEY_RIGHTSHIFT),
		TAP(KEY_A), { KEY_A, 2 }, TAP(KEY_M), TAP(KEY_SLASH),
		TAP(KEY_SPACE), TAP(KEY_KP7), TAP(KEY_F1), TAP(KEY_ENTER),
		DOWN(KEY_LEFTCTRL), TAP(KEY_M), UP(KEY_LEFTCTRL)
	};
	uint8_t out[64];
	size_t len = type_keys(presses, COUNT(presses), out);

	(void)state;
	assert_int_equal(len, 12);
	assert_memory_equal(out, "084|Nam/ 7\r\r", 12);
}

static void
caps_lock_turns_letters_and_not_digits(void **state)
{
	static const struct press presses[] = {
		TAP(KEY_CAPSLOCK), TAP(KEY_H), TAP(KEY_4),
		DOWN(KEY_LEFTSHIFT), TAP(KEY_S), TAP(KEY_4),
		UP(KEY_LEFTSHIFT), TAP(KEY_CAPSLOCK), TAP(KEY_H)
	};
	uint8_t out[64];

	(void)state;
	assert_int_equal(type_keys(presses, COUNT(presses), out), 5);
	assert_memory_equal(out, "H4s$h", 5);
}

/* "ễ" as its number in Unicode, 7877; then its bytes E1 BB 85, one by one. */
static void
alt_and_digits_are_letters(void **state)
{
	static const struct press presses[] = {
		DOWN(KEY_LEFTALT), TAP(KEY_KP7), TAP(KEY_KP8), TAP(KEY_KP7),
		TAP(KEY_KP7), UP(KEY_LEFTALT),
		DOWN(KEY_LEFTALT), TAP(KEY_KP0), TAP(KEY_KP2), TAP(KEY_KP2),
		TAP(KEY_KP5), UP(KEY_LEFTALT),
		DOWN(KEY_LEFTALT), TAP(KEY_KP0), TAP(KEY_KP1), TAP(KEY_KP8),
		TAP(KEY_KP7), UP(KEY_LEFTALT),
		DOWN(KEY_LEFTALT), TAP(KEY_KP0), TAP(KEY_KP1), TAP(KEY_KP3),
		TAP(KEY_KP3), UP(KEY_LEFTALT),
		/* nothing typed; no letter has this number */
		TAP(KEY_LEFTALT),
		DOWN(KEY_LEFTALT), TAP(KEY_KP9), TAP(KEY_KP9), TAP(KEY_KP9),
		TAP(KEY_KP9), TAP(KEY_KP9), TAP(KEY_KP9), TAP(KEY_KP9),
		UP(KEY_LEFTALT),
		/* half of a surrogate pair */
		DOWN(KEY_LEFTALT), TAP(KEY_KP5), TAP(KEY_KP5), TAP(KEY_KP2),
		TAP(KEY_KP9), TAP(KEY_KP6), UP(KEY_LEFTALT)
	};
	uint8_t out[64];

	(void)state;
	assert_int_equal(type_keys(presses, COUNT(presses), out), 6);
	assert_memory_equal(out, "\xE1\xBB\x85\xE1\xBB\x85", 6);
}

static void
any_key_event_is_survived(void **state)
{
	struct ck_keys keys = { .typed = 0 };
	uint8_t out[CK_KEYS_MAX];
	unsigned code;
	int32_t value;

	(void)state;
	for (code = 0; code < 0x10000; code += 1) {
		for (value = -1; value < 4; value++)
			assert_true(ck_keys_take(&keys, (uint16_t)code, value,
			    out) <= CK_KEYS_MAX);
	}
}

/* --- a serial line --- */

struct fixture {
	char dir[64], device[96];	/* device: a link to the terminal */
	struct ck_loop *loop;
	struct ck_scanner *scanner;
	int master;
	char lines[8192];		/* each behind a "/" */
	unsigned count, too_long, changes;
};

static int64_t fake_now;

static int64_t
fake_ms(void *ctx)
{
	(void)ctx;

	return fake_now;
}

static const struct ck_clock fake_clock = { fake_ms, fake_ms, NULL };

static void
on_line(void *ctx, struct ck_span line)
{
	struct fixture *f = ctx;
	size_t used = strlen(f->lines);

	f->count++;
	if (used + line.len + 2 < sizeof(f->lines)) {
		f->lines[used] = '/';
		memcpy(f->lines + used + 1, line.ptr, line.len);
		f->lines[used + 1 + line.len] = '\0';
	}
}

static void
on_too_long(void *ctx)
{
	((struct fixture *)ctx)->too_long++;
}

static void
on_changed(void *ctx)
{
	((struct fixture *)ctx)->changes++;
}

static void
on_stop(void *ctx)
{
	ck_loop_stop(((struct fixture *)ctx)->loop);
}

/* Let the loop run; step_ms passes on its clock, a little in the world. */
static void
turn(struct fixture *f, int64_t step_ms)
{
	const struct timespec little = { 0, 2000000 };
	struct ck_timer *timer = NULL;

	fake_now += step_ms;
	assert_int_equal(
	    ck_loop_timer(f->loop, 0, on_stop, f, &timer), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	(void)nanosleep(&little, NULL);
}

static void
until_lines(struct fixture *f, unsigned count, int64_t step_ms)
{
	int tries;

	for (tries = 0; tries < 5000 && f->count < count; tries++)
		turn(f, step_ms);
	assert_int_equal(f->count, count);
}

static void
until_state(struct fixture *f, enum ck_scanner_state wanted, int64_t step_ms)
{
	int tries;

	for (tries = 0; tries < 5000 &&
	    ck_scanner_state(f->scanner) != wanted; tries++)
		turn(f, step_ms);
	assert_int_equal(ck_scanner_state(f->scanner), wanted);
}

/* A terminal; the link leads to its far end. */
static void
plug_in(struct fixture *f)
{
	f->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(f->master >= 0);
	assert_int_equal(grantpt(f->master), 0);
	assert_int_equal(unlockpt(f->master), 0);
	(void)unlink(f->device);
	assert_int_equal(symlink(ptsname(f->master), f->device), 0);
}

static void
pull_out(struct fixture *f)
{
	(void)unlink(f->device);
	(void)close(f->master);
	f->master = -1;
}

static void
begin(struct fixture *f, unsigned baud)
{
	struct ck_scanner_options options = {
		.device = f->device, .baud = baud, .loop = f->loop,
		.line = on_line, .too_long = on_too_long,
		.changed = on_changed, .ctx = f
	};

	assert_int_equal(ck_scanner_new(&f->scanner, &options), CK_OK);
}

static void
send_text(struct fixture *f, const void *text, size_t len)
{
	assert_int_equal(write(f->master, text, len), (ssize_t)len);
}

static int
setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	fake_now = 1000;
	f.master = -1;
	(void)snprintf(f.dir, sizeof(f.dir), "/tmp/scanner.XXXXXX");
	if (mkdtemp(f.dir) == NULL ||
	    ck_loop_new(&f.loop, &fake_clock) != CK_OK)
		return -1;
	(void)snprintf(f.device, sizeof(f.device), "%s/device", f.dir);
	*state = &f;

	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;

	ck_scanner_free(&f->scanner);
	ck_loop_free(&f->loop);
	if (f->master >= 0)
		pull_out(f);
	(void)unlink(f->device);

	return rmdir(f->dir);
}

static void
a_serial_scanner_gives_its_lines(void **state)
{
	struct fixture *f = *state;
	static const char pieces[] = "084190000002||Th\xE1\xBA\xA1" "ch\r\n"
	    "123456\r";

	plug_in(f);
	begin(f, 9600);
	assert_int_equal(ck_scanner_state(f->scanner), CK_SCANNER_READY);
	send_text(f, pieces, 10);
	turn(f, 0);
	send_text(f, pieces + 10, sizeof(pieces) - 1 - 10);
	until_lines(f, 2, 0);
	assert_string_equal(f->lines,
	    "/084190000002||Th\xE1\xBA\xA1" "ch/123456");
}

/* No byte is changed on the way: no echo, no line editing, no signals. */
static void
every_byte_comes_through(void **state)
{
	struct fixture *f = *state;
	uint8_t all[260];
	size_t len = 0;
	unsigned byte;

	plug_in(f);
	begin(f, 115200);
	for (byte = 5; byte < 256; byte++) {
		if (byte != '\r' && byte != '\n' && byte != '\t')
			all[len++] = (uint8_t)byte;
	}
	send_text(f, all, len);
	send_text(f, "\r", 1);
	until_lines(f, 1, 0);
	assert_int_equal(strlen(f->lines), len + 1);
	assert_memory_equal(f->lines + 1, all, len);
}

static void
a_pause_ends_a_line_without_an_end(void **state)
{
	struct fixture *f = *state;

	plug_in(f);
	begin(f, 9600);
	send_text(f, "123456", 6);
	until_lines(f, 1, 1000);
	assert_string_equal(f->lines, "/123456");
}

static void
endless_and_binary_lines_cost_nothing(void **state)
{
	struct fixture *f = *state;
	uint8_t noise[1500];
	size_t i;
	int round;

	plug_in(f);
	begin(f, 9600);
	memset(noise, 'x', sizeof(noise));
	for (round = 0; round < 20; round++) {
		send_text(f, noise, sizeof(noise));
		/* a terminal holds some thousand bytes, a turn takes fewer */
		turn(f, 0);
		turn(f, 0);
		turn(f, 0);
	}
	send_text(f, "\r123456\r", 8);
	until_lines(f, 1, 0);
	assert_string_equal(f->lines, "/123456");
	assert_int_equal(f->too_long, 1);
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (uint8_t)(i * 7 + 3);
	send_text(f, noise, sizeof(noise));
	send_text(f, "\rend\r", 5);
	for (round = 0; round < 5000 && strstr(f->lines, "/end") == NULL;
	    round++)
		turn(f, 0);
	assert_non_null(strstr(f->lines, "/end"));
}

static void
a_scanner_comes_back_by_itself(void **state)
{
	struct fixture *f = *state;

	begin(f, 9600);
	assert_int_equal(ck_scanner_state(f->scanner), CK_SCANNER_ABSENT);
	plug_in(f);
	until_state(f, CK_SCANNER_READY, 1000);
	send_text(f, "half a li", 9);
	turn(f, 0);
	pull_out(f);
	until_state(f, CK_SCANNER_ABSENT, 0);
	plug_in(f);
	until_state(f, CK_SCANNER_READY, 1000);
	send_text(f, "whole\r", 6);
	until_lines(f, 1, 0);
	/* nothing is left of what was cut off */
	assert_string_equal(f->lines, "/whole");
	assert_int_equal(f->changes, 3);
}

static void
what_is_no_scanner_is_said(void **state)
{
	struct fixture *f = *state;
	FILE *file = fopen(f->device, "we");

	assert_non_null(file);
	(void)fclose(file);
	begin(f, 9600);
	assert_int_equal(ck_scanner_state(f->scanner), CK_SCANNER_FAILED);
	ck_scanner_free(&f->scanner);
	plug_in(f);
	begin(f, 12345);
	assert_int_equal(ck_scanner_state(f->scanner), CK_SCANNER_FAILED);
}

static void
a_scanner_we_may_not_open_is_said(void **state)
{
	struct fixture *f = *state;
	uid_t self = geteuid();

	plug_in(f);
	assert_int_equal(chmod(f->device, 0), 0);
	/* root may open everything: be nobody for a moment */
	if (self == 0)
		assert_int_equal(seteuid(65534), 0);
	begin(f, 9600);
	assert_int_equal(seteuid(self), 0);
	assert_int_equal(ck_scanner_state(f->scanner), CK_SCANNER_DENIED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_end_in_many_ways),
		cmocka_unit_test(an_endless_line_is_not_kept),
		cmocka_unit_test(the_longest_line_is_whole),
		cmocka_unit_test(three_lines_of_a_zone_are_one),
		cmocka_unit_test(two_lines_of_a_passport_are_one),
		cmocka_unit_test(keys_mean_the_american_layout),
		cmocka_unit_test(caps_lock_turns_letters_and_not_digits),
		cmocka_unit_test(alt_and_digits_are_letters),
		cmocka_unit_test(any_key_event_is_survived),
		cmocka_unit_test_setup_teardown(
		    a_serial_scanner_gives_its_lines, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    every_byte_comes_through, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_pause_ends_a_line_without_an_end, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    endless_and_binary_lines_cost_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_scanner_comes_back_by_itself, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    what_is_no_scanner_is_said, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    a_scanner_we_may_not_open_is_said, setup, teardown)
	};

	return cmocka_run_group_tests_name("scanner", tests, NULL, NULL);
}
