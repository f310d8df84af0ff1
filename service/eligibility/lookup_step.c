/*
 * lookup_step.c - what a lookup does next: cache, first key, new card, next key
 *
 * Each answer is taken into the record if it tells more than what is there;
 * then the next question follows, or the owner is told.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/answer.h"
#include "eligibility/codes.h"
#include "eligibility/lookup_state.h"
#include "io/loop.h"
#include "store/store.h"

#define BIT(key) (1U << (unsigned)(key))

/* The best number first: it is the one that the chip and the QR code give. */
static const enum ck_key order[] = {
	CK_KEY_ID_NUMBER, CK_KEY_INSURANCE_NUMBER, CK_KEY_CARD_NUMBER
};

#define KEYS (sizeof(order) / sizeof(order[0]))

static void ask_key(struct ck_lookup *lookup, enum ck_key key);

const char *
ck_lookup_number(const struct ck_lookup *lookup, enum ck_key key)
{
	const struct ck_person_keys *person = &lookup->record.person;

	switch (key) {
	case CK_KEY_ID_NUMBER:
		return person->id_number;
	case CK_KEY_INSURANCE_NUMBER:
		return person->insurance_number;
	case CK_KEY_CARD_NUMBER:
		return person->card_number;
	case CK_KEY_NONE:
	default:
		return "";
	}
}

bool
ck_lookup_is_automatic(const struct ck_lookup *lookup)
{
	enum ck_kind kind = lookup->record.counted.kind;

	return kind == CK_KIND_RECHECK || kind == CK_KIND_APPOINTMENT;
}

/* --- Taking an answer into the record ------------------------------------- */

/* How much an outcome tells: a no says more than a blank. */
static int
weight(enum ck_outcome outcome)
{
	switch (outcome) {
	case CK_OUTCOME_COVERED:
		return 5;
	case CK_OUTCOME_NOT_COVERED:
		return 4;
	case CK_OUTCOME_MISMATCH:
		return 3;
	case CK_OUTCOME_NOT_FOUND:
		return 2;
	case CK_OUTCOME_UNAVAILABLE:
		return 1;
	case CK_OUTCOME_NONE:
	default:
		return 0;
	}
}

/* May what is new stand in place of what stands there? */
static bool
outweighs(enum ck_outcome outcome, enum ck_source source,
    enum ck_outcome old_outcome, enum ck_source old_source)
{
	/* The gateway's word stands above any kept answer. */
	if (old_source == CK_SOURCE_CACHE || old_source == CK_SOURCE_STALE)
		return source == CK_SOURCE_GATEWAY &&
		    outcome != CK_OUTCOME_UNAVAILABLE;

	return weight(outcome) >= weight(old_outcome);
}

/* The first key keeps its own outcome, whatever later keys bring. */
static void
take_first(struct ck_counted *counted, const struct ck_decision *decision,
    enum ck_source source)
{
	bool settled = counted->first_source == CK_SOURCE_GATEWAY &&
	    counted->first_outcome != CK_OUTCOME_UNAVAILABLE;

	if (settled || !outweighs(decision->outcome, source,
	    counted->first_outcome, counted->first_source))
		return;
	counted->first_outcome = decision->outcome;
	counted->first_source = source;
	memcpy(counted->first_reason, decision->reason,
	    sizeof(counted->first_reason));
}

static void
take_numbers(struct ck_person_keys *person, const struct ck_answer *answer,
    struct ck_date visit_date)
{
	const struct ck_insurance_card *card =
	    ck_card_of_visit(answer, visit_date);

	if (person->insurance_number[0] == '\0')
		memcpy(person->insurance_number, answer->insurance_number,
		    sizeof(person->insurance_number));
	if (person->card_number[0] == '\0' && card != NULL)
		memcpy(person->card_number, card->number,
		    sizeof(person->card_number));
}

static void
take_answer(struct ck_lookup_record *record, const struct ck_answer *answer)
{
	enum ck_outcome outcome = record->counted.outcome;

	record->has_answer = answer != NULL;
	if (answer == NULL) {
		ck_answer_wipe(&record->answer);
		return;
	}
	record->answer = *answer;
	/* Only these say that it is the person who was asked about. */
	if (outcome == CK_OUTCOME_COVERED || outcome == CK_OUTCOME_NOT_COVERED)
		take_numbers(&record->person, answer, record->visit_date);
}

/* answer is NULL when there was none. */
static void
take(struct ck_lookup *lookup, const struct ck_decision *decision,
    enum ck_source source, const struct ck_answer *answer)
{
	struct ck_counted *counted = &lookup->record.counted;

