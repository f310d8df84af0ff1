/*
 * test_trust.c - what comes into the trust store, and what a read makes of it
 *
 * Certificates, CRLs and master lists are made here by OpenSSL alone; nothing
 * of ours encodes them.
 */
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

static EVP_PKEY *
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

static void
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

static void
set_name(X509_NAME *name, const struct wish *wish)
{
	const char *country = wish->country != NULL ? wish->country : "VN";

	assert_int_equal(X509_NAME_add_entry_by_txt(name, "C", MBSTRING_ASC,
	    (const uint8_t *)country, -1, -1, 0), 1);
	assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
	    (const uint8_t *)wish->name, -1, -1, 0), 1);
}

/* issuer NULL: signs itself. */
static struct party
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

static void
party_free(struct party *party)
{
	EVP_PKEY_free(party->key);
	X509_free(party->cert);
}

static struct ck_buf
bytes_of(const unsigned char *der, int len)
{
	struct ck_buf out = CK_BUF_INIT;

	assert_true(len > 0);
	assert_int_equal(
	    ck_buf_append(&out, ck_span_of(der, (size_t)len)), CK_OK);

	return out;
}

static struct ck_buf
der_of(X509 *cert)
{
	unsigned char *der = NULL;
	int len = i2d_X509(cert, &der);
	struct ck_buf out = bytes_of(der, len);

	OPENSSL_free(der);

	return out;
}

/* serial 0: nothing is revoked. */
static struct ck_buf
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
static struct ck_buf
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
static struct ck_buf
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

static bool
on_confirm(void *ctx, enum ck_trust_question question,
    const struct ck_trust_entry *entry)
{
	struct operator *op = ctx;

	(void)question;
	assert_int_equal(strlen(entry->fingerprint), 64);
	op->asked++;

	return op->agrees;
}

static void
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

static struct ck_trust *
open_store(bool write)
{
	char text[CK_TRUST_TEXT_LEN] = "";
	struct ck_trust *trust = NULL;

	if (ck_trust_open(&trust, folder, write, text) != CK_OK)
		fail_msg("%s", text);

	return trust;
}

static enum ck_err
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

static enum ck_err
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

static void
save(struct ck_trust **trust)
{
	char text[CK_TRUST_TEXT_LEN];

	assert_int_equal(ck_trust_save(*trust, text), CK_OK);
	ck_trust_close(trust);
}

/* The folder as a read sees it, asked about one document signer. */
static enum ck_err
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

static int
make_folder(void **state)
{
	(void)state;
	(void)snprintf(folder, sizeof(folder), "/tmp/ck-trust-XXXXXX");

	return mkdtemp(folder) == NULL ? -1 : 0;
}

static int
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

static void
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

static void
a_root_is_taken_on_the_operators_word_alone(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &csca);
	struct operator op = { .agrees = false };
	struct ck_trust *trust = open_store(true);
	struct ck_trust_entry entry;

	(void)state;
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	assert_int_equal(take(trust, &op, der_of(csca.cert)),
	    CK_ERR_TRUST_UNCONFIRMED);
	assert_int_equal(ck_trust_count(trust), 0);
	op.agrees = true;
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(ds.cert)), CK_OK);
	assert_int_equal(op.asked, 2);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.known, 1);
	assert_non_null(strstr(op.why, "no CSCA"));
	save(&trust);
	trust = open_store(false);
	assert_int_equal(ck_trust_count(trust), 1);
	ck_trust_describe(trust, 0, &entry);
	assert_int_equal(entry.kind, CK_TRUST_CSCA);
	assert_string_equal(entry.country, "VN");
	assert_string_equal(entry.subject, "C = VN, CN = Root");
	assert_string_equal(entry.note.by, note.by);
	assert_string_equal(entry.note.source, note.source);
	assert_int_equal(entry.note.at_ms, note.at_ms);
	assert_int_equal(entry.until, IN_2035);
	ck_trust_close(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	party_free(&ds);
	party_free(&csca);
}

