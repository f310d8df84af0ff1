/*
 * test_prove.c - the commands of both proofs, and what refusals mean
 *
 * A chip of one status word: commands are recorded and taken apart by hand.
 * Whole proofs with a chip that can do them are in tests/flow/flow_clone.c.
 */
#include "files.h"

#include "card/channel.h"
#include "ck/card.h"
#include "lds/dg14.h"
#include "prove/clone.h"
#include "prove/prove.h"
#include "trust/active_auth.h"
#include "trust/chip_auth.h"

#define ATR "\x3b\x80\x80\x01\x01"
#define COMMANDS_MAX 8

struct stub {
	struct ck_transport transport;
	const char *answer;		/* hexadecimal; NULL: the card leaves */
	struct ck_buf command[COMMANDS_MAX];
	size_t count;
	struct ck_channel channel;
};

static enum ck_err
stub_transmit(struct ck_transport *transport, struct ck_span command,
    struct ck_buf *response)
{
	struct stub *stub = (struct stub *)transport;

	assert_true(stub->count < COMMANDS_MAX);
	assert_int_equal(ck_buf_append(&stub->command[stub->count++],
	    command), CK_OK);
	ck_buf_wipe(response);
	if (stub->answer == NULL)
		return CK_ERR_CARD_GONE;
	*response = from_hex(stub->answer);

	return CK_OK;
}

static const struct ck_transport_ops stub_ops = {
	stub_transmit, NULL, NULL
};

static void
stub_open(struct stub *stub, const char *answer)
{
	*stub = (struct stub){
		.transport = { &stub_ops, ck_span_of(ATR, 5) },
		.answer = answer
	};
	ck_channel_init(&stub->channel, &stub->transport, NULL);
}

static void
stub_close(struct stub *stub)
{
	size_t i;

	for (i = 0; i < stub->count; i++)
		ck_buf_wipe(&stub->command[i]);
	ck_channel_wipe(&stub->channel);
}

/* The command begins with these bytes and has this length. */
static void
assert_command(const struct stub *stub, size_t at, const char *begin,
    size_t len)
{
	struct ck_buf want = from_hex(begin);

	assert_true(at < stub->count);
	assert_int_equal(stub->command[at].len, len);
	assert_memory_equal(stub->command[at].ptr, want.ptr, want.len);
	ck_buf_wipe(&want);
}

/* The sample's key under the suite and the reference that a test wants. */
static struct ck_chip_key
chip_key(enum ck_chip_auth_suite suite, bool has_reference,
    uint32_t reference)
{
	struct ck_buf dg14 = file_must_read(SAMPLE "EF_DG14.bin");
	struct ck_security_infos infos;
	struct ck_chip_key key = { 0 };

	assert_int_equal(ck_dg14_parse(ck_buf_view(&dg14), &infos), CK_OK);
	ck_chip_key_choose(&infos, &key);
	assert_non_null(key.key);
	key.suite = suite;
	key.oid[9] = (uint8_t)suite;
	key.has_reference = has_reference;
	key.reference = reference;
	ck_buf_wipe(&dg14);

	return key;
}

static struct ck_active_key
active_key(void)
{
	struct ck_buf dg15 = file_must_read(SAMPLE "EF_DG15.bin");
	struct ck_active_key key = { 0 };

	assert_int_equal(ck_active_key_read(ck_buf_view(&dg15), NULL, &key),
	    CK_OK);
	ck_buf_wipe(&dg15);

	return key;
}

static void
aes_takes_a_template_and_a_key(void **state)
{
	struct ck_chip_key key = chip_key(CK_CHIP_AUTH_AES128, false, 0);
	struct stub stub;

	(void)state;
	stub_open(&stub, "9000");
	assert_int_equal(ck_prove_chip(&stub.channel, &key), CK_OK);
	assert_int_equal(stub.count, 2);
	assert_command(&stub, 0, "002241A4 0C 800A 04007F00070202030202",
	    5 + 12);
	assert_command(&stub, 1, "00860000 45 7C43 8041 04", 5 + 69 + 1);
	assert_non_null(stub.channel.sm);
	assert_int_equal(stub.channel.answers, 0);
	stub_close(&stub);
	ck_chip_key_free(&key);
}

static void
the_key_is_named_where_there_are_several(void **state)
{
	struct ck_chip_key key = chip_key(CK_CHIP_AUTH_AES256, true, 0xc3);
	struct stub stub;

	(void)state;
	stub_open(&stub, "9000");
	assert_int_equal(ck_prove_chip(&stub.channel, &key), CK_OK);
	assert_command(&stub, 0, "002241A4 0F 800A 04007F00070202030204 8401C3",
	    5 + 15);
	stub_close(&stub);
	key.reference = 0x1234;
	stub_open(&stub, "9000");
	assert_int_equal(ck_prove_chip(&stub.channel, &key), CK_OK);
	assert_command(&stub, 0,
	    "002241A4 10 800A 04007F00070202030204 84021234", 5 + 16);
	stub_close(&stub);
	ck_chip_key_free(&key);
}

static void
triple_des_takes_one_command(void **state)
{
	struct ck_chip_key key = chip_key(CK_CHIP_AUTH_3DES, true, 0);
	struct stub stub;

	(void)state;
	stub_open(&stub, "9000");
	assert_int_equal(ck_prove_chip(&stub.channel, &key), CK_OK);
	assert_int_equal(stub.count, 1);
	assert_command(&stub, 0, "002241A6 46 9141 04", 5 + 70);
	assert_memory_equal(stub.command[0].ptr + 5 + 67, "\x84\x01\x00", 3);
	stub_close(&stub);
	ck_chip_key_free(&key);
}

