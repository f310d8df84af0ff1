/*
 * ledger_state.h - the inside of the ledger; of ledger/ alone
 *
 * judge.c says whether a document is good as far as the registry can tell,
 * record.c writes what arrived, merge.c changes figures, accept.c is the order
 * of it all.
 */
#ifndef SERVICE_LEDGER_LEDGER_STATE_H
#define SERVICE_LEDGER_LEDGER_STATE_H

#include "ledger/intern.h"
#include "ledger/ledger.h"
#include "ledger/partition.h"

struct ck_ledger {
	struct ck_sql *sql;
	const struct ck_clock *clock;	/* borrowed */
	int64_t tolerance_ms;
	struct ck_registry *registry;	/* NULL: not read yet */
	int64_t registry_version;	/* of what was read */
	const struct ck_scope *scope;	/* borrowed; NULL: all is shown */
	struct ck_registry *narrow;	/* of scope; NULL: not made yet */
	struct ck_intern *intern;
	struct ck_partitions partitions;
	struct ck_closed_days *closed;	/* NULL: none */
	bool played;
};

/* A row of the table stream. */
struct ck_stream_row {
	int64_t number, facility;
	int64_t revision, newest;
	int64_t complete_ms, made_ms;
	int64_t batch, idle;
	uint8_t head[32];
};

/* A document on its way through the ledger. */
struct ck_case {
	const struct ck_arrival *arrival;
	struct ck_document doc;
	struct ck_finding finding;
	const struct ck_clinic *clinic;	/* NULL: unknown */
	int64_t now_ms;
	/* in the transaction */
	struct ck_stream_row stream;
	int64_t document;		/* its number */
	bool repeated;
	bool heard;			/* the clinic's silence has been noted */
	size_t changed;
};

/*
 * judge.h part: read the arrival and check it against the registry. The
 * finding says what is wrong. Returns CK_OK, CK_ERR_NOMEM, CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_case_open(struct ck_case *what, const struct ck_arrival *arrival,
    const struct ck_registry *registry, int64_t tolerance_ms, int64_t now_ms);

/* Free what it holds. */
void ck_case_wipe(struct ck_case *what);

/*
 * Inside a transaction. Find the stream of this name, or make it, and hold
 * its row against other collectors until the end. Returns CK_OK or an error of
 * the database.
 */
CK_MUST_CHECK enum ck_err
ck_stream_hold(struct ck_ledger *ledger, struct ck_case *what,
    const char *code, const char *station, struct ck_stream_row *out);

/* Look for what contradicts the stream's past: an older epoch, a chain that
 * went back or forked. The finding says so. */
CK_MUST_CHECK enum ck_err
ck_stream_check(struct ck_ledger *ledger, struct ck_case *what);

/* Move the pointer of the stream, its head and its completeness. */
CK_MUST_CHECK enum ck_err
ck_stream_advance(struct ck_ledger *ledger, struct ck_case *what);

/* Have the same bytes come before? Then what->document is their number, and
 * they are counted once more as having come. */
CK_MUST_CHECK enum ck_err
ck_record_repeated(struct ck_ledger *ledger, struct ck_case *what);

/* Write the document with its verdict, and its body unless it is refused. Sets
 * what->document. */
CK_MUST_CHECK enum ck_err
ck_record_document(struct ck_ledger *ledger, struct ck_case *what);

/*
 * Compare the rows with the ledger; nothing is written. The finding says when
 * they contradict it. *plan is what would change; free with ck_merge_free().
 */
struct ck_merge;
CK_MUST_CHECK enum ck_err
ck_merge_plan(struct ck_ledger *ledger, struct ck_case *what,
    struct ck_merge **plan);

/* Change figures, days and months, as planned; what->document set them. */
CK_MUST_CHECK enum ck_err
ck_merge_apply(struct ck_ledger *ledger, struct ck_case *what,
    struct ck_merge *plan);
void ck_merge_free(struct ck_merge **plan);

#endif /* SERVICE_LEDGER_LEDGER_STATE_H */
