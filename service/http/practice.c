/*
 * practice.c - put simulated cards on the reader, in practice mode only
 *
 * Speaks to the control socket of sim-card: one line, one line back ("ok …" or
 * "error …"). Each call has a connection of its own and never blocks the core.
 */
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/config.h"
#include "http/site.h"
#include "io/loop.h"

/*
 * A chip is made when it is first laid down: its RSA key takes seconds on a
 * machine that has much else to do.
 */
#define TIMEOUT_MS 30000

/* A list of people with their codes takes about 20 KB. */
#define ANSWER_MAX 262144

struct ck_practice_call {
	struct ck_http *http;
	struct ck_request *request;
	int fd;
	struct ck_watch *watch;
	struct ck_timer *timer;
	struct ck_buf answer;
	struct ck_practice_call *prev, *next;
};

static void
call_free(struct ck_practice_call *call)
{
	ck_loop_unwatch(&call->watch);
	ck_loop_timer_cancel(&call->timer);
	if (call->fd >= 0)
		(void)close(call->fd);
	ck_buf_wipe(&call->answer);
	if (call->prev != NULL)
		call->prev->next = call->next;
	else
		call->http->calls = call->next;
	if (call->next != NULL)
		call->next->prev = call->prev;
	free(call);
}

void
ck_http_practice_free(struct ck_http *http)
{
	while (http->calls != NULL)
		call_free(http->calls);
}

static void
fail(struct ck_practice_call *call, const char *detail)
{
	ck_request_reply_problem(call->request, 503, "simulator-unavailable",
	    "The card simulator does not answer.", detail);
	call_free(call);
}

/* "ok" alone, or with JSON that is passed on, or with words. */
static void
reply_ok(struct ck_request *request, struct ck_span words)
{
	json_t *json = words.len > 0 &&
	    (words.ptr[0] == '[' || words.ptr[0] == '{') ?
	    ck_json_parse(words) : NULL;

	if (json != NULL)
		ck_request_reply_json(request, 200, json);
	else
		ck_request_reply_empty(request, 204);
}

static void
finish(struct ck_practice_call *call)
{
	struct ck_span line = ck_buf_view(&call->answer);
	char words[200];

	line.len--;	/* the newline */
	if (line.len >= 2 && memcmp(line.ptr, "ok", 2) == 0) {
		reply_ok(call->request, ck_span_slice(line, 3, line.len));
	} else {
		struct ck_span why = ck_span_slice(line, 6, sizeof(words) - 1);

		(void)snprintf(words, sizeof(words), "%.*s", (int)why.len,
		    (const char *)why.ptr);
		ck_request_reply_problem(call->request, 422,
		    "simulator-refused", "The card simulator refused.",
		    words);
	}
	call_free(call);
}

static void
on_readable(void *ctx, int fd, uint32_t events)
{
	struct ck_practice_call *call = ctx;
	char piece[4096];
	ssize_t got = recv(fd, piece, sizeof(piece), MSG_DONTWAIT);

	(void)events;
	if (got <= 0 || call->answer.len + (size_t)got > ANSWER_MAX ||
	    ck_buf_append(&call->answer,
	    ck_span_of(piece, (size_t)got)) != CK_OK)
		fail(call, "Its answer broke off.");
	else if (call->answer.ptr[call->answer.len - 1] == '\n')
		finish(call);
}

static void
on_timeout(void *ctx)
{
	fail(ctx, "It took too long.");
}

static bool
dial(struct ck_practice_call *call, const char *line)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	size_t len = strlen(line);

	(void)snprintf(to.sun_path, sizeof(to.sun_path), "%s",
	    call->http->use.config->practice_socket);
	call->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK,
	    0);

	return call->fd >= 0 &&
	    connect(call->fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    send(call->fd, line, len, MSG_NOSIGNAL) == (ssize_t)len &&
	    ck_loop_watch(call->http->use.loop, call->fd, EPOLLIN,
	    on_readable, call, &call->watch) == CK_OK &&
	    ck_loop_timer(call->http->use.loop, TIMEOUT_MS, on_timeout, call,
	    &call->timer) == CK_OK;
}

static void
send_line(struct ck_http *http, struct ck_request *request, const char *line)
{
	struct ck_practice_call *call;

	if (!http->use.config->practice) {
		ck_request_reply_problem(request, 404, "not-practice",
		    "This station is not in practice mode.", NULL);
		return;
	}
	if ((call = calloc(1, sizeof(*call))) == NULL) {
		ck_http_reply_error(request, CK_ERR_NOMEM);
		return;
	}
	call->http = http;
	call->request = request;
	call->next = http->calls;
	if (call->next != NULL)
		call->next->prev = call;
	http->calls = call;
	if (!dial(call, line))
		fail(call, "Its socket cannot be reached: see [practice] "
		    "socket.");
}

/* A word of one line: nothing that could end it or begin another. */
static bool
is_word(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= 64 && strspn(text,
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "0123456789-_=,.") == len;
}

void
ck_http_practice_insert(void *ctx, struct ck_request *request)
{
	const json_t *body = ck_request_json(request);
	const char *person = ck_json_text(body, "person");
	const char *fault = ck_json_text(body, "fault");
	char line[256];

	if (!is_word(person)) {
		ck_request_reply_invalid(request, "person",
		    "a person of GET /v1/practice/people");
		return;
	}
	if (fault[0] != '\0' && !is_word(fault)) {
		ck_request_reply_invalid(request, "fault",
		    "a fault of sim-card --help");
		return;
	}
	(void)snprintf(line, sizeof(line), "insert %s%s%s\n", person,
	    fault[0] != '\0' ? " " : "", fault);
	send_line(ctx, request, line);
}

void
ck_http_practice_remove(void *ctx, struct ck_request *request)
{
	send_line(ctx, request, "remove\n");
}

void
ck_http_practice_people(void *ctx, struct ck_request *request)
{
	send_line(ctx, request, "list\n");
}
