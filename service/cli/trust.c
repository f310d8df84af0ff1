/*
 * trust.c - checkin trust: look at the trust store, and change it
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <libgen.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "ck/clock.h"
#include "ck/text.h"
#include "cli/trust.h"
#include "daemon/config.h"

/* No file of an issuer comes near it; ck/trust.h has limits for each kind. */
#define FILE_MAX_LEN (16 * 1024 * 1024)

/* Fingerprints that may be confirmed in one command line. */
#define ACCEPTS_MAX 32

/* Fewer digits of a fingerprint could mean two. */
#define PREFIX_MIN 8

const char ck_cli_trust_usage[] =
"Usage: checkin [-c FILE] trust COMMAND\n"
"\n"
"  list [--json]   what is in the store, since when, from where, by whom\n"
"  add FILE...     take certificates of issuers (CSCA, link) and CRLs\n"
"  import FILE...  the same, and master lists of ICAO or BSI (.ml)\n"
"  remove WHICH    take one object out: its number in the list, or the first\n"
"                  8 or more digits of its fingerprint\n"
"  pin FILE --by NAME --reason TEXT\n"
"                  accept one document signer although its issuer is not here\n"
"  unpin WHICH     take such a signer out\n"
"\n"
"  --accept FINGERPRINT   confirm a root certificate without being asked; may\n"
"                         be given several times\n"
"  --by NAME              who does this; default: the account\n"
"  --yes                  remove without being asked\n"
"\n"
"Exit status: 0 done; 1 failed, or something was refused; 2 wrong usage.\n"
"See checkin(1).\n";

struct command {
	const char *dir;
	const char *accept[ACCEPTS_MAX];
	size_t accepts;
	const char *by, *reason;
	bool json, yes;
	struct ck_trust_note note;
	unsigned added, known, refused;
};

static int
complain(const char *what, const char *why)
{
	(void)fprintf(stderr, "checkin: %s: %s\n", what, why);

	return 1;
}

static int64_t
now_s(void)
{
	return ck_clock_wall_ms(ck_clock_system()) / 1000;
}

/* Hexadecimal digits alone count: people write colons and spaces. */
static bool
same_fingerprint(const char *typed, const char *fingerprint)
{
	for (; *typed != '\0'; typed++) {
		if (*typed == ':' || *typed == ' ')
			continue;
		if (tolower((unsigned char)*typed) != *fingerprint)
			return false;
		fingerprint++;
	}

	return *fingerprint == '\0';
}

/* One line from a person; false when nobody sits there. */
static bool
ask(const char *question, char *line, size_t size)
{
	if (isatty(STDIN_FILENO) != 1)
		return false;
	(void)fputs(question, stderr);
	if (fgets(line, (int)size, stdin) == NULL)
		return false;
	line[strcspn(line, "\n")] = '\0';

	return true;
}

static bool
confirm(void *ctx, enum ck_trust_question question,
    const struct ck_trust_entry *entry)
{
	const struct command *command = ctx;
	char line[16];
	size_t i;

	for (i = 0; i < command->accepts; i++) {
		if (same_fingerprint(command->accept[i], entry->fingerprint))
			return true;
	}
	(void)fputs(question == CK_TRUST_ASK_PUBLISHER ?
	    "The signer of this list leads to a root whose lists were never "
	    "taken here:\n" : "This root certificate is not trusted yet:\n",
	    stderr);
	ck_cli_trust_print(stderr, entry, "  ", now_s());
	(void)fputs(question == CK_TRUST_ASK_PUBLISHER ?
	    "Whoever holds its key decides whose chips pass as genuine here, "
	    "now and with later lists.\n" :
	    "Whoever holds its key decides which chips of its country pass as "
	    "genuine here.\n", stderr);
	(void)fputs("Compare the fingerprint with one that its publisher made "
	    "known elsewhere, not with one that came with the file.\n", stderr);
	if (ask("Does it match, and do you want it? Type yes: ", line,
	    sizeof(line)))
		return strcasecmp(line, "yes") == 0;
	(void)fprintf(stderr, "If it matches, run this again with "
	    "--accept %s\n", entry->fingerprint);

	return false;
}

static void
tell(void *ctx, enum ck_trust_verdict verdict,
    const struct ck_trust_entry *entry, const char *why)
{
	struct command *command = ctx;
	const char *name = entry->kind == CK_TRUST_CRL ? entry->issuer :
	    entry->subject;

	switch (verdict) {
	case CK_TRUST_ADDED:
		command->added++;
		(void)printf("added    %s  %s  %.16s\n",
		    ck_trust_kind_label(entry->kind), name,
		    entry->fingerprint);
		break;
	case CK_TRUST_KNOWN:
		command->known++;
		break;
	case CK_TRUST_REFUSED:
	default:
		command->refused++;
		(void)printf("refused  %s  %s  %.16s: %s\n",
		    ck_trust_kind_label(entry->kind), name,
		    entry->fingerprint, why);
		break;
	}
}

