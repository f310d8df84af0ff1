/*
 * test_pace_offer.c - what is taken of EF.CardAccess, and what is said of the
 * rest
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "access/pace_offer.h"
#include "access/pace_words.h"
#include "vectors.h"

/* SecurityInfos by hand: SEQUENCE, OID 0.4.0.127.0.7.2.2.4.m.s, version,
 * parameterId. */
#define INFO(ms, version, id) \
	"3012060A04007F0007020204" ms "0201" version "0201" id
#define NO_ID(ms) "300F060A04007F0007020204" ms "020102"

static enum ck_err
choose(const char *hex, struct ck_pace_offer *offer)
{
	struct ck_buf file = CK_BUF_INIT;
	enum ck_err err;

	hex_append(&file, hex);
	err = ck_pace_offer_choose(ck_buf_view(&file), offer);
	ck_buf_wipe(&file);

	return err;
}

static void
assert_described(const char *hex, const char *want)
{
	struct ck_buf file = CK_BUF_INIT;
	char text[240];

	hex_append(&file, hex);
	ck_pace_describe(ck_buf_view(&file), text, sizeof(text));
	assert_string_equal(text, want);
	ck_buf_wipe(&file);
}

static void
a_citizen_card_offers_aes_128_on_its_curve(void **state)
{
	struct ck_pace_offer offer;

	(void)state;
	assert_int_equal(choose("3134300D060804007F00070202020201"
	    "01300F060A04007F0007020203020202010130" "12060A04007F00070202"
	    "04020202010202010D", &offer), CK_OK);
	assert_int_equal(offer.mapping, CK_PACE_ECDH_GM);
	assert_int_equal(offer.suite, CK_SUITE_AES128);
	assert_int_equal(offer.parameter_id, 13);
	assert_false(offer.ambiguous);
}

/* Every protocol and parameter of §9.5.1, one by one. */
static void
every_generic_mapping_is_spoken(void **state)
{
	unsigned suite, id;

	(void)state;
	for (suite = 1; suite <= 4; suite++) {
		for (id = 0; id <= 31; id++) {
			bool curve = id >= 8 && id <= 18, any = curve || id < 3;
			struct ck_pace_offer offer;
			char hex[80];

			(void)snprintf(hex, sizeof(hex), "31143012060A04007F"
			    "0007020204%02X%02X0201020201%02X",
			    curve ? 2U : 1U, suite, id);
			assert_int_equal(choose(hex, &offer), any ? CK_OK :
			    CK_ERR_ACCESS_UNSUPPORTED);
			if (any)
				assert_int_equal(offer.parameter_id, id);
		}
	}
}

static void
the_strongest_offer_is_taken(void **state)
{
	static const struct {
		const char *file;
		enum ck_suite suite;
		unsigned id;
		bool ambiguous;
	} rows[] = {
		/* the cipher decides before the curve, in either order */
		{ "3128" INFO("0201", "02", "12") INFO("0202", "02", "0C"),
		  CK_SUITE_AES128, 12, true },
		{ "3128" INFO("0204", "02", "0D") INFO("0202", "02", "10"),
		  CK_SUITE_AES256, 13, true },
		/* a curve before integers, the longer before the shorter */
		{ "3128" INFO("0102", "02", "02") INFO("0202", "02", "08"),
		  CK_SUITE_AES128, 8, true },
		{ "3128" INFO("0202", "02", "0D") INFO("0202", "02", "10"),
		  CK_SUITE_AES128, 16, true },
		/* said twice, or for another mapping too: one set all the same */
		{ "3128" INFO("0202", "02", "0D") INFO("0202", "02", "0D"),
		  CK_SUITE_AES128, 13, false },
		{ "3128" INFO("0402", "02", "0D") INFO("0202", "02", "0D"),
		  CK_SUITE_AES128, 13, false },
		/* chip authentication mapping beside it, stronger but unknown */
		{ "3128" INFO("0604", "02", "0D") INFO("0202", "02", "0D"),
		  CK_SUITE_AES128, 13, false },
		/* parameters of the chip's own beside it */
		{ "3125" NO_ID("0204") INFO("0202", "02", "0D"),
		  CK_SUITE_AES128, 13, true },
		/* PACEDomainParameterInfo beside it */
		{ "3124" "300E060904007F000702020402" "30010D"
		  INFO("0202", "02", "0D"), CK_SUITE_AES128, 13, true },
	};
	struct ck_pace_offer offer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(choose(rows[i].file, &offer), CK_OK);
		assert_int_equal(offer.suite, rows[i].suite);
		assert_int_equal(offer.parameter_id, rows[i].id);
		assert_int_equal(offer.ambiguous, rows[i].ambiguous);
	}
}

