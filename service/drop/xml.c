/*
 * xml.c - flat XML through libxml2, with everything clever left off
 */
#include <libxml/tree.h>

#include <string.h>

#include "drop/xml.h"
#include "io/xml.h"

static bool
add_member(json_t *out, xmlNode *node)
{
	const char *name = (const char *)node->name;
	xmlChar *text;
	bool good;

	if (node->properties != NULL || node->ns != NULL ||
	    xmlChildElementCount(node) != 0 ||
	    json_object_get(out, name) != NULL)
		return false;
	text = xmlNodeGetContent(node);
	good = text != NULL && json_object_set_new(out, name,
	    json_string((const char *)text)) == 0;
	xmlFree(text);

	return good;
}

static json_t *
read_members(xmlNode *root)
{
	json_t *out = json_object();
	bool good = out != NULL;
	xmlNode *node;

	for (node = root->children; good && node != NULL; node = node->next) {
		if (node->type == XML_ELEMENT_NODE)
			good = add_member(out, node);
		else
			good = node->type == XML_COMMENT_NODE ||
			    xmlIsBlankNode(node) == 1;
	}
	if (good)
		return out;
	json_decref(out);

	return NULL;
}

json_t *
ck_drop_xml_read(struct ck_span file)
{
	xmlDoc *document = ck_xml_parse(file);
	xmlNode *root = document == NULL ? NULL :
	    xmlDocGetRootElement(document);
	json_t *out = NULL;

	/* A document type is where entities come from. */
	if (root != NULL && xmlGetIntSubset(document) == NULL &&
	    strcmp((const char *)root->name, "lookup") == 0)
		out = read_members(root);
	xmlFreeDoc(document);

	return out;
}

/* Depth is that of our own answers. */
static void
write_value(xmlNode *parent, const char *name, const json_t *value)
{
	const char *text = json_string_value(value);
	const char *key;
	json_t *member;
	xmlNode *node;
	char *number;

	if (json_is_object(value)) {
		node = xmlNewChild(parent, NULL, (const xmlChar *)name, NULL);
		json_object_foreach((json_t *)(uintptr_t)value, key, member)
			write_value(node, key, member);
		return;
	}
	if (text != NULL || json_is_null(value)) {
		(void)xmlNewTextChild(parent, NULL, (const xmlChar *)name,
		    (const xmlChar *)text);
		return;
	}
	number = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
	(void)xmlNewTextChild(parent, NULL, (const xmlChar *)name,
	    (const xmlChar *)number);
	free(number);
}

enum ck_err
ck_drop_xml_write(struct ck_buf *out, const json_t *value)
{
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	xmlNode *root = document == NULL ? NULL : xmlNewDocNode(document,
	    NULL, (const xmlChar *)"answer", NULL);
	enum ck_err err = CK_ERR_NOMEM;
	xmlChar *text = NULL;
	const char *key;
	json_t *member;
	int len = 0;

	if (root == NULL)
		goto out;
	(void)xmlDocSetRootElement(document, root);
	json_object_foreach((json_t *)(uintptr_t)value, key, member)
		write_value(root, key, member);
	xmlDocDumpFormatMemoryEnc(document, &text, &len, "UTF-8", 1);
	if (text != NULL && len > 0)
		err = ck_buf_append(out, ck_span_of(text, (size_t)len));
out:
	xmlFree(text);
	xmlFreeDoc(document);

	return err;
}
