/*
 * causes.c - why attempts were not confirmed, and whose matter it is
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/figures.h"
#include "province/causes.h"

static struct ck_cause *
find(struct ck_causes *causes, const struct ck_counted *words)
{
	bool kept = words->outcome == CK_OUTCOME_COVERED;
	size_t i;

	for (i = 0; i < causes->count; i++) {
		struct ck_cause *cause = &causes->list[i];

		if (cause->owner == (enum ck_owner)words->owner &&
		    cause->outcome == (enum ck_outcome)words->outcome &&
		    cause->kept == kept &&
		    strcmp(cause->reason, words->reason) == 0)
			return cause;
	}

	return NULL;
}

/* NULL: out of memory. */
static struct ck_cause *
add_new(struct ck_causes *causes, const struct ck_counted *words)
{
	size_t cap = causes->cap == 0 ? 64 : 2 * causes->cap;
	struct ck_cause *cause;

	if (causes->count == causes->cap) {
		cause = reallocarray(causes->list, cap, sizeof(*cause));
		if (cause == NULL)
			return NULL;
		causes->list = cause;
		causes->cap = cap;
	}
	cause = &causes->list[causes->count++];
	*cause = (struct ck_cause){
		.owner = (enum ck_owner)words->owner,
		.outcome = (enum ck_outcome)words->outcome,
		.kept = words->outcome == CK_OUTCOME_COVERED
	};
	(void)snprintf(cause->reason, sizeof(cause->reason), "%s",
	    words->reason);

	return cause;
}

static enum ck_err
add(void *ctx, const struct ck_figures_row *row)
{
	struct ck_causes *causes = ctx;
	struct ck_cause *cause;

	if (row->words->outcome == CK_OUTCOME_COVERED &&
	    row->words->source == CK_SOURCE_GATEWAY)
		return CK_OK;
	if ((cause = find(causes, row->words)) == NULL &&
	    (cause = add_new(causes, row->words)) == NULL)
		return CK_ERR_NOMEM;
	cause->count += row->count;

	return CK_OK;
}

static int
compare(const void *a, const void *b)
{
	const struct ck_cause *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;

	return strcmp(x->reason, y->reason);
}

enum ck_err
ck_causes_read(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    struct ck_causes *out)
{
	const struct ck_figures_query query = {
		.from_day = from_day, .to_day = to_day,
		.by = CK_FIGURES_BY_NOTHING, .series = CK_SERIES_CCCD
	};
	enum ck_err err = ck_figures_read(ledger, &query, add, out);

	if (out->count > 0)
		qsort(out->list, out->count, sizeof(*out->list), compare);

	return err;
}

void
ck_causes_wipe(struct ck_causes *causes)
{
	free(causes->list);
	*causes = (struct ck_causes){ NULL, 0, 0 };
}

int64_t
ck_causes_total(const struct ck_causes *causes)
{
	int64_t total = 0;
	size_t i;

	for (i = 0; i < causes->count; i++)
		total += causes->list[i].count;

	return total;
}

int64_t
ck_causes_of(const struct ck_causes *causes, enum ck_owner owner)
{
	int64_t total = 0;
	size_t i;

	for (i = 0; i < causes->count; i++)
		total += causes->list[i].owner == owner ?
		    causes->list[i].count : 0;

	return total;
}
