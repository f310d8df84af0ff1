/*
 * xml.h - reading XML from outside; what it held is wiped when freed
 *
 * In the flow:  bytes -> [xml] -> checkin/xml0.c, checkin/xml0_read.c, drop/xml.c
 *
 * The three above walk and build trees themselves. libxml2 keeps names and
 * numbers of patients in many small allocations: all of them, also those of
 * trees that we build, are wiped when it lets them go.
 */
#ifndef SERVICE_IO_XML_H
#define SERVICE_IO_XML_H

#include <libxml/tree.h>

#include "ck/buf.h"

/*
 * A tree of text; free with xmlFreeDoc(). Nothing is fetched, entities are not
 * replaced, and what is wrong is told to nobody, for it would be quoted.
 * NULL: not well-formed, empty, too long, or out of memory.
 */
xmlDoc *ck_xml_parse(struct ck_span text);

#endif /* SERVICE_IO_XML_H */
