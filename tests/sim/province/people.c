/*
 * people.c - who comes to the desks
 */
#include <stdlib.h>
#include <string.h>

#include "play.h"

static const char *
text(const json_t *object, const char *name)
{
	const char *value = json_string_value(json_object_get(object, name));

	return value == NULL ? "" : value;
}

/* "12/08/1994" as "1994-08-12"; shorter dates likewise. */
static void
iso_date(const char *local, char out[11])
{
	char day[3] = "", month[3] = "", year[5] = "";

	if (sscanf(local, "%2[0-9]/%2[0-9]/%4[0-9]", day, month, year) == 3)
		(void)snprintf(out, 11, "%s-%s-%s", year, month, day);
	else if (sscanf(local, "%2[0-9]/%4[0-9]", month, year) == 2)
		(void)snprintf(out, 11, "%s-%s", year, month);
	else
		(void)snprintf(out, 11, "%.4s", local);
}

static struct play_person
person_of(const json_t *line)
{
	struct play_person person;

	(void)snprintf(person.number, sizeof(person.number), "%s",
	    text(line, "number"));
	(void)snprintf(person.insurance, sizeof(person.insurance), "%s",
	    text(line, "insurance_number"));
	(void)snprintf(person.name, sizeof(person.name), "%s",
	    text(line, "name"));
	(void)snprintf(person.qr, sizeof(person.qr), "%s", text(line, "qr"));
	(void)snprintf(person.code, sizeof(person.code), "%s",
	    text(line, "code"));
	iso_date(text(line, "birth"), person.birth);

	return person;
}

/* Those whose number alone is not enough, or who may be covered after all by
 * another way, would blur the plan. */
static bool
is_trouble(const struct play_person *person)
{
	static const char *const codes[] = {
		"010", "050", "051", "052", "053", "060", "061", "070", "100",
		"101", "110", "120", "124", "130"
	};
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (strcmp(codes[i], person->code) == 0)
			return true;
	}

	return false;
}

void
play_people_load(struct play_people *people, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;

	if (file == NULL)
		play_fail("%s cannot be read", path);
	people->covered = calloc(20000, sizeof(*people->covered));
	people->trouble = calloc(20000, sizeof(*people->trouble));
	while (getline(&line, &cap, file) > 0) {
		json_t *json = json_loads(line, 0, NULL);
		struct play_person person = person_of(json);

		json_decref(json);
		/* one with a whole date, so that QR and typing say the same */
		if (strcmp(person.code, "000") == 0 &&
		    strlen(person.birth) == 10 &&
		    people->covered_count < 20000)
			people->covered[people->covered_count++] = person;
		else if (is_trouble(&person) &&
		    people->trouble_count < 20000)
			people->trouble[people->trouble_count++] = person;
	}
	free(line);
	(void)fclose(file);
	if (people->covered_count < 1000)
		play_fail("%s: fewer than 1,000 people are covered", path);
}
