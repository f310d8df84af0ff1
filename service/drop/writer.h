/*
 * writer.h - answers onto the disk, on a thread of their own
 *
 * In the flow:  drop -> [writer] -> res/NAME, then req/NAME is gone
 *
 * A disk that is asked to keep a file may take its time, and the core has a
 * desk to serve meanwhile. One thread does one answer after the other: written
 * under another name and synced, renamed, the folder synced, and only then the
 * question is removed. So no crash and no power cut leaves neither of the two.
 */
#ifndef SERVICE_DROP_WRITER_H
#define SERVICE_DROP_WRITER_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_drop_writer;		/* opaque */
struct ck_loop;

/* Longest name, with its NUL: room is left for the dot and ".new" beside. */
#define CK_DROP_NAME_LEN 101

/* On the core's thread: it is written, or not and then the question stays. */
typedef void (*ck_drop_written_fn)(void *ctx, bool good);

/*
 * Start the thread. req and res are descriptors of the folders, borrowed like
 * loop until ck_drop_writer_free(). Returns CK_OK, CK_ERR_SYSTEM, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_drop_writer_new(struct ck_drop_writer **out, struct ck_loop *loop, int req,
    int res);

/*
 * Write bytes as the answer to the question name; takes bytes, wiped behind.
 * fn(ctx) is called once, unless CK_ERR_NOMEM is returned or the writer freed
 * before.
 */
CK_MUST_CHECK enum ck_err
ck_drop_writer_put(struct ck_drop_writer *writer, const char *name,
    struct ck_buf *bytes, ck_drop_written_fn fn, void *ctx);

/* Finish what is queued, end the thread, free, set to NULL. NULL is allowed. */
void ck_drop_writer_free(struct ck_drop_writer **writer);

#endif /* SERVICE_DROP_WRITER_H */
