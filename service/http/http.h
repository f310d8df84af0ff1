/*
 * http.h - the routes of the clinic daemon and what they need
 *
 * In the flow:  io/server -> [http] -> desk, lookup, stats, pages
 */
#ifndef SERVICE_HTTP_HTTP_H
#define SERVICE_HTTP_HTTP_H

#include <stddef.h>

#include "ck/error.h"
#include "http/route.h"
#include "stats/exposition.h"

struct ck_appointments;
struct ck_config;
struct ck_desks;
struct ck_events;
struct ck_forwards;
struct ck_gateway;
struct ck_http;
struct ck_lookups;
struct ck_operators;
struct ck_loop;
struct ck_outbox;
struct ck_post;
struct ck_proxy;
struct ck_push;
struct ck_recheck;
struct ck_store;
struct ck_turn;

/* All borrowed until ck_http_free(). */
struct ck_http_options {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_store *store;
	struct ck_turn *turn;
	struct ck_outbox *outbox;	/* NULL: none; then nothing is sent */
	struct ck_appointments *appointments;	/* NULL: none */
	struct ck_recheck *recheck;	/* NULL: none */
	struct ck_gateway *gateway;
	struct ck_lookups *lookups;
	struct ck_operators *operators;
	struct ck_proxy *proxy;		/* NULL unless [proxy] enabled */
	struct ck_push *push;		/* NULL: nothing is pushed */
	struct ck_post *post;		/* correction cases; NULL: none */
	struct ck_forwards *forwards;	/* with the proxy */
	struct ck_desks *desks;
	struct ck_events *events;
};

/*
 * Open the read-only connections for figures and begin to keep the streams of
 * the desks alive. Returns CK_OK, CK_ERR_NOMEM or an error of the store.
 */
CK_MUST_CHECK enum ck_err
ck_http_new(struct ck_http **out, const struct ck_http_options *options);

/* The server must have been stopped. NULL is allowed. */
void ck_http_free(struct ck_http **http);

/* The table for io/server.h; its ctx is the struct ck_http. Borrowed. */
const struct ck_route *ck_http_routes(const struct ck_http *http,
    size_t *count);

/*
 * The same table made from a configuration: with [proxy] enabled it holds the
 * paths of the gateway, those of each version that is known and those that are
 * configured. The caller frees *out. Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_http_routes_new(struct ck_route **out, size_t *count,
    const struct ck_config *config);

/*
 * Append what /metrics shows to out. On the core's thread. Returns CK_OK,
 * CK_ERR_NOMEM or an error of the store.
 */
CK_MUST_CHECK enum ck_err
ck_http_metrics_text(struct ck_http *http, enum ck_metrics_format format,
    struct ck_buf *out);

#endif /* SERVICE_HTTP_HTTP_H */
