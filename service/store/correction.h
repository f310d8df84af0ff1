/*
 * correction.h - patients to correct, and the cases about them
 *
 * In the flow:  store closes a lookup -> [correction] -> http, correction/sender
 *
 * A lookup that closes with the insurer as owner of its failure leaves a row
 * for its person and key, in the same transaction; a later lookup of that
 * person, confirmed under that key, ends it, and with it the case that was
 * sent about it. Every other answer in between is a re-test that still failed.
 *
 * As store.h: on the core's thread, writes inside a transaction of turn.h.
 */
#ifndef SERVICE_STORE_CORRECTION_H
#define SERVICE_STORE_CORRECTION_H

#include <stdbool.h>
#include <stdint.h>

#include "store/record.h"

struct ck_store;

/* Numbers are stored. */
#define CK_CASE_STATE_LIST(X) \
	X(CK_CASE_MADE, 1, "made") \
	X(CK_CASE_SENT, 2, "sent")	/* perhaps; or written to a file */ \
	X(CK_CASE_ACKNOWLEDGED, 3, "acknowledged") \
	X(CK_CASE_CORRECTED, 4, "corrected")	/* so the office says */ \
	X(CK_CASE_REFUSED, 5, "refused")	/* by the office */ \
	X(CK_CASE_CLOSED, 6, "closed")	/* a later lookup was confirmed */

enum ck_case_state {
	CK_CASE_NONE = 0,
#define X(symbol, number, label) symbol = (number),
	CK_CASE_STATE_LIST(X)
#undef X
};

/* "made", …; "?" for another number. Static. */
const char *ck_case_state_label(enum ck_case_state state);

#define CK_CASE_ERROR_LEN 32

/* A case, without its document. Instants are wall clock; 0: not yet. */
struct ck_case_row {
	int64_t number;			/* 0: there is none */
	char id[CK_LOOKUP_ID_LEN];
	enum ck_case_state state;
	int64_t made_ms, sent_ms, acknowledged_ms, decided_ms, closed_ms;
	bool told;			/* nothing more to send */
	int64_t due_ms, tries;
	char error[CK_CASE_ERROR_LEN];	/* label; "": the last try was good */
	int64_t retests;
	uint8_t sha256[32];		/* of its document */
};

struct ck_correction_row {
	int64_t number;
	enum ck_key key;		/* that failed */
	char lookup_id[CK_LOOKUP_ID_LEN];	/* the last that did */
	int64_t since_ms, last_ms, times;
	int64_t done_ms;		/* 0: it still fails */
	char answer_id[CK_LOOKUP_ID_LEN];	/* "": none was confirmed */
	struct ck_case_row last_case;
};

/* row is borrowed for the time of the call; an error ends the walk. */
typedef enum ck_err (*ck_correction_fn)(void *ctx,
    const struct ck_correction_row *row);

/* At most limit rows: what still fails, the oldest first; or what is done, the
 * newest first. */
CK_MUST_CHECK enum ck_err
ck_store_corrections(struct ck_store *store, bool done, int64_t limit,
    ck_correction_fn fn, void *ctx);

/* CK_ERR_NOT_FOUND: there is none. */
CK_MUST_CHECK enum ck_err
ck_store_get_correction(struct ck_store *store, int64_t number,
    struct ck_correction_row *out);

/* How many patients are to be corrected. */
CK_MUST_CHECK enum ck_err
ck_store_count_corrections(struct ck_store *store, int64_t *out);

/* A new case. All borrowed. */
struct ck_new_case {
	int64_t correction;
	char id[CK_LOOKUP_ID_LEN];
	int64_t made_ms;
	const char *consent_operator;
	struct ck_span document;
	uint8_t sha256[32];
};

/* Keep it. Returns CK_OK; CK_ERR_REQUEST: a case about this patient is open, or
 * there is nothing to correct any more; or an error of the store. */
CK_MUST_CHECK enum ck_err
ck_store_put_case(struct ck_store *store, const struct ck_new_case *given);

/* Append its document to out. CK_ERR_NOT_FOUND: no such case. */
CK_MUST_CHECK enum ck_err
ck_store_case_document(struct ck_store *store, int64_t number,
    struct ck_buf *out);

/* The clerk to whom its patient consented. As above. */
CK_MUST_CHECK enum ck_err
ck_store_case_operator(struct ck_store *store, int64_t number,
    char out[CK_NAME_LEN]);

/* Something is due at now_ms: the case that has waited longest.
 * CK_ERR_NOT_FOUND: nothing is; *later_ms is when the first will be, 0: never. */
CK_MUST_CHECK enum ck_err
ck_store_next_case(struct ck_store *store, int64_t now_ms,
    struct ck_case_row *out, int64_t *later_ms);

/* Write sent_ms, told, due_ms, tries and error. A case that has not been
 * acknowledged is sent from now on, if sent_ms is set. */
CK_MUST_CHECK enum ck_err
ck_store_put_case_try(struct ck_store *store, const struct ck_case_row *row);

/*
 * The office's word about the case of this id, whose document it names by its
 * hash. Only forward: what was closed stays closed.
 *
 * state    CK_CASE_ACKNOWLEDGED, CORRECTED, REFUSED or CLOSED
 * answer   as it was signed
 *
 * Returns  CK_OK; CK_ERR_NOT_FOUND: no case of this id and hash
 */
CK_MUST_CHECK enum ck_err
ck_store_put_case_answer(struct ck_store *store, const char *id,
    const uint8_t sha256[32], enum ck_case_state state, int64_t now_ms,
    struct ck_span answer);

/* Every case that the office has not acknowledged, or whose end it does not
 * know, by number; row is borrowed. */
typedef enum ck_err (*ck_case_fn)(void *ctx, const struct ck_case_row *row);
CK_MUST_CHECK enum ck_err
ck_store_cases_untold(struct ck_store *store, int64_t limit, ck_case_fn fn,
    void *ctx);

/* Erase what was done before before_ms, and what was not seen to fail since;
 * at most limit patients, with their cases. *erased tells how many. */
CK_MUST_CHECK enum ck_err
ck_store_erase_corrections(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased);

#endif /* SERVICE_STORE_CORRECTION_H */
