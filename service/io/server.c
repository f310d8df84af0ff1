/*
 * server.c - libmicrohttpd: threads that read, check, and write
 *
 * A request for the core is suspended, posted to the loop, and resumed by its
 * answer. The JSON of a body is parsed and that of most answers is written here,
 * on the server's threads, so the core has only its own work to do.
 */
#include <microhttpd.h>

#include <pthread.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "http/admit.h"
#include "http/guard.h"
#include "io/exchange.h"
#include "io/listen.h"
#include "io/loop.h"
#include "io/server.h"

/*
 * Request line and headers of one connection, and its write buffer: here lie
 * passwords that hospital software puts into URLs. libmicrohttpd zeroes it
 * between two requests of a connection, but not at its end. Above 32 KiB it
 * maps pages for it instead of asking malloc(), and those go back to the
 * system; more would only be more to zero for each request.
 * tests/unit/test_server_memory.c looks for what is left.
 */
#define CONNECTION_MEMORY 40960

/* Desk pages, hospital software and monitoring of one clinic need tens. */
#define CONNECTIONS_MAX 256

/* A client that neither sends nor reads for this long is dropped. */
#define IDLE_S 30

/* Statistics run on these threads; SQLite asks for no more. */
#define STACK_BYTES (256 * 1024)

/* The last answers have one second to leave when we stop. */
#define DRAIN_STEPS 200
#define DRAIN_STEP_US 5000

#define THREADS 2

/* Room for the answer of the core, made and freed by the same thread: memory
 * that changes hands costs both a lock. A lookup's record fits. */
#define ROOM_BYTES 8192

struct ck_server {
	struct ck_server_options options;
	struct ck_guard guard;
	struct MHD_Daemon *daemon;
	atomic_uint active;		/* requests begun and not completed */
	pthread_mutex_t lock;		/* guards what follows */
	struct ck_request *in_core;
	bool stopping;
};

const char *
ck_request_query(const struct ck_request *request, const char *name)
{
	const char *value = NULL;

	if (MHD_lookup_connection_value_n(request->connection,
	    MHD_GET_ARGUMENT_KIND, name, strlen(name), &value, NULL) != MHD_YES)
		return NULL;

	return value != NULL ? value : "";
}

const char *
ck_request_header(const struct ck_request *request, const char *name)
{
	return MHD_lookup_connection_value(request->connection,
	    MHD_HEADER_KIND, name);
}

void
ck_server_answered(struct ck_request *request)
{
	struct ck_server *server = request->server;

	if (!request->suspended) {
		request->answered = true;
		return;
	}
	pthread_mutex_lock(&server->lock);
	if (request->prev != NULL)
		request->prev->next = request->next;
	else
		server->in_core = request->next;
	if (request->next != NULL)
		request->next->prev = request->prev;
	request->suspended = false;
	request->answered = true;
	pthread_mutex_unlock(&server->lock);
	MHD_resume_connection(request->connection);
}

void
ck_stream_sleep(struct ck_stream *stream)
{
	stream->asleep = true;
	MHD_suspend_connection(stream->connection);
}

void
ck_stream_wake(struct ck_stream *stream)
{
	if (!stream->asleep)
		return;
	stream->asleep = false;
	MHD_resume_connection(stream->connection);
}

static ssize_t
stream_pull(void *cls, uint64_t pos, char *buf, size_t max)
{
	struct ck_stream *stream = cls;
	ssize_t got = stream->pull(stream->ctx, stream, buf, max);

	(void)pos;

	return got < 0 ? MHD_CONTENT_READER_END_OF_STREAM : got;
}

static void
stream_free(void *cls)
{
	struct ck_stream *stream = cls;

	stream->gone(stream->ctx);
	free(stream);
}

static void
owned_free(void *cls)
{
	struct ck_buf *owned = cls;

	ck_buf_wipe(owned);
	free(owned);
}

static int
append_dump(const char *buffer, size_t size, void *data)
{
	return ck_buf_append(data, ck_span_of(buffer, size)) == CK_OK ? 0 : -1;
}

