/*
 * figures.h - reading the ledger: figures, streams, documents
 *
 * In the flow:  ledger -> [figures] -> report, page
 *
 * Whole months are read from the month table, the days at both ends from the
 * day table. Everything between ck_figures_begin() and ck_figures_end() is one
 * view: no document that arrives meanwhile tears it.
 */
#ifndef SERVICE_LEDGER_FIGURES_H
#define SERVICE_LEDGER_FIGURES_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"
#include "ledger/ledger.h"

/* How a query divides time. */
enum ck_figures_by {
	CK_FIGURES_BY_NOTHING,	/* one row for clinic and words */
	CK_FIGURES_BY_MONTH,	/* … and month; day is its first within */
	CK_FIGURES_BY_DAY,	/* … and day */
	CK_FIGURES_ALL_BY_DAY	/* one row for day and words; all clinics, and
				 * facility is 0. Of a narrow ledger several
				 * rows, in any order */
};

struct ck_figures_query {
	int64_t from_day, to_day;	/* both included; day.h */
	enum ck_figures_by by;
	int64_t facility;		/* 0: all */
	int series;			/* enum ck_series; -1: all four */
};

/* A sum. Rows come by clinic, then time, then words; clinics of a narrow ledger
 * in the order of the registry. */
struct ck_figures_row {
	int64_t facility;
	int64_t day;			/* of the period; from_day if nothing */
	const struct ck_counted *words;	/* borrowed during the call */
	int64_t count;			/* above 0 */
};

/* Called for each row; anything but CK_OK ends the reading with it. */
typedef enum ck_err (*ck_figures_fn)(void *ctx,
    const struct ck_figures_row *row);

/* One view for all reads that follow, until ck_figures_end(). Returns CK_OK or
 * an error of the database. */
CK_MUST_CHECK enum ck_err ck_figures_begin(struct ck_ledger *ledger);
void ck_figures_end(struct ck_ledger *ledger);

/* Returns CK_OK, what fn returned, CK_ERR_LIMIT (a day that is none, to before
 * from), CK_ERR_NOMEM or an error of the database. */
CK_MUST_CHECK enum ck_err
ck_figures_read(struct ck_ledger *ledger,
    const struct ck_figures_query *query, ck_figures_fn fn, void *ctx);

/* --- Streams: how far each clinic is held --------------------------------- */

struct ck_stream {
	int64_t facility;
	char code[CK_CODE_LEN];
	char station[CK_STATION_LEN];
	char epoch[CK_FEED_EPOCH_LEN];
	int64_t epoch_s;
	bool latest;		/* no later epoch of this station */
	int64_t revision;	/* held without a gap */
	int64_t newest;		/* highest held; above revision: a gap */
	int64_t complete_ms;	/* all lookups before are counted; 0 never */
	int64_t made_ms;	/* of the newest document, clinic's clock */
	int64_t received_ms;	/* last news, also without rows */
	int64_t batch;		/* head of its receipt chain; 0: none */
	uint8_t head[32];
};

typedef enum ck_err (*ck_streams_fn)(void *ctx,
    const struct ck_stream *stream);

/* All streams, by clinic, station and epoch. Returns as ck_figures_read(). */
CK_MUST_CHECK enum ck_err
ck_streams_read(struct ck_ledger *ledger, ck_streams_fn fn, void *ctx);

/* --- Documents: where figures come from, and what was not counted --------- */

struct ck_document_row {
	int64_t number;
	uint8_t sha256[32];
	enum ck_way way;
	enum ck_verdict verdict;
	char reason[24];		/* label of verdict.h; "" */
	char detail[CK_DETAIL_LEN];
	int64_t received_ms, last_ms, made_ms;
	int64_t times;			/* how often it came */
	int64_t facility;		/* 0: unknown */
	char code[CK_CODE_LEN];
	char station[CK_STATION_LEN];
	char epoch[CK_FEED_EPOCH_LEN];
	int64_t after, revision;
	bool more;
	int64_t row_count, bytes;
	int64_t complete_ms;
	int64_t batch;			/* of its receipt head */
};

struct ck_documents_query {
	int64_t facility;	/* 0: all, unknown clinics too */
	enum ck_verdict verdict;	/* 0: any */
	bool not_counted;	/* quarantined and refused, whatever verdict */
	/* Only documents that set a figure of these days; to_day 0: all. */
	int64_t from_day, to_day;
	unsigned limit;		/* newest first, at most so many; 0: all */
};

typedef enum ck_err (*ck_documents_fn)(void *ctx,
    const struct ck_document_row *row);

/* Returns as ck_figures_read(). */
CK_MUST_CHECK enum ck_err
ck_documents_read(struct ck_ledger *ledger,
    const struct ck_documents_query *query, ck_documents_fn fn, void *ctx);

/*
 * The bytes of a document as they came, appended to out.
 * Returns CK_OK; CK_ERR_NOT_FOUND when there is none or its body was not kept;
 * CK_ERR_STORE_CORRUPT, CK_ERR_NOMEM, or an error of the database.
 */
CK_MUST_CHECK enum ck_err
ck_document_body(struct ck_ledger *ledger, int64_t number, struct ck_buf *out);

/* Called for each clinic with documents in quarantine; facility 0: of none of
 * the registry. */
typedef enum ck_err (*ck_quarantined_fn)(void *ctx, int64_t facility,
    int64_t count);

/* How many documents of each clinic are in quarantine. Returns as
 * ck_figures_read(). */
CK_MUST_CHECK enum ck_err
ck_quarantined_read(struct ck_ledger *ledger, ck_quarantined_fn fn, void *ctx);

/* --- Pauses: when nothing came -------------------------------------------- */

/* Called for each pause of a clinic. */
typedef enum ck_err (*ck_pauses_fn)(void *ctx, int64_t from_ms,
    int64_t until_ms);

/* Of one clinic, newest first: at least 24 hours without news, that have
 * ended. Returns as ck_figures_read(). */
CK_MUST_CHECK enum ck_err
ck_pauses_read(struct ck_ledger *ledger, int64_t facility, ck_pauses_fn fn,
    void *ctx);

/* --- Pulling: how each daemon answers ------------------------------------- */

struct ck_pull_row {
	int64_t facility;
	char station[CK_STATION_LEN];
	int64_t due_ms;		/* when it is asked next */
	int64_t failures;	/* in a row */
	int64_t tried_ms, good_ms;	/* last time; 0 never */
	char reason[CK_DETAIL_LEN];	/* of the last failure; "" */
};

typedef enum ck_err (*ck_pulls_fn)(void *ctx, const struct ck_pull_row *row);

/* Returns as ck_figures_read(). */
CK_MUST_CHECK enum ck_err
ck_pulls_read(struct ck_ledger *ledger, ck_pulls_fn fn, void *ctx);

#endif /* SERVICE_LEDGER_FIGURES_H */
