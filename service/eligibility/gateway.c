/*
 * gateway.c - what is asked of each function, and how its answer is read
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ck/clock.h"
#include "daemon/config.h"
#include "eligibility/answer.h"
#include "eligibility/codes.h"
#include "eligibility/gateway_state.h"
#include "eligibility/question.h"
#include "io/loop.h"

/* Extra header lines of a platform, and the NULL after them. */
#define HEADERS_MAX 17

/* A check-in file is a few KiB; the gateway's own limit is not published. */
#define CHECK_IN_MAX (4 * 1024 * 1024)

/* --- Answers -------------------------------------------------------------- */

static bool
is_refusal(long status)
{
	return status == 401 || status == 403;
}

/*
 * An error status may carry an answer that names the fault; a yes or no is
 * believed only under 200.
 */
static enum ck_err
read_lookup(const struct ck_gateway_call *call,
    const struct ck_client_answer *http, struct ck_answer *out, bool *stale)
{
	const struct ck_gateway_question *asked = &call->question;
	enum ck_err err = ck_answer_parse(http->body, out);

	if (err != CK_OK)
		return err;
	*stale = *stale || strcmp(out->code, "401") == 0;
	if (http->status != 200 &&
	    ck_code_find(out->code)->outcome != CK_OUTCOME_UNAVAILABLE)
		return CK_ERR_GATEWAY_MALFORMED;
	if (!ck_answer_is_about(out, asked->key, asked->number,
	    asked->full_name, asked->date_of_birth))
		return CK_ERR_GATEWAY_WRONG_PERSON;

	return CK_OK;
}

/* Codes that stand for themselves in history: the lookup's. */
static enum ck_err
err_of_history(const char *code)
{
	const struct ck_code *row = ck_code_find(code);

	if (row->outcome != CK_OUTCOME_UNAVAILABLE)
		return CK_OK;
	if (row->nature == CK_CODE_ACCOUNT)
		return strcmp(code, "401") == 0 ? CK_ERR_GATEWAY_ACCOUNT :
		    CK_ERR_GATEWAY_OPERATOR;

	return row->nature == CK_CODE_REQUEST ? CK_ERR_REQUEST :
	    CK_ERR_GATEWAY_FAULT;
}

static enum ck_err
read_history(const struct ck_client_answer *http, struct ck_history *out,
    bool *stale)
{
	enum ck_err err = ck_history_parse(http->body, out);

	if (err != CK_OK)
		return err;
	*stale = *stale || strcmp(out->code, "401") == 0;
	if (http->status != 200)
		return CK_ERR_GATEWAY_FAULT;

	return err_of_history(out->code);
}

/*
 * 500 has two meanings, told apart by the sentence: our account is on the list
 * of those that may not ask, or the gateway has a fault.
 */
static enum ck_err
err_of_copayment(const struct ck_copayment *answer)
{
	if (strcmp(answer->code, "200") == 0 ||
	    strcmp(answer->code, "204") == 0)
		return CK_OK;
	if (strcmp(answer->code, "401") == 0)
		return CK_ERR_GATEWAY_ACCOUNT;
	if (strcmp(answer->code, "400") == 0)
		return CK_ERR_REQUEST;

	return strstr(answer->note, "trong quá trình tra cứu") != NULL ?
	    CK_ERR_GATEWAY_RESTRICTED : CK_ERR_GATEWAY_FAULT;
}

static enum ck_err
read_copayment(const struct ck_client_answer *http, struct ck_copayment *out,
    bool *stale)
{
	enum ck_err err = ck_copayment_parse(http->body, out);

	if (err != CK_OK)
		return err;
	*stale = *stale || strcmp(out->code, "401") == 0;

	return err_of_copayment(out);
}

static enum ck_err
read_ack(const struct ck_client_answer *http, struct ck_ack *out,
    bool *stale)
{
	enum ck_err err = ck_ack_parse(http->body, out);
	bool refused = err == CK_OK && (strcmp(out->code, "401") == 0 ||
	    strcmp(out->code, "403") == 0);

	*stale = *stale || refused;
	if (refused)
		return CK_ERR_GATEWAY_ACCOUNT;
	/* A yes or no is believed only under 200. */
	if (err == CK_OK && http->status != 200)
		return CK_ERR_GATEWAY_FAULT;

	return err;
}

