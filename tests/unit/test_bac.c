/*
 * test_bac.c - Basic Access Control against ICAO 9303-11 appendix D.3
 *
 * Our random numbers are those of the appendix: the test takes the place of
 * OpenSSL's generator.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/rand.h>

#include "access/bac.h"
#include "access/sm.h"
#include "card/channel.h"
#include "scripted_card.h"

#define ROWS(rows) (rows), sizeof(rows) / sizeof((rows)[0])

static const struct ck_bac_secret secret = {
	"L898902C", { 1969, 8, 6 }, { 1994, 6, 23 }
};

static unsigned tries_left;

/* RND.IFD is 8 bytes, K.IFD 16: the length tells which one is asked for. */
static int
random_of_d3(unsigned char *out, int len)
{
	json_t *root = icao_vectors();
	struct ck_buf bytes = CK_BUF_INIT;

	hex_append(&bytes, vector_text(root, "bac",
	    len == 8 ? "rnd_ifd" : "k_ifd"));
	assert_int_equal(len, bytes.len);
	memcpy(out, bytes.ptr, bytes.len);
	ck_buf_wipe(&bytes);
	json_decref(root);

	return 1;
}

static const RAND_METHOD generator_of_d3 = { .bytes = random_of_d3 };

static int
use_generator_of_d3(void **state)
{
	(void)state;

	return RAND_set_rand_method(&generator_of_d3) == 1 ? 0 : -1;
}

static int
use_own_generator(void **state)
{
	(void)state;

	return RAND_set_rand_method(NULL) == 1 ? 0 : -1;
}

static enum ck_err
play(const struct scripted_row *rows, size_t count, struct ck_sm **sm)
{
	struct scripted_card card;
	struct ck_channel channel;
	enum ck_err err;

	scripted_card_init(&card, rows, count, ATR_SILENT);
	ck_channel_init(&channel, &card.transport, NULL);
	err = ck_bac_open(&channel, &secret, &tries_left, sm);
	ck_channel_wipe(&channel);
	scripted_card_done(&card);

	return err;
}

/* The commands of D.3 with this answer to the second. */
static enum ck_err
play_d3(const char *answer, struct ck_sm **sm)
{
	json_t *root = icao_vectors();
	char challenge[32], authenticate[128], response[128];
	const struct scripted_row rows[] = {
		{ "0084000008", challenge },
		{ authenticate, answer == NULL ? response : answer },
	};
	enum ck_err err;

	(void)snprintf(challenge, sizeof(challenge), "%s9000",
	    vector_text(root, "bac", "rnd_ic"));
	(void)snprintf(authenticate, sizeof(authenticate), "0082000028%s28",
	    vector_text(root, "bac", "external_authenticate_data"));
	(void)snprintf(response, sizeof(response), "%s9000",
	    vector_text(root, "bac", "response_data"));
	err = play(ROWS(rows), sm);
	json_decref(root);

	return err;
}

/* The channel that comes out protects the first command of D.4. */
static void
the_exchange_of_d3_opens_the_channel_of_d4(void **state)
{
	const struct ck_apdu select = {
		0x00, 0xa4, 0x02, 0x0c, { (const uint8_t *)"\x01\x1e", 2 }, 0
	};
	struct ck_buf body = CK_BUF_INIT;
	struct ck_sm *sm;

	(void)state;
	assert_int_equal(play_d3(NULL, &sm), CK_OK);
	assert_int_equal(ck_sm_wrap(sm, &select, &body), CK_OK);
	assert_span_hex(ck_buf_view(&body),
	    "8709016375432908C044F68E08BF8B92D635FF24F8");
	ck_buf_wipe(&body);
	ck_sm_free(&sm);
}

static void
refusals_are_told_apart(void **state)
{
	static const struct {
		const char *answer;
		enum ck_err want;
		unsigned tries_left;
	} rows[] = {
		{ "6300", CK_ERR_ACCESS_DENIED, 0 },
		{ "6988", CK_ERR_ACCESS_DENIED, 0 },
		{ "6982", CK_ERR_ACCESS_DENIED, 0 },
		{ "63C2", CK_ERR_ACCESS_DENIED, 2 },
		{ "63C0", CK_ERR_ACCESS_BLOCKED, 0 },
		{ "6983", CK_ERR_ACCESS_BLOCKED, 0 },
		{ "6985", CK_ERR_CARD_REFUSED, 0 },
		{ "6F00", CK_ERR_CARD_REFUSED, 0 },
		{ "9000", CK_ERR_CARD_MALFORMED, 0 },
		/* the last byte of M_IC, then one of E_IC is wrong */
		{ "46B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94E"
		  "E178534F2F2D235D074D74489000", CK_ERR_ACCESS_PROOF, 0 },
		{ "47B9342A41396CD7386BF5803104D7CEDC122B9132139BAF2EEDC94E"
		  "E178534F2F2D235D074D74499000", CK_ERR_ACCESS_PROOF, 0 },
	};
	struct ck_sm *sm;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(play_d3(rows[i].answer, &sm), rows[i].want);
		assert_int_equal(tries_left, rows[i].tries_left);
		assert_null(sm);
	}
}

static void
a_chip_without_bac_or_gone_is_told_apart(void **state)
{
	static const struct scripted_row none[] = {
		{ "0084000008", "6D00" },
	};
	static const struct scripted_row blocked[] = {
		{ "0084000008", "6983" },
	};
	static const struct scripted_row gone[] = {
		{ "0084000008", NULL },
	};
	static const struct scripted_row odd[] = {
		{ "0084000008", "AABBCC9000" },
	};
	struct ck_sm *sm;

	(void)state;
	assert_int_equal(play(ROWS(none), &sm), CK_ERR_ACCESS_UNSUPPORTED);
	assert_int_equal(play(ROWS(blocked), &sm), CK_ERR_ACCESS_BLOCKED);
	assert_int_equal(play(ROWS(gone), &sm), CK_ERR_CARD_GONE);
	assert_int_equal(play(ROWS(odd), &sm), CK_ERR_CARD_MALFORMED);
	assert_null(sm);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_exchange_of_d3_opens_the_channel_of_d4),
		cmocka_unit_test(refusals_are_told_apart),
		cmocka_unit_test(a_chip_without_bac_or_gone_is_told_apart),
	};

	return cmocka_run_group_tests_name("bac", tests, use_generator_of_d3,
	    use_own_generator);
}
