/*
 * internal.h - what the files of service/store share, and nobody else includes
 *
 * One store is one database, its keys, and the figures gathered in the open
 * transaction. Every function here runs on the core's thread, inside a
 * transaction unless it only reads.
 */
#ifndef SERVICE_STORE_INTERNAL_H
#define SERVICE_STORE_INTERNAL_H

#include "ck/buf.h"
#include "io/db.h"
#include "stats/count.h"
#include "stats/tally.h"
#include "store/check_in.h"
#include "store/correction.h"
#include "store/crypt.h"
#include "store/forwarded.h"
#include "store/receipt.h"
#include "store/store.h"

#define CK_DATABASE_NAME "checkin.db"

#define CK_ID_BYTES 16		/* a lookup's id without its hex */

/* Labels kept in memory; more are looked up each time. A power of two. */
#define CK_LABEL_SLOTS 256

/* Domains of the keyed hash. The first four are person_number.kind. */
enum ck_hash_domain {
	CK_HASH_ID_NUMBER = CK_KEY_ID_NUMBER,
	CK_HASH_INSURANCE_NUMBER = CK_KEY_INSURANCE_NUMBER,
	CK_HASH_CARD_NUMBER = CK_KEY_CARD_NUMBER,
	CK_HASH_OLD_NUMBER = 4,
	CK_HASH_IDEMPOTENCY = 16,
	CK_HASH_CHECK = 17,
	CK_HASH_CHECK_IN = 18,	/* Idempotency-Key of a check-in */
	CK_HASH_EPISODE = 19,	/* MA_LK */
	CK_HASH_APPOINTMENT = 20,	/* number and date */
	CK_HASH_EXPECTED = 21,	/* name, birth and date, without a number */
	CK_HASH_ACCOUNT = 24,	/* name of an account of hospital software */
	CK_HASH_ACCOUNT_PROOF = 25	/* scrypt of its password */
};

struct ck_label_slot {
	char text[CK_REASON_LEN > CK_DESK_LEN ? CK_REASON_LEN : CK_DESK_LEN];
	int64_t number;		/* 0: empty, since 0 is the empty text */
};

/* Whose a number is, as it was last asked outside a transaction. */
struct ck_found {
	enum ck_hash_domain kind;
	char number[CK_KEY_TEXT_LEN];	/* empty: forgotten */
	int64_t person;
};

struct ck_store {
	struct ck_db *db;
	struct ck_found found;		/* forgotten when a transaction begins */
	struct ck_crypt *crypt;
	struct ck_tally *tally;
	struct ck_receipts *receipts;
	const struct ck_clock *clock;
	char *directory;
	int lock;			/* descriptor; -1: none */
	int64_t clinic;			/* row of table clinic that holds now */
	bool healthy;
	bool restored;			/* there were epochs before this one */
	int64_t calls_waiting;		/* gateway calls not yet counted */
	int64_t anchored_ms;		/* monotonic: when anchor.c wrote */
	struct ck_buf plain, box;	/* scratch; plain is wiped after use */
	struct ck_label_slot labels[CK_LABEL_SLOTS];
};

/* --- migrate.c ----------------------------------------------------------- */

/* Bring the schema to ours. CK_ERR_STORE_NEWER, CK_ERR_STORE_CORRUPT when it
 * is another program's database, or an error of the database. */
CK_MUST_CHECK enum ck_err ck_migrate(struct ck_db *db, int64_t now_ms);

/* --- store.c ------------------------------------------------------------- */

/* Two programs that write would not see each other's labels and revisions.
 * CK_ERR_STORE when another has the directory: told, in the words of taken. */
CK_MUST_CHECK enum ck_err
ck_store_lock(struct ck_store *store, const char *taken);

/* --- key_check.c --------------------------------------------------------- */

/* Do these keys belong to this database? A new one is marked with them.
 * CK_ERR_STORE_KEY, told, when not. */
CK_MUST_CHECK enum ck_err ck_keys_check(struct ck_store *store);

/* --- backup.c ------------------------------------------------------------ */

/* A backup that was copied here by hand would be counted on in its old epoch:
 * CK_ERR_STORE, told. CK_OK for any other database. */
CK_MUST_CHECK enum ck_err ck_backup_refuse(struct ck_store *store);

/* --- anchor.c ------------------------------------------------------------ */

/* Has this database gone back behind what keys/anchor saw? Then a new epoch
 * begins, and the log says so. CK_OK, also then; or an error of the database
 * (own transaction). */
CK_MUST_CHECK enum ck_err ck_anchor_check(struct ck_store *store);

/* Note how far the database is; failures are logged, and forgiven. follow does
 * it once a minute at most. */
void ck_anchor_write(struct ck_store *store);
void ck_anchor_follow(struct ck_store *store);

/* --- clinic.c ------------------------------------------------------------ */

/* Begin an epoch, the second in which it begins as its number, but later than
 * any before (inside a transaction). */
CK_MUST_CHECK enum ck_err ck_epoch_begin(struct ck_store *store);

