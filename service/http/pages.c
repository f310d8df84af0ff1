/*
 * pages.c - pages, their parts and their words, from inside the program
 */
#include <stdio.h>
#include <string.h>

#include "http/assets.h"
#include "http/pages.h"
#include "http/site.h"

static const char *
type_of(const char *name)
{
	static const char *const types[][2] = {
		{ ".html", "text/html; charset=utf-8" },
		{ ".js", "text/javascript; charset=utf-8" },
		{ ".css", "text/css; charset=utf-8" },
		{ ".json", "application/json" },
		{ ".svg", "image/svg+xml" },
		{ ".png", "image/png" },
		{ ".woff2", "font/woff2" }
	};
	const char *dot = strrchr(name, '.');
	size_t i;

	for (i = 0; dot != NULL && i < sizeof(types) / sizeof(types[0]);
	    i++) {
		if (strcmp(dot, types[i][0]) == 0)
			return types[i][1];
	}

	return "application/octet-stream";
}

static const struct ck_asset *
find(const char *name)
{
	size_t i;

	for (i = 0; i < ck_assets_count; i++) {
		if (strcmp(ck_assets[i].name, name) == 0)
			return &ck_assets[i];
	}

	return NULL;
}

void
ck_http_page(struct ck_request *request, const char *name)
{
	const struct ck_asset *asset = find(name);
	const char *known = ck_request_header(request, "If-None-Match");

	if (asset == NULL) {
		ck_request_reply_problem(request, 404, "unknown-path",
		    "There is nothing under this path.", NULL);
		return;
	}
	ck_request_add_header(request, "ETag", asset->tag);
	if (known != NULL && strcmp(known, asset->tag) == 0)
		ck_request_reply_empty(request, 304);
	else
		ck_request_reply_static(request, type_of(name),
		    ck_span_of(asset->begin,
		    (size_t)(asset->end - asset->begin)));
}

void
ck_http_index(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_http_page(request, "index.html");
}

void
ck_http_it(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_http_page(request, "it.html");
}

void
ck_http_appointments_page(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_http_page(request, "appointments.html");
}

void
ck_http_corrections_page(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_http_page(request, "corrections.html");
}

void
ck_http_receipt_page(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_http_page(request, "receipt.html");
}

void
ck_http_static(void *ctx, struct ck_request *request)
{
	(void)ctx;
	ck_http_page(request, ck_request_param(request, 0));
}

void
ck_http_text(void *ctx, struct ck_request *request)
{
	char name[CK_ROUTE_PARAM_LEN + 8];

	(void)ctx;
	(void)snprintf(name, sizeof(name), "text_%s",
	    ck_request_param(request, 0));
	ck_http_page(request, name);
}
