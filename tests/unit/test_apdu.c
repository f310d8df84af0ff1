/*
 * test_apdu.c - the four cases of a command, short and extended
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card/apdu.h"
#include "vectors.h"

static const uint8_t zeros[65536];

static void
assert_encoded(struct ck_apdu apdu, bool extended, const char *hex)
{
	struct ck_buf out = CK_BUF_INIT;

	assert_int_equal(ck_apdu_encode(&apdu, extended, &out), CK_OK);
	assert_span_hex(ck_buf_view(&out), hex);
	ck_buf_wipe(&out);
}

static void
short_cases_have_one_byte_lengths(void **state)
{
	struct ck_apdu apdu = { 0x00, 0xa4, 0x02, 0x0c, CK_SPAN_EMPTY, 0 };

	(void)state;
	assert_encoded(apdu, false, "00A4020C");
	apdu.le = 1;
	assert_encoded(apdu, false, "00A4020C01");
	apdu.le = 256;
	assert_encoded(apdu, false, "00A4020C00");
	apdu.data = ck_span_of("\x01\x1e", 2);
	assert_encoded(apdu, false, "00A4020C02011E00");
	apdu.le = 0;
	assert_encoded(apdu, false, "00A4020C02011E");
}

static void
extended_cases_have_two_byte_lengths(void **state)
{
	struct ck_apdu apdu = { 0x00, 0xb0, 0x81, 0x00, CK_SPAN_EMPTY, 512 };

	(void)state;
	assert_encoded(apdu, true, "00B08100000200");
	apdu.le = 65536;
	assert_encoded(apdu, true, "00B08100000000");
	apdu.data = ck_span_of("\x54\x01\x00", 3);
	assert_encoded(apdu, true, "00B081000000035401000000");
	apdu.le = 0;
	assert_encoded(apdu, true, "00B08100000003540100");
}

static void
lengths_beyond_the_form_are_refused(void **state)
{
	struct ck_apdu apdu = { 0x00, 0xb0, 0x00, 0x00, CK_SPAN_EMPTY, 257 };
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_apdu_encode(&apdu, false, &out), CK_ERR_LIMIT);
	apdu.le = 65537;
	assert_int_equal(ck_apdu_encode(&apdu, true, &out), CK_ERR_LIMIT);
	apdu.le = 0;
	apdu.data = ck_span_of(zeros, 256);
	assert_int_equal(ck_apdu_encode(&apdu, false, &out), CK_ERR_LIMIT);
	assert_int_equal(ck_apdu_encode(&apdu, true, &out), CK_OK);
	assert_int_equal(out.len, 4 + 3 + 256);
	apdu.data = ck_span_of(zeros, 65536);
	assert_int_equal(ck_apdu_encode(&apdu, true, &out), CK_ERR_LIMIT);
	assert_int_equal(out.len, 0);
	ck_buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(short_cases_have_one_byte_lengths),
		cmocka_unit_test(extended_cases_have_two_byte_lengths),
		cmocka_unit_test(lengths_beyond_the_form_are_refused),
	};

	return cmocka_run_group_tests_name("apdu", tests, NULL, NULL);
}
