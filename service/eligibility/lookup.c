/*
 * lookup.c - opening, changing and closing a lookup
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/lookup_state.h"
#include "io/loop.h"
#include "stats/visit_date.h"
#include "store/store.h"

enum ck_err
ck_lookups_new(struct ck_lookups **out,
    const struct ck_lookups_options *options)
{
	struct ck_lookups *lookups = calloc(1, sizeof(*lookups));

	*out = lookups;
	if (lookups == NULL)
		return CK_ERR_NOMEM;
	lookups->options = *options;

	return CK_OK;
}

void
ck_lookups_free(struct ck_lookups **lookups)
{
	struct ck_lookup *spare;

	if (*lookups == NULL)
		return;
	while ((*lookups)->first != NULL)
		ck_lookup_drop((*lookups)->first);
	ck_ask_free_all(*lookups);
	while ((spare = (*lookups)->spare) != NULL) {
		(*lookups)->spare = spare->next;
		free(spare);
	}
	free(*lookups);
	*lookups = NULL;
}

void
ck_lookups_on_close(struct ck_lookups *lookups, ck_lookup_closed_fn fn,
    void *ctx)
{
	lookups->closed = fn;
	lookups->closed_ctx = ctx;
}

/* --- Opening -------------------------------------------------------------- */

/* The key to begin with; CK_KEY_NONE: there is no number. */
static enum ck_key
first_key(const struct ck_lookup_request *request)
{
	const struct ck_person_keys *keys = &request->keys;
	bool has[] = {
		[CK_KEY_NONE] = false,
		[CK_KEY_ID_NUMBER] = keys->id_number[0] != '\0',
		[CK_KEY_INSURANCE_NUMBER] = keys->insurance_number[0] != '\0',
		[CK_KEY_CARD_NUMBER] = keys->card_number[0] != '\0'
	};

	if (request->first_key != CK_KEY_NONE)
		return has[request->first_key] ? request->first_key :
		    CK_KEY_NONE;
	if (has[CK_KEY_ID_NUMBER])
		return CK_KEY_ID_NUMBER;
	if (has[CK_KEY_INSURANCE_NUMBER])
		return CK_KEY_INSURANCE_NUMBER;

	return has[CK_KEY_CARD_NUMBER] ? CK_KEY_CARD_NUMBER : CK_KEY_NONE;
}

static bool
is_automatic(enum ck_kind kind)
{
	return kind == CK_KIND_RECHECK || kind == CK_KIND_APPOINTMENT;
}

/* What we ask by ourselves follows from what was asked before. */
static bool
date_valid(const struct ck_lookup_request *request, struct ck_date today)
{
	struct ck_date date = request->visit_date;

	return ck_date_absent(date) || (ck_date_valid(date) &&
	    date.day != 0 && (is_automatic(request->kind) ||
	    ck_visit_date_possible(date, today)));
}

static bool
request_valid(const struct ck_lookup_request *request, struct ck_date today)
{
	return first_key(request) != CK_KEY_NONE &&
	    request->identity.full_name[0] != '\0' &&
	    ck_date_valid(request->identity.date_of_birth) &&
	    date_valid(request, today);
}

static void
fill_record(struct ck_lookup_record *record,
    const struct ck_lookup_request *request,
    const struct ck_operator *operator_asking)
{
	struct ck_counted *counted = &record->counted;

	record->visit_date = request->visit_date;
	if (ck_date_absent(request->visit_date))
		record->visit_date = ck_clock_local_date(record->opened_ms);
	counted->kind = request->kind;
	counted->presented = request->presented;
	counted->captured = request->captured;
	counted->assurance = request->assurance;
	counted->first_key = first_key(request);
	counted->latency_ms = -1;
	memcpy(counted->desk, request->desk, sizeof(counted->desk));
	memcpy(record->operator_name, operator_asking->name,
	    sizeof(record->operator_name));
	memcpy(record->idempotency_key, request->idempotency_key,
	    sizeof(record->idempotency_key));
	record->person = request->keys;
	record->identity = request->identity;
	if (record->person.old_number[0] == '\0')
		memcpy(record->person.old_number, request->identity.old_number,
		    sizeof(record->person.old_number));
}

