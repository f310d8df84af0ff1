/*
 * collector_client.c - the way to the province's collector
 */
#include <openssl/crypto.h>

#include <stdio.h>

#include "daemon/config.h"
#include "io/client.h"
#include "push/collector_client.h"

/* The province's line is no worse than the gateway's. */
#define CONNECT_TIMEOUT_MS 10000
#define TIMEOUT_MS 60000

/* An answer has some short members; a problem document some sentences. */
#define ANSWER_MAX 65536

enum ck_err
ck_collector_client_new(struct ck_client **out, struct ck_loop *loop,
    const struct ck_config *config)
{
	char line[sizeof(config->collector_token) + 32] = "";
	const char *const headers[] = {
		config->collector_token[0] != '\0' ? line : NULL, NULL
	};
	const struct ck_client_options options = {
		.ca_file = config->collector_ca_file,
		.proxy = config->collector_proxy,
		.headers = headers,
		.cert_file = config->collector_client_certificate,
		.key_file = config->collector_client_key,
		.connect_timeout_ms = CONNECT_TIMEOUT_MS,
		.timeout_ms = TIMEOUT_MS, .answer_max = ANSWER_MAX
	};
	enum ck_err err;

	(void)snprintf(line, sizeof(line), "Authorization: Bearer %s",
	    config->collector_token);
	err = ck_client_new(out, loop, &options);
	OPENSSL_cleanse(line, sizeof(line));

	return err;
}
