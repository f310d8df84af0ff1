/*
 * world.c - processes and files of a simulated clinic
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <netinet/in.h>
#include <arpa/inet.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "world.h"

static void
nap(int ms)
{
	struct timespec span = { ms / 1000, (long)(ms % 1000) * 1000000L };

	(void)nanosleep(&span, NULL);
}

/* build/<variant>/tests/flow_x lies beside build/<variant>/bin. */
static void
find_places(struct world *world)
{
	char self[400];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int up;

	assert_true(len > 0);
	self[len] = '\0';
	for (up = 0; up < 2; up++)
		*strrchr(self, '/') = '\0';
	(void)snprintf(world->bin, sizeof(world->bin), "%s/bin", self);
	for (up = 0; up < 2; up++)
		*strrchr(self, '/') = '\0';
	(void)snprintf(world->root, sizeof(world->root), "%s", self);
}

pid_t
world_spawn(const struct world *world, const char *command)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid != 0)
		return pid;
	/* A test that dies takes its clinic along. */
	(void)setsid();
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (chdir(world->root) != 0)
		_exit(127);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static bool
exists(const struct world *world, const char *name)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/%s", world->dir, name);

	return access(path, F_OK) == 0;
}

static int
read_number(const struct world *world, const char *name)
{
	char path[512];
	int number = 0;
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", world->dir, name);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &number), 1);
	(void)fclose(file);

	return number;
}

static void
set_environment(const struct world *world)
{
	char path[512];

	(void)snprintf(path, sizeof(path), "%s/pcscd/pcscd.comm", world->dir);
	assert_int_equal(setenv("PCSCLITE_CSOCK_NAME", path, 1), 0);
	assert_int_equal(setenv("BIN", world->bin, 1), 0);
	assert_int_equal(setenv("DIR", world->dir, 1), 0);
	(void)snprintf(path, sizeof(path), "%s/clock-offset", world->dir);
	assert_int_equal(setenv("CK_CLOCK_OFFSET_FILE", path, 1), 0);
}

