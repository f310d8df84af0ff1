/*
 * bac.c - Basic Access Control: the printed data open the chip, by 3DES
 */
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <string.h>

#include "access/bac.h"
#include "access/kdf.h"
#include "access/refusal.h"
#include "access/sm.h"
#include "card/channel.h"

#define INS_GET_CHALLENGE 0x84
#define INS_EXTERNAL_AUTHENTICATE 0x82

/* Sizes in bytes. §4.3.1 */
#define NONCE_LEN 8
#define KEYING_LEN 16
#define SECRET_LEN (2 * NONCE_LEN + KEYING_LEN)
#define TOKEN_LEN (SECRET_LEN + CK_MAC_LEN)

/* One run; wiped as a whole. */
struct bac_run {
	struct ck_cipher_key k_enc, k_mac;	/* from the MRZ */
	uint8_t rnd_ic[NONCE_LEN];	/* the chip's challenge */
	uint8_t rnd_ifd[NONCE_LEN];	/* ours */
	uint8_t k_ifd[KEYING_LEN];	/* our share of the session seed */
	uint8_t k_ic[KEYING_LEN];	/* the chip's share */
};

static enum ck_err
derive_keys(const struct ck_bac_secret *secret, struct bac_run *run)
{
	char information[CK_MRZ_INFORMATION_MAX];
	uint8_t hash[CK_MRZ_HASH_LEN] = { 0 };
	struct ck_span seed = ck_span_of(hash, 16);	/* §9.7.2 */
	enum ck_err err;

	err = ck_mrz_information(secret->document_number, secret->birth,
	    secret->expiry, information);
	if (err == CK_OK)
		err = ck_mrz_hash(information, hash);
	if (err == CK_OK)
		err = ck_kdf(seed, CK_KDF_ENC, CK_SUITE_3DES, &run->k_enc);
	if (err == CK_OK)
		err = ck_kdf(seed, CK_KDF_MAC, CK_SUITE_3DES, &run->k_mac);
	OPENSSL_cleanse(information, sizeof(information));
	OPENSSL_cleanse(hash, sizeof(hash));

	return err;
}

static enum ck_err
get_challenge(struct ck_channel *channel, struct bac_run *run)
{
	const struct ck_apdu apdu = {
		.ins = INS_GET_CHALLENGE, .le = NONCE_LEN
	};
	struct ck_buf data = CK_BUF_INIT;
	enum ck_err err;
	uint16_t sw;

	if ((err = ck_channel_send(channel, &apdu, &data, &sw)) != CK_OK)
		goto out;
	err = ck_refusal_blocked(sw) ? CK_ERR_ACCESS_BLOCKED :
	    CK_ERR_ACCESS_UNSUPPORTED;
	if (sw != CK_SW_OK)
		goto out;
	err = CK_ERR_CARD_MALFORMED;
	if (data.len != NONCE_LEN)
		goto out;
	memcpy(run->rnd_ic, data.ptr, NONCE_LEN);
	err = CK_OK;
out:
	ck_buf_wipe(&data);

	return err;
}

/* The retail MAC over a padded cryptogram. §4.3.3.2 */
static enum ck_err
token_mac(const struct bac_run *run, struct ck_span cryptogram,
    uint8_t mac[CK_MAC_LEN])
{
	struct ck_buf padded = CK_BUF_INIT;
	enum ck_err err;

	if ((err = ck_buf_append(&padded, cryptogram)) == CK_OK &&
	    (err = ck_pad(&padded, NONCE_LEN)) == CK_OK)
		err = ck_mac(CK_SUITE_3DES, &run->k_mac,
		    ck_buf_view(&padded), mac);
	ck_buf_wipe(&padded);

	return err;
}

/* E_IFD and M_IFD over RND.IFD, RND.IC, K.IFD. §4.3.1 step 2 */
static enum ck_err
make_token(struct bac_run *run, struct ck_buf *token)
{
	uint8_t plain[SECRET_LEN], mac[CK_MAC_LEN];
	enum ck_err err = CK_ERR_CRYPTO;

	if (RAND_bytes(run->rnd_ifd, NONCE_LEN) != 1 ||
	    RAND_priv_bytes(run->k_ifd, KEYING_LEN) != 1)
		goto out;
	memcpy(plain, run->rnd_ifd, NONCE_LEN);
	memcpy(plain + NONCE_LEN, run->rnd_ic, NONCE_LEN);
	memcpy(plain + (2 * NONCE_LEN), run->k_ifd, KEYING_LEN);
	err = ck_cbc_encrypt(CK_SUITE_3DES, &run->k_enc, NULL,
	    ck_span_of(plain, sizeof(plain)), token);
	if (err == CK_OK)
		err = token_mac(run, ck_buf_view(token), mac);
	if (err == CK_OK)
		err = ck_buf_append(token, ck_span_of(mac, sizeof(mac)));
out:
	OPENSSL_cleanse(plain, sizeof(plain));

	return err;
}