/* Find or make the epoch, and the clinic row of facility and station. */
CK_MUST_CHECK enum ck_err
ck_clinic_settle(struct ck_store *store, const char *facility,
    const char *station);

/* --- label.c ------------------------------------------------------------- */

/* The number of a desk, a reason or a code; 0 for the empty text. */
CK_MUST_CHECK enum ck_err
ck_label_number(struct ck_store *store, const char *text, int64_t *out);

/* Forget what is in memory: after a rollback its rows may be gone. */
void ck_label_forget(struct ck_store *store);

/* --- person.c ------------------------------------------------------------ */

/*
 * The person whom these numbers name, made if need be; 0 when there is no
 * number at all.
 *
 * proven  The insurer has answered for this person: all numbers are linked, and
 *         two persons who share them become one. Otherwise only the best number
 *         counts, since a typed number may be somebody else's.
 */
CK_MUST_CHECK enum ck_err
ck_person_resolve(struct ck_store *store, const struct ck_person_keys *keys,
    bool proven, int64_t *person);

/* Forget whose number was asked for last: it may change now. */
void ck_person_forget(struct ck_store *store);

/* The person of one number; 0: nobody. One lookup asks several times in a row
 * for the same number: only the first costs anything. */
CK_MUST_CHECK enum ck_err
ck_person_find(struct ck_store *store, enum ck_hash_domain kind,
    const char *number, int64_t *person);

/* --- visit.c ------------------------------------------------------------- */

/* Fold a closed lookup into its visit, and move the visit's figures. *known:
 * it is not the first lookup of that visit. */
CK_MUST_CHECK enum ck_err
ck_visit_count(struct ck_store *store, int64_t person,
    const struct ck_counts *lookup, bool *known);

/* Two persons are one: fold the visits of from into those of into. */
CK_MUST_CHECK enum ck_err
ck_visit_merge(struct ck_store *store, int64_t from, int64_t into);

/* Has the gateway answered a lookup of this visit, or an open one of it? */
CK_MUST_CHECK enum ck_err
ck_visit_asked_gateway(struct ck_store *store, int64_t person, int64_t date,
    bool *out);

/* --- cache.c ------------------------------------------------------------- */

/* Two persons are one: the newer answer stays, under into. */
CK_MUST_CHECK enum ck_err
ck_cache_merge(struct ck_store *store, int64_t from, int64_t into);

/* --- recheck.c ----------------------------------------------------------- */

/* A lookup has just been closed: queue it if the insurer's word is missing;
 * take out what its answer makes needless, which the first lookup of a visit
 * (known is false) cannot. */
CK_MUST_CHECK enum ck_err
ck_recheck_settle(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    int64_t person, const struct ck_counts *counts, bool known);

/* --- correction.c -------------------------------------------------------- */

/* A lookup has just been closed: is its person to be corrected, or no more? */
CK_MUST_CHECK enum ck_err
ck_correction_settle(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    int64_t person, const struct ck_counts *counts);

/* --- case_row.c ---------------------------------------------------------- */

/* Columns of correction_case k, in the order of ck_case_take(). */
#define CK_CASE_COLUMNS \
	"k.number, k.id, k.state, k.made_ms, k.sent_ms, k.acknowledged_ms, " \
	"k.decided_ms, k.closed_ms, k.told, k.due_ms, k.tries, k.error, " \
	"k.retests, k.sha256"

/* Take CK_CASE_COLUMNS from a row; all NULL: none. */
void ck_case_take(struct ck_stmt *stmt, struct ck_case_row *out);

/* --- close.c ------------------------------------------------------------- */

/* A lookup closed without an outcome is unavailable: we were interrupted. */
void ck_close_complete(struct ck_counts *counts, int64_t interrupted);

/* Count a lookup that has just been closed, and its calls. */
CK_MUST_CHECK enum ck_err
ck_close_count(struct ck_store *store, const uint8_t id[CK_ID_BYTES],
    int64_t person, const struct ck_counts *counts);

/* Close and count what a crash left open (own transaction). */
CK_MUST_CHECK enum ck_err ck_close_recover(struct ck_store *store);

/* Read calls_waiting again, at start and after a rollback. On failure it is set
 * so that calls are looked for. */
void ck_close_recount(struct ck_store *store);

/* --- forwarded.c --------------------------------------------------------- */

/* What a crash left under way may have arrived (own transaction). */
CK_MUST_CHECK enum ck_err ck_forwarded_recover(struct ck_store *store);

/* --- tie.c --------------------------------------------------------------- */

/* The person whom SO_CCCD or MA_THE_BHYT of a notice names; 0: none does. */
CK_MUST_CHECK enum ck_err
ck_tie_person(struct ck_store *store, const struct ck_notice *visit,
    int64_t *person);

/* A visit of a call that begins, with the check-in of ours that it is. */
CK_MUST_CHECK enum ck_err
ck_tie_insert(struct ck_store *store, int64_t forwarded, int64_t place,
    const struct ck_notice *visit);

/* The gateway took the visits of call number: ours are sent no more. */
CK_MUST_CHECK enum ck_err
ck_tie_accepted(struct ck_store *store, int64_t number,
    const struct ck_forwarded *forwarded);

