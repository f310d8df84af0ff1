/*
 * doctor_reader.c - what `checkin doctor` says of the card readers
 */
#include <sys/stat.h>
#include <sys/wait.h>

#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ck/worker.h"
#include "cli/ask.h"
#include "cli/doctor_reader.h"
#include "cli/finding.h"
#include "daemon/config.h"
#include "io/json.h"

#define PCSCD "/usr/sbin/pcscd"

/* A survey takes a second for each reader that does not answer at most. */
#define SURVEY_MS 15000

/* Its lines: 16 readers and the desks' own. */
#define SURVEY_MAX 16384

/* --survey, a name for each desk, the program, NULL. */
#define ARGUMENTS_MAX (CK_DESKS_MAX + 3)

extern char **environ;

/* One reader as either source describes it. */
struct reader {
	const char *desk;	/* "": not known */
	const char *name;	/* "": none */
	const char *transport;	/* "pcsc", "nfc" */
	const char *state;	/* word of docs/desk-events.md, or "denied" */
	const char *hint;
	const char *kind;
	bool card_present;
};

/* The group that owns the device of "nfc:driver:/dev/x:speed". */
static const char *
group_of(const char *name)
{
	const char *begin = strchr(name, '/');
	char path[CK_READER_NAME_LEN];
	const struct group *group;
	struct stat status;

	if (begin == NULL)
		return "plugdev";
	(void)snprintf(path, sizeof(path), "%.*s", (int)strcspn(begin, ":"),
	    begin);
	if (stat(path, &status) != 0)
		return "dialout";
	group = getgrgid(status.st_gid);

	return group == NULL ? "dialout" : group->gr_name;
}

static int
say_denied(const char *title, const struct reader *reader)
{
	if (strcmp(reader->transport, "nfc") == 0)
		return ck_finding(CK_FINDING_FAIL, "reader", "%s may not be "
		    "opened: usermod -aG %s USER, where USER runs checkind; "
		    "then start checkind anew", title, group_of(reader->name));

	return ck_finding(CK_FINDING_FAIL, "reader", "pcscd does not serve "
	    "this user: allow org.debian.pcsc-lite.access_pcsc and "
	    "access_card in /etc/polkit-1/rules.d for the user of checkind");
}

/* A reader that is not well: what to do about it. */
static int
say_trouble(const char *title, const struct reader *reader)
{
	bool nfc = strcmp(reader->transport, "nfc") == 0;

	if (strcmp(reader->hint, "permission") == 0 ||
	    strcmp(reader->state, "denied") == 0)
		return say_denied(title, reader);
	if (strcmp(reader->state, "busy") == 0)
		return ck_finding(CK_FINDING_NOTE, "reader", "%s: another "
		    "program holds the card; it is read when that program "
		    "lets it go", title);
	if (strcmp(reader->state, "restarting") == 0)
		return ck_finding(CK_FINDING_NOTE, "reader", "%s: being "
		    "reset; look again in a few seconds", title);
	if (strcmp(reader->state, "none") == 0 && nfc)
		return ck_finding(CK_FINDING_FAIL, "reader", "%s: no such "
		    "device: plug it in, or set [desk] reader to what "
		    "nfc-scan-device -v prints", title);
	if (strcmp(reader->state, "none") == 0)
		return ck_finding(CK_FINDING_FAIL, "reader", "%s: plug a "
		    "reader in; if it is, pcscd lacks its driver: apt install "
		    "libccid", title);

	return ck_finding(CK_FINDING_FAIL, "reader", "%s: it fails: unplug "
	    "it, wait 5 seconds, use another USB port without a hub", title);
}

static int
say_pcscd_is_missing(void)
{
	if (access(PCSCD, X_OK) != 0)
		return ck_finding(CK_FINDING_FAIL, "pcscd", "is not "
		    "installed: apt install pcscd libccid");

	return ck_finding(CK_FINDING_FAIL, "pcscd", "is not running: "
	    "systemctl enable --now pcscd.socket; its log: journalctl -u "
	    "pcscd");
}

