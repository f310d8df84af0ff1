/*
 * push_server.h - a stub of a collector: keeps what it is sent, plays answers
 *
 * One thread takes one connection after the other. It reads one request with
 * its whole body (which is compressed, so bytes of any value), keeps it, and
 * plays the next answer; the last answer is played again and again. It knows
 * no more HTTP than that, so anything can be answered.
 */
#ifndef TESTS_UNIT_PUSH_SERVER_H
#define TESTS_UNIT_PUSH_SERVER_H

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

#define PUSH_REQUESTS_MAX 64
#define PUSH_REQUEST_SIZE 65536
#define PUSH_FLOOD "flood"	/* as an answer: headers, then no end */

struct push_request {
	char bytes[PUSH_REQUEST_SIZE];	/* NUL after them */
	size_t len;
	size_t head;			/* bytes up to the body */
};

struct push_server {
	int fd;
	uint16_t port;
	pthread_t thread;
	bool started;
	const char *answers[PUSH_REQUESTS_MAX];
	unsigned answer_count;
	struct push_request requests[PUSH_REQUESTS_MAX];
	atomic_uint served;
	atomic_bool stop;
};

static inline bool
push_request_whole(struct push_request *request)
{
	const char *end = strstr(request->bytes, "\r\n\r\n");
	const char *length = strcasestr(request->bytes,
	    "\r\nContent-Length:");

	if (request->bytes[0] == 0x16)	/* a TLS handshake: enough is seen */
		return true;
	if (end == NULL)
		return false;
	request->head = (size_t)(end - request->bytes) + 4;

	return length == NULL || length > end || request->len -
	    request->head >= strtoul(length + 17, NULL, 10);
}

static inline void
push_flood(struct push_server *server, int fd)
{
	static char block[65536];

	memset(block, ' ', sizeof(block));
	while (!atomic_load(&server->stop)) {
		if (send(fd, block, sizeof(block), MSG_NOSIGNAL) <= 0)
			return;
	}
}

static inline void
push_play(struct push_server *server, int fd)
{
	unsigned at = atomic_load(&server->served);
	struct push_request *request = &server->requests[at];
	const char *answer;

	while (request->len < PUSH_REQUEST_SIZE - 1 &&
	    !push_request_whole(request)) {
		ssize_t got = read(fd, request->bytes + request->len,
		    PUSH_REQUEST_SIZE - 1 - request->len);

		if (got <= 0) {
			memset(request, 0, sizeof(*request));
			return;
		}
		request->len += (size_t)got;
	}
	answer = server->answers[at < server->answer_count ? at :
	    server->answer_count - 1];
	if (at + 1 < PUSH_REQUESTS_MAX)
		atomic_store(&server->served, at + 1);
	if (strcmp(answer, PUSH_FLOOD) == 0) {
		static const char head[] = "HTTP/1.1 200 OK\r\n"
		    "Content-Type: application/json\r\n"
		    "Connection: close\r\n\r\n";

		(void)send(fd, head, sizeof(head) - 1, MSG_NOSIGNAL);
		push_flood(server, fd);
		return;
	}
	(void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
}

static inline void *
push_run(void *ctx)
{
	struct push_server *server = ctx;
	struct pollfd poll_fd = { .fd = server->fd, .events = POLLIN };

	while (!atomic_load(&server->stop)) {
		int fd;

		if (poll(&poll_fd, 1, 10) <= 0)
			continue;
		if ((fd = accept(server->fd, NULL, NULL)) < 0)
			continue;
		push_play(server, fd);
		(void)shutdown(fd, SHUT_WR);
		(void)close(fd);
	}

	return NULL;
}

/* Listen on a free port of 127.0.0.1. Aborts the test when it cannot. */
static inline void
push_listen(struct push_server *server)
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

/* Add an answer; borrowed until push_stop(). Before push_start() only. */
static inline void
push_answer(struct push_server *server, const char *answer)
{
	if (server->answer_count == PUSH_REQUESTS_MAX)
		abort();
	server->answers[server->answer_count++] = answer;
}

static inline void
push_start(struct push_server *server)
{
	if (server->answer_count == 0 || pthread_create(&server->thread, NULL,
	    push_run, server) != 0)
		abort();
	server->started = true;
}

static inline void
push_stop(struct push_server *server)
{
	atomic_store(&server->stop, true);
	if (server->started)
		(void)pthread_join(server->thread, NULL);
	(void)close(server->fd);
}

#endif /* TESTS_UNIT_PUSH_SERVER_H */
