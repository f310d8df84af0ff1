/*
 * station.c - two small languages of the configuration
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "checkin/station.h"

/* One "YYYY-MM-DD word" of a list, or a word alone. */
#define STEP_LEN 64

struct step {
	struct ck_date from;	/* absent: from ever */
	enum ck_level level;
};

static bool
read_step(const char *text, size_t len, struct step *out)
{
	char step[STEP_LEN], *word = step;
	struct ck_date absent = { 0, 0, 0 };

	while (len > 0 && *text == ' ') {
		text++;
		len--;
	}
	while (len > 0 && text[len - 1] == ' ')
		len--;
	if (len == 0 || len >= sizeof(step))
		return false;
	memcpy(step, text, len);
	step[len] = '\0';
	out->from = absent;
	if (len > 10 && step[10] == ' ') {
		step[10] = '\0';
		word = step + 11;
		if (ck_date_parse_iso(step, &out->from) != CK_OK ||
		    out->from.day == 0)
			return false;
	}

	return ck_level_parse(word, &out->level);
}

bool
ck_station_level(const char *setting, struct ck_date day, enum ck_level *out)
{
	struct ck_date last = { 0, 0, 0 };
	enum ck_level level = CK_LEVEL_UNKNOWN;
	bool first = true;

	*out = CK_LEVEL_UNKNOWN;
	while (*setting != '\0') {
		size_t len = strcspn(setting, ",");
		struct step step;

		if (!read_step(setting, len, &step) || (!first &&
		    ck_date_compare(last, step.from) >= 0))
			return false;
		if (ck_date_compare(step.from, day) <= 0)
			level = step.level;
		last = step.from;
		first = false;
		setting += len;
		if (*setting == ',' && *++setting == '\0')
			return false;
	}
	*out = level;

	return true;
}

/* The value of the placeholder at rule, and where it ends; NULL: none. */
static const char *
placeholder(const char **rule, const struct ck_episode_parts *parts,
    char scratch[32])
{
	const struct {
		const char *name;
		int64_t number;		/* -1: text */
		const char *text;
		int digits;
	} all[] = {
		{ "{facility}", -1, parts->facility, 0 },
		{ "{patient}", -1, parts->patient, 0 },
		{ "{year}", parts->day.year, NULL, 4 },
		{ "{month}", parts->day.month, NULL, 2 },
		{ "{day}", parts->day.day, NULL, 2 },
		{ "{number}", parts->number, NULL, 1 }
	};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		size_t len = strlen(all[i].name);

		if (strncmp(*rule, all[i].name, len) != 0)
			continue;
		*rule += len;
		if (all[i].number < 0)
			return all[i].text;
		(void)snprintf(scratch, 32, "%0*" PRId64, all[i].digits,
		    all[i].number);
		return scratch;
	}

	return NULL;
}

bool
ck_station_episode(const char *rule, const struct ck_episode_parts *parts,
    char *out, size_t size)
{
	size_t used = 0;

	out[0] = '\0';
	if (strstr(rule, "{number}") == NULL)
		return false;
	while (*rule != '\0') {
		char one[2] = { *rule, '\0' }, scratch[32];
		const char *piece = one;

		if (*rule == '{')
			piece = placeholder(&rule, parts, scratch);
		else
			rule++;
		if (piece == NULL || strlen(piece) >= size - used) {
			out[0] = '\0';
			return false;
		}
		memcpy(out + used, piece, strlen(piece) + 1);
		used += strlen(piece);
	}

	return true;
}
