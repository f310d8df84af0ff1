/*
 * public.c - the report for outside
 */
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "report/gather.h"
#include "report/suppress.h"

/* A table of cells over the same units, and where each cell's numbers stand. */
struct table {
	struct ck_cell *cells;	/* owned */
	json_t **places;	/* owned; objects with "cccd" …, borrowed */
	uint8_t *members;	/* owned; cells × units */
	size_t count, cap, units;
	bool failed;		/* out of memory, or no report */
};

static enum ck_err
table_make(struct table *table, size_t cap, size_t units)
{
	*table = (struct table){ .cap = cap, .units = units };
	table->cells = calloc(cap + 1, sizeof(*table->cells));
	table->places = calloc(cap + 1, sizeof(json_t *));
	table->members = calloc(cap * units + 1, 1);

	return table->cells == NULL || table->places == NULL ||
	    table->members == NULL ? CK_ERR_NOMEM : CK_OK;
}

static void
table_wipe(struct table *table)
{
	free(table->cells);
	free(table->places);
	free(table->members);
}

/* A cell for the numbers at place. Its members are still none. */
static uint8_t *
table_add(struct table *table, json_t *place, bool fixed)
{
	uint8_t *members;

	if (table->count == table->cap || !json_is_object(place)) {
		table->failed = true;
		return NULL;
	}
	members = table->members + table->count * table->units;
	table->cells[table->count] = (struct ck_cell){
		.members = members, .fixed = fixed
	};
	table->places[table->count++] = place;

	return members;
}

/* A number of a group: a part of a series, or what of its total is not
 * covered (part NULL). */
struct number {
	const char *series;
	const char *part;
};

static int64_t
number_at(const json_t *place, struct number number)
{
	const json_t *series = json_object_get(place, number.series);
	json_int_t total = json_integer_value(json_object_get(series,
	    "total"));

	if (number.part != NULL)
		return json_integer_value(json_object_get(series,
		    number.part));

	return total - json_integer_value(json_object_get(series, "covered"));
}

/* Hide the cells of one number; hidden is what was hidden before, and grows. */
static enum ck_err
hide_number(struct table *table, struct number number, bool *hidden)
{
	enum ck_err err;
	size_t i;

	for (i = 0; i < table->count; i++) {
		table->cells[i].value = number_at(table->places[i], number);
		table->cells[i].hidden = hidden[i];
	}
	err = ck_cells_hide(table->cells, table->count, table->units);
	for (i = 0; i < table->count; i++)
		hidden[i] = table->cells[i].hidden;

	return err;
}

static void
erase(struct table *table, const char *series, const char *part,
    const bool *hidden)
{
	size_t i;

	for (i = 0; i < table->count; i++) {
		json_t *object = json_object_get(table->places[i], series);

		if (hidden[i] && json_object_get(object, part) != NULL)
			table->failed |= json_object_set_new(object, part,
			    json_null()) != 0;
	}
}

static size_t
count_hidden(const bool *hidden, size_t count)
{
	size_t i, found = 0;

	for (i = 0; i < count; i++)
		found += hidden[i];

	return found;
}

/*
 * Attempts, confirmed, and what lies between them. Who knows two of the three
 * knows the third: confirmed and unconfirmed are hidden together, for as long
 * as one makes the other hide more. totals and hidden start false.
 */
static enum ck_err
hide_cccd(struct table *table, bool *totals, bool *hidden)
{
	static const struct number total = { "cccd", "total" };
	static const struct number covered = { "cccd", "covered" };
	static const struct number uncovered = { "cccd", NULL };
	enum ck_err err;
	size_t before;

	if ((err = hide_number(table, total, totals)) != CK_OK)
		return err;
	memcpy(hidden, totals, table->count * sizeof(*hidden));
	do {
		before = count_hidden(hidden, table->count);
		err = hide_number(table, covered, hidden);
		if (err == CK_OK)
			err = hide_number(table, uncovered, hidden);
	} while (err == CK_OK &&
	    count_hidden(hidden, table->count) != before);
	erase(table, "cccd", "total", totals);
	erase(table, "cccd", "covered", hidden);

	return err;
}

