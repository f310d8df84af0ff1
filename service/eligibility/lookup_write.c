/*
 * lookup_write.c - every change reaches the disk before anybody hears of it
 *
 * A lookup has at most one write in a turn; it writes the record as it then
 * stands. A change that comes between write and commit, out of another one's
 * callback, is written once more before it is told.
 */
#include <openssl/crypto.h>

#include <stdlib.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "eligibility/lookup_state.h"
#include "io/loop.h"
#include "store/store.h"
#include "store/turn.h"

/* Wiped lookups kept for the next ones: each is 9 KiB, and large blocks are
 * what malloc is slow at. As many as clients that ask at the same time. */
#define SPARE_MAX 32

struct ck_lookup *
ck_lookup_take(struct ck_lookups *lookups)
{
	struct ck_lookup *lookup = lookups->spare;

	if (lookup == NULL)
		return calloc(1, sizeof(*lookup));
	lookups->spare = lookup->next;
	lookups->spare_count--;
	lookup->next = NULL;

	return lookup;
}

static void
give_back(struct ck_lookup *lookup)
{
	struct ck_lookups *lookups = lookup->all;

	OPENSSL_cleanse(lookup, sizeof(*lookup));
	if (lookups->spare_count == SPARE_MAX) {
		free(lookup);
		return;
	}
	lookup->next = lookups->spare;
	lookups->spare = lookup;
	lookups->spare_count++;
}

void
ck_lookup_drop(struct ck_lookup *lookup)
{
	if (lookup->prev != NULL)
		lookup->prev->next = lookup->next;
	else
		lookup->all->first = lookup->next;
	if (lookup->next != NULL)
		lookup->next->prev = lookup->prev;
	ck_ask_leave(lookup);
	ck_loop_timer_cancel(&lookup->budget);
	ck_loop_timer_cancel(&lookup->closing);
	if (lookup->held != NULL)
		OPENSSL_cleanse(lookup->held, sizeof(*lookup->held));
	free(lookup->held);
	ck_buf_wipe(&lookup->raw);
	give_back(lookup);
}

static enum ck_err
write_record(struct ck_store *store, void *ctx)
{
	struct ck_lookup *lookup = ctx;

	lookup->write_ran = true;

	return lookup->record.closed_ms != 0 ?
	    ck_store_close_lookup(store, &lookup->record) :
	    ck_store_put_lookup(store, &lookup->record);
}

/* Requests under the same Idempotency-Key hear what the first one hears. */
static void
tell_followers(const struct ck_lookup *leader, enum ck_err err)
{
	struct ck_lookup *follower = leader->all->first, *next;

	for (; follower != NULL; follower = next) {
		next = follower->next;
		if (follower->leader != leader)
			continue;
		follower->record = leader->record;
		if (follower->changed != NULL)
			follower->changed(follower->ctx, follower, err);
		if (leader->record.closed_ms != 0)
			ck_lookup_drop(follower);
	}
}

static void
on_written(void *ctx, enum ck_err err)
{
	struct ck_lookup *lookup = ctx;
	bool tell = lookup->tell;

	lookup->write_queued = false;
	if (lookup->write_again) {
		lookup->write_again = false;
		ck_lookup_write(lookup, tell);
		return;
	}
	lookup->tell = false;
	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "lookup", "not on disk: %s",
		    ck_err_text(err));
	if (!tell)
		return;
	if (lookup->record.idempotency_key[0] != '\0')
		tell_followers(lookup, err);
	if (lookup->changed != NULL)
		lookup->changed(lookup->ctx, lookup, err);
	/* The owner may have closed it just now: then it is written again. */
	if (lookup->record.closed_ms == 0 || lookup->write_queued)
		return;
	if (err == CK_OK && lookup->all->closed != NULL)
		lookup->all->closed(lookup->all->closed_ctx, &lookup->record);
	ck_lookup_drop(lookup);
}

static void
on_not_queued(void *ctx)
{
	on_written(ctx, CK_ERR_NOMEM);
}

void
ck_lookup_write(struct ck_lookup *lookup, bool tell)
{
	lookup->tell = lookup->tell || tell;
	if (lookup->write_queued) {
		lookup->write_again = lookup->write_again || lookup->write_ran;
		return;
	}
	lookup->write_queued = true;
	lookup->write_ran = false;
	if (ck_turn_add(lookup->all->options.turn, write_record, on_written,
	    lookup) == CK_OK)
		return;
	/* Never from inside the caller: it goes on using the lookup. */
	ck_loop_timer_cancel(&lookup->closing);
	if (ck_loop_timer(lookup->all->options.loop, 0, on_not_queued, lookup,
	    &lookup->closing) != CK_OK)
		ck_log(CK_LOG_ERROR, "lookup", "out of memory");
}

void
ck_lookup_end(struct ck_lookup *lookup)
{
	if (lookup->record.closed_ms != 0)
		return;
	ck_lookup_give_up(lookup, CK_REASON_NO_ANSWER_YET);
	lookup->record.closed_ms = ck_clock_wall_ms(
	    ck_loop_clock(lookup->all->options.loop));
	ck_ask_leave(lookup);
	ck_loop_timer_cancel(&lookup->budget);
	ck_loop_timer_cancel(&lookup->closing);
	ck_lookup_write(lookup, true);
}
