/*
 * test_sim_card.c - the simulated chip against the worked examples of ICAO
 *
 * Values are those of ICAO Doc 9303-11, 8th edition, appendix D (BAC, secure
 * messaging) and appendix G.1 (PACE with ECDH and generic mapping).
 */
#include <string.h>

#include "hex.h"

#include "card/apdu.h"
#include "card/bac.h"
#include "card/curve.h"
#include "card/pace.h"
#include "card/sm.h"

#define BRAINPOOL_P256R1 13

static void
key_of(struct sim_key *key, enum sim_suite suite, const char *hex)
{
	struct sim_bytes bytes = unhex(hex);

	*key = (struct sim_key){ .suite = suite };
	assert_int_equal(bytes.len, sim_key_len(suite));
	memcpy(key->bytes, bytes.ptr, bytes.len);
	sim_bytes_free(&bytes);
}

/* --- keys ---------------------------------------------------------------- */

static void
test_kdf_of_bac(void **state)
{
	struct sim_bytes seed = unhex("239AB9CB282DAF66231DC5A4DF6BFBAE");
	struct sim_key key;

	(void)state;
	sim_kdf(SIM_3DES, sim_view(&seed), SIM_KDF_ENC, &key);
	assert_hex(sim_span(key.bytes, 16),
	    "AB94FDECF2674FDFB9B391F85D7F76F2");
	sim_kdf(SIM_3DES, sim_view(&seed), SIM_KDF_MAC, &key);
	assert_hex(sim_span(key.bytes, 16),
	    "7962D9ECE03D1ACD4C76089DCE131543");
	sim_bytes_free(&seed);
}

static void
test_bac_keys_from_mrz(void **state)
{
	struct sim_bac_keys keys;

	(void)state;
	sim_bac_derive("L898902C<369080619406236", &keys);
	assert_hex(sim_span(keys.enc.bytes, 16),
	    "AB94FDECF2674FDFB9B391F85D7F76F2");
	assert_hex(sim_span(keys.mac.bytes, 16),
	    "7962D9ECE03D1ACD4C76089DCE131543");
}

/* --- BAC ----------------------------------------------------------------- */

#define D3_TOKEN \
	"72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2" \
	"5F1448EEA8AD90A7"
#define D3_ANSWER \
	"46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94EE178534F" \
	"2F2D235D074D7449"

static bool
answer_example(struct sim_span token, uint8_t answer[SIM_BAC_TOKEN],
    struct sim_sm *sm)
{
	struct sim_bytes rnd_ic = unhex("4608F91988702212");
	struct sim_bytes k_ic = unhex("0B4F80323EB3191CB04970CB4052790B");
	struct sim_bac_keys keys;
	bool ok;

	sim_bac_derive("L898902C<369080619406236", &keys);
	ok = sim_bac_answer(&keys, rnd_ic.ptr, k_ic.ptr, token, answer, sm);
	sim_bytes_free(&rnd_ic);
	sim_bytes_free(&k_ic);

	return ok;
}

static void
test_bac_answer(void **state)
{
	struct sim_bytes token = unhex(D3_TOKEN);
	uint8_t answer[SIM_BAC_TOKEN];
	struct sim_sm sm = { 0 };

	(void)state;
	assert_true(answer_example(sim_view(&token), answer, &sm));
	assert_hex(sim_span(answer, sizeof(answer)), D3_ANSWER);
	assert_true(sm.open);
	assert_hex(sim_span(sm.enc.bytes, 16),
	    "979EC13B1CBFE9DCD01AB0FED307EAE5");
	assert_hex(sim_span(sm.mac.bytes, 16),
	    "F1CB1F1FB5ADF208806B89DC579DC1F8");
	assert_hex(sim_span(sm.ssc, 8), "887022120C06C226");
	sim_bytes_free(&token);
}

