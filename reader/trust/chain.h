/*
 * chain.h - from a document signer to an anchor
 *
 * Source:  ICAO Doc 9303-12 §7.1: the CSCA signs the document signer
 *          directly, so a chain has two certificates and none in between.
 *          Link certificates become anchors when they are taken into the
 *          store, so that no read ever walks a path that could loop.
 */
#ifndef READER_TRUST_CHAIN_H
#define READER_TRUST_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "ck/error.h"
#include "ck/reader.h"
#include "trust/anchors.h"

struct ck_chain_input {
	X509 *signer;
	const struct ck_anchors *anchors;	/* NULL: none */
	int64_t now;		/* of the read, seconds since 1970 */
	int64_t signed_at;	/* when it signed, likewise; 0: unknown */
	bool sha1_allowed;
};

struct ck_chain_report {
	enum ck_issuer issuer;	/* never NONE after CK_OK */
	bool expired;		/* the signer has expired since it signed */
	const struct ck_trust_note *accepted;	/* PINNED: by whom; borrowed
						 * from the anchors */
};

/*
 * Judge the signer's validity, whether it is revoked, and, if its issuer's key
 * is among the anchors, its chain.
 *
 * Returns  CK_OK                 look at report->issuer
 *          CK_ERR_TRUST_CHAIN    not a document signer, not yet valid, or
 *                                refused by its issuer's key or limits
 *          CK_ERR_TRUST_EXPIRED  expired before it signed, or at an unknown
 *                                time
 *          CK_ERR_TRUST_REVOKED  its issuer revoked it, or was revoked
 *          CK_ERR_TRUST_POLICY   the anchor is too weak
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_chain_verify(const struct ck_chain_input *input,
    struct ck_chain_report *report);

/*
 * OpenSSL's path validation over exactly these two certificates, as of second
 * at since 1970. The issuer need not be self-signed, and curves that are
 * spelled out pass if they are known ones.
 * Returns CK_OK, CK_ERR_TRUST_CHAIN, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_chain_pair(X509 *cert, X509 *issuer, int64_t at);

/*
 * True when cert may be a document signer: for digital signatures, and no CA.
 * 9303-12 §7.1.1. Old signers have no such extension.
 */
bool ck_chain_may_sign(X509 *cert);

#endif /* READER_TRUST_CHAIN_H */
