/*
 * causes.c - the causes of all clinics together
 */
#include <stdlib.h>
#include <string.h>

#include "province/causes.h"

static int
compare_words(const void *a, const void *b)
{
	const struct ck_cause *x = a, *y = b;

	if (x->owner != y->owner)
		return x->owner < y->owner ? -1 : 1;

	return strcmp(x->reason, y->reason);
}

static int
compare_counts(const void *a, const void *b)
{
	const struct ck_cause *x = a, *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;

	return compare_words(a, b);
}

/* Sorted by words: the clinics of a cause follow each other. */
static void
add_up(struct ck_worklist *list)
{
	size_t i, kept = 0;

	for (i = 0; i < list->count; i++) {
		struct ck_cause *last = &list->causes[kept > 0 ? kept - 1 : 0];

		if (kept > 0 && compare_words(last, &list->causes[i]) == 0) {
			last->count += list->causes[i].count;
			continue;
		}
		list->causes[kept++] = list->causes[i];
		list->causes[kept - 1].facility = 0;
	}
	list->count = kept;
}

enum ck_err
ck_causes_read(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    int64_t now_ms, struct ck_worklist *out)
{
	const struct ck_worklist_wish wish = {
		.from_day = from_day, .to_day = to_day,
		.series = CK_SERIES_CCCD, .closed = true, .counts_only = true
	};
	enum ck_err err = ck_worklist_read(ledger, &wish, now_ms, out);

	if (err != CK_OK || out->count == 0)
		return err;
	qsort(out->causes, out->count, sizeof(*out->causes), compare_words);
	add_up(out);
	qsort(out->causes, out->count, sizeof(*out->causes), compare_counts);

	return CK_OK;
}

int64_t
ck_causes_of(const struct ck_worklist *causes, enum ck_owner owner)
{
	int64_t total = 0;
	size_t i;

	for (i = 0; i < causes->count; i++)
		total += causes->causes[i].owner == owner ?
		    causes->causes[i].count : 0;

	return total;
}
