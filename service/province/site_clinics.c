/*
 * site_clinics.c - how each clinic stands today
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ledger/calendar.h"
#include "ledger/day.h"
#include "ledger/figures.h"
#include "province/site.h"
#include "report/complete.h"
#include "report/sums.h"

/* Days of figures beside each clinic, today included. */
#define DAYS 30

/* How far back an open day is looked for: beyond, a clinic is closed. */
#define OPEN_DAYS_MAX 14

struct clinic_sums {
	const struct ck_registry *registry;
	const struct ck_completeness *list;
	struct ck_sums *sums;		/* of list, same order */
	size_t count;
};

static enum ck_err
add(void *ctx, const struct ck_figures_row *row)
{
	struct clinic_sums *all = ctx;
	size_t i;

	for (i = 0; i < all->count; i++) {
		if (all->list[i].clinic->number == row->facility)
			ck_sums_add(&all->sums[i], row->words, row->count);
	}

	return CK_OK;
}

/* The last day before today on which it was open; 0: none lately. A clinic
 * whose hours are not told is open every day. */
static int64_t
last_open_day(const struct ck_clinic *clinic, int64_t today)
{
	int64_t day;

	for (day = today - 1; day >= today - OPEN_DAYS_MAX; day--) {
		struct ck_calendar calendar;

		if (!ck_calendar_parse(ck_clinic_on(clinic, day)->calendar,
		    &calendar) || !calendar.told ||
		    ck_calendar_open_on(&calendar, day))
			return day;
	}

	return 0;
}

/* Nobody waits for news of a clinic that takes no patients any more. */
static bool
is_closed(const struct ck_clinic *clinic, int64_t today)
{
	struct ck_calendar calendar;
	int64_t day;

	if (!ck_calendar_parse(ck_clinic_on(clinic, today)->calendar,
	    &calendar) || !calendar.told)
		return false;
	for (day = today; day < today + 7; day++) {
		if (ck_calendar_open_on(&calendar, day))
			return false;
	}

	return true;
}

static const char *
state_of(const struct ck_completeness *one, int64_t now_ms)
{
	int64_t today = ck_day_of_ms(now_ms);
	int64_t open = last_open_day(one->clinic, today);

	if (one->until_ms >= ck_day_first_hour(today) * CK_HOUR_MS)
		return "whole";
	if (open != 0 && one->heard_ms < ck_day_first_hour(open) * CK_HOUR_MS)
		return "silent";

	return "late";
}

static json_t *
instant(int64_t wall_ms)
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

static json_t *
clinic_json(const struct clinic_sums *all, size_t i, int64_t now_ms)
{
	const struct ck_completeness *one = &all->list[i];
	const struct ck_sums *sums = &all->sums[i];
	int64_t today = ck_day_of_ms(now_ms);
	const struct ck_clinic_version *version = ck_clinic_on(one->clinic,
	    today);

	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:I, "
	    "s:I}", "code", version->code, "name", version->name,
	    "district", last_district(one->clinic),
	    "commune", version->commune, "level", version->level,
	    "manager", manager_name(all->registry, version, today),
	    "state", state_of(one, now_ms),
	    "heard", instant(one->heard_ms),
	    "complete_until", instant(one->until_ms),
	    "attempts", (json_int_t)ck_sums_total(sums, CK_SERIES_CCCD),
	    "confirmed",
	    (json_int_t)sums->parts[CK_SERIES_CCCD][CK_PART_COVERED]);
}

static enum ck_err
list_clinics(const struct clinic_sums *all, int64_t now_ms, json_t **out)
{
	size_t i;

	if ((*out = json_array()) == NULL)
		return CK_ERR_NOMEM;
	for (i = 0; i < all->count; i++) {
		if (is_closed(all->list[i].clinic, ck_day_of_ms(now_ms)))
			continue;
		if (json_array_append_new(*out, clinic_json(all, i,
		    now_ms)) != 0) {
			json_decref(*out);
			*out = NULL;
			return CK_ERR_NOMEM;
		}
	}

	return CK_OK;
}

enum ck_err
ck_province_clinics_json(struct ck_ledger *ledger, int64_t now_ms,
    json_t **out)
{
	int64_t today = ck_day_of_ms(now_ms);
	struct ck_figures_query query = {
		.from_day = today - DAYS + 1, .to_day = today,
		.by = CK_FIGURES_BY_NOTHING, .series = CK_SERIES_CCCD
	};
	struct ck_completeness *list = NULL;
	const struct ck_registry *registry;
	struct clinic_sums all = { 0 };
	enum ck_err err;

	*out = NULL;
	if ((err = ck_ledger_registry(ledger, &registry)) != CK_OK ||
	    (err = ck_completeness_load(ledger, registry, today, &list,
	    &all.count)) != CK_OK)
		return err;
	all.registry = registry;
	all.list = list;
	all.sums = calloc(all.count + 1, sizeof(*all.sums));
	err = all.sums == NULL ? CK_ERR_NOMEM :
	    ck_figures_read(ledger, &query, add, &all);
	if (err == CK_OK)
		err = list_clinics(&all, now_ms, out);
	free(all.sums);
	free(list);

	return err;
}
