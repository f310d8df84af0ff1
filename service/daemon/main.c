/*
 * main.c - checkind, the check-in service of one clinic
 *
 * Starts every module in one straight list and ends them in reverse. What
 * fails to start says why in the log and ends the program with status 1.
 */
#include <errno.h>
#include <getopt.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "checkin/outbox.h"
#include "checkin/sign.h"
#include "ck/clock.h"
#include "ck/log.h"
#include "correction/post.h"
#include "daemon/config.h"
#include "daemon/notify.h"
#include "daemon/privilege.h"
#include "daemon/textfile.h"
#include "daemon/version.h"
#include "desk/desk.h"
#include "drop/drop.h"
#include "eligibility/appointments.h"
#include "eligibility/cache_keeper.h"
#include "eligibility/gateway.h"
#include "eligibility/lookup.h"
#include "eligibility/operators.h"
#include "eligibility/recheck.h"
#include "http/events.h"
#include "http/http.h"
#include "io/loop.h"
#include "io/server.h"
#include "proxy/forward.h"
#include "proxy/proxy.h"
#include "push/push.h"
#include "store/folding.h"
#include "store/store.h"
#include "store/turn.h"

#define DEFAULT_CONFIG "/etc/checkin/checkind.conf"

/* Heaps of the C library: for the core, for each of the server's threads, and
 * one for the others. Where the core shares its heap, the two wait for each
 * other at every allocation. */
#define ARENAS 4

enum action { RUN, PRINT_CONFIG, CHECK_CONFIG, LEAVE };

struct program {
	struct ck_config config;
	int lock_fd;
	struct ck_loop *loop;
	struct ck_store *store;
	struct ck_turn *turn;
	struct ck_folding *folding;
	struct ck_gateway *gateway;
	struct ck_operators *operators;
	struct ck_outbox *outbox;
	struct ck_proxy *proxy;
	struct ck_forwards *forwards;
	struct ck_push *push;
	struct ck_post *post;
	struct ck_drop *drop;
	struct ck_events *events;
	struct ck_lookups *lookups;
	struct ck_recheck *recheck;
	struct ck_appointments *appointments;
	struct ck_cache_keeper *keeper;
	struct ck_desks *desks;
	struct ck_http *http;
	struct ck_textfile *textfile;
	struct ck_server *server;
};

/* For the signal handler alone. */
static struct ck_loop *loop_to_stop;

static const char usage[] =
    "Usage: checkind [-c FILE] [--print-config | --check-config]\n"
    "\n"
    "  -c, --config FILE   configuration; default " DEFAULT_CONFIG "\n"
    "      --print-config  print what is in force, secrets masked, and leave\n"
    "      --check-config  leave with 0, or name line and key\n"
    "      --version       print the version and leave\n"
    "      --help          print this and leave\n"
    "\n"
    "Ends cleanly on SIGTERM and SIGINT. See checkind(8).\n";

static int
read_options(int argc, char **argv, const char **path, enum action *action)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "print-config", no_argument, NULL, 'p' },
		{ "check-config", no_argument, NULL, 'k' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "c:h", options, NULL)) != -1) {
		if (option == 'c')
			*path = optarg;
		else if (option == 'p')
			*action = PRINT_CONFIG;
		else if (option == 'k')
			*action = CHECK_CONFIG;
		else if (option == 'v' || option == 'h')
			*action = LEAVE;
		else
			return 2;
		if (*action == LEAVE) {
			(void)fputs(option == 'v' ?
			    "checkind " CK_VERSION "\n" : usage, stdout);
			return 0;
		}
	}
	if (optind == argc)
		return 0;
	(void)fprintf(stderr, "checkind: unexpected argument: %s\n",
	    argv[optind]);

	return 2;
}

static void
on_signal(int number)
{
	(void)number;
	ck_loop_stop(loop_to_stop);
}

/* A second signal, while we stop, ends the process at once. */
static void
catch_signals(struct ck_loop *loop)
{
	struct sigaction action = {
		.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND
	};

	loop_to_stop = loop;
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
}

/* Without a configured path: the cccd-worker that was installed with us. */
static void
find_worker(struct ck_config *config)
{
	static const char name[] = "cccd-worker";
	const size_t size = sizeof(config->worker);
	ssize_t len;

	if (config->worker[0] != '\0')
		return;
	len = readlink("/proc/self/exe", config->worker, size - 1);
	while (len > 0 && config->worker[len - 1] != '/')
		len--;
	if (len > 0 && (size_t)len + sizeof(name) <= size)
		memcpy(config->worker + len, name, sizeof(name));
}

