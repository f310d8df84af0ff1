/*
 * request.h - one HTTP request on its way through the core
 *
 * io/server.c (the only file that includes microhttpd.h) reads and checks it,
 * a handler answers it exactly once, at once or in a later turn, from any
 * thread. After its answer a request must not be touched. An answer is
 * written by the server's threads; the JSON of an answer belongs to them from
 * then on.
 */
#ifndef SERVICE_HTTP_REQUEST_H
#define SERVICE_HTTP_REQUEST_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "io/json.h"

struct ck_request;
struct ck_stream;

/* Path parameter by position: "/v1/desks/{desk}/scan" has one, number 0.
 * Percent-decoded, never NULL, at most 128 bytes. */
const char *ck_request_param(const struct ck_request *request, unsigned index);

/* Query argument; NULL when absent, "" when it has no value. */
const char *ck_request_query(const struct ck_request *request,
    const char *name);

/* Header; NULL when absent. */
const char *ck_request_header(const struct ck_request *request,
    const char *name);

/* True when the other side showed a TLS certificate of the configured
 * authority in a configured name. */
bool ck_request_certified(const struct ck_request *request);

/* Did an account that sees a part ask (guard.h)? A handler of a route for
 * CK_FOR_MEMBER leaves out the rest then. */
bool ck_request_is_member(const struct ck_request *request);
/* Noted by admit.c, before any handler runs. */
void ck_request_set_member(struct ck_request *request, bool member);

/* The JSON object of the body, parsed and limited in size; NULL unless the
 * route wants one. Borrowed until the reply. */
const json_t *ck_request_json(const struct ck_request *request);

/* The body as it came, where the route wants bytes; else empty. Borrowed until
 * the reply. */
struct ck_span ck_request_body(const struct ck_request *request);

/*
 * Bytes that its sender announced, where a route that takes feed documents is
 * given a longer body than it takes: nothing of it has been read. 0: it is whole.
 */
uint64_t ck_request_cut(const struct ck_request *request);

/* Continues a request on the core's thread, and answers it. */
typedef void (*ck_core_fn)(void *ctx, struct ck_request *request);

/*
 * In a handler for CK_ON_HTTP, in place of an answer: what could be read and
 * refused without the core has been, fn goes on there with a copy of what.
 * Answers 503 where there is no memory for it.
 */
void ck_request_go_on(struct ck_request *request, ck_core_fn fn,
    struct ck_span what);

/* That copy, in fn. Borrowed until the reply, wiped after it. */
const void *ck_request_brought(const struct ck_request *request);

/* True when the Accept header names this media type. */
bool ck_request_accepts(const struct ck_request *request, const char *type);

/* Add a header to the answer that follows; at most 4. name is a static string,
 * value is copied and has at most 127 bytes. */
void ck_request_add_header(struct ck_request *request, const char *name,
    const char *value);

/* Answer with JSON; takes the reference. NULL: out of memory, answers 500. */
void ck_request_reply_json(struct ck_request *request, unsigned status,
    json_t *body);

/* The same with another media type. type is a static string. */
void ck_request_reply_json_as(struct ck_request *request, unsigned status,
    const char *type, json_t *body);

/* The same, compressed where the request takes gzip: for long answers. */
void ck_request_reply_json_packed(struct ck_request *request, unsigned status,
    json_t *body);

/* Answer with bytes (copied). type is a static string. */
void ck_request_reply_bytes(struct ck_request *request, unsigned status,
    const char *type, struct ck_span body);

/* Append to out what is answered of what, a plain value; ctx is borrowed and
 * outlives the server. Runs on the server's threads: it must be pure. */
typedef enum ck_err (*ck_render_fn)(const void *what, const void *ctx,
    struct ck_buf *out);

/*
 * Answer with what render makes of a copy of what, later, on the server's
 * thread: the core only copies, into room which that thread has made and will
 * wipe. Answers 500 where render fails. type is a static string.
 */
void ck_request_reply_rendered(struct ck_request *request, unsigned status,
    const char *type, struct ck_span what, ck_render_fn render,
    const void *ctx);

/* Answer with bytes that outlive the server (not copied, may be cached by the
 * browser). type is a static string. */
void ck_request_reply_static(struct ck_request *request, const char *type,
    struct ck_span body);

/* Answer without a body: 204, 304. */
void ck_request_reply_empty(struct ck_request *request, unsigned status);

/*
 * Answer with an RFC 9457 problem document. type is a short static word
 * ("unknown-desk"), title a static sentence, detail may be NULL and never
 * holds personal data.
 */
void ck_request_reply_problem(struct ck_request *request, unsigned status,
    const char *type, const char *title, const char *detail);

/* 422: the member of the body named field is not what detail says. */
void ck_request_reply_invalid(struct ck_request *request, const char *field,
    const char *detail);

/*
 * Fill buf with at most max bytes. Returns how many; 0 after
 * ck_stream_sleep(): nothing now; -1: the stream has ended.
 */
typedef ssize_t (*ck_stream_pull_fn)(void *ctx, struct ck_stream *stream,
    char *buf, size_t max);

/* Answer 200 with a stream. gone(ctx) is called once, when the connection has
 * ended for whatever reason, from any thread. type is a static string. */
void ck_request_reply_stream(struct ck_request *request, const char *type,
    ck_stream_pull_fn pull, void (*gone)(void *ctx), void *ctx);

/*
 * Inside pull: do not call again before ck_stream_wake(). From any thread:
 * call pull again, if asleep. The owner of ctx calls both under one lock of
 * its own, which makes the two safe against each other.
 */
void ck_stream_sleep(struct ck_stream *stream);
void ck_stream_wake(struct ck_stream *stream);

#endif /* SERVICE_HTTP_REQUEST_H */
