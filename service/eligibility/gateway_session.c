/*
 * gateway_session.c - tokens: one request serves all calls that wait
 *
 * The life of a token is measured on our monotonic clock from its arrival, and
 * its end is compared with the gateway's own clock where that is told: so
 * neither a wrong clock of ours nor one that jumps shortens or lengthens it.
 */
#include <openssl/crypto.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/gateway_state.h"
#include "eligibility/question.h"
#include "io/loop.h"

/* Longer than a day no token is believed to live. */
#define LIFE_MAX_MS 86400000

static int64_t
now_mono(const struct ck_gateway *gateway)
{
	return ck_clock_mono_ms(ck_loop_clock(gateway->loop));
}

bool
ck_gateway_has_token(const struct ck_gateway *gateway)
{
	return gateway->taking == NULL &&
	    gateway->token.access[0] != '\0' &&
	    now_mono(gateway) < gateway->token_until_ms;
}

void
ck_gateway_drop_token(struct ck_gateway *gateway)
{
	ck_token_wipe(&gateway->token);
	gateway->token_until_ms = 0;
}

/* An answer that is none of the gateway's JSON comes from a guard before it. */
static enum ck_err
read_token(struct ck_gateway *gateway, const struct ck_client_answer *http)
{
	int64_t wall_ms = ck_clock_wall_ms(ck_loop_clock(gateway->loop));
	enum ck_err err = ck_gateway_err_of_end(http->end);

	if (err != CK_OK)
		return err;
	err = ck_token_parse(http->body, http->date_ms != 0 ?
	    http->date_ms : wall_ms, &gateway->token);
	if (err == CK_ERR_GATEWAY_MALFORMED && http->status == 403)
		err = CK_ERR_GATEWAY_ADDRESS;
	if (err == CK_ERR_GATEWAY_MALFORMED && http->status == 401)
		err = CK_ERR_GATEWAY_ACCOUNT;
	if (err == CK_ERR_GATEWAY_MALFORMED && http->status >= 500)
		err = CK_ERR_GATEWAY_FAULT;
	/* Over by the gateway's own clock: no call can do with it. */
	if (err == CK_OK && http->date_ms != 0 && gateway->token.life_ms <= 0)
		err = CK_ERR_GATEWAY_TOKEN;
	if (err != CK_OK)
		ck_gateway_drop_token(gateway);

	return err;
}

/* Our clock is off by this much: worth a word, since receipts carry it. */
static void
compare_clocks(const struct ck_gateway *gateway,
    const struct ck_client_answer *http)
{
	int64_t off_ms = ck_clock_wall_ms(ck_loop_clock(gateway->loop)) -
	    http->date_ms;

	if (http->date_ms != 0 && (off_ms > 120000 || off_ms < -120000))
		ck_log(CK_LOG_WARNING, "gateway", "the clock of this computer "
		    "differs from the gateway's by %lld s: set it",
		    (long long)(off_ms / 1000));
}

static void
keep_token(struct ck_gateway *gateway, const struct ck_client_answer *http)
{
	int64_t life_ms = gateway->token.life_ms < LIFE_MAX_MS ?
	    gateway->token.life_ms : LIFE_MAX_MS;

	gateway->token_until_ms = now_mono(gateway) + life_ms -
	    CK_TOKEN_MARGIN_MS;
	memcpy(gateway->token_address, http->local_address,
	    sizeof(gateway->token_address));
	compare_clocks(gateway, http);
}

/* Is it our account that is at fault? Then asking on would only lock it. */
static bool
is_refusal(enum ck_err err)
{
	return err == CK_ERR_GATEWAY_ACCOUNT || err == CK_ERR_GATEWAY_BLOCKED ||
	    err == CK_ERR_GATEWAY_ADDRESS;
}

static enum ck_err post_for_token(struct ck_gateway *gateway);

/* A token of yesterday: another one, once. */
static bool
take_another(struct ck_gateway *gateway, enum ck_err err)
{
	bool again = err == CK_ERR_GATEWAY_TOKEN && !gateway->taking_again;

	gateway->taking_again = again;

	return again && post_for_token(gateway) == CK_OK;
}

