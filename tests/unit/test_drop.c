/*
 * test_drop.c - XML that hospital software writes, and XML that it should not
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "drop/xml.h"

static void
elements_become_members(void **state)
{
	json_t *json = ck_drop_xml_read(ck_span_str(
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- x -->"
	    "<lookup>\n <number>084190123456</number><!-- y -->\n"
	    " <full_name>Nguyễn &amp; <![CDATA[Mẫu]]></full_name>\n"
	    "</lookup>\n"));

	(void)state;
	assert_non_null(json);
	assert_int_equal(json_object_size(json), 2);
	assert_string_equal(ck_json_text(json, "number"), "084190123456");
	assert_string_equal(ck_json_text(json, "full_name"), "Nguyễn & Mẫu");
	json_decref(json);
}

static void
hostile_documents_are_refused(void **state)
{
	static const char *const files[] = {
		"", "x", "<lookup>", "<other/>", "<lookup/><lookup/>",
		"<lookup>words</lookup>", "<lookup><a x=\"1\">1</a></lookup>",
		"<lookup><a><b>1</b></a></lookup>",
		"<lookup><a>1</a><a>2</a></lookup>",
		"<!DOCTYPE lookup><lookup><a>1</a></lookup>",
		"<!DOCTYPE l [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>"
		    "<lookup><a>&b;</a></lookup>",
		"<!DOCTYPE l [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>"
		    "<lookup><a>&a;</a></lookup>",
		"<lookup><a>&undefined;</a></lookup>",
		"<lookup xmlns:xi=\"http://www.w3.org/2001/XInclude\">"
		    "<xi:include href=\"/etc/passwd\" parse=\"text\"/></lookup>",
		"<lookup><?run me?></lookup>",
		"<lookup><a>\xff</a></lookup>",
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (ck_drop_xml_read(ck_span_str(files[i])) != NULL)
			fail_msg("taken: %s", files[i]);
	}
}

static void
answers_are_escaped(void **state)
{
	json_t *json = json_pack("{s:s, s:n, s:{s:i}}", "note", "a<b>&c",
	    "none", "card", "level", 4);
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	assert_int_equal(ck_drop_xml_write(&out, json), CK_OK);
	assert_int_equal(ck_buf_push(&out, '\0'), CK_OK);
	assert_string_equal((const char *)out.ptr,
	    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<answer>\n"
	    "  <note>a&lt;b&gt;&amp;c</note>\n  <none/>\n  <card>\n"
	    "    <level>4</level>\n  </card>\n</answer>\n");
	ck_buf_wipe(&out);
	json_decref(json);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(elements_become_members),
		cmocka_unit_test(hostile_documents_are_refused),
		cmocka_unit_test(answers_are_escaped),
	};

	return cmocka_run_group_tests_name("drop", tests, NULL, NULL);
}
