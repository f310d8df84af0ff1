/*
 * site_clinics.c - how each clinic stands
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/day.h"
#include "ledger/opening.h"
#include "province/site_state.h"

/* Where a clinic's sums are kept, by its number. */
struct place {
	int64_t facility;
	size_t at;			/* of list */
};

struct clinics {
	struct ck_completeness *list;	/* owned */
	size_t count;
	struct ck_sums *sums;		/* owned; of list, same order */
	int64_t *quarantined;		/* owned; likewise */
	struct place *places;		/* owned; rising by facility */
	const struct place *last;	/* found last: rows come in runs */
};

/* --- Adding up ------------------------------------------------------------ */

static int
compare(const void *a, const void *b)
{
	int64_t x = ((const struct place *)a)->facility;
	int64_t y = ((const struct place *)b)->facility;

	return x < y ? -1 : x > y;
}

/* NULL: a clinic that is not listed. */
static const struct place *
place_of(struct clinics *all, int64_t facility)
{
	struct place key = { .facility = facility };

	if (all->last == NULL || all->last->facility != facility)
		all->last = bsearch(&key, all->places, all->count,
		    sizeof(key), compare);

	return all->last;
}

static enum ck_err
add(void *ctx, const struct ck_figures_row *row)
{
	struct clinics *all = ctx;
	const struct place *place = place_of(all, row->facility);

	if (place != NULL)
		ck_sums_add(&all->sums[place->at], row->words, row->count);

	return CK_OK;
}

static enum ck_err
add_quarantined(void *ctx, int64_t facility, int64_t count)
{
	struct clinics *all = ctx;
	const struct place *place = place_of(all, facility);

	if (place != NULL)
		all->quarantined[place->at] = count;

	return CK_OK;
}

static enum ck_err
make_room(struct clinics *all)
{
	size_t i;

	all->sums = calloc(all->count + 1, sizeof(*all->sums));
	all->quarantined = calloc(all->count + 1, sizeof(*all->quarantined));
	all->places = calloc(all->count + 1, sizeof(*all->places));
	if (all->sums == NULL || all->quarantined == NULL ||
	    all->places == NULL)
		return CK_ERR_NOMEM;
	for (i = 0; i < all->count; i++)
		all->places[i] = (struct place){
			all->list[i].clinic->number, i
		};
	qsort(all->places, all->count, sizeof(*all->places), compare);

	return CK_OK;
}

static enum ck_err
load(struct ck_ledger *ledger, const struct ck_registry *registry,
    const struct ck_site_asked *asked, struct clinics *all)
{
	struct ck_figures_query query = {
		.from_day = asked->from_day, .to_day = asked->to_day,
		.by = CK_FIGURES_BY_NOTHING, .series = CK_SERIES_CCCD
	};
	enum ck_err err;

	if ((err = ck_completeness_load(ledger, registry,
	    ck_day_of_ms(asked->now_ms), &all->list, &all->count)) != CK_OK ||
	    (err = make_room(all)) != CK_OK ||
	    (err = ck_quarantined_read(ledger, add_quarantined, all)) !=
	    CK_OK)
		return err;

	return ck_figures_read(ledger, &query, add, all);
}

/* --- One clinic ----------------------------------------------------------- */

static const char *
state_of(const struct ck_closed_days *closed,
    const struct ck_completeness *one, int64_t now_ms)
{
	int64_t today_ms = ck_day_first_hour(ck_day_of_ms(now_ms)) *
	    CK_HOUR_MS;

	if (ck_clinic_reach(one->clinic, closed, one->until_ms, today_ms) >=
	    today_ms)
		return "whole";

	return ck_clinic_silent_from(one->clinic, closed, one->heard_ms,
	    now_ms) != 0 ? "silent" : "late";
}

json_t *
ck_site_instant(int64_t wall_ms)
{
	time_t seconds = (time_t)(wall_ms / 1000);
	struct tm parts;
	char text[32];

	if (wall_ms == 0 || gmtime_r(&seconds, &parts) == NULL ||
	    strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		return json_null();

	return json_string(text);
}

/* Districts ended in July 2025, but people still look for a clinic there. */
static const char *
last_district(const struct ck_clinic *clinic)
{
	size_t i = clinic->version_count;

	while (i-- > 0) {
		if (clinic->versions[i].district[0] != '\0')
			return clinic->versions[i].district;
	}

	return "";
}

static const char *
manager_name(const struct ck_registry *registry,
    const struct ck_clinic_version *version, int64_t today)
{
	const struct ck_clinic *manager = version->manager[0] == '\0' ? NULL :
	    ck_registry_by_id(registry, version->manager);

	return manager == NULL ? "" : ck_clinic_on(manager, today)->name;
}

json_t *
ck_site_clinic_object(struct ck_ledger *ledger,
    const struct ck_registry *registry, const struct ck_completeness *one,
    const struct ck_sums *sums, int64_t quarantined, int64_t now_ms)
{
	int64_t today = ck_day_of_ms(now_ms);
	const struct ck_clinic_version *version = ck_clinic_on(one->clinic,
	    today);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I, "
	    "s:I, s:I}", "code", version->code, "name", version->name,
	    "district", last_district(one->clinic),
	    "commune", version->commune, "level", version->level,
	    "manager", manager_name(registry, version, today),
	    "state", state_of(ck_ledger_closed_days(ledger), one, now_ms),
	    "heard", ck_site_instant(one->heard_ms),
	    "complete_until", ck_site_instant(one->until_ms),
	    "attempts", (json_int_t)ck_sums_total(sums, CK_SERIES_CCCD),
	    "confirmed",
	    (json_int_t)sums->parts[CK_SERIES_CCCD][CK_PART_COVERED],
	    "quarantined", (json_int_t)quarantined);
}

/* --- The list ------------------------------------------------------------- */

static enum ck_err
list_clinics(struct ck_ledger *ledger, const struct ck_registry *registry,
    const struct ck_site_asked *asked, const struct clinics *all,
    json_t **out)
{
	json_t *list = json_array();
	size_t i;

	if (list == NULL)
		return CK_ERR_NOMEM;
	for (i = 0; i < all->count; i++) {
		if (ck_clinic_is_closed(all->list[i].clinic,
		    ck_day_of_ms(asked->now_ms)))
			continue;
		if (json_array_append_new(list, ck_site_clinic_object(ledger,
		    registry, &all->list[i], &all->sums[i],
		    all->quarantined[i], asked->now_ms)) != 0) {
			json_decref(list);
			return CK_ERR_NOMEM;
		}
	}
	*out = list;

	return CK_OK;
}

enum ck_err
ck_province_clinics_json(struct ck_ledger *ledger,
    const struct ck_site_asked *asked, json_t **out)
{
	const struct ck_registry *registry;
	struct clinics all = { .list = NULL };
	enum ck_err err;

	*out = NULL;
	if ((err = ck_ledger_registry(ledger, &registry)) == CK_OK &&
	    (err = load(ledger, registry, asked, &all)) == CK_OK)
		err = list_clinics(ledger, registry, asked, &all, out);
	free(all.places);
	free(all.quarantined);
	free(all.sums);
	free(all.list);

	return err;
}