static enum ck_err
hide_totals(struct table *table, bool *hidden)
{
	static const char *const series[] = { "lookups", "visits", "calls" };
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < 3 && err == CK_OK; i++) {
		const struct number total = { series[i], "total" };

		memset(hidden, 0, table->count * sizeof(*hidden));
		err = hide_number(table, total, hidden);
		erase(table, series[i], "total", hidden);
	}

	return err;
}

static enum ck_err
hide_table(struct table *table)
{
	bool *totals, *hidden;
	enum ck_err err = CK_ERR_NOMEM;

	if (table->failed)
		return CK_ERR_REQUEST;
	totals = calloc(table->count + 1, sizeof(*totals));
	hidden = calloc(table->count + 1, sizeof(*hidden));
	if (totals != NULL && hidden != NULL &&
	    (err = hide_cccd(table, totals, hidden)) == CK_OK)
		err = hide_totals(table, hidden);
	free(totals);
	free(hidden);

	return err == CK_OK && table->failed ? CK_ERR_NOMEM : err;
}

/* --- Tables of the report -------------------------------------------------- */

static void
mark_all(uint8_t *members, size_t units)
{
	if (members != NULL)
		memset(members, 1, units);
}

/* A table whose units are its own groups: days, or values of a word. */
static enum ck_err
hide_words(json_t *document, const char *division)
{
	json_t *groups = json_object_get(json_object_get(document, "groups"),
	    division);
	size_t i, count = json_array_size(groups);
	struct table table;
	enum ck_err err;

	if ((err = table_make(&table, count + 1, count)) == CK_OK) {
		for (i = 0; i < count; i++) {
			uint8_t *members = table_add(&table,
			    json_array_get(groups, i), false);

			if (members != NULL)
				members[i] = 1;
		}
		mark_all(table_add(&table,
		    json_object_get(document, "totals"), true), count);
		err = hide_table(&table);
	}
	table_wipe(&table);

	return err;
}

/* The units of a group of a division of clinics. */
static void
mark_units(uint8_t *members, const json_t *units, const char *division,
    const json_t *group)
{
	const json_t *key = json_object_get(group, "key"), *unit;
	size_t i;

	json_array_foreach(units, i, unit) {
		if (json_equal(json_object_get(unit, division), key))
			members[i] = 1;
	}
}

static void
add_groups(struct table *table, const json_t *document, const char *division)
{
	const json_t *units = json_object_get(document, "units");
	json_t *group, *groups = json_object_get(json_object_get(document,
	    "groups"), division);
	size_t i;

	json_array_foreach(groups, i, group) {
		uint8_t *members = table_add(table, group, false);

		if (members != NULL)
			mark_units(members, units, division, group);
	}
}

static const char *const places[] = {
	"clinic", "commune", "district", "manager", "level"
};

#define PLACES (sizeof(places) / sizeof(places[0]))

/* One table: clinics are parts of communes, districts, centres and levels. */
static enum ck_err
hide_places(json_t *document)
{
	const json_t *groups = json_object_get(document, "groups");
	size_t i, count = 1;
	size_t units = json_array_size(json_object_get(document, "units"));
	struct table table;
	enum ck_err err;

	for (i = 0; i < PLACES; i++)
		count += json_array_size(json_object_get(groups, places[i]));
	if ((err = table_make(&table, count, units)) == CK_OK) {
		for (i = 0; i < PLACES; i++)
			add_groups(&table, document, places[i]);
		mark_all(table_add(&table,
		    json_object_get(document, "totals"), true), units);
		err = hide_table(&table);
	}
	table_wipe(&table);

	return err;
}

/* --- The parts of a total --------------------------------------------------- */