static void
link_in(struct ck_lookups *lookups, struct ck_lookup *lookup)
{
	lookup->all = lookups;
	lookup->next = lookups->first;
	if (lookups->first != NULL)
		lookups->first->prev = lookup;
	lookups->first = lookup;
}

/* One that is open under this Idempotency-Key; NULL: none. */
static struct ck_lookup *
find_idempotent(const struct ck_lookups *lookups, const char *key)
{
	struct ck_lookup *lookup = lookups->first;

	if (key[0] == '\0')
		return NULL;
	while (lookup != NULL && (lookup->leader != NULL ||
	    strcmp(lookup->record.idempotency_key, key) != 0))
		lookup = lookup->next;

	return lookup;
}

/* The 15 s limit: then it is counted, whatever the desk does. */
static void
on_closing(void *ctx)
{
	ck_lookup_end(ctx);
}

static enum ck_err
start(struct ck_lookup *lookup, const struct ck_lookup_request *request)
{
	const struct ck_lookups_options *options = &lookup->all->options;
	const struct ck_clock *clock = ck_loop_clock(options->loop);
	enum ck_err err;

	lookup->record.opened_ms = ck_clock_wall_ms(clock);
	lookup->opened_mono_ms = ck_clock_mono_ms(clock);
	fill_record(&lookup->record, request, lookup->operator_asking);
	err = ck_store_new_id(options->store, lookup->record.opened_ms,
	    lookup->record.id);
	/* Through the API the answer closes it, at the budget at latest. */
	if (err == CK_OK && !lookup->close_at_answer)
		err = ck_loop_timer(options->loop,
		    options->config->close_after_ms, on_closing, lookup,
		    &lookup->closing);
	if (err == CK_OK)
		ck_lookup_begin(lookup);

	return err;
}

/* Who answers for the question; NULL: nobody. */
static const struct ck_operator *
asker(const struct ck_config *config, const struct ck_lookup_request *request)
{
	if (is_automatic(request->kind))
		return ck_config_automatic_operator(config);

	return ck_config_operator(config, request->operator_name);
}

/* Hospital software names its own staff. */
static void
take_operator(struct ck_lookup *lookup,
    const struct ck_lookup_request *request)
{
	struct ck_operator *ours = &lookup->operator_given;

	memcpy(ours->name, request->operator_name, sizeof(ours->name));
	memcpy(ours->number, request->operator_number, sizeof(ours->number));
	lookup->operator_asking = ours;
}

enum ck_err
ck_lookup_open(struct ck_lookups *lookups,
    const struct ck_lookup_request *request, bool close_at_answer,
    ck_lookup_fn changed, void *ctx, struct ck_lookup **out)
{
	const struct ck_operator *operator_asking = asker(
	    lookups->options.config, request);
	bool given = request->operator_number[0] != '\0' &&
	    request->operator_name[0] != '\0';
	struct ck_lookup *lookup, *leader;
	enum ck_err err = CK_OK;

	*out = NULL;
	if (operator_asking == NULL && is_automatic(request->kind))
		return CK_ERR_NO_OPERATOR;
	if (!request_valid(request, ck_clock_local_date(ck_clock_wall_ms(
	    ck_loop_clock(lookups->options.loop)))) || (operator_asking == NULL && !given))
		return CK_ERR_REQUEST;
	if ((lookup = ck_lookup_take(lookups)) == NULL)
		return CK_ERR_NOMEM;
	leader = find_idempotent(lookups, request->idempotency_key);
	link_in(lookups, lookup);
	lookup->operator_asking = operator_asking;
	if (given)
		take_operator(lookup, request);
	lookup->gateway = request->gateway != NULL ? request->gateway :
	    lookups->options.gateway;
	lookup->close_at_answer = close_at_answer;
	lookup->changed = changed;
	lookup->ctx = ctx;
	lookup->leader = leader;
	if (leader != NULL)
		lookup->record = leader->record;
	else
		err = start(lookup, request);
	if (err != CK_OK) {
		ck_lookup_drop(lookup);
		return err;
	}
	*out = lookup;

	return CK_OK;
}

