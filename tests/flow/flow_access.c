/*
 * flow_access.c - every way to open a chip, through the real pcscd
 *
 * Each chip is the sample of tests/wire with an EF.CardAccess of its own, whose
 * bytes are written here by hand; the simulated chip plays what it offers.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/world.h"

#define SLOTS 2

/* The sample's own, as its expect.json has them. */
#define CAN "--can 123456"
#define MRZ "--mrz 190123456,900305,300305"

static struct world world;

static int
open_with(const char *sim_card_options)
{
	assert_int_equal(setenv("SIM_CARD_OPTIONS", sim_card_options, 1), 0);
	world_open(&world);

	return 0;
}

static int
open_plain(void **state)
{
	(void)state;

	return open_with("");
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

/* A folder like the sample's with these bytes as EF.CardAccess. */
static void
make_chip(const char *name, const char *card_access)
{
	char command[1024], octal[512] = "";
	size_t i;

	for (i = 0; i + 1 < strlen(card_access); i += 2) {
		unsigned byte;

		assert_int_equal(sscanf(card_access + i, "%2x", &byte), 1);
		(void)snprintf(octal + strlen(octal), 5, "\\%03o", byte);
	}
	(void)snprintf(command, sizeof(command), "mkdir -p $DIR/%s && "
	    "cp tests/wire/cccd-sample/* $DIR/%s/ && "
	    "printf '%s' >$DIR/%s/EF_CardAccess.bin", name, name, octal, name);
	assert_int_equal(world_run(&world, command, NULL), 0);
}

static void
put(unsigned slot, const char *name)
{
	char line[256];

	(void)snprintf(line, sizeof(line), "slot %u insert files:%s/%s", slot,
	    world.dir, name);
	world_card(&world, line);
}

/*
 * Run cccd-read at a slot, again while pcscd has not seen the card. Standard
 * error goes to $DIR/said.
 */
static int
read_at(unsigned slot, const char *arguments, json_t **json)
{
	char command[512];
	char *output = NULL;
	int code, tries;

	(void)snprintf(command, sizeof(command), "timeout 60 $BIN/cccd-read "
	    "--json --reader 'Virtual PCD 00 0%u' %s 2>$DIR/said", slot,
	    arguments);
	for (tries = 0; tries < 100; tries++) {
		free(output);
		output = NULL;
		code = world_run(&world, command, &output);
		if (code != 3)
			break;
		(void)usleep(100 * 1000);
	}
	if (json != NULL)
		*json = json_loads(output, 0, NULL);
	free(output);

	return code;
}

static bool
was_said(const char *words)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "grep -qF -- '%s' $DIR/said",
	    words);

	return world_run(&world, command, NULL) == 0;
}

/* One chip of the matrix. */
struct row {
	unsigned mapping, suite, parameter;
};

static size_t
make_matrix(struct row rows[60])
{
	size_t count = 0;
	unsigned suite, id;

	for (suite = 1; suite <= 4; suite++) {
		for (id = 0; id <= 18; id++) {
			if (id > 2 && id < 8)
				continue;
			rows[count++] = (struct row){
				id <= 2 ? 1 : 2, suite, id
			};
		}
	}

	return count;
}

static void
put_row(const struct row *row, unsigned slot)
{
	char name[32], file[64];

	(void)snprintf(name, sizeof(name), "m%u-s%u-p%u", row->mapping,
	    row->suite, row->parameter);
	(void)snprintf(file, sizeof(file),
	    "31143012060A04007F0007020204%02X%02X0201020201%02X",
	    row->mapping, row->suite, row->parameter);
	make_chip(name, file);
	put(slot, name);
}

/*
 * Every cipher with every group. CAN and MRZ take turns, so that each cipher
 * and each group is opened by both. The next chip is laid down in the other
 * slot while one is read.
 */
static void
every_cipher_and_group_opens_by_can_and_mrz(void **state)
{
	struct row rows[60];
	size_t count = make_matrix(rows), i;

	(void)state;
	assert_int_equal(count, 56);
	put_row(&rows[0], 0);
	for (i = 0; i < count; i++) {
		bool can = (rows[i].suite + rows[i].parameter) % 2 == 0;
		json_t *json = NULL;
		int code;

		if (i + 1 < count)
			put_row(&rows[i + 1], (unsigned)(i + 1) % SLOTS);
		code = read_at((unsigned)i % SLOTS, can ? CAN : MRZ, &json);
		if (code != 0)
			fail_msg("mapping %u, cipher %u, parameters %u by %s: "
			    "exit %d", rows[i].mapping, rows[i].suite,
			    rows[i].parameter, can ? "CAN" : "MRZ", code);
		assert_string_equal(view_text(json, "access"),
		    can ? "pace-can" : "pace-mrz");
		assert_string_equal(view_text(json, "number"), "084190123456");
		json_decref(json);
	}
}

/* The strongest is taken; what we do not speak is passed over. */
static void
one_of_several_offers_is_taken(void **state)
{
	static const char *const files[] = {
		/* integrated and chip authentication mapping, then ours */
		"313C3012060A04007F0007020204040402010202010D"
		"3012060A04007F0007020204060402010202010D"
		"3012060A04007F0007020204020202010202010D",
		/* 3DES first, AES-256 second, another curve */
		"31283012060A04007F0007020204020102010202010D"
		"3012060A04007F00070202040204020102020110",
		/* the same cipher with parameters of the chip's own */
		"3125300F060A04007F00070202040203020102"
		"3012060A04007F0007020204020202010202010D",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "several-%zu", i);
		make_chip(name, files[i]);
		put(0, name);
		assert_int_equal(read_at(0, CAN, NULL), 0);
	}
}

