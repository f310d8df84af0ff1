/*
 * test_hex.c - bytes as digits and back: RFC 4648 §10 and hand-made defects
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "ck/hex.h"

static void
bytes_are_printed_low(void **state)
{
	static const uint8_t bytes[] = { 0x00, 0x0f, 0xa5, 0xff };
	char out[CK_HEX_LEN(sizeof(bytes))];

	(void)state;
	ck_hex_print(ck_span_of(bytes, sizeof(bytes)), out);
	assert_string_equal(out, "000fa5ff");
	ck_hex_print(CK_SPAN_EMPTY, out);
	assert_string_equal(out, "");
}

static void
digits_are_read_back(void **state)
{
	uint8_t out[6];

	(void)state;
	assert_true(ck_hex_read(ck_span_str("666f6f626172"), out, 6));
	assert_memory_equal(out, "foobar", 6);
	assert_true(ck_hex_read(CK_SPAN_EMPTY, out, 0));
}

static void
another_spelling_is_refused(void **state)
{
	static const char *const bad[] = { "", "6", "66", "666f6", "666f6f6",
		"666F", "66 f", "0x66", "66g0", "66\xc3\xa9", "666f\n", "/0:0",
		"`0g0" };
	uint8_t out[2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (ck_hex_read(ck_span_str(bad[i]), out, 2))
			fail_msg("taken: %s", bad[i]);
	assert_false(ck_hex_read(ck_span_of("66\0f", 4), out, 2));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_are_printed_low),
		cmocka_unit_test(digits_are_read_back),
		cmocka_unit_test(another_spelling_is_refused),
	};

	return cmocka_run_group_tests_name("hex", tests, NULL, NULL);
}
