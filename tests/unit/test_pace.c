/*
 * test_pace.c - PACE against ICAO 9303-11 appendix G.1, byte for byte
 *
 * Our private keys are those of the appendix: the test takes the place of
 * OpenSSL's generator, and gives one key until the chip has answered the
 * mapping, the other from then on.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/rand.h>

#include "access/pace.h"
#include "access/sm.h"
#include "card/channel.h"
#include "scripted_card.h"

#define GROUP "pace_ecdh_gm_mrz"
#define STEPS 5

static struct scripted_card card;

/* Blinding inside OpenSSL draws of the same length: any number serves it. */
static int
random_of_g1(unsigned char *out, int len)
{
	json_t *root = icao_vectors();
	struct ck_buf bytes = CK_BUF_INIT;
	int i;

	hex_append(&bytes, vector_text(root, GROUP, card.at < 3 ?
	    "mapping_terminal_private" : "ephemeral_terminal_private"));
	for (i = 0; i < len; i++)
		out[i] = bytes.ptr[(size_t)i % bytes.len];
	ck_buf_wipe(&bytes);
	json_decref(root);

	return 1;
}

static const RAND_METHOD generator_of_g1 = { .bytes = random_of_g1 };

static int
use_generator_of_g1(void **state)
{
	(void)state;

	return RAND_set_rand_method(&generator_of_g1) == 1 ? 0 : -1;
}

static int
use_own_generator(void **state)
{
	(void)state;

	return RAND_set_rand_method(NULL) == 1 ? 0 : -1;
}

static struct ck_pace_offer
offer_of_g1(const json_t *root)
{
	struct ck_buf file = CK_BUF_INIT;
	struct ck_pace_offer offer;

	hex_append(&file, vector_text(root, GROUP, "card_access"));
	assert_int_equal(ck_pace_offer_choose(ck_buf_view(&file), &offer),
	    CK_OK);
	ck_buf_wipe(&file);

	return offer;
}

static struct ck_pace_password
password_of_g1(void)
{
	struct ck_pace_password password = {
		.reference = CK_PACE_MRZ, .len = CK_MRZ_HASH_LEN
	};
	char information[CK_MRZ_INFORMATION_MAX];

	assert_int_equal(ck_mrz_information("T22000129",
	    (struct ck_date){ 1964, 8, 12 }, (struct ck_date){ 2010, 10, 31 },
	    information), CK_OK);
	assert_int_equal(ck_mrz_hash(information, password.bytes), CK_OK);

	return password;
}

/*
 * Play the appendix for count commands; answer, if not NULL, takes the place of
 * the last one's.
 */
static enum ck_err
play(size_t count, const char *answer, struct ck_sm **sm)
{
	json_t *root = icao_vectors();
	json_t *apdus = json_object_get(json_object_get(root, GROUP), "apdus");
	struct ck_pace_offer offer = offer_of_g1(root);
	struct ck_pace_password password = password_of_g1();
	struct scripted_row rows[STEPS];
	struct ck_channel channel;
	enum ck_err err;
	size_t i;

	for (i = 0; i < count; i++) {
		json_t *pair = json_array_get(apdus, i);

		rows[i].command = json_string_value(json_array_get(pair, 0));
		rows[i].answer = json_string_value(json_array_get(pair, 1));
	}
	if (answer != NULL)
		rows[count - 1].answer = answer[0] == '\0' ? NULL : answer;
	scripted_card_init(&card, rows, count, ATR_SILENT);
	ck_channel_init(&channel, &card.transport, NULL);
	err = ck_pace_open(&channel, &offer, &password, sm);
	ck_channel_wipe(&channel);
	scripted_card_done(&card);
	json_decref(root);

	return err;
}

