/*
 * serve.c - checkin-province serve: one loop, one ledger, one server
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config_check.h"
#include "daemon/secret.h"
#include "io/loop.h"
#include "io/server.h"
#include "province/cases.h"
#include "province/command.h"
#include "province/digester.h"
#include "province/site.h"

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

static enum ck_err
serve(const struct ck_province_config *config, struct ck_province_site *site,
    struct ck_loop *loop, const char *token)
{
	struct ck_server_options options = {
		.listen = config->listen, .port = config->port,
		.token = token, .feed_token = "",
		.tls = { .certificate = config->http_certificate,
		    .key = config->http_key },
		.allowed_hosts = config->allowed_hosts,
		.member = ck_accounts_know,
		.member_ctx = (void *)(uintptr_t)site->accounts,
		.ctx = site, .loop = loop
	};
	struct ck_server *server;
	enum ck_err err;

	options.routes = ck_province_routes(&options.route_count);
	if ((err = ck_server_start(&server, &options)) != CK_OK)
		return err;
	ck_log(CK_LOG_INFO, "http", "listening on %s port %u",
	    config->listen, (unsigned)ck_server_port(server));
	loop_to_stop = loop;
	catch_signals();
	err = ck_loop_run(loop);
	ck_reader_stop(&site->reports);
	ck_reader_stop(&site->pages);
	ck_server_stop(&server);

	return err;
}

static enum ck_err
read_and_serve(const struct ck_province_config *config,
    struct ck_ledger *ledger, struct ck_loop *loop, const char *token,
    const struct ck_province_office *office)
{
	struct ck_ledger_options options =
	    ck_province_ledger_options(config);
	struct ck_province_site site = {
		.ledger = ledger, .clock = ck_clock_system(),
		.office = office->signer != NULL ? office : NULL
	};
	struct ck_accounts *accounts = NULL;
	struct ck_digester *digester = NULL;
	enum ck_err err;

	if ((err = ck_tokens_new(&site.pushers, config->clinics_directory,
	    site.clock)) == CK_OK)
		err = ck_accounts_load(&accounts, config->accounts_file,
		    config->accounts_directory, site.clock);
	site.accounts = accounts;
	if (err == CK_OK)
		err = ck_reader_start(&site.reports, &options, site.clock);
	if (err == CK_OK)
		err = ck_reader_start(&site.pages, &options, site.clock);
	if (err == CK_OK)
		err = ck_digester_start(&digester, config, &options,
		    site.clock);
	if (err == CK_OK)
		err = serve(config, &site, loop, token);
	ck_reader_stop(&site.reports);
	ck_reader_stop(&site.pages);
	ck_digester_stop(&digester);
	ck_accounts_free(&accounts);
	ck_tokens_free(&site.pushers);

	return err;
}

int
ck_province_serve(const struct ck_province_config *config, int argc,
    char **argv)
{
	struct ck_ledger *ledger = NULL;
	struct ck_loop *loop = NULL;
	struct ck_province_office office;
	char token[129] = "";
	enum ck_err err;

	(void)argv;
	if (argc != 1) {
		(void)fprintf(stderr, "checkin-province: serve\n");
		return 2;
	}
	if (config->token_file[0] != '\0' &&
	    ck_secret_read(config->token_file, CK_TOKEN_MIN, token,
	    sizeof(token)) != CK_OK)
		return 1;
	if ((err = ck_province_office_open(config, &office)) == CK_OK &&
	    (err = ck_province_ledger(config, &ledger)) == CK_OK &&
	    (err = ck_loop_new(&loop, ck_clock_system())) == CK_OK)
		err = read_and_serve(config, ledger, loop, token, &office);
	ck_loop_free(&loop);
	ck_ledger_close(&ledger);
	ck_province_office_close(&office);
	explicit_bzero(token, sizeof(token));
	if (err != CK_OK)
		(void)fprintf(stderr, "checkin-province: serve: %s\n",
		    ck_err_text(err));

	return err == CK_OK ? 0 : 1;
}