static void
test_bac_refuses_changed_token(void **state)
{
	struct sim_bytes token = unhex(D3_TOKEN);
	uint8_t answer[SIM_BAC_TOKEN];
	struct sim_sm sm = { 0 };
	size_t i;

	(void)state;
	for (i = 0; i < token.len; i++) {
		token.ptr[i] ^= 0x80;
		assert_false(answer_example(sim_view(&token), answer, &sm));
		token.ptr[i] ^= 0x80;
	}
	assert_false(answer_example(sim_slice(sim_view(&token), 0, 39),
	    answer, &sm));
	assert_false(sm.open);
	sim_bytes_free(&token);
}

/* --- secure messaging ---------------------------------------------------- */

static void
start_example(struct sim_sm *sm)
{
	struct sim_bytes ssc = unhex("887022120C06C226");

	*sm = (struct sim_sm){ .open = true };
	key_of(&sm->enc, SIM_3DES, "979EC13B1CBFE9DCD01AB0FED307EAE5");
	key_of(&sm->mac, SIM_3DES, "F1CB1F1FB5ADF208806B89DC579DC1F8");
	memcpy(sm->ssc, ssc.ptr, ssc.len);
	sim_bytes_free(&ssc);
}

static unsigned
open_hex(struct sim_sm *sm, const char *hex, struct sim_bytes *data,
    struct sim_apdu *plain)
{
	struct sim_bytes bytes = unhex(hex);
	struct sim_apdu apdu;
	unsigned sw;

	assert_true(sim_apdu_parse(sim_view(&bytes), &apdu));
	sw = sim_sm_open(sm, &apdu, data, plain);
	sim_bytes_free(&bytes);

	return sw;
}

#define D4_SELECT "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800"

static void
test_sm_exchange(void **state)
{
	struct sim_bytes data = SIM_BYTES_INIT, answer = SIM_BYTES_INIT;
	struct sim_apdu plain;
	struct sim_sm sm;

	(void)state;
	start_example(&sm);
	assert_int_equal(open_hex(&sm, D4_SELECT, &data, &plain), SIM_SW_OK);
	assert_int_equal(plain.cla, 0x00);
	assert_int_equal(plain.ne, 0);
	assert_hex(plain.data, "011E");
	sim_sm_seal(&sm, 0xa4, sim_span(NULL, 0), SIM_SW_OK, &answer);
	assert_hex(sim_view(&answer), "990290008E08FA855A5D4C50A8ED9000");

	sim_bytes_clear(&data);
	sim_bytes_clear(&answer);
	assert_int_equal(open_hex(&sm, "0CB000000D9701048E08ED6705417E96BA5500",
	    &data, &plain), SIM_SW_OK);
	assert_int_equal(plain.ne, 4);
	assert_int_equal(plain.data.len, 0);
	sim_sm_seal(&sm, 0xb0, sim_span("\x60\x14\x5f\x01", 4), SIM_SW_OK,
	    &answer);
	assert_hex(sim_view(&answer),
	    "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000");
	sim_bytes_free(&data);
	sim_bytes_free(&answer);
}

static void
test_sm_deletes_keys_on_error(void **state)
{
	static const char *const broken[] = {
		/* a bit of the header, of the cryptogram, of the checksum */
		"0CA4020D158709016375432908C044F68E08BF8B92D635FF24F800",
		"0CA4020C158709016375432908C044F78E08BF8B92D635FF24F800",
		"0CA4020C158709016375432908C044F68E08BF8B92D635FF24F900",
		/* no checksum, half a checksum, a stray object */
		"0CA4020C0B8709016375432908C044F600",
		"0CA4020C118709016375432908C044F68E04BF8B92D600",
		"0CA4020C168609016375432908C044F6008E08BF8B92D635FF24F800",
		/* no secure messaging at all */
		"00A4020C02011E",
	};
	struct sim_bytes data = SIM_BYTES_INIT;
	struct sim_apdu plain;
	struct sim_sm sm;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		start_example(&sm);
		assert_int_not_equal(open_hex(&sm, broken[i], &data, &plain),
		    SIM_SW_OK);
		assert_false(sm.open);
		assert_int_equal(sm.enc.bytes[0], 0);
	}
	sim_bytes_free(&data);
}

