/*
 * test_server_memory.c - what a request held is gone when it has been answered
 *
 * Hospital software sends account and password in URLs and headers, pages send
 * names and numbers in bodies. After the answer this process's own memory is
 * searched for them, libmicrohttpd's part of it too.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <inttypes.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ck/clock.h"
#include "http/request.h"
#include "io/json.h"
#include "io/loop.h"
#include "io/server.h"

/* The secrets stand nowhere in clear but in a request. */
#define MASK 0x5a
#define SECRET_LEN 24

/* The third letter of each, a rare one, so that the search may run. */
#define MARK '~'

/* Larger mappings are the sanitizers' shadow, which holds no bytes of ours. */
#define MAPPING_MAX (UINT64_C(1) << 30)

/* How often it is looked again: the server tidies up behind its answer. */
#define LOOKS 100
#define LOOK_US 50000

static unsigned char masked[3][SECRET_LEN];	/* of query, header, body */

static struct {
	struct ck_loop *loop;
	struct ck_server *server;
	pthread_t core;
	unsigned good;		/* requests that came with all three */
} world;

/* Compared without a copy: the test must not be what is found. */
static bool
is_secret(const char *text, unsigned number)
{
	size_t i;

	if (text == NULL)
		return false;
	for (i = 0; i < SECRET_LEN; i++) {
		if (((unsigned char)text[i] ^ MASK) != masked[number][i])
			return false;
	}

	return text[SECRET_LEN] == '\0';
}

static void
take(void *ctx, struct ck_request *request)
{
	(void)ctx;
	world.good += is_secret(ck_request_query(request, "password"), 0) &&
	    is_secret(ck_request_header(request, "passwordHash"), 1) &&
	    is_secret(ck_json_text(ck_request_json(request), "name"), 2);
	ck_request_reply_empty(request, 204);
}

static const struct ck_route routes[] = {
	{ "POST", "/take", CK_ON_CORE, CK_BODY_JSON, false, take }
};

static void *
run_core(void *ctx)
{
	return ck_loop_run(world.loop) == CK_OK ? NULL : ctx;
}

/* Secrets that nobody has seen yet. */
static void
draw(void)
{
	unsigned i, j;

	for (i = 0; i < 3; i++) {
		arc4random_buf(masked[i], SECRET_LEN);
		for (j = 0; j < SECRET_LEN; j++)
			masked[i][j] = (unsigned char)
			    (('a' + masked[i][j] % 26) ^ MASK);
		masked[i][2] = MARK ^ MASK;
	}
}

static int
start(void **state)
{
	const struct ck_server_options options = {
		.listen = "127.0.0.1", .token = "", .allowed_hosts = "",
		.routes = routes, .route_count = 1, .ctx = &world
	};
	struct ck_server_options use = options;

	(void)state;
	memset(&world, 0, sizeof(world));
	if (ck_loop_new(&world.loop, ck_clock_system()) != CK_OK)
		return -1;
	use.loop = world.loop;
	if (ck_server_start(&world.server, &use) != CK_OK)
		return -1;

	return pthread_create(&world.core, NULL, run_core, &world);
}

static int
stop(void **state)
{
	void *failed = NULL;

	(void)state;
	ck_loop_stop(world.loop);
	(void)pthread_join(world.core, &failed);
	ck_server_stop(&world.server);
	ck_loop_free(&world.loop);

	return failed == NULL ? 0 : -1;
}

/* --- Sending -------------------------------------------------------------- */

static size_t
add(char *out, size_t at, const char *text)
{
	memcpy(out + at, text, strlen(text));

	return at + strlen(text);
}

/* The first two letters percent-encoded, as software does with any. */
static size_t
add_secret(char *out, size_t at, unsigned number, bool encoded)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t i;

	for (i = 0; i < SECRET_LEN; i++) {
		unsigned char byte = masked[number][i] ^ MASK;

		if (encoded && i < 2) {
			out[at++] = '%';
			out[at++] = digits[byte >> 4];
			out[at++] = digits[byte & 15];
		} else {
			out[at++] = (char)byte;
		}
	}

	return at;
}

static int
dial(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET,
		.sin_port = htons(ck_server_port(world.server)),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);

	return fd;
}

/* One request, built on a page that is given back. */
static void
say(int fd, const char *header)
{
	char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char rest[128];
	size_t at = 0;

	assert_ptr_not_equal(page, MAP_FAILED);
	(void)snprintf(rest, sizeof(rest), " HTTP/1.1\r\nHost: 127.0.0.1:%u"
	    "\r\nContent-Type: application/json\r\nContent-Length: %d\r\n",
	    ck_server_port(world.server), SECRET_LEN + 11);
	at = add(page, at, "POST /take?token=x&password=");
	at = add_secret(page, at, 0, true);
	at = add(page, at, rest);
	at = add(page, at, header);
	at = add(page, at, "passwordHash: ");
	at = add_secret(page, at, 1, false);
	at = add(page, at, "\r\n\r\n{\"name\":\"");
	at = add_secret(page, at, 2, false);
	at = add(page, at, "\"}");
	assert_int_equal(send(fd, page, at, MSG_NOSIGNAL), (ssize_t)at);
	assert_int_equal(munmap(page, 4096), 0);
}