void
world_open_bare(struct world *world)
{
	memset(world, 0, sizeof(*world));
	find_places(world);
	(void)snprintf(world->dir, sizeof(world->dir), "/tmp/flow.XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	set_environment(world);
}

void
world_open(struct world *world)
{
	char command[1600];
	int tries;

	world_open_bare(world);
	(void)snprintf(command, sizeof(command),
	    "exec sh tests/system/world.sh %s %s", world->dir, world->bin);
	world->clinic = world_spawn(world, command);
	for (tries = 0; tries < 600 && !exists(world, "ready"); tries++) {
		assert_int_equal(waitpid(world->clinic, NULL, WNOHANG), 0);
		nap(100);
	}
	assert_true(exists(world, "ready"));
	world->gateway_port = read_number(world, "gateway.port");
}

void
world_close(struct world *world)
{
	char command[256];

	if (world->daemon != 0)
		(void)world_daemon_stop(world, SIGTERM);
	if (world->clinic != 0) {
		(void)kill(world->clinic, SIGTERM);
		(void)waitpid(world->clinic, NULL, 0);
	}
	if (getenv("FLOW_KEEP") == NULL) {
		(void)snprintf(command, sizeof(command), "rm -rf %s",
		    world->dir);
		assert_int_equal(system(command), 0);
	}
	memset(world, 0, sizeof(*world));
}

int
world_free_port(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(
	    bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(
	    getsockname(fd, (struct sockaddr *)&address, &len), 0);
	(void)close(fd);

	return ntohs(address.sin_port);
}

static void
write_configuration(const struct world *world, const char *extra)
{
	char path[512], url[160];
	FILE *file;

	(void)snprintf(url, sizeof(url), "http://127.0.0.1:%d",
	    world->gateway_port);

	(void)snprintf(path, sizeof(path), "%s/password", world->dir);
	file = fopen(path, "we");
	assert_non_null(file);
	(void)fprintf(file, "practice-password\n");
	(void)fclose(file);
	assert_int_equal(chmod(path, 0600), 0);
	(void)snprintf(path, sizeof(path), "%s/checkind.conf", world->dir);
	file = fopen(path, "we");
	assert_non_null(file);
	(void)fprintf(file,
	    "[clinic]\nfacility = 84001\nstation = flow\n"
	    "[state]\ndirectory = %s/state\n"
	    "[http]\nport = %d\n"
	    "[gateway]\nurl = %s\nuser = 84001_BV\n"
	    "password_file = %s/password\n"
	    "[reader]\ntrust_directory = %s/trust\n"
	    "[operator]\nname = " WORLD_OPERATOR "\nnumber = "
	    WORLD_OPERATOR_NUMBER "\n%s\n",
	    world->dir, world->port, world->gateway_url[0] != '\0' ?
	    world->gateway_url : url, world->dir,
	    world->dir, extra == NULL ? "" : extra);
	(void)fclose(file);
}

/* Start, and wait until path answers 200. */
static void
start_daemon(struct world *world, const char *extra, const char *path)
{
	char command[1600];
	int tries;

	if (world->port == 0)
		world->port = world_free_port();
	write_configuration(world, extra);
	(void)snprintf(command, sizeof(command), "mkdir -p -m 700 %s/state && "
	    "exec %s/checkind -c %s/checkind.conf 2>>%s/checkind.log",
	    world->dir, world->bin, world->dir, world->dir);
	world->daemon = world_spawn(world, command);
	for (tries = 0; tries < 1000; tries++) {
		struct reply reply;
		long status;

		assert_int_equal(waitpid(world->daemon, NULL, WNOHANG), 0);
		reply = world_http(world, "GET", path, NULL, NULL);
		status = reply.status;
		reply_free(&reply);
		if (status == 200)
			return;
		nap(10);
	}
	fail_msg("checkind did not become ready; see %s", world->dir);
}

void
world_daemon_start(struct world *world, const char *extra)
{
	start_daemon(world, extra, "/readyz");
}

void
world_daemon_start_blind(struct world *world, const char *extra)
{
	start_daemon(world, extra, "/livez");
}

int
world_daemon_stop(struct world *world, int signal_number)
{
	int status = -1, tries;

	assert_int_not_equal(world->daemon, 0);
	(void)kill(world->daemon, signal_number);
	for (tries = 0; tries < 1000; tries++) {
		if (waitpid(world->daemon, &status, WNOHANG) != 0)
			break;
		nap(10);
	}
	if (tries == 1000) {
		(void)kill(world->daemon, SIGKILL);
		(void)waitpid(world->daemon, NULL, 0);
		world->daemon = 0;
		fail_msg("checkind did not end within 10 s");
	}
	world->daemon = 0;

	return status;
}

int
world_run(const struct world *world, const char *command, char **output)
{
	char line[4096];
	size_t used = 0, cap = 65536;
	char *text = calloc(1, cap);
	FILE *pipe;
	int status;

	assert_non_null(text);
	(void)snprintf(line, sizeof(line), "cd %s && %s", world->root,
	    command);
	pipe = popen(line, "re");
	assert_non_null(pipe);
	while (used < cap - 1) {
		size_t got = fread(text + used, 1, cap - 1 - used, pipe);

		if (got == 0)
			break;
		used += got;
	}
	status = pclose(pipe);
	if (output != NULL)
		*output = text;
	else
		free(text);

	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* One line to the control socket, one line back. */
static void
card_line(const struct world *world, const char *line, char *answer,
    size_t size)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t used = 0;

	(void)snprintf(address.sun_path, sizeof(address.sun_path),
	    "%s/card.sock", world->dir);
	assert_int_equal(
	    connect(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(dprintf(fd, "%s\n", line), (int)strlen(line) + 1);
	while (used < size - 1) {
		ssize_t got = read(fd, answer + used, size - 1 - used);

		if (got <= 0)
			break;
		used += (size_t)got;
		if (answer[used - 1] == '\n')
			break;
	}
	answer[used] = '\0';
	(void)close(fd);
}

void
world_card(const struct world *world, const char *line)
{
	char answer[512];

	card_line(world, line, answer, sizeof(answer));
	if (strncmp(answer, "ok", 2) != 0)
		fail_msg("sim-card: \"%s\": %s", line, answer);
}

json_t *
world_card_json(const struct world *world, const char *line)
{
	size_t size = 1024 * 1024;
	char *answer = malloc(size);
	json_t *json;

	assert_non_null(answer);
	card_line(world, line, answer, size);
	assert_int_equal(strncmp(answer, "ok ", 3), 0);
	json = json_loads(answer + 3, 0, NULL);
	assert_non_null(json);
	free(answer);

	return json;
}

json_t *
world_person(const struct world *world, const char *label)
{
	char line[64];

	(void)snprintf(line, sizeof(line), "person %s", label);

	return world_card_json(world, line);
}
