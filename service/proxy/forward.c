/*
 * forward.c - its row, its sending, its end, its receipt
 */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkin/outbox.h"
#include "checkin/xml0_read.h"
#include "ck/clock.h"
#include "ck/log.h"
#include "eligibility/ack.h"
#include "eligibility/gateway.h"
#include "eligibility/members.h"
#include "io/loop.h"
#include "proxy/forward.h"
#include "proxy/given.h"
#include "store/forwarded.h"
#include "store/store.h"
#include "store/turn.h"

/* Bytes of an answer to a check-in that are kept; it has one line. */
#define RAW_MAX 65536

struct forward {
	struct ck_forwards *all;
	struct forward *prev, *next;
	struct ck_forwarded record;
	struct ck_gateway_call *call;	/* NULL: not under way */
	struct ck_buf raw;		/* the whole answer */
	long status;
	enum ck_err err;
	bool arrived;
	uint8_t key[CK_REPEAT_KEY_LEN];	/* of a co-payment question */
	ck_forward_fn done;
	void *ctx;
};

struct ck_forwards {
	struct ck_forwards_options use;
	struct ck_repeats *repeats;
	struct forward *first;
};

enum ck_err
ck_forwards_new(struct ck_forwards **out,
    const struct ck_forwards_options *options)
{
	*out = calloc(1, sizeof(**out));
	if (*out == NULL)
		return CK_ERR_NOMEM;
	(*out)->use = *options;
	(*out)->repeats = ck_repeats_new();
	if ((*out)->repeats == NULL)
		ck_forwards_free(out);

	return *out != NULL ? CK_OK : CK_ERR_NOMEM;
}

static void
forward_free(struct forward *forward)
{
	struct ck_forwards *all = forward->all;

	if (forward->prev != NULL)
		forward->prev->next = forward->next;
	else if (all->first == forward)
		all->first = forward->next;
	if (forward->next != NULL)
		forward->next->prev = forward->prev;
	ck_gateway_cancel(&forward->call);
	ck_forwarded_wipe(&forward->record);
	ck_buf_wipe(&forward->raw);
	OPENSSL_cleanse(forward, sizeof(*forward));
	free(forward);
}

void
ck_forwards_free(struct ck_forwards **forwards)
{
	if (*forwards == NULL)
		return;
	while ((*forwards)->first != NULL)
		forward_free((*forwards)->first);
	ck_repeats_free(&(*forwards)->repeats);
	free(*forwards);
	*forwards = NULL;
}

static int64_t
now_ms(const struct ck_forwards *forwards)
{
	return ck_clock_wall_ms(ck_loop_clock(forwards->use.loop));
}

/* --- What a check-in names ------------------------------------------------ */

/* Blanks and line ends inside are passed over. */
static enum ck_err
decode_base64(const char *text, struct ck_buf *out)
{
	EVP_ENCODE_CTX *ctx = EVP_ENCODE_CTX_new();
	size_t len = strlen(text);
	enum ck_err err = CK_ERR_NOMEM;
	int body = 0, tail = 0;

	if (ctx == NULL || ck_buf_resize(out, len / 4 * 3 + 3) != CK_OK)
		goto out;
	EVP_DecodeInit(ctx);
	err = CK_ERR_FILE_MALFORMED;
	if (EVP_DecodeUpdate(ctx, out->ptr, &body,
	    (const unsigned char *)text, (int)len) >= 0 &&
	    EVP_DecodeFinal(ctx, out->ptr + body, &tail) >= 0)
		err = ck_buf_resize(out, (size_t)(body + tail));
out:
	EVP_ENCODE_CTX_free(ctx);

	return err;
}

/* A file that we cannot read names no visit; the gateway judges it. */
static void
read_visits(struct ck_forwarded *record, struct ck_span body)
{
	json_t *given = ck_given_parse(body);
	struct ck_buf file = CK_BUF_INIT;
	enum ck_err err = CK_ERR_NOMEM;

	record->visits = calloc(CK_FORWARDED_VISITS_MAX,
	    sizeof(*record->visits));
	if (record->visits != NULL)
		err = decode_base64(ck_given_text(given, "fileHSBase64"),
		    &file);
	if (err == CK_OK)
		err = ck_xml0_read(ck_buf_view(&file), record->visits,
		    CK_FORWARDED_VISITS_MAX, &record->visit_count);
	if (err != CK_OK)
		ck_log(CK_LOG_WARNING, "proxy", "a check-in of hospital "
		    "software is passed on unread: %s", ck_err_text(err));
	ck_buf_wipe(&file);
	json_decref(given);
}

