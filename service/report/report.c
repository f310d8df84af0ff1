/*
 * report.c - a period's report as one document
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/hex.h"
#include "io/json.h"
#include "ledger/day.h"
#include "ledger/figures.h"
#include "ledger/opening.h"
#include "report/complete.h"
#include "report/gather.h"
#include "report/mixes.h"
#include "report/reconcile.h"
#include "report/report.h"

#define DAYS_MAX (20 * 366)
#define BELOW_ATTEMPTS_MIN 20

struct making {
	struct ck_ledger *ledger;
	const struct ck_registry *registry;	/* borrowed */
	int64_t from_day, to_day;
	int64_t now_ms;
	int64_t end_ms;			/* until when it can be whole */
	struct ck_gathered figures;	/* owned */
	struct ck_completeness *clinics;	/* owned */
	size_t clinic_count;
	json_t *document;		/* owned */
	json_t *sources;		/* of the document */
	int failed;			/* a member could not be set */
};

bool
ck_report_is_below(int64_t covered, int64_t total, int64_t covered_all,
    int64_t total_all)
{
	double share, lower, n = (double)total;

	if (total < BELOW_ATTEMPTS_MIN || total_all <= 0)
		return false;
	share = (double)covered_all / (double)total_all;
	lower = share - (double)covered / n;

	/* lower > 3 × sqrt(share (1 - share) / n), without the root */
	return lower > 0 && lower * lower * n > 9 * share * (1 - share);
}

static void
set(struct making *making, json_t *object, const char *name, json_t *value)
{
	making->failed |= json_object_set_new(object, name, value);
}

static json_t *
date(int64_t day)
{
	char text[CK_DATE_LEN];

	ck_date_iso(ck_day_date(day), text);

	return json_string(text);
}

static json_t *
all_sums(struct making *making, const struct ck_sums *sums)
{
	json_t *object = json_object();

	making->failed |= ck_sums_set(object, sums);

	return object;
}

static bool
ever_reported(const struct ck_completeness *clinic)
{
	return clinic->until_ms > 0;
}

/* Has it counted anything of the period, or could it have? */
static bool
took_part(const struct making *making, const struct ck_completeness *clinic)
{
	return clinic->began_ms > 0 && clinic->began_ms < making->end_ms;
}

static int64_t
midnight_ms(int64_t day)
{
	return ck_day_first_hour(day) * CK_HOUR_MS;
}

/*
 * Nobody counted before a clinic's first epoch began. The day on which it began
 * is whole: before, nothing could be looked up there, and not later either.
 */
static bool
is_whole_from_start(const struct making *making,
    const struct ck_completeness *clinic)
{
	int64_t first = clinic->clinic->versions[0].from_day;
	int64_t start = midnight_ms(first > making->from_day ? first :
	    making->from_day);
	int64_t began = !took_part(making, clinic) ? making->end_ms :
	    midnight_ms(ck_day_of_ms(clinic->began_ms));

	return start >= began || ck_clinic_reach(clinic->clinic,
	    ck_ledger_closed_days(making->ledger), start, began) >= began;
}

/* Until when nothing of the period can be missing: where a clinic was closed
 * since its last news, nothing is. */
static int64_t
reach_of(const struct making *making, const struct ck_completeness *clinic)
{
	return ck_clinic_reach(clinic->clinic,
	    ck_ledger_closed_days(making->ledger), clinic->until_ms,
	    making->end_ms);
}

static bool
is_whole(const struct making *making, const struct ck_completeness *clinic)
{
	return reach_of(making, clinic) >= making->end_ms &&
	    is_whole_from_start(making, clinic);
}

/* Whole hours only: "until 10:00" is what people say. */
static int64_t
whole_until(const struct making *making)
{
	int64_t until = making->end_ms;
	size_t i;

	for (i = 0; i < making->clinic_count; i++) {
		int64_t reach = reach_of(making, &making->clinics[i]);

		if (ever_reported(&making->clinics[i]) && reach < until)
			until = reach;
	}

	return until - until % CK_HOUR_MS;
}

static void
set_complete(struct making *making)
{
	json_t *object = json_object();
	size_t i, whole = 0, reported = 0, part = 0;

	for (i = 0; i < making->clinic_count; i++) {
		whole += is_whole(making, &making->clinics[i]);
		reported += ever_reported(&making->clinics[i]);
		part += took_part(making, &making->clinics[i]);
	}
	set(making, object, "facilities", json_integer((json_int_t)whole));
	set(making, object, "expected",
	    json_integer((json_int_t)making->clinic_count));
	set(making, object, "taking_part", json_integer((json_int_t)part));
	set(making, object, "end", ck_json_instant(making->end_ms));
	set(making, object, "until", reported == 0 || part == 0 ? json_null() :
	    ck_json_instant(whole_until(making)));
	set(making, making->document, "complete", object);
}

