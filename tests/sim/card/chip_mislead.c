/*
 * chip_mislead.c - answers of a chip that means ill, whatever was asked
 */
#include "chip_state.h"

/* What a chip that never ends gives at a time. */
#define PIECE 16

#define FILLING 0x30

static bool
strikes(const struct sim_chip *chip, enum sim_fault fault)
{
	return sim_fault_after(chip->faults, fault, chip->commands);
}

static bool
is_read(const struct sim_apdu *apdu)
{
	return apdu->ins == SIM_INS_READ_BINARY ||
	    apdu->ins == SIM_INS_READ_BINARY_ODD;
}

static bool
put(struct sim_bytes *answer, size_t len, unsigned sw)
{
	sim_put_fill(answer, FILLING, len);
	sim_put_uint(answer, sw, 2);

	return true;
}

/* Answers that are none. */
static bool
mislead_all(const struct sim_chip *chip, struct sim_bytes *answer)
{
	if (strikes(chip, SIM_FAULT_EMPTY_AFTER))
		return true;
	if (strikes(chip, SIM_FAULT_ONE_BYTE_AFTER)) {
		sim_put_u8(answer, 0x90);
		return true;
	}
	if (strikes(chip, SIM_FAULT_SW_ONLY_AFTER))
		return put(answer, 0, chip->faults->status);
	if (strikes(chip, SIM_FAULT_HUGE_AFTER))
		return put(answer, SIM_ANSWER_MAX, SIM_SW_OK);

	return false;
}

bool
sim_chip_mislead(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *answer)
{
	unsigned wish;

	if (mislead_all(chip, answer))
		return true;
	if (chip->faults->on[SIM_FAULT_EXTENDED_LOST] && apdu->extended) {
		sim_put_u8(answer, 0x90);
		return true;
	}
	if (strikes(chip, SIM_FAULT_ENDLESS_61XX) &&
	    (is_read(apdu) || apdu->ins == SIM_INS_GET_RESPONSE))
		return put(answer, PIECE, SIM_SW_MORE | PIECE);
	if (strikes(chip, SIM_FAULT_ENDLESS_6CXX) && is_read(apdu)) {
		wish = (unsigned)(apdu->ne + 1) & 0xff;
		return put(answer, 0, SIM_SW_EXACT_LE | (wish | 1));
	}
	/* Protected ones are made huge before they are sealed. */
	if (strikes(chip, SIM_FAULT_HUGE_ANSWER) && is_read(apdu) &&
	    !chip->sm.open)
		return put(answer, SIM_ANSWER_MAX, SIM_SW_OK);

	return false;
}
