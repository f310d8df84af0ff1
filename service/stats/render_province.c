/*
 * render_province.c - the collector's state as metrics
 */
#include <inttypes.h>

#include "stats/render_province.h"

static void
clinics(struct ck_exposition *text, const struct ck_province_metrics *metrics)
{
	ck_expo_gauge(text, "checkin_province_clinics_known",
	    "Clinics in the registry.", metrics->clinics_known);
	ck_expo_gauge(text, "checkin_province_clinics_complete",
	    "Clinics whose figures of today have no gap.",
	    metrics->clinics_complete);
	ck_expo_gauge(text, "checkin_province_clinics_silent",
	    "Clinics that sent nothing for too long.",
	    metrics->clinics_silent);
}

static void
documents(struct ck_exposition *text,
    const struct ck_province_metrics *metrics)
{
	size_t i;

	ck_expo_family(text, "checkin_province_documents", CK_METRIC_COUNTER,
	    "Feed documents by way and verdict.");
	for (i = 0; i < metrics->documents_len; i++) {
		const struct ck_province_documents *row =
		    &metrics->documents[i];

		ck_expo_print(text, "checkin_province_documents_total{way=\"");
		ck_expo_label(text, row->way);
		ck_expo_print(text, "\",verdict=\"");
		ck_expo_label(text, row->verdict);
		ck_expo_print(text, "\"} %" PRIu64 "\n", row->count);
	}
}

static void
clinic(struct ck_exposition *text, const char *name,
    const struct ck_province_clinic *row, int64_t ms)
{
	if (ms <= 0)
		return;
	ck_expo_print(text, "%s{facility=\"", name);
	ck_expo_label(text, row->facility);
	ck_expo_print(text, "\",station=\"");
	ck_expo_label(text, row->station);
	ck_expo_print(text, "\"} ");
	ck_expo_seconds(text, (uint64_t)ms);
	ck_expo_print(text, "\n");
}

static void
each_clinic(struct ck_exposition *text,
    const struct ck_province_metrics *metrics)
{
	static const char last[] =
	    "checkin_province_clinic_last_document_timestamp_seconds";
	static const char until[] =
	    "checkin_province_clinic_complete_until_timestamp_seconds";
	const struct ck_province_clinic *rows = metrics->clinics;
	size_t i;

	ck_expo_family(text, last, CK_METRIC_GAUGE,
	    "When the station's last document arrived.");
	for (i = 0; i < metrics->clinics_len; i++)
		clinic(text, last, &rows[i], rows[i].last_document_ms);
	ck_expo_family(text, until, CK_METRIC_GAUGE,
	    "Until when the station's figures are complete.");
	for (i = 0; i < metrics->clinics_len; i++)
		clinic(text, until, &rows[i], rows[i].complete_until_ms);
}

static void
lease(struct ck_exposition *text, const struct ck_province_metrics *metrics)
{
	ck_expo_family(text, "checkin_province_lease_held", CK_METRIC_GAUGE,
	    "1 when this collector is the one that collects.");
	if (metrics->lease_held >= 0)
		ck_expo_print(text, "checkin_province_lease_held %d\n",
		    metrics->lease_held);
	ck_expo_instant(text,
	    "checkin_province_lease_expiry_timestamp_seconds",
	    "When another collector may take over.", metrics->lease_until_ms);
}

enum ck_err
ck_province_metrics_render(const struct ck_province_metrics *metrics,
    enum ck_metrics_format format, struct ck_buf *out)
{
	struct ck_exposition text = { out, format, CK_OK };

	clinics(&text, metrics);
	documents(&text, metrics);
	each_clinic(&text, metrics);
	ck_expo_gauge(&text, "checkin_province_ledger_rows",
	    "Figures in the ledger.", metrics->ledger_rows);
	lease(&text, metrics);
	ck_expo_family(&text, "checkin_province_build", CK_METRIC_INFO,
	    "The program.");
	ck_expo_print(&text, "checkin_province_build_info{version=\"");
	ck_expo_label(&text, metrics->version == NULL ? "" :
	    metrics->version);
	ck_expo_print(&text, "\"} 1\n");

	return ck_expo_end(&text);
}
