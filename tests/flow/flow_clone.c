/*
 * flow_clone.c - copies of chips through the real pcscd, and originals of every
 * kind beside them: what cccd-read says of each
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

static struct world world;

/* pcscd needs up to 0.4 s to see a card come or go. */
static void
settle(void)
{
	(void)usleep(900 * 1000);
}

static int
close_world(void **state)
{
	(void)state;
	world_close(&world);

	return 0;
}

static void
open_with(const char *sim_card_options)
{
	assert_int_equal(setenv("SIM_CARD_OPTIONS", sim_card_options, 1), 0);
	world_open(&world);
}

static void
put(const char *label, const char *faults)
{
	char line[700];

	world_card(&world, "remove");
	settle();
	(void)snprintf(line, sizeof(line), "insert %s %s", label, faults);
	world_card(&world, line);
	settle();
}

/* Run cccd-read on the card that lies there. */
static int
read_card(const char *can, const char *options, json_t **json)
{
	char command[512];
	char *output = NULL;
	int code;

	(void)snprintf(command, sizeof(command), "timeout 60 $BIN/cccd-read "
	    "--json --can %s %s 2>>$DIR/cccd-read.log", can, options);
	code = world_run(&world, command, &output);
	*json = json_loads(output, 0, NULL);
	free(output);

	return code;
}

/* What is expected of one chip. */
struct row {
	const char *faults;	/* or options of sim-card */
	int code;
	const char *passive, *chip, *active, *assurance;
};

static void
assert_row(const struct row *row, int code, json_t *json)
{
	const char *const pairs[][2] = {
		{ "passive_authentication", row->passive },
		{ "chip_authentication", row->chip },
		{ "active_authentication", row->active },
		{ "assurance", row->assurance }
	};
	size_t i;

	if (code != row->code)
		fail_msg("%s: exit %d, not %d", row->faults, code, row->code);
	assert_non_null(json);
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (strcmp(view_text(json, pairs[i][0]), pairs[i][1]) != 0)
			fail_msg("%s: %s is \"%s\", not \"%s\"", row->faults,
			    pairs[i][0], view_text(json, pairs[i][0]),
			    pairs[i][1]);
	}
}

/* The digits that open this person's chip. The caller frees them. */
static char *
can_of(const char *label)
{
	json_t *person = world_person(&world, label);
	char *can = strdup(json_string_value(json_object_get(person, "can")));

	assert_non_null(can);
	json_decref(person);

	return can;
}

static void
play(const struct row *row, const char *faults, const char *options)
{
	char *can = can_of("code-000");
	json_t *json = NULL;
	int code;

	put("code-000", faults);
	code = read_card(can, options, &json);
	assert_row(row, code, json);
	/* a copy must not be taken for the person whose files it has */
	if (code == 7) {
		assert_string_equal(view_text(json, "number"), "null");
		assert_string_equal(view_text(json, "full_name"), "null");
	}
	json_decref(json);
	free(can);
}

static void
copies_are_told_from_originals(void **state)
{
	static const struct row rows[] = {
		{ "", 0, "valid", "valid", "valid", "chip_verified" },
		{ "clone-ca", 7, "valid", "invalid", "not_performed",
		    "chip_read" },
		{ "clone-aa", 7, "valid", "valid", "invalid", "chip_read" },
		{ "clone-no-keys", 7, "valid", "invalid", "not_performed",
		    "chip_read" },
		{ "clone-ca,clone-aa", 7, "valid", "invalid", "not_performed",
		    "chip_read" },
		{ "mixed-chip", 7, "invalid", "not_performed",
		    "not_performed", "chip_read" },
		{ "sod-of-other", 7, "invalid", "not_performed",
		    "not_performed", "chip_read" },
		{ "wrong-signer", 0, "unknown_issuer", "valid", "valid",
		    "chip_consistent" },
		{ "no-sod", 0, "absent", "not_performed", "not_performed",
		    "chip_read" },
		{ "no-dg13", 0, "valid", "valid", "valid", "chip_verified" },
		{ "short-answer", 0, "valid", "valid", "valid",
		    "chip_verified" }
	};
	size_t i;

	(void)state;
	open_with("");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		play(&rows[i], rows[i].faults, "--trust $DIR/trust");
}

