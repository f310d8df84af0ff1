/*
 * ask.c - HTTP/1.0 over one socket: send, read to the end
 *
 * The daemon is the only server this ever speaks to, without TLS and mostly
 * over loopback; 1.0 spares chunks and keep-alive.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/ask.h"
#include "daemon/config.h"

/* A lookup may take the whole budget and more when the line is slow. */
#define TIMEOUT_S 70

/* Statistics of years by hour stay below. */
#define ANSWER_MAX (16 * 1024 * 1024)

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Where a daemon on every address is reached: over loopback. */
static const char *
address_of(const struct ck_config *config)
{
	if (strcmp(config->listen, "0.0.0.0") == 0)
		return "127.0.0.1";

	return strcmp(config->listen, "::") == 0 ? "::1" : config->listen;
}

static int
dial(const struct ck_config *config)
{
	const struct timeval limit = { .tv_sec = TIMEOUT_S };
	const char *text = address_of(config);
	union address to = { 0 };
	socklen_t len = sizeof(to.v4);
	int fd;

	to.v4.sin_family = AF_INET;
	to.v4.sin_port = htons(config->port);
	if (inet_pton(AF_INET, text, &to.v4.sin_addr) != 1) {
		memset(&to, 0, sizeof(to));
		len = sizeof(to.v6);
		to.v6.sin6_family = AF_INET6;
		to.v6.sin6_port = htons(config->port);
		if (inet_pton(AF_INET6, text, &to.v6.sin6_addr) != 1)
			return -1;
	}
	fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (connect(fd, &to.any, len) == 0)
		return fd;
	(void)close(fd);

	return -1;
}

static enum ck_err
build(const struct ck_config *config, const char *method, const char *target,
    const char *accept, const char *type, struct ck_span body,
    struct ck_buf *out)
{
	bool bracket = strchr(config->listen, ':') != NULL;
	char head[1024];
	enum ck_err err;
	int len;

	len = snprintf(head, sizeof(head), "%s %s HTTP/1.0\r\n"
	    "Host: %s%s%s:%u\r\nAccept: %s\r\n", method, target,
	    bracket ? "[" : "", address_of(config), bracket ? "]" : "",
	    config->port, accept != NULL ? accept : "application/json");
	if (config->token[0] != '\0' && len > 0 && (size_t)len < sizeof(head))
		len += snprintf(head + len, sizeof(head) - (size_t)len,
		    "Authorization: Bearer %s\r\n", config->token);
	if (body.len > 0 && len > 0 && (size_t)len < sizeof(head))
		len += snprintf(head + len, sizeof(head) - (size_t)len,
		    "Content-Type: %s\r\nContent-Length: %zu\r\n", type,
		    body.len);
	if (len < 0 || (size_t)len >= sizeof(head))
		return CK_ERR_LIMIT;
	if ((err = ck_buf_append(out, ck_span_of(head, (size_t)len))) ==
	    CK_OK &&
	    (err = ck_buf_append(out, ck_span_str("\r\n"))) == CK_OK)
		err = ck_buf_append(out, body);
	OPENSSL_cleanse(head, sizeof(head));

	return err;
}

static enum ck_err
exchange(int fd, struct ck_span request, struct ck_buf *answer)
{
	char piece[16384];
	size_t sent = 0;
	ssize_t got;
	enum ck_err err = CK_OK;

	while (sent < request.len) {
		got = send(fd, request.ptr + sent, request.len - sent,
		    MSG_NOSIGNAL);
		if (got <= 0)
			return CK_ERR_LINE;
		sent += (size_t)got;
	}
	while (err == CK_OK &&
	    (got = recv(fd, piece, sizeof(piece), 0)) != 0) {
		if (got < 0 || answer->len > ANSWER_MAX)
			err = CK_ERR_LINE;
		else
			err = ck_buf_append(answer,
			    ck_span_of(piece, (size_t)got));
	}
	OPENSSL_cleanse(piece, sizeof(piece));

	return err;
}

/* "HTTP/1.x NNN …" and the first empty line. */
static enum ck_err
take_apart(struct ck_cli_reply *reply)
{
	struct ck_span all = ck_buf_view(&reply->bytes);
	const uint8_t *end = all.len < 13 ? NULL :
	    memmem(all.ptr, all.len, "\r\n\r\n", 4);

	if (end == NULL || memcmp(all.ptr, "HTTP/1.", 7) != 0)
		return CK_ERR_REQUEST;
	reply->status = (int)strtol((const char *)all.ptr + 9, NULL, 10);
	reply->body = ck_span_slice(all, (size_t)(end - all.ptr) + 4,
	    all.len);

	return CK_OK;
}

static enum ck_err
ask(const struct ck_config *config, const char *method, const char *target,
    const char *accept, const char *type, struct ck_span body,
    struct ck_cli_reply *reply)
{
	struct ck_buf request = CK_BUF_INIT;
	int fd = dial(config);
	enum ck_err err = CK_ERR_LINE;

	memset(reply, 0, sizeof(*reply));
	if (fd < 0)
		goto out;
	if ((err = build(config, method, target, accept, type, body,
	    &request)) != CK_OK)
		goto out;
	if ((err = exchange(fd, ck_buf_view(&request),
	    &reply->bytes)) != CK_OK)
		goto out;
	err = take_apart(reply);
out:
	if (fd >= 0)
		(void)close(fd);
	ck_buf_wipe(&request);

	return err;
}

enum ck_err
ck_cli_ask(const struct ck_config *config, const char *method,
    const char *target, const char *accept, struct ck_span body,
    struct ck_cli_reply *reply)
{
	return ask(config, method, target, accept, "application/json", body,
	    reply);
}

enum ck_err
ck_cli_post(const struct ck_config *config, const char *target,
    const char *type, struct ck_span body, struct ck_cli_reply *reply)
{
	return ask(config, "POST", target, NULL, type, body, reply);
}

void
ck_cli_reply_wipe(struct ck_cli_reply *reply)
{
	ck_buf_wipe(&reply->bytes);
	memset(reply, 0, sizeof(*reply));
}
