/*
 * sheets.c - the report as tables with headings
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/gather.h"
#include "report/sheets.h"

struct drawing {
	const json_t *document;
	const struct ck_catalogue *catalogue;
	struct ck_sheets *out;
	enum ck_err err;	/* the first failure */
};

static const char *
text(const struct drawing *drawing, const char *id)
{
	return ck_catalogue_text(drawing->catalogue, id);
}

static struct ck_sheet *
add_sheet(struct drawing *drawing, const char *name)
{
	struct ck_sheets *out = drawing->out;
	struct ck_sheet *grown = reallocarray(out->list, out->count + 1,
	    sizeof(*grown));
	struct ck_sheet *sheet;

	if (grown == NULL) {
		drawing->err = CK_ERR_NOMEM;
		return NULL;
	}
	out->list = grown;
	sheet = &out->list[out->count++];
	*sheet = (struct ck_sheet){
		.name = name,
		.title = ck_catalogue_word(drawing->catalogue,
		    "report.sheet", name),
		.empty = text(drawing, "report.no_rows")
	};

	return sheet;
}

static void
add_column(struct drawing *drawing, struct ck_sheet *sheet, const char *name,
    enum ck_column_kind kind)
{
	sheet->columns[sheet->column_count++] = (struct ck_column){
		name,
		ck_catalogue_word(drawing->catalogue, "report.column", name),
		kind
	};
}

/* A row of empty values; NULL when out of memory. */
static struct ck_value *
add_row(struct drawing *drawing, struct ck_sheet *sheet)
{
	size_t cap = sheet->row_cap == 0 ? 32 : sheet->row_cap * 2;
	struct ck_value *grown = sheet->values, *row;

	if (sheet->row_count == sheet->row_cap) {
		grown = reallocarray(sheet->values, cap,
		    sheet->column_count * sizeof(*grown));
		if (grown == NULL) {
			drawing->err = CK_ERR_NOMEM;
			return NULL;
		}
		sheet->values = grown;
		sheet->row_cap = cap;
	}
	row = &sheet->values[sheet->row_count++ * sheet->column_count];
	memset(row, 0, sheet->column_count * sizeof(*row));

	return row;
}

static struct ck_value
text_value(const char *words)
{
	if (words == NULL || words[0] == '\0')
		return (struct ck_value){ .kind = CK_VALUE_EMPTY };

	return (struct ck_value){ .kind = CK_VALUE_GIVEN, .text = words };
}

/* Words of the catalogue, and the label that they explain. */
static struct ck_value
word_value(const char *words, const char *label)
{
	struct ck_value value = text_value(words);

	value.label = label;

	return value;
}

/* A number of the document: null is hidden, absent is none. */
static struct ck_value
count_value(const json_t *number)
{
	if (json_is_null(number))
		return (struct ck_value){ .kind = CK_VALUE_HIDDEN };
	if (!json_is_integer(number))
		return (struct ck_value){ .kind = CK_VALUE_EMPTY };

	return (struct ck_value){ .kind = CK_VALUE_GIVEN,
	    .count = json_integer_value(number) };
}

static struct ck_value
share_value(const json_t *part, const json_t *total)
{
	if (json_is_null(part) || json_is_null(total))
		return (struct ck_value){ .kind = CK_VALUE_HIDDEN };
	if (json_integer_value(total) == 0)
		return (struct ck_value){ .kind = CK_VALUE_EMPTY };

	return (struct ck_value){ .kind = CK_VALUE_GIVEN,
	    .count = json_integer_value(part),
	    .of = json_integer_value(total) };
}

/* --- Series: the four beside each other ------------------------------------ */

static void
add_series_row(struct drawing *drawing, struct ck_sheet *sheet,
    const char *name, const json_t *series)
{
	struct ck_value *row = add_row(drawing, sheet);
	const json_t *total = json_object_get(series, "total");
	int part;

	if (row == NULL)
		return;
	row[0] = word_value(ck_catalogue_word(drawing->catalogue,
	    "report.series", name), name);
	row[1] = count_value(total);
	row[2] = share_value(json_object_get(series, "covered"), total);
	for (part = 0; part < CK_PARTS; part++)
		row[3 + part] = count_value(json_object_get(series,
		    ck_part_name((enum ck_part)part)));
}

