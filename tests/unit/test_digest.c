/*
 * test_digest.c - the daily digest: what it says, how it travels, and that it
 * is never sent twice
 *
 * The mail server is aiosmtpd (mail_sink.py); what arrived is read by Python's
 * email package.
 */
#include "ledger_fixture.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "io/json.h"
#include "io/mail_text.h"
#include "province/digest.h"
#include "province/digester.h"

#define DAY_MS (24 * INT64_C(3600000))

/* The day after the fixture's: yesterday is 2026-03-02. */
#define TODAY_MS (NOW_MS + DAY_MS)

static struct pg_server server;

#define ON_BOTH(test) \
	{ #test " on SQLite", test, NULL, NULL, NULL }, \
	{ #test " on PostgreSQL", test, NULL, NULL, &server }

static const struct feed_row rows[] = {
	{ .series = "cccd", .count = 1200, .revision = 1 },
	{ .series = "cccd", .count = 88, .revision = 2,
	    .outcome = "not_found", .reason = "050", .owner = "insurer" },
	{ .series = "cccd", .count = 9, .revision = 3,
	    .outcome = "mismatch", .reason = "060", .owner = "desk" },
	{ .series = "cccd", .count = 3, .revision = 4,
	    .outcome = "unavailable", .reason = "line", .owner = "line" }
};
static const struct feed one = {
	.revision = 4, .rows = rows, .row_count = 4
};
static const struct feed early = {
	.revision = 4, .made_at = "2026-03-02T12:00:05Z"
};

/* --- A mail server -------------------------------------------------------- */

struct sink {
	pid_t pid;
	int in;			/* it ends when this is closed */
	char directory[64];
	uint16_t port;
};

static void
sink_start(struct sink *sink, const char *options)
{
	char command[512], line[16] = "";
	int in[2], out[2];
	FILE *ports;

	if (sink->directory[0] == '\0') {
		(void)snprintf(sink->directory, sizeof(sink->directory),
		    "/tmp/checkin-mail.XXXXXX");
		assert_non_null(mkdtemp(sink->directory));
	}
	(void)snprintf(command, sizeof(command), "exec /usr/bin/python3 "
	    "tests/unit/mail_sink.py %s %s", sink->directory, options);
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	if ((sink->pid = fork()) == 0) {
		(void)dup2(in[0], STDIN_FILENO);
		(void)dup2(out[1], STDOUT_FILENO);
		(void)close(in[1]);
		(void)close(out[0]);
		(void)execl("/bin/sh", "sh", "-c", command, (char *)NULL);
		_exit(127);
	}
	(void)close(in[0]);
	(void)close(out[1]);
	sink->in = in[1];
	assert_non_null(ports = fdopen(out[0], "r"));
	assert_non_null(fgets(line, sizeof(line), ports));
	sink->port = (uint16_t)strtoul(line, NULL, 10);
	assert_true(sink->port > 0);
	(void)fclose(ports);
}

static void
sink_stop(struct sink *sink)
{
	int status;

	(void)close(sink->in);
	assert_int_equal(waitpid(sink->pid, &status, 0), sink->pid);
}

static void
sink_end(struct sink *sink)
{
	char command[96];

	sink_stop(sink);
	(void)snprintf(command, sizeof(command), "rm -rf %s",
	    sink->directory);
	assert_int_equal(system(command), 0);
}

/* What arrived as the nth message; NULL: nothing. */
static json_t *
arrived(const struct sink *sink, unsigned nth)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/%u.json", sink->directory,
	    nth);

	return json_load_file(path, 0, NULL);
}

/* --- A province ----------------------------------------------------------- */

static void
fill(struct fixture *f)
{
	fixture_registry(f);
	fixture_give(f, &one, CK_WAY_FILE, 0);
	assert_int_equal(f->out.verdict, CK_VERDICT_ACCEPTED);
	fixture_give(f, &early, CK_WAY_PULL, 0);
	assert_int_equal(f->out.verdict, CK_VERDICT_QUARANTINED);
}

