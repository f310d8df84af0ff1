/*
 * sod.c - EF.SOD: the issuer's signature over the hashes of the files
 */
#include <string.h>

#include <openssl/cms.h>

#include "cipher.h"
#include "sod.h"
#include "tlv.h"

/* icao-mrtd-security-ldsSecurityObject. ICAO 9303-10 §4.6.2.3 */
#define LDS_OBJECT "2.23.136.1.1.1"

#define SIGN_FLAGS (CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP)

/* DER of the AlgorithmIdentifier's content: the object identifier alone. */
static const char *
algorithm_hex(const char *hash)
{
	return strcmp(hash, "SHA1") == 0 ? "06052B0E03021A"
					 : "0609608648016503040201";
}

static void
put_hash(const struct sim_profile *profile, int file,
    const struct sim_sod_wish *wish, struct sim_bytes *out)
{
	struct sim_bytes pair = SIM_BYTES_INIT;
	unsigned number = sim_file_info(file)->dg;
	uint8_t digest[64];
	size_t len = sim_hash(wish->hash, sim_view(&profile->file[file]),
	    digest);

	if (wish->faults->on[SIM_FAULT_WRONG_DG])
		number++;
	sim_tlv_put_int(&pair, number);
	sim_tlv_put(&pair, 0x04, sim_span(digest, len));
	sim_tlv_put(out, 0x30, sim_view(&pair));
	sim_bytes_free(&pair);
}

/* SEQUENCE { version 0, algorithm, SEQUENCE OF { number, hash } } */
static void
put_lds_object(const struct sim_profile *profile,
    const struct sim_sod_wish *wish, struct sim_bytes *out)
{
	struct sim_bytes body = SIM_BYTES_INIT, part = SIM_BYTES_INIT;
	int file;

	sim_tlv_put_int(&body, 0);
	sim_put_hex(&part, algorithm_hex(wish->hash));
	sim_tlv_put(&body, 0x30, sim_view(&part));
	sim_bytes_clear(&part);
	for (file = SIM_EF_DG1; file <= SIM_EF_DG15; file++) {
		if (profile->file[file].len > 0)
			put_hash(profile, file, wish, &part);
	}
	sim_tlv_put(&body, 0x30, sim_view(&part));
	sim_tlv_put(out, 0x30, sim_view(&body));
	sim_bytes_free(&body);
	sim_bytes_free(&part);
}

static void
set_signing_time(CMS_SignerInfo *info, time_t signed_at)
{
	ASN1_TIME *time = ASN1_TIME_set(NULL, signed_at);

	sim_must(time != NULL && CMS_signed_add1_attr_by_NID(info,
	    NID_pkcs9_signingTime, time->type, time, -1) == 1, "signing time");
	ASN1_TIME_free(time);
}

static CMS_SignerInfo *
add_signer(CMS_ContentInfo *cms, const struct sim_identity *signer,
    const struct sim_sod_wish *wish)
{
	CMS_SignerInfo *info = CMS_add1_signer(cms, signer->certificate,
	    signer->key, EVP_get_digestbyname(wish->hash), SIGN_FLAGS);

	sim_must(info != NULL, "CMS_add1_signer");
	set_signing_time(info, wish->signed_at);

	return info;
}

/* An attribute that no signature covers: a text of nobody's. */
static void
add_unsigned(CMS_SignerInfo *info)
{
	static const char text[] = "changed on the way";

	sim_must(CMS_unsigned_add1_attr_by_NID(info,
	    NID_pkcs9_unstructuredName, V_ASN1_UTF8STRING, text,
	    (int)strlen(text)) == 1, "unsigned attribute");
}

/* What is signed, unless the digest is to be that of something else. */
static BIO *
signed_content(struct sim_span content, const struct sim_sod_wish *wish)
{
	static const uint8_t other[] = { 0x30, 0x00 };

	return wish->faults->on[SIM_FAULT_DIGEST_MISMATCH]
	    ? BIO_new_mem_buf(other, sizeof(other))
	    : BIO_new_mem_buf(content.ptr, (int)content.len);
}

static void
add_extra(CMS_ContentInfo *cms, const struct sim_sod_wish *wish)
{
	size_t i;

	for (i = 0; i < sizeof(wish->extra) / sizeof(wish->extra[0]); i++)
		sim_must(wish->extra[i] == NULL ||
		    CMS_add1_cert(cms, wish->extra[i]) == 1, "CMS_add1_cert");
}

static CMS_ContentInfo *
sign(struct sim_span content, const struct sim_sod_wish *wish)
{
	ASN1_OBJECT *type = OBJ_txt2obj(LDS_OBJECT, 1);
	BIO *data = signed_content(content, wish);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS);
	CMS_SignerInfo *info;

	sim_must(type != NULL && data != NULL && cms != NULL &&
	    CMS_set1_eContentType(cms, type) == 1, "CMS_sign");
	info = add_signer(cms, wish->signer, wish);
	if (wish->second != NULL)
		add_signer(cms, wish->second, wish);
	add_extra(cms, wish);
	sim_must(CMS_final(cms, data, NULL, CMS_BINARY) == 1, "CMS_final");
	if (wish->faults->on[SIM_FAULT_UNSIGNED_TAMPERED])
		add_unsigned(info);
	if (wish->faults->on[SIM_FAULT_DIGEST_MISMATCH])
		sim_must(ASN1_OCTET_STRING_set(*CMS_get0_content(cms),
		    content.ptr, (int)content.len) == 1, "content");
	BIO_free(data);
	ASN1_OBJECT_free(type);

	return cms;
}

void
sim_sod_build(const struct sim_profile *profile,
    const struct sim_sod_wish *wish, struct sim_bytes *out)
{
	struct sim_bytes content = SIM_BYTES_INIT;
	CMS_ContentInfo *cms;
	uint8_t *der = NULL;
	int len;

	put_lds_object(profile, wish, &content);
	cms = sign(sim_view(&content), wish);
	len = i2d_CMS_ContentInfo(cms, &der);
	sim_must(len > 0, "i2d_CMS_ContentInfo");
	sim_tlv_put(out, 0x77, sim_span(der, (size_t)len));
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	sim_bytes_free(&content);
}
