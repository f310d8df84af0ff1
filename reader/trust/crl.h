/*
 * crl.h - what an issuer has revoked
 *
 * Source:  ICAO Doc 9303-12 §8 (a state's CRL lists revoked document signers
 *          and CSCA certificates of every key it has had), RFC 5280 §5
 *
 * A CRL speaks for a name, whichever of that issuer's keys signed it. What it
 * revokes is refused whenever it signed: the usual cause is a lost key, and
 * then no signing time can be believed. A CRL past its next update still
 * revokes; that it is stale is told to the operator and changes no answer,
 * for most states publish late, and a clinic may be off the net.
 */
#ifndef READER_TRUST_CRL_H
#define READER_TRUST_CRL_H

#include <stdbool.h>

#include <openssl/x509.h>

#include "ck/buf.h"
#include "ck/error.h"

/*
 * Parse one whole CRL: DER and nothing more, or one in PEM. Delta CRLs, partial
 * ones, and any with a critical extension are no whole list.
 *
 * out  Receives it; free with X509_CRL_free(). NULL on error.
 *
 * Returns CK_OK, CK_ERR_CONFIG (not a whole CRL), CK_ERR_LIMIT.
 */
CK_MUST_CHECK enum ck_err ck_crl_parse(struct ck_span bytes, X509_CRL **out);

/* How many certificates it revokes. */
size_t ck_crl_count(const X509_CRL *crl);

/* True when both are lists of the same issuer's name. */
bool ck_crl_same_issuer(const X509_CRL *a, const X509_CRL *b);

/*
 * True when a was issued after b: by the time of issue, and within one second
 * by their numbers. RFC 5280 §5.2.3
 */
bool ck_crl_newer(X509_CRL *a, X509_CRL *b);

/*
 * True when issuer bears the CRL's name, may sign CRLs, is strong enough, and
 * its key made this signature.
 */
bool ck_crl_signed_by(X509_CRL *crl, X509 *issuer);

/* True when this list is of the issuer of cert and holds its number. */
bool ck_crl_revokes(X509_CRL *crl, X509 *cert);

#endif /* READER_TRUST_CRL_H */
