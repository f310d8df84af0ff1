/*
 * chip.c - one simulated chip: its channel and the dispatch of commands
 */
#include <stdlib.h>
#include <string.h>

#include "chip_state.h"
#include "other.h"
#include "tlv.h"

#define SHORT_ANSWER 256
#define SW_LEN 2

/* Card capabilities, third byte. ISO/IEC 7816-4 table 119 */
enum {
	CAN_CHAIN = 0x80,
	EXTENDED_FIELDS = 0x40,
	EXTENDED_LIMITS = 0x20	/* given in EF.ATR/INFO */
};

struct sim_chip *
sim_chip_new(const struct sim_profile *profile,
    const struct sim_chip_config *config, const struct sim_faults *faults)
{
	struct sim_chip *chip = calloc(1, sizeof(*chip));

	sim_must(chip != NULL, "malloc");
	chip->profile = profile;
	chip->config = config;
	chip->faults = faults;
	sim_chip_reset(chip);

	return chip;
}

void
sim_chip_drop_session(struct sim_chip *chip)
{
	sim_sm_close(&chip->sm);
	sim_sm_close(&chip->next_sm);
	chip->granted = false;
	chip->challenged = false;
	chip->ca_chosen = false;
	chip->current = SIM_FILE_NONE;
}

void
sim_chip_reset(struct sim_chip *chip)
{
	sim_chip_drop_session(chip);
	sim_pace_end(&chip->pace);
	sim_bytes_free(&chip->chained);
	sim_bytes_free(&chip->waiting);
	sim_bytes_free(&chip->last_sealed);
	chip->in_application = false;
	chip->sealed = 0;
}

void
sim_chip_free(struct sim_chip **chip)
{
	if (*chip == NULL)
		return;
	sim_chip_reset(*chip);
	free(*chip);
	*chip = NULL;
}

void
sim_chip_capabilities(const struct sim_chip_config *config,
    struct sim_bytes *out)
{
	unsigned third = config->chaining ? CAN_CHAIN : 0;

	if (config->extended > 0)
		third |= EXTENDED_FIELDS | EXTENDED_LIMITS;
	/* By full name and file identifier, short identifiers work. */
	sim_put_u8(out, 0x94);
	/* Data units of one byte. */
	sim_put_u8(out, 0x01);
	sim_put_u8(out, third);
}

void
sim_chip_atr_info(const struct sim_chip_config *config, struct sim_bytes *out)
{
	struct sim_bytes value = SIM_BYTES_INIT;

	sim_chip_capabilities(config, &value);
	sim_tlv_put(out, 0x47, sim_view(&value));
	sim_bytes_clear(&value);
	if (config->extended > 0) {
		sim_tlv_put_int(&value, (unsigned)config->extended);
		sim_tlv_put_int(&value, (unsigned)config->extended);
		sim_tlv_put(out, 0x7f66, sim_view(&value));
	}
	sim_bytes_free(&value);
}

void
sim_chip_historical(const struct sim_chip *chip, struct sim_bytes *out)
{
	if (chip->config->atr == SIM_ATR_PLAIN)
		return;
	sim_put_hex(out, "8073");
	sim_chip_capabilities(chip->config, out);
}

/*
 * 3B 8n, the protocols, historical bytes, checksum. Readers make that of a
 * contactless card: PC/SC part 3 §3.1.3.2.3.1. ISO/IEC 7816-3 §8.2
 */
void
sim_chip_atr(const struct sim_chip *chip, struct sim_bytes *out)
{
	struct sim_bytes historical = SIM_BYTES_INIT;
	unsigned check = 0;
	size_t i, begin = out->len;

	if (chip->profile->kind != SIM_KIND_EMRTD) {
		sim_other_atr(chip->profile->kind, out);
		return;
	}
	/* Type B: application data and protocol info of ATQB, MBLI. */
	if (chip->config->atr == SIM_ATR_TYPE_B)
		sim_put_hex(&historical, "00000000" "778181" "00");
	else
		sim_chip_historical(chip, &historical);
	sim_put_u8(out, 0x3b);
	sim_put_u8(out, 0x80 | (unsigned)historical.len);
	/* T=1, information fields of 254 bytes, waiting times 4 and 5. */
	sim_put_hex(out, chip->config->atr == SIM_ATR_CONTACT ? "8131FE45"
							      : "8001");
	sim_put(out, sim_view(&historical));
	for (i = begin + 1; i < out->len; i++)
		check ^= out->ptr[i];
	sim_put_u8(out, check);
	sim_bytes_free(&historical);
}

