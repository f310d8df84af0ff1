/*
 * desk.h - the desks: which reader each has, and where its patient stands
 *
 * In the flow:  worker process, scan -> [desk] -> lookup; view -> events
 *
 * A desk is a small state machine over two inputs that come in any order, the
 * card and the scan, and one question, the lookup. Its whole state is one JSON
 * view (docs/desk-events.md). All of this runs on the core's thread.
 */
#ifndef SERVICE_DESK_DESK_H
#define SERVICE_DESK_DESK_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "ck/reader.h"
#include "io/json.h"
#include "stats/histogram.h"

struct ck_config;
struct ck_desks;
struct ck_events;
struct ck_loop;
struct ck_lookups;
struct ck_operators;
struct ck_recheck;
struct ck_store;

struct ck_desks_options {
	const struct ck_config *config;	/* all borrowed */
	struct ck_loop *loop;
	struct ck_lookups *lookups;
	struct ck_recheck *recheck;	/* NULL: none */
	struct ck_events *events;
	const struct ck_operators *operators;	/* NULL: none are known */
	struct ck_store *store;		/* NULL: sign-ons are not kept */
};

/*
 * Start the watcher process; a desk and a worker for each reader follow as it
 * reports them. There is always at least one desk, so that a code can be
 * scanned without any reader. Returns CK_OK, CK_ERR_SYSTEM (the worker
 * program cannot be started; the log says which), CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_desks_new(struct ck_desks **out, const struct ck_desks_options *options);

/* End the workers and forget everybody. */
void ck_desks_free(struct ck_desks **desks);

/* What all desks show has changed: publish every view. ctx: the desks. */
void ck_desks_refresh(void *ctx);

/* GET /v1/desks: array of all views. New reference; NULL: out of memory. */
json_t *ck_desks_json(const struct ck_desks *desks);

/* What came from a scanner or the keyboard. All borrowed. */
struct ck_scan {
	struct ck_span payload;		/* QR text or number, any bytes */
	const char *full_name;		/* typed beside a number; NULL: none */
	struct ck_date date_of_birth;	/* likewise; absent: none */
};

/*
 * A scan at a desk. Returns CK_OK; CK_ERR_NOT_FOUND (no such desk);
 * CK_ERR_PRINTED_UNKNOWN, CK_ERR_PRINTED_MALFORMED, CK_ERR_LIMIT (the desk
 * shows a message too, and stays where it was).
 */
CK_MUST_CHECK enum ck_err
ck_desks_scan(struct ck_desks *desks, const char *desk,
    const struct ck_scan *scan);

/* The clerk calls the next patient: the desk is empty. CK_ERR_NOT_FOUND. */
CK_MUST_CHECK enum ck_err
ck_desks_reset(struct ck_desks *desks, const char *desk);

/* Is there a desk of this name? */
bool ck_desks_has(const struct ck_desks *desks, const char *desk);

/*
 * From now on the desk asks in the name of this configured operator, whom the
 * caller has written to disk (store/desk_operator.h); empty: nobody has signed
 * on, it asks in the name of the first one. Until the next night, [sign_on]
 * expiry_hour. CK_ERR_NOT_FOUND: no such desk, or no such operator.
 */
CK_MUST_CHECK enum ck_err
ck_desks_sign_on(struct ck_desks *desks, const char *desk,
    const char *operator_name);

/* In whose name the desk asks; "": nobody has signed on, or there is no such
 * desk. Borrowed. */
const char *ck_desks_operator(const struct ck_desks *desks, const char *desk);

/*
 * The photo of this check-in, borrowed until the next callback.
 * CK_ERR_NOT_FOUND: no such desk, or no photo now.
 */
CK_MUST_CHECK enum ck_err
ck_desks_photo(const struct ck_desks *desks, const char *desk,
    struct ck_span *out, enum ck_image_format *format);

/* What befell a reader since the daemon started. */
struct ck_reader_counts {
	unsigned long long hangs;	/* a card never answered: reset */
	unsigned long long crashes;	/* its worker died of something else */
	unsigned long long losses;	/* unplugged, or not to be opened */
	unsigned long long waits;	/* another program held the card */
	enum ck_err last;		/* the last of these; CK_OK: none */
	int64_t last_ms;		/* when, wall clock in ms */
};

/* Call fn for each reader known: its name, whether it works now, and what
 * befell it. */
void ck_desks_each_reader(const struct ck_desks *desks,
    void (*fn)(void *ctx, const char *reader, bool connected,
    const struct ck_reader_counts *counts), void *ctx);

/* GET /v1/readers: array, one for each desk that has or had a reader, or that
 * waits for one. New reference; NULL: out of memory. */
json_t *ck_desks_readers_json(const struct ck_desks *desks);

/* Is pcscd there, or no desk needs it? For readyz. */
bool ck_desks_reader_stack_up(const struct ck_desks *desks);

/* How many results a read can have: CK_OK and every row of the error list. */
#define CK_READ_RESULTS_MAX 96

/* Card reads since start. */
struct ck_read_figures {
	struct {
		enum ck_err result;
		unsigned long long count;
	} results[CK_READ_RESULTS_MAX];
	unsigned result_count;
	unsigned long long passive[4];	/* by enum ck_passive */
	struct ck_histogram duration;	/* of reads that the worker ended */
};

/* Borrowed; valid as long as desks. */
const struct ck_read_figures *
ck_desks_read_figures(const struct ck_desks *desks);

#endif /* SERVICE_DESK_DESK_H */
