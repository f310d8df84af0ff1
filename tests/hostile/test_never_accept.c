/*
 * test_never_accept.c - chips that must never pass for genuine
 *
 * Each is a whole chip under PACE and secure messaging that is honest in all
 * but one thing. Each has its documented result, none is verified, no secret
 * is freed unwiped, and the card after it is read as if nothing had been.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../sim/card/sod.h"
#include "support/card.h"
#include "support/issue.h"
#include "support/secrets.h"

/* 2026-11-23, and a day on which the chips here were signed. */
#define NOW_MS INT64_C(1795400000000)
#define SIGNED_AT 1700000000

#define COMMANDS_MAX 3000

static struct {
	struct sim_factory factory;
	struct ck_anchors *anchors;
	struct hostile_card other;	/* of another person */
} world;

static int64_t
fixed_now(void *ctx)
{
	(void)ctx;

	return NOW_MS;
}

static const struct ck_clock fixed_clock = { fixed_now, fixed_now, NULL };

static int
open_world(void **state)
{
	(void)state;
	hostile_random_fixed(1);
	hostile_factory_open(&world.factory);
	/* a key of an elliptic curve is made a hundred times faster */
	world.factory.offer.aa_ecdsa = true;
	world.anchors = hostile_anchors(&world.factory);
	world.other.config = hostile_config_cccd;
	hostile_card_make(&world.other, &world.factory, "p00110", "");

	return 0;
}

static int
close_world(void **state)
{
	(void)state;
	ck_anchors_free(&world.anchors);
	hostile_card_free(&world.other);
	hostile_factory_close(&world.factory);

	return 0;
}

static enum ck_err
read_card(struct hostile_card *card, bool by_bac, struct ck_reading *reading)
{
	struct ck_secret secret = by_bac ? hostile_secret_mrz(card) :
	    hostile_secret_can(card);
	const struct ck_read_options options = {
		.photo = true, .bac_allowed = by_bac,
		.anchors = world.anchors, .clock = &fixed_clock
	};
	enum ck_err err;

	*reading = (struct ck_reading){ 0 };
	hostile_secrets_reset();
	hostile_secrets_add(card->profile.can, strlen(card->profile.can));
	err = ck_read_card(&card->transport, &secret, &options, NULL, reading);
	assert_int_equal(hostile_secrets_leaked(), 0);
	ck_secret_wipe(&secret);

	return err;
}

static void
an_honest_card_is_verified(void **state)
{
	struct hostile_card card = { .config = hostile_config_cccd };
	struct ck_reading reading;

	(void)state;
	hostile_card_make(&card, &world.factory, "code-000", "");
	assert_int_equal(read_card(&card, false, &reading), CK_OK);
	assert_int_equal(reading.passive, CK_PASSIVE_VALID);
	assert_int_equal(reading.assurance, CK_ASSURANCE_CHIP_VERIFIED);
	assert_true(hostile_secrets_count() >= 3);
	ck_reading_wipe(&reading);
	hostile_card_free(&card);
}

static void
assert_verdict(const char *what, struct hostile_card *card, bool by_bac,
    enum ck_err expected)
{
	struct ck_reading reading;
	enum ck_err err = read_card(card, by_bac, &reading);

	if (err != expected)
		fail_msg("%s: %s, not %s", what, ck_err_label(err),
		    ck_err_label(expected));
	if (reading.assurance == CK_ASSURANCE_CHIP_VERIFIED ||
	    (err == CK_OK && reading.passive == CK_PASSIVE_VALID))
		fail_msg("%s: accepted as genuine", what);
	if (ck_err_class(err) == CK_CLASS_TRUST &&
	    ck_reading_genuine(&reading))
		fail_msg("%s: called genuine", what);
	if (err != CK_OK && reading.assurance > CK_ASSURANCE_CHIP_READ)
		fail_msg("%s: half trusted", what);
	assert_true(card->commands < COMMANDS_MAX);
	ck_reading_wipe(&reading);
}

/* The verdict, and that nothing of it lasts. */
static void
assert_refused(const char *what, struct hostile_card *card, bool by_bac,
    enum ck_err expected)
{
	assert_verdict(what, card, by_bac, expected);
	an_honest_card_is_verified(NULL);
}

