/*
 * chip_files.c - the chip's files: SELECT and READ BINARY
 */
#include <string.h>

#include "chip_state.h"
#include "tlv.h"

/* SELECT, first parameter. ISO/IEC 7816-4 table 62 */
enum {
	BY_IDENTIFIER = 0x00,
	CHILD_EF = 0x02,
	BY_NAME = 0x04
};

#define MASTER_FILE 0x3f00
#define SFI_FLAG 0x80

/* A chip that plays `endless` says and gives far more than it has. */
#define ENDLESS_LEN ((size_t)1 << 30)

/* What short-answer gives at most. */
#define SHORT_ANSWER_LEN 16

/* The eMRTD application. ICAO Doc 9303-10 §3.5 */
static const uint8_t aid[] = { 0xa0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01 };

/* Whether file may be touched now, as a status word. */
static unsigned
permission(const struct sim_chip *chip, int file)
{
	if (chip->in_application && !chip->granted)
		return SIM_SW_DENIED;
	if (file == SIM_FILE_NONE || chip->profile->file[file].len == 0)
		return SIM_SW_NOT_FOUND;
	if (file == SIM_EF_CARD_ACCESS &&
	    chip->faults->on[SIM_FAULT_NO_CARDACCESS])
		return SIM_SW_NOT_FOUND;
	if (sim_file_info(file)->needs_terminal)
		return SIM_SW_DENIED;

	return SIM_SW_OK;
}

static unsigned
select_file(struct sim_chip *chip, int file)
{
	unsigned sw = permission(chip, file);

	if (sw == SIM_SW_OK)
		chip->current = file;

	return sw;
}

static unsigned
select_application(struct sim_chip *chip, struct sim_span name)
{
	if (!sim_equal(name, sim_span(aid, sizeof(aid))))
		return SIM_SW_NOT_FOUND;
	chip->in_application = true;
	chip->current = SIM_FILE_NONE;

	return SIM_SW_OK;
}

static unsigned
select_identifier(struct sim_chip *chip, struct sim_span id)
{
	unsigned fid = MASTER_FILE;

	if (id.len == 2)
		fid = (unsigned)id.ptr[0] << 8 | id.ptr[1];
	else if (id.len != 0)
		return SIM_SW_BAD_DATA;
	if (fid == MASTER_FILE) {
		chip->in_application = false;
		chip->current = SIM_FILE_NONE;
		return SIM_SW_OK;
	}

	return select_file(chip, sim_file_by_fid(!chip->in_application, fid));
}

unsigned
sim_chip_select(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	(void)data;
	switch (apdu->p1) {
	case BY_NAME:
		return select_application(chip, apdu->data);
	case BY_IDENTIFIER:
	case CHILD_EF:
		return select_identifier(chip, apdu->data);
	default:
		return SIM_SW_BAD_P1P2;
	}
}

static bool
is_endless(const struct sim_chip *chip)
{
	return chip->faults->on[SIM_FAULT_ENDLESS] &&
	    (chip->current == SIM_EF_DG2 || chip->current == SIM_EF_DG13);
}

/* Bytes 1 to 5 of an endless file are a length of a gigabyte. */
static void
claim_length(size_t offset, size_t count, uint8_t *bytes)
{
	static const uint8_t length[] = { 0x84, 0x3f, 0xff, 0xff, 0xfa };
	size_t i;

	for (i = 0; i < count && offset + i <= sizeof(length); i++) {
		if (offset + i > 0)
			bytes[i] = length[offset + i - 1];
	}
}

/* Append count bytes of the current file, invented beyond its end. */
static void
put_content(const struct sim_chip *chip, size_t offset, size_t count,
    struct sim_bytes *data)
{
	struct sim_span file = sim_view(&chip->profile->file[chip->current]);
	struct sim_span part = sim_slice(file, offset, count);
	size_t begin = data->len;

	sim_put(data, part);
	sim_put_fill(data, 0x30, count - part.len);
	if (is_endless(chip))
		claim_length(offset, count, data->ptr + begin);
}

/*
 * How many of the asked bytes can be given, and under which status. Returns
 * 0 with a status when none.
 */
