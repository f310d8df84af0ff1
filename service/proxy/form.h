/*
 * form.h - answers in the gateway's own forms, where it is us who answer
 *
 * In the flow:  proxy, lookup -> [form] -> http
 * Source:       dispatches CV1245 §1 (token), CV1923 §3 (lookup), CV 2746
 *               (history), CV 1839 (co-payment), CV3190 (check-in)
 *
 * What the gateway has not said itself is marked in ghiChu (thongDiep), so that
 * nobody takes it for the gateway's word of this minute. Pure: no input or
 * output. New references; NULL: out of memory.
 */
#ifndef SERVICE_PROXY_FORM_H
#define SERVICE_PROXY_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "eligibility/remote.h"
#include "io/json.h"
#include "store/record.h"

struct ck_proxy_grant;

/* A session: maKetQua 200, the token under APIKey. */
json_t *ck_form_token(const struct ck_proxy_grant *grant, const char *user);

/* A kept answer to a card lookup, with the instant at which it was given. */
json_t *ck_form_kept(const struct ck_answer *answer);

/* Function could not be asked, for this reason; the words are the clerk's
 * (message.h). 401 where the account is at fault, 205 where the request is, 101
 * or 500 else: codes that clients retry or report, never a "no". */
json_t *ck_form_failure(enum ck_remote function, enum ck_err err);

/* The same of a check-in: whether it may have arrived is what counts, and that
 * it is sent again under the same MA_LK. */
json_t *ck_form_check_in_failure(enum ck_err err, bool arrived);

/* A co-payment answer of the gateway (raw, of asked_ms), marked as kept. NULL
 * also: raw is no object. */
json_t *ck_form_kept_copayment(struct ck_span raw, int64_t asked_ms);

/* A co-payment question that was asked at asked_ms, and not answered then. */
json_t *ck_form_repeated_copayment(int64_t asked_ms);

/* The token is unknown or over: what makes a client take another. */
json_t *ck_form_stale(enum ck_remote function);

#endif /* SERVICE_PROXY_FORM_H */