static void
assert_fault(const char *faults, bool by_bac, enum ck_err expected)
{
	struct hostile_card card = { .config = hostile_config_cccd };

	hostile_card_make(&card, &world.factory, "code-000", faults);
	assert_refused(faults, &card, by_bac, expected);
	hostile_card_free(&card);
}

static void
spoiled_files_and_signatures(void **state)
{
	static const struct {
		const char *faults;
		enum ck_err expected;
	} rows[] = {
		{ "tampered-dg1", CK_ERR_TRUST_HASH },
		{ "tampered-dg13", CK_ERR_TRUST_HASH },
		{ "tampered-dg2", CK_ERR_TRUST_HASH },
		{ "sod-of-other", CK_ERR_TRUST_HASH },
		{ "bad-signature", CK_ERR_TRUST_SIGNATURE },
		{ "sha1-sod", CK_ERR_TRUST_POLICY },
		{ "truncated-dg1", CK_ERR_FILE_MALFORMED },
		{ "trailing-bytes", CK_ERR_FILE_MALFORMED },
		{ "malformed-dg13", CK_ERR_FILE_MALFORMED },
		/* read, but never more than an unknown issuer or none */
		{ "wrong-signer", CK_OK },
		{ "re-signed", CK_OK },
		{ "no-sod", CK_OK },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_fault(rows[i].faults, false, rows[i].expected);
}

static void
copies_of_a_chip(void **state)
{
	static const char *const faults[] = {
		"clone-ca", "clone-aa,clone-ca", "clone-no-keys"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		assert_fault(faults[i], false, CK_ERR_TRUST_CLONE);
}

/* DG14 and DG15 of another chip: which check notices first is not the point. */
static void
a_chip_of_two_is_not_genuine(void **state)
{
	struct hostile_card card = { .config = hostile_config_cccd };
	struct ck_reading reading;

	(void)state;
	hostile_card_make(&card, &world.factory, "code-000", "mixed-chip");
	assert_int_equal(ck_err_class(read_card(&card, false, &reading)),
	    CK_CLASS_TRUST);
	assert_false(ck_reading_genuine(&reading));
	ck_reading_wipe(&reading);
	hostile_card_free(&card);
}

static void
a_channel_that_is_tampered_with(void **state)
{
	static const char *const names[] = {
		"sm-bad-mac-after", "sm-replay-after"
	};
	char faults[64];
	size_t i;
	unsigned n;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (n = 1; n <= 5; n++) {
			(void)snprintf(faults, sizeof(faults), "%s=%u",
			    names[i], n);
			assert_fault(faults, false, CK_ERR_SM_MAC);
		}
	}
}

/*
 * The first answer under the keys of chip authentication: a wrong checksum is
 * a chip that has not the key of its DG14.
 */
static void
a_channel_that_breaks_at_the_proof(void **state)
{
	char faults[64];
	unsigned n;
	bool found = false;

	(void)state;
	for (n = 6; n <= 9; n++) {
		struct hostile_card card = { .config = hostile_config_cccd };
		struct ck_reading reading;
		enum ck_err err;

		(void)snprintf(faults, sizeof(faults), "sm-bad-mac-after=%u",
		    n);
		hostile_card_make(&card, &world.factory, "code-000", faults);
		err = read_card(&card, false, &reading);
		assert_true(err == CK_ERR_SM_MAC || err == CK_ERR_TRUST_CLONE);
		assert_false(ck_reading_genuine(&reading));
		found |= err == CK_ERR_TRUST_CLONE;
		ck_reading_wipe(&reading);
		hostile_card_free(&card);
	}
	assert_true(found);
}

/* The signed DG14 offers PACE; the chip says that there is none. */
static void
pace_that_is_hidden(void **state)
{
	(void)state;
	assert_fault("cardaccess-no-pace", true, CK_ERR_ACCESS_DOWNGRADE);
}

static enum ck_err
swap_at(void *ctx, struct hostile_card *card, unsigned index,
    struct sim_bytes *answer)
{
	const unsigned *at = ctx;

	(void)answer;
	if (index != *at)
		return CK_OK;
	sim_chip_free(&card->chip);
	card->chip = sim_chip_new(&world.other.profile, &card->config,
	    &card->faults);

	return CK_OK;
}

/* How many commands a whole read takes. */
static unsigned
honest_commands(void)
{
	struct hostile_card card = { .config = hostile_config_cccd };
	struct ck_reading reading;
	unsigned commands;

	hostile_card_make(&card, &world.factory, "code-000", "");
	assert_int_equal(read_card(&card, false, &reading), CK_OK);
	commands = card.commands;
	ck_reading_wipe(&reading);
	hostile_card_free(&card);

	return commands;
}

/* Two cards in the field: from one command on, the other one answers. */
static void
a_card_that_is_exchanged(void **state)
{
	struct hostile_card card;
	struct ck_reading reading;
	unsigned at, commands = honest_commands();

	(void)state;
	for (at = 0; at + 1 < commands; at++) {
		card = (struct hostile_card){
			.config = hostile_config_cccd, .hook = swap_at,
			.ctx = &at
		};
		hostile_card_make(&card, &world.factory, "code-000", "");
		assert_int_not_equal(read_card(&card, false, &reading), CK_OK);
		assert_true(reading.assurance <= CK_ASSURANCE_CHIP_READ);
		ck_reading_wipe(&reading);
		hostile_card_free(&card);
	}
	an_honest_card_is_verified(NULL);
}

/* From one command on: end the channel, and be another chip when asked again. */
struct second_face {
	unsigned at;
	bool unsigned_now, without_pace;
};

/* DO'87' or DO'99' is what an answer under secure messaging begins with. */
static bool
is_protected(const struct sim_bytes *answer)
{
	return answer->len > 2 &&
	    (answer->ptr[0] == 0x87 || answer->ptr[0] == 0x99);
}

static enum ck_err
turn_at(void *ctx, struct hostile_card *card, unsigned index,
    struct sim_bytes *answer)
{
	const struct second_face *face = ctx;

	if (index != face->at || !is_protected(answer))
		return CK_OK;
	sim_bytes_clear(answer);
	sim_put_hex(answer, "6988");
	if (face->unsigned_now)
		sim_bytes_clear(&card->profile.file[SIM_EF_SOD]);
	if (face->without_pace) {
		card->config.pace = false;
		sim_bytes_clear(&card->profile.file[SIM_EF_CARD_ACCESS]);
	}
	sim_chip_free(&card->chip);
	card->chip = sim_chip_new(&card->profile, &card->config,
	    &card->faults);

	return CK_OK;
}

/*
 * A copy shows the signature, and when its keys are asked for it ends the
 * channel; read again, it has none. What the first reading proved is not the
 * second one's.
 */
static void
a_signature_that_is_gone_when_asked_again(void **state)
{
	struct second_face face = { .unsigned_now = true };
	struct hostile_card card;
	struct ck_reading reading;
	unsigned commands = honest_commands(), whole = 0;

	(void)state;
	for (face.at = 0; face.at < commands; face.at++) {
		card = (struct hostile_card){
			.config = hostile_config_cccd, .hook = turn_at,
			.ctx = &face
		};
		hostile_card_make(&card, &world.factory, "code-000", "");
		if (read_card(&card, false, &reading) == CK_OK &&
		    card.profile.file[SIM_EF_SOD].len == 0) {
			assert_int_equal(reading.passive, CK_PASSIVE_ABSENT);
			assert_int_equal(reading.signer.issuer,
			    CK_ISSUER_NONE);
			assert_int_equal(reading.assurance,
			    CK_ASSURANCE_CHIP_READ);
			whole++;
		}
		ck_reading_wipe(&reading);
		hostile_card_free(&card);
	}
	assert_true(whole > 0);
	an_honest_card_is_verified(NULL);
}

/* Nobody has signed for it, so only what it showed before can accuse it. */
static void
pace_that_is_gone_when_asked_again(void **state)
{
	struct second_face face = { .without_pace = true };
	struct hostile_card card;
	struct ck_reading reading;
	unsigned commands = honest_commands(), told = 0;

	(void)state;
	for (face.at = 0; face.at < commands; face.at++) {
		card = (struct hostile_card){
			.config = hostile_config_cccd, .hook = turn_at,
			.ctx = &face
		};
		hostile_card_make(&card, &world.factory, "code-000", "");
		sim_bytes_clear(&card.profile.file[SIM_EF_SOD]);
		sim_bytes_clear(&card.profile.file[SIM_EF_DG14]);
		(void)read_card(&card, true, &reading);
		if (reading.told)
			assert_int_not_equal(reading.access, CK_ACCESS_BAC);
		told += reading.told;
		ck_reading_wipe(&reading);
		hostile_card_free(&card);
	}
	assert_true(told > 0);
}

static enum ck_err
reset_when_told(void *ctx, struct hostile_card *card, unsigned index,
    struct sim_bytes *answer)
{
	const bool *told = ctx;

	(void)card;
	(void)index;
	(void)answer;

	return *told ? CK_ERR_CARD_RESET : CK_OK;
}

static void
note_told(void *ctx, const struct ck_identity *identity)
{
	bool *told = ctx;

	(void)identity;
	*told = true;
}

/* A traveller has no number; who was told of is known all the same. */
static void
a_traveller_is_told_of_once(void **state)
{
	struct hostile_card card = { .config = hostile_config_cccd,
	    .hook = reset_when_told };
	bool told = false;
	const struct ck_read_observer observer = {
		.identity_known = note_told, .ctx = &told
	};
	const struct ck_read_options options = {
		.anchors = world.anchors, .clock = &fixed_clock
	};
	struct ck_reading reading = { .told = false };
	struct ck_secret secret;

	(void)state;
	card.ctx = &told;
	hostile_card_make(&card, &world.factory, "kind:foreign", "");
	secret = hostile_secret_mrz(&card);
	assert_int_equal(ck_read_card(&card.transport, &secret, &options,
	    &observer, &reading), CK_ERR_CARD_RESET);
	assert_true(told);
	assert_string_equal(reading.identity.number, "");
	assert_true(reading.told);
	ck_reading_wipe(&reading);
	hostile_card_free(&card);
}

/* Files that the issuer did not write so, under the signature he made. */
static void
files_with_more_or_other_content(void **state)
{
	static const uint8_t more[] = { 0x5f, 0x01, 0x00 };
	struct hostile_card card = { .config = hostile_config_cccd };
	struct sim_bytes kept;

	(void)state;
	hostile_card_make(&card, &world.factory, "code-000", "");
	sim_put(&card.profile.file[SIM_EF_DG1], sim_span(more, sizeof(more)));
	assert_refused("bytes behind DG1", &card, false,
	    CK_ERR_FILE_MALFORMED);
	hostile_card_free(&card);

	card = (struct hostile_card){ .config = hostile_config_cccd };
	hostile_card_make(&card, &world.factory, "code-000", "");
	sim_bytes_clear(&card.profile.file[SIM_EF_DG13]);
	sim_put(&card.profile.file[SIM_EF_DG13],
	    sim_view(&world.other.profile.file[SIM_EF_DG13]));
	assert_refused("DG13 of another person", &card, false,
	    CK_ERR_TRUST_MISMATCH);
	hostile_card_free(&card);

	card = (struct hostile_card){ .config = hostile_config_cccd };
	hostile_card_make(&card, &world.factory, "code-000", "");
	kept = card.profile.file[SIM_EF_DG1];
	card.profile.file[SIM_EF_DG1] = card.profile.file[SIM_EF_DG13];
	card.profile.file[SIM_EF_DG13] = kept;
	assert_refused("DG1 and DG13 exchanged", &card, false,
	    CK_ERR_TRUST_HASH);
	hostile_card_free(&card);
}

static void
assert_signer(const char *what, const struct sim_identity *signer,
    enum ck_err expected)
{
	struct hostile_card card = { .config = hostile_config_cccd };
	struct sim_bytes *sod = &card.profile.file[SIM_EF_SOD];
	const struct sim_sod_wish wish = {
		.signer = signer, .hash = "SHA256", .signed_at = SIGNED_AT,
		.faults = &card.faults
	};

	hostile_card_make(&card, &world.factory, "code-000", "");
	sim_bytes_clear(sod);
	sim_sod_build(&card.profile, &wish, sod);
	assert_refused(what, &card, false, expected);
	hostile_card_free(&card);
}

/* Signers that the trusted CSCA has issued, and some that only look so. */
static void
signers_that_are_not_valid(void **state)
{
	static const struct {
		const char *what;
		struct hostile_wish wish;
		enum ck_err expected;
	} rows[] = {
		{ "RSA of 1024 bits", { .rsa_bits = 1024 },
		    CK_ERR_TRUST_POLICY },
		{ "a curve of 192 bits", { .curve = "prime192v1" },
		    CK_ERR_TRUST_POLICY },
		{ "certificate signed with SHA-1", { .sha1 = true },
		    CK_ERR_TRUST_POLICY },
		{ "expired before it signed",
		    { .not_before = SIGNED_AT - 200000000,
		    .not_after = SIGNED_AT - 100000000 },
		    CK_ERR_TRUST_EXPIRED },
		{ "valid only after it signed",
		    { .not_before = SIGNED_AT + 200000000,
		    .not_after = SIGNED_AT + 300000000 }, CK_ERR_TRUST_CHAIN },
		{ "a CA, not a document signer", { .is_ca = true },
		    CK_ERR_TRUST_CHAIN },
	};
	struct sim_identity signer, loop;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		signer = hostile_issue(&rows[i].wish,
		    &world.factory.pki.csca);
		assert_signer(rows[i].what, &signer, rows[i].expected);
		hostile_identity_free(&signer);
	}
	/* the right names, but the signature on the certificate is ours */
	signer = hostile_issue(&(struct hostile_wish){ .stolen_name = true },
	    &world.factory.pki.csca);
	assert_signer("the CSCA's name and key identifier", &signer,
	    CK_ERR_TRUST_CHAIN);
	/* two that issue each other */
	loop = hostile_issue_loop(&signer);
	assert_signer("a loop of two", &loop, CK_OK);
	hostile_identity_free(&loop);
	hostile_identity_free(&signer);
}

