/*
 * main.c - checkin-province, the collector of a province
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/version.h"
#include "province/command.h"

#define DEFAULT_CONFIG "/etc/checkin/province.conf"

static const char usage[] =
    "Usage: checkin-province [-c FILE] COMMAND\n"
    "\n"
    "  collect        ask the clinics for what changed, for ever\n"
    "  collect --once ask each of them once\n"
    "  import FILE…   take feed documents from files ('-': standard input)\n"
    "  clinics        list the clinics of the registry\n"
    "  clinics --import FILE\n"
    "                 make FILE the registry, whole or not at all\n"
    "  clinics --file-sd FILE\n"
    "                 write the clinics that can be asked as targets for\n"
    "                 Prometheus\n"
    "  clinics --state\n"
    "                 how far each is held, and how it answers\n"
    "  documents [--quarantined | --refused] [--all]\n"
    "                 what arrived, newest first, and why it was not counted\n"
    "  documents --show NUMBER\n"
    "                 one of them, to the byte\n"
    "  documents --release NUMBER | --release all\n"
    "                 judge again what is in quarantine, after its cause was\n"
    "                 mended\n"
    "  metrics [FILE] write the ledger's state for node_exporter, or to\n"
    "                 standard output\n"
    "  report --from DATE --to DATE [--format text|json|csv|xlsx|html]\n"
    "                 the figures of a period; see --internal and --output in\n"
    "                 checkin-province(8)\n"
    "  close --from DATE --to DATE [--reason TEXT]\n"
    "                 sign a period's figures, or restate them\n"
    "  counts FILE    take the portal's calls, or visits by the books (CSV)\n"
    "  digest [--print | --send [--again]]\n"
    "                 what the office is sent each day: read it, or send it\n"
    "                 unless it was sent today\n"
    "  worklist [--owner OWNER] [--format text|json|csv]\n"
    "                 what fails where, whose work it is, and since when\n"
    "  cases list|show|close|answers|refused|key\n"
    "                 patients whose record a clinic asks to correct\n"
    "  serve          take what clinics push, and answer questions by HTTP\n"
    "  config         print what is in force\n"
    "  version        print the version\n"
    "\n"
    "  -c, --config FILE   default " DEFAULT_CONFIG "\n"
    "\n"
    "Exit status: 0 done; 1 failed or refused; 2 wrong usage. See "
    "checkin-province(8).\n";

static int
run_config(const struct ck_province_config *config, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	ck_province_config_print(config, stdout);

	return 0;
}

static const struct command {
	const char *name;
	int (*run)(const struct ck_province_config *config, int argc,
	    char **argv);
} commands[] = {
	{ "cases", ck_province_cases },
	{ "clinics", ck_province_clinics },
	{ "close", ck_province_close },
	{ "collect", ck_province_collect },
	{ "config", run_config },
	{ "counts", ck_province_counts },
	{ "digest", ck_province_digest },
	{ "documents", ck_province_documents },
	{ "import", ck_province_import },
	{ "metrics", ck_province_metrics },
	{ "report", ck_province_report },
	{ "serve", ck_province_serve },
	{ "worklist", ck_province_worklist },
};

static const struct command *
find_command(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	}

	return NULL;
}

static int
run(const char *path, int argc, char **argv)
{
	struct ck_province_config config;
	const struct command *command;

	if (strcmp(argv[0], "version") == 0) {
		(void)puts("checkin-province " CK_VERSION);
		return 0;
	}
	if ((command = find_command(argv[0])) == NULL) {
		(void)fprintf(stderr, "checkin-province: unknown command: "
		    "%s\n\n%s", argv[0], usage);
		return 2;
	}
	if (ck_province_config_load(&config, path) != CK_OK)
		return 1;
	optind = 0;	/* the command has options of its own */

	return command->run(&config, argc, argv);
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "version", no_argument, NULL, 'v' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 }
	};
	const char *path = DEFAULT_CONFIG;
	int option;

	while ((option = getopt_long(argc, argv, "+c:h", options, NULL)) !=
	    -1) {
		switch (option) {
		case 'c':
			path = optarg;
			break;
		case 'v':
			(void)puts("checkin-province " CK_VERSION);
			return 0;
		case 'h':
			(void)fputs(usage, stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (optind == argc) {
		(void)fputs(usage, stderr);
		return 2;
	}

	return run(path, argc - optind, argv + optind);
}
