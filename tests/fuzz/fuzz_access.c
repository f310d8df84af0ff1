/*
 * fuzz_access.c - what the chip offers, and its answers under protection
 */
#include <string.h>

#include "access/pace_offer.h"
#include "access/sm.h"
#include "card/apdu.h"
#include "card/tlv.h"
#include "fuzz.h"

int
fuzz_pace_offer(const uint8_t *data, size_t size)
{
	struct ck_pace_offer offer;

	if (ck_pace_offer_choose(ck_span_of(data, size), &offer) != CK_OK)
		return 0;
	fuzz_check(offer.mapping == CK_PACE_DH_GM ||
	    offer.mapping == CK_PACE_ECDH_GM);
	fuzz_check(offer.suite <= CK_SUITE_AES256);
	fuzz_check(offer.parameter_id <= 18);

	return 0;
}

/* Like the chip: the checksum over counter and objects, appended as DO'8E'. */
static void
sign_answer(enum ck_suite suite, const struct ck_cipher_key *key,
    struct ck_span objects, struct ck_buf *answer)
{
	struct ck_buf covered = CK_BUF_INIT;
	size_t block = ck_suite_block_len(suite);
	uint8_t mac[CK_MAC_LEN];

	fuzz_check(ck_buf_resize(&covered, block) == CK_OK);
	covered.ptr[block - 1] = 2;	/* of the first answer */
	fuzz_check(ck_buf_append(&covered, objects) == CK_OK &&
	    ck_pad(&covered, block) == CK_OK &&
	    ck_mac(suite, key, ck_buf_view(&covered), mac) == CK_OK);
	fuzz_check(ck_buf_append(answer, objects) == CK_OK &&
	    ck_tlv_append(answer, 0x8e, ck_span_of(mac, sizeof(mac))) ==
	    CK_OK);
	ck_buf_wipe(&covered);
}

/*
 * The first byte chooses the cipher, and whether the rest is the whole answer
 * or only what comes before a right checksum: then what is inside is reached.
 * A channel that failed once never opens again.
 */
int
fuzz_sm_unwrap(const uint8_t *data, size_t size)
{
	static const struct ck_apdu command = { .ins = 0xb0, .le = 8 };
	struct ck_cursor input = ck_cursor_of(ck_span_of(data, size));
	uint8_t choice = fuzz_u8(&input);
	enum ck_suite suite = (enum ck_suite)(choice & 3);
	struct ck_cipher_key key = { .len = ck_suite_key_len(suite) };
	struct ck_buf answer = CK_BUF_INIT, body = CK_BUF_INIT;
	struct ck_buf plain = CK_BUF_INIT;
	struct ck_span rest = input.rest;
	struct ck_sm *sm = NULL;
	enum ck_err err;
	uint16_t sw = 0;

	memset(key.bytes, 0x84, key.len);
	fuzz_check(ck_sm_new(&sm, suite, &key, &key, CK_SPAN_EMPTY) == CK_OK);
	fuzz_check(ck_sm_wrap(sm, &command, &body) == CK_OK);
	if ((choice & 4) != 0 && rest.len >= 2) {
		sign_answer(suite, &key, ck_span_slice(rest, 0, rest.len - 2),
		    &answer);
		rest = ck_span_slice(rest, rest.len - 2, 2);
	}
	fuzz_check(ck_buf_append(&answer, rest) == CK_OK);
	err = ck_sm_unwrap(sm, ck_buf_view(&answer), &plain, &sw);
	if (err == CK_OK) {
		fuzz_check((choice & 4) != 0);
		fuzz_check(plain.len < answer.len);
	} else {
		fuzz_check(plain.ptr == NULL);
		fuzz_check(ck_sm_wrap(sm, &command, &body) ==
		    CK_ERR_SM_CLOSED);
	}
	ck_sm_free(&sm);
	ck_buf_wipe(&answer);
	ck_buf_wipe(&body);
	ck_buf_wipe(&plain);

	return 0;
}