static void
draw_series(struct drawing *drawing, const char *name, const json_t *totals)
{
	static const char *const order[] = {
		"cccd", "visits", "lookups", "calls"
	};
	struct ck_sheet *sheet = add_sheet(drawing, name);
	size_t i;

	if (sheet == NULL)
		return;
	add_column(drawing, sheet, "series", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "total", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "success_rate", CK_COLUMN_SHARE);
	for (i = 0; i < CK_PARTS; i++)
		add_column(drawing, sheet, ck_part_name((enum ck_part)i),
		    CK_COLUMN_COUNT);
	for (i = 0; i < 4; i++)
		add_series_row(drawing, sheet, order[i],
		    json_object_get(totals, order[i]));
}

/* --- Groups ----------------------------------------------------------------- */

/* The words of a group that has no name: what its label means, or its key. */
static const char *
group_words(const struct drawing *drawing, const char *division,
    const json_t *group)
{
	const char *key = ck_json_text(group, "key");
	const char *name;
	char prefix[48];

	if (key[0] == '\0')
		return text(drawing, "report.none");
	if (strcmp(division, "reason") == 0) {
		(void)snprintf(prefix, sizeof(prefix), "reason.%.31s", key);
		name = ck_catalogue_word(drawing->catalogue, prefix,
		    "message");
		return strcmp(name, "message") == 0 ? key : name;
	}
	(void)snprintf(prefix, sizeof(prefix), "report.%s", division);

	return ck_catalogue_word(drawing->catalogue, prefix, key);
}

static void
add_group_row(struct drawing *drawing, struct ck_sheet *sheet,
    const json_t *group)
{
	const json_t *cccd = json_object_get(group, "cccd");
	struct ck_value *row = add_row(drawing, sheet);
	size_t i = 0;

	if (row == NULL)
		return;
	row[i++] = ck_json_text(group, "name")[0] != '\0' ?
	    text_value(ck_json_text(group, "name")) :
	    word_value(group_words(drawing, sheet->name, group),
	    ck_json_text(group, "key"));
	if (strcmp(sheet->columns[i].name, "code") == 0)
		row[i++] = text_value(ck_json_text(group, "code"));
	if (strcmp(sheet->columns[i].name, "key") == 0)
		row[i++] = text_value(ck_json_text(group, "key"));
	row[i++] = count_value(json_object_get(cccd, "total"));
	row[i++] = count_value(json_object_get(cccd, "covered"));
	row[i++] = share_value(json_object_get(cccd, "covered"),
	    json_object_get(cccd, "total"));
	row[i++] = count_value(json_object_get(json_object_get(group,
	    "visits"), "total"));
	row[i++] = count_value(json_object_get(json_object_get(group,
	    "lookups"), "total"));
	row[i++] = count_value(json_object_get(json_object_get(group,
	    "calls"), "total"));
}

/* Districts ended: of days since then all that is told of them is "none". */
static bool
is_over(const char *division, const json_t *groups)
{
	return strcmp(division, "district") == 0 &&
	    json_array_size(groups) == 1 && ck_json_text(json_array_get(groups,
	    0), "key")[0] == '\0';
}

static void
draw_groups(struct drawing *drawing, const char *division)
{
	const json_t *groups = json_object_get(json_object_get(
	    drawing->document, "groups"), division), *group;
	struct ck_sheet *sheet = add_sheet(drawing, division);
	size_t i;

	if (sheet == NULL)
		return;
	add_column(drawing, sheet, division, CK_COLUMN_TEXT);
	if (strcmp(division, "clinic") == 0)
		add_column(drawing, sheet, "code", CK_COLUMN_TEXT);
	else if (strcmp(division, "reason") == 0)
		add_column(drawing, sheet, "key", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "attempts", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "confirmed", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "success_rate", CK_COLUMN_SHARE);
	add_column(drawing, sheet, "visits", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "lookups", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "calls", CK_COLUMN_COUNT);
	if (is_over(division, groups)) {
		sheet->empty = text(drawing, "report.no_district");
		return;
	}
	json_array_foreach(groups, i, group)
		add_group_row(drawing, sheet, group);
}

