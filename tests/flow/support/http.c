/*
 * http.c - talking to the daemon as a browser does, and waiting for a view
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <curl/curl.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "world.h"

struct sink {
	char *text;
	size_t len;
};

static size_t
collect(char *bytes, size_t size, size_t count, void *ctx)
{
	struct sink *sink = ctx;
	char *grown = realloc(sink->text, sink->len + size * count + 1);

	assert_non_null(grown);
	memcpy(grown + sink->len, bytes, size * count);
	sink->text = grown;
	sink->len += size * count;
	sink->text[sink->len] = '\0';

	return size * count;
}

static bool
names_type(const char *const *headers)
{
	for (; headers != NULL && *headers != NULL; headers++) {
		if (strncmp(*headers, "Content-Type:", 13) == 0)
			return true;
	}

	return false;
}

static struct curl_slist *
header_list(const char *body, const char *const *headers)
{
	struct curl_slist *list = NULL;

	if (body != NULL && !names_type(headers))
		list = curl_slist_append(list,
		    "Content-Type: application/json");
	for (; headers != NULL && *headers != NULL; headers++)
		list = curl_slist_append(list, *headers);

	return list;
}

struct reply
world_ask(int port, const char *method, const char *path, const char *body,
    const char *const *headers)
{
	struct curl_slist *list = header_list(body, headers);
	struct sink sink = { NULL, 0 };
	struct reply reply = { 0 };
	CURL *curl = curl_easy_init();
	const char *type = NULL;
	char url[4096];

	assert_non_null(curl);
	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d%s", port, path);
	(void)curl_easy_setopt(curl, CURLOPT_URL, url);
	(void)curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
	(void)curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
	(void)curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
	(void)curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 30000L);
	if (body != NULL)
		(void)curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
	if (curl_easy_perform(curl) == CURLE_OK) {
		(void)curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE,
		    &reply.status);
		(void)curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
		(void)snprintf(reply.type, sizeof(reply.type), "%s",
		    type == NULL ? "" : type);
	}
	reply.text = sink.text == NULL ? strdup("") : sink.text;
	reply.json = json_loads(reply.text, 0, NULL);
	curl_slist_free_all(list);
	curl_easy_cleanup(curl);

	return reply;
}

struct reply
world_http(const struct world *world, const char *method, const char *path,
    const char *body, const char *const *headers)
{
	return world_ask(world->port, method, path, body, headers);
}

struct reply
world_gateway(const struct world *world, const char *method, const char *path)
{
	return world_ask(world->gateway_port, method, path,
	    strcmp(method, "POST") == 0 ? "" : NULL, NULL);
}

void
reply_free(struct reply *reply)
{
	free(reply->text);
	json_decref(reply->json);
	memset(reply, 0, sizeof(*reply));
}

static void
gateway_control(const struct world *world, const char *path)
{
	struct reply reply = world_gateway(world, "POST", path);

	assert_int_equal(reply.status, 200);
	reply_free(&reply);
}

void
world_gateway_fail(const struct world *world, const char *mode)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "/sim/fail?mode=%s", mode);
	gateway_control(world, path);
}

void
world_gateway_latency(const struct world *world, int ms)
{
	char path[128];

	(void)snprintf(path, sizeof(path), "/sim/latency?ms=%d", ms);
	gateway_control(world, path);
}

long
world_scan(const struct world *world, const char *payload)
{
	json_t *body = json_pack("{s:s}", "payload", payload);
	char *text = json_dumps(body, JSON_COMPACT);
	struct reply reply = world_http(world, "POST",
	    "/v1/desks/ban-1/scan", text, NULL);
	long status = reply.status;

	reply_free(&reply);
	free(text);
	json_decref(body);

	return status;
}

const char *
view_text(json_t *view, const char *path)
{
	static char digits[32];
	char part[64];
	json_t *at = view;

	while (at != NULL && *path != '\0') {
		size_t len = strcspn(path, ".");

		(void)snprintf(part, sizeof(part), "%.*s", (int)len, path);
		at = json_object_get(at, part);
		path += len + (path[len] == '.');
	}
	if (json_is_string(at))
		return json_string_value(at);
	if (json_is_boolean(at))
		return json_is_true(at) ? "true" : "false";
	if (json_is_integer(at)) {
		(void)snprintf(digits, sizeof(digits), "%lld",
		    (long long)json_integer_value(at));
		return digits;
	}

	return json_is_null(at) ? "null" : "";
}

static json_t *
desk_view(const struct world *world)
{
	struct reply reply = world_http(world, "GET", "/v1/desks", NULL, NULL);
	json_t *view = json_incref(json_array_get(reply.json, 0));

	reply_free(&reply);

	return view;
}

static bool
all_hold(json_t *view, va_list pairs)
{
	const char *path;

	while ((path = va_arg(pairs, const char *)) != NULL) {
		const char *want = va_arg(pairs, const char *);

		if (strcmp(view_text(view, path), want) != 0)
			return false;
	}

	return true;
}

json_t *
world_wait(const struct world *world, int timeout_ms, ...)
{
	const struct timespec step = { 0, 20 * 1000000L };
	json_t *view = NULL;
	bool held = false;
	char *text;
	int waited;

	for (waited = 0; !held && waited <= timeout_ms; waited += 20) {
		va_list pairs;

		json_decref(view);
		view = desk_view(world);
		va_start(pairs, timeout_ms);
		held = all_hold(view, pairs);
		va_end(pairs);
		if (!held)
			(void)nanosleep(&step, NULL);
	}
	if (held)
		return view;
	text = json_dumps(view, JSON_INDENT(1));
	print_error("last view: %s\n", text == NULL ? "none" : text);
	free(text);
	json_decref(view);
	fail_msg("the view did not come to hold what was awaited");

	return NULL;
}

long
world_stat(const struct world *world, const char *series, const char *member)
{
	time_t local = time(NULL) + 7 * 3600;
	struct tm today;
	char day[16], path[128];
	struct reply reply;
	long value;

	(void)gmtime_r(&local, &today);
	(void)strftime(day, sizeof(day), "%Y-%m-%d", &today);
	(void)snprintf(path, sizeof(path), "/v1/stats?from=%s&to=%s&by=outcome"
	    "&series=%s", day, day, series);
	reply = world_http(world, "GET", path, NULL, NULL);
	assert_int_equal(reply.status, 200);
	value = (long)json_integer_value(json_object_get(reply.json, member));
	reply_free(&reply);

	return value;
}

void
world_stat_is(const struct world *world, const char *series,
    const char *member, long value)
{
	const struct timespec step = { 0, 50000000 };
	long now = -1;
	int tries;

	for (tries = 0; tries < 200; tries++) {
		if ((now = world_stat(world, series, member)) == value)
			return;
		(void)nanosleep(&step, NULL);
	}
	fail_msg("%s.%s is %ld, not %ld", series, member, now, value);
}
