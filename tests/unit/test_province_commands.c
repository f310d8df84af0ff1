/*
 * test_province_commands.c - what the office's commands say when they refuse
 */
#include <fcntl.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ledger_fixture.h"

#include "province/command.h"

struct world {
	struct fixture f;
	struct ck_province_config config;
	char said[4096];	/* on both outputs, of the last command */
};

typedef int (*command_fn)(const struct ck_province_config *, int, char **);

static void
read_said(struct world *w, const char *path)
{
	FILE *file = fopen(path, "re");
	size_t len;

	assert_non_null(file);
	len = fread(w->said, 1, sizeof(w->said) - 1, file);
	w->said[len] = '\0';
	(void)fclose(file);
}

/* Run a command of words with a blank between, both its outputs in a file. */
static int
run(struct world *w, command_fn command, const char *words)
{
	char path[128], line[128], *argv[8] = { NULL }, *word, *rest;
	int argc = 0, out, old[2], status;

	(void)snprintf(line, sizeof(line), "%s", words);
	for (word = strtok_r(line, " ", &rest); word != NULL && argc < 7;
	    word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	(void)snprintf(path, sizeof(path), "%s/said", w->f.directory);
	out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(out >= 0);
	(void)fflush(NULL);
	old[0] = dup(STDOUT_FILENO);
	old[1] = dup(STDERR_FILENO);
	assert_true(old[0] >= 0 && old[1] >= 0);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(out, STDERR_FILENO);
	optind = 0;
	status = command(&w->config, argc, argv);
	(void)fflush(NULL);
	(void)dup2(old[0], STDOUT_FILENO);
	(void)dup2(old[1], STDERR_FILENO);
	(void)close(old[0]);
	(void)close(old[1]);
	(void)close(out);
	read_said(w, path);

	return status;
}

static void
start(struct world *w)
{
	static const struct feed_row rows[] = {
		{ .series = "cccd", .count = 40, .revision = 8,
		    .hour = "2026-03-01T03:00:00Z" }
	};
	static const struct feed feed = {
		.revision = 8, .rows = rows, .row_count = 1
	};

	memset(w, 0, sizeof(*w));
	fixture_start(&w->f, NULL);
	fixture_registry(&w->f);
	fixture_give(&w->f, &feed, CK_WAY_FILE, 0);
	(void)snprintf(w->config.where, sizeof(w->config.where), "%s",
	    w->f.where);
	(void)snprintf(w->config.office_key_file,
	    sizeof(w->config.office_key_file), "%s/key", w->f.directory);
}

static void
assert_said(const struct world *w, const char *text)
{
	if (strstr(w->said, text) == NULL)
		fail_msg("not said: %s; but: %s", text, w->said);
}

/* Each refusal is one text of its own, and none of them makes a key. */
static void
close_says_why_not(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	assert_int_equal(run(&w, ck_province_close,
	    "close --from 2026-02-01 --to 2026-02-28"), 1);
	assert_said(&w, "no clinic had begun to count");
	assert_int_equal(run(&w, ck_province_close,
	    "close --from 2026-03-01 --to 2199-12-31"), 1);
	assert_said(&w, "this period is not over");
	assert_int_not_equal(access(w.config.office_key_file, F_OK), 0);
	assert_int_equal(run(&w, ck_province_close,
	    "close --from 2026-03-01 --to 2026-03-01"), 0);
	assert_said(&w, "closed: 2026-03-01 to 2026-03-01, statement 1, ");
	assert_int_equal(access(w.config.office_key_file, F_OK), 0);
	assert_int_equal(run(&w, ck_province_close,
	    "close --from 2026-03-01 --to 2026-03-01"), 1);
	assert_said(&w, "closed already");
	fixture_end(&w.f);
}

/* No mail server was asked: none is blamed. */
static void
a_digest_to_nobody_is_one_line(void **state)
{
	struct world w;

	(void)state;
	start(&w);
	assert_int_equal(run(&w, ck_province_digest, "digest --send"), 1);
	assert_string_equal(w.said, "checkin-province: [digest] to names "
	    "nobody\n");
	fixture_end(&w.f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(close_says_why_not),
		cmocka_unit_test(a_digest_to_nobody_is_one_line)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
