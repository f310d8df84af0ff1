/*
 * xml.c - libxml2's memory, its silence, and its parser with everything clever
 * left off
 */
#include <libxml/parser.h>
#include <libxml/xmlmemory.h>

#include <limits.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "io/xml.h"

static void
wipe_and_free(void *ptr)
{
	if (ptr == NULL)
		return;
	explicit_bzero(ptr, malloc_usable_size(ptr));
	free(ptr);
}

/* Never realloc(): a block that moves leaves its old place behind. */
static void *
move(void *ptr, size_t size)
{
	size_t old = ptr == NULL ? 0 : malloc_usable_size(ptr);
	void *moved = malloc(size);

	if (moved == NULL)
		return NULL;
	if (ptr != NULL)
		memcpy(moved, ptr, old < size ? old : size);
	wipe_and_free(ptr);

	return moved;
}

/* XML_PARSE_NOERROR does not reach its converters: what no character set has
 * they would print, as bytes of the document, to standard error. */
static void
say_nothing(void *ctx, const char *format, ...)
{
	(void)ctx;
	(void)format;
}

/* Before main(): libxml2 must not be used while this changes. Each of its
 * threads has a handler of its own. */
__attribute__((constructor)) static void
tame_libxml2(void)
{
	(void)xmlMemSetup(wipe_and_free, malloc, move, strdup);
	xmlThrDefSetGenericErrorFunc(NULL, say_nothing);
	xmlSetGenericErrorFunc(NULL, say_nothing);
}

xmlDoc *
ck_xml_parse(struct ck_span text)
{
	if (text.len == 0 || text.len > INT_MAX)
		return NULL;

	return xmlReadMemory((const char *)text.ptr, (int)text.len, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
}
