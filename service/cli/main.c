/*
 * main.c - checkin, the operator's command
 *
 * The trust store, the receipts and what is exported it reads from their files
 * itself; all else is asked of the running daemon over HTTP, with the address and the token of its
 * configuration.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "cli/appointments.h"
#include "cli/ask.h"
#include "cli/backup.h"
#include "cli/corrections.h"
#include "cli/doctor.h"
#include "cli/doctor_gateway.h"
#include "cli/export.h"
#include "cli/outbox.h"
#include "cli/receipt.h"
#include "cli/tell.h"
#include "cli/trust.h"
#include "daemon/config.h"
#include "daemon/version.h"
#include "http/admit.h"

#define DEFAULT_CONFIG "/etc/checkin/checkind.conf"

static const char usage[] =
    "Usage: checkin [-c FILE] COMMAND\n"
    "\n"
    "  doctor      look at configuration, daemon, readers and gateway\n"
    "  doctor gateway\n"
    "              ask the gateway, and tell who can mend what is wrong\n"
    "  lookup      send a lookup, as JSON on standard input\n"
    "  stats [--from D] [--to D] [--by WORD] [--series WORD] [--csv]\n"
    "              print figures of the clinic\n"
    "  stats export [--after REV] [--gzip] FILE|-\n"
    "              write them, signed, for the province's collector\n"
    "  cache stats | cache purge [--older-than DAYS]\n"
    "              the answers kept for an outage: how many, or erase them\n"
    "  appointments\n"
    "              who is expected: import a list, look at it, whom to call,\n"
    "              run the lookups now\n"
    "  receipt     verify the proofs, or show one: see 'checkin receipt'\n"
    "  outbox      notices that the insurer has not taken: list, retry\n"
    "  corrections list [--done] | export FILE|- | answers FILE|-\n"
    "              patients whose record the insurer has to correct, and the\n"
    "              cases about them\n"
    "  backup [--with-keys] FILE\n"
    "              copy the database into one file; checkind may run\n"
    "  restore [--another-clinic] FILE | --in-place\n"
    "              put a backup back, as a new epoch; checkind must not run\n"
    "  trust       look at the issuers that are trusted, add and remove them:\n"
    "              checkin trust --help\n"
    "  version     print the version of this command and of the daemon\n"
    "\n"
    "  -c, --config FILE   the daemon's configuration; default\n"
    "                      " DEFAULT_CONFIG "\n"
    "\n"
    "Exit status: 0 done; 1 failed or refused; 2 wrong usage. See "
    "checkin(1).\n";

/* Print the answer's body; 0 when the daemon did what was asked. */
static int
show(const struct ck_config *config, enum ck_err err,
    struct ck_cli_reply *reply)
{
	bool done = err == CK_OK && reply->status == 200;

	if (done) {
		(void)fwrite(reply->body.ptr, 1, reply->body.len, stdout);
		(void)fputc('\n', stdout);
	} else {
		ck_cli_tell(config, err, reply);
	}
	ck_cli_reply_wipe(reply);

	return done ? 0 : 1;
}

static int
run_version(const struct ck_config *config, int argc, char **argv)
{
	struct ck_cli_reply reply;
	enum ck_err err;

	(void)argc;
	(void)argv;
	(void)puts("checkin " CK_VERSION);
	err = ck_cli_ask(config, "GET", "/v1/station", NULL, CK_SPAN_EMPTY,
	    &reply);

	return show(config, err, &reply);
}

static int
run_doctor(const struct ck_config *config, int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "gateway") == 0)
		return ck_doctor_gateway(config);
	if (argc > 1) {
		(void)fprintf(stderr, "checkin: doctor [gateway]\n");
		return 2;
	}

	return ck_doctor(config) == 0 ? 0 : 1;
}

/* Standard input, so that nothing personal shows in the process list. */
static int
run_lookup(const struct ck_config *config, int argc, char **argv)
{
	char body[CK_BODY_MAX];
	size_t len = fread(body, 1, sizeof(body), stdin);
	struct ck_cli_reply reply;
	enum ck_err err;

	(void)argc;
	(void)argv;
	err = ck_cli_ask(config, "POST", "/v1/lookups", NULL,
	    ck_span_of(body, len), &reply);
	explicit_bzero(body, sizeof(body));

	return show(config, err, &reply);
}

/* Words and dates only: nothing that would need escaping in a query. */
static bool
is_plain(const char *text)
{
	return strlen(text) < 64 && strspn(text,
	    "abcdefghijklmnopqrstuvwxyz0123456789_-") == strlen(text);
}

