/*
 * test_library_faults.c - every library call of a read fails once
 *
 * The same read is repeated; each time another call to OpenSSL, libeac,
 * libunistring or the allocator fails. The read ends, in an error or with the
 * verdict it would have had; nothing is half trusted, no secret is freed
 * unwiped, nothing leaks (the sanitizer tells at the end), and the next card is
 * read as if nothing had been.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/card.h"
#include "support/faults.h"
#include "support/secrets.h"

#define NOW_MS INT64_C(1795400000000)

#define FUNCTIONS_MAX 256
#define CALLS_MAX 20000

static struct {
	struct sim_factory factory;
	struct ck_anchors *anchors;
	struct hostile_card card;
	bool by_bac;
	struct ck_reading expected;
} world;

static int64_t
fixed_now(void *ctx)
{
	(void)ctx;

	return NOW_MS;
}

static const struct ck_clock fixed_clock = { fixed_now, fixed_now, NULL };

static enum ck_err
read_card(unsigned failing, unsigned *calls, struct ck_reading *reading)
{
	struct ck_secret secret = world.by_bac ?
	    hostile_secret_mrz(&world.card) : hostile_secret_can(&world.card);
	const struct ck_read_options options = {
		.photo = true, .all = true, .bac_allowed = world.by_bac,
		.anchors = world.anchors, .clock = &fixed_clock
	};
	enum ck_err err;

	*reading = (struct ck_reading){ 0 };
	hostile_random_fixed(3);
	hostile_card_start(&world.card);
	hostile_secrets_reset();
	hostile_secrets_add(world.card.profile.can, 6);
	hostile_faults_arm(failing);
	err = ck_read_card(&world.card.transport, &secret, &options, NULL,
	    reading);
	*calls = hostile_faults_disarm();
	ck_secret_wipe(&secret);

	return err;
}

static int
open_world(void **state)
{
	(void)state;
	hostile_random_fixed(1);
	hostile_factory_open(&world.factory);
	world.factory.offer.aa_ecdsa = true;
	world.anchors = hostile_anchors(&world.factory);

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	ck_anchors_free(&world.anchors);
	hostile_factory_close(&world.factory);

	return 0;
}

/* The same, or less: an issuer that was not recognised is unknown. */
static void
assert_no_more_trust(const char *failed, const struct ck_reading *reading)
{
	const struct ck_reading *expected = &world.expected;

	if ((reading->passive != expected->passive &&
	    reading->passive != CK_PASSIVE_UNKNOWN_ISSUER) ||
	    reading->assurance > expected->assurance ||
	    strcmp(reading->identity.full_name,
	    expected->identity.full_name) != 0)
		fail_msg("%s failed: another verdict", failed);
}

/*
 * Functions whose failure is also what they answer to bytes that are wrong, so
 * that it may be told as the card's: they verify or decode, or find no name, no
 * certificate, no parameter. libeac tells success from failure and no more.
 */
static bool
says_no(const char *failed)
{
	static const char *const names[] = {
		"d2i_", "PACE_", "CMS_get1_certs", "EVP_get_digestbyname",
		"EVP_PKEY_is_a", "EVP_PKEY_get_group_name",
		"EVP_PKEY_get_bn_param", "X509_check_issued"
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(failed, names[i], strlen(names[i])) == 0)
			return true;
	}

	return strcasestr(failed, "verify") != NULL;
}

/* An error of ours is not the card's fault: nobody may be sent away for it. */
static void
assert_outcome(unsigned number, enum ck_err err,
    const struct ck_reading *reading)
{
	const char *failed = hostile_faults_failed();

	if (err == CK_OK)
		assert_no_more_trust(failed, reading);
	else if (reading->assurance > CK_ASSURANCE_CHIP_READ)
		fail_msg("%s failed: half trusted", failed);
	else if (ck_err_class(err) != CK_CLASS_INTERNAL && !says_no(failed))
		fail_msg("%u, %s failed: told as %s", number, failed,
		    ck_err_label(err));
	if (hostile_secrets_leaked() != 0)
		fail_msg("%s failed: a secret was freed unwiped", failed);
}

static bool
seen_before(const char *name)
{
	static const char *seen[FUNCTIONS_MAX];
	size_t i;

	for (i = 0; i < FUNCTIONS_MAX && seen[i] != NULL; i++) {
		if (strcmp(seen[i], name) == 0)
			return true;
	}
	assert_true(i < FUNCTIONS_MAX);
	seen[i] = name;

	return false;
}

static void
fail_one(unsigned number)
{
	struct ck_reading reading;
	unsigned calls;
	enum ck_err err = read_card(number, &calls, &reading);

	assert_non_null(hostile_faults_failed());
	assert_outcome(number, err, &reading);
	ck_reading_wipe(&reading);
	if (seen_before(hostile_faults_failed()))
		return;
	/* and the next card is read as ever */
	assert_int_equal(read_card(0, &calls, &reading), CK_OK);
	assert_int_equal(reading.assurance, world.expected.assurance);
	ck_reading_wipe(&reading);
}

static void
fail_all(const char *faults, enum ck_passive passive)
{
	unsigned calls, number;

	world.card = (struct hostile_card){ .config = hostile_config_cccd };
	world.card.config.pace = !world.by_bac;
	hostile_card_make(&world.card, &world.factory, "code-000", faults);
	assert_int_equal(read_card(0, &calls, &world.expected), CK_OK);
	assert_int_equal(world.expected.passive, passive);
	assert_in_range(calls, 100, CALLS_MAX);
	print_message("%u calls\n", calls);
	for (number = 1; number <= calls; number++)
		fail_one(number);
	ck_reading_wipe(&world.expected);
	hostile_card_free(&world.card);
}

static void
a_read_by_pace(void **state)
{
	(void)state;
	world.by_bac = false;
	fail_all("", CK_PASSIVE_VALID);
}

static void
a_read_by_bac(void **state)
{
	(void)state;
	world.factory.offer.pace_in_dg14 = false;
	world.by_bac = true;
	fail_all("", CK_PASSIVE_VALID);
	world.factory.offer.pace_in_dg14 = true;
}

static void
a_read_of_an_unknown_issuer(void **state)
{
	(void)state;
	world.by_bac = false;
	fail_all("wrong-signer", CK_PASSIVE_UNKNOWN_ISSUER);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_read_by_pace),
		cmocka_unit_test(a_read_by_bac),
		cmocka_unit_test(a_read_of_an_unknown_issuer),
	};

	hostile_secrets_open();

	return cmocka_run_group_tests_name("library_faults", tests,
	    open_world, close_world);
}
