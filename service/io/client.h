/*
 * client.h - the door to libcurl: HTTP requests that never block
 *
 * In the flow:  gateway -> [client] -> the line
 *
 * A POST runs on the core's loop within hard limits on time and size. TLS is
 * always verified, redirects are not followed, only http and https are spoken,
 * proxies are used only where configured. What was sent and received is wiped,
 * inside libcurl too. URLs are never logged: the gateway wants secrets in
 * them.
 */
#ifndef SERVICE_IO_CLIENT_H
#define SERVICE_IO_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

struct ck_client;
struct ck_client_call;	/* one request on its way */
struct ck_loop;

/* How a request ended. */
enum ck_client_end {
	CK_CLIENT_ANSWERED,	/* an HTTP answer came whole: see status */
	CK_CLIENT_NAME,		/* the name does not resolve */
	CK_CLIENT_CONNECT,	/* nobody accepts, or no connection in time */
	CK_CLIENT_TLS,		/* the certificate does not verify, or no TLS */
	CK_CLIENT_TIMEOUT,	/* connected, but no whole answer in time */
	CK_CLIENT_TOO_LARGE,	/* beyond answer_max, or endless headers */
	CK_CLIENT_BROKEN,	/* no answer, half an answer, not HTTP */
	CK_CLIENT_FAILED,	/* we could not even send: our fault */
	CK_CLIENT_PROXY		/* the proxy refuses to let us through */
};

/*
 * The way out, and its limits. A text that is NULL or empty: none. A clinic
 * without a registered address of its own goes through a proxy, or through the
 * province's integration platform (LGSP), which wants headers and a client
 * certificate.
 */
struct ck_client_options {
	const char *ca_file;		/* PEM; none: the system's */
	const char *proxy;		/* URL, http or https; none, whatever
					 * the environment says */
	const char *proxy_login;	/* USER:PASSWORD */
	const char *const *headers;	/* "Name: value" for every request,
					 * not for the proxy; NULL-terminated;
					 * may be NULL */
	const char *cert_file;		/* PEM: client certificate, */
	const char *key_file;		/* its key; none: in the same file */
	const char *source_address;	/* numeric: bind to it */
	int64_t connect_timeout_ms;	/* name, TCP and TLS */
	int64_t timeout_ms;		/* all of it */
	int64_t answer_max;		/* bytes of a body */
};

struct ck_client_answer {
	enum ck_client_end end;
	long status;		/* HTTP status; 0 unless answered */
	struct ck_span body;	/* borrowed; wiped after the callback */
	const char *detail;	/* for the log; nothing personal; valid during
				 * the callback */
	int64_t date_ms;	/* the server's clock (Date), whole seconds;
				 * 0: not told */
	bool connected;		/* TCP stood, with the proxy if there is one */
	int system_error;	/* errno of a connection that failed; or 0 */
	int64_t total_ms;
	char local_address[64];	/* ours on this connection; "": none */
};

/* Called once, on the loop, in a later turn than the request. */
typedef void (*ck_client_fn)(void *ctx, const struct ck_client_answer *answer);

/* One POST; or a GET, without a content type and a body. All borrowed during
 * ck_client_post() only. */
struct ck_client_post {
	const char *url;
	const char *content_type;	/* NULL: a GET */
	const char *const *headers;	/* "Name: value", NULL-terminated;
					 * may be NULL */
	struct ck_span body;
	int64_t timeout_ms;		/* 0: that of the options */
};

/*
 * options are copied, loop is borrowed.
 * Returns CK_OK, CK_ERR_SYSTEM (libcurl does not start), CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_client_new(struct ck_client **out, struct ck_loop *loop,
    const struct ck_client_options *options);

/* Requests on their way are dropped, their callbacks not called. */
void ck_client_free(struct ck_client **client);

/*
 * Send. *out is borrowed and dead once done has been called; out may be NULL.
 * Returns CK_OK, CK_ERR_NOMEM, CK_ERR_SYSTEM; done is called only after CK_OK.
 */
CK_MUST_CHECK enum ck_err
ck_client_post(struct ck_client *client, const struct ck_client_post *post,
    ck_client_fn done, void *ctx, struct ck_client_call **out);

/* Drop the request and set *call to NULL; done is not called. */
void ck_client_cancel(struct ck_client_call **call);

/* "answered", "name", "connect", "tls", … Static string. */
const char *ck_client_end_label(enum ck_client_end end);

#endif /* SERVICE_IO_CLIENT_H */
