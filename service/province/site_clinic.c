/*
 * site_clinic.c - one clinic, from all sides
 */
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "ledger/day.h"
#include "ledger/opening.h"
#include "province/site_state.h"
#include "report/gather.h"

/* Of the alarm's history: a year of weekly ones. */
#define SILENCES_MAX 50

struct showing {
	struct ck_ledger *ledger;
	const struct ck_registry *registry;	/* borrowed */
	const struct ck_clinic *clinic;		/* borrowed */
	const struct ck_site_asked *asked;
	struct ck_sums sums;
	int64_t quarantined;
	struct ck_completeness stands;
	json_t *reasons, *days, *stations, *silences;	/* owned */
};

/* --- Why attempts were not confirmed -------------------------------------- */

/* Words that differ in what this list does not show are one line. */
static json_t *
line_of(json_t *lines, const char *outcome, const struct ck_counted *words)
{
	const char *owner = ck_owner_label((enum ck_owner)words->owner);
	json_t *line;
	size_t i;

	json_array_foreach(lines, i, line) {
		if (strcmp(ck_json_text(line, "outcome"), outcome) == 0 &&
		    strcmp(ck_json_text(line, "reason"), words->reason) == 0 &&
		    strcmp(ck_json_text(line, "owner"), owner) == 0)
			return line;
	}
	line = json_pack("{s:s, s:s, s:s, s:i}", "outcome", outcome,
	    "reason", words->reason, "owner", owner, "count", 0);

	return json_array_append_new(lines, line) == 0 ? line : NULL;
}

static enum ck_err
raise(json_t *object, const char *name, int64_t by)
{
	json_t *count = json_object_get(object, name);

	return json_integer_set(count, json_integer_value(count) + by) == 0 ?
	    CK_OK : CK_ERR_NOMEM;
}

/* NULL: confirmed. A kept answer is none (docs/definitions.md). */
static const char *
outcome_of(const struct ck_counted *words)
{
	if (words->outcome != CK_OUTCOME_COVERED)
		return ck_outcome_label((enum ck_outcome)words->outcome);

	return words->source == CK_SOURCE_GATEWAY ? NULL : "kept";
}

static enum ck_err
add_reason(struct showing *showing, const struct ck_figures_row *row)
{
	const char *outcome = outcome_of(row->words);
	json_t *line;

	if (outcome == NULL)
		return CK_OK;
	line = line_of(showing->reasons, outcome, row->words);

	return line == NULL ? CK_ERR_NOMEM : raise(line, "count", row->count);
}

/* --- Over time ------------------------------------------------------------ */

/* Rows come by day. */
static json_t *
day_of(json_t *days, const char *key)
{
	json_t *last = json_array_get(days, json_array_size(days) - 1);

	if (last != NULL && strcmp(ck_json_text(last, "day"), key) == 0)
		return last;
	last = json_pack("{s:s, s:i, s:i}", "day", key, "attempts", 0,
	    "confirmed", 0);

	return json_array_append_new(days, last) == 0 ? last : NULL;
}

static enum ck_err
add_day(struct showing *showing, const struct ck_figures_row *row)
{
	struct ck_sums sums = { 0 };
	char key[CK_DATE_LEN];
	enum ck_err err;
	json_t *day;

	ck_date_iso(ck_day_date(row->day), key);
	if (showing->asked->to_day - showing->asked->from_day >
	    CK_REPORT_DAYS_MAX)
		key[sizeof("2026-03") - 1] = '\0';
	if ((day = day_of(showing->days, key)) == NULL)
		return CK_ERR_NOMEM;
	ck_sums_add(&sums, row->words, row->count);
	ck_sums_join(&showing->sums, &sums);
	err = raise(day, "attempts", ck_sums_total(&sums, CK_SERIES_CCCD));

	return err != CK_OK ? err : raise(day, "confirmed",
	    sums.parts[CK_SERIES_CCCD][CK_PART_COVERED]);
}

static enum ck_err
add(void *ctx, const struct ck_figures_row *row)
{
	enum ck_err err = add_day(ctx, row);

	return err == CK_OK ? add_reason(ctx, row) : err;
}

