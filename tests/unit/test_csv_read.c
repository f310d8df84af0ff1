/*
 * test_csv_read.c - rows as RFC 4180 has them, and as office programs do
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "io/csv_read.h"

/* The rows of text, joined: fields by "|", rows by "/", a broken one "!". */
static const char *
rows_of(const char *text, size_t len)
{
	static char out[4096];
	struct ck_csv_row *row = malloc(sizeof(*row));
	/* A copy of exact size: a byte too far is seen by the sanitizer. */
	char *exact = malloc(len == 0 ? 1 : len);
	struct ck_csv csv;
	enum ck_csv_end end;
	size_t i;

	assert_non_null(row);
	assert_non_null(exact);
	memcpy(exact, text, len);
	out[0] = '\0';
	ck_csv_init(&csv, ck_span_of(exact, len));
	while ((end = ck_csv_next(&csv, row)) != CK_CSV_END) {
		char *at = out + strlen(out);

		at += sprintf(at, "%zu:", row->line);
		if (end == CK_CSV_BROKEN)
			at += sprintf(at, "!");
		for (i = 0; i < row->count; i++)
			at += sprintf(at, "%.*s|", (int)row->fields[i].len,
			    row->fields[i].ptr);
		(void)sprintf(at, "/");
	}
	free(exact);
	free(row);

	return out;
}

static void
assert_rows(const char *text, const char *expected)
{
	assert_string_equal(rows_of(text, strlen(text)), expected);
}

static void
rows_and_fields(void **state)
{
	(void)state;
	assert_rows("a,b\r\nc,d\r\n", "1:a|b|/2:c|d|/");
	assert_rows("a,b\nc,", "1:a|b|/2:c||/");
	assert_rows("a\rb\r", "1:a|/2:b|/");
	assert_rows(",\n", "1:||/");
	assert_rows("", "");
	assert_rows("\r\n\n a \n\nb", "3: a |/5:b|/");
}

static void
quoted_fields(void **state)
{
	(void)state;
	assert_rows("\"a,b\",\"c\"\"d\"\n", "1:a,b|c\"d|/");
	assert_rows("\"\",x\n", "1:|x|/");
	assert_rows("\"two\r\nlines\",x\ny,z", "1:two\nlines|x|/3:y|z|/");
}

static void
the_separator_is_that_of_the_first_line(void **state)
{
	(void)state;
	assert_rows("a;b,c;d\n1,5;2;3\n", "1:a|b,c|d|/2:1,5|2|3|/");
	assert_rows("\"a;b;c\",d\n", "1:a;b;c|d|/");
}

static void
a_byte_order_mark_is_no_text(void **state)
{
	(void)state;
	assert_rows("\xef\xbb\xbf" "a,b\n", "1:a|b|/");
	assert_rows("\xef\xbb\xbf", "");
	assert_rows("a\xef\xbb\xbf\n", "1:a\xef\xbb\xbf|/");
}

static void
behind_a_broken_row_the_next_is_read(void **state)
{
	(void)state;
	assert_rows("a,\"b\"c\nd,e\n", "1:!/2:d|e|/");
	assert_rows("a,b\"c\nd,e\n", "1:!/2:d|e|/");
	assert_rows("a,\"never closed\nd,e\nf,g\n", "1:!/2:d|e|/3:f|g|/");
	assert_rows("x\n\"", "1:x|/2:!/");
}

/* How a row of len bytes ends, and the row behind it. */
static void
assert_long(size_t len, const char *filler, enum ck_csv_end expected)
{
	static char text[CK_CSV_ROW_MAX + 64];
	struct ck_csv_row *row = malloc(sizeof(*row));
	struct ck_csv csv;

	assert_non_null(row);
	memset(text, filler[0], len);
	memcpy(text + len, "\nb\n", 3);
	ck_csv_init(&csv, ck_span_of(text, len + 3));
	assert_int_equal(ck_csv_next(&csv, row), expected);
	assert_int_equal(row->line, 1);
	assert_int_equal(ck_csv_next(&csv, row), CK_CSV_ROW);
	assert_int_equal(row->line, 2);
	assert_memory_equal(row->fields[0].ptr, "b", 1);
	assert_int_equal(ck_csv_next(&csv, row), CK_CSV_END);
	free(row);
}

static void
limits_end_a_row_and_not_the_file(void **state)
{
	(void)state;
	assert_long(CK_CSV_ROW_MAX, "x", CK_CSV_ROW);
	assert_long(CK_CSV_ROW_MAX + 1, "x", CK_CSV_BROKEN);
	assert_long(CK_CSV_FIELDS_MAX - 1, ",", CK_CSV_ROW);
	assert_long(CK_CSV_FIELDS_MAX, ",", CK_CSV_BROKEN);
}

static void
bytes_of_any_kind_are_only_bytes(void **state)
{
	(void)state;
	assert_rows("\xff\xfe,\x80\n", "1:\xff\xfe|\x80|/");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_and_fields),
		cmocka_unit_test(quoted_fields),
		cmocka_unit_test(the_separator_is_that_of_the_first_line),
		cmocka_unit_test(a_byte_order_mark_is_no_text),
		cmocka_unit_test(behind_a_broken_row_the_next_is_read),
		cmocka_unit_test(limits_end_a_row_and_not_the_file),
		cmocka_unit_test(bytes_of_any_kind_are_only_bytes)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