static unsigned
dispatch(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	switch (apdu->ins) {
	case SIM_INS_SELECT:
		return sim_chip_select(chip, apdu, data);
	case SIM_INS_READ_BINARY:
	case SIM_INS_READ_BINARY_ODD:
		return sim_chip_read(chip, apdu, data);
	case SIM_INS_GET_CHALLENGE:
		return sim_chip_get_challenge(chip, apdu, data);
	case SIM_INS_EXTERNAL_AUTHENTICATE:
		return sim_chip_external_authenticate(chip, apdu, data);
	case SIM_INS_MSE:
		return sim_chip_manage_environment(chip, apdu, data);
	case SIM_INS_GENERAL_AUTHENTICATE:
		return chip->ca_chosen
		    ? sim_chip_ca_authenticate(chip, apdu, data)
		    : sim_chip_general_authenticate(chip, apdu, data);
	case SIM_INS_INTERNAL_AUTHENTICATE:
		return sim_chip_internal_authenticate(chip, apdu, data);
	default:
		return SIM_SW_BAD_INS;
	}
}

/* Most bytes, without status word, that the outer Le lets an answer have. */
static size_t
answer_room(const struct sim_chip *chip, const struct sim_apdu *outer)
{
	size_t room = outer->extended ? chip->config->extended - SW_LEN
				      : SHORT_ANSWER;

	if (chip->config->get_response)
		return SIM_ANSWER_MAX;
	if (outer->ne > 0 && outer->ne < room)
		room = outer->ne;

	return room;
}

static void
put_status(struct sim_bytes *out, unsigned sw)
{
	sim_put_uint(out, sw, SW_LEN);
}

/* The channel's own faults strike after the answer is made. */
static void
spoil_sealed(struct sim_chip *chip, struct sim_bytes *answer)
{
	const struct sim_faults *faults = chip->faults;

	chip->sealed++;
	if (sim_fault_after(faults, SIM_FAULT_SM_REPLAY_AFTER, chip->sealed) &&
	    chip->last_sealed.len > 0) {
		sim_bytes_clear(answer);
		sim_put(answer, sim_view(&chip->last_sealed));
		return;
	}
	if (sim_fault_after(faults, SIM_FAULT_SM_BAD_MAC_AFTER, chip->sealed))
		answer->ptr[answer->len - SW_LEN - 1] ^= 0x01;
	sim_bytes_clear(&chip->last_sealed);
	sim_put(&chip->last_sealed, sim_view(answer));
}

/* More than was asked, and more than the chip's files hold. */
static void
make_huge(const struct sim_chip *chip, uint8_t ins, struct sim_bytes *data)
{
	size_t room = sim_sm_capacity(&chip->sm, ins, SIM_ANSWER_MAX);

	if (sim_fault_after(chip->faults, SIM_FAULT_HUGE_ANSWER,
	    chip->commands) && (ins == SIM_INS_READ_BINARY ||
	    ins == SIM_INS_READ_BINARY_ODD))
		sim_put_fill(data, 0x30, room - data->len);
}

/* Seal the answer, or fail to. */
static void
answer_protected(struct sim_chip *chip, uint8_t ins, struct sim_span data,
    unsigned sw, struct sim_bytes *answer)
{
	if (sim_fault_after(chip->faults, SIM_FAULT_SM_DROPS_AFTER,
	    chip->sealed + 1)) {
		sim_put(answer, data);
		put_status(answer, sw);
		return;
	}
	sim_sm_seal(&chip->sm, ins, data, sw, answer);
	spoil_sealed(chip, answer);
}

static void
run_protected(struct sim_chip *chip, const struct sim_apdu *outer,
    struct sim_bytes *answer)
{
	struct sim_bytes plain = SIM_BYTES_INIT, data = SIM_BYTES_INIT;
	struct sim_apdu apdu;
	unsigned sw;

	sw = sim_sm_open(&chip->sm, outer, &plain, &apdu);
	if (sw != SIM_SW_OK) {
		sim_chip_drop_session(chip);
		put_status(answer, sw);
		goto out;
	}
	chip->capacity = sim_sm_capacity(&chip->sm, outer->ins,
	    answer_room(chip, outer));
	chip->ne_short = !outer->extended;
	sw = dispatch(chip, &apdu, &data);
	make_huge(chip, outer->ins, &data);
	answer_protected(chip, outer->ins, sim_view(&data), sw, answer);
	chip->cost.protected_bytes = plain.len + data.len;
	if (chip->next_sm.open) {
		if (!chip->faults->on[SIM_FAULT_CA_STALE_KEYS])
			chip->sm = chip->next_sm;
		sim_sm_close(&chip->next_sm);
	}
out:
	sim_bytes_free(&plain);
	sim_bytes_free(&data);
}

static void
run_plain(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *answer)
{
	unsigned sw;

	/* A plain command ends the session; what follows has no rights. */
	if (chip->sm.open)
		sim_chip_drop_session(chip);
	chip->capacity = answer_room(chip, apdu);
	chip->ne_short = !apdu->extended;
	sw = dispatch(chip, apdu, answer);
	put_status(answer, sw);
}

static void
run(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *answer)
{
	if ((apdu->cla & SIM_CLA_SM) == 0)
		run_plain(chip, apdu, answer);
	else if (chip->sm.open)
		run_protected(chip, apdu, answer);
	else
		put_status(answer, SIM_SW_SM_WRONG);
}

