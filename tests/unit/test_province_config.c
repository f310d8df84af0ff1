/*
 * test_province_config.c - the collector's configuration and its examples
 */
#include <unistd.h>

#include "files.h"
#include "said.h"

#include "province/config.h"

#define EXAMPLE "schema/province.example.conf"

static enum ck_err
load_text(const char *text, struct ck_province_config *config)
{
	char path[] = "/tmp/checkin-province.XXXXXX";
	int fd = mkstemp(path);
	enum ck_err err;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	(void)close(fd);
	err = ck_province_config_load(config, path);
	(void)unlink(path);

	return err;
}

static char *
print(const struct ck_province_config *config)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	ck_province_config_print(config, out);
	assert_int_equal(fclose(out), 0);

	return text;
}

/* Nothing set is the same as the example, and what is printed loads again. */
static void
example_shows_the_defaults(void **state)
{
	struct ck_province_config empty, example, again;
	char *text[3];

	(void)state;
	assert_int_equal(load_text("", &empty), CK_OK);
	assert_int_equal(ck_province_config_load(&example, EXAMPLE), CK_OK);
	text[0] = print(&empty);
	text[1] = print(&example);
	assert_int_equal(load_text(text[0], &again), CK_OK);
	text[2] = print(&again);
	assert_string_equal(text[0], text[1]);
	assert_string_equal(text[0], text[2]);
	free(text[0]);
	free(text[1]);
	free(text[2]);
}

/* The example and the manual name every key. */
static void
every_key_is_described(void **state)
{
	struct ck_buf example = file_must_read(EXAMPLE);
	struct ck_buf manual = file_must_read("docs/checkin-province.8");
	struct ck_province_config config;
	char *text, *line, *rest = NULL, *key;

	(void)state;
	assert_int_equal(ck_buf_push(&example, 0), CK_OK);
	assert_int_equal(ck_buf_push(&manual, 0), CK_OK);
	assert_int_equal(load_text("", &config), CK_OK);
	text = print(&config);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		line[strcspn(line, " ")] = '\0';
		key = line;
		if (strstr((char *)example.ptr, key) == NULL ||
		    strstr((char *)manual.ptr, key) == NULL)
			fail_msg("%s is not described", key);
	}
	free(text);
	ck_buf_wipe(&example);
	ck_buf_wipe(&manual);
}

static void
refuses_what_it_does_not_know(void **state)
{
	static const char *const bad[] = {
		"[ledgers]\n", "[ledger]\nfile = x\n", "x = 1\n", "[ledger\n",
		"[collect]\nparallel = 0\n", "[collect]\nparallel = 257\n",
		"[collect]\nparallel = many\n",
		"[collect]\nlease_s = 30\n",
		"[collect]\nlease_s = 60\nlease_s = 70\n",
		"[collect]\nbackoff_s = 60\nbackoff_max_s = 30\n",
		"[collect]\nclient_key_file = /k\n",
		"[collect]\nca_file = relative.pem\n",
		"[ledger]\ndatabase = host=a password=secret\n",
		"[http]\nlisten = 0.0.0.0\n",
		"[http]\nlisten = 0.0.0.0\ntoken_file = /t\n",
		"[http]\nlisten = 0.0.0.0\nbehind_proxy = yes\n",
		"[http]\ncertificate = /c\n",
		"[http]\naccounts_file = /a\n",
		"[http]\naccounts_directory = /a\ntoken_file = /t\n",
		"[http]\naccounts_file = /a\naccounts_directory = /a\n",
		"[digest]\nto = a@example.vn\n",
		"[digest]\nto = a\nfrom = b@example.vn\n",
		"[digest]\nhour = 24\n", "[digest]\nlanguage = fr\n",
		"[mail]\nsecurity = ssl\n", "[mail]\nhost = a/b\n",
		"[mail]\nhost = mail.example.vn\nsecurity = none\n",
		"[mail]\nuser = a\n", "[mail]\npassword_file = /p\n",
		"[mail]\nuser = a\npassword_file = /p\nsecurity = none\n",
	};
	struct ck_province_config config;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(load_text(bad[i], &config), CK_ERR_CONFIG);
	assert_int_equal(ck_province_config_load(&config, "/nonexistent"),
	    CK_ERR_CONFIG);
	assert_int_equal(load_text("[ledger]\ndatabase = "
	    "postgresql://checkin@db/checkin\n[collect]\nparallel = 256\n",
	    &config), CK_OK);
	assert_int_equal(config.parallel, 256);
	assert_int_equal(load_text("[http]\nlisten = 0.0.0.0\n"
	    "token_file = /t\nbehind_proxy = yes\n", &config), CK_OK);
}

/* Where, what, and what to do. */
static void
names_line_and_key(void **state)
{
	static const char *const bad[][2] = {
		{ "[ledgers]\n", ":1: unknown section [ledgers]\n" },
		{ "[ledger]\nfile = x\n", ":2: [ledger] has no key file\n" },
		{ "x = 1\n", ":1: a key stands before any section\n" },
		{ "[collect]\n\nparallel = 0\n", ":3: [collect] parallel: "
		    "expected a whole number from 1 to 256\n" },
		{ "[collect]\nlease_s = 60\nlease_s = 70\n",
		    ":3: [collect] lease_s is set twice\n" },
		{ "[collect]\nca_file = relative.pem\n", ":2: [collect] "
		    "ca_file: expected a whole path, which begins with /\n" },
		{ "[ledger]\nplayed = perhaps\n",
		    ":2: [ledger] played: expected yes or no\n" },
		{ "[ledger]\ndatabase = host=a password=secret\n", ": [ledger]"
		    " database: name a passfile, never the password\n" },
		{ "[collect]\nlease_s = 30\n", ": [collect] lease_s must be "
		    "longer than timeout_ms: a collector would ask whom "
		    "another asks\n" },
		{ "[http]\nlisten = 0.0.0.0\n", "set token_file as well, or "
		    "everybody on the network could read the figures of each "
		    "clinic\n" },
		{ "[digest]\nlanguage = fr\n",
		    ":2: [digest] language: expected vi or en\n" }
	};
	struct ck_province_config config;
	struct said said;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		said_begin(&said);
		(void)load_text(bad[i][0], &config);
		said_end(&said);
		said_has(&said, "error config: /tmp/checkin-province.");
		said_has(&said, bad[i][1]);
		assert_null(strstr(said.text, "secret"));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(example_shows_the_defaults),
		cmocka_unit_test(every_key_is_described),
		cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(names_line_and_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
