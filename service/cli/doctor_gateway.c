/*
 * doctor_gateway.c - one token, one question, in plain view
 *
 * Over the client itself rather than over gateway.c, which tells what a lookup
 * needs to know: here it counts how far the call came.
 */
#include <openssl/crypto.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "cli/cause.h"
#include "cli/doctor_gateway.h"
#include "daemon/config.h"
#include "daemon/config_check.h"
#include "eligibility/answer.h"
#include "eligibility/gateway.h"
#include "eligibility/message.h"
#include "eligibility/operators.h"
#include "eligibility/question.h"
#include "eligibility/token.h"
#include "io/client.h"
#include "io/loop.h"

#define HEADERS_MAX 17

struct visit {
	const struct ck_config *config;
	struct ck_loop *loop;
	struct ck_client *client;
	char password_md5[33];
	struct ck_token token;
	struct ck_trial trial;
	char detail[160];		/* the line's own words; "": none */
	char local_address[64];
	int64_t clock_off_ms;		/* ours less the gateway's */
	bool asking;			/* the token is there */
};

/* Is there a default route, IPv4 or IPv6? */
static bool
has_route(void)
{
	char line[512], destination[40];
	FILE *file = fopen("/proc/net/route", "re");
	bool found = false;

	while (file != NULL && !found &&
	    fgets(line, sizeof(line), file) != NULL)
		found = sscanf(line, "%*31s %39s", destination) == 1 &&
		    strcmp(destination, "00000000") == 0;
	if (file != NULL)
		(void)fclose(file);
	if (found || (file = fopen("/proc/net/ipv6_route", "re")) == NULL)
		return found;
	while (!found && fgets(line, sizeof(line), file) != NULL)
		found = strncmp(line, "00000000000000000000000000000000 00 ",
		    36) == 0 && strstr(line, " lo") == NULL;
	(void)fclose(file);

	return found;
}

static void
note_end(struct visit *visit, const struct ck_client_answer *http)
{
	struct ck_trial *trial = &visit->trial;

	trial->end = http->end;
	(void)snprintf(visit->detail, sizeof(visit->detail), "%s",
	    http->end != CK_CLIENT_ANSWERED ? http->detail : "");
	trial->status = http->status;
	trial->system_error = http->system_error;
	if (http->total_ms > trial->duration_ms)
		trial->duration_ms = http->total_ms;
	memcpy(visit->local_address, http->local_address,
	    sizeof(visit->local_address));
	if (http->date_ms != 0)
		visit->clock_off_ms =
		    ck_clock_wall_ms(ck_clock_system()) - http->date_ms;
}

/* A guard before the gateway answers with a page of its own. */
static enum ck_err
err_of(enum ck_err err, long status)
{
	if (err == CK_ERR_GATEWAY_MALFORMED && status == 403)
		return CK_ERR_GATEWAY_ADDRESS;
	if (err == CK_ERR_GATEWAY_MALFORMED && status == 401)
		return CK_ERR_GATEWAY_ACCOUNT;

	return err;
}

static void
on_token(void *ctx, const struct ck_client_answer *http)
{
	struct visit *visit = ctx;

	note_end(visit, http);
	if (http->end == CK_CLIENT_ANSWERED)
		visit->trial.err = err_of(ck_token_parse(http->body,
		    http->date_ms, &visit->token), http->status);
	visit->asking = http->end == CK_CLIENT_ANSWERED &&
	    visit->trial.err == CK_OK;
	ck_loop_stop(visit->loop);
}

static void
on_answer(void *ctx, const struct ck_client_answer *http)
{
	struct visit *visit = ctx;
	struct ck_answer answer;

	note_end(visit, http);
	if (http->end == CK_CLIENT_ANSWERED) {
		enum ck_err err = ck_answer_parse(http->body, &answer);

		if (err == CK_ERR_GATEWAY_MALFORMED && http->body.len > 0 &&
		    memmem(http->body.ptr, http->body.len, "Null ", 5) != NULL)
			err = CK_ERR_GATEWAY_OPERATOR;
		visit->trial.err = err_of(err, http->status);
		if (err == CK_OK)
			memcpy(visit->trial.code, answer.code,
			    sizeof(visit->trial.code));
		ck_answer_wipe(&answer);
	}
	ck_loop_stop(visit->loop);
}

