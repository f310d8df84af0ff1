/*
 * admit.c - who asks, whether there is such a route, what the body will be
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "http/admit.h"
#include "http/guard.h"
#include "http/request.h"
#include "http/route.h"

/* type may carry parameters, and may be NULL. */
static bool
is_type(const char *type, const char *wanted)
{
	size_t len = strlen(wanted);

	return type != NULL && strncasecmp(type, wanted, len) == 0 &&
	    (type[len] == '\0' || type[len] == ';' || type[len] == ' ');
}

static bool
is_json_type(const char *type)
{
	return is_type(type, "application/json") ||
	    is_type(type, "application/fhir+json");
}

size_t
ck_body_max(const struct ck_route *route)
{
	switch (route->body) {
	case CK_BODY_LIST:
		return CK_LIST_BODY_MAX;
	case CK_BODY_DOCUMENT:
		return CK_DOCUMENT_BODY_MAX;
	case CK_BODY_NONE:
	case CK_BODY_JSON:
	case CK_BODY_BYTES:
	default:
		return CK_BODY_MAX;
	}
}

bool
ck_body_is_csv(const struct ck_request *request)
{
	return is_type(ck_request_header(request, "Content-Type"), "text/csv");
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

static void
ask_for_token(struct ck_request *request)
{
	/* A browser asks for user and password then. */
	ck_request_add_header(request, "WWW-Authenticate",
	    "Basic realm=\"checkin\", charset=\"UTF-8\"");
	ck_request_reply_problem(request, 401, "token-required",
	    "An access token is required.", NULL);
}

static bool
token_admitted(struct ck_request *request, const struct ck_guard *guard,
    const struct ck_route *route)
{
	enum ck_route_access access = route != NULL ? route->access :
	    CK_FOR_STAFF;
	enum ck_role role;

	if (access == CK_FOR_ALL)
		return true;
	role = ck_guard_role(guard, ck_request_header(request,
	    "Authorization"));
	ck_request_set_member(request, role == CK_ROLE_MEMBER);
	if (role == CK_ROLE_STAFF || (access == CK_FOR_COLLECTOR &&
	    (role == CK_ROLE_FEED || ck_request_certified(request))) ||
	    (access == CK_FOR_MEMBER && role == CK_ROLE_MEMBER))
		return true;
	if (role == CK_ROLE_NONE)
		ask_for_token(request);
	else if (role == CK_ROLE_MEMBER)
		ck_request_reply_problem(request, 403, "not-for-accounts",
		    "This account sees its own clinics only; here is what "
		    "tells of all.", NULL);
	else
		ck_request_reply_problem(request, 403, "figures-only",
		    "This token may read the feed and the metrics only.",
		    NULL);

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
	const char *type = ck_request_header(request, "Content-Type");
	char limit[64];

	if (ck_request_header(request, "Transfer-Encoding") != NULL) {
		ck_request_reply_problem(request, 411, "length-required",
		    "The request must state its Content-Length.", NULL);
		return false;
	}
	/* Whoever sends it is told by the handler, who knows him. */
	if (ck_request_cut(request) > 0)
		return true;
	if (length != NULL &&
	    strtoull(length, NULL, 10) > ck_body_max(route)) {
		(void)snprintf(limit, sizeof(limit), "At most %zu bytes are "
		    "taken here.", ck_body_max(route));
		ck_request_reply_problem(request, 413, "body-too-large",
		    "The body is too large.", limit);
		return false;
	}
	/* A form of a foreign page cannot send this type (CSRF). */
	if (route->body == CK_BODY_JSON && !is_json_type(type)) {
		ck_request_reply_problem(request, 415, "not-json",
		    "The body must be application/json.", NULL);
		return false;
	}
	if (route->body == CK_BODY_LIST && !is_json_type(type) &&
	    !ck_body_is_csv(request)) {
		ck_request_reply_problem(request, 415, "not-a-list",
		    "The body must be application/json or text/csv.", NULL);
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
