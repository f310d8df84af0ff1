/*
 * test_config.c - defaults, every kind of defect, secrets, and the example file
 *
 * Each defect must be refused with a message that names file, line and key;
 * what is logged is read back from standard error.
 */
#include <sys/stat.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "daemon/config.h"
#include "daemon/config_keys.h"

#define EXAMPLE "schema/config.example.conf"
#define LIVE "[clinic]\nfacility = 84001\n"

static char directory[] = "/tmp/ck-config-XXXXXX";
static char config_path[64], secret_path[64], log_path[64];
static char said[8192];

static void
write_file(const char *path, const char *text, mode_t mode)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

static void
read_file(const char *path, char *out, size_t size)
{
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(out, 1, size - 1, file);
	assert_true(len < size - 1);
	out[len] = '\0';
	(void)fclose(file);
}

/* Load the file at path and keep what was logged in said. */
static enum ck_err
load_path(struct ck_config *config, const char *path)
{
	int keep = dup(STDERR_FILENO);
	enum ck_err err;

	assert_true(keep >= 0);
	assert_non_null(freopen(log_path, "we", stderr));
	err = ck_config_load(config, path);
	(void)fflush(stderr);
	assert_true(dup2(keep, STDERR_FILENO) >= 0);
	(void)close(keep);
	read_file(log_path, said, sizeof(said));

	return err;
}

static enum ck_err
load(struct ck_config *config, const char *text)
{
	write_file(config_path, text, 0600);

	return load_path(config, config_path);
}

static int
setup(void **state)
{
	(void)state;
	if (mkdtemp(directory) == NULL)
		return -1;
	(void)snprintf(config_path, sizeof(config_path), "%s/conf", directory);
	(void)snprintf(secret_path, sizeof(secret_path), "%s/secret",
	    directory);
	(void)snprintf(log_path, sizeof(log_path), "%s/log", directory);

	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	(void)unlink(config_path);
	(void)unlink(secret_path);
	(void)unlink(log_path);

	return rmdir(directory);
}

static void
defaults_hold_where_nothing_is_said(void **state)
{
	struct ck_config config;

	(void)state;
	assert_int_equal(load(&config, LIVE), CK_OK);
	assert_string_equal(said, "");
	assert_string_equal(config.listen, "127.0.0.1");
	assert_int_equal(config.port, 8484);
	assert_int_equal(config.policy, CK_POLICY_FIRST_OF_VISIT);
	assert_int_equal(config.policy_age_ms, 86400000);
	assert_int_equal(config.budget_ms, 5000);
	assert_string_equal(config.remotes[CK_REMOTE_LOOKUP].version, "2024");
	assert_string_equal(config.remotes[CK_REMOTE_LOOKUP].path, "");
	assert_int_equal(config.remotes[CK_REMOTE_LOOKUP].encoding,
	    CK_ENCODING_VERSION);
	assert_null(ck_config_automatic_operator(&config));
	assert_true(config.photo);
	assert_false(config.bac_allowed);
	assert_int_equal(config.operator_count, 0);
	assert_true(ck_config_listens_on_loopback(&config));
}

static void
every_value_that_is_said_is_kept(void **state)
{
	struct ck_config config;

	(void)state;
	assert_int_equal(load(&config, LIVE "station = kho-2\n"
	    "language=en\n[http]\nport: 9000 ; inline\n[gateway]\n"
	    "lookup_encoding = json\nlookup_path = /api/egw/KQ2027\n"
	    "check_in_version = 4750\n[automatic]\noperator = LÊ B\n[lookup]\npolicy = older-than\n"
	    "[operator]\nname = TRẦN VĂN A\nnumber = 084090000001\n"
	    "[operator]\nname = LÊ B\nnumber = 084090000002\n"
	    "[desk \"ban-1\"]\nreader = ACS\n[desk \"ban-2\"]\n"
	    "reader = Identiv"), CK_OK);
	assert_string_equal(config.station, "kho-2");
	assert_string_equal(config.language, "en");
	assert_int_equal(config.port, 9000);
	assert_int_equal(config.remotes[CK_REMOTE_LOOKUP].encoding,
	    CK_ENCODING_JSON);
	assert_string_equal(config.remotes[CK_REMOTE_LOOKUP].path,
	    "/api/egw/KQ2027");
	assert_string_equal(config.remotes[CK_REMOTE_CHECK_IN].version,
	    "4750");
	assert_string_equal(ck_config_automatic_operator(&config)->number,
	    "084090000002");
	assert_int_equal(config.policy, CK_POLICY_OLDER_THAN);
	assert_int_equal(config.operator_count, 2);
	assert_string_equal(config.operators[1].number, "084090000002");
	assert_int_equal(config.desk_count, 2);
	assert_string_equal(config.desks[0].name, "ban-1");
	assert_string_equal(config.desks[1].reader, "Identiv");
	assert_string_equal(ck_config_operator(&config, "")->name,
	    "TRẦN VĂN A");
	assert_string_equal(ck_config_operator(&config, "LÊ B")->number,
	    "084090000002");
	assert_null(ck_config_operator(&config, "LÊ C"));
}

