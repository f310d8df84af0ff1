/*
 * config.c - read the configuration, refuse what is not understood
 *
 * libinih splits lines into keys and values; which section we are in, and on
 * which line, is followed here, because libinih cuts long section names and
 * counts no lines for its callers. Every defect of a file is reported, not
 * only the first.
 */
#include <ini.h>
#include <openssl/crypto.h>

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "checkin/station.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "daemon/config_check.h"
#include "daemon/config_keys.h"
#include "daemon/secret.h"

/* Longest line, with its end: above any value that has a place. */
#define LINE_SIZE 2048

/* The table has fewer keys than this. */
#define KEYS_MAX 160

struct parser {
	struct ck_config *config;
	const char *path;
	FILE *file;
	int line;
	int section_line;
	char section[LINE_SIZE];	/* empty: none yet, or refused */
	void *base;			/* what the section fills */
	bool seen[KEYS_MAX];		/* by index in the table */
	bool failed;
};

static void complain(struct parser *parser, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void
complain(struct parser *parser, int line, const char *format, ...)
{
	char words[512];
	va_list args;

	va_start(args, format);
	(void)vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	ck_log(CK_LOG_ERROR, "config", "%s:%d: %s", parser->path, line, words);
	parser->failed = true;
}

static void *
base_of(struct ck_config *config, const char *section)
{
	if (strcmp(section, "operator") == 0)
		return &config->operators[config->operator_count - 1];
	if (strcmp(section, "desk") == 0)
		return &config->desks[config->desk_count - 1];

	return config;
}

static bool
repeats(const char *section)
{
	return strcmp(section, "operator") == 0 ||
	    strcmp(section, "desk") == 0;
}

/* A desk without both would be any desk; one scanner serves one desk. */
static void
check_desk(struct parser *parser)
{
	const struct ck_config *config = parser->config;
	const struct ck_desk_config *desk =
	    &config->desks[config->desk_count - 1];
	unsigned i;

	if (desk->reader[0] == '\0' && desk->scanner[0] == '\0')
		complain(parser, parser->section_line, "[desk] needs the key "
		    "reader, or scanner, or both");
	for (i = 0; i + 1 < config->desk_count; i++) {
		if (desk->scanner[0] != '\0' &&
		    strcmp(config->desks[i].scanner, desk->scanner) == 0)
			complain(parser, parser->section_line, "desk \"%s\" "
			    "has the same scanner as desk \"%s\"",
			    desk->name, config->desks[i].name);
	}
}

/* A repeated section is complete when the next one begins. */
static void
section_end(struct parser *parser)
{
	const struct ck_config_key *keys;
	size_t i, count;

	if (!repeats(parser->section))
		return;
	keys = ck_config_keys(&count);
	for (i = 0; i < count; i++) {
		if (strcmp(keys[i].section, parser->section) != 0)
			continue;
		/* A desk may do without a reader: check_desk() sees to it. */
		if (!parser->seen[i] && keys[i].initial == NULL &&
		    strcmp(keys[i].section, "desk") != 0)
			complain(parser, parser->section_line,
			    "[%s] needs the key %s", parser->section,
			    keys[i].name);
		parser->seen[i] = false;
	}
	if (strcmp(parser->section, "desk") == 0)
		check_desk(parser);
}

static void
set_default(const struct ck_config_key *key, void *base)
{
	if (key->initial != NULL && key->initial[0] != '\0' &&
	    !ck_config_key_set(key, base, key->initial))
		abort();	/* the table contradicts itself */
}

/* The keys of one section that repeats, as if nobody set them. */
static void
set_section_defaults(const char *section, void *base)
{
	const struct ck_config_key *keys;
	size_t i, count;

	keys = ck_config_keys(&count);
	for (i = 0; i < count; i++) {
		if (strcmp(keys[i].section, section) == 0)
			set_default(&keys[i], base);
	}
}

static void
begin_operator(struct parser *parser)
{
	struct ck_config *config = parser->config;

	if (config->operator_count == CK_OPERATORS_MAX) {
		complain(parser, parser->line, "more than %d [operator] "
		    "sections", CK_OPERATORS_MAX);
		parser->section[0] = '\0';
		return;
	}
	config->operator_count++;
}

/* The name in [desk "name"]; NULL unless quoted and short. */
static char *
desk_name(char *section)
{
	char *name = section + strlen("desk ");
	size_t len = strlen(name);
	size_t good = strspn(name + 1, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (len < 3 || name[0] != '"' || name[len - 1] != '"' ||
	    good != len - 2 || good >= CK_DESK_LEN)
		return NULL;
	name[len - 1] = '\0';

	return name + 1;
}

static void
begin_desk(struct parser *parser)
{
	struct ck_config *config = parser->config;
	const char *name = desk_name(parser->section);
	unsigned i;

	if (name == NULL || config->desk_count == CK_DESKS_MAX) {
		complain(parser, parser->line, "expected [desk \"name\"] with "
		    "a name of 1 to %d characters a-z, 0-9 and -, and at most "
		    "%d desks", CK_DESK_LEN - 1, CK_DESKS_MAX);
		parser->section[0] = '\0';
		return;
	}
	for (i = 0; i < config->desk_count; i++) {
		if (strcmp(config->desks[i].name, name) == 0)
			complain(parser, parser->line, "desk \"%s\" is "
			    "configured twice", name);
	}
	(void)snprintf(config->desks[config->desk_count].name, CK_DESK_LEN,
	    "%s", name);
	set_section_defaults("desk", &config->desks[config->desk_count++]);
	memcpy(parser->section, "desk", sizeof("desk"));
}

static void
section_begin(struct parser *parser, const char *line)
{
	size_t len = strcspn(line + 1, "]");

	section_end(parser);
	parser->section_line = parser->line;
	memcpy(parser->section, line + 1, len);
	parser->section[len] = '\0';
	if (strcmp(parser->section, "operator") == 0)
		begin_operator(parser);
	else if (strncmp(parser->section, "desk ", 5) == 0)
		begin_desk(parser);
	else if (!ck_config_section_known(parser->section) ||
	    strcmp(parser->section, "desk") == 0) {
		complain(parser, parser->line, "unknown section [%.64s]",
		    parser->section);
		parser->section[0] = '\0';
	}
	if (parser->section[0] != '\0')
		parser->base = base_of(parser->config, parser->section);
}

/* One line for libinih, as fgets(3). */
static char *
next_line(char *out, int size, void *stream)
{
	struct parser *parser = stream;
	size_t len;

	if (fgets(out, size, parser->file) == NULL)
		return NULL;
	parser->line++;
	len = strlen(out);
	if ((len == 0 || out[len - 1] != '\n') && !feof(parser->file)) {
		complain(parser, parser->line, "the line is longer than %d "
		    "bytes, or holds a NUL byte", LINE_SIZE - 2);
		return NULL;
	}
	if (out[strspn(out, " \t")] == '[')
		section_begin(parser, out + strspn(out, " \t"));

	return out;
}

static void
set_key(struct parser *parser, const struct ck_config_key *key,
    const char *value)
{
	char expected[128];
	size_t count;
	size_t index = (size_t)(key - ck_config_keys(&count));

	if (parser->seen[index]) {
		complain(parser, parser->line, "[%s] %s is set twice",
		    key->section, key->name);
		return;
	}
	parser->seen[index] = true;
	if (ck_config_key_set(key, parser->base, value))
		return;
	ck_config_key_expected(key, expected, sizeof(expected));
	complain(parser, parser->line, "[%s] %s: expected %s", key->section,
	    key->name, expected);
}

/* From libinih, for each key. Never stops it: all defects are reported. */
static int
on_key(void *user, const char *section, const char *name, const char *value)
{
	struct parser *parser = user;
	const struct ck_config_key *key;

	(void)section;
	if (parser->section_line == 0) {
		complain(parser, parser->line, "%s stands before any section",
		    name);
		return 1;
	}
	if (parser->section[0] == '\0')
		return 1;	/* the section has been refused already */
	key = ck_config_key_find(parser->section, name);
	if (key == NULL)
		complain(parser, parser->line, "[%s] has no key %s",
		    parser->section, name);
	else
		set_key(parser, key, value);

	return 1;
}

static void
set_defaults(struct ck_config *config)
{
	const struct ck_config_key *keys;
	size_t i, count;

	memset(config, 0, sizeof(*config));
	keys = ck_config_keys(&count);
	for (i = 0; i < count; i++) {
		if (!repeats(keys[i].section))
			set_default(&keys[i], config);
	}
}

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

static void
refuse(struct parser *parser, const char *words)
{
	ck_log(CK_LOG_ERROR, "config", "%s: %s", parser->path, words);
	parser->failed = true;
}

/* Practice and live never mix (design.md section 5, "Practice"). */
static void
check_practice(struct parser *parser)
{
	struct ck_config *config = parser->config;

	if (config->practice && config->facility[0] == '\0')
		memcpy(config->facility, "00000", sizeof("00000"));
	if (config->facility[0] == '\0')
		refuse(parser, "[clinic] facility must be set to the "
		    "facility code, 5 characters");
	else if (config->practice != (strcmp(config->facility, "00000") == 0))
		refuse(parser, "[clinic] facility 00000 and [practice] "
		    "enabled = yes belong together: practice never counts for "
		    "a real clinic");
	if (config->practice && !ck_config_url_is_loopback(config->gateway_url))
		refuse(parser, "[gateway] url must be a simulated gateway on "
		    "127.0.0.1, ::1 or localhost in practice mode");
	if (!config->practice && config->practice_socket[0] != '\0')
		refuse(parser, "[practice] socket is set, but not [practice] "
		    "enabled = yes");
}

static void
check_check_in(struct parser *parser)
{
	const struct ck_config *config = parser->config;
	const struct ck_episode_parts parts = {
		config->facility, { 2026, 12, 31 }, "x", 1
	};
	const struct ck_date today = { 2026, 12, 31 };
	char episode[sizeof(config->check_in_episode_rule)];
	enum ck_level level;

	if (!ck_station_level(config->check_in_level, today, &level))
		refuse(parser, "[check_in] level: expected a list such as "
		    "\"2025-01-01 primary, 2026-07-01 basic-50-70\", days "
		    "rising");
	if (config->check_in_episode_rule[0] != '\0' &&
	    !ck_station_episode(config->check_in_episode_rule, &parts,
	    episode, sizeof(episode)))
		refuse(parser, "[check_in] episode_rule: {number} must stand "
		    "in it; known besides are {facility}, {year}, {month}, "
		    "{day} and {patient}");
}

static void
check_secrets(struct parser *parser)
{
	struct ck_config *config = parser->config;

	if (config->token_file[0] != '\0' &&
	    ck_secret_read(config->token_file, CK_TOKEN_MIN, config->token,
	    sizeof(config->token)) != CK_OK)
		parser->failed = true;
	if (config->gateway_password_file[0] != '\0' &&
	    ck_secret_read(config->gateway_password_file, 1,
	    config->gateway_password, sizeof(config->gateway_password)) !=
	    CK_OK)
		parser->failed = true;
	if (config->gateway_proxy_login_file[0] != '\0' &&
	    ck_secret_read(config->gateway_proxy_login_file, 3,
	    config->gateway_proxy_login,
	    sizeof(config->gateway_proxy_login)) != CK_OK)
		parser->failed = true;
	if (config->gateway_headers_file[0] != '\0' &&
	    ck_secret_read_headers(config->gateway_headers_file,
	    config->gateway_headers, sizeof(config->gateway_headers)) !=
	    CK_OK)
		parser->failed = true;
	if (config->check_in_signature_password_file[0] != '\0' &&
	    ck_secret_read(config->check_in_signature_password_file, 1,
	    config->check_in_signature_password,
	    sizeof(config->check_in_signature_password)) != CK_OK)
		parser->failed = true;
	if (!ck_config_listens_on_loopback(config) &&
	    config->token_file[0] == '\0')
		refuse(parser, "[http] listen is not a loopback address: set "
		    "[http] token_file as well, or everybody on the network "
		    "could see the patients");
	if ((config->gateway_user[0] == '\0') !=
	    (config->gateway_password_file[0] == '\0'))
		refuse(parser, "[gateway] user and password_file must be set "
		    "together");
}

/* Names the versions that are known, so that a typo can be mended. */
static void
refuse_version(struct parser *parser, enum ck_remote function,
    const char *version)
{
	const struct ck_remote_row *row;
	char known[64] = "";
	size_t i;

	for (i = 0; (row = ck_remote_at(i)) != NULL; i++) {
		if (row->function != function)
			continue;
		strncat(known, " ", sizeof(known) - strlen(known) - 1);
		strncat(known, row->version,
		    sizeof(known) - strlen(known) - 1);
	}
	ck_log(CK_LOG_ERROR, "config", "%s: [gateway] %s_version: %s is not "
	    "known; known:%s. For a newer one set %s_path", parser->path,
	    ck_remote_name(function), version, known,
	    ck_remote_name(function));
	parser->failed = true;
}

static void
check_gateway(struct parser *parser)
{
	const struct ck_config *config = parser->config;
	int i;

	for (i = 0; i < CK_REMOTES; i++) {
		if (ck_remote_find((enum ck_remote)i,
		    config->remotes[i].version) == NULL)
			refuse_version(parser, (enum ck_remote)i,
			    config->remotes[i].version);
	}
	if (config->gateway_client_key_file[0] != '\0' &&
	    config->gateway_client_cert_file[0] == '\0')
		refuse(parser, "[gateway] client_key_file is set, but not "
		    "client_cert_file");
	if (config->gateway_proxy_login_file[0] != '\0' &&
	    config->gateway_proxy[0] == '\0')
		refuse(parser, "[gateway] proxy_login_file is set, but not "
		    "proxy");
	if (config->gateway_proxy_login[0] != '\0' &&
	    strchr(config->gateway_proxy_login, ':') == NULL)
		refuse(parser, "[gateway] proxy_login_file must hold "
		    "USER:PASSWORD");
	if (config->automatic_operator[0] != '\0' &&
	    ck_config_automatic_operator(config) == NULL)
		refuse(parser, "[automatic] operator names nobody who has an "
		    "[operator] section");
}

/* NULL: it has been told already. */
static void
on_refusal(void *ctx, const char *words)
{
	struct parser *parser = ctx;

	parser->failed = true;
	if (words != NULL)
		refuse(parser, words);
}

static void
parse(struct parser *parser)
{
	int first_bad;

	ini_allow_multiline = false;
	ini_use_stack = false;
	ini_initial_alloc = LINE_SIZE;
	ini_max_line = LINE_SIZE;
	first_bad = ini_parse_stream(next_line, parser, on_key, parser);
	if (ferror(parser->file))
		refuse(parser, strerror(errno));
	else if (first_bad > 0)
		complain(parser, first_bad, "expected [section] or key = "
		    "value");
	else if (first_bad < 0)
		refuse(parser, "out of memory");
	section_end(parser);
	check_practice(parser);
	check_check_in(parser);
	check_secrets(parser);
	check_gateway(parser);
	ck_config_check_network(parser->config, on_refusal, parser);
}

enum ck_err
ck_config_load(struct ck_config *config, const char *path)
{
	struct parser parser = { .config = config, .path = path };

	set_defaults(config);
	parser.file = fopen(path, "re");
	if (parser.file == NULL) {
		ck_log(CK_LOG_ERROR, "config", "%s: %s", path,
		    strerror(errno));
		return CK_ERR_CONFIG;
	}
	parse(&parser);
	(void)fclose(parser.file);
	if (parser.failed)
		ck_config_wipe(config);

	return parser.failed ? CK_ERR_CONFIG : CK_OK;
}

const struct ck_operator *
ck_config_operator(const struct ck_config *config, const char *name)
{
	unsigned i;

	for (i = 0; i < config->operator_count; i++) {
		if (name[0] == '\0' ||
		    strcmp(config->operators[i].name, name) == 0)
			return &config->operators[i];
	}

	return NULL;
}

const struct ck_operator *
ck_config_automatic_operator(const struct ck_config *config)
{
	return config->automatic_operator[0] == '\0' ? NULL :
	    ck_config_operator(config, config->automatic_operator);
}

void
ck_config_wipe(struct ck_config *config)
{
	OPENSSL_cleanse(config, sizeof(*config));
}
