/*
 * test_route_out.c - the ways out to the gateway: TLS, client certificate,
 * platform headers, proxy with and without login, an address of ours
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ck/clock.h"
#include "io/client.h"
#include "io/loop.h"
#include "proxy_server.h"
#include "tls_front.h"
#include "tls_server.h"

#define ANSWER "HTTP/1.1 200 OK\r\nDate: Mon, 23 Nov 2026 03:51:20 GMT\r\n" \
	"Content-Length: 2\r\nConnection: close\r\n\r\n{}"

/* printf clinic:hunter2 | base64 */
#define LOGIN "Y2xpbmljOmh1bnRlcjI="

static char directory[] = "/tmp/ck-route-XXXXXX";
static char good_pem[64], elsewhere_pem[64], client_pem[64], client_key[64];

struct fixture {
	struct tls_server server;
	struct ck_loop *loop;
	struct ck_timer *guard;
	struct ck_client_options options;
	struct ck_client_answer answer;
	unsigned ended;
};

static int
make_certificates(void **state)
{
	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	tls_make(directory, "good", "127.0.0.1");
	tls_make(directory, "other", "127.0.0.1");
	tls_make(directory, "elsewhere", "192.0.2.1");
	tls_make(directory, "client", "127.0.0.1");
	(void)snprintf(good_pem, sizeof(good_pem), "%s/good.pem", directory);
	(void)snprintf(elsewhere_pem, sizeof(elsewhere_pem), "%s/elsewhere.pem",
	    directory);
	(void)snprintf(client_pem, sizeof(client_pem), "%s/client.pem",
	    directory);
	(void)snprintf(client_key, sizeof(client_key), "%s/client.key",
	    directory);

	return 0;
}

static int
remove_certificates(void **state)
{
	char command[64];

	(void)state;
	(void)snprintf(command, sizeof(command), "rm -r %s", directory);

	return system(command);
}

static int
set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));

	assert_non_null(fixture);
	assert_int_equal(
	    ck_loop_new(&fixture->loop, ck_clock_system()), CK_OK);
	fixture->options = (struct ck_client_options){
		.ca_file = good_pem, .connect_timeout_ms = 5000,
		.timeout_ms = 5000, .answer_max = 65536
	};
	*state = fixture;

	return 0;
}

static int
tear_down(void **state)
{
	struct fixture *fixture = *state;

	ck_loop_free(&fixture->loop);
	free(fixture);

	return 0;
}

static void
on_guard(void *ctx)
{
	ck_loop_stop(((struct fixture *)ctx)->loop);
}

static void
on_end(void *ctx, const struct ck_client_answer *answer)
{
	struct fixture *fixture = ctx;

	fixture->ended++;
	fixture->answer = *answer;
	ck_loop_stop(fixture->loop);
}

/* POST once to this port, with the options as they stand. */
static enum ck_client_end
post(struct fixture *fixture, const char *scheme, uint16_t port)
{
	struct ck_client_post request = {
		.content_type = "application/json",
		.body = ck_span_str("{\"a\":1}")
	};
	struct ck_client *client = NULL;
	char url[64];

	(void)snprintf(url, sizeof(url), "%s://127.0.0.1:%u/api", scheme,
	    port);
	request.url = url;
	fixture->ended = 0;
	assert_int_equal(ck_client_new(&client, fixture->loop,
	    &fixture->options), CK_OK);
	assert_int_equal(ck_client_post(client, &request, on_end, fixture,
	    NULL), CK_OK);
	assert_int_equal(ck_loop_timer(fixture->loop, 20000, on_guard,
	    fixture, &fixture->guard), CK_OK);
	assert_int_equal(ck_loop_run(fixture->loop), CK_OK);
	ck_loop_timer_cancel(&fixture->guard);
	ck_client_free(&client);
	assert_int_equal(fixture->ended, 1);

	return fixture->answer.end;
}

/* --- TLS ------------------------------------------------------------------ */

static void
a_trusted_certificate_lets_through(void **state)
{
	struct fixture *fixture = *state;

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_ANSWERED);
	assert_int_equal(fixture->answer.status, 200);
	assert_memory_equal(fixture->server.request,
	    "POST /api HTTP/1.1\r\n", 20);
	/* The server's clock, and our own side of the line. */
	assert_int_equal(fixture->answer.date_ms, INT64_C(1795405880000));
	assert_string_equal(fixture->answer.local_address, "127.0.0.1");
	assert_true(fixture->answer.connected);
	tls_stop(&fixture->server);
}

static void
a_certificate_of_somebody_else_does_not(void **state)
{
	struct fixture *fixture = *state;

	tls_start(&fixture->server, directory, "other", NULL, ANSWER);
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_TLS);
	assert_int_equal(fixture->server.served, 0);
	tls_stop(&fixture->server);
	/* Nor one that is trusted, but for another address. */
	tls_start(&fixture->server, directory, "elsewhere", NULL, ANSWER);
	fixture->options.ca_file = elsewhere_pem;
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_TLS);
	tls_stop(&fixture->server);
}