struct defect {
	const char *text;
	const char *expected;	/* part of what must be said */
};

static const struct defect defects[] = {
	{ "", "[clinic] facility must be set" },
	{ "facility = 84001\n", "conf:1: facility stands before any section" },
	{ LIVE "colour = red\n", "conf:3: [clinic] has no key colour" },
	{ LIVE "[clinics]\nx = 1\n", "conf:3: unknown section [clinics]" },
	{ LIVE "[desk]\nreader = x\n", "conf:3: unknown section [desk]" },
	{ LIVE "[http]\nport = many\n",
	    "conf:4: [http] port: expected a whole number from 1 to 65535" },
	{ LIVE "[http]\nport = 70000\n", "conf:4: [http] port" },
	{ LIVE "[http]\nport = 0\n", "conf:4: [http] port" },
	{ LIVE "[http]\nport = -1\n", "conf:4: [http] port" },
	{ LIVE "[http]\nport = 99999999999999999999\n", "conf:4: [http] port" },
	{ LIVE "[http]\nport = 80\nport = 80\n",
	    "conf:5: [http] port is set twice" },
	{ LIVE "[http]\nport = 80\n[http]\nport = 81\n",
	    "conf:6: [http] port is set twice" },
	{ LIVE "[http]\nport\n", "conf:4: expected [section] or key = value" },
	{ LIVE "[http\n", "conf:3: " },
	{ LIVE "[http]\nlisten = localhost\n",
	    "conf:4: [http] listen: expected a numeric IP address" },
	{ LIVE "[http]\nlisten = 0.0.0.0\n", "set [http] token_file as well" },
	{ LIVE "[http]\nlisten = ::\n", "set [http] token_file as well" },
	{ LIVE "[http]\nlisten = 192.0.2.1\n",
	    "set [http] certificate and key, or everybody" },
	{ LIVE "[http]\ncertificate = /a.pem\n",
	    "certificate and key must be set together" },
	{ LIVE "[http]\nkey = /a.key\n",
	    "certificate and key must be set together" },
	{ LIVE "[http]\nclient_ca = /a.pem\nfeed_clients = a\n",
	    "client certificates need TLS" },
	{ LIVE "[http]\nclient_ca = /a.pem\n",
	    "client_ca and feed_clients must be set together" },
	{ LIVE "[http]\nbehind_proxy = maybe\n", "expected yes or no" },
	{ LIVE "[http]\nfeed_token_file = /nowhere\n", "/nowhere" },
	{ LIVE "[collector]\nurl = https://a.example\n",
	    "set token_file or client_certificate as well" },
	{ LIVE "[collector]\nurl = http://192.0.2.1\n"
	    "client_certificate = /a.pem\n", "must begin with https://" },
	{ LIVE "[collector]\nclient_key = /a.key\n",
	    "client_key is set, but not client_certificate" },
	{ LIVE "[collector]\ninterval_s = 0\n",
	    "a whole number from 1 to 86400" },
	{ "[practice]\nenabled = yes\n[gateway]\nurl = http://127.0.0.1:1\n"
	    "[collector]\nurl = https://a.example\n"
	    "client_certificate = /a.pem\n",
	    "practice figures never leave this computer" },
	{ LIVE "[clinic]\nlanguage = fr\n",
	    "conf:4: [clinic] language: expected vi or en" },
	{ "[clinic]\nfacility = 8400\n", "conf:2: [clinic] facility" },
	{ "[clinic]\nfacility = 84a01\n", "conf:2: [clinic] facility" },
	{ LIVE "station = Kho\n", "conf:3: [clinic] station: expected a short" },
	{ LIVE "[reader]\nphoto = true\n",
	    "conf:4: [reader] photo: expected yes or no" },
	{ LIVE "[gateway]\nlookup_encoding = xml\n",
	    "expected version, form or json" },
	{ LIVE "[gateway]\nlookup_version = new\n", "a version number" },
	{ LIVE "[gateway]\nlookup_version =\n", "a version number" },
	{ LIVE "[gateway]\ncheck_in_version = 9999\n",
	    "check_in_version: 9999 is not known; known: 3176 4750 130" },
	{ LIVE "[gateway]\nproxy = proxy.example\n", "[gateway] proxy" },
	{ LIVE "[gateway]\nproxy_login_file = /nonexistent/login\n",
	    "/nonexistent/login: cannot read the secret" },
	{ LIVE "[gateway]\nheaders_file = /nonexistent/headers\n",
	    "/nonexistent/headers: cannot read the headers" },
	{ LIVE "[gateway]\nclient_key_file = /x\n",
	    "client_key_file is set, but not client_cert_file" },
	{ LIVE "[gateway]\nsource_address = eth0\n",
	    "source_address: expected a numeric IP address" },
	{ LIVE "[automatic]\noperator = LÊ C\n",
	    "[automatic] operator names nobody" },
	{ LIVE "[gateway]\nurl = egw.example\n", "conf:4: [gateway] url" },
	{ LIVE "[gateway]\nurl = https://u:p@egw.example\n", "[gateway] url" },
	{ LIVE "[gateway]\nurl = https://egw.example/\n", "[gateway] url" },
	{ LIVE "[gateway]\nlookup_path = api\n", "expected a path" },
	{ LIVE "[gateway]\nuser = a\n", "user and password_file must be set" },
	{ LIVE "[gateway]\nuser = a\npassword_file = /nonexistent/secret\n",
	    "/nonexistent/secret: cannot read the secret" },
	{ LIVE "[lookup]\npolicy = sometimes\n", "expected always, first-of" },
	{ LIVE "[operator]\nname = A\n",
	    "conf:3: [operator] needs the key number" },
	{ LIVE "[operator]\nname =\nnumber = 084090000001\n",
	    "conf:4: [operator] name: expected UTF-8 text" },
	{ LIVE "[operator]\nname = \xff\xfe\nnumber = 084090000001\n",
	    "conf:4: [operator] name: expected UTF-8 text" },
	{ LIVE "[operator]\nname = A\nnumber = 08409000001\n",
	    "conf:5: [operator] number: expected an identity number" },
	{ LIVE "[desk \"Ban 1\"]\nreader = x\n", "conf:3: expected [desk " },
	{ LIVE "[desk \"\"]\nreader = x\n", "conf:3: expected [desk " },
	{ LIVE "[desk \"a\"]\n[desk \"b\"]\nreader = x\n",
	    "conf:3: [desk] needs the key reader" },
	{ LIVE "[desk \"a\"]\nreader = x\n[desk \"a\"]\nreader = y\n",
	    "conf:5: desk \"a\" is configured twice" },
	{ LIVE "[practice]\nenabled = yes\n", "belong together" },
	{ "[clinic]\nfacility = 00000\n", "belong together" },
	{ "[practice]\nenabled = yes\n", "must be a simulated gateway" },
	{ "[practice]\nenabled = yes\n[gateway]\n"
	    "url = http://127.0.0.1.evil.example\n",
	    "must be a simulated gateway" },
	{ LIVE "[practice]\nsocket = /x\n", "[practice] socket is set" },
};

