/*
 * collect.c - checkin-province collect: asking the clinics, once or for ever
 */
#include <getopt.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ck/log.h"
#include "collect/collect.h"
#include "io/loop.h"
#include "province/command.h"

/* For the signal handler alone. */
static struct ck_loop *loop_to_stop;

static void
on_signal(int number)
{
	(void)number;
	ck_loop_stop(loop_to_stop);
}

static void
catch_signals(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	(void)sigemptyset(&action.sa_mask);
	(void)sigaction(SIGTERM, &action, NULL);
	(void)sigaction(SIGINT, &action, NULL);
}

/* Unlike any other on the same ledger: host, process, and the time, for a
 * process number comes again. */
static void
make_name(const struct ck_province_config *config, char *out, size_t size)
{
	char host[32] = "";

	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(out, size, "%s%s%.24s-%d-%" PRIx64, config->name,
	    config->name[0] != '\0' ? "-" : "", host, (int)getpid(),
	    (uint64_t)ck_clock_wall_ms(ck_clock_system()));
}

static enum ck_err
run(const struct ck_province_config *config, struct ck_ledger *ledger,
    struct ck_loop *loop, bool once)
{
	char name[64];
	struct ck_collect_options options = {
		.name = name, .parallel = config->parallel, .once = once,
		.lease_ms = config->lease_s * 1000,
		.tokens_directory = config->tokens_directory,
		.schedule = {
			.interval_ms = config->interval_s * 1000,
			.failures_max = config->failures_max,
			.backoff_ms = config->backoff_s * 1000,
			.backoff_max_ms = config->backoff_max_s * 1000
		},
		.client = {
			.ca_file = config->ca_file,
			.cert_file = config->client_cert_file,
			.key_file = config->client_key_file,
			.connect_timeout_ms = config->connect_timeout_ms,
			.timeout_ms = config->timeout_ms
		}
	};
	struct ck_collector *collector;
	struct ck_collect_counts counts;
	enum ck_err err;

	make_name(config, name, sizeof(name));
	if ((err = ck_collector_new(&collector, ledger, loop,
	    &options)) != CK_OK)
		return err;
	loop_to_stop = loop;
	catch_signals();
	err = ck_loop_run(loop);
	counts = ck_collector_counts(collector);
	(void)printf("%" PRIu64 " asked: %" PRIu64 " good, %" PRIu64
	    " failed; %" PRIu64 " documents, %" PRIu64 " figures changed\n",
	    counts.asked, counts.good, counts.failed, counts.documents,
	    counts.changed);
	ck_collector_free(&collector);

	return err == CK_OK && once && counts.failed > 0 ? CK_ERR_LINE : err;
}

int
ck_province_collect(const struct ck_province_config *config, int argc,
    char **argv)
{
	static const struct option options[] = {
		{ "once", no_argument, NULL, 'o' },
		{ NULL, 0, NULL, 0 }
	};
	struct ck_ledger *ledger = NULL;
	struct ck_loop *loop = NULL;
	bool once = false;
	enum ck_err err;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (option != 'o')
			return 2;
		once = true;
	}
	if (optind != argc) {
		(void)fprintf(stderr, "checkin-province: collect [--once]\n");
		return 2;
	}
	if ((err = ck_province_ledger(config, &ledger)) == CK_OK &&
	    (err = ck_loop_new(&loop, ck_clock_system())) == CK_OK)
		err = run(config, ledger, loop, once);
	ck_loop_free(&loop);
	ck_ledger_close(&ledger);
	if (err != CK_OK)
		(void)fprintf(stderr, "checkin-province: collect: %s\n",
		    err == CK_ERR_LINE ? "not every clinic answered; see "
		    "'checkin-province clinics --state'" :
		    ck_err_text(err));

	return err == CK_OK ? 0 : 1;
}
