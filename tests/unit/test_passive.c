/*
 * test_passive.c - passive authentication
 *
 * The good documents are the sample's and the BSI chip's; both were signed
 * elsewhere. For the choices that neither makes, this file signs documents of
 * its own with OpenSSL.
 */
#include "files.h"

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "trust/passive.h"

#define MS INT64_C(1000)
#define IN_2027 (INT64_C(1798761600) * MS)	/* 2027-01-01 */
#define IN_2038 (INT64_C(2145916800) * MS)	/* 2038-01-01 */
#define IN_2020 (INT64_C(1577836800) * MS)
#define IN_2008 (INT64_C(1212278400) * MS)	/* 2008-06-01 */

#define SAMPLE_FILES 5

/* The sample chip as one read found it. */
struct sample {
	struct ck_buf sod;
	struct ck_buf data[SAMPLE_FILES];
	struct ck_passive_file files[SAMPLE_FILES];
	struct ck_anchors *anchors;
	struct ck_passive_input input;
};

static int
sample_setup(void **state)
{
	static const unsigned groups[SAMPLE_FILES] = { 1, 2, 13, 14, 15 };
	struct sample *sample = calloc(1, sizeof(*sample));
	struct ck_buf csca = file_must_read(SAMPLE "csca.der");
	char path[128];
	size_t i;

	assert_non_null(sample);
	sample->sod = file_must_read(SAMPLE "EF_SOD.bin");
	for (i = 0; i < SAMPLE_FILES; i++) {
		(void)snprintf(path, sizeof(path), SAMPLE "EF_DG%u.bin",
		    groups[i]);
		sample->data[i] = file_must_read(path);
		sample->files[i].dg = groups[i];
		sample->files[i].file = ck_buf_view(&sample->data[i]);
	}
	assert_int_equal(ck_anchors_from_der(&sample->anchors,
	    ck_buf_view(&csca)), CK_OK);
	ck_buf_wipe(&csca);
	sample->input = (struct ck_passive_input){
		.sod = ck_buf_view(&sample->sod), .files = sample->files,
		.file_count = SAMPLE_FILES, .anchors = sample->anchors,
		.wall_ms = IN_2027
	};
	*state = sample;

	return 0;
}

static int
sample_teardown(void **state)
{
	struct sample *sample = *state;
	size_t i;

	for (i = 0; i < SAMPLE_FILES; i++)
		ck_buf_wipe(&sample->data[i]);
	ck_buf_wipe(&sample->sod);
	ck_anchors_free(&sample->anchors);
	free(sample);

	return 0;
}

static void
assert_invalid(const struct ck_passive_input *input, enum ck_err reason)
{
	struct ck_passive_report report;

	assert_int_equal(ck_passive_verify(input, &report), reason);
	assert_int_equal(report.result, CK_PASSIVE_INVALID);
	assert_int_equal(report.hashes.groups, 0);
}

static void
assert_result(const struct ck_passive_input *input, enum ck_passive result,
    bool expired)
{
	struct ck_passive_report report;

	assert_int_equal(ck_passive_verify(input, &report), CK_OK);
	assert_int_equal(report.result, result);
	assert_int_equal(report.signer.expired, expired);
}

static void
sample_is_valid(void **state)
{
	struct sample *sample = *state;

	assert_result(&sample->input, CK_PASSIVE_VALID, false);
}

static void
without_its_issuer_it_is_unknown(void **state)
{
	struct sample *sample = *state;
	struct ck_anchors *other = NULL;
	struct ck_buf der = file_must_read(SAMPLE "ds.der");

	sample->input.anchors = NULL;
	assert_result(&sample->input, CK_PASSIVE_UNKNOWN_ISSUER, false);
	assert_int_equal(
	    ck_anchors_from_der(&other, ck_buf_view(&der)), CK_OK);
	sample->input.anchors = other;
	assert_result(&sample->input, CK_PASSIVE_UNKNOWN_ISSUER, false);
	ck_anchors_free(&other);
	ck_buf_wipe(&der);
}