/* A proof is demanded: every way of saying no is the same. */
static void
refusals_are_clones_and_lost_cards_are_not(void **state)
{
	static const struct {
		const char *answer;
		enum ck_err err;
	} rows[] = {
		{ "6D00", CK_ERR_TRUST_CLONE }, { "6982", CK_ERR_TRUST_CLONE },
		{ "6985", CK_ERR_TRUST_CLONE }, { "6A80", CK_ERR_TRUST_CLONE },
		{ "6300", CK_ERR_TRUST_CLONE }, { "6282", CK_ERR_TRUST_CLONE },
		{ NULL, CK_ERR_CARD_GONE }, { "00", CK_ERR_CARD_GONE }
	};
	struct ck_chip_key chip = chip_key(CK_CHIP_AUTH_AES128, false, 0);
	struct ck_active_key active = active_key();
	struct stub stub;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		stub_open(&stub, rows[i].answer);
		assert_int_equal(ck_prove_chip(&stub.channel, &chip),
		    rows[i].err);
		assert_null(stub.channel.sm);
		stub_close(&stub);
		stub_open(&stub, rows[i].answer);
		assert_int_equal(ck_prove_active(&stub.channel, &active),
		    rows[i].err);
		stub_close(&stub);
	}
	ck_chip_key_free(&chip);
	ck_active_key_free(&active);
}

static void
a_challenge_is_never_the_same(void **state)
{
	struct ck_active_key key = active_key();
	struct stub stub;

	(void)state;
	/* an empty answer, and one of a byte, are no signatures */
	stub_open(&stub, "9000");
	assert_int_equal(ck_prove_active(&stub.channel, &key),
	    CK_ERR_TRUST_CLONE);
	stub.answer = "AA9000";
	assert_int_equal(ck_prove_active(&stub.channel, &key),
	    CK_ERR_TRUST_CLONE);
	assert_command(&stub, 0, "00880000 08", 5 + 8 + 1);
	assert_command(&stub, 1, "00880000 08", 5 + 8 + 1);
	assert_memory_not_equal(stub.command[0].ptr + 5,
	    stub.command[1].ptr + 5, 8);
	stub_close(&stub);
	ck_active_key_free(&key);
}

/* Signed, and not given: a copy that hides what it cannot prove. */
static void
a_listed_group_must_be_there(void **state)
{
	static const char *const answers[] = { "6A82", "6982", "6985" };
	struct ck_sod_hashes hashes = {
		.algorithm = CK_HASH_SHA256, .groups = 1U << 15,
		.digest_len = 32
	};
	struct ck_clone_report report;
	struct ck_buf file = CK_BUF_INIT;
	struct stub stub;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(answers) / sizeof(answers[0]); i++) {
		stub_open(&stub, answers[i]);
		assert_int_equal(ck_clone_check(&stub.channel, &hashes, NULL,
		    &report), CK_ERR_TRUST_CLONE);
		assert_int_equal(report.chip_auth, CK_CLONE_ABSENT);
		assert_int_equal(report.active_auth, CK_CLONE_INVALID);
		assert_false(ck_clone_excluded(&report));
		stub_close(&stub);
	}
	/* what is not listed is not asked for */
	stub_open(&stub, NULL);
	assert_int_equal(ck_clone_read(&stub.channel, &hashes, 14, &file),
	    CK_OK);
	assert_int_equal(stub.count + file.len, 0);
	/* one byte, whose hash is not the listed one */
	stub.answer = "6F009000";
	assert_int_equal(ck_clone_read(&stub.channel, &hashes, 15, &file),
	    CK_ERR_TRUST_HASH);
	assert_int_equal(file.len, 0);
	stub_close(&stub);
}

static void
one_valid_proof_is_enough_and_one_failure_too_much(void **state)
{
	static const struct {
		enum ck_clone_check chip, active;
		bool excluded;
	} rows[] = {
		{ CK_CLONE_VALID, CK_CLONE_VALID, true },
		{ CK_CLONE_VALID, CK_CLONE_ABSENT, true },
		{ CK_CLONE_VALID, CK_CLONE_NOT_PERFORMED, true },
		{ CK_CLONE_ABSENT, CK_CLONE_VALID, true },
		{ CK_CLONE_NOT_PERFORMED, CK_CLONE_VALID, true },
		{ CK_CLONE_ABSENT, CK_CLONE_ABSENT, false },
		{ CK_CLONE_NOT_PERFORMED, CK_CLONE_ABSENT, false },
		{ CK_CLONE_VALID, CK_CLONE_INVALID, false },
		{ CK_CLONE_INVALID, CK_CLONE_VALID, false },
		{ CK_CLONE_INVALID, CK_CLONE_NOT_PERFORMED, false }
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct ck_clone_report report = {
			rows[i].chip, rows[i].active
		};

		assert_int_equal(ck_clone_excluded(&report),
		    rows[i].excluded);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(aes_takes_a_template_and_a_key),
		cmocka_unit_test(the_key_is_named_where_there_are_several),
		cmocka_unit_test(triple_des_takes_one_command),
		cmocka_unit_test(refusals_are_clones_and_lost_cards_are_not),
		cmocka_unit_test(a_challenge_is_never_the_same),
		cmocka_unit_test(a_listed_group_must_be_there),
		cmocka_unit_test(
		    one_valid_proof_is_enough_and_one_failure_too_much),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
