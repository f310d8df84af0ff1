/*
 * gateway.c - questions on their way: token first, then the lookup
 *
 * A call waits for a token, is sent, and is repeated once with a new token
 * when the gateway calls the old one stale. However long that takes, the call
 * ends at its deadline. One request for a token serves all calls that wait.
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/answer.h"
#include "eligibility/codes.h"
#include "eligibility/gateway.h"
#include "eligibility/question.h"
#include "eligibility/token.h"
#include "io/client.h"
#include "io/loop.h"

struct ck_gateway {
	const struct ck_config *config;	/* borrowed, like loop */
	struct ck_loop *loop;
	struct ck_client *client;
	char password_md5[33];
	struct ck_token token;
	unsigned long token_number;	/* counts tokens: which one was used */
	struct ck_client_call *taking;	/* a token is being asked for */
	struct ck_gateway_call *calls;
	struct ck_gateway_figures figures;
	enum ck_err last_err;		/* what the log has heard last */
};

struct ck_gateway_call {
	struct ck_gateway *gateway;
	struct ck_gateway_call *next;
	struct ck_gateway_question question;
	struct ck_buf body;		/* the question as it is sent */
	struct ck_client_call *http;	/* NULL: not sent now */
	bool waiting;			/* for a token that is asked for */
	bool served;			/* its turn has come */
	struct ck_timer *deadline;
	unsigned long token_number;	/* the token it was sent with */
	bool repeated;
	int64_t started_ms;		/* wall clock */
	int64_t started_mono_ms;
	ck_gateway_fn done;
	void *ctx;
};

/* --- How a call ends ------------------------------------------------------ */

static void
call_free(struct ck_gateway_call *call)
{
	struct ck_gateway_call **link = &call->gateway->calls;

	while (*link != NULL && *link != call)
		link = &(*link)->next;
	if (*link == call)
		*link = call->next;
	ck_client_cancel(&call->http);
	ck_loop_timer_cancel(&call->deadline);
	ck_buf_wipe(&call->body);
	OPENSSL_cleanse(call, sizeof(*call));
	free(call);
}

/* Whose fault an answer without an answer is, for the figures. */
static enum ck_err
err_of_answer(const struct ck_answer *answer)
{
	const struct ck_code *code = ck_code_find(answer->code);

	if (code->outcome != CK_OUTCOME_UNAVAILABLE)
		return CK_OK;

	return code->nature == CK_CODE_GATEWAY ? CK_ERR_GATEWAY_MALFORMED :
	    CK_ERR_GATEWAY_ACCOUNT;
}

/* Tell the technician when it changes, not at every patient. */
static void
log_change(struct ck_gateway *gateway, enum ck_err err)
{
	if (err == gateway->last_err)
		return;
	gateway->last_err = err;
	if (err == CK_OK)
		ck_log(CK_LOG_NOTICE, "gateway", "answers");
	else
		ck_log(CK_LOG_WARNING, "gateway", "%s", ck_err_text(err));
}

static void
count(struct ck_gateway *gateway, const struct ck_gateway_result *result)
{
	struct ck_gateway_figures *figures = &gateway->figures;
	enum ck_err err = result->err != CK_OK ? result->err :
	    err_of_answer(&result->answer);

	figures->up = result->err != CK_ERR_LINE &&
	    result->err != CK_ERR_GATEWAY_TIMEOUT;
	if (err == CK_OK) {
		figures->ok++;
		figures->last_success_ms = result->answer.as_of_ms;
	} else if (err == CK_ERR_LINE) {
		figures->failed_line++;
	} else if (err == CK_ERR_GATEWAY_ACCOUNT) {
		figures->failed_account++;
	} else {
		figures->failed_gateway++;
	}
	log_change(gateway, result->err);
}

