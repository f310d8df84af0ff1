/*
 * hex.h - hex constants in the tests of the simulated chip
 */
#ifndef SIM_TEST_HEX_H
#define SIM_TEST_HEX_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "card/bytes.h"

/* Owned bytes of a hex constant; the caller frees them. */
static inline struct sim_bytes
unhex(const char *hex)
{
	struct sim_bytes bytes = SIM_BYTES_INIT;

	sim_put_hex(&bytes, hex);

	return bytes;
}

/* Fail the test unless got are the bytes that hex stands for. */
static inline void
assert_hex(struct sim_span got, const char *hex)
{
	struct sim_bytes wanted = unhex(hex);

	assert_int_equal(got.len, wanted.len);
	assert_memory_equal(got.ptr, wanted.ptr, wanted.len);
	sim_bytes_free(&wanted);
}

#endif /* SIM_TEST_HEX_H */
