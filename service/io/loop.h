/*
 * loop.h - one thread, one turn at a time
 *
 * The daemon's core is a single thread that waits on an epoll set. A turn is:
 * wait, run every callback that is ready, then flush what they want written
 * (store/turn.h). Nothing is shown to anybody before that flush, so "on disk
 * before its answer is shown" holds by construction, and all that arrives
 * together shares one commit.
 *
 * Everything but ck_loop_post() and ck_loop_post_in() belongs to the loop's thread.
 */
#ifndef SERVICE_IO_LOOP_H
#define SERVICE_IO_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/clock.h"
#include "ck/error.h"

struct ck_loop;		/* opaque */
struct ck_watch;	/* a watched descriptor */
struct ck_timer;	/* a pending deadline */

/* events: EPOLLIN, EPOLLOUT, EPOLLHUP, EPOLLERR as in epoll_ctl(2). */
typedef void (*ck_watch_fn)(void *ctx, int fd, uint32_t events);
typedef void (*ck_timer_fn)(void *ctx);
typedef void (*ck_post_fn)(void *ctx);

/* clock is borrowed. Returns CK_OK, CK_ERR_SYSTEM, CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_loop_new(struct ck_loop **out, const struct ck_clock *clock);

/* Watches and timers that are left are dropped; descriptors stay open.
 * What was posted and has not run is dropped without running. */
void ck_loop_free(struct ck_loop **loop);

/* Call fn(ctx, …) when fd has events. Returns CK_OK, CK_ERR_SYSTEM/NOMEM. */
CK_MUST_CHECK enum ck_err
ck_loop_watch(struct ck_loop *loop, int fd, uint32_t events, ck_watch_fn fn,
    void *ctx, struct ck_watch **out);

/* Wait for other events on the same descriptor. */
CK_MUST_CHECK enum ck_err
ck_loop_watch_change(struct ck_watch *watch, uint32_t events);

/* Stop watching, free and set to NULL. The descriptor stays open. Safe inside
 * any callback; fn is not called again. NULL is allowed. */
void ck_loop_unwatch(struct ck_watch **watch);

/* Call fn(ctx) once, delay_ms of monotonic time from now (0: next turn). */
CK_MUST_CHECK enum ck_err
ck_loop_timer(struct ck_loop *loop, int64_t delay_ms, ck_timer_fn fn,
    void *ctx, struct ck_timer **out);

/* Forget a pending timer and set to NULL. A timer that fires sets the
 * caller's pointer to NULL before fn runs, when out was not NULL: so the
 * pointer is always either pending or NULL, and must outlive the timer. */
void ck_loop_timer_cancel(struct ck_timer **timer);

/* From any thread: run fn(ctx) on the loop's thread, in order of posting. */
CK_MUST_CHECK enum ck_err
ck_loop_post(struct ck_loop *loop, ck_post_fn fn, void *ctx);

/* Room for one post: part of what its owner keeps anyhow. For the loop. */
struct ck_errand {
	ck_post_fn fn;
	void *ctx;
	struct ck_errand *next;
	bool made;			/* by the loop itself */
};

/* The same in the owner's room, borrowed until fn runs: it cannot fail, and no
 * memory changes hands between threads, which costs both a lock. */
void ck_loop_post_in(struct ck_loop *loop, struct ck_errand *errand,
    ck_post_fn fn, void *ctx);

/* fn(ctx) runs at the end of each turn; one hook: the store's flush. */
void ck_loop_on_turn_end(struct ck_loop *loop, ck_post_fn fn, void *ctx);

/*
 * fn(ctx) is asked before the end of a turn: is it worth waiting for what
 * other threads are about to post? Then they have a moment, GATHER_US of
 * loop.c each time, to share this turn's flush.
 */
typedef bool (*ck_gather_fn)(void *ctx);
void ck_loop_on_gather(struct ck_loop *loop, ck_gather_fn fn, void *ctx);

/* Run turns until ck_loop_stop(). */
CK_MUST_CHECK enum ck_err ck_loop_run(struct ck_loop *loop);

/* End ck_loop_run() after the current turn. Thread-safe. */
void ck_loop_stop(struct ck_loop *loop);

/* The clock given to ck_loop_new(). */
const struct ck_clock *ck_loop_clock(const struct ck_loop *loop);

#endif /* SERVICE_IO_LOOP_H */