static void
configure(struct ck_province_config *config, const struct sink *sink)
{
	memset(config, 0, sizeof(*config));
	(void)snprintf(config->digest_to, sizeof(config->digest_to),
	    "phong.giam-dinh@example.vn cntt@example.vn");
	(void)snprintf(config->digest_from, sizeof(config->digest_from),
	    "checkin@example.vn");
	(void)snprintf(config->digest_language,
	    sizeof(config->digest_language), "vi");
	(void)snprintf(config->mail_host, sizeof(config->mail_host),
	    "127.0.0.1");
	(void)snprintf(config->mail_security, sizeof(config->mail_security),
	    "none");
	config->mail_port = sink->port;
	config->mail_timeout_ms = 300000;
}

static void
send_expecting(struct fixture *f, const struct ck_province_config *config,
    int64_t now_ms, enum ck_err wanted, bool wanted_sent)
{
	bool sent = !wanted_sent;

	assert_int_equal(ck_digest_send(f->ledger, config, now_ms, false,
	    &sent), wanted);
	assert_int_equal(sent, wanted_sent);
}

static char *
digest_in(struct fixture *f, const char *language, struct ck_buf *subject)
{
	struct ck_buf text = CK_BUF_INIT;
	struct ck_catalogue *catalogue;
	char *copy;

	assert_int_equal(ck_catalogue_open(&catalogue, language), CK_OK);
	assert_int_equal(ck_digest_text(f->ledger, catalogue, TODAY_MS,
	    subject, &text), CK_OK);
	assert_int_equal(ck_buf_push(&text, 0), CK_OK);
	assert_non_null(copy = strdup((const char *)text.ptr));
	ck_buf_wipe(&text);
	ck_catalogue_free(&catalogue);

	return copy;
}

static void
expect_words(const char *text, const char *const *words)
{
	for (; *words != NULL; words++) {
		if (strstr(text, *words) == NULL)
			fail_msg("\"%s\" is not in:\n%s", *words, text);
	}
}

static void
says_what_matters(void **state)
{
	static const char *const vi[] = {
		"1.300 lượt", "1.200 lượt thành công", "02/03/2026",
		"01/03/2026", "không gửi số liệu: 1", "84002",
		"chưa bao giờ gửi", "bị giữ lại, chưa tính: 1",
		"Đồng hồ máy của cơ sở sai", "chưa được xác nhận trong tháng"
		": 100", "Cơ quan BHXH: 88", "Bàn tiếp đón: 9", NULL
	};
	static const char *const en[] = {
		"1,300 attempts", "1,200", "Silent clinics: 1",
		"never seen", "quarantine, not counted: 1",
		"clock is wrong", "88", NULL
	};
	struct ck_buf subject = CK_BUF_INIT;
	struct fixture f;
	char *text;

	fixture_start(&f, *state);
	fill(&f);
	text = digest_in(&f, "vi", &subject);
	expect_words(text, vi);
	assert_non_null(strstr((const char *)subject.ptr, "02/03/2026"));
	/* Fewer than 5 are nobody's. */
	assert_null(strstr(text, "Đường truyền"));
	free(text);
	ck_buf_wipe(&subject);
	text = digest_in(&f, "en", &subject);
	expect_words(text, en);
	free(text);
	ck_buf_wipe(&subject);
	fixture_end(&f);
}

static void
an_empty_ledger_has_a_digest(void **state)
{
	struct ck_buf subject = CK_BUF_INIT;
	struct fixture f;

	fixture_start(&f, *state);
	free(digest_in(&f, "vi", &subject));
	ck_buf_wipe(&subject);
	fixture_end(&f);
}

/* --- How it travels ------------------------------------------------------- */

