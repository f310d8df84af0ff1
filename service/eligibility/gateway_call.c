/*
 * gateway_call.c - one call: its turn, its token, its sending, its end
 *
 * A call waits for its turn and for a token, is sent, and is repeated once
 * with a new token when the gateway calls the old one stale. However long that
 * takes, it ends at its deadline.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/gateway_state.h"
#include "eligibility/question.h"
#include "io/loop.h"

/* Slow functions, which nobody waits for at a desk: so many at a time. */
#define SLOW_CALLS_MAX 2

#define HEADER_LEN (CK_TOKEN_TEXT_MAX + 32)

/* --- Whose turn it is ----------------------------------------------------- */

static bool
is_under_way(const struct ck_gateway_call *call)
{
	return call->stage == CK_CALL_WAITING || call->stage == CK_CALL_SENT;
}

static unsigned
turns_of(const struct ck_gateway_call *call)
{
	const struct ck_config *config = call->gateway->config;

	if (call->function != CK_REMOTE_LOOKUP)
		return SLOW_CALLS_MAX;
	switch (call->question.turns) {
	case CK_TURNS_RECHECK:
		return 1;
	case CK_TURNS_APPOINTMENT:
		return config->appointments_calls;
	case CK_TURNS_DESK:
	default:
		return config->gateway_calls_max;
	}
}

/* No turns: no bound. */
static bool
has_turn(const struct ck_gateway_call *wanting)
{
	const struct ck_gateway_call *call = wanting->gateway->calls;
	unsigned limit = turns_of(wanting);
	unsigned count = 0;

	for (; call != NULL; call = call->next)
		count += call->function == wanting->function &&
		    call->question.turns == wanting->question.turns &&
		    is_under_way(call);

	return limit == 0 || count < limit;
}

/* The oldest that waits for its turn and may go; NULL: none. */
static struct ck_gateway_call *
next_turn(const struct ck_gateway *gateway)
{
	struct ck_gateway_call *call = gateway->calls, *found = NULL;

	for (; call != NULL; call = call->next) {
		if (call->stage == CK_CALL_QUEUED && has_turn(call))
			found = call;
	}

	return found;
}

static void go(struct ck_gateway_call *call);

static void
on_pump(void *ctx)
{
	struct ck_gateway *gateway = ctx;
	struct ck_gateway_call *call;

	while ((call = next_turn(gateway)) != NULL)
		go(call);
}

/* Somebody has ended: in the next turn, never from inside a caller. */
static void
pump(struct ck_gateway *gateway)
{
	/* Without a timer those that wait end at their deadline. */
	if (gateway->pump == NULL && next_turn(gateway) != NULL &&
	    ck_loop_timer(gateway->loop, 0, on_pump, gateway,
	    &gateway->pump) != CK_OK)
		ck_log(CK_LOG_ERROR, "gateway", "no timer for the next call");
}

/* --- How a call ends ------------------------------------------------------ */

void
ck_gateway_call_free(struct ck_gateway_call *call)
{
	struct ck_gateway *gateway = call->gateway;
	struct ck_gateway_call **link = &gateway->calls;

	while (*link != NULL && *link != call)
		link = &(*link)->next;
	if (*link == call)
		*link = call->next;
	if (call->trial)
		ck_breaker_dropped(&gateway->breakers[call->function]);
	ck_client_cancel(&call->http);
	ck_loop_timer_cancel(&call->deadline);
	ck_buf_wipe(&call->body);
	OPENSSL_cleanse(call, sizeof(*call));
	free(call);
	pump(gateway);
}

/* What the line said, for whoever keeps proof: no secret, no URL. */
void
ck_gateway_tell_failure(const struct ck_client_answer *http, enum ck_err err,
    char out[CK_FAILURE_LEN])
{
	out[0] = '\0';
	if (err == CK_OK || (http != NULL && http->end == CK_CLIENT_ANSWERED))
		return;
	if (http == NULL)
		(void)snprintf(out, CK_FAILURE_LEN, "%s", ck_err_text(err));
	else if (http->system_error != 0)
		(void)snprintf(out, CK_FAILURE_LEN, "%s: %s (%s)",
		    ck_client_end_label(http->end), http->detail,
		    strerror(http->system_error));
	else
		(void)snprintf(out, CK_FAILURE_LEN, "%s: %s",
		    ck_client_end_label(http->end), http->detail);
}

