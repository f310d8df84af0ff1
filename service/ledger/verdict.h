/*
 * verdict.h - what becomes of a feed document, and why, in one list
 *
 * Refused: we do not know whose it is, or cannot read it; nothing of it is
 * kept but its hash and the reason. Quarantined: it is the clinic's own, but
 * what it says cannot be; it is kept whole, and nothing of it is counted.
 *
 * Labels are stored and shown: one is never given to another meaning.
 */
#ifndef SERVICE_LEDGER_VERDICT_H
#define SERVICE_LEDGER_VERDICT_H

#include <stdint.h>

/* Numbers are stored. */
enum ck_verdict {
	CK_VERDICT_ACCEPTED = 1,
	CK_VERDICT_QUARANTINED = 2,
	CK_VERDICT_REFUSED = 3
};

/* How a document came. Numbers are stored. */
enum ck_way {
	CK_WAY_PULL = 1,
	CK_WAY_PUSH = 2,
	CK_WAY_FILE = 3
};

/* X(symbol, label, verdict, what is wrong and what to do) */
#define CK_FEED_REASON_LIST(X) \
	X(CK_FEED_GOOD, "", ACCEPTED, "counted") \
	X(CK_FEED_TOO_LARGE, "too_large", REFUSED, \
	    "larger than a document can be; look at what sends it") \
	X(CK_FEED_MALFORMED, "malformed", REFUSED, \
	    "not of the shape of a feed; update the clinic's program") \
	X(CK_FEED_SCHEMA, "schema", REFUSED, \
	    "a version of the feed that this program does not know; update " \
	    "the older of the two") \
	X(CK_FEED_UNKNOWN_CLINIC, "unknown_clinic", REFUSED, \
	    "the registry has no such clinic or station; add it and import " \
	    "the registry again") \
	X(CK_FEED_WRONG_CLINIC, "wrong_clinic", REFUSED, \
	    "from another clinic than the one that was asked; check the " \
	    "address in the registry") \
	X(CK_FEED_KEY, "key", REFUSED, \
	    "signed with another key than the registry has; ask the clinic " \
	    "by telephone which is right") \
	X(CK_FEED_SIGNATURE, "signature", REFUSED, \
	    "the signature does not hold: changed on its way, or not the " \
	    "clinic's") \
	X(CK_FEED_CLOCK, "clock", QUARANTINED, \
	    "the clinic's clock is wrong; have it set") \
	X(CK_FEED_FUTURE, "future", QUARANTINED, \
	    "counts hours that have not come yet; have the clinic's clock " \
	    "set") \
	X(CK_FEED_PAST, "past", QUARANTINED, \
	    "counts hours before this program existed; have the clinic's " \
	    "clock set") \
	X(CK_FEED_OLDER_EPOCH, "older_epoch", QUARANTINED, \
	    "of an older database than the one counted last; look for an " \
	    "old computer that still runs") \
	X(CK_FEED_COUNT, "count", QUARANTINED, \
	    "a count that is negative or cannot be; report it") \
	X(CK_FEED_LATENCY, "latency", QUARANTINED, \
	    "durations that contradict their count; report it") \
	X(CK_FEED_WORD, "word", QUARANTINED, \
	    "a word that this program does not know; update it, then import " \
	    "the quarantined documents again") \
	X(CK_FEED_ROW_CLINIC, "row_clinic", QUARANTINED, \
	    "rows of another clinic or epoch than its own; report it") \
	X(CK_FEED_REVISION, "revision", QUARANTINED, \
	    "rows outside the revisions it claims, or one twice; report it") \
	X(CK_FEED_WENT_BACK, "went_back", QUARANTINED, \
	    "the clinic's database went back in time; restore it with " \
	    "'checkin restore', which begins a new epoch") \
	X(CK_FEED_FORKED, "forked", QUARANTINED, \
	    "contradicts what the same database said before; keep both and " \
	    "ask the clinic") \
	X(CK_FEED_RECEIPT, "receipt", QUARANTINED, \
	    "its receipt head is not signed by the clinic; report it") \
	X(CK_FEED_LABELS, "labels", QUARANTINED, \
	    "more different reasons or desks than can be; report it")

#define CK_FEED_ENUM(sym, label, verdict, text) sym,
enum ck_feed_reason { CK_FEED_REASON_LIST(CK_FEED_ENUM) CK_FEED_REASONS };
#undef CK_FEED_ENUM

/* Bytes of a detail with its NUL. */
#define CK_DETAIL_LEN 200

/* What was found. detail says where, expected and found; nothing personal. */
struct ck_finding {
	enum ck_feed_reason reason;
	char detail[CK_DETAIL_LEN];
};

/* "clock"; "" for CK_FEED_GOOD; "?" for another number. Static string. */
const char *ck_feed_reason_label(enum ck_feed_reason reason);

/* What a technician reads. Static string, never NULL. */
const char *ck_feed_reason_text(enum ck_feed_reason reason);

/* What becomes of a document for this reason. */
enum ck_verdict ck_feed_reason_verdict(enum ck_feed_reason reason);

/* "accepted", "quarantined", "refused"; "pull", "push", "file". */
const char *ck_verdict_label(enum ck_verdict verdict);
const char *ck_way_label(enum ck_way way);

/* Note a reason and its detail, unless one is noted already. */
void ck_finding_note(struct ck_finding *finding, enum ck_feed_reason reason,
    const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif /* SERVICE_LEDGER_VERDICT_H */
