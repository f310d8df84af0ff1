/*
 * worker_check.h - bounds of a packet from a worker process
 *
 * Includes:  ck/worker.h; pure, no I/O
 */
#ifndef SERVICE_DESK_WORKER_CHECK_H
#define SERVICE_DESK_WORKER_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/worker.h"

/* True when len bytes make one packet of this version, of a type that a
 * worker may send, with every field inside its bounds. */
bool ck_worker_packet_ok(const struct ck_worker_message *message, size_t len);

#endif /* SERVICE_DESK_WORKER_CHECK_H */
