/*
 * correction.h - correction cases as they came, and how they stand
 *
 * In the flow:  push, file -> correction/document.h -> [correction] -> cases
 *
 * A case is kept byte for byte: encrypted, so that the ledger cannot tell whom
 * it is about. The same document given twice is one. What is wrong with one is
 * recorded with its hash and the reason, and nothing else of it.
 */
#ifndef SERVICE_LEDGER_CORRECTION_H
#define SERVICE_LEDGER_CORRECTION_H

#include "correction/document.h"
#include "ledger/ledger.h"

struct ck_correction_taken {
	enum ck_correction_reason reason;	/* CK_CORRECTION_GOOD: taken */
	char detail[CK_DETAIL_LEN];		/* nothing personal */
	bool repeated;				/* it had come before */
	struct ck_office_answer answer;		/* if it was taken */
};

/*
 * Take a case or the event that ends it.
 *
 * arrival    as for ck_ledger_accept()
 * recipient  fingerprint of the office's certificate; NULL: any is good
 *
 * Returns    CK_OK, whatever the reason; or an error of the database, after
 *            which nothing has changed: give it again
 */
CK_MUST_CHECK enum ck_err
ck_ledger_take_correction(struct ck_ledger *ledger,
    const struct ck_arrival *arrival, const uint8_t *recipient,
    struct ck_correction_taken *out);

struct ck_correction_held {
	int64_t number;
	int64_t facility;
	enum ck_way way;
	int64_t made_ms;
	int64_t retests;		/* once it is closed */
	struct ck_office_answer answer;	/* id, code, station, state … */
};

typedef enum ck_err (*ck_corrections_fn)(void *ctx,
    const struct ck_correction_held *held);

/* Every case, the newest last; open: those alone that wait for the office or
 * for the clinic's next lookup. Returns as ck_figures_read(). */
CK_MUST_CHECK enum ck_err
ck_corrections_read(struct ck_ledger *ledger, bool open,
    ck_corrections_fn fn, void *ctx);

/* One case, and its document appended to body (NULL: not wanted). Returns
 * CK_OK, CK_ERR_NOT_FOUND, or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_correction_find(struct ck_ledger *ledger, const char *id,
    struct ck_correction_held *out, struct ck_buf *body);

/* The office has corrected the record, or will not. Returns CK_OK;
 * CK_ERR_NOT_FOUND; CK_ERR_REQUEST: the clinic has closed it already; or an
 * error of the database. */
CK_MUST_CHECK enum ck_err
ck_correction_decide(struct ck_ledger *ledger, const char *id,
    enum ck_office_state state);

/* What was not taken, newest first. */
struct ck_correction_refusal {
	uint8_t sha256[32];
	char reason[24];
	char detail[CK_DETAIL_LEN];
	char code[CK_CODE_LEN];
	char station[CK_STATION_LEN];
	enum ck_way way;
	int64_t received_ms, last_ms, times;
};

typedef enum ck_err (*ck_refusals_fn)(void *ctx,
    const struct ck_correction_refusal *refusal);

CK_MUST_CHECK enum ck_err
ck_correction_refusals(struct ck_ledger *ledger, ck_refusals_fn fn,
    void *ctx);

#endif /* SERVICE_LEDGER_CORRECTION_H */
