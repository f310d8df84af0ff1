/*
 * files.h - wire data from files, for tests
 *
 * Tests run at the top of the tree. Data that is not in the tree is looked for
 * beside it and its tests are skipped by name where it is absent.
 */
#ifndef TESTS_UNIT_FILES_H
#define TESTS_UNIT_FILES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ck/buf.h"

#define SAMPLE "tests/wire/cccd-sample/"
#define BSI "../shared/data/bsi2008/"

/* The whole file; empty if it cannot be opened. Wipe with ck_buf_wipe(). */
static inline struct ck_buf
file_read(const char *path)
{
	struct ck_buf out = CK_BUF_INIT;
	FILE *file = fopen(path, "rbe");
	uint8_t block[4096];
	size_t len;

	while (file != NULL && (len = fread(block, 1, sizeof(block), file)) > 0)
		assert_int_equal(
		    ck_buf_append(&out, ck_span_of(block, len)), CK_OK);
	if (file != NULL)
		assert_int_equal(fclose(file), 0);

	return out;
}

/* As file_read(); the test fails if the file is absent. */
static inline struct ck_buf
file_must_read(const char *path)
{
	struct ck_buf out = file_read(path);

	if (out.len == 0)
		fail_msg("%s cannot be read", path);

	return out;
}

/* As file_read(); the test is skipped if the file is absent. */
static inline struct ck_buf
file_read_or_skip(const char *path)
{
	struct ck_buf out = file_read(path);

	if (out.len == 0) {
		print_message("%s is not here\n", path);
		skip();
	}

	return out;
}

/* Bytes from hexadecimal digits; white space between them is passed over. */
static inline struct ck_buf
from_hex(const char *hex)
{
	struct ck_buf out = CK_BUF_INIT;
	unsigned byte;
	int taken;

	while (sscanf(hex, " %2x%n", &byte, &taken) == 1) {
		assert_int_equal(ck_buf_push(&out, (uint8_t)byte), CK_OK);
		hex += taken;
	}

	return out;
}

/*
 * An allocation of exactly these bytes, so that the address sanitizer sees
 * the first step behind them. Free it with free().
 */
static inline uint8_t *
exact_copy(struct ck_span bytes)
{
	uint8_t *copy = malloc(bytes.len > 0 ? bytes.len : 1);

	assert_non_null(copy);
	if (bytes.len > 0)
		memcpy(copy, bytes.ptr, bytes.len);

	return copy;
}

/*
 * A parser under test, as a function of bytes alone. Every prefix of a good
 * file, and the file with one more byte, must be refused.
 */
static inline void
assert_only_whole(struct ck_span file, enum ck_err (*parse)(struct ck_span))
{
	uint8_t *longer;
	size_t len;

	assert_int_equal(parse(file), CK_OK);
	for (len = 0; len < file.len; len++) {
		uint8_t *copy = exact_copy(ck_span_of(file.ptr, len));

		assert_int_not_equal(parse(ck_span_of(copy, len)), CK_OK);
		free(copy);
	}
	longer = malloc(file.len + 1);
	assert_non_null(longer);
	memcpy(longer, file.ptr, file.len);
	longer[file.len] = 0;
	assert_int_not_equal(parse(ck_span_of(longer, file.len + 1)), CK_OK);
	free(longer);
}

/*
 * Every byte of a good file changed in a few ways: the result does not
 * matter, only that the parser stays within bounds.
 */
static inline void
survive_changes(struct ck_span file, enum ck_err (*parse)(struct ck_span))
{
	static const uint8_t masks[] = { 0x01, 0x20, 0x7F, 0x80, 0xFF };
	uint8_t *copy = exact_copy(file);
	size_t i, j;

	for (i = 0; i < file.len; i++) {
		for (j = 0; j < sizeof(masks); j++) {
			copy[i] ^= masks[j];
			if (parse(ck_span_of(copy, file.len)) == CK_OK)
				(void)j;
			copy[i] ^= masks[j];
		}
	}
	free(copy);
}

#endif /* TESTS_UNIT_FILES_H */