static enum ck_err
post(struct visit *visit, enum ck_remote function,
    const struct ck_field *query, size_t count, struct ck_span body,
    ck_client_fn done)
{
	const struct ck_config *config = visit->config;
	struct ck_remote_row row = ck_remote_effective(function,
	    &config->remotes[function]);
	struct ck_buf url = CK_BUF_INIT;
	struct ck_client_post request = {
		.content_type = ck_fields_type(row.encoding ==
		    CK_ENCODING_JSON), .body = body
	};
	enum ck_err err;

	if ((err = ck_buf_append(&url, ck_span_str(config->gateway_url))) !=
	    CK_OK || (err = ck_buf_append(&url, ck_span_str(row.path))) !=
	    CK_OK)
		goto out;
	if (count > 0 && ((err = ck_buf_push(&url, '?')) != CK_OK ||
	    (err = ck_fields_form(&url, query, count)) != CK_OK))
		goto out;
	if ((err = ck_buf_push(&url, '\0')) != CK_OK)
		goto out;
	request.url = (const char *)url.ptr;
	if ((err = ck_client_post(visit->client, &request, done, visit,
	    NULL)) == CK_OK)
		err = ck_loop_run(visit->loop);
out:
	ck_buf_wipe(&url);

	return err;
}

static enum ck_err
take_token(struct visit *visit)
{
	bool json = ck_remote_effective(CK_REMOTE_TOKEN,
	    &visit->config->remotes[CK_REMOTE_TOKEN]).encoding ==
	    CK_ENCODING_JSON;
	struct ck_buf body = CK_BUF_INIT;
	enum ck_err err;

	if ((err = ck_token_body(&body, json, visit->config->gateway_user,
	    visit->password_md5)) == CK_OK)
		err = post(visit, CK_REMOTE_TOKEN, NULL, 0,
		    ck_buf_view(&body), on_token);
	ck_buf_wipe(&body);

	return err;
}

/* A lookup of the operator's own number: eligibility/operators.h says why. */
static enum ck_err
ask_own(struct visit *visit)
{
	const struct ck_operator *who = &visit->config->operators[0];
	const struct ck_field query[] = {
		{ "token", visit->token.access },
		{ "id_token", visit->token.id },
		{ "username", visit->config->gateway_user },
		{ "password", visit->password_md5 }
	};
	struct ck_gateway_question question = { .key = CK_KEY_ID_NUMBER };
	struct ck_buf body = CK_BUF_INIT;
	bool json = ck_remote_effective(CK_REMOTE_LOOKUP,
	    &visit->config->remotes[CK_REMOTE_LOOKUP]).encoding ==
	    CK_ENCODING_JSON;
	enum ck_err err;

	memcpy(question.number, who->number, sizeof(who->number));
	memcpy(question.full_name, who->name, sizeof(question.full_name));
	question.date_of_birth.year =
	    (uint16_t)ck_number_birth_year(who->number);
	memcpy(question.operator_name, who->name,
	    sizeof(question.operator_name));
	memcpy(question.operator_number, who->number,
	    sizeof(question.operator_number));
	if ((err = ck_question_body(&body, json, &question)) == CK_OK)
		err = post(visit, CK_REMOTE_LOOKUP, query, 4,
		    ck_buf_view(&body), on_answer);
	ck_buf_wipe(&body);
	OPENSSL_cleanse(&question, sizeof(question));

	return err;
}

