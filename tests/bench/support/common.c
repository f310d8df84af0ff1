/*
 * common.c - a card read as common readers do it
 */
#include "access/access.h"
#include "card/channel.h"
#include "card/file.h"
#include "card/tlv.h"
#include "common.h"
#include "lds/dg14.h"
#include "prove/prove.h"
#include "trust/active_auth.h"
#include "trust/chip_auth.h"

#define INS_SELECT 0xa4
#define INS_READ_BINARY 0xb0

#define HEADER_LEN 4
#define BLOCK_LEN 224

static enum ck_err
send(struct ck_channel *channel, const struct ck_apdu *apdu,
    struct ck_buf *data)
{
	enum ck_err err;
	uint16_t sw;

	err = ck_channel_send(channel, apdu, data, &sw);

	return err == CK_OK && sw != CK_SW_OK && sw != CK_SW_END_OF_FILE ?
	    CK_ERR_CARD_REFUSED : err;
}

static enum ck_err
select_file(struct ck_channel *channel, uint8_t sfi)
{
	const uint8_t fid[] = { 0x01, sfi };
	const struct ck_apdu apdu = {
		.ins = INS_SELECT, .p1 = 0x02, .p2 = 0x0c,
		.data = ck_span_of(fid, sizeof(fid))
	};
	struct ck_buf data = CK_BUF_INIT;
	enum ck_err err = send(channel, &apdu, &data);

	ck_buf_wipe(&data);

	return err;
}

static enum ck_err
read_block(struct ck_channel *channel, size_t len, struct ck_buf *file)
{
	const struct ck_apdu apdu = {
		.ins = INS_READ_BINARY, .p1 = (uint8_t)(file->len >> 8),
		.p2 = (uint8_t)file->len, .le = (uint32_t)len
	};
	struct ck_buf block = CK_BUF_INIT;
	enum ck_err err = send(channel, &apdu, &block);

	if (err == CK_OK && block.len == 0)
		err = CK_ERR_CARD_MALFORMED;
	if (err == CK_OK)
		err = ck_buf_append(file, ck_buf_view(&block));
	ck_buf_wipe(&block);

	return err;
}

static enum ck_err
read_file(struct ck_channel *channel, uint8_t sfi, struct ck_buf *file)
{
	size_t total = 0;
	enum ck_err err;
	uint32_t tag;

	ck_buf_wipe(file);
	err = select_file(channel, sfi);
	if (err == CK_OK)
		err = read_block(channel, HEADER_LEN, file);
	if (err == CK_OK && !ck_tlv_header(ck_buf_view(file), &tag, &total))
		err = CK_ERR_FILE_MALFORMED;
	while (err == CK_OK && file->len < total) {
		size_t left = total - file->len;

		err = read_block(channel, left < BLOCK_LEN ? left : BLOCK_LEN,
		    file);
	}

	return err;
}

static enum ck_err
prove_chip(struct ck_channel *channel, struct ck_span dg14)
{
	struct ck_security_infos infos;
	struct ck_chip_key key = { 0 };
	enum ck_err err;

	if ((err = ck_dg14_parse(dg14, &infos)) != CK_OK)
		return err;
	ck_chip_key_choose(&infos, &key);
	err = ck_prove_chip(channel, &key);
	ck_chip_key_free(&key);

	return err;
}

static enum ck_err
prove_active(struct ck_channel *channel, struct ck_span dg15)
{
	struct ck_active_key key = { 0 };
	enum ck_err err;

	err = ck_active_key_read(dg15, NULL, &key);
	if (err == CK_OK)
		err = ck_prove_active(channel, &key);
	ck_active_key_free(&key);

	return err;
}

static enum ck_err
read_all(struct ck_channel *channel, bool photo, struct common_sizes *sizes)
{
	static const uint8_t order[] = {
		CK_SFI_COM, CK_SFI_SOD, CK_SFI_DG(1), CK_SFI_DG(13),
		CK_SFI_DG(14), CK_SFI_DG(15), CK_SFI_DG(2)
	};
	struct ck_buf file = CK_BUF_INIT;
	enum ck_err err = CK_OK;
	size_t i;

	for (i = 0; err == CK_OK && i < sizeof(order); i++) {
		if (order[i] == CK_SFI_DG(2) && !photo)
			break;
		if ((err = read_file(channel, order[i], &file)) != CK_OK)
			break;
		if (order[i] == CK_SFI_DG(2))
			sizes->photo = file.len;
		else if (order[i] != CK_SFI_COM)
			sizes->text += file.len;
		if (order[i] == CK_SFI_DG(14))
			err = prove_chip(channel, ck_buf_view(&file));
		else if (order[i] == CK_SFI_DG(15))
			err = prove_active(channel, ck_buf_view(&file));
	}
	ck_buf_wipe(&file);

	return err;
}

enum ck_err
common_read(struct ck_transport *transport, const struct ck_secret *secret,
    const struct ck_read_options *options, struct common_sizes *sizes)
{
	struct ck_channel channel;
	struct ck_opening opening;
	enum ck_access access;
	enum ck_err err;

	*sizes = (struct common_sizes){ 0 };
	ck_channel_init(&channel, transport, NULL);
	err = ck_access_open(&channel, secret, options, &access,
	    &opening);
	if (err == CK_OK)
		err = read_all(&channel, options->photo, sizes);
	ck_channel_wipe(&channel);

	return err;
}