/* The answer to so many bytes fills the limit, one more would pass it. */
static void
test_sm_capacity_is_exact(void **state)
{
	static const enum sim_suite suites[] = { SIM_3DES, SIM_AES128 };
	static const size_t limits[] = { 256, 1022, 4094, 65533 };
	static uint8_t zeros[65536];
	struct sim_bytes answer = SIM_BYTES_INIT;
	struct sim_sm sm;
	size_t i, room;

	(void)state;
	for (i = 0; i < 8; i++) {
		sim_sm_start(&sm, suites[i % 2], sim_span("secret", 6));
		room = sim_sm_capacity(&sm, 0xb0, limits[i / 2]);
		sim_sm_seal(&sm, 0xb0, sim_span(zeros, room), SIM_SW_OK,
		    &answer);
		assert_true(answer.len - 2 <= limits[i / 2]);
		sim_bytes_clear(&answer);
		sim_sm_seal(&sm, 0xb0, sim_span(zeros, room + 1), SIM_SW_OK,
		    &answer);
		assert_true(answer.len - 2 > limits[i / 2]);
		sim_bytes_clear(&answer);
	}
	sim_bytes_free(&answer);
}

/* --- PACE ---------------------------------------------------------------- */

#define G1_NONCE "3F00C4D39D153F2B2A214A078D899B22"
#define G1_GENERATOR \
	"048CED63C91426D4F0EB1435E7CB1D74A46723A0AF21C89634F65A9AE87A9265E2" \
	"8C879506743F8611AC33645C5B985C80B5F09A0B83407C1B6A4D857AE76FE522"
#define G1_TERMINAL_PUBLIC \
	"042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C" \
	"3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462"
#define G1_CHIP_PUBLIC \
	"049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB" \
	"7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094"
#define G1_SECRET \
	"28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925"

static void
test_pace_nonce(void **state)
{
	struct sim_bytes k = unhex("7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD");
	struct sim_bytes z = unhex("95A3A016522EE98D01E76CB6B98B42C3");
	struct sim_key key;
	uint8_t nonce[16];

	(void)state;
	sim_kdf(SIM_AES128, sim_view(&k), SIM_KDF_PASSWORD, &key);
	assert_hex(sim_span(key.bytes, 16),
	    "89DED1B26624EC1E634C1989302849DD");
	sim_decrypt(&key, NULL, sim_view(&z), nonce);
	assert_hex(sim_span(nonce, sizeof(nonce)), G1_NONCE);
	sim_bytes_free(&k);
	sim_bytes_free(&z);
}

static void
test_pace_mapping(void **state)
{
	struct sim_curve *curve = sim_curve_new(BRAINPOOL_P256R1);
	struct sim_bytes private = unhex("7F4EF07B9EA82FD78AD689B38D0BC78C"
	    "F21F249D953BC46F4C6E19259C010F99");
	struct sim_bytes chip = unhex(
	    "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57"
	    "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54");
	struct sim_bytes nonce = unhex(G1_NONCE);
	struct sim_bytes shared = SIM_BYTES_INIT, mapped = SIM_BYTES_INIT;

	(void)state;
	assert_true(sim_curve_multiply(curve, sim_view(&private),
	    sim_view(&chip), &shared));
	assert_hex(sim_curve_x(sim_view(&shared)),
	    "60332EF2450B5D247EF6D3868397D398852ED6E8CAF6FFEEF6BF85CA57057FD5");
	assert_true(sim_curve_map(curve, sim_view(&nonce), sim_view(&shared),
	    &mapped));
	assert_hex(sim_view(&mapped), G1_GENERATOR);
	sim_bytes_free(&private);
	sim_bytes_free(&chip);
	sim_bytes_free(&nonce);
	sim_bytes_free(&shared);
	sim_bytes_free(&mapped);
	sim_curve_free(&curve);
}