static void
one_changed_bit_in_any_file_is_found(void **state)
{
	struct sample *sample = *state;
	size_t i;

	for (i = 0; i < SAMPLE_FILES; i++) {
		sample->data[i].ptr[sample->data[i].len / 2] ^= 1;
		assert_invalid(&sample->input, CK_ERR_TRUST_HASH);
		sample->data[i].ptr[sample->data[i].len / 2] ^= 1;
	}
	assert_result(&sample->input, CK_PASSIVE_VALID, false);
}

static void
file_without_a_hash_is_not_covered(void **state)
{
	struct sample *sample = *state;

	sample->files[1].dg = 3;
	assert_invalid(&sample->input, CK_ERR_TRUST_HASH);
	sample->files[1].dg = 0;
	assert_invalid(&sample->input, CK_ERR_TRUST_HASH);
	sample->files[1].dg = 40;
	assert_invalid(&sample->input, CK_ERR_TRUST_HASH);
}

static void
later_file_is_checked_against_proven_hashes(void **state)
{
	struct sample *sample = *state;
	struct ck_passive_report report;

	sample->input.file_count = 1;
	assert_int_equal(ck_passive_verify(&sample->input, &report), CK_OK);
	assert_int_equal(ck_passive_check_file(&report.hashes, 2,
	    sample->files[1].file), CK_OK);
	assert_int_equal(ck_passive_check_file(&report.hashes, 13,
	    sample->files[1].file), CK_ERR_TRUST_HASH);
	assert_int_equal(ck_passive_check_file(&report.hashes, 3,
	    sample->files[1].file), CK_ERR_TRUST_HASH);
}

/*
 * Bytes that nothing signs and that decide nothing: the versions of CMS and of
 * the signer, and the list of digest algorithms beside the signer.
 */
static bool
is_idle_byte(size_t at)
{
	return at == 29 || (at >= 36 && at <= 44) || at == 802;
}

static void
no_changed_byte_of_the_sod_is_accepted(void **state)
{
	struct sample *sample = *state;
	size_t i;

	for (i = 0; i < sample->sod.len; i++) {
		struct ck_passive_report report;

		sample->sod.ptr[i] ^= 0x01;
		if (ck_passive_verify(&sample->input, &report) == CK_OK &&
		    report.result == CK_PASSIVE_VALID)
			assert_true(is_idle_byte(i));
		sample->sod.ptr[i] ^= 0x01;
	}
}

static void
every_prefix_of_the_sod_is_malformed(void **state)
{
	struct sample *sample = *state;
	size_t len;

	for (len = 0; len < sample->sod.len; len += 3) {
		uint8_t *copy = exact_copy(ck_span_of(sample->sod.ptr, len));

		sample->input.sod = ck_span_of(copy, len);
		assert_invalid(&sample->input, CK_ERR_FILE_MALFORMED);
		free(copy);
	}
	assert_int_equal(ck_buf_push(&sample->sod, 0), CK_OK);
	sample->input.sod = ck_buf_view(&sample->sod);
	assert_invalid(&sample->input, CK_ERR_FILE_MALFORMED);
}

/* The last byte of the file is the last of the signature. */
static void
damaged_signature_is_found(void **state)
{
	struct sample *sample = *state;

	sample->sod.ptr[sample->sod.len - 1] ^= 1;
	assert_invalid(&sample->input, CK_ERR_TRUST_SIGNATURE);
}

/* The sample was signed in November 2026; its signer ends in 2037. */
static void
signer_may_expire_after_signing(void **state)
{
	struct sample *sample = *state;

	sample->input.wall_ms = IN_2038;
	assert_result(&sample->input, CK_PASSIVE_VALID, true);
	sample->input.anchors = NULL;
	assert_result(&sample->input, CK_PASSIVE_UNKNOWN_ISSUER, true);
	sample->input.wall_ms = IN_2020;
	assert_invalid(&sample->input, CK_ERR_TRUST_CHAIN);
}

/* --- Documents made here ------------------------------------------------ */

