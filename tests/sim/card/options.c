/*
 * options.c - the command line of sim-card
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "vpcd.h"

enum {
	OPT_PERSON = 256, OPT_FILES, OPT_CONTROL, OPT_STATE, OPT_EXPORT,
	OPT_HOST, OPT_PORT, OPT_SEED, OPT_FAULT, OPT_EXTENDED, OPT_CHAINING,
	OPT_GET_RESPONSE, OPT_STRICT_LE, OPT_BLOCK_AFTER, OPT_NO_PACE,
	OPT_NO_BAC, OPT_PACE_SUITE, OPT_PACE_PARAMETER, OPT_NO_CA, OPT_CA_SUITE,
	OPT_NO_AA, OPT_AA, OPT_AA_HASH, OPT_LINK, OPT_REAL_TIME,
	OPT_EXPLICIT_CURVE, OPT_PN532, OPT_PN532_TYPE,
	OPT_ATR, OPT_CARD_ACCESS, OPT_EXTRA, OPT_ONLY_IM, OPT_LOG, OPT_HELP
};

static const struct option long_options[] = {
	{ "person", required_argument, NULL, OPT_PERSON },
	{ "files", required_argument, NULL, OPT_FILES },
	{ "control", required_argument, NULL, OPT_CONTROL },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "export-trust", required_argument, NULL, OPT_EXPORT },
	{ "explicit-curve", no_argument, NULL, OPT_EXPLICIT_CURVE },
	{ "pn532", required_argument, NULL, OPT_PN532 },
	{ "pn532-type", required_argument, NULL, OPT_PN532_TYPE },
	{ "host", required_argument, NULL, OPT_HOST },
	{ "port", required_argument, NULL, OPT_PORT },
	{ "seed", required_argument, NULL, OPT_SEED },
	{ "fault", required_argument, NULL, OPT_FAULT },
	{ "atr", required_argument, NULL, OPT_ATR },
	{ "extended", required_argument, NULL, OPT_EXTENDED },
	{ "chaining", no_argument, NULL, OPT_CHAINING },
	{ "get-response", no_argument, NULL, OPT_GET_RESPONSE },
	{ "strict-le", no_argument, NULL, OPT_STRICT_LE },
	{ "block-after", required_argument, NULL, OPT_BLOCK_AFTER },
	{ "no-pace", no_argument, NULL, OPT_NO_PACE },
	{ "no-bac", no_argument, NULL, OPT_NO_BAC },
	{ "pace-suite", required_argument, NULL, OPT_PACE_SUITE },
	{ "pace-parameter", required_argument, NULL, OPT_PACE_PARAMETER },
	{ "pace-curve", required_argument, NULL, OPT_PACE_PARAMETER },
	{ "card-access", required_argument, NULL, OPT_CARD_ACCESS },
	{ "card-access-extra", required_argument, NULL, OPT_EXTRA },
	{ "only-im", no_argument, NULL, OPT_ONLY_IM },
	{ "no-ca", no_argument, NULL, OPT_NO_CA },
	{ "ca-suite", required_argument, NULL, OPT_CA_SUITE },
	{ "no-aa", no_argument, NULL, OPT_NO_AA },
	{ "aa", required_argument, NULL, OPT_AA },
	{ "aa-hash", required_argument, NULL, OPT_AA_HASH },
	{ "link", required_argument, NULL, OPT_LINK },
	{ "real-time", no_argument, NULL, OPT_REAL_TIME },
	{ "log", no_argument, NULL, OPT_LOG },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

static const char usage[] =
"Usage: sim-card [OPTION]... --person PERSON | --files DIR | --control SOCKET\n"
"Plays a chip ID card of a person who does not exist, through vpcd, so that\n"
"the real pcscd sees a card in a virtual reader.\n"
"\n"
"  --person PERSON    play this card until SIGTERM: a label of the synthetic\n"
"                     population (code-000, p00123), a number, files:DIR, or\n"
"                     no citizen card: kind:bank, kind:transit (MIFARE\n"
"                     Classic), kind:desfire, kind:foreign (a passport),\n"
"                     kind:mute (never answers a reset)\n"
"  --files DIR        the same as --person files:DIR: a chip from EF_*.bin\n"
"  --control SOCKET   take commands on a Unix socket, one in a line:\n"
"                     [slot N] insert PERSON [FAULTS] | [slot N] remove |\n"
"                     [slot N] state | list | person WHO\n"
"  --seed N           the population's seed (84)\n"
"  --state DIR        keep the test CSCA, its signer and chip keys here\n"
"  --export-trust DIR write csca.der there, and material/ with link\n"
"                     certificate, second generation, master list, revocation\n"
"                     lists; without a card to play, exit\n"
"  --explicit-curve   certificates spell out the parameters of their curve\n"
"  --pn532 PATH       play a PN532 on a pseudo terminal instead of a card for\n"
"                     vpcd; PATH becomes a link to it. Both slots lie in its\n"
"                     field. LIBNFC_DEFAULT_DEVICE=pn532_uart:PATH:115200\n"
"  --pn532-type a|b   its cards follow ISO/IEC 14443 type A or B (a)\n"
"  --host HOST        where vpcd listens (127.0.0.1)\n"
"  --port PORT        its port for slot 0 (35963); slot 1 has the next one\n"
"  --atr contact|contactless|contactless-b|contactless-plain\n"
"                     answer to reset: T=1 by contacts, or the pseudo-ATR of\n"
"                     a type A card (contactless), of a type B one, or of one\n"
"                     without historical bytes\n"
"  --extended on|off|1k|4k|32k\n"
"                     longest APDU (on)\n"
"  --chaining         the chip takes chained commands\n"
"  --get-response     READ BINARY too leaves what does not fit to GET\n"
"                     RESPONSE (61xx), as signatures always do\n"
"  --strict-le        reading past the end answers 6Cxx instead of 6282\n"
"  --block-after N    6983 after N wrong passwords, 63Cx before\n"
"  --no-pace          the chip has BAC only, and no EF.CardAccess\n"
"  --no-bac           the chip has PACE only\n"
"  --pace-suite 3des|aes128|aes192|aes256\n"
"  --pace-parameter N standardised domain parameters: 0 to 2 for DH, 8 to 18\n"
"                     for ECDH (13); --pace-curve is its old name\n"
"  --card-access HEX  serve these bytes as EF.CardAccess\n"
"  --card-access-extra im|cam|proprietary\n"
"                     offer integrated mapping, chip authentication mapping\n"
"                     or the issuer's own parameters before what the chip can\n"
"                     do; may be given several times\n"
"  --only-im          offer PACE with integrated mapping and nothing else\n"
"  --no-ca            the chip cannot do Chip Authentication\n"
"  --ca-suite 3des|aes128|aes192|aes256\n"
"  --no-aa            the chip cannot do Active Authentication\n"
"  --aa rsa|ecdsa     key of Active Authentication (rsa, 2048 bits)\n"
"  --aa-hash sha1|sha256\n"
"  --link 106|212|424|848\n"
"                     model the time of a real card at so many kbit/s; it is\n"
"                     reported as link_ms\n"
"  --real-time        wait as long as the model says\n"
"  --fault FAULTS     what is wrong with the chip, joined by commas\n"
"  --log              print the header of each command\n"
"  --help             this text\n"
"\n"
"Faults:\n";

struct word {
	const char *word;
	unsigned value;
};

static const struct word extended_words[] = {
	{ "on", SIM_EXTENDED_FULL },
	{ "off", 0 },
	{ "1k", 1024 },
	{ "4k", 4096 },
	{ "32k", 32768 },
	{ NULL, 0 },
};

static const struct word atr_words[] = {
	{ "contact", SIM_ATR_CONTACT },
	{ "contactless", SIM_ATR_TYPE_A },
	{ "contactless-b", SIM_ATR_TYPE_B },
	{ "contactless-plain", SIM_ATR_PLAIN },
	{ NULL, 0 },
};

static const struct word suite_words[] = {
	{ "3des", SIM_3DES },
	{ "aes128", SIM_AES128 },
	{ "aes192", SIM_AES192 },
	{ "aes256", SIM_AES256 },
	{ NULL, 0 },
};

static const struct word aa_words[] = {
	{ "rsa", 0 },
	{ "ecdsa", 1 },
	{ NULL, 0 },
};

static const struct word hash_words[] = {
	{ "sha1", 1 },
	{ "sha256", 256 },
	{ NULL, 0 },
};

static const struct word type_words[] = {
	{ "a", 0 },
	{ "b", 1 },
	{ NULL, 0 },
};

static const struct word link_words[] = {
	{ "106", 106 },
	{ "212", 212 },
	{ "424", 424 },
	{ "848", 848 },
	{ NULL, 0 },
};

static bool
parse_word(const struct word *words, const char *text, unsigned *out)
{
	for (; words->word != NULL; words++) {
		if (strcmp(words->word, text) == 0) {
			*out = words->value;
			return true;
		}
	}

	return false;
}

static bool
is_hex(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len % 2 == 0 &&
	    strspn(text, "0123456789abcdefABCDEF") == len;
}

static bool
take_extra(const char *value, struct sim_offer *offer)
{
	if (strcmp(value, "im") == 0)
		return offer->extra_im = true;
	if (strcmp(value, "cam") == 0)
		return offer->extra_cam = true;
	if (strcmp(value, "proprietary") == 0)
		return offer->extra_proprietary = true;

	return false;
}

static bool
parse_number(const char *text, unsigned long min, unsigned long max,
    unsigned *out)
{
	unsigned long value;
	char *end;

	if (*text < '0' || *text > '9')
		return false;
	value = strtoul(text, &end, 10);
	*out = (unsigned)value;

	return *end == '\0' && value >= min && value <= max;
}

/* 3 to 7 are for future use. ICAO 9303-11 §9.5.1 */
static bool
parse_parameter(const char *value, struct sim_card_options *out)
{
	return parse_number(value, 0, 2, &out->offer.pace.parameter_id) ||
	    parse_number(value, 8, 18, &out->offer.pace.parameter_id);
}

