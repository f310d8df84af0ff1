/*
 * recheck.h - asking again, when the line is back, what it kept from us
 *
 * In the flow:  store/recheck.h -> [recheck] -> lookup; view -> desk
 *
 * One question at a time, with a pause between, behind whatever the desks ask:
 * an outage must not end in a rush on the gateway. The rows are the queue, so
 * a crash loses nothing; a question that was under way is asked once more. A
 * re-check is a lookup of its own, of kind recheck; the closed one stays as it
 * was. All of this runs on the core's thread.
 */
#ifndef SERVICE_ELIGIBILITY_RECHECK_H
#define SERVICE_ELIGIBILITY_RECHECK_H

#include <stdbool.h>

#include "ck/error.h"
#include "io/json.h"
#include "store/record.h"

struct ck_config;
struct ck_gateway;
struct ck_lookups;
struct ck_loop;
struct ck_recheck;
struct ck_store;
struct ck_turn;

/* All borrowed until ck_recheck_free(). */
struct ck_recheck_options {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_store *store;
	struct ck_gateway *gateway;
	struct ck_lookups *lookups;
};

/*
 * Begin with what waits. Without an [automatic] operator nothing is asked: the
 * queue grows, and the log says so. Returns CK_OK, CK_ERR_NOMEM or an error of
 * the store.
 */
CK_MUST_CHECK enum ck_err
ck_recheck_new(struct ck_recheck **out,
    const struct ck_recheck_options *options);

/* What is under way is asked again after the next start. */
void ck_recheck_free(struct ck_recheck **recheck);

/* Call fn(ctx) whenever what ck_recheck_view() gives has changed. */
void ck_recheck_on_change(struct ck_recheck *recheck, void (*fn)(void *ctx),
    void *ctx);

/*
 * What every desk shows: {"waiting": 3, "asks": true, "changed": [{"lookup",
 * "answer", "full_name", "visit_date", "desk", "before", "after",
 * "decided_at"}]}, of the changed answers those that no clerk has seen, the
 * newest first, at most CK_RECHECK_SHOWN_MAX. New reference; NULL: out of
 * memory.
 */
#define CK_RECHECK_SHOWN_MAX 20
json_t *ck_recheck_view(const struct ck_recheck *recheck);

/* A clerk has marked an answer as seen, on disk: show the rest. */
void ck_recheck_seen(struct ck_recheck *recheck);

/*
 * Does what the insurer says now differ from what the patient was admitted on?
 * Another outcome does; so does, where both say covered, another card or
 * facility of registration. Pure.
 */
bool ck_recheck_differs(const struct ck_lookup_record *before,
    const struct ck_lookup_record *after);

#endif /* SERVICE_ELIGIBILITY_RECHECK_H */
