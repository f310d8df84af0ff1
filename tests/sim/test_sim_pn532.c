/*
 * test_sim_pn532.c - the PN532 of the simulator: by its manual, and by libnfc
 *
 * Frames are written by hand from NXP UM0701-02; afterwards the real libnfc
 * opens the pseudo terminal and finds the cards.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hex.h"

#include <nfc/nfc.h>

#include "card/control.h"
#include "card/pn532.h"
#include "card/pn532_frame.h"

/* SELECT of the eMRTD application, and READ BINARY of EF.CardAccess. */
#define SELECT_APPLICATION "00A4040C07A0000002471001"
#define READ_CARD_ACCESS "00B09C0000"

/* EF.CardAccess of the citizen card. */
#define CARD_ACCESS \
	"3134300D060804007F0007020202020101300F060A04007F00070202030202020101" \
	"3012060A04007F0007020204020202010202010D"

/* A desk whose two slots lie in the field of one PN532. */
struct field {
	struct sim_factory factory;
	struct sim_chip_config chip;
	struct sim_desk desk;
	struct sim_pn532 *pn532;
	struct sim_bytes out;
};

static struct field field;

static int
open_field(void **state)
{
	const struct sim_slot_config config = { .in_field = true };
	size_t i;

	(void)state;
	field = (struct field){
		.factory = { .seed = 84, .offer = sim_offer_cccd },
		.chip = { .pace = true, .bac = true, .ca = true, .aa = true,
		    .extended = SIM_EXTENDED_FULL },
	};
	assert_true(sim_pki_open(&field.factory.pki, NULL, false));
	field.desk.factory = &field.factory;
	field.desk.chip_config = &field.chip;
	for (i = 0; i < SIM_SLOTS; i++)
		field.desk.slots[i] = sim_slot_new(&config);
	field.pn532 = sim_pn532_new(field.desk.slots, false);

	return 0;
}

static int
close_field(void **state)
{
	size_t i;

	(void)state;
	sim_pn532_free(&field.pn532);
	for (i = 0; i < SIM_SLOTS; i++)
		sim_slot_free(&field.desk.slots[i]);
	sim_pki_close(&field.factory.pki);
	sim_bytes_free(&field.out);

	return 0;
}

/* One line to the control socket, which must be taken. */
static void
order(const char *text)
{
	struct sim_bytes answer = SIM_BYTES_INIT;
	char line[128];

	snprintf(line, sizeof(line), "%s", text);
	sim_control_line(&field.desk, line, &answer);
	assert_true(answer.len > 3);
	assert_memory_equal(answer.ptr, "ok ", 3);
	sim_bytes_free(&answer);
}

/* Bytes to the PN532; field.out holds what comes back. */
static void
say(const char *hex)
{
	struct sim_bytes bytes = unhex(hex);

	sim_bytes_clear(&field.out);
	sim_pn532_receive(field.pn532, sim_view(&bytes), &field.out);
	sim_bytes_free(&bytes);
}

/* A normal frame around command code and parameters. */
static void
command(const char *hex)
{
	struct sim_bytes body = unhex(hex), frame = SIM_BYTES_INIT;
	unsigned sum = 0xd4;
	size_t i;

	assert_true(body.len < 254);
	sim_put_hex(&frame, "0000FF");
	sim_put_u8(&frame, (unsigned)body.len + 1);
	sim_put_u8(&frame, 0xff - (unsigned)body.len);
	sim_put_u8(&frame, 0xd4);
	for (i = 0; i < body.len; i++)
		sum += body.ptr[i];
	sim_put(&frame, sim_view(&body));
	sim_put_u8(&frame, 0x100 - sum % 0x100);
	sim_put_u8(&frame, 0x00);
	sim_bytes_clear(&field.out);
	sim_pn532_receive(field.pn532, sim_view(&frame), &field.out);
	sim_bytes_free(&body);
	sim_bytes_free(&frame);
}

