/*
 * listen.c - bind, and say in words why it failed
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "io/listen.h"

/* Waiting connections; the kernel cuts it to net.core.somaxconn. */
#define BACKLOG 256

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

static socklen_t
fill(union address *out, const char *text, uint16_t port)
{
	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		return sizeof(out->v4);
	}
	if (inet_pton(AF_INET6, text, &out->v6.sin6_addr) == 1) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(port);
		return sizeof(out->v6);
	}

	return 0;
}

static const char *
advice(int error)
{
	switch (error) {
	case EADDRINUSE:
		return "another program (or another checkind, or "
		    "checkin-province) has this port: stop it, or set [http] port";
	case EACCES:
		return "ports below 1024 need a privilege: set [http] port";
	case EADDRNOTAVAIL:
		return "this machine has no such address: set [http] listen";
	default:
		return "see [http] listen and port";
	}
}

static enum ck_err
open_socket(const union address *at, socklen_t len, int *fd)
{
	const int on = 1;

	*fd = socket(at->any.sa_family,
	    SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (*fd < 0)
		return CK_ERR_SYSTEM;
	(void)setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(*fd, &at->any, len) != 0 || listen(*fd, BACKLOG) != 0)
		return errno == EADDRINUSE ? CK_ERR_PORT_IN_USE :
		    CK_ERR_SYSTEM;

	return CK_OK;
}

enum ck_err
ck_listen(const char *address, uint16_t *port, int *fd)
{
	union address at;
	socklen_t len = fill(&at, address, *port);
	enum ck_err err;

	*fd = -1;
	errno = EINVAL;
	err = len == 0 ? CK_ERR_SYSTEM : open_socket(&at, len, fd);
	if (err == CK_OK && getsockname(*fd, &at.any, &len) != 0)
		err = CK_ERR_SYSTEM;
	if (err != CK_OK) {
		ck_log(CK_LOG_ERROR, "http", "cannot listen on %s port %u: "
		    "%s; %s", address, *port, strerror(errno), advice(errno));
		if (*fd >= 0)
			(void)close(*fd);
		*fd = -1;
		return err;
	}
	*port = ntohs(at.any.sa_family == AF_INET ? at.v4.sin_port :
	    at.v6.sin6_port);

	return CK_OK;
}
