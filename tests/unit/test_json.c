/*
 * test_json.c - what the JSON door lets in
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "io/json.h"

static void
objects_and_arrays_are_parsed(void **state)
{
	json_t *json = ck_json_parse(ck_span_str(
	    " {\"a\":\"Nguy\\u1ec5n\",\"b\":[1,{\"c\":null}]}\r\n"));

	(void)state;
	assert_non_null(json);
	assert_string_equal(ck_json_text(json, "a"), "Nguy\xe1\xbb\x85n");
	assert_string_equal(ck_json_text(json, "b"), "");
	assert_string_equal(ck_json_text(json, "none"), "");
	json_decref(json);
}

static void
defects_are_refused(void **state)
{
	static const char *const bad[] = {
		"", " ", "{", "{\"a\":1", "{\"a\":1,}", "{\"a\":1}x",
		"{\"a\":1}{}", "{\"a\":1,\"a\":2}", "{\"a\":\"\\u0000\"}",
		"{\"a\":\"\xc3\x28\"}", "{\"a\":\"\x01\"}", "\"text\"", "12",
		"null", "<html></html>", "{\"a\":\"", "{\"a\":\"\\"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_null(ck_json_parse(ck_span_str(bad[i])));
	/* A NUL byte does not end the text. */
	assert_null(ck_json_parse(ck_span_of("{}\0", 3)));
}

static void
deep_nesting_is_refused(void **state)
{
	char text[64];
	json_t *json;

	(void)state;
	memset(text, '[', 16);
	memset(text + 16, ']', 16);
	json = ck_json_parse(ck_span_of(text, 32));
	assert_non_null(json);
	json_decref(json);
	memset(text, '[', 17);
	memset(text + 17, ']', 17);
	assert_null(ck_json_parse(ck_span_of(text, 34)));

	/* Brackets in a string are only text. */
	json = ck_json_parse(
	    ck_span_str("[\"[[[[[[[[[[[[[[[[[[\\\"[[[[\"]"));
	assert_non_null(json);
	json_decref(json);
}

static void
copies_are_whole_or_empty(void **state)
{
	json_t *json = ck_json_parse(
	    ck_span_str("{\"s\":\"12345\",\"n\":5,\"z\":null}"));
	char out[6];

	(void)state;
	assert_non_null(json);
	assert_true(ck_json_copy(json, "s", out, 6));
	assert_string_equal(out, "12345");
	assert_false(ck_json_copy(json, "s", out, 5));
	assert_string_equal(out, "");
	assert_false(ck_json_copy(json, "n", out, 6));
	assert_true(ck_json_copy(json, "z", out, 6));
	assert_true(ck_json_copy(json, "absent", out, 6));
	assert_string_equal(out, "");
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_arrays_are_parsed),
		cmocka_unit_test(defects_are_refused),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(copies_are_whole_or_empty),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
