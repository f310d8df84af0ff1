/*
 * config.c - the configuration of a collector
 */
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config_keys.h"
#include "io/ini.h"
#include "io/mail_text.h"
#include "province/config.h"

#define IN(member) offsetof(struct ck_province_config, member), \
	sizeof(((struct ck_province_config *)0)->member)

static const struct ck_config_key keys[] = {
	{ "ledger", "database", CK_VALUE_TEXT, IN(where),
	    "/var/lib/checkin-province/ledger.db", 0, 0 },
	{ "ledger", "clock_tolerance_s", CK_VALUE_NUMBER,
	    IN(clock_tolerance_s), "1800", 1, 86400 },
	{ "ledger", "closed_days", CK_VALUE_PATH, IN(closed_days), "", 0, 0 },
	{ "ledger", "played", CK_VALUE_FLAG, IN(played), "no", 0, 0 },
	{ "collect", "name", CK_VALUE_SHORT_NAME, IN(name), "", 0, 0 },
	{ "collect", "interval_s", CK_VALUE_NUMBER, IN(interval_s), "3600",
	    1, 604800 },
	{ "collect", "timeout_ms", CK_VALUE_NUMBER, IN(timeout_ms), "30000",
	    100, 600000 },
	{ "collect", "connect_timeout_ms", CK_VALUE_NUMBER,
	    IN(connect_timeout_ms), "5000", 100, 60000 },
	{ "collect", "parallel", CK_VALUE_COUNT, IN(parallel), "32", 1, 256 },
	{ "collect", "failures_max", CK_VALUE_COUNT, IN(failures_max), "3",
	    1, 100 },
	{ "collect", "backoff_s", CK_VALUE_NUMBER, IN(backoff_s), "60",
	    1, 86400 },
	{ "collect", "backoff_max_s", CK_VALUE_NUMBER, IN(backoff_max_s),
	    "21600", 1, 604800 },
	{ "collect", "lease_s", CK_VALUE_NUMBER, IN(lease_s), "300",
	    10, 86400 },
	{ "collect", "tokens_directory", CK_VALUE_PATH, IN(tokens_directory),
	    "", 0, 0 },
	{ "collect", "ca_file", CK_VALUE_PATH, IN(ca_file), "", 0, 0 },
	{ "collect", "client_cert_file", CK_VALUE_PATH, IN(client_cert_file),
	    "", 0, 0 },
	{ "collect", "client_key_file", CK_VALUE_PATH, IN(client_key_file),
	    "", 0, 0 },
	{ "http", "listen", CK_VALUE_ADDRESS, IN(listen), "127.0.0.1", 0, 0 },
	{ "http", "port", CK_VALUE_PORT, IN(port), "8585", 1, 65535 },
	{ "http", "token_file", CK_VALUE_PATH, IN(token_file), "", 0, 0 },
	{ "http", "clinics_directory", CK_VALUE_PATH, IN(clinics_directory),
	    "", 0, 0 },
	{ "http", "accounts_file", CK_VALUE_PATH, IN(accounts_file), "",
	    0, 0 },
	{ "http", "accounts_directory", CK_VALUE_PATH,
	    IN(accounts_directory), "", 0, 0 },
	{ "http", "allowed_hosts", CK_VALUE_TEXT, IN(allowed_hosts), "",
	    0, 0 },
	{ "http", "certificate", CK_VALUE_PATH, IN(http_certificate), "",
	    0, 0 },
	{ "http", "key", CK_VALUE_PATH, IN(http_key), "", 0, 0 },
	{ "http", "behind_proxy", CK_VALUE_FLAG, IN(behind_proxy), "no",
	    0, 0 },
	{ "digest", "to", CK_VALUE_TEXT, IN(digest_to), "", 0, 0 },
	{ "digest", "from", CK_VALUE_TEXT, IN(digest_from), "", 0, 0 },
	{ "digest", "hour", CK_VALUE_COUNT, IN(digest_hour), "7", 0, 23 },
	{ "digest", "language", CK_VALUE_LANGUAGE, IN(digest_language), "vi",
	    0, 0 },
	{ "mail", "host", CK_VALUE_TEXT, IN(mail_host), "127.0.0.1", 0, 0 },
	{ "mail", "port", CK_VALUE_PORT, IN(mail_port), "587", 1, 65535 },
	{ "mail", "security", CK_VALUE_TEXT, IN(mail_security), "starttls",
	    0, 0 },
	{ "mail", "ca_file", CK_VALUE_PATH, IN(mail_ca_file), "", 0, 0 },
	{ "mail", "user", CK_VALUE_TEXT, IN(mail_user), "", 0, 0 },
	{ "mail", "password_file", CK_VALUE_PATH, IN(mail_password_file), "",
	    0, 0 },
	{ "mail", "timeout_ms", CK_VALUE_NUMBER, IN(mail_timeout_ms),
	    "60000", 1000, 600000 },
	{ "office", "key_file", CK_VALUE_PATH, IN(office_key_file),
	    "/var/lib/checkin-province/office.key", 0, 0 },
	{ "office", "answer_key_file", CK_VALUE_PATH,
	    IN(office_answer_key_file), "", 0, 0 },
	{ "office", "certificate", CK_VALUE_PATH, IN(office_certificate), "",
	    0, 0 },
};

