/*
 * test_sim_card_trust.c - who signs simulated chips, and what they publish
 *
 * Everything is checked with OpenSSL's verification, never with the code that
 * made it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "hex.h"

#include <openssl/cms.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "card/personalise.h"
#include "card/tlv.h"

static struct sim_factory factory;
static char folder[] = "/tmp/sim-trust-XXXXXX";

static const struct sim_chip_config config = { .pace = true, .bac = true,
	.ca = true, .aa = true, .extended = SIM_EXTENDED_FULL };

static int
open_country(void **state)
{
	(void)state;
	assert_non_null(mkdtemp(folder));
	factory = (struct sim_factory){ .state_dir = folder, .seed = 84,
		.offer = sim_offer_cccd };
	assert_true(sim_pki_open(&factory.pki, folder, false));
	assert_true(sim_pki_export(&factory.pki, folder));

	return 0;
}

static int
close_country(void **state)
{
	char command[64];

	(void)state;
	sim_pki_close(&factory.pki);
	snprintf(command, sizeof(command), "rm -r %s", folder);

	return system(command);
}

static void
make(const char *faults, struct sim_profile *out)
{
	struct sim_faults parsed;
	char why[128];

	assert_true(sim_faults_parse(faults, &parsed));
	assert_true(sim_personalise(&factory, "code-000", &config, &parsed,
	    out, why, sizeof(why)));
}

static BIO *
open_file(const char *name)
{
	char path[128];
	BIO *file;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = BIO_new_file(path, "r");
	assert_non_null(file);

	return file;
}

static X509 *
load_certificate(const char *name)
{
	BIO *file = open_file(name);
	X509 *certificate = d2i_X509_bio(file, NULL);

	assert_non_null(certificate);
	BIO_free(file);

	return certificate;
}

/* The CMS inside EF.SOD. */
static CMS_ContentInfo *
open_sod(const struct sim_profile *profile)
{
	struct sim_span body;
	CMS_ContentInfo *cms;
	const uint8_t *p;

	assert_true(sim_tlv_find(sim_view(&profile->file[SIM_EF_SOD]), 0x77,
	    &body));
	p = body.ptr;
	cms = d2i_CMS_ContentInfo(NULL, &p, (long)body.len);
	assert_non_null(cms);

	return cms;
}

static void
free_all(STACK_OF(X509) *certificates)
{
	sk_X509_pop_free(certificates, X509_free);
}

/* Verify with one anchor and perhaps a CRL; 0 or the error of the chain. */
static int
verify(const struct sim_profile *profile, const char *anchor, const char *crl,
    bool *signature)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	CMS_ContentInfo *cms = open_sod(profile);
	X509 *root = load_certificate(anchor);
	STACK_OF(X509) *signers;
	X509_CRL *list;
	BIO *file;
	int error;

	*signature = CMS_verify(cms, NULL, NULL, NULL, NULL, CMS_BINARY |
	    CMS_NO_SIGNER_CERT_VERIFY) == 1;
	signers = CMS_get1_certs(cms);
	X509_STORE_add_cert(store, root);
	if (crl != NULL) {
		file = open_file(crl);
		list = d2i_X509_CRL_bio(file, NULL);
		assert_non_null(list);
		X509_STORE_add_crl(store, list);
		X509_CRL_free(list);
		BIO_free(file);
		X509_STORE_set_flags(store, X509_V_FLAG_CRL_CHECK);
	}
	assert_int_equal(X509_STORE_CTX_init(ctx, store,
	    sk_X509_value(signers, 0), signers), 1);
	error = X509_verify_cert(ctx) == 1 ? 0 : X509_STORE_CTX_get_error(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	X509_free(root);
	free_all(signers);
	CMS_ContentInfo_free(cms);

	return error;
}

