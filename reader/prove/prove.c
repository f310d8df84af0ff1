/*
 * prove.c - chip and active authentication, as commands
 */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "access/kdf.h"
#include "access/sm.h"
#include "card/channel.h"
#include "card/tlv.h"
#include "prove/prove.h"
#include "trust/active_auth.h"
#include "trust/chip_auth.h"

#define INS_MANAGE_SECURITY_ENVIRONMENT 0x22
#define INS_GENERAL_AUTHENTICATE 0x86
#define INS_INTERNAL_AUTHENTICATE 0x88

/* For computation, one key or one template. ISO/IEC 7816-4 §11.5.11 */
#define P1_SET_INTERNAL 0x41
#define P2_SET_KAT 0xa6
#define P2_SET_AT 0xa4

/* Data objects. §6.2.4.1, §6.2.4.2 */
#define DO_PROTOCOL 0x80
#define DO_KEY_REFERENCE 0x84
#define DO_KAT_KEY 0x91
#define DO_DYNAMIC 0x7c
#define DO_EPHEMERAL 0x80

/*
 * Send one command of a proof. Its refusal may come over the channel, or as
 * the bare status word of a chip that ends it.
 */
static enum ck_err
demand(struct ck_channel *channel, const struct ck_apdu *apdu,
    struct ck_buf *answer)
{
	enum ck_err err;
	uint16_t sw;

	err = ck_channel_send(channel, apdu, answer, &sw);
	if (err == CK_ERR_SM_ABORTED || (err == CK_OK && sw != CK_SW_OK))
		err = CK_ERR_TRUST_CLONE;
	if (err != CK_OK)
		ck_buf_wipe(answer);

	return err;
}

/* The same where the answer's data says nothing. */
static enum ck_err
demand_done(struct ck_channel *channel, const struct ck_apdu *apdu)
{
	struct ck_buf answer = CK_BUF_INIT;
	enum ck_err err = demand(channel, apdu, &answer);

	ck_buf_wipe(&answer);

	return err;
}

/* DO'84' in as few bytes as its number takes, where the key has one. */
static enum ck_err
append_reference(const struct ck_chip_key *key, struct ck_buf *data)
{
	const uint8_t bytes[4] = {
		(uint8_t)(key->reference >> 24), (uint8_t)(key->reference >> 16),
		(uint8_t)(key->reference >> 8), (uint8_t)key->reference
	};
	size_t skip = 0;

	if (!key->has_reference)
		return CK_OK;
	while (skip < sizeof(bytes) - 1 && bytes[skip] == 0)
		skip++;

	return ck_tlv_append(data, DO_KEY_REFERENCE,
	    ck_span_of(bytes + skip, sizeof(bytes) - skip));
}

static enum ck_err
manage_environment(struct ck_channel *channel, const struct ck_chip_key *key,
    uint8_t p2, uint32_t tag, struct ck_span value)
{
	struct ck_apdu apdu = {
		.ins = INS_MANAGE_SECURITY_ENVIRONMENT, .p1 = P1_SET_INTERNAL,
		.p2 = p2
	};
	struct ck_buf data = CK_BUF_INIT;
	enum ck_err err;

	err = ck_tlv_append(&data, tag, value);
	if (err == CK_OK)
		err = append_reference(key, &data);
	apdu.data = ck_buf_view(&data);
	if (err == CK_OK)
		err = demand_done(channel, &apdu);
	ck_buf_wipe(&data);

	return err;
}

/* §6.2.4.2: the answer is an empty DO'7C'; the proof is in what follows. */
static enum ck_err
general_authenticate(struct ck_channel *channel, struct ck_span ours)
{
	struct ck_apdu apdu = {
		.ins = INS_GENERAL_AUTHENTICATE, .le = CK_APDU_SHORT_LE_MAX
	};
	struct ck_buf inner = CK_BUF_INIT, data = CK_BUF_INIT;
	enum ck_err err;

	err = ck_tlv_append(&inner, DO_EPHEMERAL, ours);
	if (err == CK_OK)
		err = ck_tlv_append(&data, DO_DYNAMIC, ck_buf_view(&inner));
	apdu.data = ck_buf_view(&data);
	if (err == CK_OK)
		err = demand_done(channel, &apdu);
	ck_buf_wipe(&inner);
	ck_buf_wipe(&data);

	return err;
}

