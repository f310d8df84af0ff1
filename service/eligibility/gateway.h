/*
 * gateway.h - the insurance gateway: one function for each of its functions
 *
 * In the flow:  lookup, http, checkin -> [gateway] -> io/client.h -> the line
 * Source:       domain notes on egw.baohiemxahoi.gov.vn; eligibility/remote.h
 *               names the dispatch of each function
 *
 * Asynchronous: nothing here blocks. Tokens are kept and renewed 60 s early,
 * taken by one request at a time, bound to the account and to the address that
 * took them; a 401 drops the token and repeats the call exactly once. Only so
 * many lookups are on their way at once, the rest wait for their turn. A
 * gateway that fails again and again is left alone for a while (breaker.h), and
 * so is one that refuses our account. Secrets stand in the gateway's own query
 * string, so no URL is ever logged.
 */
#ifndef SERVICE_ELIGIBILITY_GATEWAY_H
#define SERVICE_ELIGIBILITY_GATEWAY_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "eligibility/breaker.h"
#include "eligibility/remote.h"
#include "store/record.h"

struct ck_config;
struct ck_copayment;
struct ck_gateway;
struct ck_gateway_call;
struct ck_history;
struct ck_loop;
struct ck_ack;

/* An account as hospital software gives it, to be used as given. */
struct ck_gateway_account {
	char user[64];
	char password_md5[33];	/* in the case that it was given in */
};

/* Whose turns a lookup waits for: automatic runs have their own, so that no
 * desk waits for them. */
enum ck_turns {
	CK_TURNS_DESK,		/* [gateway] calls_max at a time */
	CK_TURNS_RECHECK,	/* one */
	CK_TURNS_APPOINTMENT	/* [appointments] calls */
};

/* One question. Copied. */
struct ck_gateway_question {
	enum ck_key key;
	char number[CK_KEY_TEXT_LEN];	/* maThe: 12, 10 or 15 characters */
	char full_name[CK_NAME_LEN];	/* NFC */
	struct ck_date date_of_birth;
	char operator_name[CK_NAME_LEN];	/* hoTenCb */
	char operator_number[CK_NUMBER_LEN];	/* cccdCb */
	enum ck_turns turns;
};

/* How any call ended. */
struct ck_gateway_end {
	/*
	 * CK_OK                      there is an answer
	 * CK_ERR_LINE                not reached: name, connection, TLS, proxy
	 * CK_ERR_GATEWAY_TIMEOUT     no answer in time: it may have arrived
	 * CK_ERR_GATEWAY_MALFORMED, CK_ERR_GATEWAY_TOO_LARGE,
	 * CK_ERR_GATEWAY_FAULT, CK_ERR_GATEWAY_TOKEN   faults there
	 * CK_ERR_GATEWAY_ACCOUNT, CK_ERR_GATEWAY_BLOCKED,
	 * CK_ERR_GATEWAY_ADDRESS, CK_ERR_GATEWAY_RESTRICTED,
	 * CK_ERR_GATEWAY_OPERATOR    it does not take our question
	 * CK_ERR_GATEWAY_WRONG_PERSON  an answer about somebody else
	 */
	enum ck_err err;
	bool held;		/* not sent at all: err is why */
	struct ck_span raw;	/* the answer's bytes as they came, for whoever
				 * keeps proof; borrowed; empty: none */
	long status;		/* HTTP status; 0: none */
	char failure[CK_FAILURE_LEN];	/* what the line said when it gave
				 * no answer; empty: it did */
	int64_t started_ms;	/* wall clock */
	int64_t duration_ms;
};

/* How a lookup ended. */
struct ck_gateway_result {
	enum ck_err err;	/* end.err */
	struct ck_answer answer;	/* filled when err is CK_OK */
	int64_t started_ms;	/* of end, as duration_ms */
	int64_t duration_ms;
	struct ck_gateway_end end;
};

typedef void (*ck_gateway_fn)(void *ctx,
    const struct ck_gateway_result *result);

/* value is NULL unless end->err is CK_OK; borrowed. */
typedef void (*ck_gateway_history_fn)(void *ctx,
    const struct ck_gateway_end *end, const struct ck_history *value);
typedef void (*ck_gateway_copayment_fn)(void *ctx,
    const struct ck_gateway_end *end, const struct ck_copayment *value);
typedef void (*ck_gateway_check_in_fn)(void *ctx,
    const struct ck_gateway_end *end, const struct ck_ack *value);

/* Of a call that is passed through: end->raw is all there is. */
typedef void (*ck_gateway_forward_fn)(void *ctx,
    const struct ck_gateway_end *end);

/* How a login ended: raw is what the gateway said, borrowed; empty: nothing. */
typedef void (*ck_gateway_login_fn)(void *ctx, enum ck_err err,
    struct ck_span raw, long status);