static void
what_we_cannot_speak_is_named(void **state)
{
	static const struct {
		const char *file, *words;
	} rows[] = {
		{ "3114" INFO("0402", "02", "0D"), "PACE with integrated "
		  "mapping (id-PACE-ECDH-IM-AES-CBC-CMAC-128)" },
		{ "3114" INFO("0301", "02", "00"), "PACE with integrated "
		  "mapping (id-PACE-DH-IM-3DES-CBC-CBC)" },
		{ "3114" INFO("0604", "02", "0D"), "PACE with chip "
		  "authentication mapping (id-PACE-ECDH-CAM-AES-CBC-CMAC-256)" },
		{ "3114" INFO("0702", "02", "0D"), "PACE with an unknown "
		  "mapping (OID 04007F00070202040702)" },
		{ "3114" INFO("0205", "02", "0D"), "PACE with an unknown "
		  "cipher (OID 04007F00070202040205)" },
		{ "3114" INFO("0202", "01", "0D"), "PACE of another version "
		  "than 2 (id-PACE-ECDH-GM-AES-CBC-CMAC-128)" },
		{ "3111" NO_ID("0202"), "PACE with explicit domain parameters "
		  "(id-PACE-ECDH-GM-AES-CBC-CMAC-128)" },
		{ "3114" INFO("0202", "02", "20"), "PACE with explicit domain "
		  "parameters (id-PACE-ECDH-GM-AES-CBC-CMAC-128)" },
		{ "3114" INFO("0102", "02", "0D"), "PACE with unknown domain "
		  "parameters 13 (id-PACE-DH-GM-AES-CBC-CMAC-128)" },
		{ "3114" INFO("0202", "02", "13"), "PACE with unknown domain "
		  "parameters 19 (id-PACE-ECDH-GM-AES-CBC-CMAC-128)" },
		/* domain parameters without a protocol */
		{ "3110" "300E060904007F000702020402" "30010D", "PACE domain "
		  "parameters (OID 04007F000702020402)" },
		{ "310D" "300B060804007F0007020204", NULL },
		{ "3128" INFO("0402", "02", "0D") INFO("0602", "02", "0D"),
		  "PACE with integrated mapping "
		  "(id-PACE-ECDH-IM-AES-CBC-CMAC-128), PACE with chip "
		  "authentication mapping "
		  "(id-PACE-ECDH-CAM-AES-CBC-CMAC-128)" },
	};
	struct ck_pace_offer offer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].words == NULL) {
			assert_int_equal(choose(rows[i].file, &offer),
			    CK_ERR_FILE_MALFORMED);
			continue;
		}
		assert_int_equal(choose(rows[i].file, &offer),
		    CK_ERR_ACCESS_UNSUPPORTED);
		assert_described(rows[i].file, rows[i].words);
	}
}

/* As many words as there is room for, and no more. */
static void
a_long_list_is_cut(void **state)
{
	struct ck_buf file = CK_BUF_INIT;
	char text[20];

	(void)state;
	hex_append(&file, "3128" INFO("0402", "02", "0D")
	    INFO("0602", "02", "0D"));
	memset(text, 'x', sizeof(text));
	ck_pace_describe(ck_buf_view(&file), text, sizeof(text));
	assert_string_equal(text, "PACE with integrate");
	ck_buf_wipe(&file);
}

static void
no_pace_and_no_file_are_told_apart(void **state)
{
	struct ck_pace_offer offer;

	(void)state;
	/* chip authentication only */
	assert_int_equal(choose("3111300F060A04007F00070202030202020101",
	    &offer), CK_ERR_FILE_ABSENT);
	assert_int_equal(choose("3100", &offer), CK_ERR_FILE_ABSENT);
	assert_int_equal(choose("3114", &offer), CK_ERR_FILE_MALFORMED);
	assert_int_equal(choose("", &offer), CK_ERR_FILE_MALFORMED);
	/* a byte behind the set; a fourth element; a negative number */
	assert_int_equal(choose("3114" INFO("0202", "02", "0D") "00", &offer),
	    CK_ERR_FILE_MALFORMED);
	assert_int_equal(choose("31173015060A04007F0007020204020202010202010D"
	    "020100", &offer), CK_ERR_FILE_MALFORMED);
	assert_int_equal(choose("3114" INFO("0202", "02", "8D"), &offer),
	    CK_ERR_ACCESS_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_citizen_card_offers_aes_128_on_its_curve),
		cmocka_unit_test(every_generic_mapping_is_spoken),
		cmocka_unit_test(the_strongest_offer_is_taken),
		cmocka_unit_test(what_we_cannot_speak_is_named),
		cmocka_unit_test(a_long_list_is_cut),
		cmocka_unit_test(no_pace_and_no_file_are_told_apart),
	};

	return cmocka_run_group_tests_name("pace_offer", tests, NULL, NULL);
}
