/*
 * test_access.c - which way a chip is opened, how often it is tried, and what
 * is said about it
 *
 * The chip answers by instruction and knows no key: what is tested here is when
 * the reader goes on and when it stops. Good keys: test_pace.c, test_bac.c and
 * the flow tests.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "access/access.h"
#include "card/channel.h"
#include "ck/reader.h"
#include "scripted_card.h"

#define TRIES_MAX 10

/* Answers in hexadecimal; "" is a card that has left. */
struct chip {
	struct ck_transport transport;	/* first: the ops cast back */
	const char *card_access;
	const char *set_at, *nonce;
	const char *challenge[TRIES_MAX], *proof[TRIES_MAX];
	unsigned pace, challenges, proofs;	/* commands seen */
};

#define ABSENT "6A82"
#define CHALLENGE "1122334455667788" "9000"

static const char *
answer_of(struct chip *chip, uint8_t ins)
{
	switch (ins) {
	case 0xb0:
		return chip->card_access;
	case 0xa4:
		return "9000";
	case 0x22:
		return chip->set_at;
	case 0x86:
		chip->pace++;
		return chip->nonce;
	case 0x84:
		assert_true(chip->challenges < TRIES_MAX);
		return chip->challenge[chip->challenges++];
	case 0x82:
		assert_int_equal(chip->proofs + 1, chip->challenges);
		return chip->proof[chip->proofs++];
	default:
		fail_msg("instruction %02X", ins);
		return "";
	}
}

static enum ck_err
transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	const char *answer = answer_of((struct chip *)transport,
	    command.ptr[1]);

	ck_buf_wipe(response);
	if (answer[0] == '\0')
		return CK_ERR_CARD_GONE;
	hex_append(response, answer);

	return CK_OK;
}

static const struct ck_transport_ops ops = {
	transmit, scripted_reset, scripted_close
};

/* A chip without EF.CardAccess and PACE, which refuses every key of BAC. */
static struct chip
bac_chip(void)
{
	struct chip chip = {
		.transport.ops = &ops, .card_access = ABSENT,
		.set_at = "6D00", .nonce = "6D00"
	};
	size_t i;

	for (i = 0; i < TRIES_MAX; i++) {
		chip.challenge[i] = CHALLENGE;
		chip.proof[i] = "6300";
	}

	return chip;
}

static struct ck_secret
qr_secret(void)
{
	return (struct ck_secret){
		.kind = CK_SECRET_QR, .can = "000001",
		.number = "084090000001", .date_of_birth = { 1990, 3, 5 },
		.issue_date = { 2021, 4, 15 }
	};
}

static const struct ck_secret typed_digits = {
	.kind = CK_SECRET_CAN, .can = "000001"
};

static enum ck_err
open_with(struct chip *chip, const struct ck_secret *secret,
    const struct ck_read_options *options, struct ck_opening *opening)
{
	struct ck_channel channel;
	struct ck_buf atr = CK_BUF_INIT;
	enum ck_access access = CK_ACCESS_BAC;
	enum ck_err err;

	hex_append(&atr, ATR_SHORT);
	chip->transport.atr = ck_buf_view(&atr);
	ck_channel_init(&channel, &chip->transport, NULL);
	err = ck_access_open(&channel, secret, options, &access, opening);
	ck_channel_wipe(&channel);
	ck_buf_wipe(&atr);
	assert_int_equal(access, CK_ACCESS_NONE);

	return err;
}

/* With BAC allowed and three tries, as cccd-read has it. */
static enum ck_err
open_chip(struct chip *chip, const struct ck_secret *secret,
    struct ck_opening *opening)
{
	const struct ck_read_options options = {
		.bac_allowed = true, .bac_tries_max = 3
	};

	return open_with(chip, secret, &options, opening);
}

