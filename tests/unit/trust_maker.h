/*
 * trust_maker.h - certificates, CRLs and master lists, and a trust folder
 *
 * All are made by OpenSSL alone; nothing of ours encodes them. Each test has
 * a folder of its own, which must be empty again at its end.
 */
#ifndef TESTS_UNIT_TRUST_MAKER_H
#define TESTS_UNIT_TRUST_MAKER_H

#include "files.h"

#include <openssl/cms.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <sys/stat.h>
#include <unistd.h>

#include "ck/trust.h"
#include "trust/chain.h"
#include "trust/folder.h"
#include "trust/master_list.h"

#define DAY INT64_C(86400)
#define NOW INT64_C(1798761600)		/* 2027-01-01 */
#define IN_2020 INT64_C(1577836800)
#define IN_2035 INT64_C(2051222400)
#define LIST_USE "critical,2.23.136.1.1.3"

/* A key with its certificate. */
struct party {
	EVP_PKEY *key;
	X509 *cert;
};

/* What a certificate says; zero means the ordinary choice. */
struct wish {
	const char *name;
	const char *country;		/* NULL: VN */
	bool signer;			/* a document signer; else a CSCA */
	const char *uses;		/* extended key usage */
	const char *curve;		/* NULL: P-256 */
	bool spelled_out;
	unsigned rsa_bits;
	long serial;			/* 0: 1 */
	int64_t until;			/* 0: 2035 */
	EVP_PKEY *key;			/* taken; NULL: a new one */
};

static char folder[64];

static inline EVP_PKEY *
new_key(const struct wish *wish)
{
	EVP_PKEY *key = wish->rsa_bits != 0 ? EVP_RSA_gen(wish->rsa_bits) :
	    EVP_EC_gen(wish->curve != NULL ? wish->curve : "P-256");

	assert_non_null(key);
	if (wish->spelled_out)
		assert_int_equal(EVP_PKEY_set_utf8_string_param(key,
		    OSSL_PKEY_PARAM_EC_ENCODING, "explicit"), 1);

	return key;
}

static inline void
extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	assert_non_null(extension);
	assert_int_equal(X509_add_ext(cert, extension, -1), 1);
	X509_EXTENSION_free(extension);
}

static inline void
set_name(X509_NAME *name, const struct wish *wish)
{
	const char *country = wish->country != NULL ? wish->country : "VN";

	assert_int_equal(X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC,
	    (const uint8_t *)country, -1, -1, 0), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const uint8_t *)wish->name, -1, -1, 0), 1);
}

/* issuer NULL: signs itself. */
static inline struct party
issue(struct wish wish, const struct party *issuer)
{
	struct party made = {
		wish.key != NULL ? wish.key : new_key(&wish), X509_new()
	};
	const struct party *by = issuer != NULL ? issuer : &made;

	assert_int_equal(X509_set_version(made.cert, 2), 1);
	assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(made.cert),
	    wish.serial == 0 ? 1 : wish.serial), 1);
	assert_non_null(ASN1_TIME_set(X509_getm_notBefore(made.cert),
	    (time_t)IN_2020));
	assert_non_null(ASN1_TIME_set(X509_getm_notAfter(made.cert),
	    (time_t)(wish.until == 0 ? IN_2035 : wish.until)));
	set_name(X509_get_subject_name(made.cert), &wish);
	assert_int_equal(X509_set_issuer_name(made.cert,
	    X509_get_subject_name(by->cert)), 1);
	assert_int_equal(X509_set_pubkey(made.cert, made.key), 1);
	if (!wish.signer)
		extend(made.cert, by->cert, NID_basic_constraints,
		    "critical,CA:TRUE");
	extend(made.cert, by->cert, NID_key_usage, wish.signer ?
	    "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
	extend(made.cert, by->cert, NID_subject_key_identifier, "hash");
	if (issuer != NULL)
		extend(made.cert, by->cert, NID_authority_key_identifier,
		    "keyid:always");
	if (wish.uses != NULL)
		extend(made.cert, by->cert, NID_ext_key_usage, wish.uses);
	assert_true(X509_sign(made.cert, by->key, EVP_sha256()) > 0);

	return made;
}

static inline void
party_free(struct party *party)
{
	EVP_PKEY_free(party->key);
	X509_free(party->cert);
}

