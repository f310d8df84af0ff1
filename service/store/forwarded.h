/*
 * forwarded.h - calls of hospital software that were passed through
 *
 * In the flow:  proxy/forward -> [forwarded] -> receipt, check_in
 *
 * A row is written when the call is sent and again at its end, with its
 * receipt. A check-in that the gateway accepted is tied to ours of the same
 * visit: a notice of ours that has not been accepted becomes
 * CK_NOTICE_SENT_BY_SOFTWARE and is sent no more (tie.c).
 *
 * As store.h: on the core's thread, writes inside a transaction of turn.h.
 */
#ifndef SERVICE_STORE_FORWARDED_H
#define SERVICE_STORE_FORWARDED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "checkin/notice.h"
#include "ck/buf.h"
#include "ck/error.h"
#include "eligibility/remote.h"
#include "receipt/chain.h"
#include "receipt/tree.h"
#include "store/record.h"

struct ck_store;

/* X(symbol, number, label). Numbers are stored. */
#define CK_FORWARDED_STATE_LIST(X) \
	X(CK_FORWARDED_UNDER_WAY, 1, "under_way") \
	X(CK_FORWARDED_ANSWERED, 2, "answered")	/* history, co-payment */ \
	X(CK_FORWARDED_ACCEPTED, 3, "accepted")	/* a check-in, as below */ \
	X(CK_FORWARDED_REJECTED, 4, "rejected") \
	X(CK_FORWARDED_UNKNOWN, 5, "unknown")	/* it may have arrived */ \
	X(CK_FORWARDED_FAILED, 6, "failed")	/* no answer; not arrived */

enum ck_forwarded_state {
#define X(symbol, number, label) symbol = (number),
	CK_FORWARDED_STATE_LIST(X)
#undef X
};

/* "under_way", …; "?" for another number. Static. */
const char *ck_forwarded_label(enum ck_forwarded_state state);

/* Visits of one file. The server takes 64 KiB: no more than these fit. */
#define CK_FORWARDED_VISITS_MAX 32

/* Start zeroed; finish with ck_forwarded_wipe(). */
struct ck_forwarded {
	char id[CK_LOOKUP_ID_LEN];
	enum ck_remote function;
	enum ck_forwarded_state state;
	int64_t started_ms;		/* wall clock */
	int64_t ended_ms;		/* 0: under way */

	/* Sealed from here on. */
	char account[64];		/* that the software logged in with */
	char host[CK_HOST_LEN];		/* whom it went to */
	unsigned http_status;		/* 0: none came */
	char failure[CK_FAILURE_LEN];	/* as the line said it */
	char code[CK_REASON_LEN];	/* maKetQua, or our label */
	char transaction[64];		/* maGiaoDich */
	char received[16];		/* thoiGianTiepNhan */
	char words[2048];		/* thongDiep */
	uint8_t salt[CK_SALT_LEN];	/* of the two commitments */
	struct ck_tree_hash question;	/* to the body that was sent */
	struct ck_tree_hash answer;	/* to the answer's bytes; zeros: none */
	struct ck_buf raw;		/* those bytes, of a check-in only */
	struct ck_notice *visits;	/* that a check-in names; owned */
	size_t visit_count;
};

void ck_forwarded_wipe(struct ck_forwarded *forwarded);

/* A commitment: SHA-256 over a text of ours, salt and bytes. Returns CK_OK or
 * CK_ERR_CRYPTO. Pure. */
CK_MUST_CHECK enum ck_err
ck_forwarded_commit(const uint8_t salt[CK_SALT_LEN], struct ck_span bytes,
    struct ck_tree_hash *out);

/* It is being sent. While it is, our own notices of its visits wait. */
CK_MUST_CHECK enum ck_err
ck_store_begin_forwarded(struct ck_store *store,
    const struct ck_forwarded *forwarded);

/* How it ended, with its receipt; an accepted one is tied. Also right where
 * its beginning could not be written. */
CK_MUST_CHECK enum ck_err
ck_store_end_forwarded(struct ck_store *store,
    const struct ck_forwarded *forwarded);

/* out is zeroed first. CK_ERR_NOT_FOUND: none, or erased. */
CK_MUST_CHECK enum ck_err
ck_store_get_forwarded(struct ck_store *store, const char *id,
    struct ck_forwarded *out);

/*
 * Erase what is personal of calls that ended before before_ms, and the
 * statements of their receipts; at most limit calls. *erased tells how many.
 */
CK_MUST_CHECK enum ck_err
ck_store_prune_forwarded(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased);

#endif /* SERVICE_STORE_FORWARDED_H */
