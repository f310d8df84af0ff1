/*
 * collect.h - asking the daemons of a province for what changed
 *
 * In the flow:  lease.h -> [collect] -> io/client -> ledger
 *
 * On one loop: so many daemons are asked at once, each within its own limits
 * of time and size; what has arrived when a turn ends goes into the ledger in
 * one transaction. A daemon that is slow, dead or wrong costs its own place
 * and nobody else's. If the ledger's server goes away, what has arrived waits
 * for it and nothing new is asked.
 */
#ifndef SERVICE_COLLECT_COLLECT_H
#define SERVICE_COLLECT_COLLECT_H

#include <stdbool.h>
#include <stdint.h>

#include "collect/schedule.h"
#include "ck/error.h"
#include "io/client.h"
#include "ledger/ledger.h"

struct ck_collector;	/* opaque */
struct ck_loop;

/* Daemons asked at once at most: a document each is kept in memory. */
#define CK_COLLECT_PARALLEL_MAX 256

struct ck_collect_options {
	const char *name;		/* of this collector; unlike all others
					 * on the same ledger */
	struct ck_schedule schedule;
	unsigned parallel;
	int64_t lease_ms;
	const char *tokens_directory;	/* files CLINIC.STATION; "": none */
	struct ck_client_options client;	/* answer_max is ours */
	bool once;			/* every daemon once, then stop */
};

/* What was done so far. */
struct ck_collect_counts {
	uint64_t asked;		/* daemons */
	uint64_t good, failed;
	uint64_t documents;	/* that arrived */
	uint64_t changed;	/* figures */
};

/*
 * Begin. ledger and loop are borrowed; options are copied. With once the loop
 * is stopped when all were asked. The hook for the end of a turn is used.
 *
 * Returns CK_OK, CK_ERR_LIMIT (parallel), CK_ERR_SYSTEM, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_collector_new(struct ck_collector **out, struct ck_ledger *ledger,
    struct ck_loop *loop, const struct ck_collect_options *options);

/* End; leases that are held are given back. Sets *collector to NULL. */
void ck_collector_free(struct ck_collector **collector);

struct ck_collect_counts
ck_collector_counts(const struct ck_collector *collector);

#endif /* SERVICE_COLLECT_COLLECT_H */
