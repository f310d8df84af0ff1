/*
 * test_kind.c - what kind of card it is, by its ATR and by what it answers
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card/kind.h"
#include "scripted_card.h"

#define SELECT_LDS1 "00A4040C07A0000002471001"
#define SELECT_PPSE "00A404000E325041592E5359532E444446303100"
#define SELECT_PSE "00A404000E315041592E5359532E444446303100"
#define GET_VERSION "9060000000"

static enum ck_card_kind
kind_of(const char *atr)
{
	struct ck_buf bytes = CK_BUF_INIT;
	enum ck_card_kind kind;

	hex_append(&bytes, atr);
	kind = ck_kind_of_atr(ck_buf_view(&bytes));
	ck_buf_wipe(&bytes);

	return kind;
}

/* ATRs as PC/SC part 3 and the makers' data sheets print them. */
static void
an_atr_tells_the_kind_of_card(void **state)
{
	(void)state;
	assert_int_equal(kind_of(""), CK_CARD_NONE);
	assert_int_equal(kind_of("3B"), CK_CARD_NONE);
	assert_int_equal(kind_of("3B80800101"), CK_CARD_CONTACTLESS);
	assert_int_equal(kind_of("3B8180018080"), CK_CARD_CONTACTLESS);
	assert_int_equal(
	    kind_of("3B8F8001804F0CA000000306030001000000006A"),
	    CK_CARD_STORAGE);
	assert_int_equal(
	    kind_of("3B8F8001804F0CA0000003060300030000000068"),
	    CK_CARD_STORAGE);
	assert_int_equal(kind_of("3B6500002063CB6800"), CK_CARD_CONTACT);
	assert_int_equal(kind_of("3BF51100001001"), CK_CARD_CONTACT);
	/* cut: no pseudo-ATR any more */
	assert_int_equal(kind_of("3B8F80"), CK_CARD_CONTACT);
	assert_int_equal(kind_of("3B8F8001804F"), CK_CARD_CONTACT);
}

static void
assert_probe(const char *atr, const struct scripted_row *rows, size_t count,
    enum ck_card_kind kind)
{
	struct scripted_card card;

	scripted_card_init(&card, rows, count, atr);
	assert_int_equal(ck_kind_probe(&card.transport), kind);
	scripted_card_done(&card);
}

static void
one_question_after_the_other_tells_the_rest(void **state)
{
	static const struct scripted_row document[] = {
		{ SELECT_LDS1, "9000" }
	};
	static const struct scripted_row contactless_bank[] = {
		{ SELECT_LDS1, "6A82" },
		{ SELECT_PPSE, "6F10840E325041592E5359532E44444630319000" }
	};
	static const struct scripted_row contact_bank[] = {
		{ SELECT_LDS1, "6A82" }, { SELECT_PPSE, "6A82" },
		{ SELECT_PSE, "611C" }
	};
	static const struct scripted_row transit[] = {
		{ SELECT_LDS1, "6D00" }, { SELECT_PPSE, "6D00" },
		{ SELECT_PSE, "917E" }, { GET_VERSION, "0401010100160591AF" }
	};
	static const struct scripted_row unknown[] = {
		{ SELECT_LDS1, "6A82" }, { SELECT_PPSE, "6A82" },
		{ SELECT_PSE, "6A82" }, { GET_VERSION, "6E00" }
	};

	(void)state;
	assert_probe(ATR_SILENT, document, 1, CK_CARD_DOCUMENT);
	assert_probe(ATR_SILENT, contactless_bank, 2, CK_CARD_BANK);
	assert_probe("3B6500002063CB6800", contact_bank, 3, CK_CARD_BANK);
	assert_probe(ATR_SILENT, transit, 4, CK_CARD_TRANSIT);
	assert_probe(ATR_SILENT, unknown, 4, CK_CARD_CONTACTLESS);
	assert_probe("3B6500002063CB6800", unknown, 4, CK_CARD_CONTACT);
}

/* A card that leaves or answers nonsense ends the asking. */
static void
asking_is_bounded_and_survives_the_card(void **state)
{
	static const struct scripted_row gone[] = {
		{ SELECT_LDS1, "6A82" }, { SELECT_PPSE, NULL }
	};
	static const struct scripted_row nonsense[] = {
		{ SELECT_LDS1, "" }, { SELECT_PPSE, "91" },
		{ SELECT_PSE, "0000000000000000" }, { GET_VERSION, "FFFF" }
	};

	(void)state;
	assert_probe(ATR_SILENT, gone, 2, CK_CARD_CONTACTLESS);
	assert_probe(ATR_SILENT, nonsense, 4, CK_CARD_CONTACTLESS);
	/* a storage card takes no commands: none is sent */
	assert_probe("3B8F8001804F0CA000000306030001000000006A", NULL, 0,
	    CK_CARD_STORAGE);
}

static void
each_error_has_its_hint(void **state)
{
	(void)state;
	assert_int_equal(ck_hint_for(CK_ERR_CARD_UNSUPPORTED, CK_CARD_BANK),
	    CK_HINT_BANK);
	assert_int_equal(ck_hint_for(CK_ERR_CARD_UNSUPPORTED,
	    CK_CARD_STORAGE), CK_HINT_TRANSIT);
	assert_int_equal(ck_hint_for(CK_ERR_CARD_UNSUPPORTED,
	    CK_CARD_CONTACTLESS), CK_HINT_OTHER_CARD);
	assert_int_equal(ck_hint_for(CK_ERR_CARD_GONE, CK_CARD_NONE),
	    CK_HINT_LEAVE);
	assert_int_equal(ck_hint_for(CK_ERR_CARD_TIMEOUT, CK_CARD_BANK),
	    CK_HINT_SLEEVE);
	assert_int_equal(ck_hint_for(CK_OK, CK_CARD_NONE), CK_HINT_NONE);
	assert_int_equal(ck_hint_for(CK_ERR_TRUST_HASH, CK_CARD_NONE),
	    CK_HINT_NONE);
	assert_string_equal(ck_hint_label(CK_HINT_NONE), "");
	assert_string_equal(ck_hint_label((enum ck_hint)99), "");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_atr_tells_the_kind_of_card),
		cmocka_unit_test(one_question_after_the_other_tells_the_rest),
		cmocka_unit_test(asking_is_bounded_and_survives_the_card),
		cmocka_unit_test(each_error_has_its_hint),
	};

	return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