/* A response that owns bytes, and wipes them when it is freed. */
static struct MHD_Response *
response_of_bytes(struct ck_buf *bytes)
{
	struct ck_buf *owned = malloc(sizeof(*owned));
	struct MHD_Response *response;

	if (owned == NULL)
		return NULL;
	*owned = *bytes;
	*bytes = (struct ck_buf)CK_BUF_INIT;
	response = MHD_create_response_from_buffer_with_free_callback_cls(
	    owned->len, owned->ptr, owned_free, owned);
	if (response == NULL)
		owned_free(owned);

	return response;
}

/* From what the core has copied to what is sent. */
static void
render(struct ck_reply *reply)
{
	struct ck_buf text = CK_BUF_INIT;

	if (reply->render(reply->bytes.ptr, reply->render_ctx, &text) !=
	    CK_OK) {
		ck_buf_wipe(&text);
		reply->status = 500;
		reply->type = NULL;
	}
	ck_buf_wipe(&reply->bytes);
	reply->bytes = text;
	reply->render = NULL;
}

static struct MHD_Response *
response_of(struct ck_reply *reply)
{
	struct ck_stream *stream = reply->stream;

	if (stream != NULL) {
		reply->stream = NULL;
		return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN,
		    CONNECTION_MEMORY / 4, stream_pull, stream, stream_free);
	}
	if (reply->fixed.len > 0)
		/* libmicrohttpd only reads it, though its type says not. */
		return MHD_create_response_from_buffer(reply->fixed.len,
		    (void *)(uintptr_t)reply->fixed.ptr,
		    MHD_RESPMEM_PERSISTENT);
	if (reply->json != NULL &&
	    json_dump_callback(reply->json, append_dump, &reply->bytes,
	    JSON_COMPACT) != 0)
		return NULL;

	return response_of_bytes(&reply->bytes);
}

/* What every answer says to a browser. */
static void
add_security_headers(struct MHD_Response *response, const struct ck_reply *reply)
{
	static const char *const rows[][2] = {
		{ "Content-Security-Policy", "default-src 'self'; "
		    "base-uri 'none'; form-action 'self'; "
		    "frame-ancestors 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cross-Origin-Resource-Policy", "same-origin" }
	};
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		(void)MHD_add_response_header(response, rows[i][0],
		    rows[i][1]);
	/* Only what ships with the program may be kept by the browser. */
	(void)MHD_add_response_header(response, "Cache-Control",
	    reply->fixed.len > 0 || reply->status == 304 ? "no-cache" :
	    "no-store");
}

static enum MHD_Result
queue(struct ck_request *request)
{
	struct ck_reply *reply = &request->reply;
	struct MHD_Response *response;
	enum MHD_Result queued;
	unsigned i;

	if (reply->render != NULL)
		render(reply);
	response = response_of(reply);
	if (response == NULL)
		return MHD_NO;
	add_security_headers(response, reply);
	if (reply->type != NULL)
		(void)MHD_add_response_header(response, "Content-Type",
		    reply->type);
	for (i = 0; i < reply->header_count; i++)
		(void)MHD_add_response_header(response,
		    reply->headers[i].name, reply->headers[i].value);
	queued = MHD_queue_response(request->connection, reply->status,
	    response);
	MHD_destroy_response(response);

	return queued;
}

/* Runs on the loop's thread. */
static void
run_in_core(void *ctx)
{
	struct ck_request *request = ctx;

	request->core(request->server->options.ctx, request);
}

/* False when the server is stopping: nothing has been suspended then. */
static bool
suspend(struct ck_request *request)
{
	struct ck_server *server = request->server;
	bool running;

	pthread_mutex_lock(&server->lock);
	running = !server->stopping;
	if (running) {
		request->suspended = true;
		request->next = server->in_core;
		if (request->next != NULL)
			request->next->prev = request;
		server->in_core = request;
		MHD_suspend_connection(request->connection);
	}
	pthread_mutex_unlock(&server->lock);

	return running;
}

static void
reply_stopping(struct ck_request *request)
{
	ck_request_reply_problem(request, 503, "stopping",
	    "The service is stopping.", NULL);
}

/* Without it the core makes its own. */
static void
make_room(struct ck_request *request)
{
	struct ck_buf *room = &request->reply.bytes;

	if (ck_buf_resize(room, ROOM_BYTES) == CK_OK)
		room->len = 0;
}

/* True when the core has it: its answer resumes the connection, perhaps
 * before this returns, so the request must not be looked at any more. */