/* --- Clinics that need a look ------------------------------------------------ */

/* Documents that were signed before this was told have no "began". */
static const char *
began_text(const struct drawing *drawing, const json_t *clinic)
{
	return json_is_null(json_object_get(clinic, "began")) ?
	    ck_catalogue_text(drawing->catalogue, "report.not_yet") :
	    ck_json_text(clinic, "began");
}

static void
draw_incomplete(struct drawing *drawing)
{
	const json_t *list = json_object_get(drawing->document, "incomplete");
	struct ck_sheet *sheet = add_sheet(drawing, "incomplete");
	const json_t *clinic;
	size_t i;

	if (sheet == NULL)
		return;
	add_column(drawing, sheet, "clinic", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "code", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "began", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "complete_until", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "heard", CK_COLUMN_TEXT);
	json_array_foreach(list, i, clinic) {
		struct ck_value *row = add_row(drawing, sheet);

		if (row == NULL)
			return;
		row[0] = text_value(ck_json_text(clinic, "name"));
		row[1] = text_value(ck_json_text(clinic, "code"));
		row[2] = text_value(began_text(drawing, clinic));
		row[3] = text_value(ck_json_text(clinic, "until"));
		row[4] = text_value(ck_json_text(clinic, "heard"));
	}
}

static void
draw_below(struct drawing *drawing)
{
	const json_t *list = json_object_get(drawing->document, "below");
	struct ck_sheet *sheet;
	const json_t *clinic;
	size_t i;

	if (list == NULL || (sheet = add_sheet(drawing, "below")) == NULL)
		return;
	add_column(drawing, sheet, "clinic", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "code", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "attempts", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "confirmed", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "success_rate", CK_COLUMN_SHARE);
	json_array_foreach(list, i, clinic) {
		struct ck_value *row = add_row(drawing, sheet);
		const json_t *total = json_object_get(clinic, "total");
		const json_t *covered = json_object_get(clinic, "covered");

		if (row == NULL)
			return;
		row[0] = text_value(ck_json_text(clinic, "name"));
		row[1] = text_value(ck_json_text(clinic, "code"));
		row[2] = count_value(total);
		row[3] = count_value(covered);
		row[4] = share_value(covered, total);
	}
}

/* --- What others counted, and what changed ------------------------------------ */

/* Each attempt of cccd is of one visit: what we counted ourselves gives the
 * share, whether books were imported or not. */
static void
draw_share(struct drawing *drawing)
{
	const json_t *totals = json_object_get(drawing->document, "totals");
	const json_t *visits = json_object_get(json_object_get(totals,
	    "visits"), "total");
	const json_t *attempts = json_object_get(json_object_get(totals,
	    "cccd"), "total");
	struct ck_sheet *sheet = add_sheet(drawing, "share");
	struct ck_value *row;

	if (sheet == NULL)
		return;
	add_column(drawing, sheet, "visits", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "attempts", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "cccd_share", CK_COLUMN_SHARE);
	if ((row = add_row(drawing, sheet)) == NULL)
		return;
	row[0] = count_value(visits);
	row[1] = count_value(attempts);
	row[2] = share_value(attempts, visits);
}

static void
draw_denominator(struct drawing *drawing)
{
	const json_t *found = json_object_get(drawing->document,
	    "denominator");
	struct ck_sheet *sheet;
	struct ck_value *row;

	if (!json_is_object(found) ||
	    (sheet = add_sheet(drawing, "denominator")) == NULL)
		return;
	add_column(drawing, sheet, "facilities", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "books", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "attempts", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "cccd_share", CK_COLUMN_SHARE);
	if ((row = add_row(drawing, sheet)) == NULL)
		return;
	row[0] = count_value(json_object_get(found, "facilities"));
	row[1] = count_value(json_object_get(found, "visits"));
	row[2] = count_value(json_object_get(found, "attempts"));
	row[3] = share_value(json_object_get(found, "attempts"),
	    json_object_get(found, "visits"));
}

