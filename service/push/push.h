/*
 * push.h - figures on their way to the province's collector
 *
 * In the flow:  stats/feed_sign.h -> [push] -> io/client.h -> the collector
 *
 * For a clinic behind a firewall: once in an interval the feed document is
 * posted from where the collector stands (docs/feed.md). Nothing is queued: the
 * figures themselves are what waits, and the collector says how far it has
 * them. One request is on its way at a time. A collector that fails is left
 * alone for a growing while, and one that talks nonsense does no harm: nothing
 * of what it says is kept but one number. Practice figures are never pushed.
 */
#ifndef SERVICE_PUSH_PUSH_H
#define SERVICE_PUSH_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/clock.h"
#include "ck/error.h"
#include "push/answer.h"

struct ck_config;
struct ck_loop;
struct ck_push;
struct ck_store;

/* All borrowed until ck_push_free(). */
struct ck_push_options {
	const struct ck_config *config;
	struct ck_loop *loop;
	const struct ck_store *store;
};

/*
 * Begin, when a collector is configured and this is no practice; otherwise
 * *out is NULL and all is well.
 * Returns CK_OK, CK_ERR_STORE_KEY, CK_ERR_SYSTEM, CK_ERR_NOMEM or an error of
 * the database.
 */
CK_MUST_CHECK enum ck_err
ck_push_new(struct ck_push **out, const struct ck_push_options *options);

/* What is on its way is dropped: the collector will say whether it arrived.
 * NULL is allowed. */
void ck_push_free(struct ck_push **push);

/* How it stands. Instants are 0 or empty where there is none. */
struct ck_push_view {
	bool configured;
	int64_t revision;	/* newest of ours, of the present epoch */
	int64_t pushed;		/* held by the collector; -1: not known yet */
	int64_t last_success_ms;	/* wall clock */
	/* complete_until of the last document that left nothing behind */
	char until[CK_INSTANT_LEN];
	enum ck_push_error error;	/* of the last try */
	int64_t failing_since_ms;	/* wall clock; 0: not failing */
	int64_t next_ms;		/* wall clock: when it is tried next */
};

/* push may be NULL: not configured. */
void ck_push_look(const struct ck_push *push, struct ck_push_view *out);

#endif /* SERVICE_PUSH_PUSH_H */
