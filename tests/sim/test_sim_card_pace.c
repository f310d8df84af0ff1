/*
 * test_sim_card_pace.c - PACE with Diffie-Hellman, and what chips offer
 *
 * Values are those of ICAO Doc 9303-11, 8th edition, appendix G.2 (PACE with
 * DH and generic mapping over the 1024-bit group of RFC 5114).
 */
#include <string.h>

#include "hex.h"

#include "card/group.h"
#include "card/pace.h"
#include "card/security.h"

#define G2_NONCE "FA5B7E3E49753A0DB9178B7B9BD898C8"
#define G2_MAP_TERMINAL_PRIVATE "5265030F751F4AD18B08AC565FC7AC952E41618D"
#define G2_MAP_TERMINAL_PUBLIC \
	"23FB3749EA030D2A25B278D2A562047ADE3F01B74F17A15402CB7352CA7D2B3E" \
	"B71C343DB13D1DEBCE9A3666DBCFC920B49174A602CB47965CAA73DC702489A4" \
	"4D41DB914DE9613DC5E98C94160551C0DF86274B9359BC0490D01B03AD54022D" \
	"CB4F57FAD6322497D7A1E28D46710F461AFE710FBBBC5F8BA166F4311975EC6C"
#define G2_MAP_CHIP_PRIVATE "66DDAFEAC1609CB5B963BB0CB3FF8B3E047F336C"
#define G2_MAP_CHIP_PUBLIC \
	"78879F57225AA8080D52ED0FC890A4B25336F699AA89A2D3A189654AF70729E6" \
	"23EA5738B26381E4DA19E004706FACE7B235C2DBF2F38748312F3C98C2DD4882" \
	"A41947B324AA1259AC22579DB93F7085655AF30889DBB845D9E6783FE42C9F24" \
	"49400306254C8AE8EE9DD812A804C0B66E8CAFC14F84D8258950A91B44126EE6"
#define G2_MAP_SHARED \
	"5BABEBEF5B74E5BA94B5C063FDA15F1F1CDE94873EE0A5D3A2FCAB49F258D07F" \
	"544F13CB66658C3AFEE9E727389BE3F6CBBBD32128A8C21DD6EEA3CF7091CDDF" \
	"B08B8D007D40318DCCA4FFBF51208790FB4BD111E5A968ED6B6F08B26CA87C41" \
	"0B3CE0C310CE104EABD16629AA48620C1279270CB0750C0D37C57FFFE302AE7F"
#define G2_GENERATOR \
	"7C9CBFE98F9FBDDA8D143506FA7D9306F4CB17E3C71707AFF5E1C1A123702496" \
	"84D64EE37AF44B8DBD9D45BF6023919CBAA027AB97ACC771666C8E98FF483301" \
	"BFA4872DEDE9034EDFACB70814166B7F360676829B826BEA57291B5AD69FBC84" \
	"EF1E779032A305803F74341793E869742D401325B37EE8565FFCDEE618342DC5"
#define G2_TERMINAL_PRIVATE "89CCD99B0E8D3B1F11E1296DCA68EC53411CF2CA"
#define G2_TERMINAL_PUBLIC \
	"907D89E2D425A178AA81AF4A7774EC8E388C115CAE67031E85EECE520BD91155" \
	"1B9AE4D04369F29A02626C86FBC6747CC7BC352645B6161A2A42D44EDA80A08F" \
	"A8D61B76D3A154AD8A5A51786B0BC07147057871A922212C5F67F43173172236" \
	"B7747D1671E6D692A3C7D40A0C3C5CE397545D015C175EB5130551EDBC2EE5D4"
#define G2_CHIP_PRIVATE "A5B780126B7C980E9FCEA1D4539DA1D27C342DFA"
#define G2_CHIP_PUBLIC \
	"075693D9AE941877573E634B6E644F8E60AF17A0076B8B123D9201074D36152B" \
	"D8B3A213F53820C42ADC79AB5D0AEEC3AEFB91394DA476BD97B9B14D0A65C1FC" \
	"71A0E019CB08AF55E1F729005FBA7E3FA5DC41899238A250767A6D46DB974064" \
	"386CD456743585F8E5D90CC8B4004B1F6D866C79CE0584E49687FF61BC29AEA1"
#define G2_SECRET \
	"6BABC7B3A72BCD7EA385E4C62DB2625BD8613B24149E146A629311C4CA6698E3" \
	"8B834B6A9E9CD7184BA8834AFF5043D436950C4C1E7832367C10CB8C314D40E5" \
	"990B0DF7013E64B4549E2270923D06F08CFF6BD3E977DDE6ABE4C31D55C0FA2E" \
	"465E553E77BDF75E3193D3834FC26E8EB1EE2FA1E4FC97C18C3F6CFFFE2607FD"

