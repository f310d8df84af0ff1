/*
 * exchange.h - a request and its answer, inside the server
 *
 * Only server.c, which moves bytes, and reply.c, which fills answers in, look
 * into these; handlers see http/request.h.
 */
#ifndef SERVICE_IO_EXCHANGE_H
#define SERVICE_IO_EXCHANGE_H

#include <stdbool.h>

#include "ck/buf.h"
#include "http/request.h"
#include "http/route.h"
#include "io/loop.h"

#define CK_REPLY_HEADERS_MAX 4
#define CK_REPLY_HEADER_LEN 128

struct MHD_Connection;
struct ck_server;

struct ck_stream {
	struct MHD_Connection *connection;
	ck_stream_pull_fn pull;
	void (*gone)(void *ctx);
	void *ctx;
	bool asleep;		/* guarded by the owner's lock */
};

struct ck_reply_header {
	const char *name;	/* static */
	char value[CK_REPLY_HEADER_LEN];
};

/* Exactly one of json, bytes, fixed and stream; or none of them. */
struct ck_reply {
	unsigned status;
	const char *type;	/* static; NULL: no body */
	json_t *json;
	struct ck_buf bytes;	/* or what render is to be given */
	ck_render_fn render;	/* NULL: bytes are the answer */
	const void *render_ctx;
	struct ck_span fixed;	/* outlives the server */
	struct ck_stream *stream;
	struct ck_reply_header headers[CK_REPLY_HEADERS_MAX];
	unsigned header_count;
};

struct ck_request {
	struct ck_server *server;
	struct MHD_Connection *connection;
	struct ck_route_match match;
	struct ck_buf body;
	json_t *json;
	ck_core_fn core;		/* NULL: not for the core, or not yet */
	struct ck_buf brought;		/* for it */
	struct ck_errand errand;	/* its way to the core */
	struct ck_reply reply;
	bool answered;
	bool member;			/* sees a part */
	bool suspended;			/* the core has it */
	struct ck_request *prev, *next;	/* in the server's list, if so */
};

/* The reply is filled in: hand the request back to the server's threads,
 * which may free it at once. */
void ck_server_answered(struct ck_request *request);

#endif /* SERVICE_IO_EXCHANGE_H */
