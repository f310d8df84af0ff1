/*
 * empty.c - the baseline: a libmicrohttpd handler that does nothing
 *
 * bench-empty PORT
 *
 * epoll, two threads, keep-alive, as checkind's own server; reads the body and
 * answers 200 with a few bytes. Ends with its standard input.
 */
#include <microhttpd.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum MHD_Result
handle(void *cls, struct MHD_Connection *connection, const char *url,
    const char *method, const char *version, const char *data, size_t *size,
    void **state)
{
	static char answer[] = "{}";
	static int seen;
	struct MHD_Response *response;
	enum MHD_Result result;

	(void)cls;
	(void)url;
	(void)method;
	(void)version;
	(void)data;
	if (*state == NULL) {
		*state = &seen;
		return MHD_YES;
	}
	if (*size > 0) {
		*size = 0;
		return MHD_YES;
	}
	response = MHD_create_response_from_buffer(sizeof(answer) - 1, answer,
	    MHD_RESPMEM_PERSISTENT);
	result = MHD_queue_response(connection, MHD_HTTP_OK, response);
	MHD_destroy_response(response);

	return result;
}

int
main(int argc, char **argv)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	struct MHD_Daemon *server;
	char byte;

	if (argc != 2)
		return 2;
	address.sin_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	server = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL,
	    handle, NULL, MHD_OPTION_SOCK_ADDR, &address,
	    MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
	if (server == NULL) {
		perror("bench-empty");
		return 1;
	}
	while (read(STDIN_FILENO, &byte, 1) > 0)
		continue;
	MHD_stop_daemon(server);

	return 0;
}