/* key applied to element gives result, all in hex. */
static void
assert_apply(const struct sim_group *group, const char *key,
    const char *element, const char *result)
{
	struct sim_bytes k = unhex(key), e = unhex(element);
	struct sim_bytes out = SIM_BYTES_INIT;

	assert_true(sim_group_apply(group, sim_view(&k), sim_view(&e), &out));
	assert_hex(sim_view(&out), result);
	sim_bytes_free(&k);
	sim_bytes_free(&e);
	sim_bytes_free(&out);
}

static void
test_dh_nonce(void **state)
{
	struct sim_bytes k = unhex("7E2D2A41C74EA0B38CD36F863939BFA8E9032AAD");
	struct sim_bytes z = unhex("854D8DF5827FA6852D1A4FA701CDDDCA");
	struct sim_key key;
	uint8_t nonce[16];

	(void)state;
	sim_kdf(SIM_AES128, sim_view(&k), SIM_KDF_PASSWORD, &key);
	sim_decrypt(&key, NULL, sim_view(&z), nonce);
	assert_hex(sim_span(nonce, sizeof(nonce)), G2_NONCE);
	sim_bytes_free(&k);
	sim_bytes_free(&z);
}

static void
test_dh_mapping(void **state)
{
	struct sim_bytes nonce = unhex(G2_NONCE), shared = unhex(G2_MAP_SHARED);
	struct sim_bytes mapped = SIM_BYTES_INIT;
	struct sim_group group;

	(void)state;
	sim_group_open(&group, 0);
	assert_apply(&group, G2_MAP_TERMINAL_PRIVATE, "",
	    G2_MAP_TERMINAL_PUBLIC);
	assert_apply(&group, G2_MAP_CHIP_PRIVATE, "", G2_MAP_CHIP_PUBLIC);
	assert_apply(&group, G2_MAP_CHIP_PRIVATE, G2_MAP_TERMINAL_PUBLIC,
	    G2_MAP_SHARED);
	assert_true(sim_group_map(&group, sim_view(&nonce), sim_view(&shared),
	    &mapped));
	assert_hex(sim_view(&mapped), G2_GENERATOR);
	sim_bytes_free(&nonce);
	sim_bytes_free(&shared);
	sim_bytes_free(&mapped);
	sim_group_free(&group);
}

static void
test_dh_agreement(void **state)
{
	struct sim_group group;

	(void)state;
	sim_group_open(&group, 0);
	assert_apply(&group, G2_TERMINAL_PRIVATE, G2_GENERATOR,
	    G2_TERMINAL_PUBLIC);
	assert_apply(&group, G2_CHIP_PRIVATE, G2_GENERATOR, G2_CHIP_PUBLIC);
	assert_apply(&group, G2_CHIP_PRIVATE, G2_TERMINAL_PUBLIC, G2_SECRET);
	sim_group_free(&group);
}

static void
test_dh_tokens(void **state)
{
	const struct sim_pace_info info = { SIM_AES128, 0 };
	struct sim_bytes secret = unhex(G2_SECRET);
	struct sim_bytes terminal = unhex(G2_TERMINAL_PUBLIC);
	struct sim_bytes chip = unhex(G2_CHIP_PUBLIC);
	uint8_t token[SIM_MAC_LEN];
	struct sim_sm sm;

	(void)state;
	sim_pace_token(&info, sim_view(&secret), sim_view(&chip), token);
	assert_hex(sim_span(token, sizeof(token)), "B46DD9BD4D98381F");
	sim_pace_token(&info, sim_view(&secret), sim_view(&terminal), token);
	assert_hex(sim_span(token, sizeof(token)), "917F37B5C0E6D8D1");
	sim_sm_start(&sm, SIM_AES128, sim_view(&secret));
	assert_hex(sim_span(sm.enc.bytes, 16),
	    "2F7F46ADCC9E7E521B45D192FAFA9126");
	assert_hex(sim_span(sm.mac.bytes, 16),
	    "805A1D27D45A5116F73C54469462B7D8");
	sim_bytes_free(&secret);
	sim_bytes_free(&terminal);
	sim_bytes_free(&chip);
}