/* Last of all: who hears of it may do anything but free the gateway. */
static void
tell_login(struct ck_gateway *gateway, enum ck_err err,
    const struct ck_client_answer *http)
{
	ck_gateway_login_fn done = gateway->login;

	gateway->login = NULL;
	if (done != NULL)
		done(gateway->login_ctx, err, http->body, http->status);
}

static void
on_token(void *ctx, const struct ck_client_answer *http)
{
	struct ck_gateway *gateway = ctx;
	struct ck_breaker *login = &gateway->breakers[CK_REMOTE_TOKEN];
	enum ck_err err;

	gateway->taking = NULL;
	ck_gateway_log_end("token", http);
	err = read_token(gateway, http);
	if (take_another(gateway, err))
		return;
	gateway->token_number++;
	ck_gateway_tell_failure(http, err, gateway->session_failure);
	/* A token that a call is then refused with is no good end yet. */
	if (err == CK_OK) {
		keep_token(gateway, http);
	} else if (is_refusal(err)) {
		gateway->held_errs[CK_REMOTE_TOKEN] = err;
		ck_breaker_bad(login, now_mono(gateway), arc4random());
	} else {
		ck_breaker_dropped(login);
	}
	ck_gateway_serve_waiting(gateway, err);
	tell_login(gateway, err, http);
}

static enum ck_err
post_for_token(struct ck_gateway *gateway)
{
	bool json = gateway->rows[CK_REMOTE_TOKEN].encoding ==
	    CK_ENCODING_JSON;
	struct ck_buf body = CK_BUF_INIT, url = CK_BUF_INIT;
	struct ck_client_post post = {
		.content_type = ck_fields_type(json)
	};
	enum ck_err err;

	if ((err = ck_gateway_url(gateway, CK_REMOTE_TOKEN, &url)) != CK_OK)
		goto out;
	if ((err = ck_token_body(&body, json, gateway->account.user,
	    gateway->account.password_md5)) != CK_OK)
		goto out;
	post.url = (const char *)url.ptr;
	post.body = ck_buf_view(&body);
	err = ck_client_post(gateway->client, &post, on_token, gateway,
	    &gateway->taking);
out:
	ck_buf_wipe(&url);
	ck_buf_wipe(&body);

	return err;
}

enum ck_err
ck_gateway_take_token(struct ck_gateway *gateway)
{
	struct ck_breaker *login = &gateway->breakers[CK_REMOTE_TOKEN];

	if (gateway->taking != NULL)
		return CK_OK;
	ck_gateway_drop_token(gateway);
	/* Nobody asks now, so nobody is trying either. */
	ck_breaker_dropped(login);
	if (!ck_breaker_admit(login, now_mono(gateway)))
		return gateway->held_errs[CK_REMOTE_TOKEN];

	return post_for_token(gateway);
}

enum ck_err
ck_gateway_login(struct ck_gateway *gateway, ck_gateway_login_fn done,
    void *ctx)
{
	enum ck_err err;

	if (gateway->login != NULL)
		return CK_ERR_REQUEST;
	if ((err = ck_gateway_take_token(gateway)) != CK_OK)
		return err;
	gateway->login = done;
	gateway->login_ctx = ctx;

	return CK_OK;
}

int64_t
ck_gateway_token_left_ms(const struct ck_gateway *gateway)
{
	return !ck_gateway_has_token(gateway) ? 0 : CK_TOKEN_MARGIN_MS +
	    gateway->token_until_ms - now_mono(gateway);
}

enum ck_err
ck_gateway_url(const struct ck_gateway *gateway, enum ck_remote function,
    struct ck_buf *out)
{
	const struct ck_config *config = gateway->config;
	const struct ck_field query[] = {
		{ "token", gateway->token.access },
		{ "id_token", gateway->token.id },
		{ "username", gateway->account.user },
		{ "password", gateway->account.password_md5 }
	};
	const struct ck_remote_row *row = &gateway->rows[function];
	enum ck_err err;

	err = ck_buf_append(out, ck_span_str(config->gateway_url));
	if (err == CK_OK)
		err = ck_buf_append(out, ck_span_str(row->path));
	if (err == CK_OK && row->secrets == CK_SECRETS_QUERY)
		err = ck_buf_push(out, '?');
	if (err == CK_OK && row->secrets == CK_SECRETS_QUERY)
		err = ck_fields_form(out, query, 4);
	if (err == CK_OK)
		err = ck_buf_push(out, '\0');

	return err;
}