/* What to make; zero means the ordinary choice. */
struct recipe {
	const char *csca_curve, *signer_curve;	/* NULL: brainpoolP384r1 */
	bool csca_explicit, signer_explicit;
	unsigned signer_rsa_bits;		/* 0: elliptic curve */
	bool pss;
	const EVP_MD *digest;			/* NULL: SHA-256 */
	bool impostor;		/* issuer's name and key id, another key */
	bool signer_is_ca;
	bool no_attributes, no_certificate, no_signing_time;
	bool other_type;	/* content type id-data */
	const char *key_usage;	/* NULL: digitalSignature */
	long signer_days;	/* valid from 2020 for so long; 0: 6000 */
};

struct made {
	struct ck_buf sod;
	struct ck_anchors *anchors;
	struct ck_passive_input input;
};

static EVP_PKEY *
curve_key(const char *curve, bool spelled_out)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	EVP_PKEY *key = NULL;
	OSSL_PARAM params[3] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME,
		    (char *)(uintptr_t)curve, 0),
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_EC_ENCODING,
		    (char *)(uintptr_t)(spelled_out ? "explicit" :
		    "named_curve"), 0),
		OSSL_PARAM_construct_end()
	};

	assert_int_equal(EVP_PKEY_keygen_init(ctx), 1);
	assert_int_equal(EVP_PKEY_CTX_set_params(ctx, params), 1);
	assert_int_equal(EVP_PKEY_generate(ctx, &key), 1);
	EVP_PKEY_CTX_free(ctx);

	return key;
}

static void
add_extension(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(cert, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static X509 *
make_cert(EVP_PKEY *key, const char *name, long days)
{
	X509 *cert = X509_new();
	X509_NAME *subject = X509_NAME_new();

	assert_non_null(cert);
	assert_int_equal(X509_set_version(cert, 2), 1);
	assert_int_equal(
	    ASN1_INTEGER_set(X509_get_serialNumber(cert), 7), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(subject, "CN",
	    MBSTRING_UTF8, (const uint8_t *)name, -1, -1, 0), 1);
	assert_int_equal(X509_set_subject_name(cert, subject), 1);
	assert_int_equal(X509_set_issuer_name(cert, subject), 1);
	X509_NAME_free(subject);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(cert),
	    (time_t)(IN_2020 / MS)));
	assert_non_null(ASN1_TIME_adj(X509_getm_notAfter(cert),
	    (time_t)(IN_2020 / MS), (int)days, 0));
	assert_int_equal(X509_set_pubkey(cert, key), 1);

	return cert;
}

static X509 *
make_csca(EVP_PKEY *key)
{
	X509 *cert = make_cert(key, "CSCA Test", 6000);

	add_extension(cert, cert, NID_basic_constraints,
	    "critical,CA:TRUE,pathlen:0");
	add_extension(cert, cert, NID_key_usage,
	    "critical,keyCertSign,cRLSign");
	add_extension(cert, cert, NID_subject_key_identifier, "hash");
	assert_true(X509_sign(cert, key, EVP_sha384()) > 0);

	return cert;
}

static X509 *
make_signer(const struct recipe *recipe, EVP_PKEY *key, X509 *csca,
    EVP_PKEY *csca_key)
{
	X509 *cert = make_cert(key, "Document Signer Test",
	    recipe->signer_days == 0 ? 6000 : recipe->signer_days);
	const EVP_MD *md = recipe->digest != NULL ? recipe->digest :
	    EVP_sha256();

	assert_int_equal(
	    X509_set_issuer_name(cert, X509_get_subject_name(csca)), 1);
	if (recipe->signer_is_ca)
		add_extension(cert, csca, NID_basic_constraints,
		    "critical,CA:TRUE");
	add_extension(cert, csca, NID_key_usage, recipe->key_usage != NULL ?
	    recipe->key_usage : "critical,digitalSignature");
	add_extension(cert, csca, NID_authority_key_identifier, "keyid");
	assert_true(X509_sign(cert, csca_key, md) > 0);

	return cert;
}