#define ACK "0000FF00FF00"

/* The content of the answer: after ACK, start, length and direction. */
static struct sim_span
content(void)
{
	struct sim_span all = sim_view(&field.out);
	bool extended;

	assert_true(all.len > 15);
	assert_hex(sim_slice(all, 0, 6), ACK);
	extended = all.ptr[9] == 0xff && all.ptr[10] == 0xff;
	all = sim_slice(all, extended ? 14 : 11, all.len);
	assert_int_equal(all.ptr[0], 0xd5);

	return sim_slice(all, 1, all.len - 3);
}

static void
test_frames(void **state)
{
	(void)state;
	/* Wake-up and SAMConfiguration, as hosts send them together. */
	say("5555000000000000000000000000000000FF03FDD414011700");
	assert_hex(sim_view(&field.out), ACK "0000FF02FED5151600");
	/* In two pieces. */
	say("0000FF02FED4");
	assert_int_equal(field.out.len, 0);
	say("022A00");
	assert_hex(sim_view(&field.out), ACK "0000FF06FAD50332010607E800");
	/* Say it again. */
	say("0000FFFF0000");
	assert_hex(sim_view(&field.out), "0000FF06FAD50332010607E800");
	/* Wrong checksum, wrong direction, unknown command, an ACK. */
	say("0000FF02FED4022B00");
	assert_hex(sim_view(&field.out), "0000FF01FF7F8100");
	say("0000FF02FED5022900");
	assert_hex(sim_view(&field.out), "0000FF01FF7F8100");
	say("0000FF02FED4FF2D00");
	assert_hex(sim_view(&field.out), ACK "0000FF01FF7F8100");
	say("0000FF00FF00");
	assert_int_equal(field.out.len, 0);
}

static void
test_extended_frame(void **state)
{
	struct sim_bytes frame = SIM_BYTES_INIT, line = SIM_BYTES_INIT;
	struct sim_bytes got = SIM_BYTES_INIT;

	(void)state;
	/* 1 + 256 bytes: 0101, whose checksum is FE. */
	sim_put_hex(&frame, "0000FFFFFF0101FED440");
	sim_put_fill(&frame, 0, 255);
	sim_put_hex(&frame, "EC00");
	sim_put(&line, sim_view(&frame));
	assert_int_equal(sim_pn532_next(&line, &got), SIM_PN532_COMMAND);
	assert_int_equal(got.len, 256);
	assert_int_equal(got.ptr[0], 0x40);
	/* The same length with a wrong checksum. */
	frame.ptr[7] ^= 1;
	sim_bytes_clear(&line);
	sim_put(&line, sim_view(&frame));
	assert_int_equal(sim_pn532_next(&line, &got), SIM_PN532_BROKEN);
	sim_bytes_clear(&line);
	sim_pn532_put_answer(&line, sim_slice(sim_view(&frame), 10, 256));
	assert_hex(sim_slice(sim_view(&line), 0, 9), "0000FFFFFF0101FED5");
	assert_int_equal(line.len, 8 + 257 + 2);
	sim_bytes_free(&frame);
	sim_bytes_free(&line);
	sim_bytes_free(&got);
}

static void
test_empty_field(void **state)
{
	(void)state;
	command("32050000" "02");
	command("4A0100");
	assert_hex(content(), "4B00");
	/* For ever: answered only once a card is there. */
	command("320500FFFF");
	command("32050001" "FF");
	command("4A0100");
	assert_hex(sim_view(&field.out), ACK);
	assert_true(sim_pn532_waits(field.pn532));
	say("");
	assert_int_equal(field.out.len, 0);
	say("0000FF00FF00");
	assert_false(sim_pn532_waits(field.pn532));
}

