/*
 * loop.c - epoll for descriptors, a heap for deadlines, one queue of posts
 *
 * A turn waits for the nearest deadline at most, then runs, in this order,
 * ready descriptors, what other threads posted, and timers that are due.
 * Watches that die during a turn are freed at its end, because epoll may
 * already have handed out their address.
 */
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "io/loop.h"

/* Events taken from the kernel at once; the rest come in the next turn. */
#define BATCH 64

/* Who posts without end must not keep the others of a turn waiting. */
#define POST_ROUNDS 8

/* A moment in which a client hears its answer and asks again; and how many of
 * them one turn can take. */
#define GATHER_US 200
#define GATHERS_MAX 16

/* Tests move the clock while we sleep: then look at it this often. */
#ifdef CK_TEST_SEAMS
#define WAIT_MAX_MS 25
#else
#define WAIT_MAX_MS 60000
#endif

struct ck_watch {
	struct ck_loop *loop;
	int fd;
	ck_watch_fn fn;		/* NULL: dead, waits for the turn to end */
	void *ctx;
	struct ck_watch *prev, *next;
};

struct ck_timer {
	struct ck_loop *loop;
	int64_t due_ms;		/* monotonic */
	uint64_t serial;	/* order of making; breaks ties */
	size_t at;		/* own place in the heap */
	ck_timer_fn fn;
	void *ctx;
	struct ck_timer **owner;	/* set to NULL when it fires */
};

struct post_queue {
	struct ck_errand *first;
	struct ck_errand **end;
};

struct ck_loop {
	const struct ck_clock *clock;
	int epoll_fd;
	int wake_fd;
	struct ck_watch *watches;
	struct ck_watch *dead;
	struct ck_timer **heap;
	size_t timer_count, timer_cap;
	uint64_t next_serial;
	ck_post_fn turn_end;
	void *turn_end_ctx;
	ck_gather_fn gather;
	void *gather_ctx;
	atomic_bool stop;
	pthread_mutex_t lock;		/* guards posts */
	struct post_queue posts;
};

static bool
sooner(const struct ck_timer *a, const struct ck_timer *b)
{
	if (a->due_ms != b->due_ms)
		return a->due_ms < b->due_ms;

	return a->serial < b->serial;
}

static void
place(struct ck_loop *loop, struct ck_timer *timer, size_t at)
{
	loop->heap[at] = timer;
	timer->at = at;
}

static void
sift_up(struct ck_loop *loop, struct ck_timer *timer, size_t at)
{
	while (at > 0 && sooner(timer, loop->heap[(at - 1) / 2])) {
		place(loop, loop->heap[(at - 1) / 2], at);
		at = (at - 1) / 2;
	}
	place(loop, timer, at);
}

static void
sift_down(struct ck_loop *loop, struct ck_timer *timer, size_t at)
{
	size_t child;

	while ((child = 2 * at + 1) < loop->timer_count) {
		if (child + 1 < loop->timer_count &&
		    sooner(loop->heap[child + 1], loop->heap[child]))
			child++;
		if (!sooner(loop->heap[child], timer))
			break;
		place(loop, loop->heap[child], at);
		at = child;
	}
	place(loop, timer, at);
}

static void
heap_remove(struct ck_loop *loop, const struct ck_timer *timer)
{
	struct ck_timer *last = loop->heap[--loop->timer_count];
	size_t at = timer->at;

	if (last == timer)
		return;
	if (sooner(last, timer))
		sift_up(loop, last, at);
	else
		sift_down(loop, last, at);
}

static enum ck_err
heap_reserve(struct ck_loop *loop)
{
	size_t cap = loop->timer_cap == 0 ? 16 : loop->timer_cap * 2;
	struct ck_timer **grown;

	if (loop->timer_count < loop->timer_cap)
		return CK_OK;
	if ((grown = reallocarray(loop->heap, cap, sizeof(*grown))) == NULL)
		return CK_ERR_NOMEM;
	loop->heap = grown;
	loop->timer_cap = cap;

	return CK_OK;
}

enum ck_err
ck_loop_timer(struct ck_loop *loop, int64_t delay_ms, ck_timer_fn fn,
    void *ctx, struct ck_timer **out)
{
	struct ck_timer *timer;

	if (out != NULL)
		*out = NULL;
	if (heap_reserve(loop) != CK_OK)
		return CK_ERR_NOMEM;
	if ((timer = malloc(sizeof(*timer))) == NULL)
		return CK_ERR_NOMEM;
	*timer = (struct ck_timer){
		.loop = loop,
		.due_ms = ck_clock_mono_ms(loop->clock) +
		    (delay_ms > 0 ? delay_ms : 0),
		.serial = loop->next_serial++,
		.fn = fn,
		.ctx = ctx,
		.owner = out
	};
	sift_up(loop, timer, loop->timer_count++);
	if (out != NULL)
		*out = timer;

	return CK_OK;
}

