/*
 * test_loop.c - turns: watches, timers in order, posts from other threads
 */
#include <sys/epoll.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "io/loop.h"

#define POSTS_EACH 500
#define POSTERS 4

struct fixture {
	struct ck_loop *loop;
	int pipe[2];
	int other[2];
	struct ck_watch *watch, *other_watch;
	struct ck_timer *timer, *victim;
	char order[32];
	unsigned calls, turns;
	unsigned last[POSTERS];
};

static int64_t fake_now;

static int64_t
fake_ms(void *ctx)
{
	(void)ctx;

	return fake_now;
}

static const struct ck_clock fake_clock = { fake_ms, fake_ms, NULL };

static int
setup(void **state)
{
	static struct fixture f;

	memset(&f, 0, sizeof(f));
	fake_now = 1000;
	if (ck_loop_new(&f.loop, &fake_clock) != CK_OK || pipe(f.pipe) != 0 ||
	    pipe(f.other) != 0)
		return -1;
	*state = &f;

	return 0;
}

static int
teardown(void **state)
{
	struct fixture *f = *state;
	int i;

	ck_loop_free(&f->loop);
	for (i = 0; i < 2; i++) {
		(void)close(f->pipe[i]);
		(void)close(f->other[i]);
	}

	return 0;
}

static void
note(struct fixture *f, char c)
{
	size_t len = strlen(f->order);

	assert_true(len + 1 < sizeof(f->order));
	f->order[len] = c;
}

static void
stop(void *ctx)
{
	struct fixture *f = ctx;

	ck_loop_stop(f->loop);
}

static void
timer_a(void *ctx)
{
	note(ctx, 'a');
}

static void
timer_b(void *ctx)
{
	note(ctx, 'b');
}

static void
timer_c(void *ctx)
{
	note(ctx, 'c');
}

static void
advance(void *ctx)
{
	struct fixture *f = ctx;

	note(f, '.');
	if (f->turns++ == 0)
		fake_now += 10;
	else
		ck_loop_stop(f->loop);
}

static void
timers_fire_by_deadline_then_by_age(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ck_loop_timer(f->loop, 7, timer_c, f, NULL), CK_OK);
	assert_int_equal(ck_loop_timer(f->loop, 5, timer_a, f, NULL), CK_OK);
	assert_int_equal(ck_loop_timer(f->loop, 5, timer_b, f, &f->timer),
	    CK_OK);
	assert_int_equal(ck_loop_timer(f->loop, 6, timer_c, f, &f->victim),
	    CK_OK);
	ck_loop_timer_cancel(&f->victim);
	assert_null(f->victim);
	assert_int_equal(ck_loop_timer(f->loop, 0, advance, f, NULL), CK_OK);
	assert_int_equal(ck_loop_timer(f->loop, 8, stop, f, NULL), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, ".abc");
	assert_null(f->timer);
}

/* Nested: made while timers run, so it must not run before the turn ends. */
static void
nest(void *ctx)
{
	struct fixture *f = ctx;

	note(f, 'n');
	assert_int_equal(ck_loop_timer(f->loop, 0, stop, f, NULL), CK_OK);
}

static void
mark_turn(void *ctx)
{
	note(ctx, '|');
}

static void
a_timer_without_delay_waits_for_the_next_turn(void **state)
{
	struct fixture *f = *state;

	ck_loop_on_turn_end(f->loop, mark_turn, f);
	assert_int_equal(ck_loop_timer(f->loop, 0, nest, f, NULL), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "n||");
}

static void
cancel_victim(void *ctx)
{
	struct fixture *f = ctx;

	ck_loop_timer_cancel(&f->victim);
}

static void
a_timer_may_cancel_one_that_is_due_too(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ck_loop_timer(f->loop, 0, cancel_victim, f, NULL),
	    CK_OK);
	assert_int_equal(ck_loop_timer(f->loop, 0, timer_a, f, &f->victim),
	    CK_OK);
	assert_int_equal(ck_loop_timer(f->loop, 0, stop, f, NULL), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "");
}

static void
many_timers_stay_in_order(void **state)
{
	struct fixture *f = *state;
	struct ck_timer *timers[100] = { 0 };
	size_t i;

	for (i = 0; i < 100; i++)
		assert_int_equal(ck_loop_timer(f->loop,
		    (int64_t)(i * 37 % 100), timer_a, f, &timers[i]), CK_OK);
	for (i = 0; i < 100; i++) {
		if (i % 10 != 0)
			ck_loop_timer_cancel(&timers[i]);
	}
	fake_now += 100;
	assert_int_equal(ck_loop_timer(f->loop, 0, stop, f, NULL), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "aaaaaaaaaa");
}

