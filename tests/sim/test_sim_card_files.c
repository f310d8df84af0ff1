/*
 * test_sim_card_files.c - files, commands and faults of the simulated chip
 *
 * The expected bytes are those known of real cards, the synthetic examples of
 * the citizen card's MRZ, and commands written by hand from ISO/IEC 7816-4.
 */
#include <string.h>

#include "hex.h"

#include "card/apdu.h"
#include "card/chip.h"
#include "card/faults.h"
#include "card/lds.h"
#include "card/mrz.h"
#include "card/pace.h"
#include "card/security.h"
#include "card/tlv.h"

/* --- files --------------------------------------------------------------- */

static void
test_card_access_is_the_known_one(void **state)
{
	struct sim_bytes file = SIM_BYTES_INIT;
	struct sim_pace_info found;

	(void)state;
	sim_security_card_access(&sim_offer_cccd, true, &file);
	assert_hex(sim_view(&file), "3134300d060804007f0007020202020101"
	    "300f060a04007f00070202030202020101"
	    "3012060a04007f0007020204020202010202010d");
	assert_true(sim_pace_find(sim_view(&file), sim_span(NULL, 0), &found));
	assert_int_equal(found.suite, SIM_AES128);
	assert_int_equal(found.parameter_id, 13);
	sim_bytes_free(&file);
}

static void
test_mrz_check_digits(void **state)
{
	(void)state;
	/* ICAO Doc 9303-3 §4.9 and 9303-11 appendix D */
	assert_int_equal(sim_mrz_check_digit("520727", 6), '3');
	assert_int_equal(sim_mrz_check_digit("AB2134<<<", 9), '5');
	assert_int_equal(sim_mrz_check_digit("L898902C<", 9), '3');
}

static void
test_mrz_of_a_card(void **state)
{
	struct sim_person person = {
		.number = "084090000001",
		.full_name = "NGUYỄN VĂN A",
		.birth = { 1990, 1, 1 },
		.expires = { 2030, 1, 1 },
		.male = true,
	};
	char mrz[SIM_TD1_LEN + 1], info[SIM_MRZ_INFO_LEN + 1];

	(void)state;
	sim_mrz_td1(&person, mrz);
	assert_string_equal(mrz, "IDVNM0900000018084090000001<<6"
				 "9001011M3001019VNM<<<<<<<<<<<4"
				 "NGUYEN<<VAN<A<<<<<<<<<<<<<<<<<");
	assert_true(sim_mrz_info(sim_span(mrz, SIM_TD1_LEN), info));
	assert_string_equal(info, "090000001890010113001019");
	assert_false(sim_mrz_info(sim_span(mrz, SIM_TD1_LEN - 1), info));
}

static void
test_mrz_without_expiry(void **state)
{
	struct sim_person person = {
		.number = "084160000002",
		.full_name = "THẠCH THỊ ĐỆ",
		.birth = { 1960, 2, 29 },
	};
	char mrz[SIM_TD1_LEN + 1];

	(void)state;
	sim_mrz_td1(&person, mrz);
	assert_string_equal(mrz, "IDVNM1600000027084160000002<<5"
				 "6002291F9912315VNM<<<<<<<<<<<8"
				 "THACH<<THI<DE<<<<<<<<<<<<<<<<<");
}

/* The card without expiry of a person with an old number and no spouse. */
static void
test_dg13_bytes(void **state)
{
	struct sim_person person = {
		.number = "084160000002",
		.full_name = "THẠCH THỊ ĐỆ",
		.old_number = "331234567",
		.birth = { 1960, 0, 0 },
		.issued = { 2021, 4, 15 },
	};
	struct sim_bytes dg13 = SIM_BYTES_INIT;
	struct sim_span body, items, item, value;
	unsigned tag, count = 0;

	(void)state;
	sim_lds_dg13(&person, &dg13);
	assert_true(sim_tlv_find(sim_view(&dg13), 0x6d, &body));
	assert_true(sim_tlv_find(body, 0x30, &body));
	assert_true(sim_tlv_find(body, 0x06, &value));
	assert_hex(value, "28D316010008");
	assert_true(sim_tlv_find(body, 0x31, &items));
	while (sim_tlv_next(&items, &tag, &item)) {
		assert_int_equal(tag, 0x30);
		assert_true(sim_tlv_find(item, 0x02, &value));
		assert_int_equal(value.ptr[0], ++count);
		if (count == 3)
			assert_hex(item, "020103" "1304" "31393630");
		if (count == 14)
			assert_hex(item, "02010E");
		if (count == 15)
			assert_hex(item, "02010F" "1309" "333331323334353637");
	}
	assert_int_equal(items.len, 0);
	assert_int_equal(count, 16);
	sim_bytes_free(&dg13);
}

/* The header in front of the picture is as long as on the real card. */
static void
test_dg2_header(void **state)
{
	struct sim_person person = { .male = true };
	struct sim_bytes dg2 = SIM_BYTES_INIT;

	(void)state;
	sim_lds_dg2(&person, &dg2);
	assert_hex(sim_slice(sim_view(&dg2), 84, 3), "FFD8FF");
	assert_hex(sim_slice(sim_view(&dg2), dg2.len - 2, 2), "FFD9");
	sim_bytes_free(&dg2);
}

/* --- commands ------------------------------------------------------------ */