static void
draw_reconciliation(struct drawing *drawing)
{
	const json_t *found = json_object_get(drawing->document,
	    "reconciliation"), *day;
	struct ck_sheet *sheet;
	size_t i;

	if (!json_is_object(found) ||
	    (sheet = add_sheet(drawing, "reconciliation")) == NULL)
		return;
	add_column(drawing, sheet, "clinic", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "code", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "date", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "portal", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "calls", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "unanswered", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "why", CK_COLUMN_TEXT);
	json_array_foreach(json_object_get(found, "differences"), i, day) {
		struct ck_value *row = add_row(drawing, sheet);

		if (row == NULL)
			return;
		row[0] = text_value(ck_json_text(day, "name"));
		row[1] = text_value(ck_json_text(day, "code"));
		row[2] = text_value(ck_json_text(day, "date"));
		row[3] = count_value(json_object_get(day, "portal"));
		row[4] = count_value(json_object_get(day, "calls"));
		row[5] = count_value(json_object_get(day, "unanswered"));
		row[6] = word_value(ck_catalogue_word(drawing->catalogue,
		    "report.why", ck_json_text(day, "why")),
		    ck_json_text(day, "why"));
	}
}

static void
draw_changes(struct drawing *drawing, const char *name, const json_t *changes)
{
	struct ck_sheet *sheet;
	const json_t *change;
	size_t i;

	if (json_array_size(changes) == 0 ||
	    (sheet = add_sheet(drawing, name)) == NULL)
		return;
	add_column(drawing, sheet, "clinic", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "code", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "series", CK_COLUMN_TEXT);
	add_column(drawing, sheet, "before", CK_COLUMN_COUNT);
	add_column(drawing, sheet, "after", CK_COLUMN_COUNT);
	json_array_foreach(changes, i, change) {
		struct ck_value *row = add_row(drawing, sheet);

		if (row == NULL)
			return;
		row[0] = text_value(ck_json_text(change, "name"));
		row[1] = text_value(ck_json_text(change, "code"));
		row[2] = word_value(ck_catalogue_word(drawing->catalogue,
		    "report.change", ck_json_text(change, "series")),
		    ck_json_text(change, "series"));
		row[3] = count_value(json_object_get(change, "before"));
		row[4] = count_value(json_object_get(change, "after"));
	}
}

enum ck_err
ck_sheets_make(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_sheets *out)
{
	struct drawing drawing = {
		.document = document, .catalogue = catalogue, .out = out
	};
	const json_t *before = json_object_get(document, "before");
	int division;

	if (!json_is_object(json_object_get(document, "groups")))
		return CK_ERR_REQUEST;
	draw_series(&drawing, "totals", json_object_get(document, "totals"));
	draw_series(&drawing, "before", json_object_get(before, "totals"));
	for (division = 0; division < CK_DIVISIONS; division++)
		draw_groups(&drawing,
		    ck_division_name((enum ck_division)division));
	draw_incomplete(&drawing);
	draw_below(&drawing);
	draw_share(&drawing);
	draw_denominator(&drawing);
	draw_reconciliation(&drawing);
	draw_changes(&drawing, "restated", json_object_get(json_object_get(
	    document, "closing"), "changes"));
	draw_changes(&drawing, "since", json_object_get(document, "since"));

	return drawing.err;
}

void
ck_sheets_wipe(struct ck_sheets *sheets)
{
	size_t i;

	for (i = 0; i < sheets->count; i++)
		free(sheets->list[i].values);
	free(sheets->list);
	*sheets = (struct ck_sheets){ 0 };
}

const struct ck_value *
ck_sheet_value(const struct ck_sheet *sheet, size_t row, size_t column)
{
	return &sheet->values[row * sheet->column_count + column];
}