/* LDSSecurityObject with the hash of the two bytes of DG1 below. */
static struct ck_buf
security_object(void)
{
	static const uint8_t dg1[] = { 0x61, 0x00 };
	struct ck_buf out = from_hex("3039 020100 300B 0609 608648016503040201"
	    "3027 3025 020101 0420");
	uint8_t digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	assert_int_equal(EVP_Digest(dg1, sizeof(dg1), digest, &len,
	    EVP_sha256(), NULL), 1);
	assert_int_equal(ck_buf_append(&out, ck_span_of(digest, len)), CK_OK);

	return out;
}

static void
sign_with_pss(CMS_SignerInfo *info)
{
	EVP_PKEY_CTX *ctx = CMS_SignerInfo_get0_pkey_ctx(info);

	assert_int_equal(
	    EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING), 1);
	assert_int_equal(
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST), 1);
}

static CMS_ContentInfo *
make_cms(const struct recipe *recipe, X509 *signer, EVP_PKEY *key)
{
	unsigned flags = CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP |
	    (recipe->no_attributes ? CMS_NOATTR : 0U) |
	    (recipe->no_certificate ? CMS_NOCERTS : 0U) |
	    (recipe->pss ? CMS_KEY_PARAM : 0U);
	struct ck_buf content = security_object();
	BIO *bio = BIO_new_mem_buf(content.ptr, (int)content.len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL,
	    CMS_PARTIAL | CMS_BINARY);
	ASN1_OBJECT *type = OBJ_txt2obj(recipe->other_type ?
	    "1.2.840.113549.1.7.1" : "2.23.136.1.1.1", 1);
	CMS_SignerInfo *info;

	assert_non_null(cms);
	assert_int_equal(CMS_set1_eContentType(cms, type), 1);
	info = CMS_add1_signer(cms, signer, key, recipe->digest != NULL ?
	    recipe->digest : EVP_sha256(), flags);
	assert_non_null(info);
	if (recipe->pss)
		sign_with_pss(info);
	assert_int_equal(CMS_final(cms, bio, NULL, CMS_BINARY), 1);
	ASN1_OBJECT_free(type);
	BIO_free(bio);
	ck_buf_wipe(&content);

	return cms;
}

/* Tag 77 around the CMS. */
static struct ck_buf
wrap(CMS_ContentInfo *cms)
{
	struct ck_buf out = CK_BUF_INIT;
	uint8_t *der = NULL;
	int len = i2d_CMS_ContentInfo(cms, &der);
	uint8_t head[4] = {
		0x77, 0x82, (uint8_t)(len >> 8), (uint8_t)len
	};

	assert_in_range(len, 256, 65535);
	assert_int_equal(
	    ck_buf_append(&out, ck_span_of(head, sizeof(head))), CK_OK);
	assert_int_equal(
	    ck_buf_append(&out, ck_span_of(der, (size_t)len)), CK_OK);
	OPENSSL_free(der);

	return out;
}

static void
keep_anchor(struct made *made, X509 *csca)
{
	uint8_t *der = NULL;
	int len = i2d_X509(csca, &der);

	assert_true(len > 0);
	assert_int_equal(ck_anchors_from_der(&made->anchors,
	    ck_span_of(der, (size_t)len)), CK_OK);
	OPENSSL_free(der);
}

static struct made
make(const struct recipe *recipe)
{
	static const uint8_t dg1[] = { 0x61, 0x00 };
	static const struct ck_passive_file file = {
		1, { dg1, sizeof(dg1) }
	};
	const char *usual = "brainpoolP384r1";
	EVP_PKEY *csca_key = curve_key(recipe->csca_curve != NULL ?
	    recipe->csca_curve : usual, recipe->csca_explicit);
	EVP_PKEY *impostor = curve_key(usual, false);
	EVP_PKEY *key = recipe->signer_rsa_bits != 0 ?
	    EVP_RSA_gen(recipe->signer_rsa_bits) :
	    curve_key(recipe->signer_curve != NULL ? recipe->signer_curve :
	    usual, recipe->signer_explicit);
	X509 *csca = make_csca(csca_key);
	X509 *signer = make_signer(recipe, key, csca,
	    recipe->impostor ? impostor : csca_key);
	CMS_ContentInfo *cms = make_cms(recipe, signer, key);
	struct made made = { .sod = wrap(cms) };

	keep_anchor(&made, csca);
	made.input = (struct ck_passive_input){
		.sod = ck_buf_view(&made.sod), .files = &file,
		.file_count = 1, .anchors = made.anchors, .wall_ms = IN_2027
	};
	CMS_ContentInfo_free(cms);
	X509_free(signer);
	X509_free(csca);
	EVP_PKEY_free(key);
	EVP_PKEY_free(impostor);
	EVP_PKEY_free(csca_key);

	return made;
}