static bool
add_argument(char *target, size_t size, const char *name, const char *value)
{
	size_t len = strlen(target);

	if (!is_plain(value))
		return false;
	(void)snprintf(target + len, size - len, "%s%s=%s",
	    strchr(target, '?') != NULL ? "&" : "?", name, value);

	return true;
}

static int
run_stats(const struct ck_config *config, int argc, char **argv)
{
	static const struct option options[] = {
		{ "from", required_argument, NULL, 'f' },
		{ "to", required_argument, NULL, 't' },
		{ "by", required_argument, NULL, 'b' },
		{ "series", required_argument, NULL, 's' },
		{ "csv", no_argument, NULL, 'C' },
		{ NULL, 0, NULL, 0 }
	};
	const char *accept = NULL;
	char target[512] = "/v1/stats";
	struct ck_cli_reply reply;
	int option, index = 0;
	enum ck_err err;

	if (argc > 1 && strcmp(argv[1], "export") == 0)
		return ck_cli_export(config, argc - 1, argv + 1);
	optind = 1;
	while ((option = getopt_long(argc, argv, "", options, &index)) != -1) {
		if (option == '?' || (option != 'C' && !add_argument(target,
		    sizeof(target), options[index].name, optarg)))
			return 2;
		if (option == 'C')
			accept = "text/csv";
	}
	err = ck_cli_ask(config, "GET", target, accept, CK_SPAN_EMPTY,
	    &reply);

	return show(config, err, &reply);
}

static int
run_cache(const struct ck_config *config, int argc, char **argv)
{
	char body[64] = "{}";
	struct ck_cli_reply reply;
	bool stats = argc == 2 && strcmp(argv[1], "stats") == 0;
	bool purge = argc >= 2 && strcmp(argv[1], "purge") == 0;
	bool days = argc == 4 && strcmp(argv[2], "--older-than") == 0 &&
	    strlen(argv[3]) <= 4 && argv[3][0] != '\0' &&
	    strspn(argv[3], "0123456789") == strlen(argv[3]);
	enum ck_err err;

	if (!stats && !(purge && (argc == 2 || days))) {
		(void)fputs("checkin: cache stats | purge [--older-than "
		    "DAYS]\n", stderr);
		return 2;
	}
	if (days)	/* through a number: JSON has no leading zeros */
		(void)snprintf(body, sizeof(body),
		    "{\"older_than_days\": %ld}", strtol(argv[3], NULL, 10));
	err = stats ? ck_cli_ask(config, "GET", "/v1/cache", NULL,
	    CK_SPAN_EMPTY, &reply) : ck_cli_ask(config, "POST",
	    "/v1/cache/purge", NULL, ck_span_str(body), &reply);

	return show(config, err, &reply);
}

static const struct {
	const char *name;
	int (*run)(const struct ck_config *config, int argc, char **argv);
} commands[] = {
	{ "version", run_version },
	{ "doctor", run_doctor },
	{ "lookup", run_lookup },
	{ "stats", run_stats },
	{ "cache", run_cache },
	{ "appointments", ck_cli_appointments },
	{ "receipt", ck_cli_receipt },
	{ "backup", ck_cli_backup },
	{ "restore", ck_cli_restore },
	{ "outbox", ck_cli_outbox },
	{ "corrections", ck_cli_corrections },
	{ "trust", ck_cli_trust },
};

static int
run(const char *path, int argc, char **argv)
{
	static struct ck_config config;
	size_t i;
	int status = 2;

	/* Help needs no configuration. */
	if (strcmp(argv[0], "trust") == 0 && argc == 2 &&
	    strcmp(argv[1], "--help") == 0)
		return fputs(ck_cli_trust_usage, stdout) == EOF ? 1 : 0;
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, argv[0]) != 0)
			continue;
		if (ck_config_load(&config, path) != CK_OK)
			return 1;
		status = commands[i].run(&config, argc, argv);
		ck_config_wipe(&config);
		return status;
	}
	(void)fprintf(stderr, "checkin: no such command: %s\n%s", argv[0],
	    usage);

	return status;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	const char *path = DEFAULT_CONFIG;
	int option;

	ck_log_set_level(CK_LOG_WARNING);
	/* "+": options after the command are the command's own. */
	while ((option = getopt_long(argc, argv, "+c:h", options,
	    NULL)) != -1) {
		if (option == 'c') {
			path = optarg;
		} else if (option == 'h' || option == 'v') {
			(void)fputs(option == 'v' ? "checkin " CK_VERSION "\n" :
			    usage, stdout);
			return 0;
		} else {
			return 2;
		}
	}
	if (optind < argc)
		return run(path, argc - optind, argv + optind);
	(void)fputs(usage, stderr);

	return 2;
}