static bool
dispatch(struct ck_request *request)
{
	const struct ck_server_options *options = &request->server->options;

	if (request->match.route->thread == CK_ON_HTTP)
		request->match.route->handler(options->ctx, request);
	else
		request->core = request->match.route->handler;
	if (request->core == NULL)
		return false;
	make_room(request);
	if (!suspend(request)) {
		reply_stopping(request);
		return false;
	}
	ck_loop_post_in(options->loop, &request->errand, run_in_core, request);

	return true;
}

/* The whole body is here: parse it where the route wants one. */
static bool
read_json(struct ck_request *request)
{
	enum ck_route_body body = request->match.route->body;

	if (body != CK_BODY_JSON &&
	    (body != CK_BODY_LIST || ck_body_is_csv(request)))
		return true;
	request->json = ck_json_parse(ck_buf_view(&request->body));
	ck_buf_wipe(&request->body);
	if (json_is_object(request->json))
		return true;
	ck_request_reply_problem(request, 400, "malformed-json",
	    "The body is not one JSON object.", NULL);

	return false;
}

/* A first call for a request: its headers are complete. */
static enum MHD_Result
begin(struct ck_server *server, struct MHD_Connection *connection,
    const char *url, const char *method, void **state)
{
	struct ck_request *request = calloc(1, sizeof(*request));

	if (request == NULL)
		return MHD_NO;
	*state = request;
	(void)atomic_fetch_add(&server->active, 1);
	request->server = server;
	request->connection = connection;
	ck_route_find(server->options.routes, server->options.route_count,
	    method, url, &request->match);
	if (!ck_admit(request, &server->guard, &request->match))
		return queue(request);
	/* Answered before its body is read, which ends the connection. */
	if (ck_request_cut(request) > 0 && !dispatch(request))
		return queue(request);

	return MHD_YES;
}

static enum MHD_Result
on_request(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data,
    size_t *data_size, void **state)
{
	struct ck_request *request = *state;

	(void)version;
	if (request == NULL)
		return begin(cls, connection, url, method, state);
	if (request->answered)
		return queue(request);
	if (*data_size > 0) {
		if (*data_size > ck_body_max(request->match.route) -
		    request->body.len ||
		    ck_buf_append(&request->body,
		    ck_span_of(data, *data_size)) != CK_OK)
			return MHD_NO;
		*data_size = 0;
		return MHD_YES;
	}
	if (read_json(request) && dispatch(request))
		return MHD_YES;

	return queue(request);
}

static void
on_completed(void *cls, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode how)
{
	struct ck_request *request = *state;
	struct ck_server *server = cls;

	(void)connection;
	(void)how;
	if (request == NULL)
		return;
	if (request->reply.stream != NULL)
		stream_free(request->reply.stream);
	json_decref(request->reply.json);
	ck_buf_wipe(&request->reply.bytes);
	json_decref(request->json);
	ck_buf_wipe(&request->body);
	ck_buf_wipe(&request->brought);
	free(request);
	*state = NULL;
	(void)atomic_fetch_sub(&server->active, 1);
}

__attribute__((format(printf, 2, 0))) static void
on_log(void *cls, const char *format, va_list args)
{
	char words[256];

	(void)cls;
	(void)vsnprintf(words, sizeof(words), format, args);
	words[strcspn(words, "\n")] = '\0';
	ck_log(CK_LOG_DEBUG, "http", "%s", words);
}

/* libmicrohttpd's options for TLS; only the end without it. */
static void
tls_options(const struct ck_server_tls *tls, struct MHD_OptionItem out[5])
{
	char *const texts[] = {
		(char *)tls->certificate.ptr, (char *)tls->key.ptr,
		(char *)tls->client_ca.ptr
	};
	static const enum MHD_OPTION names[] = {
		MHD_OPTION_HTTPS_MEM_CERT, MHD_OPTION_HTTPS_MEM_KEY,
		MHD_OPTION_HTTPS_MEM_TRUST
	};
	size_t i, count = 0;

	for (i = 0; i < 3; i++) {
		if (texts[i] != NULL)
			out[count++] = (struct MHD_OptionItem){
				names[i], 0, texts[i]
			};
	}
	if (count > 0)
		out[count++] = (struct MHD_OptionItem){
			MHD_OPTION_HTTPS_PRIORITIES, 0,
			(char *)(uintptr_t)CK_TLS_PRIORITIES
		};
	out[count] = (struct MHD_OptionItem){ MHD_OPTION_END, 0, NULL };
}

