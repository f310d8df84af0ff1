/*
 * channel.c - commands to the card, however they have to travel
 */
#include <stdio.h>
#include <string.h>

#include "access/sm.h"
#include "card/channel.h"
#include "ck/reader.h"

#define INS_GET_RESPONSE 0xc0

/* SW1: more answer bytes wait; the right Le is in SW2. 7816-4 §5.6 */
#define SW1_MORE 0x61
#define SW1_LE 0x6c

/* Header and longest length fields around the data of a command. */
#define COMMAND_OVERHEAD 9

/* A trace line holds a header, lengths and a status word, never data. */
#define TRACE_LEN 80

void
ck_channel_init(struct ck_channel *channel, struct ck_transport *transport,
    const struct ck_read_observer *observer)
{
	*channel = (struct ck_channel){
		.transport = transport, .observer = observer
	};
	ck_limits_from_atr(transport->atr, &channel->limits);
	if (transport->short_only)
		ck_limits_short(&channel->limits);
}

void
ck_channel_restart(struct ck_channel *channel)
{
	ck_sm_free(&channel->sm);
	channel->answers = 0;
	ck_limits_from_atr(channel->transport->atr, &channel->limits);
}

void
ck_channel_secure(struct ck_channel *channel, struct ck_sm **sm)
{
	ck_sm_free(&channel->sm);
	channel->sm = *sm;
	channel->answers = 0;
	*sm = NULL;
}

void
ck_channel_wipe(struct ck_channel *channel)
{
	ck_sm_free(&channel->sm);
	*channel = (struct ck_channel){ .transport = NULL };
}

static void
trace(const struct ck_channel *channel, const char *line)
{
	const struct ck_read_observer *observer = channel->observer;

	if (observer != NULL && observer->trace != NULL)
		observer->trace(observer->ctx, line);
}

static void
trace_command(const struct ck_channel *channel, const struct ck_apdu *apdu)
{
	char line[TRACE_LEN];

	(void)snprintf(line, sizeof(line),
	    "> %02X %02X %02X %02X data %zu le %u", apdu->cla, apdu->ins,
	    apdu->p1, apdu->p2, apdu->data.len, apdu->le);
	trace(channel, line);
}

static void
trace_answer(const struct ck_channel *channel, size_t len, uint16_t sw)
{
	char line[TRACE_LEN];

	(void)snprintf(line, sizeof(line), "< data %zu sw %04X", len, sw);
	trace(channel, line);
}

static void
trace_error(const struct ck_channel *channel, enum ck_err err)
{
	char line[TRACE_LEN];

	(void)snprintf(line, sizeof(line), "< %s", ck_err_label(err));
	trace(channel, line);
}

/*
 * SW1 is 6X or 9X (7816-4 §5.6). Anything else is the cut answer of a card that
 * was pulled away: pcscd reports it as a success.
 */
static bool
is_status(uint16_t sw)
{
	return sw >> 12 == 0x6 || sw >> 12 == 0x9;
}

/*
 * One command APDU there and its answer back. The answer is appended to data
 * without SW1 SW2.
 */
static enum ck_err
exchange(struct ck_channel *channel, const struct ck_apdu *apdu,
    struct ck_buf *data, uint16_t *sw)
{
	struct ck_transport *transport = channel->transport;
	struct ck_buf command = CK_BUF_INIT, response = CK_BUF_INIT;
	bool extended = apdu->data.len > CK_APDU_SHORT_DATA_MAX ||
	    apdu->le > CK_APDU_SHORT_LE_MAX;
	struct ck_cursor cur;
	struct ck_span body;
	enum ck_err err;

	if ((err = ck_apdu_encode(apdu, extended, &command)) != CK_OK)
		goto out;
	trace_command(channel, apdu);
	channel->apdus++;
	channel->bytes_out += command.len;
	err = transport->ops->transmit(transport, ck_buf_view(&command),
	    &response);
	if (err == CK_OK && response.len < 2)
		err = CK_ERR_CARD_GONE;
	if (err != CK_OK) {
		trace_error(channel, err);
		goto out;
	}
	channel->bytes_in += response.len;
	cur = ck_cursor_of(ck_buf_view(&response));
	err = CK_ERR_CARD_GONE;
	if (!ck_cursor_take(&cur, response.len - 2, &body) ||
	    !ck_cursor_u16(&cur, sw))
		goto out;
	trace_answer(channel, body.len, *sw);
	if (!is_status(*sw))
		goto out;
	err = ck_buf_append(data, body);
out:
	ck_buf_wipe(&command);
	ck_buf_wipe(&response);

	return err;
}

static uint32_t
le_of(uint16_t sw)
{
	uint32_t le = sw & 0xffU;

	return le == 0 ? CK_APDU_SHORT_LE_MAX : le;
}

/* 61xx: fetch the rest piece by piece. Every piece must bring something. */
static enum ck_err
get_response(struct ck_channel *channel, struct ck_buf *data, uint16_t *sw)
{
	enum ck_err err = CK_OK;

	while (err == CK_OK && *sw >> 8 == SW1_MORE) {
		const struct ck_apdu more = {
			.ins = INS_GET_RESPONSE, .le = le_of(*sw)
		};
		size_t before = data->len;

		err = exchange(channel, &more, data, sw);
		if (err == CK_OK && *sw >> 8 == SW1_MORE &&
		    (data->len == before || data->len > CK_APDU_LE_MAX))
			err = CK_ERR_CARD_MALFORMED;
	}

	return err;
}

