/*
 * test_render_province.c - the collector's metrics, byte for byte
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "stats/render_province.h"

static void
assert_rendered(const struct ck_province_metrics *metrics,
    enum ck_metrics_format format, const char *wanted)
{
	struct ck_buf out = CK_BUF_INIT;

	assert_int_equal(ck_province_metrics_render(metrics, format, &out),
	    CK_OK);
	assert_int_equal(ck_buf_append(&out, ck_span_of("", 1)), CK_OK);
	assert_string_equal((const char *)out.ptr, wanted);
	ck_buf_wipe(&out);
}

static const struct ck_province_documents documents[] = {
	{ "pull", "taken", 12 }, { "push", "gap", 1 }
};

/* The second one has never been heard of. */
static const struct ck_province_clinic clinics[] = {
	{ "84001", "main", 1795395600104, 1795395000000 },
	{ "84002", "main", 0, 0 }
};

static const struct ck_province_metrics full = {
	.version = "1.2.3", .clinics_known = 108, .clinics_complete = 107,
	.clinics_silent = 1, .documents = documents, .documents_len = 2,
	.clinics = clinics, .clinics_len = 2, .ledger_rows = 63136,
	.lease_held = 1, .lease_until_ms = 1795395660000
};

static void
all_of_it_as_openmetrics(void **state)
{
	(void)state;
	assert_rendered(&full, CK_METRICS_OPENMETRICS,
	    "# TYPE checkin_province_clinics_known gauge\n"
	    "# HELP checkin_province_clinics_known Clinics in the registry.\n"
	    "checkin_province_clinics_known 108\n"
	    "# TYPE checkin_province_clinics_complete gauge\n"
	    "# HELP checkin_province_clinics_complete Clinics whose figures "
	    "of today have no gap.\n"
	    "checkin_province_clinics_complete 107\n"
	    "# TYPE checkin_province_clinics_silent gauge\n"
	    "# HELP checkin_province_clinics_silent Clinics that sent nothing "
	    "for too long.\n"
	    "checkin_province_clinics_silent 1\n"
	    "# TYPE checkin_province_documents counter\n"
	    "# HELP checkin_province_documents Feed documents by way and "
	    "verdict.\n"
	    "checkin_province_documents_total{way=\"pull\",verdict=\"taken\"}"
	    " 12\n"
	    "checkin_province_documents_total{way=\"push\",verdict=\"gap\"}"
	    " 1\n"
	    "# TYPE checkin_province_clinic_last_document_timestamp_seconds "
	    "gauge\n"
	    "# UNIT checkin_province_clinic_last_document_timestamp_seconds "
	    "seconds\n"
	    "# HELP checkin_province_clinic_last_document_timestamp_seconds "
	    "When the station's last document arrived.\n"
	    "checkin_province_clinic_last_document_timestamp_seconds"
	    "{facility=\"84001\",station=\"main\"} 1795395600.104\n"
	    "# TYPE checkin_province_clinic_complete_until_timestamp_seconds "
	    "gauge\n"
	    "# UNIT checkin_province_clinic_complete_until_timestamp_seconds "
	    "seconds\n"
	    "# HELP checkin_province_clinic_complete_until_timestamp_seconds "
	    "Until when the station's figures are complete.\n"
	    "checkin_province_clinic_complete_until_timestamp_seconds"
	    "{facility=\"84001\",station=\"main\"} 1795395000.000\n"
	    "# TYPE checkin_province_ledger_rows gauge\n"
	    "# HELP checkin_province_ledger_rows Figures in the ledger.\n"
	    "checkin_province_ledger_rows 63136\n"
	    "# TYPE checkin_province_lease_held gauge\n"
	    "# HELP checkin_province_lease_held 1 when this collector is the "
	    "one that collects.\n"
	    "checkin_province_lease_held 1\n"
	    "# TYPE checkin_province_lease_expiry_timestamp_seconds gauge\n"
	    "# UNIT checkin_province_lease_expiry_timestamp_seconds seconds\n"
	    "# HELP checkin_province_lease_expiry_timestamp_seconds When "
	    "another collector may take over.\n"
	    "checkin_province_lease_expiry_timestamp_seconds "
	    "1795395660.000\n"
	    "# TYPE checkin_province_build info\n"
	    "# HELP checkin_province_build The program.\n"
	    "checkin_province_build_info{version=\"1.2.3\"} 1\n"
	    "# EOF\n");
}

static void
without_clinics_and_lease_as_text(void **state)
{
	const struct ck_province_metrics none = { .lease_held = -1 };

	(void)state;
	assert_rendered(&none, CK_METRICS_TEXT,
	    "# HELP checkin_province_clinics_known Clinics in the registry.\n"
	    "# TYPE checkin_province_clinics_known gauge\n"
	    "checkin_province_clinics_known 0\n"
	    "# HELP checkin_province_clinics_complete Clinics whose figures "
	    "of today have no gap.\n"
	    "# TYPE checkin_province_clinics_complete gauge\n"
	    "checkin_province_clinics_complete 0\n"
	    "# HELP checkin_province_clinics_silent Clinics that sent nothing "
	    "for too long.\n"
	    "# TYPE checkin_province_clinics_silent gauge\n"
	    "checkin_province_clinics_silent 0\n"
	    "# HELP checkin_province_documents_total Feed documents by way "
	    "and verdict.\n"
	    "# TYPE checkin_province_documents_total counter\n"
	    "# HELP checkin_province_clinic_last_document_timestamp_seconds "
	    "When the station's last document arrived.\n"
	    "# TYPE checkin_province_clinic_last_document_timestamp_seconds "
	    "gauge\n"
	    "# HELP checkin_province_clinic_complete_until_timestamp_seconds "
	    "Until when the station's figures are complete.\n"
	    "# TYPE checkin_province_clinic_complete_until_timestamp_seconds "
	    "gauge\n"
	    "# HELP checkin_province_ledger_rows Figures in the ledger.\n"
	    "# TYPE checkin_province_ledger_rows gauge\n"
	    "checkin_province_ledger_rows 0\n"
	    "# HELP checkin_province_lease_held 1 when this collector is the "
	    "one that collects.\n"
	    "# TYPE checkin_province_lease_held gauge\n"
	    "# HELP checkin_province_lease_expiry_timestamp_seconds When "
	    "another collector may take over.\n"
	    "# TYPE checkin_province_lease_expiry_timestamp_seconds gauge\n"
	    "# HELP checkin_province_build_info The program.\n"
	    "# TYPE checkin_province_build_info gauge\n"
	    "checkin_province_build_info{version=\"\"} 1\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_of_it_as_openmetrics),
		cmocka_unit_test(without_clinics_and_lease_as_text),
	};

	return cmocka_run_group_tests_name("render_province", tests, NULL,
	    NULL);
}
