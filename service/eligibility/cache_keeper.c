/*
 * cache_keeper.c - what is kept does not grow old or many for ever
 */
#include <inttypes.h>
#include <stdlib.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/cache_keeper.h"
#include "io/loop.h"
#include "store/appointment.h"
#include "store/check_in.h"
#include "store/correction.h"
#include "store/forwarded.h"
#include "store/proxy_account.h"
#include "store/recheck.h"
#include "store/store.h"
#include "store/turn.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

/* Rows of one step: a few milliseconds of disk. */
#define STEP_ROWS 200

/* Persons of one step, of whom most need no write: a clinic that knows 200,000
 * people has been through in nine days. */
#define STEP_PERSONS 1000

/* Each hour, and not at a start, ck_store_retention_clock() goes on by this at
 * most: a clinic that was closed for a month has caught up within a week. */
#define CLOCK_STEP_MS DAY_MS

struct ck_cache_keeper {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_timer *timer;
	int64_t step_ms;	/* of the clock that says what is old */

	/* Erased by the last step. */
	int64_t answers, appointments, rechecks, corrections, calls, lookups;
	int64_t check_ins, numbers;
};

static void look(void *ctx);

static void
wait_for(struct ck_cache_keeper *keeper, int64_t ms)
{
	if (ck_loop_timer(keeper->loop, ms, look, keeper,
	    &keeper->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "cache", "nothing is erased any more "
		    "until the next start: out of memory");
}

static int64_t
wall_ms(const struct ck_cache_keeper *keeper)
{
	return ck_clock_wall_ms(ck_loop_clock(keeper->loop));
}

static enum ck_err
prune_lists(struct ck_cache_keeper *keeper, struct ck_store *store,
    int64_t now_ms)
{
	const struct ck_config *config = keeper->config;
	enum ck_err err = ck_store_erase_appointments(store,
	    ck_clock_local_date(now_ms - config->appointments_keep_days *
	    DAY_MS), STEP_ROWS, &keeper->appointments);

	/* What nobody asks about any more is over, and still there. */
	if (err == CK_OK)
		err = ck_store_expire_rechecks(store, ck_clock_local_date(
		    wall_ms(keeper) - config->recheck_days * DAY_MS));
	if (err == CK_OK)
		err = ck_store_erase_rechecks(store, ck_clock_local_date(
		    now_ms - config->recheck_keep_days * DAY_MS), STEP_ROWS,
		    &keeper->rechecks);
	if (err == CK_OK)
		err = ck_store_erase_corrections(store,
		    now_ms - config->corrections_keep_days * DAY_MS,
		    STEP_ROWS, &keeper->corrections);

	return err;
}

/* What hospital software has left. */
static enum ck_err
prune_software(struct ck_cache_keeper *keeper, struct ck_store *store,
    int64_t now_ms)
{
	enum ck_err err = ck_store_prune_forwarded(store,
	    now_ms - keeper->config->proxy_keep_days * DAY_MS, STEP_ROWS,
	    &keeper->calls);

	/* Secrets: never longer than promised. */
	return err == CK_OK ? ck_store_prune_accounts(store,
	    wall_ms(keeper) - CK_ACCOUNT_REMEMBER_MS) : err;
}

/* What is personal of people and their visits. */
static enum ck_err
prune_people(struct ck_cache_keeper *keeper, struct ck_store *store,
    int64_t now_ms)
{
	const struct ck_config *config = keeper->config;
	int64_t before_ms = now_ms - config->lookup_keep_days * DAY_MS;
	enum ck_err err = ck_store_erase_lookups(store, before_ms, STEP_ROWS,
	    &keeper->lookups);

	if (err == CK_OK)
		err = ck_store_erase_check_ins(store,
		    now_ms - config->check_in_keep_days * DAY_MS, STEP_ROWS,
		    &keeper->check_ins);

	return err == CK_OK ? ck_store_forget_persons(store, before_ms,
	    STEP_PERSONS, &keeper->numbers) : err;
}

static enum ck_err
prune(struct ck_store *store, void *ctx)
{
	struct ck_cache_keeper *keeper = ctx;
	int64_t now;
	enum ck_err err = ck_store_retention_clock(store, wall_ms(keeper),
	    keeper->step_ms, &now);

	if (err == CK_OK)
		err = ck_store_cache_prune(store,
		    now - keeper->config->cache_days * DAY_MS,
		    keeper->config->cache_entries_max, STEP_ROWS,
		    &keeper->answers);
	if (err == CK_OK)
		err = prune_people(keeper, store, now);
	if (err == CK_OK)
		err = prune_lists(keeper, store, now);

	return err == CK_OK ? prune_software(keeper, store, now) : err;
}

static void
on_pruned(void *ctx, enum ck_err err)
{
	struct ck_cache_keeper *keeper = ctx;
	bool more = keeper->answers == STEP_ROWS ||
	    keeper->appointments == STEP_ROWS ||
	    keeper->rechecks == STEP_ROWS ||
	    keeper->corrections == STEP_ROWS ||
	    keeper->calls == STEP_ROWS || keeper->lookups == STEP_ROWS ||
	    keeper->check_ins == STEP_ROWS;

	if (err == CK_OK && keeper->answers + keeper->appointments +
	    keeper->rechecks + keeper->corrections + keeper->calls +
	    keeper->lookups + keeper->check_ins + keeper->numbers > 0)
		ck_log(CK_LOG_INFO, "cache", "erased for their age: %" PRId64
		    " answers, %" PRId64 " appointments, %" PRId64
		    " re-checks, %" PRId64 " patients to correct, %" PRId64
		    " calls of hospital software, what is personal of %"
		    PRId64 " lookups and %" PRId64 " check-ins, and the hashes "
		    "of %" PRId64 " numbers", keeper->answers,
		    keeper->appointments, keeper->rechecks,
		    keeper->corrections, keeper->calls, keeper->lookups,
		    keeper->check_ins, keeper->numbers);
	more = more && err == CK_OK;
	keeper->step_ms = more ? 0 : CLOCK_STEP_MS;
	wait_for(keeper, more ? 0 : HOUR_MS);
}

static void
look(void *ctx)
{
	struct ck_cache_keeper *keeper = ctx;

	if (ck_turn_add(keeper->turn, prune, on_pruned, keeper) != CK_OK)
		wait_for(keeper, HOUR_MS);
}

enum ck_err
ck_cache_keeper_new(struct ck_cache_keeper **out,
    const struct ck_config *config, struct ck_loop *loop,
    struct ck_turn *turn)
{
	struct ck_cache_keeper *keeper = calloc(1, sizeof(*keeper));

	*out = keeper;
	if (keeper == NULL)
		return CK_ERR_NOMEM;
	*keeper = (struct ck_cache_keeper){
		.config = config, .loop = loop, .turn = turn
	};
	wait_for(keeper, 0);

	return CK_OK;
}

void
ck_cache_keeper_free(struct ck_cache_keeper **keeper)
{
	if (*keeper == NULL)
		return;
	ck_loop_timer_cancel(&(*keeper)->timer);
	free(*keeper);
	*keeper = NULL;
}
