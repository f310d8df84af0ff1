/*
 * client.c - libcurl's multi interface, driven by our loop
 *
 * libcurl names the sockets and the deadline it waits for; the loop wakes it.
 * Finished requests are taken out after it has returned, so callbacks may
 * start new requests.
 */
#include <sys/epoll.h>

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "io/client_state.h"
#include "io/loop.h"

/* Connections to the one gateway: 8 lookups of desks and 8 of a night's run, a
 * re-check, a token, 2 of each of the three slow functions. */
#define CONNECTIONS_MAX 24L

/* --- Memory: libcurl copies URLs, headers and bodies; all are wiped ------- */

static void
wipe_and_free(void *ptr)
{
	if (ptr == NULL)
		return;
	explicit_bzero(ptr, malloc_usable_size(ptr));
	free(ptr);
}

static void *
wiping_realloc(void *ptr, size_t size)
{
	size_t old = ptr != NULL ? malloc_usable_size(ptr) : 0;
	void *moved = malloc(size);

	if (moved == NULL)
		return NULL;
	if (ptr != NULL)
		memcpy(moved, ptr, old < size ? old : size);
	wipe_and_free(ptr);

	return moved;
}

enum ck_err
ck_client_start_libcurl(void)
{
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	static bool started;
	enum ck_err err = CK_OK;

	(void)pthread_mutex_lock(&lock);
	if (!started && curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc,
	    wipe_and_free, wiping_realloc, strdup, calloc) != CURLE_OK)
		err = CK_ERR_SYSTEM;
	started = started || err == CK_OK;
	(void)pthread_mutex_unlock(&lock);

	return err;
}

/* --- One request ---------------------------------------------------------- */

static void
call_free(struct ck_client_call *call)
{
	struct ck_client_call **link = &call->client->calls;

	while (*link != NULL && *link != call)
		link = &(*link)->next;
	if (*link == call)
		*link = call->next;
	if (call->easy != NULL) {
		(void)curl_multi_remove_handle(call->client->multi,
		    call->easy);
		curl_easy_cleanup(call->easy);
	}
	curl_slist_free_all(call->headers);
	ck_buf_wipe(&call->body);
	ck_buf_wipe(&call->received);
	free(call);
}

/* --- How it ended --------------------------------------------------------- */

/* A deadline passed: how far had it come? */
static enum ck_client_end
end_of_timeout(CURL *easy)
{
	curl_off_t named = 0, connected = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &named);
	(void)curl_easy_getinfo(easy, CURLINFO_PRETRANSFER_TIME_T, &connected);
	if (named == 0)
		return CK_CLIENT_NAME;

	return connected == 0 ? CK_CLIENT_CONNECT : CK_CLIENT_TIMEOUT;
}

/* Did the proxy refuse to let us through? */
static bool
proxy_refused(CURL *easy)
{
	long connect = 0, status = 0;

	(void)curl_easy_getinfo(easy, CURLINFO_HTTP_CONNECTCODE, &connect);
	(void)curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);

	return connect >= 300 || status == 407;
}

static enum ck_client_end
end_of(const struct ck_client_call *call, CURLcode code)
{
	if (call->too_large)
		return CK_CLIENT_TOO_LARGE;
	if (call->client->use.proxy != NULL && proxy_refused(call->easy))
		return CK_CLIENT_PROXY;
	/* The rest of libcurl's codes are one thing to us. */
	switch ((int)code) {
	case CURLE_OK:
		return CK_CLIENT_ANSWERED;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return CK_CLIENT_NAME;
	case CURLE_COULDNT_CONNECT:
	case CURLE_INTERFACE_FAILED:
		return CK_CLIENT_CONNECT;
	case CURLE_PROXY:
		return CK_CLIENT_PROXY;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
		return CK_CLIENT_TLS;
	case CURLE_OPERATION_TIMEDOUT:
		return end_of_timeout(call->easy);
	case CURLE_FILESIZE_EXCEEDED:
		return CK_CLIENT_TOO_LARGE;
	case CURLE_OUT_OF_MEMORY:
	case CURLE_URL_MALFORMAT:
	case CURLE_FAILED_INIT:
		return CK_CLIENT_FAILED;
	default:
		return CK_CLIENT_BROKEN;
	}
}

