/*
 * test_sim_card_kinds.c - cards that are no citizen card, and answers to reset
 *
 * The expected answers to reset are those that readers give for such cards
 * (PC/SC part 3), or written by hand from ISO/IEC 7816-3.
 */
#include <string.h>

#include "hex.h"

#include "card/chip.h"
#include "card/personalise.h"
#include "card/pn532.h"

static const struct sim_chip_config config = { .pace = true, .bac = true,
	.extended = SIM_EXTENDED_FULL };
static const struct sim_faults none;

static void
assert_atr(const struct sim_profile *profile,
    const struct sim_chip_config *chosen, const char *hex)
{
	struct sim_chip *chip = sim_chip_new(profile, chosen, &none);
	struct sim_bytes atr = SIM_BYTES_INIT;

	sim_chip_atr(chip, &atr);
	assert_hex(sim_view(&atr), hex);
	sim_bytes_free(&atr);
	sim_chip_free(&chip);
}

static void
test_answers_to_reset(void **state)
{
	struct sim_profile profile = { .kind = SIM_KIND_EMRTD };
	struct sim_chip_config chosen = config;

	(void)state;
	assert_atr(&profile, &chosen, "3B858001807394016002");
	chosen.atr = SIM_ATR_PLAIN;
	assert_atr(&profile, &chosen, "3B80800101");
	chosen.atr = SIM_ATR_TYPE_B;
	assert_atr(&profile, &chosen, "3B88800100000000778181007E");
	chosen.atr = SIM_ATR_CONTACT;
	assert_atr(&profile, &chosen, "3B858131FE45807394016088");
	profile.kind = SIM_KIND_BANK;
	assert_atr(&profile, &config, "3B8880010073C8401300900071");
	profile.kind = SIM_KIND_MEMORY;
	assert_atr(&profile, &config,
	    "3B8F8001804F0CA000000306030001000000006A");
	profile.kind = SIM_KIND_DESFIRE;
	assert_atr(&profile, &config, "3B8180018080");
}

static void
assert_answers(enum sim_kind kind, const char *const *exchange)
{
	struct sim_profile profile = { .kind = kind };
	struct sim_chip *chip = sim_chip_new(&profile, &config, &none);
	struct sim_bytes command, answer = SIM_BYTES_INIT;

	for (; exchange[0] != NULL; exchange += 2) {
		command = unhex(exchange[0]);
		sim_chip_command(chip, sim_view(&command), &answer);
		assert_hex(sim_view(&answer), exchange[1]);
		sim_bytes_clear(&answer);
		sim_bytes_free(&command);
	}
	sim_bytes_free(&answer);
	sim_chip_free(&chip);
}

static void
test_bank_card(void **state)
{
	static const char *const exchange[] = {
		"00A4040C07A0000002471001", "6A82",
		"00A404000E325041592E5359532E444446303100",
		"6F2A" "840E325041592E5359532E4444463031" "A518" "BF0C15"
		"6113" "4F07A0000007271010" "870101" "50054E41504153" "9000",
		"00A4040007A000000727101000",
		"6F12" "8407A0000007271010" "A507" "50054E41504153" "9000",
		"00A4020C02011C", "6A86",
		"00B09C0000", "6D00",
		"00B2010C00", "6A83",
		NULL
	};

	(void)state;
	assert_answers(SIM_KIND_BANK, exchange);
}

static void
test_transit_cards(void **state)
{
	static const char *const memory[] = {
		"FFCA000000", "1A2B3C4D9000",
		"00A4040C07A0000002471001", "6A81",
		"00B09C0000", "6A81",
		NULL
	};
	static const char *const desfire[] = {
		"00A4040C07A0000002471001", "6A82",
		"00B09C0000", "6E00",
		"90AF000000", "911C",
		"9060000000", "0401010100180591AF",
		"90AF000000", "0401010104180591AF",
		"90AF000000", "04112233445566BA5500000A01209100",
		"90AF000000", "911C",
		NULL
	};

	(void)state;
	assert_answers(SIM_KIND_MEMORY, memory);
	assert_answers(SIM_KIND_DESFIRE, desfire);
}

static void
test_kinds_by_name(void **state)
{
	static const char *const names[] = {
		"kind:bank", "kind:transit", "kind:desfire", "kind:mute",
		"kind:foreign",
	};
	struct sim_factory factory = { .seed = 84, .offer = sim_offer_cccd };
	struct sim_profile made;
	char why[128];
	size_t i;

	(void)state;
	assert_true(sim_pki_open(&factory.pki, NULL, false));
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		assert_true(sim_personalise(&factory, names[i], &config, &none,
		    &made, why, sizeof(why)));
		assert_string_equal(made.label, names[i]);
		sim_profile_wipe(&made);
	}
	assert_false(sim_personalise(&factory, "kind:cheese", &config, &none,
	    &made, why, sizeof(why)));
	sim_pki_close(&factory.pki);
}

