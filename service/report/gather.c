/*
 * gather.c - the figures of a period, by every group that a report shows
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/figures.h"
#include "report/gather.h"

/* What a reading adds to: clinics and words by their numbers, which is quick,
 * until the stretch is over and they go to their groups. */
struct reading {
	struct ck_gathered *out;
	const struct ck_clinic *clinics;	/* rising by number or not */
	size_t clinic_count;
	struct ck_sums *of_clinic;		/* owned; as clinics */
	size_t place;				/* of the last row's clinic */
	struct ck_sums presented[CK_WORD_VALUES], captured[CK_WORD_VALUES];
	struct ck_sums assurance[CK_WORD_VALUES], owner[CK_WORD_VALUES];
};

const char *
ck_division_name(enum ck_division division)
{
	switch (division) {
#define NAME(sym, name) case sym: return name;
	CK_DIVISION_LIST(NAME)
#undef NAME
	case CK_DIVISIONS:
	default:
		return "?";
	}
}

static enum ck_err
grow(struct ck_division_groups *groups)
{
	size_t cap = groups->cap == 0 ? 32 : groups->cap * 2;
	struct ck_part_of *grown;

	grown = reallocarray(groups->list, cap, sizeof(*grown));
	if (grown == NULL)
		return CK_ERR_NOMEM;
	groups->list = grown;
	groups->cap = cap;

	return CK_OK;
}

/* The group of this key, made when it is new. Looked for from the end: days
 * and reasons come in runs. */
static enum ck_err
group_of(struct ck_division_groups *groups, const char *key,
    struct ck_part_of **out)
{
	enum ck_err err;
	size_t i;

	for (i = groups->len; i > 0; i--) {
		*out = &groups->list[i - 1];
		if (strcmp((*out)->key, key) == 0)
			return CK_OK;
	}
	if (groups->len == groups->cap && (err = grow(groups)) != CK_OK)
		return err;
	*out = &groups->list[groups->len++];
	**out = (struct ck_part_of){ 0 };
	(void)snprintf((*out)->key, sizeof((*out)->key), "%s", key);

	return CK_OK;
}

static enum ck_err
add_to(struct ck_gathered *out, enum ck_division division, const char *key,
    const struct ck_sums *sums)
{
	struct ck_part_of *group;
	enum ck_err err = group_of(&out->by[division], key, &group);

	if (err == CK_OK)
		ck_sums_join(&group->sums, sums);

	return err;
}

/* Rows come by clinic: the place is found once for each. */
static bool
find_clinic(struct reading *reading, int64_t facility)
{
	size_t i;

	if (reading->place < reading->clinic_count &&
	    reading->clinics[reading->place].number == facility)
		return true;
	for (i = 0; i < reading->clinic_count; i++) {
		if (reading->clinics[i].number == facility) {
			reading->place = i;
			return true;
		}
	}

	return false;
}

static void
note_met(struct ck_gathered *out, const struct ck_counted *words,
    struct ck_part_of *reason)
{
	enum ck_part part;

	if (!ck_sums_place(words, &part))
		return;
	reason->owners[words->series][part] |=
	    (uint16_t)(1U << words->owner % CK_WORD_VALUES);
	out->met->assurances[words->series][part]
	    [words->presented % CK_WORD_VALUES]
	    [words->captured % CK_WORD_VALUES] |=
	    (uint16_t)(1U << words->assurance % CK_WORD_VALUES);
}

static enum ck_err
add_row(void *ctx, const struct ck_figures_row *row)
{
	struct reading *reading = ctx;
	const struct ck_counted *words = row->words;
	struct ck_part_of *reason;
	enum ck_err err;

	err = group_of(&reading->out->by[CK_BY_REASON], words->reason,
	    &reason);
	if (err != CK_OK)
		return err;
	/* Figures of a clinic that was taken out of the registry stay counted
	 * in the total: nothing may vanish. */
	if (find_clinic(reading, row->facility))
		ck_sums_add(&reading->of_clinic[reading->place], words,
		    row->count);
	ck_sums_add(&reading->out->total, words, row->count);
	ck_sums_add(&reason->sums, words, row->count);
	note_met(reading->out, words, reason);
	ck_sums_add(&reading->presented[words->presented % CK_WORD_VALUES],
	    words, row->count);
	ck_sums_add(&reading->captured[words->captured % CK_WORD_VALUES],
	    words, row->count);
	ck_sums_add(&reading->assurance[words->assurance % CK_WORD_VALUES],
	    words, row->count);
	ck_sums_add(&reading->owner[words->owner % CK_WORD_VALUES], words,
	    row->count);

	return CK_OK;
}