static void
test_chains(void **state)
{
	static const struct {
		const char *faults, *anchor, *crl;
		int error;
	} cases[] = {
		{ "", "csca.der", NULL, 0 },
		{ "", "csca.der", "material/crl-empty.der", 0 },
		{ "", "csca.der", "material/crl.der", 0 },
		{ "", "csca.der", "material/crl-revoked.der",
		    X509_V_ERR_CERT_REVOKED },
		{ "revoked-signer", "csca.der", NULL, 0 },
		{ "revoked-signer", "csca.der", "material/crl-empty.der", 0 },
		{ "revoked-signer", "csca.der", "material/crl.der",
		    X509_V_ERR_CERT_REVOKED },
		{ "future-signer", "csca.der", NULL,
		    X509_V_ERR_CERT_NOT_YET_VALID },
		{ "expired-csca", "csca.der", NULL,
		    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "expired-csca", "material/csca-expired.der", NULL,
		    X509_V_ERR_CERT_HAS_EXPIRED },
		{ "second-csca", "material/csca-2.der", NULL, 0 },
		{ "second-csca", "csca.der", NULL,
		    X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY },
		{ "weak-signer-key", "csca.der", NULL, 0 },
		{ "signer-is-ca", "csca.der", NULL, 0 },
	};
	struct sim_profile profile;
	bool signature;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(cases[i].faults, &profile);
		assert_int_equal(verify(&profile, cases[i].anchor,
		    cases[i].crl, &signature), cases[i].error);
		assert_true(signature);
		sim_profile_wipe(&profile);
	}
}

/* The first certificate of an EF.SOD made with faults. */
static X509 *
signer_of(const char *faults)
{
	struct sim_profile profile;
	STACK_OF(X509) *all;
	CMS_ContentInfo *cms;
	X509 *first;

	make(faults, &profile);
	cms = open_sod(&profile);
	all = CMS_get1_certs(cms);
	first = sk_X509_value(all, 0);
	X509_up_ref(first);
	free_all(all);
	CMS_ContentInfo_free(cms);
	sim_profile_wipe(&profile);

	return first;
}

static void
test_odd_signers(void **state)
{
	X509 *signer = signer_of("weak-signer-key"), *a, *b;

	(void)state;
	assert_int_equal(EVP_PKEY_get_bits(X509_get0_pubkey(signer)), 1024);
	X509_free(signer);
	signer = signer_of("signer-is-ca");
	assert_int_equal(X509_check_ca(signer), 1);
	assert_int_equal(X509_get_key_usage(signer) & KU_DIGITAL_SIGNATURE, 0);
	X509_free(signer);
	signer = signer_of("");
	assert_int_equal(X509_check_ca(signer), 0);
	assert_int_not_equal(X509_get_key_usage(signer) &
	    KU_DIGITAL_SIGNATURE, 0);
	X509_free(signer);
	a = load_certificate("material/loop-a.der");
	b = load_certificate("material/loop-b.der");
	assert_int_equal(X509_verify(a, X509_get0_pubkey(b)), 1);
	assert_int_equal(X509_verify(b, X509_get0_pubkey(a)), 1);
	X509_free(a);
	X509_free(b);
}

static void
test_loop_stands_in_sod(void **state)
{
	struct sim_profile profile;
	STACK_OF(X509) *all;
	CMS_ContentInfo *cms;

	(void)state;
	make("chain-loop", &profile);
	cms = open_sod(&profile);
	all = CMS_get1_certs(cms);
	assert_int_equal(sk_X509_num(all), 3);
	free_all(all);
	CMS_ContentInfo_free(cms);
	sim_profile_wipe(&profile);
}

static void
test_odd_signatures(void **state)
{
	struct sim_profile profile;
	CMS_ContentInfo *cms;
	CMS_SignerInfo *info;
	bool signature;

	(void)state;
	make("digest-mismatch-attr", &profile);
	assert_int_equal(verify(&profile, "csca.der", NULL, &signature), 0);
	assert_false(signature);
	sim_profile_wipe(&profile);

	make("two-signers", &profile);
	cms = open_sod(&profile);
	assert_int_equal(sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms)), 2);
	CMS_ContentInfo_free(cms);
	sim_profile_wipe(&profile);

	make("unsigned-attributes-tampered", &profile);
	cms = open_sod(&profile);
	info = sk_CMS_SignerInfo_value(CMS_get0_SignerInfos(cms), 0);
	assert_int_equal(CMS_unsigned_get_attr_count(info), 1);
	CMS_ContentInfo_free(cms);
	assert_int_equal(verify(&profile, "csca.der", NULL, &signature), 0);
	assert_true(signature);
	sim_profile_wipe(&profile);
}