/* --- Its daemons ---------------------------------------------------------- */

static json_t *
station_of(json_t *stations, const char *name)
{
	json_t *station;
	size_t i;

	json_array_foreach(stations, i, station) {
		if (strcmp(ck_json_text(station, "station"), name) == 0)
			return station;
	}

	return NULL;
}

static enum ck_err
list_stations(struct showing *showing)
{
	const struct ck_clinic *clinic = showing->clinic;
	int64_t today = ck_day_of_ms(showing->asked->now_ms);
	size_t i;

	for (i = 0; i < clinic->daemon_count; i++) {
		const struct ck_clinic_daemon *daemon = &clinic->daemons[i];

		if (ck_clinic_daemon_on(clinic, daemon->station, today) !=
		    daemon)
			continue;
		if (json_array_append_new(showing->stations, json_pack(
		    "{s:s, s:n, s:n, s:i, s:i, s:b, s:i, s:s}",
		    "station", daemon->station, "heard", "complete_until",
		    "revision", 0, "newest", 0,
		    "pulled", daemon->address[0] != '\0',
		    "failures", 0, "reason", "")) != 0)
			return CK_ERR_NOMEM;
	}

	return CK_OK;
}

static enum ck_err
take_stream(void *ctx, const struct ck_stream *stream)
{
	struct showing *showing = ctx;
	json_t *station;

	if (stream->facility != showing->clinic->number || !stream->latest)
		return CK_OK;
	station = station_of(showing->stations, stream->station);
	if (station == NULL)
		return CK_OK;

	return json_object_set_new(station, "heard",
	    ck_site_instant(stream->received_ms)) == 0 &&
	    json_object_set_new(station, "complete_until",
	    ck_site_instant(stream->complete_ms)) == 0 &&
	    json_object_set_new(station, "revision",
	    json_integer(stream->revision)) == 0 &&
	    json_object_set_new(station, "newest",
	    json_integer(stream->newest)) == 0 ? CK_OK : CK_ERR_NOMEM;
}

static enum ck_err
take_pull(void *ctx, const struct ck_pull_row *pull)
{
	struct showing *showing = ctx;
	json_t *station;

	if (pull->facility != showing->clinic->number)
		return CK_OK;
	station = station_of(showing->stations, pull->station);
	if (station == NULL)
		return CK_OK;

	return json_object_set_new(station, "failures",
	    json_integer(pull->failures)) == 0 &&
	    json_object_set_new(station, "reason",
	    json_string(pull->reason)) == 0 ? CK_OK : CK_ERR_NOMEM;
}

/* --- When it was silent --------------------------------------------------- */

/* until_ms 0: it goes on. */
static enum ck_err
add_silence(struct showing *showing, int64_t heard_ms, int64_t until_ms)
{
	int64_t from_ms = ck_clinic_silent_from(showing->clinic,
	    ck_ledger_closed_days(showing->ledger), heard_ms,
	    until_ms != 0 ? until_ms : showing->asked->now_ms);

	if (from_ms == 0 ||
	    json_array_size(showing->silences) >= SILENCES_MAX)
		return CK_OK;

	return json_array_append_new(showing->silences, json_pack(
	    "{s:o, s:o}", "from", ck_site_instant(from_ms),
	    "until", ck_site_instant(until_ms))) == 0 ? CK_OK : CK_ERR_NOMEM;
}

static enum ck_err
take_pause(void *ctx, int64_t from_ms, int64_t until_ms)
{
	return add_silence(ctx, from_ms, until_ms);
}

static enum ck_err
list_silences(struct showing *showing)
{
	enum ck_err err = CK_OK;

	if (!ck_clinic_is_closed(showing->clinic,
	    ck_day_of_ms(showing->asked->now_ms)))
		err = add_silence(showing, showing->stands.heard_ms, 0);

	return err != CK_OK ? err : ck_pauses_read(showing->ledger,
	    showing->clinic->number, take_pause, showing);
}

/* --- All of it ------------------------------------------------------------ */