/* The session keys are right if the answer below opens with them. */
static void
the_exchange_of_g1_is_reproduced(void **state)
{
	const struct ck_apdu read = {
		0x00, 0xb0, 0x81, 0x00, { NULL, 0 }, 512
	};
	struct ck_buf from_pace = CK_BUF_INIT, from_keys = CK_BUF_INIT;
	json_t *root = icao_vectors();
	struct ck_cipher_key enc = { .len = 16 }, mac = { .len = 16 };
	struct ck_buf bytes = CK_BUF_INIT;
	struct ck_sm *sm, *want;

	(void)state;
	hex_append(&bytes, vector_text(root, GROUP, "ks_enc"));
	hex_append(&bytes, vector_text(root, GROUP, "ks_mac"));
	memcpy(enc.bytes, bytes.ptr, 16);
	memcpy(mac.bytes, bytes.ptr + 16, 16);
	assert_int_equal(play(STEPS, NULL, &sm), CK_OK);
	assert_int_equal(ck_sm_new(&want, CK_SUITE_AES128, &enc, &mac,
	    CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(ck_sm_wrap(sm, &read, &from_pace), CK_OK);
	assert_int_equal(ck_sm_wrap(want, &read, &from_keys), CK_OK);
	assert_true(ck_span_equal(ck_buf_view(&from_pace),
	    ck_buf_view(&from_keys)));
	ck_buf_wipe(&from_pace);
	ck_buf_wipe(&from_keys);
	ck_buf_wipe(&bytes);
	ck_sm_free(&sm);
	ck_sm_free(&want);
	json_decref(root);
}

static void
wrong_blocked_gone_and_refused_are_told_apart(void **state)
{
	static const struct {
		size_t count;
		const char *answer;
		enum ck_err want;
	} rows[] = {
		{ 1, "6A80", CK_ERR_ACCESS_UNSUPPORTED },
		{ 1, "6983", CK_ERR_ACCESS_BLOCKED },
		{ 1, "63C0", CK_ERR_ACCESS_BLOCKED },
		{ 1, "", CK_ERR_CARD_GONE },
		{ 2, "6D00", CK_ERR_ACCESS_UNSUPPORTED },
		{ 2, "9000", CK_ERR_CARD_MALFORMED },
		{ 2, "7C039000", CK_ERR_CARD_MALFORMED },
		{ 2, "7C0680040011223390", CK_ERR_CARD_GONE },
		{ 2, "7C06800400112233" "9000", CK_ERR_CARD_MALFORMED },
		{ 3, "6A80", CK_ERR_CARD_REFUSED },
		{ 3, "7C0482020400" "9000", CK_ERR_CARD_MALFORMED },
		{ 5, "6300", CK_ERR_ACCESS_DENIED },
		{ 5, "63C2", CK_ERR_ACCESS_DENIED },
		{ 5, "6982", CK_ERR_ACCESS_DENIED },
		{ 5, "6983", CK_ERR_ACCESS_BLOCKED },
		{ 5, "", CK_ERR_CARD_GONE },
		/* the chip's token with its last bit changed */
		{ 5, "7C0A86083ABB9674BCE93C099000", CK_ERR_ACCESS_DENIED },
		{ 5, "7C0986073ABB9674BCE93C9000", CK_ERR_ACCESS_DENIED },
	};
	struct ck_sm *sm;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(play(rows[i].count, rows[i].answer, &sm),
		    rows[i].want);
		assert_null(sm);
	}
}

/* A chip that sends our own keys back knows no password. */
static void
a_mirror_is_refused(void **state)
{
	json_t *root = icao_vectors();
	struct ck_sm *sm;
	char map[200], ephemeral[200];

	(void)state;
	(void)snprintf(map, sizeof(map), "7C438241%s9000",
	    vector_text(root, GROUP, "mapping_terminal_public"));
	(void)snprintf(ephemeral, sizeof(ephemeral), "7C438441%s9000",
	    vector_text(root, GROUP, "ephemeral_terminal_public"));
	assert_int_equal(play(3, map, &sm), CK_ERR_CARD_MALFORMED);
	assert_int_equal(play(4, ephemeral, &sm), CK_ERR_CARD_MALFORMED);
	json_decref(root);
}

/* EF.CardAccess of a citizen card, then ones that we cannot answer. */
static void
the_offer_is_chosen_from_card_access(void **state)
{
	static const struct {
		const char *file;
		enum ck_err want;
	} rows[] = {
		{ "3134300D060804007F0007020202020101300F060A04007F000702020"
		  "302020201013012060A04007F0007020204020202010202010D",
		  CK_OK },
		/* chip authentication only */
		{ "3111300F060A04007F00070202030202020101",
		  CK_ERR_FILE_ABSENT },
		/* integrated mapping; unknown cipher; version 1; explicit
		 * parameters; a curve's number for integers */
		{ "31143012060A04007F0007020204040202010202010D",
		  CK_ERR_ACCESS_UNSUPPORTED },
		{ "31143012060A04007F0007020204020502010202010D",
		  CK_ERR_ACCESS_UNSUPPORTED },
		{ "31143012060A04007F0007020204020202010102010D",
		  CK_ERR_ACCESS_UNSUPPORTED },
		{ "3111300F060A04007F00070202040202020102",
		  CK_ERR_ACCESS_UNSUPPORTED },
		{ "31143012060A04007F0007020204010202010202010D",
		  CK_ERR_ACCESS_UNSUPPORTED },
		{ "3114", CK_ERR_FILE_MALFORMED },
		{ "", CK_ERR_FILE_MALFORMED },
	};
	struct ck_pace_offer offer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct ck_buf file = CK_BUF_INIT;

		hex_append(&file, rows[i].file);
		assert_int_equal(ck_pace_offer_choose(ck_buf_view(&file),
		    &offer), rows[i].want);
		ck_buf_wipe(&file);
		if (rows[i].want == CK_OK) {
			assert_int_equal(offer.parameter_id, 13);
			assert_int_equal(offer.suite, CK_SUITE_AES128);
			assert_false(offer.ambiguous);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exchange_of_g1_is_reproduced),
		cmocka_unit_test(
		    wrong_blocked_gone_and_refused_are_told_apart),
		cmocka_unit_test(a_mirror_is_refused),
		cmocka_unit_test(the_offer_is_chosen_from_card_access),
	};

	return cmocka_run_group_tests_name("pace", tests, use_generator_of_g1,
	    use_own_generator);
}
