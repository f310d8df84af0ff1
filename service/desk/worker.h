/*
 * worker.h - one card worker process, seen from the daemon
 *
 * In the flow:  cccd-worker (reader/worker.c) <- socket -> [worker] -> desk
 *
 * checkind never touches a card: a process of its own does, and can be killed
 * when a silent card blocks it for ever. A worker that dies is started again,
 * after a pause that grows up to WORKER_PAUSE_MAX_MS; the one after a hang
 * begins by taking the power from the card. Core's thread only.
 *
 * A read has two parts. Until its first STEP another program may hold the card:
 * the owner is told, and the worker goes on by itself. From then on the card
 * has the read's own time.
 */
#ifndef SERVICE_DESK_WORKER_H
#define SERVICE_DESK_WORKER_H

#include "ck/error.h"
#include "ck/worker.h"

struct ck_loop;
struct ck_worker;

struct ck_worker_options {
	const char *program;	/* path of cccd-worker; borrowed */
	const char *reader;	/* reader's name; NULL: watch the reader list */
	const char *trust_dir;	/* borrowed */
	struct ck_loop *loop;

	/* A packet came; its fields are within their bounds. */
	void (*message)(void *ctx, const struct ck_worker_message *message);

	/* Another program holds the card of the read under way. */
	void (*waiting)(void *ctx);

	/* The process has ended; why is CK_ERR_CARD_TIMEOUT when it was killed
	 * for exceeding its read time, CK_ERR_READER_BUSY when another program
	 * did not let the card go for WORKER_WAIT_MAX_MS, CK_ERR_IPC when it
	 * broke the protocol, else CK_ERR_READER_FAILED. It is being started
	 * again. */
	void (*died)(void *ctx, enum ck_err why);

	void *ctx;
};

/*
 * Start the process. Returns CK_OK, CK_ERR_SYSTEM (the program cannot be
 * started), CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_worker_new(struct ck_worker **out, const struct ck_worker_options *options);

/* Kill the process and free. NULL is allowed. Safe inside a callback. */
void ck_worker_free(struct ck_worker **worker);

/*
 * Read the card that lies on the reader. The answers carry *serial; timeout_ms
 * after the first of them without a result, the process is killed.
 * Returns CK_OK; CK_ERR_READER_FAILED while the process is restarting.
 */
CK_MUST_CHECK enum ck_err
ck_worker_read(struct ck_worker *worker, const struct ck_worker_read *read,
    int64_t timeout_ms, uint32_t *serial);

#endif /* SERVICE_DESK_WORKER_H */