static void
test_card_in_field(void **state)
{
	struct sim_span got;

	(void)state;
	order("insert code-000");
	command("4A0100");
	got = content();
	assert_hex(sim_slice(got, 0, 7), "4B01010008" "2004");
	assert_int_equal(got.ptr[7], 0x08);
	assert_hex(sim_slice(got, 11, 10), "0A787780028073940160");
	command("4001" READ_CARD_ACCESS);
	assert_hex(content(), "4100" CARD_ACCESS "9000");
	command("4002" READ_CARD_ACCESS);
	assert_hex(content(), "4127");
	/* Asleep: not found anew, but wakes up by number or a new field. */
	command("4400");
	assert_hex(content(), "4500");
	command("32050000" "02");
	command("4001" READ_CARD_ACCESS);
	assert_hex(content(), "4101");
	command("5401");
	assert_hex(content(), "5500");
	command("4001" READ_CARD_ACCESS);
	assert_hex(content(), "4100" CARD_ACCESS "9000");
	command("5200");
	command("4A0100");
	assert_hex(content(), "4B00");
	command("320100");
	command("4A0100");
	assert_int_equal(content().ptr[1], 1);
}

static void
test_two_cards(void **state)
{
	struct sim_span got;
	uint8_t first[4];

	(void)state;
	order("insert code-000");
	order("slot 1 insert code-060");
	command("4A0200");
	got = content();
	assert_int_equal(got.len, 2 + 2 * 19);
	assert_int_equal(got.ptr[1], 2);
	assert_int_equal(got.ptr[2], 1);
	assert_int_equal(got.ptr[21], 2);
	memcpy(first, got.ptr + 7, 4);
	assert_memory_not_equal(first, got.ptr + 26, 4);
	command("4002" SELECT_APPLICATION);
	assert_hex(content(), "41009000");
	order("slot 1 remove");
	command("4002" SELECT_APPLICATION);
	assert_hex(content(), "4101");
	command("4001" SELECT_APPLICATION);
	assert_hex(content(), "41009000");
}

/* Answers beyond one frame, and commands that come in several. */
static void
test_answers_in_pieces(void **state)
{
	struct sim_span got;

	(void)state;
	order("insert code-000 garbage-after=0,lost-status=19");
	command("4A0100");
	command("4001" READ_CARD_ACCESS);
	assert_int_equal(content().len, 2 + 64);
	order("insert code-000 huge-answer");
	command("4A0100");
	command("4001" "00B09C00000000");
	got = content();
	assert_int_equal(got.len, 2 + 262);
	assert_int_equal(got.ptr[1], 0x40);
	command("4001");
	got = content();
	assert_int_equal(got.ptr[1], 0x40);
	/* The host's own chain: the flag with the number. */
	command("4041" "00B09C00");
	assert_hex(content(), "4100");
	order("insert code-000 chain-never-ends");
	command("4A0100");
	command("4001" READ_CARD_ACCESS);
	assert_hex(content(), "4140" CARD_ACCESS "9000");
	command("4001");
	assert_int_equal(content().ptr[1], 0x40);
	command("4001");
	assert_int_equal(content().ptr[1], 0x40);
}

/* A host may make the blocks of ISO/IEC 14443-4 itself. */
static void
test_blocks_of_the_host(void **state)
{
	(void)state;
	order("insert code-000");
	command("1204");
	command("4A0100");
	assert_int_equal(content().len, 2 + 9);
	command("42" "E080");
	assert_hex(content(), "43000A787780028073940160");
	command("42" "02" READ_CARD_ACCESS);
	assert_hex(content(), "430002" CARD_ACCESS "9000");
	/* In two blocks; then whether the card is there; then to sleep. */
	command("42" "1300B0");
	assert_hex(content(), "4300A3");
	command("42" "029C0000");
	assert_hex(content(), "430002" CARD_ACCESS "9000");
	command("42" "B2");
	assert_hex(content(), "4300A2");
	command("42" "C2");
	assert_hex(content(), "4300C2");
	command("42" "B2");
	assert_hex(content(), "4301");
}

