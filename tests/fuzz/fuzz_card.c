/*
 * fuzz_card.c - bytes on the wire: data objects, commands, limits, files
 */
#include <string.h>

#include "card/channel.h"
#include "card/file.h"
#include "card/tlv.h"
#include "ck/card.h"
#include "fuzz.h"

/* More commands than any file of the longest answer here needs. */
#define COMMANDS_MAX 600

int
fuzz_tlv(const uint8_t *data, size_t size)
{
	struct ck_span span = ck_span_of(data, size), value;
	struct ck_cursor cur = ck_cursor_of(span);
	struct ck_buf again = CK_BUF_INIT;
	struct ck_tlv object;
	uint32_t tag = 0;
	size_t total = 0;

	if (ck_tlv_peek(&cur, &tag) && ck_tlv_header(span, &tag, &total))
		fuzz_check(total >= 2);
	while (ck_tlv_next(&cur, &object)) {
		fuzz_check(fuzz_inside(span, object.whole));
		fuzz_check(fuzz_inside(object.whole, object.value));
		fuzz_check(object.value.len < object.whole.len);
		fuzz_check(ck_tlv_only(object.whole, object.tag, &value));
		if (ck_tlv_append(&again, object.tag, object.value) == CK_OK) {
			fuzz_check(ck_tlv_only(ck_buf_view(&again),
			    object.tag, &value));
			fuzz_check(ck_span_equal(value, object.value));
		}
		ck_buf_wipe(&again);
	}
	if (ck_tlv_find(span, tag, &value))
		fuzz_check(fuzz_inside(span, value));

	return 0;
}

int
fuzz_apdu(const uint8_t *data, size_t size)
{
	struct ck_cursor input = ck_cursor_of(ck_span_of(data, size));
	bool extended = (fuzz_u8(&input) & 1) != 0;
	struct ck_apdu apdu = {
		.cla = fuzz_u8(&input), .ins = fuzz_u8(&input),
		.le = (uint32_t)fuzz_u16(&input) * (fuzz_u8(&input) % 3U)
	};
	struct ck_buf out = CK_BUF_INIT;
	size_t least;

	apdu.data = input.rest;
	least = 4 + apdu.data.len;
	if (ck_apdu_encode(&apdu, extended, &out) == CK_OK) {
		fuzz_check(out.len >= least && out.len <= least + 6);
		fuzz_check(out.ptr[0] == apdu.cla && out.ptr[1] == apdu.ins);
	} else {
		fuzz_check(out.ptr == NULL && out.len == 0);
	}
	ck_buf_wipe(&out);

	return 0;
}

/* The first part is an ATR, the second EF.ATR/INFO. */
int
fuzz_limits(const uint8_t *data, size_t size)
{
	struct ck_cursor input = ck_cursor_of(ck_span_of(data, size));
	struct ck_limits limits;

	ck_limits_from_atr(fuzz_part(&input), &limits);
	fuzz_check(limits.answer_max > 0 && limits.answer_max <= CK_ANSWER_MAX);
	ck_limits_from_info(fuzz_part(&input), &limits);
	fuzz_check(limits.answer_max > 0 && limits.answer_max <= CK_ANSWER_MAX);
	fuzz_check(limits.extended <= CK_EXTENDED_YES);

	return 0;
}

/* A card that answers with one part of the input after the other. */
struct parrot {
	struct ck_transport transport;	/* first: the ops cast back */
	struct ck_cursor input;
	unsigned commands;
};

static enum ck_err
parrot_transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	struct parrot *parrot = (struct parrot *)(void *)transport;
	struct ck_span answer;

	fuzz_check(command.len >= 4);
	ck_buf_wipe(response);
	if (ck_cursor_at_end(&parrot->input) ||
	    parrot->commands++ == COMMANDS_MAX)
		return CK_ERR_CARD_GONE;
	answer = fuzz_part(&parrot->input);
	if (answer.len < 2)
		return CK_ERR_CARD_TIMEOUT;

	return ck_buf_append(response, answer);
}

static enum ck_err
parrot_reset(struct ck_transport *transport)
{
	(void)transport;

	return CK_OK;
}

static const struct ck_transport_ops parrot_ops = {
	parrot_transmit, parrot_reset, NULL
};

/* The first part is the ATR, the byte after it the file; then the answers. */
int
fuzz_file(const uint8_t *data, size_t size)
{
	struct parrot parrot = {
		.transport.ops = &parrot_ops,
		.input = ck_cursor_of(ck_span_of(data, size))
	};
	struct ck_buf file = CK_BUF_INIT;
	struct ck_channel channel;
	struct ck_span value;
	uint8_t sfi;

	parrot.transport.atr = fuzz_part(&parrot.input);
	sfi = fuzz_u8(&parrot.input) & 0x1f;
	ck_channel_init(&channel, &parrot.transport, NULL);
	if (ck_file_read(&channel, sfi, CK_FILE_MAX, &file) == CK_OK) {
		struct ck_cursor cur = ck_cursor_of(ck_buf_view(&file));
		uint32_t tag = 0;
		size_t total = 0;

		fuzz_check(file.len <= CK_FILE_MAX);
		fuzz_check(ck_tlv_header(cur.rest, &tag, &total));
		fuzz_check(total == file.len);
		fuzz_check(ck_tlv_only(cur.rest, tag, &value));
	} else {
		fuzz_check(file.ptr == NULL);
	}
	fuzz_check(channel.apdus <= parrot.commands + 1);
	ck_buf_wipe(&file);
	ck_channel_wipe(&channel);

	return 0;
}
