/*
 * writer.c - a queue under a lock, and the thread that empties it
 *
 * Jobs that are done wait in a second queue for the core, which is called once
 * for each by ck_loop_post(). A loop that ends drops such calls; the jobs are
 * freed with the writer.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "drop/writer.h"
#include "io/loop.h"

struct job {
	struct job *next;
	char name[CK_DROP_NAME_LEN];
	struct ck_buf bytes;
	ck_drop_written_fn fn;
	void *ctx;
	bool good;
};

/* First in, first out. */
struct queue {
	struct job *first, **end;
};

struct ck_drop_writer {
	struct ck_loop *loop;
	int req, res;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct queue waiting, done;	/* under the lock, like stop */
	bool stop;
};

static void
push(struct queue *queue, struct job *job)
{
	job->next = NULL;
	*queue->end = job;
	queue->end = &job->next;
}

static struct job *
pop(struct queue *queue)
{
	struct job *job = queue->first;

	if (job != NULL && (queue->first = job->next) == NULL)
		queue->end = &queue->first;

	return job;
}

static void
free_job(struct job *job)
{
	ck_buf_wipe(&job->bytes);
	free(job);
}

/* --- On the thread -------------------------------------------------------- */

static bool
write_file(int folder, const char *name, struct ck_span bytes)
{
	int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC |
	    O_NOFOLLOW | O_CLOEXEC, 0660);
	size_t done = 0;
	bool good = fd >= 0;

	while (good && done < bytes.len) {
		ssize_t put = write(fd, bytes.ptr + done, bytes.len - done);

		good = put > 0;
		done += good ? (size_t)put : 0;
	}
	good = good && fsync(fd) == 0;
	if (fd >= 0 && close(fd) != 0)
		good = false;

	return good;
}

/* The answer is there whole before the question goes. Some network shares
 * cannot sync a folder: they keep its order by themselves. */
static bool
put_answer(const struct ck_drop_writer *writer, const struct job *job)
{
	char temporary[CK_DROP_NAME_LEN + 8];

	(void)snprintf(temporary, sizeof(temporary), ".%s.new", job->name);
	if (!write_file(writer->res, temporary, ck_buf_view(&job->bytes)) ||
	    renameat(writer->res, temporary, writer->res, job->name) != 0 ||
	    (fsync(writer->res) != 0 && errno != EINVAL) ||
	    unlinkat(writer->req, job->name, 0) != 0) {
		ck_log(CK_LOG_ERROR, "drop", "an answer cannot be put into "
		    "res/: %s; the question stays", strerror(errno));
		return false;
	}

	return true;
}

static void on_done(void *ctx);

static void *
run(void *ctx)
{
	struct ck_drop_writer *writer = ctx;
	struct job *job;

	pthread_mutex_lock(&writer->lock);
	for (;;) {
		while ((job = pop(&writer->waiting)) == NULL && !writer->stop)
			pthread_cond_wait(&writer->more, &writer->lock);
		if (job == NULL)
			break;
		pthread_mutex_unlock(&writer->lock);
		job->good = put_answer(writer, job);
		ck_buf_wipe(&job->bytes);
		pthread_mutex_lock(&writer->lock);
		push(&writer->done, job);
		if (ck_loop_post(writer->loop, on_done, writer) != CK_OK)
			ck_log(CK_LOG_ERROR, "drop", "out of memory: a place "
			    "for a question is lost until the next start");
	}
	pthread_mutex_unlock(&writer->lock);

	return NULL;
}

/* --- On the core ---------------------------------------------------------- */

static void
on_done(void *ctx)
{
	struct ck_drop_writer *writer = ctx;
	struct job *job;

	pthread_mutex_lock(&writer->lock);
	job = pop(&writer->done);
	pthread_mutex_unlock(&writer->lock);
	if (job == NULL)
		return;
	job->fn(job->ctx, job->good);
	free_job(job);
}

enum ck_err
ck_drop_writer_new(struct ck_drop_writer **out, struct ck_loop *loop, int req,
    int res)
{
	struct ck_drop_writer *writer = calloc(1, sizeof(*writer));

	*out = NULL;
	if (writer == NULL)
		return CK_ERR_NOMEM;
	writer->loop = loop;
	writer->req = req;
	writer->res = res;
	writer->waiting.end = &writer->waiting.first;
	writer->done.end = &writer->done.first;
	(void)pthread_mutex_init(&writer->lock, NULL);
	(void)pthread_cond_init(&writer->more, NULL);
	if (pthread_create(&writer->thread, NULL, run, writer) != 0) {
		free(writer);
		return CK_ERR_SYSTEM;
	}
	*out = writer;

	return CK_OK;
}

enum ck_err
ck_drop_writer_put(struct ck_drop_writer *writer, const char *name,
    struct ck_buf *bytes, ck_drop_written_fn fn, void *ctx)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		ck_buf_wipe(bytes);
		return CK_ERR_NOMEM;
	}
	(void)snprintf(job->name, sizeof(job->name), "%s", name);
	job->bytes = *bytes;
	*bytes = (struct ck_buf)CK_BUF_INIT;
	job->fn = fn;
	job->ctx = ctx;
	pthread_mutex_lock(&writer->lock);
	push(&writer->waiting, job);
	pthread_cond_signal(&writer->more);
	pthread_mutex_unlock(&writer->lock);

	return CK_OK;
}

void
ck_drop_writer_free(struct ck_drop_writer **writer)
{
	struct ck_drop_writer *old = *writer;
	struct job *job;

	if (old == NULL)
		return;
	pthread_mutex_lock(&old->lock);
	old->stop = true;
	pthread_cond_signal(&old->more);
	pthread_mutex_unlock(&old->lock);
	(void)pthread_join(old->thread, NULL);
	while ((job = pop(&old->done)) != NULL)
		free_job(job);
	(void)pthread_cond_destroy(&old->more);
	(void)pthread_mutex_destroy(&old->lock);
	free(old);
	*writer = NULL;
}
