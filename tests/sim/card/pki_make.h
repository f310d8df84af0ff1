/*
 * pki_make.h - certificates and keys of simulated countries
 *
 * Used by pki.c (the usual ones), pki_odd.c (what is wrong with signers) and
 * pki_export.c (trust material) only. Source: ICAO Doc 9303-12 §7.1.
 */
#ifndef SIM_CARD_PKI_MAKE_H
#define SIM_CARD_PKI_MAKE_H

#include <openssl/bio.h>

#include "pki.h"

/* What one certificate says. Dates are UTCTime or GeneralizedTime texts. */
struct sim_wish {
	const char *name;
	unsigned serial;
	const char *not_before, *not_after;
	bool is_ca;
	bool explicit_curve;
	const char *country;	/* two letters; NULL: VN */
	const char *purpose;	/* extended key usage; may be NULL */
	unsigned rsa_bits;	/* 0: an elliptic curve */
};

/* Make key and certificate; issuer NULL signs itself. The caller frees both. */
struct sim_identity sim_identity_make(const struct sim_wish *wish,
    const struct sim_identity *issuer);

/* The same, kept in state_dir (which may be NULL) as file.pem. */
bool sim_identity_keep(const char *state_dir, const char *file,
    const struct sim_wish *wish, const struct sim_identity *issuer,
    struct sim_identity *out);

/* A certificate for a key that is there already. The caller frees it. */
X509 *sim_certify(const struct sim_wish *wish, EVP_PKEY *key,
    const struct sim_identity *issuer);

/* Free both and empty the identity. */
void sim_identity_free(struct sim_identity *identity);

/* Borrow what was written to a memory BIO. */
struct sim_span sim_memory_of(BIO *memory);

#endif /* SIM_CARD_PKI_MAKE_H */