static bool
read_file(const char *path, struct ck_buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint8_t block[16384];
	ssize_t got = -1;

	while (fd >= 0 && (got = read(fd, block, sizeof(block))) > 0) {
		if (out->len + (size_t)got > FILE_MAX_LEN) {
			errno = EFBIG;
			got = -1;
			break;
		}
		if (ck_buf_append(out, ck_span_of(block, (size_t)got)) != CK_OK)
			return false;
	}
	if (got < 0)
		(void)complain(path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);

	return got == 0;
}

/* The person behind sudo, else the account. */
static const char *
account(void)
{
	const char *name = getenv("SUDO_USER");
	const struct passwd *entry;

	if (name != NULL && name[0] != '\0')
		return name;
	entry = getpwuid(getuid());

	return entry == NULL ? "unknown" : entry->pw_name;
}

static bool
fill_note(struct command *command, const char *path)
{
	struct ck_trust_note *note = &command->note;
	char copy[4096];

	(void)snprintf(copy, sizeof(copy), "%s", path);
	note->at_ms = ck_clock_wall_ms(ck_clock_system());
	if (ck_text_store(ck_span_str(command->by != NULL ? command->by :
	    account()), note->by, sizeof(note->by)) != CK_OK) {
		(void)complain("--by", "not plain text, or longer than 99 "
		    "bytes");
		return false;
	}
	if (command->reason != NULL && ck_text_store(ck_span_str(
	    command->reason), note->reason, sizeof(note->reason)) != CK_OK) {
		(void)complain("--reason", "not plain text, or longer than "
		    "299 bytes");
		return false;
	}
	if (ck_text_store(ck_span_str(basename(copy)), note->source,
	    sizeof(note->source)) != CK_OK)
		(void)snprintf(note->source, sizeof(note->source), "file");

	return true;
}

typedef enum ck_err (*take_fn)(struct ck_trust *trust, struct ck_span file,
    const struct ck_trust_note *note, const struct ck_trust_talk *talk,
    char text[CK_TRUST_TEXT_LEN]);

/* True when the whole file was taken or known. */
static bool
take_file(struct ck_trust *trust, struct command *command, const char *path,
    take_fn take)
{
	const struct ck_trust_talk talk = { confirm, tell, command };
	struct ck_buf bytes = CK_BUF_INIT;
	char text[CK_TRUST_TEXT_LEN];
	enum ck_err err = CK_ERR_CONFIG;

	if (read_file(path, &bytes) && fill_note(command, path)) {
		err = take(trust, ck_buf_view(&bytes), &command->note, &talk,
		    text);
		if (err != CK_OK)
			(void)complain(path, text[0] != '\0' ? text :
			    ck_err_text(err));
	}
	ck_buf_wipe(&bytes);

	return err == CK_OK;
}

static int
save(struct ck_trust *trust)
{
	char text[CK_TRUST_TEXT_LEN];

	return ck_trust_save(trust, text) == CK_OK ? 0 :
	    complain("nothing was changed", text);
}

static int
take_files(struct command *command, int argc, char **argv, take_fn take)
{
	char text[CK_TRUST_TEXT_LEN];
	struct ck_trust *trust;
	int status = 0, i;

	if (argc == 0)
		return 2;
	if (ck_trust_open(&trust, command->dir, true, text) != CK_OK)
		return complain("the trust store cannot be opened", text);
	for (i = 0; i < argc; i++) {
		if (!take_file(trust, command, argv[i], take))
			status = 1;
	}
	/* A publisher is kept even where its list brought nothing new. */
	if (save(trust) != 0)
		status = 1;
	else
		(void)printf("%u added, %u known, %u refused\n",
		    command->added, command->known, command->refused);
	ck_trust_close(&trust);

	return command->refused > 0 ? 1 : status;
}

static int
run_take(struct command *command, int argc, char **argv)
{
	return take_files(command, argc, argv, ck_trust_take);
}

static int
run_pin(struct command *command, int argc, char **argv)
{
	if (argc != 1 || command->by == NULL || command->reason == NULL) {
		(void)fputs("checkin: trust pin FILE --by NAME --reason TEXT: "
		    "who accepts this signer, and why, must be said\n",
		    stderr);
		return 2;
	}

	return take_files(command, argc, argv, ck_trust_pin);
}

static int
run_list(struct command *command, int argc, char **argv)
{
	char text[CK_TRUST_TEXT_LEN];
	struct ck_trust *trust;
	bool done;

	(void)argv;
	if (argc != 0)
		return 2;
	if (ck_trust_open(&trust, command->dir, false, text) != CK_OK)
		return complain("the trust store cannot be read, so no issuer "
		    "is trusted", text);
	done = ck_cli_trust_list(trust, now_s(), command->json);
	ck_trust_close(&trust);

	return done ? 0 : 1;
}