	if (lookup->asking == counted->first_key)
		take_first(counted, decision, source);
	if (outweighs(decision->outcome, source, counted->outcome,
	    counted->source)) {
		counted->outcome = decision->outcome;
		counted->source = source;
		counted->resolved_by = lookup->asking;
		memcpy(counted->reason, decision->reason,
		    sizeof(counted->reason));
		take_answer(&lookup->record, answer);
	}
	counted->owner = ck_decide_owner(counted);
}

/* --- The cache ------------------------------------------------------------ */

/* The law asks the gateway during treatment and before closing, too. */
static bool
kind_may_be_cached(enum ck_kind kind)
{
	return kind == CK_KIND_DESK || kind == CK_KIND_INTEGRATION ||
	    kind == CK_KIND_APPOINTMENT;
}

static bool
fresh(const struct ck_lookup *lookup, const struct ck_answer *answer,
    bool first_of_visit)
{
	const struct ck_config *config = lookup->all->options.config;
	int64_t age_ms = lookup->record.opened_ms - answer->as_of_ms;

	if (!kind_may_be_cached(lookup->record.counted.kind))
		return false;
	switch (config->policy) {
	case CK_POLICY_FIRST_OF_VISIT:
		return !first_of_visit;
	case CK_POLICY_OLDER_THAN:
		return age_ms >= 0 && age_ms <= config->policy_age_ms;
	case CK_POLICY_ALWAYS:
	default:
		return false;
	}
}

/*
 * A kept answer counts only for the person it was given for: whoever types
 * another name under a number is asked about anew.
 */
static bool
kept_for_this_person(const struct ck_lookup *lookup,
    const struct ck_answer *answer)
{
	const struct ck_identity *identity = &lookup->record.identity;

	return answer->full_name[0] != '\0' &&
	    !ck_date_absent(answer->date_of_birth) &&
	    ck_answer_is_about(answer, lookup->asking,
	    ck_lookup_number(lookup, lookup->asking), identity->full_name,
	    identity->date_of_birth);
}

/* A yes from the cache; a no is always asked anew. */
static bool
take_cached(struct ck_lookup *lookup, bool only_fresh)
{
	struct ck_lookup_record *record = &lookup->record;
	struct ck_decision decision;
	bool by_visit = lookup->all->options.config->policy ==
	    CK_POLICY_FIRST_OF_VISIT;
	struct ck_answer answer;
	bool first_of_visit = true, good = false;

	if (ck_store_cache_get(lookup->all->options.store, lookup->asking,
	    ck_lookup_number(lookup, lookup->asking), record->visit_date,
	    &answer, only_fresh && by_visit ? &first_of_visit : NULL) !=
	    CK_OK)
		goto out;
	if (only_fresh && !fresh(lookup, &answer, first_of_visit))
		goto out;
	ck_decide(&answer, record->visit_date, true, &decision);
	good = decision.outcome == CK_OUTCOME_COVERED &&
	    kept_for_this_person(lookup, &answer);
	if (good)
		take(lookup, &decision,
		    only_fresh ? CK_SOURCE_CACHE : CK_SOURCE_STALE, &answer);
out:
	ck_answer_wipe(&answer);

	return good;
}

/* An old yes under any key: the patient is admitted on it. */
static bool
take_stale(struct ck_lookup *lookup)
{
	enum ck_key asked = lookup->asking;
	bool good = false;
	size_t i;

	for (i = 0; i < KEYS && !good; i++) {
		lookup->asking = order[i];
		if (ck_lookup_number(lookup, order[i])[0] != '\0')
			good = take_cached(lookup, false);
	}
	if (!good)
		lookup->asking = asked;

	return good;
}

/* Did the question fail for reasons that say nothing of the patient? Whom the
 * gateway does not let ask under an account of his own we do not answer. */
static bool
stale_may_help(const struct ck_lookup *lookup)
{
	const struct ck_counted *counted = &lookup->record.counted;
	bool ours = lookup->gateway == lookup->all->options.gateway;
	const char *reason = counted->reason;
	enum ck_code_nature nature = ck_code_find(reason)->nature;

	return counted->outcome == CK_OUTCOME_UNAVAILABLE &&
	    (nature == CK_CODE_GATEWAY ||
	    strcmp(reason, CK_REASON_LINE) == 0 ||
	    strcmp(reason, CK_REASON_GATEWAY) == 0 ||
	    (ours && (nature == CK_CODE_ACCOUNT ||
	    strcmp(reason, CK_REASON_ACCOUNT) == 0 ||
	    strcmp(reason, CK_REASON_OPERATOR) == 0)));
}

/* --- Steps ---------------------------------------------------------------- */