static void
set_clinic(struct making *making, json_t *object,
    const struct ck_clinic *clinic)
{
	const struct ck_clinic_version *version =
	    ck_clinic_on(clinic, making->to_day);

	set(making, object, "key", json_string(clinic->id));
	set(making, object, "code", json_string(version->code));
	set(making, object, "name", json_string(version->name));
	set(making, object, "manager", json_string(version->manager));
	set(making, object, "commune", json_string(version->commune));
	set(making, object, "district", json_string(version->district));
	set(making, object, "level", json_string(version->level));
}

/* A managing centre is known by its id: its name is that of the clinic. */
static const char *
manager_name(const struct making *making, const char *id)
{
	const struct ck_clinic *manager =
	    ck_registry_by_id(making->registry, id);

	return manager == NULL ? id :
	    ck_clinic_on(manager, making->to_day)->name;
}

static json_t *
group_object(struct making *making, enum ck_division division,
    const struct ck_part_of *group)
{
	const struct ck_clinic *clinic = NULL;
	json_t *object = json_object();

	if (division == CK_BY_CLINIC)
		clinic = ck_registry_by_id(making->registry, group->key);
	if (clinic != NULL)
		set_clinic(making, object, clinic);
	else
		set(making, object, "key", json_string(group->key));
	if (division == CK_BY_MANAGER)
		set(making, object, "name",
		    json_string(manager_name(making, group->key)));
	making->failed |= ck_sums_set(object, &group->sums);

	return object;
}

static void
set_groups(struct making *making)
{
	json_t *groups = json_object();
	int division;
	size_t i;

	for (division = 0; division < CK_DIVISIONS; division++) {
		const struct ck_division_groups *list =
		    &making->figures.by[division];
		json_t *array = json_array();

		for (i = 0; i < list->len; i++)
			making->failed |= json_array_append_new(array,
			    group_object(making, (enum ck_division)division,
			    &list->list[i]));
		set(making, groups,
		    ck_division_name((enum ck_division)division), array);
	}
	set(making, making->document, "groups", groups);
}

static void
set_units(struct making *making)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < making->figures.unit_count; i++) {
		const struct ck_unit *unit = &making->figures.units[i];
		const struct ck_clinic_version *version = unit->version;

		making->failed |= json_array_append_new(array,
		    json_pack("{s:s, s:s, s:s, s:s, s:s}",
		    "clinic", unit->clinic->id, "manager", version->manager,
		    "commune", version->commune, "district",
		    version->district, "level", version->level));
	}
	set(making, making->document, "units", array);
}

static void
set_incomplete(struct making *making)
{
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < making->clinic_count; i++) {
		const struct ck_completeness *clinic = &making->clinics[i];
		json_t *object;

		if (is_whole(making, clinic))
			continue;
		object = json_object();
		set_clinic(making, object, clinic->clinic);
		set(making, object, "until", ck_json_instant(clinic->until_ms));
		set(making, object, "heard", ck_json_instant(clinic->heard_ms));
		set(making, object, "began", !took_part(making, clinic) ?
		    json_null() : ck_json_instant(clinic->began_ms));
		making->failed |= json_array_append_new(array, object);
	}
	set(making, making->document, "incomplete", array);
}

static void
set_below(struct making *making)
{
	const struct ck_division_groups *clinics =
	    &making->figures.by[CK_BY_CLINIC];
	const struct ck_sums *all = &making->figures.total;
	json_t *array = json_array();
	size_t i;

	for (i = 0; i < clinics->len; i++) {
		const struct ck_part_of *group = &clinics->list[i];
		int64_t total = ck_sums_total(&group->sums, CK_SERIES_CCCD);
		int64_t covered =
		    group->sums.parts[CK_SERIES_CCCD][CK_PART_COVERED];
		json_t *object;

		if (!ck_report_is_below(covered, total,
		    all->parts[CK_SERIES_CCCD][CK_PART_COVERED],
		    ck_sums_total(all, CK_SERIES_CCCD)))
			continue;
		object = json_object();
		set_clinic(making, object,
		    ck_registry_by_id(making->registry, group->key));
		set(making, object, "total", json_integer(total));
		set(making, object, "covered", json_integer(covered));
		making->failed |= json_array_append_new(array, object);
	}
	set(making, making->document, "below", array);
}

