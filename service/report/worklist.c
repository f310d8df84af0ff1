/*
 * worklist.c - causes of failures, as work: reading and sorting them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/figures.h"
#include "report/worklist.h"

/* While figures are read; rows come by clinic, then day. */
struct reading {
	struct ck_worklist *list;	/* count: of all clinics */
	size_t cap;
	size_t first;			/* cause of the clinic being read */
	int64_t facility;
};

static const char *
reason_of(const struct ck_counted *words)
{
	return words->outcome == CK_OUTCOME_COVERED ? CK_CAUSE_OTHER_KEY :
	    words->reason;
}

static enum ck_err
grow(struct reading *reading)
{
	size_t cap = reading->cap == 0 ? 256 : reading->cap * 2;
	struct ck_cause *grown;

	if (reading->list->count < reading->cap)
		return CK_OK;
	grown = reallocarray(reading->list->causes, cap, sizeof(*grown));
	if (grown == NULL)
		return CK_ERR_NOMEM;
	reading->list->causes = grown;
	reading->cap = cap;

	return CK_OK;
}

/* The cause of a row, new if this clinic had none of it before. A clinic has
 * some dozens. */
static enum ck_err
find(struct reading *reading, const struct ck_figures_row *row,
    struct ck_cause **out)
{
	struct ck_worklist *list = reading->list;
	const char *reason = reason_of(row->words);
	struct ck_cause *cause;
	enum ck_err err;
	size_t i;

	for (i = reading->first; i < list->count; i++) {
		cause = &list->causes[i];
		*out = cause;
		if ((int)cause->owner == row->words->owner &&
		    strcmp(cause->reason, reason) == 0)
			return CK_OK;
	}
	if ((err = grow(reading)) != CK_OK)
		return err;
	*out = cause = &list->causes[list->count++];
	*cause = (struct ck_cause){ .facility = row->facility,
		.owner = (enum ck_owner)row->words->owner,
		.outcome = (enum ck_outcome)row->words->outcome,
		.since_day = row->day, .last_day = row->day };
	(void)snprintf(cause->reason, sizeof(cause->reason), "%s", reason);

	return CK_OK;
}

static enum ck_err
add(void *ctx, const struct ck_figures_row *row)
{
	struct reading *reading = ctx;
	const struct ck_worklist_wish *wish = &reading->list->wish;
	struct ck_cause *cause;
	enum ck_err err;

	if (row->facility != reading->facility) {
		reading->facility = row->facility;
		reading->first = reading->list->count;
	}
	if (row->words->owner == CK_OWNER_NONE ||
	    (wish->owner != CK_OWNER_NONE &&
	    row->words->owner != (int)wish->owner))
		return CK_OK;
	if ((err = find(reading, row, &cause)) != CK_OK)
		return err;
	if (row->day - cause->last_day > wish->closed_after)
		cause->since_day = row->day;
	cause->last_day = row->day;
	if (row->day >= wish->from_day && row->day <= wish->to_day)
		cause->count += row->count;

	return CK_OK;
}

/* --- After reading -------------------------------------------------------- */

static void
settle(struct ck_worklist *list, const struct ck_registry *registry,
    struct ck_cause *cause)
{
	const struct ck_clinic *clinic = ck_registry_by_number(registry,
	    cause->facility);
	const struct ck_clinic_version *version;

	cause->open = list->today - cause->last_day <=
	    list->wish.closed_after;
	cause->days_open = (cause->open ? list->today : cause->last_day) -
	    cause->since_day + 1;
	if (clinic == NULL)
		return;
	version = ck_clinic_on(clinic, list->today);
	memcpy(cause->code, version->code, sizeof(cause->code));
	memcpy(cause->name, version->name, sizeof(cause->name));
}

/* What nobody asked for: not in these days, closed, or of no clinic that
 * whoever asks may see. */
static bool
is_wanted(const struct ck_worklist *list, const struct ck_cause *cause)
{
	return cause->count > 0 && cause->code[0] != '\0' &&
	    (cause->open || list->wish.closed);
}

static int
compare(const void *a, const void *b)
{
	const struct ck_cause *one = a, *other = b;
	int order;

	if (one->open != other->open)
		return one->open ? -1 : 1;
	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	if (one->since_day != other->since_day)
		return one->since_day < other->since_day ? -1 : 1;
	order = strcmp(one->code, other->code);

	return order != 0 ? order : strcmp(one->reason, other->reason);
}

static void
keep_wanted(struct ck_worklist *list, const struct ck_registry *registry)
{
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		settle(list, registry, &list->causes[i]);
		if (is_wanted(list, &list->causes[i]))
			list->causes[kept++] = list->causes[i];
	}
	list->count = kept;
	if (kept > 0)
		qsort(list->causes, kept, sizeof(*list->causes), compare);
}

static int64_t
least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

enum ck_err
ck_worklist_read(struct ck_ledger *ledger,
    const struct ck_worklist_wish *wish, int64_t now_ms,
    struct ck_worklist *out)
{
	int64_t today = ck_day_of_ms(now_ms);
	struct ck_figures_query query = {
		.from_day = least(wish->from_day,
		    today - CK_WORKLIST_BACK_DAYS),
		.to_day = today, .by = CK_FIGURES_BY_DAY,
		.series = (int)wish->series
	};
	struct reading reading = { .list = out };
	const struct ck_registry *registry;
	enum ck_err err;

	*out = (struct ck_worklist){ .wish = *wish, .today = today };
	if (out->wish.closed_after <= 0)
		out->wish.closed_after = CK_WORKLIST_CLOSED_AFTER;
	if (wish->to_day < wish->from_day ||
	    today - wish->from_day > 20 * 366)
		return CK_ERR_LIMIT;
	if (wish->counts_only) {
		query.from_day = wish->from_day;
		query.to_day = wish->to_day;
	}
	if (query.to_day < query.from_day)
		query.to_day = query.from_day;
	if ((err = ck_ledger_registry(ledger, &registry)) != CK_OK ||
	    (err = ck_figures_read(ledger, &query, add, &reading)) != CK_OK) {
		ck_worklist_free(out);
		return err;
	}
	keep_wanted(out, registry);

	return CK_OK;
}

void
ck_worklist_free(struct ck_worklist *list)
{
	free(list->causes);
	list->causes = NULL;
	list->count = 0;
}