static void
test_passport(void **state)
{
	struct sim_factory factory = { .seed = 84, .offer = sim_offer_cccd };
	struct sim_profile made;
	struct sim_span mrz;
	char why[128];

	(void)state;
	assert_true(sim_pki_open(&factory.pki, NULL, false));
	assert_true(sim_personalise(&factory, "kind:foreign", &config, &none,
	    &made, why, sizeof(why)));
	assert_true(sim_profile_mrz(&made, &mrz));
	assert_int_equal(mrz.len, 88);
	assert_memory_equal(mrz.ptr,
	    "P<UTOTRAVELLER<<TESSA<MARIA<<<<<<<<<<<<<<<<<"
	    "X123456785UTO8503172F3412318<<<<<<<<<<<<<<02", 88);
	assert_string_equal(made.mrz_info, "X12345678585031723412318");
	assert_string_equal(made.can, "");
	assert_int_equal(made.file[SIM_EF_DG13].len, 0);
	assert_true(made.file[SIM_EF_SOD].len > 0);
	sim_profile_wipe(&made);
	sim_pki_close(&factory.pki);
}

static void
assert_command(struct sim_chip *chip, const char *hex, const char *expected)
{
	struct sim_bytes command = unhex(hex), answer = SIM_BYTES_INIT;

	sim_chip_command(chip, sim_view(&command), &answer);
	assert_hex(sim_view(&answer), expected);
	sim_bytes_free(&answer);
	sim_bytes_free(&command);
}

/* Neither EF.CardAccess nor DG14 offers PACE, and no command knows it. */
static void
test_without_pace(void **state)
{
	static const uint8_t pace[] = { 0x04, 0x00, 0x7f, 0x00, 0x07, 0x02,
		0x02, 0x04 };
	struct sim_factory factory = { .seed = 84, .offer = sim_offer_cccd };
	struct sim_profile with, without;
	struct sim_faults faults;
	struct sim_chip *chip;
	char why[128];

	(void)state;
	assert_true(sim_faults_parse("no-pace", &faults));
	assert_true(sim_pki_open(&factory.pki, NULL, false));
	assert_true(sim_personalise(&factory, "code-000", &config, &none,
	    &with, why, sizeof(why)));
	assert_true(sim_personalise(&factory, "code-000", &config, &faults,
	    &without, why, sizeof(why)));
	assert_non_null(memmem(with.file[SIM_EF_DG14].ptr,
	    with.file[SIM_EF_DG14].len, pace, sizeof(pace)));
	assert_null(memmem(without.file[SIM_EF_DG14].ptr,
	    without.file[SIM_EF_DG14].len, pace, sizeof(pace)));
	chip = sim_chip_new(&without, &config, &faults);
	assert_command(chip, "00B09C0000", "6A82");
	assert_command(chip, "0022C1A40F800A04007F00070202040202830102",
	    "6D00");
	assert_command(chip, "10860000027C0000", "6D00");
	sim_chip_free(&chip);
	sim_profile_wipe(&with);
	sim_profile_wipe(&without);
	sim_pki_close(&factory.pki);
}

/* Extended length that is announced and not carried. */
static void
test_broken_promises(void **state)
{
	struct sim_profile profile = { .kind = SIM_KIND_EMRTD };
	struct sim_faults faults;
	struct sim_chip *chip;

	(void)state;
	assert_true(sim_faults_parse("extended-refused", &faults));
	chip = sim_chip_new(&profile, &config, &faults);
	assert_command(chip, "00B09C00000000", "6700");
	assert_command(chip, "00B09C0000", "6A82");
	sim_chip_free(&chip);
	assert_true(sim_faults_parse("extended-lost", &faults));
	chip = sim_chip_new(&profile, &config, &faults);
	assert_command(chip, "00B09C00000000", "90");
	assert_command(chip, "00B09C0000", "6A82");
	sim_chip_free(&chip);
}

/* In a field: a memory card speaks no blocks, a mute one is not there. */
static void
test_kinds_in_a_field(void **state)
{
	const struct sim_slot_config in_field = { .in_field = true };
	struct sim_slot *slot = sim_slot_new(&in_field);
	struct sim_profile card = { .kind = SIM_KIND_MEMORY }, no_other = { 0 };
	struct sim_presence seen;

	(void)state;
	assert_true(sim_slot_insert(slot, &card, &no_other, &config, &none));
	assert_true(sim_slot_look(slot, &seen));
	assert_int_equal(seen.sak, 0x08);
	assert_false(seen.has_blocks);
	card.kind = SIM_KIND_DESFIRE;
	assert_true(sim_slot_insert(slot, &card, &no_other, &config, &none));
	assert_true(sim_slot_look(slot, &seen));
	assert_int_equal(seen.uid_len, 7);
	assert_true(seen.has_blocks);
	card.kind = SIM_KIND_MUTE;
	assert_true(sim_slot_insert(slot, &card, &no_other, &config, &none));
	assert_false(sim_slot_look(slot, &seen));
	sim_slot_free(&slot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers_to_reset),
		cmocka_unit_test(test_bank_card),
		cmocka_unit_test(test_transit_cards),
		cmocka_unit_test(test_kinds_by_name),
		cmocka_unit_test(test_passport),
		cmocka_unit_test(test_without_pace),
		cmocka_unit_test(test_broken_promises),
		cmocka_unit_test(test_kinds_in_a_field),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
