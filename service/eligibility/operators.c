/*
 * operators.c - one state for each configured clerk
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/codes.h"
#include "eligibility/decide.h"
#include "eligibility/gateway.h"
#include "eligibility/operators.h"
#include "io/loop.h"

/* Clerks that sign on in the same seconds. */
#define ASKING_MAX 8

struct state {
	enum ck_operator_state state;
	char reason[CK_REASON_LEN];
	int64_t since_ms;
};

/* One who waits for the gateway's word. */
struct asking {
	struct ck_operators *all;
	unsigned index;
	ck_operators_fn done;		/* NULL: free */
	void *ctx;
	struct ck_gateway_call *call;
	struct ck_timer *at_once;	/* nothing is asked */
};

struct ck_operators {
	const struct ck_config *config;	/* borrowed, like the next two */
	struct ck_loop *loop;
	struct ck_gateway *gateway;
	struct state states[CK_OPERATORS_MAX];
	struct asking asking[ASKING_MAX];
};

enum ck_err
ck_operators_new(struct ck_operators **out, const struct ck_config *config,
    struct ck_loop *loop, struct ck_gateway *gateway)
{
	struct ck_operators *operators = calloc(1, sizeof(*operators));

	*out = operators;
	if (operators == NULL)
		return CK_ERR_NOMEM;
	operators->config = config;
	operators->loop = loop;
	operators->gateway = gateway;

	return CK_OK;
}

void
ck_operators_free(struct ck_operators **operators)
{
	struct ck_operators *gone = *operators;
	size_t i;

	*operators = NULL;
	if (gone == NULL)
		return;
	for (i = 0; i < ASKING_MAX; i++) {
		ck_gateway_cancel(&gone->asking[i].call);
		ck_loop_timer_cancel(&gone->asking[i].at_once);
	}
	free(gone);
}

const char *
ck_operator_state_label(enum ck_operator_state state)
{
	static const char *const labels[] = { "unknown", "taken", "refused" };

	return (size_t)state < sizeof(labels) / sizeof(labels[0]) ?
	    labels[state] : "?";
}

unsigned
ck_number_birth_year(const char *number)
{
	/* Digit 4: 0 and 1 for the 1900s (men, women), 2 and 3 for the next
	 * century, and so on (Decree 137/2015, Art. 7). */
	if (strlen(number) != 12 ||
	    strspn(number, "0123456789") != 12)
		return 0;

	return 1900U + 100U * ((unsigned)(number[3] - '0') / 2U) +
	    10U * (unsigned)(number[4] - '0') + (unsigned)(number[5] - '0');
}

/* --- What the gateway said ------------------------------------------------ */

static bool
is_refusal(const struct ck_gateway_result *result)
{
	if (result->err == CK_ERR_GATEWAY_OPERATOR)
		return true;

	return result->err == CK_OK &&
	    (strcmp(result->answer.code, "054") == 0 ||
	    strcmp(result->answer.code, "055") == 0);
}

/* An answer about the question shows that its asker was taken. */
static bool
is_taken(const struct ck_gateway_result *result)
{
	enum ck_code_nature nature;

	if (result->err != CK_OK)
		return result->err == CK_ERR_GATEWAY_WRONG_PERSON;
	nature = ck_code_find(result->answer.code)->nature;

	return nature != CK_CODE_ACCOUNT && nature != CK_CODE_GATEWAY &&
	    nature != CK_CODE_REQUEST;
}

static void
note_reason(struct state *state, const struct ck_gateway_result *result)
{
	struct ck_decision decision;

	if (result->err != CK_OK)
		ck_decide_failure(result->err, &decision);
	(void)snprintf(state->reason, sizeof(state->reason), "%s",
	    result->err != CK_OK ? decision.reason : result->answer.code);
}