void
ck_loop_timer_cancel(struct ck_timer **timer)
{
	struct ck_timer *old = *timer;

	if (old == NULL)
		return;
	heap_remove(old->loop, old);
	*timer = NULL;
	free(old);
}

/* A timer made meanwhile waits for the next turn, even one without delay. */
static void
run_timers(struct ck_loop *loop)
{
	const uint64_t limit = loop->next_serial;
	const int64_t now = ck_clock_mono_ms(loop->clock);

	while (loop->timer_count > 0 && loop->heap[0]->due_ms <= now &&
	    loop->heap[0]->serial < limit) {
		struct ck_timer *timer = loop->heap[0];
		ck_timer_fn fn = timer->fn;
		void *ctx = timer->ctx;

		heap_remove(loop, timer);
		if (timer->owner != NULL)
			*timer->owner = NULL;
		free(timer);
		fn(ctx);
	}
}

enum ck_err
ck_loop_watch(struct ck_loop *loop, int fd, uint32_t events, ck_watch_fn fn,
    void *ctx, struct ck_watch **out)
{
	struct ck_watch *watch = calloc(1, sizeof(*watch));
	struct epoll_event event = { .events = events, .data.ptr = watch };

	*out = NULL;
	if (watch == NULL)
		return CK_ERR_NOMEM;
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, fd, &event) != 0) {
		free(watch);
		return CK_ERR_SYSTEM;
	}
	watch->loop = loop;
	watch->fd = fd;
	watch->fn = fn;
	watch->ctx = ctx;
	watch->next = loop->watches;
	if (watch->next != NULL)
		watch->next->prev = watch;
	loop->watches = watch;
	*out = watch;

	return CK_OK;
}

enum ck_err
ck_loop_watch_change(struct ck_watch *watch, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };

	if (epoll_ctl(watch->loop->epoll_fd, EPOLL_CTL_MOD, watch->fd,
	    &event) != 0)
		return CK_ERR_SYSTEM;

	return CK_OK;
}

void
ck_loop_unwatch(struct ck_watch **watch)
{
	struct ck_watch *old = *watch;

	if (old == NULL)
		return;
	*watch = NULL;
	/* Fails only if the descriptor is closed: then it is gone already. */
	(void)epoll_ctl(old->loop->epoll_fd, EPOLL_CTL_DEL, old->fd, NULL);
	if (old->prev != NULL)
		old->prev->next = old->next;
	else
		old->loop->watches = old->next;
	if (old->next != NULL)
		old->next->prev = old->prev;
	old->fn = NULL;
	old->prev = NULL;
	old->next = old->loop->dead;
	old->loop->dead = old;
}

static void
free_watches(struct ck_watch **list)
{
	while (*list != NULL) {
		struct ck_watch *watch = *list;

		*list = watch->next;
		free(watch);
	}
}

static void
wake(const struct ck_loop *loop)
{
	const uint64_t one = 1;

	/* Fails only when the counter is full: then it is readable anyway. */
	if (write(loop->wake_fd, &one, sizeof(one)) < 0)
		return;
}

static void
put_post(struct ck_loop *loop, struct ck_errand *post)
{
	bool first;

	post->next = NULL;
	pthread_mutex_lock(&loop->lock);
	first = loop->posts.first == NULL;
	*loop->posts.end = post;
	loop->posts.end = &post->next;
	pthread_mutex_unlock(&loop->lock);
	if (first)
		wake(loop);
}

enum ck_err
ck_loop_post(struct ck_loop *loop, ck_post_fn fn, void *ctx)
{
	struct ck_errand *post = malloc(sizeof(*post));

	if (post == NULL)
		return CK_ERR_NOMEM;
	*post = (struct ck_errand){ .fn = fn, .ctx = ctx, .made = true };
	put_post(loop, post);

	return CK_OK;
}

void
ck_loop_post_in(struct ck_loop *loop, struct ck_errand *errand, ck_post_fn fn,
    void *ctx)
{
	*errand = (struct ck_errand){ .fn = fn, .ctx = ctx };
	put_post(loop, errand);
}

static struct ck_errand *
take_posts(struct ck_loop *loop)
{
	struct ck_errand *list;

	pthread_mutex_lock(&loop->lock);
	list = loop->posts.first;
	loop->posts.first = NULL;
	loop->posts.end = &loop->posts.first;
	pthread_mutex_unlock(&loop->lock);

	return list;
}

static void
run_list(struct ck_errand *post)
{
	while (post != NULL) {
		struct ck_errand errand = *post;

		if (errand.made)
			free(post);
		errand.fn(errand.ctx);
		post = errand.next;
	}
}

/* What is posted meanwhile belongs to this turn, too: the more share a commit,
 * the less each pays for it. */
static void
run_posts(struct ck_loop *loop)
{
	struct ck_errand *list;
	unsigned rounds = POST_ROUNDS;

	while (rounds-- > 0 && (list = take_posts(loop)) != NULL)
		run_list(list);
}

static void
calm_wake(const struct ck_loop *loop)
{
	uint64_t counter;

	if (read(loop->wake_fd, &counter, sizeof(counter)) < 0)
		return;		/* woken twice for one post */
}

