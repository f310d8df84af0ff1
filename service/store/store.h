/*
 * store.h - the clinic's database: lookups, people, cache, figures
 *
 * In the flow:  eligibility, desk -> [store] -> stats -> http
 *
 * SQLite in WAL mode with synchronous=FULL (io/db.h is the only file that
 * includes sqlite3.h). Every function here runs on the core's thread inside a
 * transaction of store/turn.h, except where it says "own transaction".
 * Personal columns are encrypted (crypt.h); numbers are looked up by keyed
 * hash.
 */
#ifndef SERVICE_STORE_STORE_H
#define SERVICE_STORE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/clock.h"
#include "ck/error.h"
#include "store/record.h"

struct ck_db;
struct ck_store;

struct ck_store_options {
	const char *directory;	/* state: database and keys live here */
	const char *facility;	/* 5 characters, dated elsewhere; "84001" */
	const char *station;	/* short name of this daemon at the facility */
	const struct ck_clock *clock;	/* borrowed */
};

/*
 * Open or create the database, migrate it, make the keys on first start, and
 * close and count every lookup that a crash left open (own transactions).
 *
 * Returns  CK_OK
 *          CK_ERR_STORE_NEWER    schema of a newer program
 *          CK_ERR_STORE_CORRUPT  not a database, or damaged
 *          CK_ERR_STORE_KEY      database present, key file missing or wrong
 *          CK_ERR_STORE_FULL, CK_ERR_STORE, CK_ERR_NOMEM
 *          The log line says which file and what to do.
 */
CK_MUST_CHECK enum ck_err
ck_store_open(struct ck_store **out, const struct ck_store_options *options);
void ck_store_close(struct ck_store **store);

/*
 * A new lookup id: 48 bits of time, 80 random bits, as 32 hex digits. Ids made
 * later sort later, which keeps new rows together on disk.
 * Returns CK_OK or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_store_new_id(struct ck_store *store, int64_t wall_ms,
    char out[CK_LOOKUP_ID_LEN]);

/* For turn.c. Commit rolls back by itself when it fails; failed() notes an
 * error of a write for ck_store_healthy(). */
CK_MUST_CHECK enum ck_err ck_store_begin(struct ck_store *store);
CK_MUST_CHECK enum ck_err ck_store_commit(struct ck_store *store);
void ck_store_rollback(struct ck_store *store);

/* For turn.c: nothing more is read in this turn. */
void ck_store_look_away(struct ck_store *store);
void ck_store_failed(struct ck_store *store, enum ck_err err);

/* Write a lookup as it stands now: inserts it or replaces its row. */
CK_MUST_CHECK enum ck_err
ck_store_put_lookup(struct ck_store *store,
    const struct ck_lookup_record *record);

/*
 * Write the lookup, mark it closed, and count it in the series lookups,
 * visits and cccd, and its calls in calls, each once. A lookup that is closed
 * already is left as it is (CK_OK).
 */
CK_MUST_CHECK enum ck_err
ck_store_close_lookup(struct ck_store *store,
    const struct ck_lookup_record *record);

/* Record one gateway call. It is counted with its lookup's closing, or at
 * once when that lookup has been closed already. */
CK_MUST_CHECK enum ck_err
ck_store_put_call(struct ck_store *store, const struct ck_call_record *call);

/* Read back. CK_ERR_NOT_FOUND when there is none. Outside or inside a turn. */
CK_MUST_CHECK enum ck_err
ck_store_get_lookup(struct ck_store *store, const char *id,
    struct ck_lookup_record *out);

/* The lookup made under this Idempotency-Key. CK_ERR_NOT_FOUND: none. */
CK_MUST_CHECK enum ck_err
ck_store_find_idempotent(struct ck_store *store, const char *key,
    struct ck_lookup_record *out);

/* Keep an answer for the person behind keys; replaces an older one. */
CK_MUST_CHECK enum ck_err
ck_store_cache_put(struct ck_store *store, const struct ck_person_keys *keys,
    const struct ck_answer *answer);

