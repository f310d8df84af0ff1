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

#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "stats/exposition.h"

/* Feed documents that arrived since the collector started. */
struct ck_province_documents {
	const char *way;		/* "pull", "push", "file" */
	const char *verdict;		/* "taken", "known", or why not */
	uint64_t count;
};

/* What the ledger knows of one station. Instants are wall clock in
 * milliseconds; 0: never, and then no sample. */
struct ck_province_clinic {
	const char *facility;
	const char *station;
	int64_t last_document_ms;	/* taken or known, by whatever way */
	int64_t complete_until_ms;	/* its figures hold until then */
};

/* Start zeroed. Lists are borrowed. */
struct ck_province_metrics {
	const char *version;
	uint64_t clinics_known;		/* in the registry */
	uint64_t clinics_complete;	/* of these: nothing missing today */
	uint64_t clinics_silent;	/* of these: nothing came for too long */
	const struct ck_province_documents *documents;
	size_t documents_len;
	const struct ck_province_clinic *clinics;
	size_t clinics_len;
	uint64_t ledger_rows;
	int lease_held;			/* 1 this one collects, 0 another does;
					 * -1: no lease is used, no sample */
	int64_t lease_until_ms;		/* 0: no sample */
};

/* Append the text to out, in this format. Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_province_metrics_render(const struct ck_province_metrics *metrics,
    enum ck_metrics_format format, struct ck_buf *out);

#endif /* SERVICE_STATS_RENDER_PROVINCE_H */