/* A face that the issuer signed is not kept from who has to compare it. */
static void
a_photo_that_is_hidden(void **state)
{
	struct hostile_card card = { .config = hostile_config_cccd };

	(void)state;
	hostile_card_make(&card, &world.factory, "code-000", "");
	sim_bytes_clear(&card.profile.file[SIM_EF_DG2]);
	assert_refused("no DG2", &card, false, CK_ERR_TRUST_HASH);
	hostile_card_free(&card);
}

/* Utopia may be trusted for its travellers, but makes no citizen of ours. */
static void
a_signer_of_another_state(void **state)
{
	struct ck_anchors *own = world.anchors;
	struct hostile_card card = { .config = hostile_config_cccd };
	X509 *abroad = world.factory.pki.abroad.certificate;
	struct sim_bytes *sod = &card.profile.file[SIM_EF_SOD];
	const struct sim_sod_wish wish = {
		.signer = &world.factory.pki.abroad, .hash = "SHA256",
		.signed_at = SIGNED_AT, .faults = &card.faults
	};
	struct ck_reading reading;

	(void)state;
	world.anchors = hostile_anchors(&world.factory);
	assert_int_equal(X509_up_ref(abroad), 1);
	assert_int_equal(ck_anchors_add(world.anchors,
	    ck_trust_item_certificate(CK_TRUST_SIGNER, abroad)), CK_OK);
	hostile_card_make(&card, &world.factory, "code-000", "");
	sim_bytes_clear(sod);
	sim_sod_build(&card.profile, &wish, sod);
	assert_refused("a citizen signed abroad", &card, false,
	    CK_ERR_TRUST_CHAIN);
	hostile_card_free(&card);

	card = (struct hostile_card){ .config = hostile_config_cccd };
	hostile_card_make(&card, &world.factory, "kind:foreign", "");
	assert_int_equal(read_card(&card, true, &reading), CK_OK);
	assert_int_equal(reading.passive, CK_PASSIVE_VALID);
	ck_reading_wipe(&reading);
	hostile_card_free(&card);
	ck_anchors_free(&world.anchors);
	world.anchors = own;
}

