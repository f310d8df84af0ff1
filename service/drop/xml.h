/*
 * xml.h - a question in XML, and its answer
 *
 * In the flow:  req/NAME.xml -> [xml] -> drop -> [xml] -> res/NAME.xml
 *
 * <lookup> with one element for each member of the JSON; the answer is the
 * JSON's members as elements under <answer>. Hostile files are refused: no
 * document type (so no entities), no network, no XInclude, one level, 16 KiB.
 * Pure: no input or output.
 */
#ifndef SERVICE_DROP_XML_H
#define SERVICE_DROP_XML_H

#include "ck/buf.h"
#include "ck/error.h"
#include "io/json.h"

/* New reference; NULL: not such a document. */
json_t *ck_drop_xml_read(struct ck_span file);

/* Append value as an XML document. CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_drop_xml_write(struct ck_buf *out, const json_t *value);

#endif /* SERVICE_DROP_XML_H */