static void
a_chip_that_offers_nothing_we_speak_is_named(void **state)
{
	static const struct {
		const char *file, *words;
		int code;
	} rows[] = {
		{ "31143012060A04007F0007020204040202010202010D",
		  "PACE with integrated mapping "
		  "(id-PACE-ECDH-IM-AES-CBC-CMAC-128)", 4 },
		{ "31143012060A04007F0007020204060202010202010D",
		  "PACE with chip authentication mapping "
		  "(id-PACE-ECDH-CAM-AES-CBC-CMAC-128)", 4 },
		{ "3111300F060A04007F00070202040202020102",
		  "PACE with explicit domain parameters "
		  "(id-PACE-ECDH-GM-AES-CBC-CMAC-128)", 4 },
		{ "3110300E060904007F00070202040230010D",
		  "PACE domain parameters", 4 },
		{ "31143012060A04007F0007020204020202010202010D0102",
		  "EF.CardAccess is malformed", 6 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "none-%zu", i);
		make_chip(name, rows[i].file);
		put(0, name);
		/* the chip has BAC, and this secret would open it */
		assert_int_equal(read_at(0, MRZ, NULL), rows[i].code);
		if (!was_said(rows[i].words))
			fail_msg("row %zu: not said: %s", i, rows[i].words);
	}
}

/* The chip counts; a good password in between sets it back. */
static void
wrong_digits_are_counted_and_the_last_try_is_kept(void **state)
{
	static const struct {
		const char *arguments, *words;
		int code;
	} rows[] = {
		{ "--can 999999", "access_denied", 4 },
		/* the same card, not taken away */
		{ CAN, NULL, 0 },
		{ "--can 999999", "access_denied", 4 },
		{ "--can 999998", "access_denied", 4 },
		/* one is left: not for digits, not even the right ones */
		{ CAN, "the chip takes 1 more try before it blocks", 4 },
		{ CAN, "access_last_try", 4 },
		{ MRZ, NULL, 0 },
		{ "--can 999999", "access_denied", 4 },
		{ "--can 999999", "access_denied", 4 },
		{ "--mrz 190123457,900305,300305", "access_denied", 4 },
		{ MRZ, "access_blocked", 4 },
	};
	size_t i;

	(void)state;
	world_close(&world);
	(void)open_with("--block-after 3");
	make_chip("counts", "31143012060A04007F0007020204020202010202010D");
	put(0, "counts");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int code = read_at(0, rows[i].arguments, NULL);

		if (code != rows[i].code)
			fail_msg("row %zu: exit %d, not %d", i, code,
			    rows[i].code);
		if (rows[i].words != NULL && !was_said(rows[i].words))
			fail_msg("row %zu: not said: %s", i, rows[i].words);
	}
}

/* The sample's QR: birth and issue date, from which the expiry follows. */
#define QR(number) "--qr '" number "|331234567|Nguyễn Thị Mẫu|05031990|Nữ|" \
	"Trà Vinh|15042021'"
#define OWN_QR QR("084190123456")
#define OTHER_QR QR("084190123457")

static void
a_chip_with_bac_only_says_what_it_needs(void **state)
{
	json_t *json = NULL;

	(void)state;
	world_close(&world);
	(void)open_with("--no-pace --block-after 3");
	world_card(&world, "slot 0 insert p00120");
	assert_int_equal(read_at(0, CAN, NULL), 4);
	assert_true(was_said("access_key_needed"));
	assert_int_equal(world_run(&world, "mkdir -p $DIR/bac && "
	    "cp tests/wire/cccd-sample/* $DIR/bac/ && "
	    "rm $DIR/bac/EF_CardAccess.bin", NULL), 0);
	put(0, "bac");
	assert_int_equal(read_at(0, CAN, NULL), 4);
	assert_true(was_said("access_key_needed"));
	/* a QR code of somebody else; then the chip has enough */
	assert_int_equal(read_at(0, OTHER_QR, NULL), 4);
	assert_true(was_said("BAC: 3 of 3 keys tried"));
	assert_true(was_said("access_denied"));
	assert_int_equal(read_at(0, OTHER_QR, NULL), 4);
	assert_true(was_said("BAC: 1 of 3 keys tried"));
	assert_true(was_said("access_blocked"));
	/* this chip's DG14 offers PACE, which is refused after BAC */
	put(0, "bac");
	assert_int_equal(read_at(0, OWN_QR, &json), 7);
	assert_true(was_said("access_downgrade"));
	json_decref(json);
	/* also where nobody signed it */
	assert_int_equal(world_run(&world, "rm $DIR/bac/EF_SOD.bin", NULL), 0);
	put(0, "bac");
	assert_int_equal(read_at(0, OWN_QR, &json), 7);
	assert_true(was_said("access_downgrade"));
	json_decref(json);
	/* a chip that never had PACE is read */
	assert_int_equal(world_run(&world, "rm $DIR/bac/EF_DG14.bin", NULL),
	    0);
	put(0, "bac");
	assert_int_equal(read_at(0, OWN_QR, &json), 0);
	assert_string_equal(view_text(json, "access"), "bac");
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cipher_and_group_opens_by_can_and_mrz),
		cmocka_unit_test(one_of_several_offers_is_taken),
		cmocka_unit_test(a_chip_that_offers_nothing_we_speak_is_named),
		cmocka_unit_test(
		    wrong_digits_are_counted_and_the_last_try_is_kept),
		cmocka_unit_test(a_chip_with_bac_only_says_what_it_needs),
	};

	return cmocka_run_group_tests_name("access", tests, open_plain,
	    close_world);
}
