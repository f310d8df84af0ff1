/*
 * start.c - how long a daemon takes from exec to ready
 *
 * bench-start PORT COMMAND [ARGUMENT...]
 *
 * Starts COMMAND, asks GET /readyz until it answers 200, prints the
 * milliseconds, and ends it with SIGTERM.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Longer than this is a daemon that does not start. */
#define LIMIT_MS 10000.0

static double
now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);

	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static bool
is_ready(uint16_t port)
{
	static const char request[] = "GET /readyz HTTP/1.1\r\n"
	    "Host: 127.0.0.1\r\nConnection: close\r\n\r\n";
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(port)
	};
	char answer[64] = "";
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ready;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ready = connect(fd, (struct sockaddr *)&address,
	    sizeof(address)) == 0 &&
	    write(fd, request, sizeof(request) - 1) > 0 &&
	    read(fd, answer, sizeof(answer) - 1) > 0 &&
	    strstr(answer, " 200 ") != NULL;
	(void)close(fd);

	return ready;
}

int
main(int argc, char **argv)
{
	const struct timespec pause = { 0, 1000000 };
	double begin = now_ms();
	uint16_t port;
	pid_t pid;

	if (argc < 3)
		return 2;
	port = (uint16_t)strtoul(argv[1], NULL, 10);
	if ((pid = fork()) == 0) {
		(void)execv(argv[2], argv + 2);
		_exit(127);
	}
	while (!is_ready(port) && now_ms() - begin < LIMIT_MS)
		(void)nanosleep(&pause, NULL);
	(void)printf("%.1f\n", now_ms() - begin);
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, NULL, 0);

	return 0;
}