static enum ck_err
start_core(struct program *program)
{
	const struct ck_config *config = &program->config;
	const struct ck_store_options store = {
		.directory = config->directory,
		.facility = config->facility,
		.station = config->station,
		.clock = ck_clock_system()
	};
	enum ck_err err;

	if ((err = ck_privilege_lock(config->directory,
	    &program->lock_fd)) != CK_OK)
		return err;
	if ((err = ck_loop_new(&program->loop, ck_clock_system())) != CK_OK)
		return err;
	if ((err = ck_store_open(&program->store, &store)) != CK_OK)
		return err;
	if ((err = ck_turn_new(&program->turn, program->store)) != CK_OK)
		return err;
	ck_loop_on_turn_end(program->loop, ck_turn_flush, program->turn);
	ck_loop_on_gather(program->loop, ck_turn_wants_more, program->turn);

	return ck_folding_new(&program->folding, program->store);
}

static enum ck_err
start_rooms(struct program *program)
{
	const struct ck_config *config = &program->config;
	struct ck_lookups_options lookups = {
		.config = config, .loop = program->loop,
		.turn = program->turn, .store = program->store
	};
	struct ck_outbox_options outbox = {
		.config = config, .loop = program->loop,
		.turn = program->turn, .store = program->store
	};
	struct ck_recheck_options recheck = {
		.config = config, .loop = program->loop,
		.turn = program->turn, .store = program->store
	};
	struct ck_appointments_options appointments = {
		.config = config, .loop = program->loop,
		.turn = program->turn, .store = program->store
	};
	struct ck_push_options push = {
		.config = config, .loop = program->loop,
		.store = program->store
	};
	struct ck_post_options post = {
		.config = config, .loop = program->loop,
		.turn = program->turn, .store = program->store
	};
	struct ck_proxy_options proxy = {
		.config = config, .loop = program->loop,
		.turn = program->turn, .store = program->store
	};
	struct ck_forwards_options forwards = {
		.loop = program->loop, .turn = program->turn,
		.store = program->store
	};
	struct ck_desks_options desks = {
		.config = config, .loop = program->loop,
		.store = program->store
	};
	enum ck_err err;

	if ((err = ck_cache_keeper_new(&program->keeper, config,
	    program->loop, program->turn)) != CK_OK)
		return err;
	if ((err = ck_gateway_new(&program->gateway, config,
	    program->loop)) != CK_OK)
		return err;
	if ((err = ck_operators_new(&program->operators, config,
	    program->loop, program->gateway)) != CK_OK)
		return err;
	if (config->proxy &&
	    (err = ck_proxy_new(&program->proxy, &proxy)) != CK_OK)
		return err;
	lookups.gateway = program->gateway;
	lookups.operators = program->operators;
	if ((err = ck_lookups_new(&program->lookups, &lookups)) != CK_OK)
		return err;
	recheck.gateway = program->gateway;
	recheck.lookups = program->lookups;
	if ((err = ck_recheck_new(&program->recheck, &recheck)) != CK_OK)
		return err;
	appointments.gateway = program->gateway;
	appointments.lookups = program->lookups;
	if ((err = ck_appointments_new(&program->appointments,
	    &appointments)) != CK_OK)
		return err;
	outbox.gateway = program->gateway;
	if ((err = ck_outbox_new(&program->outbox, &outbox)) != CK_OK)
		return err;
	forwards.outbox = program->outbox;
	if (config->proxy &&
	    (err = ck_forwards_new(&program->forwards, &forwards)) != CK_OK)
		return err;
	if ((err = ck_push_new(&program->push, &push)) != CK_OK)
		return err;
	if ((err = ck_post_new(&program->post, &post)) != CK_OK)
		return err;
	if (config->drop_directory[0] != '\0' && (err = ck_drop_new(
	    &program->drop, config, program->loop, program->store,
	    program->lookups)) != CK_OK)
		return err;
	if ((err = ck_events_new(&program->events)) != CK_OK)
		return err;
	desks.lookups = program->lookups;
	desks.recheck = program->recheck;
	desks.events = program->events;
	desks.operators = program->operators;
	if ((err = ck_desks_new(&program->desks, &desks)) != CK_OK)
		return err;
	ck_recheck_on_change(program->recheck, ck_desks_refresh,
	    program->desks);

	return CK_OK;
}

