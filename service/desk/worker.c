/*
 * worker.c - starting, feeding, killing and restarting one worker process
 *
 * The process is held by a pidfd, so a signal can never reach a stranger who
 * was given the same number.
 */
#include <sys/epoll.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/crypto.h>

#include "ck/log.h"
#include "desk/worker.h"
#include "desk/worker_check.h"
#include "io/loop.h"

/* Program, --reader NAME, --trust DIR, --cold, NULL. */
#define ARGUMENTS_MAX 7

/* First pause before a restart, doubled up to the longest: a reader that
 * crashes its worker at once must not keep a core busy. */
#define WORKER_PAUSE_MIN_MS 200
#define WORKER_PAUSE_MAX_MS 5000

/* A worker that lived this long was well: its next pause is short again. */
#define WORKER_WELL_MS 30000

/* Packets taken in one turn, so that one reader cannot starve the others. */
#define PACKETS_PER_TURN 32

/*
 * Without a first step for so long, another program is taken to hold the card:
 * a card that is free is ours within a few milliseconds.
 */
#define WORKER_BUSY_MS 1500

/* And so long a worker may wait for it; then a new one tries anew. */
#define WORKER_WAIT_MAX_MS 60000

extern char **environ;

struct ck_worker {
	struct ck_worker_options options;
	char *program, *reader, *trust_dir;	/* owned copies */
	int socket, process;			/* -1: not running */
	struct ck_watch *socket_watch, *process_watch;
	struct ck_timer *restart, *limit;
	struct ck_worker_message *packet;	/* receive buffer, wiped */
	int64_t started_ms;
	int64_t pause_ms;
	int64_t timeout_ms;	/* of the read under way */
	uint32_t serial;
	bool begun;	/* the read's first packet came */
	bool waited;	/* the owner was told that it waits */
	bool queued;	/* behind an older read, which nobody waits for */
	bool hung;	/* the card that lies there hung the last process */
	unsigned unfinished;	/* reads ordered and not ended */
	bool in_callback;
	bool doomed;	/* freed by its owner inside a callback */
};

static void on_restart(void *ctx);

static void
stop_process(struct ck_worker *worker)
{
	siginfo_t info;

	ck_loop_timer_cancel(&worker->limit);
	ck_loop_unwatch(&worker->socket_watch);
	ck_loop_unwatch(&worker->process_watch);
	if (worker->socket >= 0)
		(void)close(worker->socket);
	if (worker->process >= 0) {
		(void)pidfd_send_signal(worker->process, SIGKILL, NULL, 0);
		/* A killed process is gone at once: the wait is bounded. */
		(void)waitid(P_PIDFD, (id_t)worker->process, &info, WEXITED);
		(void)close(worker->process);
	}
	worker->socket = -1;
	worker->process = -1;
}

/* The process is dead or must die: tell the owner, start again later. */
static void
fail(struct ck_worker *worker, enum ck_err why)
{
	const struct ck_clock *clock = ck_loop_clock(worker->options.loop);
	int64_t lived_ms = ck_clock_mono_ms(clock) - worker->started_ms;

	stop_process(worker);
	if (lived_ms > WORKER_WELL_MS)
		worker->pause_ms = WORKER_PAUSE_MIN_MS;
	if (ck_loop_timer(worker->options.loop, worker->pause_ms, on_restart,
	    worker, &worker->restart) != CK_OK)
		ck_log(CK_LOG_ERROR, "worker", "out of memory: \"%s\" stays "
		    "down until the next start", worker->reader);
	worker->pause_ms *= 2;
	if (worker->pause_ms > WORKER_PAUSE_MAX_MS)
		worker->pause_ms = WORKER_PAUSE_MAX_MS;
	worker->options.died(worker->options.ctx, why);
}

static void on_limit(void *ctx);

static enum ck_err
limit_to(struct ck_worker *worker, int64_t ms)
{
	ck_loop_timer_cancel(&worker->limit);

	return ck_loop_timer(worker->options.loop, ms, on_limit, worker,
	    &worker->limit);
}

/* Nothing of the read yet: whoever holds the card may hold it a while. */
static void
wait_on(struct ck_worker *worker)
{
	worker->waited = true;
	if (limit_to(worker, WORKER_WAIT_MAX_MS) != CK_OK) {
		fail(worker, CK_ERR_NOMEM);
		return;
	}
	worker->options.waiting(worker->options.ctx);
}

