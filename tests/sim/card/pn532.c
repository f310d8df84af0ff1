/*
 * pn532.c - what a PN532 does with its commands
 */
#include <stdlib.h>
#include <string.h>

#include "pn532_state.h"

/* Commands that hosts send. UM0701-02 §7.1 table 12 */
enum {
	DIAGNOSE = 0x00,
	GET_FIRMWARE_VERSION = 0x02,
	GET_GENERAL_STATUS = 0x04,
	READ_REGISTER = 0x06,
	WRITE_REGISTER = 0x08,
	SET_SERIAL_BAUD_RATE = 0x10,
	SET_PARAMETERS = 0x12,
	SAM_CONFIGURATION = 0x14,
	POWER_DOWN = 0x16,
	RF_CONFIGURATION = 0x32,
	IN_DATA_EXCHANGE = 0x40,
	IN_COMMUNICATE_THRU = 0x42,
	IN_DESELECT = 0x44,
	IN_LIST_PASSIVE_TARGET = 0x4a,
	IN_RELEASE = 0x52,
	IN_SELECT = 0x54,
	IN_AUTO_POLL = 0x60
};

/* Items of RFConfiguration. §7.3.1 */
enum {
	RF_FIELD = 0x01,
	RF_MAX_RETRIES = 0x05
};

/* Tests of Diagnose. §7.2.1 */
enum {
	TEST_LINE = 0x00,
	TEST_ATTENTION = 0x06
};

/* Parameters from the start: automatic ATR_RES and RATS. §7.2.9 */
#define AUTOMATIC_RATS 0x10
#define PARAMETERS_AT_START 0x14

/* Modulations of InListPassiveTarget. §7.3.5 */
enum {
	TYPE_A = 0x00,
	TYPE_B = 0x03
};

#define FOREVER 0xff

/* Types of InAutoPoll. §7.3.13 */
enum {
	POLL_TYPE_A = 0x00,
	POLL_MIFARE = 0x10,
	POLL_BLOCKS_A = 0x20,
	POLL_TYPE_B = 0x03,
	POLL_BLOCKS_B = 0x23
};

/* The unit of its period. */
#define PERIOD_MS 150u

struct sim_pn532 *
sim_pn532_new(struct sim_slot *slots[SIM_PN532_TARGETS], bool type_b)
{
	struct sim_pn532 *chip = calloc(1, sizeof(*chip));
	size_t i;

	sim_must(chip != NULL, "malloc");
	for (i = 0; i < SIM_PN532_TARGETS; i++)
		chip->targets[i].slot = slots[i];
	chip->type_b = type_b;
	chip->parameters = PARAMETERS_AT_START;
	chip->retries = FOREVER;
	chip->port = chip->stop[0] = chip->stop[1] = -1;

	return chip;
}

void
sim_pn532_free(struct sim_pn532 **chip)
{
	size_t i;

	if (*chip == NULL)
		return;
	sim_pn532_close(*chip);
	for (i = 0; i < SIM_PN532_TARGETS; i++)
		sim_bytes_free(&(*chip)->targets[i].rest);
	for (i = 0; i < SIM_PN532_TARGETS; i++)
		sim_bytes_free(&(*chip)->targets[i].chain);
	sim_bytes_free(&(*chip)->line);
	sim_bytes_free(&(*chip)->last);
	sim_bytes_free(&(*chip)->pending);
	free(*chip);
	*chip = NULL;
}

/* Every card in reach starts anew. */
static void
switch_field(struct sim_pn532 *chip, bool on)
{
	size_t i;

	if (chip->field == on)
		return;
	chip->field = on;
	for (i = 0; i < SIM_PN532_TARGETS; i++) {
		chip->targets[i].state = SIM_TARGET_IDLE;
		chip->targets[i].number = 0;
		sim_slot_power(chip->targets[i].slot);
	}
}

/* The target of that number, or NULL. 0 stands for all where that goes. */
static struct sim_target *
find_target(struct sim_pn532 *chip, unsigned number)
{
	size_t i;

	for (i = 0; i < SIM_PN532_TARGETS; i++) {
		if (number != 0 && chip->targets[i].number == number)
			return &chip->targets[i];
	}

	return NULL;
}

/* A card that lies there afresh does not know that it was put to sleep. */
static bool
look(struct sim_target *target)
{
	unsigned before = target->seen.insertion;

	if (!sim_slot_look(target->slot, &target->seen)) {
		target->state = SIM_TARGET_IDLE;
		return false;
	}
	if (target->seen.insertion != before)
		target->state = SIM_TARGET_IDLE;

	return true;
}