static int
say_reader(const struct reader *reader)
{
	char title[CK_READER_NAME_LEN + CK_DESK_LEN + 8];

	(void)snprintf(title, sizeof(title), "%s%s%s", reader->desk,
	    reader->desk[0] != '\0' ? ": " : "",
	    reader->name[0] != '\0' ? reader->name : "no reader");
	if (strcmp(reader->state, "no_service") == 0)
		return 0;		/* said once, of pcscd */
	if (strcmp(reader->state, "ready") != 0)
		return say_trouble(title, reader);

	return ck_finding(CK_FINDING_OK, "reader", "%s (%s): ready, %s%s%s%s",
	    title, strcmp(reader->transport, "nfc") == 0 ? "libnfc" : "pcscd",
	    reader->card_present ? "a card lies there: " : "no card",
	    reader->card_present ? reader->kind : "",
	    reader->hint[0] != '\0' ? "; to do: " : "", reader->hint);
}

static json_int_t
number(const json_t *json, const char *key)
{
	return json_integer_value(json_object_get(json, key));
}

/* What befell it since the daemon started, where anything did. */
static void
say_history(const json_t *json, const char *desk)
{
	const json_t *since = json_object_get(json, "since_start");
	const json_t *last = json_object_get(json, "last");

	if (json_is_null(last))
		return;
	(void)ck_finding(CK_FINDING_NOTE, "reader", "%s: since the daemon's "
	    "start %lld hangs, %lld crashes, %lld losses, %lld waits; the "
	    "last: %s at %s", desk, number(since, "hangs"),
	    number(since, "crashes"), number(since, "losses"),
	    number(since, "waits"), ck_json_text(last, "error"),
	    ck_json_text(last, "at"));
}

static int
say_served(const json_t *json, bool *no_service)
{
	const struct reader reader = {
		.desk = ck_json_text(json, "desk"),
		.name = ck_json_text(json, "name"),
		.transport = ck_json_text(json, "transport"),
		.state = ck_json_text(json, "state"),
		.hint = ck_json_text(json, "hint"),
		.kind = ck_json_text(json, "card_kind"),
		.card_present = json_is_true(
		    json_object_get(json, "card_present"))
	};
	int bad = say_reader(&reader);

	*no_service |= strcmp(reader.state, "no_service") == 0;
	say_history(json, reader.desk);

	return bad;
}

static int
ask_daemon(const struct ck_config *config)
{
	struct ck_cli_reply reply;
	bool no_service = false;
	json_t *list = NULL;
	size_t i;
	int bad = 0;

	if (ck_cli_ask(config, "GET", "/v1/readers", NULL, CK_SPAN_EMPTY,
	    &reply) == CK_OK && reply.status == 200)
		list = ck_json_parse(reply.body);
	if (!json_is_array(list))
		bad += ck_finding(CK_FINDING_FAIL, "reader", "the daemon does "
		    "not list its readers: is it of this version? checkin "
		    "version");
	for (i = 0; i < json_array_size(list); i++)
		bad += say_served(json_array_get(list, i), &no_service);
	if (no_service)
		bad += say_pcscd_is_missing();
	json_decref(list);
	ck_cli_reply_wipe(&reply);

	return bad;
}

/* As checkind does: configured, or the one installed beside us. */
static void
find_worker(const struct ck_config *config, char *path, size_t size)
{
	static const char name[] = "cccd-worker";
	ssize_t len;

	(void)snprintf(path, size, "%s", config->worker);
	if (path[0] != '\0')
		return;
	len = readlink("/proc/self/exe", path, size - sizeof(name));
	while (len > 0 && path[len - 1] != '/')
		len--;
	memcpy(path + (len > 0 ? len : 0), name, sizeof(name));
}