static void
on_limit(void *ctx)
{
	struct ck_worker *worker = ctx;

	/* A reader that still waits for a silent card lets nobody in: then no
	 * other program is to blame. */
	if (!worker->begun && !worker->hung && !worker->queued &&
	    !worker->waited) {
		wait_on(worker);
		return;
	}
	if (!worker->begun && worker->waited) {
		ck_log(CK_LOG_WARNING, "worker", "another program holds the "
		    "card on \"%s\" and does not let it go", worker->reader);
		fail(worker, CK_ERR_READER_BUSY);
		return;
	}
	ck_log(CK_LOG_WARNING, "worker", "the card on \"%s\" did not finish in "
	    "time: its worker is killed and starts again", worker->reader);
	worker->hung = true;
	fail(worker, CK_ERR_CARD_TIMEOUT);
}

static void
on_process(void *ctx, int fd, uint32_t events)
{
	(void)fd;
	(void)events;
	fail(ctx, CK_ERR_READER_FAILED);
}

/* What a packet says about the read's time. */
static void
note_progress(struct ck_worker *worker)
{
	const struct ck_worker_message *packet = worker->packet;

	if (packet->type == CK_WORKER_STATUS &&
	    packet->u.status.card_present == 0)
		worker->hung = false;
	if (packet->type == CK_WORKER_RESULT && worker->unfinished > 0)
		worker->unfinished--;
	if (packet->serial == 0 || packet->serial != worker->serial)
		return;
	if (packet->type == CK_WORKER_RESULT) {
		ck_loop_timer_cancel(&worker->limit);
		worker->hung = false;
	} else if (!worker->begun && limit_to(worker,
	    worker->timeout_ms) != CK_OK) {
		ck_log(CK_LOG_ERROR, "worker", "out of memory: the read on "
		    "\"%s\" has no limit", worker->reader);
	}
	worker->begun = true;
}

/* One packet. False when the process was given up or the owner freed us. */
static bool
take_packet(struct ck_worker *worker, size_t len)
{
	struct ck_worker_message *packet = worker->packet;

	if (!ck_worker_packet_ok(packet, len)) {
		ck_log(CK_LOG_ERROR, "worker", "\"%s\" sent a packet outside "
		    "its bounds: killed", worker->reader);
		fail(worker, CK_ERR_IPC);
		return false;
	}
	note_progress(worker);
	worker->in_callback = true;
	worker->options.message(worker->options.ctx, packet);
	worker->in_callback = false;
	if (worker->doomed) {
		ck_worker_free(&worker);
		return false;
	}

	return worker->socket >= 0;
}