/* ATS: length, T0 (frames of 256), TA, TB, TC, historical. 14443-4 §5.2 */
void
sim_pn532_ats(const struct sim_presence *seen, struct sim_bytes *out)
{
	sim_put_u8(out, 5 + (unsigned)seen->historical_len);
	sim_put_hex(out, "78" "77" "80" "02");
	sim_put(out, sim_span(seen->historical, seen->historical_len));
}

static void
put_type_a(const struct sim_pn532 *chip, const struct sim_presence *seen,
    struct sim_bytes *out)
{
	sim_put(out, sim_span(seen->atqa, sizeof(seen->atqa)));
	sim_put_u8(out, seen->sak);
	sim_put_u8(out, (unsigned)seen->uid_len);
	sim_put(out, sim_span(seen->uid, seen->uid_len));
	if (seen->has_blocks && (chip->parameters & AUTOMATIC_RATS) != 0)
		sim_pn532_ats(seen, out);
}

/* ATQB: PUPI, application data, protocol info; ATTRIB's answer. §7.3.5 */
static void
put_type_b(const struct sim_presence *seen, struct sim_bytes *out)
{
	sim_put_u8(out, 0x50);
	sim_put(out, sim_span(seen->uid, 4));
	sim_put_hex(out, "00000000" "778181");
	sim_put_hex(out, "0100");
}

static void
activate(struct sim_pn532 *chip, struct sim_target *target, unsigned number,
    struct sim_bytes *out)
{
	target->state = SIM_TARGET_ACTIVE;
	target->number = number;
	target->block = 0;
	sim_bytes_free(&target->rest);
	sim_bytes_free(&target->chain);
	sim_put_u8(out, number);
	if (chip->type_b)
		put_type_b(&target->seen, out);
	else
		put_type_a(chip, &target->seen, out);
}

/* How many were found; they are described in out. */
static unsigned
find_cards(struct sim_pn532 *chip, unsigned most, struct sim_bytes *out)
{
	struct sim_target *target;
	unsigned found = 0;
	size_t i;

	for (i = 0; i < SIM_PN532_TARGETS && found < most; i++) {
		target = &chip->targets[i];
		if (look(target) && target->state == SIM_TARGET_IDLE &&
		    (!chip->type_b || target->seen.has_blocks))
			activate(chip, target, ++found, out);
	}

	return found;
}

/* Those listed so far are free for a new list. */
static void
forget_list(struct sim_pn532 *chip)
{
	size_t i;

	for (i = 0; i < SIM_PN532_TARGETS; i++) {
		if (chip->targets[i].state == SIM_TARGET_ACTIVE)
			chip->targets[i].state = SIM_TARGET_IDLE;
		chip->targets[i].number = 0;
	}
}

static enum sim_pn532_result
list_passive_target(struct sim_pn532 *chip, struct sim_span in,
    struct sim_bytes *out)
{
	struct sim_bytes list = SIM_BYTES_INIT;
	unsigned wanted = chip->type_b ? TYPE_B : TYPE_A, found = 0;

	if (in.len < 2 || in.ptr[0] < 1 || in.ptr[0] > SIM_PN532_TARGETS)
		return SIM_PN532_WRONG;
	switch_field(chip, true);
	forget_list(chip);
	if (in.ptr[1] == wanted)
		found = find_cards(chip, in.ptr[0], &list);
	if (found > 0 || chip->retries != FOREVER) {
		sim_put_u8(out, found);
		sim_put(out, sim_view(&list));
	}
	sim_bytes_free(&list);

	return found > 0 || chip->retries != FOREVER ? SIM_PN532_DONE
						     : SIM_PN532_WAIT;
}

/* Whether a polled type is one that the card answers to. */
static bool
is_polled(const struct sim_pn532 *chip, const struct sim_target *target,
    unsigned type)
{
	bool blocks = target->seen.has_blocks;

	switch (type) {
	case POLL_TYPE_A:
		return !chip->type_b;
	case POLL_MIFARE:
		return !chip->type_b && !blocks;
	case POLL_BLOCKS_A:
		return !chip->type_b && blocks;
	case POLL_TYPE_B:
	case POLL_BLOCKS_B:
		return chip->type_b && blocks;
	default:
		return false;
	}
}

