/*
 * appointments.h - looking up tomorrow's patients the evening before
 *
 * In the flow:  store/appointment.h -> [appointments] -> lookup
 *
 * From the configured hour on those of tomorrow are asked about, and those of
 * today until the deadline; then the desks ask about whoever is left when she
 * comes. A few questions are on their way at once, each behind a pause, in
 * turns of their own (gateway.h), so that no desk waits for them; while desks
 * wait for theirs no new one begins. In the name of the [automatic] operator,
 * or not at all. All of this runs on the core's thread.
 */
#ifndef SERVICE_ELIGIBILITY_APPOINTMENTS_H
#define SERVICE_ELIGIBILITY_APPOINTMENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"
#include "ck/identity.h"

struct ck_appointments;
struct ck_config;
struct ck_gateway;
struct ck_lookups;
struct ck_loop;
struct ck_store;
struct ck_turn;

/* All borrowed until ck_appointments_free(). */
struct ck_appointments_options {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_turn *turn;
	struct ck_store *store;
	struct ck_gateway *gateway;
	struct ck_lookups *lookups;
};

/* Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_appointments_new(struct ck_appointments **out,
    const struct ck_appointments_options *options);

/* What is under way is asked again after the next start. */
void ck_appointments_free(struct ck_appointments **appointments);

/* The list has grown. */
void ck_appointments_kick(struct ck_appointments *appointments);

/* Begin now, whatever the hour: tomorrow's and today's, until none waits. */
void ck_appointments_run(struct ck_appointments *appointments);

/* What the run is doing. */
enum ck_appointments_doing {
	CK_APPOINTMENTS_OFF,	/* no [automatic] operator */
	CK_APPOINTMENTS_IDLE,	/* nobody is due now */
	CK_APPOINTMENTS_RUNNING,
	CK_APPOINTMENTS_RESTING	/* no answer: tried again in a while */
};

struct ck_appointments_state {
	enum ck_appointments_doing doing;
	bool forced;		/* asked for: today counts past its deadline */
	unsigned in_flight;
	int64_t began_ms;	/* of this run, wall clock; 0: none yet */
	int64_t answered;	/* by this run */
	int64_t again_ms;	/* RESTING: until then; else 0 */
};
void ck_appointments_state(const struct ck_appointments *appointments,
    struct ck_appointments_state *out);

/* "off", "idle", "running", "resting". Static. */
const char *ck_appointments_doing_label(enum ck_appointments_doing doing);

/*
 * The days that are asked about at now_ms (wall clock): today until the local
 * deadline, tomorrow from the local hour on. After the deadline the first one
 * is tomorrow; first behind last: none. Pure.
 */
struct ck_date ck_appointments_first_day(int64_t now_ms, int64_t deadline);
struct ck_date ck_appointments_last_day(int64_t now_ms, int64_t hour);

#endif /* SERVICE_ELIGIBILITY_APPOINTMENTS_H */