/* Note a unit unless it is known: units are at most the registry's versions. */
static void
note_unit(struct ck_gathered *out, const struct ck_clinic *clinic,
    const struct ck_clinic_version *version)
{
	size_t i;

	for (i = out->unit_count; i > 0; i--) {
		if (out->units[i - 1].version == version)
			return;
	}
	out->units[out->unit_count++] = (struct ck_unit){ clinic, version };
}

/* Give a stretch's clinics to the groups that held on its days. */
static enum ck_err
settle_clinics(struct reading *reading, int64_t from_day, int64_t to_day)
{
	size_t i;

	for (i = 0; i < reading->clinic_count; i++) {
		const struct ck_clinic *clinic = &reading->clinics[i];
		const struct ck_clinic_version *version =
		    ck_clinic_on(clinic, from_day);
		const struct ck_sums *sums = &reading->of_clinic[i];
		enum ck_err err = CK_OK;

		if (version->from_day > to_day)
			continue;
		note_unit(reading->out, clinic, version);
		if ((err = add_to(reading->out, CK_BY_CLINIC, clinic->id,
		    sums)) != CK_OK ||
		    (err = add_to(reading->out, CK_BY_MANAGER,
		    version->manager, sums)) != CK_OK ||
		    (err = add_to(reading->out, CK_BY_COMMUNE,
		    version->commune, sums)) != CK_OK ||
		    (err = add_to(reading->out, CK_BY_DISTRICT,
		    version->district, sums)) != CK_OK ||
		    (err = add_to(reading->out, CK_BY_LEVEL, version->level,
		    sums)) != CK_OK)
			return err;
	}

	return CK_OK;
}

static bool
is_empty(const struct ck_sums *sums)
{
	static const struct ck_sums nothing;

	return memcmp(sums, &nothing, sizeof(nothing)) == 0;
}

static enum ck_err
settle_words(struct reading *reading)
{
	struct ck_gathered *out = reading->out;
	enum ck_err err = CK_OK;
	int i;

#define SETTLE(division, all_sums, label) \
	if (err == CK_OK && !is_empty(&(all_sums)[i])) \
		err = add_to(out, division, label, &(all_sums)[i])
	for (i = 0; i < CK_WORD_VALUES && err == CK_OK; i++) {
		SETTLE(CK_BY_PRESENTED, reading->presented,
		    ck_presented_label((enum ck_presented)i));
		SETTLE(CK_BY_CAPTURED, reading->captured,
		    ck_captured_label((enum ck_captured)i));
		SETTLE(CK_BY_ASSURANCE, reading->assurance,
		    ck_assurance_label((enum ck_assurance)i));
		SETTLE(CK_BY_OWNER, reading->owner,
		    ck_owner_label((enum ck_owner)i));
	}
#undef SETTLE

	return err;
}

/* The first day after day on which a version of a clinic begins; else end. */
static int64_t
next_change(const struct reading *reading, int64_t day, int64_t end)
{
	size_t i, j;

	for (i = 0; i < reading->clinic_count; i++) {
		const struct ck_clinic *clinic = &reading->clinics[i];

		for (j = 0; j < clinic->version_count; j++) {
			int64_t from = clinic->versions[j].from_day;

			if (from > day && from < end)
				end = from;
		}
	}

	return end;
}

static enum ck_err
read_stretch(struct ck_ledger *ledger, struct reading *reading,
    int64_t from_day, int64_t to_day)
{
	const struct ck_figures_query query = {
		.from_day = from_day, .to_day = to_day,
		.by = CK_FIGURES_BY_NOTHING, .series = -1
	};
	enum ck_err err;

	memset(reading->of_clinic, 0,
	    reading->clinic_count * sizeof(*reading->of_clinic));
	err = ck_figures_read(ledger, &query, add_row, reading);
	if (err == CK_OK)
		err = settle_clinics(reading, from_day, to_day);

	return err;
}