static void
a_missing_file_of_certificates_trusts_nobody(void **state)
{
	struct fixture *fixture = *state;

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	fixture->options.ca_file = "/nonexistent/ca.pem";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_TLS);
	assert_int_equal(fixture->server.served, 0);
	tls_stop(&fixture->server);
}

static void
a_platform_gets_its_certificate_and_headers(void **state)
{
	static const char *const headers[] = {
		"X-Lgsp-Key: hunter2", "Authorization: Basic aGVsbG8=", NULL
	};
	struct fixture *fixture = *state;

	tls_start(&fixture->server, directory, "good", client_pem, ANSWER);
	fixture->options.headers = headers;
	fixture->options.cert_file = client_pem;
	fixture->options.key_file = client_key;
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_ANSWERED);
	assert_non_null(strstr(fixture->server.request,
	    "\r\nX-Lgsp-Key: hunter2\r\n"));
	assert_non_null(strstr(fixture->server.request,
	    "\r\nAuthorization: Basic aGVsbG8=\r\n"));
	/* Without it the platform does not let us in. */
	fixture->options.cert_file = NULL;
	fixture->options.key_file = NULL;
	assert_int_not_equal(post(fixture, "https",
	    fixture->server.raw.port), CK_CLIENT_ANSWERED);
	assert_int_equal(fixture->server.served, 1);
	/* A key that cannot be read is a fault of the line's set-up. */
	fixture->options.cert_file = client_pem;
	fixture->options.key_file = "/nonexistent/key";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_TLS);
	tls_stop(&fixture->server);
}

/* --- Proxy ---------------------------------------------------------------- */

static void
use_proxy(struct fixture *fixture, const struct proxy_server *proxy,
    char url[64])
{
	(void)snprintf(url, 64, "http://127.0.0.1:%u", proxy->raw.port);
	fixture->options.proxy = url;
}

static void
a_proxy_tunnels_what_it_cannot_read(void **state)
{
	static const char *const headers[] = { "X-Lgsp-Key: hunter2", NULL };
	struct fixture *fixture = *state;
	struct proxy_server proxy;
	char url[64];

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	proxy_start(&proxy, NULL);
	use_proxy(fixture, &proxy, url);
	fixture->options.headers = headers;
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_ANSWERED);
	assert_int_equal(proxy.tunnels, 1);
	/* What is meant for the platform is not told to the proxy. */
	assert_null(strstr(proxy.request, "hunter2"));
	assert_non_null(strstr(fixture->server.request, "hunter2"));
	assert_int_equal(fixture->answer.date_ms, INT64_C(1795405880000));
	proxy_stop(&proxy);
	tls_stop(&fixture->server);
}

static void
a_proxy_never_sees_the_secrets_in_a_url(void **state)
{
	const struct raw_step step = { ANSWER, 0, RAW_CLOSE };
	struct fixture *fixture = *state;
	struct raw_server plain;
	struct proxy_server proxy;
	char url[64];

	/* Even without TLS it is asked for a tunnel, not for the URL. */
	raw_start(&plain);
	raw_script(&plain, &step, 1);
	proxy_start(&proxy, NULL);
	use_proxy(fixture, &proxy, url);
	assert_int_equal(post(fixture, "http", plain.port),
	    CK_CLIENT_ANSWERED);
	assert_int_equal(proxy.tunnels, 1);
	assert_memory_equal(proxy.request, "CONNECT 127.0.0.1:", 18);
	assert_null(strstr(proxy.request, "/api"));
	proxy_stop(&proxy);
	raw_stop(&plain);
}

static void
a_proxy_that_wants_a_login_gets_it(void **state)
{
	struct fixture *fixture = *state;
	struct proxy_server proxy;
	char url[64];

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	proxy_start(&proxy, LOGIN);
	use_proxy(fixture, &proxy, url);
	fixture->options.proxy_login = "clinic:hunter2";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_ANSWERED);
	assert_null(strstr(fixture->server.request, "Proxy-"));
	fixture->options.proxy_login = "clinic:wrong";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_PROXY);
	fixture->options.proxy_login = NULL;
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_PROXY);
	assert_int_equal(proxy.tunnels, 1);
	assert_int_equal(fixture->server.served, 1);
	proxy_stop(&proxy);
	tls_stop(&fixture->server);
}

static void
a_proxy_that_is_down_is_a_connect_failure(void **state)
{
	struct fixture *fixture = *state;
	struct proxy_server proxy;
	char url[64];

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	proxy_start(&proxy, NULL);
	proxy_stop(&proxy);
	use_proxy(fixture, &proxy, url);
	/* Never around it. */
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_CONNECT);
	assert_int_equal(fixture->server.served, 0);
	fixture->options.proxy = "http://no-such-host.invalid:3128";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_NAME);
	tls_stop(&fixture->server);
}

