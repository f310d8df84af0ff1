/*
 * watch.c - processes that watch, and questions to Prometheus
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/wait.h>

#include <curl/curl.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "watch.h"

#define POLL_US 50000
#define SOON_US 30000000

void
watch_start(struct watcher *watcher, const struct world *world,
    const char *name, const char *command, const char *path)
{
	char line[2048], port[16];
	long status = 0;
	int waited;

	watcher->port = world_free_port();
	(void)snprintf(port, sizeof(port), "%d", watcher->port);
	assert_int_equal(setenv("PORT", port, 1), 0);
	(void)snprintf(line, sizeof(line), "exec %s >%s/%s.log 2>&1", command,
	    world->dir, name);
	watcher->pid = world_spawn(world, line);
	for (waited = 0; waited < SOON_US; waited += POLL_US) {
		struct reply reply = world_ask(watcher->port, "GET", path,
		    NULL, NULL);

		status = reply.status;
		reply_free(&reply);
		if (status == 200)
			return;
		assert_int_equal(waitpid(watcher->pid, NULL, WNOHANG), 0);
		(void)usleep(POLL_US);
	}
	fail_msg("%s does not answer; see %s", name, world->dir);
}

void
watch_stop(struct watcher *watcher)
{
	int waited;

	if (watcher->pid == 0)
		return;
	(void)kill(watcher->pid, SIGTERM);
	for (waited = 0; waited < SOON_US; waited += POLL_US) {
		if (waitpid(watcher->pid, NULL, WNOHANG) != 0)
			break;
		(void)usleep(POLL_US);
	}
	if (waited >= SOON_US) {
		(void)kill(watcher->pid, SIGKILL);
		(void)waitpid(watcher->pid, NULL, 0);
	}
	watcher->pid = 0;
}

json_t *
watch_query(const struct watcher *prometheus, const char *expr)
{
	char *escaped = curl_easy_escape(NULL, expr, 0);
	char path[3800];
	struct reply reply;
	json_t *result;

	assert_non_null(escaped);
	assert_true(snprintf(path, sizeof(path), "/api/v1/query?query=%s",
	    escaped) < (int)sizeof(path));
	curl_free(escaped);
	reply = world_ask(prometheus->port, "GET", path, NULL, NULL);
	result = json_object_get(json_object_get(reply.json, "data"),
	    "result");
	if (reply.status != 200 || !json_is_array(result))
		fail_msg("%s: %s", expr, reply.text);
	json_incref(result);
	reply_free(&reply);

	return result;
}

static bool
is_one(const json_t *result, double value)
{
	const json_t *pair = json_object_get(json_array_get(result, 0),
	    "value");
	const char *text = json_string_value(json_array_get(pair, 1));

	return json_array_size(result) == 1 && text != NULL &&
	    strtod(text, NULL) == value;
}

void
watch_wait(const struct watcher *prometheus, const char *expr, double value)
{
	json_t *result = NULL;
	int waited;

	for (waited = 0; waited < SOON_US; waited += POLL_US) {
		json_decref(result);
		result = watch_query(prometheus, expr);
		if (is_one(result, value)) {
			json_decref(result);
			return;
		}
		(void)usleep(POLL_US);
	}
	fail_msg("%s is not %g: %s", expr, value,
	    json_dumps(result, JSON_COMPACT));
}
