/*
 * pki.h - the country that signs simulated chips
 *
 * A test CSCA and a document signer, both ECDSA over brainpoolP384r1, made
 * once and kept in a directory, so that a trust anchor that was exported once
 * stays valid. Source: ICAO Doc 9303-12 §7.1 (certificate profiles).
 */
#ifndef SIM_CARD_PKI_H
#define SIM_CARD_PKI_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "bytes.h"

/* A certificate with its private key. */
struct sim_identity {
	EVP_PKEY *key;
	X509 *certificate;
};

struct sim_pki {
	const char *state_dir;		/* borrowed; may be NULL */
	struct sim_identity csca;	/* the trust anchor */
	struct sim_identity signer;	/* its document signer */
	struct sim_identity expired;	/* one that expired since */
	struct sim_identity foreign;	/* one of a CSCA that nobody trusts */
	struct sim_identity impostor;	/* one of a CSCA with the true name */
	struct sim_identity abroad;	/* one of another country */
};

/*
 * Open the identities kept in state_dir, making what is missing there; with
 * NULL everything is made anew and kept nowhere. explicit_curve spells the
 * parameters of the curve out in certificates, as the Vietnamese passport CSCA
 * does; those are kept beside the others. False when the directory cannot be
 * read or written.
 */
bool sim_pki_open(struct sim_pki *pki, const char *state_dir,
    bool explicit_curve);

/*
 * Write the trust anchor to dir/csca.der, and to dir/material what a country
 * publishes besides: link.der, csca-2.der (second generation), masterlist.ml,
 * crl.der and its variants; there too csca-expired.der, loop-a.der and
 * loop-b.der, the CSCAs behind faults of those names. False on any error.
 */
bool sim_pki_export(const struct sim_pki *pki, const char *dir);

/* Wipe and free everything. */
void sim_pki_close(struct sim_pki *pki);

/*
 * The chip's own key, made once for each name (such as "ca-084190123456") and
 * kept in state_dir, or nowhere when that is NULL. type is an OpenSSL name of
 * an elliptic curve, "RSA" for 2048 bits or "RSA1024". The caller frees it.
 */
EVP_PKEY *sim_pki_chip_key(const char *state_dir, const char *name,
    const char *type);

#endif /* SIM_CARD_PKI_H */
