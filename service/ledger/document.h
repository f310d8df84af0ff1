/*
 * document.h - one feed document, read and checked by itself
 *
 * In the flow:  bytes from a clinic -> [document] -> accept.h
 * Source:       docs/feed.md
 *
 * Three steps, because a word that we do not know is worth keeping only if
 * the clinic really said it: ck_document_open() reads whose it is,
 * ck_document_verify() checks the signature under the registry's key,
 * ck_document_read() the rest. What needs the ledger (revisions, the chain,
 * whose code it is) is checked in accept.h. Pure.
 */
#ifndef SERVICE_LEDGER_DOCUMENT_H
#define SERVICE_LEDGER_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ledger/registry.h"
#include "ledger/verdict.h"
#include "stats/histogram.h"

/* --- Limits: what arrives may come from anybody --------------------------- */

/* Bytes of a document: 1,000 rows of 450 bytes, and as much again ten times
 * over. A body of 1 GB or a gzip bomb is cut off here. */
#define CK_DOCUMENT_MAX (4 * 1024 * 1024)

/* Values in it (JSON takes about 100 bytes of memory for each): 5,000 rows of
 * 36. */
#define CK_DOCUMENT_VALUES_MAX 200000

/* Rows of one document. Ours have at most 1,000. */
#define CK_DOCUMENT_ROWS_MAX 5000

/* Of one kind in one hour at one desk: 277 in a second. */
#define CK_COUNT_MAX 1000000

/* Of one lookup: a lookup closes after 15 s by itself, so one day is a clock
 * that was set. */
#define CK_LATENCY_MAX_MS INT64_C(86400000)

/* The first hour that can be counted: 2020-01-01T00:00:00Z. */
#define CK_FEED_FIRST_HOUR 438288

/* Bytes with NUL. */
#define CK_FEED_EPOCH_LEN 40	/* "1772330400-a1b2c3d4e5f60718" */
#define CK_FEED_LABEL_LEN 32	/* a reason or a desk */

/* The one version of the shape that we know. */
#define CK_FEED_SCHEMA_KNOWN 1

/* The counted words but hour, desk and clinic: numbers of ck/words.h. */
struct ck_counted {
	uint8_t series, kind, presented, captured, assurance;
	uint8_t first_key, first_outcome, resolved_by, outcome, source, owner;
	char reason[CK_FEED_LABEL_LEN];	/* "" none */
};

struct ck_feed_row {
	struct ck_counted words;
	char code[CK_CODE_LEN];		/* the clinic's, when it counted */
	char station[CK_STATION_LEN];
	char desk[CK_FEED_LABEL_LEN];	/* "" none */
	int64_t hour;			/* since 1970 UTC */
	int64_t count;
	int64_t latency_sum_ms;
	uint32_t latency[CK_LATENCY_BUCKETS];	/* not added up */
	int64_t revision;
};

/* Head of the receipt chain; batch 0: none yet. */
struct ck_feed_head {
	int64_t batch;
	int64_t receipts;
	int64_t made_ms;
	uint8_t head[32];
	uint8_t signature[64];
	uint8_t key[CK_KEY_LEN];
	char epoch[17];			/* 16 hex digits */
};

struct ck_document {
	/* after ck_document_open() */
	struct ck_span body;		/* borrowed */
	uint8_t sha256[32];		/* of body */
	char code[CK_CODE_LEN];
	char station[CK_STATION_LEN];
	char epoch[CK_FEED_EPOCH_LEN];
	int64_t epoch_s;		/* the second in which it began */
	int64_t made_ms;
	uint8_t key[CK_KEY_LEN];	/* the one it says it was signed with */
	uint8_t signature[64];
	struct ck_buf signed_bytes;	/* what is signed */
	/* after ck_document_read() */
	int64_t after, revision;
	bool more;
	int64_t complete_ms;
	struct ck_feed_head head;
	struct ck_feed_row *rows;
	size_t row_count;
	void *json;			/* parsed; of document.c alone */
};

/*
 * Read whose document body is. body is borrowed until ck_document_wipe().
 *
 * finding  CK_FEED_TOO_LARGE, CK_FEED_MALFORMED or CK_FEED_SCHEMA, with the
 *          place, when it is refused; else as it was.
 *
 * Returns  CK_OK, also when it is refused; CK_ERR_NOMEM, CK_ERR_CRYPTO
 */
CK_MUST_CHECK enum ck_err
ck_document_open(struct ck_document *doc, struct ck_span body,
    struct ck_finding *finding);

/* True when key has signed it. */
bool ck_document_verify(const struct ck_document *doc,
    const uint8_t key[CK_KEY_LEN]);

/*
 * Read and check everything else: each member once and of its type, counts and
 * durations possible, hours between CK_FEED_FIRST_HOUR and made_at, rows
 * within (after, revision] and each identity once, words known.
 *
 * finding  as above, with the row's place: "rows[17].count: -3".
 *
 * Returns  CK_OK, also when it found something; CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_document_read(struct ck_document *doc, struct ck_finding *finding);

/* Free what it holds. Harmless on zeros and when repeated. */
void ck_document_wipe(struct ck_document *doc);

#endif /* SERVICE_LEDGER_DOCUMENT_H */
