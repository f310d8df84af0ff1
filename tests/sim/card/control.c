/*
 * control.c - what the commands of the control socket do
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "control.h"

/* How many of the random people `list` shows after the scripted ones. */
#define LIST_RANDOM 8

#define QR_MAX 2048

static void
reply(struct sim_bytes *answer, const char *result, const char *text)
{
	sim_put_text(answer, result);
	if (text[0] != '\0') {
		sim_put_text(answer, " ");
		sim_put_text(answer, text);
	}
	sim_put_text(answer, "\n");
}

static void
reply_json(struct sim_bytes *answer, json_t *value)
{
	char *text = json_dumps(value, JSON_COMPACT);

	sim_must(text != NULL, "json_dumps");
	reply(answer, "ok", text);
	free(text);
	json_decref(value);
}

bool
sim_desk_insert(struct sim_desk *desk, unsigned slot, const char *who,
    const struct sim_faults *faults, char *why, size_t why_size)
{
	struct sim_profile profile, other = { 0 };

	if (!sim_personalise(desk->factory, who, desk->chip_config, faults,
	    &profile, why, why_size))
		return false;
	if (faults->on[SIM_FAULT_SWAPPED_AFTER])
		sim_personalise_other(desk->factory, profile.label, faults,
		    &other);
	if (!sim_slot_insert(desk->slots[slot], &profile, &other,
	    desk->chip_config, faults)) {
		snprintf(why, why_size, "no virtual reader listens there");
		return false;
	}

	return true;
}

static void
do_insert(struct sim_desk *desk, unsigned slot, char *arguments,
    struct sim_bytes *answer)
{
	struct sim_faults faults;
	char why[256] = "";
	char *rest = NULL;
	char *who = strtok_r(arguments, " ", &rest);
	char *list = strtok_r(NULL, " ", &rest);

	if (who == NULL)
		reply(answer, "error", "insert whom?");
	else if (!sim_faults_parse(list != NULL ? list : "", &faults))
		reply(answer, "error", "unknown fault; see --help");
	else if (!sim_desk_insert(desk, slot, who, &faults, why, sizeof(why)))
		reply(answer, "error", why);
	else
		reply(answer, "ok", who);
}

static void
do_remove(struct sim_desk *desk, unsigned slot, char *arguments,
    struct sim_bytes *answer)
{
	(void)arguments;
	if (sim_slot_remove(desk->slots[slot]))
		reply(answer, "ok", "removed");
	else
		reply(answer, "ok", "empty");
}

static void
do_state(struct sim_desk *desk, unsigned slot, char *arguments,
    struct sim_bytes *answer)
{
	struct sim_slot_state state;

	(void)arguments;
	sim_slot_state(desk->slots[slot], &state);
	reply_json(answer, json_pack("{s:i, s:s?, s:i, s:f}", "slot",
	    (int)slot, "person", state.label[0] != '\0' ? state.label : NULL,
	    "apdus", (int)state.apdus, "link_ms",
	    (double)state.link_us / 1000));
}

static json_t *
describe(const struct sim_person *person)
{
	char qr[QR_MAX], bhyt_qr[QR_MAX], birth[40];

	snprintf(birth, sizeof(birth), "%04d-%02d-%02d", person->birth.year,
	    person->birth.month, person->birth.day);
	if (person->birth.day == 0)
		birth[person->birth.month == 0 ? 4 : 7] = '\0';
	sim_person_qr(person, qr, sizeof(qr));
	sim_person_bhyt_qr(person, bhyt_qr, sizeof(bhyt_qr));

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
	    "person", person->label, "name", person->full_name,
	    "number", person->number, "birth", birth, "code", person->code,
	    "note", person->note, "can", person->number + 6, "qr", qr,
	    "bhyt_qr", bhyt_qr);
}

static void
do_list(struct sim_desk *desk, unsigned slot, char *arguments,
    struct sim_bytes *answer)
{
	json_t *all = json_array(), *one;
	struct sim_person person;
	unsigned i;

	(void)slot;
	(void)arguments;
	for (i = 0; i < sim_people_scripted() + LIST_RANDOM; i++) {
		sim_person_at(desk->factory->seed, i, &person);
		one = describe(&person);
		sim_must(one != NULL &&
		    json_array_append_new(all, one) == 0, "list");
	}
	reply_json(answer, all);
}

static void
do_person(struct sim_desk *desk, unsigned slot, char *arguments,
    struct sim_bytes *answer)
{
	struct sim_person person;

	(void)slot;
	if (!sim_person_find(desk->factory->seed, arguments, &person))
		reply(answer, "error", "no such person");
	else
		reply_json(answer, describe(&person));
}

static const struct {
	const char *name;
	void (*run)(struct sim_desk *desk, unsigned slot, char *arguments,
	    struct sim_bytes *answer);
} commands[] = {
	{ "insert", do_insert },
	{ "remove", do_remove },
	{ "state", do_state },
	{ "list", do_list },
	{ "person", do_person },
};

/* Take "slot N" off the front. False when N is no slot. */
static bool
take_slot(char **line, unsigned *slot)
{
	char *rest = *line;

	*slot = 0;
	if (strncmp(rest, "slot ", 5) != 0)
		return true;
	if (rest[5] < '0' || rest[5] >= '0' + SIM_SLOTS || rest[6] != ' ')
		return false;
	*slot = (unsigned)(rest[5] - '0');
	*line = rest + 7;

	return true;
}

void
sim_control_line(struct sim_desk *desk, char *line, struct sim_bytes *answer)
{
	char *word, *rest = NULL;
	unsigned slot;
	size_t i;

	line[strcspn(line, "\r")] = '\0';
	if (!take_slot(&line, &slot)) {
		reply(answer, "error", "no such slot");
		return;
	}
	word = strtok_r(line, " ", &rest);
	for (i = 0; word != NULL &&
	    i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, word) == 0) {
			commands[i].run(desk, slot, rest, answer);
			return;
		}
	}
	reply(answer, "error", "commands: insert remove state list person");
}
