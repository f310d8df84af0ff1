/*
 * test_xml0_read.c - check-in files as other programs write them, by hand
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkin/xml0_read.h"

#define MAX 4

#define BEFORE "<CHI_TIEU_TRANG_THAI_KCB><DSACH_TRANG_THAI_KCB>"
#define AFTER "</DSACH_TRANG_THAI_KCB><CHUKYDONVI/></CHI_TIEU_TRANG_THAI_KCB>"
#define VISIT(text) "<TRANG_THAI_KCB>" text "</TRANG_THAI_KCB>"
#define LK(text) "<MA_LK>" text "</MA_LK>"

static struct ck_notice visits[MAX];
static size_t count;

static enum ck_err
read_bytes(const void *bytes, size_t len)
{
	count = 99;

	return ck_xml0_read(ck_span_of(bytes, len), visits, MAX, &count);
}

static enum ck_err
read_text(const char *text)
{
	return read_bytes(text, strlen(text));
}

static int
wipe(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MAX; i++)
		ck_notice_wipe(&visits[i]);

	return 0;
}

static const char *
field(size_t visit, enum ck_notice_field which)
{
	return ck_notice_get(&visits[visit], which);
}

static void
a_file_is_read_whoever_wrote_it(void **state)
{
	static const char *const files[] = {
		BEFORE VISIT(LK("LK-1") "<HO_TEN>Lê Thị A &amp; B</HO_TEN>"
		    "<NGAY_VAO>202611230731</NGAY_VAO>") AFTER,
		"\xef\xbb\xbf<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
		    "<!-- by hand -->" BEFORE "\n  " VISIT("\n " LK(" LK-1 ")
		    "\n<HO_TEN><![CDATA[Lê Thị A & B]]></HO_TEN>"
		    "<NGAY_VAO> 202611230731\n</NGAY_VAO>") AFTER "\n",
		"<?xml version='1.0'?><CHI_TIEU_TRANG_THAI_KCB "
		    "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
		    "xmlns:xsd='http://www.w3.org/2001/XMLSchema'>"
		    "<DSACH_TRANG_THAI_KCB><TRANG_THAI_KCB><MA_LK>LK-1</MA_LK>"
		    "<NEW_ELEMENT>1</NEW_ELEMENT><HO_TEN>L&#234; Thị A &#38; B"
		    "</HO_TEN><HO_TEN>Second</HO_TEN><NGAY_VAO>202611230731"
		    "</NGAY_VAO></TRANG_THAI_KCB></DSACH_TRANG_THAI_KCB>"
		    "<CHUKYDONVI/></CHI_TIEU_TRANG_THAI_KCB>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		assert_int_equal(read_text(files[i]), CK_OK);
		assert_int_equal(count, 1);
		assert_string_equal(field(0, CK_FIELD_MA_LK), "LK-1");
		assert_string_equal(field(0, CK_FIELD_HO_TEN),
		    "Lê Thị A & B");
		assert_string_equal(field(0, CK_FIELD_NGAY_VAO),
		    "202611230731");
		assert_string_equal(field(0, CK_FIELD_SO_CCCD), "");
		(void)wipe(NULL);
	}
}

/* "<MA_LK>A</MA_LK>" in UTF-16 little endian, with its mark: some .NET do. */
static void
utf16_is_read_as_well(void **state)
{
	static const char text[] = BEFORE VISIT(LK("A")) AFTER;
	unsigned char wide[2 + 2 * sizeof(text)];
	size_t i;

	(void)state;
	wide[0] = 0xff;
	wide[1] = 0xfe;
	for (i = 0; i < sizeof(text) - 1; i++) {
		wide[2 + 2 * i] = (unsigned char)text[i];
		wide[3 + 2 * i] = 0;
	}
	assert_int_equal(read_bytes(wide, 2 + 2 * i), CK_OK);
	assert_int_equal(count, 1);
	assert_string_equal(field(0, CK_FIELD_MA_LK), "A");
}