static void
on_socket(void *ctx, int fd, uint32_t events)
{
	struct ck_worker *worker = ctx;
	unsigned i;

	(void)events;
	for (i = 0; i < PACKETS_PER_TURN; i++) {
		ssize_t len = recv(fd, worker->packet, sizeof(*worker->packet),
		    MSG_DONTWAIT | MSG_TRUNC);

		if (len < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (len <= 0) {
			fail(worker, CK_ERR_READER_FAILED);
			return;
		}
		if (!take_packet(worker, (size_t)len))
			return;
	}
	OPENSSL_cleanse(worker->packet, sizeof(*worker->packet));
}

static enum ck_err
spawn(struct ck_worker *worker, int theirs)
{
	static char watch[] = "--watch", reader[] = "--reader",
	    trust[] = "--trust", cold[] = "--cold";
	char *watch_argv[] = { worker->program, watch, NULL };
	char *read_argv[ARGUMENTS_MAX] = { worker->program, reader,
		worker->reader };
	bool watcher = worker->options.reader == NULL;
	size_t count = 3;
	posix_spawn_file_actions_t actions;
	int status = ENOMEM;
	pid_t pid;

	if (worker->trust_dir[0] != '\0') {
		read_argv[count++] = trust;
		read_argv[count++] = worker->trust_dir;
	}
	if (worker->hung)
		read_argv[count++] = cold;
	if (posix_spawn_file_actions_init(&actions) != 0)
		return CK_ERR_NOMEM;
	if (posix_spawn_file_actions_adddup2(&actions, theirs,
	    CK_WORKER_FD) == 0)
		status = posix_spawn(&pid, worker->program, &actions, NULL,
		    watcher ? watch_argv : read_argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	if (status != 0) {
		ck_log(CK_LOG_ERROR, "worker", "cannot start %s: %s",
		    worker->program, strerror(status));
		return CK_ERR_SYSTEM;
	}
	worker->process = pidfd_open(pid, 0);

	return worker->process < 0 ? CK_ERR_SYSTEM : CK_OK;
}

static enum ck_err
start(struct ck_worker *worker)
{
	struct ck_loop *loop = worker->options.loop;
	int pair[2];
	enum ck_err err;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		return CK_ERR_SYSTEM;
	worker->socket = pair[0];
	worker->unfinished = 0;
	worker->started_ms = ck_clock_mono_ms(ck_loop_clock(loop));
	err = spawn(worker, pair[1]);
	(void)close(pair[1]);
	if (err == CK_OK)
		err = ck_loop_watch(loop, worker->socket, EPOLLIN, on_socket,
		    worker, &worker->socket_watch);
	if (err == CK_OK)
		err = ck_loop_watch(loop, worker->process, EPOLLIN, on_process,
		    worker, &worker->process_watch);
	if (err != CK_OK)
		stop_process(worker);

	return err;
}

static void
on_restart(void *ctx)
{
	struct ck_worker *worker = ctx;

	if (start(worker) != CK_OK)
		fail(worker, CK_ERR_READER_FAILED);
}

enum ck_err
ck_worker_new(struct ck_worker **out, const struct ck_worker_options *options)
{
	struct ck_worker *worker = calloc(1, sizeof(*worker));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (worker == NULL)
		return CK_ERR_NOMEM;
	worker->options = *options;
	worker->socket = -1;
	worker->process = -1;
	worker->pause_ms = WORKER_PAUSE_MIN_MS;
	worker->program = strdup(options->program);
	worker->reader = strdup(
	    options->reader == NULL ? "reader list" : options->reader);
	worker->trust_dir = strdup(
	    options->trust_dir == NULL ? "" : options->trust_dir);
	worker->packet = calloc(1, sizeof(*worker->packet));
	if (worker->program == NULL || worker->reader == NULL ||
	    worker->trust_dir == NULL || worker->packet == NULL)
		goto out;
	err = start(worker);
out:
	if (err == CK_OK)
		*out = worker;
	else
		ck_worker_free(&worker);

	return err;
}

void
ck_worker_free(struct ck_worker **worker)
{
	if (*worker == NULL)
		return;
	stop_process(*worker);
	ck_loop_timer_cancel(&(*worker)->restart);
	if ((*worker)->in_callback) {
		(*worker)->doomed = true;
		*worker = NULL;
		return;
	}
	if ((*worker)->packet != NULL)
		OPENSSL_cleanse((*worker)->packet, sizeof(*(*worker)->packet));
	free((*worker)->packet);
	free((*worker)->program);
	free((*worker)->reader);
	free((*worker)->trust_dir);
	free(*worker);
	*worker = NULL;
}

enum ck_err
ck_worker_read(struct ck_worker *worker, const struct ck_worker_read *read,
    int64_t timeout_ms, uint32_t *serial)
{
	struct ck_worker_message *packet;
	enum ck_err err = CK_ERR_READER_FAILED;

	if (worker->socket < 0)
		return CK_ERR_READER_FAILED;
	if ((packet = calloc(1, sizeof(*packet))) == NULL)
		return CK_ERR_NOMEM;
	packet->version = CK_WORKER_VERSION;
	packet->type = CK_WORKER_READ;
	packet->serial = *serial = ++worker->serial;
	packet->u.read = *read;
	worker->timeout_ms = timeout_ms;
	worker->begun = worker->waited = false;
	worker->queued = worker->unfinished++ > 0;
	if (send(worker->socket, packet, sizeof(*packet),
	    MSG_NOSIGNAL | MSG_DONTWAIT) == (ssize_t)sizeof(*packet))
		err = limit_to(worker, worker->hung || worker->queued ?
		    timeout_ms : WORKER_BUSY_MS);
	OPENSSL_cleanse(packet, sizeof(*packet));
	free(packet);

	return err;
}
