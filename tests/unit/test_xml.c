/*
 * test_xml.c - nothing that stood in a document stays behind it
 *
 * explicit_bzero() is ours here: it looks at what it is about to wipe.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libxml/xmlmemory.h>

#include <cmocka.h>

#include "io/xml.h"

#define SECRET "NGUYỄN VĂN MẪU"

static unsigned wiped;			/* blocks with SECRET in them */

/* The compiler knows that explicit_bzero() does not read: behind its back. */
static bool
holds_secret(const void *block, size_t len)
{
	const void *volatile at = block;

	return memmem(at, len, SECRET, strlen(SECRET)) != NULL;
}

void
explicit_bzero(void *ptr, size_t len)
{
	volatile unsigned char *byte = ptr;

	wiped += holds_secret(ptr, len);
	while (len-- > 0)
		*byte++ = 0;
}

static void
what_a_tree_held_is_wiped(void **state)
{
	static const char text[] =
	    "<lookup><full_name>" SECRET "</full_name></lookup>";
	xmlDoc *document = ck_xml_parse(ck_span_str(text));
	unsigned before;

	(void)state;
	assert_non_null(document);
	before = wiped;
	xmlFreeDoc(document);
	assert_true(wiped > before);
}

/* No Japanese, whatever it says. */
static void *
parse_what_no_converter_takes(void *ctx)
{
	static const char text[] =
	    "<?xml version=\"1.0\" encoding=\"ISO-2022-JP\"?>"
	    "<lookup><full_name>" SECRET "</full_name></lookup>";

	(void)ctx;
	assert_null(ck_xml_parse(ck_span_str(text)));

	return NULL;
}

static void
what_is_wrong_is_told_to_nobody(void **state)
{
	int kept = dup(STDERR_FILENO), ends[2];
	pthread_t thread;
	char told[256];

	(void)state;
	assert_true(kept >= 0);
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	(void)fflush(stderr);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	(void)parse_what_no_converter_takes(NULL);
	assert_int_equal(pthread_create(&thread, NULL,
	    parse_what_no_converter_takes, NULL), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	(void)fflush(stderr);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	assert_int_equal(read(ends[0], told, sizeof(told)), -1);
	assert_int_equal(errno, EAGAIN);
	(void)close(ends[0]);
	(void)close(ends[1]);
	(void)close(kept);
}

static void
what_is_built_and_printed_is_wiped(void **state)
{
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root;
	xmlChar *printed = NULL;
	unsigned before;
	int len = 0;

	(void)state;
	assert_non_null(document);
	root = xmlNewDocNode(document, NULL, (const xmlChar *)"a", NULL);
	assert_non_null(root);
	(void)xmlDocSetRootElement(document, root);
	assert_non_null(xmlNewTextChild(root, NULL, (const xmlChar *)"b",
	    (const xmlChar *)SECRET));
	xmlDocDumpFormatMemoryEnc(document, &printed, &len, "UTF-8", 0);
	assert_non_null(printed);
	assert_non_null(memmem(printed, (size_t)len, SECRET,
	    strlen(SECRET)));
	before = wiped;
	xmlFree(printed);
	assert_int_equal(wiped, before + 1);
	xmlFreeDoc(document);
	assert_int_equal(wiped, before + 2);
}

static void
a_block_that_moves_leaves_nothing(void **state)
{
	xmlReallocFunc move = NULL;
	xmlMallocFunc make = NULL;
	xmlFreeFunc drop = NULL;
	xmlStrdupFunc copy = NULL;
	unsigned before = wiped;
	char *block;

	(void)state;
	assert_int_equal(xmlMemGet(&drop, &make, &move, &copy), 0);
	block = make(64);
	assert_non_null(block);
	(void)snprintf(block, 64, "%s", SECRET);
	block = move(block, 100000);
	assert_non_null(block);
	assert_string_equal(block, SECRET);
	assert_int_equal(wiped, before + 1);
	block = move(block, strlen(SECRET) + 1);
	assert_non_null(block);
	assert_string_equal(block, SECRET);
	drop(block);
	assert_int_equal(wiped, before + 3);
	drop(move(NULL, 8));
}

static void
hostile_text_is_no_tree(void **state)
{
	static const char *const texts[] = {
		"", "x", "<a>", "<a></b>", "<a>&undefined;</a>", "<a/><a/>",
		"<a>\xff</a>"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_null(ck_xml_parse(ck_span_str(texts[i])));
	assert_null(ck_xml_parse(ck_span_of("<a/>", (size_t)INT32_MAX + 1)));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_tree_held_is_wiped),
		cmocka_unit_test(what_is_wrong_is_told_to_nobody),
		cmocka_unit_test(what_is_built_and_printed_is_wiped),
		cmocka_unit_test(a_block_that_moves_leaves_nothing),
		cmocka_unit_test(hostile_text_is_no_tree),
	};

	return cmocka_run_group_tests_name("xml", tests, NULL, NULL);
}