static void
each_defect_is_refused_with_file_line_and_key(void **state)
{
	struct ck_config config;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(defects) / sizeof(defects[0]); i++) {
		if (load(&config, defects[i].text) != CK_ERR_CONFIG)
			fail_msg("accepted: %s", defects[i].text);
		if (strstr(said, defects[i].expected) == NULL)
			fail_msg("expected \"%s\", got \"%s\"",
			    defects[i].expected, said);
	}
}

static void
all_defects_of_a_file_are_reported(void **state)
{
	struct ck_config config;

	(void)state;
	assert_int_equal(load(&config, LIVE "[http]\nport = x\nhost = y\n"),
	    CK_ERR_CONFIG);
	assert_non_null(strstr(said, "conf:4: [http] port"));
	assert_non_null(strstr(said, "conf:5: [http] has no key host"));
}

static void
a_missing_file_and_a_folder_are_refused(void **state)
{
	struct ck_config config;

	(void)state;
	assert_int_equal(load_path(&config, "/nonexistent/checkin.conf"),
	    CK_ERR_CONFIG);
	assert_non_null(strstr(said, "/nonexistent/checkin.conf: No such"));
	assert_int_equal(load_path(&config, directory), CK_ERR_CONFIG);
	assert_non_null(strstr(said, "Is a directory"));
}

