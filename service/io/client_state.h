/*
 * client_state.h - the inside of the HTTP client
 *
 * client.c drives libcurl from the loop and tells how a request ended;
 * client_request.c tells libcurl all about one request; mail.c gives it mail.
 * Nobody else includes this file.
 */
#ifndef SERVICE_IO_CLIENT_STATE_H
#define SERVICE_IO_CLIENT_STATE_H

#include <curl/curl.h>

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "io/client.h"

struct ck_client {
	CURLM *multi;
	struct ck_loop *loop;		/* borrowed */
	struct ck_timer *timer;		/* the deadline libcurl asked for */
	struct ck_client_call *calls;
	struct ck_client_options use;	/* its texts are owned; NULL: none,
					 * but proxy "" is none */
};

struct ck_client_call {
	struct ck_client *client;
	struct ck_client_call *next;
	CURL *easy;
	struct curl_slist *headers;
	struct ck_buf body;		/* sent from here */
	struct ck_buf received;
	size_t headers_len;
	int64_t date_ms;		/* the server's clock; 0: not told */
	bool too_large;
	char error[CURL_ERROR_SIZE];	/* libcurl's own words; "": none */
	ck_client_fn done;
	void *ctx;
};

/* Start libcurl, once, with memory that is wiped when it is freed. From any
 * thread. Returns CK_OK, CK_ERR_SYSTEM. */
CK_MUST_CHECK enum ck_err ck_client_start_libcurl(void);

/* Own copies of the texts in options. False: out of memory; free all the
 * same. */
bool ck_client_options_copy(struct ck_client_options *out,
    const struct ck_client_options *options);
void ck_client_options_free(struct ck_client_options *options);

/*
 * Prepare call->easy for this request; call->body and call->client are set.
 * Returns CK_OK, CK_ERR_NOMEM, CK_ERR_SYSTEM.
 */
CK_MUST_CHECK enum ck_err
ck_client_prepare(struct ck_client_call *call,
    const struct ck_client_post *post);

#endif /* SERVICE_IO_CLIENT_STATE_H */
