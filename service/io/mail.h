/*
 * mail.h - give a message to a mail server (SMTP, through libcurl)
 *
 * In the flow:  province/digest -> mail_text.h -> [mail] -> the office's server
 * Sources:      RFC 5321, RFC 3207 (STARTTLS), RFC 8314 §3.3 (TLS at once),
 *               RFC 4954 (sign-in)
 *
 * Blocks until the server has taken it: for a thread of its own. TLS is always
 * verified; signing in without TLS is not done.
 */
#ifndef SERVICE_IO_MAIL_H
#define SERVICE_IO_MAIL_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* How the line to the server is guarded. */
enum ck_mail_security {
	CK_MAIL_STARTTLS,	/* TLS after a few words, or no mail */
	CK_MAIL_TLS,		/* TLS from the first byte */
	CK_MAIL_PLAIN		/* none: a server on this machine */
};

struct ck_mail_server {
	const char *host;
	uint16_t port;
	enum ck_mail_security security;
	const char *ca_file;	/* PEM; "": the system's */
	const char *user;	/* "": do not sign in */
	const char *password;
	int64_t timeout_ms;	/* all of it */
};

/* What became of a message. */
enum ck_mail_end {
	CK_MAIL_TAKEN,		/* by the server, for all addresses */
	CK_MAIL_NOT_TAKEN,	/* no line, or a server that says "later" */
	CK_MAIL_REFUSED,	/* an address, our sign-in, its certificate:
				 * somebody has to do something */
	CK_MAIL_UNKNOWN		/* the line broke after the text: it may have
				 * been taken */
};

/*
 * Send message, as ck_mail_compose() makes it, from an address to addresses,
 * blank separated. The log says how it ended, never what was sent.
 */
CK_MUST_CHECK enum ck_mail_end
ck_mail_send(const struct ck_mail_server *server, const char *from,
    const char *to, struct ck_span message);

#endif /* SERVICE_IO_MAIL_H */