static enum ck_err
add_source(void *ctx, const struct ck_stream *stream)
{
	struct making *making = ctx;
	const struct ck_clinic *clinic =
	    ck_registry_by_number(making->registry, stream->facility);
	char head[CK_HEX_LEN(sizeof(stream->head))];
	json_t *object;

	ck_hex_print(ck_span_of(stream->head, sizeof(stream->head)), head);
	object = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:s?}",
	    "key", clinic == NULL ? "" : clinic->id, "code", stream->code,
	    "station", stream->station, "epoch", stream->epoch,
	    "revision", (json_int_t)stream->revision,
	    "batch", (json_int_t)stream->batch,
	    "head", stream->batch == 0 ? NULL : head);
	making->failed |= json_array_append_new(making->sources, object);

	return CK_OK;
}

static enum ck_err
set_sources(struct making *making)
{
	making->sources = json_array();
	set(making, making->document, "sources", making->sources);

	return ck_streams_read(making->ledger, add_source, making);
}

/* As many days before, so that the two can be compared. */
static enum ck_err
set_before(struct making *making)
{
	int64_t to = making->from_day - 1;
	int64_t from = to - (making->to_day - making->from_day);
	struct ck_sums total = { 0 };
	json_t *object;
	enum ck_err err;

	if ((err = ck_report_gather_total(making->ledger, from, to, &total)) !=
	    CK_OK)
		return err;
	object = json_object();
	set(making, object, "from", date(from));
	set(making, object, "to", date(to));
	set(making, object, "totals", all_sums(making, &total));
	set(making, making->document, "before", object);

	return CK_OK;
}

static enum ck_err
set_outside(struct making *making)
{
	json_t *portal, *visits;
	enum ck_err err;

	if ((err = ck_reconcile_portal(making->ledger, making->registry,
	    making->clinics, making->clinic_count, making->from_day,
	    making->to_day, &portal)) != CK_OK)
		return err;
	set(making, making->document, "reconciliation", portal);
	if ((err = ck_reconcile_visits(making->ledger, making->registry,
	    making->from_day, making->to_day, &visits)) == CK_OK)
		set(making, making->document, "denominator", visits);

	return err;
}

static void
set_head(struct making *making)
{
	set(making, making->document, "schema",
	    json_integer(CK_REPORT_SCHEMA));
	set(making, making->document, "from", date(making->from_day));
	set(making, making->document, "to", date(making->to_day));
	set(making, making->document, "made_at",
	    ck_json_instant(making->now_ms));
	if (ck_ledger_is_played(making->ledger))
		set(making, making->document, "played", json_true());
	set(making, making->document, "totals",
	    all_sums(making, &making->figures.total));
}

/* The end of the period, or of what of it has passed. */
static int64_t
end_of(const struct making *making)
{
	int64_t end = ck_day_first_hour(making->to_day + 1) * CK_HOUR_MS;
	int64_t hour = making->now_ms - making->now_ms % CK_HOUR_MS;

	return end < hour ? end : hour;
}

static enum ck_err
load(struct making *making)
{
	enum ck_err err;

	if ((err = ck_report_gather(making->ledger, making->registry,
	    making->from_day, making->to_day, &making->figures)) != CK_OK)
		return err;

	return ck_completeness_load(making->ledger, making->registry,
	    making->to_day, &making->clinics, &making->clinic_count);
}

static enum ck_err
write_down(struct making *making)
{
	enum ck_err err;

	if ((making->document = json_object()) == NULL)
		return CK_ERR_NOMEM;
	set_head(making);
	set_complete(making);
	set_groups(making);
	set_units(making);
	set(making, making->document, "mixes",
	    ck_mixes_json(&making->figures));
	set_incomplete(making);
	set_below(making);
	if ((err = set_before(making)) == CK_OK &&
	    (err = set_outside(making)) == CK_OK)
		err = set_sources(making);
	if (err == CK_OK && making->failed != 0)
		err = CK_ERR_NOMEM;

	return err;
}

enum ck_err
ck_report_make(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    int64_t now_ms, json_t **out)
{
	struct making making = {
		.ledger = ledger, .from_day = from_day, .to_day = to_day,
		.now_ms = now_ms
	};
	enum ck_err err;

	*out = NULL;
	if (to_day < from_day || to_day - from_day > DAYS_MAX)
		return CK_ERR_LIMIT;
	if ((err = ck_ledger_registry(ledger, &making.registry)) != CK_OK ||
	    (err = ck_figures_begin(ledger)) != CK_OK)
		return err;
	making.end_ms = end_of(&making);
	if ((err = load(&making)) == CK_OK &&
	    (err = write_down(&making)) == CK_OK) {
		*out = making.document;
		making.document = NULL;
	}
	ck_figures_end(ledger);
	json_decref(making.document);
	free(making.clinics);
	ck_gathered_wipe(&making.figures);

	return err;
}