static size_t
grant(const struct sim_chip *chip, size_t offset, size_t asked, bool max,
    unsigned *sw)
{
	size_t len = is_endless(chip) ? ENDLESS_LEN
				      : chip->profile->file[chip->current].len;
	size_t room = chip->capacity;

	*sw = SIM_SW_BAD_OFFSET;
	if (offset >= len)
		return 0;
	*sw = SIM_SW_OK;
	if (asked > len - offset) {
		asked = len - offset;
		*sw = max ? SIM_SW_OK : SIM_SW_END_OF_FILE;
	}
	if (*sw == SIM_SW_END_OF_FILE && chip->config->strict_le &&
	    chip->ne_short && asked < 256) {
		*sw = SIM_SW_EXACT_LE | (unsigned)asked;
		return 0;
	}
	if (asked > room && !max) {
		*sw = room < 256 ? SIM_SW_EXACT_LE | (unsigned)room
				 : SIM_SW_WRONG_LENGTH;
		return 0;
	}
	if (asked > room)
		asked = room;
	if (chip->faults->on[SIM_FAULT_SHORT_ANSWER] &&
	    asked > SHORT_ANSWER_LEN)
		asked = SHORT_ANSWER_LEN;

	return asked;
}

static unsigned
read_even(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	size_t offset = (size_t)apdu->p1 << 8 | apdu->p2;
	size_t count;
	unsigned sw;

	if ((apdu->p1 & SFI_FLAG) != 0) {
		sw = select_file(chip, sim_file_by_sfi(!chip->in_application,
		    apdu->p1 & 0x1f));
		if (sw != SIM_SW_OK)
			return sw;
		offset = apdu->p2;
	} else if (chip->current == SIM_FILE_NONE) {
		return chip->in_application && !chip->granted
		    ? SIM_SW_DENIED : SIM_SW_NO_FILE_CHOSEN;
	}
	count = grant(chip, offset, apdu->ne, apdu->ne_is_max, &sw);
	if (count > 0)
		put_content(chip, offset, count, data);

	return sw;
}

/* Bytes that the tag and length of DO'53' take before count bytes. */
static size_t
wrapping(size_t count)
{
	return count < 0x80 ? 2 : count < 0x100 ? 3 : 4;
}

static bool
odd_offset(struct sim_span data, size_t *offset)
{
	struct sim_span value;
	size_t i;

	if (!sim_tlv_find(data, 0x54, &value) || value.len < 1 ||
	    value.len > 3)
		return false;
	for (*offset = 0, i = 0; i < value.len; i++)
		*offset = *offset << 8 | value.ptr[i];

	return true;
}

/* The offset comes in DO'54', the bytes in DO'53'. ICAO 9303-10 §3.6.4.2 */
static unsigned
read_odd(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	unsigned p1p2 = (unsigned)apdu->p1 << 8 | apdu->p2;
	struct sim_bytes content = SIM_BYTES_INIT;
	size_t offset, asked, count;
	unsigned sw = SIM_SW_OK;

	if (!odd_offset(apdu->data, &offset))
		return SIM_SW_BAD_DATA;
	if (p1p2 >= 0x01 && p1p2 <= 0x1e)
		sw = select_file(chip, sim_file_by_sfi(!chip->in_application,
		    p1p2));
	else if (p1p2 > 0x1f)
		sw = select_file(chip, sim_file_by_fid(!chip->in_application,
		    p1p2));
	else if (chip->current == SIM_FILE_NONE)
		sw = SIM_SW_NO_FILE_CHOSEN;
	if (sw != SIM_SW_OK)
		return sw;
	asked = apdu->ne < chip->capacity || !apdu->ne_is_max ? apdu->ne
							     : chip->capacity;
	asked -= asked > wrapping(asked) ? wrapping(asked) : asked;
	count = grant(chip, offset, asked, apdu->ne_is_max, &sw);
	if (count > 0) {
		put_content(chip, offset, count, &content);
		sim_tlv_put(data, 0x53, sim_view(&content));
	}
	sim_bytes_free(&content);

	return sw;
}

unsigned
sim_chip_read(struct sim_chip *chip, const struct sim_apdu *apdu,
    struct sim_bytes *data)
{
	if (apdu->ne == 0)
		return SIM_SW_WRONG_LENGTH;
	if (apdu->ins == SIM_INS_READ_BINARY_ODD)
		return read_odd(chip, apdu, data);

	return read_even(chip, apdu, data);
}
