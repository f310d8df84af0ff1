/*
 * pki_odd.h - document signers with something wrong about them
 *
 * Made when a fault asks for one. Their CSCAs, where it is not the usual one,
 * are kept in the state directory, so that trust material exported once fits.
 */
#ifndef SIM_CARD_PKI_ODD_H
#define SIM_CARD_PKI_ODD_H

#include "faults.h"
#include "pki.h"

/* Serial of the signer that crl.der revokes. */
#define SIM_REVOKED_SERIAL 0x1002

/* A signer, and certificates that EF.SOD carries besides its own. */
struct sim_odd {
	struct sim_identity signer;
	X509 *extra[2];		/* NULL: none; both owned */
};

/* CSCAs other than the usual one. All owned. */
struct sim_more_csca {
	struct sim_identity next;	/* second generation */
	struct sim_identity expired;
	struct sim_identity loop_a, loop_b;	/* each issued by the other */
};

/* Open those CSCAs. False when they cannot be kept. */
bool sim_more_csca_open(const struct sim_pki *pki, struct sim_more_csca *out);

/* Free them and empty *more. */
void sim_more_csca_close(struct sim_more_csca *more);

/*
 * Make the signer that a fault asks for. False when none does; *out is empty
 * then. Free with sim_odd_free().
 */
bool sim_odd_make(const struct sim_pki *pki, const struct sim_faults *faults,
    struct sim_odd *out);

/* Free and empty *odd. */
void sim_odd_free(struct sim_odd *odd);

#endif /* SIM_CARD_PKI_ODD_H */
