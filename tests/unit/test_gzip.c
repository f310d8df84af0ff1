/*
 * test_gzip.c - against bytes of the gzip program, and hostile ones
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/gzip.h"

/* printf 'ben tre' | gzip -n | xxd -i */
static const uint8_t packed[] = {
	0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x4b,
	0x4a, 0xcd, 0x53, 0x28, 0x29, 0x4a, 0x05, 0x00, 0x66, 0x34, 0x65,
	0x2c, 0x07, 0x00, 0x00, 0x00
};

static void
what_gzip_packed_is_unpacked(void **state)
{
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_buf_append(&out, ck_span_str("> ")), CK_OK);
	assert_int_equal(ck_gzip_unpack(ck_span_of(packed, sizeof(packed)), 7,
	    &out), CK_OK);
	assert_int_equal(out.len, 9);
	assert_memory_equal(out.ptr, "> ben tre", 9);
	ck_buf_wipe(&out);
}

static void
damage_and_excess_are_refused(void **state)
{
	uint8_t bytes[sizeof(packed) + 1] = { 0 };
	struct ck_buf out = CK_BUF_INIT;
	size_t i;

	(void)state;
	assert_int_equal(ck_gzip_unpack(ck_span_of(packed, sizeof(packed)), 6,
	    &out), CK_ERR_LIMIT);
	assert_int_equal(out.len, 6);
	for (i = 0; i < sizeof(packed); i++) {
		ck_buf_wipe(&out);
		assert_int_equal(ck_gzip_unpack(ck_span_of(packed, i), 100,
		    &out), CK_ERR_REQUEST);
	}
	memcpy(bytes, packed, sizeof(packed));
	ck_buf_wipe(&out);
	assert_int_equal(ck_gzip_unpack(ck_span_of(bytes, sizeof(bytes)), 100,
	    &out), CK_ERR_REQUEST);	/* one byte behind it */
	bytes[19] ^= 1;		/* its checksum */
	ck_buf_wipe(&out);
	assert_int_equal(ck_gzip_unpack(ck_span_of(bytes, sizeof(packed)),
	    100, &out), CK_ERR_REQUEST);
	ck_buf_wipe(&out);
}

/* The gzip program reads what we pack; a bomb of zeros stays within max. */
static void
what_we_pack_gzip_unpacks(void **state)
{
	static uint8_t zeros[1 << 20];
	struct ck_buf bytes = CK_BUF_INIT, out = CK_BUF_INIT;
	FILE *pipe;

	(void)state;
	assert_int_equal(ck_gzip_pack(ck_span_of(zeros, sizeof(zeros)),
	    &bytes), CK_OK);
	assert_true(bytes.len < 2000);
	pipe = popen("gzip -dc | tr '\\000' x | tr -cd x | wc -c | "
	    "grep -qx 1048576", "w");
	assert_non_null(pipe);
	assert_int_equal(fwrite(bytes.ptr, 1, bytes.len, pipe), bytes.len);
	assert_int_equal(pclose(pipe), 0);
	assert_int_equal(ck_gzip_unpack(ck_buf_view(&bytes), 5000, &out),
	    CK_ERR_LIMIT);
	assert_int_equal(out.len, 5000);
	ck_buf_wipe(&bytes);
	ck_buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_gzip_packed_is_unpacked),
		cmocka_unit_test(damage_and_excess_are_refused),
		cmocka_unit_test(what_we_pack_gzip_unpacks),
	};

	return cmocka_run_group_tests_name("gzip", tests, NULL, NULL);
}
