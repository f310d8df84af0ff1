/*
 * gateway.h - the insurance gateway: token, lookup, and every way to fail
 *
 * In the flow:  lookup -> [gateway] -> io/client.h (libcurl) -> the line
 * Source:       domain notes on egw.baohiemxahoi.gov.vn; dispatch CV1923
 *
 * Asynchronous: nothing here blocks. Tokens are kept and renewed 60 s early,
 * taken by one request at a time, bound to the account; a 401 drops the token
 * and repeats the call exactly once. Secrets stand in the gateway's own query
 * string, so no URL is ever logged.
 */
#ifndef SERVICE_ELIGIBILITY_GATEWAY_H
#define SERVICE_ELIGIBILITY_GATEWAY_H

#include "ck/error.h"
#include "store/record.h"

struct ck_config;
struct ck_gateway;
struct ck_gateway_call;
struct ck_loop;

/* One question. Copied. */
struct ck_gateway_question {
	enum ck_key key;
	char number[CK_KEY_TEXT_LEN];	/* maThe: 12, 10 or 15 characters */
	char full_name[CK_NAME_LEN];	/* NFC */
	struct ck_date date_of_birth;
	char operator_name[CK_NAME_LEN];	/* hoTenCb */
	char operator_number[CK_NUMBER_LEN];	/* cccdCb */
};

/* How a call ended. */
struct ck_gateway_result {
	enum ck_err err;	/* CK_OK: answer is filled; else a CLASS_UPSTREAM
				 * error */
	struct ck_answer answer;
	int64_t started_ms;	/* wall clock */
	int64_t duration_ms;
};

typedef void (*ck_gateway_fn)(void *ctx,
    const struct ck_gateway_result *result);

CK_MUST_CHECK enum ck_err
ck_gateway_new(struct ck_gateway **out, const struct ck_config *config,
    struct ck_loop *loop);
void ck_gateway_free(struct ck_gateway **gateway);

/*
 * Ask. done is called exactly once, from a later turn, unless cancelled; *out
 * is borrowed and dead from then on, and may be NULL. The call ends at
 * gateway_timeout_ms, waiting for a token included.
 *
 * Returns  CK_OK
 *          CK_ERR_REQUEST  the question lacks a field
 *          CK_ERR_NOMEM, CK_ERR_SYSTEM
 */
CK_MUST_CHECK enum ck_err
ck_gateway_ask(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_fn done, void *ctx,
    struct ck_gateway_call **out);

/* Drop the call and set *call to NULL; done is not called. */
void ck_gateway_cancel(struct ck_gateway_call **call);

/* Figures for the metrics. */
struct ck_gateway_figures {
	int up;				/* last call reached it; -1: none yet */
	int64_t last_success_ms;	/* wall clock; 0: never */
	unsigned long long ok, failed_line, failed_gateway, failed_account;
};
void ck_gateway_figures(const struct ck_gateway *gateway,
    struct ck_gateway_figures *out);

#endif /* SERVICE_ELIGIBILITY_GATEWAY_H */