#define KEYS (sizeof(keys) / sizeof(keys[0]))

struct parser {
	struct ck_province_config *config;
	const char *path;
	bool seen[KEYS];
	bool failed;
};

static void
complain(void *ctx, int line, const char *what)
{
	struct parser *parser = ctx;

	if (line > 0)
		ck_log(CK_LOG_ERROR, "config", "%s:%d: %s", parser->path,
		    line, what);
	else
		ck_log(CK_LOG_ERROR, "config", "%s: %s", parser->path, what);
	parser->failed = true;
}

static size_t
find(const char *section, const char *name)
{
	size_t i = 0;

	while (i < KEYS && (strcmp(keys[i].section, section) != 0 ||
	    (name != NULL && strcmp(keys[i].name, name) != 0)))
		i++;

	return i;
}

static void
on_section(struct parser *parser, int line, const char *section)
{
	char words[160];

	if (find(section, NULL) < KEYS)
		return;
	(void)snprintf(words, sizeof(words), "unknown section [%.64s]",
	    section);
	complain(parser, line, words);
}

static void
set(struct parser *parser, int line, size_t key, const char *value)
{
	char expected[128], words[256];

	if (parser->seen[key]) {
		(void)snprintf(words, sizeof(words), "[%s] %s is set twice",
		    keys[key].section, keys[key].name);
		complain(parser, line, words);
	} else if (!ck_config_key_set(&keys[key], parser->config, value)) {
		ck_config_key_expected(&keys[key], expected,
		    sizeof(expected));
		(void)snprintf(words, sizeof(words), "[%s] %s: expected %s",
		    keys[key].section, keys[key].name, expected);
		complain(parser, line, words);
	}
	parser->seen[key] = true;
}

static void
on_key(void *ctx, int line, const char *section, const char *name,
    const char *value)
{
	struct parser *parser = ctx;
	char words[160];
	size_t key;

	if (name == NULL) {
		on_section(parser, line, section);
		return;
	}
	if (section[0] == '\0') {
		complain(parser, line, "a key stands before any section");
		return;
	}
	if (find(section, NULL) == KEYS)
		return;		/* the section has been refused already */
	if ((key = find(section, name)) < KEYS) {
		set(parser, line, key, value);
		return;
	}
	(void)snprintf(words, sizeof(words), "[%.32s] has no key %.64s",
	    section, name);
	complain(parser, line, words);
}

static void
set_defaults(struct ck_province_config *config)
{
	size_t i;

	memset(config, 0, sizeof(*config));
	for (i = 0; i < KEYS; i++) {
		if (keys[i].initial[0] != '\0' &&
		    !ck_config_key_set(&keys[i], config, keys[i].initial))
			abort();	/* the table contradicts itself */
	}
}