static void
long_lines_are_refused_not_split(void **state)
{
	struct ck_config config;
	char text[4096] = LIVE "[state]\ndirectory = ";
	size_t len = strlen(text);

	(void)state;
	memset(text + len, 'x', 3000);
	assert_int_equal(load(&config, text), CK_ERR_CONFIG);
	assert_non_null(strstr(said, "conf:4: the line is longer than"));
	text[len + 1500] = '\0';
	assert_int_equal(load(&config, text), CK_ERR_CONFIG);
	assert_non_null(strstr(said, "conf:4: [state] directory: expected"));
}

static void
too_many_sections_are_refused(void **state)
{
	struct ck_config config;
	char text[8192] = LIVE;
	int i;

	(void)state;
	for (i = 0; i < CK_OPERATORS_MAX + 1; i++)
		strcat(text, "[operator]\nname = A\nnumber = 084090000001\n");
	assert_int_equal(load(&config, text), CK_ERR_CONFIG);
	assert_non_null(strstr(said, "more than 32 [operator]"));
}

static void
load_with_secret(struct ck_config *config, const char *secret, mode_t mode,
    enum ck_err expected)
{
	char text[256];

	write_file(secret_path, secret, mode);
	(void)snprintf(text, sizeof(text), LIVE
	    "[http]\nlisten = 0.0.0.0\nbehind_proxy = yes\n"
	    "token_file = %s\n", secret_path);
	assert_int_equal(load(config, text), expected);
}

static void
secrets_come_from_their_files(void **state)
{
	static const char *const bad[] = {
		"", "\n", "short\n", "blank in the middle\n",
		"two-lines-of-text\nare-one-too-many\n", "caf\xc3\xa9-0123456789"
	};
	struct ck_config config;
	char big[1100];
	size_t i;

	(void)state;
	load_with_secret(&config, "0123456789abcdef\n", 0600, CK_OK);
	assert_string_equal(config.token, "0123456789abcdef");
	assert_string_equal(said, "");
	assert_false(ck_config_listens_on_loopback(&config));
	load_with_secret(&config, "0123456789abcdef", 0644, CK_OK);
	assert_non_null(strstr(said, "others may read this secret"));
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		load_with_secret(&config, bad[i], 0600, CK_ERR_CONFIG);
		assert_non_null(strstr(said, "expected one line of 16 to"));
		assert_string_equal(config.token, "");
	}
	memset(big, 'x', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	load_with_secret(&config, big, 0600, CK_ERR_CONFIG);
}

static void
load_with_headers(struct ck_config *config, const char *headers,
    enum ck_err expected)
{
	char text[256];

	write_file(secret_path, headers, 0600);
	(void)snprintf(text, sizeof(text), LIVE
	    "[gateway]\nheaders_file = %s\n", secret_path);
	assert_int_equal(load(config, text), expected);
}

