/*
 * link.h - the worker's end of the socket to the daemon
 *
 * One packet is one struct ck_worker_message, always of full size. The packet
 * may hold a person's identity: it is wiped as soon as it is sent.
 */
#ifndef READER_WORKER_LINK_H
#define READER_WORKER_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/worker.h"

struct ck_link {
	int fd;
	bool broken;			/* the daemon is gone: stop */
	struct ck_worker_message packet;	/* being built, else zero */
};

/* Use fd, which stays the caller's. */
void ck_link_init(struct ck_link *link, int fd);

/* Begin a packet: all zero but its head. The result is link->packet. */
struct ck_worker_message *
ck_link_begin(struct ck_link *link, enum ck_worker_type type, uint32_t serial);

/*
 * Send the packet and wipe it. Blocks while the daemon is slow to read. If the
 * daemon is gone, link->broken is set, and later calls do nothing.
 */
void ck_link_send(struct ck_link *link);

/*
 * Receive one packet into link->packet; the caller wipes it with
 * ck_link_wipe() after use. False, with link->broken set, when the daemon
 * closed the socket or sent anything but one whole packet of our version.
 */
bool ck_link_receive(struct ck_link *link);

/* Overwrite the packet with zero. */
void ck_link_wipe(struct ck_link *link);

#endif /* READER_WORKER_LINK_H */