static void
each_visit_with_a_number_counts(void **state)
{
	(void)state;
	assert_int_equal(read_text(BEFORE VISIT(LK("A")) VISIT(LK(""))
	    "<X/>" VISIT("<STT>1</STT>") VISIT(LK("B")) AFTER), CK_OK);
	assert_int_equal(count, 2);
	assert_string_equal(field(0, CK_FIELD_MA_LK), "A");
	assert_string_equal(field(1, CK_FIELD_MA_LK), "B");
	(void)wipe(NULL);
	assert_int_equal(read_text(BEFORE AFTER), CK_OK);
	assert_int_equal(count, 0);
	assert_int_equal(read_text(BEFORE VISIT(LK("A")) VISIT(LK("B"))
	    VISIT(LK("C")) VISIT(LK("D")) VISIT(LK("E")) AFTER),
	    CK_ERR_LIMIT);
	assert_int_equal(count, 0);
}

#define ENTITIES "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b " \
	"\"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY f SYSTEM " \
	"\"file:///etc/passwd\">]>"

static void
hostile_files_name_no_visit(void **state)
{
	static const char *const files[] = {
		"", " ", "x", "<", BEFORE, BEFORE VISIT(LK("A")),
		"<A/>", "<DSACH_TRANG_THAI_KCB>" VISIT(LK("A"))
		    "</DSACH_TRANG_THAI_KCB>",
		"<CHI_TIEU_TRANG_THAI_KCB><X/><DSACH_TRANG_THAI_KCB>"
		    VISIT(LK("A")) AFTER,
		ENTITIES BEFORE VISIT(LK("A")) AFTER,
		ENTITIES BEFORE VISIT(LK("&b;")) AFTER,
		ENTITIES BEFORE VISIT(LK("&f;")) AFTER,
		"<!DOCTYPE x>" BEFORE VISIT(LK("A")) AFTER,
		BEFORE VISIT(LK("A")) AFTER "<x/>",
		BEFORE VISIT(LK("\xff")) AFTER,
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (read_text(files[i]) != CK_ERR_FILE_MALFORMED ||
		    count != 0)
			fail_msg("taken: %s", files[i]);
	}
	/* An element with others inside is no text, and no MA_LK. */
	assert_int_equal(read_text(BEFORE VISIT("<MA_LK><A>1</A></MA_LK>")
	    AFTER), CK_OK);
	assert_int_equal(count, 0);
}

/* Deeper than any reader follows, and longer than any value. */
static void
deep_and_long_files_end(void **state)
{
	struct ck_buf file = CK_BUF_INIT;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++)
		assert_int_equal(ck_buf_append(&file, ck_span_str("<a>")),
		    CK_OK);
	assert_int_equal(ck_xml0_read(ck_buf_view(&file), visits, MAX,
	    &count), CK_ERR_FILE_MALFORMED);
	file.len = 0;
	assert_int_equal(ck_buf_append(&file, ck_span_str(BEFORE
	    "<TRANG_THAI_KCB><MA_LK>A</MA_LK><HO_TEN>")), CK_OK);
	for (i = 0; i < 100000; i++)
		assert_int_equal(ck_buf_push(&file, 'x'), CK_OK);
	assert_int_equal(ck_buf_append(&file, ck_span_str(
	    "</HO_TEN></TRANG_THAI_KCB>" AFTER)), CK_OK);
	assert_int_equal(ck_xml0_read(ck_buf_view(&file), visits, MAX,
	    &count), CK_OK);
	assert_int_equal(count, 1);
	assert_string_equal(field(0, CK_FIELD_HO_TEN), "");
	ck_buf_wipe(&file);
}

#define CASE(fn) cmocka_unit_test_teardown(fn, wipe)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_file_is_read_whoever_wrote_it),
		CASE(utf16_is_read_as_well),
		CASE(each_visit_with_a_number_counts),
		CASE(hostile_files_name_no_visit),
		CASE(deep_and_long_files_end),
	};

	return cmocka_run_group_tests_name("xml0_read", tests, NULL, NULL);
}
