/*
 * cccd_read.c - the command cccd-read: read one card and say what it holds
 */
#include <openssl/crypto.h>

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attempt.h"
#include "card/nfc.h"
#include "card/pcsc.h"
#include "ck/printed.h"
#include "ck/reader.h"
#include "key_line.h"
#include "report.h"
#include "trust/folder.h"

/* Exit codes, part of the contract. */
enum {
	EXIT_READ = 0, EXIT_INTERNAL = 1, EXIT_USAGE = 2, EXIT_NO_CARD = 3,
	EXIT_ACCESS = 4, EXIT_LOST = 5, EXIT_MALFORMED = 6, EXIT_NOT_GENUINE = 7
};

/*
 * Expiry dates tried on a chip that has only BAC and whose key comes from a QR
 * code. How chips take repeated failure is not known: few.
 */
#define BAC_TRIES 3

/* How long another program may hold the card, in seconds. */
#define BUSY_WAIT_S 10

/* A key line: its kind, a space, the longest code, a line end. */
#define KEY_LINE_MAX (CK_PRINTED_MAX + 16)

static const char help[] =
"usage: cccd-read [options]\n"
"\n"
"Reads the chip of an identity card and prints what it holds.\n"
"\n"
"  --reader NAME   the card reader; default: the first one with a card of\n"
"                  those that pcscd serves. nfc:CONNSTRING opens one through\n"
"                  libnfc, as nfc:pn532_uart:/dev/ttyUSB0:115200\n"
"  --key FILE      one line \"can 123456\", \"number N12\",\n"
"                  \"mrz DOCNO,YYMMDD,YYMMDD\" or \"qr TEXT\"; - reads it\n"
"                  from standard input\n"
"  --can NNNNNN    the six digits that open the chip: of a CCCD the last six\n"
"                  of its number\n"
"  --number N12    the twelve digits of a CCCD\n"
"  --mrz DOCNO,YYMMDD,YYMMDD\n"
"                  document number, birth and expiry as in the printed zone\n"
"  --qr TEXT       the text of the card's QR code\n"
"  --trust DIR     folder of CSCA certificates; default: none is trusted\n"
"  --photo FILE    write the photo to FILE\n"
"  --all           also ethnicity, religion, origin, features and family\n"
"  --json          print one JSON object\n"
"  --trace         print headers, lengths and status words to standard error\n"
"  --help          print this\n"
"\n"
"--can, --number, --mrz and --qr show in the list of processes: they are for\n"
"trials; use --key with real cards.\n"
"\n"
"exit: 0 read, 1 internal, 2 usage, 3 no reader or card, 4 access refused,\n"
"      5 card removed or transmission failed, 6 malformed data,\n"
"      7 not authentic\n";

struct command {
	const char *reader;	/* NULL: the first one with a card */
	const char *key_file;	/* NULL: kind and value are given */
	const char *kind, *value;
	const char *photo;	/* NULL: not wanted */
	const char *trust_dir;	/* NULL: none is trusted */
	unsigned keys;		/* how many were given */
	bool json, trace, help;
	struct ck_read_options options;
};

__attribute__((format(printf, 1, 2)))
static void
complain(const char *format, ...)
{
	va_list args;

	(void)fputs("cccd-read: ", stderr);
	va_start(args, format);
	(void)vfprintf(stderr, format, args);
	va_end(args);
	(void)fputc('\n', stderr);
}

static int
exit_of(enum ck_err err)
{
	if (err == CK_ERR_READER_FAILED)
		return EXIT_LOST;
	if (err == CK_ERR_CARD_UNSUPPORTED)
		return EXIT_MALFORMED;
	switch (ck_err_class(err)) {
	case CK_CLASS_OK:
		return EXIT_READ;
	case CK_CLASS_READER:
		return EXIT_NO_CARD;
	case CK_CLASS_CARD:
		return EXIT_LOST;
	case CK_CLASS_ACCESS:
		return EXIT_ACCESS;
	case CK_CLASS_DATA:
		return EXIT_MALFORMED;
	case CK_CLASS_TRUST:
		return EXIT_NOT_GENUINE;
	case CK_CLASS_CONFIG:
		return EXIT_USAGE;
	case CK_CLASS_UPSTREAM:
	case CK_CLASS_STORE:
	case CK_CLASS_INTERNAL:
	default:
		return EXIT_INTERNAL;
	}
}

static const struct option long_options[] = {
	{ "reader", required_argument, NULL, 'r' },
	{ "key", required_argument, NULL, 'k' },
	{ "can", required_argument, NULL, 'c' },
	{ "number", required_argument, NULL, 'n' },
	{ "mrz", required_argument, NULL, 'm' },
	{ "qr", required_argument, NULL, 'q' },
	{ "trust", required_argument, NULL, 't' },
	{ "photo", required_argument, NULL, 'p' },
	{ "all", no_argument, NULL, 'a' },
	{ "json", no_argument, NULL, 'j' },
	{ "trace", no_argument, NULL, 'T' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 }
};