/* An answer that was the same at every visit so far, or is not. */
static void
compare_visits(struct ck_lookup *lookup)
{
	if (ck_store_same_visits(lookup->all->options.store, &lookup->record,
	    &lookup->record.same_visits) != CK_OK)
		lookup->record.same_visits = 0;
}

/* Nothing more to ask for now: tell the owner. */
static void
show(struct ck_lookup *lookup)
{
	const struct ck_clock *clock = ck_loop_clock(lookup->all->options.loop);
	struct ck_lookup_record *record = &lookup->record;

	ck_loop_timer_cancel(&lookup->budget);
	/* A re-check wants the insurer's word: the kept one is known. */
	if (record->counted.kind != CK_KIND_RECHECK &&
	    stale_may_help(lookup) && take_stale(lookup))
		record->counted.owner = ck_decide_owner(&record->counted);
	compare_visits(lookup);
	record->answered_ms = ck_clock_wall_ms(clock);
	if (record->counted.latency_ms < 0)
		record->counted.latency_ms =
		    ck_clock_mono_ms(clock) - lookup->opened_mono_ms;
	if (lookup->close_at_answer)
		ck_lookup_end(lookup);
	else
		ck_lookup_write(lookup, true);
}

/* Numbers of this person that an earlier answer has proven. */
static void
learn_from_cache(struct ck_lookup *lookup)
{
	struct ck_lookup_record *record = &lookup->record;
	struct ck_answer answer;

	if (ck_store_cache_get(lookup->all->options.store, lookup->asking,
	    ck_lookup_number(lookup, lookup->asking), record->visit_date,
	    &answer, NULL) == CK_OK &&
	    kept_for_this_person(lookup, &answer))
		take_numbers(&record->person, &answer, record->visit_date);
	ck_answer_wipe(&answer);
}

/* The key to ask under next: one that was shown, or one that may do better. */
static enum ck_key
next_key(const struct ck_lookup *lookup, bool try_next_key)
{
	size_t i;

	if (lookup->record.counted.outcome == CK_OUTCOME_COVERED)
		return CK_KEY_NONE;
	for (i = 0; i < KEYS; i++) {
		bool untried = (lookup->tried & BIT(order[i])) == 0 &&
		    ck_lookup_number(lookup, order[i])[0] != '\0';

		if ((lookup->wanted & BIT(order[i])) != 0 ||
		    (untried && try_next_key))
			return order[i];
	}

	return CK_KEY_NONE;
}

/* An answer is complete: go on to the next key, or be done. */
static void
conclude(struct ck_lookup *lookup, const struct ck_decision *decision,
    enum ck_source source, const struct ck_answer *answer)
{
	enum ck_key next;
	bool try_next;

	take(lookup, decision, source, answer);
	/* By itself only within the budget, and each kind of key once: more
	 * would look like probing. */
	try_next = decision->try_next_key && lookup->budget != NULL;
	if (try_next)
		learn_from_cache(lookup);
	next = next_key(lookup, try_next);
	if (next == CK_KEY_NONE) {
		show(lookup);
		return;
	}
	/* The first key's failure is on disk before the next is asked. */
	ck_lookup_write(lookup, false);
	ask_key(lookup, next);
}

static void
conclude_failure(struct ck_lookup *lookup, enum ck_err err)
{
	struct ck_decision decision;

	ck_decide_failure(err, &decision);
	conclude(lookup, &decision, CK_SOURCE_NONE, NULL);
}

static void
ask_key(struct ck_lookup *lookup, enum ck_key key)
{
	enum ck_err err;

	lookup->tried |= BIT(key);
	lookup->wanted &= ~BIT(key);
	lookup->asking = key;
	err = ck_ask_start(lookup, key, ck_lookup_number(lookup, key));
	if (err != CK_OK)
		conclude_failure(lookup, err);
}

/* 003, 004: the new card has to be looked up before it is believed. */
static void
ask_new_card(struct ck_lookup *lookup, const struct ck_answer *answer)
{
	enum ck_err err = CK_ERR_NOMEM;

	lookup->held = malloc(sizeof(*lookup->held));
	if (lookup->held != NULL) {
		*lookup->held = *answer;
		err = ck_ask_start(lookup, CK_KEY_CARD_NUMBER,
		    answer->new_card.number);
	}
	if (err == CK_OK)
		return;
	free(lookup->held);
	lookup->held = NULL;
	conclude_failure(lookup, err);
}

