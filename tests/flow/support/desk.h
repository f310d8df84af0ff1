/*
 * desk.h - any desk of a simulated clinic, by its name
 *
 * What world.h does for ban-1, and waiting for how a read ends.
 */
#ifndef FLOW_DESK_H
#define FLOW_DESK_H

#include "world.h"

/* The view of a desk. New reference; NULL: no such desk. */
json_t *desk_view(const struct world *world, const char *desk);

/* Wait until one value of its view is this; fails the test after 30 s. */
void desk_wait(const struct world *world, const char *desk, const char *path,
    const char *value);

/* POST body to /v1/desks/{desk}/{what}; fails unless the status is this. */
void desk_post(const struct world *world, const char *desk, const char *what,
    const char *body, long status);

/* Scan what sim-card says of this person: "can", "qr", "number". */
void desk_scan(const struct world *world, const char *desk, const char *label,
    const char *member);

/* Wait for read.error of ban-1: its label. Owned. Fails after 30 s. */
char *desk_error(const struct world *world);

/* The zone of a citizen card without expiry, as its three lines; number has 12
 * digits, birth is an ISO date. The name is one that nobody has. */
void desk_zone_of(const char *number, const char *birth, char lines[3][31]);

#endif /* FLOW_DESK_H */
