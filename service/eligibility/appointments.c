/*
 * appointments.c - read the first who is due, ask, write what came of it, again
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/appointments.h"
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

struct ck_appointments {
	struct ck_appointments_options use;
	struct ck_timer *timer;
	struct ck_lookup *lookup;	/* borrowed; NULL: none under way */
	bool writing;
	bool failed;			/* no answer: most often it is the line */
	struct ck_appointment_row row;	/* the one under way */
};

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

static void step(void *ctx);

static void
wait_for(struct ck_appointments *all, int64_t ms)
{
	ck_loop_timer_cancel(&all->timer);
	if (ck_loop_timer(all->use.loop, ms, step, all, &all->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "appointments", "stand still until the "
		    "next list: out of memory");
}

static enum ck_err
write_row(struct ck_store *store, void *ctx)
{
	const struct ck_appointments *all = ctx;

	return ck_store_end_appointment(store, &all->row);
}

static void
on_written(void *ctx, enum ck_err err)
{
	struct ck_appointments *all = ctx;

	all->writing = false;
	if (err != CK_OK)
		wait_for(all, IDLE_MS);
	else
		wait_for(all, all->failed ? AGAIN_MS :
		    all->use.config->recheck_pause_ms);
}

static void
write_end(struct ck_appointments *all)
{
	all->writing = true;
	if (ck_turn_add(all->use.turn, write_row, on_written, all) != CK_OK)
		on_written(all, CK_ERR_NOMEM);
}

static void
take_answer(struct ck_appointments *all,
    const struct ck_lookup_record *record)
{
	const struct ck_counted *counted = &record->counted;
	bool answered = counted->outcome != CK_OUTCOME_UNAVAILABLE &&
	    counted->source != CK_SOURCE_STALE;

	all->failed = !answered;
	if (!answered) {
		/* Behind the others, should it fail for this one alone. */
		all->row.tries++;
		all->row.due_ms = now_ms(all) + (all->row.tries + 1) *
		    AGAIN_MS;
		return;
	}
	all->row.state = counted->outcome == CK_OUTCOME_COVERED ?
	    CK_APPOINTMENT_COVERED : CK_APPOINTMENT_PROBLEM;
	memcpy(all->row.lookup_id, record->id, sizeof(all->row.lookup_id));
}

static void
on_lookup(void *ctx, struct ck_lookup *lookup, enum ck_err err)
{
	struct ck_appointments *all = ctx;
	const struct ck_lookup_record *record = ck_lookup_record(lookup);

	if (err == CK_OK && record->closed_ms == 0)
		return;
	all->lookup = NULL;
	if (err != CK_OK) {
		ck_lookup_abandon(lookup);
		wait_for(all, IDLE_MS);
		return;
	}
	take_answer(all, record);
	write_end(all);
}

static void
ask(struct ck_appointments *all, const struct ck_lookup_record *who)
{
	struct ck_lookup_request request = {
		.kind = CK_KIND_APPOINTMENT,
		.presented = CK_PRESENTED_NONE,
		.captured = CK_CAPTURED_HIS,
		.assurance = CK_ASSURANCE_TYPED,
		.visit_date = who->visit_date,
		.identity = who->identity,
		.keys = who->person
	};
	enum ck_err err = ck_lookup_open(all->use.lookups, &request, true,
	    on_lookup, all, &all->lookup);

	OPENSSL_cleanse(&request, sizeof(request));
	if (err == CK_ERR_REQUEST) {
		all->row.state = CK_APPOINTMENT_PROBLEM;
		write_end(all);
	} else if (err != CK_OK) {
		wait_for(all, IDLE_MS);
	}
}

static void
take_next(struct ck_appointments *all)
{
	const int64_t now = now_ms(all);
	struct ck_lookup_record *who = malloc(sizeof(*who));
	enum ck_err err = CK_ERR_NOMEM;

	if (who != NULL)
		err = ck_store_next_appointment(all->use.store,
		    ck_clock_local_date(now), ck_appointments_last_day(now,
		    all->use.config->appointments_hour), now, &all->row, who);
	if (err == CK_OK)
		ask(all, who);
	else
		wait_for(all, IDLE_MS);
	if (who != NULL)
		OPENSSL_cleanse(who, sizeof(*who));
	free(who);
}

/* The desks go first. */
static void
step(void *ctx)
{
	struct ck_appointments *all = ctx;
	struct ck_gateway_figures figures;

	if (all->lookup != NULL || all->writing ||
	    ck_config_automatic_operator(all->use.config) == NULL)
		return;
	ck_gateway_figures(all->use.gateway, &figures);
	if (figures.queued > 0 || figures.in_flight >=
	    all->use.config->gateway_calls_max)
		wait_for(all, all->use.config->recheck_pause_ms);
	else
		take_next(all);
}

void
ck_appointments_kick(struct ck_appointments *all)
{
	if (all->lookup == NULL && !all->writing)
		wait_for(all, 0);
}

enum ck_err
ck_appointments_new(struct ck_appointments **out,
    const struct ck_appointments_options *options)
{
	struct ck_appointments *all = calloc(1, sizeof(*all));

	*out = all;
	if (all == NULL)
		return CK_ERR_NOMEM;
	all->use = *options;
	wait_for(all, 0);

	return CK_OK;
}

void
ck_appointments_free(struct ck_appointments **appointments)
{
	struct ck_appointments *old = *appointments;

	if (old == NULL)
		return;
	if (old->lookup != NULL)
		ck_lookup_abandon(old->lookup);
	ck_loop_timer_cancel(&old->timer);
	free(old);
	*appointments = NULL;
}
