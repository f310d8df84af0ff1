/*
 * vpcd.c - the wire to the virtual reader
 */
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vpcd.h"

#define HEADER 2
#define MESSAGE_MAX 65535

int
sim_vpcd_connect(const char *host, unsigned port)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *all, *one;
	char service[8];
	int fd = -1;

	snprintf(service, sizeof(service), "%u", port);
	if (getaddrinfo(host, service, &hints, &all) != 0)
		return -1;
	for (one = all; one != NULL && fd < 0; one = one->ai_next) {
		fd = socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC,
		    one->ai_protocol);
		if (fd >= 0 && connect(fd, one->ai_addr,
		    one->ai_addrlen) != 0) {
			close(fd);
			fd = -1;
		}
	}
	freeaddrinfo(all);

	return fd;
}

/*
 * vpcd sends length and body in two packets; without an acknowledgement at
 * once, the second waits 40 ms for ours. The kernel forgets the wish, so it
 * is repeated after each receive.
 */
static void
acknowledge_now(int fd)
{
	int on = 1;

	setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
}

static bool
receive_exactly(int fd, struct sim_bytes *out, size_t len)
{
	uint8_t block[4096];
	ssize_t got;

	while (len > 0) {
		got = recv(fd, block, len < sizeof(block) ? len
		    : sizeof(block), 0);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		acknowledge_now(fd);
		sim_put(out, sim_span(block, (size_t)got));
		len -= (size_t)got;
	}

	return true;
}

bool
sim_vpcd_receive(int fd, struct sim_bytes *message)
{
	size_t len;

	sim_bytes_clear(message);
	if (!receive_exactly(fd, message, HEADER))
		return false;
	len = (size_t)message->ptr[0] << 8 | message->ptr[1];
	sim_bytes_clear(message);

	return receive_exactly(fd, message, len);
}

bool
sim_vpcd_send(int fd, struct sim_span message)
{
	struct sim_bytes packet = SIM_BYTES_INIT;
	struct sim_span rest;
	ssize_t sent = 0;

	if (message.len > MESSAGE_MAX)
		return false;
	sim_put_uint(&packet, message.len, HEADER);
	sim_put(&packet, message);
	rest = sim_view(&packet);
	while (rest.len > 0) {
		sent = send(fd, rest.ptr, rest.len, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent < 0)
			break;
		rest = sim_slice(rest, (size_t)sent, rest.len - (size_t)sent);
	}
	sim_bytes_free(&packet);

	return sent >= 0;
}
