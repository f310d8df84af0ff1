/*
 * test_sim_card_sample.c - a chip from files that another encoder made
 *
 * The sample lies outside the project; without it the tests are skipped by
 * name. Its keys are read with OpenSSL from DG14 and DG15, and the chip has to
 * prove that it holds the private ones.
 */
#include <string.h>
#include <unistd.h>

#include "terminal.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "card/files.h"
#include "card/prove.h"

#define SAMPLE "../shared/data/cccd-sample"

static const struct sim_chip_config config = { .pace = true, .bac = true,
	.ca = true, .aa = true, .extended = SIM_EXTENDED_FULL };
static const struct sim_faults none;

static struct sim_profile sample;

static int
load_sample(void **state)
{
	char why[128];

	(void)state;
	if (access(SAMPLE "/EF_DG1.bin", R_OK) != 0)
		return 0;

	return sim_profile_load(&sample, SAMPLE, why, sizeof(why)) ? 0 : -1;
}

static int
free_sample(void **state)
{
	(void)state;
	sim_profile_wipe(&sample);

	return 0;
}

static void
need_sample(void)
{
	if (sample.file[SIM_EF_DG1].len > 0)
		return;
	print_message("skipped: no " SAMPLE "\n");
	skip();
}

static EVP_PKEY *
public_key(struct sim_span der)
{
	const uint8_t *p = der.ptr;
	EVP_PKEY *key = d2i_PUBKEY(NULL, &p, (long)der.len);

	assert_non_null(key);

	return key;
}

/* ChipAuthenticationPublicKeyInfo: id-PK-ECDH, then the key. */
static EVP_PKEY *
key_of_dg14(void)
{
	struct sim_span set, info, rest, oid, whole;
	unsigned tag;

	assert_true(sim_tlv_find(sim_view(&sample.file[SIM_EF_DG14]), 0x6e,
	    &set));
	assert_true(sim_tlv_find(set, 0x31, &set));
	while (sim_tlv_next(&set, &tag, &info)) {
		rest = info;
		assert_true(sim_tlv_next(&rest, &tag, &oid));
		if (oid.len == 9 && memcmp(oid.ptr,
		    "\x04\x00\x7f\x00\x07\x02\x02\x01\x02", 9) == 0) {
			whole = rest;
			return public_key(whole);
		}
	}
	fail_msg("DG14 has no key");

	return NULL;
}

static void
test_ca_key_of_sample(void **state)
{
	struct sim_bytes ours = SIM_BYTES_INIT;
	uint8_t point[200], theirs[80];
	EVP_PKEY *stated, *own;
	EVP_PKEY_CTX *ctx;
	size_t len, shared = sizeof(theirs);

	(void)state;
	need_sample();
	stated = key_of_dg14();
	own = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "brainpoolP256r1");
	assert_non_null(own);
	assert_int_equal(EVP_PKEY_get_octet_string_param(own, "pub", point,
	    sizeof(point), &len), 1);
	assert_true(sim_ca_agree(sample.ca_key, sim_span(point, len), &ours));
	ctx = EVP_PKEY_CTX_new(own, NULL);
	assert_int_equal(EVP_PKEY_derive_init(ctx), 1);
	assert_int_equal(EVP_PKEY_derive_set_peer(ctx, stated), 1);
	assert_int_equal(EVP_PKEY_derive(ctx, theirs, &shared), 1);
	assert_true(sim_equal(sim_view(&ours), sim_span(theirs, shared)));
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(own);
	EVP_PKEY_free(stated);
	sim_bytes_free(&ours);
}

/* Fetch what a short answer left waiting. */
static void
collect(struct terminal *t, struct sim_bytes *all)
{
	char more[16];

	sim_put(all, sim_slice(sim_view(&t->answer), 0, t->answer.len - 2));
	while (t->sw >> 8 == 0x61) {
		snprintf(more, sizeof(more), "00C00000%02X", t->sw & 0xff);
		terminal_plain(t, more);
		sim_put(all, sim_slice(sim_view(&t->answer), 0,
		    t->answer.len - 2));
	}
	assert_int_equal(t->sw, 0x9000);
}

/* The whole way: BAC, INTERNAL AUTHENTICATE, and DG15's key opens it. */
static void
test_aa_of_sample(void **state)
{
	struct terminal t = { .chip = NULL };
	struct sim_bytes all = SIM_BYTES_INIT;
	struct sim_span value;
	uint8_t plain[512], f[512];
	EVP_PKEY *stated;
	EVP_PKEY_CTX *ctx;
	size_t len = sizeof(f);

	(void)state;
	need_sample();
	t.chip = sim_chip_new(&sample, &config, &none);
	terminal_bac(&t, sample.mrz_info);
	terminal_protected(&t, "00880000", "0102030405060708", "00");
	collect(&t, &all);
	assert_true(sim_tlv_find(sim_view(&all), 0x87, &value));
	sim_decrypt(&t.enc, NULL, sim_slice(value, 1, value.len), plain);
	assert_true(sim_tlv_find(sim_view(&sample.file[SIM_EF_DG15]), 0x6f,
	    &value));
	stated = public_key(value);
	ctx = EVP_PKEY_CTX_new(stated, NULL);
	assert_int_equal(EVP_PKEY_encrypt_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING), 1);
	assert_int_equal(EVP_PKEY_encrypt(ctx, f, &len, plain,
	    (size_t)EVP_PKEY_get_size(stated)), 1);
	assert_int_equal(f[0], 0x6a);
	assert_int_equal(f[len - 2], 0x34);
	assert_int_equal(f[len - 1], 0xcc);
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(stated);
	sim_bytes_free(&all);
	sim_bytes_free(&t.answer);
	sim_chip_free(&t.chip);
}

static void
test_files_of_sample(void **state)
{
	(void)state;
	need_sample();
	assert_true(sample.file[SIM_EF_SOD].len > 0);
	assert_true(sample.file[SIM_EF_DG13].len > 0);
	assert_int_equal(strlen(sample.can), 6);
	assert_int_equal(strlen(sample.mrz_info), SIM_MRZ_INFO_LEN);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_of_sample),
		cmocka_unit_test(test_ca_key_of_sample),
		cmocka_unit_test(test_aa_of_sample),
	};

	return cmocka_run_group_tests(tests, load_sample, free_sample);
}
