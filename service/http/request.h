/*
 * request.h - one HTTP request on its way through the core
 *
 * io/server.c (the only file that includes microhttpd.h) reads and checks it,
 * a handler answers it once, at once or in a later turn, from any thread.
 */
#ifndef SERVICE_HTTP_REQUEST_H
#define SERVICE_HTTP_REQUEST_H

#include "ck/buf.h"
#include "ck/error.h"
#include "io/json.h"

struct ck_request;

/* Path parameter by position: "/v1/desks/{desk}/scan" has one, number 0.
 * Percent-decoded, never NULL, at most 128 bytes. */
const char *ck_request_param(const struct ck_request *request, unsigned index);

/* Query argument; NULL when absent. */
const char *ck_request_query(const struct ck_request *request,
    const char *name);

/* Header; NULL when absent. */
const char *ck_request_header(const struct ck_request *request,
    const char *name);

/* The body, already limited in size. Borrowed until the reply. */
struct ck_span ck_request_body(const struct ck_request *request);

/* Answer with JSON; takes the reference, also on failure. */
void ck_request_reply_json(struct ck_request *request, unsigned status,
    json_t *body);

/* Answer with bytes (copied). type is a static string. */
void ck_request_reply_bytes(struct ck_request *request, unsigned status,
    const char *type, struct ck_span body);

/*
 * Answer with an RFC 9457 problem document. type is a short static word
 * ("unknown-desk"), title a static sentence, detail may be NULL and never
 * holds personal data.
 */
void ck_request_reply_problem(struct ck_request *request, unsigned status,
    const char *type, const char *title, const char *detail);

#endif /* SERVICE_HTTP_REQUEST_H */
