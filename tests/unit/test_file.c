/*
 * test_file.c - files of every length, from cards of every manner
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "card/channel.h"
#include "card/file.h"
#include "scripted_card.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

/* Play a script that reads DG1; the file is compared by the caller. */
static enum ck_err
play(const struct scripted_row *rows, size_t count, const char *atr,
    size_t max, struct ck_buf *file)
{
	struct scripted_card card;
	struct ck_channel channel;
	enum ck_err err;

	scripted_card_init(&card, rows, count, atr);
	ck_channel_init(&channel, &card.transport, NULL);
	err = ck_file_read(&channel, CK_SFI_DG(1), max, file);
	ck_channel_wipe(&channel);
	scripted_card_done(&card);
	if (err != CK_OK)
		assert_int_equal(file->len, 0);

	return err;
}

static void
a_small_file_takes_one_command(void **state)
{
	/* exact; with an end-of-file warning; with padding behind it */
	static const struct scripted_row rows[][1] = {
		{ { "00B0810000", "6103AABBCC9000" } },
		{ { "00B0810000", "6103AABBCC6282" } },
		{ { "00B0810000", "6103AABBCC00009000" } },
	};
	struct ck_buf file = CK_BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(play(rows[i], 1, ATR_SHORT, 100, &file),
		    CK_OK);
		assert_span_hex(ck_buf_view(&file), "6103AABBCC");
		ck_buf_wipe(&file);
	}
}

static void
no_byte_is_read_twice(void **state)
{
	char first[2 * 256 + 5], rest[2 * 48 + 5];
	const struct scripted_row rows[] = {
		{ "00B0810000", first }, { "00B0010030", rest },
	};
	struct ck_buf file = CK_BUF_INIT;

	(void)state;
	(void)snprintf(first, sizeof(first), "6182012C%0504d9000", 0);
	(void)snprintf(rest, sizeof(rest), "%096d9000", 0);
	assert_int_equal(play(ROWS(rows), ATR_SHORT, 1000, &file), CK_OK);
	assert_int_equal(file.len, 304);
	ck_buf_wipe(&file);
}

static void
extended_length_asks_for_all(void **state)
{
	char first[2 * 304 + 5];
	const struct scripted_row rows[] = {
		{ "00B08100000000", first },
	};
	struct ck_buf file = CK_BUF_INIT;

	(void)state;
	(void)snprintf(first, sizeof(first), "6182012C%0600d9000", 0);
	assert_int_equal(play(ROWS(rows), ATR_EXTENDED, 1000, &file), CK_OK);
	assert_int_equal(file.len, 304);
	ck_buf_wipe(&file);
}

/* It gives less than there is; later it is asked for that much at most. */
static void
a_card_may_cut_what_it_gives(void **state)
{
	static const struct scripted_row rows[] = {
		{ "00B08100000000", "610A1122339000" },
		{ "00B00005000000", "44556677889000" },
		{ "00B0000A02", "99AA9000" },
	};
	struct ck_buf file = CK_BUF_INIT;

	(void)state;
	assert_int_equal(play(ROWS(rows), ATR_EXTENDED, 1000, &file), CK_OK);
	assert_span_hex(ck_buf_view(&file), "610A112233445566778899AA");
	ck_buf_wipe(&file);
}

/* 6700 to a Le of all zeros: the card announced more than it takes. */
static void
a_card_that_refuses_extended_length_gets_short_ones(void **state)
{
	static const struct scripted_row rows[] = {
		{ "00B08100000000", "6700" },
		{ "00B0810000", "6103AABBCC9000" },
	};
	struct ck_buf file = CK_BUF_INIT;

	(void)state;
	assert_int_equal(play(ROWS(rows), ATR_EXTENDED, 1000, &file), CK_OK);
	assert_span_hex(ck_buf_view(&file), "6103AABBCC");
	ck_buf_wipe(&file);
}

