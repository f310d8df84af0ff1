/*
 * words.h - numbers, dates and the sentence of a report in a language
 *
 * Vietnamese writes 63.136 and 65,9 %, dates 12/12/2022; English 63,136 and
 * 65.9 %, dates 2022-12-12. Hours are local (Asia/Ho_Chi_Minh). Pure.
 */
#ifndef SERVICE_REPORT_WORDS_H
#define SERVICE_REPORT_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "io/json.h"
#include "report/sheets.h"

#define CK_WORDS_LEN 64

/* 63136 as "63.136" or "63,136". Not for negative numbers. */
void ck_words_count(const struct ck_catalogue *catalogue, int64_t count,
    char out[CK_WORDS_LEN]);

/* count of of, rounded to a tenth of a per cent: "65,9 %". of is above 0. */
void ck_words_share(const struct ck_catalogue *catalogue, int64_t count,
    int64_t of, char out[CK_WORDS_LEN]);

/* An ISO date or an RFC 3339 instant in UTC: "12/12/2022", "07:00
 * 12/12/2022"; anything else as it is. */
void ck_words_time(const struct ck_catalogue *catalogue, const char *iso,
    char out[CK_WORDS_LEN]);

/* Any value of a sheet, as it is printed; "" for an empty one. */
void ck_words_value(const struct ck_catalogue *catalogue,
    const struct ck_column *column, const struct ck_value *value,
    const char **text, char buffer[CK_WORDS_LEN]);

/*
 * Append the sentence of a report: "108/108 facilities complete; 63,136
 * attempts; 41,612 confirmed (65.9 %); …", and whether it is provisional,
 * closed, or a restatement.
 *
 * Returns CK_OK, CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_words_sentence(const json_t *document,
    const struct ck_catalogue *catalogue, struct ck_buf *out);

/*
 * Append the text under id with {name} replaced by the value that follows it in
 * pairs, a list of name, value, …, NULL. Returns CK_OK, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_words_fill(const struct ck_catalogue *catalogue, const char *id,
    const char *const *pairs, struct ck_buf *out);

#endif /* SERVICE_REPORT_WORDS_H */
