/*
 * test_channel.c - answers in pieces, wrong lengths, chains, lost cards
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card/channel.h"
#include "ck/reader.h"
#include "scripted_card.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

static const struct ck_apdu read_four = {
	.ins = 0xb0, .p1 = 0x81, .le = 4
};

/* Play a script that begins with apdu; tell how it ended. */
static enum ck_err
play(const struct scripted_row *rows, size_t count, const char *atr,
    const struct ck_apdu *apdu, struct ck_buf *data, uint16_t *sw)
{
	struct scripted_card card;
	struct ck_channel channel;
	enum ck_err err;

	scripted_card_init(&card, rows, count, atr);
	ck_channel_init(&channel, &card.transport, NULL);
	err = ck_channel_send(&channel, apdu, data, sw);
	assert_int_equal(channel.apdus, card.at);
	ck_channel_wipe(&channel);
	scripted_card_done(&card);

	return err;
}

static void
an_answer_in_pieces_is_joined(void **state)
{
	static const struct scripted_row rows[] = {
		{ "00B0810004", "AABB6102" },
		{ "00C0000002", "CC6101" },
		{ "00C0000001", "DD9000" },
	};
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	(void)state;
	assert_int_equal(play(ROWS(rows), ATR_SHORT, &read_four, &data, &sw),
	    CK_OK);
	assert_int_equal(sw, 0x9000);
	assert_span_hex(ck_buf_view(&data), "AABBCCDD");
	ck_buf_wipe(&data);
}

static void
a_wrong_le_is_corrected_once(void **state)
{
	static const struct scripted_row rows[] = {
		{ "00B0810004", "6C02" }, { "00B0810002", "AABB9000" },
	};
	static const struct scripted_row stubborn[] = {
		{ "00B0810004", "6C02" }, { "00B0810002", "6C03" },
	};
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	(void)state;
	assert_int_equal(play(ROWS(rows), ATR_SHORT, &read_four, &data, &sw),
	    CK_OK);
	assert_span_hex(ck_buf_view(&data), "AABB");
	assert_int_equal(play(ROWS(stubborn), ATR_SHORT, &read_four, &data,
	    &sw), CK_OK);
	assert_int_equal(sw, 0x6c03);
	assert_int_equal(data.len, 0);
	ck_buf_wipe(&data);
}

static void
an_answer_without_end_is_malformed(void **state)
{
	static const struct scripted_row rows[] = {
		{ "00B0810004", "AA6102" }, { "00C0000002", "6102" },
	};
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	(void)state;
	assert_int_equal(play(ROWS(rows), ATR_SHORT, &read_four, &data, &sw),
	    CK_ERR_CARD_MALFORMED);
	assert_int_equal(data.len, 0);
}

static void
a_lost_card_is_told_as_such(void **state)
{
	static const struct scripted_row gone[] = {
		{ "00B0810004", NULL },
	};
	static const struct scripted_row later[] = {
		{ "00B0810004", "AA6102" }, { "00C0000002", NULL },
	};
	static const struct scripted_row cut[] = {
		{ "00B0810004", "90" },
	};
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	(void)state;
	assert_int_equal(play(ROWS(gone), ATR_SHORT, &read_four, &data, &sw),
	    CK_ERR_CARD_GONE);
	assert_int_equal(play(ROWS(later), ATR_SHORT, &read_four, &data, &sw),
	    CK_ERR_CARD_GONE);
	assert_int_equal(data.len, 0);
	assert_int_equal(play(ROWS(cut), ATR_SHORT, &read_four, &data, &sw),
	    CK_ERR_CARD_GONE);
}

/* 300 bytes: a chain of 255 and 45 for a short card, one for the other. */
static void
long_data_is_chained_where_it_must_be(void **state)
{
	static const uint8_t zeros[300];
	struct ck_apdu apdu = {
		.ins = 0x86, .data = { zeros, sizeof(zeros) }, .le = 256
	};
	char first[522], second[104], whole[620];
	const struct scripted_row chain[] = {
		{ first, "9000" }, { second, "7C009000" },
	};
	const struct scripted_row one[] = { { whole, "7C009000" } };
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	(void)state;
	(void)snprintf(first, sizeof(first), "10860000FF%0510d", 0);
	(void)snprintf(second, sizeof(second), "008600002D%090d00", 0);
	(void)snprintf(whole, sizeof(whole), "0086000000012C%0600d0100", 0);
	assert_int_equal(play(ROWS(chain), ATR_SHORT, &apdu, &data, &sw),
	    CK_OK);
	assert_span_hex(ck_buf_view(&data), "7C00");
	assert_int_equal(play(ROWS(one), ATR_EXTENDED, &apdu, &data, &sw),
	    CK_OK);
	ck_buf_wipe(&data);
}

static void
a_refused_link_ends_the_chain(void **state)
{
	static const uint8_t zeros[300];
	struct ck_apdu apdu = {
		.ins = 0x86, .data = { zeros, sizeof(zeros) }
	};
	char first[522];
	const struct scripted_row chain[] = { { first, "6884" } };
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	(void)state;
	(void)snprintf(first, sizeof(first), "10860000FF%0510d", 0);
	assert_int_equal(play(ROWS(chain), ATR_SHORT, &apdu, &data, &sw),
	    CK_OK);
	assert_int_equal(sw, 0x6884);
}

static void
keep_line(void *ctx, const char *line)
{
	char *lines = ctx;

	(void)snprintf(lines + strlen(lines), 200 - strlen(lines), "%s\n",
	    line);
}

static void
a_trace_shows_no_data(void **state)
{
	static const struct scripted_row rows[] = {
		{ "00A4020C02011E", "AABB9000" },
	};
	const struct ck_apdu apdu = {
		.ins = 0xa4, .p1 = 0x02, .p2 = 0x0c,
		.data = { (const uint8_t *)"\x01\x1e", 2 }
	};
	char lines[200] = "";
	const struct ck_read_observer observer = {
		.trace = keep_line, .ctx = lines
	};
	struct ck_buf data = CK_BUF_INIT;
	struct scripted_card card;
	struct ck_channel channel;
	uint16_t sw;

	(void)state;
	scripted_card_init(&card, ROWS(rows), ATR_SILENT);
	ck_channel_init(&channel, &card.transport, &observer);
	assert_int_equal(ck_channel_send(&channel, &apdu, &data, &sw), CK_OK);
	assert_string_equal(lines,
	    "> 00 A4 02 0C data 2 le 0\n< data 2 sw 9000\n");
	assert_int_equal(channel.bytes_out, 7);
	assert_int_equal(channel.bytes_in, 4);
	ck_buf_wipe(&data);
	ck_channel_wipe(&channel);
	scripted_card_done(&card);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_answer_in_pieces_is_joined),
		cmocka_unit_test(a_wrong_le_is_corrected_once),
		cmocka_unit_test(an_answer_without_end_is_malformed),
		cmocka_unit_test(a_lost_card_is_told_as_such),
		cmocka_unit_test(long_data_is_chained_where_it_must_be),
		cmocka_unit_test(a_refused_link_ends_the_chain),
		cmocka_unit_test(a_trace_shows_no_data),
	};

	return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
