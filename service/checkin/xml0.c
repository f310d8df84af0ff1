/*
 * xml0.c - the file that we write, through libxml2
 *
 * The file is built as text nodes, so that libxml2 escapes what must be; and
 * validated as it will leave, not as it was meant.
 */
#include <libxml/tree.h>
#include <libxml/xmlschemas.h>

#include <stdarg.h>
#include <string.h>

#include "checkin/sign.h"
#include "checkin/xml0.h"
#include "ck/log.h"
#include "io/xml.h"

/* What the insurer's signature covers, ends included. */
#define SIGNED_FROM "<CHI_TIEU_TRANG_THAI_KCB>"
#define SIGNED_TO "</DSACH_TRANG_THAI_KCB>"

static const unsigned char schema_text[] = {
#include "schema/checkin-xml0.inc"
};

/* --- Validation ----------------------------------------------------------- */

/* The element alone: what stands in it is personal. */
static void
on_invalid(void *ctx, xmlErrorPtr error)
{
	const xmlNode *node = error->node;

	(void)ctx;
	ck_log(CK_LOG_ERROR, "checkin", "notice not valid: element %s, rule "
	    "%d of libxml2", node != NULL && node->name != NULL ?
	    (const char *)node->name : "?", error->code);
}

static enum ck_err
validate(xmlDoc *document)
{
	xmlSchemaParserCtxt *parser = NULL;
	xmlSchemaValidCtxt *valid = NULL;
	xmlSchema *schema = NULL;
	enum ck_err err = CK_ERR_SYSTEM;
	int result;

	parser = xmlSchemaNewMemParserCtxt((const char *)schema_text,
	    (int)sizeof(schema_text));
	if (parser == NULL || (schema = xmlSchemaParse(parser)) == NULL ||
	    (valid = xmlSchemaNewValidCtxt(schema)) == NULL)
		goto out;
	xmlSchemaSetValidStructuredErrors(valid, on_invalid, NULL);
	result = xmlSchemaValidateDoc(valid, document);
	if (result >= 0)
		err = result == 0 ? CK_OK : CK_ERR_NOTICE_INVALID;
out:
	xmlSchemaFreeValidCtxt(valid);
	xmlSchemaFree(schema);
	xmlSchemaFreeParserCtxt(parser);

	return err;
}

enum ck_err
ck_xml0_validate(struct ck_span file)
{
	xmlDoc *document = ck_xml_parse(file);
	enum ck_err err = CK_ERR_NOTICE_INVALID;

	if (document != NULL)
		err = validate(document);
	xmlFreeDoc(document);

	return err;
}

/* --- Writing -------------------------------------------------------------- */

static xmlNode *
add(xmlNode *parent, const char *name, const char *text)
{
	/* Text without content would be <A></A>; nothing at all is <A/>. */
	return xmlNewTextChild(parent, NULL, (const xmlChar *)name,
	    text[0] != '\0' ? (const xmlChar *)text : NULL);
}

static enum ck_err
build(const struct ck_notice *notice, const char *signature, xmlDoc *document)
{
	xmlNode *root = xmlNewDocNode(document, NULL,
	    (const xmlChar *)"CHI_TIEU_TRANG_THAI_KCB", NULL);
	xmlNode *list, *status;
	size_t i;

	if (root == NULL)
		return CK_ERR_NOMEM;
	(void)xmlDocSetRootElement(document, root);
	if ((list = add(root, "DSACH_TRANG_THAI_KCB", "")) == NULL ||
	    (status = add(list, "TRANG_THAI_KCB", "")) == NULL)
		return CK_ERR_NOMEM;
	for (i = 0; i < CK_FIELDS; i++) {
		if (add(status, ck_field_rule((enum ck_notice_field)i)->name,
		    ck_notice_get(notice, (enum ck_notice_field)i)) == NULL)
			return CK_ERR_NOMEM;
	}

	return add(root, "CHUKYDONVI", signature) != NULL ? CK_OK :
	    CK_ERR_NOMEM;
}

static enum ck_err
print(xmlDoc *document, struct ck_buf *out)
{
	xmlChar *text = NULL;
	int len = 0;
	enum ck_err err = CK_ERR_NOMEM;

	xmlDocDumpFormatMemoryEnc(document, &text, &len, "UTF-8", 0);
	if (text != NULL)
		err = ck_buf_append(out, ck_span_of(text, (size_t)len));
	xmlFree(text);

	return err;
}

static enum ck_err
write_with(const struct ck_notice *notice, const char *signature,
    struct ck_buf *out)
{
	xmlDoc *document = xmlNewDoc((const xmlChar *)"1.0");
	enum ck_err err = CK_ERR_NOMEM;

	ck_buf_wipe(out);
	if (document != NULL &&
	    (err = build(notice, signature, document)) == CK_OK)
		err = print(document, out);
	xmlFreeDoc(document);

	return err;
}

/* The bytes as they stand in the file. */
static struct ck_span
signed_part(struct ck_span file)
{
	const uint8_t *from = memmem(file.ptr, file.len, SIGNED_FROM,
	    strlen(SIGNED_FROM));
	const uint8_t *to = memmem(file.ptr, file.len, SIGNED_TO,
	    strlen(SIGNED_TO));

	if (from == NULL || to == NULL || to < from)
		return CK_SPAN_EMPTY;

	return ck_span_of(from, (size_t)(to - from) + strlen(SIGNED_TO));
}

static enum ck_err
write_signed(const struct ck_notice *notice, struct ck_signer_file *signer,
    struct ck_buf *out)
{
	struct ck_buf signature = CK_BUF_INIT;
	enum ck_err err = ck_sign_base64(signer,
	    signed_part(ck_buf_view(out)), &signature);

	if (err == CK_OK)
		err = write_with(notice, (const char *)signature.ptr, out);
	ck_buf_wipe(&signature);

	return err;
}

enum ck_err
ck_xml0_write(const struct ck_notice *notice, struct ck_signer_file *signer,
    struct ck_buf *out)
{
	enum ck_err err;

	if ((err = write_with(notice, "", out)) == CK_OK && signer != NULL)
		err = write_signed(notice, signer, out);
	if (err == CK_OK)
		err = ck_xml0_validate(ck_buf_view(out));
	if (err != CK_OK)
		ck_buf_wipe(out);

	return err;
}
