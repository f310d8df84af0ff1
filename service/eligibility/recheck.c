/*
 * recheck.c - read the first row that is due, ask, write what came of it, again
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/decide.h"
#include "eligibility/gateway.h"
#include "eligibility/lookup.h"
#include "eligibility/recheck.h"
#include "eligibility/recheck_view.h"
#include "io/loop.h"
#include "store/recheck.h"
#include "store/store.h"
#include "store/turn.h"

#define DAY_MS INT64_C(86400000)

/* In an outage each patient changes how many wait: the desks are told this
 * often at most. */
#define REFRESH_MS 250

/* After an error of our own database: it has its own alarms. */
#define STORE_PAUSE_MS 5000

struct ck_recheck {
	struct ck_recheck_options use;
	void (*changed)(void *ctx);
	void *ctx;
	struct ck_timer *timer;		/* pending: the next step */
	struct ck_timer *refreshing;	/* pending: the desks are told */
	struct ck_lookup *lookup;	/* borrowed; NULL: none under way */
	bool writing;			/* its row is being written */
	bool shown;			/* that row is news for the desks */
	struct ck_recheck_row row;	/* the one under way */
	unsigned failures;		/* in a row, for the pause */
	int64_t rest_until_ms;		/* wall clock; 0: no outage known */
	int64_t success_ms;		/* of the gateway, at the last failure */
	struct ck_recheck_shown shown_now;
};

static void step(void *ctx);

static int64_t
now_ms(const struct ck_recheck *recheck)
{
	return ck_clock_wall_ms(ck_loop_clock(recheck->use.loop));
}

static void
wait_for(struct ck_recheck *recheck, int64_t ms)
{
	ck_loop_timer_cancel(&recheck->timer);
	if (ck_loop_timer(recheck->use.loop, ms, step, recheck,
	    &recheck->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "recheck", "re-checks stand still until "
		    "the next lookup: out of memory");
}

static bool
asks(const struct ck_recheck *recheck)
{
	return ck_config_automatic_operator(recheck->use.config) != NULL;
}

/* Read what the desks show, and tell them if it is not what they have. */
static void
refresh(struct ck_recheck *recheck, bool answers)
{
	enum ck_err err = ck_recheck_shown_load(&recheck->shown_now,
	    recheck->use.store, answers);

	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "recheck", "the desks show an older "
		    "queue: %s", ck_err_text(err));
	if (recheck->changed != NULL)
		recheck->changed(recheck->ctx);
}

/* --- How it ended --------------------------------------------------------- */

bool
ck_recheck_differs(const struct ck_lookup_record *before,
    const struct ck_lookup_record *after)
{
	const struct ck_insurance_card *old_card, *card;

	if (before->counted.outcome != after->counted.outcome)
		return true;
	if (after->counted.outcome != CK_OUTCOME_COVERED ||
	    !before->has_answer || !after->has_answer)
		return false;
	old_card = ck_card_of_visit(&before->answer, before->visit_date);
	card = ck_card_of_visit(&after->answer, after->visit_date);
	if (old_card == NULL || card == NULL)
		return old_card != card;

	return strcmp(old_card->number, card->number) != 0 ||
	    strcmp(old_card->facility, card->facility) != 0;
}

static int64_t
pause_ms(const struct ck_recheck *recheck, int64_t failures)
{
	const struct ck_config *config = recheck->use.config;
	int64_t pause = config->recheck_pause_ms;
	int64_t i;

	for (i = 0; i < failures && pause < config->recheck_backoff_max_ms;
	    i++)
		pause *= 2;

	return pause < config->recheck_backoff_max_ms ? pause :
	    config->recheck_backoff_max_ms;
}

/* No answer again. The row waits by itself, so that it cannot hold up the
 * others; and all wait, since most often it is the line. */
static void
postpone(struct ck_recheck *recheck)
{
	struct ck_gateway_figures figures;

	ck_gateway_figures(recheck->use.gateway, &figures);
	recheck->success_ms = figures.last_success_ms;
	recheck->failures++;
	recheck->rest_until_ms = now_ms(recheck) +
	    pause_ms(recheck, recheck->failures);
	recheck->row.due_ms = now_ms(recheck) +
	    pause_ms(recheck, recheck->row.tries);
	recheck->row.tries++;
}

static enum ck_err
write_row(struct ck_store *store, void *ctx)
{
	const struct ck_recheck *recheck = ctx;

	return ck_store_put_recheck(store, &recheck->row);
}

