/*
 * render_province.h - the collector's state as metrics (pure)
 *
 * In the flow:  province gathers -> [render_province] -> exposition.c
 *
 * Facility codes and stations are labels; people cannot occur in these figures.
 * The figures that the province signs are not metrics: they are reports.
 */
#ifndef SERVICE_STATS_RENDER_PROVINCE_H
#define SERVICE_STATS_RENDER_PROVINCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "stats/exposition.h"

/* Feed documents in the ledger: what came, however often. */
struct ck_province_documents {
	const char *way;		/* "pull", "push", "file" */
	const char *verdict;		/* "accepted", "quarantined", … */
	uint64_t count;
};

/* What the ledger knows of one station. Instants are wall clock in
 * milliseconds; 0: never, and then no sample. */
struct ck_province_station {
	const char *facility;
	const char *station;
	int64_t last_document_ms;	/* accepted, by whatever way */
	int64_t complete_until_ms;	/* its figures hold until then */
	bool pulled;			/* it is asked by the collector */
	int64_t last_pull_ms;		/* that went well */
	uint64_t pull_failures;		/* in a row, since then */
};

/* Start zeroed. Lists are borrowed. */
struct ck_province_metrics {
	const char *version;
	uint64_t clinics_known;		/* in the registry, not closed */
	uint64_t clinics_complete;	/* of these: whole up to midnight */
	uint64_t clinics_silent;	/* of these: nothing for a day */
	const struct ck_province_documents *documents;
	size_t documents_len;
	const struct ck_province_station *stations;
	size_t stations_len;
	uint64_t ledger_rows;
	uint64_t pulls_leased;		/* a collector asks them now */
	uint64_t pulls_overdue;		/* due, and nobody asks */
	uint64_t cases_pending;		/* correction cases to be decided */
	int64_t cases_oldest_ms;	/* when the oldest arrived; 0: none */
	uint64_t case_refusals;		/* documents of cases, not taken */
};

/* Append the text to out, in this format. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_province_metrics_render(const struct ck_province_metrics *metrics,
    enum ck_metrics_format format, struct ck_buf *out);

#endif /* SERVICE_STATS_RENDER_PROVINCE_H */
