/*
 * public.c - the report for outside
 */
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "report/books.h"
#include "report/gather.h"
#include "report/hiding.h"
#include "report/mixes.h"

/* --- Tables of the report -------------------------------------------------- */

/*
 * A lookup without a reason, and nobody's to mend, is a confirmed one: what
 * tells that number tells how many were confirmed.
 */
static void
hide_reasonless(struct ck_hiding *hiding, json_t *groups)
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

/* A table whose units are its own groups: the values of a word, of a statement
 * that does not tell its mixes. */
static enum ck_err
hide_words(struct ck_hiding *hiding, const char *division)
{
	const json_t *plain = ck_hiding_groups(hiding->plain, division);
	json_t *groups = ck_hiding_groups(hiding->out, division);
	size_t i, count = json_array_size(groups);
	struct ck_hiding_table table;
	enum ck_err err;

	if (strcmp(division, "reason") == 0 || strcmp(division, "owner") == 0)
		hide_reasonless(hiding, groups);
	if ((err = ck_hiding_table_make(&table, hiding, count + 1, count)) ==
	    CK_OK) {
		for (i = 0; i < count; i++) {
			uint8_t *members = ck_hiding_table_add(&table,
			    json_array_get(plain, i),
			    json_array_get(groups, i), false);

			if (members != NULL)
				members[i] = 1;
		}
		/* an empty list divides nobody */
		if (count > 0)
			ck_hiding_table_add_totals(&table);
		err = ck_hiding_table_hide(&table);
	}
	ck_hiding_table_wipe(&table);

	return err;
}

static int64_t
attempts_of(const json_t *group)
{
	return json_integer_value(json_object_get(json_object_get(group,
	    "cccd"), "total"));
}

/* Days, of each of which the books may have some clinics. */
static enum ck_err
hide_days(struct ck_hiding *hiding)
{
	const json_t *plain = ck_hiding_groups(hiding->plain, "day");
	const json_t *in_books = json_object_get(json_object_get(
	    hiding->plain, "denominator"), "days");
	json_t *groups = ck_hiding_groups(hiding->out, "day"), *group;
	struct ck_hiding_table table = { .count = 0 };
	struct ck_books books;
	enum ck_err err;
	size_t i;

	if ((err = ck_books_make(&books, json_array_size(groups))) != CK_OK)
		return err;
	json_array_foreach(groups, i, group)
		ck_books_note(&books, i, in_books, ck_json_text(group, "key"),
		    attempts_of(json_array_get(plain, i)));
	if ((err = ck_hiding_table_make(&table, hiding, books.units + 2,
	    books.columns)) == CK_OK) {
		json_array_foreach(groups, i, group) {
			ck_books_mark(&books, ck_hiding_table_add(&table,
			    json_array_get(plain, i), group, false), i);
			table.cells[i].kind = 1;
		}
		if (books.units > 0) {
			ck_books_add(&books, &table);
			ck_hiding_table_add_totals(&table);
		}
		err = ck_hiding_table_hide(&table);
	}
	ck_hiding_table_wipe(&table);
	ck_books_wipe(&books);

	return err;
}

/* The units of a group of a division of clinics. */
static void
mark_units(const struct ck_books *books, uint8_t *members,
    const json_t *units, const char *division, const json_t *group)
{
	const json_t *key = json_object_get(group, "key"), *unit;
	size_t i;

	json_array_foreach(units, i, unit) {
		if (json_equal(json_object_get(unit, division), key))
			ck_books_mark(books, members, i);
	}
}

static void
add_groups(struct ck_hiding_table *table, const struct ck_books *books,
    const char *division)
{
	const struct ck_hiding *hiding = table->hiding;
	const json_t *units = json_object_get(hiding->plain, "units");
	const json_t *plain = ck_hiding_groups(hiding->plain, division);
	json_t *group, *groups = ck_hiding_groups(hiding->out, division);
	size_t i;

	json_array_foreach(groups, i, group) {
		mark_units(books, ck_hiding_table_add(table,
		    json_array_get(plain, i), group, false), units, division,
		    group);
		if (strcmp(division, "clinic") == 0 && table->count > 0)
			table->cells[table->count - 1].kind = 1;
	}
}

