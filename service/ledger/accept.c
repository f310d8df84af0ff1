/*
 * accept.c - the way of a document through the ledger
 *
 * Judged first, by itself and by the registry; then numbers and partitions that
 * it needs are made; then all of it happens in one transaction. Documents that
 * arrive together share one, as long as that goes well.
 */
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "ledger/day.h"
#include "ledger/ledger_state.h"

/* Documents that share a transaction: few enough to be done again alone. */
#define TOGETHER_MAX 64

/* --- Before the transaction ----------------------------------------------- */

/* Partitions for the months of its rows, which lie by hour. */
static enum ck_err
make_partitions(struct ck_ledger *ledger, const struct ck_document *doc)
{
	int64_t day = INT64_MIN;
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; i < doc->row_count && err == CK_OK; i++) {
		if (ck_day_of_hour(doc->rows[i].hour) == day)
			continue;
		day = ck_day_of_hour(doc->rows[i].hour);
		err = ck_partition_month(&ledger->partitions, ledger->sql,
		    ck_month_of_day(day));
	}

	return err;
}

/* What a document needs that is kept: a place for its body, and, if it is
 * good, for its rows. */
static enum ck_err
prepare(struct ck_ledger *ledger, struct ck_case *what)
{
	enum ck_err err;

	if (ck_feed_reason_verdict(what->finding.reason) ==
	    CK_VERDICT_REFUSED)
		return CK_OK;
	err = ck_partition_month(&ledger->partitions, ledger->sql,
	    ck_month_of_day(ck_day_of_ms(what->now_ms)));
	if (err != CK_OK || what->finding.reason != CK_FEED_GOOD)
		return err;
	if ((err = make_partitions(ledger, &what->doc)) != CK_OK)
		return err;
	err = ck_intern_document(ledger->intern, ledger->sql, &what->doc);
	if (err == CK_ERR_LIMIT) {
		ck_finding_note(&what->finding, CK_FEED_LABELS, "%d labels, "
		    "%d combinations of words", CK_LABELS_MAX, CK_WORDS_MAX);
		err = CK_OK;
	}

	return err;
}

/* --- Inside it ------------------------------------------------------------ */

/* Nothing but the verdict is written of a document that is not good. */
static enum ck_err
count(struct ck_ledger *ledger, struct ck_case *what)
{
	struct ck_merge *plan = NULL;
	enum ck_err err;

	err = ck_stream_hold(ledger, what, what->doc.code, what->doc.station,
	    &what->stream);
	if (err == CK_OK)
		err = ck_stream_check(ledger, what);
	if (err == CK_OK && what->finding.reason == CK_FEED_GOOD)
		err = ck_merge_plan(ledger, what, &plan);
	if (err == CK_OK)
		err = ck_record_document(ledger, what);
	if (err == CK_OK && what->finding.reason == CK_FEED_GOOD)
		err = ck_merge_apply(ledger, what, plan);
	if (err == CK_OK && what->finding.reason == CK_FEED_GOOD)
		err = ck_stream_advance(ledger, what);
	ck_merge_free(&plan);

	return err;
}

static enum ck_err
enter(struct ck_ledger *ledger, struct ck_case *what)
{
	enum ck_err err;

	if ((err = ck_record_repeated(ledger, what)) != CK_OK)
		return err;
	/* Its bytes would be lost: what is refused is not kept. */
	if (what->arrival->received_ms != 0 &&
	    ck_feed_reason_verdict(what->finding.reason) ==
	    CK_VERDICT_REFUSED)
		return CK_OK;
	/* Counted once, and now sent by another: the record stays. */
	if (what->finding.reason != CK_FEED_GOOD)
		return what->repeated ? CK_OK :
		    ck_record_document(ledger, what);
	if (what->repeated)
		return ck_stream_hold(ledger, what, what->doc.code,
		    what->doc.station, &what->stream);

	return count(ledger, what);
}

static enum ck_err
enter_all(struct ck_ledger *ledger, struct ck_case *cases, size_t count_)
{
	enum ck_err err;
	size_t i;

	if ((err = ck_sql_begin(ledger->sql)) != CK_OK)
		return err;
	for (i = 0; i < count_ && err == CK_OK; i++)
		err = enter(ledger, &cases[i]);
	if (err == CK_OK)
		err = ck_sql_commit(ledger->sql);
	if (err != CK_OK)
		ck_sql_rollback(ledger->sql);

	return err;
}

