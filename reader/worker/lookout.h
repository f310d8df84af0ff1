/*
 * lookout.h - a thread that watches readers and tells what it sees
 *
 * The worker's main thread listens to the daemon and talks to the card; both
 * may take long. So a second thread waits for changes and writes each as one
 * message into a pipe: with a context of pcscd of its own, or, where libnfc
 * serves the reader, by looking at it between two reads.
 */
#ifndef READER_WORKER_LOOKOUT_H
#define READER_WORKER_LOOKOUT_H

#include "card/seen.h"
#include "ck/error.h"

struct ck_nfc;		/* card/nfc.h */

/* One message of the pipe: how things stand now. */
struct ck_sight {
	enum ck_err err;	/* CK_OK, or why nothing can be seen */
	struct ck_seen readers;
};

/*
 * Start the thread; it ends with the process.
 *
 * name  Watch this reader only; NULL: all of pcscd. Borrowed for ever.
 * nfc   The reader, where libnfc serves it; else NULL. Borrowed for ever.
 * fd    Receives the pipe's end to read from. The first sight comes at once,
 *       a second at most after pcscd failed to answer.
 *
 * Returns CK_OK, CK_ERR_SYSTEM, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_lookout_start(const char *name, struct ck_nfc *nfc, int *fd);

/* Read one sight. False when the thread has ended. */
bool ck_lookout_read(int fd, struct ck_sight *out);

#endif /* READER_WORKER_LOOKOUT_H */