/*
 * The last answer kept for the person who has this number under this kind of
 * key. Where none of its cards is in force on visit_date, a card known from an
 * earlier answer that is stands in its place. CK_ERR_NOT_FOUND: none.
 * first_of_visit: no lookup of this person for visit_date has been answered by
 * the gateway yet; NULL: nobody wants to know.
 */
CK_MUST_CHECK enum ck_err
ck_store_cache_get(struct ck_store *store, enum ck_key key, const char *number,
    struct ck_date visit_date, struct ck_answer *out, bool *first_of_visit);

/* What the cache holds. Instants are wall clock of the answers; 0: none. */
struct ck_cache_figures {
	int64_t entries;
	int64_t oldest_ms, newest_ms;
	int64_t bytes;		/* of the sealed columns */
};
CK_MUST_CHECK enum ck_err
ck_store_cache_figures(struct ck_store *store, struct ck_cache_figures *out);

/*
 * Erase the answers given before before_ms, and the oldest of those beyond
 * entries_max; at most limit of them, so that no turn takes long. *erased tells
 * how many: as many as limit means that more may be left.
 */
CK_MUST_CHECK enum ck_err
ck_store_cache_prune(struct ck_store *store, int64_t before_ms,
    int64_t entries_max, int64_t limit, int64_t *erased);

/*
 * The instant by which is judged what is old. It follows the wall clock, but by
 * step_ms at most each time, and back at once: a computer whose clock was set
 * years ahead must not erase years of proof before somebody sees it. *out is
 * at most wall_ms.
 */
CK_MUST_CHECK enum ck_err
ck_store_retention_clock(struct ck_store *store, int64_t wall_ms,
    int64_t step_ms, int64_t *out);

/*
 * Erase what is personal of the oldest lookups that closed before before_ms:
 * their sealed columns, the gateway's words, and the statements of their
 * receipts. What was counted stays, and the chain of receipts still holds; at
 * most limit of them. *erased tells how many: as many as limit means that more
 * may be left.
 */
CK_MUST_CHECK enum ck_err
ck_store_erase_lookups(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased);

/*
 * Look at the next limit persons, in a round that begins anew at its end.
 * Their visits of days before that of before_ms are erased; so are the keyed
 * hashes of the numbers of a person of whom nothing else is kept. No figure
 * changes: no lookup can be asked for such a day any more (stats/visit_date.h).
 * *erased tells how many hashes went.
 */
CK_MUST_CHECK enum ck_err
ck_store_forget_persons(struct ck_store *store, int64_t before_ms,
    int64_t limit, int64_t *erased);

/*
 * How many visits of the record's person before its own, one after the other,
 * ended with the record's outcome: at most CK_SAME_VISITS_MAX.
 */
#define CK_SAME_VISITS_MAX 12
CK_MUST_CHECK enum ck_err
ck_store_same_visits(struct ck_store *store,
    const struct ck_lookup_record *record, int64_t *out);

/*
 * The closed lookup that decides now the visit of the one with this id: the
 * last that was answered. out is its id. CK_ERR_NOT_FOUND: no such lookup, or
 * it belongs to no visit.
 */
CK_MUST_CHECK enum ck_err
ck_store_deciding_lookup(struct ck_store *store, const char *id,
    char out[CK_LOOKUP_ID_LEN]);

/* Entries in the cache, for the metric. */
CK_MUST_CHECK enum ck_err
ck_store_cache_count(struct ck_store *store, int64_t *out);

/* True when the last write worked or none has failed since: for readyz. */
bool ck_store_healthy(const struct ck_store *store);

/* A second, read-only connection for statistics on another thread; the caller
 * closes it with ck_db_close(). */
CK_MUST_CHECK enum ck_err
ck_store_open_reader(const struct ck_store *store, struct ck_db **out);

/* The same without a store: beside a running daemon or without one. Returns
 * CK_ERR_NOT_FOUND where there is no database, else as ck_db_open(). */
CK_MUST_CHECK enum ck_err
ck_store_open_figures(const char *directory, struct ck_db **out);

#endif /* SERVICE_STORE_STORE_H */
