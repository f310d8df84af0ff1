/*
 * pn532_blocks.c - what a PN532 and the card in its field say to each other
 */
#include "pn532_state.h"

/* Most bytes of an answer of InDataExchange after its status. §7.3.8 */
#define ANSWER_MAX 262

/* A command longer than this is no card's. */
#define CHAIN_MAX 65535

/* Protocol control bytes and commands of a host that makes blocks itself. */
enum {
	RATS = 0xe0,
	DESELECT = 0xc2,
	BLOCK_KIND = 0xe2,
	I_BLOCK = 0x02,
	R_BLOCK = 0xa2,
	R_NAK = 0x10,
	BLOCK_NUMBER = 0x01,
	CHAINING = 0x10
};

/* What the card says fits into one block of 256 bytes, checksum included. */
#define BLOCK_MAX 253

static enum sim_pn532_result
give_status(unsigned status, struct sim_bytes *out)
{
	sim_put_u8(out, status);

	return SIM_PN532_DONE;
}

/* Hand out the next piece of the answer. */
static enum sim_pn532_result
give_rest(struct sim_target *target, struct sim_bytes *out)
{
	struct sim_bytes rest = SIM_BYTES_INIT;
	struct sim_span all = sim_view(&target->rest);

	sim_put_u8(out, all.len > ANSWER_MAX || target->endless
	    ? SIM_STATUS_MORE : SIM_STATUS_OK);
	sim_put(out, sim_slice(all, 0, ANSWER_MAX));
	sim_put(&rest, sim_slice(all, ANSWER_MAX, all.len));
	if (target->endless)
		sim_put_fill(&rest, 0x30, ANSWER_MAX);
	sim_bytes_free(&target->rest);
	target->rest = rest;

	return SIM_PN532_DONE;
}

static enum sim_pn532_result
ask(struct sim_target *target, struct sim_span command, struct sim_bytes *out)
{
	sim_bytes_clear(&target->rest);
	target->endless = false;
	switch (sim_slot_ask(target->slot, target->seen.insertion, command,
	    &target->rest)) {
	case SIM_REPLY_ENDLESS:
		target->endless = true;
		return give_rest(target, out);
	case SIM_REPLY_ANSWER:
		return give_rest(target, out);
	case SIM_REPLY_STALLED:
		return SIM_PN532_NEVER;
	case SIM_REPLY_SILENT:
	case SIM_REPLY_GONE:
		break;
	}

	return give_status(sim_slot_lost_status(target->slot), out);
}

/* A field that was off, a card put to sleep or another one in its place. */
static bool
is_reachable(const struct sim_pn532 *chip, const struct sim_target *target)
{
	return chip->field && target->state == SIM_TARGET_ACTIVE;
}

enum sim_pn532_result
sim_pn532_exchange(struct sim_pn532 *chip, struct sim_target *target,
    struct sim_span in, struct sim_bytes *out)
{
	struct sim_span data = sim_slice(in, 1, in.len);
	struct sim_bytes command = SIM_BYTES_INIT;
	enum sim_pn532_result result;

	if (target == NULL)
		return give_status(SIM_STATUS_NO_TARGET, out);
	if (!is_reachable(chip, target) || !target->seen.has_blocks)
		return give_status(sim_slot_lost_status(target->slot), out);
	if (data.len == 0 && target->rest.len > 0)
		return give_rest(target, out);
	if (target->chain.len + data.len > CHAIN_MAX)
		return SIM_PN532_WRONG;
	sim_put(&target->chain, data);
	if ((in.ptr[0] & SIM_TARGET_MORE) != 0)
		return give_status(SIM_STATUS_OK, out);
	command = target->chain;
	target->chain = (struct sim_bytes)SIM_BYTES_INIT;
	result = ask(target, sim_view(&command), out);
	sim_bytes_free(&command);

	return result;
}

