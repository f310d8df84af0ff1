/*
 * forms.h - a report in the form that somebody can use
 *
 * In the flow:  report or public document -> sheets.h, words.h -> [forms]
 *
 * text   for a terminal and an e-mail: aligned columns, nothing but UTF-8
 * csv    RFC 4180, every table one after the other, UTF-8 with BOM so that
 *        Excel reads the diacritics; numbers plain, shares as fractions
 * xlsx   a sheet for each table (Office Open XML), numbers as numbers
 * html   one page without scripts or anything from elsewhere, with a print
 *        style: PDF through the browser
 *
 * Each appends to out, or returns CK_ERR_REQUEST for a document that is no
 * report, CK_ERR_NOMEM, and for xlsx CK_ERR_SYSTEM when there is no room for its
 * temporary file.
 */
#ifndef SERVICE_REPORT_FORMS_H
#define SERVICE_REPORT_FORMS_H

#include "ck/buf.h"
#include "ck/error.h"
#include "io/json.h"
#include "text/catalogue.h"

CK_MUST_CHECK enum ck_err
ck_report_text(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_report_csv(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_report_xlsx(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_report_html(const json_t *document, const struct ck_catalogue *catalogue,
    struct ck_buf *out);

#endif /* SERVICE_REPORT_FORMS_H */
