/*
 * config_check.c - what is set must fit together, section by section
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "checkin/station.h"
#include "ck/hex.h"
#include "daemon/config.h"
#include "daemon/config_check.h"
#include "daemon/secret.h"
#include "receipt/chain.h"

static bool
starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

bool
ck_config_listens_on_loopback(const struct ck_config *config)
{
	return starts_with(config->listen, "127.") ||
	    strcmp(config->listen, "::1") == 0;
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
check_http(const struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	if (!ck_config_listens_on_loopback(config) &&
	    config->token_file[0] == '\0')
		refuse(ctx, "[http] listen is not a loopback address: set "
		    "[http] token_file as well, or everybody on the network "
		    "could see the patients");
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
check_collector(const struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
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

/* Practice and live never mix (design.md section 5, "Practice"). */
static void
check_practice(struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	if (config->practice && config->facility[0] == '\0')
		memcpy(config->facility, "00000", sizeof("00000"));
	if (config->facility[0] != '\0' &&
	    config->practice != (strcmp(config->facility, "00000") == 0))
		refuse(ctx, "[clinic] facility 00000 and [practice] "
		    "enabled = yes belong together: practice never counts for "
		    "a real clinic");
	if (config->practice && !ck_config_url_is_loopback(config->gateway_url))
		refuse(ctx, "[gateway] url must be a simulated gateway on "
		    "127.0.0.1, ::1 or localhost in practice mode");
	if (!config->practice && config->practice_socket[0] != '\0')
		refuse(ctx, "[practice] socket is set, but not [practice] "
		    "enabled = yes");
}

static void
check_check_in(const struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	const struct ck_episode_parts parts = {
		config->facility, { 2026, 12, 31 }, "x", 1
	};
	const struct ck_date today = { 2026, 12, 31 };
	char episode[sizeof(config->check_in_episode_rule)];
	enum ck_level level;

	if (!ck_station_level(config->check_in_level, today, &level))
		refuse(ctx, "[check_in] level: expected a list such as "
		    "\"2025-01-01 primary, 2026-07-01 basic-50-70\", days "
		    "rising");
	if (config->check_in_episode_rule[0] != '\0' &&
	    !ck_station_episode(config->check_in_episode_rule, &parts,
	    episode, sizeof(episode)))
		refuse(ctx, "[check_in] episode_rule: {number} must stand "
		    "in it; known besides are {facility}, {year}, {month}, "
		    "{day} and {patient}");
}

/* A file that is not set holds nothing; what ails one is told by its reader. */
static bool
read_secret(const char *file, size_t least, char *out, size_t size)
{
	return file[0] == '\0' ||
	    ck_secret_read(file, least, out, size) == CK_OK;
}

static void
check_secrets(struct ck_config *config, ck_config_refuse_fn refuse, void *ctx)
{
	bool good = read_secret(config->token_file, CK_TOKEN_MIN,
	    config->token, sizeof(config->token));

	good &= read_secret(config->gateway_password_file, 1,
	    config->gateway_password, sizeof(config->gateway_password));
	good &= read_secret(config->gateway_proxy_login_file, 3,
	    config->gateway_proxy_login,
	    sizeof(config->gateway_proxy_login));
	good &= read_secret(config->check_in_signature_password_file, 1,
	    config->check_in_signature_password,
	    sizeof(config->check_in_signature_password));
	good &= read_secret(config->feed_token_file, CK_TOKEN_MIN,
	    config->feed_token, sizeof(config->feed_token));
	good &= read_secret(config->collector_token_file, CK_TOKEN_MIN,
	    config->collector_token, sizeof(config->collector_token));
	if (config->gateway_headers_file[0] != '\0')
		good &= ck_secret_read_headers(config->gateway_headers_file,
		    config->gateway_headers,
		    sizeof(config->gateway_headers)) == CK_OK;
	if (!good)
		refuse(ctx, NULL);
}

/* Names the versions that are known, so that a typo can be mended. */
static void
refuse_version(enum ck_remote function, const char *version,
    ck_config_refuse_fn refuse, void *ctx)
{
	const struct ck_remote_row *row;
	char known[64] = "", words[256];
	size_t i;

	for (i = 0; (row = ck_remote_at(i)) != NULL; i++) {
		if (row->function != function)
			continue;
		strncat(known, " ", sizeof(known) - strlen(known) - 1);
		strncat(known, row->version,
		    sizeof(known) - strlen(known) - 1);
	}
	(void)snprintf(words, sizeof(words), "[gateway] %s_version: %s is not "
	    "known; known:%s. For a newer one set %s_path",
	    ck_remote_name(function), version, known,
	    ck_remote_name(function));
	refuse(ctx, words);
}

static void
check_versions(const struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	int i;

	for (i = 0; i < CK_REMOTES; i++) {
		if (ck_remote_find((enum ck_remote)i,
		    config->remotes[i].version) == NULL)
			refuse_version((enum ck_remote)i,
			    config->remotes[i].version, refuse, ctx);
	}
}

static void
check_gateway(const struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	check_versions(config, refuse, ctx);
	if ((config->gateway_user[0] == '\0') !=
	    (config->gateway_password_file[0] == '\0'))
		refuse(ctx, "[gateway] user and password_file must be set "
		    "together");
	if (config->gateway_client_key_file[0] != '\0' &&
	    config->gateway_client_cert_file[0] == '\0')
		refuse(ctx, "[gateway] client_key_file is set, but not "
		    "client_cert_file");
	if (config->gateway_proxy_login_file[0] != '\0' &&
	    config->gateway_proxy[0] == '\0')
		refuse(ctx, "[gateway] proxy_login_file is set, but not "
		    "proxy");
	if (config->gateway_proxy_login[0] != '\0' &&
	    strchr(config->gateway_proxy_login, ':') == NULL)
		refuse(ctx, "[gateway] proxy_login_file must hold "
		    "USER:PASSWORD");
	if (config->automatic_operator[0] != '\0' &&
	    ck_config_automatic_operator(config) == NULL)
		refuse(ctx, "[automatic] operator names nobody who has an "
		    "[operator] section");
}

/* What would only show when a patient has consented. */
static void
check_corrections(const struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	uint8_t key[CK_PUBLIC_LEN];

	if (config->corrections_answer_key[0] != '\0' && !ck_hex_read(
	    ck_span_str(config->corrections_answer_key), key, sizeof(key)))
		refuse(ctx, "[corrections] answer_key: expected 64 lower-case "
		    "hexadecimal digits, as 'checkin-province cases key' "
		    "prints them");
	if (config->corrections_office_certificate[0] != '\0' &&
	    config->corrections_answer_key[0] == '\0')
		refuse(ctx, "[corrections] office_certificate is set: set "
		    "answer_key as well, or nobody could tell whether the "
		    "office has a case");
}

void
ck_config_check(struct ck_config *config, ck_config_refuse_fn refuse,
    void *ctx)
{
	check_secrets(config, refuse, ctx);
	check_practice(config, refuse, ctx);
	check_check_in(config, refuse, ctx);
	check_gateway(config, refuse, ctx);
	check_http(config, refuse, ctx);
	check_collector(config, refuse, ctx);
	check_corrections(config, refuse, ctx);
}
