/*
 * waiting.c - calls that are answered later
 *
 * One thread, one list sorted by due time. Almost all calls wait equally
 * long, so a new one nearly always belongs at the end.
 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "waiting.h"

struct waiter {
	struct waiter *previous, *next;
	struct timespec due;	/* CLOCK_MONOTONIC */
	struct MHD_Connection *connection;
};

struct sim_waiting {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	struct waiter *first, *last;
	bool stopped;
	bool joined;
};

static bool
is_before(struct timespec a, struct timespec b)
{
	return a.tv_sec < b.tv_sec ||
	    (a.tv_sec == b.tv_sec && a.tv_nsec < b.tv_nsec);
}

/* Under the lock. */
static void
wake_first(struct sim_waiting *waiting)
{
	struct waiter *waiter = waiting->first;

	waiting->first = waiter->next;
	if (waiter->next != NULL)
		waiter->next->previous = NULL;
	else
		waiting->last = NULL;
	MHD_resume_connection(waiter->connection);
	free(waiter);
}

static void *
run(void *argument)
{
	struct sim_waiting *waiting = argument;
	struct timespec now;

	pthread_mutex_lock(&waiting->lock);
	while (!waiting->stopped || waiting->first != NULL) {
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (waiting->first == NULL)
			pthread_cond_wait(&waiting->changed, &waiting->lock);
		else if (waiting->stopped ||
		    !is_before(now, waiting->first->due))
			wake_first(waiting);
		else
			pthread_cond_timedwait(&waiting->changed,
			    &waiting->lock, &waiting->first->due);
	}
	pthread_mutex_unlock(&waiting->lock);
	return NULL;
}

struct sim_waiting *
sim_waiting_new(void)
{
	struct sim_waiting *waiting = calloc(1, sizeof(*waiting));
	pthread_condattr_t clock;

	if (waiting == NULL)
		return NULL;
	pthread_mutex_init(&waiting->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&waiting->changed, &clock);
	pthread_condattr_destroy(&clock);
	if (pthread_create(&waiting->thread, NULL, run, waiting) != 0) {
		waiting->joined = true;
		sim_waiting_free(&waiting);
	}
	return waiting;
}

/* Under the lock. */
static void
insert(struct sim_waiting *waiting, struct waiter *waiter)
{
	struct waiter *after = waiting->last;

	while (after != NULL && is_before(waiter->due, after->due))
		after = after->previous;
	waiter->previous = after;
	waiter->next = after != NULL ? after->next : waiting->first;
	if (waiter->next != NULL)
		waiter->next->previous = waiter;
	else
		waiting->last = waiter;
	if (after != NULL)
		after->next = waiter;
	else
		waiting->first = waiter;
}

bool
sim_waiting_add(struct sim_waiting *waiting,
    struct MHD_Connection *connection, unsigned ms)
{
	struct waiter *waiter = calloc(1, sizeof(*waiter));
	bool added = false;

	if (waiter == NULL)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &waiter->due);
	waiter->due.tv_sec += ms / 1000;
	waiter->due.tv_nsec += ms % 1000 * 1000000L;
	if (waiter->due.tv_nsec >= 1000000000L) {
		waiter->due.tv_sec++;
		waiter->due.tv_nsec -= 1000000000L;
	}
	waiter->connection = connection;
	pthread_mutex_lock(&waiting->lock);
	if (!waiting->stopped) {
		MHD_suspend_connection(connection);
		insert(waiting, waiter);
		pthread_cond_signal(&waiting->changed);
		added = true;
	}
	pthread_mutex_unlock(&waiting->lock);
	if (!added)
		free(waiter);
	return added;
}

void
sim_waiting_stop(struct sim_waiting *waiting)
{
	pthread_mutex_lock(&waiting->lock);
	waiting->stopped = true;
	pthread_cond_signal(&waiting->changed);
	pthread_mutex_unlock(&waiting->lock);
	if (!waiting->joined)
		pthread_join(waiting->thread, NULL);
	waiting->joined = true;
}

bool
sim_waiting_stopped(struct sim_waiting *waiting)
{
	bool stopped;

	pthread_mutex_lock(&waiting->lock);
	stopped = waiting->stopped;
	pthread_mutex_unlock(&waiting->lock);
	return stopped;
}

void
sim_waiting_free(struct sim_waiting **waiting)
{
	if (*waiting == NULL)
		return;
	sim_waiting_stop(*waiting);
	pthread_cond_destroy(&(*waiting)->changed);
	pthread_mutex_destroy(&(*waiting)->lock);
	free(*waiting);
	*waiting = NULL;
}
