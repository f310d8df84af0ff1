/*
 * raw_server.h - a server on loopback that plays scripted bytes
 *
 * One thread takes one connection after the other, reads one request from each
 * and plays the next step. It knows no HTTP beyond the end of a request, so
 * anything can be sent. Requests are kept for the test to look at.
 */
#ifndef TESTS_UNIT_RAW_SERVER_H
#define TESTS_UNIT_RAW_SERVER_H

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define RAW_STEPS_MAX 48
#define RAW_REQUEST_MAX 8192

enum raw_end {
	RAW_CLOSE,	/* close after the bytes */
	RAW_HOLD,	/* keep the connection until the client closes it */
	RAW_FLOOD	/* go on sending 'x' until the client closes it */
};

struct raw_step {
	const char *bytes;
	int delay_ms;		/* before the bytes */
	enum raw_end end;
};

struct raw_server {
	int fd;
	uint16_t port;
	pthread_t thread;
	struct raw_step steps[RAW_STEPS_MAX];
	unsigned step_count;
	char requests[RAW_STEPS_MAX][RAW_REQUEST_MAX];
	atomic_uint served;
	atomic_bool stop;
};

/* A whole answer with this status line and JSON body, made by hand. */
#define RAW_JSON(status, body) \
	"HTTP/1.1 " status "\r\nContent-Type: application/json\r\n" \
	"Connection: close\r\n\r\n" body

static inline bool
raw_request_whole(const char *text)
{
	const char *end = strstr(text, "\r\n\r\n");
	const char *length = strcasestr(text, "\r\nContent-Length:");

	if (text[0] == 0x16)	/* a TLS handshake: enough is seen */
		return true;
	if (end == NULL)
		return false;

	return length == NULL || length > end ||
	    strlen(end + 4) >= strtoul(length + 17, NULL, 10);
}

static inline void
raw_read_request(int fd, char *out)
{
	size_t len = 0;

	memset(out, 0, RAW_REQUEST_MAX);
	while (len < RAW_REQUEST_MAX - 1 && !raw_request_whole(out)) {
		ssize_t got = read(fd, out + len, RAW_REQUEST_MAX - 1 - len);

		if (got <= 0)
			return;
		len += (size_t)got;
	}
}

/* Wait until the other side has closed. */
static inline void
raw_hold(struct raw_server *server, int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	char byte;

	while (!atomic_load(&server->stop)) {
		if (poll(&poll_fd, 1, 20) > 0 && read(fd, &byte, 1) <= 0)
			return;
	}
}

static inline void
raw_flood(struct raw_server *server, int fd)
{
	static char block[65536];

	memset(block, 'x', sizeof(block));
	while (!atomic_load(&server->stop)) {
		if (send(fd, block, sizeof(block), MSG_NOSIGNAL) <= 0)
			return;
	}
}

static inline void
raw_play(struct raw_server *server, int fd)
{
	unsigned at = atomic_load(&server->served);
	const struct raw_step *step = &server->steps[at];

	if (at >= server->step_count)
		return;
	raw_read_request(fd, server->requests[at]);
	/* No request: the client only opened the connection. */
	if (server->requests[at][0] == '\0')
		return;
	(void)usleep((useconds_t)step->delay_ms * 1000);
	(void)send(fd, step->bytes, strlen(step->bytes), MSG_NOSIGNAL);
	atomic_store(&server->served, at + 1);
	if (step->end == RAW_HOLD)
		raw_hold(server, fd);
	else if (step->end == RAW_FLOOD)
		raw_flood(server, fd);
}

static inline void *
raw_run(void *ctx)
{
	struct raw_server *server = ctx;
	struct pollfd poll_fd = { .fd = server->fd, .events = POLLIN };

	while (!atomic_load(&server->stop)) {
		int fd;

		if (poll(&poll_fd, 1, 10) <= 0)
			continue;
		if ((fd = accept(server->fd, NULL, NULL)) < 0)
			continue;
		raw_play(server, fd);
		(void)shutdown(fd, SHUT_WR);
		(void)close(fd);
	}

	return NULL;
}

/* Listen on a free port of 127.0.0.1. Aborts the test when it cannot. */
static inline void
raw_start(struct raw_server *server)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);

	memset(server, 0, sizeof(*server));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (server->fd < 0 || bind(server->fd, (struct sockaddr *)&address,
	    sizeof(address)) != 0 || listen(server->fd, 64) != 0 ||
	    getsockname(server->fd, (struct sockaddr *)&address, &len) != 0)
		abort();
	server->port = ntohs(address.sin_port);
}

/* Play these steps from now on; call before the first request. */
static inline void
raw_script(struct raw_server *server, const struct raw_step *steps,
    unsigned count)
{
	if (count > RAW_STEPS_MAX)
		abort();
	memcpy(server->steps, steps, count * sizeof(*steps));
	server->step_count = count;
	if (pthread_create(&server->thread, NULL, raw_run, server) != 0)
		abort();
}

static inline void
raw_stop(struct raw_server *server)
{
	atomic_store(&server->stop, true);
	if (server->step_count > 0)
		(void)pthread_join(server->thread, NULL);
	(void)close(server->fd);
}

#endif /* TESTS_UNIT_RAW_SERVER_H */
