/*
 * vectors.h - bytes from hexadecimal text and from tests/wire, for tests
 */
#ifndef TESTS_UNIT_VECTORS_H
#define TESTS_UNIT_VECTORS_H

#include <jansson.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <setjmp.h>
#include <cmocka.h>

#include "ck/buf.h"

/* Append the bytes that hex spells, in either case. */
static inline void
hex_append(struct ck_buf *buf, const char *hex)
{
	unsigned byte;

	for (; hex[0] != '\0'; hex += 2) {
		assert_int_equal(sscanf(hex, "%2x", &byte), 1);
		assert_int_equal(ck_buf_push(buf, (uint8_t)byte), CK_OK);
	}
}

/* True when view holds exactly the bytes that hex spells. */
static inline void
assert_span_hex(struct ck_span view, const char *hex)
{
	struct ck_buf want = CK_BUF_INIT;

	hex_append(&want, hex);
	assert_int_equal(view.len, want.len);
	if (want.len > 0)
		assert_memory_equal(view.ptr, want.ptr, want.len);
	ck_buf_wipe(&want);
}

/* The worked examples of ICAO 9303-11; free with json_decref(). */
static inline json_t *
icao_vectors(void)
{
	json_t *root = json_load_file("tests/wire/icao9303-vectors.json", 0,
	    NULL);

	assert_non_null(root);

	return root;
}

/* The text at group / name, borrowed from root. */
static inline const char *
vector_text(const json_t *root, const char *group, const char *name)
{
	const char *text = json_string_value(json_object_get(
	    json_object_get(root, group), name));

	assert_non_null(text);

	return text;
}

#endif /* TESTS_UNIT_VECTORS_H */