/* http and value may be NULL when err is set. The call is gone afterwards. */
static void
finish(struct ck_gateway_call *call, enum ck_err err,
    const struct ck_client_answer *http, union ck_gateway_value *value)
{
	const struct ck_clock *clock = ck_loop_clock(call->gateway->loop);
	struct ck_gateway_call ended;
	struct ck_gateway_end end = {
		.err = err,
		.held = !call->repeated && (call->stage == CK_CALL_HELD ||
		    call->stage == CK_CALL_QUEUED),
		.raw = http != NULL ? http->body : CK_SPAN_EMPTY,
		.status = http != NULL ? http->status : 0,
		.started_ms = call->started_ms,
		.duration_ms = ck_clock_mono_ms(clock) - call->started_mono_ms
	};

	if (call->sessionless)
		memcpy(end.failure, call->gateway->session_failure,
		    sizeof(end.failure));
	if (end.failure[0] == '\0')
		ck_gateway_tell_failure(http, err, end.failure);
	if (err == CK_OK && call->function == CK_REMOTE_LOOKUP)
		value->answer.as_of_ms = ck_clock_wall_ms(clock);
	ck_gateway_count(call, &end, value);
	ended = *call;
	ck_gateway_call_free(call);
	/* Before whoever asked goes to the disk: the line need not wait. */
	on_pump(ended.gateway);
	ck_gateway_deliver(&ended, &end, value);
	OPENSSL_cleanse(&ended, sizeof(ended));
}

static void
on_deadline(void *ctx)
{
	struct ck_gateway_call *call = ctx;

	finish(call, call->stage == CK_CALL_HELD ? call->held_err :
	    CK_ERR_GATEWAY_TIMEOUT, NULL, NULL);
}

/* Not sent: it ends in the next turn, for this reason. */
static void
hold(struct ck_gateway_call *call, enum ck_err err)
{
	call->stage = CK_CALL_HELD;
	call->held_err = err;
	ck_loop_timer_cancel(&call->deadline);
	if (ck_loop_timer(call->gateway->loop, 0, on_deadline, call,
	    &call->deadline) != CK_OK)
		ck_log(CK_LOG_ERROR, "gateway", "out of memory");
}

enum ck_err
ck_gateway_err_of_end(enum ck_client_end end)
{
	switch (end) {
	case CK_CLIENT_ANSWERED:
		return CK_OK;
	case CK_CLIENT_NAME:
	case CK_CLIENT_CONNECT:
	case CK_CLIENT_TLS:
	case CK_CLIENT_PROXY:
		return CK_ERR_LINE;
	case CK_CLIENT_TIMEOUT:
		return CK_ERR_GATEWAY_TIMEOUT;
	case CK_CLIENT_TOO_LARGE:
		return CK_ERR_GATEWAY_TOO_LARGE;
	case CK_CLIENT_BROKEN:
	case CK_CLIENT_FAILED:
	default:
		return CK_ERR_GATEWAY_MALFORMED;
	}
}

void
ck_gateway_log_end(const char *what, const struct ck_client_answer *http)
{
	if (http->end != CK_CLIENT_ANSWERED)
		ck_log(CK_LOG_INFO, "gateway", "%s: %s: %s", what,
		    ck_client_end_label(http->end), http->detail);
	else if (http->status != 200)
		ck_log(CK_LOG_INFO, "gateway", "%s: HTTP status %ld", what,
		    http->status);
}

/* --- Sending -------------------------------------------------------------- */

/* A computer with two lines: the token holds only for the one that took it. */
static void
compare_addresses(const struct ck_gateway *gateway,
    const struct ck_client_answer *http)
{
	if (http->local_address[0] != '\0' &&
	    gateway->token_address[0] != '\0' &&
	    strcmp(http->local_address, gateway->token_address) != 0)
		ck_log(CK_LOG_WARNING, "gateway", "the session was taken from "
		    "%s, this call went out from %s: [gateway] source_address "
		    "pins both to one line", gateway->token_address,
		    http->local_address);
}

/* The gateway calls the token stale: once more with another. */
static void
ask_again(struct ck_gateway_call *call, const struct ck_client_answer *http)
{
	struct ck_gateway *gateway = call->gateway;

	call->repeated = true;
	compare_addresses(gateway, http);
	/* Another call may have brought a newer one meanwhile. */
	if (call->token_number == gateway->token_number)
		ck_gateway_drop_token(gateway);
	go(call);
}

static void
on_answer(void *ctx, const struct ck_client_answer *http)
{
	struct ck_gateway_call *call = ctx;
	enum ck_remote function = call->function;
	union ck_gateway_value value;
	bool stale = false;
	enum ck_err err;

	call->http = NULL;
	ck_gateway_log_end(ck_remote_name(function), http);
	err = ck_gateway_read(call, http, &value, &stale);
	if (stale && !call->repeated)
		ask_again(call, http);
	else
		finish(call, err, http, &value);
	ck_gateway_value_wipe(function, &value);
}

static bool
write_header(char *out, const char *name, const char *value)
{
	int len = snprintf(out, HEADER_LEN, "%s: %s", name, value);

	return len > 0 && len < HEADER_LEN && strpbrk(value, "\r\n") == NULL;
}

