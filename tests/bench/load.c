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
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define CLIENTS_MAX 256
#define RESPONSE_MAX 65536
#define SAMPLES_MAX 4000000

struct client {
	int fd;
	size_t used;		/* bytes of the response so far */
	int64_t sent_ns;
	char response[RESPONSE_MAX];
};

struct load {
	const char *path;
	int port;
	char **requests;	/* whole requests, ready to send */
	size_t request_count, next;
	struct client *clients;
	unsigned client_count;
	uint32_t *latency_us;
	size_t answers, bad;
};

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static int64_t
now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		die("clock_gettime");

	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static char *
compose(const struct load *load, const char *body)
{
	char *request = NULL;

	if (asprintf(&request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    load->path, load->port, strlen(body), body) < 0)
		die("asprintf");

	return request;
}

static void
read_bodies(struct load *load, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	if (file == NULL)
		die(path);
	while ((len = getline(&line, &cap, file)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		load->requests = realloc(load->requests,
		    (load->request_count + 1) * sizeof(char *));
		if (load->requests == NULL)
			die("realloc");
		load->requests[load->request_count++] = compose(load, line);
	}
	free(line);
	(void)fclose(file);
	if (load->request_count == 0) {
		(void)fprintf(stderr, "%s holds no bodies\n", path);
		exit(1);
	}
}

static void
open_client(const struct load *load, struct client *client)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)load->port)
	};
	int on = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || connect(client->fd,
	    (struct sockaddr *)&address, sizeof(address)) != 0)
		die("connect");
	(void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on,
	    sizeof(on));
}

static void
send_next(struct load *load, struct client *client)
{
	const char *request = load->requests[load->next];
	size_t len = strlen(request);

	load->next = (load->next + 1) % load->request_count;
	client->used = 0;
	client->sent_ns = now_ns();
	if (write(client->fd, request, len) != (ssize_t)len)
		die("write");
}

/* True when head and body have arrived. */
static bool
complete(struct client *client)
{
	char *end, *length;

	client->response[client->used] = '\0';
	if ((end = strstr(client->response, "\r\n\r\n")) == NULL)
		return false;
	length = strcasestr(client->response, "\r\nContent-Length:");
	if (length == NULL || length > end)
		die("answer without Content-Length");

	return client->used >= (size_t)(end + 4 - client->response) +
	    strtoul(length + 17, NULL, 10);
}

static void
on_readable(struct load *load, struct client *client)
{
	ssize_t got = read(client->fd, client->response + client->used,
	    RESPONSE_MAX - 1 - client->used);

	if (got <= 0)
		die("connection closed by the server");
	client->used += (size_t)got;
	if (!complete(client))
		return;
	if (strncmp(client->response, "HTTP/1.1 20", 11) != 0)
		load->bad++;
	if (load->answers < SAMPLES_MAX)
		load->latency_us[load->answers] =
		    (uint32_t)((now_ns() - client->sent_ns) / 1000);
	load->answers++;
	send_next(load, client);
}

static int
compare(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

static void
report(struct load *load, double seconds)
{
	size_t n = load->answers < SAMPLES_MAX ? load->answers : SAMPLES_MAX;

	qsort(load->latency_us, n, sizeof(uint32_t), compare);
	(void)printf("{\"per_s\": %.0f, \"answers\": %zu, \"bad\": %zu, "
	    "\"p50_us\": %u, \"p99_us\": %u}\n",
	    (double)load->answers / seconds, load->answers, load->bad,
	    n == 0 ? 0 : load->latency_us[n / 2],
	    n == 0 ? 0 : load->latency_us[n * 99 / 100]);
}

static void
run(struct load *load, int64_t seconds)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC);
	int64_t begin, end;
	unsigned i;

	for (i = 0; i < load->client_count; i++) {
		struct epoll_event event = {
			.events = EPOLLIN, .data.ptr = &load->clients[i]
		};

		open_client(load, &load->clients[i]);
		if (epoll_ctl(epoll, EPOLL_CTL_ADD, load->clients[i].fd,
		    &event) != 0)
			die("epoll_ctl");
	}
	begin = now_ns();
	end = begin + seconds * 1000000000;
	for (i = 0; i < load->client_count; i++)
		send_next(load, &load->clients[i]);
	while (now_ns() < end) {
		struct epoll_event events[64];
		int ready = epoll_wait(epoll, events, 64, 1000), k;

		for (k = 0; k < ready; k++)
			on_readable(load, events[k].data.ptr);
	}
	report(load, (double)(now_ns() - begin) / 1e9);
	(void)close(epoll);
}

int
main(int argc, char **argv)
{
	struct load load = { 0 };

	if (argc != 6) {
		(void)fprintf(stderr, "usage: bench-load PORT PATH CLIENTS "
		    "SECONDS BODIES\n");
		return 2;
	}
	load.port = (int)strtol(argv[1], NULL, 10);
	load.path = argv[2];
	load.client_count = (unsigned)strtoul(argv[3], NULL, 10);
	if (load.client_count == 0 || load.client_count > CLIENTS_MAX)
		return 2;
	read_bodies(&load, argv[5]);
	load.clients = calloc(load.client_count, sizeof(*load.clients));
	load.latency_us = calloc(SAMPLES_MAX, sizeof(uint32_t));
	if (load.clients == NULL || load.latency_us == NULL)
		die("calloc");
	run(&load, strtol(argv[4], NULL, 10));

	return 0;
}
