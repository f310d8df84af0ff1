/*
 * sm.c - secure messaging, the chip's side
 */
#include <string.h>

#include "sm.h"
#include "tlv.h"

/* Data objects of secure messaging. ICAO 9303-11 §9.8.4 */
enum {
	DO_CRYPTOGRAM_BER = 0x85,	/* odd INS: no padding indicator */
	DO_CRYPTOGRAM = 0x87,
	DO_LE = 0x97,
	DO_STATUS = 0x99,
	DO_MAC = 0x8e
};

#define PADDING_METHOD_2 0x01

/* DO'99' and DO'8E' of every answer. */
#define TRAILER_LEN (4 + 2 + SIM_MAC_LEN)

struct objects {
	struct sim_span cryptogram, le, mac;
	struct sim_bytes authenticated;	/* the objects under the checksum */
	unsigned cryptogram_tag;
};

void
sim_sm_start(struct sim_sm *sm, enum sim_suite suite, struct sim_span secret)
{
	*sm = (struct sim_sm){ .open = true };
	sim_kdf(suite, secret, SIM_KDF_ENC, &sm->enc);
	sim_kdf(suite, secret, SIM_KDF_MAC, &sm->mac);
}

void
sim_sm_close(struct sim_sm *sm)
{
	explicit_bzero(sm, sizeof(*sm));
}

static void
increment(struct sim_sm *sm)
{
	size_t i = sim_block_len(sm->enc.suite);

	while (i > 0 && ++sm->ssc[--i] == 0)
		;
}

/* 3DES starts from zeros (§9.8.6.1), AES from the counter (§9.8.7.1). */
static const uint8_t *
make_iv(const struct sim_sm *sm, uint8_t iv[SIM_BLOCK_MAX])
{
	if (sm->enc.suite == SIM_3DES)
		return NULL;
	sim_encrypt(&sm->enc, NULL, sim_span(sm->ssc, SIM_BLOCK_MAX), iv);

	return iv;
}

/* Checksum over counter, padded header if any, and the objects. §9.8.4 */
static void
checksum(const struct sim_sm *sm, const struct sim_apdu *command,
    struct sim_span objects, uint8_t out[SIM_MAC_LEN])
{
	size_t block = sim_block_len(sm->enc.suite);
	struct sim_bytes input = SIM_BYTES_INIT;

	sim_put(&input, sim_span(sm->ssc, block));
	if (command != NULL) {
		sim_put_u8(&input, command->cla);
		sim_put_u8(&input, command->ins);
		sim_put_u8(&input, command->p1);
		sim_put_u8(&input, command->p2);
		sim_pad(&input, block);
	}
	if (objects.len > 0) {
		sim_put(&input, objects);
		sim_pad(&input, block);
	}
	sim_mac(&sm->mac, sim_view(&input), out);
	sim_bytes_free(&input);
}

static bool
keep_object(struct objects *found, unsigned tag, struct sim_span value,
    struct sim_span whole)
{
	switch (tag) {
	case DO_CRYPTOGRAM:
	case DO_CRYPTOGRAM_BER:
		found->cryptogram = value;
		found->cryptogram_tag = tag;
		break;
	case DO_LE:
		found->le = value;
		break;
	case DO_MAC:
		found->mac = value;
		return true;
	default:
		return false;
	}
	sim_put(&found->authenticated, whole);

	return true;
}

static bool
parse_objects(struct sim_span body, struct objects *found)
{
	struct sim_span whole, value;
	unsigned tag;

	while (body.len > 0) {
		whole = body;
		if (!sim_tlv_next(&body, &tag, &value))
			return false;
		whole = sim_slice(whole, 0, whole.len - body.len);
		if (!keep_object(found, tag, value, whole))
			return false;
	}

	return found->mac.len == SIM_MAC_LEN;
}

static bool
decrypt_data(const struct sim_sm *sm, const struct objects *found, uint8_t ins,
    struct sim_bytes *data)
{
	struct sim_span in = found->cryptogram;
	uint8_t iv[SIM_BLOCK_MAX];
	size_t len;
	bool odd = (ins & 1) != 0;

	if (in.len == 0)
		return true;
	if (odd != (found->cryptogram_tag == DO_CRYPTOGRAM_BER))
		return false;
	if (!odd) {
		if (in.ptr[0] != PADDING_METHOD_2)
			return false;
		in = sim_slice(in, 1, in.len - 1);
	}
	if (in.len == 0 || in.len % sim_block_len(sm->enc.suite) != 0)
		return false;
	sim_put_fill(data, 0, in.len);
	sim_decrypt(&sm->enc, make_iv(sm, iv), in, data->ptr);
	if (!sim_unpad(sim_view(data), &len))
		return false;
	data->len = len;

