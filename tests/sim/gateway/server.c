/*
 * server.c - the simulated gateway listens, reads calls, picks who answers
 *
 * libmicrohttpd with a pool of epoll threads, on loopback only, with its own
 * TLS (GnuTLS) where a certificate is given. A call is collected whole,
 * answered in memory, and sent at once or when its latency is over.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "call.h"
#include "checkin.h"
#include "control.h"
#include "faults.h"
#include "history.h"
#include "journal.h"
#include "lookup.h"
#include "pem.h"
#include "receipts.h"
#include "sender.h"
#include "token.h"
#include "waiting.h"

#define THREADS 4U
#define MAX_BODY (8U * 1024 * 1024)	/* far above any check-in file */
#define LINE_MEMORY 65536U		/* request line with token, headers */
#define MAX_CONNECTIONS 4096U
#define HANG_MS 3600000U		/* "never", in the life of a test */

static const struct sim_route routes[] = {
	{ "/api/token/take", "POST", SIM_WHERE_TOKEN, sim_token_take },
	{ "/api/egw/KQNhanLichSuKCB2024", "POST", SIM_WHERE_LOOKUP,
	  sim_lookup_serve },
	{ "/api/egw/Lskcb2025", "POST", SIM_WHERE_HISTORY,
	  sim_history_serve },
	{ "/api/TraCuuCCT/TraCuuTienMCCT", "POST", SIM_WHERE_HISTORY,
	  sim_copayment_serve },
	{ "/api/qd130/checkInKcbQd3176", "POST", SIM_WHERE_CHECKIN,
	  sim_checkin_serve },
	{ "/api/qd130/checkInKcbQd4750", "POST", SIM_WHERE_CHECKIN,
	  sim_checkin_serve },
	{ "/api/qd130/checkInKcbQd130", "POST", SIM_WHERE_CHECKIN,
	  sim_checkin_serve_qd130 },
	{ "/sim/fail", "POST", SIM_WHERE_CONTROL, sim_control_fail },
	{ "/sim/correct", "POST", SIM_WHERE_CONTROL, sim_control_correct },
	{ "/sim/latency", "POST", SIM_WHERE_CONTROL, sim_control_latency },
	{ "/sim/revoke", "POST", SIM_WHERE_CONTROL, sim_control_revoke },
	{ "/sim/reset", "POST", SIM_WHERE_CONTROL, sim_control_reset },
	{ "/sim/log", "GET", SIM_WHERE_CONTROL, sim_control_log },
	{ "/sim/counts", "GET", SIM_WHERE_CONTROL, sim_control_counts },
	{ "/sim/check-ins", "GET", SIM_WHERE_CONTROL, sim_control_checkins },
	{ "/sim/arrivals", "GET", SIM_WHERE_CONTROL, sim_control_arrivals }
};

static const struct sim_route *
find_route(const struct sim_gateway *gateway, const char *path)
{
	size_t i;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (strcmp(routes[i].path, path) == 0 &&
		    (routes[i].where != SIM_WHERE_CONTROL ||
		    gateway->config.control))
			return &routes[i];
	}
	return NULL;
}

/* The address alone: a token is bound to it, not to the port. */
static void
write_address(struct MHD_Connection *connection, char out[64])
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
	    connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	struct sockaddr_in address;

	out[0] = '\0';
	if (info == NULL || info->client_addr->sa_family != AF_INET)
		return;
	memcpy(&address, info->client_addr, sizeof(address));
	(void)inet_ntop(AF_INET, &address.sin_addr, out, 64);
}

static struct sim_call *
begin_call(struct sim_gateway *gateway, struct MHD_Connection *connection,
    const char *path)
{
	struct sim_call *call = calloc(1, sizeof(*call));

	if (call == NULL)
		return NULL;
	call->gateway = gateway;
	call->connection = connection;
	call->route = find_route(gateway, path);
	write_address(connection, call->address);
	return call;
}

static void
append_body(struct sim_call *call, const char *data, size_t size)
{
	char *body;

	if (call->too_large || size > MAX_BODY - call->size) {
		call->too_large = true;
		return;
	}
	body = realloc(call->body, call->size + size);
	if (body == NULL) {
		call->too_large = true;
		return;
	}
	memcpy(body + call->size, data, size);
	call->body = body;
	call->size += size;
}

static void
refuse(struct sim_call *call, unsigned status, const char *text)
{
	sim_reply_text(call, status, "text/plain; charset=utf-8", text);
}

static void
answer(struct sim_call *call, const char *method)
{
	struct sim_gateway *gateway = call->gateway;

	sim_call_read_body(call);
	if (call->route == NULL) {
		refuse(call, 404, "No such path\n");
		return;
	}
	if (strcmp(method, call->route->method) != 0) {
		refuse(call, 405, "Method not allowed\n");
		return;
	}
	if (call->too_large) {
		refuse(call, 413, "Body too large\n");
		return;
	}
	call->fault = sim_faults_draw(gateway->faults,
	    (enum sim_where)call->route->where);
	if (!sim_fault_answer(call)) {
		call->route->serve(call);
		if (call->fault == SIM_FAULT_HALF)
			call->reply.shape = SIM_SHAPE_HALF;
	}
	if (call->route->where != SIM_WHERE_CONTROL)
		sim_journal_add(gateway->journal, call);
}

static unsigned
delay_of(const struct sim_call *call)
{
	if (call->route == NULL || call->route->where == SIM_WHERE_CONTROL)
		return 0;
	if (call->reply.shape == SIM_SHAPE_HANG)
		return HANG_MS;
	return call->reply.delay_ms +
	    sim_faults_latency(call->gateway->faults);
}