/* --- While it is open ----------------------------------------------------- */

/* True when this is news: the number was not known, or another one was. */
static bool
set_number(struct ck_person_keys *person, enum ck_key key, const char *number)
{
	char *at = person->card_number;
	size_t size = sizeof(person->card_number);

	if (key == CK_KEY_ID_NUMBER) {
		at = person->id_number;
		size = sizeof(person->id_number);
	} else if (key == CK_KEY_INSURANCE_NUMBER) {
		at = person->insurance_number;
		size = sizeof(person->insurance_number);
	}
	if (strcmp(at, number) == 0)
		return false;
	(void)snprintf(at, size, "%s", number);

	return true;
}

static bool
number_fits(enum ck_key key, const char *number)
{
	size_t len = strlen(number);

	switch (key) {
	case CK_KEY_ID_NUMBER:
		return len == 12;
	case CK_KEY_INSURANCE_NUMBER:
		return len == 10;
	case CK_KEY_CARD_NUMBER:
		return len == 15;
	case CK_KEY_NONE:
	default:
		return false;
	}
}

enum ck_err
ck_lookup_add_key(struct ck_lookup *lookup, enum ck_key key,
    const char *number)
{
	unsigned bit = 1U << (unsigned)key;
	bool news;

	if (lookup->leader != NULL || lookup->record.closed_ms != 0 ||
	    !number_fits(key, number))
		return CK_ERR_REQUEST;
	if (lookup->record.counted.outcome == CK_OUTCOME_COVERED)
		return CK_OK;
	news = set_number(&lookup->record.person, key, number);
	if (!news && (lookup->tried & bit) != 0)
		return CK_OK;
	lookup->wanted |= bit;
	ck_lookup_ask_wanted(lookup);

	return CK_OK;
}

/* Take field over where ours is empty. */
#define FILL(field) \
	do { \
		if (ours->field[0] == '\0') \
			memcpy(ours->field, theirs->field, \
			    sizeof(ours->field)); \
	} while (0)

static void
fill_identity(struct ck_identity *ours, const struct ck_identity *theirs)
{
	FILL(number);
	FILL(full_name);
	FILL(nationality);
	FILL(residence);
	FILL(old_number);
	if (ours->sex == 0)
		ours->sex = theirs->sex;
	if (ck_date_absent(ours->issue_date))
		ours->issue_date = theirs->issue_date;
	if (ck_date_absent(ours->expiry_date)) {
		ours->expiry_date = theirs->expiry_date;
		ours->no_expiry = theirs->no_expiry;
	}
}

enum ck_err
ck_lookup_confirm(struct ck_lookup *lookup, enum ck_assurance assurance,
    const struct ck_identity *identity)
{
	struct ck_lookup_record *record = &lookup->record;
	struct ck_counted *counted = &record->counted;

	if (lookup->leader != NULL || record->closed_ms != 0)
		return CK_ERR_REQUEST;
	if (assurance > counted->assurance)
		counted->assurance = assurance;
	fill_identity(&record->identity, identity);
	if (record->person.old_number[0] == '\0')
		memcpy(record->person.old_number, record->identity.old_number,
		    sizeof(record->person.old_number));
	counted->owner = ck_decide_owner(counted);
	/* Nothing to tell while the insurer has not answered. */
	ck_lookup_write(lookup, record->answered_ms != 0);

	return CK_OK;
}

void
ck_lookup_close(struct ck_lookup *lookup)
{
	/* One of two equal requests closes nothing for the other. */
	if (lookup->leader == NULL)
		ck_lookup_end(lookup);
}

void
ck_lookup_abandon(struct ck_lookup *lookup)
{
	lookup->changed = NULL;
	lookup->ctx = NULL;
}

const struct ck_lookup_record *
ck_lookup_record(const struct ck_lookup *lookup)
{
	return &lookup->record;
}

struct ck_span
ck_lookup_raw(const struct ck_lookup *lookup, long *status, enum ck_err *err)
{
	*status = lookup->raw_status;
	*err = lookup->raw_err;

	return ck_buf_view(&lookup->raw);
}