/* The piece of rest that the block with this number carries. */
static void
give_block(struct sim_target *target, unsigned number, struct sim_bytes *out)
{
	struct sim_bytes rest = SIM_BYTES_INIT;
	struct sim_span all = sim_view(&target->rest);
	bool more = all.len > BLOCK_MAX;

	sim_put_u8(out, SIM_STATUS_OK);
	sim_put_u8(out, I_BLOCK | number | (more ? CHAINING : 0u));
	sim_put(out, sim_slice(all, 0, BLOCK_MAX));
	sim_put(&rest, sim_slice(all, BLOCK_MAX, all.len));
	sim_bytes_free(&target->rest);
	target->rest = rest;
}

/* I-block of the host: collect its chain, or ask the card. §7.5.4.3 */
static enum sim_pn532_result
take_block(struct sim_target *target, struct sim_span in,
    struct sim_bytes *out)
{
	unsigned number = in.ptr[0] & BLOCK_NUMBER;
	struct sim_bytes command = SIM_BYTES_INIT;
	enum sim_reply reply;

	if (target->chain.len + in.len > CHAIN_MAX)
		return SIM_PN532_WRONG;
	sim_put(&target->chain, sim_slice(in, 1, in.len));
	if ((in.ptr[0] & CHAINING) != 0) {
		sim_put_u8(out, SIM_STATUS_OK);
		sim_put_u8(out, R_BLOCK | number);
		return SIM_PN532_DONE;
	}
	command = target->chain;
	target->chain = (struct sim_bytes)SIM_BYTES_INIT;
	sim_bytes_clear(&target->rest);
	reply = sim_slot_ask(target->slot, target->seen.insertion,
	    sim_view(&command), &target->rest);
	sim_bytes_free(&command);
	if (reply == SIM_REPLY_STALLED)
		return SIM_PN532_NEVER;
	if (reply != SIM_REPLY_ANSWER && reply != SIM_REPLY_ENDLESS)
		return give_status(sim_slot_lost_status(target->slot), out);
	give_block(target, number, out);
	target->block = number;

	return SIM_PN532_DONE;
}

/* R(NAK) asks whether the card is there; R(ACK) for the next block. */
static enum sim_pn532_result
confirm(struct sim_target *target, unsigned control, struct sim_bytes *out)
{
	unsigned number = control & BLOCK_NUMBER;

	if ((control & R_NAK) == 0 && target->rest.len > 0) {
		give_block(target, number, out);
		return SIM_PN532_DONE;
	}
	sim_put_u8(out, SIM_STATUS_OK);
	sim_put_u8(out, R_BLOCK | number);

	return SIM_PN532_DONE;
}

static bool
is_still_there(struct sim_target *target)
{
	struct sim_presence now;

	return sim_slot_look(target->slot, &now) &&
	    now.insertion == target->seen.insertion;
}

enum sim_pn532_result
sim_pn532_thru(struct sim_pn532 *chip, struct sim_target *target,
    struct sim_span in, struct sim_bytes *out)
{
	if (in.len == 0)
		return SIM_PN532_WRONG;
	if (target == NULL || !is_reachable(chip, target) ||
	    !is_still_there(target) || !target->seen.has_blocks)
		return give_status(0x01, out);
	if (in.ptr[0] == RATS) {
		sim_put_u8(out, SIM_STATUS_OK);
		sim_pn532_ats(&target->seen, out);
		return SIM_PN532_DONE;
	}
	if (in.ptr[0] == DESELECT) {
		target->state = SIM_TARGET_ASLEEP;
		sim_put_u8(out, SIM_STATUS_OK);
		sim_put_u8(out, DESELECT);
		return SIM_PN532_DONE;
	}
	if ((in.ptr[0] & BLOCK_KIND) == I_BLOCK)
		return take_block(target, in, out);
	if ((in.ptr[0] & BLOCK_KIND) == R_BLOCK)
		return confirm(target, in.ptr[0], out);

	return give_status(0x01, out);
}