static enum ck_err
start(struct visit *visit)
{
	const struct ck_config *config = visit->config;
	const char *headers[HEADERS_MAX] = { NULL };
	const char *line = config->gateway_headers;
	const struct ck_client_options options = {
		.ca_file = config->gateway_ca_file,
		.proxy = config->gateway_proxy,
		.proxy_login = config->gateway_proxy_login,
		.headers = headers,
		.cert_file = config->gateway_client_cert_file,
		.key_file = config->gateway_client_key_file,
		.source_address = config->gateway_source_address,
		.connect_timeout_ms = config->gateway_connect_timeout_ms,
		.timeout_ms = config->gateway_timeout_ms,
		.answer_max = config->gateway_answer_max
	};
	size_t count = 0;
	enum ck_err err;

	for (; line[0] != '\0' && count < HEADERS_MAX - 1;
	    line += strlen(line) + 1)
		headers[count++] = line;
	if ((err = ck_token_password(config->gateway_password,
	    visit->password_md5)) != CK_OK)
		return err;
	if ((err = ck_loop_new(&visit->loop, ck_clock_system())) != CK_OK)
		return err;

	return ck_client_new(&visit->client, visit->loop, &options);
}

/* --- What is printed ------------------------------------------------------ */

static void
print_address(const struct visit *visit)
{
	const char *configured = visit->config->gateway_public_address;

	if (configured[0] != '\0')
		(void)printf("      public address: %s ([gateway] "
		    "public_address)\n", configured);
	else if (visit->config->gateway_proxy[0] != '\0')
		(void)printf("      public address: that of the proxy\n");
	else if (ck_address_is_public(visit->local_address))
		(void)printf("      public address: %s\n",
		    visit->local_address);
	else
		(void)printf("      public address: not known here (%s is "
		    "private). Ask the line's provider, and set [gateway] "
		    "public_address\n", visit->local_address[0] != '\0' ?
		    visit->local_address : "this computer's");
}

static void
report(const struct visit *visit, enum ck_cause cause)
{
	struct ck_counted counted = {
		.outcome = CK_OUTCOME_UNAVAILABLE,
		.source = CK_SOURCE_GATEWAY
	};
	const char *language = visit->config->language;

	(void)snprintf(counted.reason, sizeof(counted.reason), "%s",
	    ck_cause_reason(cause));
	(void)printf("%-5s gateway   %s\n", cause == CK_CAUSE_WELL ?
	    "ok" : "FAIL", ck_message(&counted, language));
	(void)printf("      %s\n", ck_next_step(&counted, language));
	(void)printf("      url %s, %s, %lld ms", visit->config->gateway_url,
	    ck_client_end_label(visit->trial.end),
	    (long long)visit->trial.duration_ms);
	if (visit->detail[0] != '\0')
		(void)printf(", %s", visit->detail);
	if (visit->trial.status != 0)
		(void)printf(", HTTP %ld", visit->trial.status);
	if (visit->trial.code[0] != '\0')
		(void)printf(", maKetQua %s", visit->trial.code);
	(void)putchar('\n');
	if (visit->clock_off_ms > 120000 || visit->clock_off_ms < -120000)
		(void)printf("note  clock     differs from the gateway's by "
		    "%lld s: set the time of this computer\n",
		    (long long)(visit->clock_off_ms / 1000));
	if (cause == CK_CAUSE_ADDRESS)
		print_address(visit);
}

int
ck_doctor_gateway(const struct ck_config *config)
{
	struct visit visit = { .config = config };
	enum ck_cause cause;
	enum ck_err err;

	if (config->gateway_user[0] == '\0') {
		(void)printf("FAIL  account   set [gateway] user and "
		    "password_file\n");
		return CK_CAUSE_ACCOUNT;
	}
	(void)signal(SIGPIPE, SIG_IGN);
	/* A simulated gateway on this computer needs no way out. */
	visit.trial.has_route = ck_config_url_is_loopback(config->gateway_url) ||
	    has_route();
	visit.trial.budget_ms = config->budget_ms;
	if ((err = start(&visit)) == CK_OK && (err = take_token(&visit)) ==
	    CK_OK && visit.asking && config->operator_count > 0)
		err = ask_own(&visit);
	if (err == CK_OK) {
		cause = ck_cause_of(&visit.trial);
		report(&visit, cause);
	} else {
		cause = CK_CAUSE_FAULT;
		(void)printf("FAIL  doctor    %s\n", ck_err_text(err));
	}
	ck_client_free(&visit.client);
	ck_loop_free(&visit.loop);
	OPENSSL_cleanse(&visit, sizeof(visit));

	return (int)cause;
}
