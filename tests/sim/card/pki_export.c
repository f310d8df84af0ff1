/*
 * pki_export.c - the trust material that a country publishes
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include <openssl/cms.h>
#include <openssl/x509v3.h>

#include "pki_make.h"
#include "pki_odd.h"
#include "tlv.h"

#define PATH_MAX_LEN 512

/* icao-mrtd-security-cscaMasterList and -cscaMasterListSigningKey. */
#define MASTER_LIST "2.23.136.1.1.2"
#define MASTER_LIST_SIGNING "2.23.136.1.1.3"

#define USUAL_SERIAL 0x1001

static const struct sim_wish list_signer_wish = {
	.name = "Master List Signer", .serial = 0x1100,
	.not_before = "20200601000000Z", .not_after = "20350601000000Z",
	.purpose = "critical," MASTER_LIST_SIGNING,
};

/* Countries of the master list besides the own one. */
static const struct sim_wish others[] = {
	{ .name = "CSCA Utopia", .serial = 1, .country = "UT",
	    .not_before = "20200101000000Z", .not_after = "20400101000000Z",
	    .is_ca = true },
	{ .name = "CSCA Atlantis", .serial = 1, .country = "XA",
	    .not_before = "20190101000000Z", .not_after = "20390101000000Z",
	    .is_ca = true },
	{ .name = "CSCA Lilliput", .serial = 7, .country = "XL",
	    .not_before = "20210101000000Z", .not_after = "20410101000000Z",
	    .is_ca = true, .rsa_bits = 3072 },
};

static bool
store(const char *dir, const char *name, struct sim_span bytes)
{
	char path[PATH_MAX_LEN];

	snprintf(path, sizeof(path), "%s/%s", dir, name);

	return sim_span_store(bytes, path) && chmod(path, 0644) == 0;
}

static void
put_certificate(X509 *certificate, struct sim_bytes *out)
{
	uint8_t *der = NULL;
	int len = i2d_X509(certificate, &der);

	sim_must(len > 0, "i2d_X509");
	sim_put(out, sim_span(der, (size_t)len));
	OPENSSL_free(der);
}

static bool
store_certificate(const char *dir, const char *name, X509 *certificate)
{
	struct sim_bytes der = SIM_BYTES_INIT;
	bool ok;

	put_certificate(certificate, &der);
	ok = store(dir, name, sim_view(&der));
	sim_bytes_free(&der);

	return ok;
}

/* The new CSCA's key under the old one's signature. 9303-12 §7.1.2 */
static bool
store_link(const struct sim_pki *pki, const struct sim_more_csca *more,
    const char *dir)
{
	const struct sim_wish wish = {
		.name = "CSCA Simulated 2", .serial = 0x20,
		.not_before = "20250101000000Z",
		.not_after = "20400101000000Z", .is_ca = true,
	};
	X509 *link = sim_certify(&wish, more->next.key, &pki->csca);
	bool ok = store_certificate(dir, "link.der", link);

	X509_free(link);

	return ok;
}

static void
revoke(X509_CRL *list, unsigned serial)
{
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	ASN1_TIME *when = ASN1_TIME_new();

	sim_must(entry != NULL && number != NULL && when != NULL &&
	    ASN1_INTEGER_set(number, (long)serial) == 1 &&
	    ASN1_TIME_set_string_X509(when, "20240301000000Z") == 1 &&
	    X509_REVOKED_set_serialNumber(entry, number) == 1 &&
	    X509_REVOKED_set_revocationDate(entry, when) == 1 &&
	    X509_CRL_add0_revoked(list, entry) == 1, "X509_REVOKED");
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(when);
}

/* Number and key of the issuer: both are asked for. 9303-12 §7.1.4 */
static void
add_crl_extensions(X509_CRL *list, const struct sim_pki *pki, long number)
{
	ASN1_INTEGER *value = ASN1_INTEGER_new();
	X509_EXTENSION *extension;
	X509V3_CTX ctx;

	X509V3_set_ctx(&ctx, pki->csca.certificate, NULL, NULL, list, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx,
	    NID_authority_key_identifier, "keyid:always");
	sim_must(extension != NULL && value != NULL &&
	    X509_CRL_add_ext(list, extension, -1) == 1 &&
	    ASN1_INTEGER_set(value, number) == 1 &&
	    X509_CRL_add1_ext_i2d(list, NID_crl_number, value, 0, 0) == 1,
	    "CRL");
	X509_EXTENSION_free(extension);
	ASN1_INTEGER_free(value);
}

