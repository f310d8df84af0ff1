/*
 * outbox.c - read the next row, send it, write down how it ended, again
 */
#include <openssl/rand.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "checkin/outbox.h"
#include "checkin/renew.h"
#include "checkin/rules.h"
#include "checkin/sign.h"
#include "checkin/xml0.h"
#include "ck/log.h"
#include "daemon/config.h"
#include "eligibility/ack.h"
#include "eligibility/gateway.h"
#include "io/loop.h"
#include "store/check_in.h"
#include "store/turn.h"

/* After an error of our own database: it has its own alarms. */
#define STORE_PAUSE_MS 5000

struct ck_outbox {
	struct ck_outbox_options use;
	struct ck_signer_file *signer;	/* NULL: none */
	struct ck_timer *timer;		/* pending: the next step */
	struct ck_gateway_call *call;	/* on its way */
	bool writing;			/* its end is being written */
	bool proven;			/* that end needs a receipt */
	bool resting;			/* the timer is the line's pause */
	int64_t rest_ms;		/* that pause; 0: none is needed */
	unsigned failures;		/* of the line, in a row */
	struct ck_notice_row row;	/* the one on its way */
};

static void step(void *ctx);

static bool
is_idle(const struct ck_outbox *outbox)
{
	return outbox->call == NULL && !outbox->writing;
}

static void
wait_for(struct ck_outbox *outbox, int64_t ms)
{
	ck_loop_timer_cancel(&outbox->timer);
	if (ck_loop_timer(outbox->use.loop, ms, step, outbox,
	    &outbox->timer) != CK_OK)
		ck_log(CK_LOG_ERROR, "checkin", "the outbox stands still "
		    "until the next check-in: out of memory");
}

/* Twice as long after each failure; between half of that and all of it, so that
 * the stations of a province do not come back together. */
static int64_t
pause_ms(const struct ck_outbox *outbox, int64_t failures)
{
	const struct ck_config *config = outbox->use.config;
	int64_t pause = config->check_in_backoff_ms;
	int64_t i;
	uint8_t roll = 0;

	for (i = 1; i < failures && pause < config->check_in_backoff_max_ms;
	    i++)
		pause *= 2;
	if (pause > config->check_in_backoff_max_ms)
		pause = config->check_in_backoff_max_ms;
	/* Without random bytes it is half: no harm. */
	(void)RAND_bytes(&roll, 1);

	return pause / 2 + pause / 2 * roll / UINT8_MAX;
}

/* --- How it ended --------------------------------------------------------- */

static enum ck_err
write_row(struct ck_store *store, void *ctx)
{
	const struct ck_outbox *outbox = ctx;

	return ck_store_put_notice(store, &outbox->row, outbox->proven);
}

static void
on_written(void *ctx, enum ck_err err)
{
	struct ck_outbox *outbox = ctx;

	outbox->writing = false;
	ck_notice_row_wipe(&outbox->row);
	outbox->resting = err == CK_OK && outbox->rest_ms > 0;
	wait_for(outbox, err == CK_OK ? outbox->rest_ms : STORE_PAUSE_MS);
}

static void
write_end(struct ck_outbox *outbox)
{
	outbox->writing = true;
	if (ck_turn_add(outbox->use.turn, write_row, on_written,
	    outbox) != CK_OK)
		on_written(outbox, CK_ERR_NOMEM);
}

static int64_t
now_ms(const struct ck_outbox *outbox)
{
	return ck_clock_wall_ms(ck_loop_clock(outbox->use.loop));
}

static void
decide(struct ck_outbox *outbox, enum ck_notice_state state)
{
	struct ck_notice_row *row = &outbox->row;

	row->state = state;
	row->decided_ms = now_ms(outbox);
	row->due_ms = 0;
	outbox->proven = true;
	if (state != CK_NOTICE_ACCEPTED)
		ck_log(CK_LOG_WARNING, "checkin", "notice %lld: %s; see "
		    "checkin outbox list", (long long)row->number,
		    ck_notice_state_label(state));
}

/*
 * arrived: it may have. Then it is one of a bounded number of tries, and this
 * notice alone waits: the next visit's may well be taken. Otherwise it is the
 * line or the account, and nobody's would arrive.
 */
static void
fail(struct ck_outbox *outbox, enum ck_err err, bool arrived)
{
	struct ck_notice_row *row = &outbox->row;
	int64_t pause;

	(void)snprintf(row->error, sizeof(row->error), "%s",
	    ck_err_label(err));
	row->tries += arrived;
	outbox->failures += !arrived;
	outbox->proven = false;
	pause = pause_ms(outbox, arrived ? row->tries : outbox->failures);
	outbox->rest_ms = arrived ? 0 : pause;
	if (row->tries >= outbox->use.config->check_in_tries_max)
		decide(outbox, CK_NOTICE_GIVEN_UP);
	else
		row->due_ms = now_ms(outbox) + pause;
}

static void
take_ack(struct ck_outbox *outbox, const struct ck_ack *ack)
{
	struct ck_notice_row *row = &outbox->row;

	(void)snprintf(row->code, sizeof(row->code), "%s", ack->code);
	(void)snprintf(row->transaction, sizeof(row->transaction), "%s",
	    ack->transaction);
	(void)snprintf(row->received, sizeof(row->received), "%s",
	    ack->received);
	(void)snprintf(row->words, sizeof(row->words), "%s", ack->message);
	if (ack->result == CK_ACK_UNKNOWN) {
		fail(outbox, CK_ERR_GATEWAY_FAULT, true);
		return;
	}
	outbox->failures = 0;
	outbox->rest_ms = 0;
	row->error[0] = '\0';
	row->tries++;
	decide(outbox, ack->result == CK_ACK_ACCEPTED ? CK_NOTICE_ACCEPTED :
	    CK_NOTICE_REJECTED);
}

