/*
 * tls_front.h - TLS before a plain server on loopback: what stunnel does
 *
 * One connection at a time is unwrapped and passed on to a port. Before a
 * proxy_server.h this is a proxy that is itself spoken to over TLS.
 */
#ifndef TESTS_UNIT_TLS_FRONT_H
#define TESTS_UNIT_TLS_FRONT_H

#include "proxy_server.h"
#include "tls_server.h"

struct tls_front {
	struct tls_server server;	/* its socket, port and certificate */
	pthread_t thread;
	uint16_t behind;
};

/* From the caller to the server behind. False: one of them is gone. */
static inline bool
tls_front_in(SSL *ssl, int there)
{
	char bytes[4096];
	int got;

	do {
		got = SSL_read(ssl, bytes, sizeof(bytes));
		if (got <= 0 || send(there, bytes, (size_t)got,
		    MSG_NOSIGNAL) != got)
			return false;
	} while (SSL_pending(ssl) > 0);

	return true;
}

static inline bool
tls_front_out(SSL *ssl, int there)
{
	char bytes[4096];
	ssize_t got = read(there, bytes, sizeof(bytes));

	return got > 0 && SSL_write(ssl, bytes, (int)got) == (int)got;
}

static inline void
tls_front_pump(struct tls_front *front, SSL *ssl, int there)
{
	struct pollfd ends[2] = {
		{ .fd = SSL_get_fd(ssl), .events = POLLIN },
		{ .fd = there, .events = POLLIN }
	};
	bool open = true;

	while (open && !atomic_load(&front->server.raw.stop)) {
		if (poll(ends, 2, 20) <= 0)
			continue;
		if (ends[0].revents != 0)
			open = tls_front_in(ssl, there);
		if (open && ends[1].revents != 0)
			open = tls_front_out(ssl, there);
	}
}

static inline void
tls_front_serve(struct tls_front *front, int fd)
{
	SSL *ssl = SSL_new(front->server.context);
	int there = -1;

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1)
		abort();
	if (SSL_accept(ssl) == 1 &&
	    (there = proxy_dial(front->behind)) >= 0) {
		tls_front_pump(front, ssl, there);
		(void)SSL_shutdown(ssl);
		(void)close(there);
	}
	SSL_free(ssl);
}

static inline void *
tls_front_run(void *ctx)
{
	struct tls_front *front = ctx;
	struct pollfd poll_fd = { .fd = front->server.raw.fd,
	    .events = POLLIN };

	while (!atomic_load(&front->server.raw.stop)) {
		int fd;

		if (poll(&poll_fd, 1, 10) <= 0 ||
		    (fd = accept(front->server.raw.fd, NULL, NULL)) < 0)
			continue;
		tls_front_serve(front, fd);
		(void)close(fd);
	}

	return NULL;
}

/* Unwrap with directory/NAME.key and .pem, and pass on to this port. */
static inline void
tls_front_start(struct tls_front *front, const char *directory,
    const char *name, uint16_t behind)
{
	memset(front, 0, sizeof(*front));
	front->behind = behind;
	tls_listen(&front->server, directory, name);
	if (pthread_create(&front->thread, NULL, tls_front_run, front) != 0)
		abort();
}

static inline void
tls_front_stop(struct tls_front *front)
{
	atomic_store(&front->server.raw.stop, true);
	(void)pthread_join(front->thread, NULL);
	tls_close(&front->server);
}

#endif /* TESTS_UNIT_TLS_FRONT_H */
