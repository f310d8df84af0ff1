/*
 * test_sm.c - secure messaging against ICAO 9303-11 D.4 and the openssl command
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "../wire/wire_sm.h"
#include "access/sm.h"
#include "card/apdu.h"
#include "vectors.h"

#define D4 "secure_messaging_3des"

static struct ck_cipher_key
key_of(const char *hex)
{
	struct ck_cipher_key key = { .len = 0 };
	struct ck_buf bytes = CK_BUF_INIT;

	hex_append(&bytes, hex);
	assert_true(bytes.len <= sizeof(key.bytes));
	memcpy(key.bytes, bytes.ptr, bytes.len);
	key.len = bytes.len;
	ck_buf_wipe(&bytes);

	return key;
}

static struct ck_sm *
channel_of(enum ck_suite suite, const char *ks_enc, const char *ks_mac,
    const char *ssc)
{
	struct ck_cipher_key enc = key_of(ks_enc), mac = key_of(ks_mac);
	struct ck_buf counter = CK_BUF_INIT;
	struct ck_sm *sm;

	hex_append(&counter, ssc);
	assert_int_equal(ck_sm_new(&sm, suite, &enc, &mac,
	    ck_buf_view(&counter)), CK_OK);
	ck_buf_wipe(&counter);

	return sm;
}

/* The channel of appendix D.4 before its first command. */
static struct ck_sm *
channel_of_d4(const json_t *root)
{
	return channel_of(CK_SUITE_3DES, vector_text(root, D4, "ks_enc"),
	    vector_text(root, D4, "ks_mac"),
	    vector_text(root, D4, "start_ssc"));
}

static const char *
d4_text(const json_t *root, const char *command, const char *name)
{
	const char *text = json_string_value(json_object_get(json_object_get(
	    json_object_get(root, D4), command), name));

	assert_non_null(text);

	return text;
}

/* Protect plain and compare the whole short command. */
static void
assert_wrapped(struct ck_sm *sm, struct ck_apdu plain, const char *hex)
{
	struct ck_buf body = CK_BUF_INIT, bytes = CK_BUF_INIT;

	assert_int_equal(ck_sm_wrap(sm, &plain, &body), CK_OK);
	plain.cla |= CK_CLA_SM;
	plain.data = ck_buf_view(&body);
	plain.le = 256;
	assert_int_equal(ck_apdu_encode(&plain, false, &bytes), CK_OK);
	assert_span_hex(ck_buf_view(&bytes), hex);
	ck_buf_wipe(&body);
	ck_buf_wipe(&bytes);
}

static enum ck_err
unwrap_hex(struct ck_sm *sm, const char *hex, struct ck_buf *data,
    uint16_t *sw)
{
	struct ck_buf resp = CK_BUF_INIT;
	enum ck_err err;

	hex_append(&resp, hex);
	err = ck_sm_unwrap(sm, ck_buf_view(&resp), data, sw);
	ck_buf_wipe(&resp);

	return err;
}

static const struct ck_apdu select_com = {
	0x00, 0xa4, 0x02, 0x0c, { (const uint8_t *)"\x01\x1e", 2 }, 0
};
static const struct ck_apdu read_four = {
	0x00, 0xb0, 0x00, 0x00, { NULL, 0 }, 4
};

static void
the_3des_exchange_of_d4_is_reproduced(void **state)
{
	json_t *root = icao_vectors();
	struct ck_sm *sm = channel_of_d4(root);
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	(void)state;
	assert_wrapped(sm, select_com,
	    d4_text(root, "select_ef_com", "protected"));
	assert_int_equal(unwrap_hex(sm, d4_text(root, "select_ef_com",
	    "response"), &data, &sw), CK_OK);
	assert_int_equal(sw, 0x9000);
	assert_int_equal(data.len, 0);
	assert_wrapped(sm, read_four,
	    d4_text(root, "read_binary_4", "protected"));
	assert_int_equal(unwrap_hex(sm, d4_text(root, "read_binary_4",
	    "response"), &data, &sw), CK_OK);
	assert_span_hex(ck_buf_view(&data),
	    d4_text(root, "read_binary_4", "data"));
	ck_buf_wipe(&data);
	ck_sm_free(&sm);
	json_decref(root);
}

/* Appendix D.4 up to its first answer, changed as the row says. */
static void
assert_answer_refused(const char *answer, enum ck_err want)
{
	json_t *root = icao_vectors();
	struct ck_sm *sm = channel_of_d4(root);
	struct ck_buf data = CK_BUF_INIT;
	uint16_t sw;

	assert_wrapped(sm, select_com,
	    d4_text(root, "select_ef_com", "protected"));
	assert_int_equal(unwrap_hex(sm, answer, &data, &sw), want);
	assert_int_equal(data.len, 0);
	assert_int_equal(sw, want == CK_ERR_SM_ABORTED ? 0x6988 : 0);
	/* closed for good, even for the genuine answer */
	assert_int_equal(unwrap_hex(sm, d4_text(root, "select_ef_com",
	    "response"), &data, &sw), CK_ERR_SM_CLOSED);
	assert_int_equal(ck_sm_wrap(sm, &read_four, &data),
	    CK_ERR_SM_CLOSED);
	ck_sm_free(&sm);
	json_decref(root);
}

