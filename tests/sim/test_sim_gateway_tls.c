/*
 * test_sim_gateway_tls.c - the simulated gateway over HTTPS
 *
 * Asked by the curl command, with certificates of the openssl command.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/desk.h"

static char directory[] = "/tmp/sim-tls-XXXXXX";

/* Two keys, each with a certificate that it has signed itself. */
static int
make_certificates(void **state)
{
	static const char *const names[] = { "one", "other" };
	char command[512];
	size_t i;

	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	for (i = 0; i < 2; i++) {
		(void)snprintf(command, sizeof(command), "cd %s && openssl "
		    "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 "
		    "-nodes -keyout %s.key -out %s.pem -days 2 -subj /CN=sim "
		    "-addext subjectAltName=IP:127.0.0.1 2>/dev/null",
		    directory, names[i], names[i]);
		if (system(command) != 0)
			return -1;
	}
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

static void
use(struct sim_gateway_config *config, const char *cert, const char *key)
{
	sim_gateway_defaults(config);
	(void)snprintf(config->tls_cert, sizeof(config->tls_cert), "%s/%s",
	    directory, cert);
	(void)snprintf(config->tls_key, sizeof(config->tls_key), "%s/%s",
	    directory, key);
}

static int
open_desk(void **state)
{
	struct sim_gateway_config config;

	use(&config, "one.pem", "one.key");
	return desk_start(state, &config);
}

/* Log in with the curl command; its exit status. */
static int
curl_log_in(const struct desk *desk, const char *scheme, const char *ca)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "curl -s -f -m 20 --cacert "
	    "%s/%s -d '" LOG_IN "' %s://127.0.0.1:%u" TAKE
	    " | grep -q '\"maKetQua\":\"200\"'", directory, ca, scheme,
	    (unsigned)sim_gateway_port(desk->gateway));
	return system(command);
}

static void
who_trusts_the_certificate_is_served(void **state)
{
	struct desk *desk = *state;

	assert_int_equal(curl_log_in(desk, "https", "one.pem"), 0);
	assert_int_not_equal(curl_log_in(desk, "https", "other.pem"), 0);
	assert_int_not_equal(curl_log_in(desk, "http", "one.pem"), 0);
}

static void
what_is_no_pair_is_refused_at_the_start(void **state)
{
	static const char *const pairs[][2] = {
		{ "one.pem", "other.key" }, { "one.key", "one.pem" },
		{ "one.pem", "none.key" }, { "none.pem", "one.key" }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		struct sim_gateway_config config;

		use(&config, pairs[i][0], pairs[i][1]);
		assert_null(sim_gateway_start(&config));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    who_trusts_the_certificate_is_served, open_desk,
		    desk_close),
		cmocka_unit_test(what_is_no_pair_is_refused_at_the_start)
	};

	return cmocka_run_group_tests(tests, make_certificates,
	    remove_certificates);
}