/* Good certificates before a damaged one are not half a file's worth. */
static void
a_damaged_file_is_not_taken_in_part(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long len;

	(void)state;
	assert_int_equal(PEM_write_bio_X509(bio, csca.cert), 1);
	assert_true(BIO_puts(bio, "-----BEGIN CERTIFICATE-----\nMIIB\n"
	    "-----END CERTIFICATE-----\n") > 0);
	len = BIO_get_mem_data(bio, &text);
	assert_int_equal(take(trust, &op,
	    bytes_of((unsigned char *)text, (int)len)), CK_ERR_CONFIG);
	assert_int_equal(ck_trust_count(trust), 0);
	ck_trust_close(&trust);
	BIO_free(bio);
	party_free(&csca);
}

/* Installed and without this issuer is not the same as not installed. */
static void
no_list_differs_from_not_in_the_list(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party foreign = issue((struct wish){ .name = "Elsewhere",
	    .country = "LA" }, NULL);
	struct party other = issue((struct wish){ .name = "Other" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &csca);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(foreign.cert)), CK_OK);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	trust = open_store(true);
	assert_int_equal(take(trust, &op, der_of(other.cert)), CK_OK);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NOT_IN_LIST, false), CK_OK);
	party_free(&ds);
	party_free(&other);
	party_free(&foreign);
	party_free(&csca);
}

static void
links_hang_on_what_is_trusted_and_rings_on_nothing(void **state)
{
	struct party old = issue((struct wish){ .name = "Old" }, NULL);
	struct party new = issue((struct wish){ .name = "New" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &new);
	struct party link = issue((struct wish){ .name = "New",
	    .key = new.key }, &old);
	struct party a = issue((struct wish){ .name = "A" }, NULL);
	struct party b = issue((struct wish){ .name = "B" }, &a);
	struct party ring = issue((struct wish){ .name = "A",
	    .key = a.key }, &b);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(EVP_PKEY_up_ref(new.key), 1);
	assert_int_equal(EVP_PKEY_up_ref(a.key), 1);
	assert_int_equal(take(trust, &op, der_of(link.cert)), CK_OK);
	assert_int_equal(op.refused, 1);
	assert_int_equal(take(trust, &op, der_of(b.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(ring.cert)), CK_OK);
	assert_int_equal(op.refused, 3);
	assert_int_equal(take(trust, &op, der_of(old.cert)), CK_OK);
	op.agrees = false;
	assert_int_equal(take(trust, &op, der_of(link.cert)), CK_OK);
	assert_int_equal(op.added, 2);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	party_free(&ring);
	party_free(&b);
	party_free(&a);
	party_free(&link);
	party_free(&ds);
	party_free(&new);
	party_free(&old);
}

/* Else revoked chips would pass as unknown ones, and nobody be told. */
static void
a_folder_that_cannot_be_read_is_told_of(void **state)
{
	struct ck_anchors_cache cache = { NULL, 0, false };
	char text[CK_TRUST_TEXT_LEN] = "";
	char path[sizeof(folder) + 16];
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/absent", folder);
	ck_anchors_refresh(&cache, path, text);
	assert_string_equal(text, "");
	(void)snprintf(path, sizeof(path), "%s/no-folder", folder);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fclose(file), 0);
	cache = (struct ck_anchors_cache){ NULL, 0, false };
	ck_anchors_refresh(&cache, path, text);
	assert_non_null(strstr(text, "no-folder"));
	assert_null(cache.anchors);
	assert_int_equal(unlink(path), 0);
}

/* A state speaks for its own keys, not for another's. */
static void
a_link_into_another_state_is_refused(void **state)
{
	struct party csca = issue((struct wish){ .name = "CSCA",
	    .country = "UT" }, NULL);
	struct party link = issue((struct wish){ .name = "CSCA" }, &csca);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(link.cert)), CK_OK);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.refused, 1);
	assert_int_equal(ck_trust_count(trust), 1);
	ck_trust_close(&trust);
	party_free(&link);
	party_free(&csca);
}