/* A file of 40,004 bytes whose card gives 32,768 at first. */
static void
the_odd_instruction_reaches_beyond_32767(void **state)
{
	enum { FIRST = 32768, REST = 7236 };
	char *first = malloc(2 * FIRST + 5), *rest = malloc(2 * REST + 13);
	const struct scripted_row rows[] = {
		{ "00B08100000000", first },
		/* DO'54' with the offset; Le has 4 bytes more for DO'53' */
		{ "00B1000000000554030080001C48", rest },
	};
	struct ck_buf file = CK_BUF_INIT;

	(void)state;
	assert_non_null(first);
	assert_non_null(rest);
	(void)snprintf(first, 2 * FIRST + 5, "61829C40%0*d9000",
	    2 * (FIRST - 4), 0);
	(void)snprintf(rest, 2 * REST + 13, "53821C44%0*d9000", 2 * REST, 0);
	assert_int_equal(play(ROWS(rows), ATR_EXTENDED, 65536, &file), CK_OK);
	assert_int_equal(file.len, 40004);
	ck_buf_wipe(&file);
	free(first);
	free(rest);
}

static void
a_card_without_short_identifiers_gets_select(void **state)
{
	static const struct scripted_row rows[] = {
		{ "00B0810000", "6A86" }, { "00A4020C020101", "9000" },
		{ "00B0000000", "6103AABBCC9000" },
	};
	static const struct scripted_row absent[] = {
		{ "00B0810000", "6A86" }, { "00A4020C020101", "6A82" },
	};
	struct ck_buf file = CK_BUF_INIT;

	(void)state;
	assert_int_equal(play(ROWS(rows), ATR_SHORT, 100, &file), CK_OK);
	assert_span_hex(ck_buf_view(&file), "6103AABBCC");
	ck_buf_wipe(&file);
	assert_int_equal(play(ROWS(absent), ATR_SHORT, 100, &file),
	    CK_ERR_FILE_ABSENT);
}

static void
what_is_no_file_is_told_apart(void **state)
{
	static const struct {
		struct scripted_row row[2];
		size_t count;
		enum ck_err want;
	} rows[] = {
		{ { { "00B0810000", "6A82" } }, 1, CK_ERR_FILE_ABSENT },
		{ { { "00B0810000", "6982" } }, 1, CK_ERR_CARD_REFUSED },
		{ { { "00B0810000", "9000" } }, 1, CK_ERR_CARD_MALFORMED },
		{ { { "00B0810000", "619000" } }, 1, CK_ERR_FILE_MALFORMED },
		{ { { "00B0810000", "00009000" } }, 1,
		    CK_ERR_FILE_MALFORMED },
		{ { { "00B0810000", "6180AA9000" } }, 1,
		    CK_ERR_FILE_MALFORMED },
		{ { { "00B0810000", "6101AABB9000" } }, 1,
		    CK_ERR_FILE_MALFORMED },
		{ { { "00B0810000", "6101AA00FF9000" } }, 1,
		    CK_ERR_FILE_MALFORMED },
		/* longer than its limit: nothing more is asked */
		{ { { "00B0810000", "6164AA9000" } }, 1,
		    CK_ERR_FILE_MALFORMED },
		{ { { "00B0810000", "6184FFFFFFFFAA9000" } }, 1,
		    CK_ERR_FILE_MALFORMED },
		/* ends, refuses, vanishes or overflows in the middle */
		{ { { "00B0810000", "6103AA9000" },
		    { "00B0000302", "9000" } }, 2, CK_ERR_CARD_MALFORMED },
		{ { { "00B0810000", "6103AA9000" },
		    { "00B0000302", "6B00" } }, 2, CK_ERR_FILE_MALFORMED },
		{ { { "00B0810000", "6103AA9000" },
		    { "00B0000302", NULL } }, 2, CK_ERR_CARD_GONE },
		{ { { "00B0810000", "6103AA9000" },
		    { "00B0000302", "BBCCDD9000" } }, 2,
		    CK_ERR_CARD_MALFORMED },
	};
	struct ck_buf file = CK_BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(play(rows[i].row, rows[i].count, ATR_SHORT,
		    100, &file), rows[i].want);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_file_takes_one_command),
		cmocka_unit_test(no_byte_is_read_twice),
		cmocka_unit_test(extended_length_asks_for_all),
		cmocka_unit_test(a_card_may_cut_what_it_gives),
		cmocka_unit_test(
		    a_card_that_refuses_extended_length_gets_short_ones),
		cmocka_unit_test(the_odd_instruction_reaches_beyond_32767),
		cmocka_unit_test(a_card_without_short_identifiers_gets_select),
		cmocka_unit_test(what_is_no_file_is_told_apart),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