/* serials ends in 0. */
static bool
store_crl(const struct sim_pki *pki, const char *dir, const char *name,
    const unsigned *serials, long number)
{
	X509_CRL *list = X509_CRL_new();
	ASN1_TIME *from = ASN1_TIME_new(), *until = ASN1_TIME_new();
	uint8_t *der = NULL;
	int len;
	bool ok;

	sim_must(list != NULL && from != NULL && until != NULL &&
	    ASN1_TIME_set_string_X509(from, "20240601000000Z") == 1 &&
	    ASN1_TIME_set_string_X509(until, "20380101000000Z") == 1 &&
	    X509_CRL_set_version(list, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(list,
	    X509_get_subject_name(pki->csca.certificate)) == 1 &&
	    X509_CRL_set1_lastUpdate(list, from) == 1 &&
	    X509_CRL_set1_nextUpdate(list, until) == 1, "CRL");
	for (; *serials != 0; serials++)
		revoke(list, *serials);
	X509_CRL_sort(list);
	add_crl_extensions(list, pki, number);
	sim_must(X509_CRL_sign(list, pki->csca.key, EVP_sha384()) > 0,
	    "X509_CRL_sign");
	len = i2d_X509_CRL(list, &der);
	sim_must(len > 0, "i2d_X509_CRL");
	ok = store(dir, name, sim_span(der, (size_t)len));
	OPENSSL_free(der);
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);
	X509_CRL_free(list);

	return ok;
}

/* SEQUENCE { version 0, SET OF Certificate }. 9303-12 §9.2 */
static void
put_list(const struct sim_pki *pki, const struct sim_more_csca *more,
    struct sim_bytes *out)
{
	struct sim_bytes all = SIM_BYTES_INIT, body = SIM_BYTES_INIT;
	struct sim_identity other;
	size_t i;

	put_certificate(pki->csca.certificate, &all);
	put_certificate(more->next.certificate, &all);
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		other = sim_identity_make(&others[i], NULL);
		put_certificate(other.certificate, &all);
		sim_identity_free(&other);
	}
	sim_tlv_put_int(&body, 0);
	sim_tlv_put(&body, 0x31, sim_view(&all));
	sim_tlv_put(out, 0x30, sim_view(&body));
	sim_bytes_free(&all);
	sim_bytes_free(&body);
}

static bool
store_master_list(const struct sim_pki *pki, const struct sim_more_csca *more,
    const char *dir)
{
	struct sim_identity signer = sim_identity_make(&list_signer_wish,
	    &pki->csca);
	struct sim_bytes content = SIM_BYTES_INIT;
	ASN1_OBJECT *type = OBJ_txt2obj(MASTER_LIST, 1);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL,
	    CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP);
	uint8_t *der = NULL;
	BIO *data;
	int len;
	bool ok;

	put_list(pki, more, &content);
	data = BIO_new_mem_buf(content.ptr, (int)content.len);
	sim_must(type != NULL && data != NULL && cms != NULL &&
	    CMS_set1_eContentType(cms, type) == 1 &&
	    CMS_add1_signer(cms, signer.certificate, signer.key, EVP_sha384(),
	    CMS_BINARY | CMS_NOSMIMECAP) != NULL &&
	    CMS_add1_cert(cms, pki->csca.certificate) == 1 &&
	    CMS_final(cms, data, NULL, CMS_BINARY) == 1, "master list");
	len = i2d_CMS_ContentInfo(cms, &der);
	sim_must(len > 0, "i2d_CMS_ContentInfo");
	ok = store(dir, "masterlist.ml", sim_span(der, (size_t)len));
	OPENSSL_free(der);
	BIO_free(data);
	CMS_ContentInfo_free(cms);
	ASN1_OBJECT_free(type);
	sim_identity_free(&signer);
	sim_bytes_free(&content);

	return ok;
}

bool
sim_pki_export(const struct sim_pki *pki, const char *dir)
{
	static const unsigned none[] = { 0 };
	static const unsigned one[] = { SIM_REVOKED_SERIAL, 0 };
	static const unsigned both[] = { USUAL_SERIAL, SIM_REVOKED_SERIAL, 0 };
	struct sim_more_csca more;
	char material[PATH_MAX_LEN];
	bool ok = sim_more_csca_open(pki, &more);

	snprintf(material, sizeof(material), "%s/material", dir);
	mkdir(dir, 0755);
	mkdir(material, 0755);
	ok = ok && store_certificate(dir, "csca.der", pki->csca.certificate) &&
	    store_certificate(material, "csca-2.der", more.next.certificate) &&
	    store_certificate(material, "csca-expired.der",
	    more.expired.certificate) &&
	    store_certificate(material, "loop-a.der",
	    more.loop_a.certificate) &&
	    store_certificate(material, "loop-b.der",
	    more.loop_b.certificate) &&
	    store_link(pki, &more, material) &&
	    store_crl(pki, material, "crl-empty.der", none, 1) &&
	    store_crl(pki, material, "crl.der", one, 2) &&
	    store_crl(pki, material, "crl-revoked.der", both, 3) &&
	    store_master_list(pki, &more, material);
	sim_more_csca_close(&more);

	return ok;
}