static void
take_key(struct command *command, const char *kind, const char *value)
{
	command->keys++;
	command->kind = kind;
	command->value = value;
}

/* The options that say what is wanted; false for one that is not known. */
static bool
take_setting(struct command *command, int option)
{
	switch (option) {
	case 'r':
		command->reader = optarg;
		return true;
	case 't':
		command->trust_dir = optarg;
		return true;
	case 'p':
		command->photo = optarg;
		command->options.photo = true;
		return true;
	case 'a':
		return command->options.all = true;
	case 'j':
		return command->json = true;
	case 'T':
		return command->trace = true;
	case 'h':
		return command->help = true;
	default:
		return false;		/* getopt has said why */
	}
}

static bool
take_option(struct command *command, int option)
{
	switch (option) {
	case 'k':
		command->keys++;
		command->key_file = optarg;
		return true;
	case 'c':
		take_key(command, "can", optarg);
		return true;
	case 'n':
		take_key(command, "number", optarg);
		return true;
	case 'm':
		take_key(command, "mrz", optarg);
		return true;
	case 'q':
		take_key(command, "qr", optarg);
		return true;
	default:
		return take_setting(command, option);
	}
}

static bool
parse_command(int argc, char **argv, struct command *command)
{
	int option;

	while ((option = getopt_long(argc, argv, "h", long_options,
	    NULL)) != -1) {
		if (!take_option(command, option))
			return false;
	}
	if (command->help)
		return true;
	if (optind < argc) {
		complain("unexpected argument '%s'", argv[optind]);
		return false;
	}
	if (command->keys == 0)
		complain("no key: give --key FILE with the CAN, number, MRZ "
		    "or QR text of the card");
	else if (command->keys > 1)
		complain("more than one key: give one of --key, --can, "
		    "--number, --mrz, --qr");

	return command->keys == 1;
}

/* The whole of a key file, at most KEY_LINE_MAX bytes. */
static bool
read_key_file(const char *path, char line[KEY_LINE_MAX + 1])
{
	bool standard_input = strcmp(path, "-") == 0;
	int fd = standard_input ? STDIN_FILENO :
	    open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t got = -1;

	if (fd >= 0) {
		do {
			got = read(fd, line + len, KEY_LINE_MAX - len);
			len += got > 0 ? (size_t)got : 0;
		} while (got > 0 || (got < 0 && errno == EINTR));
	}
	if (got < 0)
		complain("cannot read the key from %s: %s", path,
		    strerror(errno));
	if (fd >= 0 && !standard_input)
		(void)close(fd);
	line[len] = '\0';

	return got == 0;
}

static enum ck_err
take_secret(const struct command *command, struct ck_secret *secret)
{
	struct ck_date today = ck_clock_local_date(
	    ck_clock_wall_ms(command->options.clock));
	char line[KEY_LINE_MAX + 1];
	enum ck_err err = CK_ERR_CONFIG;

	if (command->key_file == NULL)
		err = ck_key_value_parse(command->kind, command->value, today,
		    secret);
	else if (read_key_file(command->key_file, line))
		err = ck_key_line_parse(line, today, secret);
	OPENSSL_cleanse(line, sizeof(line));
	if (err != CK_OK && err != CK_ERR_CONFIG)
		complain("the key is not usable: %s; expected can NNNNNN, "
		    "number N12, mrz DOCNO,YYMMDD,YYMMDD or qr TEXT",
		    ck_err_text(err));

	return err;
}

/* Say which file of the trust folder is wrong before a card is touched. */
static bool
load_anchors(const struct command *command, struct ck_anchors **anchors)
{
	char text[CK_TRUST_TEXT_LEN] = "";
	enum ck_err err;

	*anchors = NULL;
	if (command->trust_dir == NULL)
		return true;
	err = ck_anchors_load(anchors, command->trust_dir, text);
	if (err != CK_OK)
		complain("%s: %s", ck_err_text(err), text);

	return err == CK_OK;
}

static void
print_trace(void *ctx, const char *line)
{
	(void)ctx;
	(void)fprintf(stderr, "%s\n", line);
}

/*
 * A program that is in a transaction with the card makes us wait inside pcscd:
 * then an alarm says so and ends the command. All else is in memory that goes
 * with the process.
 */
static void
on_alarm(int number)
{
	static const char words[] = "cccd-read: another program holds the card "
	    "(reader_busy)\n";

	(void)number;
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		_exit(EXIT_NO_CARD);
	_exit(EXIT_NO_CARD);
}

static void
say_waiting(void *ctx)
{
	(void)ctx;
	complain("another program holds the card: waiting for it");
}