static void
arrives_as_it_was_written(void **state)
{
	struct sink sink = { .directory = "" };
	struct ck_buf subject = CK_BUF_INIT;
	struct ck_province_config config;
	struct fixture f;
	const json_t *fields;
	json_t *found;
	char *text;

	fixture_start(&f, *state);
	fill(&f);
	sink_start(&sink, "");
	configure(&config, &sink);
	send_expecting(&f, &config, TODAY_MS, CK_OK, true);
	assert_non_null(found = arrived(&sink, 1));
	assert_null(arrived(&sink, 2));
	assert_int_equal(json_array_size(json_object_get(found, "envelope")),
	    3);
	assert_int_equal(json_array_size(json_object_get(found, "to")), 2);
	assert_int_equal(json_array_size(json_object_get(found, "defects")),
	    0);
	fields = json_object_get(found, "fields");
	text = digest_in(&f, "vi", &subject);
	assert_string_equal(ck_json_text(fields, "Subject"),
	    (const char *)subject.ptr);
	assert_string_equal(ck_json_text(fields, "From"),
	    "checkin@example.vn");
	assert_string_equal(ck_json_text(fields, "Auto-Submitted"),
	    "auto-generated");
	assert_string_equal(ck_json_text(found, "date"),
	    "2026-03-03T17:00:10+07:00");
	assert_string_equal(ck_json_text(found, "charset"), "utf-8");
	assert_true(json_is_true(json_object_get(found, "ascii")));
	assert_int_equal(json_integer_value(json_object_get(found, "bare")),
	    0);
	assert_true(json_integer_value(json_object_get(found, "longest")) <=
	    78);
	assert_string_equal(ck_json_text(found, "text"), text);
	json_decref(found);
	free(text);
	ck_buf_wipe(&subject);
	sink_end(&sink);
	fixture_end(&f);
}

static void
is_sent_once_a_day(void **state)
{
	struct sink sink = { .directory = "" };
	struct ck_province_config config;
	struct fixture f;
	json_t *found;
	bool sent;

	fixture_start(&f, *state);
	fill(&f);
	sink_start(&sink, "");
	configure(&config, &sink);
	send_expecting(&f, &config, TODAY_MS, CK_OK, true);
	send_expecting(&f, &config, TODAY_MS + 3600000, CK_OK, false);
	ck_ledger_close(&f.ledger);
	fixture_open(&f);
	send_expecting(&f, &config, TODAY_MS + 1000, CK_OK, false);
	assert_null(arrived(&sink, 2));
	assert_int_equal(ck_digest_send(f.ledger, &config, TODAY_MS, true,
	    &sent), CK_OK);
	assert_true(sent);
	send_expecting(&f, &config, TODAY_MS + DAY_MS, CK_OK, true);
	/* A clock that was set back. */
	send_expecting(&f, &config, TODAY_MS, CK_OK, false);
	assert_non_null(found = arrived(&sink, 3));
	json_decref(found);
	assert_null(arrived(&sink, 4));
	sink_end(&sink);
	fixture_end(&f);
}

/* What was surely not taken is tried again, what may have been is not. */
static void
a_failure_costs_no_digest_and_doubles_none(void **state)
{
	static const struct {
		const char *options;
		enum ck_err err;
	} bad[] = {
		{ "--answer rcpt '450 later'", CK_ERR_LINE },
		{ "--answer data '452 full'", CK_ERR_LINE },
		{ "--answer rcpt '550 nobody'", CK_ERR_CONFIG },
		{ "--answer data '554 no'", CK_ERR_CONFIG },
	};
	struct sink sink = { .directory = "" };
	struct ck_province_config config;
	struct fixture f;
	json_t *found;
	size_t i;

	fixture_start(&f, *state);
	fill(&f);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		sink_start(&sink, bad[i].options);
		configure(&config, &sink);
		send_expecting(&f, &config, TODAY_MS, bad[i].err, false);
		sink_stop(&sink);
	}
	/* Nobody listens there any more. */
	send_expecting(&f, &config, TODAY_MS, CK_ERR_LINE, false);

	sink_start(&sink, "");
	configure(&config, &sink);
	send_expecting(&f, &config, TODAY_MS, CK_OK, true);
	assert_non_null(found = arrived(&sink, 1));
	json_decref(found);
	sink_stop(&sink);

	sink_start(&sink, "--answer drop x");
	configure(&config, &sink);
	send_expecting(&f, &config, TODAY_MS + DAY_MS, CK_ERR_REQUEST,
	    false);
	send_expecting(&f, &config, TODAY_MS + DAY_MS, CK_OK, false);
	sink_end(&sink);
	fixture_end(&f);
}

