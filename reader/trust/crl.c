/*
 * crl.c - what an issuer has revoked
 */
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <string.h>

#include "trust/crl.h"
#include "trust/limits.h"
#include "trust/signed.h"
#include "trust/strength.h"

static X509_CRL *
from_der(struct ck_span der)
{
	const uint8_t *next = der.ptr;
	X509_CRL *crl = d2i_X509_CRL(NULL, &next, (long)der.len);

	if (crl != NULL && next != der.ptr + der.len) {
		X509_CRL_free(crl);
		crl = NULL;
	}

	return crl;
}

static X509_CRL *
from_pem(struct ck_span text)
{
	BIO *bio = BIO_new_mem_buf(text.ptr, (int)text.len);
	X509_CRL *crl = NULL;

	if (bio != NULL)
		crl = PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL);
	BIO_free(bio);

	return crl;
}

/* RFC 5280 §5.2: a critical extension changes what the list means. */
static bool
is_whole(const X509_CRL *crl)
{
	int i;

	for (i = 0; i < X509_CRL_get_ext_count(crl); i++) {
		if (X509_EXTENSION_get_critical(X509_CRL_get_ext(crl, i)))
			return false;
	}

	return X509_CRL_get_ext_by_NID(crl, NID_delta_crl, -1) < 0 &&
	    X509_CRL_get0_lastUpdate(crl) != NULL;
}

enum ck_err
ck_crl_parse(struct ck_span bytes, X509_CRL **out)
{
	static const char begin[] = "-----BEGIN ";
	enum ck_err err = CK_OK;

	*out = NULL;
	if (bytes.len == 0)
		return CK_ERR_CONFIG;
	if (bytes.len > CK_CRL_FILE_MAX)
		return CK_ERR_LIMIT;
	*out = memmem(bytes.ptr, bytes.len, begin, strlen(begin)) != NULL ?
	    from_pem(bytes) : from_der(bytes);
	if (*out == NULL || !is_whole(*out))
		err = CK_ERR_CONFIG;
	else if (ck_crl_count(*out) > CK_CRL_ENTRIES_MAX)
		err = CK_ERR_LIMIT;
	if (err != CK_OK) {
		X509_CRL_free(*out);
		*out = NULL;
	}
	ERR_clear_error();

	return err;
}

size_t
ck_crl_count(const X509_CRL *crl)
{
	/* The accessor is not const, though it changes nothing. */
	const STACK_OF(X509_REVOKED) *list =
	    X509_CRL_get_REVOKED((X509_CRL *)(uintptr_t)crl);

	return list == NULL ? 0 : (size_t)sk_X509_REVOKED_num(list);
}

bool
ck_crl_same_issuer(const X509_CRL *a, const X509_CRL *b)
{
	return X509_NAME_cmp(X509_CRL_get_issuer(a),
	    X509_CRL_get_issuer(b)) == 0;
}

/* Below zero, zero or above as a's number is; zero if one has none. */
static int
compare_numbers(X509_CRL *a, X509_CRL *b)
{
	ASN1_INTEGER *of_a = X509_CRL_get_ext_d2i(a, NID_crl_number, NULL,
	    NULL);
	ASN1_INTEGER *of_b = X509_CRL_get_ext_d2i(b, NID_crl_number, NULL,
	    NULL);
	int order = of_a == NULL || of_b == NULL ? 0 :
	    ASN1_INTEGER_cmp(of_a, of_b);

	ASN1_INTEGER_free(of_a);
	ASN1_INTEGER_free(of_b);
	ERR_clear_error();

	return order;
}

bool
ck_crl_newer(X509_CRL *a, X509_CRL *b)
{
	int64_t of_a = ck_asn1_seconds(X509_CRL_get0_lastUpdate(a));
	int64_t of_b = ck_asn1_seconds(X509_CRL_get0_lastUpdate(b));

	return of_a != of_b ? of_a > of_b : compare_numbers(a, b) > 0;
}

static bool
strong_digest(const X509_CRL *crl)
{
	int nid = X509_CRL_get_signature_nid(crl), digest = NID_undef;

	/* PSS names its digest elsewhere; verification goes by it. */
	if (nid == NID_rsassaPss)
		return true;

	return OBJ_find_sigid_algs(nid, &digest, NULL) == 1 &&
	    ck_strength_digest(digest, false);
}

bool
ck_crl_signed_by(X509_CRL *crl, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);
	bool holds;

	if (key == NULL || !ck_strength_key(key) || !strong_digest(crl) ||
	    (X509_get_key_usage(issuer) & KU_CRL_SIGN) == 0 ||
	    X509_NAME_cmp(X509_get_subject_name(issuer),
	    X509_CRL_get_issuer(crl)) != 0)
		return false;
	holds = X509_CRL_verify(crl, key) == 1;
	ERR_clear_error();

	return holds;
}

bool
ck_crl_revokes(X509_CRL *crl, X509 *cert)
{
	X509_REVOKED *entry = NULL;

	if (X509_NAME_cmp(X509_get_issuer_name(cert),
	    X509_CRL_get_issuer(crl)) != 0)
		return false;

	/* 2 stands for removeFromCRL, which only a delta may hold. */
	return X509_CRL_get0_by_serial(crl, &entry,
	    X509_get0_serialNumber(cert)) != 0;
}
