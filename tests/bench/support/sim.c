/*
 * sim.c - the simulated card of a measurement
 */
#include <sys/socket.h>
#include <sys/un.h>

#include <jansson.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim.h"

void
bench_die(const char *what)
{
	(void)fprintf(stderr, "bench-read: %s\n", what);
	exit(1);
}

/* One line to sim-card; its answer as JSON, NULL if it is only a word. */
static json_t *
control(const char *dir, const char *line)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[8192];
	ssize_t len;

	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/card.sock", dir);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) != 0 ||
	    dprintf(fd, "%s\n", line) < 0 ||
	    (len = read(fd, answer, sizeof(answer) - 1)) < 3 ||
	    strncmp(answer, "ok ", 3) != 0)
		bench_die("sim-card does not obey");
	answer[len] = '\0';
	(void)close(fd);

	return json_loads(answer + 3, 0, NULL);
}

void
bench_insert(const char *dir, const char *label, struct ck_secret *secret)
{
	char line[64];
	json_t *person;

	(void)snprintf(line, sizeof(line), "person %s", label);
	if ((person = control(dir, line)) == NULL)
		bench_die("sim-card's answer is no JSON");
	secret->kind = CK_SECRET_CAN;
	(void)snprintf(secret->can, sizeof(secret->can), "%s",
	    json_string_value(json_object_get(person, "can")));
	json_decref(person);
	(void)snprintf(line, sizeof(line), "insert %s", label);
	json_decref(control(dir, line));
	(void)usleep(1500 * 1000);	/* pcscd looks every 0.4 s */
}

struct bench_card
bench_card_now(const char *dir)
{
	json_t *state = control(dir, "state");
	struct bench_card now = {
		json_number_value(json_object_get(state, "link_ms")),
		(unsigned)json_integer_value(json_object_get(state, "apdus"))
	};

	json_decref(state);

	return now;
}