bool
ck_request_certified(const struct ck_request *request)
{
	const struct ck_tls_files *tls = &request->server->options.tls;
	const union MHD_ConnectionInfo *info;

	if (tls->client_ca == NULL || tls->client_ca[0] == '\0')
		return false;
	info = MHD_get_connection_info(request->connection,
	    MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info != NULL && ck_tls_peer_named(info->tls_session,
	    tls->client_names);
}

static enum ck_err
start_daemon(struct ck_server *server, int fd,
    const struct ck_server_tls *tls)
{
	struct MHD_OptionItem options[5];
	bool secure = tls->certificate.len > 0;

	tls_options(tls, options);
	server->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
	    MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
	    (secure ? (unsigned)MHD_USE_TLS : 0U), 0, NULL, NULL,
	    on_request, server,
	    MHD_OPTION_EXTERNAL_LOGGER, on_log, NULL,
	    MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_THREAD_POOL_SIZE, (unsigned)THREADS,
	    MHD_OPTION_THREAD_STACK_SIZE, (size_t)STACK_BYTES,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S,
	    MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
	    MHD_OPTION_ARRAY, options,
	    MHD_OPTION_END);
	if (server->daemon != NULL)
		return CK_OK;
	ck_log(CK_LOG_ERROR, "http", "cannot start the server's threads%s",
	    secure ? ", or [http] certificate and key do not belong "
	    "together" : "");

	return secure ? CK_ERR_CONFIG : CK_ERR_SYSTEM;
}

static void
server_free(struct ck_server **server)
{
	(void)pthread_mutex_destroy(&(*server)->lock);
	free(*server);
	*server = NULL;
}

enum ck_err
ck_server_start(struct ck_server **out,
    const struct ck_server_options *options)
{
	struct ck_server *server = calloc(1, sizeof(*server));
	struct ck_server_tls tls = { CK_BUF_INIT, CK_BUF_INIT, CK_BUF_INIT };
	enum ck_err err;
	int fd = -1;

	*out = NULL;
	if (server == NULL)
		return CK_ERR_NOMEM;
	server->options = *options;
	(void)pthread_mutex_init(&server->lock, NULL);
	if ((err = ck_listen(options->listen, &server->options.port,
	    &fd)) != CK_OK)
		goto out;
	server->guard = (struct ck_guard){
		.listen = options->listen,
		.port = server->options.port,
		.allowed_hosts = options->allowed_hosts,
		.token = options->token,
		.feed_token = options->feed_token,
		.member = options->member, .member_ctx = options->member_ctx
	};
	if ((err = ck_server_tls_load(&options->tls, &tls)) != CK_OK ||
	    (err = start_daemon(server, fd, &tls)) != CK_OK) {
		(void)close(fd);
		goto out;
	}
	*out = server;
out:
	ck_server_tls_wipe(&tls);
	if (err != CK_OK) {
		server_free(&server);
	}

	return err;
}

uint16_t
ck_server_port(const struct ck_server *server)
{
	return server->options.port;
}

/* libmicrohttpd must not be stopped while a connection is suspended. */
static void
answer_those_in_core(struct ck_server *server)
{
	pthread_mutex_lock(&server->lock);
	server->stopping = true;
	while (server->in_core != NULL) {
		struct ck_request *request = server->in_core;

		pthread_mutex_unlock(&server->lock);
		reply_stopping(request);
		pthread_mutex_lock(&server->lock);
	}
	pthread_mutex_unlock(&server->lock);
}

/* Let the last answers leave, but wait for nobody who is slow. */
static void
drain(struct ck_server *server)
{
	unsigned steps = DRAIN_STEPS;

	while (atomic_load(&server->active) > 0 && steps-- > 0)
		(void)usleep(DRAIN_STEP_US);
}

void
ck_server_stop(struct ck_server **server)
{
	struct ck_server *old = *server;

	if (old == NULL)
		return;
	answer_those_in_core(old);
	drain(old);
	MHD_stop_daemon(old->daemon);
	server_free(server);
}
