/*
 * folding.h - the log becomes the database behind the core's back
 *
 * In the flow:  store commits -> [folding] -> the database file
 *
 * SQLite folds its log into the database every so many pages, and whoever
 * commits then waits for all of it: tens of milliseconds in the middle of a
 * busy morning. Here a thread with a connection of its own does it earlier and
 * in smaller parts, while the core goes on; the core's own folding at 16 MiB
 * (io/db.c) stays as the bound and finds little left to do.
 *
 * A log that has been folded whole is written from its beginning again by the
 * next commit. Folding changes neither what is durable nor what anybody reads.
 */
#ifndef SERVICE_STORE_FOLDING_H
#define SERVICE_STORE_FOLDING_H

#include "ck/error.h"

struct ck_folding;	/* opaque: thread and connection */
struct ck_store;

/*
 * Begin. store is borrowed, until ck_folding_free().
 * Returns CK_OK; CK_ERR_SYSTEM without a thread, CK_ERR_NOMEM, or an error of
 * the database.
 */
CK_MUST_CHECK enum ck_err
ck_folding_new(struct ck_folding **out, struct ck_store *store);

/* End the thread, after the part that it is at; set to NULL. NULL is allowed. */
void ck_folding_free(struct ck_folding **folding);

#endif /* SERVICE_STORE_FOLDING_H */
