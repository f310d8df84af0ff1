/*
 * xml0_read.c - a file that others wrote, read for its visits
 */
#include <libxml/tree.h>

#include <string.h>

#include "checkin/xml0_read.h"
#include "io/xml.h"

static bool
is_named(const xmlNode *node, const char *name)
{
	return node != NULL && node->type == XML_ELEMENT_NODE &&
	    strcmp((const char *)node->name, name) == 0;
}

/* Text of an element that holds nothing else; NULL: it does, or no memory.
 * Free with xmlFree(). */
static xmlChar *
text_of(xmlNode *node)
{
	return xmlChildElementCount(node) == 0 ? xmlNodeGetContent(node) : NULL;
}

/* An element given twice means nothing: the first stands. */
static enum ck_err
read_field(xmlNode *node, struct ck_notice *visit)
{
	enum ck_notice_field field = ck_field_find((const char *)node->name);
	enum ck_err err = CK_OK;
	xmlChar *text;

	if (field == CK_FIELDS || ck_notice_get(visit, field)[0] != '\0')
		return CK_OK;
	text = text_of(node);
	if (text != NULL)
		err = ck_notice_set(visit, field, (const char *)text);
	xmlFree(text);

	return err == CK_ERR_NOMEM ? err : CK_OK;
}

static enum ck_err
read_visit(xmlNode *status, struct ck_notice *visit)
{
	xmlNode *node = xmlFirstElementChild(status);
	enum ck_err err = CK_OK;

	for (; node != NULL && err == CK_OK;
	    node = xmlNextElementSibling(node))
		err = read_field(node, visit);

	return err;
}

static enum ck_err
read_list(xmlNode *list, struct ck_notice *visits, size_t max, size_t *count)
{
	xmlNode *node = xmlFirstElementChild(list);
	enum ck_err err = CK_OK;

	for (; node != NULL && err == CK_OK;
	    node = xmlNextElementSibling(node)) {
		if (!is_named(node, "TRANG_THAI_KCB"))
			continue;
		if (*count == max)
			return CK_ERR_LIMIT;
		err = read_visit(node, &visits[(*count)++]);
		/* Without MA_LK it names no visit. */
		if (err == CK_OK && ck_notice_get(&visits[*count - 1],
		    CK_FIELD_MA_LK)[0] == '\0')
			ck_notice_wipe(&visits[--*count]);
	}

	return err;
}

enum ck_err
ck_xml0_read(struct ck_span file, struct ck_notice *visits, size_t max,
    size_t *count)
{
	xmlDoc *document = ck_xml_parse(file);
	xmlNode *root = document == NULL ? NULL :
	    xmlDocGetRootElement(document);
	enum ck_err err = CK_ERR_FILE_MALFORMED;

	*count = 0;
	/* A document type is where entities come from. */
	if (is_named(root, "CHI_TIEU_TRANG_THAI_KCB") &&
	    xmlGetIntSubset(document) == NULL &&
	    is_named(xmlFirstElementChild(root), "DSACH_TRANG_THAI_KCB"))
		err = read_list(xmlFirstElementChild(root), visits, max,
		    count);
	xmlFreeDoc(document);
	while (err != CK_OK && *count > 0)
		ck_notice_wipe(&visits[--*count]);

	return err;
}
