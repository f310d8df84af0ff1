/*
 * signed.c - the CMS SignedData of a SOD or a master list, over OpenSSL
 */
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include <string.h>
#include <time.h>

#include "trust/signed.h"

/* An attribute must stand once, with one value. */
#define EXACTLY_ONE (-3)

int64_t
ck_asn1_seconds(const ASN1_TIME *time)
{
	struct tm parts = { 0 };

	if (time == NULL || ASN1_TIME_to_tm(time, &parts) != 1)
		return 0;

	return (int64_t)timegm(&parts);
}

static bool
is_type(const ASN1_OBJECT *oid, const char *type)
{
	char text[64];
	int len = OBJ_obj2txt(text, sizeof(text), oid, 1);

	return len > 0 && strcmp(text, type) == 0;
}

/* The certificate that the signer identifier names, if it came along. */
static X509 *
find_signer(const struct ck_signed *document)
{
	int i;

	for (i = 0; i < sk_X509_num(document->certificates); i++) {
		X509 *cert = sk_X509_value(document->certificates, i);

		if (CMS_SignerInfo_cert_cmp(document->info, cert) == 0)
			return cert;
	}

	return NULL;
}

static CMS_ContentInfo *
parse(struct ck_span cms)
{
	const uint8_t *next = cms.ptr;
	CMS_ContentInfo *out;

	if (cms.len == 0 || cms.len > INT32_MAX)
		return NULL;
	out = d2i_CMS_ContentInfo(NULL, &next, (long)cms.len);
	if (out != NULL && next != cms.ptr + cms.len) {
		CMS_ContentInfo_free(out);
		out = NULL;
	}

	return out;
}

static enum ck_err
open_document(struct ck_span cms, struct ck_signed *out)
{
	const STACK_OF(CMS_SignerInfo) *infos;
	ASN1_OCTET_STRING **content;

	if ((out->cms = parse(cms)) == NULL ||
	    OBJ_obj2nid(CMS_get0_type(out->cms)) != NID_pkcs7_signed ||
	    !is_type(CMS_get0_eContentType(out->cms), out->type))
		return CK_ERR_FILE_MALFORMED;
	content = CMS_get0_content(out->cms);
	infos = CMS_get0_SignerInfos(out->cms);
	if (content == NULL || *content == NULL ||
	    sk_CMS_SignerInfo_num(infos) != 1)
		return CK_ERR_FILE_MALFORMED;
	out->content = ck_span_of(ASN1_STRING_get0_data(*content),
	    (size_t)ASN1_STRING_length(*content));
	out->info = sk_CMS_SignerInfo_value(infos, 0);
	out->certificates = CMS_get1_certs(out->cms);
	out->signer = find_signer(out);

	return CK_OK;
}

enum ck_err
ck_signed_open(struct ck_span cms, const char *type, struct ck_signed *out)
{
	enum ck_err err;

	*out = (struct ck_signed){ .type = type };
	err = open_document(cms, out);
	ERR_clear_error();

	return err;
}

int
ck_signed_digest(const struct ck_signed *document)
{
	const ASN1_OBJECT *oid = NULL;
	X509_ALGOR *digest = NULL;

	CMS_SignerInfo_get0_algs(document->info, NULL, NULL, &digest, NULL);
	if (digest == NULL)
		return NID_undef;
	X509_ALGOR_get0(&oid, NULL, NULL, digest);

	return OBJ_obj2nid(oid);
}

/*
 * The signature algorithm, which is not signed itself, must not contradict the
 * digest that OpenSSL goes by. 9303-10 §4.6.2.2
 */
static bool
algorithms_agree(const struct ck_signed *document)
{
	const ASN1_OBJECT *oid = NULL;
	X509_ALGOR *signature = NULL;
	int nid, digest = NID_undef;

	CMS_SignerInfo_get0_algs(document->info, NULL, NULL, NULL, &signature);
	if (signature == NULL)
		return false;
	X509_ALGOR_get0(&oid, NULL, NULL, signature);
	nid = OBJ_obj2nid(oid);
	if (nid == NID_rsaEncryption || nid == NID_rsassaPss)
		return true;	/* the digest stands elsewhere */

	return OBJ_find_sigid_algs(nid, &digest, NULL) == 1 &&
	    digest == ck_signed_digest(document);
}

static const void *
attribute(const struct ck_signed *document, int nid, int type)
{
	return CMS_signed_get0_data_by_OBJ(document->info, OBJ_nid2obj(nid),
	    EXACTLY_ONE, type);
}

/* RFC 5652 §11.1, §11.2: the attributes name this content and no other. */
static enum ck_err
check_attributes(const struct ck_signed *document)
{
	const ASN1_OBJECT *type = attribute(document, NID_pkcs9_contentType,
	    V_ASN1_OBJECT);
	const ASN1_OCTET_STRING *digest = attribute(document,
	    NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING);
	const EVP_MD *md = EVP_get_digestbynid(ck_signed_digest(document));
	uint8_t computed[EVP_MAX_MD_SIZE];
	unsigned len = 0;

	if (type == NULL || digest == NULL || md == NULL ||
	    !is_type(type, document->type))
		return CK_ERR_TRUST_SIGNATURE;
	if (EVP_Digest(document->content.ptr, document->content.len, computed,
	    &len, md, NULL) != 1)
		return CK_ERR_CRYPTO;

	return ck_span_equal(ck_span_of(computed, len),
	    ck_span_of(ASN1_STRING_get0_data(digest),
	    (size_t)ASN1_STRING_length(digest))) ? CK_OK :
	    CK_ERR_TRUST_SIGNATURE;
}

enum ck_err
ck_signed_verify(struct ck_signed *document)
{
	enum ck_err err = CK_ERR_TRUST_SIGNATURE;

	if (document->signer == NULL)
		return CK_ERR_TRUST_CHAIN;
	CMS_SignerInfo_set1_signer_cert(document->info, document->signer);
	if (algorithms_agree(document))
		err = check_attributes(document);
	if (err == CK_OK && CMS_SignerInfo_verify(document->info) != 1)
		err = CK_ERR_TRUST_SIGNATURE;
	ERR_clear_error();

	return err;
}

int64_t
ck_signed_time(const struct ck_signed *document)
{
	const ASN1_TIME *time = attribute(document, NID_pkcs9_signingTime,
	    V_ASN1_UTCTIME);

	if (time == NULL)
		time = attribute(document, NID_pkcs9_signingTime,
		    V_ASN1_GENERALIZEDTIME);
	ERR_clear_error();

	return ck_asn1_seconds(time);
}

void
ck_signed_close(struct ck_signed *document)
{
	sk_X509_pop_free(document->certificates, X509_free);
	CMS_ContentInfo_free(document->cms);
	*document = (struct ck_signed){ 0 };
}