static inline struct ck_buf
bytes_of(const unsigned char *der, int len)
{
	struct ck_buf out = CK_BUF_INIT;

	assert_true(len > 0);
	assert_int_equal(
	    ck_buf_append(&out, ck_span_of(der, (size_t)len)), CK_OK);

	return out;
}

static inline struct ck_buf
der_of(X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	struct ck_buf out = bytes_of(der, len);

	OPENSSL_free(der);

	return out;
}

/* serial 0: nothing is revoked. */
static inline struct ck_buf
make_crl(const struct party *issuer, int64_t at, long serial)
{
	X509_CRL *crl = X509_CRL_new();
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)at);
	ASN1_TIME *next = ASN1_TIME_set(NULL, (time_t)(at + 30 * DAY));
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_INTEGER *number = ASN1_INTEGER_new();
	unsigned char *der = NULL;
	struct ck_buf out;
	int len;

	assert_int_equal(X509_CRL_set_version(crl, 1), 1);
	assert_int_equal(X509_CRL_set_issuer_name(crl,
	    X509_get_subject_name(issuer->cert)), 1);
	assert_int_equal(X509_CRL_set1_lastUpdate(crl, time), 1);
	assert_int_equal(X509_CRL_set1_nextUpdate(crl, next), 1);
	assert_int_equal(ASN1_INTEGER_set(number, serial), 1);
	assert_int_equal(X509_REVOKED_set_serialNumber(entry, number), 1);
	assert_int_equal(X509_REVOKED_set_revocationDate(entry, time), 1);
	if (serial != 0)
		assert_int_equal(X509_CRL_add0_revoked(crl, entry), 1);
	else
		X509_REVOKED_free(entry);
	assert_true(X509_CRL_sign(crl, issuer->key, EVP_sha256()) > 0);
	len = i2d_X509_CRL(crl, &der);
	out = bytes_of(der, len);
	OPENSSL_free(der);
	ASN1_INTEGER_free(number);
	ASN1_TIME_free(time);
	ASN1_TIME_free(next);
	X509_CRL_free(crl);

	return out;
}

/* CscaMasterList of these certificates: lengths of two bytes throughout. */
static inline struct ck_buf
list_content(X509 *const *certs, size_t count)
{
	struct ck_buf out = from_hex("3082 0000 020100 3182 0000");
	size_t i;

	for (i = 0; i < count; i++) {
		struct ck_buf der = der_of(certs[i]);

		assert_int_equal(
		    ck_buf_append(&out, ck_buf_view(&der)), CK_OK);
		ck_buf_wipe(&der);
	}
	assert_in_range(out.len, 300, 65535);
	out.ptr[2] = (uint8_t)((out.len - 4) >> 8);
	out.ptr[3] = (uint8_t)(out.len - 4);
	out.ptr[9] = (uint8_t)((out.len - 11) >> 8);
	out.ptr[10] = (uint8_t)(out.len - 11);

	return out;
}

/* signed_at 0: now, as CMS_sign() does. */
static inline struct ck_buf
make_list(const struct party *signer, X509 *const *certs, size_t count,
    int64_t signed_at)
{
	struct ck_buf content = list_content(certs, count), out;
	BIO *bio = BIO_new_mem_buf(content.ptr, (int)content.len);
	CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL,
	    CMS_PARTIAL | CMS_BINARY);
	ASN1_OBJECT *type = OBJ_txt2obj("2.23.136.1.1.2", 1);
	ASN1_TIME *time = ASN1_TIME_set(NULL, (time_t)signed_at);
	unsigned char *der = NULL;
	CMS_SignerInfo *info;
	int len;

	assert_int_equal(CMS_set1_eContentType(cms, type), 1);
	info = CMS_add1_signer(cms, signer->cert, signer->key, EVP_sha256(),
	    CMS_PARTIAL | CMS_BINARY | CMS_NOSMIMECAP);
	assert_non_null(info);
	if (signed_at != 0)
		assert_int_equal(CMS_signed_add1_attr_by_NID(info,
		    NID_pkcs9_signingTime, time->type, time, -1), 1);
	assert_int_equal(CMS_final(cms, bio, NULL, CMS_BINARY), 1);
	len = i2d_CMS_ContentInfo(cms, &der);
	out = bytes_of(der, len);
	OPENSSL_free(der);
	ASN1_TIME_free(time);
	ASN1_OBJECT_free(type);
	CMS_ContentInfo_free(cms);
	BIO_free(bio);
	ck_buf_wipe(&content);

	return out;
}