const char *
ck_client_end_label(enum ck_client_end end)
{
	static const char *const labels[] = {
		"answered", "name", "connect", "tls", "timeout", "too_large",
		"broken", "failed", "proxy"
	};

	return (size_t)end < sizeof(labels) / sizeof(labels[0]) ?
	    labels[end] : "?";
}

/* How far it came, for whoever has to find out why. */
static void
tell_way(const struct ck_client_call *call, struct ck_client_answer *answer)
{
	curl_off_t connected_us = 0, total_us = 0;
	long system_error = 0;
	const char *address = NULL;

	(void)curl_easy_getinfo(call->easy, CURLINFO_CONNECT_TIME_T,
	    &connected_us);
	(void)curl_easy_getinfo(call->easy, CURLINFO_TOTAL_TIME_T, &total_us);
	(void)curl_easy_getinfo(call->easy, CURLINFO_OS_ERRNO, &system_error);
	(void)curl_easy_getinfo(call->easy, CURLINFO_LOCAL_IP, &address);
	answer->connected = connected_us > 0;
	answer->total_ms = (int64_t)total_us / 1000;
	answer->system_error = (int)system_error;
	answer->date_ms = call->date_ms;
	if (address != NULL)
		(void)snprintf(answer->local_address,
		    sizeof(answer->local_address), "%s", address);
}

/*
 * One code of libcurl stands for all that is wrong with a certificate; its own
 * words say whether it is over, another's, or from an unknown issuer. They
 * name a host or a file, no URL.
 */
static const char *
detail_of(struct ck_client_call *call, enum ck_client_end end, CURLcode code)
{
	call->error[strcspn(call->error, "\r\n")] = '\0';

	return end == CK_CLIENT_TLS && call->error[0] != '\0' ? call->error :
	    curl_easy_strerror(code);
}

static void
finish(struct ck_client_call *call, CURLcode code)
{
	struct ck_client_answer answer = { .end = end_of(call, code) };

	answer.detail = detail_of(call, answer.end, code);
	tell_way(call, &answer);
	if (answer.end == CK_CLIENT_ANSWERED) {
		(void)curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE,
		    &answer.status);
		answer.body = ck_buf_view(&call->received);
	}
	/* Taken out first: the callback may start the same request again. */
	(void)curl_multi_remove_handle(call->client->multi, call->easy);
	call->done(call->ctx, &answer);
	call_free(call);
}

/* Hand out what has ended. A callback may cancel others: ask again each time. */
static void
reap(struct ck_client *client)
{
	struct ck_client_call *call;
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(client->multi, &left)) != NULL) {
		CURLcode code = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		call = NULL;
		(void)curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
		    (char **)&call);
		if (call != NULL)
			finish(call, code);
	}
}

/* --- libcurl and the loop ------------------------------------------------- */

static void
drive(struct ck_client *client, curl_socket_t fd, int flags)
{
	int running;

	(void)curl_multi_socket_action(client->multi, fd, flags, &running);
	reap(client);
}

static void
on_ready(void *ctx, int fd, uint32_t events)
{
	int flags = 0;

	if ((events & (EPOLLIN | EPOLLHUP | EPOLLRDHUP)) != 0)
		flags |= CURL_CSELECT_IN;
	if ((events & EPOLLOUT) != 0)
		flags |= CURL_CSELECT_OUT;
	if ((events & EPOLLERR) != 0)
		flags |= CURL_CSELECT_ERR;
	drive(ctx, fd, flags);
}

static int on_timer_change(CURLM *multi, long timeout_ms, void *ctx);

static void
on_deadline(void *ctx)
{
	struct ck_client *client = ctx;
	long left_ms = -1;

	drive(client, CURL_SOCKET_TIMEOUT, 0);
	/* Our clock may be ahead of libcurl's: then it names no new deadline. */
	(void)curl_multi_timeout(client->multi, &left_ms);
	if (client->timer == NULL)
		(void)on_timer_change(client->multi, left_ms, client);
}

/*
 * libcurl waits for a socket. Should the loop refuse, the request ends at its
 * deadline; an error here would end all requests instead.
 */
