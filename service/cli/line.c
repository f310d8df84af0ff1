/*
 * line.c - a connection to the daemon of this machine
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/line.h"
#include "daemon/config.h"

/* A lookup may take the whole budget and more when the line is slow. */
#define TIMEOUT_S 70

struct ck_line {
	int fd;
	SSL_CTX *context;
	SSL *ssl;		/* NULL: without TLS */
};

union address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

/* Where a daemon on every address is reached: over loopback. */
const char *
ck_line_address(const struct ck_config *config)
{
	if (strcmp(config->listen, "0.0.0.0") == 0)
		return "127.0.0.1";

	return strcmp(config->listen, "::") == 0 ? "::1" : config->listen;
}

static int
dial(const struct ck_config *config)
{
	const struct timeval limit = { .tv_sec = TIMEOUT_S };
	const char *text = ck_line_address(config);
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

static X509 *
read_certificate(const char *path)
{
	FILE *file = fopen(path, "re");
	X509 *certificate = NULL;

	if (file != NULL) {
		certificate = PEM_read_X509(file, NULL, NULL, NULL);
		(void)fclose(file);
	}

	return certificate;
}

/* The very one: stronger than any name in it. */
static enum ck_err
check_peer(const SSL *ssl, const char *path)
{
	X509 *ours = read_certificate(path);
	X509 *theirs = SSL_get1_peer_certificate(ssl);
	enum ck_err err = CK_ERR_LINE;

	if (ours == NULL)
		err = CK_ERR_CONFIG;
	else if (theirs != NULL && X509_cmp(ours, theirs) == 0)
		err = CK_OK;
	X509_free(ours);
	X509_free(theirs);

	return err;
}

static enum ck_err
begin_tls(struct ck_line *line, const char *certificate)
{
	if ((line->context = SSL_CTX_new(TLS_client_method())) == NULL ||
	    (line->ssl = SSL_new(line->context)) == NULL)
		return CK_ERR_NOMEM;
	if (SSL_set_min_proto_version(line->ssl, TLS1_2_VERSION) != 1 ||
	    SSL_set_fd(line->ssl, line->fd) != 1 ||
	    SSL_connect(line->ssl) != 1)
		return CK_ERR_LINE;

	return check_peer(line->ssl, certificate);
}

enum ck_err
ck_line_open(struct ck_line **out, const struct ck_config *config)
{
	struct ck_line *line = calloc(1, sizeof(*line));
	enum ck_err err = CK_OK;

	*out = NULL;
	if (line == NULL)
		return CK_ERR_NOMEM;
	if ((line->fd = dial(config)) < 0)
		err = CK_ERR_LINE;
	else if (config->http_certificate[0] != '\0')
		err = begin_tls(line, config->http_certificate);
	if (err != CK_OK)
		ck_line_close(&line);
	*out = line;

	return err;
}

void
ck_line_close(struct ck_line **line)
{
	struct ck_line *old = *line;

	if (old == NULL)
		return;
	SSL_free(old->ssl);
	SSL_CTX_free(old->context);
	if (old->fd >= 0)
		(void)close(old->fd);
	free(old);
	*line = NULL;
}

enum ck_err
ck_line_send(struct ck_line *line, struct ck_span bytes)
{
	ssize_t len;

	while (bytes.len > 0) {
		int part = bytes.len > INT_MAX ? INT_MAX : (int)bytes.len;

		len = line->ssl != NULL ? SSL_write(line->ssl, bytes.ptr,
		    part) : send(line->fd, bytes.ptr, bytes.len,
		    MSG_NOSIGNAL);
		if (len <= 0)
			return CK_ERR_LINE;
		bytes = ck_span_slice(bytes, (size_t)len, bytes.len);
	}

	return CK_OK;
}

enum ck_err
ck_line_receive(struct ck_line *line, void *out, size_t size, size_t *len)
{
	ssize_t got;

	*len = 0;
	if (line->ssl == NULL) {
		got = recv(line->fd, out, size, 0);
	} else {
		got = SSL_read(line->ssl, out,
		    size > INT_MAX ? INT_MAX : (int)size);
		if (got <= 0 && SSL_get_error(line->ssl, (int)got) ==
		    SSL_ERROR_ZERO_RETURN)
			return CK_OK;
	}
	if (got < 0 || (got == 0 && line->ssl != NULL))
		return CK_ERR_LINE;
	*len = (size_t)got;

	return CK_OK;
}