/* Into the trust store, in which nothing was revoked before. */
static void
add_list(X509_CRL *crl)
{
	struct ck_trust_item *item = ck_trust_item_crl(crl);

	assert_non_null(item);
	assert_int_equal(ck_anchors_add(world.anchors, item), CK_OK);
	ck_anchors_prove(world.anchors);
}

/*
 * Whatever the signer has signed, before or after; other signers of the same
 * country go on as ever. A list that the country has not signed is none.
 */
static void
a_signer_that_is_revoked(void **state)
{
	const struct sim_identity *csca = &world.factory.pki.csca;
	struct sim_identity signer = hostile_issue(&(struct hostile_wish){ 0 },
	    csca);
	struct ck_anchors *kept = world.anchors;
	struct hostile_card card = { .config = hostile_config_cccd };

	(void)state;
	world.anchors = hostile_anchors(&world.factory);
	add_list(hostile_revoke(&world.factory.pki.signer, csca, signer.key));
	an_honest_card_is_verified(NULL);
	add_list(hostile_revoke(&signer, csca, csca->key));
	assert_signer("revoked", &signer, CK_ERR_TRUST_REVOKED);
	hostile_identity_free(&signer);

	/* and the country's own, once it is revoked */
	ck_anchors_free(&world.anchors);
	world.anchors = hostile_anchors(&world.factory);
	add_list(hostile_revoke(&world.factory.pki.signer, csca, csca->key));
	hostile_card_make(&card, &world.factory, "code-000", "");
	assert_verdict("all cards of the signer", &card, false,
	    CK_ERR_TRUST_REVOKED);
	hostile_card_free(&card);
	ck_anchors_free(&world.anchors);
	world.anchors = kept;
}

