/*
 * problem.c - refusals as RFC 9457 problem documents
 */
#include <stdio.h>

#include "http/request.h"

/* RFC 9457 §3.1. The type is a relative reference: it names, not locates. */
static json_t *
problem(unsigned status, const char *type, const char *title,
    const char *detail)
{
	char uri[96];
	json_t *json;

	(void)snprintf(uri, sizeof(uri), "/problems/%s", type);
	json = json_pack("{s:s, s:s, s:i}", "type", uri, "title", title,
	    "status", (int)status);
	if (json != NULL && detail != NULL)
		(void)json_object_set_new(json, "detail", json_string(detail));

	return json;
}

void
ck_request_reply_problem(struct ck_request *request, unsigned status,
    const char *type, const char *title, const char *detail)
{
	ck_request_reply_json_as(request, status, "application/problem+json",
	    problem(status, type, title, detail));
}

void
ck_request_reply_invalid(struct ck_request *request, const char *field,
    const char *detail)
{
	char pointer[64];
	json_t *json = problem(422, "invalid-field",
	    "A member of the request is missing or not valid.", detail);

	(void)snprintf(pointer, sizeof(pointer), "#/%s", field);
	if (json != NULL)
		(void)json_object_set_new(json, "errors",
		    json_pack("[{s:s, s:s}]", "pointer", pointer, "detail",
		    detail));
	ck_request_reply_json_as(request, 422, "application/problem+json",
	    json);
}
