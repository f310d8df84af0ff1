/*
 * config.c - read the configuration, refuse what is not understood
 *
 * Sections may repeat ([operator], [desk "name"]); each is complete when the
 * next one begins. Every defect of a file is reported, not only the first.
 */
#include <openssl/crypto.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "daemon/config_check.h"
#include "daemon/config_keys.h"
#include "io/ini.h"

/* The table has fewer keys than this. */
#define KEYS_MAX 160

struct parser {
	struct ck_config *config;
	const char *path;
	int line;
	int section_line;			/* 0: none yet */
	char section[CK_INI_LINE_MAX];	/* empty: none yet, or refused */
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
section_begin(struct parser *parser, const char *section)
{
	section_end(parser);
	parser->section_line = parser->line;
	(void)snprintf(parser->section, sizeof(parser->section), "%s",
	    section);
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

static void
on_line(void *ctx, int line, const char *section, const char *name,
    const char *value)
{
	struct parser *parser = ctx;
	const struct ck_config_key *key;

	parser->line = line;
	if (name == NULL) {
		section_begin(parser, section);
		return;
	}
	if (parser->section_line == 0) {
		complain(parser, line, "%s stands before any section", name);
		return;
	}
	if (parser->section[0] == '\0')
		return;		/* the section has been refused already */
	key = ck_config_key_find(parser->section, name);
	if (key == NULL)
		complain(parser, line, "[%s] has no key %s", parser->section,
		    name);
	else
		set_key(parser, key, value);
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

static void
on_defect(void *ctx, int line, const char *what)
{
	struct parser *parser = ctx;

	if (line > 0) {
		complain(parser, line, "%s", what);
		return;
	}
	ck_log(CK_LOG_ERROR, "config", "%s: %s", parser->path, what);
	parser->failed = true;
}

/* NULL: it has been told already. */
static void
on_refusal(void *ctx, const char *words)
{
	struct parser *parser = ctx;

	parser->failed = true;
	if (words != NULL)
		on_defect(parser, 0, words);
}

/* What was set and not understood has been told by its line. */
static void
check_facility(struct parser *parser)
{
	const struct ck_config_key *key = ck_config_key_find("clinic",
	    "facility");
	size_t count;

	if (parser->config->facility[0] == '\0' &&
	    !parser->config->practice &&
	    !parser->seen[key - ck_config_keys(&count)])
		on_refusal(parser, "[clinic] facility must be set to the "
		    "facility code, 5 characters");
}

enum ck_err
ck_config_load(struct ck_config *config, const char *path)
{
	struct parser parser = { .config = config, .path = path };

	set_defaults(config);
	if (ck_ini_read(path, on_line, on_defect, &parser) != CK_OK)
		return CK_ERR_CONFIG;
	section_end(&parser);
	check_facility(&parser);
	ck_config_check(config, on_refusal, &parser);
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