static void
note(struct ck_operators *operators, unsigned index,
    const struct ck_gateway_result *result)
{
	struct state *state = &operators->states[index];
	enum ck_operator_state before = state->state;

	if (is_refusal(result)) {
		state->state = CK_OPERATOR_REFUSED;
		note_reason(state, result);
	} else if (is_taken(result)) {
		state->state = CK_OPERATOR_TAKEN;
		state->reason[0] = '\0';
	} else if (before == CK_OPERATOR_UNKNOWN) {
		note_reason(state, result);
	} else {
		return;		/* no answer changes nothing */
	}
	state->since_ms = ck_clock_wall_ms(ck_loop_clock(operators->loop));
	if (state->state == CK_OPERATOR_REFUSED && before != state->state)
		ck_log(CK_LOG_WARNING, "operator", "the gateway refuses [opera"
		    "tor] section %u with %s: compare name and number with "
		    "the list of registered users", index + 1, state->reason);
}

void
ck_operators_note(struct ck_operators *operators, const char *number,
    const struct ck_gateway_result *result)
{
	const struct ck_config *config = operators->config;
	unsigned i;

	for (i = 0; i < config->operator_count; i++) {
		if (strcmp(config->operators[i].number, number) == 0)
			note(operators, i, result);
	}
}

bool
ck_operators_at(const struct ck_operators *operators, unsigned index,
    struct ck_operator_view *out)
{
	const struct state *state;

	memset(out, 0, sizeof(*out));
	if (index >= operators->config->operator_count)
		return false;
	state = &operators->states[index];
	out->name = operators->config->operators[index].name;
	out->state = state->state;
	memcpy(out->reason, state->reason, sizeof(out->reason));
	out->since_ms = state->since_ms;

	return true;
}

/* --- Sign-on -------------------------------------------------------------- */

static void
answer(struct asking *asking)
{
	struct ck_operator_view view;
	ck_operators_fn done = asking->done;
	void *ctx = asking->ctx;

	(void)ck_operators_at(asking->all, asking->index, &view);
	asking->done = NULL;
	done(ctx, &view);
}

static void
on_result(void *ctx, const struct ck_gateway_result *result)
{
	struct asking *asking = ctx;

	asking->call = NULL;
	note(asking->all, asking->index, result);
	answer(asking);
}

static void
on_at_once(void *ctx)
{
	answer(ctx);
}

static enum ck_err
ask(struct asking *asking, const struct ck_operator *who)
{
	struct ck_gateway_question question = { .key = CK_KEY_ID_NUMBER };
	enum ck_err err;

	memcpy(question.number, who->number, sizeof(who->number));
	memcpy(question.full_name, who->name, sizeof(question.full_name));
	question.date_of_birth.year =
	    (uint16_t)ck_number_birth_year(who->number);
	memcpy(question.operator_name, who->name,
	    sizeof(question.operator_name));
	memcpy(question.operator_number, who->number,
	    sizeof(question.operator_number));
	err = ck_gateway_ask(asking->all->gateway, &question, on_result,
	    asking, &asking->call);
	OPENSSL_cleanse(&question, sizeof(question));

	return err;
}

static struct asking *
free_place(struct ck_operators *operators)
{
	size_t i;

	for (i = 0; i < ASKING_MAX; i++) {
		if (operators->asking[i].done == NULL)
			return &operators->asking[i];
	}

	return NULL;
}

enum ck_err
ck_operators_sign_on(struct ck_operators *operators, const char *name,
    ck_operators_fn done, void *ctx)
{
	const struct ck_config *config = operators->config;
	const struct ck_operator *who = name[0] == '\0' ? NULL :
	    ck_config_operator(config, name);
	struct asking *asking = free_place(operators);
	enum ck_err err;

	if (who == NULL)
		return CK_ERR_NOT_FOUND;
	if (asking == NULL)
		return CK_ERR_LIMIT;
	memset(asking, 0, sizeof(*asking));
	asking->all = operators;
	asking->index = (unsigned)(who - config->operators);
	asking->ctx = ctx;
	if (config->gateway_test_operators)
		err = ask(asking, who);
	else
		err = ck_loop_timer(operators->loop, 0, on_at_once, asking,
		    &asking->at_once);
	if (err == CK_OK)
		asking->done = done;

	return err;
}
