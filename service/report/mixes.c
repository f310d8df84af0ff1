/*
 * mixes.c - which counted words were met together, and what that tells
 */
#include <stdlib.h>
#include <string.h>

#include "report/mixes.h"

/* --- Written down --------------------------------------------------------- */

/* The part of a series that words are met in. */
struct part {
	enum ck_series series;
	enum ck_part part;
};

/* Returns 0, or -1 when out of memory. */
static int
append_why(json_t *list, struct part at, const struct ck_part_of *reason)
{
	unsigned mask = reason->owners[at.series][at.part];
	int owner, failed = 0;

	for (owner = 0; owner < CK_WORD_VALUES; owner++) {
		if ((mask >> owner & 1) == 0)
			continue;
		failed |= json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s}",
		    "series", ck_series_label(at.series),
		    "part", ck_part_name(at.part), "reason", reason->key,
		    "owner", ck_owner_label((enum ck_owner)owner)));
	}

	return failed;
}

static int
append_how(json_t *list, struct part at, int presented, int captured,
    unsigned mask)
{
	int assurance, failed = 0;

	for (assurance = 0; assurance < CK_WORD_VALUES; assurance++) {
		if ((mask >> assurance & 1) == 0)
			continue;
		failed |= json_array_append_new(list,
		    json_pack("{s:s, s:s, s:s, s:s, s:s}",
		    "series", ck_series_label(at.series),
		    "part", ck_part_name(at.part),
		    "presented", ck_presented_label(
		    (enum ck_presented)presented),
		    "captured", ck_captured_label((enum ck_captured)captured),
		    "assurance", ck_assurance_label(
		    (enum ck_assurance)assurance)));
	}

	return failed;
}

static int
append_part(json_t *whys, json_t *hows, struct part at,
    const struct ck_gathered *figures)
{
	const struct ck_division_groups *reasons = &figures->by[CK_BY_REASON];
	int presented, captured, failed = 0;
	size_t i;

	for (i = 0; i < reasons->len; i++)
		failed |= append_why(whys, at, &reasons->list[i]);
	for (presented = 0; presented < CK_WORD_VALUES; presented++) {
		for (captured = 0; captured < CK_WORD_VALUES; captured++)
			failed |= append_how(hows, at, presented, captured,
			    figures->met->assurances[at.series][at.part]
			    [presented][captured]);
	}

	return failed;
}

json_t *
ck_mixes_json(const struct ck_gathered *figures)
{
	json_t *whys = json_array(), *hows = json_array();
	int series, part, failed = 0;

	for (series = 0; series < CK_SERIES_COUNT; series++) {
		for (part = 0; part < CK_PARTS; part++)
			failed |= append_part(whys, hows, (struct part){
			    (enum ck_series)series, (enum ck_part)part },
			    figures);
	}
	if (failed != 0) {
		json_decref(whys);
		json_decref(hows);
		return NULL;
	}

	return json_pack("[o, o]", whys, hows);
}

/* --- Gone through --------------------------------------------------------- */

/* What is not covered of a total: no number of a document, but total and
 * covered tell it. Where covered is hidden it is a secret, too. */
#define UNCOVERED NULL

/* A number of the table: where it stands, and which part of the people. */
struct entry {
	json_t *place;		/* the series of a group or of the totals */
	const char *part;	/* "total", "covered", …, or UNCOVERED */
};

/* The words of one list in one series; the units are its mixes. */
struct mixed {
	struct ck_hiding *hiding;	/* borrowed */
	const char *series;
	const json_t **mixes;	/* owned list; borrowed */
	struct ck_cell *cells;	/* owned */
	struct entry *entries;	/* owned; as cells */
	uint8_t *members;	/* owned; cells × units */
	size_t units, count, cap;
};

static void
mixed_wipe(struct mixed *mixed)
{
	free(mixed->mixes);
	free(mixed->cells);
	free(mixed->entries);
	free(mixed->members);
}

/* The divisions of a list: the members of its entries but series and part. */
static bool
is_division(const char *name)
{
	return strcmp(name, "series") != 0 && strcmp(name, "part") != 0;
}

static size_t
cells_needed(const struct ck_hiding *hiding, const json_t *mix)
{
	size_t cells = CK_PARTS + 2;
	const json_t *word;
	const char *name;

	json_object_foreach((json_t *)(uintptr_t)mix, name, word) {
		if (is_division(name))
			cells += 3 * json_array_size(ck_hiding_groups(
			    hiding->plain, name));
	}

	return cells;
}

static enum ck_err
mixed_make(struct mixed *mixed, struct ck_hiding *hiding, const json_t *list,
    const char *series)
{
	size_t i, all = json_array_size(list);
	const json_t *mix;

	*mixed = (struct mixed){ .hiding = hiding, .series = series,
		.cap = cells_needed(hiding, json_array_get(list, 0)) };
	mixed->mixes = calloc(all + 1, sizeof(json_t *));
	mixed->cells = calloc(mixed->cap, sizeof(*mixed->cells));
	mixed->entries = calloc(mixed->cap, sizeof(*mixed->entries));
	if (mixed->mixes == NULL || mixed->cells == NULL ||
	    mixed->entries == NULL)
		return CK_ERR_NOMEM;
	json_array_foreach(list, i, mix) {
		if (strcmp(ck_json_text(mix, "series"), series) == 0)
			mixed->mixes[mixed->units++] = mix;
	}
	mixed->members = calloc(mixed->cap, mixed->units + 1);

	return mixed->members == NULL ? CK_ERR_NOMEM : CK_OK;
}

