/*
 * signed.h - the CMS SignedData of a SOD or a master list: one content, one
 *            signer
 *
 * Source:  ICAO Doc 9303-10 §4.6.2.2, 9303-12 §9, RFC 5652 §5. Signed
 *          attributes are required, and they must name the content's type and
 *          digest.
 */
#ifndef READER_TRUST_SIGNED_H
#define READER_TRUST_SIGNED_H

#include <stdint.h>

#include <openssl/cms.h>
#include <openssl/x509.h>

#include "ck/buf.h"
#include "ck/error.h"

/* Content types: id-icao-mrtd-security-ldsSecurityObject, -cscaMasterList. */
#define CK_SIGNED_SECURITY_OBJECT "2.23.136.1.1.1"
#define CK_SIGNED_MASTER_LIST "2.23.136.1.1.2"

/* A parsed SignedData. All members belong to it; start zeroed. */
struct ck_signed {
	CMS_ContentInfo *cms;
	STACK_OF(X509) *certificates;
	CMS_SignerInfo *info;		/* inside cms */
	X509 *signer;			/* inside certificates; may be NULL */
	const char *type;		/* as given to ck_signed_open() */
	struct ck_span content;		/* what is signed, inside cms */
};

/*
 * Parse cms, which is DER and nothing more. type is one of the two above; it
 * is borrowed. Free with ck_signed_close() in every case.
 * Returns CK_OK, CK_ERR_FILE_MALFORMED (also for another content type and for
 * any number of signers but one), CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_signed_open(struct ck_span cms, const char *type, struct ck_signed *out);

/*
 * Verify content against the signed attributes and these against the signer's
 * key. Returns CK_OK, CK_ERR_TRUST_SIGNATURE, CK_ERR_TRUST_CHAIN when the
 * signer's certificate is not there, or CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err ck_signed_verify(struct ck_signed *document);

/* The digest of the signature and of the attributes, as OpenSSL's NID. */
int ck_signed_digest(const struct ck_signed *document);

/* The signed signing time in seconds since 1970; 0 when there is none. */
int64_t ck_signed_time(const struct ck_signed *document);

/* An ASN.1 time in seconds since 1970; 0 when it is no time. */
int64_t ck_asn1_seconds(const ASN1_TIME *time);

/* Free all that ck_signed_open() made. */
void ck_signed_close(struct ck_signed *document);

#endif /* READER_TRUST_SIGNED_H */