/* Each target found: its type, a length, and what lists say of it. */
static unsigned
poll_cards(struct sim_pn532 *chip, struct sim_span types,
    struct sim_bytes *out)
{
	struct sim_bytes data = SIM_BYTES_INIT;
	struct sim_target *target;
	unsigned found = 0;
	size_t i, j;

	for (i = 0; i < SIM_PN532_TARGETS; i++) {
		target = &chip->targets[i];
		for (j = 0; j < types.len && look(target) &&
		    target->state == SIM_TARGET_IDLE; j++) {
			if (!is_polled(chip, target, types.ptr[j]))
				continue;
			activate(chip, target, ++found, &data);
			sim_put_u8(out, types.ptr[j]);
			sim_put_u8(out, (unsigned)data.len);
			sim_put(out, sim_view(&data));
			sim_bytes_clear(&data);
		}
	}
	sim_bytes_free(&data);

	return found;
}

/* Number of rounds, period, types. */
static enum sim_pn532_result
auto_poll(struct sim_pn532 *chip, struct sim_span in, struct sim_bytes *out)
{
	struct sim_span types = sim_slice(in, 2, in.len);
	struct sim_bytes list = SIM_BYTES_INIT;
	unsigned found, limit_ms;

	if (types.len == 0 || in.ptr[0] == 0 || in.ptr[1] == 0)
		return SIM_PN532_WRONG;
	limit_ms = PERIOD_MS * in.ptr[0] * in.ptr[1] * (unsigned)types.len;
	switch_field(chip, true);
	forget_list(chip);
	found = poll_cards(chip, types, &list);
	sim_put_u8(out, found);
	sim_put(out, sim_view(&list));
	sim_bytes_free(&list);

	return found > 0 || (in.ptr[0] != FOREVER &&
	    chip->waited_ms >= limit_ms) ? SIM_PN532_DONE : SIM_PN532_WAIT;
}

/* InDeselect keeps the number, InRelease forgets it; 0 means all. */
static enum sim_pn532_result
put_to_sleep(struct sim_pn532 *chip, struct sim_span in, bool forget,
    struct sim_bytes *out)
{
	bool all = in.len == 1 && in.ptr[0] == 0;
	struct sim_target *target;
	size_t i;

	if (in.len != 1)
		return SIM_PN532_WRONG;
	if (!all && find_target(chip, in.ptr[0]) == NULL) {
		sim_put_u8(out, SIM_STATUS_NO_TARGET);
		return SIM_PN532_DONE;
	}
	for (i = 0; i < SIM_PN532_TARGETS; i++) {
		target = &chip->targets[i];
		if (target->number == 0 ||
		    (!all && target->number != in.ptr[0]))
			continue;
		target->state = SIM_TARGET_ASLEEP;
		if (forget)
			target->number = 0;
	}
	sim_put_u8(out, SIM_STATUS_OK);

	return SIM_PN532_DONE;
}

static enum sim_pn532_result
select_target(struct sim_pn532 *chip, struct sim_span in,
    struct sim_bytes *out)
{
	struct sim_target *target;
	unsigned before;

	if (in.len != 1)
		return SIM_PN532_WRONG;
	target = find_target(chip, in.ptr[0]);
	if (target == NULL) {
		sim_put_u8(out, SIM_STATUS_NO_TARGET);
		return SIM_PN532_DONE;
	}
	before = target->seen.insertion;
	if (!look(target) || target->seen.insertion != before) {
		sim_put_u8(out, sim_slot_lost_status(target->slot));
		return SIM_PN532_DONE;
	}
	target->state = SIM_TARGET_ACTIVE;
	sim_put_u8(out, SIM_STATUS_OK);

	return SIM_PN532_DONE;
}

static enum sim_pn532_result
configure_field(struct sim_pn532 *chip, struct sim_span in)
{
	if (in.len < 2)
		return SIM_PN532_WRONG;
	if (in.ptr[0] == RF_FIELD)
		switch_field(chip, (in.ptr[1] & 1) != 0);
	if (in.ptr[0] == RF_MAX_RETRIES && in.len == 4)
		chip->retries = in.ptr[3];

	return SIM_PN532_DONE;
}

static enum sim_pn532_result
diagnose(struct sim_pn532 *chip, struct sim_span in, struct sim_bytes *out)
{
	struct sim_target *target = find_target(chip, 1);

	if (in.len == 0)
		return SIM_PN532_WRONG;
	if (in.ptr[0] == TEST_LINE)
		sim_put(out, in);
	else if (in.ptr[0] != TEST_ATTENTION)
		sim_put_u8(out, SIM_STATUS_OK);
	else if (target == NULL || !look(target))
		sim_put_u8(out, 0x01);
	else
		sim_put_u8(out, SIM_STATUS_OK);

	return SIM_PN532_DONE;
}