static void
headers_of_a_platform_come_from_their_file(void **state)
{
	static const char *const bad[] = {
		"no colon\n", ": x\n", "X Y: z\n", "X: \x01\n", "X:\n",
		"Content-Length: 3\n", "transfer-encoding: chunked\n",
		"A: caf\xc3\xa9\n"
	};
	struct ck_config config;
	const char *line = config.gateway_headers;
	char many[512] = "";
	size_t i;

	(void)state;
	load_with_headers(&config, "# LGSP\nX-Lgsp-Key: hunter2\r\n\n"
	    "Authorization: Basic aGVsbG8=\n", CK_OK);
	assert_string_equal(line, "X-Lgsp-Key: hunter2");
	line += strlen(line) + 1;
	assert_string_equal(line, "Authorization: Basic aGVsbG8=");
	line += strlen(line) + 1;
	assert_string_equal(line, "");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		load_with_headers(&config, bad[i], CK_ERR_CONFIG);
		assert_non_null(strstr(said, "secret:1: expected a header"));
	}
	for (i = 0; i < 17; i++)
		strcat(many, "X: y\n");
	load_with_headers(&config, many, CK_ERR_CONFIG);
	assert_non_null(strstr(said, "secret:17: expected a header"));
}

static void
a_proxy_login_is_a_user_and_a_password(void **state)
{
	struct ck_config config;
	char text[256];

	(void)state;
	(void)snprintf(text, sizeof(text), LIVE "[gateway]\n"
	    "proxy = http://proxy.example:3128\nproxy_login_file = %s\n",
	    secret_path);
	write_file(secret_path, "clinic:hunter2\n", 0600);
	assert_int_equal(load(&config, text), CK_OK);
	assert_string_equal(config.gateway_proxy_login, "clinic:hunter2");
	write_file(secret_path, "hunter2\n", 0600);
	assert_int_equal(load(&config, text), CK_ERR_CONFIG);
	assert_non_null(strstr(said, "must hold USER:PASSWORD"));
}

/* One defect, one message: it is set, only not understood. */
static void
a_wrong_facility_is_told_once(void **state)
{
	struct ck_config config;

	(void)state;
	assert_int_equal(load(&config, "[clinic]\nfacility = 8400\n"),
	    CK_ERR_CONFIG);
	assert_non_null(strstr(said, "a facility code of 5"));
	assert_null(strstr(said, "must be set"));
	assert_int_equal(load(&config, "[clinic]\nstation = main\n"),
	    CK_ERR_CONFIG);
	assert_non_null(strstr(said, "[clinic] facility must be set"));
}

/* Notepad writes U+FEFF first; anywhere else it is a defect. */
static void
a_byte_order_mark_is_passed_over(void **state)
{
	struct ck_config config;

	(void)state;
	assert_int_equal(load(&config, "\xEF\xBB\xBF" LIVE), CK_OK);
	assert_string_equal(config.facility, "84001");
	assert_int_equal(load(&config, "\xEF\xBB\xBF# words\r\n" LIVE), CK_OK);
	assert_int_equal(load(&config, "\n\xEF\xBB\xBF" LIVE), CK_ERR_CONFIG);
	assert_int_equal(load(&config, "\xEF\xBB" LIVE), CK_ERR_CONFIG);
}

static void
print(const struct ck_config *config, char *out, size_t size)
{
	FILE *file = fmemopen(out, size, "w");

	assert_non_null(file);
	ck_config_print(config, file);
	assert_int_equal(fclose(file), 0);
}

static void
assert_every_section(const char *printed)
{
	const struct ck_config_key *keys;
	char wanted[64];
	size_t i, count;

	keys = ck_config_keys(&count);
	for (i = 0; i < count; i++) {
		(void)snprintf(wanted, sizeof(wanted), "[%s",
		    keys[i].section);
		if (strstr(printed, wanted) == NULL)
			fail_msg("%s] is not printed", wanted);
	}
}

