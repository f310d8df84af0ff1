/*
 * world.h - a whole simulated clinic for one flow test
 *
 * Starts tests/system/world.sh (a private real pcscd, sim-card, sim-gateway)
 * and checkind beside it, and ends all of them. A test talks to the daemon
 * only as a browser does, to the card only by putting it down and taking it
 * away.
 */
#ifndef FLOW_WORLD_H
#define FLOW_WORLD_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* The clerk that every configuration here names. */
#define WORLD_OPERATOR "NGUYỄN THỊ TIẾP ĐÓN"
#define WORLD_OPERATOR_NUMBER "084185000011"

struct world {
	char dir[64];		/* all files of this world */
	char bin[512];		/* folder of the commands under test */
	char root[512];		/* top of the source tree */
	pid_t clinic;		/* world.sh */
	pid_t daemon;		/* checkind; 0: not running */
	int port;		/* of checkind */
	int gateway_port;
	char gateway_url[128];	/* as configured; "": http on gateway_port */
};

/* Start the simulated clinic, without a daemon. Fails the test on error. */
void world_open(struct world *world);

/* The same without the clinic: only the places of commands and files. */
void world_open_bare(struct world *world);

/* End everything and remove the files. */
void world_close(struct world *world);

/*
 * Start checkind with the standard configuration plus extra lines of INI, and
 * wait until it is ready. state is kept from one start to the next.
 */
void world_daemon_start(struct world *world, const char *extra);

/* The same where the daemon need only be alive: no pcscd, or no reader yet. */
void world_daemon_start_blind(struct world *world, const char *extra);

/* Send a signal and wait for the end. Returns the wait status. */
int world_daemon_stop(struct world *world, int signal_number);

/* Start a command line in the shell, as the head of its own process group, at
 * the source tree's top; it ends with the test. For programs that stay. */
pid_t world_spawn(const struct world *world, const char *command);

/* A port that was free a moment ago. */
int world_free_port(void);

/* Run a command line in the shell, at the source tree's top, with BIN, DIR and
 * PCSCLITE_CSOCK_NAME set. Returns its exit code; output (owned, may be NULL)
 * receives standard output. */
int world_run(const struct world *world, const char *command, char **output);

/* A line to sim-card's control socket: "insert code-000", "remove". Fails the
 * test unless the answer is "ok …". */
void world_card(const struct world *world, const char *line);

/* The same with the text after "ok " as JSON, for "list" and "state". */
json_t *world_card_json(const struct world *world, const char *line);

/* The simulated person with this label from sim-card's list. New reference. */
json_t *world_person(const struct world *world, const char *label);

/* An HTTP answer. */
struct reply {
	long status;
	char type[128];
	char *text;		/* owned */
	json_t *json;		/* owned; NULL when it is not JSON */
};

/* method and path to the daemon; body may be NULL; headers: up to four lines
 * "Name: value", NULL-terminated, or NULL. */
struct reply world_http(const struct world *world, const char *method,
    const char *path, const char *body, const char *const *headers);

/* The same to any port of this computer. */
struct reply world_ask(int port, const char *method, const char *path,
    const char *body, const char *const *headers);

/* The same to the simulated gateway's own port. */
struct reply world_gateway(const struct world *world, const char *method,
    const char *path);

void reply_free(struct reply *reply);

/* Make the gateway fail in this way; "none" ends it. */
void world_gateway_fail(const struct world *world, const char *mode);
void world_gateway_latency(const struct world *world, int ms);

/* POST a scan at desk ban-1; returns the HTTP status. */
long world_scan(const struct world *world, const char *payload);

/*
 * Wait until the view of ban-1 has these values at dotted paths
 * ("lookup.outcome"), given as path, value pairs ended by NULL; a value of
 * "null" means null. Fails the test with the last view after timeout_ms.
 * Returns the view. New reference.
 */
json_t *world_wait(const struct world *world, int timeout_ms, ...);

/* The value at a dotted path, as text ("" for null, digits for numbers). */
const char *view_text(json_t *view, const char *path);

/* GET /v1/stats for today's series and one member. */
long world_stat(const struct world *world, const char *series,
    const char *member);

/* Wait until that member is value: a view is shown before its lookup is
 * closed and counted. Fails the test with the last figure otherwise. */
void world_stat_is(const struct world *world, const char *series,
    const char *member, long value);

#endif /* FLOW_WORLD_H */