/* No answer of the gateway: what its HTTP status says. */
static enum ck_err
err_of_status(enum ck_err err, long status)
{
	if (err != CK_ERR_GATEWAY_MALFORMED)
		return err;
	if (status == 403)
		return CK_ERR_GATEWAY_ADDRESS;
	if (status == 401)
		return CK_ERR_GATEWAY_ACCOUNT;

	return err;
}

static enum ck_err
read_value(const struct ck_gateway_call *call,
    const struct ck_client_answer *http, union ck_gateway_value *out,
    bool *stale)
{
	switch ((int)call->function) {
	case CK_REMOTE_LOOKUP:
		return read_lookup(call, http, &out->answer, stale);
	case CK_REMOTE_HISTORY:
		return read_history(http, &out->history, stale);
	case CK_REMOTE_COPAYMENT:
		return read_copayment(http, &out->copayment, stale);
	default:
		return read_ack(http, &out->ack, stale);
	}
}

/* Without the clerk's name or number there is a sentence, and no code. */
static bool
misses_operator(const struct ck_client_answer *http)
{
	static const char *const sentences[] = {
		"Null hoTenCb", "Null cccdCb"
	};
	size_t i;

	for (i = 0; i < 2 && http->body.len > 0; i++) {
		if (memmem(http->body.ptr, http->body.len, sentences[i],
		    strlen(sentences[i])) != NULL)
			return true;
	}

	return false;
}

enum ck_err
ck_gateway_read(const struct ck_gateway_call *call,
    const struct ck_client_answer *http, union ck_gateway_value *out,
    bool *stale)
{
	enum ck_err err = ck_gateway_err_of_end(http->end);

	memset(out, 0, sizeof(*out));
	*stale = is_refusal(http->status);
	if (err != CK_OK)
		return err;
	err = read_value(call, http, out, stale);
	if (err == CK_ERR_GATEWAY_MALFORMED && misses_operator(http))
		err = CK_ERR_GATEWAY_OPERATOR;
	err = err_of_status(err, http->status);
	if (err != CK_OK)
		ck_gateway_value_wipe(call->function, out);

	return err;
}

void
ck_gateway_value_wipe(enum ck_remote function, union ck_gateway_value *value)
{
	if (function == CK_REMOTE_HISTORY)
		ck_history_wipe(&value->history);
	OPENSSL_cleanse(value, sizeof(*value));
}

void
ck_gateway_deliver(const struct ck_gateway_call *call,
    const struct ck_gateway_end *end, union ck_gateway_value *value)
{
	bool good = end->err == CK_OK;
	struct ck_gateway_result result = {
		.err = end->err, .started_ms = end->started_ms,
		.duration_ms = end->duration_ms, .end = *end
	};

	if (call->type[0] != '\0') {
		call->done.forward(call->ctx, end);
		return;
	}
	switch ((int)call->function) {
	case CK_REMOTE_LOOKUP:
		if (good)
			result.answer = value->answer;
		call->done.lookup(call->ctx, &result);
		ck_answer_wipe(&result.answer);
		break;
	case CK_REMOTE_HISTORY:
		call->done.history(call->ctx, end,
		    good ? &value->history : NULL);
		break;
	case CK_REMOTE_COPAYMENT:
		call->done.copayment(call->ctx, end,
		    good ? &value->copayment : NULL);
		break;
	default:
		call->done.check_in(call->ctx, end,
		    good ? &value->ack : NULL);
		break;
	}
}

/* --- Questions ------------------------------------------------------------ */

static bool
is_json(const struct ck_gateway *gateway, enum ck_remote function)
{
	return gateway->rows[function].encoding == CK_ENCODING_JSON;
}

enum ck_err
ck_gateway_ask(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_fn done, void *ctx,
    struct ck_gateway_call **out)
{
	struct ck_gateway_call *call = ck_gateway_call_new(gateway,
	    CK_REMOTE_LOOKUP);
	enum ck_err err;

	if (call == NULL)
		return CK_ERR_NOMEM;
	call->question = *question;
	call->done.lookup = done;
	call->ctx = ctx;
	err = ck_question_body(&call->body,
	    is_json(gateway, CK_REMOTE_LOOKUP), question);
	if (err != CK_OK) {
		ck_gateway_call_free(call);
		return err;
	}

	return ck_gateway_call_start(call,
	    gateway->config->gateway_timeout_ms, out);
}

