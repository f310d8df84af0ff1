/*
 * test_pace.c - PACE against ICAO 9303-11 appendices G.1 (ECDH) and G.2 (DH),
 * byte for byte
 *
 * Our private keys are those of the appendices: the test takes the place of
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

#define G1 "pace_ecdh_gm_mrz"
#define G2 "pace_dh_gm_mrz"
#define STEPS 5

static struct scripted_card card;
static struct ck_pace_report report;
static const char *group = G1;

/* Blinding inside OpenSSL draws of the same length: any number serves it. */
static void
fill_for_curve(struct ck_span key, unsigned char *out, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		out[i] = key.ptr[i % key.len];
}

/* For integers OpenSSL draws with bits to spare and then adds one. */
static void
fill_for_integers(struct ck_span key, unsigned char *out, size_t len)
{
	size_t at;

	assert_true(len >= key.len);
	memset(out, 0, len - key.len);
	memcpy(out + (len - key.len), key.ptr, key.len);
	for (at = len; at > 0 && out[at - 1]-- == 0; at--)
		;
}

static int
random_of_appendix(unsigned char *out, int len)
{
	json_t *root = icao_vectors();
	struct ck_buf bytes = CK_BUF_INIT;

	hex_append(&bytes, vector_text(root, group, card.at < 3 ?
	    "mapping_terminal_private" : "ephemeral_terminal_private"));
	if (strcmp(group, G2) == 0)
		fill_for_integers(ck_buf_view(&bytes), out, (size_t)len);
	else
		fill_for_curve(ck_buf_view(&bytes), out, (size_t)len);
	ck_buf_wipe(&bytes);
	json_decref(root);

	return 1;
}

static const RAND_METHOD generator = { .bytes = random_of_appendix };

static int
use_generator_of_appendix(void **state)
{
	(void)state;

	return RAND_set_rand_method(&generator) == 1 ? 0 : -1;
}

static int
use_own_generator(void **state)
{
	(void)state;

	return RAND_set_rand_method(NULL) == 1 ? 0 : -1;
}

static struct ck_pace_offer
offer_of_appendix(const json_t *root)
{
	struct ck_buf file = CK_BUF_INIT;
	struct ck_pace_offer offer;

	hex_append(&file, vector_text(root, group, "card_access"));
	assert_int_equal(ck_pace_offer_choose(ck_buf_view(&file), &offer),
	    CK_OK);
	ck_buf_wipe(&file);

	return offer;
}

static struct ck_pace_password
password_of_appendix(void)
{
	struct ck_pace_password password = {
		.reference = CK_PACE_MRZ, .len = CK_MRZ_HASH_LEN, .sure = true
	};
	char information[CK_MRZ_INFORMATION_MAX];

	assert_int_equal(ck_mrz_information("T22000129",
	    (struct ck_date){ 1964, 8, 12 }, (struct ck_date){ 2010, 10, 31 },
	    information), CK_OK);
	assert_int_equal(ck_mrz_hash(information, password.bytes), CK_OK);

	return password;
}

/* Play these rows with this password. */
static enum ck_err
run(const struct scripted_row *rows, size_t count,
    const struct ck_pace_password *password, struct ck_sm **sm)
{
	json_t *root = icao_vectors();
	struct ck_pace_offer offer = offer_of_appendix(root);
	struct ck_channel channel;
	enum ck_err err;

	scripted_card_init(&card, rows, count, ATR_SILENT);
	ck_channel_init(&channel, &card.transport, NULL);
	err = ck_pace_open(&channel, &offer, password, &report, sm);
	ck_channel_wipe(&channel);
	scripted_card_done(&card);
	json_decref(root);

	return err;
}

/*
 * Play the appendix for count commands; answer, if not NULL, takes the place of
 * the last one's.
 */
static enum ck_err
play(size_t count, const char *answer, struct ck_sm **sm)
{
	json_t *root = icao_vectors();
	json_t *apdus = json_object_get(json_object_get(root, group), "apdus");
	struct ck_pace_password password = password_of_appendix();
	struct scripted_row rows[STEPS];
	enum ck_err err;
	size_t i;

	for (i = 0; i < count; i++) {
		json_t *pair = json_array_get(apdus, i);

		rows[i].command = json_string_value(json_array_get(pair, 0));
		rows[i].answer = json_string_value(json_array_get(pair, 1));
	}
	if (answer != NULL)
		rows[count - 1].answer = answer[0] == '\0' ? NULL : answer;
	err = run(rows, count, &password, sm);
	json_decref(root);

	return err;
}