static bool
is_loopback(const char *address)
{
	return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

static void
check_http(struct parser *parser)
{
	const struct ck_province_config *config = parser->config;

	if ((config->http_certificate[0] == '\0') !=
	    (config->http_key[0] == '\0'))
		complain(parser, 0, "[http] certificate and key must be set "
		    "together");
	if ((config->accounts_file[0] == '\0') !=
	    (config->accounts_directory[0] == '\0'))
		complain(parser, 0, "[http] accounts_file and "
		    "accounts_directory must be set together");
	if (config->accounts_file[0] != '\0' &&
	    config->token_file[0] == '\0')
		complain(parser, 0, "[http] accounts_file is set: set "
		    "token_file as well, or everybody could read what an "
		    "account may not");
	if (is_loopback(config->listen))
		return;
	if (config->token_file[0] == '\0')
		complain(parser, 0, "[http] listen is not a loopback address: "
		    "set token_file as well, or everybody on the network "
		    "could read the figures of each clinic");
	if (config->http_certificate[0] == '\0' && !config->behind_proxy)
		complain(parser, 0, "[http] listen is not a loopback address: "
		    "set certificate and key, or everybody on the network "
		    "could read the tokens; behind_proxy = yes if a proxy "
		    "speaks TLS for us");
}

bool
ck_province_mail_security(const struct ck_province_config *config,
    enum ck_mail_security *out)
{
	static const char *const words[] = {
		[CK_MAIL_STARTTLS] = "starttls", [CK_MAIL_TLS] = "tls",
		[CK_MAIL_PLAIN] = "none"
	};
	int i;

	for (i = CK_MAIL_STARTTLS; i <= CK_MAIL_PLAIN; i++) {
		if (strcmp(words[i], config->mail_security) == 0) {
			*out = (enum ck_mail_security)i;
			return true;
		}
	}

	return false;
}

/* The host becomes part of an address that libcurl reads. */
static bool
is_host(const char *text)
{
	return text[0] != '\0' &&
	    text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:")] == '\0';
}

static void
check_mail(struct parser *parser)
{
	const struct ck_province_config *config = parser->config;
	enum ck_mail_security security = CK_MAIL_STARTTLS;

	if (!ck_province_mail_security(config, &security))
		complain(parser, 0, "[mail] security is starttls, tls or "
		    "none");
	if (!is_host(config->mail_host))
		complain(parser, 0, "[mail] host is a name or an address");
	if (security == CK_MAIL_PLAIN && !is_loopback(config->mail_host))
		complain(parser, 0, "[mail] security = none is for a mail "
		    "server on this machine: everybody on the network could "
		    "read the digest");
	if ((config->mail_user[0] == '\0') !=
	    (config->mail_password_file[0] == '\0'))
		complain(parser, 0, "[mail] user and password_file must be "
		    "set together");
	if (config->mail_user[0] != '\0' && security == CK_MAIL_PLAIN)
		complain(parser, 0, "[mail] user needs security = starttls "
		    "or tls: a password goes over TLS, or nowhere");
	if (config->digest_to[0] == '\0')
		return;
	if (!ck_mail_are_addresses(config->digest_to))
		complain(parser, 0, "[digest] to: expected addresses "
		    "name@host, separated by blanks");
	if (!ck_mail_is_address(config->digest_from))
		complain(parser, 0, "[digest] from: expected an address "
		    "name@host");
}

static void
check(struct parser *parser)
{
	const struct ck_province_config *config = parser->config;

	if (config->client_key_file[0] != '\0' &&
	    config->client_cert_file[0] == '\0')
		complain(parser, 0, "[collect] client_key_file is set, but "
		    "not client_cert_file");
	if (config->backoff_max_s < config->backoff_s)
		complain(parser, 0, "[collect] backoff_max_s is below "
		    "backoff_s");
	if (config->lease_s * 1000 <= config->timeout_ms)
		complain(parser, 0, "[collect] lease_s must be longer than "
		    "timeout_ms: a collector would ask whom another asks");
	if (strstr(config->where, "password") != NULL)
		complain(parser, 0, "[ledger] database: name a passfile, "
		    "never the password");
	check_http(parser);
	check_mail(parser);
}

enum ck_err
ck_province_config_load(struct ck_province_config *config, const char *path)
{
	struct parser parser = { .config = config, .path = path };

	set_defaults(config);
	if (ck_ini_read(path, on_key, complain, &parser) == CK_OK)
		check(&parser);
	if (parser.failed)
		memset(config, 0, sizeof(*config));

	return parser.failed ? CK_ERR_CONFIG : CK_OK;
}

void
ck_province_config_print(const struct ck_province_config *config, FILE *out)
{
	const char *section = "";
	size_t i;

	for (i = 0; i < KEYS; i++) {
		if (strcmp(section, keys[i].section) != 0)
			(void)fprintf(out, "%s[%s]\n", i == 0 ? "" : "\n",
			    keys[i].section);
		section = keys[i].section;
		(void)fprintf(out, "%s = ", keys[i].name);
		ck_config_key_print(&keys[i], config, out);
		(void)fputc('\n', out);
	}
}
