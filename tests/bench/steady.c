/*
 * steady.c - open-loop HTTP load: so many lookups a second, whether or not the
 * ones before have been answered
 *
 * bench-steady PORT PATH RATE SECONDS BODIES LOG
 *
 * Each request is due at a fixed instant, and its latency runs from then, not
 * from when a free connection was found: a server that stalls cannot hide it
 * by keeping its clients from asking. LOG gets one line for each answer: its
 * id, outcome and source; a request without a good answer gets none.
 *
 * Prints one JSON object. Loopback only.
 */
#include <sys/epoll.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "support/client.h"

/* More than can ever wait: at 200 a second that is a stall of 1.2 s. */
#define CLIENTS 240

/* After the last one was due: what has no answer by then is lost. */
#define PATIENCE_NS INT64_C(10000000000)

struct steady {
	struct bench_requests requests;
	struct bench_client *clients;
	struct bench_client *idle[CLIENTS];
	unsigned idle_count;
	int port, epoll;
	FILE *log;
	int64_t begin_ns, interval_ns;
	size_t total, sent, answered, bad;
	uint32_t *latency_us;
};

static int64_t
due_ns(const struct steady *steady)
{
	return steady->begin_ns + (int64_t)steady->sent * steady->interval_ns;
}

static void
send_due(struct steady *steady)
{
	while (steady->sent < steady->total && steady->idle_count > 0 &&
	    due_ns(steady) <= bench_now_ns()) {
		struct bench_client *client =
		    steady->idle[--steady->idle_count];

		client->since_ns = due_ns(steady);
		steady->sent++;
		bench_client_send(client, &steady->requests);
	}
}

/* The text of a member that our server writes without blanks. */
static void
log_member(FILE *log, const char *response, const char *name, char end)
{
	const char *at = strstr(response, name);
	size_t len = 0;

	if (at != NULL) {
		at += strlen(name);
		len = strcspn(at, "\"");
	}
	(void)fprintf(log, "%.*s%c", (int)len, at != NULL ? at : "", end);
}

static void
on_readable(struct steady *steady, struct bench_client *client)
{
	/* A server closes what has been idle for half a minute. */
	if (!client->busy) {
		(void)close(client->fd);
		bench_client_open(client, steady->port, steady->epoll);
		return;
	}
	if (!bench_client_read(client))
		return;
	steady->latency_us[steady->answered++] =
	    (uint32_t)((bench_now_ns() - client->since_ns) / 1000);
	steady->idle[steady->idle_count++] = client;
	if (!bench_client_good(client)) {
		steady->bad++;
		return;
	}
	log_member(steady->log, client->response, "\"id\":\"", ' ');
	log_member(steady->log, client->response, "\"outcome\":\"", ' ');
	log_member(steady->log, client->response, "\"source\":\"", '\n');
}

/* Until the next one is due, to the nanosecond: it must not be asked late. */
static struct timespec
pause_of(const struct steady *steady)
{
	int64_t left = due_ns(steady) - bench_now_ns();

	if (steady->sent == steady->total || steady->idle_count == 0)
		left = 100000000;
	if (left < 0)
		left = 0;

	return (struct timespec){ left / 1000000000, left % 1000000000 };
}

static void
run(struct steady *steady)
{
	int64_t give_up;
	unsigned i;

	steady->epoll = epoll_create1(EPOLL_CLOEXEC);
	for (i = 0; i < CLIENTS; i++) {
		bench_client_open(&steady->clients[i], steady->port,
		    steady->epoll);
		steady->idle[steady->idle_count++] = &steady->clients[i];
	}
	steady->begin_ns = bench_now_ns();
	give_up = steady->begin_ns + (int64_t)steady->total *
	    steady->interval_ns + PATIENCE_NS;
	while (steady->answered < steady->total &&
	    bench_now_ns() < give_up) {
		struct epoll_event events[64];
		struct timespec pause;
		int ready, k;

		send_due(steady);
		pause = pause_of(steady);
		ready = epoll_pwait2(steady->epoll, events, 64, &pause, NULL);
		for (k = 0; k < ready; k++)
			on_readable(steady, events[k].data.ptr);
	}
}

static void
report(struct steady *steady)
{
	size_t n = steady->answered;
	uint32_t p50 = bench_percentile(steady->latency_us, n, 50);
	uint32_t p99 = bench_percentile(steady->latency_us, n, 99);

	(void)printf("{\"asked\": %zu, \"answers\": %zu, \"bad\": %zu, "
	    "\"p50_us\": %u, \"p99_us\": %u, \"max_us\": %u}\n",
	    steady->total, n, steady->bad, p50, p99,
	    bench_percentile(steady->latency_us, n, 100));
}

int
main(int argc, char **argv)
{
	struct steady steady = { 0 };
	unsigned long rate, seconds;

	if (argc != 7) {
		(void)fprintf(stderr, "usage: bench-steady PORT PATH RATE "
		    "SECONDS BODIES LOG\n");
		return 2;
	}
	steady.port = (int)strtol(argv[1], NULL, 10);
	rate = strtoul(argv[3], NULL, 10);
	seconds = strtoul(argv[4], NULL, 10);
	if (rate == 0 || rate > 100000 || seconds == 0 || seconds > 3600)
		return 2;
	bench_requests_read(&steady.requests, steady.port, argv[2], argv[5]);
	steady.total = rate * seconds;
	steady.interval_ns = 1000000000 / (int64_t)rate;
	steady.clients = calloc(CLIENTS, sizeof(*steady.clients));
	steady.latency_us = calloc(steady.total, sizeof(uint32_t));
	if (steady.clients == NULL || steady.latency_us == NULL)
		bench_failed("calloc");
	if ((steady.log = fopen(argv[6], "we")) == NULL)
		bench_failed(argv[6]);
	run(&steady);
	report(&steady);

	return fclose(steady.log) == 0 ? 0 : 1;
}
