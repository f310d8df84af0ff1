/*
 * appointments.h - looking up tomorrow's patients the evening before
 *
 * In the flow:  store/appointment.h -> [appointments] -> lookup
 *
 * One question at a time, with a pause between, behind the desks. Those of
 * today are asked whenever the list comes; those of tomorrow from the
 * configured hour on. In the name of the [automatic] operator, or not at all.
 * All of this runs on the core's thread.
 */
#ifndef SERVICE_ELIGIBILITY_APPOINTMENTS_H
#define SERVICE_ELIGIBILITY_APPOINTMENTS_H

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

/* The last day that is asked about at now_ms (wall clock): today, and from the
 * local hour on tomorrow. Pure. */
struct ck_date ck_appointments_last_day(int64_t now_ms, int64_t hour);

#endif /* SERVICE_ELIGIBILITY_APPOINTMENTS_H */
