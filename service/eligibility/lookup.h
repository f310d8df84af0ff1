/*
 * lookup.h - one question to the insurer, from its first key to its closing
 *
 * In the flow:  desk, http -> [lookup] -> cache -> gateway -> decide -> store
 *
 * A lookup opens with its first key, is on disk at every answer, and is
 * counted once, when it closes (design.md section 5). Its owner hears of every
 * change after it is on disk, never before. All of this runs on the core's
 * thread.
 */
#ifndef SERVICE_ELIGIBILITY_LOOKUP_H
#define SERVICE_ELIGIBILITY_LOOKUP_H

#include "io/json.h"

#include "ck/error.h"
#include "ck/identity.h"
#include "store/record.h"

struct ck_config;
struct ck_gateway;
struct ck_loop;
struct ck_operators;
struct ck_lookup;
struct ck_lookups;
struct ck_store;
struct ck_turn;

/* What one lookup is about. Copied by ck_lookup_open(). */
struct ck_lookup_request {
	enum ck_kind kind;
	enum ck_presented presented;
	enum ck_captured captured;
	enum ck_assurance assurance;
	char desk[CK_DESK_LEN];		/* empty: none */
	char operator_name[CK_NAME_LEN];	/* must name a configured one, */
	char operator_number[CK_NUMBER_LEN];	/* unless this is given */
	char idempotency_key[65];	/* empty: none */
	struct ck_date visit_date;	/* absent: today; stats/visit_date.h */
	struct ck_identity identity;	/* full_name and date_of_birth needed */
	struct ck_person_keys keys;	/* at least one number */
	enum ck_key first_key;		/* which to ask under; NONE: the best one */
	struct ck_gateway *gateway;	/* the asker's own account, borrowed
					 * until ck_lookups_free(); NULL: the
					 * clinic's */
};

/*
 * Called after each change has reached the disk: an answer came, the lookup
 * closed, or (err) the store failed and nothing may be shown. The lookup stays
 * owned by ck_lookups; it is gone after the call with closed_ms set.
 */
typedef void (*ck_lookup_fn)(void *ctx, struct ck_lookup *lookup,
    enum ck_err err);

struct ck_lookups_options {
	const struct ck_config *config;	/* borrowed, like all below */
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_store *store;
	struct ck_gateway *gateway;
	struct ck_operators *operators;	/* NULL: nobody wants to know */
};

CK_MUST_CHECK enum ck_err
ck_lookups_new(struct ck_lookups **out,
    const struct ck_lookups_options *options);

/*
 * Call fn(ctx, record) for each lookup that has closed and is on disk, after
 * its owner has heard of it. One listener; NULL: none.
 */
typedef void (*ck_lookup_closed_fn)(void *ctx,
    const struct ck_lookup_record *record);
void ck_lookups_on_close(struct ck_lookups *lookups, ck_lookup_closed_fn fn,
    void *ctx);

/* Lookups still open are left on disk: the next start closes them. */
void ck_lookups_free(struct ck_lookups **lookups);

/*
 * Open a lookup and start asking: the cache by policy, then the gateway. The
 * first key is the best number in request->keys: id_number, else insurance
 * number, else card number. changed is called at least once per answer.
 * close_at_answer: a request through the API; else the owner or the 15 s
 * limit closes it.
 *
 * A desk is shown a kept answer at once, as stale, while the gateway is asked:
 * its record then has answered_ms 0. Kinds recheck and appointment ask in the
 * name of the configured responsible operator, whatever the request says.
 *
 * Returns CK_OK with *out borrowed until it closes; CK_ERR_REQUEST (no
 * number, no name, no birth date, unknown operator, a visit date that nobody can
 * mean); CK_ERR_NO_OPERATOR (an
 * automatic run, and [automatic] operator is not set); CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_lookup_open(struct ck_lookups *lookups,
    const struct ck_lookup_request *request, bool close_at_answer,
    ck_lookup_fn changed, void *ctx, struct ck_lookup **out);

/*
 * The same patient shows another number (a paper card after the CCCD failed):
 * ask under it too, unless the lookup is covered already. The first key and
 * its outcome stay on record.
 */
CK_MUST_CHECK enum ck_err
ck_lookup_add_key(struct ck_lookup *lookup, enum ck_key key,
    const char *number);

/* The chip is done and is the same person: raise the assurance, fill what the
 * print did not say. Does not ask again. */
CK_MUST_CHECK enum ck_err
ck_lookup_confirm(struct ck_lookup *lookup, enum ck_assurance assurance,
    const struct ck_identity *identity);

/* Close now; if no answer has come: unavailable, with the reason
 * "no_answer_yet" and the call going on behind. */
void ck_lookup_close(struct ck_lookup *lookup);

/* Nobody listens any more (desk reset, client gone). It still closes. */
void ck_lookup_abandon(struct ck_lookup *lookup);

/* The record as it stands. Borrowed. */
const struct ck_lookup_record *ck_lookup_record(const struct ck_lookup *lookup);

/*
 * The gateway's first answer to a lookup with a gateway of its own, word for
 * word, while it is being told of. Empty: none came. err is what it was taken
 * for. Borrowed.
 */
struct ck_span ck_lookup_raw(const struct ck_lookup *lookup, long *status,
    enum ck_err *err);

/*
 * The JSON of the contract: {"id","outcome","reason","message","next_step",
 * "source","as_of","first_key","first_outcome","resolved_by","owner",
 * "card":{…},"assurance","gateway_answer":{…},"same_visits"} in the staff's
 * language ("vi", "en"). Replaces *out, which the caller wipes.
 * Returns CK_OK, CK_ERR_NOMEM, or CK_ERR_FILE_MALFORMED: a text in the record
 * is not UTF-8.
 */
CK_MUST_CHECK enum ck_err
ck_lookup_text(const struct ck_lookup_record *record, const char *language,
    struct ck_buf *out);

/* The same as a tree, to be put into another one. New reference, NULL when out
 * of memory. */
json_t *ck_lookup_json(const struct ck_lookup_record *record,
    const char *language);

#endif /* SERVICE_ELIGIBILITY_LOOKUP_H */
