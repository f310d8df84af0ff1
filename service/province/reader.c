/*
 * reader.c - a thread that reads the ledger
 */
#include <pthread.h>
#include <stdlib.h>

#include "io/loop.h"
#include "province/reader.h"

struct ck_reader {
	struct ck_ledger *ledger;
	struct ck_loop *loop;
	pthread_t thread;
	bool started;
	pthread_mutex_t lock;		/* guards what follows */
	struct question *waiting;	/* owned */
	bool stopping;
};

struct question {
	struct ck_reader *reader;
	const struct ck_scope *scope;
	ck_reader_fn fn;
	void *ctx;
	struct ck_request *request;
	struct question *prev, *next;
};

static void
enlist(struct question *question)
{
	struct ck_reader *reader = question->reader;

	pthread_mutex_lock(&reader->lock);
	question->next = reader->waiting;
	if (question->next != NULL)
		question->next->prev = question;
	reader->waiting = question;
	pthread_mutex_unlock(&reader->lock);
}

/* False: it is too late to answer it. */
static bool
delist(struct question *question)
{
	struct ck_reader *reader = question->reader;
	bool running;

	pthread_mutex_lock(&reader->lock);
	running = !reader->stopping;
	if (question->prev != NULL)
		question->prev->next = question->next;
	else
		reader->waiting = question->next;
	if (question->next != NULL)
		question->next->prev = question->prev;
	pthread_mutex_unlock(&reader->lock);

	return running;
}

/* Runs on the reader's thread. */
static void
answer(void *ctx)
{
	struct question *question = ctx;

	if (delist(question)) {
		ck_ledger_narrow(question->reader->ledger, question->scope);
		question->fn(question->ctx, question->reader->ledger,
		    question->request);
	}
	free(question);
}

static void
refuse(struct ck_request *request)
{
	ck_request_reply_problem(request, 503, "out-of-memory",
	    "The service is out of memory.", NULL);
}

void
ck_reader_ask(struct ck_reader *reader, const struct ck_scope *scope,
    ck_reader_fn fn, void *ctx, struct ck_request *request)
{
	struct question *question = calloc(1, sizeof(*question));

	if (question == NULL) {
		refuse(request);
		return;
	}
	*question = (struct question){
		reader, scope, fn, ctx, request, NULL, NULL
	};
	enlist(question);
	if (ck_loop_post(reader->loop, answer, question) != CK_OK) {
		(void)delist(question);
		free(question);
		refuse(request);
	}
}

static void *
run(void *ctx)
{
	struct ck_reader *reader = ctx;

	/* It ends when it is stopped, or when epoll does. */
	return ck_loop_run(reader->loop) == CK_OK ? NULL : reader;
}

enum ck_err
ck_reader_start(struct ck_reader **out,
    const struct ck_ledger_options *options, const struct ck_clock *clock)
{
	struct ck_reader *reader = calloc(1, sizeof(*reader));
	enum ck_err err;

	*out = NULL;
	if (reader == NULL)
		return CK_ERR_NOMEM;
	(void)pthread_mutex_init(&reader->lock, NULL);
	if ((err = ck_ledger_open(&reader->ledger, options, clock)) ==
	    CK_OK && (err = ck_loop_new(&reader->loop,
	    ck_clock_system())) == CK_OK) {
		reader->started = pthread_create(&reader->thread, NULL, run,
		    reader) == 0;
		err = reader->started ? CK_OK : CK_ERR_SYSTEM;
	}
	if (err != CK_OK)
		ck_reader_stop(&reader);
	*out = reader;

	return err;
}

void
ck_reader_stop(struct ck_reader **reader)
{
	struct ck_reader *old = *reader;
	struct question *next;

	if (old == NULL)
		return;
	pthread_mutex_lock(&old->lock);
	old->stopping = true;
	pthread_mutex_unlock(&old->lock);
	if (old->started) {
		ck_loop_stop(old->loop);
		(void)pthread_join(old->thread, NULL);
	}
	ck_loop_free(&old->loop);
	for (; old->waiting != NULL; old->waiting = next) {
		next = old->waiting->next;
		free(old->waiting);
	}
	ck_ledger_close(&old->ledger);
	(void)pthread_mutex_destroy(&old->lock);
	free(old);
	*reader = NULL;
}