static void
test_polling(void **state)
{
	(void)state;
	/* One round of one period for two types: 0.3 seconds. */
	command("60" "0101" "2023");
	assert_true(sim_pn532_waits(field.pn532));
	order("insert code-000");
	say("");
	assert_true(field.out.len > 20);
	assert_hex(sim_slice(sim_view(&field.out), 5, 6), "D56101" "2013" "01");
	order("remove");
	command("60" "0101" "2023");
	while (sim_pn532_waits(field.pn532))
		say("");
	assert_hex(sim_view(&field.out), "0000FF03FDD56100CA00");
}

static void
test_type_b(void **state)
{
	(void)state;
	sim_pn532_free(&field.pn532);
	field.pn532 = sim_pn532_new(field.desk.slots, true);
	order("insert code-000");
	command("32050000" "02");
	command("4A0100");
	assert_hex(content(), "4B00");
	command("4A010300");
	assert_int_equal(content().len, 3 + 12 + 2);
	assert_hex(sim_slice(content(), 0, 5), "4B01015008");
	command("4001" READ_CARD_ACCESS);
	assert_hex(content(), "4100" CARD_ACCESS "9000");
}

static void
test_lost_cards(void **state)
{
	(void)state;
	order("insert code-000 removed-after=1,lost-status=19");
	command("4A0100");
	command("4001" SELECT_APPLICATION);
	assert_hex(content(), "41009000");
	command("4001" SELECT_APPLICATION);
	assert_hex(content(), "4113");
	order("insert code-000");
	command("4001" SELECT_APPLICATION);
	assert_hex(content(), "4101");
	order("insert code-000 stalled-after=0");
	command("4A0100");
	command("4001" SELECT_APPLICATION);
	assert_hex(sim_view(&field.out), ACK);
	assert_true(sim_pn532_waits(field.pn532));
	say("0000FF00FF00");
	assert_false(sim_pn532_waits(field.pn532));
	command("42" "B2");
	assert_hex(content(), "4300A2");
}

/* --- through libnfc ------------------------------------------------------ */

static char folder[] = "/tmp/sim-pn532-XXXXXX";

static nfc_device *
open_device(nfc_context *context)
{
	nfc_connstring name;
	char path[64], why[128];
	nfc_device *device;

	snprintf(path, sizeof(path), "%s/pn532", folder);
	if (access(path, F_OK) != 0)
		assert_true(sim_pn532_open(field.pn532, path, why,
		    sizeof(why)));
	snprintf(name, sizeof(name), "pn532_uart:%s:115200", path);
	device = nfc_open(context, name);
	assert_non_null(device);
	assert_int_equal(nfc_initiator_init(device), 0);
	assert_int_equal(nfc_device_set_property_bool(device,
	    NP_INFINITE_SELECT, false), 0);

	return device;
}

static const nfc_modulation type_a = {
	.nmt = NMT_ISO14443A, .nbr = NBR_106
};

static void
check_exchange(nfc_device *device)
{
	struct sim_bytes read = unhex(READ_CARD_ACCESS);
	uint8_t answer[300];
	int len;

	len = nfc_initiator_transceive_bytes(device, read.ptr, read.len,
	    answer, sizeof(answer), 5000);
	assert_true(len > 0);
	assert_hex(sim_span(answer, (size_t)len), CARD_ACCESS "9000");
	sim_bytes_free(&read);
}

/* Three frames long, with bytes that tell their place. */
#define LONG_FILE 700

/* So many bytes of the extended command are the short one. */
#define SHORT_READ 5

static void
insert_long_file(void)
{
	struct sim_bytes file = SIM_BYTES_INIT;
	char access_path[64], dg1_path[64], line[64];
	size_t i;

	for (i = 0; i < LONG_FILE; i++)
		sim_put_u8(&file, (unsigned)i % 251);
	snprintf(access_path, sizeof(access_path), "%s/EF_CardAccess.bin",
	    folder);
	snprintf(dg1_path, sizeof(dg1_path), "%s/EF_DG1.bin", folder);
	snprintf(line, sizeof(line), "insert files:%s", folder);
	assert_true(sim_span_store(sim_view(&file), access_path));
	assert_true(sim_span_store(sim_view(&file), dg1_path));
	order(line);
	assert_int_equal(unlink(access_path), 0);
	assert_int_equal(unlink(dg1_path), 0);
	sim_bytes_free(&file);
}

