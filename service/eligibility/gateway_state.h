/*
 * gateway_state.h - the inside of the gateway, shared by its files
 *
 * gateway.c puts each question and reads each answer; gateway_call.c brings a
 * call through its turn, its token, its sending and its one repetition;
 * gateway_session.c takes tokens; gateway_figures.c counts.
 */
#ifndef SERVICE_ELIGIBILITY_GATEWAY_STATE_H
#define SERVICE_ELIGIBILITY_GATEWAY_STATE_H

#include "eligibility/ack.h"
#include "eligibility/copayment.h"
#include "eligibility/gateway.h"
#include "eligibility/history.h"
#include "eligibility/quota.h"
#include "eligibility/token.h"
#include "io/client.h"

struct ck_timer;

struct ck_gateway {
	const struct ck_config *config;	/* borrowed, like loop */
	struct ck_loop *loop;
	struct ck_client *client;
	char host[CK_HOST_LEN];		/* and port, from the URL */
	struct ck_gateway_account account;
	struct ck_remote_row rows[CK_REMOTES];
	struct ck_token token;
	int64_t token_until_ms;		/* monotonic; the margin is off */
	char token_address[64];		/* ours, when it was taken */
	unsigned long token_number;	/* counts tokens: which one was used */
	struct ck_client_call *taking;	/* a token is being asked for */
	bool taking_again;		/* because the last was over already */
	char session_failure[CK_FAILURE_LEN];	/* of the last try for one, as
					 * the line said it; "": none */
	ck_gateway_login_fn login;	/* waits for it; NULL: nobody */
	void *login_ctx;
	struct ck_quota quota;		/* of co-payment questions */
	unsigned refusals;		/* of lookups in a row */
	struct ck_gateway_call *calls;	/* newest first */
	struct ck_timer *pump;		/* somebody's turn may have come */
	struct ck_breaker breakers[CK_REMOTES];
	enum ck_err held_errs[CK_REMOTES];	/* what opened each */
	struct ck_gateway_figures figures;
	enum ck_err logged_err;		/* what the log has heard last */
};

/* What a call brought back, by its function. */
union ck_gateway_value {
	struct ck_answer answer;
	struct ck_history history;
	struct ck_copayment copayment;
	struct ck_ack ack;
};

/* Where a call is. */
enum ck_call_stage {
	CK_CALL_QUEUED,		/* others are on their way: not its turn */
	CK_CALL_WAITING,	/* for a token that is asked for */
	CK_CALL_SENT,
	CK_CALL_HELD		/* will not be sent: ends in the next turn */
};

struct ck_gateway_call {
	struct ck_gateway *gateway;
	struct ck_gateway_call *next;
	enum ck_remote function;
	struct ck_gateway_question question;	/* not of a check-in */
	struct ck_buf body;		/* as it is sent */
	char type[80];			/* Content-Type of a call that is
					 * passed through; empty: our own */
	enum ck_call_stage stage;
	enum ck_err held_err;
	struct ck_client_call *http;	/* NULL: not sent now */
	bool served;			/* the token it waited for has come */
	bool sessionless;		/* or none has: session_failure */
	bool trial;			/* let through to see */
	bool repeated;
	struct ck_timer *deadline;
	unsigned long token_number;	/* the token it was sent with */
	int64_t started_ms;		/* wall clock */
	int64_t started_mono_ms;
	union {
		ck_gateway_fn lookup;
		ck_gateway_history_fn history;
		ck_gateway_copayment_fn copayment;
		ck_gateway_check_in_fn check_in;
		ck_gateway_forward_fn forward;
	} done;
	void *ctx;
};

/* --- gateway.c ------------------------------------------------------------ */

/* Read the answer of this call; *stale: the gateway does not know our token. */
enum ck_err ck_gateway_read(const struct ck_gateway_call *call,
    const struct ck_client_answer *http, union ck_gateway_value *out,
    bool *stale);

/* Give the end to whoever asked. value is filled when end->err is CK_OK. */
void ck_gateway_deliver(const struct ck_gateway_call *call,
    const struct ck_gateway_end *end, union ck_gateway_value *value);

void ck_gateway_value_wipe(enum ck_remote function,
    union ck_gateway_value *value);

/* --- gateway_call.c ------------------------------------------------------- */

/* A call of zeros but for its function and gateway. NULL: out of memory. */
struct ck_gateway_call *ck_gateway_call_new(struct ck_gateway *gateway,
    enum ck_remote function);

/* Start it: its body is written. It is freed on every error. */
CK_MUST_CHECK enum ck_err
ck_gateway_call_start(struct ck_gateway_call *call, int64_t timeout_ms,
    struct ck_gateway_call **out);

void ck_gateway_call_free(struct ck_gateway_call *call);

/* In ms: how long a call of this function may take. */
int64_t ck_gateway_time_limit(const struct ck_gateway_call *call);

/* A token has come, or (err) none has: go on with those that waited. */
void ck_gateway_serve_waiting(struct ck_gateway *gateway, enum ck_err err);

/* What an HTTP request that brought no answer means. */
enum ck_err ck_gateway_err_of_end(enum ck_client_end end);

/* What failed, in one line for whoever keeps proof; "" when the gateway has
 * answered. http may be NULL. */
void ck_gateway_tell_failure(const struct ck_client_answer *http,
    enum ck_err err, char out[CK_FAILURE_LEN]);

/* For the log of technicians: what, and why; never a URL. */
void ck_gateway_log_end(const char *what,
    const struct ck_client_answer *http);

/* --- gateway_session.c ---------------------------------------------------- */

/* Is there a token that a call may use now? */
bool ck_gateway_has_token(const struct ck_gateway *gateway);

/* The gateway does not know this one any more. */
void ck_gateway_drop_token(struct ck_gateway *gateway);

/*
 * Ask for a token, unless that is under way. Returns CK_OK (somebody asks);
 * the error that the account was refused with, while the gateway is left
 * alone; CK_ERR_NOMEM, CK_ERR_SYSTEM, CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err ck_gateway_take_token(struct ck_gateway *gateway);

/* The URL of a function, with the secrets where it has them in the query. */
CK_MUST_CHECK enum ck_err
ck_gateway_url(const struct ck_gateway *gateway, enum ck_remote function,
    struct ck_buf *out);

/* --- gateway_figures.c ---------------------------------------------------- */

/* Count the end of a call, and let the breakers know. value as in deliver. */
void ck_gateway_count(struct ck_gateway_call *call,
    const struct ck_gateway_end *end, const union ck_gateway_value *value);

#endif /* SERVICE_ELIGIBILITY_GATEWAY_STATE_H */
