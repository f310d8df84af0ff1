/*
 * check_in.c - admit, notice, and see what has arrived
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_in.h"

#define COST "\"MA_DICH_VU\":\"02.1896\",\"TEN_DICH_VU\":\"Khám & tư vấn\"," \
	"\"NGAY_YL\":\"202611230735\""

/* Half a minute, looked at twenty times a second. */
#define TRIES 600
#define POLL_US 50000

json_t *
check_in_ask(const struct world *world, const char *method, const char *path,
    const char *body, long status)
{
	struct reply reply = world_http(world, method, path, body, NULL);
	json_t *json;

	if (reply.status != status)
		fail_msg("%s %s: HTTP %ld, not %ld: %s", method, path,
		    reply.status, status, reply.text);
	json = json_incref(reply.json);
	reply_free(&reply);

	return json;
}

void
check_in_look_up(const struct world *world, const char *label, char id[64])
{
	json_t *person = world_person(world, label);
	json_t *body = json_pack("{s:O, s:O, s:O, s:s}",
	    "number", json_object_get(person, "number"),
	    "full_name", json_object_get(person, "name"),
	    "date_of_birth", json_object_get(person, "birth"),
	    "operator", WORLD_OPERATOR);
	char *text = json_dumps(body, JSON_COMPACT);
	json_t *json = check_in_ask(world, "POST", "/v1/lookups", text, 200);

	(void)snprintf(id, 64, "%s", view_text(json, "id"));
	json_decref(json);
	free(text);
	json_decref(body);
	json_decref(person);
}

json_t *
check_in_admit(const struct world *world, const char *label, const char *more,
    long status)
{
	char lookup[64], body[512];

	check_in_look_up(world, label, lookup);
	(void)snprintf(body, sizeof(body), "{\"lookup\":\"%s\","
	    "\"another_visit\":true,\"operator\":\"" WORLD_OPERATOR
	    "\"%s}", lookup, more);

	return check_in_ask(world, "POST", "/v1/check-ins", body, status);
}

void
check_in_id(json_t *check_in, char id[64])
{
	(void)snprintf(id, 64, "%s", view_text(check_in, "id"));
	json_decref(check_in);
}

void
check_in_path(const char *id, const char *rest, char path[128])
{
	(void)snprintf(path, 128, "/v1/check-ins/%s%s", id, rest);
}

json_t *
check_in_notice(const struct world *world, const char *id,
    const char *episode, const char *more, long status)
{
	char path[128], body[1024];

	check_in_path(id, "/notices", path);
	(void)snprintf(body, sizeof(body), "{\"fields\":{\"MA_LK\":\"%s\","
	    "\"MA_BN\":\"BN1\"," COST "%s}}", episode, more);

	return check_in_ask(world, "POST", path, body, status);
}

long
check_in_arrived(const struct world *world, const char *episode)
{
	struct reply reply = world_gateway(world, "GET", "/sim/check-ins");
	long count = (long)json_integer_value(json_object_get(reply.json,
	    episode));

	reply_free(&reply);

	return count;
}

json_t *
check_in_wait(const struct world *world, const char *id, const char *state)
{
	char path[128];
	json_t *json = NULL, *all, *last;
	int tries;

	check_in_path(id, "", path);
	for (tries = 0; tries < TRIES; tries++) {
		json_decref(json);
		json = check_in_ask(world, "GET", path, NULL, 200);
		all = json_object_get(json, "notices");
		last = json_array_get(all, json_array_size(all) - 1);
		if (last != NULL &&
		    strcmp(view_text(last, "state"), state) == 0) {
			json_incref(last);
			json_decref(json);
			return last;
		}
		(void)usleep(POLL_US);
	}
	fail_msg("%s is not %s: %s", id, state,
	    json_dumps(json, JSON_COMPACT));

	return NULL;
}
