/*
 * machine.h - one desk: the state machine between card, scan and lookup
 *
 * In the flow:  worker messages, scans -> [machine] -> lookup; view -> events
 *
 * Three things happen side by side: the card is read (struct ck_card_state),
 * the person becomes known (struct ck_patient), the insurer is asked
 * (lookup). Each event changes one of them, then the view is published. Core's
 * thread only.
 */
#ifndef SERVICE_DESK_MACHINE_H
#define SERVICE_DESK_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/hint.h"
#include "ck/worker.h"
#include "desk/desk.h"
#include "desk/patient.h"
#include "eligibility/lookup.h"
#include "store/record.h"

struct ck_desk_config;
struct ck_scanner;
struct ck_timer;
struct ck_worker;

/* Cards that hung the reader one after another, until the reader itself is
 * what has to be looked at. */
#define CK_HANGS_IN_ROW_MAX 3

/* What the reader and the card on it are doing. */
struct ck_card_state {
	char reader[CK_READER_NAME_LEN];	/* empty: no reader bound */
	struct ck_worker *worker;		/* owned; NULL: none */
	enum ck_err reader_err;			/* CK_OK: ready */
	bool restarting;			/* its worker is yet to speak */
	bool waiting;				/* for another program */
	bool retry;				/* read as soon as it can be */
	bool present;				/* a card lies there */
	bool left;				/* it is of the patient before,
						 * and was never lifted */
	bool hung;				/* this card hung the reader */
	unsigned hangs_in_row;			/* of different cards */
	enum ck_card_kind kind;			/* by its answer to reset */
	struct ck_timer *nothing;		/* a card is awaited */
	struct ck_reader_counts counts;
	bool reading;
	uint32_t serial;			/* of the read under way */
	enum ck_step step;
	bool stepped;				/* step is meaningful */
	enum ck_err read_err;			/* of the last read */
	enum ck_hint hint;			/* what to do about it */
	enum ck_err passive_reason;
	unsigned tries_left;			/* 0: the chip says nothing */
	int64_t elapsed_ms;
	struct ck_buf photo;			/* pieces, then the whole */
	enum ck_image_format photo_format;	/* set when whole */
	unsigned photo_number;			/* a new photo, a new address */
};

struct ck_desk {
	char name[CK_DESK_LEN];
	char reader_wanted[CK_READER_NAME_LEN];	/* configured; empty: any */
	char reader_before[CK_READER_NAME_LEN];	/* the last one it had */
	bool stack_down;			/* pcscd is not there */
	const struct ck_desks_options *options;	/* borrowed */
	struct ck_read_figures *figures;	/* borrowed, shared by all */
	unsigned sequence;
	struct ck_card_state card;
	struct ck_scanner *scanner;		/* owned; NULL: none */
	const char *scanner_device;		/* borrowed; NULL: none */
	char operator_name[CK_NAME_LEN];	/* signed on; empty: nobody;
						 * see ck_desk_operator() */
	int64_t operator_since_ms;		/* wall clock */
	struct ck_patient patient;
	struct ck_lookup *lookup;		/* borrowed; NULL: none open */
	bool close_at_answer;			/* the chip is done */
	bool has_record;
	struct ck_lookup_record *record;	/* owned; the last answer shown */
	const char *message;			/* id for the clerk, or NULL */
};

/* Both allocations of an empty desk. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_desk_init(struct ck_desk *desk, const char *name,
    const struct ck_desks_options *options, struct ck_read_figures *figures);

/* End its worker and lookup, wipe all that is personal. */
void ck_desk_wipe(struct ck_desk *desk);

/* Give the desk this reader and start its worker; NULL takes it away. */
void ck_desk_bind(struct ck_desk *desk, const char *reader);

/* Begin to listen to the desk's own scanner, if configured. CK_OK/NOMEM. */
CK_MUST_CHECK enum ck_err
ck_desk_scanner_start(struct ck_desk *desk,
    const struct ck_desk_config *config);

