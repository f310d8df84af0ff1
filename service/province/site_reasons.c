/*
 * site_reasons.c - why attempts of one clinic were not confirmed
 */
#include <string.h>

#include "ck/words.h"
#include "ledger/day.h"
#include "ledger/figures.h"
#include "province/site.h"

/* As beside the clinic in site_clinics.c, today included. */
#define DAYS 30

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

/* NULL: confirmed. A kept answer is none (docs/definitions.md). */
static const char *
outcome_of(const struct ck_counted *words)
{
	if (words->outcome != CK_OUTCOME_COVERED)
		return ck_outcome_label((enum ck_outcome)words->outcome);

	return words->source == CK_SOURCE_GATEWAY ? NULL : "kept";
}

static enum ck_err
add(void *ctx, const struct ck_figures_row *row)
{
	const char *outcome = outcome_of(row->words);
	json_t *line, *count;

	if (outcome == NULL)
		return CK_OK;
	line = line_of(ctx, outcome, row->words);
	if (line == NULL)
		return CK_ERR_NOMEM;
	count = json_object_get(line, "count");

	return json_integer_set(count, json_integer_value(count) +
	    row->count) == 0 ? CK_OK : CK_ERR_NOMEM;
}

enum ck_err
ck_province_clinic_json(struct ck_ledger *ledger, const char *code,
    int64_t now_ms, json_t **out)
{
	int64_t today = ck_day_of_ms(now_ms);
	struct ck_figures_query query = {
		.from_day = today - DAYS + 1, .to_day = today,
		.by = CK_FIGURES_BY_NOTHING, .series = CK_SERIES_CCCD
	};
	const struct ck_registry *registry;
	const struct ck_clinic *clinic;
	json_t *lines;
	enum ck_err err;

	*out = NULL;
	if ((err = ck_ledger_registry(ledger, &registry)) != CK_OK)
		return err;
	if ((clinic = ck_registry_by_code(registry, code, today)) == NULL)
		return CK_ERR_NOT_FOUND;
	if ((lines = json_array()) == NULL)
		return CK_ERR_NOMEM;
	query.facility = clinic->number;
	if ((err = ck_figures_read(ledger, &query, add, lines)) != CK_OK) {
		json_decref(lines);
		return err;
	}
	*out = json_pack("{s:s, s:s, s:o}", "code",
	    ck_clinic_on(clinic, today)->code, "name",
	    ck_clinic_on(clinic, today)->name, "reasons", lines);

	return *out != NULL ? CK_OK : CK_ERR_NOMEM;
}