/* As long as it is worth it, and posts do come. */
static void
gather(struct ck_loop *loop)
{
	const struct timespec moment = { 0, GATHER_US * 1000 };
	struct pollfd wake_up = { .fd = loop->wake_fd, .events = POLLIN };
	unsigned times = GATHERS_MAX;

	while (loop->gather != NULL && times-- > 0 &&
	    loop->gather(loop->gather_ctx) &&
	    ppoll(&wake_up, 1, &moment, NULL) == 1) {
		calm_wake(loop);
		run_posts(loop);
	}
}

static void
drop_posts(struct ck_loop *loop)
{
	struct ck_errand *post = take_posts(loop);

	while (post != NULL) {
		struct ck_errand *next = post->next;

		if (post->made)
			free(post);
		post = next;
	}
}

void
ck_loop_on_turn_end(struct ck_loop *loop, ck_post_fn fn, void *ctx)
{
	loop->turn_end = fn;
	loop->turn_end_ctx = ctx;
}

void
ck_loop_on_gather(struct ck_loop *loop, ck_gather_fn fn, void *ctx)
{
	loop->gather = fn;
	loop->gather_ctx = ctx;
}

void
ck_loop_stop(struct ck_loop *loop)
{
	atomic_store(&loop->stop, true);
	wake(loop);
}

const struct ck_clock *
ck_loop_clock(const struct ck_loop *loop)
{
	return loop->clock;
}

static int
wait_ms(const struct ck_loop *loop)
{
	int64_t left;

	if (loop->timer_count == 0)
		return WAIT_MAX_MS;
	left = loop->heap[0]->due_ms - ck_clock_mono_ms(loop->clock);
	if (left < 0)
		return 0;

	return left > WAIT_MAX_MS ? WAIT_MAX_MS : (int)left;
}

static void
run_watches(struct ck_loop *loop, const struct epoll_event *events, int count)
{
	int i;

	for (i = 0; i < count; i++) {
		struct ck_watch *watch = events[i].data.ptr;

		if (watch == NULL)
			calm_wake(loop);
		else if (watch->fn != NULL)
			watch->fn(watch->ctx, watch->fd, events[i].events);
	}
}

static enum ck_err
turn(struct ck_loop *loop)
{
	struct epoll_event events[BATCH];
	int count = epoll_wait(loop->epoll_fd, events, BATCH, wait_ms(loop));

	if (count < 0 && errno != EINTR) {
		ck_log(CK_LOG_ERROR, "loop", "epoll_wait: %s",
		    strerror(errno));
		return CK_ERR_SYSTEM;
	}
	run_watches(loop, events, count);
	run_posts(loop);
	run_timers(loop);
	gather(loop);
	if (loop->turn_end != NULL)
		loop->turn_end(loop->turn_end_ctx);
	free_watches(&loop->dead);

	return CK_OK;
}

enum ck_err
ck_loop_run(struct ck_loop *loop)
{
	enum ck_err err = CK_OK;

	while (err == CK_OK && !atomic_load(&loop->stop))
		err = turn(loop);
	atomic_store(&loop->stop, false);

	return err;
}

static enum ck_err
open_descriptors(struct ck_loop *loop)
{
	struct epoll_event event = { .events = EPOLLIN };

	loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	loop->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (loop->epoll_fd < 0 || loop->wake_fd < 0)
		return CK_ERR_SYSTEM;
	if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, loop->wake_fd,
	    &event) != 0)
		return CK_ERR_SYSTEM;

	return CK_OK;
}

enum ck_err
ck_loop_new(struct ck_loop **out, const struct ck_clock *clock)
{
	struct ck_loop *loop = calloc(1, sizeof(*loop));

	*out = NULL;
	if (loop == NULL)
		return CK_ERR_NOMEM;
	loop->clock = clock;
	loop->epoll_fd = -1;
	loop->wake_fd = -1;
	loop->posts.end = &loop->posts.first;
	atomic_init(&loop->stop, false);
	(void)pthread_mutex_init(&loop->lock, NULL);
	if (open_descriptors(loop) != CK_OK) {
		ck_loop_free(&loop);
		return CK_ERR_SYSTEM;
	}
	*out = loop;

	return CK_OK;
}

void
ck_loop_free(struct ck_loop **loop)
{
	struct ck_loop *old = *loop;

	if (old == NULL)
		return;
	drop_posts(old);
	free_watches(&old->watches);
	free_watches(&old->dead);
	while (old->timer_count > 0) {
		struct ck_timer *timer = old->heap[--old->timer_count];

		if (timer->owner != NULL)
			*timer->owner = NULL;
		free(timer);
	}
	free(old->heap);
	if (old->epoll_fd >= 0)
		(void)close(old->epoll_fd);
	if (old->wake_fd >= 0)
		(void)close(old->wake_fd);
	(void)pthread_mutex_destroy(&old->lock);
	free(old);
	*loop = NULL;
}