/* answer may be NULL when err is set. The call is gone afterwards. */
static void
finish(struct ck_gateway_call *call, enum ck_err err,
    const struct ck_answer *answer)
{
	struct ck_gateway *gateway = call->gateway;
	const struct ck_clock *clock = ck_loop_clock(gateway->loop);
	ck_gateway_fn done = call->done;
	void *ctx = call->ctx;
	struct ck_gateway_result result = {
		.err = err,
		.started_ms = call->started_ms,
		.duration_ms =
		    ck_clock_mono_ms(clock) - call->started_mono_ms
	};

	if (err == CK_OK) {
		result.answer = *answer;
		result.answer.as_of_ms = ck_clock_wall_ms(clock);
	}
	call_free(call);
	count(gateway, &result);
	done(ctx, &result);
	ck_answer_wipe(&result.answer);
}

static void
on_deadline(void *ctx)
{
	finish(ctx, CK_ERR_GATEWAY_TIMEOUT, NULL);
}

/* What an HTTP request that brought no answer means. */
static enum ck_err
err_of_end(enum ck_client_end end)
{
	switch (end) {
	case CK_CLIENT_ANSWERED:
		return CK_OK;
	case CK_CLIENT_NAME:
	case CK_CLIENT_CONNECT:
	case CK_CLIENT_TLS:
		return CK_ERR_LINE;
	case CK_CLIENT_TIMEOUT:
		return CK_ERR_GATEWAY_TIMEOUT;
	case CK_CLIENT_TOO_LARGE:
		return CK_ERR_GATEWAY_TOO_LARGE;
	case CK_CLIENT_BROKEN:
	case CK_CLIENT_FAILED:
	default:
		return CK_ERR_GATEWAY_MALFORMED;
	}
}

static void
log_end(const char *what, const struct ck_client_answer *http)
{
	if (http->end != CK_CLIENT_ANSWERED)
		ck_log(CK_LOG_INFO, "gateway", "%s: %s: %s", what,
		    ck_client_end_label(http->end), http->detail);
	else if (http->status != 200)
		ck_log(CK_LOG_INFO, "gateway", "%s: HTTP status %ld", what,
		    http->status);
}

static bool
is_refusal(long status)
{
	return status == 401 || status == 403;
}

/* --- The lookup itself ---------------------------------------------------- */

/*
 * An error status may carry an answer that names the fault; a yes or no is
 * believed only under 200.
 */
static enum ck_err
read_answer(const struct ck_client_answer *http, struct ck_answer *out)
{
	enum ck_err err = err_of_end(http->end);

	if (err == CK_OK)
		err = ck_answer_parse(http->body, out);
	if (err == CK_OK && http->status != 200 &&
	    ck_code_find(out->code)->outcome != CK_OUTCOME_UNAVAILABLE) {
		ck_answer_wipe(out);
		err = CK_ERR_GATEWAY_MALFORMED;
	}
	if (err == CK_ERR_GATEWAY_MALFORMED && is_refusal(http->status))
		err = CK_ERR_GATEWAY_ACCOUNT;

	return err;
}

static void
check_person(const struct ck_gateway_question *question,
    struct ck_answer *answer, enum ck_err *err)
{
	if (*err != CK_OK || ck_answer_is_about(answer, question->key,
	    question->number, question->full_name, question->date_of_birth))
		return;
	ck_answer_wipe(answer);
	*err = CK_ERR_GATEWAY_WRONG_PERSON;
}

static void ask_again(struct ck_gateway_call *call);

static void
on_answer(void *ctx, const struct ck_client_answer *http)
{
	struct ck_gateway_call *call = ctx;
	struct ck_answer answer = { 0 };
	enum ck_err err = read_answer(http, &answer);
	bool stale = is_refusal(http->status) ||
	    (err == CK_OK && strcmp(answer.code, "401") == 0);

	call->http = NULL;
	log_end("lookup", http);
	if (stale && !call->repeated) {
		ask_again(call);
	} else {
		check_person(&call->question, &answer, &err);
		finish(call, err, &answer);
	}
	ck_answer_wipe(&answer);
}

