/*
 * gateway_figures.c - what is counted of calls, and what the breakers learn
 */
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "eligibility/codes.h"
#include "eligibility/gateway_state.h"
#include "io/loop.h"

/* One refusal may be about one person; two in a row are about us. */
#define REFUSALS_MAX 2

/* Whose fault an answer without an answer is. A code that we do not know is
 * an answer. */
static enum ck_err
err_of_code(const char *text)
{
	switch ((int)ck_code_find(text)->nature) {
	case CK_CODE_GATEWAY:
		return CK_ERR_GATEWAY_FAULT;
	case CK_CODE_ACCOUNT:
		return strcmp(text, "401") == 0 ? CK_ERR_GATEWAY_ACCOUNT :
		    CK_ERR_GATEWAY_OPERATOR;
	case CK_CODE_REQUEST:
		return CK_ERR_REQUEST;
	default:
		return CK_OK;
	}
}

static enum ck_err
real_err(const struct ck_gateway_call *call, const struct ck_gateway_end *end,
    const union ck_gateway_value *value)
{
	if (end->err == CK_OK && call->function == CK_REMOTE_LOOKUP)
		return err_of_code(value->answer.code);

	return end->err;
}

/* Tell the technician when it changes, not at every patient. */
static void
log_change(struct ck_gateway *gateway, enum ck_err err)
{
	if (err == gateway->logged_err)
		return;
	gateway->logged_err = err;
	if (err == CK_OK)
		ck_log(CK_LOG_NOTICE, "gateway", "answers");
	else
		ck_log(CK_LOG_WARNING, "gateway", "%s", ck_err_text(err));
}

/* Is the gateway itself not well? Then others need not try just now. */
static bool
is_outage(enum ck_err err)
{
	return err == CK_ERR_LINE || err == CK_ERR_GATEWAY_TIMEOUT ||
	    err == CK_ERR_GATEWAY_MALFORMED ||
	    err == CK_ERR_GATEWAY_TOO_LARGE || err == CK_ERR_GATEWAY_FAULT ||
	    err == CK_ERR_GATEWAY_TOKEN;
}

static bool
is_refusal(enum ck_err err)
{
	return err == CK_ERR_GATEWAY_ACCOUNT ||
	    err == CK_ERR_GATEWAY_BLOCKED || err == CK_ERR_GATEWAY_ADDRESS;
}

static void
teach_breaker(struct ck_gateway_call *call, enum ck_err err)
{
	struct ck_gateway *gateway = call->gateway;
	struct ck_breaker *breaker = &gateway->breakers[call->function];
	int64_t now_ms = ck_clock_mono_ms(ck_loop_clock(gateway->loop));
	bool others_try = breaker->state == CK_BREAKER_TRYING && !call->trial;
	/* One person whom the gateway cannot read, asked about again and again
	 * by nobody at a desk, must not close the line to the others. */
	bool aside = err == CK_ERR_GATEWAY_FAULT && !call->trial &&
	    call->question.turns != CK_TURNS_DESK;

	if (aside)
		return;
	if (!is_outage(err)) {
		ck_breaker_good(breaker);
	} else if (!others_try) {
		gateway->held_errs[call->function] = err;
		ck_breaker_bad(breaker, now_ms, arc4random());
	}
	call->trial = false;
}

/*
 * Lookups that are refused one after the other, each under a fresh token: the
 * account is at fault, and the next token will not help. An answer of any kind
 * shows that it is well.
 */
static void
teach_login(struct ck_gateway_call *call, enum ck_err err)
{
	struct ck_gateway *gateway = call->gateway;
	struct ck_breaker *login = &gateway->breakers[CK_REMOTE_TOKEN];
	int64_t now_ms = ck_clock_mono_ms(ck_loop_clock(gateway->loop));

	if (err == CK_OK || err == CK_ERR_GATEWAY_OPERATOR) {
		ck_breaker_good(login);
		gateway->refusals = 0;
	}
	if (!is_refusal(err) || call->function != CK_REMOTE_LOOKUP ||
	    call->stage != CK_CALL_SENT)
		return;
	if (++gateway->refusals < REFUSALS_MAX)
		return;
	gateway->held_errs[CK_REMOTE_TOKEN] = err;
	ck_breaker_bad(login, now_ms, arc4random());
	if (call->token_number == gateway->token_number)
		ck_gateway_drop_token(gateway);
}

void
ck_gateway_count(struct ck_gateway_call *call,
    const struct ck_gateway_end *end, const union ck_gateway_value *value)
{
	struct ck_gateway_figures *figures = &call->gateway->figures;
	enum ck_err err = real_err(call, end, value);

	if (end->held) {
		figures->held++;
		return;
	}
	teach_breaker(call, err);
	teach_login(call, err);
	figures->up = end->err != CK_ERR_LINE &&
	    end->err != CK_ERR_GATEWAY_TIMEOUT;
	figures->last_err = err;
	if (err == CK_OK) {
		figures->ok++;
		figures->last_success_ms = ck_clock_wall_ms(
		    ck_loop_clock(call->gateway->loop));
	} else if (err == CK_ERR_LINE) {
		figures->failed_line++;
	} else if (is_outage(err) || err == CK_ERR_GATEWAY_WRONG_PERSON) {
		figures->failed_gateway++;
	} else {
		figures->failed_account++;
	}
	log_change(call->gateway, err);
}

void
ck_gateway_figures(const struct ck_gateway *gateway,
    struct ck_gateway_figures *out)
{
	const struct ck_gateway_call *call = gateway->calls;

	*out = gateway->figures;
	for (; call != NULL; call = call->next) {
		out->queued += call->stage == CK_CALL_QUEUED &&
		    call->question.turns == CK_TURNS_DESK;
		out->in_flight += call->stage == CK_CALL_WAITING ||
		    call->stage == CK_CALL_SENT;
		out->background += call->question.turns != CK_TURNS_DESK &&
		    (call->stage == CK_CALL_WAITING ||
		    call->stage == CK_CALL_SENT);
	}
	out->lookups = gateway->breakers[CK_REMOTE_LOOKUP].state;
	out->login = gateway->breakers[CK_REMOTE_TOKEN].state;
}

bool
ck_gateway_may_have_arrived(const struct ck_gateway_end *end)
{
	switch ((int)end->err) {
	case CK_ERR_LINE:
	case CK_ERR_GATEWAY_ACCOUNT:
	case CK_ERR_GATEWAY_BLOCKED:
	case CK_ERR_GATEWAY_ADDRESS:
	case CK_ERR_GATEWAY_RESTRICTED:
	case CK_ERR_GATEWAY_OPERATOR:
	case CK_ERR_GATEWAY_TOKEN:
		return false;
	default:
		return !end->held;
	}
}
