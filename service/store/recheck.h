/*
 * recheck.h - lookups to be asked again: the rows are the queue
 *
 * In the flow:  store closes a lookup -> [recheck] -> eligibility/recheck.h
 *
 * A lookup that closes as unavailable or on a stale answer leaves a row here in
 * the same transaction. A later answer of the insurer for the same person and
 * date takes the row out again, whoever asked.
 *
 * As store.h: on the core's thread, writes inside a transaction of turn.h.
 */
#ifndef SERVICE_STORE_RECHECK_H
#define SERVICE_STORE_RECHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "store/record.h"

struct ck_store;

/* Numbers are stored. */
#define CK_RECHECK_STATE_LIST(X) \
	X(CK_RECHECK_WAITING, 1, "waiting")	/* to be asked */ \
	X(CK_RECHECK_SAME, 2, "same")		/* asked: as admitted */ \
	X(CK_RECHECK_CHANGED, 3, "changed")	/* asked: another answer */ \
	X(CK_RECHECK_OVERTAKEN, 4, "overtaken")	/* by a later lookup */ \
	X(CK_RECHECK_EXPIRED, 5, "expired")	/* too old to matter */

enum ck_recheck_state {
#define X(symbol, number, label) symbol = (number),
	CK_RECHECK_STATE_LIST(X)
#undef X
};

/* "waiting", …; "?" for another number. Static. */
const char *ck_recheck_state_label(enum ck_recheck_state state);
bool ck_recheck_state_parse(const char *label, enum ck_recheck_state *out);

struct ck_recheck_row {
	int64_t number;			/* order of queueing */
	char lookup_id[CK_LOOKUP_ID_LEN];
	struct ck_date visit_date;
	int64_t queued_ms;		/* wall clock, as all here */
	enum ck_recheck_state state;
	int64_t due_ms;			/* not asked before */
	int64_t tries;
	int64_t decided_ms;		/* 0: not yet */
	char answer_id[CK_LOOKUP_ID_LEN];	/* empty: none yet */
	int64_t seen_ms;		/* 0: no clerk has seen it */
};

/*
 * The waiting row to ask next: the latest visit date first, and of one date
 * the one queued last, since that patient is most likely still in the house.
 * CK_ERR_NOT_FOUND: nothing is due; *later_ms is when the first will be, 0:
 * never.
 */
CK_MUST_CHECK enum ck_err
ck_store_next_recheck(struct ck_store *store, int64_t now_ms,
    struct ck_recheck_row *out, int64_t *later_ms);

/* Write state, due_ms, tries, decided_ms and answer_id of a row that still
 * waits; one that was overtaken meanwhile stays as it is. */
CK_MUST_CHECK enum ck_err
ck_store_put_recheck(struct ck_store *store,
    const struct ck_recheck_row *row);

/* A clerk has seen the changed answer about this lookup. CK_ERR_NOT_FOUND:
 * there is none. Seen twice is seen. */
CK_MUST_CHECK enum ck_err
ck_store_recheck_seen(struct ck_store *store, const char *lookup_id,
    int64_t now_ms);

/* Mark as expired what waits for a visit before date. */
CK_MUST_CHECK enum ck_err
ck_store_expire_rechecks(struct ck_store *store, struct ck_date date);

/* Erase closed rows of visits before date, at most limit; *erased tells how
 * many. Changed answers stay counted (table erased). */
CK_MUST_CHECK enum ck_err
ck_store_erase_rechecks(struct ck_store *store, struct ck_date date,
    int64_t limit, int64_t *erased);

/* How many wait. */
CK_MUST_CHECK enum ck_err
ck_store_count_rechecks(struct ck_store *store, int64_t *out);

/* row is borrowed for the time of the call; an error ends the walk. */
typedef enum ck_err (*ck_recheck_fn)(void *ctx,
    const struct ck_recheck_row *row);

/* At most limit rows in this state, the newest first. unseen: only those that
 * no clerk has seen. */
CK_MUST_CHECK enum ck_err
ck_store_rechecks_in(struct ck_store *store, enum ck_recheck_state state,
    bool unseen, int64_t limit, ck_recheck_fn fn, void *ctx);

#endif /* SERVICE_STORE_RECHECK_H */
