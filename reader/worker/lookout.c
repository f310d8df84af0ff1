/*
 * lookout.c - a thread that watches readers and tells what it sees
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "card/nfc.h"
#include "card/pcsc.h"
#include "worker/lookout.h"

/* Writes up to this size are never split in a pipe. */
_Static_assert(sizeof(struct ck_sight) <= PIPE_BUF, "one write, one sight");

/*
 * Longest wait inside pcscd: bounds how late its silence is noticed. A change
 * ends the wait at once.
 */
#define WAIT_MS 1000

/* Pause after a failure, so that a broken reader does not keep a core busy. */
#define PAUSE_NS 200000000L

/* A reader of libnfc cannot tell of itself: how often it is looked at. */
#define LOOK_NS 300000000L

/* It calls pcscd or libnfc and nothing deep. */
#define STACK_LEN (256 * 1024)

struct lookout {
	const char *name;
	int fd;
	struct ck_pcsc *pcsc;		/* owned; NULL with nfc */
	struct ck_nfc *nfc;
};

static bool
tell(int fd, const struct ck_sight *sight)
{
	ssize_t done;

	do {
		done = write(fd, sight, sizeof(*sight));
	} while (done < 0 && errno == EINTR);

	return done == (ssize_t)sizeof(*sight);
}

/*
 * When pcscd ends, its last word looks like a broken reader: ask again before
 * saying so.
 */
static enum ck_err
look_at_pcsc(const struct lookout *lookout, struct ck_seen *readers,
    bool *changed)
{
	enum ck_err err = ck_pcsc_wait(lookout->pcsc, lookout->name, readers,
	    WAIT_MS, changed);

	if (err == CK_ERR_READER_FAILED)
		err = ck_pcsc_wait(lookout->pcsc, lookout->name, readers,
		    WAIT_MS, changed);

	return err;
}

static enum ck_err
look_at_nfc(const struct lookout *lookout, struct ck_seen *readers,
    bool *changed)
{
	static const struct timespec pause = { 0, LOOK_NS };
	uint32_t before = readers->count > 0 ? readers->reader[0].state : 0;
	size_t count = readers->count;
	enum ck_err err;

	(void)nanosleep(&pause, NULL);
	err = ck_nfc_look(lookout->nfc, readers);
	*changed = readers->count != count ||
	    (count > 0 && readers->reader[0].state != before);

	return err;
}

static void *
run(void *ctx)
{
	static const struct timespec pause = { 0, PAUSE_NS };
	struct lookout *lookout = ctx;
	struct ck_sight sight = { .err = CK_OK };
	bool first = true, going = true;

	while (going) {
		enum ck_err last = sight.err;
		bool changed = false;

		sight.err = lookout->nfc != NULL ?
		    look_at_nfc(lookout, &sight.readers, &changed) :
		    look_at_pcsc(lookout, &sight.readers, &changed);
		if (first || changed || sight.err != last)
			going = tell(lookout->fd, &sight);
		first = false;
		if (sight.err != CK_OK)
			(void)nanosleep(&pause, NULL);
	}
	(void)close(lookout->fd);
	ck_pcsc_free(&lookout->pcsc);
	free(lookout);

	return NULL;
}

static enum ck_err
start_thread(struct lookout *lookout)
{
	pthread_attr_t attr;
	pthread_t thread;
	int status;

	if (pthread_attr_init(&attr) != 0)
		return CK_ERR_NOMEM;
	(void)pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	(void)pthread_attr_setstacksize(&attr, STACK_LEN);
	status = pthread_create(&thread, &attr, run, lookout);
	(void)pthread_attr_destroy(&attr);

	return status == 0 ? CK_OK : CK_ERR_SYSTEM;
}

enum ck_err
ck_lookout_start(const char *name, struct ck_nfc *nfc, int *fd)
{
	struct lookout *lookout = calloc(1, sizeof(*lookout));
	int ends[2] = { -1, -1 };
	enum ck_err err = CK_ERR_NOMEM;

	*fd = -1;
	if (lookout == NULL)
		goto out;
	lookout->nfc = nfc;
	if (nfc == NULL && (err = ck_pcsc_new(&lookout->pcsc)) != CK_OK)
		goto out;
	err = CK_ERR_SYSTEM;
	if (pipe2(ends, O_CLOEXEC) != 0)
		goto out;
	lookout->name = name;
	lookout->fd = ends[1];
	err = start_thread(lookout);
out:
	if (err == CK_OK) {
		*fd = ends[0];
		return CK_OK;
	}
	if (ends[0] >= 0) {
		(void)close(ends[0]);
		(void)close(ends[1]);
	}
	if (lookout != NULL)
		ck_pcsc_free(&lookout->pcsc);
	free(lookout);

	return err;
}

bool
ck_lookout_read(int fd, struct ck_sight *out)
{
	ssize_t got;

	do {
		got = read(fd, out, sizeof(*out));
	} while (got < 0 && errno == EINTR);

	return got == (ssize_t)sizeof(*out);
}