CK_MUST_CHECK enum ck_err
ck_gateway_new(struct ck_gateway **out, const struct ck_config *config,
    struct ck_loop *loop);

/* The same gateway under another account (copied), with tokens, turns and
 * breakers of its own: nothing of one account is used for another. */
CK_MUST_CHECK enum ck_err
ck_gateway_new_for(struct ck_gateway **out, const struct ck_config *config,
    struct ck_loop *loop, const struct ck_gateway_account *account);

void ck_gateway_free(struct ck_gateway **gateway);

/*
 * Ask about a card. done is called exactly once, from a later turn, unless
 * cancelled; *out is borrowed and dead from then on, and may be NULL. The call
 * ends at gateway_timeout_ms, waiting for its turn and a token included.
 *
 * Returns  CK_OK
 *          CK_ERR_REQUEST  the question lacks a field
 *          CK_ERR_NOMEM, CK_ERR_SYSTEM
 */
CK_MUST_CHECK enum ck_err
ck_gateway_ask(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_fn done, void *ctx,
    struct ck_gateway_call **out);

/* Earlier visits, with the five fields of a lookup. As ck_gateway_ask(). */
CK_MUST_CHECK enum ck_err
ck_gateway_history(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_history_fn done,
    void *ctx, struct ck_gateway_call **out);

/*
 * Cumulated co-payment. Never repeated but for a stale token: an account that
 * asks too often gets on a list. As ck_gateway_ask(), and
 * CK_ERR_GATEWAY_REPEATED when this number was asked about less than
 * CK_QUOTA_MS ago.
 */
CK_MUST_CHECK enum ck_err
ck_gateway_copayment(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_copayment_fn done,
    void *ctx, struct ck_gateway_call **out);

/*
 * Send a check-in file. xml is copied. After CK_ERR_GATEWAY_TIMEOUT or
 * _MALFORMED it may have arrived: send the same MA_LK again, later. held: it
 * has not been sent.
 */
CK_MUST_CHECK enum ck_err
ck_gateway_check_in(struct ck_gateway *gateway, struct ck_span xml,
    ck_gateway_check_in_fn done, void *ctx, struct ck_gateway_call **out);

/*
 * Take a token now, or wait for the one that is being taken. done is called
 * once, in a later turn; one login at a time, until then ctx must live.
 *
 * Returns  CK_OK
 *          CK_ERR_REQUEST  a login is under way already
 *          the refusal that the account is left alone for; CK_ERR_NOMEM,
 *          CK_ERR_SYSTEM
 */
CK_MUST_CHECK enum ck_err
ck_gateway_login(struct ck_gateway *gateway, ck_gateway_login_fn done,
    void *ctx);

/* How long the gateway takes the token that there is, in ms; 0: none. */
int64_t ck_gateway_token_left_ms(const struct ck_gateway *gateway);

/*
 * Pass a question of somebody else's program through: its body (copied) and
 * Content-Type as they came, with our token where the function wants it. Not
 * for lookups and tokens. As ck_gateway_ask().
 */
CK_MUST_CHECK enum ck_err
ck_gateway_forward(struct ck_gateway *gateway, enum ck_remote function,
    const char *type, struct ck_span body, ck_gateway_forward_fn done,
    void *ctx, struct ck_gateway_call **out);

/* After this end, may the gateway have taken what was sent? False: it never
 * arrived, or the account was refused. Pure. */
bool ck_gateway_may_have_arrived(const struct ck_gateway_end *end);

/* The account's name. Borrowed; never NULL. */
const char *ck_gateway_user(const struct ck_gateway *gateway);

/* Host and port that are asked, as configured. Borrowed; never NULL. */
const char *ck_gateway_host(const struct ck_gateway *gateway);

/* Drop the call and set *call to NULL; done is not called. */
void ck_gateway_cancel(struct ck_gateway_call **call);

/* Figures for the metrics and the page of clinic IT. */
struct ck_gateway_figures {
	int up;				/* last call reached it; -1: none yet */
	int64_t last_success_ms;	/* wall clock; 0: never */
	unsigned long long ok, failed_line, failed_gateway, failed_account;
	unsigned long long held;	/* not sent: it was left alone */
	unsigned in_flight;		/* sent, or waiting for a token */
	unsigned background;		/* of these, in automatic runs */
	unsigned queued;		/* waiting for their turn, but for
					 * those of automatic runs */
	enum ck_breaker_state lookups;	/* left alone after failures? */
	enum ck_breaker_state login;	/* left alone after a refusal? */
	enum ck_err last_err;		/* how the last call ended */
};
void ck_gateway_figures(const struct ck_gateway *gateway,
    struct ck_gateway_figures *out);

#endif /* SERVICE_ELIGIBILITY_GATEWAY_H */