static void
on_written(void *ctx, enum ck_err err)
{
	struct ck_recheck *recheck = ctx;

	recheck->writing = false;
	if (err == CK_OK)
		refresh(recheck, recheck->shown);
	wait_for(recheck, err == CK_OK ? recheck->use.config->recheck_pause_ms :
	    STORE_PAUSE_MS);
}

static void
write_end(struct ck_recheck *recheck)
{
	recheck->writing = true;
	if (ck_turn_add(recheck->use.turn, write_row, on_written,
	    recheck) != CK_OK)
		on_written(recheck, CK_ERR_NOMEM);
}

static void
end_row(struct ck_recheck *recheck, enum ck_recheck_state state)
{
	recheck->row.state = state;
	recheck->row.decided_ms = now_ms(recheck);
	recheck->shown = state == CK_RECHECK_CHANGED;
}

/* What the patient was admitted on, against what the insurer says. */
static void
compare(struct ck_recheck *recheck, const struct ck_lookup_record *after)
{
	struct ck_lookup_record *before = malloc(sizeof(*before));
	enum ck_err err = CK_ERR_NOMEM;

	if (before != NULL)
		err = ck_store_get_lookup(recheck->use.store,
		    recheck->row.lookup_id, before);
	memcpy(recheck->row.answer_id, after->id,
	    sizeof(recheck->row.answer_id));
	if (err != CK_OK)
		postpone(recheck);
	else
		end_row(recheck, ck_recheck_differs(before, after) ?
		    CK_RECHECK_CHANGED : CK_RECHECK_SAME);
	if (before != NULL)
		OPENSSL_cleanse(before, sizeof(*before));
	free(before);
}

static void
on_lookup(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	struct ck_recheck *recheck = ctx;
	const struct ck_lookup_record *record = ck_lookup_record(lookup);

	if (err == CK_OK && record->closed_ms == 0)
		return;
	recheck->lookup = NULL;
	recheck->shown = false;
	if (err != CK_OK) {
		ck_lookup_abandon(lookup);
		wait_for(recheck, STORE_PAUSE_MS);
		return;
	}
	if (record->counted.source == CK_SOURCE_GATEWAY &&
	    record->counted.outcome != CK_OUTCOME_UNAVAILABLE) {
		recheck->failures = 0;
		recheck->rest_until_ms = 0;
		compare(recheck, record);
	} else {
		postpone(recheck);
	}
	write_end(recheck);
}

/* --- Asking --------------------------------------------------------------- */

static enum ck_err
open_lookup(struct ck_recheck *recheck, const struct ck_lookup_record *before)
{
	struct ck_lookup_request request = {
		.kind = CK_KIND_RECHECK,
		.presented = before->counted.presented,
		.captured = before->counted.captured,
		.assurance = before->counted.assurance,
		.visit_date = before->visit_date,
		.identity = before->identity,
		.keys = before->person,
		.first_key = before->counted.first_key
	};
	enum ck_err err;

	memcpy(request.desk, before->counted.desk, sizeof(request.desk));
	err = ck_lookup_open(recheck->use.lookups, &request, true, on_lookup,
	    recheck, &recheck->lookup);
	OPENSSL_cleanse(&request, sizeof(request));

	return err;
}

static void
ask(struct ck_recheck *recheck)
{
	struct ck_lookup_record *before = malloc(sizeof(*before));
	enum ck_err err = CK_ERR_NOMEM;

	if (before != NULL)
		err = ck_store_get_lookup(recheck->use.store,
		    recheck->row.lookup_id, before);
	if (err == CK_OK)
		err = open_lookup(recheck, before);
	if (before != NULL)
		OPENSSL_cleanse(before, sizeof(*before));
	free(before);
	if (err == CK_ERR_REQUEST || err == CK_ERR_NOT_FOUND) {
		/* Retention has erased whom to ask about. */
		end_row(recheck, CK_RECHECK_EXPIRED);
		write_end(recheck);
	} else if (err != CK_OK) {
		wait_for(recheck, STORE_PAUSE_MS);
	}
}

/* The line is down as far as we know, and nobody else got through since. */
static bool
must_rest(struct ck_recheck *recheck,
    const struct ck_gateway_figures *figures)
{
	if (recheck->rest_until_ms == 0)
		return false;
	if (figures->last_success_ms == recheck->success_ms &&
	    now_ms(recheck) < recheck->rest_until_ms)
		return true;
	recheck->rest_until_ms = 0;

	return false;
}

