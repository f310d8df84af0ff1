/*
 * given.h - the fields of a request as hospital software writes it
 *
 * In the flow:  http -> [given] -> proxy
 * Source:       domain notes on clients of the gateway: form and JSON are both
 *               in use, whatever the Content-Type says, and names of fields
 *               come in any case
 *
 * Pure: no input or output.
 */
#ifndef SERVICE_PROXY_GIVEN_H
#define SERVICE_PROXY_GIVEN_H

#include "ck/buf.h"
#include "io/json.h"

/* Fields of one form. The gateway's largest has five; more is no such client. */
#define CK_GIVEN_FIELDS_MAX 32

/*
 * Read a body: what begins with "{" is JSON, all else a form. New reference.
 * NULL: neither; a name given twice; a broken escape, a NUL, no UTF-8; more
 * than CK_GIVEN_FIELDS_MAX; out of memory.
 */
json_t *ck_given_parse(struct ck_span body);

/* The text of the field of this name in any case; "" when it is absent, null
 * or no text. Borrowed. */
const char *ck_given_text(json_t *given, const char *name);

#endif /* SERVICE_PROXY_GIVEN_H */