static void
unfit_certificates_are_refused_with_their_reason(void **state)
{
	static const struct {
		struct wish wish;
		const char *why;	/* NULL: taken */
	} rows[] = {
		{ { .name = "explicit", .curve = "brainpoolP512r1",
		    .spelled_out = true }, NULL },
		{ { .name = "RSA", .rsa_bits = 2048 }, NULL },
		{ { .name = "short", .rsa_bits = 1024 }, "too short" },
		{ { .name = "curve", .curve = "prime192v1" }, "curve" },
		{ { .name = "koblitz", .curve = "secp256k1" }, "curve" },
		{ { .name = "signer", .signer = true }, "no CSCA" }
	};
	struct ck_trust *trust = open_store(true);
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct operator op = { .agrees = true };
		struct party party = issue(rows[i].wish, NULL);

		assert_int_equal(take(trust, &op, der_of(party.cert)), CK_OK);
		assert_int_equal(op.added, rows[i].why == NULL);
		assert_int_equal(op.refused, rows[i].why != NULL);
		if (rows[i].why != NULL)
			assert_non_null(strstr(op.why, rows[i].why));
		party_free(&party);
	}
	ck_trust_close(&trust);
}

static void
a_revoked_signer_differs_from_an_expired_one(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &csca);
	struct party old = issue((struct wish){ .name = "Old DS",
	    .serial = 78, .until = NOW - DAY, .signer = true }, &csca);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - DAY, 77)),
	    CK_OK);
	assert_int_equal(op.refused, 1);	/* of an issuer not here */
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - 40 * DAY, 0)),
	    CK_OK);
	assert_int_equal(op.added, 2);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	assert_int_equal(judge(old.cert, CK_ISSUER_LISTED, true), CK_OK);

	trust = open_store(true);
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - DAY, 77)),
	    CK_OK);
	assert_int_equal(op.added, 3);
	assert_int_equal(ck_trust_count(trust), 2);	/* in its place */
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW - 2 * DAY, 0)),
	    CK_OK);
	assert_non_null(strstr(op.why, "not newer"));
	assert_int_equal(take(trust, &op, make_crl(&csca, NOW + 9 * DAY, 0)),
	    CK_OK);
	assert_non_null(strstr(op.why, "future"));
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);
	assert_int_equal(judge(old.cert, CK_ISSUER_LISTED, true), CK_OK);
	party_free(&old);
	party_free(&ds);
	party_free(&csca);
}

/* A new key's CRL speaks for the old key's certificates: one name. */
static void
a_revoked_issuer_spoils_what_it_signed(void **state)
{
	struct party old = issue((struct wish){ .name = "Root",
	    .serial = 5 }, NULL);
	struct party new = issue((struct wish){ .name = "Root",
	    .serial = 6 }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &old);
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(old.cert)), CK_OK);
	assert_int_equal(take(trust, &op, der_of(new.cert)), CK_OK);
	assert_int_equal(take(trust, &op, make_crl(&new, NOW - DAY, 5)),
	    CK_OK);
	assert_int_equal(op.added, 3);
	/* What is revoked may not say what is. */
	assert_int_equal(take(trust, &op, make_crl(&old, NOW, 0)), CK_OK);
	assert_int_equal(op.refused, 1);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);
	party_free(&ds);
	party_free(&new);
	party_free(&old);
}

static void
an_accepted_signer_is_genuine_by_a_persons_word(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party twin = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &csca);
	struct party weak = issue((struct wish){ .name = "Weak",
	    .rsa_bits = 1024, .signer = true }, &csca);
	struct ck_trust_note nobody = note;
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	nobody.by[0] = '\0';
	assert_int_equal(pin(trust, &op, ds.cert, &nobody), CK_ERR_CONFIG);
	nobody = note;
	nobody.reason[0] = '\0';
	assert_int_equal(pin(trust, &op, ds.cert, &nobody), CK_ERR_CONFIG);
	assert_int_equal(pin(trust, &op, weak.cert, &note), CK_OK);
	assert_non_null(strstr(op.why, "too short"));
	assert_int_equal(pin(trust, &op, csca.cert, &note), CK_OK);
	assert_int_equal(op.refused, 2);
	assert_int_equal(pin(trust, &op, ds.cert, &note), CK_OK);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.asked, 0);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_PINNED, false), CK_OK);
	assert_int_equal(judge(weak.cert, CK_ISSUER_NO_LIST, false), CK_OK);

	/* Its issuer's name, with another key, revokes it. */
	trust = open_store(true);
	assert_int_equal(take(trust, &op, der_of(twin.cert)), CK_OK);
	assert_int_equal(take(trust, &op, make_crl(&twin, NOW - DAY, 77)),
	    CK_OK);
	assert_int_equal(op.added, 3);
	assert_int_equal(pin(trust, &op, ds.cert, &note), CK_OK);
	assert_non_null(strstr(op.why, "revoked"));
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);

	/* And the issuer itself ends the need for a person's word. */
	trust = open_store(true);
	assert_int_equal(take(trust, &op, der_of(csca.cert)), CK_OK);
	assert_int_equal(pin(trust, &op, ds.cert, &note), CK_OK);
	assert_int_equal(op.refused, 4);
	ck_trust_close(&trust);
	party_free(&weak);
	party_free(&ds);
	party_free(&twin);
	party_free(&csca);
}

