/*
 * admit.c - who asks, whether there is such a route, what the body will be
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/admit.h"
#include "http/guard.h"
#include "http/request.h"
#include "http/route.h"

static bool
is_json_type(const char *type)
{
	static const char *const types[] = {
		"application/json", "application/fhir+json"
	};
	size_t i, len;

	for (i = 0; type != NULL && i < 2; i++) {
		len = strlen(types[i]);
		if (strncasecmp(type, types[i], len) == 0 &&
		    (type[len] == '\0' || type[len] == ';' ||
		    type[len] == ' '))
			return true;
	}

	return false;
}

static bool
host_admitted(struct ck_request *request, const struct ck_guard *guard)
{
	const char *host = ck_request_header(request, "Host");

	if (!ck_guard_host(guard, host)) {
		ck_request_reply_problem(request, 421, "unknown-host",
		    "This server is not known under this Host name.",
		    "Use its address or localhost, or add the name to [http] "
		    "allowed_hosts.");
		return false;
	}
	if (!ck_guard_origin(ck_request_header(request, "Origin"), host)) {
		ck_request_reply_problem(request, 403, "foreign-origin",
		    "Pages of other sites may not send requests here.", NULL);
		return false;
	}

	return true;
}

static bool
token_admitted(struct ck_request *request, const struct ck_guard *guard,
    const struct ck_route *route)
{
	if ((route != NULL && route->open) || ck_guard_token(guard,
	    ck_request_header(request, "Authorization")))
		return true;
	/* A browser asks for user and password then. */
	ck_request_add_header(request, "WWW-Authenticate",
	    "Basic realm=\"checkin\", charset=\"UTF-8\"");
	ck_request_reply_problem(request, 401, "token-required",
	    "An access token is required.", NULL);

	return false;
}

static bool
route_admitted(struct ck_request *request, const struct ck_route_match *match)
{
	if (match->route != NULL)
		return true;
	if (match->allow[0] == '\0') {
		ck_request_reply_problem(request, 404, "unknown-path",
		    "There is nothing under this path.", NULL);
		return false;
	}
	ck_request_add_header(request, "Allow", match->allow);
	ck_request_reply_problem(request, 405, "method-not-allowed",
	    "This path does not know this method.", NULL);

	return false;
}

static bool
body_admitted(struct ck_request *request, const struct ck_route *route)
{
	const char *length = ck_request_header(request, "Content-Length");

	if (ck_request_header(request, "Transfer-Encoding") != NULL) {
		ck_request_reply_problem(request, 411, "length-required",
		    "The request must state its Content-Length.", NULL);
		return false;
	}
	if (length != NULL && strtoull(length, NULL, 10) > CK_BODY_MAX) {
		ck_request_reply_problem(request, 413, "body-too-large",
		    "The body is larger than 65536 bytes.", NULL);
		return false;
	}
	/* A form of a foreign page cannot send this type (CSRF). */
	if (route->body == CK_BODY_JSON &&
	    !is_json_type(ck_request_header(request, "Content-Type"))) {
		ck_request_reply_problem(request, 415, "not-json",
		    "The body must be application/json.", NULL);
		return false;
	}

	return true;
}

bool
ck_admit(struct ck_request *request, const struct ck_guard *guard,
    const struct ck_route_match *match)
{
	return host_admitted(request, guard) &&
	    token_admitted(request, guard, match->route) &&
	    route_admitted(request, match) &&
	    body_admitted(request, match->route);
}
