/*
 * test_sim_card_mislead.c - chips that mean ill: each fault does what it says
 *
 * Commands are written by hand from ISO/IEC 7816-4; the channel's other end
 * is terminal.h.
 */
#include <string.h>

#include "terminal.h"

#include "card/control.h"

#define MRZ_INFO "090000001890010113001019"

/* EF.COM's answer in plain; READ BINARY of it by short identifier. */
#define EF_COM "60021234"

#define READ_CARD_ACCESS "00B09C0000"

struct desk {
	struct sim_profile profile;
	struct sim_chip_config config;
	struct sim_faults faults;
	struct terminal t;
};

/* A chip with small files, a key of Chip Authentication, and these faults. */
static void
open_desk(struct desk *desk, const char *faults)
{
	struct sim_offer offer = sim_offer_cccd;

	*desk = (struct desk){
		.profile = { .mrz_info = MRZ_INFO, .can = "000001",
		    .aa_hash = "SHA256" },
		.config = { .pace = true, .bac = true, .ca = true, .aa = true,
		    .extended = SIM_EXTENDED_FULL },
	};
	offer.ca_suite = SIM_3DES;
	assert_true(sim_faults_parse(faults, &desk->faults));
	desk->profile.ca_key = EVP_EC_gen("brainpoolP256r1");
	desk->profile.aa_key = EVP_EC_gen("brainpoolP256r1");
	sim_put_hex(&desk->profile.file[SIM_EF_CARD_ACCESS], "31053003020100");
	sim_put_hex(&desk->profile.file[SIM_EF_COM], EF_COM);
	sim_put_hex(&desk->profile.file[SIM_EF_DG1], "6100");
	sim_security_dg14(&offer, desk->profile.ca_key,
	    &desk->profile.file[SIM_EF_DG14]);
	desk->t.chip = sim_chip_new(&desk->profile, &desk->config,
	    &desk->faults);
}

static void
close_desk(struct desk *desk)
{
	sim_chip_free(&desk->t.chip);
	sim_profile_wipe(&desk->profile);
	sim_bytes_free(&desk->t.answer);
}

static void
assert_plain(struct desk *desk, const char *command, const char *answer)
{
	terminal_plain(&desk->t, command);
	assert_hex(sim_view(&desk->t.answer), answer);
}

static void
test_faults_with_numbers(void **state)
{
	struct sim_faults faults;

	(void)state;
	assert_true(sim_faults_parse("sw-only-after=9=6f00,endless-61xx,"
	    "endless-6cxx=4", &faults));
	assert_int_equal(faults.number[SIM_FAULT_SW_ONLY_AFTER], 9);
	assert_int_equal(faults.status, 0x6f00);
	assert_int_equal(faults.number[SIM_FAULT_ENDLESS_61XX], 0);
	assert_int_equal(faults.number[SIM_FAULT_ENDLESS_6CXX], 4);
	assert_false(sim_faults_parse("sw-only-after=9", &faults));
	assert_false(sim_faults_parse("sw-only-after=9=6f0", &faults));
	assert_false(sim_faults_parse("sw-only-after=9=6f0x", &faults));
	assert_false(sim_faults_parse("sw-only-after=x=6f00", &faults));
	assert_false(sim_faults_parse("empty-after", &faults));
}

static void
test_short_answers(void **state)
{
	struct desk desk;

	(void)state;
	open_desk(&desk, "empty-after=1");
	assert_plain(&desk, READ_CARD_ACCESS, "310530030201009000");
	assert_plain(&desk, READ_CARD_ACCESS, "");
	close_desk(&desk);
	open_desk(&desk, "one-byte-after=1");
	assert_plain(&desk, READ_CARD_ACCESS, "310530030201009000");
	assert_plain(&desk, READ_CARD_ACCESS, "90");
	close_desk(&desk);
	open_desk(&desk, "sw-only-after=1=6F00");
	assert_plain(&desk, READ_CARD_ACCESS, "310530030201009000");
	assert_plain(&desk, READ_CARD_ACCESS, "6F00");
	assert_plain(&desk, "00A4040C07A0000002471001", "6F00");
	close_desk(&desk);
}

static void
test_huge_answers(void **state)
{
	struct desk desk;

	(void)state;
	open_desk(&desk, "huge-after=1");
	assert_plain(&desk, READ_CARD_ACCESS, "310530030201009000");
	terminal_plain(&desk.t, "00A4040C07A0000002471001");
	assert_int_equal(desk.t.answer.len, 65533 + 2);
	assert_int_equal(desk.t.sw, 0x9000);
	close_desk(&desk);
	open_desk(&desk, "huge-answer");
	terminal_plain(&desk.t, READ_CARD_ACCESS);
	assert_int_equal(desk.t.answer.len, 65533 + 2);
	terminal_bac(&desk.t, MRZ_INFO);
	terminal_protected(&desk.t, "00B09E00", "", "04");
	assert_true(desk.t.protected);
	assert_in_range(desk.t.answer.len, 65520, 65535);
	terminal_protected(&desk.t, "00A4020C", "0101", "");
	assert_int_equal(desk.t.answer.len, 16);
	close_desk(&desk);
}