static void
without_an_issuer_list_a_copy_is_still_a_copy(void **state)
{
	static const struct row rows[] = {
		{ "", 0, "unknown_issuer", "valid", "valid",
		    "chip_consistent" },
		{ "clone-ca", 7, "unknown_issuer", "invalid",
		    "not_performed", "chip_read" },
		{ "clone-aa", 7, "unknown_issuer", "valid", "invalid",
		    "chip_read" },
		{ "clone-no-keys", 7, "unknown_issuer", "invalid",
		    "not_performed", "chip_read" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		play(&rows[i], rows[i].faults, "");
}

/*
 * A false issuer can give a false chip keys of its own; that it proves them
 * says nothing as long as the true issuer's list does not know it.
 */
static void
a_false_issuer_is_never_verified(void **state)
{
	char *can = can_of("code-000");
	json_t *json = NULL;
	int code;

	(void)state;
	put("code-000", "re-signed");
	code = read_card(can, "--trust $DIR/trust", &json);
	assert_non_null(json);
	assert_true(code == 0 || code == 7);
	assert_string_not_equal(view_text(json, "passive_authentication"),
	    "valid");
	assert_string_not_equal(view_text(json, "assurance"), "chip_verified");
	json_decref(json);
	free(can);
}

/* The photo is read under the new keys, after both proofs. */
static void
a_copy_gives_no_photo(void **state)
{
	static const struct row copy = {
		"clone-aa", 7, "valid", "valid", "invalid", "chip_read"
	};

	(void)state;
	play(&copy, copy.faults, "--trust $DIR/trust --photo $DIR/copy.jpg");
	assert_int_equal(world_run(&world, "test ! -e $DIR/copy.jpg", NULL),
	    0);
}

/* The keys of the sample were made elsewhere, by the openssl command. */
static void
the_sample_chip_proves_itself(void **state)
{
	static const struct row original = {
		"sample", 0, "valid", "valid", "valid", "chip_verified"
	};
	char files[700];
	json_t *json = NULL;
	int code;

	(void)state;
	assert_int_equal(world_run(&world, "mkdir -p $DIR/sample-trust && cp "
	    "tests/wire/cccd-sample/csca.der $DIR/sample-trust", NULL), 0);
	(void)snprintf(files, sizeof(files), "files:%s/tests/wire/cccd-sample",
	    world.root);
	put(files, "");
	code = read_card("123456", "--trust $DIR/sample-trust", &json);
	assert_row(&original, code, json);
	json_decref(json);
}

/* Every protocol of the simulated chip, each in a world of its own. */
static void
every_kind_of_key_is_proven(void **state)
{
	static const struct row rows[] = {
		{ "--ca-suite 3des", 0, "valid", "valid", "valid",
		    "chip_verified" },
		{ "--ca-suite aes192 --aa ecdsa", 0, "valid", "valid",
		    "valid", "chip_verified" },
		{ "--ca-suite aes256 --aa-hash sha1", 0, "valid", "valid",
		    "valid", "chip_verified" },
		{ "--aa ecdsa --aa-hash sha1 --pace-suite 3des", 0, "valid",
		    "valid", "valid", "chip_verified" },
		{ "--extended off", 0, "valid", "valid", "valid",
		    "chip_verified" },
		{ "--extended off --strict-le", 0, "valid", "valid", "valid",
		    "chip_verified" },
		{ "--no-bac --extended 1k --get-response", 0, "valid",
		    "valid", "valid", "chip_verified" },
		/* announced and signed, and then refused */
		{ "--no-ca", 7, "valid", "invalid", "not_performed",
		    "chip_read" },
		{ "--no-aa", 7, "valid", "valid", "invalid", "chip_read" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		print_message("%s\n", rows[i].faults);
		world_close(&world);
		open_with(rows[i].faults);
		play(&rows[i], "", "--trust $DIR/trust --photo /dev/null");
	}
}

/* With BAC too: the weakest access needs the check most. */
static void
a_chip_opened_by_bac_is_checked_all_the_same(void **state)
{
	static const struct row original = {
		"bac", 0, "valid", "valid", "valid", "chip_verified"
	};
	static const struct row copy = {
		"bac clone", 7, "valid", "invalid", "not_performed",
		"chip_read"
	};
	json_t *person, *json = NULL;
	char command[700];
	char *output = NULL;
	const struct row *row = &original;
	int code;

	(void)state;
	world_close(&world);
	open_with("--no-pace");
	person = world_person(&world, "code-000");
	for (;;) {
		put("code-000", row == &copy ? "clone-ca" : "");
		(void)snprintf(command, sizeof(command), "$BIN/cccd-read "
		    "--json --trust $DIR/trust --qr '%s' 2>>$DIR/log",
		    json_string_value(json_object_get(person, "qr")));
		code = world_run(&world, command, &output);
		json = json_loads(output, 0, NULL);
		free(output);
		assert_row(row, code, json);
		assert_string_equal(view_text(json, "access"), "bac");
		json_decref(json);
		if (row == &copy)
			break;
		row = &copy;
	}
	json_decref(person);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_are_told_from_originals),
		cmocka_unit_test(without_an_issuer_list_a_copy_is_still_a_copy),
		cmocka_unit_test(a_false_issuer_is_never_verified),
		cmocka_unit_test(a_copy_gives_no_photo),
		cmocka_unit_test(the_sample_chip_proves_itself),
		cmocka_unit_test(every_kind_of_key_is_proven),
		cmocka_unit_test(a_chip_opened_by_bac_is_checked_all_the_same),
	};

	return cmocka_run_group_tests_name("clone", tests, NULL, close_world);
}
