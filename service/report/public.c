/*
 * public.c - the report for outside
 */
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "report/gather.h"
#include "report/suppress.h"

/*
 * What is hidden in one table is hidden in all: the totals are a cell of each,
 * so that the tables are gone through until none hides more. Both borrowed.
 */
struct hiding {
	const json_t *plain;	/* as it was, for the values */
	json_t *out;		/* null: hidden */
	bool grown;		/* something was hidden in this round */
};

/* A table of cells over the same units, and where each cell's numbers stand. */
struct table {
	struct hiding *hiding;	/* borrowed */
	struct ck_cell *cells;	/* owned */
	const json_t **plain;	/* owned; objects with "cccd" …, borrowed */
	json_t **places;	/* owned; the same in what goes out, borrowed */
	uint8_t *members;	/* owned; cells × units */
	size_t count, cap, units;
	bool failed;		/* out of memory, or no report */
};

static enum ck_err
table_make(struct table *table, struct hiding *hiding, size_t cap,
    size_t units)
{
	*table = (struct table){ .hiding = hiding, .cap = cap,
		.units = units };
	table->plain = calloc(cap + 1, sizeof(json_t *));
	table->cells = calloc(cap + 1, sizeof(*table->cells));
	table->places = calloc(cap + 1, sizeof(json_t *));
	table->members = calloc(cap * units + 1, 1);

	return table->cells == NULL || table->plain == NULL ||
	    table->places == NULL || table->members == NULL ? CK_ERR_NOMEM : CK_OK;
}

static void
table_wipe(struct table *table)
{
	free(table->cells);
	free(table->plain);
	free(table->places);
	free(table->members);
}

/* A cell for the numbers at place. Its members are still none. */
static uint8_t *
table_add(struct table *table, const json_t *plain, json_t *place, bool fixed)
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
	table->plain[table->count] = plain;
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
		table->cells[i].value = number_at(table->plain[i], number);
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

		if (!hidden[i] || !json_is_integer(json_object_get(object,
		    part)))
			continue;
		table->failed |= json_object_set_new(object, part,
		    json_null()) != 0;
		table->hiding->grown = true;
	}
}

/* Add to hidden what is so already. */
static void
recall(const struct table *table, const char *series, const char *part,
    bool *hidden)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		hidden[i] |= json_is_null(json_object_get(json_object_get(
		    table->places[i], series), part));
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

	recall(table, "cccd", "total", totals);
	if ((err = hide_number(table, total, totals)) != CK_OK)
		return err;
	memcpy(hidden, totals, table->count * sizeof(*hidden));
	recall(table, "cccd", "covered", hidden);
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
		recall(table, series[i], "total", hidden);
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

static json_t *
groups_of(const json_t *document, const char *division)
{
	return json_object_get(json_object_get(document, "groups"), division);
}

/* All that are counted: in every table, hidden in all or in none. */
static void
add_totals(struct table *table)
{
	mark_all(table_add(table, json_object_get(table->hiding->plain,
	    "totals"), json_object_get(table->hiding->out, "totals"), true),
	    table->units);
}

/*
 * A lookup without a reason, and nobody's to mend, is a confirmed one: what
 * tells that number tells how many were confirmed.
 */
static void
hide_reasonless(struct hiding *hiding, json_t *groups)
{
	const json_t *cccd = json_object_get(json_object_get(hiding->out,
	    "totals"), "cccd");
	json_t *group;
	size_t i;

	if (!json_is_null(json_object_get(cccd, "covered")))
		return;
	json_array_foreach(groups, i, group) {
		json_t *series = json_object_get(group, "cccd");

		if (ck_json_text(group, "key")[0] != '\0' ||
		    json_integer_value(json_object_get(series, "total")) == 0)
			continue;
		if (json_object_set_new(series, "total", json_null()) == 0)
			hiding->grown = true;
	}
}