/* The seven parts of a published total, hidden among themselves. */
static enum ck_err
hide_parts(json_t *series)
{
	uint8_t members[CK_PARTS + 1][CK_PARTS] = { { 0 } };
	struct ck_cell cells[CK_PARTS + 1];
	enum ck_err err;
	int i;

	for (i = 0; i <= CK_PARTS; i++) {
		const char *name = i == CK_PARTS ? "total" :
		    ck_part_name((enum ck_part)i);

		if (i == CK_PARTS)
			memset(members[i], 1, CK_PARTS);
		else
			members[i][i] = 1;
		cells[i] = (struct ck_cell){
			.value = json_integer_value(json_object_get(series,
			    name)),
			.members = members[i], .fixed = i == CK_PARTS
		};
	}
	if ((err = ck_cells_hide(cells, CK_PARTS + 1, CK_PARTS)) != CK_OK)
		return err;
	for (i = 0; i <= CK_PARTS; i++) {
		if (cells[i].hidden && json_object_set_new(series,
		    i == CK_PARTS ? "total" : ck_part_name((enum ck_part)i),
		    json_null()) != 0)
			return CK_ERR_NOMEM;
	}

	return CK_OK;
}

static enum ck_err
hide_all_parts(json_t *totals)
{
	enum ck_err err = CK_OK;
	const char *name;
	json_t *series;

	json_object_foreach(totals, name, series) {
		if (err == CK_OK)
			err = hide_parts(series);
	}

	return err;
}

/* Of a group's series only the total goes out, and of cccd what was
 * confirmed. */
static enum ck_err
keep_few(json_t *group)
{
	int number;

	for (number = 0; number < CK_SERIES_COUNT; number++) {
		const char *name = ck_series_label((enum ck_series)number);
		const json_t *old = json_object_get(group, name);
		json_t *few = json_object();

		if (json_object_set(few, "total", json_object_get(old,
		    "total")) != 0 || (number == CK_SERIES_CCCD &&
		    json_object_set(few, "covered", json_object_get(old,
		    "covered")) != 0) ||
		    json_object_set_new(group, name, few) != 0)
			return CK_ERR_REQUEST;
	}

	return CK_OK;
}

static enum ck_err
keep_few_of_all(json_t *document)
{
	json_t *division, *group;
	enum ck_err err = CK_OK;
	const char *name;
	size_t i;

	json_object_foreach(json_object_get(document, "groups"), name,
	    division) {
		json_array_foreach(division, i, group) {
			if (err == CK_OK)
				err = keep_few(group);
		}
	}

	return err;
}

static enum ck_err
hide_everything(json_t *document)
{
	static const char *const words[] = {
		"day", "presented", "captured", "assurance", "reason", "owner"
	};
	enum ck_err err;
	size_t i;

	if ((err = keep_few_of_all(document)) != CK_OK ||
	    (err = hide_places(document)) != CK_OK)
		return err;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((err = hide_words(document, words[i])) != CK_OK)
			return err;
	}
	if ((err = hide_all_parts(json_object_get(document, "totals"))) !=
	    CK_OK)
		return err;

	return hide_all_parts(json_object_get(json_object_get(document,
	    "before"), "totals"));
}

enum ck_err
ck_report_public(const json_t *document, json_t **out)
{
	static const char *const inside[] = {
		"below", "sources", "units", "reconciliation", "since"
	};
	json_t *copy;
	enum ck_err err;
	size_t i;

	*out = NULL;
	if (!json_is_object(json_object_get(document, "groups")))
		return CK_ERR_REQUEST;
	if ((copy = json_deep_copy(document)) == NULL)
		return CK_ERR_NOMEM;
	err = hide_everything(copy);
	for (i = 0; i < sizeof(inside) / sizeof(inside[0]); i++)
		(void)json_object_del(copy, inside[i]);
	(void)json_object_del(json_object_get(copy, "closing"), "changes");
	(void)json_object_del(copy, "signature");
	if (err == CK_OK && json_object_set_new(copy, "public",
	    json_true()) != 0)
		err = CK_ERR_NOMEM;
	if (err == CK_OK)
		*out = copy;
	else
		json_decref(copy);

	return err;
}