static void
no_refusal_of_pace_leads_to_bac(void **state)
{
	static const struct {
		const char *card_access, *set_at, *nonce;
		enum ck_err want;
	} rows[] = {
		/* announced, and refused in every way */
		{ "31143012060A04007F0007020204020202010202010D9000", "6D00",
		  "", CK_ERR_ACCESS_UNSUPPORTED },
		{ "31143012060A04007F0007020204020202010202010D9000", "6985",
		  "", CK_ERR_CARD_REFUSED },
		{ "31143012060A04007F0007020204020202010202010D9000", "9000",
		  "6A80", CK_ERR_ACCESS_UNSUPPORTED },
		{ "31143012060A04007F0007020204020202010202010D9000", "6983",
		  "", CK_ERR_ACCESS_BLOCKED },
		/* a protocol that we do not speak; its parameters alone */
		{ "31143012060A04007F0007020204040202010202010D9000", "9000",
		  "", CK_ERR_ACCESS_UNSUPPORTED },
		{ "3110300E060904007F00070202040230010D9000", "9000", "",
		  CK_ERR_ACCESS_UNSUPPORTED },
		/* a broken file, and bytes behind it */
		{ "31143013060A04007F0007020204020202010202010D9000", "9000",
		  "", CK_ERR_FILE_MALFORMED },
		{ "31143012060A04007F0007020204020202010202010D0102" "9000",
		  "9000", "", CK_ERR_FILE_MALFORMED },
		/* not announced, but the chip counts tries or gives a nonce */
		{ ABSENT, "63C2", "6985", CK_ERR_CARD_REFUSED },
		{ ABSENT, "6983", "", CK_ERR_ACCESS_BLOCKED },
		{ ABSENT, "63C1", "", CK_ERR_ACCESS_LAST_TRY },
		/* the card left: nothing is known of its protocols */
		{ "", "", "", CK_ERR_CARD_GONE },
		{ ABSENT, "", "", CK_ERR_CARD_GONE },
		{ ABSENT, "9000", "", CK_ERR_CARD_GONE },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct chip chip = bac_chip();
		struct ck_opening opening;
		enum ck_err err;

		chip.card_access = rows[i].card_access;
		chip.set_at = rows[i].set_at;
		chip.nonce = rows[i].nonce;
		err = open_chip(&chip, &typed_digits, &opening);
		if (err != rows[i].want)
			fail_msg("row %zu: %s, not %s", i, ck_err_label(err),
			    ck_err_label(rows[i].want));
		assert_int_equal(chip.challenges, 0);
		assert_int_equal(opening.tries, 0);
	}
}

static void
a_protocol_that_is_not_spoken_is_named(void **state)
{
	struct chip chip = bac_chip();
	struct ck_opening opening;

	(void)state;
	chip.card_access = "31143012060A04007F0007020204040202010202010D9000";
	assert_int_equal(open_chip(&chip, &typed_digits, &opening),
	    CK_ERR_ACCESS_UNSUPPORTED);
	assert_string_equal(opening.note, "PACE with integrated mapping "
	    "(id-PACE-ECDH-IM-AES-CBC-CMAC-128)");
	assert_int_equal(chip.pace, 0);
	chip.card_access = "31143012060A04007F0007020204020202010202010D9000";
	chip.set_at = "9000";
	chip.nonce = "6985";
	assert_int_equal(open_chip(&chip, &typed_digits, &opening),
	    CK_ERR_CARD_REFUSED);
	assert_string_equal(opening.note, "id-PACE-ECDH-GM-AES-CBC-CMAC-128, "
	    "domain parameters 13: nonce answered 6985");
}

/* 6A88: the MRZ would do; a QR code that has been scanned will not. */
static void
a_chip_without_can_asks_for_what_can_help(void **state)
{
	struct ck_secret qr = qr_secret();
	struct chip chip = bac_chip();
	struct ck_opening opening;

	(void)state;
	chip.card_access = "31143012060A04007F0007020204020202010202010D9000";
	chip.set_at = "6A88";
	assert_int_equal(open_chip(&chip, &typed_digits, &opening),
	    CK_ERR_ACCESS_KEY_NEEDED);
	assert_int_equal(open_chip(&chip, &qr, &opening),
	    CK_ERR_ACCESS_UNSUPPORTED);
	assert_int_equal(chip.challenges, 0);
}

static void
six_digits_do_not_open_a_chip_with_bac_only(void **state)
{
	static const struct ck_read_options none = { .bac_allowed = false };
	struct ck_secret qr = qr_secret();
	struct chip chip = bac_chip();
	struct ck_opening opening;

	(void)state;
	assert_int_equal(open_chip(&chip, &typed_digits, &opening),
	    CK_ERR_ACCESS_KEY_NEEDED);
	/* a QR code without complete dates is no better */
	qr.date_of_birth = (struct ck_date){ 1990, 0, 0 };
	assert_int_equal(open_chip(&chip, &qr, &opening),
	    CK_ERR_ACCESS_KEY_NEEDED);
	qr = qr_secret();
	assert_int_equal(open_with(&chip, &qr, &none, &opening),
	    CK_ERR_ACCESS_UNSUPPORTED);
	assert_string_equal(opening.note, "BAC only, which is not allowed "
	    "here");
	assert_int_equal(chip.challenges, 0);
}

