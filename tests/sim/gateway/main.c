/*
 * main.c - the command sim-gateway
 */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "faults.h"
#include "gateway.h"
#include "listing.h"

#define EXIT_USAGE 2

enum option_name {
	OPTION_PORT = 1, OPTION_LISTEN, OPTION_SEED, OPTION_ACCOUNT, OPTION_OPERATOR,
	OPTION_LATENCY, OPTION_FAIL, OPTION_TOKEN_SECONDS, OPTION_LOWER_MD5,
	OPTION_CONTROL, OPTION_NO_CONTROL, OPTION_TLS, OPTION_SIGNER,
	OPTION_PEOPLE, OPTION_HELP
};

static const struct option long_options[] = {
	{ "port", required_argument, NULL, OPTION_PORT },
	{ "listen", required_argument, NULL, OPTION_LISTEN },
	{ "seed", required_argument, NULL, OPTION_SEED },
	{ "account", required_argument, NULL, OPTION_ACCOUNT },
	{ "operator", required_argument, NULL, OPTION_OPERATOR },
	{ "latency", required_argument, NULL, OPTION_LATENCY },
	{ "fail", required_argument, NULL, OPTION_FAIL },
	{ "token-seconds", required_argument, NULL, OPTION_TOKEN_SECONDS },
	{ "lower-md5", no_argument, NULL, OPTION_LOWER_MD5 },
	{ "control", no_argument, NULL, OPTION_CONTROL },
	{ "no-control", no_argument, NULL, OPTION_NO_CONTROL },
	{ "tls", required_argument, NULL, OPTION_TLS },
	{ "signer", required_argument, NULL, OPTION_SIGNER },
	{ "people", no_argument, NULL, OPTION_PEOPLE },
	{ "help", no_argument, NULL, OPTION_HELP },
	{ NULL, 0, NULL, 0 }
};

/* What the command line says beyond the gateway's own configuration. */
struct request {
	struct sim_gateway_config config;
	bool own_accounts;	/* the first one given replaces the default */
	bool own_operators;
	bool people;
};

static void
print_help(void)
{
	printf(
"Usage: sim-gateway [OPTION]...\n"
"Play the health insurance gateway on 127.0.0.1 for people who do not exist.\n"
"\n"
"  --port N             port; 0 picks a free one (default). The line\n"
"                       \"listening on 127.0.0.1:PORT\" goes to stdout\n"
"  --listen ADDRESS     IPv4 address to listen on (127.0.0.1); others only in\n"
"                       a network namespace of your own\n"
"  --seed N             seed of the population (84)\n"
"  --account USER:PASSWORD\n"
"                       a log-in, repeatable (84001_BV:practice-password)\n"
"  --operator NAME:NUMBER\n"
"                       a registered operator, repeatable; default:\n"
"                       \"Nguyễn Thị Tiếp Đón:084185000011\" and\n"
"                       \"Thạch Văn Trực Ban:084085000002\"\n"
"  --latency MS         wait before each answer (0)\n"
"  --fail MODE[@WHERE]  play a fault, see below\n"
"  --token-seconds N    life of a token (600)\n"
"  --lower-md5          take the password's MD5 in lower case too\n"
"  --signer FILE        certificate (PEM), read at each check-in, whose key must\n"
"                       have signed it (CHUKYDONVI); default: no signature is\n"
"                       asked for\n"
"  --control            serve /sim/ on the same port, see below (default)\n"
"  --no-control         do not serve it\n"
"  --tls CERT,KEY       speak HTTPS alone, with these two PEM files; CERT may\n"
"                       hold its issuers too\n"
"  --people             print the population as JSON lines and exit\n"
"  --help               this text\n"
"\n"
"Faults (WHERE: token, lookup, history, checkin; without: everywhere):\n"
"%s"
"\n"
"Control paths:\n"
"  POST /sim/fail?mode=MODE[@WHERE][&times=N]  switch; N calls, then none\n"
"  POST /sim/correct?label=LABEL               the record of this person is\n"
"                       right from now on: code 000\n"
"  POST /sim/latency?ms=N                      switch the latency\n"
"  POST /sim/revoke                            no token holds any more\n"
"  POST /sim/reset      no fault, start latency, no figures, no check-ins\n"
"  GET /sim/log         the calls: time, path, key, maKetQua, status, fault\n"
"  GET /sim/counts      calls, token takes, lookups by code and by key, …\n"
"  GET /sim/check-ins   each MA_LK and how often it arrived\n"
"  GET /sim/arrivals    one {ma_lk, ma_bn, ward} for each arrival, in order\n"
"\n"
"SIM_TODAY=YYYY-MM-DD in the environment moves the date that insurance\n"
"periods follow. SIGTERM or SIGINT ends the program with status 0.\n",
	    sim_faults_help());
}

static bool
read_number(const char *text, unsigned long limit, unsigned *out)
{
	unsigned long value;
	char *end;

	if (text[0] < '0' || text[0] > '9')
		return false;
	value = strtoul(text, &end, 10);
	if (*end != '\0' || value > limit)
		return false;
	*out = (unsigned)value;
	return true;
}

