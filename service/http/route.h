/*
 * route.h - which handler answers which method and path
 */
#ifndef SERVICE_HTTP_ROUTE_H
#define SERVICE_HTTP_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#define CK_ROUTE_PARAMS_MAX 2
#define CK_ROUTE_PARAM_LEN 129	/* longest parameter, with its NUL */

struct ck_request;

/* Where a handler runs. */
enum ck_route_thread {
	CK_ON_CORE,	/* the loop's thread; answers reach the disk first */
	CK_ON_HTTP	/* a thread of the server: must answer before it
			 * returns, or ck_request_go_on(), and touch nothing of
			 * the core */
};

/* What a request must bring along. */
enum ck_route_body {
	CK_BODY_NONE,		/* whatever comes is ignored */
	CK_BODY_JSON,		/* one JSON object, application/json */
	CK_BODY_LIST,		/* that, or text/csv; larger than others */
	CK_BODY_BYTES,		/* anything; the handler reads it */
	CK_BODY_DOCUMENT	/* the same, as long as a feed document */
};

/* Who may come in. */
enum ck_route_access {
	CK_FOR_STAFF,		/* with the access token, if there is one */
	CK_FOR_ALL,		/* needs no access token */
	CK_FOR_COLLECTOR,	/* staff, and who may read figures only */
	CK_FOR_MEMBER		/* staff, and accounts that see a part: the
				 * handler leaves out the rest */
};

struct ck_route {
	const char *method;	/* GET also answers HEAD */
	const char *pattern;	/* "/v1/desks/{desk}/scan" */
	enum ck_route_thread thread;
	enum ck_route_body body;
	enum ck_route_access access;
	void (*handler)(void *ctx, struct ck_request *request);
};

/* What a request asked for. */
struct ck_route_match {
	const struct ck_route *route;	/* NULL: none */
	char params[CK_ROUTE_PARAMS_MAX][CK_ROUTE_PARAM_LEN];
	char allow[64];		/* methods of the path; empty: no such path */
};

/* Find the route. path is decoded and has no query. */
void ck_route_find(const struct ck_route *routes, size_t count,
    const char *method, const char *path, struct ck_route_match *out);

#endif /* SERVICE_HTTP_ROUTE_H */