/* --- TLS and sign-in ------------------------------------------------------ */

static void
make_certificate(const char *directory, const char *name)
{
	char command[512];

	(void)snprintf(command, sizeof(command), "openssl req -x509 -newkey "
	    "ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj "
	    "/CN=mail.example.vn -addext subjectAltName=IP:127.0.0.1 "
	    "-keyout %s/%s.key -out %s/%s.pem 2>/dev/null", directory, name,
	    directory, name);
	assert_int_equal(system(command), 0);
}

static void
write_password(const char *path, const char *password)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(password, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, 0600), 0);
}

static void
signs_in_over_tls_only(void **state)
{
	static const char *const ways[] = { "starttls", "tls" };
	struct sink sink = { .directory = "" };
	struct ck_province_config config;
	struct fixture f;
	char options[400];
	json_t *found;
	int i;

	fixture_start(&f, *state);
	fill(&f);
	make_certificate(f.directory, "good");
	make_certificate(f.directory, "other");
	for (i = 0; i < 2; i++) {
		(void)snprintf(options, sizeof(options), "--tls %s "
		    "%s/good.pem %s/good.key --login checkin right-password",
		    i == 0 ? "starttls" : "now", f.directory, f.directory);
		sink_start(&sink, options);
		configure(&config, &sink);
		(void)snprintf(config.mail_security,
		    sizeof(config.mail_security), "%s", ways[i]);
		(void)snprintf(config.mail_user, sizeof(config.mail_user),
		    "checkin");
		(void)snprintf(config.mail_password_file,
		    sizeof(config.mail_password_file), "%s/password",
		    f.directory);
		(void)snprintf(config.mail_ca_file,
		    sizeof(config.mail_ca_file), "%s/other.pem",
		    f.directory);
		write_password(config.mail_password_file, "right-password\n");
		send_expecting(&f, &config, TODAY_MS + i * DAY_MS,
		    CK_ERR_CONFIG, false);
		(void)snprintf(config.mail_ca_file,
		    sizeof(config.mail_ca_file), "%s/good.pem",
		    f.directory);
		write_password(config.mail_password_file, "wrong-password\n");
		send_expecting(&f, &config, TODAY_MS + i * DAY_MS,
		    CK_ERR_CONFIG, false);
		write_password(config.mail_password_file, "right-password\n");
		send_expecting(&f, &config, TODAY_MS + i * DAY_MS, CK_OK,
		    true);
		assert_non_null(found = arrived(&sink, 1));
		assert_string_equal(ck_json_text(found, "login"), "checkin");
		json_decref(found);
		sink_end(&sink);
		sink.directory[0] = '\0';
	}
	fixture_end(&f);
}

/* A server, or somebody between, that says it has no TLS. */
static void
no_tls_is_no_mail(void **state)
{
	struct sink sink = { .directory = "" };
	struct ck_province_config config;
	struct fixture f;

	fixture_start(&f, *state);
	fill(&f);
	sink_start(&sink, "");
	configure(&config, &sink);
	(void)snprintf(config.mail_security, sizeof(config.mail_security),
	    "starttls");
	send_expecting(&f, &config, TODAY_MS, CK_ERR_CONFIG, false);
	assert_null(arrived(&sink, 1));
	sink_end(&sink);
	fixture_end(&f);
}

/* --- At its hour ---------------------------------------------------------- */

static int64_t
at_noon(void *ctx)
{
	(void)ctx;

	return TODAY_MS - 5 * INT64_C(3600000);
}

