/*
 * reconcile.c - our calls against the portal's, our visits against the books
 */
#include <stdlib.h>
#include <string.h>

#include "ck/words.h"
#include "ledger/day.h"
#include "ledger/figures.h"
#include "ledger/outside.h"
#include "report/reconcile.h"

/* What is known of a clinic's day, by clinic and day. */
struct day_row {
	int64_t facility, day;
	int64_t theirs;			/* as imported */
	int64_t ours, unanswered;
};

struct day_rows {
	struct day_row *list;		/* owned */
	size_t len, cap;
	size_t at;			/* of the last one found */
};

const char *
ck_difference_label(enum ck_difference difference)
{
	static const char *const labels[] = {
#define LABEL(sym, label) label,
		CK_DIFFERENCE_LIST(LABEL)
#undef LABEL
	};

	return labels[difference];
}

enum ck_difference
ck_difference_explain(const struct ck_day_counts *counts)
{
	int64_t more = counts->portal - counts->calls;

	if (more == 0)
		return CK_DIFFERENCE_NONE;
	if (!counts->complete)
		return CK_DIFFERENCE_INCOMPLETE;
	if (more > 0)
		return CK_DIFFERENCE_OTHER_PROGRAM;

	return -more <= counts->unanswered ? CK_DIFFERENCE_UNANSWERED :
	    CK_DIFFERENCE_PORTAL;
}

static enum ck_err
add_theirs(void *ctx, const struct ck_outside_row *row)
{
	struct day_rows *rows = ctx;
	size_t cap = rows->cap == 0 ? 1024 : rows->cap * 2;
	struct day_row *grown;

	if (rows->len == rows->cap) {
		grown = reallocarray(rows->list, cap, sizeof(*grown));
		if (grown == NULL)
			return CK_ERR_NOMEM;
		rows->list = grown;
		rows->cap = cap;
	}
	rows->list[rows->len++] = (struct day_row){
		.facility = row->facility, .day = row->day,
		.theirs = row->count
	};

	return CK_OK;
}

static int
compare(const struct day_row *row, int64_t facility, int64_t day)
{
	if (row->facility != facility)
		return row->facility < facility ? -1 : 1;

	return row->day < day ? -1 : row->day > day;
}

/* The row of this day; NULL when they did not count it. Both lists rise. */
static struct day_row *
find(struct day_rows *rows, int64_t facility, int64_t day)
{
	while (rows->at < rows->len &&
	    compare(&rows->list[rows->at], facility, day) < 0)
		rows->at++;
	if (rows->at == rows->len ||
	    compare(&rows->list[rows->at], facility, day) != 0)
		return NULL;

	return &rows->list[rows->at];
}

static enum ck_err
add_ours(void *ctx, const struct ck_figures_row *row)
{
	struct day_row *day = find(ctx, row->facility, row->day);

	if (day == NULL)
		return CK_OK;
	day->ours += row->count;
	if (row->words->outcome == CK_OUTCOME_UNAVAILABLE)
		day->unanswered += row->count;

	return CK_OK;
}

static enum ck_err
load(struct ck_ledger *ledger, enum ck_outside source, enum ck_series series,
    int64_t from_day, int64_t to_day, struct day_rows *rows)
{
	const struct ck_figures_query query = {
		.from_day = from_day, .to_day = to_day,
		.by = CK_FIGURES_BY_DAY, .series = (int)series
	};
	enum ck_err err;

	if ((err = ck_outside_read(ledger, source, from_day, to_day,
	    add_theirs, rows)) != CK_OK || rows->len == 0)
		return err;

	return ck_figures_read(ledger, &query, add_ours, rows);
}

static bool
is_complete(const struct ck_completeness *clinics, size_t count,
    const struct day_row *row)
{
	int64_t end = ck_day_first_hour(row->day + 1) * CK_HOUR_MS;
	size_t i;

	for (i = 0; i < count; i++) {
		if (clinics[i].clinic->number == row->facility)
			return clinics[i].until_ms >= end;
	}

	return false;
}

static json_t *
difference(const struct ck_registry *registry, const struct day_row *row,
    enum ck_difference why)
{
	const struct ck_clinic *clinic =
	    ck_registry_by_number(registry, row->facility);
	const struct ck_clinic_version *version;
	char date[CK_DATE_LEN];

	if (clinic == NULL)
		return json_null();
	version = ck_clinic_on(clinic, row->day);
	ck_date_iso(ck_day_date(row->day), date);

	return json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:I, s:s}",
	    "key", clinic->id, "code", version->code, "name", version->name,
	    "date", date, "portal", (json_int_t)row->theirs,
	    "calls", (json_int_t)row->ours, "unanswered",
	    (json_int_t)row->unanswered, "why", ck_difference_label(why));
}