	return true;
}

/* DO'97' holds one or two bytes; zero stands for the most. */
static bool
read_le(struct sim_span le, struct sim_apdu *out)
{
	size_t value = 0, i;

	out->ne = 0;
	out->ne_is_max = false;
	if (le.len == 0)
		return true;
	if (le.len > 2)
		return false;
	for (i = 0; i < le.len; i++)
		value = value << 8 | le.ptr[i];
	out->ne_is_max = value == 0;
	out->ne = value != 0 ? value : (size_t)1 << (8 * le.len);

	return true;
}

static unsigned
open_command(struct sim_sm *sm, const struct sim_apdu *in,
    struct objects *found, struct sim_bytes *data, struct sim_apdu *out)
{
	uint8_t mac[SIM_MAC_LEN];

	if ((in->cla & SIM_CLA_SM) != SIM_CLA_SM ||
	    !parse_objects(in->data, found))
		return SIM_SW_SM_MISSING;
	increment(sm);
	checksum(sm, in, sim_view(&found->authenticated), mac);
	if (memcmp(mac, found->mac.ptr, sizeof(mac)) != 0)
		return SIM_SW_SM_WRONG;
	*out = *in;
	out->cla = in->cla & (uint8_t)~SIM_CLA_SM;
	if (!decrypt_data(sm, found, in->ins, data) ||
	    !read_le(found->le, out))
		return SIM_SW_SM_WRONG;
	out->data = sim_view(data);

	return SIM_SW_OK;
}

unsigned
sim_sm_open(struct sim_sm *sm, const struct sim_apdu *in,
    struct sim_bytes *data, struct sim_apdu *out)
{
	struct objects found = { .authenticated = SIM_BYTES_INIT };
	unsigned sw = open_command(sm, in, &found, data, out);

	if (sw != SIM_SW_OK)
		sim_sm_close(sm);
	sim_bytes_free(&found.authenticated);

	return sw;
}

static void
put_cryptogram(const struct sim_sm *sm, uint8_t ins, struct sim_span data,
    struct sim_bytes *out)
{
	struct sim_bytes padded = SIM_BYTES_INIT, value = SIM_BYTES_INIT;
	uint8_t iv[SIM_BLOCK_MAX];
	bool odd = (ins & 1) != 0;

	sim_put(&padded, data);
	sim_pad(&padded, sim_block_len(sm->enc.suite));
	sim_encrypt(&sm->enc, make_iv(sm, iv), sim_view(&padded), padded.ptr);
	if (!odd)
		sim_put_u8(&value, PADDING_METHOD_2);
	sim_put(&value, sim_view(&padded));
	sim_tlv_put(out, odd ? DO_CRYPTOGRAM_BER : DO_CRYPTOGRAM,
	    sim_view(&value));
	sim_bytes_free(&value);
	sim_bytes_free(&padded);
}

void
sim_sm_seal(struct sim_sm *sm, uint8_t ins, struct sim_span data, unsigned sw,
    struct sim_bytes *out)
{
	uint8_t status[2] = { (uint8_t)(sw >> 8), (uint8_t)sw };
	struct sim_bytes objects = SIM_BYTES_INIT;
	uint8_t mac[SIM_MAC_LEN];

	increment(sm);
	if (data.len > 0)
		put_cryptogram(sm, ins, data, &objects);
	sim_tlv_put(&objects, DO_STATUS, sim_span(status, sizeof(status)));
	checksum(sm, NULL, sim_view(&objects), mac);
	sim_tlv_put(&objects, DO_MAC, sim_span(mac, sizeof(mac)));
	sim_put(out, sim_view(&objects));
	sim_put(out, sim_span(status, sizeof(status)));
	sim_bytes_free(&objects);
}

size_t
sim_sm_capacity(const struct sim_sm *sm, uint8_t ins, size_t limit)
{
	size_t block = sim_block_len(sm->enc.suite);
	size_t indicator = (ins & 1) != 0 ? 0 : 1;
	size_t overhead = TRAILER_LEN + indicator + 2;

	/* The length field of the cryptogram grows with it. */
	if (limit > 0x7f + overhead)
		overhead++;
	if (limit > 0xff + overhead)
		overhead++;
	if (limit < overhead + block)
		return 0;

	return (limit - overhead) / block * block - 1;
}