/* The card is ours with the first step. */
static void
stop_alarm(void *ctx, enum ck_step step)
{
	(void)ctx;
	(void)step;
	(void)alarm(0);
}

/* Kinds that explain why a card could not be read. */
static void
say_kind(enum ck_card_kind kind)
{
	if (kind == CK_CARD_BANK)
		complain("this is a bank card");
	else if (kind == CK_CARD_TRANSIT || kind == CK_CARD_STORAGE)
		complain("this is a transit card, a door card or the like");
}

static enum ck_err
open_reader(const char *name, struct ck_attempt *attempt)
{
	if (name != NULL && ck_nfc_is_name(name))
		return ck_nfc_new(&attempt->nfc, name);

	return ck_pcsc_new(&attempt->pcsc);
}

static enum ck_err
read_card(const struct command *command, const struct ck_secret *secret,
    struct ck_reading *reading)
{
	const struct ck_read_observer observer = {
		.trace = command->trace ? print_trace : NULL,
		.step = stop_alarm
	};
	struct ck_attempt attempt = {
		.reader = command->reader, .wait_ms = BUSY_WAIT_S * 1000,
		.waiting = say_waiting
	};
	enum ck_card_kind kind = CK_CARD_NONE;
	enum ck_err err;

	if ((err = open_reader(command->reader, &attempt)) != CK_OK)
		return err;
	(void)signal(SIGALRM, on_alarm);
	(void)alarm(BUSY_WAIT_S * 2);
	err = ck_attempt_read(&attempt, secret, &command->options, &observer,
	    reading, &kind);
	(void)alarm(0);
	if (err == CK_ERR_CARD_UNSUPPORTED)
		say_kind(kind);
	ck_pcsc_free(&attempt.pcsc);
	ck_nfc_free(&attempt.nfc);

	return err;
}

/* The photo is personal data: nobody else may read the file. */
static bool
write_photo(const char *path, struct ck_span photo)
{
	size_t done = 0;
	ssize_t put = 0;
	int fd;

	if (photo.len == 0) {
		complain("no photo: %s is not written", path);
		return true;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	while (fd >= 0 && done < photo.len && put >= 0) {
		put = write(fd, photo.ptr + done, photo.len - done);
		if (put > 0)
			done += (size_t)put;
	}
	if (fd < 0 || close(fd) != 0 || done < photo.len) {
		complain("cannot write the photo to %s: %s", path,
		    strerror(errno));
		return false;
	}

	return true;
}

/* What went wrong; of access control also what the chip said to it. */
static void
explain(enum ck_err err, const struct ck_opening *opening)
{
	bool access = ck_err_class(err) == CK_CLASS_ACCESS ||
	    err == CK_ERR_ACCESS_PROOF;

	complain("%s (%s)", ck_err_text(err), ck_err_label(err));
	if (opening->note[0] != '\0')
		complain("%s", opening->note);
	if (access && opening->tries_left > 0)
		complain("the chip takes %u more %s before it blocks",
		    opening->tries_left,
		    opening->tries_left == 1 ? "try" : "tries");
}

/* Print what the contract wants at this end, and turn it into the exit. */
static int
finish(const struct command *command, enum ck_err err,
    const struct ck_reading *reading)
{
	int status = exit_of(err);

	if (err != CK_OK)
		explain(err, &reading->opening);
	if (status != EXIT_READ && status != EXIT_NOT_GENUINE)
		return status;
	if (ck_report_write(stdout, reading, command->json) != CK_OK) {
		complain("cannot write to standard output");
		return EXIT_INTERNAL;
	}
	if (status == EXIT_READ && command->photo != NULL &&
	    !write_photo(command->photo, ck_buf_view(&reading->photo)))
		return EXIT_INTERNAL;

	return status;
}

int
main(int argc, char **argv)
{
	struct command command = {
		.options = {
			.bac_allowed = true, .bac_tries_max = BAC_TRIES,
			.clock = ck_clock_system()
		}
	};
	struct ck_reading reading = { .photo = CK_BUF_INIT };
	struct ck_anchors *anchors = NULL;
	struct ck_secret secret;
	int status = EXIT_USAGE;
	enum ck_err err;

	if (!parse_command(argc, argv, &command)) {
		(void)fputs("try: cccd-read --help\n", stderr);
		return EXIT_USAGE;
	}
	if (command.help)
		return fputs(help, stdout) == EOF ? EXIT_INTERNAL : EXIT_READ;
	if (take_secret(&command, &secret) == CK_OK &&
	    load_anchors(&command, &anchors)) {
		command.options.anchors = anchors;
		err = read_card(&command, &secret, &reading);
		status = finish(&command, err, &reading);
	}
	ck_anchors_free(&anchors);
	ck_secret_wipe(&secret);
	ck_reading_wipe(&reading);

	return status;
}