/* --- How it ended --------------------------------------------------------- */

static enum ck_err
write_begin(struct ck_store *store, void *ctx)
{
	const struct forward *forward = ctx;

	return ck_store_begin_forwarded(store, &forward->record);
}

static enum ck_err
write_end(struct ck_store *store, void *ctx)
{
	const struct forward *forward = ctx;

	return ck_store_end_forwarded(store, &forward->record);
}

static void
on_written(void *ctx, enum ck_err err)
{
	struct forward *forward = ctx;
	struct ck_outbox *outbox = forward->all->use.outbox;
	const struct ck_forward_end end = {
		.err = forward->err, .arrived = forward->arrived,
		.raw = ck_buf_view(&forward->raw), .status = forward->status,
		.id = err == CK_OK ? forward->record.id : ""
	};

	if (err != CK_OK)
		ck_log(CK_LOG_ERROR, "proxy", "a call of hospital software "
		    "left no record: %s", ck_err_text(err));
	forward->done(forward->ctx, &end);
	/* Our own notice may have waited for it. */
	if (outbox != NULL && forward->record.function == CK_REMOTE_CHECK_IN)
		ck_outbox_kick(outbox);
	forward_free(forward);
}

/* The beginning was queued before: both are written in this order. */
static void
keep_end(struct forward *forward)
{
	forward->record.ended_ms = now_ms(forward->all);
	if (ck_turn_add(forward->all->use.turn, write_end, on_written,
	    forward) != CK_OK)
		on_written(forward, CK_ERR_NOMEM);
}

/* The gateway's own code, in whichever case. */
static void
take_code(struct ck_forwarded *record, struct ck_span raw)
{
	json_t *answer = ck_json_parse(raw);
	char code[8];

	if (ck_member_code(answer, "maKetQua", code))
		(void)snprintf(record->code, sizeof(record->code), "%s",
		    code);
	json_decref(answer);
}

static void
take_ack(struct ck_forwarded *record, struct ck_span raw)
{
	struct ck_ack ack;

	if (ck_ack_parse(raw, &ack) != CK_OK)
		return;
	(void)snprintf(record->code, sizeof(record->code), "%s", ack.code);
	memcpy(record->transaction, ack.transaction,
	    sizeof(record->transaction));
	memcpy(record->received, ack.received, sizeof(record->received));
	memcpy(record->words, ack.message, sizeof(record->words));
	record->state = ack.result == CK_ACK_ACCEPTED ?
	    CK_FORWARDED_ACCEPTED : ack.result == CK_ACK_REJECTED ?
	    CK_FORWARDED_REJECTED : CK_FORWARDED_UNKNOWN;
	ck_ack_wipe(&ack);
}

/* err is how the call ended; what it says of a check-in may say more. */
static void
judge(struct forward *forward)
{
	struct ck_forwarded *record = &forward->record;
	struct ck_span raw = ck_buf_view(&forward->raw);

	record->state = forward->err == CK_OK ? CK_FORWARDED_ANSWERED :
	    CK_FORWARDED_FAILED;
	(void)snprintf(record->code, sizeof(record->code), "%s",
	    ck_err_label(forward->err));
	if (record->function != CK_REMOTE_CHECK_IN) {
		if (forward->err == CK_OK)
			take_code(record, raw);
		return;
	}
	if (forward->arrived)
		record->state = CK_FORWARDED_UNKNOWN;
	if (forward->err == CK_OK)
		take_ack(record, raw);
	raw = ck_span_slice(raw, 0, RAW_MAX);
	if (ck_buf_append(&record->raw, raw) != CK_OK)
		ck_log(CK_LOG_ERROR, "proxy", "an answer is not kept: %s",
		    ck_err_text(CK_ERR_NOMEM));
}