/* The desks go first. */
static bool
is_busy(const struct ck_recheck *recheck,
    const struct ck_gateway_figures *figures)
{
	return figures->queued > 0 ||
	    figures->in_flight - figures->background + 1 >
	    recheck->use.config->gateway_calls_max;
}

static void
take_next(struct ck_recheck *recheck)
{
	int64_t later_ms;
	enum ck_err err = ck_store_next_recheck(recheck->use.store,
	    now_ms(recheck), &recheck->row, &later_ms);

	if (err == CK_OK)
		ask(recheck);
	else if (err != CK_ERR_NOT_FOUND)
		wait_for(recheck, STORE_PAUSE_MS);
	else if (later_ms != 0)
		wait_for(recheck, recheck->use.config->recheck_pause_ms);
}

static void
step(void *ctx)
{
	struct ck_recheck *recheck = ctx;
	struct ck_gateway_figures figures;

	if (recheck->lookup != NULL || recheck->writing || !asks(recheck))
		return;
	ck_gateway_figures(recheck->use.gateway, &figures);
	if (must_rest(recheck, &figures) || is_busy(recheck, &figures))
		wait_for(recheck, recheck->use.config->recheck_pause_ms);
	else
		take_next(recheck);
}

/* --- Its beginning and end ------------------------------------------------ */

static void
on_refresh(void *ctx)
{
	refresh(ctx, false);
}

/* A lookup has closed: one more waits, or one was overtaken. */
static void
on_closed(void *ctx, const struct ck_lookup_record *record)
{
	struct ck_recheck *recheck = ctx;
	bool waits = record->counted.outcome == CK_OUTCOME_UNAVAILABLE ||
	    record->counted.source == CK_SOURCE_STALE;

	if (record->counted.kind == CK_KIND_RECHECK ||
	    (!waits && recheck->shown_now.waiting == 0))
		return;
	if (recheck->refreshing == NULL && ck_loop_timer(recheck->use.loop,
	    REFRESH_MS, on_refresh, recheck, &recheck->refreshing) != CK_OK)
		refresh(recheck, false);
	if (recheck->timer == NULL && recheck->lookup == NULL &&
	    !recheck->writing)
		wait_for(recheck, recheck->use.config->recheck_pause_ms);
}

static enum ck_err
expire(struct ck_store *store, void *ctx)
{
	const struct ck_recheck *recheck = ctx;

	return ck_store_expire_rechecks(store, ck_clock_local_date(
	    now_ms(recheck) - recheck->use.config->recheck_days * DAY_MS));
}

static void
on_expired(void *ctx, enum ck_err err)
{
	struct ck_recheck *recheck = ctx;

	if (err == CK_OK)
		refresh(recheck, true);
	if (recheck->shown_now.waiting > 0 && !asks(recheck))
		ck_log(CK_LOG_WARNING, "recheck", "%lld lookups wait to be "
		    "asked again; set [automatic] operator, or nobody asks",
		    (long long)recheck->shown_now.waiting);
	wait_for(recheck, 0);
}

enum ck_err
ck_recheck_new(struct ck_recheck **out,
    const struct ck_recheck_options *options)
{
	struct ck_recheck *recheck = calloc(1, sizeof(*recheck));
	enum ck_err err;

	*out = recheck;
	if (recheck == NULL)
		return CK_ERR_NOMEM;
	recheck->use = *options;
	recheck->shown_now.asks = asks(recheck);
	err = ck_turn_add(options->turn, expire, on_expired, recheck);
	if (err != CK_OK)
		ck_recheck_free(out);
	else
		ck_lookups_on_close(options->lookups, on_closed, recheck);

	return err;
}

void
ck_recheck_free(struct ck_recheck **recheck)
{
	struct ck_recheck *old = *recheck;

	if (old == NULL)
		return;
	ck_lookups_on_close(old->use.lookups, NULL, NULL);
	if (old->lookup != NULL)
		ck_lookup_abandon(old->lookup);
	ck_loop_timer_cancel(&old->timer);
	ck_loop_timer_cancel(&old->refreshing);
	ck_recheck_shown_wipe(&old->shown_now);
	free(old);
	*recheck = NULL;
}

void
ck_recheck_on_change(struct ck_recheck *recheck, void (*fn)(void *ctx),
    void *ctx)
{
	recheck->changed = fn;
	recheck->ctx = ctx;
}

json_t *
ck_recheck_view(const struct ck_recheck *recheck)
{
	return ck_recheck_shown_json(&recheck->shown_now);
}

void
ck_recheck_seen(struct ck_recheck *recheck)
{
	refresh(recheck, true);
}
