/*
 * check_in.h - check-ins and their notices: the rows are the outbox
 *
 * In the flow:  http, checkin/outbox -> [check_in] -> receipt
 *
 * As store.h: on the core's thread, writes inside a transaction of turn.h.
 * Each write adds its receipt in the same transaction.
 */
#ifndef SERVICE_STORE_CHECK_IN_H
#define SERVICE_STORE_CHECK_IN_H

#include <stdbool.h>
#include <stdint.h>

#include "checkin/notice.h"
#include "store/record.h"

struct ck_store;

/* X(symbol, number, label): why somebody is admitted without a card that the
 * insurer knows. Numbers are stored. */
#define CK_WITHOUT_LIST(X) \
	X(CK_WITHOUT_NOTHING, 0, "none")	/* there is a lookup */ \
	X(CK_WITHOUT_NEWBORN, 1, "newborn") \
	X(CK_WITHOUT_CHILD, 2, "child_number")	/* its own number, no card */ \
	X(CK_WITHOUT_EMERGENCY, 3, "emergency") \
	X(CK_WITHOUT_UNCONSCIOUS, 4, "unconscious") \
	X(CK_WITHOUT_CARD, 5, "no_card")

enum ck_without_card {
#define X(symbol, number, label) symbol = (number),
	CK_WITHOUT_LIST(X)
#undef X
};

/* "none", "newborn", …; "?" for another number. Static. */
const char *ck_without_label(enum ck_without_card without);
bool ck_without_parse(const char *label, enum ck_without_card *out);

/* What the clerk knows beside the person. Bits are stored. */
enum ck_admission_flag {
	CK_ADMITTED_EMERGENCY = 1,
	CK_ADMITTED_REFERRED = 2,	/* a referral slip */
	CK_ADMITTED_APPOINTED = 4,	/* a follow-up slip */
	CK_ADMITTED_SAMPLE_ONLY = 8,	/* no notice is sent */
	CK_ADMITTED_SELF_PAID = 16,
	CK_ADMITTED_UNINSURED = 32,	/* the insurer did not say yes */
	CK_ADMITTED_ANOTHER = 64	/* not the first visit of that day */
};

/* Somebody admitted. Start zeroed; finish with ck_check_in_wipe(). */
struct ck_check_in {
	int64_t number;			/* row; 0: not written */
	char id[CK_LOOKUP_ID_LEN];
	char lookup_id[CK_LOOKUP_ID_LEN];	/* empty: none */
	int64_t admitted_ms;		/* wall clock */
	enum ck_without_card without;
	unsigned flags;			/* of enum ck_admission_flag */
	char operator_name[CK_NAME_LEN];
	char desk[CK_DESK_LEN];
	char idempotency_key[65];	/* empty: none; stored as a hash */
	struct ck_notice draft;		/* what is known of a notice already */
};

void ck_check_in_wipe(struct ck_check_in *check_in);

/* Numbers are stored. */
#define CK_NOTICE_STATE_LIST(X) \
	X(CK_NOTICE_PENDING, 1, "pending")	/* to be sent, or again */ \
	X(CK_NOTICE_ACCEPTED, 2, "accepted") \
	X(CK_NOTICE_REJECTED, 3, "rejected")	/* to be mended */ \
	X(CK_NOTICE_GIVEN_UP, 4, "given_up")	/* too many tries */ \
	X(CK_NOTICE_SENT_BY_SOFTWARE, 5, "sent_by_hospital_software")

enum ck_notice_state {
#define X(symbol, number, label) symbol = (number),
	CK_NOTICE_STATE_LIST(X)
#undef X
};

const char *ck_notice_state_label(enum ck_notice_state state);
bool ck_notice_state_parse(const char *label, enum ck_notice_state *out);

/* One notice and what became of it. Start zeroed; finish with
 * ck_notice_row_wipe(). */