/* The last or only command of a chain, with its whole answer. */
static enum ck_err
exchange_last(struct ck_channel *channel, const struct ck_apdu *apdu,
    struct ck_buf *data, uint16_t *sw)
{
	struct ck_apdu again = *apdu;
	enum ck_err err;

	if ((err = exchange(channel, apdu, data, sw)) != CK_OK)
		return err;
	if (*sw >> 8 == SW1_LE && data->len == 0) {
		again.le = le_of(*sw);
		if ((err = exchange(channel, &again, data, sw)) != CK_OK)
			return err;
	}

	return get_response(channel, data, sw);
}

/* True when the card takes len bytes of data in one command. */
static bool
fits_one_command(const struct ck_channel *channel, size_t len)
{
	if (len <= CK_APDU_SHORT_DATA_MAX)
		return true;

	return channel->limits.extended == CK_EXTENDED_YES &&
	    len + COMMAND_OVERHEAD <= channel->limits.command_max;
}

/* 7816-4 §5.3.3: all but the last carry the chaining bit and no Le. */
static enum ck_err
exchange_chain(struct ck_channel *channel, const struct ck_apdu *apdu,
    struct ck_buf *data, uint16_t *sw)
{
	struct ck_apdu part = *apdu;
	struct ck_cursor cur = ck_cursor_of(apdu->data);
	enum ck_err err;

	while (!fits_one_command(channel, cur.rest.len)) {
		part.cla = apdu->cla | CK_CLA_CHAIN;
		part.le = 0;
		if (!ck_cursor_take(&cur, CK_APDU_SHORT_DATA_MAX, &part.data))
			return CK_ERR_LIMIT;
		err = exchange(channel, &part, data, sw);
		if (err != CK_OK || *sw != CK_SW_OK)
			return err;
	}
	part.cla = apdu->cla;
	part.data = cur.rest;
	part.le = apdu->le;

	return exchange_last(channel, &part, data, sw);
}

/*
 * Under secure messaging the answer always has data (its checksum), so Le is
 * there: short if the protected answer surely fits, else all the card allows.
 */
static uint32_t
protected_le(const struct ck_channel *channel, uint32_t plain_le)
{
	if (plain_le <= ck_sm_answer_max(channel->sm, CK_APDU_SHORT_LE_MAX) ||
	    channel->limits.extended != CK_EXTENDED_YES)
		return CK_APDU_SHORT_LE_MAX;
	if (channel->limits.answer_max >= CK_ANSWER_MAX)
		return CK_APDU_LE_MAX;

	return (uint32_t)channel->limits.answer_max;
}

static enum ck_err
send_protected_once(struct ck_channel *channel, const struct ck_apdu *plain,
    struct ck_buf *data, uint16_t *sw)
{
	struct ck_buf body = CK_BUF_INIT, answer = CK_BUF_INIT;
	struct ck_apdu outer = *plain;
	uint16_t outer_sw = 0;
	enum ck_err err;

	if ((err = ck_sm_wrap(channel->sm, plain, &body)) != CK_OK)
		goto out;
	outer.cla |= CK_CLA_SM;
	outer.data = ck_buf_view(&body);
	outer.le = protected_le(channel, plain->le);
	err = exchange_chain(channel, &outer, &answer, &outer_sw);
	if (err != CK_OK)
		goto out;
	err = ck_buf_push(&answer, (uint8_t)(outer_sw >> 8));
	if (err == CK_OK)
		err = ck_buf_push(&answer, (uint8_t)outer_sw);
	if (err != CK_OK)
		goto out;
	err = ck_sm_unwrap(channel->sm, ck_buf_view(&answer), data, sw);
	if (err == CK_OK)
		channel->answers++;
out:
	ck_buf_wipe(&body);
	ck_buf_wipe(&answer);

	return err;
}

/* 6Cxx may also come from inside: then it is a new command to protect. */
static enum ck_err
send_protected(struct ck_channel *channel, const struct ck_apdu *plain,
    struct ck_buf *data, uint16_t *sw)
{
	struct ck_apdu again = *plain;
	enum ck_err err;

	err = send_protected_once(channel, plain, data, sw);
	if (err != CK_OK || *sw >> 8 != SW1_LE || data->len > 0)
		return err;
	again.le = le_of(*sw);

	return send_protected_once(channel, &again, data, sw);
}

enum ck_err
ck_channel_send(struct ck_channel *channel, const struct ck_apdu *plain,
    struct ck_buf *data, uint16_t *sw)
{
	enum ck_err err;

	ck_buf_wipe(data);
	*sw = 0;
	if (channel->sm != NULL)
		err = send_protected(channel, plain, data, sw);
	else
		err = exchange_chain(channel, plain, data, sw);
	if (err != CK_OK)
		ck_buf_wipe(data);
	if (err != CK_OK && err != CK_ERR_SM_ABORTED)
		*sw = 0;

	return err;
}

size_t
ck_channel_answer_max(const struct ck_channel *channel)
{
	if (channel->sm == NULL)
		return channel->limits.answer_max;

	return ck_sm_answer_max(channel->sm, channel->limits.answer_max);
}