/* A publisher, its signer of lists, and two states. */
struct portal {
	struct party root, signer, one, two;
};

static struct portal
portal_open(const char *uses)
{
	struct portal made = { .root = issue((struct wish){ .name = "Publisher",
	    .country = "DE" }, NULL) };

	made.signer = issue((struct wish){ .name = "List signer",
	    .country = "DE", .signer = true, .uses = uses }, &made.root);
	made.one = issue((struct wish){ .name = "One" }, NULL);
	made.two = issue((struct wish){ .name = "Two",
	    .curve = "brainpoolP256r1", .spelled_out = true }, NULL);

	return made;
}

static void
portal_close(struct portal *portal)
{
	party_free(&portal->root);
	party_free(&portal->signer);
	party_free(&portal->one);
	party_free(&portal->two);
}

static void
a_list_is_taken_once_its_publisher_is_confirmed(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	X509 *const certs[] = {
		portal.root.cert, portal.one.cert, portal.two.cert
	};
	struct operator op = { .agrees = false };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 2,
	    NOW - 9 * DAY)), CK_ERR_TRUST_UNCONFIRMED);
	assert_int_equal(ck_trust_count(trust), 0);
	assert_int_equal(op.asked, 1);
	op.agrees = true;
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 2,
	    NOW - 9 * DAY)), CK_OK);
	assert_int_equal(op.added, 2);
	save(&trust);

	/* Known by now: nobody is asked, nothing old comes back. */
	op = (struct operator){ .agrees = false };
	trust = open_store(true);
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 3,
	    NOW - 8 * DAY)), CK_OK);
	assert_int_equal(op.asked, 0);
	assert_int_equal(op.added, 1);
	assert_int_equal(op.known, 2);
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 3,
	    NOW - 9 * DAY)), CK_ERR_TRUST_OLDER);
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 3,
	    NOW + 9 * DAY)), CK_ERR_TRUST_CHAIN);
	ck_trust_close(&trust);
	portal_close(&portal);
}

/* An anchor's passports are trusted, not what it says of other states. */
static void
an_anchor_is_no_publisher(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	X509 *const certs[] = { portal.root.cert, portal.one.cert };
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);

	(void)state;
	assert_int_equal(take(trust, &op, der_of(portal.root.cert)), CK_OK);
	op = (struct operator){ .agrees = false };
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs, 2,
	    NOW - DAY)), CK_ERR_TRUST_UNCONFIRMED);
	assert_int_equal(op.asked, 1);
	assert_int_equal(ck_trust_count(trust), 1);
	ck_trust_close(&trust);
	portal_close(&portal);
}

static void
a_list_that_proves_nothing_changes_nothing(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	struct portal plain = portal_open(NULL);
	X509 *const certs[] = { portal.root.cert, portal.one.cert };
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);
	struct ck_buf list = make_list(&portal.signer, certs, 2, NOW - DAY);
	uint8_t *inside;

	(void)state;
	/* a document signer */
	assert_int_equal(take(trust, &op, make_list(&plain.signer, certs, 2,
	    NOW - DAY)), CK_ERR_TRUST_CHAIN);
	/* the root of its signer is nowhere */
	assert_int_equal(take(trust, &op, make_list(&portal.signer, certs + 1,
	    1, NOW - DAY)), CK_ERR_TRUST_CHAIN);
	/* one letter of a name */
	inside = memmem(list.ptr, list.len, "One", 3);
	assert_non_null(inside);
	inside[0] = 'I';
	assert_int_equal(take(trust, &op, list), CK_ERR_TRUST_SIGNATURE);
	assert_int_equal(op.asked, 0);
	assert_int_equal(ck_trust_count(trust), 0);
	ck_trust_close(&trust);
	portal_close(&plain);
	portal_close(&portal);
}

