/*
 * client.h - keep-alive HTTP clients of a measurement, on loopback
 *
 * Bodies come from a file, one a line, and are sent in turn. Whatever goes
 * wrong ends the measurement: a figure of half a run would be a lie.
 */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BENCH_RESPONSE_MAX 65536

struct bench_requests {
	char **list;		/* whole requests, ready to send */
	size_t count, next;
};

struct bench_client {
	int fd;
	bool busy;		/* a request is under way */
	size_t used;		/* bytes of the response so far */
	int64_t since_ns;	/* when its request was sent, or due */
	char response[BENCH_RESPONSE_MAX];
};

/* Say what failed, with errno, and exit 1. */
_Noreturn void bench_failed(const char *what);

int64_t bench_now_ns(void);

/* POST path on port with each line of file as JSON. */
void bench_requests_read(struct bench_requests *requests, int port,
    const char *path, const char *file);

/* Connect; epoll gets the client with EPOLLIN, unless it is negative. */
void bench_client_open(struct bench_client *client, int port, int epoll);

/* Send the next request; since_ns is left to the caller. */
void bench_client_send(struct bench_client *client,
    struct bench_requests *requests);

/* Read what has come. True when head and body are complete: then response is
 * NUL-terminated. */
bool bench_client_read(struct bench_client *client);

/* Is the complete response a 200 or 201? */
bool bench_client_good(const struct bench_client *client);

/* Sort the samples and give the one below which percent of them are. */
uint32_t bench_percentile(uint32_t *samples, size_t count, unsigned percent);

#endif /* BENCH_CLIENT_H */
