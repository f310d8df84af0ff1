/*
 * waiting.h - calls that are answered later
 *
 * Latency must not hold a thread of the server, so a waiting connection is
 * suspended and a clock of its own wakes it.
 */
#ifndef SIM_WAITING_H
#define SIM_WAITING_H

#include <microhttpd.h>
#include <stdbool.h>

struct sim_waiting;

/* Start the clock. NULL when there is no memory or thread for it. */
struct sim_waiting *sim_waiting_new(void);

/*
 * Suspend the connection for ms milliseconds. Returns false when the clock
 * has been stopped (or memory is out): answer at once.
 */
bool sim_waiting_add(struct sim_waiting *waiting,
    struct MHD_Connection *connection, unsigned ms);

/* Wake all and take no more. To be called before the server is stopped. */
void sim_waiting_stop(struct sim_waiting *waiting);

/* Whether sim_waiting_stop was called: nobody needs an answer any more. */
bool sim_waiting_stopped(struct sim_waiting *waiting);

/* Stop if need be, free, set *waiting to NULL. */
void sim_waiting_free(struct sim_waiting **waiting);

#endif /* SIM_WAITING_H */