/* Somebody has just been admitted: is the insurer told already? */
CK_MUST_CHECK enum ck_err
ck_tie_check_in(struct ck_store *store, const struct ck_check_in *check_in,
    int64_t person, int64_t date);

/* The same of a new notice, by its MA_LK: *row then says so. */
CK_MUST_CHECK enum ck_err
ck_tie_notice(struct ck_store *store, struct ck_notice_row *row);

/* --- receipt.c ----------------------------------------------------------- */

/* Load or make the signing key, and find the end of the chain (own
 * transaction). */
CK_MUST_CHECK enum ck_err ck_receipts_open(struct ck_store *store);
void ck_receipts_free(struct ck_receipts **receipts);

/* The number of a receipt as its box is bound to it: 8 bytes, big-endian. */
void ck_receipt_row(int64_t number, uint8_t out[8]);

/* Add one receipt to the batch of the open transaction. */
CK_MUST_CHECK enum ck_err
ck_receipt_add(struct ck_store *store, enum ck_receipt_kind kind,
    const uint8_t subject[CK_ID_BYTES], struct ck_span statement);

/* Add the receipt of a lookup: as it was shown, or as it was counted. */
CK_MUST_CHECK enum ck_err
ck_receipt_of_lookup(struct ck_store *store, enum ck_receipt_kind kind,
    const struct ck_lookup_record *record);

/* Add the receipt of a call whose lookup has been closed already. */
CK_MUST_CHECK enum ck_err
ck_receipt_of_late_call(struct ck_store *store,
    const struct ck_call_record *call);

/* Add the receipt of a check-in, or of a notice as its row says it. */
CK_MUST_CHECK enum ck_err
ck_receipt_of_check_in(struct ck_store *store,
    const struct ck_check_in *check_in);
CK_MUST_CHECK enum ck_err
ck_receipt_of_notice(struct ck_store *store,
    const struct ck_notice_row *row);

/* Add the receipt of a call that was passed through and has ended. */
CK_MUST_CHECK enum ck_err
ck_receipt_of_forwarded(struct ck_store *store,
    const struct ck_forwarded *forwarded);

/* Root, head and signature of the batch: the last thing in a transaction. */
CK_MUST_CHECK enum ck_err ck_receipts_write(struct ck_store *store);

/* The transaction has been committed; or it was not. */
void ck_receipts_committed(struct ck_store *store);
void ck_receipts_forget(struct ck_store *store);

/* --- receipt_read.c ------------------------------------------------------ */

/* Take the columns number, epoch, first, count, made_ms, root, head, key and
 * signature. CK_OK or CK_ERR_STORE_CORRUPT. */
CK_MUST_CHECK enum ck_err
ck_batch_take(struct ck_stmt *stmt, struct ck_batch *out);

/* The leaves of a batch, as many as are there, as struct ck_tree_hash. */
CK_MUST_CHECK enum ck_err
ck_batch_leaves(struct ck_db *db, const struct ck_batch *batch,
    struct ck_buf *leaves);

/* Open the box of a receipt. Replaces *statement, which the caller wipes. */
CK_MUST_CHECK enum ck_err
ck_receipt_open(struct ck_crypt *crypt, int64_t number, struct ck_span box,
    uint8_t salt[CK_SALT_LEN], struct ck_buf *statement);

/* --- call_row.c ---------------------------------------------------------- */

/* What is proven of a call, sealed: its row's last column. */
CK_MUST_CHECK enum ck_err
ck_call_seal(struct ck_store *store, const uint8_t lookup[CK_ID_BYTES],
    const struct ck_call_record *call, struct ck_buf *box);

/* Called for each call of a lookup; call->raw is borrowed for its time. */
typedef enum ck_err (*ck_call_fn)(void *ctx,
    const struct ck_call_record *call);

/* Every call of this lookup in order; the first error ends it. */
CK_MUST_CHECK enum ck_err
ck_call_each(struct ck_store *store, const uint8_t lookup[CK_ID_BYTES],
    ck_call_fn fn, void *ctx);

/* --- shared small things ------------------------------------------------- */

/* 32 hex digits to 16 bytes; false for any other text. */
bool ck_id_parse(const char *text, uint8_t out[CK_ID_BYTES]);

/* And back; fewer than 16 bytes give fewer digits. */
void ck_id_print(struct ck_span id, char out[CK_LOOKUP_ID_LEN]);

/* YYYYMMDD; the store's form of a date. */
int64_t ck_date_number(struct ck_date date);
struct ck_date ck_date_of_number(int64_t number);

/* Columns of lookup that counting needs, in the order of ck_counts_take(). */
#define CK_COUNTS_COLUMNS \
	"number, opened_ms, visit_date, clinic, kind, presented, captured, " \
	"assurance, first_key, first_outcome, first_source, first_reason, " \
	"resolved_by, outcome, source, reason, owner, desk, latency_ms"

/* Take CK_COUNTS_COLUMNS from a row. */
void ck_counts_take(struct ck_stmt *stmt, struct ck_counts *out);

#endif /* SERVICE_STORE_INTERNAL_H */