/* The session keys are right if a command comes out the same with them. */
static void
assert_keys(struct ck_sm **sm, const char *ks_enc, const char *ks_mac)
{
	const struct ck_apdu read = {
		0x00, 0xb0, 0x81, 0x00, { NULL, 0 }, 512
	};
	struct ck_buf from_pace = CK_BUF_INIT, from_keys = CK_BUF_INIT;
	struct ck_cipher_key enc = { .len = 16 }, mac = { .len = 16 };
	struct ck_buf bytes = CK_BUF_INIT;
	struct ck_sm *want;

	hex_append(&bytes, ks_enc);
	hex_append(&bytes, ks_mac);
	memcpy(enc.bytes, bytes.ptr, 16);
	memcpy(mac.bytes, bytes.ptr + 16, 16);
	assert_int_equal(ck_sm_new(&want, CK_SUITE_AES128, &enc, &mac,
	    CK_SPAN_EMPTY), CK_OK);
	assert_int_equal(ck_sm_wrap(*sm, &read, &from_pace), CK_OK);
	assert_int_equal(ck_sm_wrap(want, &read, &from_keys), CK_OK);
	assert_true(ck_span_equal(ck_buf_view(&from_pace),
	    ck_buf_view(&from_keys)));
	ck_buf_wipe(&from_pace);
	ck_buf_wipe(&from_keys);
	ck_buf_wipe(&bytes);
	ck_sm_free(sm);
	ck_sm_free(&want);
}

static void
the_exchanges_of_the_appendices_are_reproduced(void **state)
{
	static const char *const groups[] = { G1, G2 };
	json_t *root = icao_vectors();
	struct ck_sm *sm;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
		group = groups[i];
		assert_int_equal(play(STEPS, NULL, &sm), CK_OK);
		assert_true(report.spoken && report.tried);
		assert_keys(&sm, vector_text(root, group, "ks_enc"),
		    vector_text(root, group, "ks_mac"));
	}
	group = G1;
	json_decref(root);
}

/*
 * G.2 with another key of the chip, such that the agreed integer begins with a
 * zero byte, which PKCS #3 keeps. Key and tokens: tests/wire/README.md.
 */
static void
an_agreed_integer_keeps_its_leading_zero(void **state)
{
	static const char key[] = "7C818384818013A6C274A4C69F29003033568424C99"
	    "FB6A2EEDD92141755D95CDD9F3EFB4692CC18708C731D3E9E583ED509BB72C01"
	    "CE0725CF4A84E88E4A5E5BC116D502CC210914666AD9C66D88469B6C6C6B15BD"
	    "1A99C6A4002863C7D57DDBE388785CB5A583E80A13581C672AF4794FB6DFC2B1"
	    "CBE3B5FF1C491E897EE8F1377943002239000";
	json_t *root = icao_vectors();
	json_t *apdus = json_object_get(json_object_get(root, G2), "apdus");
	struct ck_pace_password password = password_of_appendix();
	struct scripted_row rows[STEPS];
	struct ck_sm *sm;
	size_t i;

	(void)state;
	group = G2;
	for (i = 0; i < STEPS; i++) {
		json_t *pair = json_array_get(apdus, i);

		rows[i].command = json_string_value(json_array_get(pair, 0));
		rows[i].answer = json_string_value(json_array_get(pair, 1));
	}
	rows[3].answer = key;
	rows[4].command = "008600000C7C0A8508EA304E92E695FFB900";
	rows[4].answer = "7C0A86082639D0546373F12B9000";
	assert_int_equal(run(rows, STEPS, &password, &sm), CK_OK);
	assert_keys(&sm, "ED7CB3A6EF23618DEDF149A39C94DF89",
	    "DD544E2CBEA37592154A7648FFB61CEB");
	group = G1;
	json_decref(root);
}

/* p of the 1024-bit group of RFC 5114, but for its last digit. */
#define GROUP_PRIME "B10B8F96A080E01DDE92DE5EAE5D54EC52C99FBCFB06A3C69A6A9DCA" \
	"52D23B616073E28675A23D189838EF1E2EE652C013ECB4AEA906112324975C3CD49B" \
	"83BFACCBDD7D90C4BD7098488E9C219A73724EFFD6FAE5644738FAA31A4FF55BCCC0" \
	"A151AF5F0DC8B4BD45BF37DF365C1A65E68CFDA76D4DA708DF1FB2BC2E4A437"