static void
both_ready(void *ctx, int fd, uint32_t events)
{
	struct fixture *f = ctx;

	(void)fd;
	assert_true((events & EPOLLIN) != 0);
	f->calls++;
	ck_loop_unwatch(&f->watch);
	ck_loop_unwatch(&f->other_watch);
	ck_loop_stop(f->loop);
}

static void
a_callback_may_drop_its_own_and_another_watch(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ck_loop_watch(f->loop, f->pipe[0], EPOLLIN,
	    both_ready, f, &f->watch), CK_OK);
	assert_int_equal(ck_loop_watch(f->loop, f->other[0], EPOLLIN,
	    both_ready, f, &f->other_watch), CK_OK);
	assert_int_equal(write(f->pipe[1], "x", 1), 1);
	assert_int_equal(write(f->other[1], "x", 1), 1);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_int_equal(f->calls, 1);
	assert_null(f->watch);
	assert_null(f->other_watch);
}

static void
writable(void *ctx, int fd, uint32_t events)
{
	struct fixture *f = ctx;

	(void)fd;
	assert_true((events & EPOLLOUT) != 0);
	f->calls++;
	ck_loop_stop(f->loop);
}

static void
a_watch_can_wait_for_other_events(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ck_loop_watch(f->loop, f->pipe[1], 0, writable, f,
	    &f->watch), CK_OK);
	assert_int_equal(ck_loop_watch_change(f->watch, EPOLLOUT), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_int_equal(f->calls, 1);
	ck_loop_unwatch(&f->watch);
	ck_loop_unwatch(&f->watch);
}

static void
a_file_cannot_be_watched(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(ck_loop_watch(f->loop, -1, EPOLLIN, writable, f,
	    &f->watch), CK_ERR_SYSTEM);
	assert_null(f->watch);
}

struct posted {
	struct fixture *f;
	unsigned poster, number;
};

static struct posted posted[POSTERS][POSTS_EACH];

static void
arrived(void *ctx)
{
	const struct posted *p = ctx;

	assert_int_equal(p->number, p->f->last[p->poster]);
	p->f->last[p->poster]++;
	if (++p->f->calls == POSTERS * POSTS_EACH)
		ck_loop_stop(p->f->loop);
}

static void *
post_many(void *arg)
{
	struct posted *row = arg;
	unsigned i;

	for (i = 0; i < POSTS_EACH; i++) {
		if (ck_loop_post(row[i].f->loop, arrived, &row[i]) != CK_OK)
			return arg;
	}

	return NULL;
}

static void
posts_of_each_thread_arrive_in_order_and_once(void **state)
{
	struct fixture *f = *state;
	pthread_t threads[POSTERS];
	void *failed = NULL;
	unsigned i, k;

	for (i = 0; i < POSTERS; i++) {
		for (k = 0; k < POSTS_EACH; k++)
			posted[i][k] = (struct posted){ f, i, k };
		assert_int_equal(pthread_create(&threads[i], NULL, post_many,
		    posted[i]), 0);
	}
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	for (i = 0; i < POSTERS; i++) {
		assert_int_equal(pthread_join(threads[i], &failed), 0);
		assert_null(failed);
	}
	assert_int_equal(f->calls, POSTERS * POSTS_EACH);
}

static void
posts_that_wait_together_share_one_turn(void **state)
{
	struct fixture *f = *state;

	ck_loop_on_turn_end(f->loop, mark_turn, f);
	assert_int_equal(ck_loop_post(f->loop, timer_a, f), CK_OK);
	assert_int_equal(ck_loop_post(f->loop, timer_b, f), CK_OK);
	assert_int_equal(ck_loop_post(f->loop, stop, f), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "ab|");
}

/* The room of a post belongs to whoever posts: fn may free it, or use it again
 * for the next one; what never ran is not freed by the loop. */
static struct ck_errand *errand;

static void
free_its_room(void *ctx)
{
	free(errand);
	errand = NULL;
	note(ctx, 'f');
}

static void
use_its_room_again(void *ctx)
{
	struct fixture *f = ctx;

	note(f, 'u');
	ck_loop_post_in(f->loop, errand, free_its_room, f);
}

