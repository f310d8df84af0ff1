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

/* The token is unknown or over: what makes a client take another. */
json_t *ck_form_stale(enum ck_remote function);

#endif /* SERVICE_PROXY_FORM_H */