static void
test_apdu_cases(void **state)
{
	static const struct {
		const char *hex;
		size_t data, ne;
		bool extended;
	} good[] = {
		{ "00A40000", 0, 0, false },
		{ "00B0000000", 0, 256, false },
		{ "00A4020C02011C", 2, 0, false },
		{ "00B100000354010010", 3, 16, false },
		{ "00B00000000000", 0, 65536, true },
		{ "00A4020C000002011C", 2, 0, true },
		{ "00B10000000003540100" "0400", 3, 1024, true },
	};
	static const char *const bad[] = {
		"00A402", "00A4020C0201", "00A4020C02011C0000",
		"00A4020C000000011C", "00A4020C00000301",
	};
	struct sim_apdu apdu;
	struct sim_bytes bytes;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		bytes = unhex(good[i].hex);
		assert_true(sim_apdu_parse(sim_view(&bytes), &apdu));
		assert_int_equal(apdu.data.len, good[i].data);
		assert_int_equal(apdu.ne, good[i].ne);
		assert_int_equal(apdu.extended, good[i].extended);
		sim_bytes_free(&bytes);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		bytes = unhex(bad[i]);
		assert_false(sim_apdu_parse(sim_view(&bytes), &apdu));
		sim_bytes_free(&bytes);
	}
}

static void
assert_answer(struct sim_chip *chip, const char *command, const char *answer)
{
	struct sim_bytes bytes = unhex(command), got = SIM_BYTES_INIT;

	sim_chip_command(chip, sim_view(&bytes), &got);
	assert_hex(sim_view(&got), answer);
	sim_bytes_free(&bytes);
	sim_bytes_free(&got);
}

/* A chip with three short files and BAC; freed by close_chip(). */
static struct sim_profile *
small_profile(void)
{
	static struct sim_profile profile;

	profile = (struct sim_profile){ .mrz_info = "090000001890010113001019",
		.can = "000001" };
	sim_put_hex(&profile.file[SIM_EF_CARD_ACCESS], "31053003020100");
	sim_put_hex(&profile.file[SIM_EF_COM], "6000");
	sim_put_hex(&profile.file[SIM_EF_DG1], "6100");

	return &profile;
}

static void
test_nothing_before_access_control(void **state)
{
	static const struct sim_chip_config config = { .pace = true,
		.bac = true, .extended = SIM_EXTENDED_FULL };
	static const struct sim_faults none;
	struct sim_profile *profile = small_profile();
	struct sim_chip *chip = sim_chip_new(profile, &config, &none);

	(void)state;
	assert_answer(chip, "00A4020C02011C", "9000");
	assert_answer(chip, "00B0000007", "310530030201009000");
	assert_answer(chip, "00B0000008", "310530030201006282");
	assert_answer(chip, "00B0000700", "6B00");
	assert_answer(chip, "00B09C0300", "030201009000");
	assert_answer(chip, "00A4020C02011E", "6A82");
	assert_answer(chip, "00B09E0000", "6A82");
	assert_answer(chip, "00A4040C07A0000002471001", "9000");
	assert_answer(chip, "00B0000000", "6982");
	assert_answer(chip, "00A4020C02011E", "6982");
	assert_answer(chip, "00A4020C02010D", "6982");
	assert_answer(chip, "00B09E0000", "6982");
	assert_answer(chip, "00B1001E0354010000", "6982");
	assert_answer(chip, "0CB0000000", "6988");
	assert_answer(chip, "00A4040C07A0000002471002", "6A82");
	assert_answer(chip, "00D6000001AA", "6D00");
	assert_answer(chip, "80B0000000", "6E00");
	sim_chip_free(&chip);
	sim_profile_wipe(profile);
}

static void
test_limits_are_announced_and_kept(void **state)
{
	struct sim_chip_config config = { .extended = 1024 };
	static const struct sim_faults none;
	struct sim_profile *profile = small_profile();
	struct sim_chip *chip = sim_chip_new(profile, &config, &none);
	struct sim_bytes bytes = SIM_BYTES_INIT;

	(void)state;
	sim_chip_atr(chip, &bytes);
	assert_hex(sim_view(&bytes), "3B8580018073940160" "02");
	sim_bytes_clear(&bytes);
	sim_chip_atr_info(&config, &bytes);
	assert_hex(sim_view(&bytes), "4703940160" "7F6608" "02020400"
	    "02020400");
	assert_answer(chip, "00B09C00000000", "310530030201009000");
	assert_answer(chip, "00B09C0000" "03FF", "6700");
	config.extended = 0;
	assert_answer(chip, "00B09C00000000", "6700");
	sim_bytes_free(&bytes);
	sim_chip_free(&chip);
	sim_profile_wipe(profile);
}

static void
test_faults_by_name(void **state)
{
	struct sim_faults faults;

	(void)state;
	assert_true(sim_faults_parse("removed-after=7,slow=20,no-sod",
	    &faults));
	assert_true(faults.on[SIM_FAULT_REMOVED_AFTER]);
	assert_int_equal(faults.number[SIM_FAULT_SLOW], 20);
	assert_false(sim_fault_after(&faults, SIM_FAULT_REMOVED_AFTER, 7));
	assert_true(sim_fault_after(&faults, SIM_FAULT_REMOVED_AFTER, 8));
	assert_false(faults.on[SIM_FAULT_BLOCKED]);
	assert_true(sim_faults_parse("", &faults));
	assert_false(sim_faults_parse("slow", &faults));
	assert_false(sim_faults_parse("slow=x", &faults));
	assert_false(sim_faults_parse("no-sod=3", &faults));
	assert_false(sim_faults_parse("no-such", &faults));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_card_access_is_the_known_one),
		cmocka_unit_test(test_mrz_check_digits),
		cmocka_unit_test(test_mrz_of_a_card),
		cmocka_unit_test(test_mrz_without_expiry),
		cmocka_unit_test(test_dg13_bytes),
		cmocka_unit_test(test_dg2_header),
		cmocka_unit_test(test_apdu_cases),
		cmocka_unit_test(test_nothing_before_access_control),
		cmocka_unit_test(test_limits_are_announced_and_kept),
		cmocka_unit_test(test_faults_by_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