static enum ck_err
lookup_url(const struct ck_gateway *gateway, struct ck_buf *out)
{
	const struct ck_config *config = gateway->config;
	const struct ck_field query[] = {
		{ "token", gateway->token.access },
		{ "id_token", gateway->token.id },
		{ "username", config->gateway_user },
		{ "password", gateway->password_md5 }
	};
	enum ck_err err;

	err = ck_buf_append(out, ck_span_str(config->gateway_url));
	if (err == CK_OK)
		err = ck_buf_append(out,
		    ck_span_str(config->gateway_lookup_path));
	if (err == CK_OK)
		err = ck_buf_push(out, '?');
	if (err == CK_OK)
		err = ck_fields_form(out, query, 4);
	if (err == CK_OK)
		err = ck_buf_push(out, '\0');

	return err;
}

static enum ck_err
send_lookup(struct ck_gateway_call *call)
{
	struct ck_gateway *gateway = call->gateway;
	struct ck_buf url = CK_BUF_INIT;
	struct ck_client_post post = {
		.content_type = ck_fields_type(gateway->config->gateway_json),
		.body = ck_buf_view(&call->body)
	};
	enum ck_err err;

	if ((err = lookup_url(gateway, &url)) != CK_OK)
		goto out;
	post.url = (const char *)url.ptr;
	call->token_number = gateway->token_number;
	err = ck_client_post(gateway->client, &post, on_answer, call,
	    &call->http);
out:
	ck_buf_wipe(&url);

	return err;
}

/* --- The token ------------------------------------------------------------ */

/* The next call whose turn has come; NULL: none. */
static struct ck_gateway_call *
next_served(const struct ck_gateway *gateway)
{
	struct ck_gateway_call *call = gateway->calls;

	while (call != NULL && !call->served)
		call = call->next;

	return call;
}

/*
 * With a token: send all that wait. Without: end them. Those that begin to
 * wait meanwhile, out of a callback, wait for the next token.
 */
static void
serve_waiting(struct ck_gateway *gateway, enum ck_err err)
{
	struct ck_gateway_call *call;

	for (call = gateway->calls; call != NULL; call = call->next) {
		call->served = call->waiting;
		call->waiting = false;
	}
	while ((call = next_served(gateway)) != NULL) {
		enum ck_err sent = err != CK_OK ? err : send_lookup(call);

		call->served = false;
		if (sent != CK_OK)
			finish(call, sent, NULL);
	}
}

static void
on_token(void *ctx, const struct ck_client_answer *http)
{
	struct ck_gateway *gateway = ctx;
	enum ck_err err = err_of_end(http->end);

	gateway->taking = NULL;
	log_end("token", http);
	if (err == CK_OK && is_refusal(http->status))
		err = CK_ERR_GATEWAY_ACCOUNT;
	if (err == CK_OK)
		err = ck_token_parse(http->body,
		    ck_clock_wall_ms(ck_loop_clock(gateway->loop)),
		    &gateway->token);
	gateway->token_number++;
	serve_waiting(gateway, err);
}

static enum ck_err
post_for_token(struct ck_gateway *gateway)
{
	const struct ck_config *config = gateway->config;
	struct ck_buf body = CK_BUF_INIT;
	struct ck_client_post post = {
		.content_type = ck_fields_type(config->gateway_json)
	};
	char url[sizeof(config->gateway_url) +
	    sizeof(config->gateway_token_path)];
	enum ck_err err;

	(void)snprintf(url, sizeof(url), "%s%s", config->gateway_url,
	    config->gateway_token_path);
	if ((err = ck_token_body(&body, config->gateway_json,
	    config->gateway_user, gateway->password_md5)) == CK_OK) {
		post.url = url;
		post.body = ck_buf_view(&body);
		err = ck_client_post(gateway->client, &post, on_token,
		    gateway, &gateway->taking);
	}
	ck_buf_wipe(&body);

	return err;
}