static enum ck_err
make_units(const struct reading *reading)
{
	size_t i, versions = 0;

	for (i = 0; i < reading->clinic_count; i++)
		versions += reading->clinics[i].version_count;
	reading->out->units = calloc(versions + 1,
	    sizeof(*reading->out->units));

	return reading->out->units == NULL ? CK_ERR_NOMEM : CK_OK;
}

static enum ck_err
read_clinics(struct ck_ledger *ledger, struct reading *reading,
    int64_t from_day, int64_t to_day)
{
	enum ck_err err = make_units(reading);
	int64_t day = from_day;

	while (day <= to_day && err == CK_OK) {
		int64_t next = next_change(reading, day, to_day + 1);

		err = read_stretch(ledger, reading, day, next - 1);
		day = next;
	}

	return err == CK_OK ? settle_words(reading) : err;
}

/* Days, or months as "2026-03" in a long period. */
struct time_reading {
	struct ck_gathered *out;
	bool months;
};

static enum ck_err
add_time(void *ctx, const struct ck_figures_row *row)
{
	struct time_reading *reading = ctx;
	char key[CK_DATE_LEN];
	struct ck_part_of *group;
	enum ck_err err;

	ck_date_iso(ck_day_date(row->day), key);
	if (reading->months)
		key[sizeof("2026-03") - 1] = '\0';
	err = group_of(&reading->out->by[CK_BY_DAY], key, &group);
	if (err == CK_OK)
		ck_sums_add(&group->sums, row->words, row->count);

	return err;
}

static enum ck_err
read_time(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    struct ck_gathered *out)
{
	struct time_reading reading = {
		.out = out, .months = to_day - from_day > CK_REPORT_DAYS_MAX
	};
	const struct ck_figures_query query = {
		.from_day = from_day, .to_day = to_day,
		.by = CK_FIGURES_ALL_BY_DAY, .series = -1
	};

	return ck_figures_read(ledger, &query, add_time, &reading);
}

static enum ck_err
add_total(void *ctx, const struct ck_figures_row *row)
{
	ck_sums_add(ctx, row->words, row->count);

	return CK_OK;
}

enum ck_err
ck_report_gather_total(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    struct ck_sums *total)
{
	const struct ck_figures_query query = {
		.from_day = from_day, .to_day = to_day,
		.by = CK_FIGURES_ALL_BY_DAY, .series = -1
	};

	return ck_figures_read(ledger, &query, add_total, total);
}

static int
compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct ck_part_of *)a)->key,
	    ((const struct ck_part_of *)b)->key);
}

static void
sort_groups(struct ck_gathered *out)
{
	int i;

	for (i = 0; i < CK_DIVISIONS; i++) {
		if (out->by[i].len > 1)
			qsort(out->by[i].list, out->by[i].len,
			    sizeof(*out->by[i].list), compare_keys);
	}
}

enum ck_err
ck_report_gather(struct ck_ledger *ledger, const struct ck_registry *registry,
    int64_t from_day, int64_t to_day, struct ck_gathered *out)
{
	struct reading *reading;
	enum ck_err err = CK_ERR_NOMEM;

	if (to_day < from_day)
		return CK_ERR_LIMIT;
	if ((reading = calloc(1, sizeof(*reading))) == NULL)
		return CK_ERR_NOMEM;
	reading->out = out;
	reading->clinics = ck_registry_clinics(registry,
	    &reading->clinic_count);
	reading->of_clinic = calloc(reading->clinic_count + 1,
	    sizeof(*reading->of_clinic));
	out->met = calloc(1, sizeof(*out->met));
	if (reading->of_clinic != NULL && out->met != NULL &&
	    (err = read_clinics(ledger, reading, from_day, to_day)) == CK_OK)
		err = read_time(ledger, from_day, to_day, out);
	sort_groups(out);
	free(reading->of_clinic);
	free(reading);

	return err;
}

void
ck_gathered_wipe(struct ck_gathered *gathered)
{
	int i;

	for (i = 0; i < CK_DIVISIONS; i++)
		free(gathered->by[i].list);
	free(gathered->units);
	free(gathered->met);
	*gathered = (struct ck_gathered){ 0 };
}
