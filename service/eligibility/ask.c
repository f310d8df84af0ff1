/*
 * ask.c - gateway calls on their way, each for all lookups that ask the same
 *
 * A call outlives the lookups that wait for it: a late answer still fills the
 * cache and is counted as a call. It is recorded once, under the lookup that
 * began it.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/answer.h"
#include "eligibility/lookup_state.h"
#include "eligibility/operators.h"
#include "store/store.h"
#include "store/turn.h"

struct ck_ask {
	struct ck_lookups *all;
	struct ck_ask *next;
	struct ck_gateway *gateway;	/* borrowed: under whose account */
	struct ck_gateway_question question;
	struct ck_gateway_call *call;
	struct ck_lookup *waiting;	/* linked by next_waiting */
	struct ck_person_keys person;
	struct ck_date visit_date;
	struct ck_call_record record;	/* all but its end is filled */
};

/* What the end of a call leaves on disk. */
struct trace {
	struct ck_call_record record;
	struct ck_buf raw;		/* behind record.raw */
	struct ck_person_keys person;
	bool cache;
	struct ck_answer answer;
};

static void
ask_free(struct ck_ask *ask)
{
	struct ck_ask **link = &ask->all->asks;

	while (*link != NULL && *link != ask)
		link = &(*link)->next;
	if (*link == ask)
		*link = ask->next;
	OPENSSL_cleanse(ask, sizeof(*ask));
	free(ask);
}

static bool
same_question(const struct ck_gateway_question *a,
    const struct ck_gateway_question *b)
{
	return a->key == b->key && strcmp(a->number, b->number) == 0 &&
	    strcmp(a->full_name, b->full_name) == 0 &&
	    ck_date_compare(a->date_of_birth, b->date_of_birth) == 0 &&
	    strcmp(a->operator_number, b->operator_number) == 0;
}

static enum ck_turns
turns_of(enum ck_kind kind)
{
	if (kind == CK_KIND_RECHECK)
		return CK_TURNS_RECHECK;

	return kind == CK_KIND_APPOINTMENT ? CK_TURNS_APPOINTMENT :
	    CK_TURNS_DESK;
}

static void
write_question(const struct ck_lookup *lookup, enum ck_key key,
    const char *number, struct ck_gateway_question *out)
{
	const struct ck_identity *identity = &lookup->record.identity;

	memset(out, 0, sizeof(*out));
	out->key = key;
	(void)snprintf(out->number, sizeof(out->number), "%s", number);
	memcpy(out->full_name, identity->full_name, sizeof(out->full_name));
	out->date_of_birth = identity->date_of_birth;
	out->turns = turns_of(lookup->record.counted.kind);
	memcpy(out->operator_name, lookup->operator_asking->name,
	    sizeof(out->operator_name));
	memcpy(out->operator_number, lookup->operator_asking->number,
	    sizeof(out->operator_number));
}

/* --- The end of a call ---------------------------------------------------- */

static enum ck_err
write_trace(struct ck_store *store, void *ctx)
{
	const struct trace *trace = ctx;
	enum ck_err err = ck_store_put_call(store, &trace->record);

	if (err == CK_OK && trace->cache)
		err = ck_store_cache_put(store, &trace->person,
		    &trace->answer);

	return err;
}

static void
trace_free(void *ctx, enum ck_err err)
{
	struct trace *trace = ctx;

	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "lookup", "call not recorded: %s",
		    ck_err_text(err));
	ck_buf_wipe(&trace->raw);
	OPENSSL_cleanse(trace, sizeof(*trace));
	free(trace);
}

/* Only an answer about a person we know is worth keeping; one that names no
 * card would take the place of one that did. */
static bool
worth_keeping(const struct ck_answer *answer,
    const struct ck_decision *decision)
{
	return !decision->ask_new_card && ck_answer_names_card(answer) &&
	    (decision->outcome == CK_OUTCOME_COVERED ||
	    decision->outcome == CK_OUTCOME_NOT_COVERED);
}

/* Numbers that the answer adds to those we know. */
static void
learn(struct ck_person_keys *person, const struct ck_answer *answer)
{
	if (person->insurance_number[0] == '\0')
		memcpy(person->insurance_number, answer->insurance_number,
		    sizeof(person->insurance_number));
	if (person->card_number[0] == '\0')
		memcpy(person->card_number, answer->card.number,
		    sizeof(person->card_number));
}

/* Proof of the call: whom we asked, and what came, word for word. Without
 * memory for the words the call is recorded all the same. */
static void
fill_proof(struct trace *trace, const struct ck_ask *ask,
    const struct ck_gateway_end *end)
{
	struct ck_call_record *record = &trace->record;

	(void)snprintf(record->host, sizeof(record->host), "%s",
	    ck_gateway_host(ask->gateway));
	record->http_status = end->status > 0 && end->status < 1000 ?
	    (unsigned)end->status : 0;
	memcpy(record->failure, end->failure, sizeof(record->failure));
	if (ck_buf_append(&trace->raw, end->raw) == CK_OK)
		record->raw = ck_buf_view(&trace->raw);
}

