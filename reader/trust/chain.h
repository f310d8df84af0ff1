/*
 * chain.h - from a document signer to an anchor
 *
 * Source:  ICAO Doc 9303-12 §7.1: the CSCA signs the document signer
 *          directly, so a chain has two certificates and none in between.
 */
#ifndef READER_TRUST_CHAIN_H
#define READER_TRUST_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include <openssl/x509.h>

#include "ck/error.h"
#include "trust/anchors.h"

struct ck_chain_input {
	X509 *signer;
	const struct ck_anchors *anchors;	/* NULL: none */
	int64_t now;		/* of the read, seconds since 1970 */
	int64_t signed_at;	/* when it signed, likewise; 0: unknown */
	bool sha1_allowed;
};

struct ck_chain_report {
	bool anchored;		/* the issuer is among the anchors */
	bool expired;		/* the signer has expired since it signed */
};

/*
 * Judge the signer's validity and, if its issuer's key is among the anchors,
 * its chain.
 *
 * Returns  CK_OK                look at report->anchored
 *          CK_ERR_TRUST_CHAIN   not a document signer, not yet valid, expired
 *                               before it signed or at an unknown time, or
 *                               refused by its issuer's key or limits
 *          CK_ERR_TRUST_POLICY  the anchor is too weak
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_chain_verify(const struct ck_chain_input *input,
    struct ck_chain_report *report);

#endif /* READER_TRUST_CHAIN_H */