static pid_t
start_survey(const struct ck_config *config, char *program, int out)
{
	static char survey[] = "--survey";
	static char names[CK_DESKS_MAX][CK_READER_NAME_LEN];
	char *argv[ARGUMENTS_MAX] = { program, survey };
	posix_spawn_file_actions_t actions;
	size_t count = 2;
	pid_t pid = -1;
	unsigned i;

	for (i = 0; i < config->desk_count; i++) {
		(void)snprintf(names[i], sizeof(names[i]), "%s",
		    config->desks[i].reader);
		if (strncmp(names[i], CK_READER_NFC,
		    strlen(CK_READER_NFC)) == 0)
			argv[count++] = names[i];
	}
	if (posix_spawn_file_actions_init(&actions) != 0)
		return -1;
	if (posix_spawn_file_actions_adddup2(&actions, out,
	    STDOUT_FILENO) != 0 ||
	    posix_spawn(&pid, program, &actions, NULL, argv, environ) != 0)
		pid = -1;
	(void)posix_spawn_file_actions_destroy(&actions);

	return pid;
}

/* All it prints, until it ends or takes too long. */
static void
read_survey(int fd, char text[SURVEY_MAX])
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < SURVEY_MAX - 1 &&
	    poll(&wait, 1, SURVEY_MS) > 0) {
		got = read(fd, text + len, SURVEY_MAX - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	text[len] = '\0';
}

static bool
run_survey(const struct ck_config *config, char text[SURVEY_MAX])
{
	char program[sizeof(config->worker)];
	int ends[2];
	pid_t pid;

	find_worker(config, program, sizeof(program));
	if (pipe(ends) != 0)
		return false;
	pid = start_survey(config, program, ends[1]);
	(void)close(ends[1]);
	if (pid > 0) {
		read_survey(ends[0], text);
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	(void)close(ends[0]);
	if (pid <= 0)
		(void)ck_finding(CK_FINDING_NOTE, "reader", "cannot start %s: "
		    "set [reader] worker", program);

	return pid > 0;
}

/* The word for an error of the survey. */
static const char *
state_of(const char *error)
{
	static const char *const words[][2] = {
		{ "ok", "ready" }, { "card_timeout", "ready" },
		{ "card_collision", "ready" }, { "reader_busy", "busy" },
		{ "reader_none", "none" }, { "reader_denied", "denied" },
		{ "reader_no_service", "no_service" }
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (strcmp(words[i][0], error) == 0)
			return words[i][1];
	}

	return "failed";
}

/* "transport TAB name TAB error TAB 0 or 1 TAB kind". */
static int
say_surveyed(char *line, bool *no_service)
{
	struct reader reader = { .desk = "", .hint = "" };

	reader.transport = strsep(&line, "\t");
	reader.name = line == NULL ? "" : strsep(&line, "\t");
	reader.state = state_of(line == NULL ? "" : strsep(&line, "\t"));
	reader.card_present = line != NULL &&
	    strcmp(strsep(&line, "\t"), "1") == 0;
	reader.kind = line == NULL ? "" : line;
	*no_service |= strcmp(reader.state, "no_service") == 0;

	return say_reader(&reader);
}

/* With desks for readers of libnfc alone, pcscd is not missed. */
static bool
needs_pcscd(const struct ck_config *config)
{
	unsigned i;

	for (i = 0; i < config->desk_count; i++) {
		if (strncmp(config->desks[i].reader, CK_READER_NFC,
		    strlen(CK_READER_NFC)) != 0)
			return true;
	}

	return config->desk_count == 0;
}

static int
look_ourselves(const struct ck_config *config)
{
	char *text = calloc(1, SURVEY_MAX), *rest = text, *line;
	bool no_service = false;
	int bad = 0;

	if (text != NULL && run_survey(config, text)) {
		while ((line = strsep(&rest, "\n")) != NULL) {
			if (line[0] != '\0')
				bad += say_surveyed(line, &no_service);
		}
	}
	free(text);
	if (no_service && needs_pcscd(config))
		bad += say_pcscd_is_missing();

	return bad;
}

int
ck_doctor_readers(const struct ck_config *config, bool there)
{
	return there ? ask_daemon(config) : look_ourselves(config);
}
