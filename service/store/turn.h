/*
 * turn.h - group commit: all that one turn wants written, in one transaction
 *
 * A module that wants something on disk adds a write and a done function.
 * When the turn ends, every write runs inside one transaction; after the
 * commit every done function hears CK_OK and may show its answer. If the
 * transaction fails, each write is tried again alone, so one bad record cannot
 * spoil its neighbours; what still fails hears why, and shows no answer.
 */
#ifndef SERVICE_STORE_TURN_H
#define SERVICE_STORE_TURN_H

#include <stdbool.h>

#include "ck/error.h"

struct ck_store;
struct ck_turn;

/* Runs inside the transaction. May run twice: of its ctx it may change only
 * what then says that it ran. */
typedef enum ck_err (*ck_turn_write_fn)(struct ck_store *store, void *ctx);

/* Runs after the commit, or after the failure. May add writes: they belong to
 * a further transaction in the same flush. */
typedef void (*ck_turn_done_fn)(void *ctx, enum ck_err err);

/* store is borrowed. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_turn_new(struct ck_turn **out, struct ck_store *store);
void ck_turn_free(struct ck_turn **turn);

/* Queue one write for the end of this turn. done may be NULL. On CK_ERR_NOMEM
 * nothing is queued and done is not called. */
CK_MUST_CHECK enum ck_err
ck_turn_add(struct ck_turn *turn, ck_turn_write_fn write, ck_turn_done_fn done,
    void *ctx);

/*
 * Fewer are queued than shared the commit before: whoever was answered then is
 * about to ask again. For ck_loop_on_gather(): one who asks alone never waits,
 * not even behind the two writes of a call's end and its lookup's, and a day's
 * busiest seconds pay for few commits.
 */
bool ck_turn_wants_more(void *turn);

/* Write and commit all that is queued; give it to ck_loop_on_turn_end(). */
void ck_turn_flush(void *turn);

#endif /* SERVICE_STORE_TURN_H */
