/*
 * take.h - what may come into the trust store, and on whose word
 *
 * The rules, in one place:
 *   a self-signed CSCA   on the operator's word, who has compared its
 *                        fingerprint, or on a publisher's
 *   a link certificate   on its issuer's: an anchor of the same state that is
 *                        there, or comes with it. Links are taken in rounds, so that a ring of
 *                        certificates that sign each other is never begun
 *   a CRL                on its issuer's; newer than the one that is there
 *   a master list        on its publisher's: the CSCA that issued its signer.
 *                        Trusting a state's passports is not yet trusting what
 *                        it says of others, so the operator is asked once for
 *                        each publisher, and later lists follow without him
 *   a document signer    on the word of a named person, with a reason; only
 *                        while its issuer is not an anchor
 * Nothing comes in that is revoked, too weak, or not for its use.
 */
#ifndef READER_TRUST_TAKE_H
#define READER_TRUST_TAKE_H

#include "trust/anchors.h"

/* What is being taken: where to, on whose word, and who is told. */
struct ck_take {
	struct ck_anchors *anchors;
	const struct ck_trust_note *note;
	const struct ck_trust_talk *talk;
};

/*
 * Take certificates: self-signed ones if vouched or confirmed, links if an
 * anchor signed them. Each is told of. certs is borrowed.
 *
 * vouched  A publisher signed for them.
 *
 * Returns CK_OK, CK_ERR_TRUST_UNCONFIRMED when the operator declined one,
 * CK_ERR_LIMIT, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_take_certificates(const struct ck_take *take, STACK_OF(X509) *certs,
    bool vouched);

/* Take one CRL, which now belongs to the set or is freed. As above. */
CK_MUST_CHECK enum ck_err
ck_take_crl(const struct ck_take *take, X509_CRL *crl);

/*
 * Take all that a master list holds. Returns as ck_trust_take(), and
 * CK_ERR_FILE_MALFORMED for anything but a master list.
 */
CK_MUST_CHECK enum ck_err
ck_take_master_list(const struct ck_take *take, struct ck_span file);

/* Accept one document signer; cert is borrowed. As above. */
CK_MUST_CHECK enum ck_err
ck_take_signer(const struct ck_take *take, X509 *cert);

/* Tell of a certificate that was not taken, and why. */
void ck_take_refuse(const struct ck_take *take, X509 *cert, const char *why);

#endif /* READER_TRUST_TAKE_H */
