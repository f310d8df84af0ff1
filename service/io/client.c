/*
 * client.c - libcurl's multi interface, driven by our loop
 *
 * libcurl names the sockets and the deadline it waits for; the loop wakes it.
 * Finished requests are taken out after it has returned, so callbacks may
 * start new requests.
 */
#include <curl/curl.h>
#include <sys/epoll.h>

#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "io/client.h"
#include "io/loop.h"

/*
 * Headers of one answer, in bytes. The gateway's are under 1 KiB; without a
 * bound a hostile server could send them for ever.
 */
#define HEADERS_MAX 16384

/* Connections to the one gateway: more only queue there. */
#define CONNECTIONS_MAX 8L

struct ck_client {
	CURLM *multi;
	struct ck_loop *loop;		/* borrowed */
	struct ck_timer *timer;		/* the deadline libcurl asked for */
	struct ck_client_call *calls;
	char *ca_file;			/* NULL: the system's */
	char *proxy;			/* "": none */
	int64_t connect_timeout_ms;
	int64_t timeout_ms;
	int64_t answer_max;
};

struct ck_client_call {
	struct ck_client *client;
	struct ck_client_call *next;
	CURL *easy;
	struct curl_slist *headers;
	struct ck_buf body;		/* sent from here */
	struct ck_buf received;
	size_t headers_len;
	bool too_large;
	ck_client_fn done;
	void *ctx;
};

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

static enum ck_err
start_libcurl(void)
{
	static bool started;

	if (!started && curl_global_init_mem(CURL_GLOBAL_DEFAULT, malloc,
	    wipe_and_free, wiping_realloc, strdup, calloc) != CURLE_OK)
		return CK_ERR_SYSTEM;
	started = true;

	return CK_OK;
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

static size_t
on_body(char *bytes, size_t size, size_t count, void *ctx)
{
	struct ck_client_call *call = ctx;
	size_t len = size * count;
	size_t limit = (size_t)call->client->answer_max;

	if (len > limit || call->received.len > limit - len) {
		call->too_large = true;
		return 0;
	}
	if (ck_buf_append(&call->received, ck_span_of(bytes, len)) != CK_OK)
		return 0;

	return len;
}

static size_t
on_header(char *bytes, size_t size, size_t count, void *ctx)
{
	struct ck_client_call *call = ctx;

	(void)bytes;
	call->headers_len += size * count;
	if (call->headers_len > HEADERS_MAX) {
		call->too_large = true;
		return 0;
	}

	return size * count;
}

/* Set one option, unless an earlier one failed. */
#define SET(option, value) \
	(ok = ok && curl_easy_setopt(call->easy, (option), (value)) == CURLE_OK)

static bool
set_limits(struct ck_client_call *call)
{
	const struct ck_client *client = call->client;
	bool ok = true;

	SET(CURLOPT_PROTOCOLS_STR, "http,https");
	SET(CURLOPT_FOLLOWLOCATION, 0L);
	SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	SET(CURLOPT_SSL_VERIFYPEER, 1L);
	SET(CURLOPT_SSL_VERIFYHOST, 2L);
	if (client->ca_file != NULL)
		SET(CURLOPT_CAINFO, client->ca_file);
	SET(CURLOPT_PROXY, client->proxy);
	SET(CURLOPT_CONNECTTIMEOUT_MS, (long)client->connect_timeout_ms);
	SET(CURLOPT_TIMEOUT_MS, (long)client->timeout_ms);
	SET(CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)client->answer_max);
	SET(CURLOPT_NOSIGNAL, 1L);
	SET(CURLOPT_QUICK_EXIT, 1L);

	return ok;
}

static bool
set_request(struct ck_client_call *call, const struct ck_client_post *post)
{
	bool ok = true;

	SET(CURLOPT_PRIVATE, (char *)call);
	SET(CURLOPT_URL, post->url);
	SET(CURLOPT_POST, 1L);
	SET(CURLOPT_POSTFIELDS, (char *)call->body.ptr);
	SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)call->body.len);
	SET(CURLOPT_HTTPHEADER, call->headers);
	SET(CURLOPT_WRITEFUNCTION, on_body);
	SET(CURLOPT_WRITEDATA, (void *)call);
	SET(CURLOPT_HEADERFUNCTION, on_header);
	SET(CURLOPT_HEADERDATA, (void *)call);

	return ok;
}

static bool
add_header(struct ck_client_call *call, const char *line)
{
	struct curl_slist *list = curl_slist_append(call->headers, line);

	if (list == NULL)
		return false;
	call->headers = list;

	return true;
}

static bool
add_headers(struct ck_client_call *call, const struct ck_client_post *post)
{
	char type[128] = "Content-Type: ";
	size_t i;

	strncat(type, post->content_type, sizeof(type) - strlen(type) - 1);
	if (!add_header(call, type) ||
	    !add_header(call, "Accept: application/json") ||
	    !add_header(call, "User-Agent: checkin"))
		return false;
	for (i = 0; post->headers != NULL && post->headers[i] != NULL; i++) {
		if (!add_header(call, post->headers[i]))
			return false;
	}

	return true;
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

static enum ck_client_end
end_of(const struct ck_client_call *call, CURLcode code)
{
	if (call->too_large)
		return CK_CLIENT_TOO_LARGE;
	/* The rest of libcurl's codes are one thing to us. */
	switch ((int)code) {
	case CURLE_OK:
		return CK_CLIENT_ANSWERED;
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return CK_CLIENT_NAME;
	case CURLE_COULDNT_CONNECT:
		return CK_CLIENT_CONNECT;
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
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
		"broken", "failed"
	};

	return (size_t)end < sizeof(labels) / sizeof(labels[0]) ?
	    labels[end] : "?";
}

static void
finish(struct ck_client_call *call, CURLcode code)
{
	struct ck_client_answer answer = {
		.end = end_of(call, code),
		.detail = curl_easy_strerror(code)
	};

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
	client->connect_timeout_ms = options->connect_timeout_ms;
	client->timeout_ms = options->timeout_ms;
	client->answer_max = options->answer_max;
	client->proxy = strdup(options->proxy != NULL ? options->proxy : "");
	if (client->proxy == NULL)
		goto out;
	if (options->ca_file != NULL && options->ca_file[0] != '\0' &&
	    (client->ca_file = strdup(options->ca_file)) == NULL)
		goto out;
	if ((err = start_libcurl()) != CK_OK)
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
	free(gone->ca_file);
	free(gone->proxy);
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
	err = CK_ERR_NOMEM;
	if (!add_headers(call, post))
		goto out;
	err = CK_ERR_SYSTEM;
	if ((call->easy = curl_easy_init()) == NULL || !set_limits(call) ||
	    !set_request(call, post))
		goto out;
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