static const char *const places[] = {
	"clinic", "commune", "district", "manager", "level"
};

#define PLACES (sizeof(places) / sizeof(places[0]))

/* What the books have of each clinic; one that changed its commune meanwhile is
 * two units, and the books may have some of both. */
static void
note_books(const struct ck_hiding *hiding, struct ck_books *books)
{
	const json_t *units = json_object_get(hiding->plain, "units"), *unit;
	const json_t *clinics = ck_hiding_groups(hiding->plain, "clinic");
	const json_t *in_books = json_object_get(json_object_get(
	    hiding->plain, "denominator"), "clinics"), *clinic;
	size_t i, j;

	json_array_foreach(units, i, unit) {
		const char *key = ck_json_text(unit, "clinic");

		json_array_foreach(clinics, j, clinic) {
			if (strcmp(ck_json_text(clinic, "key"), key) == 0)
				ck_books_note(books, i, in_books, key,
				    attempts_of(clinic));
		}
	}
}

/* One table: clinics are parts of communes, districts, centres and levels. */
static enum ck_err
hide_places(struct ck_hiding *hiding)
{
	struct ck_hiding_table table = { .count = 0 };
	struct ck_books books;
	size_t i, count = 2;
	enum ck_err err;

	if ((err = ck_books_make(&books, json_array_size(json_object_get(
	    hiding->plain, "units")))) != CK_OK)
		return err;
	note_books(hiding, &books);
	for (i = 0; i < PLACES; i++)
		count += json_array_size(ck_hiding_groups(hiding->plain,
		    places[i]));
	if ((err = ck_hiding_table_make(&table, hiding, count,
	    books.columns)) == CK_OK) {
		for (i = 0; i < PLACES; i++)
			add_groups(&table, &books, places[i]);
		if (books.units > 0) {
			ck_books_add(&books, &table);
			ck_hiding_table_add_totals(&table);
		}
		err = ck_hiding_table_hide(&table);
	}
	ck_hiding_table_wipe(&table);
	ck_books_wipe(&books);

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
hide_parts(struct ck_hiding *hiding, const json_t *plain, json_t *series)
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
hide_all_parts(struct ck_hiding *hiding, const json_t *plain, json_t *totals)
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
hide_round(struct ck_hiding *hiding)
{
	static const char *const words[] = {
		"presented", "captured", "assurance", "reason", "owner"
	};
	enum ck_err err;
	size_t i;

	hiding->grown = false;
	if ((err = hide_places(hiding)) != CK_OK ||
	    (err = hide_days(hiding)) != CK_OK ||
	    (err = ck_mixes_hide(hiding)) != CK_OK)
		return err;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!ck_mixes_have(hiding->plain, words[i]) &&
		    (err = hide_words(hiding, words[i])) != CK_OK)
			return err;
	}

	return hide_all_parts(hiding, json_object_get(hiding->plain,
	    "totals"), json_object_get(hiding->out, "totals"));
}

static enum ck_err
hide_everything(json_t *document)
{
	struct ck_hiding hiding = { .out = document };
	json_t *plain, *before = json_object_get(document, "before");
	enum ck_err err;

	if ((err = keep_few_of_all(document)) != CK_OK)
		return err;
	if ((plain = json_deep_copy(document)) == NULL)
		return CK_ERR_NOMEM;
	hiding.plain = plain;
	err = ck_books_open(&hiding, plain);
	do {
		if (err == CK_OK)
			err = hide_round(&hiding);
	} while (err == CK_OK && hiding.grown);
	if (err == CK_OK)
		err = ck_books_close(&hiding);
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
		"below", "sources", "units", "mixes", "reconciliation",
		"since"
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
