/*
 * reply.c - fill in an answer and hand it back
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/admit.h"
#include "io/exchange.h"
#include "io/gzip.h"

const char *
ck_request_param(const struct ck_request *request, unsigned index)
{
	return request->match.params[index];
}

const json_t *
ck_request_json(const struct ck_request *request)
{
	return request->json;
}

struct ck_span
ck_request_body(const struct ck_request *request)
{
	enum ck_route_body body = request->match.route->body;

	/* Of JSON nothing is left here: it has been parsed. */
	return body == CK_BODY_BYTES || body == CK_BODY_LIST ||
	    body == CK_BODY_DOCUMENT ?
	    ck_buf_view(&request->body) : CK_SPAN_EMPTY;
}

uint64_t
ck_request_cut(const struct ck_request *request)
{
	const struct ck_route *route = request->match.route;
	const char *length = ck_request_header(request, "Content-Length");
	unsigned long long bytes = length == NULL ? 0 :
	    strtoull(length, NULL, 10);

	return route->body == CK_BODY_DOCUMENT && bytes > ck_body_max(route) ?
	    bytes : 0;
}

void
ck_request_go_on(struct ck_request *request, ck_core_fn fn,
    struct ck_span what)
{
	if (ck_buf_append(&request->brought, what) == CK_OK)
		request->core = fn;
	else
		ck_request_reply_problem(request, 503, "out-of-memory",
		    "The service is out of memory.", NULL);
}

const void *
ck_request_brought(const struct ck_request *request)
{
	return request->brought.ptr;
}

bool
ck_request_accepts(const struct ck_request *request, const char *type)
{
	const char *accept = ck_request_header(request, "Accept");

	return accept != NULL && strcasestr(accept, type) != NULL;
}

void
ck_request_add_header(struct ck_request *request, const char *name,
    const char *value)
{
	struct ck_reply *reply = &request->reply;

	if (reply->header_count == CK_REPLY_HEADERS_MAX ||
	    strlen(value) >= CK_REPLY_HEADER_LEN)
		return;
	reply->headers[reply->header_count].name = name;
	(void)snprintf(reply->headers[reply->header_count++].value,
	    CK_REPLY_HEADER_LEN, "%s", value);
}

static void
finish(struct ck_request *request, unsigned status, const char *type)
{
	request->reply.status = status;
	request->reply.type = type;
	ck_server_answered(request);
}

void
ck_request_reply_json_as(struct ck_request *request, unsigned status,
    const char *type, json_t *body)
{
	request->reply.json = body;
	finish(request, body != NULL ? status : 500, type);
}

void
ck_request_reply_json(struct ck_request *request, unsigned status,
    json_t *body)
{
	ck_request_reply_json_as(request, status, "application/json", body);
}

/* One element of a list as "gzip;q=0.5". True unless it is refused by q=0. */
static bool
names_gzip(const char *element, size_t len)
{
	const char *end = element + len, *q;
	size_t name;

	element += strspn(element, " \t");
	name = strcspn(element, " \t;,");
	if (name != 4 || strncasecmp(element, "gzip", 4) != 0)
		return false;
	q = memmem(element, (size_t)(end - element), "q=0", 3);
	if (q == NULL)
		return true;
	for (q += 3; q < end && (*q == '0' || *q == '.'); q++)
		;

	return q < end && *q >= '1' && *q <= '9';
}

/* RFC 9110 §12.5.3. */
static bool
takes_gzip(const struct ck_request *request)
{
	const char *list = ck_request_header(request, "Accept-Encoding");
	size_t len;

	for (; list != NULL && *list != '\0'; list += len + (list[len] == ','))
		if (names_gzip(list, len = strcspn(list, ",")))
			return true;

	return false;
}

static int
append(const char *bytes, size_t len, void *ctx)
{
	return ck_buf_append(ctx, ck_span_of(bytes, len)) == CK_OK ? 0 : -1;
}

void
ck_request_reply_json_packed(struct ck_request *request, unsigned status,
    json_t *body)
{
	struct ck_buf plain = CK_BUF_INIT;

	ck_request_add_header(request, "Vary", "Accept-Encoding");
	if (body == NULL || !takes_gzip(request)) {
		ck_request_reply_json(request, status, body);
		return;
	}
	if (json_dump_callback(body, append, &plain, JSON_COMPACT) != 0 ||
	    ck_gzip_pack(ck_buf_view(&plain), &request->reply.bytes) != CK_OK)
		status = 500;
	else
		ck_request_add_header(request, "Content-Encoding", "gzip");
	ck_buf_wipe(&plain);
	json_decref(body);
	finish(request, status, "application/json");
}

void
ck_request_reply_bytes(struct ck_request *request, unsigned status,
    const char *type, struct ck_span body)
{
	if (ck_buf_append(&request->reply.bytes, body) != CK_OK)
		status = 500;
	finish(request, status, type);
}

void
ck_request_reply_rendered(struct ck_request *request, unsigned status,
    const char *type, struct ck_span what, ck_render_fn render,
    const void *ctx)
{
	struct ck_reply *reply = &request->reply;

	reply->render = render;
	reply->render_ctx = ctx;
	if (ck_buf_append(&reply->bytes, what) == CK_OK) {
		finish(request, status, type);
		return;
	}
	reply->render = NULL;
	finish(request, 500, NULL);
}

void
ck_request_reply_static(struct ck_request *request, const char *type,
    struct ck_span body)
{
	request->reply.fixed = body;
	finish(request, 200, type);
}

void
ck_request_reply_empty(struct ck_request *request, unsigned status)
{
	finish(request, status, NULL);
}

void
ck_request_reply_stream(struct ck_request *request, const char *type,
    ck_stream_pull_fn pull, void (*gone)(void *ctx), void *ctx)
{
	struct ck_stream *stream = malloc(sizeof(*stream));

	if (stream == NULL) {
		gone(ctx);
		finish(request, 500, NULL);
		return;
	}
	*stream = (struct ck_stream){
		request->connection, pull, gone, ctx, false
	};
	request->reply.stream = stream;
	finish(request, 200, type);
}

bool
ck_request_is_member(const struct ck_request *request)
{
	return request->member;
}

void
ck_request_set_member(struct ck_request *request, bool member)
{
	request->member = member;
}
