/*
 * call.h - one call of the gateway: what was asked, what will be answered
 */
#ifndef SIM_CALL_H
#define SIM_CALL_H

#include <jansson.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "gateway.h"

struct sim_faults;
struct sim_journal;
struct sim_pem;
struct sim_receipts;
struct sim_tokens;
struct sim_waiting;

/* The parts of the server; each locks for itself. */
struct sim_gateway {
	struct sim_gateway_config config;	/* not changed once started */
	struct MHD_Daemon *daemon;
	struct sim_pem *pem;			/* NULL: no TLS */
	struct sim_faults *faults;
	struct sim_journal *journal;
	struct sim_receipts *receipts;
	struct sim_tokens *tokens;
	struct sim_waiting *waiting;
};

/* How the body came. */
enum sim_body {
	SIM_BODY_NONE,	/* no body, or a type the gateway does not take */
	SIM_BODY_FORM,
	SIM_BODY_JSON
};

/* How an answer goes wrong below HTTP. */
enum sim_shape {
	SIM_SHAPE_WHOLE,
	SIM_SHAPE_HALF,		/* half the body, then the line goes down */
	SIM_SHAPE_HUGE,		/* 100 MB */
	SIM_SHAPE_CLOSE,	/* no answer at all */
	SIM_SHAPE_HANG		/* never */
};

/* One answer. body is malloc'd and owned; NULL is an empty body. */
struct sim_reply {
	unsigned status;
	const char *type;	/* Content-Type */
	const char *location;	/* of a redirect, or NULL */
	char *body;
	size_t size;
	unsigned delay_ms;	/* beyond the latency of the server */
	enum sim_shape shape;
};

/* One call, from its first line to its answer. */
struct sim_call {
	struct sim_gateway *gateway;
	struct MHD_Connection *connection;
	const struct sim_route *route;
	char address[64];	/* of the caller, without port */
	char *body;		/* as received; owned */
	size_t size;
	bool too_large;
	bool answered;		/* reply stands, only delayed */
	enum sim_body kind;
	json_t *fields;		/* the body as one object; owned, never NULL
				   once read */
	unsigned fault;		/* enum sim_fault that handlers play */
	const char *key_kind;	/* for the journal: "id_number", … or NULL */
	char code[16];		/* for the journal: maKetQua */
	struct sim_reply reply;
};

/* What serves a path. */
struct sim_route {
	const char *path;
	const char *method;
	unsigned where;		/* enum sim_where, for faults */
	void (*serve)(struct sim_call *call);
};

/* Turn the body received into call->fields, by its Content-Type. */
void sim_call_read_body(struct sim_call *call);

/* A text field of the body, name in any case; NULL when absent or no text. */
const char *sim_call_field(const struct sim_call *call, const char *name);

/* A percent-decoded value of the query string, or NULL. */
const char *sim_call_query(const struct sim_call *call, const char *name);

/* A request header, or NULL. */
const char *sim_call_header(const struct sim_call *call, const char *name);

/* Answer with JSON; takes the reference of json (NULL: out of memory, 500). */
void sim_reply_json_new(struct sim_call *call, unsigned status, json_t *json);

/* Answer with a copy of text; "" is an empty body. */
void sim_reply_text(struct sim_call *call, unsigned status, const char *type,
    const char *text);

/* Answer {"maKetQua":code,"ghiChu":note} with HTTP 200. */
void sim_reply_code(struct sim_call *call, const char *code, const char *note);

/* Remember maKetQua for the journal; NULL is none. */
void sim_call_set_code(struct sim_call *call, const char *code);

/* Free all that the call owns, and the call; sets *call to NULL. */
void sim_call_free(struct sim_call **call);

#endif /* SIM_CALL_H */