/* Check M_IC, then that the chip knew both nonces. §4.3.1 step 4 */
static enum ck_err
open_token(struct bac_run *run, struct ck_span token)
{
	struct ck_span cryptogram = ck_span_slice(token, 0, SECRET_LEN);
	struct ck_buf plain = CK_BUF_INIT;
	uint8_t mac[CK_MAC_LEN];
	enum ck_err err = CK_ERR_CARD_MALFORMED;

	if (token.len != TOKEN_LEN)
		goto out;
	if ((err = token_mac(run, cryptogram, mac)) != CK_OK)
		goto out;
	err = CK_ERR_ACCESS_PROOF;
	if (CRYPTO_memcmp(mac, token.ptr + SECRET_LEN, CK_MAC_LEN) != 0)
		goto out;
	err = ck_cbc_decrypt(CK_SUITE_3DES, &run->k_enc, NULL, cryptogram,
	    &plain);
	if (err != CK_OK)
		goto out;
	err = CK_ERR_ACCESS_PROOF;
	if (CRYPTO_memcmp(plain.ptr, run->rnd_ic, NONCE_LEN) != 0 ||
	    CRYPTO_memcmp(plain.ptr + NONCE_LEN, run->rnd_ifd,
	    NONCE_LEN) != 0)
		goto out;
	memcpy(run->k_ic, plain.ptr + (2 * NONCE_LEN), KEYING_LEN);
	err = CK_OK;
out:
	ck_buf_wipe(&plain);

	return err;
}

static enum ck_err
refusal_of(uint16_t sw)
{
	if (ck_refusal_blocked(sw))
		return CK_ERR_ACCESS_BLOCKED;

	return ck_refusal_denied(sw) ? CK_ERR_ACCESS_DENIED :
	    CK_ERR_CARD_REFUSED;
}

static enum ck_err
authenticate(struct ck_channel *channel, struct bac_run *run,
    unsigned *tries_left)
{
	struct ck_buf token = CK_BUF_INIT, answer = CK_BUF_INIT;
	struct ck_apdu apdu = {
		.ins = INS_EXTERNAL_AUTHENTICATE, .le = TOKEN_LEN
	};
	enum ck_err err;
	uint16_t sw;

	if ((err = make_token(run, &token)) != CK_OK)
		goto out;
	apdu.data = ck_buf_view(&token);
	if ((err = ck_channel_send(channel, &apdu, &answer, &sw)) != CK_OK)
		goto out;
	*tries_left = ck_refusal_tries_left(sw);
	err = sw == CK_SW_OK ? open_token(run, ck_buf_view(&answer)) :
	    refusal_of(sw);
out:
	ck_buf_wipe(&token);
	ck_buf_wipe(&answer);

	return err;
}

/* Session keys from the XOR of both shares; counter from both nonces. */
static enum ck_err
open_channel(const struct bac_run *run, struct ck_sm **sm)
{
	struct ck_cipher_key ks_enc = { .len = 0 }, ks_mac = { .len = 0 };
	uint8_t seed[KEYING_LEN], ssc[NONCE_LEN];
	struct ck_span seed_view = ck_span_of(seed, sizeof(seed));
	enum ck_err err;
	size_t i;

	for (i = 0; i < KEYING_LEN; i++)
		seed[i] = run->k_ic[i] ^ run->k_ifd[i];
	memcpy(ssc, run->rnd_ic + 4, 4);		/* §9.8.6.3 */
	memcpy(ssc + 4, run->rnd_ifd + 4, 4);
	err = ck_kdf(seed_view, CK_KDF_ENC, CK_SUITE_3DES, &ks_enc);
	if (err == CK_OK)
		err = ck_kdf(seed_view, CK_KDF_MAC, CK_SUITE_3DES, &ks_mac);
	if (err == CK_OK)
		err = ck_sm_new(sm, CK_SUITE_3DES, &ks_enc, &ks_mac,
		    ck_span_of(ssc, sizeof(ssc)));
	OPENSSL_cleanse(&ks_enc, sizeof(ks_enc));
	OPENSSL_cleanse(&ks_mac, sizeof(ks_mac));
	OPENSSL_cleanse(seed, sizeof(seed));

	return err;
}

enum ck_err
ck_bac_open(struct ck_channel *channel, const struct ck_bac_secret *secret,
    unsigned *tries_left, struct ck_sm **sm)
{
	struct bac_run run = { .k_enc = { .len = 0 } };
	enum ck_err err;

	*sm = NULL;
	*tries_left = 0;
	if ((err = derive_keys(secret, &run)) != CK_OK)
		goto out;
	if ((err = get_challenge(channel, &run)) != CK_OK)
		goto out;
	if ((err = authenticate(channel, &run, tries_left)) != CK_OK)
		goto out;
	err = open_channel(&run, sm);
out:
	OPENSSL_cleanse(&run, sizeof(run));

	return err;
}