static enum ck_err
parse_list(struct ck_span file)
{
	struct ck_master_list list = { 0 };
	enum ck_err err = ck_master_list_open(file, &list);

	ck_master_list_close(&list);

	return err;
}

static void
only_a_whole_list_is_one(void **state)
{
	struct portal portal = portal_open(LIST_USE);
	X509 *const certs[] = { portal.root.cert, portal.one.cert };
	struct ck_buf list = make_list(&portal.signer, certs, 2, NOW - DAY);

	(void)state;
	assert_only_whole(ck_buf_view(&list), parse_list);
	survive_changes(ck_buf_view(&list), parse_list);
	ck_buf_wipe(&list);
	portal_close(&portal);
}

static void
other_files_are_named_for_what_they_may_be(void **state)
{
	static const char *const rows[][2] = {
		{ "PK\x03\x04 and so on", "ZIP" },
		{ "dn: c=DE,dc=data\n", "LDIF" },
		{ "something else", "no certificate" },
		{ "", "no certificate" }
	};
	const struct ck_trust_talk talk = { on_confirm, on_tell, NULL };
	struct ck_trust *trust = open_store(true);
	char text[CK_TRUST_TEXT_LEN];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_int_equal(ck_trust_take(trust, ck_span_str(rows[i][0]),
		    &note, &talk, text), CK_ERR_CONFIG);
		assert_non_null(strstr(text, rows[i][1]));
	}
	ck_trust_close(&trust);
}

static void
damage_to_the_store_is_found_and_named(void **state)
{
	static const char *const bad[] = {
		"checkin-trust 2\n\nend 0\n", "checkin-trust 1\n",
		"checkin-trust 1\n\nend 1\n", "checkin-trust 1\n\nend 0\nx",
		"checkin-trust 1\n\nkind csca\n\nend 1\n",
		"checkin-trust 1\n\nkind csca\nder AAAA\n\nend 1\n",
		"checkin-trust 1\n\nkind csca\nder !!!!\n\nend 1\n",
		"checkin-trust 1\n\nmood glad\n\nend 1\n", "x"
	};
	char text[CK_TRUST_TEXT_LEN];
	struct ck_trust *trust;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(CK_TRUST_FILE, ck_span_str(bad[i]));
		assert_int_equal(ck_trust_open(&trust, folder, false, text),
		    CK_ERR_CONFIG);
		assert_null(trust);
		assert_non_null(strstr(text, CK_TRUST_FILE ": line "));
	}
	put(CK_TRUST_FILE, ck_span_str("checkin-trust 1\n\nend 0\n"));
	trust = open_store(false);
	ck_trust_close(&trust);
}

/* A damaged store could be the one that revokes: then nobody is trusted. */
static void
a_damaged_folder_trusts_nobody(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS",
	    .signer = true }, &csca);
	struct ck_buf der = der_of(csca.cert);

	(void)state;
	put("a.der", ck_buf_view(&der));
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	put("b.crl", ck_span_str("no list"));
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	ck_buf_wipe(&der);
	party_free(&ds);
	party_free(&csca);
}

static void
files_dropped_by_hand_are_listed_used_and_removed(void **state)
{
	struct party csca = issue((struct wish){ .name = "Root" }, NULL);
	struct party ds = issue((struct wish){ .name = "DS", .serial = 77,
	    .signer = true }, &csca);
	struct ck_buf der = der_of(csca.cert);
	struct ck_buf crl = make_crl(&csca, NOW - DAY, 77);
	struct ck_trust *trust;
	struct ck_trust_entry entry;
	char text[CK_TRUST_TEXT_LEN];

	(void)state;
	put("b.crl", ck_buf_view(&crl));
	trust = open_store(false);
	ck_trust_describe(trust, 0, &entry);
	assert_true(entry.unproven);
	ck_trust_close(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_NO_LIST, false), CK_OK);
	put("a.der", ck_buf_view(&der));
	assert_int_equal(judge(ds.cert, CK_ISSUER_NONE, false),
	    CK_ERR_TRUST_REVOKED);
	trust = open_store(true);
	ck_trust_describe(trust, 0, &entry);
	assert_true(entry.by_hand);
	assert_string_equal(entry.note.source, "a.der");
	assert_int_equal(ck_trust_remove(trust, 1, text), CK_OK);
	save(&trust);
	assert_int_equal(judge(ds.cert, CK_ISSUER_LISTED, false), CK_OK);
	ck_buf_wipe(&crl);
	ck_buf_wipe(&der);
	party_free(&ds);
	party_free(&csca);
}

