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
#include "io/json_text.h"

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

/* The bytes are those of RFC 8259 §7, written by hand. */
static void
text_is_written_as_the_standard_has_it(void **state)
{
	static const char expected[] = "{\"a\":\"x\",\"none\":null,"
	    "\"in\":{\"n\":-9223372036854775808,\"empty\":{}},"
	    "\"esc\":\"q\\\"b\\\\/\\b\\f\\n\\r\\t\\u0001\\u001F\x7f\","
	    "\"vi\":\"Nguy\xe1\xbb\x85n\"}";
	struct ck_buf out = CK_BUF_INIT;
	struct ck_json_text json = ck_json_text_begin(&out);

	(void)state;
	ck_json_put(&json, "a", "x");
	ck_json_put(&json, "none", "");
	ck_json_text_open(&json, "in");
	ck_json_put_int(&json, "n", INT64_MIN);
	ck_json_text_open(&json, "empty");
	ck_json_text_close(&json);
	ck_json_text_close(&json);
	ck_json_put(&json, "esc", "q\"b\\/\b\f\n\r\t\x01\x1f\x7f");
	ck_json_put(&json, "vi", "Nguy\xe1\xbb\x85n");
	assert_int_equal(ck_json_text_end(&json), CK_OK);
	assert_int_equal(out.len, sizeof(expected) - 1);
	assert_memory_equal(out.ptr, expected, out.len);
	ck_buf_wipe(&out);
}

/* Whatever a text holds, jansson reads the same back, or it was refused. */
static void
every_byte_survives_or_is_refused(void **state)
{
	struct ck_buf out = CK_BUF_INIT;
	char text[3] = "a";
	unsigned c;

	(void)state;
	for (c = 1; c < 256; c++) {
		struct ck_json_text json;
		enum ck_err err;
		json_t *read;

		text[1] = (char)c;
		out.len = 0;
		json = ck_json_text_begin(&out);
		ck_json_put(&json, "t", text);
		err = ck_json_text_end(&json);
		assert_int_equal(err, c < 0x80 ? CK_OK :
		    CK_ERR_FILE_MALFORMED);
		if (err != CK_OK)
			continue;
		assert_non_null(read = ck_json_parse(ck_buf_view(&out)));
		assert_string_equal(ck_json_text(read, "t"), text);
		json_decref(read);
	}
	ck_buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_and_arrays_are_parsed),
		cmocka_unit_test(defects_are_refused),
		cmocka_unit_test(deep_nesting_is_refused),
		cmocka_unit_test(copies_are_whole_or_empty),
		cmocka_unit_test(text_is_written_as_the_standard_has_it),
		cmocka_unit_test(every_byte_survives_or_is_refused),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
