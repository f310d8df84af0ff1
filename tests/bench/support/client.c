/*
 * client.c - keep-alive HTTP clients of a measurement
 */
#include <sys/epoll.h>
#include <sys/socket.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "client.h"

void
bench_failed(const char *what)
{
	perror(what);
	exit(1);
}

int64_t
bench_now_ns(void)
{
	struct timespec now;

	if (clock_gettime(CLOCK_MONOTONIC, &now) != 0)
		bench_failed("clock_gettime");

	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static char *
compose(int port, const char *path, const char *body)
{
	char *request = NULL;

	if (asprintf(&request, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
	    path, port, strlen(body), body) < 0)
		bench_failed("asprintf");

	return request;
}

static void
add(struct bench_requests *requests, char *request)
{
	requests->list = realloc(requests->list,
	    (requests->count + 1) * sizeof(char *));
	if (requests->list == NULL)
		bench_failed("realloc");
	requests->list[requests->count++] = request;
}

void
bench_requests_read(struct bench_requests *requests, int port,
    const char *path, const char *file)
{
	FILE *bodies = fopen(file, "re");
	char *line = NULL;
	size_t cap = 0;
	ssize_t len;

	if (bodies == NULL)
		bench_failed(file);
	while ((len = getline(&line, &cap, bodies)) > 0) {
		if (line[len - 1] == '\n')
			line[len - 1] = '\0';
		add(requests, compose(port, path, line));
	}
	free(line);
	(void)fclose(bodies);
	if (requests->count == 0) {
		(void)fprintf(stderr, "%s holds no bodies\n", file);
		exit(1);
	}
}

void
bench_client_open(struct bench_client *client, int port, int epoll)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port)
	};
	struct epoll_event event = { .events = EPOLLIN, .data.ptr = client };
	int on = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	client->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (client->fd < 0 || connect(client->fd,
	    (struct sockaddr *)&address, sizeof(address)) != 0)
		bench_failed("connect");
	(void)setsockopt(client->fd, IPPROTO_TCP, TCP_NODELAY, &on,
	    sizeof(on));
	if (epoll >= 0 &&
	    epoll_ctl(epoll, EPOLL_CTL_ADD, client->fd, &event) != 0)
		bench_failed("epoll_ctl");
}

void
bench_client_send(struct bench_client *client,
    struct bench_requests *requests)
{
	const char *request = requests->list[requests->next];
	size_t len = strlen(request);

	requests->next = (requests->next + 1) % requests->count;
	client->used = 0;
	client->busy = true;
	if (write(client->fd, request, len) != (ssize_t)len)
		bench_failed("write");
}

static bool
is_complete(struct bench_client *client)
{
	char *end, *length;

	client->response[client->used] = '\0';
	if ((end = strstr(client->response, "\r\n\r\n")) == NULL)
		return false;
	length = strcasestr(client->response, "\r\nContent-Length:");
	if (length == NULL || length > end)
		bench_failed("answer without Content-Length");

	return client->used >= (size_t)(end + 4 - client->response) +
	    strtoul(length + 17, NULL, 10);
}

bool
bench_client_read(struct bench_client *client)
{
	ssize_t got = read(client->fd, client->response + client->used,
	    BENCH_RESPONSE_MAX - 1 - client->used);

	if (got <= 0)
		bench_failed("connection closed by the server");
	client->used += (size_t)got;
	client->busy = !is_complete(client);

	return !client->busy;
}

bool
bench_client_good(const struct bench_client *client)
{
	return strncmp(client->response, "HTTP/1.1 20", 11) == 0;
}

static int
compare(const void *a, const void *b)
{
	const uint32_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

uint32_t
bench_percentile(uint32_t *samples, size_t count, unsigned percent)
{
	if (count == 0)
		return 0;
	qsort(samples, count, sizeof(*samples), compare);

	return samples[percent == 100 ? count - 1 : count * percent / 100];
}
