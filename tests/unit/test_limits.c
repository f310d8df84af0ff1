/*
 * test_limits.c - what ATRs and EF.ATR/INFO announce about lengths
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card/limits.h"
#include "vectors.h"

static struct ck_limits
limits_of(const char *atr, const char *info)
{
	struct ck_buf atr_bytes = CK_BUF_INIT, info_bytes = CK_BUF_INIT;
	struct ck_limits limits;

	hex_append(&atr_bytes, atr);
	hex_append(&info_bytes, info);
	ck_limits_from_atr(ck_buf_view(&atr_bytes), &limits);
	if (info_bytes.len > 0)
		ck_limits_from_info(ck_buf_view(&info_bytes), &limits);
	ck_buf_wipe(&atr_bytes);
	ck_buf_wipe(&info_bytes);

	return limits;
}

static void
an_atr_without_capabilities_leaves_the_question_open(void **state)
{
	/* none; a storage card's pseudo-ATR; T=0 with other bytes; cut */
	static const char *const atrs[] = {
		"", "3B", "3B80800101", "3B8F80", "3B6500002063CB6800",
		"3B8F8001804F0CA000000306030001000000006A", "3B8580018073C0",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(atrs) / sizeof(atrs[0]); i++) {
		struct ck_limits limits = limits_of(atrs[i], "");

		assert_int_equal(limits.extended, CK_EXTENDED_UNKNOWN);
		assert_int_equal(limits.answer_max, 256);
		assert_int_equal(limits.command_max, 261);
	}
}

static void
card_capabilities_answer_it(void **state)
{
	struct ck_limits limits = limits_of("3B8580018073C021C01F", "");

	(void)state;
	assert_int_equal(limits.extended, CK_EXTENDED_YES);
	assert_true(limits.chaining);
	assert_int_equal(limits.answer_max, CK_ANSWER_MAX);

	limits = limits_of("3B8580018073C0218050", "");
	assert_int_equal(limits.extended, CK_EXTENDED_NO);
	assert_int_equal(limits.answer_max, 256);

	/* category 00: three status bytes follow the objects */
	limits = limits_of("3B8880010073C021C000900057", "");
	assert_int_equal(limits.extended, CK_EXTENDED_YES);

	/* TA1, TB1, TC1, TD1 with TA2 */
	limits = limits_of("3BF511000010018073C021C000", "");
	assert_int_equal(limits.extended, CK_EXTENDED_YES);
}

/* 8 bytes in a pseudo-ATR may be a type B card's ATQB and ATTRIB: AFI, CRC of
 * the AID, applications, rates, frame, timing, buffer. */
static void
what_a_reader_put_there_promises_nothing(void **state)
{
	static const char *const atrs[] = {
		/* AFI 80, and a CRC that looks like card capabilities */
		"3B88800180" "73C021C0" "770081" "00",
		"3B88800100" "73C021C0" "770081" "00",
		/* storage card, and one that goes on like capabilities */
		"3B8F8001804F0CA0000003060300030000000068",
		"3B8F8001804F0CA00000030603000373C021C06A"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(atrs) / sizeof(atrs[0]); i++)
		assert_int_equal(limits_of(atrs[i], "").extended,
		    CK_EXTENDED_UNKNOWN);
}

static void
a_short_reader_is_not_overruled_by_its_card(void **state)
{
	struct ck_limits limits = limits_of("3B8580018073C021C01F", "");

	(void)state;
	ck_limits_short(&limits);
	assert_int_equal(limits.extended, CK_EXTENDED_NO);
	assert_int_equal(limits.answer_max, 256);
	assert_int_equal(limits.command_max, 261);
	assert_true(limits.chaining);
}

static void
extended_length_information_sets_the_figures(void **state)
{
	struct ck_limits limits = limits_of("3B8580018073C021E03F",
	    "4303010203" "7F660802020400" "02020400");

	(void)state;
	assert_int_equal(limits.command_max, 1024);
	assert_int_equal(limits.answer_max, 1022);

	/* the file alone, with its own card capabilities */
	limits = limits_of("3B80800101", "470300006F7F660A020300800002030080"
	    "00");
	assert_int_equal(limits.extended, CK_EXTENDED_YES);
	assert_int_equal(limits.command_max, 32768);
	assert_int_equal(limits.answer_max, 32766);
}

static void
figures_are_kept_within_reason(void **state)
{
	struct ck_limits limits = limits_of("3B8580018073C021E03F",
	    "7F66080202000002020000");

	(void)state;
	assert_int_equal(limits.answer_max, 256);
	assert_int_equal(limits.command_max, 261);
	limits = limits_of("3B8580018073C021E03F",
	    "7F660C0204FFFFFFFF0204FFFFFFFF");
	assert_int_equal(limits.answer_max, CK_ANSWER_MAX);
	assert_int_equal(limits.command_max, 65544);

	/* cut short: the ATR's word stands */
	limits = limits_of("3B8580018073C021E03F", "7F66080202");
	assert_int_equal(limits.answer_max, CK_ANSWER_MAX);

	/* a card that says short is not believed to do more */
	limits = limits_of("3B8580018073C0218050", "7F6608020204000202"
	    "0400");
	assert_int_equal(limits.extended, CK_EXTENDED_NO);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    an_atr_without_capabilities_leaves_the_question_open),
		cmocka_unit_test(card_capabilities_answer_it),
		cmocka_unit_test(what_a_reader_put_there_promises_nothing),
		cmocka_unit_test(a_short_reader_is_not_overruled_by_its_card),
		cmocka_unit_test(extended_length_information_sets_the_figures),
		cmocka_unit_test(figures_are_kept_within_reason),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