/* The new card was looked up: what was held counts if it is covered. */
static void
new_card_answered(struct ck_lookup *lookup, struct ck_answer *held,
    const struct ck_answer *answer)
{
	struct ck_decision decision;

	ck_decide(answer, lookup->record.visit_date, true, &decision);
	if (decision.outcome != CK_OUTCOME_COVERED) {
		conclude(lookup, &decision, CK_SOURCE_GATEWAY, answer);
		return;
	}
	if (strcmp(answer->card.number, held->new_card.number) == 0)
		held->new_card = answer->card;
	held->as_of_ms = answer->as_of_ms;
	ck_decide(held, lookup->record.visit_date, true, &decision);
	conclude(lookup, &decision, CK_SOURCE_GATEWAY, held);
}

static void
first_answered(struct ck_lookup *lookup, const struct ck_answer *answer)
{
	struct ck_decision decision;

	ck_decide(answer, lookup->record.visit_date, false, &decision);
	if (decision.ask_new_card)
		ask_new_card(lookup, answer);
	else
		conclude(lookup, &decision, CK_SOURCE_GATEWAY, answer);
}

/* Who asks under an account of his own wants the words as they came: those of
 * his question, not of the ones that we put after it. */
static void
keep_raw(struct ck_lookup *lookup, const struct ck_gateway_result *result)
{
	if (lookup->gateway == lookup->all->options.gateway ||
	    lookup->raw_kept)
		return;
	lookup->raw_kept = true;
	lookup->raw_err = result->err;
	lookup->raw_status = result->end.status;
	if (ck_buf_append(&lookup->raw, result->end.raw) != CK_OK)
		lookup->raw_err = CK_ERR_NOMEM;
}

void
ck_lookup_answered(struct ck_lookup *lookup,
    const struct ck_gateway_result *result)
{
	struct ck_answer *held = lookup->held;

	keep_raw(lookup, result);
	lookup->held = NULL;
	if (result->err != CK_OK)
		conclude_failure(lookup, result->err);
	else if (held != NULL)
		new_card_answered(lookup, held, &result->answer);
	else
		first_answered(lookup, &result->answer);
	if (held != NULL)
		OPENSSL_cleanse(held, sizeof(*held));
	free(held);
}

void
ck_lookup_give_up(struct ck_lookup *lookup, const char *reason)
{
	struct ck_decision decision = { .outcome = CK_OUTCOME_UNAVAILABLE };

	if (lookup->record.counted.outcome != CK_OUTCOME_NONE)
		return;
	(void)snprintf(decision.reason, sizeof(decision.reason), "%s", reason);
	take(lookup, &decision, CK_SOURCE_NONE, NULL);
}

/* The call goes on behind; the desk waits no longer. */
static void
on_budget(void *ctx)
{
	struct ck_lookup *lookup = ctx;

	ck_lookup_give_up(lookup, CK_REASON_GATEWAY);
	show(lookup);
}

/* True when the time to an answer runs, or has begun to. Where nobody stands
 * and waits, it is the gateway's own. */
static bool
start_budget(struct ck_lookup *lookup)
{
	const struct ck_lookups_options *options = &lookup->all->options;
	int64_t budget_ms = ck_lookup_is_automatic(lookup) ?
	    options->config->gateway_timeout_ms : options->config->budget_ms;

	return lookup->budget != NULL || ck_loop_timer(options->loop,
	    budget_ms, on_budget, lookup, &lookup->budget) == CK_OK;
}

/* A desk sees the kept answer at once; the gateway's word follows. */
static void
show_meanwhile(struct ck_lookup *lookup)
{
	const struct ck_lookups_options *options = &lookup->all->options;
	struct ck_counted *counted = &lookup->record.counted;

	if (lookup->close_at_answer || !kind_may_be_cached(counted->kind) ||
	    !take_cached(lookup, false))
		return;
	counted->latency_ms = ck_clock_mono_ms(ck_loop_clock(options->loop)) -
	    lookup->opened_mono_ms;
	ck_lookup_write(lookup, true);
}

void
ck_lookup_begin(struct ck_lookup *lookup)
{
	lookup->asking = lookup->record.counted.first_key;
	if (take_cached(lookup, true)) {
		show(lookup);
		return;
	}
	if (!start_budget(lookup)) {
		conclude_failure(lookup, CK_ERR_NOMEM);
		return;
	}
	/* On disk before it is asked: an attempt leaves its proof. */
	ck_lookup_write(lookup, false);
	show_meanwhile(lookup);
	ask_key(lookup, lookup->asking);
}

void
ck_lookup_ask_wanted(struct ck_lookup *lookup)
{
	enum ck_key next = next_key(lookup, false);

	if (lookup->ask != NULL || next == CK_KEY_NONE)
		return;
	/* A number that is shown has a budget of its own. */
	if (start_budget(lookup))
		ask_key(lookup, next);
	else
		conclude_failure(lookup, CK_ERR_NOMEM);
}