/* The operator of these tests. */
struct operator {
	bool agrees;
	unsigned asked, added, known, refused;
	const char *why;		/* of the last one that was refused */
};

static inline bool
on_confirm(void *ctx, enum ck_trust_question question,
    const struct ck_trust_entry *entry)
{
	struct operator *op = ctx;

	(void)question;
	assert_int_equal(strlen(entry->fingerprint), 64);
	op->asked++;

	return op->agrees;
}

static inline void
on_tell(void *ctx, enum ck_trust_verdict verdict,
    const struct ck_trust_entry *entry, const char *why)
{
	struct operator *op = ctx;

	(void)entry;
	op->added += verdict == CK_TRUST_ADDED;
	op->known += verdict == CK_TRUST_KNOWN;
	op->refused += verdict == CK_TRUST_REFUSED;
	if (verdict == CK_TRUST_REFUSED)
		op->why = why;
}

static const struct ck_trust_note note = {
	.by = "BS. Mẫu", .source = "a file.ml", .reason = "seen in person",
	.at_ms = NOW * 1000
};

static inline struct ck_trust *
open_store(bool write)
{
	char text[CK_TRUST_TEXT_LEN] = "";
	struct ck_trust *trust = NULL;

	if (ck_trust_open(&trust, folder, write, text) != CK_OK)
		fail_msg("%s", text);

	return trust;
}

static inline enum ck_err
take(struct ck_trust *trust, struct operator *op, struct ck_buf file)
{
	const struct ck_trust_talk talk = { on_confirm, on_tell, op };
	char text[CK_TRUST_TEXT_LEN];
	enum ck_err err = ck_trust_take(trust, ck_buf_view(&file), &note,
	    &talk, text);

	assert_true(err == CK_OK || text[0] != '\0');
	ck_buf_wipe(&file);

	return err;
}

static inline enum ck_err
pin(struct ck_trust *trust, struct operator *op, X509 *cert,
    const struct ck_trust_note *why)
{
	const struct ck_trust_talk talk = { on_confirm, on_tell, op };
	struct ck_buf der = der_of(cert);
	char text[CK_TRUST_TEXT_LEN];
	enum ck_err err = ck_trust_pin(trust, ck_buf_view(&der), why, &talk,
	    text);

	ck_buf_wipe(&der);

	return err;
}

static inline void
save(struct ck_trust **trust)
{
	char text[CK_TRUST_TEXT_LEN];

	assert_int_equal(ck_trust_save(*trust, text), CK_OK);
	ck_trust_close(trust);
}

/* The folder as a read sees it, asked about one document signer. */
static inline enum ck_err
judge(X509 *signer, enum ck_issuer issuer, bool expired)
{
	struct ck_anchors_cache cache = { 0 };
	struct ck_chain_input input = {
		.signer = signer, .now = NOW, .signed_at = IN_2020 + DAY
	};
	struct ck_chain_report report;
	enum ck_err err;

	ck_anchors_refresh(&cache, folder, NULL);
	input.anchors = cache.anchors;
	err = ck_chain_verify(&input, &report);
	assert_int_equal(report.issuer, err == CK_OK ? issuer :
	    CK_ISSUER_NONE);
	assert_int_equal(report.expired, expired);
	if (report.issuer == CK_ISSUER_PINNED)
		assert_string_equal(report.accepted->by, note.by);
	ck_anchors_free(&cache.anchors);

	return err;
}

static inline int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/ck-trust-XXXXXX");

	return mkdtemp(folder) == NULL ? -1 : 0;
}

static inline int
remove_folder(void **state)
{
	static const char *const names[] = {
		CK_TRUST_FILE, "a.der", "b.crl", "list.pem"
	};
	char path[128];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}

	/* Fails if a temporary file was left behind. */
	return rmdir(folder);
}

static inline void
put(const char *name, struct ck_span bytes)
{
	char path[128];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "wbe");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.ptr, bytes.len, 1, file), 1);
	assert_int_equal(fclose(file), 0);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

#endif /* TESTS_UNIT_TRUST_MAKER_H */
