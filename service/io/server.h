/*
 * server.h - the HTTP server: limits, checks, and the way to the core
 *
 * In the flow:  browser, program -> [server] -> http/routes -> core
 *
 * Two threads read requests, check them (Host, Origin, token, route, body) and
 * either answer them or hand them to the core's loop. Many requests that
 * arrive together are handed over together and share one turn.
 */
#ifndef SERVICE_IO_SERVER_H
#define SERVICE_IO_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "http/route.h"
#include "io/server_tls.h"

struct ck_loop;
struct ck_server;

/* All borrowed until ck_server_stop(). */
struct ck_server_options {
	const char *listen;		/* numeric address */
	uint16_t port;			/* 0: any free one (tests) */
	const char *token;		/* empty: none */
	const char *feed_token;		/* reads figures only; empty: none */
	bool (*member)(void *ctx, const char *authorization);	/* guard.h */
	void *member_ctx;
	struct ck_tls_files tls;
	const char *allowed_hosts;
	const struct ck_route *routes;
	size_t route_count;
	void *ctx;			/* for the handlers */
	struct ck_loop *loop;
};

/*
 * Listen and serve. Returns CK_OK, CK_ERR_PORT_IN_USE, CK_ERR_SYSTEM,
 * CK_ERR_CONFIG (certificate or key), CK_ERR_NOMEM; the log says which address
 * or file and what to do.
 */
CK_MUST_CHECK enum ck_err
ck_server_start(struct ck_server **out,
    const struct ck_server_options *options);

/* The port that is listened on. */
uint16_t ck_server_port(const struct ck_server *server);

/*
 * Refuse new requests, answer those in the core with 503, end the threads,
 * free. The loop must not run any more, and streams must have been ended by
 * their owners. NULL is allowed.
 */
void ck_server_stop(struct ck_server **server);

#endif /* SERVICE_IO_SERVER_H */
