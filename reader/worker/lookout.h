/*
 * lookout.h - a thread that watches pcscd and tells what it sees
 *
 * The worker's main thread listens to the daemon and talks to the card; both
 * may take long. So a second thread, with a context of pcscd of its own, waits
 * for changes and writes each as one message into a pipe.
 */
#ifndef READER_WORKER_LOOKOUT_H
#define READER_WORKER_LOOKOUT_H

#include "card/pcsc.h"
#include "ck/error.h"

/* One message of the pipe: how things stand now. */
struct ck_sight {
	enum ck_err err;	/* CK_OK, or why nothing can be seen */
	struct ck_pcsc_readers readers;
};

/*
 * Start the thread; it ends with the process.
 *
 * name  Watch this reader only; NULL: all. Borrowed for ever.
 * fd    Receives the pipe's end to read from. The first sight comes at once,
 *       a second at most after pcscd failed to answer.
 *
 * Returns CK_OK, CK_ERR_SYSTEM, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err ck_lookout_start(const char *name, int *fd);

/* Read one sight. False when the thread has ended. */
bool ck_lookout_read(int fd, struct ck_sight *out);

#endif /* READER_WORKER_LOOKOUT_H */