/* The whole file in three pieces of 262, 262 and 178 bytes. */
static void
test_long_file(void **state)
{
	struct sim_span got;

	(void)state;
	assert_non_null(mkdtemp(folder));
	insert_long_file();
	command("4A0100");
	command("4001" "00B09C00000000");
	got = content();
	assert_int_equal(got.len, 2 + 262);
	assert_int_equal(got.ptr[1], 0x40);
	command("4001");
	got = content();
	assert_int_equal(got.len, 2 + 262);
	assert_int_equal(got.ptr[1], 0x40);
	assert_int_equal(got.ptr[2], 262 % 251);
	command("4001");
	got = content();
	assert_int_equal(got.len, 2 + LONG_FILE + 2 - 524);
	assert_int_equal(got.ptr[1], 0x00);
	assert_int_equal(got.ptr[2], 524 % 251);
	assert_hex(sim_slice(got, got.len - 2, 2), "9000");
}

static void
test_libnfc(void **state)
{
	nfc_context *context;
	nfc_device *device;
	nfc_target targets[4];
	uint8_t answer[2048];
	struct sim_bytes read = unhex("00B09C00000000");

	(void)state;
	nfc_init(&context);
	device = open_device(context);
	assert_int_equal(nfc_initiator_list_passive_targets(device, type_a,
	    targets, 4), 0);
	order("insert code-000");
	order("slot 1 insert code-060");
	assert_int_equal(nfc_initiator_list_passive_targets(device, type_a,
	    targets, 4), 2);
	order("slot 1 remove");
	nfc_close(device);

	/* Another program, later, finds the line free. */
	device = open_device(context);
	assert_int_equal(nfc_initiator_select_passive_target(device, type_a,
	    NULL, 0, targets), 1);
	assert_int_equal(targets[0].nti.nai.szAtsLen, 9);
	check_exchange(device);
	assert_int_equal(nfc_initiator_target_is_present(device, NULL), 0);
	order("remove");
	assert_true(nfc_initiator_target_is_present(device, NULL) < 0);

	insert_long_file();
	assert_int_equal(nfc_initiator_select_passive_target(device, type_a,
	    NULL, 0, targets), 1);
	assert_int_equal(nfc_initiator_transceive_bytes(device, read.ptr,
	    SHORT_READ, answer, sizeof(answer), 5000), 256 + 2);
	assert_int_equal(answer[255], 255 % 251);
	assert_int_equal(answer[256], 0x90);
	/* libnfc 1.8.0 has room for one frame only, whatever the caller has. */
	assert_int_equal(nfc_initiator_transceive_bytes(device, read.ptr,
	    read.len, answer, sizeof(answer), 5000), NFC_ECHIP);
	nfc_close(device);
	nfc_exit(context);
	sim_bytes_free(&read);
	sim_pn532_free(&field.pn532);
	assert_int_equal(rmdir(folder), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define FIELD_TEST(f) \
	cmocka_unit_test_setup_teardown(f, open_field, close_field)
		FIELD_TEST(test_frames),
		FIELD_TEST(test_extended_frame),
		FIELD_TEST(test_empty_field),
		FIELD_TEST(test_card_in_field),
		FIELD_TEST(test_two_cards),
		FIELD_TEST(test_answers_in_pieces),
		FIELD_TEST(test_blocks_of_the_host),
		FIELD_TEST(test_polling),
		FIELD_TEST(test_type_b),
		FIELD_TEST(test_lost_cards),
		FIELD_TEST(test_long_file),
		FIELD_TEST(test_libnfc),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