static void
made_wipe(struct made *made)
{
	ck_anchors_free(&made->anchors);
	ck_buf_wipe(&made->sod);
}

static void
made_is_valid(struct recipe recipe)
{
	struct made made = make(&recipe);

	assert_result(&made.input, CK_PASSIVE_VALID, false);
	made_wipe(&made);
}

static void
made_is_invalid(struct recipe recipe, enum ck_err reason)
{
	struct made made = make(&recipe);

	assert_invalid(&made.input, reason);
	made_wipe(&made);
}

static void
every_algorithm_of_the_standard_is_verified(void **state)
{
	static const char *const curves[] = {
		"brainpoolP224r1", "brainpoolP256r1", "brainpoolP320r1",
		"brainpoolP512r1", "secp224r1", "prime256v1", "secp384r1",
		"secp521r1"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		made_is_valid((struct recipe){ .signer_curve = curves[i] });
	made_is_valid((struct recipe){ .digest = EVP_sha224() });
	made_is_valid((struct recipe){ .digest = EVP_sha384() });
	made_is_valid((struct recipe){ .digest = EVP_sha512() });
	made_is_valid((struct recipe){ .signer_rsa_bits = 2048 });
	made_is_valid((struct recipe){
	    .signer_rsa_bits = 2048, .pss = true });
}

/* The Vietnamese CSCA spells brainpoolP512r1 out. */
static void
spelled_out_known_curves_are_accepted(void **state)
{
	(void)state;
	made_is_valid((struct recipe){ .csca_curve = "brainpoolP512r1",
	    .csca_explicit = true });
	made_is_valid((struct recipe){ .signer_explicit = true });
	made_is_valid((struct recipe){ .csca_explicit = true,
	    .signer_explicit = true });
}

static void
weak_algorithms_are_refused(void **state)
{
	struct made sha1 = make(&(struct recipe){ .digest = EVP_sha1() });

	(void)state;
	assert_invalid(&sha1.input, CK_ERR_TRUST_POLICY);
	sha1.input.sha1_allowed = true;
	assert_result(&sha1.input, CK_PASSIVE_VALID, false);
	made_wipe(&sha1);
	made_is_invalid((struct recipe){ .signer_rsa_bits = 1024 },
	    CK_ERR_TRUST_POLICY);
	made_is_invalid((struct recipe){ .signer_curve = "prime192v1" },
	    CK_ERR_TRUST_POLICY);
	made_is_invalid((struct recipe){ .signer_curve = "secp256k1" },
	    CK_ERR_TRUST_POLICY);
	made_is_invalid((struct recipe){ .csca_curve = "prime192v1" },
	    CK_ERR_TRUST_POLICY);
}

static void
impostor_under_an_anchors_name_is_refused(void **state)
{
	(void)state;
	made_is_invalid((struct recipe){ .impostor = true },
	    CK_ERR_TRUST_CHAIN);
}

static void
certificates_that_may_not_sign_are_refused(void **state)
{
	(void)state;
	made_is_invalid((struct recipe){ .signer_is_ca = true,
	    .key_usage = "critical,digitalSignature,keyCertSign" },
	    CK_ERR_TRUST_CHAIN);
	made_is_invalid((struct recipe){
	    .key_usage = "critical,keyEncipherment" }, CK_ERR_TRUST_CHAIN);
	made_is_invalid((struct recipe){ .no_certificate = true },
	    CK_ERR_TRUST_CHAIN);
}

static void
document_without_signed_attributes_is_refused(void **state)
{
	(void)state;
	made_is_invalid((struct recipe){ .no_attributes = true },
	    CK_ERR_TRUST_SIGNATURE);
	made_is_invalid((struct recipe){ .other_type = true },
	    CK_ERR_FILE_MALFORMED);
}

/*
 * CMS_sign() puts today's time into the attributes, long after this signer
 * ended; the issue date is not asked then.
 */
static void
signer_that_expired_before_signing_is_refused(void **state)
{
	struct made made = make(&(struct recipe){ .signer_days = 30 });

	(void)state;
	made.input.issued = (struct ck_date){ 2020, 1, 15 };
	assert_invalid(&made.input, CK_ERR_TRUST_EXPIRED);
	made_wipe(&made);
}

/* Its signer expired in 2009, and its attributes carry no time. */
static void
bsi_2008_needs_sha1_and_a_date(void **state)
{
	struct ck_buf sod = file_read_or_skip(BSI "EF_SOD.bin");
	struct ck_buf dg1 = file_read_or_skip(BSI "EF_DG1.bin");
	struct ck_buf dg2 = file_read_or_skip(BSI "EF_DG2.bin");
	struct ck_buf dg14 = file_read_or_skip(BSI "EF_DG14.bin");
	const struct ck_passive_file files[] = {
		{ 1, ck_buf_view(&dg1) }, { 2, ck_buf_view(&dg2) },
		{ 14, ck_buf_view(&dg14) }
	};
	struct ck_passive_input input = {
		.sod = ck_buf_view(&sod), .files = files, .file_count = 3,
		.wall_ms = IN_2008
	};

	(void)state;
	assert_invalid(&input, CK_ERR_TRUST_POLICY);
	input.sha1_allowed = true;
	assert_result(&input, CK_PASSIVE_UNKNOWN_ISSUER, false);
	input.wall_ms = IN_2027;
	assert_invalid(&input, CK_ERR_TRUST_EXPIRED);
	input.issued = (struct ck_date){ 2008, 0, 0 };
	assert_invalid(&input, CK_ERR_TRUST_EXPIRED);
	input.issued = (struct ck_date){ 2009, 2, 1 };
	assert_invalid(&input, CK_ERR_TRUST_EXPIRED);
	input.issued = (struct ck_date){ 2008, 11, 1 };
	assert_result(&input, CK_PASSIVE_UNKNOWN_ISSUER, true);
	dg1.ptr[40] ^= 1;
	assert_invalid(&input, CK_ERR_TRUST_HASH);
	ck_buf_wipe(&sod);
	ck_buf_wipe(&dg1);
	ck_buf_wipe(&dg2);
	ck_buf_wipe(&dg14);
}

#define WITH_SAMPLE(test) \
	cmocka_unit_test_setup_teardown(test, sample_setup, sample_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SAMPLE(sample_is_valid),
		WITH_SAMPLE(without_its_issuer_it_is_unknown),
		WITH_SAMPLE(one_changed_bit_in_any_file_is_found),
		WITH_SAMPLE(file_without_a_hash_is_not_covered),
		WITH_SAMPLE(later_file_is_checked_against_proven_hashes),
		WITH_SAMPLE(no_changed_byte_of_the_sod_is_accepted),
		WITH_SAMPLE(every_prefix_of_the_sod_is_malformed),
		WITH_SAMPLE(damaged_signature_is_found),
		WITH_SAMPLE(signer_may_expire_after_signing),
		cmocka_unit_test(every_algorithm_of_the_standard_is_verified),
		cmocka_unit_test(spelled_out_known_curves_are_accepted),
		cmocka_unit_test(weak_algorithms_are_refused),
		cmocka_unit_test(impostor_under_an_anchors_name_is_refused),
		cmocka_unit_test(certificates_that_may_not_sign_are_refused),
		cmocka_unit_test(document_without_signed_attributes_is_refused),
		cmocka_unit_test(
		    signer_that_expired_before_signing_is_refused),
		cmocka_unit_test(bsi_2008_needs_sha1_and_a_date)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
