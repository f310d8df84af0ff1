/*
 * appointments.c - read who is due, ask, write what came of it, again
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/appointments.h"
#include "eligibility/codes.h"
#include "eligibility/decide.h"
#include "eligibility/gateway.h"
#include "eligibility/lookup.h"
#include "io/loop.h"
#include "store/appointment.h"
#include "store/turn.h"

#define DAY_MS INT64_C(86400000)

/* How often the clock is looked at when nobody is due. */
#define IDLE_MS INT64_C(30000)

/* After no answer. */
#define AGAIN_MS INT64_C(60000)

/* No answers in a row, of different people: it is the line. */
#define FAILURES_MAX 3

/* Without a pause the next question stands ready behind each one that is on its
 * way, so that a turn that has become free is used at once and not after two
 * commits. */
#define SLOTS_MAX (2 * CK_APPOINTMENT_CALLS_MAX)

/* While desks wait for their turns. */
#define DESKS_MS INT64_C(100)

/* One question on its way: asked, then written. */
struct slot {
	struct ck_appointments *all;
	bool busy;
	struct ck_lookup *lookup;	/* borrowed; NULL: being written */
	struct ck_appointment_row row;
	int64_t free_ms;		/* monotonic: pauses until then */
};

struct ck_appointments {
	struct ck_appointments_options use;
	struct ck_timer *timer;
	unsigned slot_count;
	struct slot slots[SLOTS_MAX];
	bool forced;			/* whatever the hour */
	unsigned failures;		/* in a row */
	int64_t again_ms;		/* wall clock; 0: no outage known */
	int64_t began_ms, answered;
	bool running;			/* somebody was due at the last look */
};

struct ck_date
ck_appointments_first_day(int64_t now_ms, int64_t deadline)
{
	bool over = (int64_t)ck_clock_local_hour(now_ms) >= deadline;

	return ck_clock_local_date(over ? now_ms + DAY_MS : now_ms);
}

struct ck_date
ck_appointments_last_day(int64_t now_ms, int64_t hour)
{
	bool evening = (int64_t)ck_clock_local_hour(now_ms) >= hour;

	return ck_clock_local_date(evening ? now_ms + DAY_MS : now_ms);
}

static int64_t
now_ms(const struct ck_appointments *all)
{
	return ck_clock_wall_ms(ck_loop_clock(all->use.loop));
}

static int64_t
mono_ms(const struct ck_appointments *all)
{
	return ck_clock_mono_ms(ck_loop_clock(all->use.loop));
}

static void pump(void *ctx);

