/*
 * digest_text.c - what the office reads each morning
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/day.h"
#include "ledger/figures.h"
#include "ledger/opening.h"
#include "province/causes.h"
#include "province/digest.h"
#include "report/complete.h"
#include "report/report.h"
#include "report/words.h"

/* Lines of a part that a person reads in the morning; the page has all. */
#define LINES_MAX 20
#define CAUSES_MAX 3

/* A cause of fewer is left out. */
#define PUBLISHED_MIN 5

struct writing {
	struct ck_ledger *ledger;
	const struct ck_registry *registry;	/* borrowed */
	const struct ck_catalogue *catalogue;
	int64_t now_ms, yesterday;
	struct ck_buf *out;
	json_t *month;				/* owned: its report */
	struct ck_worklist causes;		/* owned */
	unsigned lines;				/* of this part */
};

/* --- Lines ---------------------------------------------------------------- */

static enum ck_err
put(struct writing *writing, const char *text)
{
	return ck_buf_append(writing->out, ck_span_str(text));
}

/* An empty line, and the words of a part with their number. */
static enum ck_err
put_head(struct writing *writing, const char *id, int64_t count)
{
	char number[CK_WORDS_LEN];
	const char *const pairs[] = { "n", number, NULL };
	enum ck_err err;

	writing->lines = 0;
	ck_words_count(writing->catalogue, count, number);
	if ((err = put(writing, "\n")) == CK_OK &&
	    (err = ck_words_fill(writing->catalogue, id, pairs,
	    writing->out)) == CK_OK)
		err = put(writing, "\n");

	return err;
}

static enum ck_err
put_line(struct writing *writing, const char *id, const char *const *pairs)
{
	enum ck_err err;

	if (writing->lines++ >= LINES_MAX)
		return writing->lines == LINES_MAX + 1 ?
		    put(writing, "- …\n") : CK_OK;
	if ((err = put(writing, "- ")) == CK_OK &&
	    (err = ck_words_fill(writing->catalogue, id, pairs,
	    writing->out)) == CK_OK)
		err = put(writing, "\n");

	return err;
}

/* --- Sentences ------------------------------------------------------------ */

static enum ck_err
put_sentence(struct writing *writing, int64_t from_day, json_t **report)
{
	enum ck_err err;

	err = ck_report_make(writing->ledger, from_day, writing->yesterday,
	    writing->now_ms, report);
	if (err == CK_OK)
		err = ck_words_sentence(*report, writing->catalogue,
		    writing->out);

	return err == CK_OK ? put(writing, "\n") : err;
}

static enum ck_err
put_sentences(struct writing *writing)
{
	int64_t month = ck_month_first_day(ck_month_of_day(
	    writing->yesterday));
	json_t *day = NULL;
	enum ck_err err = put_sentence(writing, writing->yesterday, &day);

	json_decref(day);
	if (err == CK_OK)
		err = put(writing, "\n");

	return err == CK_OK ? put_sentence(writing, month, &writing->month) :
	    err;
}

/* --- Clinics -------------------------------------------------------------- */

static enum ck_err
put_silent(struct writing *writing, const struct ck_completeness *one)
{
	const struct ck_clinic_version *version = ck_clinic_on(one->clinic,
	    writing->yesterday + 1);
	char iso[CK_INSTANT_LEN], heard[CK_WORDS_LEN];
	const char *const pairs[] = {
		"code", version->code, "name", version->name, "at", heard,
		NULL
	};

	ck_clock_instant(one->heard_ms, iso);
	ck_words_time(writing->catalogue, iso, heard);

	return put_line(writing, one->heard_ms == 0 ? "digest.never" :
	    "digest.silent_line", pairs);
}

static bool
is_silent(const struct writing *writing, const struct ck_completeness *one)
{
	return !ck_clinic_is_closed(one->clinic, writing->yesterday + 1) &&
	    ck_clinic_silent_from(one->clinic,
	    ck_ledger_closed_days(writing->ledger), one->heard_ms,
	    writing->now_ms) != 0;
}