enum ck_err
ck_gateway_history(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_history_fn done,
    void *ctx, struct ck_gateway_call **out)
{
	struct ck_gateway_call *call = ck_gateway_call_new(gateway,
	    CK_REMOTE_HISTORY);
	enum ck_err err;

	if (call == NULL)
		return CK_ERR_NOMEM;
	call->done.history = done;
	call->ctx = ctx;
	err = ck_question_body(&call->body,
	    is_json(gateway, CK_REMOTE_HISTORY), question);
	if (err != CK_OK) {
		ck_gateway_call_free(call);
		return err;
	}

	return ck_gateway_call_start(call,
	    gateway->config->gateway_history_timeout_ms, out);
}

enum ck_err
ck_gateway_copayment(struct ck_gateway *gateway,
    const struct ck_gateway_question *question, ck_gateway_copayment_fn done,
    void *ctx, struct ck_gateway_call **out)
{
	const struct ck_config *config = gateway->config;
	const char *user = config->gateway_copayment_user[0] != '\0' ?
	    config->gateway_copayment_user : gateway->account.user;
	struct ck_gateway_call *call;
	int64_t wait_ms;
	enum ck_err err;

	if (!ck_quota_take(&gateway->quota, question->number,
	    ck_clock_mono_ms(ck_loop_clock(gateway->loop)), &wait_ms))
		return CK_ERR_GATEWAY_REPEATED;
	call = ck_gateway_call_new(gateway, CK_REMOTE_COPAYMENT);
	if (call == NULL)
		return CK_ERR_NOMEM;
	call->done.copayment = done;
	call->ctx = ctx;
	err = ck_copayment_body(&call->body,
	    is_json(gateway, CK_REMOTE_COPAYMENT), user, question);
	if (err != CK_OK) {
		ck_gateway_call_free(call);
		return err;
	}

	return ck_gateway_call_start(call,
	    config->gateway_copayment_timeout_ms, out);
}

static enum ck_err
check_in_body(const struct ck_gateway *gateway, struct ck_span xml,
    struct ck_buf *out)
{
	const struct ck_config *config = gateway->config;
	size_t room = 4 * ((xml.len + 2) / 3) + 1;
	char *file = malloc(room);
	char province[3] = { config->facility[0], config->facility[1], '\0' };
	const struct ck_field fields[] = {
		{ "username", gateway->account.user },
		{ "loaiHoSo", "0" },
		{ "maTinh", province },
		{ "maCSKCB", config->facility },
		{ "fileHSBase64", file }
	};
	enum ck_err err;

	if (file == NULL)
		return CK_ERR_NOMEM;
	(void)EVP_EncodeBlock((unsigned char *)file, xml.ptr, (int)xml.len);
	err = ck_fields_body(out, is_json(gateway, CK_REMOTE_CHECK_IN),
	    fields, sizeof(fields) / sizeof(fields[0]));
	OPENSSL_cleanse(file, room);
	free(file);

	return err;
}

enum ck_err
ck_gateway_check_in(struct ck_gateway *gateway, struct ck_span xml,
    ck_gateway_check_in_fn done, void *ctx, struct ck_gateway_call **out)
{
	struct ck_gateway_call *call;
	enum ck_err err;

	if (xml.len == 0 || xml.len > CHECK_IN_MAX)
		return CK_ERR_REQUEST;
	call = ck_gateway_call_new(gateway, CK_REMOTE_CHECK_IN);
	if (call == NULL)
		return CK_ERR_NOMEM;
	call->done.check_in = done;
	call->ctx = ctx;
	if ((err = check_in_body(gateway, xml, &call->body)) != CK_OK) {
		ck_gateway_call_free(call);
		return err;
	}

	return ck_gateway_call_start(call,
	    gateway->config->gateway_check_in_timeout_ms, out);
}

enum ck_err
ck_gateway_forward(struct ck_gateway *gateway, enum ck_remote function,
    const char *type, struct ck_span body, ck_gateway_forward_fn done,
    void *ctx, struct ck_gateway_call **out)
{
	struct ck_gateway_call *call;
	enum ck_err err;

	if (body.len == 0 || body.len > CHECK_IN_MAX || type[0] == '\0' ||
	    strlen(type) >= sizeof(call->type) ||
	    function == CK_REMOTE_LOOKUP || function == CK_REMOTE_TOKEN)
		return CK_ERR_REQUEST;
	call = ck_gateway_call_new(gateway, function);
	if (call == NULL)
		return CK_ERR_NOMEM;
	call->done.forward = done;
	call->ctx = ctx;
	(void)snprintf(call->type, sizeof(call->type), "%s", type);
	if ((err = ck_buf_append(&call->body, body)) != CK_OK) {
		ck_gateway_call_free(call);
		return err;
	}

	return ck_gateway_call_start(call, ck_gateway_time_limit(call), out);
}

