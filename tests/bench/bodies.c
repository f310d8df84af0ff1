/*
 * bodies.c - from the simulated people to bodies of POST /v1/lookups
 *
 * sim-gateway --people | bench-bodies OPERATOR COUNT
 *
 * Takes the first COUNT random people whose card is in force.
 */
#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *
text(const json_t *person, const char *key)
{
	const char *value = json_string_value(json_object_get(person, key));

	return value == NULL ? "" : value;
}

/* "12/08/1994", "08/1994" or "1994" with the year first. */
static void
iso_birth(const char *birth, char out[16])
{
	int day, month, year;

	if (sscanf(birth, "%2d/%2d/%4d", &day, &month, &year) == 3)
		(void)snprintf(out, 16, "%04d-%02d-%02d", year, month, day);
	else if (sscanf(birth, "%2d/%4d", &month, &year) == 2)
		(void)snprintf(out, 16, "%04d-%02d", year, month);
	else
		(void)snprintf(out, 16, "%s", birth);
}

static void
print_body(const json_t *person, const char *operator_name)
{
	char birth[16];
	json_t *body;

	iso_birth(text(person, "birth"), birth);
	body = json_pack("{s:s, s:s, s:s, s:s, s:s}",
	    "number", text(person, "number"),
	    "full_name", text(person, "name"),
	    "date_of_birth", birth,
	    "operator", operator_name,
	    "presented", "cccd");

	(void)json_dumpf(body, stdout, JSON_COMPACT);
	(void)putchar('\n');
	json_decref(body);
}

int
main(int argc, char **argv)
{
	char *line = NULL;
	size_t cap = 0;
	long left;

	if (argc != 3)
		return 2;
	left = strtol(argv[2], NULL, 10);
	while (left > 0 && getline(&line, &cap, stdin) > 0) {
		json_t *person = json_loads(line, 0, NULL);

		/* Scripted people, who carry a note, may be slow on purpose. */
		if (strcmp(text(person, "code"), "000") == 0 &&
		    text(person, "note")[0] == '\0') {
			print_body(person, argv[1]);
			left--;
		}
		json_decref(person);
	}
	free(line);

	return left == 0 ? 0 : 1;
}
