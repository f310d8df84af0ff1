/*
 * ask.c - HTTP/1.0 over one connection: send, read to the end
 *
 * The daemon is the only server this ever speaks to, mostly over loopback; 1.0
 * spares chunks and keep-alive.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/ask.h"
#include "cli/line.h"
#include "daemon/config.h"

/* Statistics of years by hour stay below. */
#define ANSWER_MAX (16 * 1024 * 1024)

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
	    bracket ? "[" : "", ck_line_address(config), bracket ? "]" : "",
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
exchange(struct ck_line *line, struct ck_span request, struct ck_buf *answer)
{
	char piece[16384];
	size_t got = 1;
	enum ck_err err = ck_line_send(line, request);

	while (err == CK_OK && got > 0) {
		err = ck_line_receive(line, piece, sizeof(piece), &got);
		if (err == CK_OK && answer->len > ANSWER_MAX)
			err = CK_ERR_LINE;
		if (err == CK_OK)
			err = ck_buf_append(answer, ck_span_of(piece, got));
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

	if (all.len == 0)
		return CK_ERR_LINE;	/* it stopped meanwhile */
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
	struct ck_line *line = NULL;
	enum ck_err err;

	memset(reply, 0, sizeof(*reply));
	if ((err = ck_line_open(&line, config)) != CK_OK)
		goto out;
	if ((err = build(config, method, target, accept, type, body,
	    &request)) != CK_OK)
		goto out;
	if ((err = exchange(line, ck_buf_view(&request),
	    &reply->bytes)) != CK_OK)
		goto out;
	err = take_apart(reply);
out:
	ck_line_close(&line);
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
