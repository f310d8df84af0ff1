/*
 * count.c - how a closed lookup becomes figures
 */
#include "ck/words.h"
#include "stats/count.h"

#define HOUR_MS INT64_C(3600000)
#define LOCAL_OFFSET_HOURS 7	/* Asia/Ho_Chi_Minh, all year */

bool
ck_count_begins_visit(int64_t kind)
{
	return kind == CK_KIND_DESK || kind == CK_KIND_DURING ||
	    kind == CK_KIND_CLOSE || kind == CK_KIND_INTEGRATION;
}

bool
ck_count_decides_visit(int64_t kind)
{
	return ck_count_begins_visit(kind) || kind == CK_KIND_RECHECK;
}

bool
ck_count_is_cccd(const struct ck_counts *lookup)
{
	bool shown = lookup->presented == CK_PRESENTED_CCCD ||
	    lookup->presented == CK_PRESENTED_CC ||
	    lookup->presented == CK_PRESENTED_VNEID;

	return shown && lookup->first_key == CK_KEY_ID_NUMBER &&
	    ck_count_begins_visit(lookup->kind);
}

bool
ck_count_before(const struct ck_counts *a, const struct ck_counts *b)
{
	if (a->opened_ms != b->opened_ms)
		return a->opened_ms < b->opened_ms;

	return a->lookup < b->lookup;
}

bool
ck_count_decides(const struct ck_counts *a, const struct ck_counts *b)
{
	bool a_answered = a->outcome != CK_OUTCOME_UNAVAILABLE;
	bool b_answered = b->outcome != CK_OUTCOME_UNAVAILABLE;

	if (a_answered != b_answered)
		return a_answered;

	return ck_count_before(b, a);
}

static int64_t
hour_of(int64_t wall_ms)
{
	int64_t hour = wall_ms / HOUR_MS;

	return wall_ms % HOUR_MS < 0 ? hour - 1 : hour;
}

/*
 * Days since 1970-01-01 of a date of the Gregorian calendar, with years that
 * begin in March, so that the leap day is the last of its year.
 */
static int64_t
days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t era, year_of_era, day_of_year;

	if (month <= 2)
		year--;
	era = year / 400;
	year_of_era = year % 400;
	day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 -
	    year_of_era / 100 + day_of_year - 719468;
}

int64_t
ck_count_first_hour(int64_t date)
{
	return days_since_1970(date / 10000, date / 100 % 100, date % 100) *
	    24 - LOCAL_OFFSET_HOURS;
}

static int64_t
visit_hour(const struct ck_counts *lookup)
{
	int64_t first = ck_count_first_hour(lookup->visit_date);
	int64_t hour = hour_of(lookup->opened_ms);

	return hour >= first && hour < first + 24 ? hour : first;
}

struct ck_figure
ck_count_lookup(const struct ck_counts *lookup)
{
	return (struct ck_figure){ .word = {
		[CK_FIGURE_SERIES] = CK_SERIES_LOOKUPS,
		[CK_FIGURE_HOUR] = hour_of(lookup->opened_ms),
		[CK_FIGURE_CLINIC] = lookup->clinic,
		[CK_FIGURE_KIND] = lookup->kind,
		[CK_FIGURE_PRESENTED] = lookup->presented,
		[CK_FIGURE_CAPTURED] = lookup->captured,
		[CK_FIGURE_ASSURANCE] = lookup->assurance,
		[CK_FIGURE_FIRST_KEY] = lookup->first_key,
		[CK_FIGURE_FIRST_OUTCOME] = lookup->first_outcome,
		[CK_FIGURE_RESOLVED_BY] = lookup->resolved_by,
		[CK_FIGURE_OUTCOME] = lookup->outcome,
		[CK_FIGURE_SOURCE] = lookup->source,
		[CK_FIGURE_REASON] = lookup->reason,
		[CK_FIGURE_OWNER] = lookup->owner,
		[CK_FIGURE_DESK] = lookup->desk,
	} };
}

struct ck_figure
ck_count_visit(const struct ck_counts *first, const struct ck_counts *final)
{
	struct ck_figure figure = ck_count_lookup(first);

	figure.word[CK_FIGURE_SERIES] = CK_SERIES_VISITS;
	figure.word[CK_FIGURE_HOUR] = visit_hour(first);
	figure.word[CK_FIGURE_RESOLVED_BY] = final->resolved_by;
	figure.word[CK_FIGURE_OUTCOME] = final->outcome;
	figure.word[CK_FIGURE_SOURCE] = final->source;
	figure.word[CK_FIGURE_REASON] = final->reason;
	figure.word[CK_FIGURE_OWNER] = final->owner;

	return figure;
}

struct ck_figure
ck_count_cccd(const struct ck_counts *attempt)
{
	struct ck_figure figure = ck_count_lookup(attempt);

	figure.word[CK_FIGURE_SERIES] = CK_SERIES_CCCD;
	figure.word[CK_FIGURE_HOUR] = visit_hour(attempt);
	figure.word[CK_FIGURE_OUTCOME] = attempt->first_outcome;
	figure.word[CK_FIGURE_SOURCE] = attempt->first_source;
	figure.word[CK_FIGURE_REASON] = attempt->first_reason;

	return figure;
}

/* A call that brought no answer has no source. */
struct ck_figure
ck_count_call(const struct ck_call_counts *call)
{
	int64_t source = call->outcome == CK_OUTCOME_UNAVAILABLE ?
	    CK_SOURCE_NONE : CK_SOURCE_GATEWAY;

	return (struct ck_figure){ .word = {
		[CK_FIGURE_SERIES] = CK_SERIES_CALLS,
		[CK_FIGURE_HOUR] = hour_of(call->started_ms),
		[CK_FIGURE_CLINIC] = call->clinic,
		[CK_FIGURE_KIND] = call->kind,
		[CK_FIGURE_CAPTURED] = call->captured,
		[CK_FIGURE_FIRST_KEY] = call->key,
		[CK_FIGURE_FIRST_OUTCOME] = call->outcome,
		[CK_FIGURE_OUTCOME] = call->outcome,
		[CK_FIGURE_SOURCE] = source,
		[CK_FIGURE_REASON] = call->code,
		[CK_FIGURE_DESK] = call->desk,
	} };
}