/* LEFT:RIGHT, split at the last mark; both must fit and be there. */
static bool
split(const char *text, char mark, char *left, size_t left_size, char *right,
    size_t right_size)
{
	const char *at = strrchr(text, mark);
	size_t length;

	if (at == NULL || at == text || at[1] == '\0')
		return false;
	length = (size_t)(at - text);
	if (length >= left_size || strlen(at + 1) >= right_size)
		return false;
	memcpy(left, text, length);
	left[length] = '\0';
	strcpy(right, at + 1);
	return true;
}

static bool
add_account(struct request *request, const char *text)
{
	struct sim_gateway_config *config = &request->config;
	struct sim_account *account;

	if (!request->own_accounts)
		config->account_count = 0;
	request->own_accounts = true;
	if (config->account_count == SIM_MAX_ACCOUNTS)
		return false;
	account = &config->accounts[config->account_count++];
	return split(text, ':', account->user, sizeof(account->user),
	    account->password, sizeof(account->password));
}

static bool
add_operator(struct request *request, const char *text)
{
	struct sim_gateway_config *config = &request->config;
	struct sim_operator *row;

	if (!request->own_operators)
		config->operator_count = 0;
	request->own_operators = true;
	if (config->operator_count == SIM_MAX_OPERATORS)
		return false;
	row = &config->operators[config->operator_count++];
	return split(text, ':', row->name, sizeof(row->name), row->number,
	    sizeof(row->number)) && strlen(row->number) == 12;
}

static bool
set_fault(struct sim_gateway_config *config, const char *text)
{
	return snprintf(config->fault, sizeof(config->fault), "%s", text) <
	    (int)sizeof(config->fault);
}

static bool
take_option(struct request *request, enum option_name option, const char *value)
{
	struct sim_gateway_config *config = &request->config;
	unsigned number;

	switch (option) {
	case OPTION_PORT:
		if (!read_number(value, UINT16_MAX, &number))
			return false;
		config->port = (uint16_t)number;
		return true;
	case OPTION_LISTEN:
		if (strlen(value) >= sizeof(config->listen))
			return false;
		strcpy(config->listen, value);
		return true;
	case OPTION_SEED:
		return read_number(value, UINT32_MAX, &config->seed);
	case OPTION_ACCOUNT:
		return add_account(request, value);
	case OPTION_OPERATOR:
		return add_operator(request, value);
	case OPTION_LATENCY:
		return read_number(value, 3600000, &config->latency_ms);
	case OPTION_FAIL:
		return set_fault(config, value);
	case OPTION_TOKEN_SECONDS:
		return read_number(value, 86400, &config->token_seconds);
	case OPTION_LOWER_MD5:
		config->lower_md5 = true;
		return true;
	case OPTION_CONTROL:
		config->control = true;
		return true;
	case OPTION_NO_CONTROL:
		config->control = false;
		return true;
	case OPTION_TLS:
		return split(value, ',', config->tls_cert,
		    sizeof(config->tls_cert), config->tls_key,
		    sizeof(config->tls_key));
	case OPTION_SIGNER:
		if (strlen(value) >= sizeof(config->signer))
			return false;
		strcpy(config->signer, value);
		return true;
	case OPTION_PEOPLE:
		request->people = true;
		return true;
	case OPTION_HELP:
		break;
	}
	return false;
}

static bool
read_command_line(struct request *request, int argc, char **argv)
{
	int option, index = 0;

	while ((option = getopt_long(argc, argv, "", long_options, &index)) !=
	    -1) {
		if (option == '?')
			return false;
		if (option == OPTION_HELP) {
			print_help();
			exit(EXIT_SUCCESS);
		}
		if (!take_option(request, (enum option_name)option, optarg)) {
			fprintf(stderr, "sim-gateway: --%s: not a value: %s\n",
			    long_options[index].name, optarg);
			return false;
		}
	}
	if (optind < argc)
		fprintf(stderr, "sim-gateway: not an option: %s\n",
		    argv[optind]);
	return optind == argc;
}

/* Serve until SIGTERM or SIGINT, which were blocked before any thread. */
static int
serve(const struct sim_gateway_config *config, const sigset_t *signals)
{
	struct sim_gateway *gateway = sim_gateway_start(config);
	int received;

	if (gateway == NULL)
		return EXIT_FAILURE;
	printf("listening on 127.0.0.1:%u\n",
	    (unsigned)sim_gateway_port(gateway));
	fflush(stdout);
	sigwait(signals, &received);
	sim_gateway_stop(&gateway);
	return EXIT_SUCCESS;
}

int
main(int argc, char **argv)
{
	struct request request = { .people = false };
	sigset_t signals;

	sim_gateway_defaults(&request.config);
	if (!read_command_line(&request, argc, argv)) {
		fprintf(stderr, "Try sim-gateway --help\n");
		return EXIT_USAGE;
	}
	if (request.people)
		return sim_listing_write(request.config.seed, stdout) ?
		    EXIT_SUCCESS : EXIT_FAILURE;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	return serve(&request.config, &signals);
}