/* What the chip says to the nth challenge or proof, and how often it was asked
 * before the reader stopped. */
static void
bac_stops_at_the_first_sign_of_blocking(void **state)
{
	static const struct {
		const char *challenge[2], *proof[2];
		enum ck_err want;
		unsigned tries, challenges, left;
	} rows[] = {
		{ { NULL }, { NULL }, CK_ERR_ACCESS_DENIED, 3, 3, 0 },
		{ { NULL }, { "6982", "6988" }, CK_ERR_ACCESS_DENIED, 3, 3, 0 },
		{ { NULL }, { "63C5" }, CK_ERR_ACCESS_DENIED, 3, 3, 0 },
		{ { NULL }, { NULL, "63C1" }, CK_ERR_ACCESS_DENIED, 2, 2, 1 },
		{ { NULL }, { "63C0" }, CK_ERR_ACCESS_BLOCKED, 1, 1, 0 },
		{ { NULL }, { NULL, "6983" }, CK_ERR_ACCESS_BLOCKED, 2, 2, 0 },
		{ { NULL }, { "6985" }, CK_ERR_CARD_REFUSED, 1, 1, 0 },
		{ { NULL, "6985" }, { NULL }, CK_ERR_ACCESS_DENIED, 1, 2, 0 },
		{ { NULL, "6983" }, { NULL }, CK_ERR_ACCESS_BLOCKED, 2, 2, 0 },
		{ { "6D00" }, { NULL }, CK_ERR_ACCESS_UNSUPPORTED, 0, 1, 0 },
		{ { NULL }, { NULL, "" }, CK_ERR_CARD_GONE, 2, 2, 0 },
		/* it takes our proof and cannot give its own */
		{ { NULL }, { "0000000000000000000000000000000000000000000000"
		  "0000000000000000000000000000000000" "9000" },
		  CK_ERR_ACCESS_PROOF, 1, 1, 0 },
	};
	struct ck_secret qr = qr_secret();
	struct ck_opening opening;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct chip chip = bac_chip();

		for (j = 0; j < 2; j++) {
			if (rows[i].challenge[j] != NULL)
				chip.challenge[j] = rows[i].challenge[j];
			if (rows[i].proof[j] != NULL)
				chip.proof[j] = rows[i].proof[j];
		}
		assert_int_equal(open_chip(&chip, &qr, &opening),
		    rows[i].want);
		assert_int_equal(opening.tries, rows[i].tries);
		assert_int_equal(opening.tries_left, rows[i].left);
		assert_int_equal(chip.challenges, rows[i].challenges);
	}
}

static void
bac_never_tries_more_than_is_allowed(void **state)
{
	static const struct { unsigned allowed, tries; } rows[] = {
		{ 0, 1 }, { 1, 1 }, { 2, 2 }, { 7, 7 }, { 1000, 7 }
	};
	struct ck_secret qr = qr_secret();
	struct ck_secret mrz = {
		.kind = CK_SECRET_MRZ, .document_number = "090000001",
		.date_of_birth = { 1990, 3, 5 }, .expiry_date = { 2030, 3, 5 }
	};
	struct ck_opening opening;
	size_t i;

	(void)state;
	/* all that can follow from two dates: four ages, 29 February, no end */
	qr.date_of_birth = (struct ck_date){ 2000, 2, 29 };
	qr.issue_date = qr.date_of_birth;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ck_read_options options = {
			.bac_allowed = true, .bac_tries_max = rows[i].allowed
		};
		struct chip chip = bac_chip();

		assert_int_equal(open_with(&chip, &qr, &options, &opening),
		    CK_ERR_ACCESS_DENIED);
		assert_int_equal(chip.proofs, rows[i].tries);
		assert_int_equal(opening.tries, rows[i].tries);
		/* an MRZ holds the one date that there is */
		chip = bac_chip();
		assert_int_equal(open_with(&chip, &mrz, &options, &opening),
		    CK_ERR_ACCESS_DENIED);
		assert_int_equal(chip.proofs, 1);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_refusal_of_pace_leads_to_bac),
		cmocka_unit_test(a_protocol_that_is_not_spoken_is_named),
		cmocka_unit_test(a_chip_without_can_asks_for_what_can_help),
		cmocka_unit_test(six_digits_do_not_open_a_chip_with_bac_only),
		cmocka_unit_test(bac_stops_at_the_first_sign_of_blocking),
		cmocka_unit_test(bac_never_tries_more_than_is_allowed),
	};

	return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
