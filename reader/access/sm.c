/*
 * sm.c - secure messaging: the encrypted, authenticated channel to the chip
 */
#include <openssl/crypto.h>

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "access/sm.h"
#include "card/apdu.h"
#include "card/tlv.h"

/* Data objects of secure messaging. §9.8.4 table 6 */
#define DO_CRYPTOGRAM 0x87	/* padding indicator 01, then cryptogram */
#define DO_CRYPTOGRAM_ODD 0x85	/* cryptogram alone, for an odd INS */
#define DO_LE 0x97
#define DO_STATUS 0x99
#define DO_CHECKSUM 0x8e

#define PADDING_INDICATOR 0x01

/* DO'99' (4 bytes) and DO'8E' (10 bytes) close every answer. */
#define ANSWER_TAIL 14

struct ck_sm {
	enum ck_suite suite;
	struct ck_cipher_key ks_enc, ks_mac;
	uint8_t ssc[CK_BLOCK_MAX];	/* send sequence counter */
	size_t block_len;		/* of cipher and counter */
	bool open;
};

/* One answer taken apart; all spans borrow from it. */
struct sm_objects {
	struct ck_span authenticated;	/* what the checksum covers */
	struct ck_span cryptogram;	/* without padding indicator */
	struct ck_span checksum;
	uint16_t sw;
};

enum ck_err
ck_sm_new(struct ck_sm **out, enum ck_suite suite,
    const struct ck_cipher_key *ks_enc, const struct ck_cipher_key *ks_mac,
    struct ck_span ssc)
{
	size_t key_len = ck_suite_key_len(suite);
	struct ck_sm *sm;

	*out = NULL;
	if (ks_enc->len != key_len || ks_mac->len != key_len ||
	    (ssc.len != 0 && ssc.len != ck_suite_block_len(suite)))
		return CK_ERR_LIMIT;
	if ((sm = calloc(1, sizeof(*sm))) == NULL)
		return CK_ERR_NOMEM;
	sm->suite = suite;
	sm->ks_enc = *ks_enc;
	sm->ks_mac = *ks_mac;
	sm->block_len = ck_suite_block_len(suite);
	if (ssc.len > 0)
		memcpy(sm->ssc, ssc.ptr, ssc.len);
	sm->open = true;
	*out = sm;

	return CK_OK;
}

static void
sm_close(struct ck_sm *sm)
{
	OPENSSL_cleanse(&sm->ks_enc, sizeof(sm->ks_enc));
	OPENSSL_cleanse(&sm->ks_mac, sizeof(sm->ks_mac));
	OPENSSL_cleanse(sm->ssc, sizeof(sm->ssc));
	sm->open = false;
}

void
ck_sm_free(struct ck_sm **sm)
{
	if (*sm == NULL)
		return;
	sm_close(*sm);
	free(*sm);
	*sm = NULL;
}

/* §9.8.2: once before each command and once before each answer. */
static void
ssc_increment(struct ck_sm *sm)
{
	size_t i = sm->block_len;

	while (i > 0 && ++sm->ssc[--i] == 0)
		;
}

/* §9.8.6.1: zero for 3DES; §9.8.7.1: the encrypted counter for AES. */
static enum ck_err
initial_vector(struct ck_sm *sm, uint8_t iv[CK_BLOCK_MAX])
{
	struct ck_buf block = CK_BUF_INIT;
	enum ck_err err;

	memset(iv, 0, CK_BLOCK_MAX);
	if (sm->suite == CK_SUITE_3DES)
		return CK_OK;
	err = ck_cbc_encrypt(sm->suite, &sm->ks_enc, NULL,
	    ck_span_of(sm->ssc, sm->block_len), &block);
	if (err == CK_OK)
		memcpy(iv, block.ptr, sm->block_len);
	ck_buf_wipe(&block);

	return err;
}

/* The checksum over counter, padded header (if any) and data objects. */
static enum ck_err
checksum(struct ck_sm *sm, struct ck_span header, struct ck_span objects,
    uint8_t mac[CK_MAC_LEN])
{
	struct ck_buf in = CK_BUF_INIT;
	enum ck_err err;

	err = ck_buf_append(&in, ck_span_of(sm->ssc, sm->block_len));
	if (err == CK_OK && header.len > 0 &&
	    (err = ck_buf_append(&in, header)) == CK_OK)
		err = ck_pad(&in, sm->block_len);
	if (err == CK_OK && (err = ck_buf_append(&in, objects)) == CK_OK)
		err = ck_pad(&in, sm->block_len);
	if (err == CK_OK)
		err = ck_mac(sm->suite, &sm->ks_mac, ck_buf_view(&in), mac);
	ck_buf_wipe(&in);

	return err;
}