/* Error of the last command, field, targets, state of the secure element. */
static enum sim_pn532_result
general_status(struct sim_pn532 *chip, struct sim_bytes *out)
{
	struct sim_bytes list = SIM_BYTES_INIT;
	unsigned number, count = 0;

	for (number = 1; number <= SIM_PN532_TARGETS; number++) {
		if (find_target(chip, number) == NULL)
			continue;
		count++;
		sim_put_u8(&list, number);
		sim_put_hex(&list, "000000");
	}
	sim_put_u8(out, 0);
	sim_put_u8(out, chip->field ? 1 : 0);
	sim_put_u8(out, count);
	sim_put(out, sim_view(&list));
	sim_put_u8(out, 0);
	sim_bytes_free(&list);

	return SIM_PN532_DONE;
}

static enum sim_pn532_result
registers(struct sim_pn532 *chip, struct sim_span in, bool write,
    struct sim_bytes *out)
{
	size_t step = write ? 3 : 2, i;
	unsigned address;

	if (in.len == 0 || in.len % step != 0)
		return SIM_PN532_WRONG;
	for (i = 0; i < in.len; i += step) {
		address = (unsigned)in.ptr[i] << 8 | in.ptr[i + 1];
		if (write)
			chip->registers[address] = in.ptr[i + 2];
		else
			sim_put_u8(out, chip->registers[address]);
	}

	return SIM_PN532_DONE;
}

static enum sim_pn532_result
set_parameters(struct sim_pn532 *chip, struct sim_span in)
{
	if (in.len != 1)
		return SIM_PN532_WRONG;
	chip->parameters = in.ptr[0];

	return SIM_PN532_DONE;
}

static enum sim_pn532_result
power_down(struct sim_pn532 *chip, struct sim_bytes *out)
{
	switch_field(chip, false);
	sim_put_u8(out, SIM_STATUS_OK);

	return SIM_PN532_DONE;
}

/* Commands about the reader itself. */
static enum sim_pn532_result
run_own(struct sim_pn532 *chip, unsigned code, struct sim_span in,
    struct sim_bytes *out)
{
	switch (code) {
	case DIAGNOSE:
		return diagnose(chip, in, out);
	case GET_FIRMWARE_VERSION:
		/* PN532, version 1.6; types A and B, and ISO/IEC 18092. */
		sim_put_hex(out, "32010607");
		return SIM_PN532_DONE;
	case GET_GENERAL_STATUS:
		return general_status(chip, out);
	case READ_REGISTER:
	case WRITE_REGISTER:
		return registers(chip, in, code == WRITE_REGISTER, out);
	case SET_PARAMETERS:
		return set_parameters(chip, in);
	case SET_SERIAL_BAUD_RATE:
	case SAM_CONFIGURATION:
		return in.len >= 1 ? SIM_PN532_DONE : SIM_PN532_WRONG;
	case POWER_DOWN:
		return power_down(chip, out);
	case RF_CONFIGURATION:
		return configure_field(chip, in);
	default:
		return SIM_PN532_WRONG;
	}
}

enum sim_pn532_result
sim_pn532_run(struct sim_pn532 *chip, struct sim_span command,
    struct sim_bytes *out)
{
	struct sim_span in = sim_slice(command, 1, command.len);
	unsigned code = command.ptr[0];

	sim_put_u8(out, code + 1);
	switch (code) {
	case IN_LIST_PASSIVE_TARGET:
		return list_passive_target(chip, in, out);
	case IN_AUTO_POLL:
		return auto_poll(chip, in, out);
	case IN_DESELECT:
	case IN_RELEASE:
		return put_to_sleep(chip, in, code == IN_RELEASE, out);
	case IN_SELECT:
		return select_target(chip, in, out);
	case IN_DATA_EXCHANGE:
		return in.len >= 1 ? sim_pn532_exchange(chip,
		    find_target(chip, in.ptr[0] & SIM_TARGET_NUMBER), in, out)
				   : SIM_PN532_WRONG;
	case IN_COMMUNICATE_THRU:
		return sim_pn532_thru(chip, find_target(chip, 1), in, out);
	default:
		return run_own(chip, code, in, out);
	}
}
