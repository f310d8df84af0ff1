/*
 * file.c - whole elementary files, in as few commands as the card allows
 */
#include "card/channel.h"
#include "card/file.h"
#include "card/tlv.h"

#define INS_SELECT 0xa4
#define INS_READ_BINARY 0xb0
#define INS_READ_BINARY_ODD 0xb1

/* P1 and P2 of SELECT. ISO/IEC 7816-4 §11.2.2 */
#define P1_MASTER_OR_DF 0x00
#define P1_EF 0x02
#define P1_NAME 0x04
#define P2_NO_ANSWER 0x0c

/* P1 of READ BINARY: the rest is a short identifier. §11.3.3 */
#define P1_SFI 0x80

/* Largest offset of an even READ BINARY, in 15 bits. */
#define EVEN_OFFSET_MAX 0x7fff

/* An odd READ BINARY has its offset in one object and the bytes in another. */
#define DO_OFFSET 0x54
#define DO_BYTES 0x53
#define DO_BYTES_HEADER 4

/* All elementary files of 9303-10 but EF.ATR/INFO: 01 and the short one. */
#define FID_FIRST 0x01

/* One read under way. */
struct reading {
	struct ck_channel *channel;
	uint8_t sfi;
	size_t room;		/* bytes that one answer surely brings */
	bool open;		/* more may be asked for: all there is */
	struct ck_buf *file;
};

/*
 * Le for len bytes. A card that gave no limit is asked for all it has, which it
 * may cut where it wants; an exact Le stays within what it has given before.
 */
static uint32_t
le_for(const struct reading *reading, size_t len)
{
	if (len <= reading->room)
		return (uint32_t)len;

	return reading->open ? CK_APDU_LE_MAX : (uint32_t)reading->room;
}

static enum ck_err
error_of(uint16_t sw)
{
	if (sw == CK_SW_OK || sw == CK_SW_END_OF_FILE)
		return CK_OK;

	return sw == CK_SW_NOT_FOUND ? CK_ERR_FILE_ABSENT :
	    CK_ERR_CARD_REFUSED;
}

/* Send one READ BINARY; an answer must have 1..le bytes. */
static enum ck_err
read_once(struct ck_channel *channel, const struct ck_apdu *apdu,
    struct ck_buf *data, uint16_t *sw)
{
	enum ck_err err;

	if ((err = ck_channel_send(channel, apdu, data, sw)) != CK_OK)
		return err;
	if ((err = error_of(*sw)) != CK_OK)
		return err;

	return data->len == 0 || data->len > apdu->le ?
	    CK_ERR_CARD_MALFORMED : CK_OK;
}

static enum ck_err
select_by(struct ck_channel *channel, uint8_t p1, struct ck_span name,
    uint16_t *sw)
{
	const struct ck_apdu apdu = {
		.ins = INS_SELECT, .p1 = p1, .p2 = P2_NO_ANSWER, .data = name
	};
	struct ck_buf data = CK_BUF_INIT;
	enum ck_err err = ck_channel_send(channel, &apdu, &data, sw);

	ck_buf_wipe(&data);

	return err;
}

enum ck_err
ck_file_select_lds1(struct ck_channel *channel)
{
	enum ck_err err;
	uint16_t sw;

	err = select_by(channel, P1_NAME,
	    ck_span_of(CK_LDS1_AID, CK_LDS1_AID_LEN), &sw);
	if (err != CK_OK)
		return err;

	return sw == CK_SW_OK ? CK_OK : CK_ERR_CARD_UNSUPPORTED;
}

enum ck_err
ck_file_select_master(struct ck_channel *channel)
{
	static const uint8_t master_file[] = { 0x3f, 0x00 };
	uint16_t sw;

	return select_by(channel, P1_MASTER_OR_DF,
	    ck_span_of(master_file, sizeof(master_file)), &sw);
}

/* Status words of a card that cannot address by short identifier. */
static bool
wants_select(uint16_t sw)
{
	return sw == 0x6981 || sw == 0x6986 || sw == 0x6a81 ||
	    sw == 0x6a86 || sw == 0x6b00 || sw == 0x6d00;
}

/* The first bytes of the file, by SELECT and READ BINARY from offset 0. */
static enum ck_err
read_first_selected(struct reading *reading, uint32_t le, uint16_t *sw)
{
	const struct ck_apdu apdu = { .ins = INS_READ_BINARY, .le = le };
	const uint8_t fid[] = { FID_FIRST, reading->sfi };
	enum ck_err err;

	err = select_by(reading->channel, P1_EF,
	    ck_span_of(fid, sizeof(fid)), sw);
	if (err == CK_OK)
		err = error_of(*sw);
	if (err != CK_OK)
		return err;

	return read_once(reading->channel, &apdu, reading->file, sw);
}

static enum ck_err
read_first(struct reading *reading, uint16_t *sw)
{
	const struct ck_apdu apdu = {
		.ins = INS_READ_BINARY, .p1 = P1_SFI | reading->sfi,
		.le = le_for(reading, CK_APDU_LE_MAX)
	};
	enum ck_err err;

	err = read_once(reading->channel, &apdu, reading->file, sw);
	if (err == CK_ERR_CARD_REFUSED && wants_select(*sw))
		err = read_first_selected(reading, apdu.le, sw);

	return err;
}