/* Options that switch something on or name a place. */
static bool
take_plain(int option, char *value, struct sim_card_options *out)
{
	switch (option) {
	case OPT_PERSON:
		out->person = value;
		return true;
	case OPT_CONTROL:
		out->control = value;
		return true;
	case OPT_STATE:
		out->state_dir = value;
		return true;
	case OPT_EXPORT:
		out->export_dir = value;
		return true;
	case OPT_PN532:
		out->pn532 = value;
		return true;
	case OPT_HOST:
		out->host = value;
		return true;
	case OPT_CHAINING:
		return out->chip.chaining = true;
	case OPT_GET_RESPONSE:
		return out->chip.get_response = true;
	case OPT_STRICT_LE:
		return out->chip.strict_le = true;
	case OPT_NO_PACE:
		out->chip.pace = false;
		out->offer.pace_in_dg14 = false;
		return true;
	case OPT_NO_BAC:
		out->chip.bac = false;
		return true;
	case OPT_ONLY_IM:
		return out->offer.only_im = true;
	case OPT_NO_CA:
		out->chip.ca = false;
		return true;
	case OPT_NO_AA:
		out->chip.aa = false;
		return true;
	case OPT_REAL_TIME:
		return out->real_time = true;
	case OPT_EXPLICIT_CURVE:
		return out->explicit_curve = true;
	case OPT_LOG:
		return out->log = true;
	default:
		return false;
	}
}