/*
 * Send with the token there is, or wait for one. Returns an error only when
 * nothing was started.
 */
static enum ck_err
start(struct ck_gateway_call *call)
{
	struct ck_gateway *gateway = call->gateway;

	if (gateway->taking == NULL && ck_token_fresh(&gateway->token,
	    ck_clock_wall_ms(ck_loop_clock(gateway->loop))))
		return send_lookup(call);
	call->waiting = true;
	if (gateway->taking != NULL)
		return CK_OK;
	ck_token_wipe(&gateway->token);

	return post_for_token(gateway);
}

/* The gateway calls the token stale: once more with another. */
static void
ask_again(struct ck_gateway_call *call)
{
	enum ck_err err;

	call->repeated = true;
	/* Another call may have brought a newer one meanwhile. */
	if (call->token_number == call->gateway->token_number)
		ck_token_wipe(&call->gateway->token);
	if ((err = start(call)) != CK_OK)
		finish(call, err, NULL);
}

/* --- The door ------------------------------------------------------------- */

enum ck_err
ck_gateway_new(struct ck_gateway **out, const struct ck_config *config,
    struct ck_loop *loop)
{
	const struct ck_client_options options = {
		.ca_file = config->gateway_ca_file,
		.connect_timeout_ms = config->gateway_connect_timeout_ms,
		.timeout_ms = config->gateway_timeout_ms,
		.answer_max = config->gateway_answer_max
	};
	struct ck_gateway *gateway = calloc(1, sizeof(*gateway));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (gateway == NULL)
		goto out;
	gateway->config = config;
	gateway->loop = loop;
	gateway->figures.up = -1;
	if ((err = ck_token_password(config->gateway_password,
	    gateway->password_md5)) != CK_OK)
		goto out;
	if ((err = ck_client_new(&gateway->client, loop, &options)) != CK_OK)
		goto out;
	*out = gateway;
	gateway = NULL;
out:
	ck_gateway_free(&gateway);

	return err;
}

void
ck_gateway_free(struct ck_gateway **gateway)
{
	struct ck_gateway *gone = *gateway;

	*gateway = NULL;
	if (gone == NULL)
		return;
	while (gone->calls != NULL)
		call_free(gone->calls);
	ck_client_free(&gone->client);
	OPENSSL_cleanse(gone, sizeof(*gone));
	free(gone);
}

enum ck_err
ck_gateway_ask(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_fn done, void *ctx,
    struct ck_gateway_call **out)
{
	const struct ck_clock *clock = ck_loop_clock(gateway->loop);
	struct ck_gateway_call *call = calloc(1, sizeof(*call));
	enum ck_err err;

	if (call == NULL)
		return CK_ERR_NOMEM;
	call->gateway = gateway;
	call->question = *question;
	call->started_ms = ck_clock_wall_ms(clock);
	call->started_mono_ms = ck_clock_mono_ms(clock);
	call->done = done;
	call->ctx = ctx;
	err = ck_question_body(&call->body, gateway->config->gateway_json,
	    question);
	if (err == CK_OK)
		err = ck_loop_timer(gateway->loop,
		    gateway->config->gateway_timeout_ms, on_deadline, call,
		    &call->deadline);
	if (err == CK_OK)
		err = start(call);
	if (err != CK_OK) {
		call_free(call);
		return err;
	}
	call->next = gateway->calls;
	gateway->calls = call;
	if (out != NULL)
		*out = call;

	return CK_OK;
}

void
ck_gateway_cancel(struct ck_gateway_call **call)
{
	if (*call != NULL)
		call_free(*call);
	*call = NULL;
}

void
ck_gateway_figures(const struct ck_gateway *gateway,
    struct ck_gateway_figures *out)
{
	*out = gateway->figures;
}