static void
anything_but_the_genuine_answer_closes_the_channel(void **state)
{
	static const struct {
		const char *answer;
		enum ck_err want;
	} rows[] = {
		{ "6988", CK_ERR_SM_ABORTED },
		{ "", CK_ERR_CARD_MALFORMED },
		{ "90", CK_ERR_CARD_MALFORMED },
		/* status changed, checksum changed, cut, absent */
		{ "990262828E08FA855A5D4C50A8ED6282", CK_ERR_SM_MAC },
		{ "990290008E08FA855A5D4C50A8EC9000", CK_ERR_SM_MAC },
		{ "990290008E07FA855A5D4C50A89000", CK_ERR_SM_MAC },
		{ "990290008E009000", CK_ERR_SM_MAC },
		{ "990290009000", CK_ERR_SM_MAC },
		/* trailing bytes, wrong order, lengths that lie */
		{ "990290008E08FA855A5D4C50A8ED009000",
		    CK_ERR_CARD_MALFORMED },
		{ "8E08FA855A5D4C50A8ED990290009000",
		    CK_ERR_CARD_MALFORMED },
		{ "99039000008E08FA855A5D4C50A8ED9000",
		    CK_ERR_CARD_MALFORMED },
		{ "990290008E09FA855A5D4C50A8ED9000",
		    CK_ERR_CARD_MALFORMED },
		{ "8700990290008E08FA855A5D4C50A8ED9000",
		    CK_ERR_CARD_MALFORMED },
		{ "870101990290008E08FA855A5D4C50A8ED9000",
		    CK_ERR_CARD_MALFORMED },
		{ "8709029FF0EC34F9922651990290008E08FA855A5D4C50A8ED9000",
		    CK_ERR_CARD_MALFORMED },
		/* D.4's second answer, one command too early */
		{ "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000",
		    CK_ERR_SM_MAC },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_answer_refused(rows[i].answer, rows[i].want);
}

static void
a_command_beyond_the_limit_leaves_it_open(void **state)
{
	static const uint8_t zeros[65535];
	json_t *root = icao_vectors();
	struct ck_sm *sm = channel_of_d4(root);
	struct ck_buf body = CK_BUF_INIT;
	struct ck_apdu apdu = select_com;

	(void)state;
	apdu.data = ck_span_of(zeros, sizeof(zeros));
	assert_int_equal(ck_sm_wrap(sm, &apdu, &body), CK_ERR_LIMIT);
	apdu.data = CK_SPAN_EMPTY;
	assert_int_equal(ck_sm_wrap(sm, &apdu, &body), CK_ERR_LIMIT);
	assert_wrapped(sm, select_com,
	    d4_text(root, "select_ef_com", "protected"));
	ck_sm_free(&sm);
	json_decref(root);
}

struct aes_row {
	enum ck_suite suite;
	const char *ks_enc, *ks_mac;
	const char *select, *select_answer, *read_512, *read_answer;
};

#define AES_ROW(suite, name) { suite, name##_KS_ENC, name##_KS_MAC, \
	name##_SELECT, name##_SELECT_ANSWER, name##_READ_512, \
	name##_READ_ANSWER }

static void
assert_aes_exchange(const struct aes_row *row)
{
	struct ck_sm *sm = channel_of(row->suite, row->ks_enc, row->ks_mac,
	    "");
	const struct ck_apdu select = {
		0x00, 0xa4, 0x04, 0x0c,
		{ (const uint8_t *)"\xa0\x00\x00\x02\x47\x10\x01", 7 }, 0
	};
	const struct ck_apdu read_512 = {
		0x00, 0xb0, 0x81, 0x00, { NULL, 0 }, 512
	};
	struct ck_buf buf = CK_BUF_INIT;
	uint16_t sw;
	size_t i;

	assert_int_equal(ck_sm_wrap(sm, &select, &buf), CK_OK);
	assert_span_hex(ck_buf_view(&buf), row->select);
	assert_int_equal(unwrap_hex(sm, row->select_answer, &buf, &sw),
	    CK_OK);
	assert_int_equal(sw, 0x9000);
	assert_int_equal(ck_sm_wrap(sm, &read_512, &buf), CK_OK);
	assert_span_hex(ck_buf_view(&buf), row->read_512);
	assert_int_equal(unwrap_hex(sm, row->read_answer, &buf, &sw), CK_OK);
	assert_int_equal(buf.len, 232);
	for (i = 0; i < buf.len; i++)
		assert_int_equal(buf.ptr[i], 0xaa);
	ck_buf_wipe(&buf);
	ck_sm_free(&sm);
}

static void
aes_exchanges_match_the_openssl_command(void **state)
{
	static const struct aes_row rows[] = {
		AES_ROW(CK_SUITE_AES128, WIRE_AES128),
		AES_ROW(CK_SUITE_AES192, WIRE_AES192),
		AES_ROW(CK_SUITE_AES256, WIRE_AES256),
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_aes_exchange(&rows[i]);
}

/* 256: 4 of header and indicator, 14 of tail, 14 blocks of 16 or 29 of 8. */
static void
what_fits_an_answer_is_known(void **state)
{
	json_t *root = icao_vectors();
	struct ck_sm *des = channel_of_d4(root);
	struct ck_sm *aes = channel_of(CK_SUITE_AES128, WIRE_AES128_KS_ENC,
	    WIRE_AES128_KS_MAC, "");

	(void)state;
	assert_int_equal(ck_sm_answer_max(aes, 256), 223);
	assert_int_equal(ck_sm_answer_max(des, 256), 231);
	assert_int_equal(ck_sm_answer_max(des, 20), 0);
	assert_int_equal(ck_sm_answer_max(aes, 65532) % 16, 15);
	ck_sm_free(&des);
	ck_sm_free(&aes);
	json_decref(root);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_3des_exchange_of_d4_is_reproduced),
		cmocka_unit_test(
		    anything_but_the_genuine_answer_closes_the_channel),
		cmocka_unit_test(a_command_beyond_the_limit_leaves_it_open),
		cmocka_unit_test(aes_exchanges_match_the_openssl_command),
		cmocka_unit_test(what_fits_an_answer_is_known),
	};

	return cmocka_run_group_tests_name("sm", tests, NULL, NULL);
}
