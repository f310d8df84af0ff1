/*
 * sums.c - what was counted of one group
 */
#include "report/sums.h"

const char *
ck_part_name(enum ck_part part)
{
	switch (part) {
#define PART(sym, name) case sym: return name;
	CK_PART_LIST(PART)
#undef PART
	case CK_PARTS:
	default:
		return "?";
	}
}

/* docs/definitions.md: in cccd a kept answer is no confirmation. */
static enum ck_part
covered_part(const struct ck_counted *words)
{
	if (words->series != CK_SERIES_CCCD ||
	    words->source == CK_SOURCE_GATEWAY)
		return CK_PART_COVERED;

	return words->source == CK_SOURCE_CACHE ? CK_PART_COVERED_CACHE :
	    CK_PART_COVERED_STALE;
}

static enum ck_part
part_of(const struct ck_counted *words)
{
	switch ((enum ck_outcome)words->outcome) {
	case CK_OUTCOME_COVERED:
		return covered_part(words);
	case CK_OUTCOME_NOT_COVERED:
		return CK_PART_NOT_COVERED;
	case CK_OUTCOME_MISMATCH:
		return CK_PART_MISMATCH;
	case CK_OUTCOME_NOT_FOUND:
		return CK_PART_NOT_FOUND;
	case CK_OUTCOME_UNAVAILABLE:
	case CK_OUTCOME_NONE:	/* none is counted; if one were, it is no less */
	default:
		return CK_PART_UNAVAILABLE;
	}
}

bool
ck_sums_place(const struct ck_counted *words, enum ck_part *out)
{
	*out = part_of(words);

	return words->series < CK_SERIES_COUNT &&
	    (words->series != CK_SERIES_LOOKUPS ||
	    words->kind == CK_KIND_DESK);
}

void
ck_sums_add(struct ck_sums *sums, const struct ck_counted *words,
    int64_t count)
{
	enum ck_part part;

	if (ck_sums_place(words, &part))
		sums->parts[words->series][part] += count;
}

void
ck_sums_join(struct ck_sums *sums, const struct ck_sums *more)
{
	int series, part;

	for (series = 0; series < CK_SERIES_COUNT; series++) {
		for (part = 0; part < CK_PARTS; part++)
			sums->parts[series][part] +=
			    more->parts[series][part];
	}
}

int64_t
ck_sums_total(const struct ck_sums *sums, enum ck_series series)
{
	int64_t total = 0;
	int part;

	for (part = 0; part < CK_PARTS; part++)
		total += sums->parts[series][part];

	return total;
}

static json_t *
series_object(const struct ck_sums *sums, enum ck_series series)
{
	json_t *object = json_object();
	int failed = json_object_set_new(object, "total",
	    json_integer(ck_sums_total(sums, series)));
	int part;

	for (part = 0; part < CK_PARTS; part++)
		failed |= json_object_set_new(object,
		    ck_part_name((enum ck_part)part),
		    json_integer(sums->parts[series][part]));
	if (failed != 0) {
		json_decref(object);
		return NULL;
	}

	return object;
}

int
ck_sums_set(json_t *object, const struct ck_sums *sums)
{
	int series, failed = 0;

	for (series = 0; series < CK_SERIES_COUNT; series++)
		failed |= json_object_set_new(object,
		    ck_series_label((enum ck_series)series),
		    series_object(sums, (enum ck_series)series));

	return failed == 0 ? 0 : -1;
}
