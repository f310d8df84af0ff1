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
put_hash(const struct sim_profile *profile, int file, const char *hash,
    struct sim_bytes *out)
{
	struct sim_bytes pair = SIM_BYTES_INIT;
	uint8_t digest[64];
	size_t len = sim_hash(hash, sim_view(&profile->file[file]), digest);

	sim_tlv_put_int(&pair, sim_file_info(file)->dg);
	sim_tlv_put(&pair, 0x04, sim_span(digest, len));
	sim_tlv_put(out, 0x30, sim_view(&pair));
	sim_bytes_free(&pair);
}

/* SEQUENCE { version 0, algorithm, SEQUENCE OF { number, hash } } */
static void
put_lds_object(const struct sim_profile *profile, const char *hash,
    struct sim_bytes *out)
{
	struct sim_bytes body = SIM_BYTES_INIT, part = SIM_BYTES_INIT;
	int file;

	sim_tlv_put_int(&body, 0);
	sim_put_hex(&part, algorithm_hex(hash));
	sim_tlv_put(&body, 0x30, sim_view(&part));
	sim_bytes_clear(&part);
	for (file = SIM_EF_DG1; file <= SIM_EF_DG15; file++) {
		if (profile->file[file].len > 0)
			put_hash(profile, file, hash, &part);
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

static CMS_ContentInfo *
sign(struct sim_span content, const struct sim_identity *signer,
    const char *hash, time_t signed_at)
{
	ASN1_OBJECT *type = OBJ_txt2obj(LDS_OBJECT, 1);
	BIO *data = BIO_new_mem_buf(content.ptr, (int)content.len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, SIGN_FLAGS);
	CMS_SignerInfo *info;

	sim_must(type != NULL && data != NULL && cms != NULL &&
	    CMS_set1_eContentType(cms, type) == 1, "CMS_sign");
	info = CMS_add1_signer(cms, signer->certificate, signer->key,
	    EVP_get_digestbyname(hash), SIGN_FLAGS);
	sim_must(info != NULL, "CMS_add1_signer");
	set_signing_time(info, signed_at);
	sim_must(CMS_final(cms, data, NULL, CMS_BINARY) == 1, "CMS_final");
	BIO_free(data);
	ASN1_OBJECT_free(type);

	return cms;
}

void
sim_sod_build(const struct sim_profile *profile,
    const struct sim_identity *signer, const char *hash, time_t signed_at,
    struct sim_bytes *out)
{
	struct sim_bytes content = SIM_BYTES_INIT;
	CMS_ContentInfo *cms;
	uint8_t *der = NULL;
	int len;

	put_lds_object(profile, hash, &content);
	cms = sign(sim_view(&content), signer, hash, signed_at);
	len = i2d_CMS_ContentInfo(cms, &der);
	sim_must(len > 0, "i2d_CMS_ContentInfo");
	sim_tlv_put(out, 0x77, sim_span(der, (size_t)len));
	OPENSSL_free(der);
	CMS_ContentInfo_free(cms);
	sim_bytes_free(&content);
}