static bool
is_meant(const struct ck_trust_entry *entry, size_t number, const char *which)
{
	char *end;

	if (strlen(which) >= PREFIX_MIN)
		return strncasecmp(entry->fingerprint, which,
		    strlen(which)) == 0;

	return strtoul(which, &end, 10) == number && *end == '\0';
}

/* The one that is meant; the count when there is none or more than one. */
static size_t
find(const struct ck_trust *trust, const char *which)
{
	size_t i, count = ck_trust_count(trust), found = count;
	struct ck_trust_entry entry;

	for (i = 0; i < count; i++) {
		ck_trust_describe(trust, i, &entry);
		if (!is_meant(&entry, i + 1, which))
			continue;
		if (found != count)
			return count;
		found = i;
	}

	return found;
}

/* What stops working without it. */
static const char *
loss(enum ck_trust_kind kind)
{
	switch (kind) {
	case CK_TRUST_CRL:
		return "What it revokes passes as genuine again until a newer "
		    "list is imported.";
	case CK_TRUST_SIGNER:
		return "Chips of this signer are then shown as of an issuer "
		    "that is not verified.";
	case CK_TRUST_PUBLISHER:
		return "What its lists brought stays; its next list must be "
		    "confirmed again.";
	case CK_TRUST_CSCA:
	case CK_TRUST_LINK:
	default:
		return "Chips of this issuer are then shown as not verified, "
		    "and its CRL is no longer in use. Link certificates that "
		    "it signed stay.";
	}
}

static bool
may_remove(const struct command *command, const struct ck_trust_entry *entry)
{
	char line[16];

	(void)fprintf(stderr, "%s:\n", ck_trust_kind_label(entry->kind));
	ck_cli_trust_print(stderr, entry, "  ", now_s());
	(void)fprintf(stderr, "%s\n", loss(entry->kind));
	if (command->yes)
		return true;
	if (ask("Remove it? Type yes: ", line, sizeof(line)))
		return strcasecmp(line, "yes") == 0;
	(void)fputs("Nothing was removed: run this again with --yes\n",
	    stderr);

	return false;
}

static int
remove_one(struct ck_trust *trust, const struct command *command,
    const char *which, bool signers_only)
{
	char text[CK_TRUST_TEXT_LEN];
	struct ck_trust_entry entry;
	size_t i = find(trust, which);

	if (i == ck_trust_count(trust))
		return complain(which, "not one object of the list: give its "
		    "number, or more digits of its fingerprint");
	ck_trust_describe(trust, i, &entry);
	if (signers_only && entry.kind != CK_TRUST_SIGNER)
		return complain(which, "no accepted signer: use remove");
	if (!may_remove(command, &entry))
		return 1;
	if (ck_trust_remove(trust, i, text) != CK_OK)
		return complain("not removed", text);

	return save(trust);
}

static int
take_out(struct command *command, int argc, char **argv, bool signers_only)
{
	char text[CK_TRUST_TEXT_LEN];
	struct ck_trust *trust;
	int status;

	if (argc != 1)
		return 2;
	if (ck_trust_open(&trust, command->dir, true, text) != CK_OK)
		return complain("the trust store cannot be opened", text);
	status = remove_one(trust, command, argv[0], signers_only);
	ck_trust_close(&trust);

	return status;
}

static int
run_remove(struct command *command, int argc, char **argv)
{
	return take_out(command, argc, argv, false);
}

static int
run_unpin(struct command *command, int argc, char **argv)
{
	return take_out(command, argc, argv, true);
}

static const struct {
	const char *name;
	int (*run)(struct command *command, int argc, char **argv);
} commands[] = {
	{ "list", run_list },
	{ "add", run_take },
	{ "import", run_take },
	{ "remove", run_remove },
	{ "pin", run_pin },
	{ "unpin", run_unpin },
};

static bool
take_options(struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "accept", required_argument, NULL, 'a' },
		{ "by", required_argument, NULL, 'b' },
		{ "reason", required_argument, NULL, 'r' },
		{ "json", no_argument, NULL, 'j' },
		{ "yes", no_argument, NULL, 'y' },
		{ NULL, 0, NULL, 0 }
	};
	int option;

	optind = 0;	/* GNU: begin anew, options anywhere */
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option == 'a' && command->accepts < ACCEPTS_MAX)
			command->accept[command->accepts++] = optarg;
		else if (option == 'b')
			command->by = optarg;
		else if (option == 'r')
			command->reason = optarg;
		else if (option == 'j')
			command->json = true;
		else if (option == 'y')
			command->yes = true;
		else
			return false;
	}

	return optind < argc;
}

int
ck_cli_trust(const struct ck_config *config, int argc, char **argv)
{
	struct command command = { .dir = config->trust_directory };
	int status = 2;
	size_t i;

	if (take_options(&command, argc, argv)) {
		for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
			if (strcmp(commands[i].name, argv[optind]) == 0)
				status = commands[i].run(&command,
				    argc - optind - 1, argv + optind + 1);
		}
	}
	if (status == 2)
		(void)fputs("try: checkin trust --help\n", stderr);

	return status;
}