static void
test_pace_agreement(void **state)
{
	struct sim_curve *curve = sim_curve_new(BRAINPOOL_P256R1);
	struct sim_bytes private = unhex("A73FB703AC1436A18E0CFA5ABB3F7BEC"
	    "7A070E7A6788486BEE230C4A22762595");
	struct sim_bytes generator = unhex(G1_GENERATOR);
	struct sim_bytes chip = unhex(G1_CHIP_PUBLIC);
	struct sim_bytes public = SIM_BYTES_INIT, shared = SIM_BYTES_INIT;

	(void)state;
	assert_true(sim_curve_multiply(curve, sim_view(&private),
	    sim_view(&generator), &public));
	assert_hex(sim_view(&public), G1_TERMINAL_PUBLIC);
	assert_true(sim_curve_multiply(curve, sim_view(&private),
	    sim_view(&chip), &shared));
	assert_hex(sim_curve_x(sim_view(&shared)), G1_SECRET);
	sim_bytes_free(&private);
	sim_bytes_free(&generator);
	sim_bytes_free(&chip);
	sim_bytes_free(&public);
	sim_bytes_free(&shared);
	sim_curve_free(&curve);
}

static void
test_pace_tokens(void **state)
{
	struct sim_bytes secret = unhex(G1_SECRET);
	struct sim_bytes terminal = unhex(G1_TERMINAL_PUBLIC);
	struct sim_bytes chip = unhex(G1_CHIP_PUBLIC);
	const struct sim_pace_info info = { SIM_AES128, BRAINPOOL_P256R1 };
	uint8_t token[SIM_MAC_LEN];
	struct sim_sm sm;

	(void)state;
	sim_pace_token(&info, sim_view(&secret), sim_view(&chip), token);
	assert_hex(sim_span(token, sizeof(token)), "C2B0BD78D94BA866");
	sim_pace_token(&info, sim_view(&secret), sim_view(&terminal), token);
	assert_hex(sim_span(token, sizeof(token)), "3ABB9674BCE93C08");
	sim_sm_start(&sm, SIM_AES128, sim_view(&secret));
	assert_hex(sim_span(sm.enc.bytes, 16),
	    "F5F0E35C0D7161EE6724EE513A0D9A7F");
	assert_hex(sim_span(sm.mac.bytes, 16),
	    "FE251C7858B356B24514B3BD5F4297D1");
	sim_bytes_free(&secret);
	sim_bytes_free(&terminal);
	sim_bytes_free(&chip);
}

static void
test_curve_refuses_foreign_points(void **state)
{
	struct sim_curve *curve = sim_curve_new(BRAINPOOL_P256R1);
	struct sim_bytes point = unhex(G1_CHIP_PUBLIC), out = SIM_BYTES_INIT;
	struct sim_span one = sim_span("\x01", 1);

	(void)state;
	assert_true(sim_curve_multiply(curve, one, sim_view(&point), &out));
	assert_hex(sim_view(&out), G1_CHIP_PUBLIC);
	point.ptr[point.len - 1] ^= 1;
	assert_false(sim_curve_multiply(curve, one, sim_view(&point), &out));
	assert_false(sim_curve_multiply(curve, one, sim_span("\x00", 1), &out));
	assert_null(sim_curve_new(7));
	assert_null(sim_curve_new(19));
	sim_bytes_free(&point);
	sim_bytes_free(&out);
	sim_curve_free(&curve);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kdf_of_bac),
		cmocka_unit_test(test_bac_keys_from_mrz),
		cmocka_unit_test(test_bac_answer),
		cmocka_unit_test(test_bac_refuses_changed_token),
		cmocka_unit_test(test_sm_exchange),
		cmocka_unit_test(test_sm_deletes_keys_on_error),
		cmocka_unit_test(test_sm_capacity_is_exact),
		cmocka_unit_test(test_pace_nonce),
		cmocka_unit_test(test_pace_mapping),
		cmocka_unit_test(test_pace_agreement),
		cmocka_unit_test(test_pace_tokens),
		cmocka_unit_test(test_curve_refuses_foreign_points),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
