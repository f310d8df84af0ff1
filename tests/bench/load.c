/*
 * load.c - closed-loop HTTP load: N keep-alive clients, one request each at a
 * time, bodies taken in turn from a file
 *
 * bench-load PORT PATH CLIENTS SECONDS BODIES
 *
 * Prints one JSON object: answers per second, latency percentiles in
 * microseconds, and how many answers were not 200 or 201. Loopback only.
 */
#include <sys/epoll.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/client.h"

#define CLIENTS_MAX 256
#define SAMPLES_MAX 4000000

struct load {
	struct bench_requests requests;
	struct bench_client *clients;
	unsigned client_count;
	uint32_t *latency_us;
	size_t answers, bad;
};

static void
send_next(struct load *load, struct bench_client *client)
{
	client->since_ns = bench_now_ns();
	bench_client_send(client, &load->requests);
}

static void
on_readable(struct load *load, struct bench_client *client)
{
	if (!bench_client_read(client))
		return;
	if (!bench_client_good(client))
		load->bad++;
	if (load->answers < SAMPLES_MAX)
		load->latency_us[load->answers] =
		    (uint32_t)((bench_now_ns() - client->since_ns) / 1000);
	load->answers++;
	send_next(load, client);
}

static void
report(struct load *load, double seconds)
{
	size_t n = load->answers < SAMPLES_MAX ? load->answers : SAMPLES_MAX;
	uint32_t p50 = bench_percentile(load->latency_us, n, 50);

	(void)printf("{\"per_s\": %.0f, \"answers\": %zu, \"bad\": %zu, "
	    "\"p50_us\": %u, \"p99_us\": %u}\n",
	    (double)load->answers / seconds, load->answers, load->bad, p50,
	    bench_percentile(load->latency_us, n, 99));
}

static void
run(struct load *load, int port, int64_t seconds)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int64_t begin, end;
	unsigned i;

	for (i = 0; i < load->client_count; i++)
		bench_client_open(&load->clients[i], port, epoll);
	begin = bench_now_ns();
	end = begin + seconds * 1000000000;
	for (i = 0; i < load->client_count; i++)
		send_next(load, &load->clients[i]);
	while (bench_now_ns() < end) {
		struct epoll_event events[64];
		int ready = epoll_wait(epoll, events, 64, 1000), k;

		for (k = 0; k < ready; k++)
			on_readable(load, events[k].data.ptr);
	}
	report(load, (double)(bench_now_ns() - begin) / 1e9);
	(void)close(epoll);
}

int
main(int argc, char **argv)
{
	struct load load = { 0 };
	int port;

	if (argc != 6) {
		(void)fprintf(stderr, "usage: bench-load PORT PATH CLIENTS "
		    "SECONDS BODIES\n");
		return 2;
	}
	port = (int)strtol(argv[1], NULL, 10);
	load.client_count = (unsigned)strtoul(argv[3], NULL, 10);
	if (load.client_count == 0 || load.client_count > CLIENTS_MAX)
		return 2;
	bench_requests_read(&load.requests, port, argv[2], argv[5]);
	load.clients = calloc(load.client_count, sizeof(*load.clients));
	load.latency_us = calloc(SAMPLES_MAX, sizeof(uint32_t));
	if (load.clients == NULL || load.latency_us == NULL)
		bench_failed("calloc");
	run(&load, port, strtol(argv[4], NULL, 10));

	return 0;
}
