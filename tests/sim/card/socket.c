/*
 * socket.c - the control socket: several clients, one line at a time
 *
 * A client that sends half a line, or an endless one, keeps nobody waiting.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "control.h"

#define CLIENTS_MAX 16
#define LINE_MAX_LEN 1024

struct client {
	int fd;			/* -1: free */
	size_t len;
	char line[LINE_MAX_LEN];
};

/* poll() watches stop, the listener, then one entry for each client. */
enum {
	WATCH_STOP, WATCH_LISTENER, WATCH_CLIENTS
};

struct server {
	struct sim_desk *desk;
	struct pollfd watched[WATCH_CLIENTS + CLIENTS_MAX];
	struct client clients[CLIENTS_MAX];
};

static int
listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	unlink(path);
	if (bind(fd, (const struct sockaddr *)&address,
	    sizeof(address)) != 0 || listen(fd, CLIENTS_MAX) != 0) {
		close(fd);
		return -1;
	}

	return fd;
}

static void
hang_up(struct server *server, size_t i)
{
	close(server->clients[i].fd);
	server->clients[i].fd = -1;
	server->watched[WATCH_CLIENTS + i].fd = -1;
}

static void
welcome(struct server *server)
{
	int fd = accept4(server->watched[WATCH_LISTENER].fd, NULL, NULL,
	    SOCK_CLOEXEC);
	size_t i;

	for (i = 0; fd >= 0 && i < CLIENTS_MAX; i++) {
		if (server->clients[i].fd >= 0)
			continue;
		server->clients[i].fd = fd;
		server->clients[i].len = 0;
		server->watched[WATCH_CLIENTS + i].fd = fd;
		return;
	}
	if (fd >= 0)
		close(fd);
}

static bool
send_all(int fd, struct sim_span bytes)
{
	ssize_t sent;

	while (bytes.len > 0) {
		sent = send(fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			return false;
		bytes = sim_slice(bytes, (size_t)sent,
		    bytes.len - (size_t)sent);
	}

	return true;
}

/* Answer every whole line that the client has sent. */
static bool
answer_lines(struct server *server, struct client *client)
{
	struct sim_bytes answer = SIM_BYTES_INIT;
	char *end;
	size_t used;
	bool ok = true;

	while (ok && (end = memchr(client->line, '\n', client->len)) != NULL) {
		*end = '\0';
		used = (size_t)(end - client->line) + 1;
		sim_control_line(server->desk, client->line, &answer);
		ok = send_all(client->fd, sim_view(&answer));
		sim_bytes_clear(&answer);
		client->len -= used;
		memmove(client->line, client->line + used, client->len);
	}
	sim_bytes_free(&answer);

	return ok && client->len < sizeof(client->line);
}

static void
attend(struct server *server, size_t i)
{
	struct client *client = &server->clients[i];
	ssize_t got = recv(client->fd, client->line + client->len,
	    sizeof(client->line) - client->len, 0);

	if (got < 0 && errno == EINTR)
		return;
	if (got <= 0) {
		hang_up(server, i);
		return;
	}
	client->len += (size_t)got;
	if (!answer_lines(server, client))
		hang_up(server, i);
}

static void
start(struct server *server, struct sim_desk *desk, int listener, int stop_fd)
{
	size_t i;

	*server = (struct server){ .desk = desk };
	for (i = 0; i < CLIENTS_MAX; i++) {
		server->clients[i].fd = -1;
		server->watched[WATCH_CLIENTS + i].fd = -1;
	}
	for (i = 0; i < WATCH_CLIENTS + CLIENTS_MAX; i++)
		server->watched[i].events = POLLIN;
	server->watched[WATCH_STOP].fd = stop_fd;
	server->watched[WATCH_LISTENER].fd = listener;
}

static void
loop(struct server *server)
{
	size_t i;

	while (server->watched[WATCH_STOP].revents == 0) {
		if (poll(server->watched, WATCH_CLIENTS + CLIENTS_MAX,
		    -1) < 0)
			continue;
		if (server->watched[WATCH_LISTENER].revents != 0)
			welcome(server);
		for (i = 0; i < CLIENTS_MAX; i++) {
			if (server->clients[i].fd >= 0 &&
			    server->watched[WATCH_CLIENTS + i].revents != 0)
				attend(server, i);
		}
	}
}

bool
sim_control_serve(struct sim_desk *desk, const char *path, int stop_fd)
{
	static struct server server;
	int listener = listen_on(path);
	size_t i;

	if (listener < 0) {
		fprintf(stderr, "sim-card: cannot listen on %s: %s\n", path,
		    strerror(errno));
		return false;
	}
	start(&server, desk, listener, stop_fd);
	loop(&server);
	for (i = 0; i < CLIENTS_MAX; i++) {
		if (server.clients[i].fd >= 0)
			hang_up(&server, i);
	}
	close(listener);
	unlink(path);

	return true;
}