static void
hear(int fd)
{
	char answer[1024];

	assert_true(recv(fd, answer, sizeof(answer), 0) > 0);
	assert_memory_equal(answer, "HTTP/1.1 204 ", 13);
}

static void
ask(int fd)
{
	say(fd, "");
	hear(fd);
}

/* Libraries bind a function when it is first called, and the loader keeps
 * registers on the stack meanwhile: not with secrets that are looked for. */
static int
start_warm(void **state)
{
	int fd;

	if (start(state) != 0)
		return -1;
	draw();
	fd = dial();
	ask(fd);
	(void)close(fd);
	fd = dial();
	say(fd, "Connection: close\r\n");
	hear(fd);
	(void)close(fd);
	draw();
	world.good = 0;

	return 0;
}

/* --- Searching ------------------------------------------------------------ */

/* The part behind the mark, which is never encoded; of which secret? */
static bool
is_part(const unsigned char *bytes, unsigned number)
{
	size_t i;

	for (i = 2; i < SECRET_LEN; i++) {
		if ((bytes[i - 2] ^ MASK) != masked[number][i])
			return false;
	}

	return true;
}

/* 0, 1 or 2; -1: none of them is there. */
static int
secret_in(const unsigned char *bytes, size_t len)
{
	const unsigned char *end = bytes + len, *at = bytes;

	while ((at = memchr(at, MARK, (size_t)(end - at))) != NULL &&
	    end - at >= SECRET_LEN - 2) {
		unsigned i;

		for (i = 0; i < 3; i++) {
			if (is_part(at, i))
				return (int)i;
		}
		at++;
	}

	return -1;
}

/* Search one mapping that can be written to; prints where. */
static bool
mapping_holds(int memory, uint64_t from, uint64_t to, const char *line)
{
	static unsigned char *window;
	const size_t step = 1 << 20;
	bool found = false;
	uint64_t at;

	/* Mapped once, and never looked at itself. */
	if (window == NULL)
		window = mmap(NULL, step, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(window, MAP_FAILED);
	if ((uint64_t)(uintptr_t)window >= from &&
	    (uint64_t)(uintptr_t)window < to)
		return false;
	for (at = from; at < to; at += step - SECRET_LEN) {
		size_t len = to - at < step ? (size_t)(to - at) : step;
		ssize_t got = pread(memory, window, len, (off_t)at);
		int secret = got > 0 ? secret_in(window, (size_t)got) : -1;

		if (secret >= 0)
			print_message("secret %d in %s", secret, line);
		found = found || secret >= 0;
	}

	return found;
}

static bool
memory_holds(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
	char line[512], access[8];
	bool found = false;
	uint64_t from, to;

	assert_non_null(maps);
	assert_true(memory >= 0);
	while (fgets(line, sizeof(line), maps) != NULL) {
		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s", &from, &to,
		    access) == 3 && access[1] == 'w' &&
		    to - from < MAPPING_MAX &&
		    mapping_holds(memory, from, to, line))
			found = true;
	}
	(void)fclose(maps);
	(void)close(memory);

	return found;
}

static void
assert_gone(void)
{
	unsigned looks;

	for (looks = 0; looks < LOOKS && memory_holds(); looks++)
		(void)usleep(LOOK_US);
	assert_true(looks < LOOKS);
}

/* --- Tests ---------------------------------------------------------------- */

static void
a_closed_connection_leaves_nothing(void **state)
{
	int fd = dial();

	(void)state;
	ask(fd);
	(void)close(fd);
	assert_int_equal(world.good, 1);
	assert_gone();
}

static void
nor_does_one_that_stays_open(void **state)
{
	int fd = dial();

	(void)state;
	ask(fd);
	assert_int_equal(world.good, 1);
	assert_gone();
	ask(fd);
	assert_int_equal(world.good, 2);
	assert_gone();
	(void)close(fd);
}

/* As most hospital software asks. */
static void
nor_does_one_that_is_for_one_request(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, "Connection: close\r\n");
	hear(fd);
	(void)close(fd);
	assert_int_equal(world.good, 1);
	assert_gone();
}

/* Whoever asks is gone before the answer, or has not even asked to the end. */
static void
nor_does_one_that_breaks_off(void **state)
{
	int fd = dial();

	(void)state;
	say(fd, "");
	(void)close(fd);
	fd = dial();
	say(fd, "Content-Length: 5000\r\nConnection: close\r\n");
	(void)close(fd);
	fd = dial();
	say(fd, "Transfer-Encoding: chunked\r\n");
	(void)close(fd);
	assert_gone();
}

/* A search that finds nothing must be one that could. */
static void
the_search_finds_what_is_there(void **state)
{
	char *copy = calloc(1, SECRET_LEN + 1);

	(void)state;
	assert_non_null(copy);
	(void)add_secret(copy, 0, 2, false);
	assert_true(memory_holds());
	explicit_bzero(copy, SECRET_LEN);
	assert_false(memory_holds());
	free(copy);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start_warm, stop)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_search_finds_what_is_there),
		TEST(a_closed_connection_leaves_nothing),
		TEST(nor_does_one_that_stays_open),
		TEST(nor_does_one_that_is_for_one_request),
		TEST(nor_does_one_that_breaks_off),
	};

	return cmocka_run_group_tests_name("server_memory", tests, NULL,
	    NULL);
}