static enum ck_err
huge_at(void *ctx, struct hostile_card *card, unsigned index,
    struct sim_bytes *answer)
{
	const unsigned *at = ctx;

	(void)card;
	if (index != *at)
		return CK_OK;
	sim_bytes_clear(answer);
	sim_put_fill(answer, 0x61, 65533);
	sim_put_hex(answer, "9000");

	return CK_OK;
}

/* The longest answer that a reader passes on, at every step. */
static void
answers_of_65533_bytes(void **state)
{
	struct hostile_card card;
	struct ck_reading reading;
	unsigned at;

	(void)state;
	for (at = 0; at < 20; at++) {
		card = (struct hostile_card){
			.config = hostile_config_cccd, .hook = huge_at,
			.ctx = &at
		};
		hostile_card_make(&card, &world.factory, "code-000", "");
		if (read_card(&card, false, &reading) == CK_OK)
			assert_int_equal(reading.assurance,
			    CK_ASSURANCE_CHIP_VERIFIED);
		assert_true(card.commands < COMMANDS_MAX);
		ck_reading_wipe(&reading);
		hostile_card_free(&card);
	}
	an_honest_card_is_verified(NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_honest_card_is_verified),
		cmocka_unit_test(spoiled_files_and_signatures),
		cmocka_unit_test(copies_of_a_chip),
		cmocka_unit_test(a_chip_of_two_is_not_genuine),
		cmocka_unit_test(a_channel_that_is_tampered_with),
		cmocka_unit_test(a_channel_that_breaks_at_the_proof),
		cmocka_unit_test(pace_that_is_hidden),
		cmocka_unit_test(a_card_that_is_exchanged),
		cmocka_unit_test(a_signature_that_is_gone_when_asked_again),
		cmocka_unit_test(pace_that_is_gone_when_asked_again),
		cmocka_unit_test(a_traveller_is_told_of_once),
		cmocka_unit_test(files_with_more_or_other_content),
		cmocka_unit_test(signers_that_are_not_valid),
		cmocka_unit_test(a_photo_that_is_hidden),
		cmocka_unit_test(a_signer_of_another_state),
		cmocka_unit_test(a_signer_that_is_revoked),
		cmocka_unit_test(answers_of_65533_bytes),
	};

	hostile_secrets_open();

	return cmocka_run_group_tests_name("never_accept", tests, open_world,
	    close_world);
}
