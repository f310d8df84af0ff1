/*
 * hiding.c - a table of a report, and what of its numbers is hidden
 */
#include <stdlib.h>
#include <string.h>

#include "report/hiding.h"

enum ck_err
ck_hiding_table_make(struct ck_hiding_table *table, struct ck_hiding *hiding,
    size_t cap, size_t units)
{
	*table = (struct ck_hiding_table){ .hiding = hiding, .cap = cap,
		.units = units };
	table->plain = calloc(cap + 1, sizeof(json_t *));
	table->cells = calloc(cap + 1, sizeof(*table->cells));
	table->places = calloc(cap + 1, sizeof(json_t *));
	table->members = calloc(cap * units + 1, 1);

	return table->cells == NULL || table->plain == NULL ||
	    table->places == NULL || table->members == NULL ? CK_ERR_NOMEM :
	    CK_OK;
}

void
ck_hiding_table_wipe(struct ck_hiding_table *table)
{
	free(table->cells);
	free(table->plain);
	free(table->places);
	free(table->members);
}

uint8_t *
ck_hiding_table_add(struct ck_hiding_table *table, const json_t *plain,
    json_t *place, bool fixed)
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
 * covered (part NULL); less the same of another series, which has no more. */
struct number {
	const char *series;
	const char *part;
	const char *less;	/* NULL: of none */
};

static int64_t
part_at(const json_t *place, const char *series, const char *part)
{
	return json_integer_value(json_object_get(json_object_get(place,
	    series), part));
}

static int64_t
number_at(const json_t *place, struct number number)
{
	const json_t *series = json_object_get(place, number.series);
	const json_t *total = json_object_get(series, "total");
	const json_t *covered = json_object_get(series, "covered");

	if (number.less != NULL)
		return part_at(place, number.series, number.part) -
		    part_at(place, number.less, number.part);
	if (number.part != NULL)
		return part_at(place, number.series, number.part);

	return covered == NULL ? 0 : json_integer_value(total) -
	    json_integer_value(covered);
}

/* Hide the cells of one number; hidden is what was hidden before, and grows. */
static enum ck_err
hide_number(struct ck_hiding_table *table, struct number number, bool *hidden)
{
	enum ck_err err;
	size_t i;

	for (i = 0; i < table->count; i++) {
		int64_t value = number_at(table->plain[i], number);

		/* less than nothing: figures that belong to no visit */
		table->cells[i].value = value < 0 ? 0 : value;
		table->cells[i].hidden = hidden[i];
	}
	err = ck_cells_hide(table->cells, table->count, table->units);
	for (i = 0; i < table->count; i++)
		hidden[i] = table->cells[i].hidden;

	return err;
}

enum ck_err
ck_hiding_erase(struct ck_hiding *hiding, json_t *place, const char *number)
{
	if (json_is_null(json_object_get(place, number)))
		return CK_OK;
	hiding->grown = true;

	return json_object_set_new(place, number, json_null()) == 0 ? CK_OK :
	    CK_ERR_NOMEM;
}

static void
erase(struct ck_hiding_table *table, const char *series, const char *part,
    const bool *hidden)
{
	size_t i;

	for (i = 0; i < table->count; i++) {
		json_t *object = json_object_get(table->places[i], series);

		if (hidden[i] && json_object_get(object, part) != NULL)
			table->failed |= ck_hiding_erase(table->hiding,
			    object, part) != CK_OK;
	}
}

/* Add to hidden what is so already, and what the place has not. */
static void
recall(const struct ck_hiding_table *table, const char *series, const char *part,
    bool *hidden)
{
	size_t i;

	for (i = 0; i < table->count; i++)
		hidden[i] |= !json_is_integer(json_object_get(json_object_get(
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
hide_cccd(struct ck_hiding_table *table, bool *totals, bool *hidden)
{
	static const struct number total = { "cccd", "total", NULL };
	static const struct number covered = { "cccd", "covered", NULL };
	static const struct number uncovered = { "cccd", NULL, NULL };
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

/* Visits less attempts are the visits without one: hidden as these, by hiding
 * the visits. apart is scratch; attempts tells which attempts are hidden. */
static enum ck_err
hide_without_attempt(struct ck_hiding_table *table, const bool *attempts,
    bool *visits, bool *apart)
{
	static const struct number without = { "visits", "total", "cccd" };
	enum ck_err err;
	size_t i;

	for (i = 0; i < table->count; i++)
		apart[i] = attempts[i] || visits[i];
	err = hide_number(table, without, apart);
	for (i = 0; i < table->count; i++)
		visits[i] |= apart[i] && !attempts[i];

	return err;
}

static enum ck_err
hide_visits(struct ck_hiding_table *table, const bool *attempts, bool *hidden,
    bool *apart)
{
	static const struct number total = { "visits", "total", NULL };
	enum ck_err err;
	size_t before;

	memset(hidden, 0, table->count * sizeof(*hidden));
	recall(table, "visits", "total", hidden);
	do {
		before = count_hidden(hidden, table->count);
		err = hide_number(table, total, hidden);
		if (err == CK_OK)
			err = hide_without_attempt(table, attempts, hidden,
			    apart);
	} while (err == CK_OK &&
	    count_hidden(hidden, table->count) != before);
	erase(table, "visits", "total", hidden);

	return err;
}

static enum ck_err
hide_totals(struct ck_hiding_table *table, bool *hidden)
{
	static const char *const series[] = { "lookups", "calls" };
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < 2 && err == CK_OK; i++) {
		const struct number total = { series[i], "total", NULL };

		memset(hidden, 0, table->count * sizeof(*hidden));
		recall(table, series[i], "total", hidden);
		err = hide_number(table, total, hidden);
		erase(table, series[i], "total", hidden);
	}

	return err;
}

enum ck_err
ck_hiding_table_hide(struct ck_hiding_table *table)
{
	bool *totals, *hidden, *apart;
	enum ck_err err = CK_ERR_NOMEM;

	if (table->failed)
		return CK_ERR_REQUEST;
	totals = calloc(table->count + 1, sizeof(*totals));
	hidden = calloc(table->count + 1, sizeof(*hidden));
	apart = calloc(table->count + 1, sizeof(*apart));
	if (totals != NULL && hidden != NULL && apart != NULL &&
	    (err = hide_cccd(table, totals, hidden)) == CK_OK &&
	    (err = hide_visits(table, totals, hidden, apart)) == CK_OK)
		err = hide_totals(table, hidden);
	free(totals);
	free(hidden);
	free(apart);

	return err == CK_OK && table->failed ? CK_ERR_NOMEM : err;
}

json_t *
ck_hiding_groups(const json_t *document, const char *division)
{
	return json_object_get(json_object_get(document, "groups"), division);
}

void
ck_hiding_table_add_totals(struct ck_hiding_table *table)
{
	const struct ck_hiding *hiding = table->hiding;
	uint8_t *members = ck_hiding_table_add(table,
	    json_object_get(hiding->plain, "totals"),
	    json_object_get(hiding->out, "totals"), true);

	if (members != NULL)
		memset(members, 1, table->units);
}
