/*
 * cache_keeper.c - kept answers do not grow old or many for ever
 */
#include <inttypes.h>
#include <stdlib.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/cache_keeper.h"
#include "io/loop.h"
#include "store/store.h"
#include "store/turn.h"

#define DAY_MS INT64_C(86400000)
#define HOUR_MS INT64_C(3600000)

/* Rows of one step: a few milliseconds of disk. */
#define STEP_ROWS 200

struct ck_cache_keeper {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_timer *timer;
	int64_t erased;		/* by the last step */
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

static enum ck_err
prune(struct ck_store *store, void *ctx)
{
	struct ck_cache_keeper *keeper = ctx;
	int64_t now = ck_clock_wall_ms(ck_loop_clock(keeper->loop));

	return ck_store_cache_prune(store,
	    now - keeper->config->cache_days * DAY_MS,
	    keeper->config->cache_entries_max, STEP_ROWS, &keeper->erased);
}

static void
on_pruned(void *ctx, enum ck_err err)
{
	struct ck_cache_keeper *keeper = ctx;

	if (err == CK_OK && keeper->erased > 0)
		ck_log(CK_LOG_INFO, "cache", "%" PRId64 " old answers erased",
		    keeper->erased);
	wait_for(keeper, err == CK_OK && keeper->erased == STEP_ROWS ? 0 :
	    HOUR_MS);
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
	*keeper = (struct ck_cache_keeper){ config, loop, turn, NULL, 0 };
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
