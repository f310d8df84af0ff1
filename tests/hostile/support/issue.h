/*
 * issue.h - document signers that sim-card does not make
 */
#ifndef TESTS_HOSTILE_SUPPORT_ISSUE_H
#define TESTS_HOSTILE_SUPPORT_ISSUE_H

#include <stdbool.h>

#include "../../sim/card/pki.h"

/* What a signer is like. Zero: as the profile of 9303-12 wants it. */
struct hostile_wish {
	int rsa_bits;		/* 0: an elliptic curve */
	const char *curve;	/* NULL: brainpoolP256r1 */
	bool sha1;		/* its certificate is signed with SHA-1 */
	bool is_ca;
	bool stolen_name;	/* issuer's name and key identifier, but not
				 * its signature */
	long not_before, not_after;	/* seconds since 1970; 0: 2023, 2033 */
};

/* Issue a signer. The caller frees it. Ends the program on any failure. */
struct sim_identity hostile_issue(const struct hostile_wish *wish,
    const struct sim_identity *issuer);

/*
 * The issuer's list of what it has revoked, in force from 2023 to 2033, with
 * signer in it; signed with the key by. The caller frees it.
 */
X509_CRL *hostile_revoke(const struct sim_identity *signer,
    const struct sim_identity *issuer, EVP_PKEY *by);

/*
 * A signer issued by partner, which names it as its own issuer in turn: two
 * certificates without a beginning.
 */
struct sim_identity hostile_issue_loop(const struct sim_identity *partner);

void hostile_identity_free(struct sim_identity *identity);

#endif /* TESTS_HOSTILE_SUPPORT_ISSUE_H */