static void
one_writer_at_a_time(void **state)
{
	struct ck_trust *first = open_store(true), *second = NULL;
	char text[CK_TRUST_TEXT_LEN];

	(void)state;
	assert_int_equal(ck_trust_open(&second, folder, true, text),
	    CK_ERR_CONFIG);
	assert_non_null(strstr(text, "another command"));
	second = open_store(false);
	ck_trust_close(&second);
	ck_trust_close(&first);
	first = open_store(true);
	ck_trust_close(&first);
}

static void
the_first_end_that_matters_is_told(void **state)
{
	static const struct {
		const char *country;
		int64_t until;
	} rows[] = {
		{ "LA", NOW + 10 * DAY }, { "VN", NOW - 10 * DAY },
		{ "VN", NOW + 30 * DAY }, { "VN", NOW + 20 * DAY }
	};
	struct operator op = { .agrees = true };
	struct ck_trust *trust = open_store(true);
	size_t i;

	(void)state;
	assert_int_equal(ck_trust_expiry(trust, "VN", NOW), 0);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct party party = issue((struct wish){ .name = "Root",
		    .country = rows[i].country, .until = rows[i].until },
		    NULL);

		assert_int_equal(take(trust, &op, der_of(party.cert)), CK_OK);
		party_free(&party);
		if (i == 0)
			assert_int_equal(ck_trust_expiry(trust, "VN", NOW),
			    NOW + 10 * DAY);
		if (i == 1)
			assert_int_equal(ck_trust_expiry(trust, "VN", NOW),
			    NOW - 10 * DAY);
	}
	assert_int_equal(ck_trust_expiry(trust, "VN", NOW), NOW + 20 * DAY);
	assert_int_equal(ck_trust_expiry(trust, "VN", NOW + 25 * DAY),
	    NOW + 30 * DAY);
	ck_trust_close(&trust);
}

#define IN_FOLDER(test) \
	cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(a_root_is_taken_on_the_operators_word_alone),
		IN_FOLDER(a_damaged_file_is_not_taken_in_part),
		IN_FOLDER(no_list_differs_from_not_in_the_list),
		IN_FOLDER(a_folder_that_cannot_be_read_is_told_of),
		IN_FOLDER(a_link_into_another_state_is_refused),
		IN_FOLDER(links_hang_on_what_is_trusted_and_rings_on_nothing),
		IN_FOLDER(unfit_certificates_are_refused_with_their_reason),
		IN_FOLDER(a_revoked_signer_differs_from_an_expired_one),
		IN_FOLDER(a_revoked_issuer_spoils_what_it_signed),
		IN_FOLDER(an_accepted_signer_is_genuine_by_a_persons_word),
		IN_FOLDER(a_list_is_taken_once_its_publisher_is_confirmed),
		IN_FOLDER(an_anchor_is_no_publisher),
		IN_FOLDER(a_list_that_proves_nothing_changes_nothing),
		IN_FOLDER(only_a_whole_list_is_one),
		IN_FOLDER(other_files_are_named_for_what_they_may_be),
		IN_FOLDER(damage_to_the_store_is_found_and_named),
		IN_FOLDER(a_damaged_folder_trusts_nobody),
		IN_FOLDER(files_dropped_by_hand_are_listed_used_and_removed),
		IN_FOLDER(one_writer_at_a_time),
		IN_FOLDER(the_first_end_that_matters_is_told)
	};

	return cmocka_run_group_tests_name("trust", tests, NULL, NULL);
}