static void
on_answer(void *ctx, const struct ck_gateway_end *end,
    const struct ck_ack *ack)
{
	struct ck_outbox *outbox = ctx;

	outbox->call = NULL;
	if (end->err == CK_OK && ack != NULL)
		take_ack(outbox, ack);
	else
		fail(outbox, end->err, ck_gateway_may_have_arrived(end));
	write_end(outbox);
}

/* --- Sending -------------------------------------------------------------- */

/* The rules let it pass and the schema does not: our mistake, to be mended
 * like a refusal. */
static void
refuse(struct ck_outbox *outbox, enum ck_err err)
{
	(void)snprintf(outbox->row.error, sizeof(outbox->row.error), "%s",
	    ck_err_label(err));
	outbox->rest_ms = 0;
	decide(outbox, CK_NOTICE_REJECTED);
	write_end(outbox);
}

static void
send_row(struct ck_outbox *outbox)
{
	struct ck_buf file = CK_BUF_INIT;
	enum ck_err err = ck_xml0_write(&outbox->row.notice, outbox->signer,
	    &file);

	if (err == CK_OK)
		err = ck_gateway_check_in(outbox->use.gateway,
		    ck_buf_view(&file), on_answer, outbox, &outbox->call);
	ck_buf_wipe(&file);
	if (err == CK_ERR_NOTICE_INVALID || err == CK_ERR_REQUEST) {
		refuse(outbox, err);
	} else if (err != CK_OK) {
		fail(outbox, err, false);
		write_end(outbox);
	}
}

/*
 * What nobody has received yet takes the answer that came since it was kept.
 * True: it has, and is being written; it is sent in the next step. Where the
 * new answer leaves the notice incomplete it goes as it was said.
 */
static bool
renew(struct ck_outbox *outbox)
{
	struct ck_notice_row *row = &outbox->row;
	struct ck_notice notice = CK_NOTICE_INIT;
	struct ck_defect defects[CK_FIELDS];
	struct ck_renewed renewed = { .answer_id = "" };
	enum ck_err err = ck_notice_copy(&row->notice, &notice);
	bool better;

	if (err == CK_OK && row->tries == 0)
		err = ck_renew_notice(outbox->use.store, row->answer_id,
		    &notice, &renewed);
	better = err == CK_OK && renewed.answer_id[0] != '\0' &&
	    ck_notice_check(&notice, defects) == 0;
	if (better) {
		memcpy(row->answer_id, renewed.answer_id,
		    sizeof(row->answer_id));
		ck_notice_wipe(&row->notice);
		row->notice = notice;
		outbox->proven = true;
		outbox->rest_ms = 0;
		write_end(outbox);
	} else {
		ck_notice_wipe(&notice);
	}

	return better;
}

static void
step(void *ctx)
{
	struct ck_outbox *outbox = ctx;
	int64_t now = now_ms(outbox), later;
	enum ck_err err;

	if (!is_idle(outbox))
		return;
	outbox->resting = false;
	err = ck_store_next_notice(outbox->use.store, now,
	    outbox->use.config->check_in_backoff_max_ms, &outbox->row, &later);
	if (err == CK_OK) {
		if (!renew(outbox))
			send_row(outbox);
	} else if (err != CK_ERR_NOT_FOUND) {
		wait_for(outbox, STORE_PAUSE_MS);
	} else if (later > now) {
		wait_for(outbox, later - now);
	}
}

void
ck_outbox_kick(struct ck_outbox *outbox)
{
	if (is_idle(outbox) && !outbox->resting)
		wait_for(outbox, 0);
}

enum ck_err
ck_outbox_new(struct ck_outbox **out, const struct ck_outbox_options *options)
{
	const struct ck_config *config = options->config;
	struct ck_outbox *outbox = calloc(1, sizeof(*outbox));
	enum ck_err err = CK_OK;

	*out = NULL;
	if (outbox == NULL)
		return CK_ERR_NOMEM;
	outbox->use = *options;
	if (config->check_in_signature_file[0] != '\0')
		err = ck_sign_open(&outbox->signer,
		    config->check_in_signature_file,
		    config->check_in_signature_password);
	if (err != CK_OK) {
		ck_outbox_free(&outbox);
		return err;
	}
	/* Told, and no reason to stop a clinic: notices are sent as they are,
	 * and the insurer's own words decide. */
	if (outbox->signer != NULL && ck_sign_in_force(outbox->signer,
	    now_ms(outbox)) != CK_OK)
		ck_log(CK_LOG_WARNING, "checkin", "notices are signed with it "
		    "all the same");
	ck_outbox_kick(outbox);
	*out = outbox;

	return CK_OK;
}

void
ck_outbox_free(struct ck_outbox **outbox)
{
	struct ck_outbox *old = *outbox;

	if (old == NULL)
		return;
	ck_gateway_cancel(&old->call);
	ck_loop_timer_cancel(&old->timer);
	ck_sign_free(&old->signer);
	ck_notice_row_wipe(&old->row);
	free(old);
	*outbox = NULL;
}
