/*
 * relay.c - the line of a clinic, whose public address may change
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "relay.h"

#define PAIRS 16		/* checkind opens at most eight */
#define HEAD_MAX 4096
#define FIRST_ADDRESS 11U
#define LAST_ADDRESS 250U

/* One connection: the caller's side and the gateway's. */
struct pair {
	int caller, gateway;		/* -1: free */
	char head[HEAD_MAX];		/* of the answer, up to its body */
	size_t head_len;
	long left;			/* bytes of the answer; -1: not known */
};

static void
pair_close(struct pair *pair)
{
	if (pair->caller >= 0)
		(void)close(pair->caller);
	if (pair->gateway >= 0)
		(void)close(pair->gateway);
	memset(pair, 0, sizeof(*pair));
	pair->caller = pair->gateway = -1;
	pair->left = -1;
}

static int
dial(struct relay *relay)
{
	unsigned address = atomic_load(&relay->address);
	struct sockaddr_in from = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(0x7F000000U | address) };
	struct sockaddr_in to = { .sin_family = AF_INET,
	    .sin_port = htons((uint16_t)relay->gateway_port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (atomic_load(&relay->wander))
		atomic_store(&relay->address, address < LAST_ADDRESS ?
		    address + 1 : FIRST_ADDRESS);
	if (fd >= 0 && bind(fd, (struct sockaddr *)&from,
	    sizeof(from)) == 0 && connect(fd, (struct sockaddr *)&to,
	    sizeof(to)) == 0)
		return fd;
	if (fd >= 0)
		(void)close(fd);

	return -1;
}

static void
take_in(struct relay *relay, struct pair pairs[PAIRS])
{
	int fd = accept(relay->fd, NULL, NULL), i;

	if (fd < 0)
		return;
	for (i = 0; i < PAIRS && pairs[i].caller >= 0; i++)
		continue;
	if (i == PAIRS) {
		(void)close(fd);
		return;
	}
	pairs[i].caller = fd;
	pairs[i].gateway = dial(relay);
	if (pairs[i].gateway < 0)
		pair_close(&pairs[i]);
}

/* Bytes of an answer have passed. True: it is whole. */
static bool
note_answer(struct pair *pair, const char *bytes, size_t len)
{
	const char *end, *length;
	size_t room = HEAD_MAX - 1 - pair->head_len;

	if (pair->left >= 0) {
		pair->left -= (long)len;
		return pair->left <= 0;
	}
	memcpy(pair->head + pair->head_len, bytes, len < room ? len : room);
	pair->head_len += len < room ? len : room;
	end = strstr(pair->head, "\r\n\r\n");
	length = strcasestr(pair->head, "\r\nContent-Length:");
	if (end == NULL || length == NULL)
		return false;
	pair->left = strtol(length + 17, NULL, 10) -
	    (long)(pair->head_len - (size_t)(end + 4 - pair->head));

	return pair->left <= 0;
}

/* False: this connection is over. */
static bool
pass(const struct relay *relay, struct pair *pair, bool answer)
{
	int from = answer ? pair->gateway : pair->caller;
	int to = answer ? pair->caller : pair->gateway;
	char bytes[4096];
	ssize_t got = read(from, bytes, sizeof(bytes));

	if (got <= 0 || send(to, bytes, (size_t)got, MSG_NOSIGNAL) != got)
		return false;

	return !answer || !atomic_load(&relay->wander) ||
	    !note_answer(pair, bytes, (size_t)got);
}

static void
serve(struct relay *relay, struct pair pairs[PAIRS])
{
	struct pollfd ends[2 * PAIRS + 1];
	int i;

	for (i = 0; i < PAIRS; i++) {
		ends[2 * i] = (struct pollfd){ pairs[i].caller, POLLIN, 0 };
		ends[2 * i + 1] =
		    (struct pollfd){ pairs[i].gateway, POLLIN, 0 };
	}
	ends[2 * PAIRS] = (struct pollfd){ relay->fd, POLLIN, 0 };
	if (poll(ends, 2 * PAIRS + 1, 10) <= 0)
		return;
	for (i = 0; i < PAIRS; i++) {
		if ((ends[2 * i].revents != 0 &&
		    !pass(relay, &pairs[i], false)) ||
		    (ends[2 * i + 1].revents != 0 &&
		    !pass(relay, &pairs[i], true)))
			pair_close(&pairs[i]);
	}
	if (ends[2 * PAIRS].revents != 0)
		take_in(relay, pairs);
}

static void *
run(void *ctx)
{
	struct relay *relay = ctx;
	static struct pair pairs[PAIRS];
	int i;

	for (i = 0; i < PAIRS; i++)
		pairs[i].caller = pairs[i].gateway = -1;
	for (i = 0; i < PAIRS; i++)
		pair_close(&pairs[i]);
	while (!atomic_load(&relay->stop)) {
		serve(relay, pairs);
		if (!atomic_load(&relay->cut))
			continue;
		for (i = 0; i < PAIRS; i++)
			pair_close(&pairs[i]);
		atomic_store(&relay->cut, false);
	}
	for (i = 0; i < PAIRS; i++)
		pair_close(&pairs[i]);

	return NULL;
}

void
relay_start(struct relay *relay, int gateway_port)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	memset(relay, 0, sizeof(*relay));
	relay->gateway_port = gateway_port;
	atomic_store(&relay->address, FIRST_ADDRESS);
	relay->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(relay->fd >= 0);
	assert_int_equal(bind(relay->fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	assert_int_equal(listen(relay->fd, 64), 0);
	assert_int_equal(getsockname(relay->fd, (struct sockaddr *)&address,
	    &len), 0);
	relay->port = ntohs(address.sin_port);
	assert_int_equal(pthread_create(&relay->thread, NULL, run, relay), 0);
}

void
relay_stop(struct relay *relay)
{
	atomic_store(&relay->stop, true);
	(void)pthread_join(relay->thread, NULL);
	(void)close(relay->fd);
}

static void
cut(struct relay *relay)
{
	const struct timespec span = { 0, 5000000 };

	atomic_store(&relay->cut, true);
	while (atomic_load(&relay->cut))
		(void)nanosleep(&span, NULL);
}

void
relay_move(struct relay *relay, unsigned address)
{
	atomic_store(&relay->address, address);
	cut(relay);
}

void
relay_wander(struct relay *relay, bool wander)
{
	atomic_store(&relay->wander, wander);
	cut(relay);
}
