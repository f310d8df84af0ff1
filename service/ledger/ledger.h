/*
 * ledger.h - what a province has been told, and what it makes of it
 *
 * In the flow:  pull, push, file -> document.h -> [ledger] -> figures.h
 *
 * One database, SQLite or PostgreSQL, that holds the registry, every document
 * that arrived, and the figures that they set. A document changes figures, the
 * day and month tables and the pointer of its stream in one transaction, so
 * that the ledger is exact whenever it is read. Several collectors may write
 * to one PostgreSQL at a time.
 *
 * A ledger belongs to one thread.
 */
#ifndef SERVICE_LEDGER_LEDGER_H
#define SERVICE_LEDGER_LEDGER_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/clock.h"
#include "ck/error.h"
#include "io/sql.h"
#include "ledger/closed_days.h"
#include "ledger/document.h"
#include "ledger/registry.h"
#include "ledger/scope.h"
#include "ledger/verdict.h"

struct ck_ledger;	/* opaque */

/* What the operator decides. */
struct ck_ledger_options {
	const char *where;		/* as for ck_sql_open() */
	int64_t clock_tolerance_ms;	/* between a clinic's clock and ours;
					 * 0: CK_CLOCK_TOLERANCE_MS */
	const char *closed_days;	/* a list as closed_days.h has it; ""
					 * or NULL: none */
	bool played;		/* mark it for good: its figures are played */
};

/* A PC without a time server is a few minutes off in a year, an hour is a
 * wrong time zone. */
#define CK_CLOCK_TOLERANCE_MS INT64_C(1800000)

/*
 * Open the ledger and bring its schema to that of this program.
 *
 * clock    borrowed.
 *
 * Returns  CK_OK
 *          CK_ERR_STORE_NEWER   written by a newer program
 *          CK_ERR_STORE_CORRUPT a database of another program, or damaged
 *          CK_ERR_SERVER_GONE, CK_ERR_CONFIG (also of the closed days, which
 *          the log tells), CK_ERR_STORE, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_ledger_open(struct ck_ledger **out,
    const struct ck_ledger_options *options, const struct ck_clock *clock);

/* Close and set to NULL. NULL is allowed. */
void ck_ledger_close(struct ck_ledger **ledger);

/* The connection, for what reads: figures.h, and for collect. Borrowed. */
struct ck_sql *ck_ledger_sql(struct ck_ledger *ledger);

/* True for a ledger that was ever opened as played: all that is made of it has
 * to say so. */
bool ck_ledger_is_played(const struct ck_ledger *ledger);

/* The days that the options name. Borrowed; NULL: none. */
const struct ck_closed_days *
ck_ledger_closed_days(const struct ck_ledger *ledger);

/*
 * The registry in memory, read again if it was imported since. Borrowed until
 * the next call. *out is NULL on error. Returns CK_OK or an error of the
 * database.
 */
CK_MUST_CHECK enum ck_err
ck_ledger_registry(struct ck_ledger *ledger, const struct ck_registry **out);

/*
 * From now on show the clinics of scope only, for whoever may see no others:
 * the registry, and whatever figures.h, outside.h and report/ read of figures,
 * streams, documents, pulls, pauses and closings, has nothing else. NULL:
 * everything, as after ck_ledger_open(). scope is borrowed until the next call.
 * A ledger that is narrowed takes no documents.
 */
void ck_ledger_narrow(struct ck_ledger *ledger, const struct ck_scope *scope);

/* Does it show some clinics only? */
bool ck_ledger_is_narrow(const struct ck_ledger *ledger);

/* Is the clinic of this number to be seen? Of one that the registry has not:
 * only if everything is. After a call of ck_ledger_registry(). */
bool ck_ledger_shows(const struct ck_ledger *ledger, int64_t facility);

/* A document as it came. All borrowed. */
struct ck_arrival {
	struct ck_span body;		/* without compression */
	enum ck_way way;
	/* From whom: the clinic that was asked, or whose token pushed it. 0:
	 * not known (a file). */
	int64_t facility;
	const char *station;		/* NULL: any of that clinic */
	bool cut;			/* longer than CK_DOCUMENT_MAX; body is
					 * its beginning */
	uint64_t announced;		/* with cut: it was said to be so long
					 * and was not read; body stands for
					 * it. 0: it was read */
	/* When it came, if it is judged again: it is no news of the clinic
	 * then, and counts as having come no more often. 0: it comes now. */
	int64_t received_ms;
};

/* What became of it. */
struct ck_acceptance {
	enum ck_verdict verdict;
	struct ck_finding finding;
	int64_t document;	/* its number in the ledger */
	bool repeated;		/* the same bytes came before */
	bool gap;		/* begins after a gap: its rows are counted, but
				 * the pointer stays */
	bool more;		/* the clinic has more beyond revision */
	int64_t facility;	/* of the registry; 0: unknown */
	char code[CK_CODE_LEN];
	char station[CK_STATION_LEN];
	char epoch[CK_FEED_EPOCH_LEN];
	int64_t revision;	/* held without a gap, the next "after" */
	size_t changed;		/* rows that changed a figure */
};

/*
 * Judge one document and, if it is good, count it, in one transaction. What is
 * refused or quarantined is recorded, too, and told in the log.
 *
 * Returns  CK_OK, whatever the verdict
 *          CK_ERR_SERVER_GONE, CK_ERR_LEDGER_BUSY  nothing has changed, or the
 *                  whole has: give it again, it counts once
 *          CK_ERR_STORE_FULL, CK_ERR_STORE, CK_ERR_NOMEM, CK_ERR_CRYPTO
 */
CK_MUST_CHECK enum ck_err
ck_ledger_accept(struct ck_ledger *ledger, const struct ck_arrival *arrival,
    struct ck_acceptance *out);

/*
 * As ck_ledger_accept() for count documents, in one transaction where that is
 * possible. out has count elements; errors[i] tells of the i-th as above.
 * Returns CK_OK when all are CK_OK, else the first error.
 */
CK_MUST_CHECK enum ck_err
ck_ledger_accept_all(struct ck_ledger *ledger,
    const struct ck_arrival *arrivals, size_t count,
    struct ck_acceptance *out, enum ck_err *errors);

/*
 * Judge a document in quarantine again, as of when it came: the registry, or
 * this program, may know more today. If it is good now, it is counted, once,
 * under its number; if it is not, it stays, with the reason of today. One that
 * would be refused today stays as it is. One that is counted already is told
 * as repeated, and nothing changes.
 *
 * Returns  CK_OK, whatever the verdict
 *          CK_ERR_NOT_FOUND  no such document, or its bytes were not kept:
 *                            what was refused has to come again
 *          otherwise as ck_ledger_accept()
 */
CK_MUST_CHECK enum ck_err
ck_ledger_release(struct ck_ledger *ledger, int64_t number,
    struct ck_acceptance *out);

/*
 * What the ledger holds of a stream: GET /v1/feeds. *revision is 0 for one that
 * it does not know. Returns CK_OK or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_ledger_revision(struct ck_ledger *ledger, const char *code,
    const char *station, const char *epoch, int64_t *revision);

/*
 * Where to go on with a daemon: the newest epoch that is held of it, and its
 * revision. epoch "" and 0: nothing yet. Returns CK_OK or an error of the
 * database.
 */
CK_MUST_CHECK enum ck_err
ck_ledger_position(struct ck_ledger *ledger, int64_t facility,
    const char *station, char epoch[CK_FEED_EPOCH_LEN], int64_t *revision);

#endif /* SERVICE_LEDGER_LEDGER_H */
