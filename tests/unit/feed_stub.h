/*
 * feed_stub.h - clinics for tests: one process that answers for all of them
 *
 * GET /NAME/v1/stats/feed?after=N is answered by a table: a body for a clinic
 * from a revision on, or one of the faults that a network can play. Runs in a
 * child; counts requests in memory that both see.
 */
#ifndef TESTS_UNIT_FEED_STUB_H
#define TESTS_UNIT_FEED_STUB_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum stub_fault {
	STUB_GOOD,
	STUB_HANG,		/* take the request, never answer */
	STUB_CLOSE,		/* close without a word */
	STUB_ENDLESS,		/* a body of 1 GB */
	STUB_DENIED,		/* 401 */
	STUB_BROKEN		/* 500 */
};

/* An answer of a clinic to after >= from. The last that fits is taken. */
struct stub_page {
	const char *name;	/* of the clinic in the path */
	long long from;
	enum stub_fault fault;
	const char *body;
	size_t len;		/* 0: of the C string */
	const char *header;	/* one more line with its end, or NULL */
};

struct stub {
	const struct stub_page *pages;
	size_t page_count;
	int listener;
	unsigned short port;
	pid_t pid;
	unsigned *requests;	/* shared: for each page */
	/* Numbered clinics (bench): /N/… is pages[N]. */
	bool by_number;
	/* Make the pages in the child, if there are too many for the parent. */
	void (*prepare)(struct stub *stub);
};

static inline size_t
stub_find(const struct stub *stub, const char *path, long long after)
{
	size_t found = stub->page_count, i;

	if (stub->by_number)
		return (size_t)strtoul(path + 1, NULL, 10);
	for (i = 0; i < stub->page_count; i++) {
		size_t len = strlen(stub->pages[i].name);

		if (strncmp(path + 1, stub->pages[i].name, len) == 0 &&
		    path[1 + len] == '/' && after >= stub->pages[i].from)
			found = i;
	}

	return found;
}

static inline void
stub_write(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t done = send(fd, at, len, MSG_NOSIGNAL);

		if (done <= 0)
			return;
		at += done;
		len -= (size_t)done;
	}
}

/* A gigabyte of blanks, as long as anybody reads it. */
static inline void
stub_write_endless(int fd)
{
	static char block[65536];
	const char *head = "HTTP/1.1 200 OK\r\nContent-Type: "
	    "application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
	int i;

	memset(block, ' ', sizeof(block));
	stub_write(fd, head, strlen(head));
	for (i = 0; i < 16384; i++) {
		if (send(fd, "10000\r\n", 7, MSG_NOSIGNAL) != 7)
			return;
		stub_write(fd, block, sizeof(block));
		stub_write(fd, "\r\n", 2);
	}
}

/* Answer; false: close. */
static inline bool
stub_answer(struct stub *stub, int fd, const char *request)
{
	const char *path = strchr(request, '/');
	const char *after = strstr(request, "after=");
	const struct stub_page *page;
	char head[256];
	size_t index, len;
	int status = 200;

	if (path == NULL || after == NULL)
		return false;
	index = stub_find(stub, path, strtoll(after + 6, NULL, 10));
	if (index >= stub->page_count)
		return false;
	__atomic_add_fetch(&stub->requests[index], 1, __ATOMIC_RELAXED);
	page = &stub->pages[index];
	switch (page->fault) {
	case STUB_HANG:
		return true;
	case STUB_CLOSE:
		return false;
	case STUB_ENDLESS:
		stub_write_endless(fd);
		return false;
	case STUB_DENIED:
		status = 401;
		break;
	case STUB_BROKEN:
		status = 500;
		break;
	case STUB_GOOD:
	default:
		break;
	}
	len = page->body == NULL ? 0 : page->len != 0 ? page->len :
	    strlen(page->body);
	(void)snprintf(head, sizeof(head), "HTTP/1.1 %d X\r\n"
	    "Content-Type: application/json\r\n%sContent-Length: %zu\r\n\r\n",
	    status, page->header != NULL ? page->header : "", len);
	stub_write(fd, head, strlen(head));
	stub_write(fd, page->body, len);

	return true;
}

/* One request at a time on each connection; requests are short. */
static inline void
stub_serve(struct stub *stub)
{
	int epoll = epoll_create1(EPOLL_CLOEXEC), fd, one = 1;
	struct epoll_event event = { .events = EPOLLIN,
	    .data.fd = stub->listener };
	char request[4096];
	ssize_t len;

	(void)epoll_ctl(epoll, EPOLL_CTL_ADD, stub->listener, &event);
	while (epoll_wait(epoll, &event, 1, -1) == 1) {
		fd = event.data.fd;
		if (fd == stub->listener) {
			fd = accept(stub->listener, NULL, NULL);
			if (fd < 0)
				continue;
			(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one,
			    sizeof(one));
			event = (struct epoll_event){ .events = EPOLLIN,
			    .data.fd = fd };
			(void)epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
			continue;
		}
		len = recv(fd, request, sizeof(request) - 1, 0);
		request[len > 0 ? len : 0] = '\0';
		if (len <= 0 || !stub_answer(stub, fd, request))
			(void)close(fd);
	}
}

static inline bool
stub_start(struct stub *stub)
{
	struct sockaddr_in address = { .sin_family = AF_INET,
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(address);

	stub->requests = mmap(NULL, (stub->page_count + 1) *
	    sizeof(*stub->requests), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	stub->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (stub->requests == MAP_FAILED || stub->listener < 0 ||
	    bind(stub->listener, (struct sockaddr *)&address, len) != 0 ||
	    listen(stub->listener, 512) != 0 ||
	    getsockname(stub->listener, (struct sockaddr *)&address,
	    &len) != 0)
		return false;
	stub->port = ntohs(address.sin_port);
	if ((stub->pid = fork()) == 0) {
		if (stub->prepare != NULL)
			stub->prepare(stub);
		__atomic_store_n(&stub->requests[stub->page_count], 1,
		    __ATOMIC_RELEASE);
		stub_serve(stub);
		_exit(0);
	}
	while (stub->pid > 0 && __atomic_load_n(
	    &stub->requests[stub->page_count], __ATOMIC_ACQUIRE) == 0)
		(void)usleep(10000);

	return stub->pid > 0;
}

static inline void
stub_stop(struct stub *stub)
{
	(void)kill(stub->pid, SIGKILL);
	(void)waitpid(stub->pid, NULL, 0);
	(void)close(stub->listener);
	(void)munmap(stub->requests, (stub->page_count + 1) *
	    sizeof(*stub->requests));
}

#endif /* TESTS_UNIT_FEED_STUB_H */