static void
test_answers_without_end(void **state)
{
	struct desk desk;

	(void)state;
	open_desk(&desk, "endless-61xx=1");
	assert_plain(&desk, READ_CARD_ACCESS, "310530030201009000");
	terminal_plain(&desk.t, READ_CARD_ACCESS);
	assert_int_equal(desk.t.sw, 0x6110);
	terminal_plain(&desk.t, "00C0000010");
	assert_int_equal(desk.t.answer.len, 16 + 2);
	assert_int_equal(desk.t.sw, 0x6110);
	close_desk(&desk);
	open_desk(&desk, "endless-6cxx");
	assert_plain(&desk, "00B09C0004", "6C05");
	assert_plain(&desk, "00B09C0005", "6C07");
	assert_plain(&desk, "00B09C0000", "6C01");
	close_desk(&desk);
}

static void
test_sm_drops(void **state)
{
	struct desk desk;

	(void)state;
	open_desk(&desk, "sm-drops-after=1");
	terminal_bac(&desk.t, MRZ_INFO);
	terminal_protected(&desk.t, "00B09E00", "", "04");
	assert_true(desk.t.protected);
	terminal_protected(&desk.t, "00B09E00", "", "04");
	assert_false(desk.t.protected);
	assert_hex(sim_view(&desk.t.answer), EF_COM "9000");
	close_desk(&desk);
}

/* A point of the terminal: MSE:Set KAT with its generator's own key. */
static void
send_ca(struct desk *desk)
{
	uint8_t point[65];
	char text[2 * 65 + 8] = "9141";
	EVP_PKEY *key = EVP_EC_gen("brainpoolP256r1");
	size_t len, i;

	assert_int_equal(EVP_PKEY_get_octet_string_param(key, "pub", point,
	    sizeof(point), &len), 1);
	for (i = 0; i < len; i++)
		snprintf(text + 4 + 2 * i, 3, "%02X", point[i]);
	terminal_protected(&desk->t, "002241A6", text, "");
	EVP_PKEY_free(key);
}

static void
test_chip_authentication(void **state)
{
	struct desk desk;

	(void)state;
	/* As it should be: the old keys mean nothing any more. */
	open_desk(&desk, "");
	terminal_bac(&desk.t, MRZ_INFO);
	send_ca(&desk);
	assert_int_equal(desk.t.sw, 0x9000);
	terminal_protected(&desk.t, "00B09E00", "", "04");
	assert_false(desk.t.protected);
	close_desk(&desk);

	open_desk(&desk, "ca-stale-keys");
	terminal_bac(&desk.t, MRZ_INFO);
	send_ca(&desk);
	assert_int_equal(desk.t.sw, 0x9000);
	terminal_protected(&desk.t, "00B09E00", "", "04");
	assert_true(desk.t.protected);
	close_desk(&desk);

	open_desk(&desk, "wrong-ca-refused");
	terminal_bac(&desk.t, MRZ_INFO);
	send_ca(&desk);
	assert_true(desk.t.protected);
	assert_int_equal(desk.t.sw, 0x6a80);
	terminal_protected(&desk.t, "00B09E00", "", "04");
	assert_true(desk.t.protected);
	assert_int_equal(desk.t.sw, 0x9000);
	close_desk(&desk);
}

static void
test_active_authentication(void **state)
{
	struct desk desk;

	(void)state;
	open_desk(&desk, "");
	terminal_bac(&desk.t, MRZ_INFO);
	terminal_protected(&desk.t, "00880000", "0102030405060708", "00");
	assert_int_equal(desk.t.sw, 0x9000);
	close_desk(&desk);
	open_desk(&desk, "aa-refused");
	terminal_bac(&desk.t, MRZ_INFO);
	terminal_protected(&desk.t, "00880000", "0102030405060708", "00");
	assert_true(desk.t.protected);
	assert_int_equal(desk.t.sw, 0x6985);
	close_desk(&desk);
}

/* Another person's chip answers, without a new insertion. */
static void
test_swapped(void **state)
{
	const struct sim_slot_config config = { .in_field = true };
	const struct sim_chip_config chip = { .bac = true,
		.extended = SIM_EXTENDED_FULL };
	struct sim_slot *slot = sim_slot_new(&config);
	struct sim_profile one = { .label = "one" }, two = { .label = "two" };
	struct sim_bytes answer = SIM_BYTES_INIT;
	struct sim_bytes read = unhex(READ_CARD_ACCESS);
	struct sim_slot_state now;
	struct sim_faults faults;
	struct sim_presence seen;

	(void)state;
	assert_true(sim_faults_parse("swapped-after=1", &faults));
	sim_put_hex(&one.file[SIM_EF_CARD_ACCESS], "31023000");
	sim_put_hex(&two.file[SIM_EF_CARD_ACCESS], "3100");
	assert_true(sim_slot_insert(slot, &one, &two, &chip, &faults));
	assert_true(sim_slot_look(slot, &seen));
	assert_int_equal(sim_slot_ask(slot, seen.insertion, sim_view(&read),
	    &answer), SIM_REPLY_ANSWER);
	assert_hex(sim_view(&answer), "310230009000");
	sim_bytes_clear(&answer);
	assert_int_equal(sim_slot_ask(slot, seen.insertion, sim_view(&read),
	    &answer), SIM_REPLY_ANSWER);
	assert_hex(sim_view(&answer), "31009000");
	sim_slot_state(slot, &now);
	assert_string_equal(now.label, "one");
	sim_bytes_free(&answer);
	sim_bytes_free(&read);
	sim_slot_free(&slot);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults_with_numbers),
		cmocka_unit_test(test_short_answers),
		cmocka_unit_test(test_huge_answers),
		cmocka_unit_test(test_answers_without_end),
		cmocka_unit_test(test_sm_drops),
		cmocka_unit_test(test_chip_authentication),
		cmocka_unit_test(test_active_authentication),
		cmocka_unit_test(test_swapped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