static enum MHD_Result
finish(struct sim_call *call, const char *method)
{
	struct sim_waiting *waiting = call->gateway->waiting;
	unsigned delay;

	if (call->answered)
		return sim_waiting_stopped(waiting) ? MHD_NO : sim_send(call);
	answer(call, method);
	call->answered = true;
	delay = delay_of(call);
	if (delay > 0 && sim_waiting_add(waiting, call->connection, delay))
		return MHD_YES;
	return sim_send(call);
}

/* MHD calls once with the headers, then with each part, then with nothing. */
static enum MHD_Result
handle(void *context, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *data, size_t *size,
    void **state)
{
	struct sim_call *call = *state;

	(void)version;
	if (call == NULL) {
		*state = begin_call(context, connection, path);
		return *state != NULL ? MHD_YES : MHD_NO;
	}
	if (*size > 0) {
		append_body(call, data, *size);
		*size = 0;
		return MHD_YES;
	}
	return finish(call, method);
}

static void
end_call(void *context, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode code)
{
	struct sim_call *call = *state;

	(void)context;
	(void)connection;
	(void)code;
	sim_call_free(&call);
	*state = NULL;
}

/* Without TLS the list ends at once. */
static void
list_tls(const struct sim_pem *pem, struct MHD_OptionItem out[3])
{
	static const struct MHD_OptionItem end = { MHD_OPTION_END, 0, NULL };

	out[0] = out[1] = out[2] = end;
	if (pem == NULL)
		return;
	out[0] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_CERT, 0,
	    pem->cert };
	out[1] = (struct MHD_OptionItem){ MHD_OPTION_HTTPS_MEM_KEY, 0,
	    pem->key };
}

static bool
listen_on_loopback(struct sim_gateway *gateway)
{
	unsigned tls = gateway->pem != NULL ? MHD_USE_TLS : 0;
	struct MHD_OptionItem more[3];
	struct sockaddr_in address = { .sin_family = AF_INET,
		.sin_port = htons(gateway->config.port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

	if (gateway->config.listen[0] != '\0' && inet_pton(AF_INET,
	    gateway->config.listen, &address.sin_addr) != 1)
		return false;
	list_tls(gateway->pem, more);
	gateway->daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD |
	    MHD_ALLOW_SUSPEND_RESUME | tls, gateway->config.port, NULL, NULL,
	    handle, gateway,
	    MHD_OPTION_SOCK_ADDR, (struct sockaddr *)&address,
	    MHD_OPTION_THREAD_POOL_SIZE, THREADS,
	    MHD_OPTION_CONNECTION_LIMIT, MAX_CONNECTIONS,
	    MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)LINE_MEMORY,
	    MHD_OPTION_NOTIFY_COMPLETED, end_call, gateway,
	    MHD_OPTION_ARRAY, more, MHD_OPTION_END);
	return gateway->daemon != NULL;
}

static bool
make_parts(struct sim_gateway *gateway)
{
	gateway->faults = sim_faults_new(gateway->config.seed,
	    gateway->config.latency_ms);
	gateway->journal = sim_journal_new();
	gateway->receipts = sim_receipts_new();
	gateway->tokens = sim_tokens_new();
	gateway->waiting = sim_waiting_new();
	return gateway->faults != NULL && gateway->journal != NULL &&
	    gateway->receipts != NULL && gateway->tokens != NULL &&
	    gateway->waiting != NULL;
}

/* Say why on stderr when it does not come up. */
static bool
bring_up(struct sim_gateway *gateway)
{
	if (!make_parts(gateway)) {
		fprintf(stderr, "sim-gateway: out of memory or threads\n");
		return false;
	}
	if (!sim_faults_set(gateway->faults, gateway->config.fault, 0)) {
		fprintf(stderr, "sim-gateway: no such fault: %s\n%s",
		    gateway->config.fault, sim_faults_help());
		return false;
	}
	if (gateway->config.tls_cert[0] != '\0' &&
	    (gateway->pem = sim_pem_load(gateway->config.tls_cert,
	    gateway->config.tls_key)) == NULL)
		return false;
	if (!listen_on_loopback(gateway)) {
		fprintf(stderr, "sim-gateway: cannot listen on 127.0.0.1:%u; "
		    "is the port taken? --port 0 picks a free one\n",
		    (unsigned)gateway->config.port);
		return false;
	}
	return true;
}

struct sim_gateway *
sim_gateway_start(const struct sim_gateway_config *config)
{
	struct sim_gateway *gateway = calloc(1, sizeof(*gateway));

	if (gateway == NULL)
		return NULL;
	gateway->config = *config;
	if (!bring_up(gateway))
		sim_gateway_stop(&gateway);
	return gateway;
}

uint16_t
sim_gateway_port(const struct sim_gateway *gateway)
{
	const union MHD_DaemonInfo *info = MHD_get_daemon_info(
	    gateway->daemon, MHD_DAEMON_INFO_BIND_PORT);

	return info != NULL ? info->port : 0;
}

void
sim_gateway_stop(struct sim_gateway **gateway)
{
	if (*gateway == NULL)
		return;
	if ((*gateway)->waiting != NULL)
		sim_waiting_stop((*gateway)->waiting);
	if ((*gateway)->daemon != NULL)
		MHD_stop_daemon((*gateway)->daemon);
	sim_pem_free(&(*gateway)->pem);
	sim_waiting_free(&(*gateway)->waiting);
	sim_tokens_free(&(*gateway)->tokens);
	sim_receipts_free(&(*gateway)->receipts);
	sim_journal_free(&(*gateway)->journal);
	sim_faults_free(&(*gateway)->faults);
	free(*gateway);
	*gateway = NULL;
}
