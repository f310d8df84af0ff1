/*
 * route.c - match a path segment by segment
 */
#include <stdio.h>
#include <string.h>

#include "http/route.h"

/* "{name}" takes one whole segment that is not empty. */
static bool
match_segment(const char *pattern, size_t pattern_len, const char *path,
    size_t path_len, struct ck_route_match *out, unsigned *params)
{
	if (pattern[0] != '{')
		return pattern_len == path_len &&
		    memcmp(pattern, path, path_len) == 0;
	if (path_len == 0 || path_len >= CK_ROUTE_PARAM_LEN ||
	    *params == CK_ROUTE_PARAMS_MAX)
		return false;
	memcpy(out->params[*params], path, path_len);
	out->params[*params][path_len] = '\0';
	(*params)++;

	return true;
}

static bool
match_path(const char *pattern, const char *path, struct ck_route_match *out)
{
	unsigned params = 0;

	while (*pattern == '/' && *path == '/') {
		size_t pattern_len = strcspn(++pattern, "/");
		size_t path_len = strcspn(++path, "/");

		if (!match_segment(pattern, pattern_len, path, path_len, out,
		    &params))
			return false;
		pattern += pattern_len;
		path += path_len;
	}

	return *pattern == '\0' && *path == '\0';
}

static void
allow(struct ck_route_match *out, const char *method)
{
	size_t len = strlen(out->allow);

	(void)snprintf(out->allow + len, sizeof(out->allow) - len, "%s%s%s",
	    len > 0 ? ", " : "", method,
	    strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

void
ck_route_find(const struct ck_route *routes, size_t count,
    const char *method, const char *path, struct ck_route_match *out)
{
	const char *wanted = strcmp(method, "HEAD") == 0 ? "GET" : method;
	struct ck_route_match found;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < count; i++) {
		memset(&found, 0, sizeof(found));
		if (!match_path(routes[i].pattern, path, &found))
			continue;
		allow(out, routes[i].method);
		if (out->route != NULL ||
		    strcmp(routes[i].method, wanted) != 0)
			continue;
		out->route = &routes[i];
		memcpy(out->params, found.params, sizeof(out->params));
	}
}