/*
 * 0, 1, p - 1 and p, by which a chip could agree without any password; 2,
 * which is not in the group.
 */
static void
integers_outside_of_the_group_are_refused(void **state)
{
	static const char *const keys[] = {
		"0", "1", "2", GROUP_PRIME "0", GROUP_PRIME "1"
	};
	struct ck_sm *sm;
	char zeros[257];
	size_t i;

	(void)state;
	group = G2;
	memset(zeros, '0', sizeof(zeros));
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		char answer[300];
		unsigned step;

		for (step = 3; step <= 4; step++) {
			(void)snprintf(answer, sizeof(answer),
			    "7C81838%u8180%.*s%s9000", step == 3 ? 2U : 4U,
			    (int)(256 - strlen(keys[i])), zeros, keys[i]);
			assert_int_equal(play(step, answer, &sm),
			    CK_ERR_CARD_MALFORMED);
			assert_null(sm);
		}
	}
	group = G1;
}

static void
wrong_blocked_gone_and_refused_are_told_apart(void **state)
{
	static const struct {
		size_t count;
		const char *answer;
		enum ck_err want;
		unsigned tries_left;
	} rows[] = {
		/* MSE:Set AT: what the chip knows, and may be asked */
		{ 1, "6A80", CK_ERR_ACCESS_UNSUPPORTED, 0 },
		{ 1, "6A86", CK_ERR_ACCESS_UNSUPPORTED, 0 },
		{ 1, "6D00", CK_ERR_ACCESS_UNSUPPORTED, 0 },
		{ 1, "6A88", CK_ERR_ACCESS_KEY_NEEDED, 0 },
		{ 1, "6982", CK_ERR_CARD_REFUSED, 0 },
		{ 1, "6985", CK_ERR_CARD_REFUSED, 0 },
		{ 1, "6300", CK_ERR_CARD_REFUSED, 0 },
		{ 1, "6983", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 1, "6984", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 1, "6283", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 1, "63C0", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 1, "", CK_ERR_CARD_GONE, 0 },
		/* the nonce */
		{ 2, "6D00", CK_ERR_ACCESS_UNSUPPORTED, 0 },
		{ 2, "6A80", CK_ERR_ACCESS_UNSUPPORTED, 0 },
		{ 2, "6982", CK_ERR_CARD_REFUSED, 0 },
		{ 2, "6985", CK_ERR_CARD_REFUSED, 0 },
		{ 2, "6A88", CK_ERR_CARD_REFUSED, 0 },
		{ 2, "6983", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 2, "", CK_ERR_CARD_GONE, 0 },
		{ 2, "9000", CK_ERR_CARD_MALFORMED, 0 },
		{ 2, "7C039000", CK_ERR_CARD_MALFORMED, 0 },
		{ 2, "7C0680040011223390", CK_ERR_CARD_GONE, 0 },
		{ 2, "7C06800400112233" "9000", CK_ERR_CARD_MALFORMED, 0 },
		/* three blocks, where the longest key has two */
		{ 2, "7C328030" "95A3A016522EE98D01E76CB6B98B42C3"
		  "95A3A016522EE98D01E76CB6B98B42C3"
		  "95A3A016522EE98D01E76CB6B98B42C3" "9000",
		  CK_ERR_CARD_MALFORMED, 0 },
		/* mapping and key agreement */
		{ 3, "6A80", CK_ERR_CARD_REFUSED, 0 },
		{ 3, "6982", CK_ERR_CARD_REFUSED, 0 },
		{ 3, "6985", CK_ERR_CARD_REFUSED, 0 },
		{ 3, "6983", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 3, "", CK_ERR_CARD_GONE, 0 },
		{ 3, "7C0482020400" "9000", CK_ERR_CARD_MALFORMED, 0 },
		{ 4, "6A80", CK_ERR_CARD_REFUSED, 0 },
		{ 4, "6982", CK_ERR_CARD_REFUSED, 0 },
		{ 4, "", CK_ERR_CARD_GONE, 0 },
		{ 4, "7C0484020400" "9000", CK_ERR_CARD_MALFORMED, 0 },
		/* the token */
		{ 5, "6300", CK_ERR_ACCESS_DENIED, 0 },
		{ 5, "63C2", CK_ERR_ACCESS_DENIED, 2 },
		{ 5, "63C1", CK_ERR_ACCESS_DENIED, 1 },
		{ 5, "63C0", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 5, "6982", CK_ERR_ACCESS_DENIED, 0 },
		{ 5, "6988", CK_ERR_ACCESS_DENIED, 0 },
		{ 5, "6A80", CK_ERR_ACCESS_DENIED, 0 },
		{ 5, "6985", CK_ERR_CARD_REFUSED, 0 },
		{ 5, "6A88", CK_ERR_CARD_REFUSED, 0 },
		{ 5, "6F00", CK_ERR_CARD_REFUSED, 0 },
		{ 5, "6983", CK_ERR_ACCESS_BLOCKED, 0 },
		{ 5, "", CK_ERR_CARD_GONE, 0 },
		/* the chip's token with its last bit changed, then cut */
		{ 5, "7C0A86083ABB9674BCE93C099000", CK_ERR_ACCESS_PROOF, 0 },
		{ 5, "7C0986073ABB9674BCE93C9000", CK_ERR_ACCESS_PROOF, 0 },
	};
	struct ck_sm *sm;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum ck_err got = play(rows[i].count, rows[i].answer, &sm);

		if (got != rows[i].want)
			fail_msg("step %zu, \"%s\": %s, not %s",
			    rows[i].count, rows[i].answer, ck_err_label(got),
			    ck_err_label(rows[i].want));
		assert_int_equal(report.tries_left, rows[i].tries_left);
		assert_true(report.tried == (rows[i].count == 5));
		assert_null(sm);
	}
}

