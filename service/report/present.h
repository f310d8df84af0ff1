/*
 * present.h - the report that somebody asked for: closed or live, for inside or
 *             outside, in a form
 *
 * In the flow:  command, page -> [present] -> closing, report, suppress, forms
 */
#ifndef SERVICE_REPORT_PRESENT_H
#define SERVICE_REPORT_PRESENT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ledger/ledger.h"
#include "text/catalogue.h"

/* X(symbol, label, media type) */
#define CK_FORM_LIST(X) \
	X(CK_FORM_TEXT, "text", "text/plain; charset=utf-8") \
	X(CK_FORM_JSON, "json", "application/json") \
	X(CK_FORM_CSV, "csv", "text/csv; charset=utf-8") \
	X(CK_FORM_XLSX, "xlsx", "application/vnd.openxmlformats-" \
	    "officedocument.spreadsheetml.sheet") \
	X(CK_FORM_HTML, "html", "text/html; charset=utf-8")

#define CK_FORM_ENUM(sym, label, type) sym,
enum ck_form { CK_FORM_LIST(CK_FORM_ENUM) CK_FORMS };
#undef CK_FORM_ENUM

/* The form of this label. False, and *out untouched, for any other text. */
bool ck_form_parse(const char *label, enum ck_form *out);

/* Its media type. Static string. */
const char *ck_form_type(enum ck_form form);

struct ck_report_wish {
	int64_t from_day, to_day;	/* both included; ledger/day.h */
	bool internal;			/* with counts below 5 */
	enum ck_form form;
};

/*
 * Append the report. A closed period gives the statement that was signed, and
 * beside it what arrived since.
 *
 * Returns CK_OK, CK_ERR_STORE_CORRUPT (a statement that was changed), or an
 * error of report.h, suppress.h or forms.h
 */
CK_MUST_CHECK enum ck_err
ck_report_present(struct ck_ledger *ledger,
    const struct ck_report_wish *wish, const struct ck_catalogue *catalogue,
    int64_t now_ms, struct ck_buf *out);

#endif /* SERVICE_REPORT_PRESENT_H */