static int
on_socket_change(CURL *easy, curl_socket_t fd, int what, void *ctx,
    void *socket_ctx)
{
	struct ck_client *client = ctx;
	struct ck_watch *watch = socket_ctx;
	uint32_t events = 0;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		(void)curl_multi_assign(client->multi, fd, NULL);
		ck_loop_unwatch(&watch);
		return 0;
	}
	if ((what & CURL_POLL_IN) != 0)
		events |= EPOLLIN;
	if ((what & CURL_POLL_OUT) != 0)
		events |= EPOLLOUT;
	if (watch != NULL) {
		if (ck_loop_watch_change(watch, events) != CK_OK)
			ck_log(CK_LOG_ERROR, "client", "socket not watched");
		return 0;
	}
	if (ck_loop_watch(client->loop, fd, events, on_ready, client,
	    &watch) == CK_OK)
		(void)curl_multi_assign(client->multi, fd, watch);
	else
		ck_log(CK_LOG_ERROR, "client", "socket not watched");

	return 0;
}

static int
on_timer_change(CURLM *multi, long timeout_ms, void *ctx)
{
	struct ck_client *client = ctx;

	(void)multi;
	ck_loop_timer_cancel(&client->timer);
	if (timeout_ms >= 0 && ck_loop_timer(client->loop, timeout_ms,
	    on_deadline, client, &client->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "client", "no timer for requests");

	return 0;
}

/* --- The door ------------------------------------------------------------- */

static bool
set_multi(struct ck_client *client)
{
	CURLM *multi = client->multi;

	return curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION,
	    on_socket_change) == CURLM_OK &&
	    curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, client) ==
	    CURLM_OK &&
	    curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION,
	    on_timer_change) == CURLM_OK &&
	    curl_multi_setopt(multi, CURLMOPT_TIMERDATA, client) == CURLM_OK &&
	    curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
	    CONNECTIONS_MAX) == CURLM_OK;
}

enum ck_err
ck_client_new(struct ck_client **out, struct ck_loop *loop,
    const struct ck_client_options *options)
{
	struct ck_client *client = calloc(1, sizeof(*client));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (client == NULL)
		goto out;
	client->loop = loop;
	if (!ck_client_options_copy(&client->use, options))
		goto out;
	if ((err = ck_client_start_libcurl()) != CK_OK)
		goto out;
	err = CK_ERR_SYSTEM;
	if ((client->multi = curl_multi_init()) == NULL || !set_multi(client))
		goto out;
	*out = client;
	client = NULL;
	err = CK_OK;
out:
	ck_client_free(&client);

	return err;
}

void
ck_client_free(struct ck_client **client)
{
	struct ck_client *gone = *client;

	*client = NULL;
	if (gone == NULL)
		return;
	while (gone->calls != NULL)
		call_free(gone->calls);
	if (gone->multi != NULL)
		(void)curl_multi_cleanup(gone->multi);
	ck_loop_timer_cancel(&gone->timer);
	ck_client_options_free(&gone->use);
	free(gone);
}

enum ck_err
ck_client_post(struct ck_client *client, const struct ck_client_post *post,
    ck_client_fn done, void *ctx, struct ck_client_call **out)
{
	struct ck_client_call *call = calloc(1, sizeof(*call));
	enum ck_err err = CK_ERR_NOMEM;

	if (call == NULL)
		return CK_ERR_NOMEM;
	call->client = client;
	call->done = done;
	call->ctx = ctx;
	if ((err = ck_buf_append(&call->body, post->body)) != CK_OK)
		goto out;
	if ((err = ck_client_prepare(call, post)) != CK_OK)
		goto out;
	err = CK_ERR_SYSTEM;
	if (curl_multi_add_handle(client->multi, call->easy) != CURLM_OK)
		goto out;
	call->next = client->calls;
	client->calls = call;
	if (out != NULL)
		*out = call;
	call = NULL;
	err = CK_OK;
out:
	if (call != NULL)
		call_free(call);

	return err;
}

void
ck_client_cancel(struct ck_client_call **call)
{
	if (*call != NULL)
		call_free(*call);
	*call = NULL;
}