void
ck_gateway_cancel(struct ck_gateway_call **call)
{
	if (*call != NULL)
		ck_gateway_call_free(*call);
	*call = NULL;
}

/* --- The door ------------------------------------------------------------- */

/* The lines of the configuration, each with its NUL, as a list. */
static void
list_headers(const struct ck_config *config, const char *out[HEADERS_MAX])
{
	const char *line = config->gateway_headers;
	size_t count = 0;

	for (; line[0] != '\0' && count < HEADERS_MAX - 1;
	    line += strlen(line) + 1)
		out[count++] = line;
	out[count] = NULL;
}

static enum ck_err
make_client(struct ck_gateway *gateway)
{
	const struct ck_config *config = gateway->config;
	const char *headers[HEADERS_MAX];
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

	list_headers(config, headers);

	return ck_client_new(&gateway->client, gateway->loop, &options);
}

static void
prepare(struct ck_gateway *gateway)
{
	const struct ck_config *config = gateway->config;
	int i;

	for (i = 0; i < CK_REMOTES; i++) {
		gateway->rows[i] = ck_remote_effective((enum ck_remote)i,
		    &config->remotes[i]);
		gateway->breakers[i] = (struct ck_breaker){
			.failures_max = config->gateway_failures_max,
			.first_ms = config->gateway_backoff_ms,
			.max_ms = config->gateway_backoff_max_ms
		};
	}
	/* An account that is refused is not tried five times: it would lock. */
	gateway->breakers[CK_REMOTE_TOKEN].failures_max = 1;
	gateway->figures.up = -1;
}

/* "https://egw.example:8443/base" has "egw.example:8443". A login before it
 * would be a secret: what stands before "@" is left out. */
static void
find_host(const char *url, char out[CK_HOST_LEN])
{
	const char *begin = strstr(url, "://");
	const char *at;
	size_t len;

	begin = begin != NULL ? begin + 3 : url;
	len = strcspn(begin, "/?#");
	at = memrchr(begin, '@', len);
	if (at != NULL) {
		len -= (size_t)(at + 1 - begin);
		begin = at + 1;
	}
	(void)snprintf(out, CK_HOST_LEN, "%.*s",
	    (int)(len < CK_HOST_LEN ? len : CK_HOST_LEN - 1), begin);
}

const char *
ck_gateway_user(const struct ck_gateway *gateway)
{
	return gateway->account.user;
}

const char *
ck_gateway_host(const struct ck_gateway *gateway)
{
	return gateway->host;
}

enum ck_err
ck_gateway_new(struct ck_gateway **out, const struct ck_config *config,
    struct ck_loop *loop)
{
	struct ck_gateway_account account = { .user = "" };
	enum ck_err err;

	*out = NULL;
	(void)snprintf(account.user, sizeof(account.user), "%s",
	    config->gateway_user);
	if ((err = ck_token_password(config->gateway_password,
	    account.password_md5)) == CK_OK)
		err = ck_gateway_new_for(out, config, loop, &account);
	OPENSSL_cleanse(&account, sizeof(account));

	return err;
}

enum ck_err
ck_gateway_new_for(struct ck_gateway **out, const struct ck_config *config,
    struct ck_loop *loop, const struct ck_gateway_account *account)
{
	struct ck_gateway *gateway = calloc(1, sizeof(*gateway));
	enum ck_err err = CK_ERR_NOMEM;

	*out = NULL;
	if (gateway == NULL)
		goto out;
	gateway->account = *account;
	gateway->config = config;
	gateway->loop = loop;
	find_host(config->gateway_url, gateway->host);
	prepare(gateway);
	if ((err = make_client(gateway)) != CK_OK)
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
		ck_gateway_call_free(gone->calls);
	ck_loop_timer_cancel(&gone->pump);
	ck_client_free(&gone->client);
	OPENSSL_cleanse(gone, sizeof(*gone));
	free(gone);
}
