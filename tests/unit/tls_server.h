/*
 * tls_server.h - a TLS server on loopback that plays one answer to each caller
 *
 * OpenSSL itself, not our client's library. With client_ca it wants a client
 * certificate of that issuer. Certificates are made by the openssl command.
 */
#ifndef TESTS_UNIT_TLS_SERVER_H
#define TESTS_UNIT_TLS_SERVER_H

#include <openssl/ssl.h>

#include <signal.h>

#include "raw_server.h"

struct tls_server {
	struct raw_server raw;		/* its socket and port alone */
	SSL_CTX *context;
	pthread_t thread;
	const char *answer;
	char request[RAW_REQUEST_MAX];
	atomic_uint served;
};

/* A key and a certificate for 127.0.0.1 in directory/NAME.key and .pem,
 * signed by itself. Aborts the test when it cannot. */
static inline void
tls_make(const char *directory, const char *name, const char *address)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "cd %s && openssl req -x509 "
	    "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout %s.key "
	    "-out %s.pem -days 2 -subj /CN=%s -addext subjectAltName=IP:%s "
	    "2>/dev/null", directory, name, name, name, address);
	if (system(command) != 0)
		abort();
}

static inline void
tls_serve(struct tls_server *server, int fd)
{
	SSL *ssl = SSL_new(server->context);
	int got;

	if (ssl == NULL || SSL_set_fd(ssl, fd) != 1)
		abort();
	if (SSL_accept(ssl) == 1) {
		memset(server->request, 0, sizeof(server->request));
		got = SSL_read(ssl, server->request,
		    (int)sizeof(server->request) - 1);
		if (got > 0 && SSL_write(ssl, server->answer,
		    (int)strlen(server->answer)) > 0)
			atomic_fetch_add(&server->served, 1);
		(void)SSL_shutdown(ssl);
	}
	SSL_free(ssl);
}

static inline void *
tls_run(void *ctx)
{
	struct tls_server *server = ctx;
	struct pollfd poll_fd = { .fd = server->raw.fd, .events = POLLIN };

	while (!atomic_load(&server->raw.stop)) {
		int fd;

		if (poll(&poll_fd, 1, 10) <= 0 ||
		    (fd = accept(server->raw.fd, NULL, NULL)) < 0)
			continue;
		tls_serve(server, fd);
		(void)close(fd);
	}

	return NULL;
}

/* Listen with directory/NAME.key and .pem, and serve nobody yet. */
static inline void
tls_listen(struct tls_server *server, const char *directory, const char *name)
{
	char key[256], cert[256];

	memset(server, 0, sizeof(*server));
	/* A caller may be gone while we still write; the daemon ignores it
	 * too (daemon/privilege.h). */
	(void)signal(SIGPIPE, SIG_IGN);
	raw_start(&server->raw);
	(void)snprintf(key, sizeof(key), "%s/%s.key", directory, name);
	(void)snprintf(cert, sizeof(cert), "%s/%s.pem", directory, name);
	server->context = SSL_CTX_new(TLS_server_method());
	if (server->context == NULL ||
	    SSL_CTX_use_certificate_file(server->context, cert,
	    SSL_FILETYPE_PEM) != 1 ||
	    SSL_CTX_use_PrivateKey_file(server->context, key,
	    SSL_FILETYPE_PEM) != 1)
		abort();
}

static inline void
tls_close(struct tls_server *server)
{
	(void)close(server->raw.fd);
	SSL_CTX_free(server->context);
}

/* Serve with directory/NAME.key and .pem; client_ca: NULL, or a .pem. */
static inline void
tls_start(struct tls_server *server, const char *directory, const char *name,
    const char *client_ca, const char *answer)
{
	tls_listen(server, directory, name);
	server->answer = answer;
	if (client_ca != NULL) {
		if (SSL_CTX_load_verify_file(server->context, client_ca) != 1)
			abort();
		SSL_CTX_set_verify(server->context, SSL_VERIFY_PEER |
		    SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	}
	if (pthread_create(&server->thread, NULL, tls_run, server) != 0)
		abort();
}

static inline void
tls_stop(struct tls_server *server)
{
	atomic_store(&server->raw.stop, true);
	(void)pthread_join(server->thread, NULL);
	tls_close(server);
}

#endif /* TESTS_UNIT_TLS_SERVER_H */