static void
what_is_printed_can_be_loaded_and_holds_no_secret(void **state)
{
	struct ck_config config, again;
	char first[8192], second[8192];
	char text[512];

	(void)state;
	write_file(secret_path, "hunter2-hunter2-hunter2", 0600);
	(void)snprintf(text, sizeof(text), LIVE "[http]\ntoken_file = %s\n"
	    "[gateway]\nuser = u\npassword_file = %s\n[operator]\nname = A\n"
	    "number = 084090000001\n[desk \"a\"]\nreader = b\n", secret_path,
	    secret_path);
	assert_int_equal(load(&config, text), CK_OK);
	print(&config, first, sizeof(first));
	assert_null(strstr(first, "hunter2"));
	assert_non_null(strstr(first, "token_file: ***"));
	assert_every_section(first);
	assert_int_equal(load(&again, first), CK_OK);
	print(&again, second, sizeof(second));
	assert_string_equal(first, second);
	assert_string_equal(again.token, "hunter2-hunter2-hunter2");
}

static void
practice_needs_no_facility(void **state)
{
	struct ck_config config;

	(void)state;
	assert_int_equal(load(&config, "[practice]\nenabled = yes\n"
	    "[gateway]\nurl = http://localhost:8585\n"), CK_OK);
	assert_string_equal(config.facility, "00000");
	assert_int_equal(load(&config, "[practice]\nenabled = yes\n"
	    "[gateway]\nurl = http://[::1]:8585\n"), CK_OK);
}

/* "key = value" or "#key = value" of the example, with its section. */
static const struct ck_config_key *
example_key(const char *section, char *line, bool *commented, char **value)
{
	char *equals = strstr(line, " = ");

	*commented = line[0] == '#';
	line += *commented ? 1 : 0;
	if (equals == NULL || line[0] == ' ')
		return NULL;
	*equals = '\0';
	*value = equals + 3;
	(*value)[strcspn(*value, "\n")] = '\0';

	return ck_config_key_find(section, line);
}

static void
example_line(char *section, char *line, bool *seen)
{
	const struct ck_config_key *key;
	bool commented = false;
	char *value = NULL;
	size_t count;

	if (line[0] == '[') {
		section[0] = '\0';
		strncat(section, line + 1, strcspn(line + 1, " ]"));
		return;
	}
	key = example_key(section, line, &commented, &value);
	if (value == NULL)
		return;
	if (key == NULL)
		fail_msg("the example has an unknown key [%s] %s", section,
		    line);
	seen[key - ck_config_keys(&count)] = true;
	if (key->initial != NULL && !commented)
		assert_string_equal(value, key->initial);
	else if (key->initial != NULL)
		assert_string_equal(key->initial, "");
}

static void
the_example_documents_every_key_and_its_default(void **state)
{
	const struct ck_config_key *keys;
	struct ck_config config;
	char line[256], section[64] = "";
	bool seen[160] = { false };
	size_t i, count;
	FILE *file = fopen(EXAMPLE, "re");

	(void)state;
	assert_non_null(file);
	keys = ck_config_keys(&count);
	assert_true(count <= 160);
	while (fgets(line, sizeof(line), file) != NULL)
		example_line(section, line, seen);
	(void)fclose(file);
	for (i = 0; i < count; i++) {
		if (!seen[i])
			fail_msg("[%s] %s is not in the example",
			    keys[i].section, keys[i].name);
	}
	assert_int_equal(load_path(&config, EXAMPLE), CK_OK);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_hold_where_nothing_is_said),
		cmocka_unit_test(every_value_that_is_said_is_kept),
		cmocka_unit_test(each_defect_is_refused_with_file_line_and_key),
		cmocka_unit_test(all_defects_of_a_file_are_reported),
		cmocka_unit_test(a_missing_file_and_a_folder_are_refused),
		cmocka_unit_test(long_lines_are_refused_not_split),
		cmocka_unit_test(too_many_sections_are_refused),
		cmocka_unit_test(secrets_come_from_their_files),
		cmocka_unit_test(headers_of_a_platform_come_from_their_file),
		cmocka_unit_test(a_proxy_login_is_a_user_and_a_password),
		cmocka_unit_test(
		    what_is_printed_can_be_loaded_and_holds_no_secret),
		cmocka_unit_test(practice_needs_no_facility),
		cmocka_unit_test(a_byte_order_mark_is_passed_over),
		cmocka_unit_test(a_wrong_facility_is_told_once),
		cmocka_unit_test(
		    the_example_documents_every_key_and_its_default),
	};

	return cmocka_run_group_tests_name("config", tests, setup, teardown);
}