static enum ck_err
start_http(struct program *program)
{
	const struct ck_config *config = &program->config;
	const struct ck_http_options http = {
		.config = config, .loop = program->loop,
		.store = program->store, .turn = program->turn,
		.outbox = program->outbox, .recheck = program->recheck,
		.appointments = program->appointments,
		.gateway = program->gateway,
		.lookups = program->lookups, .desks = program->desks,
		.operators = program->operators, .events = program->events,
		.proxy = program->proxy, .forwards = program->forwards,
		.push = program->push, .post = program->post
	};
	struct ck_server_options server = {
		.listen = config->listen, .port = config->port,
		.token = config->token,
		.feed_token = config->feed_token,
		.tls = { config->http_certificate, config->http_key,
		    config->http_client_ca, config->feed_clients },
		.allowed_hosts = config->allowed_hosts,
		.loop = program->loop
	};
	enum ck_err err;

	if ((err = ck_http_new(&program->http, &http)) != CK_OK)
		return err;
	if (config->metrics_textfile[0] != '\0' &&
	    (err = ck_textfile_new(&program->textfile, config, program->loop,
	    program->http)) != CK_OK)
		return err;
	server.routes = ck_http_routes(program->http, &server.route_count);
	server.ctx = program->http;

	return ck_server_start(&program->server, &server);
}

/* In reverse; whatever has not been started is NULL. */
static void
stop(struct program *program)
{
	if (program->events != NULL)
		ck_events_close(program->events);
	ck_server_stop(&program->server);
	ck_textfile_free(&program->textfile);
	ck_http_free(&program->http);
	if (program->recheck != NULL)
		ck_recheck_on_change(program->recheck, NULL, NULL);
	ck_desks_free(&program->desks);
	ck_events_free(&program->events);
	ck_appointments_free(&program->appointments);
	ck_recheck_free(&program->recheck);
	ck_drop_free(&program->drop);
	ck_post_free(&program->post);
	ck_push_free(&program->push);
	ck_lookups_free(&program->lookups);
	ck_forwards_free(&program->forwards);
	ck_proxy_free(&program->proxy);
	ck_operators_free(&program->operators);
	ck_outbox_free(&program->outbox);
	ck_gateway_free(&program->gateway);
	ck_cache_keeper_free(&program->keeper);
	ck_folding_free(&program->folding);
	ck_turn_free(&program->turn);
	ck_store_close(&program->store);
	ck_loop_free(&program->loop);
	ck_config_wipe(&program->config);
}

static enum ck_err
serve(struct program *program)
{
	enum ck_err err;

	find_worker(&program->config);
	if ((err = ck_privilege_harden()) != CK_OK ||
	    (err = start_core(program)) != CK_OK ||
	    (err = start_rooms(program)) != CK_OK ||
	    (err = start_http(program)) != CK_OK) {
		ck_log(CK_LOG_ERROR, "daemon", "cannot start: %s",
		    ck_err_text(err));
		return err;
	}
	catch_signals(program->loop);
	ck_log(CK_LOG_NOTICE, "daemon", "checkind %s, clinic %s, station %s, "
	    "listens on %s port %u%s%s", CK_VERSION, program->config.facility,
	    program->config.station, program->config.listen,
	    program->config.port,
	    program->config.http_certificate[0] != '\0' ? " (TLS)" : "",
	    program->config.practice ?
	    " (practice)" : "");
	ck_notify("READY=1");
	err = ck_loop_run(program->loop);
	ck_notify("STOPPING=1");
	ck_log(CK_LOG_NOTICE, "daemon", "stopping");

	return err;
}

/* What loading does not see: a key file that would not sign. */
static int
check_config(const struct ck_config *config, const char *path)
{
	if (config->check_in_signature_file[0] != '\0' && ck_sign_check(
	    config->check_in_signature_file,
	    config->check_in_signature_password,
	    ck_clock_wall_ms(ck_clock_system())) != CK_OK)
		return 1;
	(void)printf("%s: ok\n", path);
	if (config->operator_count == 0)
		(void)puts("note: nobody can be looked up: add [operator]");
	if (access(config->directory, R_OK | W_OK | X_OK) != 0)
		(void)printf("note: [state] directory: %s: %s\n",
		    config->directory, strerror(errno));

	return 0;
}

int
main(int argc, char **argv)
{
	static struct program program;
	const char *path = DEFAULT_CONFIG;
	enum action action = RUN;
	int status = read_options(argc, argv, &path, &action);

	if (status != 0 || action == LEAVE)
		return status;
	(void)mallopt(M_ARENA_MAX, ARENAS);
	if (ck_config_load(&program.config, path) != CK_OK)
		return 1;
	if (action == PRINT_CONFIG)
		ck_config_print(&program.config, stdout);
	else if (action == CHECK_CONFIG)
		status = check_config(&program.config, path);
	else if (action == RUN)
		status = serve(&program) == CK_OK ? 0 : 1;
	stop(&program);

	return status;
}
