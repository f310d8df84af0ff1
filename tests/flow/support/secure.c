/*
 * secure.c - a second simulated gateway of the clinic, which speaks HTTPS
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/prctl.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "secure.h"

void
secure_certificates(const struct world *world)
{
	assert_int_equal(world_run(world,
	    "sh tests/flow/support/certificates.sh $DIR/tls", NULL), 0);
}

static void
run_gateway(const struct world *world, const char *certificate, int port,
    int out)
{
	char program[600], number[16], pair[256];

	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)dup2(out, STDOUT_FILENO);
	(void)snprintf(program, sizeof(program), "%s/sim-gateway", world->bin);
	(void)snprintf(number, sizeof(number), "%d", port);
	(void)snprintf(pair, sizeof(pair), "%s/tls/%s.pem,%s/tls/%s.key",
	    world->dir, certificate, world->dir, certificate);
	(void)execl(program, program, "--port", number, "--operator",
	    WORLD_OPERATOR ":" WORLD_OPERATOR_NUMBER,
	    certificate[0] != '\0' ? "--tls" : NULL, pair, (char *)NULL);
	_exit(127);
}

void
secure_start(struct secure *secure, struct world *world,
    const char *certificate, const char *host, int port)
{
	char line[128];
	int out[2];
	FILE *lines;

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	secure->pid = fork();
	assert_true(secure->pid >= 0);
	if (secure->pid == 0)
		run_gateway(world, certificate, port, out[1]);
	(void)close(out[1]);
	lines = fdopen(out[0], "r");
	assert_non_null(lines);
	assert_non_null(fgets(line, sizeof(line), lines));
	assert_int_equal(sscanf(line, "listening on 127.0.0.1:%d",
	    &secure->port), 1);
	(void)fclose(lines);
	(void)snprintf(world->gateway_url, sizeof(world->gateway_url),
	    "https://%s:%d", host, secure->port);
}

void
secure_stop(struct secure *secure)
{
	int status = -1;

	assert_int_equal(kill(secure->pid, SIGTERM), 0);
	assert_int_equal(waitpid(secure->pid, &status, 0), secure->pid);
	assert_int_equal(status, 0);
}

long
secure_count(const struct secure *secure, const struct world *world,
    const char *figure)
{
	char command[256];
	char *text = NULL;
	json_t *counts;
	long count;

	/* Whichever it speaks: a test of its figures, not of its line. */
	(void)snprintf(command, sizeof(command), "for s in https http; do "
	    "curl -s -k -f -m 20 $s://127.0.0.1:%d/sim/counts && break; done",
	    secure->port);
	assert_int_equal(world_run(world, command, &text), 0);
	counts = json_loads(text, 0, NULL);
	assert_non_null(counts);
	count = (long)json_integer_value(json_object_get(counts, figure));
	json_decref(counts);
	free(text);

	return count;
}