static void
fill_trace(struct trace *trace, const struct ck_ask *ask,
    const struct ck_gateway_result *result)
{
	struct ck_decision decision;

	trace->record = ask->record;
	trace->record.started_ms = result->started_ms;
	trace->record.duration_ms = result->duration_ms;
	fill_proof(trace, ask, &result->end);
	trace->person = ask->person;
	if (result->err == CK_OK)
		ck_decide(&result->answer, ask->visit_date, false, &decision);
	else
		ck_decide_failure(result->err, &decision);
	trace->record.outcome = decision.outcome;
	(void)snprintf(trace->record.code, sizeof(trace->record.code), "%s",
	    result->err == CK_OK ? result->answer.code :
	    ck_err_label(result->err));
	trace->cache = result->err == CK_OK && worth_keeping(
	    &result->answer, &decision);
	if (trace->cache) {
		trace->answer = result->answer;
		learn(&trace->person, &result->answer);
	}
}

static void
leave_trace(const struct ck_ask *ask, const struct ck_gateway_result *result)
{
	struct trace *trace = calloc(1, sizeof(*trace));

	if (trace == NULL) {
		ck_log(CK_LOG_ERROR, "lookup", "call not recorded: %s",
		    ck_err_text(CK_ERR_NOMEM));
		return;
	}
	fill_trace(trace, ask, result);
	if (ck_turn_add(ask->all->options.turn, write_trace, trace_free,
	    trace) != CK_OK)
		trace_free(trace, CK_ERR_NOMEM);
}

static void
on_result(void *ctx, const struct ck_gateway_result *result)
{
	struct ck_ask *ask = ctx;
	struct ck_lookup *lookup = ask->waiting;

	/* Another account may have other operators. */
	if (ask->all->options.operators != NULL &&
	    ask->gateway == ask->all->options.gateway)
		ck_operators_note(ask->all->options.operators,
		    ask->question.operator_number, result);
	/* What was not sent is no call: the portal has not counted it. */
	if (!result->end.held)
		leave_trace(ask, result);
	ask_free(ask);
	while (lookup != NULL) {
		struct ck_lookup *next = lookup->next_waiting;

		lookup->ask = NULL;
		lookup->next_waiting = NULL;
		ck_lookup_answered(lookup, result);
		lookup = next;
	}
}

/* --- The beginning -------------------------------------------------------- */

static struct ck_ask *
find(const struct ck_lookup *lookup,
    const struct ck_gateway_question *question)
{
	struct ck_ask *ask = lookup->all->asks;

	while (ask != NULL && (ask->gateway != lookup->gateway ||
	    !same_question(&ask->question, question)))
		ask = ask->next;

	return ask;
}

static void
prepare_record(struct ck_ask *ask, const struct ck_lookup *lookup)
{
	const struct ck_lookup_record *record = &lookup->record;

	ask->person = record->person;
	ask->visit_date = record->visit_date;
	memcpy(ask->record.lookup_id, record->id,
	    sizeof(ask->record.lookup_id));
	ask->record.key = ask->question.key;
	ask->record.kind = record->counted.kind;
	ask->record.captured = record->counted.captured;
	memcpy(ask->record.desk, record->counted.desk,
	    sizeof(ask->record.desk));
}

static enum ck_err
ask_new(struct ck_lookup *lookup, const struct ck_gateway_question *question,
    struct ck_ask **out)
{
	struct ck_ask *ask = calloc(1, sizeof(*ask));
	enum ck_err err;

	if (ask == NULL)
		return CK_ERR_NOMEM;
	ask->all = lookup->all;
	ask->gateway = lookup->gateway;
	ask->question = *question;
	prepare_record(ask, lookup);
	err = ck_gateway_ask(ask->gateway, question, on_result, ask,
	    &ask->call);
	if (err != CK_OK) {
		ask_free(ask);
		return err;
	}
	ask->next = ask->all->asks;
	ask->all->asks = ask;
	*out = ask;

	return CK_OK;
}

enum ck_err
ck_ask_start(struct ck_lookup *lookup, enum ck_key key, const char *number)
{
	struct ck_gateway_question question;
	struct ck_ask *ask;
	enum ck_err err = CK_OK;

	write_question(lookup, key, number, &question);
	ask = find(lookup, &question);
	if (ask == NULL)
		err = ask_new(lookup, &question, &ask);
	if (err == CK_OK) {
		lookup->ask = ask;
		lookup->next_waiting = ask->waiting;
		ask->waiting = lookup;
	}
	OPENSSL_cleanse(&question, sizeof(question));

	return err;
}

void
ck_ask_leave(struct ck_lookup *lookup)
{
	struct ck_lookup **link;

	if (lookup->ask == NULL)
		return;
	link = &lookup->ask->waiting;
	while (*link != NULL && *link != lookup)
		link = &(*link)->next_waiting;
	if (*link == lookup)
		*link = lookup->next_waiting;
	lookup->next_waiting = NULL;
	lookup->ask = NULL;
}

void
ck_ask_free_all(struct ck_lookups *lookups)
{
	while (lookups->asks != NULL) {
		ck_gateway_cancel(&lookups->asks->call);
		ask_free(lookups->asks);
	}
}