static enum ck_err
take_quarantined(void *ctx, int64_t facility, int64_t count)
{
	struct showing *showing = ctx;

	if (facility == showing->clinic->number)
		showing->quarantined = count;

	return CK_OK;
}

static enum ck_err
find_standing(struct showing *showing)
{
	struct ck_completeness *list;
	size_t count, i;
	enum ck_err err;

	showing->stands.clinic = showing->clinic;
	if ((err = ck_completeness_load(showing->ledger, showing->registry,
	    ck_day_of_ms(showing->asked->now_ms), &list, &count)) != CK_OK)
		return err;
	for (i = 0; i < count; i++) {
		if (list[i].clinic == showing->clinic)
			showing->stands = list[i];
	}
	free(list);

	return CK_OK;
}

static enum ck_err
load(struct showing *showing)
{
	const struct ck_site_asked *asked = showing->asked;
	struct ck_figures_query query = {
		.from_day = asked->from_day, .to_day = asked->to_day,
		.by = asked->to_day - asked->from_day > CK_REPORT_DAYS_MAX ?
		    CK_FIGURES_BY_MONTH : CK_FIGURES_BY_DAY,
		.facility = showing->clinic->number, .series = CK_SERIES_CCCD
	};
	enum ck_err err;

	showing->reasons = json_array();
	showing->days = json_array();
	showing->stations = json_array();
	showing->silences = json_array();
	if (showing->reasons == NULL || showing->days == NULL ||
	    showing->stations == NULL || showing->silences == NULL)
		return CK_ERR_NOMEM;
	if ((err = find_standing(showing)) != CK_OK ||
	    (err = ck_quarantined_read(showing->ledger, take_quarantined,
	    showing)) != CK_OK ||
	    (err = list_stations(showing)) != CK_OK ||
	    (err = ck_streams_read(showing->ledger, take_stream,
	    showing)) != CK_OK ||
	    (err = ck_pulls_read(showing->ledger, take_pull, showing)) !=
	    CK_OK ||
	    (err = list_silences(showing)) != CK_OK)
		return err;

	return ck_figures_read(showing->ledger, &query, add, showing);
}

static enum ck_err
put(struct showing *showing, json_t **out)
{
	const struct ck_clinic_version *version = ck_clinic_on(
	    showing->clinic, ck_day_of_ms(showing->asked->now_ms));
	json_t *object = ck_site_clinic_object(showing->ledger,
	    showing->registry, &showing->stands, &showing->sums,
	    showing->quarantined, showing->asked->now_ms);
	char from[CK_DATE_LEN], to[CK_DATE_LEN];
	json_t *more;

	ck_date_iso(ck_day_date(showing->asked->from_day), from);
	ck_date_iso(ck_day_date(showing->asked->to_day), to);
	more = json_pack("{s:s, s:s, s:s, s:b, s:O, s:O, s:O, s:O}",
	    "from", from, "to", to, "calendar", version->calendar,
	    "played", ck_ledger_is_played(showing->ledger),
	    "reasons", showing->reasons, "days", showing->days,
	    "stations", showing->stations, "silences", showing->silences);
	if (object == NULL || json_object_update(object, more) != 0) {
		json_decref(object);
		object = NULL;
	}
	json_decref(more);
	*out = object;

	return object != NULL ? CK_OK : CK_ERR_NOMEM;
}

enum ck_err
ck_province_clinic_json(struct ck_ledger *ledger, const char *code,
    const struct ck_site_asked *asked, json_t **out)
{
	struct showing showing = { .ledger = ledger, .asked = asked };
	int64_t today = ck_day_of_ms(asked->now_ms);
	enum ck_err err;

	*out = NULL;
	if ((err = ck_ledger_registry(ledger, &showing.registry)) != CK_OK)
		return err;
	showing.clinic = ck_registry_by_code(showing.registry, code, today);
	if (showing.clinic == NULL)
		return CK_ERR_NOT_FOUND;
	if ((err = load(&showing)) == CK_OK)
		err = put(&showing, out);
	json_decref(showing.reasons);
	json_decref(showing.days);
	json_decref(showing.stations);
	json_decref(showing.silences);

	return err;
}