/* Neither 0, 1 nor p - 1 nor what is longer than the prime. */
static void
test_dh_refuses_small_subgroups(void **state)
{
	struct sim_bytes bad = SIM_BYTES_INIT, out = SIM_BYTES_INIT;
	struct sim_span key = sim_span("\x05", 1);
	struct sim_group group;
	unsigned id;

	(void)state;
	for (id = 0; id <= 2; id++) {
		sim_group_open(&group, id);
		assert_false(sim_group_apply(&group, key,
		    sim_span("\x00", 1), &out));
		assert_false(sim_group_apply(&group, key,
		    sim_span("\x01", 1), &out));
		assert_false(sim_group_apply(&group, key,
		    sim_span("\x02", 1), &out));
		sim_put_fill(&bad, 0xff, 257);
		assert_false(sim_group_apply(&group, key, sim_view(&bad),
		    &out));
		assert_int_equal(out.len, 0);
		assert_true(sim_group_apply(&group, key, sim_span(NULL, 0),
		    &out));
		assert_int_equal(out.len, id == 0 ? 128 : 256);
		sim_bytes_clear(&out);
		sim_bytes_clear(&bad);
		sim_group_free(&group);
	}
	sim_bytes_free(&bad);
	sim_bytes_free(&out);
}

/* --- what EF.CardAccess says --------------------------------------------- */

#define TA_AND_CA "300D060804007F0007020202020101" \
	"300F060A04007F00070202030202020101"
#define GM_13 "3012060A04007F0007020204020202010202010D"
#define IM_13 "3012060A04007F0007020204040202010202010D"
#define CAM_13 "3012060A04007F0007020204060202010202010D"
#define OWN_32 "3012060A04007F00070202040202020102020120" \
	"3020060904007F000702020402301006072A8648CE3D020106052B8104000A020120"

static void
assert_card_access(const struct sim_offer *offer, const char *hex)
{
	struct sim_bytes file = SIM_BYTES_INIT;

	sim_security_card_access(offer, true, &file);
	assert_hex(sim_view(&file), hex);
	sim_bytes_free(&file);
}

static void
test_offers(void **state)
{
	struct sim_offer offer = sim_offer_cccd;

	(void)state;
	offer.pace = (struct sim_pace_info){ SIM_AES256, 2 };
	assert_card_access(&offer, "3134" TA_AND_CA
	    "3012060A04007F00070202040104020102020102");
	offer.pace = (struct sim_pace_info){ SIM_3DES, 0 };
	assert_card_access(&offer, "3134" TA_AND_CA
	    "3012060A04007F00070202040101020102020100");
	offer = sim_offer_cccd;
	offer.extra_im = offer.extra_cam = true;
	assert_card_access(&offer, "315C" TA_AND_CA IM_13 CAM_13 GM_13);
	offer = sim_offer_cccd;
	offer.extra_proprietary = true;
	assert_card_access(&offer, "316A" TA_AND_CA OWN_32 GM_13);
	offer = sim_offer_cccd;
	offer.only_im = true;
	assert_card_access(&offer, "3134" TA_AND_CA IM_13);
	offer = sim_offer_cccd;
	offer.card_access = "3102";
	assert_card_access(&offer, "3102");
}

/* The chip plays what it can, wherever it stands, and nothing else. */
static void
test_chip_finds_its_own(void **state)
{
	struct sim_bytes file = unhex("315C" TA_AND_CA OWN_32 GM_13);
	struct sim_bytes im = unhex("3114" IM_13);
	struct sim_bytes oid = unhex("04007F00070202040402");
	struct sim_bytes mixed = unhex(
	    "31143012060A04007F00070202040202020102020100");
	struct sim_span any = { NULL, 0 };
	struct sim_pace_info found;

	(void)state;
	file.ptr[1] = 0x6a;
	assert_true(sim_pace_find(sim_view(&file), any, &found));
	assert_int_equal(found.parameter_id, 13);
	assert_false(sim_pace_find(sim_view(&file), sim_view(&oid), &found));
	assert_false(sim_pace_find(sim_view(&im), any, &found));
	/* ECDH in a prime group. */
	assert_false(sim_pace_find(sim_view(&mixed), any, &found));
	sim_bytes_free(&file);
	sim_bytes_free(&im);
	sim_bytes_free(&oid);
	sim_bytes_free(&mixed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dh_nonce),
		cmocka_unit_test(test_dh_mapping),
		cmocka_unit_test(test_dh_agreement),
		cmocka_unit_test(test_dh_tokens),
		cmocka_unit_test(test_dh_refuses_small_subgroups),
		cmocka_unit_test(test_offers),
		cmocka_unit_test(test_chip_finds_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