static enum ck_err
post_it(struct ck_gateway_call *call, struct ck_client_post *post)
{
	const struct ck_gateway *gateway = call->gateway;
	char lines[3][HEADER_LEN];
	const char *const headers[] = { lines[0], lines[1], lines[2], NULL };
	enum ck_err err = CK_ERR_GATEWAY_TOKEN;

	if (gateway->rows[call->function].secrets == CK_SECRETS_HEADERS) {
		if (!write_header(lines[0], "accessToken",
		    gateway->token.access) || !write_header(lines[1],
		    "tokenId", gateway->token.id) || !write_header(lines[2],
		    "passwordHash", gateway->account.password_md5))
			goto out;
		post->headers = headers;
	}
	err = ck_client_post(gateway->client, post, on_answer, call,
	    &call->http);
out:
	OPENSSL_cleanse(lines, sizeof(lines));

	return err;
}

int64_t
ck_gateway_time_limit(const struct ck_gateway_call *call)
{
	const struct ck_config *config = call->gateway->config;

	switch ((int)call->function) {
	case CK_REMOTE_HISTORY:
		return config->gateway_history_timeout_ms;
	case CK_REMOTE_COPAYMENT:
		return config->gateway_copayment_timeout_ms;
	case CK_REMOTE_CHECK_IN:
		return config->gateway_check_in_timeout_ms;
	default:
		return config->gateway_timeout_ms;
	}
}

static enum ck_err
send_call(struct ck_gateway_call *call)
{
	struct ck_gateway *gateway = call->gateway;
	struct ck_buf url = CK_BUF_INIT;
	struct ck_client_post post = {
		.content_type = call->type[0] != '\0' ? call->type :
		    ck_fields_type(gateway->rows[call->function].encoding ==
		    CK_ENCODING_JSON),
		.body = ck_buf_view(&call->body),
		.timeout_ms = ck_gateway_time_limit(call)
	};
	enum ck_err err;

	if ((err = ck_gateway_url(gateway, call->function, &url)) != CK_OK)
		goto out;
	post.url = (const char *)url.ptr;
	call->token_number = gateway->token_number;
	call->stage = CK_CALL_SENT;
	err = post_it(call, &post);
out:
	ck_buf_wipe(&url);

	return err;
}

/* Its turn has come: send it with the token there is, or wait for one. */
static void
go(struct ck_gateway_call *call)
{
	enum ck_err err;

	if (ck_gateway_has_token(call->gateway)) {
		err = send_call(call);
	} else {
		call->stage = CK_CALL_WAITING;
		err = ck_gateway_take_token(call->gateway);
	}
	if (err != CK_OK)
		hold(call, err);
}

/* The next call whose token has come; NULL: none. */
static struct ck_gateway_call *
next_served(const struct ck_gateway *gateway)
{
	struct ck_gateway_call *call = gateway->calls;

	while (call != NULL && !call->served)
		call = call->next;

	return call;
}

/* Those that begin to wait meanwhile, out of a callback, wait for the next. */
void
ck_gateway_serve_waiting(struct ck_gateway *gateway, enum ck_err err)
{
	struct ck_gateway_call *call;

	for (call = gateway->calls; call != NULL; call = call->next)
		call->served = call->stage == CK_CALL_WAITING;
	while ((call = next_served(gateway)) != NULL) {
		enum ck_err sent = err != CK_OK ? err : send_call(call);

		call->served = false;
		call->sessionless = err != CK_OK;
		if (sent != CK_OK)
			finish(call, sent, NULL, NULL);
	}
}

/* --- The beginning -------------------------------------------------------- */

struct ck_gateway_call *
ck_gateway_call_new(struct ck_gateway *gateway, enum ck_remote function)
{
	struct ck_gateway_call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return NULL;
	call->gateway = gateway;
	call->function = function;

	return call;
}

enum ck_err
ck_gateway_call_start(struct ck_gateway_call *call, int64_t timeout_ms,
    struct ck_gateway_call **out)
{
	struct ck_gateway *gateway = call->gateway;
	const struct ck_clock *clock = ck_loop_clock(gateway->loop);
	struct ck_breaker *breaker = &gateway->breakers[call->function];
	enum ck_err err;

	call->started_ms = ck_clock_wall_ms(clock);
	call->started_mono_ms = ck_clock_mono_ms(clock);
	if ((err = ck_loop_timer(gateway->loop, timeout_ms, on_deadline, call,
	    &call->deadline)) != CK_OK) {
		ck_gateway_call_free(call);
		return err;
	}
	if (!ck_breaker_admit(breaker, call->started_mono_ms)) {
		hold(call, gateway->held_errs[call->function]);
	} else {
		call->trial = breaker->state == CK_BREAKER_TRYING;
		if (has_turn(call))
			go(call);
	}
	call->next = gateway->calls;
	gateway->calls = call;
	if (out != NULL)
		*out = call;

	return CK_OK;
}
