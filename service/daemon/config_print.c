/*
 * config_print.c - the effective configuration, as a file that could be read
 *
 * Secrets are named by their files; of the values only "***" is shown.
 */
#include <string.h>

#include "daemon/config.h"
#include "daemon/config_keys.h"

static void
print_keys(const char *section, const void *base, FILE *out)
{
	const struct ck_config_key *keys;
	size_t i, count;

	keys = ck_config_keys(&count);
	for (i = 0; i < count; i++) {
		if (strcmp(keys[i].section, section) != 0)
			continue;
		(void)fprintf(out, "%s = ", keys[i].name);
		ck_config_key_print(&keys[i], base, out);
		(void)fputc('\n', out);
	}
}

static void
print_secret(const char *name, const char *value, FILE *out)
{
	if (value[0] != '\0')
		(void)fprintf(out, "# %s: ***\n", name);
}

/* Sections that may repeat have no place in ck_config. */
static bool
is_repeated(const char *section)
{
	return strcmp(section, "operator") == 0 ||
	    strcmp(section, "desk") == 0;
}

/* In the order of the table, so that no section can be left out. */
static void
print_sections(const struct ck_config *config, FILE *out)
{
	const struct ck_config_key *keys;
	const char *last = "";
	size_t i, count;

	keys = ck_config_keys(&count);
	for (i = 0; i < count; i++) {
		if (strcmp(keys[i].section, last) == 0 ||
		    is_repeated(keys[i].section))
			continue;
		last = keys[i].section;
		(void)fprintf(out, "[%s]\n", last);
		print_keys(last, config, out);
	}
}

void
ck_config_print(const struct ck_config *config, FILE *out)
{
	size_t i;

	print_sections(config, out);
	for (i = 0; i < config->operator_count; i++) {
		(void)fputs("[operator]\n", out);
		print_keys("operator", &config->operators[i], out);
	}
	for (i = 0; i < config->desk_count; i++) {
		(void)fprintf(out, "[desk \"%s\"]\n", config->desks[i].name);
		print_keys("desk", &config->desks[i], out);
	}
	print_secret("the token in [http] token_file", config->token, out);
	print_secret("the token in [http] feed_token_file",
	    config->feed_token, out);
	print_secret("the password in [gateway] password_file",
	    config->gateway_password, out);
	print_secret("the login in [gateway] proxy_login_file",
	    config->gateway_proxy_login, out);
	print_secret("the headers in [gateway] headers_file",
	    config->gateway_headers, out);
	print_secret("the token in [collector] token_file",
	    config->collector_token, out);
	print_secret("the password in [check_in] signature_password_file",
	    config->check_in_signature_password, out);
}
