/*
 * server_tls.h - the door to GnuTLS: our certificate, and who shows us theirs
 *
 * libmicrohttpd speaks TLS through GnuTLS and hands the session out. A client
 * certificate is asked for, never demanded: staff come with a token.
 */
#ifndef SERVICE_IO_SERVER_TLS_H
#define SERVICE_IO_SERVER_TLS_H

#include <stdbool.h>

#include "ck/buf.h"
#include "ck/error.h"

/* TLS 1.2 with forward secrecy, and 1.3. */
#define CK_TLS_PRIORITIES \
	"SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA"

/* Names of files, PEM; NULL or empty: none. */
struct ck_tls_files {
	const char *certificate;	/* and what leads to its issuer; none:
					 * no TLS at all */
	const char *key;
	const char *client_ca;		/* who issues client certificates */
	const char *client_names;	/* blank separated: those that may read
					 * figures */
};

/* What they hold, each with a NUL. Start from CK_BUF_INIT. */
struct ck_server_tls {
	struct ck_buf certificate, key, client_ca;
};

/* Read them. Returns CK_OK, CK_ERR_CONFIG (the log names the file), or
 * CK_ERR_NOMEM; in any case finish with ck_server_tls_wipe(). */
CK_MUST_CHECK enum ck_err
ck_server_tls_load(const struct ck_tls_files *files,
    struct ck_server_tls *out);
void ck_server_tls_wipe(struct ck_server_tls *tls);

/*
 * True when the other side of a session has shown a certificate that verifies
 * now as a client's, and whose common name or a DNS name of which is in names.
 *
 * session  A gnutls_session_t; NULL: none.
 */
bool ck_tls_peer_named(void *session, const char *names);

#endif /* SERVICE_IO_SERVER_TLS_H */