static enum ck_err
send_ours(struct ck_channel *channel, const struct ck_chip_key *key,
    struct ck_span ours)
{
	enum ck_err err;

	if (key->suite == CK_CHIP_AUTH_3DES)
		return manage_environment(channel, key, P2_SET_KAT,
		    DO_KAT_KEY, ours);
	err = manage_environment(channel, key, P2_SET_AT, DO_PROTOCOL,
	    ck_span_of(key->oid, sizeof(key->oid)));
	if (err != CK_OK)
		return err;

	return general_authenticate(channel, ours);
}

static enum ck_suite
suite_of(enum ck_chip_auth_suite suite)
{
	switch (suite) {
	case CK_CHIP_AUTH_AES128:
		return CK_SUITE_AES128;
	case CK_CHIP_AUTH_AES192:
		return CK_SUITE_AES192;
	case CK_CHIP_AUTH_AES256:
		return CK_SUITE_AES256;
	case CK_CHIP_AUTH_3DES:
	default:
		return CK_SUITE_3DES;
	}
}

/* §6.2.4, §9.7.1: both session keys from the secret, the counter at zero. */
static enum ck_err
restart_channel(struct ck_channel *channel, enum ck_suite suite,
    struct ck_span secret)
{
	struct ck_cipher_key ks_enc, ks_mac = { .len = 0 };
	struct ck_sm *sm = NULL;
	enum ck_err err;

	err = ck_kdf(secret, CK_KDF_ENC, suite, &ks_enc);
	if (err == CK_OK)
		err = ck_kdf(secret, CK_KDF_MAC, suite, &ks_mac);
	if (err == CK_OK)
		err = ck_sm_new(&sm, suite, &ks_enc, &ks_mac, CK_SPAN_EMPTY);
	if (err == CK_OK)
		ck_channel_secure(channel, &sm);
	OPENSSL_cleanse(&ks_enc, sizeof(ks_enc));
	OPENSSL_cleanse(&ks_mac, sizeof(ks_mac));

	return err;
}

enum ck_err
ck_prove_chip(struct ck_channel *channel, const struct ck_chip_key *key)
{
	struct ck_buf ours = CK_BUF_INIT, secret = CK_BUF_INIT;
	enum ck_err err;

	if ((err = ck_chip_key_agree(key, &ours, &secret)) != CK_OK)
		goto out;
	if ((err = send_ours(channel, key, ck_buf_view(&ours))) != CK_OK)
		goto out;
	err = restart_channel(channel, suite_of(key->suite),
	    ck_buf_view(&secret));
out:
	ck_buf_wipe(&ours);
	ck_buf_wipe(&secret);

	return err;
}

/* Le: a short one takes signatures of RSA up to 2048 bits. */
static uint32_t
answer_le(const struct ck_active_key *key)
{
	return ck_active_answer_len(key) <= CK_APDU_SHORT_LE_MAX ?
	    CK_APDU_SHORT_LE_MAX : CK_APDU_LE_MAX;
}

enum ck_err
ck_prove_active(struct ck_channel *channel, const struct ck_active_key *key)
{
	uint8_t challenge[CK_ACTIVE_CHALLENGE_LEN] = { 0 };
	const struct ck_apdu apdu = {
		.ins = INS_INTERNAL_AUTHENTICATE,
		.data = ck_span_of(challenge, sizeof(challenge)),
		.le = answer_le(key)
	};
	struct ck_buf answer = CK_BUF_INIT;
	enum ck_err err = CK_ERR_CRYPTO;

	if (RAND_bytes(challenge, sizeof(challenge)) != 1)
		goto out;
	if ((err = demand(channel, &apdu, &answer)) != CK_OK)
		goto out;
	err = ck_active_verify(key, challenge, ck_buf_view(&answer));
out:
	ck_buf_wipe(&answer);

	return err;
}