enum ck_err
ck_reconcile_portal(struct ck_ledger *ledger,
    const struct ck_registry *registry, const struct ck_completeness *clinics,
    size_t clinic_count, int64_t from_day, int64_t to_day, json_t **out)
{
	struct day_rows rows = { 0 };
	json_t *differences = json_array();
	json_int_t portal = 0, calls = 0, equal = 0;
	enum ck_err err = CK_ERR_NOMEM;
	int failed = 0;
	size_t i;

	*out = NULL;
	if (differences == NULL || (err = load(ledger, CK_OUTSIDE_PORTAL,
	    CK_SERIES_CALLS, from_day, to_day, &rows)) != CK_OK)
		goto out;
	for (i = 0; i < rows.len; i++) {
		const struct day_row *row = &rows.list[i];
		const struct ck_day_counts counts = {
			.portal = row->theirs, .calls = row->ours,
			.unanswered = row->unanswered,
			.complete = is_complete(clinics, clinic_count, row)
		};
		enum ck_difference why = ck_difference_explain(&counts);

		portal += row->theirs;
		calls += row->ours;
		equal += why == CK_DIFFERENCE_NONE;
		if (why != CK_DIFFERENCE_NONE)
			failed |= json_array_append_new(differences,
			    difference(registry, row, why));
	}
	*out = rows.len == 0 ? json_null() :
	    json_pack("{s:I, s:I, s:I, s:I, s:O}", "portal", portal,
	    "calls", calls, "days", (json_int_t)rows.len, "equal", equal,
	    "differences", differences);
	if (*out == NULL || failed != 0)
		err = CK_ERR_NOMEM;
out:
	free(rows.list);
	json_decref(differences);

	return err;
}

static int
append_attempts(json_t *list, const char *key, json_int_t attempts)
{
	return json_array_append_new(list, json_pack("{s:s, s:I}", "key", key,
	    "attempts", attempts));
}

/* Rows come by clinic. */
static json_t *
attempts_by_clinic(const struct ck_registry *registry,
    const struct day_rows *rows)
{
	json_t *list = json_array();
	int failed = list == NULL;
	size_t i, next;

	for (i = 0; i < rows->len; i = next) {
		const struct ck_clinic *clinic = ck_registry_by_number(
		    registry, rows->list[i].facility);
		json_int_t attempts = 0;

		for (next = i; next < rows->len && rows->list[next].facility ==
		    rows->list[i].facility; next++)
			attempts += rows->list[next].ours;
		failed |= append_attempts(list, clinic == NULL ? "" :
		    clinic->id, attempts);
	}
	if (failed != 0) {
		json_decref(list);
		list = NULL;
	}

	return list;
}

static json_t *
attempts_by_day(const struct day_rows *rows, int64_t from_day, int64_t to_day)
{
	size_t i, days = (size_t)(to_day - from_day + 1);
	json_int_t *attempts = calloc(days, sizeof(*attempts));
	json_t *list = json_array();
	int failed = list == NULL || attempts == NULL;
	char date[CK_DATE_LEN];

	for (i = 0; i < rows->len && failed == 0; i++)
		attempts[rows->list[i].day - from_day] += rows->list[i].ours;
	for (i = 0; i < days && failed == 0; i++) {
		ck_date_iso(ck_day_date(from_day + (int64_t)i), date);
		if (attempts[i] > 0)
			failed |= append_attempts(list, date, attempts[i]);
	}
	free(attempts);
	if (failed != 0) {
		json_decref(list);
		list = NULL;
	}

	return list;
}

enum ck_err
ck_reconcile_visits(struct ck_ledger *ledger,
    const struct ck_registry *registry, int64_t from_day, int64_t to_day,
    json_t **out)
{
	struct day_rows rows = { 0 };
	json_int_t visits = 0, attempts = 0, facilities = 0;
	enum ck_err err;
	size_t i;

	*out = NULL;
	err = load(ledger, CK_OUTSIDE_VISITS, CK_SERIES_CCCD, from_day,
	    to_day, &rows);
	for (i = 0; i < rows.len; i++) {
		visits += rows.list[i].theirs;
		attempts += rows.list[i].ours;
		facilities += i == 0 ||
		    rows.list[i - 1].facility != rows.list[i].facility;
	}
	if (err == CK_OK && (*out = rows.len == 0 ? json_null() :
	    json_pack("{s:I, s:I, s:I, s:o, s:o}", "visits", visits,
	    "attempts", attempts, "facilities", facilities,
	    "clinics", attempts_by_clinic(registry, &rows),
	    "days", attempts_by_day(&rows, from_day, to_day))) == NULL)
		err = CK_ERR_NOMEM;
	free(rows.list);

	return err;
}