static enum ck_err
put_all_silent(struct writing *writing)
{
	struct ck_completeness *list;
	size_t count, silent = 0, i;
	enum ck_err err;

	if ((err = ck_completeness_load(writing->ledger, writing->registry,
	    writing->yesterday + 1, &list, &count)) != CK_OK)
		return err;
	for (i = 0; i < count; i++)
		silent += is_silent(writing, &list[i]);
	err = put_head(writing, silent == 0 ? "digest.no_silent" :
	    "digest.silent", (int64_t)silent);
	for (i = 0; i < count && err == CK_OK; i++) {
		if (is_silent(writing, &list[i]))
			err = put_silent(writing, &list[i]);
	}
	free(list);

	return err;
}

static int64_t
number_of(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

static enum ck_err
put_below(struct writing *writing)
{
	const json_t *list = json_object_get(writing->month, "below");
	const json_t *one;
	enum ck_err err;
	size_t i;

	if (json_array_size(list) == 0)
		return CK_OK;
	err = put_head(writing, "digest.below",
	    (int64_t)json_array_size(list));
	json_array_foreach(list, i, one) {
		char share[CK_WORDS_LEN], total[CK_WORDS_LEN];
		const char *const pairs[] = {
			"code", ck_json_text(one, "code"),
			"name", ck_json_text(one, "name"),
			"rate", share, "attempts", total, NULL
		};

		ck_words_share(writing->catalogue, number_of(one, "covered"),
		    number_of(one, "total"), share);
		ck_words_count(writing->catalogue, number_of(one, "total"),
		    total);
		if (err == CK_OK)
			err = put_line(writing, "digest.below_line", pairs);
	}

	return err;
}

/* --- Quarantine ----------------------------------------------------------- */

static enum ck_err
put_document(void *ctx, const struct ck_document_row *row)
{
	struct writing *writing = ctx;
	char number[CK_WORDS_LEN];
	const char *const pairs[] = {
		"number", number, "code", row->code, "station", row->station,
		"why", ck_catalogue_word(writing->catalogue, "feed.reason",
		    row->reason), NULL
	};

	(void)snprintf(number, sizeof(number), "%" PRId64, row->number);

	return put_line(writing, "digest.quarantined_line", pairs);
}

static enum ck_err
add_count(void *ctx, int64_t facility, int64_t count)
{
	(void)facility;
	*(int64_t *)ctx += count;

	return CK_OK;
}

static enum ck_err
put_quarantined(struct writing *writing)
{
	struct ck_documents_query query = {
		.verdict = CK_VERDICT_QUARANTINED, .limit = LINES_MAX + 1
	};
	int64_t count = 0;
	enum ck_err err = ck_quarantined_read(writing->ledger, add_count,
	    &count);

	if (err != CK_OK || count == 0)
		return err;
	if ((err = put_head(writing, "digest.quarantined", count)) != CK_OK)
		return err;

	return ck_documents_read(writing->ledger, &query, put_document,
	    writing);
}

/* --- Whose matter the failures are ---------------------------------------- */

static enum ck_err
put_cause(struct writing *writing, const struct ck_cause *cause)
{
	char count[CK_WORDS_LEN];
	enum ck_err err;

	ck_words_count(writing->catalogue, cause->count, count);
	if ((err = put(writing, "    ")) == CK_OK &&
	    (err = put(writing, count)) == CK_OK &&
	    (err = put(writing, "  ")) == CK_OK &&
	    (err = put(writing, ck_cause_text(cause,
	    writing->catalogue))) == CK_OK)
		err = put(writing, "\n");

	return err;
}

static enum ck_err
put_owner(struct writing *writing, enum ck_owner owner, int64_t total)
{
	char count[CK_WORDS_LEN];
	const char *const pairs[] = {
		"owner", ck_catalogue_word(writing->catalogue, "report.owner",
		    ck_owner_label(owner)), "n", count, NULL
	};
	unsigned given = 0;
	enum ck_err err;
	size_t i;

	ck_words_count(writing->catalogue, total, count);
	err = put_line(writing, "digest.owner_line", pairs);
	for (i = 0; i < writing->causes.count && err == CK_OK &&
	    given < CAUSES_MAX; i++) {
		const struct ck_cause *cause = &writing->causes.causes[i];

		if (cause->owner != owner || cause->count < PUBLISHED_MIN)
			continue;
		err = put_cause(writing, cause);
		given++;
	}

	return err;
}

/* Owners by the number of their failures. */
static enum ck_err
put_owners(struct writing *writing)
{
	enum ck_owner done[16] = { 0 };
	size_t count = 0, i, j;
	enum ck_err err = CK_OK;

	while (err == CK_OK && count < 16) {
		int64_t most = PUBLISHED_MIN - 1;
		enum ck_owner best = 0;

		for (i = 0; i < writing->causes.count; i++) {
			enum ck_owner owner = writing->causes.causes[i].owner;
			int64_t total = ck_causes_of(&writing->causes, owner);

			for (j = 0; j < count && done[j] != owner; j++)
				;
			if (j == count && total > most) {
				most = total;
				best = owner;
			}
		}
		if (most < PUBLISHED_MIN)
			break;
		done[count++] = best;
		err = put_owner(writing, best, most);
	}

	return err;
}

/* Of the month's report: what a kept answer covered is nobody's matter. */
static int64_t
attempts(const struct writing *writing, const char *part)
{
	return json_integer_value(json_object_get(json_object_get(
	    json_object_get(writing->month, "totals"), "cccd"), part));
}

static enum ck_err
put_kept(struct writing *writing)
{
	int64_t kept = attempts(writing, "covered_cache") +
	    attempts(writing, "covered_stale");
	char count[CK_WORDS_LEN];
	const char *const pairs[] = {
		"owner", ck_catalogue_text(writing->catalogue,
		    "province.kept"), "n", count, NULL
	};

	ck_words_count(writing->catalogue, kept, count);

	return kept < PUBLISHED_MIN ? CK_OK :
	    put_line(writing, "digest.owner_line", pairs);
}

static enum ck_err
put_causes(struct writing *writing)
{
	int64_t month = ck_month_first_day(ck_month_of_day(
	    writing->yesterday));
	int64_t total = attempts(writing, "total") -
	    attempts(writing, "covered");
	enum ck_err err = ck_causes_read(writing->ledger, month,
	    writing->yesterday, writing->now_ms, &writing->causes);

	if (err != CK_OK || total < PUBLISHED_MIN)
		return err;
	if ((err = put_head(writing, "digest.causes", total)) == CK_OK &&
	    (err = put_owners(writing)) == CK_OK)
		err = put_kept(writing);

	return err;
}

/* --- All of it ------------------------------------------------------------ */

static enum ck_err
put_subject(const struct writing *writing, struct ck_buf *subject)
{
	char iso[CK_DATE_LEN], day[CK_WORDS_LEN];
	const char *const pairs[] = { "day", day, NULL };
	enum ck_err err;

	ck_date_iso(ck_day_date(writing->yesterday), iso);
	ck_words_time(writing->catalogue, iso, day);
	err = ck_words_fill(writing->catalogue, "digest.subject", pairs,
	    subject);

	return err == CK_OK ? ck_buf_push(subject, 0) : err;
}

enum ck_err
ck_digest_text(struct ck_ledger *ledger,
    const struct ck_catalogue *catalogue, int64_t now_ms,
    struct ck_buf *subject, struct ck_buf *out)
{
	struct writing writing = {
		.ledger = ledger, .catalogue = catalogue, .now_ms = now_ms,
		.yesterday = ck_day_of_ms(now_ms) - 1, .out = out
	};
	enum ck_err err;

	if ((err = put_subject(&writing, subject)) == CK_OK &&
	    (err = put_sentences(&writing)) == CK_OK &&
	    (err = ck_ledger_registry(ledger, &writing.registry)) == CK_OK &&
	    (err = put_all_silent(&writing)) == CK_OK &&
	    (err = put_below(&writing)) == CK_OK &&
	    (err = put_quarantined(&writing)) == CK_OK &&
	    (err = put_causes(&writing)) == CK_OK)
		err = put_head(&writing, "digest.end", 0);
	json_decref(writing.month);
	ck_worklist_free(&writing.causes);

	return err;
}