struct ck_notice_row {
	int64_t number;			/* the order of sending; 0: new */
	int64_t check_in;		/* its row */
	char check_in_id[CK_LOOKUP_ID_LEN];	/* filled when read */
	enum ck_notice_state state;
	int64_t made_ms;		/* wall clock, as all here */
	int64_t decided_ms;		/* 0: not yet */
	int64_t due_ms;			/* not sent before */
	int64_t tries;			/* that may have arrived */
	char error[CK_REASON_LEN];	/* label of the last failure */
	struct ck_notice notice;
	char code[8];			/* maKetQua */
	char transaction[64];		/* maGiaoDich */
	char received[16];		/* thoiGianTiepNhan */
	char words[2048];		/* thongDiep */
	char answer_id[CK_LOOKUP_ID_LEN];	/* the lookup whose answer
				 * filled it; empty: none */
	int64_t corrects;		/* number of an accepted one that this
				 * one takes the place of; 0: none */
};

void ck_notice_row_wipe(struct ck_notice_row *row);

/* Insert; where hospital software has told the insurer of this visit through us,
 * with a notice that says so. Returns CK_OK, CK_ERR_REQUEST when the lookup or the key has a
 * check-in already, or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_store_put_check_in(struct ck_store *store,
    const struct ck_check_in *check_in);

/* Read by id, by lookup, by Idempotency-Key. out is zeroed first.
 * CK_ERR_NOT_FOUND: none, or erased. */
CK_MUST_CHECK enum ck_err
ck_store_get_check_in(struct ck_store *store, const char *id,
    struct ck_check_in *out);
CK_MUST_CHECK enum ck_err
ck_store_check_in_of_lookup(struct ck_store *store, const char *lookup_id,
    struct ck_check_in *out);

/* The last check-in after a lookup of the same person for the same visit date
 * as this lookup's. out is zeroed first. CK_ERR_NOT_FOUND: none. */
CK_MUST_CHECK enum ck_err
ck_store_check_in_of_visit(struct ck_store *store, const char *lookup_id,
    struct ck_check_in *out);
CK_MUST_CHECK enum ck_err
ck_store_check_in_of_key(struct ck_store *store, const char *key,
    struct ck_check_in *out);

/*
 * Insert a notice (number 0) with the check-in's MA_LK, which becomes that of
 * the check-in, or replace the row of its number. Adds a receipt unless only
 * due_ms, tries and error have changed (proven false). One whose MA_LK hospital
 * software has sent through us is kept as sent by it; a row that is so stays,
 * unless ours was accepted all the same.
 *
 * Returns CK_OK, CK_ERR_REQUEST when another check-in has this MA_LK, or an
 * error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_store_put_notice(struct ck_store *store, const struct ck_notice_row *row,
    bool proven);

/* The row of this number. CK_ERR_NOT_FOUND: none, or erased. */
CK_MUST_CHECK enum ck_err
ck_store_get_notice(struct ck_store *store, int64_t number,
    struct ck_notice_row *out);

/*
 * The notice to send at now_ms: the first pending one, in order, that has not
 * been tried; where there is none, of those that have been, the one that was
 * due first. A notice whose check-in has an earlier one that is not accepted
 * waits for it. A due_ms beyond now_ms + pause_max_ms comes of a clock that was
 * set back, and counts as past.
 *
 * CK_ERR_NOT_FOUND: nothing is due; *later_ms is when the first will be, 0:
 * never.
 */
CK_MUST_CHECK enum ck_err
ck_store_next_notice(struct ck_store *store, int64_t now_ms,
    int64_t pause_max_ms, struct ck_notice_row *out, int64_t *later_ms);

/* row is borrowed for the time of the call; an error ends the walk. */
typedef enum ck_err (*ck_notice_fn)(void *ctx,
    const struct ck_notice_row *row);

/* The notices of one check-in, in order. */
CK_MUST_CHECK enum ck_err
ck_store_notices_of(struct ck_store *store, int64_t check_in,
    ck_notice_fn fn, void *ctx);

/* At most limit notices in this state behind number after, in order. */
CK_MUST_CHECK enum ck_err
ck_store_notices_in(struct ck_store *store, enum ck_notice_state state,
    int64_t after, int64_t limit, ck_notice_fn fn, void *ctx);

/*
 * Erase what is personal of check-ins from before before_ms whose every notice
 * was taken before then, too: their drafts, their notices with the gateway's
 * words, and the statements of their receipts. One with a notice that the
 * insurer does not have is never erased. At most limit of them; *erased tells
 * how many.
 */
CK_MUST_CHECK enum ck_err
ck_store_erase_check_ins(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased);

#endif /* SERVICE_STORE_CHECK_IN_H */
