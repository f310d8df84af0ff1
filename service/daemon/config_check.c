/*
 * config_check.c - [http] and [collector]: who may come in, where we go
 */
#include <stddef.h>
#include <string.h>

#include "daemon/config.h"
#include "daemon/config_check.h"
#include "daemon/secret.h"

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool
ck_config_url_is_loopback(const char *url)
{
	const char *host = strstr(url, "://") + 3;
	size_t len = host[0] == '[' ? strcspn(host, "]") + 1 :
	    strcspn(host, ":/");

	return (starts_with(host, "127.") &&
	    strspn(host, "0123456789.") == len) ||
	    (len == 9 && starts_with(host, "localhost")) ||
	    (len == 5 && starts_with(host, "[::1]"));
}

/* One of two that only make sense together. */
static bool
is_half(const char *a, const char *b)
{
	return (a[0] == '\0') != (b[0] == '\0');
}

static void
check_http(struct ck_config *config, ck_config_refuse_fn refuse, void *ctx)
{
	if (config->feed_token_file[0] != '\0' &&
	    ck_secret_read(config->feed_token_file, CK_TOKEN_MIN,
	    config->feed_token, sizeof(config->feed_token)) != CK_OK)
		refuse(ctx, NULL);
	if (config->feed_token[0] != '\0' &&
	    strcmp(config->feed_token, config->token) == 0)
		refuse(ctx, "[http] feed_token_file holds the same token as "
		    "token_file: it must be one of its own, for it may read "
		    "figures only");
	if (is_half(config->http_certificate, config->http_key))
		refuse(ctx, "[http] certificate and key must be set "
		    "together");
	if (is_half(config->http_client_ca, config->feed_clients))
		refuse(ctx, "[http] client_ca and feed_clients must be set "
		    "together: the names that may read figures");
	if (config->http_client_ca[0] != '\0' &&
	    config->http_certificate[0] == '\0')
		refuse(ctx, "[http] client_ca is set, but not certificate and "
		    "key: client certificates need TLS");
	if (!ck_config_listens_on_loopback(config) && !config->behind_proxy &&
	    config->http_certificate[0] == '\0')
		refuse(ctx, "[http] listen is not a loopback address: set "
		    "[http] certificate and key, or everybody on the network "
		    "could read the token and the patients on the way; "
		    "behind_proxy = yes if a proxy speaks TLS for us");
}

/* Figures name nobody, but the token on the way would let others in. */
static void
check_collector(struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	if (config->collector_token_file[0] != '\0' &&
	    ck_secret_read(config->collector_token_file, CK_TOKEN_MIN,
	    config->collector_token, sizeof(config->collector_token)) !=
	    CK_OK)
		refuse(ctx, NULL);
	if (config->collector_client_key[0] != '\0' &&
	    config->collector_client_certificate[0] == '\0')
		refuse(ctx, "[collector] client_key is set, but not "
		    "client_certificate");
	if (config->collector_url[0] == '\0')
		return;
	if (config->practice)
		refuse(ctx, "[collector] url is set in practice mode: "
		    "practice figures never leave this computer");
	if (starts_with(config->collector_url, "http://") &&
	    !ck_config_url_is_loopback(config->collector_url))
		refuse(ctx, "[collector] url must begin with https://, "
		    "or anybody on the way could read the token");
	if (config->collector_token_file[0] == '\0' &&
	    config->collector_client_certificate[0] == '\0')
		refuse(ctx, "[collector] url is set: set token_file or "
		    "client_certificate as well, as the province gave it");
}

void
ck_config_check_network(struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	check_http(config, refuse, ctx);
	check_collector(config, refuse, ctx);
}
