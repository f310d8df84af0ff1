/*
 * desk.c - any desk of a simulated clinic, by its name
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

#include "desk.h"

#define SOON_US 30000000
#define POLL_US 50000

json_t *
desk_view(const struct world *world, const char *desk)
{
	struct reply reply = world_http(world, "GET", "/v1/desks", NULL, NULL);
	json_t *found = NULL;
	size_t i;

	for (i = 0; i < json_array_size(reply.json); i++) {
		json_t *view = json_array_get(reply.json, i);

		if (strcmp(view_text(view, "desk"), desk) == 0)
			found = json_incref(view);
	}
	reply_free(&reply);

	return found;
}

void
desk_wait(const struct world *world, const char *desk, const char *path,
    const char *value)
{
	json_t *view;
	char *last;
	int waited;

	for (waited = 0; waited < SOON_US; waited += POLL_US) {
		bool same;

		view = desk_view(world, desk);
		same = view != NULL &&
		    strcmp(view_text(view, path), value) == 0;

		json_decref(view);
		if (same)
			return;
		(void)usleep(POLL_US);
	}
	view = desk_view(world, desk);
	last = json_dumps(view, JSON_INDENT(1));
	json_decref(view);
	print_error("%s\n", last == NULL ? "no such desk" : last);
	free(last);
	fail_msg("%s: %s never became %s", desk, path, value);
}

void
desk_post(const struct world *world, const char *desk, const char *what,
    const char *body, long status)
{
	char path[64];
	struct reply reply;

	(void)snprintf(path, sizeof(path), "/v1/desks/%s/%s", desk, what);
	reply = world_http(world, "POST", path, body, NULL);
	assert_int_equal(reply.status, status);
	reply_free(&reply);
}

void
desk_scan(const struct world *world, const char *desk, const char *label,
    const char *member)
{
	json_t *person = world_person(world, label);
	json_t *body = json_pack("{s:O}", "payload",
	    json_object_get(person, member));
	char *text = json_dumps(body, 0);

	desk_post(world, desk, "scan", text, 204);
	free(text);
	json_decref(body);
	json_decref(person);
}

char *
desk_error(const struct world *world)
{
	int waited;

	for (waited = 0; waited < SOON_US; waited += POLL_US) {
		json_t *view = desk_view(world, "ban-1");
		const char *error = view_text(view, "read.error");
		char *copy = strcmp(error, "null") == 0 || error[0] == '\0' ?
		    NULL : strdup(error);

		json_decref(view);
		if (copy != NULL)
			return copy;
		(void)usleep(POLL_US);
	}
	fail_msg("the read has no end");

	return NULL;
}

/* ICAO 9303-3 section 4.9: weights 7 3 1, letters from 10, filler 0. */
static char
check_digit(const char *text)
{
	static const int weights[] = { 7, 3, 1 };
	int i, sum = 0;

	for (i = 0; text[i] != '\0'; i++) {
		int value = text[i] == '<' ? 0 : text[i] <= '9' ?
		    text[i] - '0' : text[i] - 'A' + 10;

		sum += value * weights[i % 3];
	}

	return (char)('0' + sum % 10);
}

void
desk_zone_of(const char *number, const char *birth, char lines[3][31])
{
	char yymmdd[7], all[64];

	(void)snprintf(yymmdd, sizeof(yymmdd), "%.2s%.2s%.2s", birth + 2,
	    birth + 5, birth + 8);
	(void)snprintf(lines[0], 31, "IDVNM%s%c%s<<%c", number + 3,
	    check_digit(number + 3), number, check_digit(number));
	(void)snprintf(all, sizeof(all), "%s%s%c9912315<<<<<<<<<<<",
	    lines[0] + 5, yymmdd, check_digit(yymmdd));
	(void)snprintf(lines[1], 31, "%s%cM9912315VNM<<<<<<<<<<<%c", yymmdd,
	    check_digit(yymmdd), check_digit(all));
	(void)snprintf(lines[2], 31, "MAU<<VAN<A<<<<<<<<<<<<<<<<<<<<");
}