static bool
is_in_part(const json_t *mix, const char *part)
{
	bool covered = strcmp(ck_json_text(mix, "part"), "covered") == 0;

	if (part == UNCOVERED)
		return !covered;

	return strcmp(part, "total") == 0 ||
	    strcmp(ck_json_text(mix, "part"), part) == 0;
}

static int64_t
value_of(const json_t *plain, const char *part)
{
	if (part != UNCOVERED)
		return json_integer_value(json_object_get(plain, part));

	return json_integer_value(json_object_get(plain, "total")) -
	    json_integer_value(json_object_get(plain, "covered"));
}

static bool
is_small(int64_t value)
{
	return value > 0 && value < CK_PUBLISHED_MIN;
}

/* Who knows two of total, covered and the rest knows the third: the smaller two
 * are hidden together. */
static bool
is_hidden(const json_t *plain, const json_t *place, const char *part)
{
	if (part != UNCOVERED && strcmp(part, "covered") != 0)
		return !json_is_integer(json_object_get(place, part));

	return !json_is_integer(json_object_get(place, "covered")) ||
	    is_small(value_of(plain, "covered")) ||
	    is_small(value_of(plain, UNCOVERED));
}

/* A cell for a part of a group (division NULL: of all). */
static void
add_cell(struct mixed *mixed, const json_t *plain, struct entry entry,
    const char *division, const char *key, unsigned kind)
{
	uint8_t *members = mixed->members + mixed->count * mixed->units;
	size_t i;

	for (i = 0; i < mixed->units; i++)
		members[i] = is_in_part(mixed->mixes[i], entry.part) &&
		    (division == NULL || strcmp(ck_json_text(mixed->mixes[i],
		    division), key) == 0);
	mixed->entries[mixed->count] = entry;
	mixed->cells[mixed->count++] = (struct ck_cell){
		.value = value_of(plain, entry.part), .members = members,
		.kind = kind,
		.hidden = is_hidden(plain, entry.place, entry.part)
	};
}

/* Of a group total and covered go out, and so what is not covered (cccd); of
 * other series the total. */
static void
add_groups(struct mixed *mixed, const char *division, unsigned kind)
{
	const json_t *plain = ck_hiding_groups(mixed->hiding->plain, division);
	json_t *out = ck_hiding_groups(mixed->hiding->out, division), *group;
	size_t i;

	json_array_foreach(out, i, group) {
		const json_t *old = json_object_get(json_array_get(plain, i),
		    mixed->series);
		json_t *place = json_object_get(group, mixed->series);
		const char *key = ck_json_text(group, "key");

		add_cell(mixed, old, (struct entry){ place, "total" },
		    division, key, kind);
		if (json_object_get(place, "covered") == NULL)
			continue;
		add_cell(mixed, old, (struct entry){ place, "covered" },
		    division, key, kind + 1);
		if (is_hidden(old, place, UNCOVERED))
			add_cell(mixed, old, (struct entry){ place,
			    UNCOVERED }, division, key, kind + 2);
	}
}

static void
add_totals(struct mixed *mixed)
{
	const json_t *plain = json_object_get(json_object_get(
	    mixed->hiding->plain, "totals"), mixed->series);
	json_t *place = json_object_get(json_object_get(mixed->hiding->out,
	    "totals"), mixed->series);
	int part;

	add_cell(mixed, plain, (struct entry){ place, "total" }, NULL, "", 0);
	mixed->cells[mixed->count - 1].fixed = true;
	if (is_hidden(plain, place, UNCOVERED))
		add_cell(mixed, plain, (struct entry){ place, UNCOVERED },
		    NULL, "", 0);
	for (part = 0; part < CK_PARTS; part++)
		add_cell(mixed, plain, (struct entry){ place,
		    ck_part_name((enum ck_part)part) }, NULL, "", 1);
}

static enum ck_err
erase(const struct mixed *mixed)
{
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < mixed->count && err == CK_OK; i++) {
		if (mixed->cells[i].hidden &&
		    mixed->entries[i].part != UNCOVERED)
			err = ck_hiding_erase(mixed->hiding,
			    mixed->entries[i].place, mixed->entries[i].part);
	}

	return err;
}

static enum ck_err
hide_series(struct ck_hiding *hiding, const json_t *list, const char *series)
{
	const json_t *word;
	const char *name;
	unsigned kind = 2;
	struct mixed mixed;
	enum ck_err err;

	if ((err = mixed_make(&mixed, hiding, list, series)) == CK_OK &&
	    mixed.units > 0) {
		add_totals(&mixed);
		json_object_foreach(json_array_get(list, 0), name, word) {
			if (!is_division(name))
				continue;
			add_groups(&mixed, name, kind);
			kind += 3;
		}
		err = ck_cells_hide(mixed.cells, mixed.count, mixed.units);
	}
	if (err == CK_OK)
		err = erase(&mixed);
	mixed_wipe(&mixed);

	return err;
}

bool
ck_mixes_have(const json_t *document, const char *division)
{
	const json_t *mixes = json_object_get(document, "mixes"), *list;
	bool have = false;
	size_t i;

	json_array_foreach(mixes, i, list)
		have |= json_object_get(json_array_get(list, 0), division) !=
		    NULL;

	return have;
}

enum ck_err
ck_mixes_hide(struct ck_hiding *hiding)
{
	const json_t *mixes = json_object_get(hiding->plain, "mixes"), *list;
	enum ck_err err = CK_OK;
	size_t i;
	int series;

	json_array_foreach(mixes, i, list) {
		for (series = 0; series < CK_SERIES_COUNT && err == CK_OK &&
		    json_array_size(list) > 0; series++)
			err = hide_series(hiding, list,
			    ck_series_label((enum ck_series)series));
	}

	return err;
}
