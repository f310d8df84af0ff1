/*
 * check_in.h - check-ins and notices of a simulated clinic, over HTTP
 *
 * Each function fails the running test when the status is not what it must
 * be.
 */
#ifndef FLOW_CHECK_IN_H
#define FLOW_CHECK_IN_H

#include "world.h"

/* Ask, and expect this HTTP status. New reference. */
json_t *check_in_ask(const struct world *world, const char *method,
    const char *path, const char *body, long status);

/* Look this person up; the lookup's id in id. */
void check_in_look_up(const struct world *world, const char *label,
    char id[64]);

/* Look up and admit; more is further JSON, ",…" or "". New reference. */
json_t *check_in_admit(const struct world *world, const char *label,
    const char *more, long status);

/* The id of a check-in, whose reference is dropped. */
void check_in_id(json_t *check_in, char id[64]);

/* "/v1/check-ins/{id}" and what follows. */
void check_in_path(const char *id, const char *rest, char path[128]);

/* POST the notice of the first cost under this MA_LK, with further fields
 * (",…" or ""). New reference. */
json_t *check_in_notice(const struct world *world, const char *id,
    const char *episode, const char *more, long status);

/* How often this MA_LK has arrived at the insurer. */
long check_in_arrived(const struct world *world, const char *episode);

/* Wait until the last notice of a check-in is in this state. Returns it. New
 * reference. */
json_t *check_in_wait(const struct world *world, const char *id,
    const char *state);

#endif /* FLOW_CHECK_IN_H */
