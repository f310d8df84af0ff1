/*
 * render.h - the daemon's state as metrics (pure)
 *
 * The daemon fills the struct, this file writes it down; neither knows the
 * other's business. Names and labels are those of design.md section 6. No
 * member can hold a person.
 *
 * In the flow:  http/metrics.c gathers -> [render] -> exposition.c
 */
#ifndef SERVICE_STATS_RENDER_H
#define SERVICE_STATS_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/words.h"
#include "stats/exposition.h"
#include "stats/histogram.h"

struct ck_db;

/* Closed lookups by the four labels of checkin_lookups_total. */
struct ck_metric_lookups {
	enum ck_kind kind;
	enum ck_outcome outcome;
	enum ck_source source;
	enum ck_captured captured;
	uint64_t count;
};

struct ck_metric_reader {
	const char *name;	/* of the device; any bytes */
	bool connected;
	uint64_t resets;	/* after cards that never answered */
};

/* A certificate of the clinic's own that somebody has to renew. */
struct ck_metric_certificate {
	const char *use;	/* "signature", … */
	int64_t end_ms;		/* 0: none, and no sample */
};

/* Combinations of kind, outcome, source and captured that can occur. */
#define CK_METRIC_LOOKUPS_MAX (6 * 6 * 4 * 4)

/* Start zeroed. Lists are borrowed. Instants are wall clock in milliseconds;
 * 0: none, and then no sample. */
struct ck_metrics {
	const char *version;
	const char *facility;
	const char *station;
	int64_t now_ms;
	bool store_ready;		/* the last write worked */
	bool reader_service_ready;	/* pcscd answers, or none is needed */
	uint64_t state_free;		/* bytes of the disk of [state] */
	uint64_t state_size;		/* 0: not known, no samples */
	struct ck_metric_lookups lookups[CK_METRIC_LOOKUPS_MAX];
	size_t lookups_len;
	struct ck_histogram lookup_duration;
	const struct ck_metric_count *card_reads;	/* {result} */
	size_t card_reads_len;
	struct ck_histogram card_read_duration;
	const struct ck_metric_count *passive;		/* {result} */
	size_t passive_len;
	int gateway_up;			/* 1, 0; -1: not asked yet, no sample */
	const struct ck_metric_count *gateway_requests;	/* {result} */
	size_t gateway_requests_len;
	int64_t gateway_last_success_ms;
	int gateway_breaker_lookup;	/* 0 asked, 1 left alone, 2 one tries */
	int gateway_breaker_login;
	uint64_t cache_entries;
	uint64_t recheck_queue_length;
	uint64_t recheck_changed;
	uint64_t outbox_pending;
	int64_t outbox_oldest_ms;
	uint64_t cases_pending;		/* not acknowledged by the office */
	int64_t cases_oldest_ms;
	uint64_t cases_refused;		/* by the office, and still failing */
	const struct ck_metric_reader *readers;
	size_t readers_len;
	int64_t trust_expiry_ms;
	const struct ck_metric_certificate *certificates;
	size_t certificates_len;
	uint64_t feed_revision;		/* newest of the present epoch */
	int64_t feed_push_last_success_ms;
};

/*
 * Fill lookups, lookup_duration, cache_entries, outbox, re-checks and
 * correction cases from the database.
 *
 * What a desk can ask and be told is there from the first day, as 0: a counter
 * that appeared with its first lookup would hide that one from Prometheus,
 * which counts differences.
 *
 * They are read from the running totals that the store keeps beside the
 * rollups, not from counters in memory: so they survive a restart, never
 * disagree with /v1/stats, and a scrape costs the same after ten years.
 * What the database does not count (reads, requests) starts at 0 with the
 * daemon, which is what Prometheus expects of a counter.
 */
CK_MUST_CHECK enum ck_err
ck_metrics_load(struct ck_db *db, struct ck_metrics *metrics);

/* Append the text to out, in this format. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_metrics_render(const struct ck_metrics *metrics,
    enum ck_metrics_format format, struct ck_buf *out);

#endif /* SERVICE_STATS_RENDER_H */