/* Before anything is tried the chip says that one try is left. */
static void
the_last_try_is_not_for_typed_digits(void **state)
{
	static const struct scripted_row rows[] = {
		{ "0022C1A40F800A04007F00070202040202830102", "63C1" },
		{ "10860000027C0000", "6F00" },
	};
	struct ck_pace_password can = {
		.reference = CK_PACE_CAN, .bytes = "123456", .len = 6
	};
	struct ck_sm *sm;

	(void)state;
	assert_int_equal(run(rows, 1, &can, &sm), CK_ERR_ACCESS_LAST_TRY);
	assert_int_equal(report.tries_left, 1);
	assert_true(report.spoken && !report.tried);
	can.sure = true;
	assert_int_equal(run(rows, 2, &can, &sm), CK_ERR_CARD_REFUSED);
}

/* Counted before the try, or after it. */
static void
tries_left_are_those_after_the_try(void **state)
{
	static const struct {
		const char *before, *after;
		unsigned left;
	} rows[] = {
		{ "63C3", "6300", 2 }, { "63C3", "63C2", 2 },
		{ "63C1", "6300", 0 }, { "9000", "63C4", 4 },
		{ "9000", "6300", 0 }
	};
	json_t *root = icao_vectors();
	json_t *apdus = json_object_get(json_object_get(root, G1), "apdus");
	struct ck_pace_password password = password_of_appendix();
	struct ck_sm *sm;
	size_t i, step;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct scripted_row script[STEPS];

		for (step = 0; step < STEPS; step++) {
			json_t *pair = json_array_get(apdus, step);

			script[step].command =
			    json_string_value(json_array_get(pair, 0));
			script[step].answer =
			    json_string_value(json_array_get(pair, 1));
		}
		script[0].answer = rows[i].before;
		script[4].answer = rows[i].after;
		assert_int_equal(run(script, STEPS, &password, &sm),
		    CK_ERR_ACCESS_DENIED);
		assert_int_equal(report.tries_left, rows[i].left);
	}
	json_decref(root);
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
	    vector_text(root, group, "mapping_terminal_public"));
	(void)snprintf(ephemeral, sizeof(ephemeral), "7C438441%s9000",
	    vector_text(root, group, "ephemeral_terminal_public"));
	assert_int_equal(play(3, map, &sm), CK_ERR_CARD_MALFORMED);
	assert_int_equal(play(4, ephemeral, &sm), CK_ERR_CARD_MALFORMED);
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    the_exchanges_of_the_appendices_are_reproduced),
		cmocka_unit_test(an_agreed_integer_keeps_its_leading_zero),
		cmocka_unit_test(integers_outside_of_the_group_are_refused),
		cmocka_unit_test(the_last_try_is_not_for_typed_digits),
		cmocka_unit_test(
		    wrong_blocked_gone_and_refused_are_told_apart),
		cmocka_unit_test(tries_left_are_those_after_the_try),
		cmocka_unit_test(a_mirror_is_refused),
	};

	return cmocka_run_group_tests_name("pace", tests, use_generator_of_appendix,
	    use_own_generator);
}
