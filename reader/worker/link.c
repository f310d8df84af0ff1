/*
 * link.c - the worker's end of the socket to the daemon
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "worker/link.h"

void
ck_link_init(struct ck_link *link, int fd)
{
	memset(link, 0, sizeof(*link));
	link->fd = fd;
}

struct ck_worker_message *
ck_link_begin(struct ck_link *link, enum ck_worker_type type, uint32_t serial)
{
	memset(&link->packet, 0, sizeof(link->packet));
	link->packet.version = CK_WORKER_VERSION;
	link->packet.type = (uint32_t)type;
	link->packet.serial = serial;

	return &link->packet;
}

void
ck_link_send(struct ck_link *link)
{
	ssize_t sent = -1;

	while (!link->broken && sent < 0) {
		sent = send(link->fd, &link->packet, sizeof(link->packet),
		    MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		link->broken = sent != (ssize_t)sizeof(link->packet);
	}
	ck_link_wipe(link);
}

bool
ck_link_receive(struct ck_link *link)
{
	ssize_t got;

	do {
		got = recv(link->fd, &link->packet, sizeof(link->packet),
		    MSG_TRUNC);
	} while (got < 0 && errno == EINTR);
	link->broken = got != (ssize_t)sizeof(link->packet) ||
	    link->packet.version != CK_WORKER_VERSION;

	return !link->broken;
}

void
ck_link_wipe(struct ck_link *link)
{
	explicit_bzero(&link->packet, sizeof(link->packet));
}