/* A table whose units are its own groups: days, or values of a word. */
static enum ck_err
hide_words(struct hiding *hiding, const char *division)
{
	const json_t *plain = groups_of(hiding->plain, division);
	json_t *groups = groups_of(hiding->out, division);
	size_t i, count = json_array_size(groups);
	struct table table;
	enum ck_err err;

	if (strcmp(division, "reason") == 0 || strcmp(division, "owner") == 0)
		hide_reasonless(hiding, groups);
	if ((err = table_make(&table, hiding, count + 1, count)) == CK_OK) {
		for (i = 0; i < count; i++) {
			uint8_t *members = table_add(&table,
			    json_array_get(plain, i),
			    json_array_get(groups, i), false);

			if (members != NULL)
				members[i] = 1;
		}
		/* an empty list divides nobody */
		if (count > 0)
			add_totals(&table);
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
add_groups(struct table *table, const char *division)
{
	const struct hiding *hiding = table->hiding;
	const json_t *units = json_object_get(hiding->plain, "units");
	const json_t *plain = groups_of(hiding->plain, division);
	json_t *group, *groups = groups_of(hiding->out, division);
	size_t i;

	json_array_foreach(groups, i, group) {
		uint8_t *members = table_add(table, json_array_get(plain, i),
		    group, false);

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
hide_places(struct hiding *hiding)
{
	size_t i, count = 1;
	size_t units = json_array_size(json_object_get(hiding->plain,
	    "units"));
	struct table table;
	enum ck_err err;

	for (i = 0; i < PLACES; i++)
		count += json_array_size(groups_of(hiding->plain, places[i]));
	if ((err = table_make(&table, hiding, count, units)) == CK_OK) {
		for (i = 0; i < PLACES; i++)
			add_groups(&table, places[i]);
		if (units > 0)
			add_totals(&table);
		err = hide_table(&table);
	}
	table_wipe(&table);

	return err;
}

/* --- The parts of a total --------------------------------------------------- */

/* The seven parts, their total, and what of it is not covered: a number that
 * nobody writes, and that total and covered tell. */
#define CELL_TOTAL CK_PARTS
#define CELL_UNCOVERED (CK_PARTS + 1)
#define CELLS (CK_PARTS + 2)

struct parts {
	struct ck_cell cells[CELLS];
	uint8_t members[CELLS][CK_PARTS];
};

static const char *
cell_name(int cell)
{
	return cell == CELL_TOTAL ? "total" :
	    ck_part_name(cell == CELL_UNCOVERED ? CK_PART_COVERED :
	    (enum ck_part)cell);
}

static void
fill_parts(struct parts *parts, const json_t *plain, const json_t *series)
{
	int i, j;

	*parts = (struct parts){ 0 };
	for (i = 0; i < CELLS; i++) {
		struct ck_cell *cell = &parts->cells[i];

		for (j = 0; j < CK_PARTS; j++)
			parts->members[i][j] = i == CELL_TOTAL || i == j ||
			    (i == CELL_UNCOVERED && j != CK_PART_COVERED);
		cell->members = parts->members[i];
		cell->fixed = i == CELL_TOTAL;
		cell->value = json_integer_value(json_object_get(plain,
		    cell_name(i)));
		cell->hidden = json_is_null(json_object_get(series,
		    cell_name(i)));
	}
	parts->cells[CELL_UNCOVERED].value =
	    parts->cells[CELL_TOTAL].value -
	    parts->cells[CK_PART_COVERED].value;
}

/* The seven parts of a published total, hidden among themselves. */
static enum ck_err
hide_parts(struct hiding *hiding, const json_t *plain, json_t *series)
{
	struct parts parts;
	enum ck_err err;
	int i;

	fill_parts(&parts, plain, series);
	if ((err = ck_cells_hide(parts.cells, CELLS, CK_PARTS)) != CK_OK)
		return err;
	for (i = 0; i < CELL_UNCOVERED; i++) {
		if (!parts.cells[i].hidden || json_is_null(json_object_get(
		    series, cell_name(i))))
			continue;
		if (json_object_set_new(series, cell_name(i), json_null()) !=
		    0)
			return CK_ERR_NOMEM;
		hiding->grown = true;
	}

	return CK_OK;
}

static enum ck_err
hide_all_parts(struct hiding *hiding, const json_t *plain, json_t *totals)
{
	enum ck_err err = CK_OK;
	const char *name;
	json_t *series;

	json_object_foreach(totals, name, series) {
		if (err == CK_OK)
			err = hide_parts(hiding, json_object_get(plain, name),
			    series);
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
hide_round(struct hiding *hiding)
{
	static const char *const words[] = {
		"day", "presented", "captured", "assurance", "reason", "owner"
	};
	enum ck_err err;
	size_t i;

	hiding->grown = false;
	if ((err = hide_places(hiding)) != CK_OK)
		return err;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if ((err = hide_words(hiding, words[i])) != CK_OK)
			return err;
	}

	return hide_all_parts(hiding, json_object_get(hiding->plain,
	    "totals"), json_object_get(hiding->out, "totals"));
}

static enum ck_err
hide_everything(json_t *document)
{
	struct hiding hiding = { .out = document };
	json_t *plain, *before = json_object_get(document, "before");
	enum ck_err err;

	if ((err = keep_few_of_all(document)) != CK_OK)
		return err;
	if ((plain = json_deep_copy(document)) == NULL)
		return CK_ERR_NOMEM;
	hiding.plain = plain;
	do {
		err = hide_round(&hiding);
	} while (err == CK_OK && hiding.grown);
	if (err == CK_OK)
		err = hide_all_parts(&hiding, json_object_get(json_object_get(
		    plain, "before"), "totals"), json_object_get(before,
		    "totals"));
	json_decref(plain);

	return err;
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