/* Hand out what is waiting, piece by piece. ISO/IEC 7816-4 §5.3.4 */
static void
get_response(struct sim_chip *chip, size_t room, struct sim_bytes *answer)
{
	struct sim_bytes rest = SIM_BYTES_INIT;
	struct sim_span waiting = sim_view(&chip->waiting);
	size_t body = waiting.len - SW_LEN;

	if (body <= room) {
		sim_put(answer, waiting);
		sim_bytes_free(&chip->waiting);
		return;
	}
	sim_put(answer, sim_slice(waiting, 0, room));
	body -= room;
	put_status(answer, SIM_SW_MORE |
	    (unsigned)(body < SHORT_ANSWER ? body : 0));
	sim_put(&rest, sim_slice(waiting, room, waiting.len - room));
	sim_bytes_free(&chip->waiting);
	chip->waiting = rest;
}

/*
 * Answers longer than the terminal's Le wait for GET RESPONSE. READ BINARY
 * keeps within it by itself, unless the chip plays otherwise; a signature
 * cannot be cut.
 */
static void
deliver(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *answer)
{
	size_t room = apdu->extended ? chip->config->extended - SW_LEN
				     : SHORT_ANSWER;

	if (apdu->ne > 0 && apdu->ne < room)
		room = apdu->ne;
	if (answer->len <= room + SW_LEN ||
	    chip->faults->on[SIM_FAULT_HUGE_ANSWER])
		return;
	sim_bytes_free(&chip->waiting);
	chip->waiting = *answer;
	*answer = (struct sim_bytes)SIM_BYTES_INIT;
	get_response(chip, room, answer);
}

/*
 * PACE sends each of its steps but the last with the chaining bit, yet each
 * is a command of its own. ICAO 9303-11 §4.4.4.2
 */
static bool
is_link_of_chain(const struct sim_apdu *apdu)
{
	return (apdu->cla & SIM_CLA_CHAINING) != 0 &&
	    (apdu->ins != SIM_INS_GENERAL_AUTHENTICATE ||
	    (apdu->cla & SIM_CLA_SM) != 0);
}

static void
keep_link(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *answer)
{
	if (!chip->config->chaining ||
	    chip->chained.len + apdu->data.len > SIM_ANSWER_MAX) {
		sim_bytes_free(&chip->chained);
		put_status(answer, SIM_SW_NO_CHAINING);
		return;
	}
	sim_put(&chip->chained, apdu->data);
	put_status(answer, SIM_SW_OK);
}

/* The last command of a chain brings the data of all. */
static void
run_chain(struct sim_chip *chip, struct sim_apdu *apdu,
    struct sim_bytes *answer)
{
	struct sim_bytes all = chip->chained;

	chip->chained = (struct sim_bytes)SIM_BYTES_INIT;
	sim_put(&all, apdu->data);
	apdu->data = sim_view(&all);
	run(chip, apdu, answer);
	sim_bytes_free(&all);
}

struct sim_cost
sim_chip_cost(const struct sim_chip *chip)
{
	return chip->cost;
}

/* Whether the command's lengths are within what the chip announces. */
static bool
within_limits(const struct sim_chip *chip, struct sim_span command,
    const struct sim_apdu *apdu)
{
	if (!apdu->extended)
		return true;
	if (chip->faults->on[SIM_FAULT_EXTENDED_REFUSED])
		return false;

	return command.len <= chip->config->extended && (apdu->ne_is_max ||
	    apdu->ne + SW_LEN <= chip->config->extended);
}

void
sim_chip_command(struct sim_chip *chip, struct sim_span command,
    struct sim_bytes *answer)
{
	struct sim_apdu apdu;

	chip->cost = (struct sim_cost){ 0 };
	chip->commands++;
	if (!sim_apdu_parse(command, &apdu) ||
	    !within_limits(chip, command, &apdu)) {
		put_status(answer, SIM_SW_WRONG_LENGTH);
		return;
	}
	if (sim_chip_mislead(chip, &apdu, answer))
		return;
	if (chip->profile->kind != SIM_KIND_EMRTD) {
		sim_other_command(chip->profile->kind, &apdu, &chip->step,
		    answer);
		return;
	}
	if (apdu.ins == SIM_INS_GET_RESPONSE && chip->waiting.len > 0) {
		get_response(chip, apdu.ne > 0 ? apdu.ne : SHORT_ANSWER,
		    answer);
		return;
	}
	if (chip->faults->on[SIM_FAULT_NO_OPEN_LE] && apdu.extended &&
	    apdu.ne_is_max && (apdu.cla & SIM_CLA_SM) != 0) {
		sim_chip_drop_session(chip);
		put_status(answer, SIM_SW_WRONG_LENGTH);
		return;
	}
	sim_bytes_free(&chip->waiting);
	if ((apdu.cla & 0xe0) != 0) {
		put_status(answer, SIM_SW_BAD_CLA);
		return;
	}
	if (is_link_of_chain(&apdu)) {
		keep_link(chip, &apdu, answer);
		return;
	}
	run_chain(chip, &apdu, answer);
	deliver(chip, &apdu, answer);
}