/* The view's member: device and state, or null. New reference. */
json_t *ck_desk_scanner_view(const struct ck_desk *desk);

/* A scan. As ck_desks_scan(). */
CK_MUST_CHECK enum ck_err
ck_desk_scan(struct ck_desk *desk, const struct ck_scan *scan);

/* Next patient: close the lookup, forget the person. */
void ck_desk_reset(struct ck_desk *desk);

/*
 * Does the desk still show the answer of another day's visit? Whoever comes
 * now begins a new check-in, even the same person: the insurer is asked at
 * every visit. Not at midnight, while that check-in goes on.
 */
bool ck_desk_outlived(const struct ck_desk *desk);

/*
 * What the clerk is told that the insurer still needs; NULL: nothing, or the
 * chip will tell it. Static string, a message of docs/desk-events.md.
 */
const char *ck_desk_missing(const struct ck_desk *desk);

/*
 * Who sits here (sign_on.c): the name under which the desk asks; "" when nobody
 * has signed on since the last night's expiry. Borrowed.
 */
const char *ck_desk_operator(const struct ck_desk *desk);

/* She is on disk: ask in her name from now on. Empty: in the first one's. */
void ck_desk_sign_on(struct ck_desk *desk, const char *name);

/* Who sat here before the daemon started. */
void ck_desk_sign_on_restore(struct ck_desk *desk);

/* True once when the night has signed her off. */
bool ck_desk_sign_on_ended(struct ck_desk *desk);

/* The instant from which a sign-on still counts: the last local expiry_hour
 * before now_ms. Pure. */
int64_t ck_sign_on_begin(int64_t now_ms, int64_t expiry_hour);

/* Publish the view as it is now. */
void ck_desk_publish(struct ck_desk *desk);

/* Say why a scan could not be taken, and publish. */
void ck_desk_refuse_scan(struct ck_desk *desk, enum ck_err err);

/* The view, desk-events.md. New reference; NULL: out of memory. */
json_t *ck_desk_view(const struct ck_desk *desk);

/* The card side of the machine (card.c): its worker's callbacks. */
void ck_desk_card_bind(struct ck_desk *desk, const char *reader);
void ck_desk_card_forget(struct ck_desk *desk);

/* The patient goes. A card of hers that lies there still is no wish to be
 * asked about her again: it is not read before it was lifted. */
void ck_desk_card_leave(struct ck_desk *desk);

/* Something befell the reader: count it. */
void ck_desk_card_count(struct ck_desk *desk, enum ck_err what);

/* False for a desk whose reader libnfc serves. */
bool ck_desk_needs_pcscd(const struct ck_desk *desk);

/* Word for the reader's state, docs/desk-events.md. Static string. */
const char *ck_desk_reader_state(const struct ck_desk *desk);

/* What to do about the reader, and about the card on it. */
enum ck_hint ck_desk_reader_hint(const struct ck_desk *desk);
enum ck_hint ck_desk_card_hint(const struct ck_desk *desk);

/* One member of GET /v1/readers. New reference; NULL: out of memory. */
json_t *ck_desk_reader_view(const struct ck_desk *desk);

/* Read the card if one lies there and its secret is known; else wait for it. */
void ck_desk_try_read(struct ck_desk *desk);

/* The asking side of the machine (ask.c). */

/* Ask the insurer if enough is known and nobody asks yet. */
void ck_desk_try_ask(struct ck_desk *desk);

/* Close the open lookup, keep showing its record. */
void ck_desk_end_lookup(struct ck_desk *desk);

/* Another number of the same person. */
void ck_desk_ask_further(struct ck_desk *desk);

/* The chip said who it is: let the lookup go on, or start one for the chip. */
void ck_desk_chip_known(struct ck_desk *desk);

/* The chip is done: raise the assurance, close at the answer. */
void ck_desk_chip_done(struct ck_desk *desk);

#endif /* SERVICE_DESK_MACHINE_H */