static void
on_end(void *ctx, const struct ck_gateway_end *end)
{
	struct forward *forward = ctx;
	struct ck_forwarded *record = &forward->record;

	forward->call = NULL;
	forward->err = end->err;
	forward->arrived = ck_gateway_may_have_arrived(end);
	forward->status = end->status;
	if (ck_buf_append(&forward->raw, end->raw) != CK_OK)
		forward->err = CK_ERR_NOMEM;
	record->http_status = end->status > 0 && end->status < 1000 ?
	    (unsigned)end->status : 0;
	memcpy(record->failure, end->failure, sizeof(record->failure));
	judge(forward);
	/* Only what was read as an answer is given a second time. */
	ck_repeats_end(forward->all->repeats, forward->key, forward->arrived,
	    end->err == CK_OK || end->err == CK_ERR_GATEWAY_FAULT ?
	    end->raw : CK_SPAN_EMPTY);
	if (end->raw.len > 0 && ck_forwarded_commit(record->salt, end->raw,
	    &record->answer) != CK_OK)
		ck_log(CK_LOG_ERROR, "proxy", "%s",
		    ck_err_text(CK_ERR_CRYPTO));
	keep_end(forward);
}

/* --- Sending -------------------------------------------------------------- */

static enum ck_err
fill(struct forward *forward, const struct ck_gateway *gateway,
    struct ck_span body)
{
	struct ck_forwarded *record = &forward->record;
	enum ck_err err;

	record->started_ms = now_ms(forward->all);
	if ((err = ck_store_new_id(forward->all->use.store,
	    record->started_ms, record->id)) != CK_OK)
		return err;
	if (RAND_bytes(record->salt, sizeof(record->salt)) != 1)
		return CK_ERR_CRYPTO;
	(void)snprintf(record->account, sizeof(record->account), "%s",
	    ck_gateway_user(gateway));
	(void)snprintf(record->host, sizeof(record->host), "%s",
	    ck_gateway_host(gateway));
	if (record->function == CK_REMOTE_CHECK_IN)
		read_visits(record, body);

	return ck_forwarded_commit(record->salt, body, &record->question);
}

/* What could not be sent has its receipt, too. */
static void
fail(struct forward *forward, enum ck_err err)
{
	forward->err = err;
	ck_repeats_end(forward->all->repeats, forward->key, false,
	    CK_SPAN_EMPTY);
	(void)snprintf(forward->record.failure,
	    sizeof(forward->record.failure), "%s", ck_err_text(err));
	judge(forward);
	keep_end(forward);
}

/* True: answered, as the gateway answered a moment ago. */
static bool
answer_repeated(struct forward *forward, const struct ck_gateway *gateway,
    struct ck_span body)
{
	struct ck_forwards *forwards = forward->all;
	const struct ck_clock *clock = ck_loop_clock(forwards->use.loop);
	json_t *given = ck_given_parse(body);
	struct ck_forward_end end = { .id = "" };
	struct ck_repeat_answer known = { .asked_ms = 0 };

	end.repeat = ck_repeats_ask(forwards->repeats,
	    ck_gateway_user(gateway), given, ck_clock_mono_ms(clock),
	    ck_clock_wall_ms(clock), forward->key, &known);
	end.raw = known.raw;
	end.asked_ms = known.asked_ms;
	json_decref(given);
	if (end.repeat != CK_REPEAT_NEW)
		forward->done(forward->ctx, &end);

	return end.repeat != CK_REPEAT_NEW;
}

enum ck_err
ck_forward(struct ck_forwards *forwards, struct ck_gateway *gateway,
    enum ck_remote function, const char *type, struct ck_span body,
    ck_forward_fn done, void *ctx)
{
	struct forward *forward = calloc(1, sizeof(*forward));
	enum ck_err err;

	if (forward == NULL)
		return CK_ERR_NOMEM;
	forward->all = forwards;
	forward->record.function = function;
	forward->record.state = CK_FORWARDED_UNDER_WAY;
	forward->done = done;
	forward->ctx = ctx;
	if (function == CK_REMOTE_COPAYMENT &&
	    answer_repeated(forward, gateway, body)) {
		forward_free(forward);
		return CK_OK;
	}
	err = fill(forward, gateway, body);
	if (err == CK_OK)
		err = ck_turn_add(forwards->use.turn, write_begin, NULL,
		    forward);
	if (err != CK_OK) {
		ck_repeats_end(forwards->repeats, forward->key, false,
		    CK_SPAN_EMPTY);
		forward_free(forward);
		return err;
	}
	forward->next = forwards->first;
	if (forward->next != NULL)
		forward->next->prev = forward;
	forwards->first = forward;
	err = ck_gateway_forward(gateway, function, type, body, on_end,
	    forward, &forward->call);
	if (err != CK_OK)
		fail(forward, err);

	return CK_OK;
}
