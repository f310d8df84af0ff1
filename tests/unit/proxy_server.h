/*
 * proxy_server.h - an HTTP proxy on loopback that knows CONNECT
 *
 * One tunnel after the other. With a login it wants "Proxy-Authorization:
 * Basic" of exactly that; its requests are kept for the test to look at.
 */
#ifndef TESTS_UNIT_PROXY_SERVER_H
#define TESTS_UNIT_PROXY_SERVER_H

#include "raw_server.h"

struct proxy_server {
	struct raw_server raw;		/* its socket and port alone */
	pthread_t thread;
	const char *login;		/* base64 of USER:PASSWORD; NULL: none */
	char request[RAW_REQUEST_MAX];
	atomic_uint tunnels;
};

static inline void
proxy_pump(struct proxy_server *proxy, int a, int b)
{
	struct pollfd ends[2] = {
		{ .fd = a, .events = POLLIN }, { .fd = b, .events = POLLIN }
	};
	char bytes[4096];
	int i;

	while (!atomic_load(&proxy->raw.stop)) {
		if (poll(ends, 2, 20) <= 0)
			continue;
		for (i = 0; i < 2; i++) {
			ssize_t got;

			if (ends[i].revents == 0)
				continue;
			got = read(ends[i].fd, bytes, sizeof(bytes));
			if (got <= 0 || send(ends[1 - i].fd, bytes,
			    (size_t)got, MSG_NOSIGNAL) != got)
				return;
		}
	}
}

/* "CONNECT 127.0.0.1:PORT HTTP/1.1": the port; 0 for anything else. */
static inline uint16_t
proxy_target(const char *request)
{
	static const char start[] = "CONNECT 127.0.0.1:";

	if (strncmp(request, start, sizeof(start) - 1) != 0)
		return 0;

	return (uint16_t)strtoul(request + sizeof(start) - 1, NULL, 10);
}

static inline int
proxy_dial(uint16_t port)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);

	return -1;
}

static inline bool
proxy_admits(const struct proxy_server *proxy)
{
	char line[256];

	if (proxy->login == NULL)
		return true;
	(void)snprintf(line, sizeof(line),
	    "\r\nProxy-Authorization: Basic %s\r\n", proxy->login);

	return strstr(proxy->request, line) != NULL;
}

static inline void
proxy_serve(struct proxy_server *proxy, int fd)
{
	static const char refused[] = "HTTP/1.1 407 Login needed\r\n"
	    "Proxy-Authenticate: Basic realm=\"x\"\r\n"
	    "Content-Length: 0\r\n\r\n";
	static const char open[] = "HTTP/1.1 200 Open\r\n\r\n";
	const char *answer = refused;
	int there = -1;

	raw_read_request(fd, proxy->request);
	if (proxy_admits(proxy) &&
	    (there = proxy_dial(proxy_target(proxy->request))) >= 0)
		answer = open;
	(void)send(fd, answer, strlen(answer), MSG_NOSIGNAL);
	if (there < 0)
		return;
	atomic_fetch_add(&proxy->tunnels, 1);
	proxy_pump(proxy, fd, there);
	(void)close(there);
}

static inline void *
proxy_run(void *ctx)
{
	struct proxy_server *proxy = ctx;
	struct pollfd poll_fd = { .fd = proxy->raw.fd, .events = POLLIN };

	while (!atomic_load(&proxy->raw.stop)) {
		int fd;

		if (poll(&poll_fd, 1, 10) <= 0 ||
		    (fd = accept(proxy->raw.fd, NULL, NULL)) < 0)
			continue;
		proxy_serve(proxy, fd);
		(void)close(fd);
	}

	return NULL;
}

static inline void
proxy_start(struct proxy_server *proxy, const char *login)
{
	memset(proxy, 0, sizeof(*proxy));
	raw_start(&proxy->raw);
	proxy->login = login;
	if (pthread_create(&proxy->thread, NULL, proxy_run, proxy) != 0)
		abort();
}

static inline void
proxy_stop(struct proxy_server *proxy)
{
	atomic_store(&proxy->raw.stop, true);
	(void)pthread_join(proxy->thread, NULL);
	(void)close(proxy->raw.fd);
}

#endif /* TESTS_UNIT_PROXY_SERVER_H */