static void
the_thread_sends_it_at_its_hour(void **state)
{
	static const struct ck_clock noon = { at_noon, at_noon, NULL };
	struct ck_ledger_options options = { .clock_tolerance_ms = 0 };
	struct sink sink = { .directory = "" };
	struct ck_province_config config;
	struct ck_digester *digester;
	struct fixture f;
	json_t *found = NULL;

	fixture_start(&f, *state);
	fill(&f);
	options.where = f.where;
	sink_start(&sink, "");
	configure(&config, &sink);
	config.digest_hour = 13;
	assert_int_equal(ck_digester_start(&digester, &config, &options,
	    &noon), CK_OK);
	ck_digester_stop(&digester);
	assert_null(arrived(&sink, 1));
	config.digest_hour = 12;
	assert_int_equal(ck_digester_start(&digester, &config, &options,
	    &noon), CK_OK);
	while ((found = arrived(&sink, 1)) == NULL)
		(void)usleep(10000);
	json_decref(found);
	ck_digester_stop(&digester);
	assert_int_equal(ck_digester_start(&digester, &config, &options,
	    &noon), CK_OK);
	ck_digester_stop(&digester);
	assert_null(arrived(&sink, 2));
	config.digest_to[0] = '\0';
	assert_int_equal(ck_digester_start(&digester, &config, &options,
	    &noon), CK_OK);
	assert_null(digester);
	sink_end(&sink);
	fixture_end(&f);
}

/* --- The message ---------------------------------------------------------- */

static void
a_message_to_the_byte(void **state)
{
	/* Encoded by hand: base64 of 53 E1 BB 91, and of "a CR LF". */
	static const char wanted[] =
	    "Date: Tue, 3 Mar 2026 17:00:10 +0700\r\n"
	    "From: a@example.vn\r\n"
	    "Message-ID: <x-1@example.vn>\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=UTF-8\r\n"
	    "Content-Transfer-Encoding: base64\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "To: b@example.vn,\r\n c@example.vn\r\n"
	    "Subject: =?UTF-8?B?U+G7kQ==?=\r\n"
	    "\r\n"
	    "YQ0K\r\n";
	struct ck_mail_draft draft = {
		.from = "a@example.vn", .to = " b@example.vn  c@example.vn ",
		.subject = "Số", .id = "x-1", .text = { NULL, 0 },
		.date_ms = TODAY_MS
	};
	struct ck_buf out = CK_BUF_INIT;

	(void)state;
	draft.text = ck_span_str("a\n");
	assert_int_equal(ck_mail_compose(&draft, &out), CK_OK);
	assert_int_equal(ck_buf_push(&out, 0), CK_OK);
	assert_string_equal((const char *)out.ptr, wanted);
	ck_buf_wipe(&out);
}

static void
nothing_begins_another_field(void **state)
{
	static const char *const bad[] = {
		"", "a", "@b.vn", "a@", "a b@c.vn@d", "a@b@c",
		"a@b.vn\r\nBcc: x@y.vn", "<a@b.vn>", "a@b.vn,c@d.vn",
		"\"a b\"@c.vn", "ạ@b.vn"
	};
	struct ck_mail_draft draft = {
		.to = "b@example.vn", .from = "a@example.vn",
		.subject = "x\r\nBcc: y@example.vn", .id = "x"
	};
	struct ck_buf out = CK_BUF_INIT;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (ck_mail_is_address(bad[i]) ||
		    ck_mail_are_addresses(bad[i]))
			fail_msg("taken: %s", bad[i]);
	}
	assert_true(ck_mail_is_address("phong.gd+1@bhxh-tv.example.vn"));
	assert_int_equal(ck_mail_compose(&draft, &out), CK_ERR_LIMIT);
	draft.subject = "x";
	draft.id = "x\n";
	assert_int_equal(ck_mail_compose(&draft, &out), CK_ERR_LIMIT);
	assert_int_equal(out.len, 0);
	ck_buf_wipe(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(says_what_matters),
		ON_BOTH(an_empty_ledger_has_a_digest),
		cmocka_unit_test(arrives_as_it_was_written),
		ON_BOTH(is_sent_once_a_day),
		cmocka_unit_test(a_failure_costs_no_digest_and_doubles_none),
		cmocka_unit_test(signs_in_over_tls_only),
		cmocka_unit_test(no_tls_is_no_mail),
		cmocka_unit_test(the_thread_sends_it_at_its_hour),
		cmocka_unit_test(a_message_to_the_byte),
		cmocka_unit_test(nothing_begins_another_field),
	};
	int failed;

	if (!pg_make(&server)) {
		(void)fprintf(stderr, "no PostgreSQL server: see %s/log\n",
		    server.directory);
		return 1;
	}
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pg_remove(&server);

	return failed;
}
