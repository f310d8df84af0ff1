/*
 * pg_server.h - a private PostgreSQL server for tests
 *
 * A cluster of its own in a temporary directory, on a unix socket only,
 * without fsync: it lives as long as the test. PostgreSQL refuses root, so
 * root runs it as nobody. Without the server's programs the test fails: they
 * are in DEPS_CHECK.
 */
#ifndef TESTS_UNIT_PG_SERVER_H
#define TESTS_UNIT_PG_SERVER_H

#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PG_ROOT "/usr/lib/postgresql"

struct pg_server {
	char directory[64];	/* data/ and the socket */
	char programs[64];	/* initdb, postgres */
	pid_t pid;		/* 0: it does not run */
};

/* The newest version that is installed. */
static inline bool
pg_find_programs(struct pg_server *server)
{
	DIR *root = opendir(PG_ROOT);
	struct dirent *entry;
	int newest = 0;

	while (root != NULL && (entry = readdir(root)) != NULL) {
		int version = (int)strtol(entry->d_name, NULL, 10);

		newest = version > newest ? version : newest;
	}
	if (root != NULL)
		(void)closedir(root);
	(void)snprintf(server->programs, sizeof(server->programs),
	    PG_ROOT "/%d/bin", newest);

	return newest > 0;
}

/* In the child: become nobody, be quiet, run. */
static inline void
pg_exec(const struct pg_server *server, char *const argv[])
{
	const struct passwd *nobody = getpwnam("nobody");
	char log[96];
	int fd;

	(void)snprintf(log, sizeof(log), "%s/log", server->directory);
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0666);
	(void)dup2(fd, STDOUT_FILENO);
	(void)dup2(fd, STDERR_FILENO);
	if (geteuid() == 0 && (nobody == NULL ||
	    setgid(nobody->pw_gid) != 0 || setuid(nobody->pw_uid) != 0))
		_exit(126);
	/* Not the sanitizers' preloaded library. */
	(void)unsetenv("LD_PRELOAD");
	(void)execv(argv[0], argv);
	_exit(127);
}

static inline bool
pg_run(const struct pg_server *server, char *const argv[])
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		pg_exec(server, argv);

	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

/* Where clients connect, as ck_sql_open() takes it. */
static inline const char *
pg_where(const struct pg_server *server, char out[160])
{
	(void)snprintf(out, 160, "host=%s user=checkin dbname=postgres",
	    server->directory);

	return out;
}

static inline bool
pg_wait_ready(const struct pg_server *server)
{
	char program[96], host[96];
	char *argv[] = { program, (char[]){ "-q" }, (char[]){ "-h" }, host,
	    NULL };
	int tries;

	(void)snprintf(program, sizeof(program), "%s/pg_isready",
	    server->programs);
	(void)snprintf(host, sizeof(host), "%s", server->directory);
	for (tries = 0; tries < 600; tries++) {
		if (pg_run(server, argv))
			return true;
		(void)usleep(50000);
	}

	return false;
}

/* Start, or start again after pg_kill(). */
static inline bool
pg_start(struct pg_server *server)
{
	char program[96], data[96], socket[128];
	char *argv[] = { program, (char[]){ "-D" }, data, (char[]){ "-k" },
	    socket, (char[]){ "-c" }, (char[]){ "listen_addresses=" },
	    (char[]){ "-c" }, (char[]){ "fsync=off" }, (char[]){ "-c" },
	    (char[]){ "max_connections=20" }, NULL };

	(void)snprintf(program, sizeof(program), "%s/postgres",
	    server->programs);
	(void)snprintf(data, sizeof(data), "%s/data", server->directory);
	(void)snprintf(socket, sizeof(socket), "%s", server->directory);
	if ((server->pid = fork()) == 0)
		pg_exec(server, argv);

	return server->pid > 0 && pg_wait_ready(server);
}

/* Make the cluster and start it. */
static inline bool
pg_make(struct pg_server *server)
{
	const struct passwd *nobody = getpwnam("nobody");
	char program[96], data[96];
	char *argv[] = { program, (char[]){ "-D" }, data, (char[]){ "-U" },
	    (char[]){ "checkin" }, (char[]){ "-A" }, (char[]){ "trust" },
	    (char[]){ "-E" }, (char[]){ "UTF8" }, (char[]){ "--locale=C" },
	    (char[]){ "-N" }, NULL };

	(void)snprintf(server->directory, sizeof(server->directory),
	    "/tmp/checkin-pg.XXXXXX");
	if (!pg_find_programs(server) || mkdtemp(server->directory) == NULL)
		return false;
	if (geteuid() == 0 && (nobody == NULL || chown(server->directory,
	    nobody->pw_uid, nobody->pw_gid) != 0))
		return false;
	(void)snprintf(program, sizeof(program), "%s/initdb",
	    server->programs);
	(void)snprintf(data, sizeof(data), "%s/data", server->directory);

	return pg_run(server, argv) && pg_start(server);
}

/* The process that runs the cluster, as it wrote down itself; 0: none. */
static inline pid_t
pg_running(const struct pg_server *server)
{
	char path[96], line[32] = "";
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/data/postmaster.pid",
	    server->directory);
	if ((file = fopen(path, "re")) == NULL)
		return 0;
	if (fgets(line, sizeof(line), file) == NULL)
		line[0] = '\0';
	(void)fclose(file);

	return (pid_t)strtol(line, NULL, 10);
}

/* Wait until a process that may be nobody's child here is gone. */
static inline void
pg_wait_gone(pid_t pid)
{
	int tries;

	(void)waitpid(pid, NULL, 0);
	for (tries = 0; tries < 200 && kill(pid, 0) == 0; tries++)
		(void)usleep(20000);
}

/* What a power cut does: the server dies in one instant. Its own children end
 * when they miss their parent. */
static inline void
pg_kill(struct pg_server *server)
{
	char path[96];

	(void)kill(server->pid, SIGKILL);
	pg_wait_gone(server->pid);
	server->pid = 0;
	/* The next start must not take the old lock for a living server. */
	(void)snprintf(path, sizeof(path), "%s/data/postmaster.pid",
	    server->directory);
	(void)unlink(path);
	(void)usleep(200000);
}

/* End it and remove the cluster. */
static inline void
pg_remove(struct pg_server *server)
{
	char command[96];

	if (server->pid > 0) {
		(void)kill(server->pid, SIGQUIT);
		(void)waitpid(server->pid, NULL, 0);
	}
	(void)snprintf(command, sizeof(command), "rm -rf %s",
	    server->directory);
	if (system(command) != 0)
		(void)fprintf(stderr, "%s stays\n", server->directory);
}

#endif /* TESTS_UNIT_PG_SERVER_H */
