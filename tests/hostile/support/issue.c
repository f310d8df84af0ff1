/*
 * issue.c - document signers that sim-card does not make
 */
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "card.h"
#include "issue.h"

/* 2023-01-01 and 2033-01-01. */
#define FROM_2023 1672531200
#define TO_2033 1988150400

static EVP_PKEY *
make_key(const struct hostile_wish *wish)
{
	const char *curve = wish->curve == NULL ? "brainpoolP256r1" :
	    wish->curve;
	EVP_PKEY *key = wish->rsa_bits > 0 ?
	    EVP_RSA_gen((unsigned)wish->rsa_bits) : EVP_EC_gen(curve);

	sim_must(key != NULL, "key generation");

	return key;
}

static void
add_extension(X509 *x, X509 *issuer, int nid, const char *value)
{
	X509V3_CTX ctx;
	X509_EXTENSION *extension;

	X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	sim_must(extension != NULL && X509_add_ext(x, extension, -1) == 1,
	    "extension");
	X509_EXTENSION_free(extension);
}

static void
set_subject(X509 *x, const char *name)
{
	X509_NAME *subject = X509_get_subject_name(x);

	sim_must(X509_NAME_add_entry_by_txt(subject, "C", MBSTRING_UTF8,
	    (const unsigned char *)"VN", -1, -1, 0) == 1 &&
	    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
	    (const unsigned char *)name, -1, -1, 0) == 1, "name");
}

struct sim_identity
hostile_issue(const struct hostile_wish *wish,
    const struct sim_identity *issuer)
{
	struct sim_identity made = { make_key(wish), X509_new() };
	X509 *x = made.certificate;
	EVP_PKEY *by = wish->stolen_name ? made.key : issuer->key;

	sim_must(x != NULL && X509_set_version(x, X509_VERSION_3) == 1 &&
	    ASN1_INTEGER_set(X509_get_serialNumber(x), 4711) == 1, "X509");
	ASN1_TIME_set(X509_getm_notBefore(x), wish->not_before != 0 ?
	    wish->not_before : FROM_2023);
	ASN1_TIME_set(X509_getm_notAfter(x), wish->not_after != 0 ?
	    wish->not_after : TO_2033);
	set_subject(x, "Hostile signer");
	sim_must(X509_set_issuer_name(x, X509_get_subject_name(
	    issuer->certificate)) == 1 &&
	    X509_set_pubkey(x, made.key) == 1, "X509");
	add_extension(x, x, NID_subject_key_identifier, "hash");
	add_extension(x, issuer->certificate, NID_authority_key_identifier,
	    "keyid:always");
	add_extension(x, issuer->certificate, NID_key_usage, wish->is_ca ?
	    "critical,keyCertSign" : "critical,digitalSignature");
	if (wish->is_ca)
		add_extension(x, issuer->certificate, NID_basic_constraints,
		    "critical,CA:TRUE");
	sim_must(X509_sign(x, by, wish->sha1 ? EVP_sha1() : EVP_sha256()) > 0,
	    "X509_sign");

	return made;
}

X509_CRL *
hostile_revoke(const struct sim_identity *signer,
    const struct sim_identity *issuer, EVP_PKEY *by)
{
	X509_CRL *crl = X509_CRL_new();
	X509_REVOKED *entry = X509_REVOKED_new();
	ASN1_TIME *from = ASN1_TIME_set(NULL, FROM_2023);
	ASN1_TIME *until = ASN1_TIME_set(NULL, TO_2033);

	sim_must(X509_CRL_set_version(crl, X509_CRL_VERSION_2) == 1 &&
	    X509_CRL_set_issuer_name(crl, X509_get_subject_name(
	    issuer->certificate)) == 1 &&
	    X509_CRL_set1_lastUpdate(crl, from) == 1 &&
	    X509_CRL_set1_nextUpdate(crl, until) == 1 &&
	    X509_REVOKED_set_serialNumber(entry, X509_get_serialNumber(
	    signer->certificate)) == 1 &&
	    X509_REVOKED_set_revocationDate(entry, from) == 1 &&
	    X509_CRL_add0_revoked(crl, entry) == 1 &&
	    X509_CRL_sign(crl, by, EVP_sha256()) > 0, "X509_CRL");
	ASN1_TIME_free(from);
	ASN1_TIME_free(until);

	return crl;
}

struct sim_identity
hostile_issue_loop(const struct sim_identity *partner)
{
	struct sim_identity made = hostile_issue(&(struct hostile_wish){ 0 },
	    partner);

	sim_must(X509_set_issuer_name(partner->certificate,
	    X509_get_subject_name(made.certificate)) == 1 &&
	    X509_sign(partner->certificate, made.key, EVP_sha256()) > 0,
	    "loop");

	return made;
}

void
hostile_identity_free(struct sim_identity *identity)
{
	EVP_PKEY_free(identity->key);
	X509_free(identity->certificate);
	*identity = (struct sim_identity){ NULL, NULL };
}