static void
take_limits(struct reading *reading)
{
	reading->room = ck_channel_answer_max(reading->channel);
	reading->open = reading->channel->limits.answer_max >= CK_ANSWER_MAX;
}

/* 6700 to a command that asks for all: this card means short ones. */
static enum ck_err
read_start(struct reading *reading)
{
	enum ck_err err;
	uint16_t sw = 0;

	err = read_first(reading, &sw);
	if (err != CK_ERR_CARD_REFUSED || sw != CK_SW_WRONG_LENGTH ||
	    !reading->open)
		return err;
	ck_limits_short(&reading->channel->limits);
	take_limits(reading);

	return read_first(reading, &sw);
}

static enum ck_err
read_even(struct reading *reading, size_t len, struct ck_buf *piece)
{
	size_t offset = reading->file->len;
	const struct ck_apdu apdu = {
		.ins = INS_READ_BINARY, .p1 = (uint8_t)(offset >> 8),
		.p2 = (uint8_t)offset, .le = le_for(reading, len)
	};
	uint16_t sw;

	return read_once(reading->channel, &apdu, piece, &sw);
}

/* ISO/IEC 7816-4 §11.3.3: beyond 15 bits only the odd instruction reaches. */
static enum ck_err
read_odd(struct reading *reading, size_t len, struct ck_buf *piece)
{
	size_t offset = reading->file->len;
	const uint8_t data[] = {
		DO_OFFSET, 3, (uint8_t)(offset >> 16), (uint8_t)(offset >> 8),
		(uint8_t)offset
	};
	const struct ck_apdu apdu = {
		.ins = INS_READ_BINARY_ODD,
		.data = ck_span_of(data, sizeof(data)),
		.le = le_for(reading, len + DO_BYTES_HEADER)
	};
	struct ck_buf wrapped = CK_BUF_INIT;
	struct ck_span bytes;
	enum ck_err err;
	uint16_t sw;

	err = read_once(reading->channel, &apdu, &wrapped, &sw);
	if (err != CK_OK)
		goto out;
	err = CK_ERR_CARD_MALFORMED;
	if (ck_tlv_only(ck_buf_view(&wrapped), DO_BYTES, &bytes) &&
	    bytes.len > 0 && bytes.len <= len)
		err = ck_buf_append(piece, bytes);
out:
	ck_buf_wipe(&wrapped);

	return err;
}

/* What is left of a file of total bytes. */
static enum ck_err
read_rest(struct reading *reading, size_t total)
{
	struct ck_buf piece = CK_BUF_INIT;
	enum ck_err err = CK_OK;

	while (err == CK_OK && reading->file->len < total) {
		size_t left = total - reading->file->len;

		if (reading->file->len <= EVEN_OFFSET_MAX)
			err = read_even(reading, left, &piece);
		else
			err = read_odd(reading, left, &piece);
		if (err == CK_OK)
			err = ck_buf_append(reading->file,
			    ck_buf_view(&piece));
		ck_buf_wipe(&piece);
	}

	/* a file that is shorter than its own header says */
	return err == CK_ERR_CARD_REFUSED || err == CK_ERR_FILE_ABSENT ?
	    CK_ERR_FILE_MALFORMED : err;
}

/*
 * Behind the object a file may have the padding of its fixed size. Anything
 * else is not part of what the issuer meant to be read.
 */
static enum ck_err
drop_padding(struct ck_buf *file, size_t total)
{
	size_t i;

	for (i = total; i < file->len; i++) {
		if (file->ptr[i] != file->ptr[total] ||
		    (file->ptr[i] != 0x00 && file->ptr[i] != 0xff))
			return CK_ERR_FILE_MALFORMED;
	}

	return ck_buf_resize(file, total);
}

enum ck_err
ck_file_read(struct ck_channel *channel, uint8_t sfi, size_t max,
    struct ck_buf *file)
{
	struct reading reading = {
		.channel = channel, .sfi = sfi, .file = file
	};
	enum ck_err err = CK_ERR_LIMIT;
	size_t total;
	uint32_t tag;

	ck_buf_wipe(file);
	take_limits(&reading);
	if (reading.room <= DO_BYTES_HEADER)
		goto out;
	if ((err = read_start(&reading)) != CK_OK)
		goto out;
	if (reading.open)
		reading.room = file->len;
	err = CK_ERR_FILE_MALFORMED;
	if (!ck_tlv_header(ck_buf_view(file), &tag, &total) || total > max)
		goto out;
	if ((err = read_rest(&reading, total)) != CK_OK)
		goto out;
	err = drop_padding(file, total);
out:
	if (err != CK_OK)
		ck_buf_wipe(file);

	return err;
}

enum ck_err
ck_file_read_start(struct ck_channel *channel, uint8_t sfi,
    struct ck_buf *start)
{
	const struct ck_apdu apdu = {
		.ins = INS_READ_BINARY, .p1 = P1_SFI | sfi,
		.le = CK_APDU_SHORT_LE_MAX
	};
	enum ck_err err;
	uint16_t sw;

	err = read_once(channel, &apdu, start, &sw);
	if (err != CK_OK)
		ck_buf_wipe(start);

	return err;
}
