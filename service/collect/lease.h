/*
 * lease.h - which collector asks which daemon, and until when
 *
 * In the flow:  collect -> [lease] -> table pull
 *
 * Several collectors on one PostgreSQL share the work: whoever claims a daemon
 * holds it until it is given back, or until the lease is over because its
 * collector died. Claims pass over rows that another claims in the same
 * moment (FOR UPDATE SKIP LOCKED), so that nobody waits. Their clocks agree
 * within the length of a lease.
 */
#ifndef SERVICE_COLLECT_LEASE_H
#define SERVICE_COLLECT_LEASE_H

#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/sql.h"
#include "ledger/registry.h"

/* A daemon that we may ask now. */
struct ck_lease {
	int64_t facility;
	char station[CK_STATION_LEN];
	int64_t failures;	/* in a row, before this time */
};

/* What to claim. */
struct ck_claim {
	const char *holder;	/* us; not empty */
	int64_t now_ms;
	int64_t until_ms;	/* of the lease */
	/* 0: what is due. Else whatever was not asked since then. */
	int64_t once_since_ms;
};

/*
 * Claim up to room daemons, those that wait longest first. In a transaction or
 * alone. *count receives how many. Returns CK_OK or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_lease_claim(struct ck_sql *sql, const struct ck_claim *claim,
    struct ck_lease *out, size_t room, size_t *count);

/* How it went with a daemon. */
struct ck_lease_end {
	const struct ck_lease *lease;
	const char *holder;
	int64_t now_ms;
	int64_t due_ms;		/* when it is to be asked next */
	const char *reason;	/* of a failure; "" it went well */
};

/* Give a daemon back. Does nothing when another collector holds it. Inside a
 * transaction. Returns CK_OK or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_lease_end(struct ck_sql *sql, const struct ck_lease_end *end);

/* Hold it for longer. Inside a transaction. Returns as ck_lease_end(). */
CK_MUST_CHECK enum ck_err
ck_lease_renew(struct ck_sql *sql, const struct ck_lease *lease,
    const char *holder, int64_t until_ms);

/* Give back all that holder still holds, due as before. Returns CK_OK or an
 * error of the database. */
CK_MUST_CHECK enum ck_err
ck_lease_drop(struct ck_sql *sql, const char *holder);

#endif /* SERVICE_COLLECT_LEASE_H */
