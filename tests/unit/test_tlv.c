/*
 * test_tlv.c - data objects as cards send them, whole, cut and malformed
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "card/tlv.h"

#define SPAN(array) ck_span_of((array), sizeof(array))

/* EF.COM of ICAO 9303-11 Appendix D.4, 22 bytes. */
static const uint8_t ef_com[] = {
	0x60, 0x14, 0x5f, 0x01, 0x04, 0x30, 0x31, 0x30, 0x36, 0x5f, 0x36,
	0x06, 0x30, 0x34, 0x30, 0x30, 0x30, 0x30, 0x5c, 0x02, 0x61, 0x75
};

static void
an_ef_com_is_walked(void **state)
{
	struct ck_cursor cur = ck_cursor_of(SPAN(ef_com)), inner;
	struct ck_span value;
	uint32_t tag;

	(void)state;
	assert_true(ck_tlv_enter(&cur, 0x60, &inner));
	assert_true(ck_cursor_at_end(&cur));
	assert_true(ck_tlv_peek(&inner, &tag));
	assert_int_equal(tag, 0x5f01);
	assert_false(ck_tlv_expect(&inner, 0x5f36, &value));
	assert_true(ck_tlv_expect(&inner, 0x5f01, &value));
	assert_true(ck_span_equal(value, ck_span_str("0106")));
	assert_true(ck_tlv_expect(&inner, 0x5f36, &value));
	assert_true(ck_tlv_expect(&inner, 0x5c, &value));
	assert_memory_equal(value.ptr, "\x61\x75", 2);
	assert_true(ck_cursor_at_end(&inner));
	assert_false(ck_tlv_peek(&inner, &tag));
}

static void
one_object_is_found_among_others(void **state)
{
	struct ck_span inner, value;

	(void)state;
	assert_true(ck_tlv_only(SPAN(ef_com), 0x60, &inner));
	assert_true(ck_tlv_find(inner, 0x5c, &value));
	assert_int_equal(value.len, 2);
	assert_false(ck_tlv_find(inner, 0x61, &value));
	assert_false(ck_tlv_only(SPAN(ef_com), 0x61, &value));
}

static void
a_cut_object_is_refused_at_every_length(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(ef_com); len++) {
		struct ck_cursor cur =
		    ck_cursor_of(ck_span_of(ef_com, len));
		struct ck_tlv object;

		assert_false(ck_tlv_next(&cur, &object));
		assert_int_equal(cur.rest.len, len);
	}
}

static void
lengths_of_every_form_are_read(void **state)
{
	static const struct {
		uint8_t bytes[8];
		size_t len, total;
	} rows[] = {
		{ { 0x04, 0x00 }, 2, 2 },
		{ { 0x04, 0x7f }, 2, 129 },
		{ { 0x04, 0x81, 0x80 }, 3, 131 },
		{ { 0x75, 0x82, 0x3a, 0x98 }, 4, 15004 },
		{ { 0x7f, 0x61, 0x83, 0x01, 0x00, 0x00 }, 6, 65542 },
		{ { 0x5f, 0x2e, 0x84, 0x00, 0x01, 0x00, 0x00 }, 7, 65543 },
		{ { 0x9f, 0x8f, 0x7f, 0x01 }, 4, 5 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t total, cut;
		uint32_t tag;

		assert_true(ck_tlv_header(
		    ck_span_of(rows[i].bytes, rows[i].len), &tag, &total));
		assert_int_equal(total, rows[i].total);
		for (cut = 0; cut < rows[i].len; cut++)
			assert_false(ck_tlv_header(
			    ck_span_of(rows[i].bytes, cut), &tag, &total));
	}
}

static void
forms_outside_the_limits_are_refused(void **state)
{
	static const uint8_t bad[][10] = {
		{ 0x00, 0x00 },				/* padding */
		{ 0x30, 0x80, 0x00, 0x00 },		/* indefinite */
		{ 0x30, 0x85, 0, 0, 0, 0, 1, 0 },	/* 5 length bytes */
		{ 0x30, 0xff },
		{ 0x1f, 0x81, 0x81, 0x01, 0x00 },	/* 4 tag bytes */
		{ 0x30, 0x84, 0xff, 0xff, 0xff, 0xff },	/* beyond the span */
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct ck_cursor cur = ck_cursor_of(SPAN(bad[i]));
		struct ck_tlv object;

		assert_false(ck_tlv_next(&cur, &object));
	}
}

static void
trailing_bytes_are_noticed(void **state)
{
	static const uint8_t bytes[] = { 0x04, 0x01, 0xaa, 0x00 };
	struct ck_span value;

	(void)state;
	assert_false(ck_tlv_only(SPAN(bytes), 0x04, &value));
	assert_true(ck_tlv_only(ck_span_of(bytes, 3), 0x04, &value));
}

static void
objects_are_written_in_the_shortest_form(void **state)
{
	static const uint8_t zeros[256];
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_tlv_append(&out, 0x7f49,
	    ck_span_of(zeros, 127)), CK_OK);
	assert_memory_equal(out.ptr, "\x7f\x49\x7f", 3);
	assert_int_equal(out.len, 130);
	ck_buf_wipe(&out);
	assert_int_equal(ck_tlv_append(&out, 0x87,
	    ck_span_of(zeros, 128)), CK_OK);
	assert_memory_equal(out.ptr, "\x87\x81\x80\x00", 4);
	ck_buf_wipe(&out);
	assert_int_equal(ck_tlv_append(&out, 0x87, SPAN(zeros)), CK_OK);
	assert_memory_equal(out.ptr, "\x87\x82\x01\x00\x00", 5);
	assert_int_equal(ck_tlv_append(&out, 0x87,
	    ck_span_of(zeros, 65536)), CK_ERR_LIMIT);
	ck_buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_ef_com_is_walked),
		cmocka_unit_test(one_object_is_found_among_others),
		cmocka_unit_test(a_cut_object_is_refused_at_every_length),
		cmocka_unit_test(lengths_of_every_form_are_read),
		cmocka_unit_test(forms_outside_the_limits_are_refused),
		cmocka_unit_test(trailing_bytes_are_noticed),
		cmocka_unit_test(objects_are_written_in_the_shortest_form),
	};

	return cmocka_run_group_tests_name("tlv", tests, NULL, NULL);
}