/* DO'87' or DO'85' with the padded and encrypted command data. */
static enum ck_err
append_cryptogram(struct ck_sm *sm, const struct ck_apdu *plain,
    struct ck_buf *body)
{
	struct ck_buf padded = CK_BUF_INIT, secret = CK_BUF_INIT;
	struct ck_buf value = CK_BUF_INIT;
	bool odd = (plain->ins & 1) != 0;
	uint8_t iv[CK_BLOCK_MAX];
	enum ck_err err;

	if ((err = ck_buf_append(&padded, plain->data)) != CK_OK)
		goto out;
	if ((err = ck_pad(&padded, sm->block_len)) != CK_OK)
		goto out;
	if ((err = initial_vector(sm, iv)) != CK_OK)
		goto out;
	err = ck_cbc_encrypt(sm->suite, &sm->ks_enc, iv,
	    ck_buf_view(&padded), &secret);
	if (err != CK_OK)
		goto out;
	if (!odd && (err = ck_buf_push(&value, PADDING_INDICATOR)) != CK_OK)
		goto out;
	if ((err = ck_buf_append(&value, ck_buf_view(&secret))) != CK_OK)
		goto out;
	err = ck_tlv_append(body, odd ? DO_CRYPTOGRAM_ODD : DO_CRYPTOGRAM,
	    ck_buf_view(&value));
out:
	ck_buf_wipe(&padded);
	ck_buf_wipe(&secret);
	ck_buf_wipe(&value);

	return err;
}

/* DO'97': one byte up to 256, two beyond; the largest of each is zeros. */
static enum ck_err
append_le(uint32_t le, struct ck_buf *body)
{
	const uint8_t bytes[2] = { (uint8_t)(le >> 8), (uint8_t)le };
	bool two = le > CK_APDU_SHORT_LE_MAX;

	return ck_tlv_append(body, DO_LE,
	    two ? ck_span_of(bytes, 2) : ck_span_of(bytes + 1, 1));
}

static enum ck_err
append_checksum(struct ck_sm *sm, const struct ck_apdu *plain,
    struct ck_buf *body)
{
	const uint8_t header[4] = {
		plain->cla | CK_CLA_SM, plain->ins, plain->p1, plain->p2
	};
	uint8_t mac[CK_MAC_LEN];
	enum ck_err err;

	err = checksum(sm, ck_span_of(header, sizeof(header)),
	    ck_buf_view(body), mac);
	if (err != CK_OK)
		return err;

	return ck_tlv_append(body, DO_CHECKSUM, ck_span_of(mac, sizeof(mac)));
}

enum ck_err
ck_sm_wrap(struct ck_sm *sm, const struct ck_apdu *plain,
    struct ck_buf *body)
{
	enum ck_err err = CK_OK;

	ck_buf_wipe(body);
	if (!sm->open)
		return CK_ERR_SM_CLOSED;
	if (plain->data.len > CK_APDU_DATA_MAX - CK_SM_COMMAND_OVERHEAD ||
	    plain->le > CK_APDU_LE_MAX ||
	    (plain->data.len == 0 && plain->le == 0))
		return CK_ERR_LIMIT;
	ssc_increment(sm);
	if (plain->data.len > 0)
		err = append_cryptogram(sm, plain, body);
	if (err == CK_OK && plain->le > 0)
		err = append_le(plain->le, body);
	if (err == CK_OK)
		err = append_checksum(sm, plain, body);
	if (err != CK_OK) {
		sm_close(sm);
		ck_buf_wipe(body);
	}

	return err;
}

/* The first object of an answer with data: DO'87' or DO'85'. Optional. */
static bool
parse_cryptogram(struct ck_cursor *cur, struct sm_objects *obj)
{
	struct ck_cursor value;
	uint8_t indicator;

	if (ck_tlv_expect(cur, DO_CRYPTOGRAM_ODD, &obj->cryptogram))
		return obj->cryptogram.len > 0;
	if (!ck_tlv_enter(cur, DO_CRYPTOGRAM, &value))
		return true;
	if (!ck_cursor_u8(&value, &indicator) ||
	    indicator != PADDING_INDICATOR)
		return false;
	obj->cryptogram = value.rest;

	return obj->cryptogram.len > 0;
}