static void
a_post_in_its_owners_room_keeps_the_order(void **state)
{
	struct fixture *f = *state;
	static struct ck_errand never;

	errand = calloc(1, sizeof(*errand));
	assert_non_null(errand);
	assert_int_equal(ck_loop_post(f->loop, timer_a, f), CK_OK);
	ck_loop_post_in(f->loop, errand, use_its_room_again, f);
	assert_int_equal(ck_loop_post(f->loop, timer_b, f), CK_OK);
	assert_int_equal(ck_loop_post(f->loop, stop, f), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "aubf");
	assert_null(errand);
	ck_loop_post_in(f->loop, &never, timer_a, f);
}

/* Posted while the turn is under way: it is not too late for its flush. */
static void
post_b(void *ctx)
{
	struct fixture *f = ctx;

	note(f, 'p');
	assert_int_equal(ck_loop_post(f->loop, timer_b, f), CK_OK);
	assert_int_equal(ck_loop_post(f->loop, stop, f), CK_OK);
}

static void
what_is_posted_meanwhile_shares_the_turn(void **state)
{
	struct fixture *f = *state;

	ck_loop_on_turn_end(f->loop, mark_turn, f);
	assert_int_equal(ck_loop_post(f->loop, post_b, f), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "pb|");
}

static void
post_again(void *ctx)
{
	struct fixture *f = ctx;

	if (f->calls++ < 20)
		assert_int_equal(ck_loop_post(f->loop, post_again, f), CK_OK);
	else
		ck_loop_stop(f->loop);
}

static void
who_posts_without_end_does_not_hold_up_the_flush(void **state)
{
	struct fixture *f = *state;

	ck_loop_on_turn_end(f->loop, mark_turn, f);
	assert_int_equal(ck_loop_post(f->loop, post_again, f), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "|||");
}

/* Whom the turn waits for: one who does post, then one who never does. */
static bool
one_more_is_expected(void *ctx)
{
	struct fixture *f = ctx;

	if (f->calls++ == 0)
		assert_int_equal(ck_loop_post(f->loop, timer_b, f), CK_OK);
	else
		ck_loop_stop(f->loop);

	return f->calls < 3;
}

static void
a_turn_waits_a_moment_for_those_who_are_expected(void **state)
{
	struct fixture *f = *state;

	ck_loop_on_turn_end(f->loop, mark_turn, f);
	ck_loop_on_gather(f->loop, one_more_is_expected, f);
	assert_int_equal(ck_loop_post(f->loop, timer_a, f), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "ab|");
	assert_int_equal(f->calls, 3);
}

static bool
always_expected(void *ctx)
{
	struct fixture *f = ctx;

	f->calls++;
	ck_loop_stop(f->loop);	/* wakes it as often as a post does */

	return true;
}

static void
a_turn_does_not_wait_for_ever(void **state)
{
	struct fixture *f = *state;

	ck_loop_on_turn_end(f->loop, mark_turn, f);
	ck_loop_on_gather(f->loop, always_expected, f);
	assert_int_equal(ck_loop_post(f->loop, timer_a, f), CK_OK);
	assert_int_equal(ck_loop_run(f->loop), CK_OK);
	assert_string_equal(f->order, "a|");
	assert_true(f->calls < 100);
}

#define LOOP_TEST(fn) cmocka_unit_test_setup_teardown(fn, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOOP_TEST(timers_fire_by_deadline_then_by_age),
		LOOP_TEST(a_timer_without_delay_waits_for_the_next_turn),
		LOOP_TEST(a_timer_may_cancel_one_that_is_due_too),
		LOOP_TEST(many_timers_stay_in_order),
		LOOP_TEST(a_callback_may_drop_its_own_and_another_watch),
		LOOP_TEST(a_watch_can_wait_for_other_events),
		LOOP_TEST(a_file_cannot_be_watched),
		LOOP_TEST(posts_of_each_thread_arrive_in_order_and_once),
		LOOP_TEST(posts_that_wait_together_share_one_turn),
		LOOP_TEST(a_post_in_its_owners_room_keeps_the_order),
		LOOP_TEST(what_is_posted_meanwhile_shares_the_turn),
		LOOP_TEST(who_posts_without_end_does_not_hold_up_the_flush),
		LOOP_TEST(a_turn_waits_a_moment_for_those_who_are_expected),
		LOOP_TEST(a_turn_does_not_wait_for_ever),
	};

	return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
