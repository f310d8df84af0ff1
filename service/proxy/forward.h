/*
 * forward.h - a call of hospital software, passed through and kept as proof
 *
 * In the flow:  http/gateway_proxy -> [forward] -> eligibility/gateway.h,
 *               store/forwarded.h
 *
 * History, co-payment and check-in: body and answer go through as they are. The
 * call is on disk before it is sent and again, with its receipt, before its
 * answer is given. A check-in is read for its visits; those that the gateway
 * accepts are not noticed a second time by us. A co-payment question that was
 * asked a moment ago is not passed on.
 *
 * If the local database fails, the gateway's word is passed on all the same: it
 * is the gateway's, and hiding that a check-in was taken would make the
 * software send it again.
 */
#ifndef SERVICE_PROXY_FORWARD_H
#define SERVICE_PROXY_FORWARD_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "eligibility/remote.h"
#include "proxy/repeat.h"

struct ck_forwards;
struct ck_gateway;
struct ck_loop;
struct ck_outbox;
struct ck_store;
struct ck_turn;

/* All borrowed until ck_forwards_free(). */
struct ck_forwards_options {
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_store *store;
	struct ck_outbox *outbox;	/* NULL: none waits */
};

/* How it ended. All borrowed. */
struct ck_forward_end {
	enum ck_err err;		/* as ck_gateway_end.err */
	bool arrived;			/* it may have reached the gateway */
	struct ck_span raw;		/* the gateway's words; empty: none */
	long status;			/* HTTP status; 0: none */
	const char *id;			/* of its receipt; "": not kept */
	enum ck_repeat repeat;		/* not NEW: it was not passed on; raw
					 * is of the first time, asked then */
	int64_t asked_ms;		/* wall clock, of that */
};

typedef void (*ck_forward_fn)(void *ctx, const struct ck_forward_end *end);

/* Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_forwards_new(struct ck_forwards **out,
    const struct ck_forwards_options *options);

/* Drop what is under way; done is not called. The next start closes it. */
void ck_forwards_free(struct ck_forwards **forwards);

/*
 * Pass body (copied) on under this account's token, with its Content-Type.
 * done is called once, also for what could not be sent; at once for a co-payment
 * question that was asked a moment ago (repeat.h).
 *
 * Returns CK_OK, CK_ERR_CRYPTO or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_forward(struct ck_forwards *forwards, struct ck_gateway *gateway,
    enum ck_remote function, const char *type, struct ck_span body,
    ck_forward_fn done, void *ctx);

#endif /* SERVICE_PROXY_FORWARD_H */