static bool
parse_status(struct ck_cursor *cur, struct sm_objects *obj)
{
	struct ck_cursor value;

	return ck_tlv_enter(cur, DO_STATUS, &value) &&
	    ck_cursor_u16(&value, &obj->sw) && ck_cursor_at_end(&value);
}

/* §9.8.4: [DO'87' or DO'85'] DO'99' DO'8E' SW1 SW2, in this order. */
static enum ck_err
parse_objects(struct ck_span resp, struct sm_objects *obj)
{
	struct ck_cursor cur;
	uint16_t bare;

	*obj = (struct sm_objects){ 0 };
	if (resp.len < 2)
		return CK_ERR_CARD_MALFORMED;
	cur = ck_cursor_of(ck_span_slice(resp, resp.len - 2, 2));
	if (!ck_cursor_u16(&cur, &bare))
		return CK_ERR_CARD_MALFORMED;
	if (resp.len == 2) {
		obj->sw = bare;
		return CK_ERR_SM_ABORTED;
	}
	resp = ck_span_slice(resp, 0, resp.len - 2);
	cur = ck_cursor_of(resp);
	if (!parse_cryptogram(&cur, obj) || !parse_status(&cur, obj))
		return CK_ERR_CARD_MALFORMED;
	obj->authenticated = ck_span_slice(resp, 0,
	    resp.len - cur.rest.len);
	if (ck_cursor_at_end(&cur))
		return CK_ERR_SM_MAC;
	if (!ck_tlv_expect(&cur, DO_CHECKSUM, &obj->checksum) ||
	    !ck_cursor_at_end(&cur))
		return CK_ERR_CARD_MALFORMED;

	return CK_OK;
}

static enum ck_err
check_mac(struct ck_sm *sm, const struct sm_objects *obj)
{
	uint8_t mac[CK_MAC_LEN];
	enum ck_err err;

	err = checksum(sm, CK_SPAN_EMPTY, obj->authenticated, mac);
	if (err != CK_OK)
		return err;
	if (obj->checksum.len != CK_MAC_LEN ||
	    CRYPTO_memcmp(mac, obj->checksum.ptr, CK_MAC_LEN) != 0)
		return CK_ERR_SM_MAC;

	return CK_OK;
}

static enum ck_err
decrypt_into(struct ck_sm *sm, struct ck_span cryptogram, struct ck_buf *out)
{
	uint8_t iv[CK_BLOCK_MAX];
	enum ck_err err;

	if (cryptogram.len == 0)
		return CK_OK;
	if (cryptogram.len % sm->block_len != 0)
		return CK_ERR_CARD_MALFORMED;
	if ((err = initial_vector(sm, iv)) != CK_OK)
		return err;
	err = ck_cbc_decrypt(sm->suite, &sm->ks_enc, iv, cryptogram, out);
	if (err == CK_OK && !ck_unpad(out, sm->block_len))
		err = CK_ERR_CARD_MALFORMED;

	return err;
}

/* §9.8.4 figure 6, read from the last step to the first. */
enum ck_err
ck_sm_unwrap(struct ck_sm *sm, struct ck_span resp, struct ck_buf *data,
    uint16_t *sw)
{
	struct ck_buf plain = CK_BUF_INIT;
	struct sm_objects obj;
	enum ck_err err = CK_ERR_SM_CLOSED;

	ck_buf_wipe(data);
	*sw = 0;
	if (!sm->open)
		goto out;
	ssc_increment(sm);
	if ((err = parse_objects(resp, &obj)) != CK_OK) {
		if (err == CK_ERR_SM_ABORTED)
			*sw = obj.sw;
		goto out;
	}
	if ((err = check_mac(sm, &obj)) != CK_OK)
		goto out;
	if ((err = decrypt_into(sm, obj.cryptogram, &plain)) != CK_OK)
		goto out;

	*data = plain;			/* ownership moves to the caller */
	plain = (struct ck_buf)CK_BUF_INIT;
	*sw = obj.sw;
out:
	if (err != CK_OK)
		sm_close(sm);		/* fail closed: §9.8.5 */
	ck_buf_wipe(&plain);

	return err;
}

size_t
ck_sm_answer_max(const struct ck_sm *sm, size_t limit)
{
	size_t length_bytes = limit > 0xff ? 3 : limit > 0x7f ? 2 : 1;
	size_t fixed = 1 + length_bytes + 1 + ANSWER_TAIL;
	size_t blocks;

	if (limit < fixed + sm->block_len)
		return 0;
	blocks = (limit - fixed) / sm->block_len;

	return blocks * sm->block_len - 1;	/* padding takes at least 1 */
}