/* --- A proxy that is itself spoken to over TLS ---------------------------- */

static void
a_proxy_over_tls_tunnels_too(void **state)
{
	struct fixture *fixture = *state;
	struct proxy_server proxy;
	struct tls_front front;
	char url[64];

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	proxy_start(&proxy, LOGIN);
	tls_front_start(&front, directory, "good", proxy.raw.port);
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u",
	    front.server.raw.port);
	fixture->options.proxy = url;
	fixture->options.proxy_login = "clinic:hunter2";
	/* TLS of the gateway inside of the proxy's. */
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_ANSWERED);
	assert_int_equal(fixture->answer.status, 200);
	assert_memory_equal(proxy.request, "CONNECT 127.0.0.1:", 18);
	assert_null(strstr(proxy.request, "/api"));
	assert_null(strstr(fixture->server.request, "Proxy-"));
	fixture->options.proxy_login = "clinic:wrong";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_PROXY);
	assert_int_equal(proxy.tunnels, 1);
	tls_front_stop(&front);
	proxy_stop(&proxy);
	tls_stop(&fixture->server);
}

/* Whoever it is: it is told neither where we want to go nor its login. */
static void
a_proxy_whose_certificate_is_not_good_is_not_used(void **state)
{
	static const char *const names[] = { "other", "elsewhere" };
	struct fixture *fixture = *state;
	struct proxy_server proxy;
	struct tls_front front;
	char url[64];
	size_t i;

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	proxy_start(&proxy, LOGIN);
	fixture->options.proxy = url;
	fixture->options.proxy_login = "clinic:hunter2";
	for (i = 0; i < 2; i++) {
		fixture->options.ca_file = i == 0 ? good_pem : elsewhere_pem;
		tls_front_start(&front, directory, names[i], proxy.raw.port);
		(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u",
		    front.server.raw.port);
		assert_int_equal(post(fixture, "https",
		    fixture->server.raw.port), CK_CLIENT_TLS);
		tls_front_stop(&front);
	}
	/* Nor is a proxy that speaks no TLS spoken to without it. */
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u",
	    proxy.raw.port);
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_TLS);
	assert_null(strstr(proxy.request, "CONNECT"));
	assert_int_equal(proxy.tunnels, 0);
	assert_int_equal(fixture->server.served, 0);
	proxy_stop(&proxy);
	tls_stop(&fixture->server);
}

/* The tunnel verifies nothing for us: the gateway's certificate is. */
static void
behind_a_proxy_the_gateway_is_verified_all_the_same(void **state)
{
	struct fixture *fixture = *state;
	struct proxy_server proxy;
	struct tls_front front;
	char url[64];

	tls_start(&fixture->server, directory, "other", NULL, ANSWER);
	proxy_start(&proxy, NULL);
	tls_front_start(&front, directory, "good", proxy.raw.port);
	(void)snprintf(url, sizeof(url), "https://127.0.0.1:%u",
	    front.server.raw.port);
	fixture->options.proxy = url;
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_TLS);
	assert_int_equal(fixture->server.served, 0);
	tls_front_stop(&front);
	proxy_stop(&proxy);
	tls_stop(&fixture->server);
}

/* --- Our own address ------------------------------------------------------ */

static void
calls_go_out_from_the_address_that_is_set(void **state)
{
	struct fixture *fixture = *state;

	tls_start(&fixture->server, directory, "good", NULL, ANSWER);
	fixture->options.source_address = "127.0.0.77";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_ANSWERED);
	assert_string_equal(fixture->answer.local_address, "127.0.0.77");
	/* An address that is not ours: not sent from another one. */
	fixture->options.source_address = "192.0.2.7";
	assert_int_equal(post(fixture, "https", fixture->server.raw.port),
	    CK_CLIENT_CONNECT);
	assert_int_equal(fixture->server.served, 1);
	tls_stop(&fixture->server);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_trusted_certificate_lets_through),
		TEST(a_certificate_of_somebody_else_does_not),
		TEST(a_missing_file_of_certificates_trusts_nobody),
		TEST(a_platform_gets_its_certificate_and_headers),
		TEST(a_proxy_tunnels_what_it_cannot_read),
		TEST(a_proxy_never_sees_the_secrets_in_a_url),
		TEST(a_proxy_that_wants_a_login_gets_it),
		TEST(a_proxy_that_is_down_is_a_connect_failure),
		TEST(a_proxy_over_tls_tunnels_too),
		TEST(a_proxy_whose_certificate_is_not_good_is_not_used),
		TEST(behind_a_proxy_the_gateway_is_verified_all_the_same),
		TEST(calls_go_out_from_the_address_that_is_set),
	};

	return cmocka_run_group_tests_name("route_out", tests,
	    make_certificates, remove_certificates);
}