/* --files DIR stands for --person files:DIR. Kept until the program ends. */
static bool
take_files(const char *dir, struct sim_card_options *out)
{
	static char person[512];

	out->person = person;

	return snprintf(person, sizeof(person), "files:%s", dir) <
	    (int)sizeof(person);
}

/* Options whose value can be wrong. */
static bool
take_checked(int option, const char *value, struct sim_card_options *out)
{
	unsigned number = 0;
	bool ok;

	switch (option) {
	case OPT_FILES:
		return take_files(value, out);
	case OPT_PORT:
		return parse_number(value, 1, 65534, &out->port);
	case OPT_SEED:
		return parse_number(value, 0, UINT32_MAX, &out->seed);
	case OPT_FAULT:
		return sim_faults_parse(value, &out->faults);
	case OPT_BLOCK_AFTER:
		return parse_number(value, 1, 100, &out->chip.block_after);
	case OPT_PACE_PARAMETER:
		return parse_parameter(value, out);
	case OPT_CARD_ACCESS:
		out->offer.card_access = value;
		return is_hex(value);
	case OPT_EXTRA:
		return take_extra(value, &out->offer);
	case OPT_ATR:
		ok = parse_word(atr_words, value, &number);
		out->chip.atr = (enum sim_atr)number;
		return ok;
	case OPT_EXTENDED:
		ok = parse_word(extended_words, value, &number);
		out->chip.extended = number;
		return ok;
	case OPT_PACE_SUITE:
		ok = parse_word(suite_words, value, &number);
		out->offer.pace.suite = (enum sim_suite)number;
		return ok;
	case OPT_CA_SUITE:
		ok = parse_word(suite_words, value, &number);
		out->offer.ca_suite = (enum sim_suite)number;
		return ok;
	case OPT_AA:
		ok = parse_word(aa_words, value, &number);
		out->offer.aa_ecdsa = number != 0;
		return ok;
	case OPT_AA_HASH:
		ok = parse_word(hash_words, value, &number);
		out->offer.aa_hash = number == 1 ? "SHA1" : "SHA256";
		return ok;
	case OPT_PN532_TYPE:
		ok = parse_word(type_words, value, &number);
		out->type_b = number != 0;
		return ok;
	case OPT_LINK:
		return parse_word(link_words, value, &out->link);
	default:
		return false;
	}
}

static void
set_defaults(struct sim_card_options *out)
{
	*out = (struct sim_card_options){
		.host = "127.0.0.1",
		.port = SIM_VPCD_PORT,
		.seed = 84,
		.chip = { .pace = true, .bac = true, .ca = true, .aa = true,
		    .extended = SIM_EXTENDED_FULL },
		.offer = sim_offer_cccd,
	};
}

enum sim_options_result
sim_card_options_read(int argc, char **argv, struct sim_card_options *out)
{
	int option;

	set_defaults(out);
	while ((option = getopt_long(argc, argv, "", long_options,
	    NULL)) != -1) {
		if (option == OPT_HELP) {
			fputs(usage, stdout);
			sim_faults_print(stdout);
			return SIM_OPTIONS_DONE;
		}
		if (option == '?')
			return SIM_OPTIONS_WRONG;
		if (!take_plain(option, optarg, out) &&
		    !take_checked(option, optarg, out)) {
			fprintf(stderr, "sim-card: bad value '%s'\n", optarg);
			return SIM_OPTIONS_WRONG;
		}
	}
	if (optind < argc || (out->person == NULL && out->control == NULL &&
	    out->export_dir == NULL)) {
		fputs("sim-card: see sim-card --help\n", stderr);
		return SIM_OPTIONS_WRONG;
	}

	return SIM_OPTIONS_RUN;
}
