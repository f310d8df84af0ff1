/*
 * bac.c - Basic Access Control, the chip's side
 */
#include <string.h>

#include "bac.h"

#define PLAIN (2 * SIM_BAC_RANDOM + SIM_BAC_SECRET)

void
sim_bac_derive(const char *mrz_info, struct sim_bac_keys *out)
{
	struct sim_span seed;
	uint8_t digest[64];

	sim_hash("SHA1", sim_span(mrz_info, strlen(mrz_info)), digest);
	seed = sim_span(digest, 16);
	sim_kdf(SIM_3DES, seed, SIM_KDF_ENC, &out->enc);
	sim_kdf(SIM_3DES, seed, SIM_KDF_MAC, &out->mac);
	explicit_bzero(digest, sizeof(digest));
}

/* Retail MAC over the padded cryptogram. §4.3.3.1 */
static void
token_mac(const struct sim_bac_keys *keys, const uint8_t *cryptogram,
    uint8_t mac[SIM_MAC_LEN])
{
	struct sim_bytes padded = SIM_BYTES_INIT;

	sim_put(&padded, sim_span(cryptogram, PLAIN));
	sim_pad(&padded, sim_block_len(SIM_3DES));
	sim_mac(&keys->mac, sim_view(&padded), mac);
	sim_bytes_free(&padded);
}

/* Undo the terminal's token: RND.IFD, RND.IC, K.IFD. */
static bool
open_token(const struct sim_bac_keys *keys, const uint8_t *rnd_ic,
    struct sim_span token, uint8_t plain[PLAIN])
{
	uint8_t mac[SIM_MAC_LEN];

	if (token.len != SIM_BAC_TOKEN)
		return false;
	token_mac(keys, token.ptr, mac);
	if (memcmp(mac, token.ptr + PLAIN, sizeof(mac)) != 0)
		return false;
	sim_decrypt(&keys->enc, NULL, sim_slice(token, 0, PLAIN), plain);

	return memcmp(plain + SIM_BAC_RANDOM, rnd_ic, SIM_BAC_RANDOM) == 0;
}

bool
sim_bac_answer(const struct sim_bac_keys *keys,
    const uint8_t rnd_ic[SIM_BAC_RANDOM], const uint8_t k_ic[SIM_BAC_SECRET],
    struct sim_span token, uint8_t answer[SIM_BAC_TOKEN], struct sim_sm *sm)
{
	uint8_t theirs[PLAIN], ours[PLAIN], seed[SIM_BAC_SECRET];
	const uint8_t *k_ifd = theirs + 2 * SIM_BAC_RANDOM;
	size_t i;

	if (!open_token(keys, rnd_ic, token, theirs))
		return false;
	memcpy(ours, rnd_ic, SIM_BAC_RANDOM);
	memcpy(ours + SIM_BAC_RANDOM, theirs, SIM_BAC_RANDOM);
	memcpy(ours + 2 * SIM_BAC_RANDOM, k_ic, SIM_BAC_SECRET);
	sim_encrypt(&keys->enc, NULL, sim_span(ours, PLAIN), answer);
	token_mac(keys, answer, answer + PLAIN);

	for (i = 0; i < SIM_BAC_SECRET; i++)
		seed[i] = k_ic[i] ^ k_ifd[i];
	sim_sm_start(sm, SIM_3DES, sim_span(seed, sizeof(seed)));
	/* The counter begins with the ends of both randoms. §9.8.6.3 */
	memcpy(sm->ssc, rnd_ic + 4, 4);
	memcpy(sm->ssc + 4, theirs + 4, 4);
	explicit_bzero(theirs, sizeof(theirs));
	explicit_bzero(ours, sizeof(ours));
	explicit_bzero(seed, sizeof(seed));

	return true;
}