/* The number that stands first in the list of hashes. */
static unsigned
first_number(const char *faults)
{
	struct sim_profile profile;
	struct sim_span in;
	CMS_ContentInfo *cms;
	ASN1_OCTET_STRING *content;
	unsigned number;

	make(faults, &profile);
	cms = open_sod(&profile);
	content = *CMS_get0_content(cms);
	in = sim_span(content->data, (size_t)content->length);
	assert_true(sim_tlv_find(in, 0x30, &in));
	/* After the version and the algorithm. */
	assert_int_equal(in.ptr[0], 0x02);
	in = sim_slice(in, 3, in.len);
	in = sim_slice(in, 2u + in.ptr[1], in.len);
	assert_true(sim_tlv_find(in, 0x30, &in));
	assert_true(sim_tlv_find(in, 0x30, &in));
	assert_true(sim_tlv_find(in, 0x02, &in));
	number = in.ptr[0];
	CMS_ContentInfo_free(cms);
	sim_profile_wipe(&profile);

	return number;
}

static void
test_files_after_signing(void **state)
{
	struct sim_profile plain, odd;
	size_t len;

	(void)state;
	assert_int_equal(first_number(""), 1);
	assert_int_equal(first_number("wrong-dg"), 2);
	make("", &plain);
	make("extra-bytes,truncated-sod", &odd);
	len = plain.file[SIM_EF_DG1].len;
	assert_int_equal(odd.file[SIM_EF_DG1].len, len + 6);
	assert_memory_equal(odd.file[SIM_EF_DG1].ptr,
	    plain.file[SIM_EF_DG1].ptr, len);
	assert_in_range(plain.file[SIM_EF_SOD].len - odd.file[SIM_EF_SOD].len,
	    30, 50);
	sim_profile_wipe(&odd);
	make("weak-ca-key,weak-aa-key", &odd);
	assert_int_equal(EVP_PKEY_get_bits(odd.ca_key), 192);
	assert_int_equal(EVP_PKEY_get_bits(odd.aa_key), 1024);
	assert_true(odd.file[SIM_EF_DG15].len < plain.file[SIM_EF_DG15].len);
	sim_profile_wipe(&odd);
	sim_profile_wipe(&plain);
}

static void
test_link_certificate(void **state)
{
	X509 *old = load_certificate("csca.der");
	X509 *next = load_certificate("material/csca-2.der");
	X509 *link = load_certificate("material/link.der");

	(void)state;
	assert_int_equal(X509_verify(link, X509_get0_pubkey(old)), 1);
	assert_int_equal(X509_verify(next, X509_get0_pubkey(next)), 1);
	assert_int_equal(EVP_PKEY_eq(X509_get0_pubkey(link),
	    X509_get0_pubkey(next)), 1);
	assert_int_equal(X509_NAME_cmp(X509_get_subject_name(link),
	    X509_get_subject_name(next)), 0);
	X509_free(old);
	X509_free(next);
	X509_free(link);
}

/* Signed for that purpose by the CSCA; five certificates inside. */
static void
test_master_list(void **state)
{
	BIO *file = open_file("material/masterlist.ml");
	CMS_ContentInfo *cms = d2i_CMS_bio(file, NULL);
	X509_STORE *store = X509_STORE_new();
	X509 *csca = load_certificate("csca.der");
	ASN1_OCTET_STRING *content;
	struct sim_span in, list, one;
	unsigned tag, count = 0;
	char type[32];

	(void)state;
	assert_non_null(cms);
	X509_STORE_add_cert(store, csca);
	X509_STORE_set_purpose(store, X509_PURPOSE_ANY);
	assert_int_equal(CMS_verify(cms, NULL, store, NULL, NULL, CMS_BINARY),
	    1);
	OBJ_obj2txt(type, sizeof(type), CMS_get0_eContentType(cms), 1);
	assert_string_equal(type, "2.23.136.1.1.2");
	content = *CMS_get0_content(cms);
	in = sim_span(content->data, (size_t)content->length);
	assert_true(sim_tlv_find(in, 0x30, &in));
	assert_true(sim_tlv_find(in, 0x31, &list));
	while (sim_tlv_next(&list, &tag, &one)) {
		assert_int_equal(tag, 0x30);
		count++;
	}
	assert_int_equal(count, 5);
	X509_STORE_free(store);
	X509_free(csca);
	CMS_ContentInfo_free(cms);
	BIO_free(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chains),
		cmocka_unit_test(test_odd_signers),
		cmocka_unit_test(test_loop_stands_in_sod),
		cmocka_unit_test(test_odd_signatures),
		cmocka_unit_test(test_files_after_signing),
		cmocka_unit_test(test_link_certificate),
		cmocka_unit_test(test_master_list),
	};

	return cmocka_run_group_tests(tests, open_country, close_country);
}
