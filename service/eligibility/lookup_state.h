/*
 * lookup_state.h - the inside of a lookup, shared by the files that move it
 *
 * lookup.c opens, changes and closes it; lookup_step.c asks the next thing and
 * takes in answers; lookup_write.c brings every change to the disk before
 * anybody hears of it; ask.c holds the calls on their way.
 */
#ifndef SERVICE_ELIGIBILITY_LOOKUP_STATE_H
#define SERVICE_ELIGIBILITY_LOOKUP_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "daemon/config.h"
#include "eligibility/decide.h"
#include "eligibility/gateway.h"
#include "eligibility/lookup.h"
#include "store/record.h"

struct ck_ask;
struct ck_timer;

struct ck_lookups {
	struct ck_lookups_options options;
	struct ck_lookup *first;	/* all that are not closed */
	struct ck_ask *asks;		/* calls on their way */
	struct ck_lookup *spare;	/* wiped, for the next ones */
	unsigned spare_count;
	ck_lookup_closed_fn closed;	/* NULL: nobody listens */
	void *closed_ctx;
};

struct ck_lookup {
	struct ck_lookups *all;
	struct ck_lookup *next, *prev;
	struct ck_lookup_record record;
	const struct ck_operator *operator_asking;	/* borrowed */
	struct ck_operator operator_given;	/* behind it, if not configured */
	struct ck_gateway *gateway;	/* borrowed; never NULL */
	struct ck_buf raw;		/* first answer of a gateway given */
	long raw_status;
	enum ck_err raw_err;
	bool raw_kept;
	bool close_at_answer;
	ck_lookup_fn changed;		/* NULL: nobody listens */
	void *ctx;
	int64_t opened_mono_ms;

	/* A second request under the same Idempotency-Key hears of the first
	 * one's changes and writes nothing itself. NULL: not one of these. */
	struct ck_lookup *leader;

	/* Keys, as bits 1 << enum ck_key. */
	unsigned tried;			/* asked already */
	unsigned wanted;		/* shown later: to be asked in any case */
	enum ck_key asking;		/* under this key now */
	struct ck_ask *ask;		/* borrowed; NULL: none on its way */
	struct ck_lookup *next_waiting;	/* for the same call */

	/* The answer of a 003 or 004 while its new card is looked up. */
	struct ck_answer *held;		/* owned; NULL: none */

	struct ck_timer *budget;
	struct ck_timer *closing;
	bool write_queued;
	bool write_ran;			/* in the transaction under way */
	bool write_again;		/* changed after its write ran */
	bool tell;			/* call changed once it is on disk */
};

/* --- ask.c: gateway calls, shared by equal lookups ------------------------ */

/*
 * Ask under key and number, or wait for the same question on its way. The
 * result comes to ck_lookup_answered(). Returns CK_OK or why nothing was
 * started.
 */
CK_MUST_CHECK enum ck_err
ck_ask_start(struct ck_lookup *lookup, enum ck_key key, const char *number);

/* Stop waiting; the call goes on behind. */
void ck_ask_leave(struct ck_lookup *lookup);

/* Drop all calls. */
void ck_ask_free_all(struct ck_lookups *lookups);

/* --- lookup_step.c: what comes next --------------------------------------- */

/* The first step: a fresh cached answer, or the first call. */
void ck_lookup_begin(struct ck_lookup *lookup);

/* The call that the lookup waited for has ended. */
void ck_lookup_answered(struct ck_lookup *lookup,
    const struct ck_gateway_result *result);

/* Ask under keys that were added, if nothing is on its way. */
void ck_lookup_ask_wanted(struct ck_lookup *lookup);

/* No answer will be waited for: unavailable, for this reason of ours, if there
 * is none yet. */
void ck_lookup_give_up(struct ck_lookup *lookup, const char *reason);

/* A re-check or an appointment: nobody waits at a desk. */
bool ck_lookup_is_automatic(const struct ck_lookup *lookup);

/* The number of the person under key; "" when not known. */
const char *ck_lookup_number(const struct ck_lookup *lookup, enum ck_key key);

/* --- lookup_write.c: to the disk, then to the owner ----------------------- */

/* Write the record in this turn. tell: its owner hears of it afterwards. */
void ck_lookup_write(struct ck_lookup *lookup, bool tell);

/* Mark closed, write, tell, and free it after that. */
void ck_lookup_end(struct ck_lookup *lookup);

/* A lookup of zeros, to be linked in; NULL: out of memory. */
struct ck_lookup *ck_lookup_take(struct ck_lookups *lookups);

/* Free without writing. */
void ck_lookup_drop(struct ck_lookup *lookup);

#endif /* SERVICE_ELIGIBILITY_LOOKUP_STATE_H */
