/*
 * folding.c - one thread that waits for the log to grow
 */
#include <pthread.h>
#include <stdlib.h>

#include "ck/log.h"
#include "store/folding.h"
#include "store/internal.h"

/* Pages at which folding begins, and by which the log grows until it goes on:
 * few enough that what a part writes holds up no commit for long. */
#define FIRST_PAGES 1000
#define STEP_PAGES 500

struct ck_folding {
	struct ck_store *store;
	struct ck_db *db;		/* of the thread */
	pthread_t thread;
	bool started;

	/* The core's. */
	int pages;			/* at the last commit */
	int next;			/* at which the thread is called */

	pthread_mutex_t lock;		/* guards what follows */
	pthread_cond_t called;
	bool due, stop;
};

/* False: it is over. */
static bool
wait_for_call(struct ck_folding *folding)
{
	bool stop;

	(void)pthread_mutex_lock(&folding->lock);
	while (!folding->due && !folding->stop)
		(void)pthread_cond_wait(&folding->called, &folding->lock);
	folding->due = false;
	stop = folding->stop;
	(void)pthread_mutex_unlock(&folding->lock);

	return !stop;
}

static void *
run(void *arg)
{
	struct ck_folding *folding = arg;

	while (wait_for_call(folding)) {
		if (ck_db_fold(folding->db) != CK_OK)
			continue;	/* told; the core folds at its bound */
	}

	return NULL;
}

static void
call(struct ck_folding *folding, bool stop)
{
	(void)pthread_mutex_lock(&folding->lock);
	folding->due = true;
	folding->stop = stop;
	(void)pthread_cond_signal(&folding->called);
	(void)pthread_mutex_unlock(&folding->lock);
}

/* On the core's thread, after each commit. */
static void
on_log(void *ctx, int pages)
{
	struct ck_folding *folding = ctx;

	if (pages < folding->pages)
		folding->next = FIRST_PAGES;
	folding->pages = pages;
	if (pages < folding->next)
		return;
	folding->next = pages + STEP_PAGES;
	call(folding, false);
}

enum ck_err
ck_folding_new(struct ck_folding **out, struct ck_store *store)
{
	struct ck_folding *folding = calloc(1, sizeof(*folding));
	enum ck_err err;

	*out = folding;
	if (folding == NULL)
		return CK_ERR_NOMEM;
	folding->store = store;
	folding->next = FIRST_PAGES;
	(void)pthread_mutex_init(&folding->lock, NULL);
	(void)pthread_cond_init(&folding->called, NULL);
	err = ck_db_open(&folding->db, ck_db_path(store->db), CK_DB_BESIDE);
	if (err == CK_OK) {
		folding->started = pthread_create(&folding->thread, NULL, run,
		    folding) == 0;
		err = folding->started ? CK_OK : CK_ERR_SYSTEM;
	}
	if (err == CK_OK)
		ck_db_on_log(store->db, on_log, folding);
	else
		ck_folding_free(out);

	return err;
}

void
ck_folding_free(struct ck_folding **folding)
{
	struct ck_folding *old = *folding;

	if (old == NULL)
		return;
	ck_db_on_log(old->store->db, NULL, NULL);
	if (old->started) {
		call(old, true);
		(void)pthread_join(old->thread, NULL);
	}
	ck_db_close(&old->db);
	(void)pthread_cond_destroy(&old->called);
	(void)pthread_mutex_destroy(&old->lock);
	free(old);
	*folding = NULL;
}