static void
wait_for(struct ck_appointments *all, int64_t ms)
{
	ck_loop_timer_cancel(&all->timer);
	if (ck_loop_timer(all->use.loop, ms, pump, all, &all->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "appointments", "stand still until the "
		    "next list: out of memory");
}

/* --- How a question ended ------------------------------------------------- */

static void
release(struct slot *slot)
{
	slot->busy = false;
	slot->free_ms = mono_ms(slot->all) +
	    slot->all->use.config->appointments_pause_ms;
	wait_for(slot->all, 0);
}

static enum ck_err
write_row(struct ck_store *store, void *ctx)
{
	const struct slot *slot = ctx;

	return ck_store_end_appointment(store, &slot->row);
}

/* A row that could not be written still waits, and is asked about again. */
static void
on_written(void *ctx, enum ck_err err)
{
	struct slot *slot = ctx;

	if (err != CK_OK)
		slot->all->again_ms = now_ms(slot->all) + IDLE_MS;
	release(slot);
}

static void
write_end(struct slot *slot)
{
	if (ck_turn_add(slot->all->use.turn, write_row, on_written,
	    slot) != CK_OK)
		on_written(slot, CK_ERR_NOMEM);
}

/* May the same question be answered another time? */
static bool
is_worth_asking(const struct ck_counted *counted)
{
	static const char *const passing[] = {
		CK_REASON_LINE, CK_REASON_GATEWAY, CK_REASON_ACCOUNT,
		CK_REASON_OPERATOR, CK_REASON_NO_ANSWER_YET,
		CK_REASON_INTERRUPTED
	};
	enum ck_code_nature nature = ck_code_find(counted->reason)->nature;
	bool passes = nature == CK_CODE_GATEWAY || nature == CK_CODE_ACCOUNT;
	size_t i;

	for (i = 0; i < sizeof(passing) / sizeof(passing[0]); i++)
		passes |= strcmp(counted->reason, passing[i]) == 0;

	return counted->source == CK_SOURCE_STALE ||
	    (counted->outcome == CK_OUTCOME_UNAVAILABLE && passes);
}

static enum ck_appointment_state
state_of(const struct ck_appointments *all,
    const struct ck_lookup_record *record)
{
	const struct ck_insurance_card *card = !record->has_answer ? NULL :
	    ck_card_of_visit(&record->answer, record->visit_date);
	int days;

	if (record->counted.outcome != CK_OUTCOME_COVERED)
		return CK_APPOINTMENT_PROBLEM;
	days = card == NULL ? -1 :
	    ck_card_ends_in_days(card, record->visit_date);

	return days >= 0 && days < all->use.config->appointments_ends_soon_days
	    ? CK_APPOINTMENT_ENDS_SOON : CK_APPOINTMENT_COVERED;
}

static void
take_answer(struct slot *slot, const struct ck_lookup_record *record)
{
	struct ck_appointments *all = slot->all;

	if (is_worth_asking(&record->counted)) {
		/* It goes behind the others: it may fail for this one alone. */
		slot->row.tries++;
		slot->row.due_ms = now_ms(all) + (slot->row.tries + 1) *
		    AGAIN_MS;
		if (++all->failures >= FAILURES_MAX || all->again_ms != 0)
			all->again_ms = now_ms(all) + AGAIN_MS;
		return;
	}
	all->failures = 0;
	all->again_ms = 0;
	all->answered++;
	slot->row.state = state_of(all, record);
	memcpy(slot->row.lookup_id, record->id, sizeof(slot->row.lookup_id));
}

static void
on_lookup(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	struct slot *slot = ctx;
	const struct ck_lookup_record *record = ck_lookup_record(lookup);

	if (err == CK_OK && record->closed_ms == 0)
		return;
	slot->lookup = NULL;
	if (err != CK_OK) {
		ck_lookup_abandon(lookup);
		slot->all->again_ms = now_ms(slot->all) + IDLE_MS;
		release(slot);
		return;
	}
	take_answer(slot, record);
	write_end(slot);
}

/* --- Asking --------------------------------------------------------------- */

static void
ask(struct slot *slot, const struct ck_expected *who)
{
	struct ck_lookup_request request = {
		.kind = CK_KIND_APPOINTMENT,
		.presented = CK_PRESENTED_NONE,
		.captured = CK_CAPTURED_HIS,
		.assurance = CK_ASSURANCE_TYPED,
		.visit_date = who->visit_date,
		.keys = who->person
	};
	enum ck_err err;

	memcpy(request.identity.number, who->person.id_number,
	    sizeof(request.identity.number));
	memcpy(request.identity.full_name, who->full_name,
	    sizeof(request.identity.full_name));
	request.identity.date_of_birth = who->date_of_birth;
	slot->busy = true;
	err = ck_lookup_open(slot->all->use.lookups, &request, true,
	    on_lookup, slot, &slot->lookup);
	OPENSSL_cleanse(&request, sizeof(request));
	if (err == CK_ERR_REQUEST) {
		slot->row.state = CK_APPOINTMENT_UNASKABLE;
		write_end(slot);
	} else if (err != CK_OK) {
		slot->all->again_ms = now_ms(slot->all) + IDLE_MS;
		release(slot);
	}
}

static void
list_busy(const struct ck_appointments *all, struct ck_appointments_busy *out)
{
	unsigned i;

	out->count = 0;
	for (i = 0; i < all->slot_count; i++) {
		if (all->slots[i].busy)
			out->numbers[out->count++] = all->slots[i].row.number;
	}
}

/* Forced: whatever the hour, today's and tomorrow's. */
static enum ck_err
next_row(struct ck_appointments *all, int64_t due_ms,
    struct ck_appointment_row *row, struct ck_expected *who)
{
	const struct ck_config *config = all->use.config;
	const int64_t now = now_ms(all);
	struct ck_appointments_busy busy;

	list_busy(all, &busy);

	return ck_store_next_appointment(all->use.store,
	    ck_appointments_first_day(now, all->forced ? 24 :
	    config->appointments_deadline_hour),
	    ck_appointments_last_day(now, all->forced ? 0 :
	    config->appointments_hour), due_ms, &busy, row, who);
}

/* False: nobody is due, or it cannot be read. */
static bool
take_next(struct ck_appointments *all, struct slot *slot)
{
	struct ck_expected who = { 0 };
	enum ck_err err = next_row(all, now_ms(all), &slot->row, &who);

	if (err == CK_OK && !all->running) {
		all->running = true;
		all->began_ms = now_ms(all);
		all->answered = 0;
	}
	if (err == CK_OK)
		ask(slot, &who);
	OPENSSL_cleanse(&who, sizeof(who));

	return err == CK_OK;
}

/* In an outage one question alone tries the line. */
static struct slot *
free_slot(struct ck_appointments *all)
{
	unsigned i, count = all->again_ms != 0 ? 1 : all->slot_count;

	for (i = 0; i < count; i++) {
		struct slot *slot = &all->slots[i];

		if (!slot->busy && slot->free_ms <= mono_ms(all))
			return slot;
	}

	return NULL;
}

static unsigned
busy_count(const struct ck_appointments *all)
{
	unsigned i, count = 0;

	for (i = 0; i < all->slot_count; i++)
		count += all->slots[i].busy;

	return count;
}

/* Until the first pause ends; a question's own end looks again by itself. */
static void
wait_for_slot(struct ck_appointments *all)
{
	int64_t first = IDLE_MS;
	unsigned i;

	for (i = 0; i < all->slot_count; i++) {
		const struct slot *slot = &all->slots[i];
		int64_t left = slot->free_ms - mono_ms(all);

		if (!slot->busy && left > 0 && left < first)
			first = left;
	}
	wait_for(all, first);
}

/* Nobody is due. A run that was asked for goes on while somebody waits for
 * another try. */
static void
fall_idle(struct ck_appointments *all)
{
	struct ck_appointment_row row;
	struct ck_expected who = { 0 };

	if (busy_count(all) == 0) {
		all->forced = all->forced &&
		    next_row(all, INT64_MAX, &row, &who) == CK_OK;
		all->running = all->forced;
		OPENSSL_cleanse(&who, sizeof(who));
	}
	wait_for(all, IDLE_MS);
}

static void
ask_all(struct ck_appointments *all)
{
	struct slot *slot;

	while ((slot = free_slot(all)) != NULL) {
		if (!take_next(all, slot)) {
			fall_idle(all);
			return;
		}
	}
	wait_for_slot(all);
}

/* The desks go first. */
static void
pump(void *ctx)
{
	struct ck_appointments *all = ctx;
	struct ck_gateway_figures figures;
	int64_t rest = all->again_ms - now_ms(all);

	if (ck_config_automatic_operator(all->use.config) == NULL)
		return;
	ck_gateway_figures(all->use.gateway, &figures);
	if (all->again_ms != 0 && rest > 0)
		wait_for(all, rest < AGAIN_MS ? rest : AGAIN_MS);
	else if (figures.queued > 0)
		wait_for(all, DESKS_MS);
	else
		ask_all(all);
}

void
ck_appointments_kick(struct ck_appointments *all)
{
	wait_for(all, 0);
}

void
ck_appointments_run(struct ck_appointments *all)
{
	all->forced = true;
	all->again_ms = 0;
	wait_for(all, 0);
}

/* --- Its state ------------------------------------------------------------ */

const char *
ck_appointments_doing_label(enum ck_appointments_doing doing)
{
	static const char *const labels[] = {
		"off", "idle", "running", "resting"
	};

	return (size_t)doing < sizeof(labels) / sizeof(labels[0]) ?
	    labels[doing] : "?";
}

void
ck_appointments_state(const struct ck_appointments *all,
    struct ck_appointments_state *out)
{
	bool resting = all->again_ms > now_ms(all);
	struct ck_gateway_figures figures;

	ck_gateway_figures(all->use.gateway, &figures);
	*out = (struct ck_appointments_state){
		.doing = CK_APPOINTMENTS_IDLE,
		.forced = all->forced,
		.in_flight = figures.background,
		.began_ms = all->began_ms,
		.answered = all->answered,
		.again_ms = resting ? all->again_ms : 0
	};
	if (ck_config_automatic_operator(all->use.config) == NULL)
		out->doing = CK_APPOINTMENTS_OFF;
	else if (resting)
		out->doing = CK_APPOINTMENTS_RESTING;
	else if (all->running)
		out->doing = CK_APPOINTMENTS_RUNNING;
}

enum ck_err
ck_appointments_new(struct ck_appointments **out,
    const struct ck_appointments_options *options)
{
	struct ck_appointments *all = calloc(1, sizeof(*all));
	unsigned i;

	*out = all;
	if (all == NULL)
		return CK_ERR_NOMEM;
	all->use = *options;
	all->slot_count = options->config->appointments_calls *
	    (options->config->appointments_pause_ms == 0 ? 2 : 1);
	for (i = 0; i < all->slot_count; i++)
		all->slots[i].all = all;
	wait_for(all, 0);

	return CK_OK;
}

void
ck_appointments_free(struct ck_appointments **appointments)
{
	struct ck_appointments *old = *appointments;
	unsigned i;

	if (old == NULL)
		return;
	for (i = 0; i < old->slot_count; i++) {
		if (old->slots[i].lookup != NULL)
			ck_lookup_abandon(old->slots[i].lookup);
	}
	ck_loop_timer_cancel(&old->timer);
	free(old);
	*appointments = NULL;
}