/* --- After it ------------------------------------------------------------- */

static void
tell(const struct ck_case *what)
{
	const struct ck_finding *finding = &what->finding;

	if (finding->reason == CK_FEED_GOOD)
		return;
	ck_log(CK_LOG_WARNING, "ledger", "%s %s, by %s: %s: %s (%s): %s",
	    what->doc.code[0] != '\0' ? what->doc.code : "?",
	    what->doc.station[0] != '\0' ? what->doc.station : "?",
	    ck_way_label(what->arrival->way),
	    ck_verdict_label(ck_feed_reason_verdict(finding->reason)),
	    ck_feed_reason_label(finding->reason), finding->detail,
	    ck_feed_reason_text(finding->reason));
}

static void
report(const struct ck_case *what, struct ck_acceptance *out)
{
	const struct ck_document *doc = &what->doc;

	memset(out, 0, sizeof(*out));
	out->verdict = ck_feed_reason_verdict(what->finding.reason);
	out->finding = what->finding;
	out->document = what->document;
	out->repeated = what->repeated;
	out->gap = out->verdict == CK_VERDICT_ACCEPTED &&
	    doc->after > what->stream.revision;
	out->more = doc->more;
	out->facility = what->clinic != NULL ? what->clinic->number : 0;
	memcpy(out->code, doc->code, sizeof(out->code));
	memcpy(out->station, doc->station, sizeof(out->station));
	memcpy(out->epoch, doc->epoch, sizeof(out->epoch));
	out->revision = what->stream.revision;
	out->changed = what->changed;
	tell(what);
}

/* --- One, or all ---------------------------------------------------------- */

static enum ck_err
judge(struct ck_ledger *ledger, const struct ck_registry *registry,
    struct ck_case *what, const struct ck_arrival *arrival)
{
	enum ck_err err;

	err = ck_case_open(what, arrival, registry, ledger->tolerance_ms,
	    arrival->received_ms != 0 ? arrival->received_ms :
	    ck_clock_wall_ms(ledger->clock));

	return err == CK_OK ? prepare(ledger, what) : err;
}

/* Together: all of them, or none. */
static enum ck_err
accept_some(struct ck_ledger *ledger, const struct ck_arrival *arrivals,
    size_t count_, struct ck_acceptance *out)
{
	struct ck_case *cases = calloc(count_, sizeof(*cases));
	const struct ck_registry *registry;
	enum ck_err err = CK_ERR_NOMEM;
	size_t i;

	if (cases == NULL)
		return CK_ERR_NOMEM;
	err = ck_ledger_registry(ledger, &registry);
	for (i = 0; i < count_ && err == CK_OK; i++)
		err = judge(ledger, registry, &cases[i], &arrivals[i]);
	if (err == CK_OK)
		err = enter_all(ledger, cases, count_);
	for (i = 0; i < count_; i++) {
		if (err == CK_OK)
			report(&cases[i], &out[i]);
		ck_case_wipe(&cases[i]);
	}
	free(cases);

	return err;
}

enum ck_err
ck_ledger_accept(struct ck_ledger *ledger, const struct ck_arrival *arrival,
    struct ck_acceptance *out)
{
	memset(out, 0, sizeof(*out));

	return accept_some(ledger, arrival, 1, out);
}

enum ck_err
ck_ledger_accept_all(struct ck_ledger *ledger,
    const struct ck_arrival *arrivals, size_t count_,
    struct ck_acceptance *out, enum ck_err *errors)
{
	enum ck_err first = CK_OK;
	size_t at, i, some;

	for (at = 0; at < count_; at += some) {
		some = count_ - at < TOGETHER_MAX ? count_ - at : TOGETHER_MAX;
		memset(errors + at, 0, some * sizeof(*errors));
		if (accept_some(ledger, arrivals + at, some, out + at) ==
		    CK_OK)
			continue;
		for (i = at; i < at + some; i++) {
			/* A server that is gone is asked once, not 64 times. */
			errors[i] = first == CK_ERR_SERVER_GONE ? first :
			    ck_ledger_accept(ledger, &arrivals[i], &out[i]);
			if (first == CK_OK ||
			    errors[i] == CK_ERR_SERVER_GONE)
				first = errors[i];
		}
	}

	return first;
}
