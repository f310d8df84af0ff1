/*
 * terminal.h - a terminal for the tests of the simulated chip
 *
 * Written from ICAO Doc 9303-11 §4.3 and §9.8 over the chip's own ciphers,
 * which the worked examples of ICAO check in test_sim_card.c: BAC with the
 * document's MRZ, then commands under secure messaging with 3DES.
 */
#ifndef SIM_TEST_TERMINAL_H
#define SIM_TEST_TERMINAL_H

#include <string.h>

#include "hex.h"

#include "card/bac.h"
#include "card/chip.h"
#include "card/cipher.h"
#include "card/tlv.h"

/* The terminal's side of a channel. */
struct terminal {
	struct sim_chip *chip;
	struct sim_key enc, mac;
	uint8_t ssc[8];
	struct sim_bytes answer;	/* as it came */
	unsigned sw;			/* its last two bytes */
	bool protected;			/* the answer's checksum was right */
};

static inline void
terminal_send(struct terminal *t, struct sim_span command)
{
	sim_bytes_clear(&t->answer);
	sim_chip_command(t->chip, command, &t->answer);
	t->sw = t->answer.len < 2 ? 0 :
	    (unsigned)t->answer.ptr[t->answer.len - 2] << 8 |
	    t->answer.ptr[t->answer.len - 1];
}

/* One command in plain, in hex. */
static inline void
terminal_plain(struct terminal *t, const char *hex)
{
	struct sim_bytes command = unhex(hex);

	terminal_send(t, sim_view(&command));
	sim_bytes_free(&command);
}

static inline void
terminal_count(struct terminal *t)
{
	size_t i = sizeof(t->ssc);

	while (i > 0 && ++t->ssc[--i] == 0)
		;
}

/* Whether the answer ends in the checksum that these keys give. */
static inline bool
terminal_check(struct terminal *t)
{
	struct sim_bytes input = SIM_BYTES_INIT;
	uint8_t mac[SIM_MAC_LEN];
	size_t body = 2 + 10;
	bool ok;

	terminal_count(t);
	if (t->answer.len < body)
		return false;
	body = t->answer.len - body;
	sim_put(&input, sim_span(t->ssc, sizeof(t->ssc)));
	sim_put(&input, sim_slice(sim_view(&t->answer), 0, body));
	sim_pad(&input, sizeof(t->ssc));
	sim_mac(&t->mac, sim_view(&input), mac);
	ok = memcmp(t->answer.ptr + body + 2, mac, sizeof(mac)) == 0;
	sim_bytes_free(&input);

	return ok;
}

/*
 * One command under secure messaging: header in hex, data in plain (even
 * instruction bytes only), Le in hex or "" for none.
 */
static inline void
terminal_protected(struct terminal *t, const char *header, const char *data,
    const char *le)
{
	struct sim_bytes head = unhex(header), plain = unhex(data);
	struct sim_bytes body = SIM_BYTES_INIT, input = SIM_BYTES_INIT;
	struct sim_bytes value = unhex("01"), command = SIM_BYTES_INIT;
	uint8_t mac[SIM_MAC_LEN];

	terminal_count(t);
	head.ptr[0] |= 0x0c;
	if (plain.len > 0) {
		sim_pad(&plain, 8);
		sim_encrypt(&t->enc, NULL, sim_view(&plain), plain.ptr);
		sim_put(&value, sim_view(&plain));
		sim_tlv_put(&body, 0x87, sim_view(&value));
	}
	sim_bytes_clear(&value);
	sim_put_hex(&value, le);
	if (value.len > 0)
		sim_tlv_put(&body, 0x97, sim_view(&value));
	sim_put(&input, sim_span(t->ssc, sizeof(t->ssc)));
	sim_put(&input, sim_view(&head));
	sim_pad(&input, 8);
	if (body.len > 0) {
		sim_put(&input, sim_view(&body));
		sim_pad(&input, 8);
	}
	sim_mac(&t->mac, sim_view(&input), mac);
	sim_tlv_put(&body, 0x8e, sim_span(mac, sizeof(mac)));
	sim_put(&command, sim_view(&head));
	sim_put_u8(&command, (unsigned)body.len);
	sim_put(&command, sim_view(&body));
	sim_put_u8(&command, 0);
	terminal_send(t, sim_view(&command));
	t->protected = terminal_check(t);
	sim_bytes_free(&head);
	sim_bytes_free(&plain);
	sim_bytes_free(&body);
	sim_bytes_free(&input);
	sim_bytes_free(&value);
	sim_bytes_free(&command);
}

/* Both parts of the secret are known: the terminal's is zeros. §4.3.1 */
static inline void
terminal_keys(struct terminal *t, const struct sim_bac_keys *keys,
    const uint8_t rnd_ic[8])
{
	uint8_t plain[32];

	assert_int_equal(t->answer.len, 40 + 2);
	sim_decrypt(&keys->enc, NULL, sim_span(t->answer.ptr, 32), plain);
	assert_memory_equal(plain, rnd_ic, 8);
	sim_kdf(SIM_3DES, sim_span(plain + 16, 16), SIM_KDF_ENC, &t->enc);
	sim_kdf(SIM_3DES, sim_span(plain + 16, 16), SIM_KDF_MAC, &t->mac);
	memcpy(t->ssc, rnd_ic + 4, 4);
	memset(t->ssc + 4, 0, 4);
}

/* Choose the application and open it with the MRZ. */
static inline void
terminal_bac(struct terminal *t, const char *mrz_info)
{
	struct sim_bytes token = SIM_BYTES_INIT, command = SIM_BYTES_INIT;
	struct sim_bac_keys keys;
	uint8_t rnd_ic[8], mac[SIM_MAC_LEN];

	terminal_plain(t, "00A4040C07A0000002471001");
	assert_int_equal(t->sw, 0x9000);
	terminal_plain(t, "0084000008");
	assert_int_equal(t->sw, 0x9000);
	memcpy(rnd_ic, t->answer.ptr, sizeof(rnd_ic));
	sim_bac_derive(mrz_info, &keys);
	sim_put_fill(&token, 0, 8);
	sim_put(&token, sim_span(rnd_ic, sizeof(rnd_ic)));
	sim_put_fill(&token, 0, 16);
	sim_encrypt(&keys.enc, NULL, sim_view(&token), token.ptr);
	sim_put_hex(&command, "0082000028");
	sim_put(&command, sim_view(&token));
	sim_pad(&token, 8);
	sim_mac(&keys.mac, sim_view(&token), mac);
	sim_put(&command, sim_span(mac, sizeof(mac)));
	sim_put_u8(&command, 0x28);
	terminal_send(t, sim_view(&command));
	assert_int_equal(t->sw, 0x9000);
	terminal_keys(t, &keys, rnd_ic);
	sim_bytes_free(&token);
	sim_bytes_free(&command);
}

#endif /* SIM_TEST_TERMINAL_H */
