/*
 * anchors.h - what the trust store holds, as verification asks for it
 *
 * A set of items: the anchors (CSCA and link certificates), the document
 * signers that were accepted here, CRLs, and publishers of master lists. It
 * does no I/O; folder.h fills it. A set that is only read may be shared.
 */
#ifndef READER_TRUST_ANCHORS_H
#define READER_TRUST_ANCHORS_H

#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "trust/item.h"
#include "trust/limits.h"

struct ck_anchors;

/* An empty set; free with ck_anchors_free(). Returns CK_OK, CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err ck_anchors_new(struct ck_anchors **out);

/*
 * Anchors from one certificate in DER; for tests and imports.
 * Returns CK_OK, CK_ERR_CONFIG for anything but one certificate, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_anchors_from_der(struct ck_anchors **out, struct ck_span der);

/*
 * Put item into the set, which takes it also on error. NULL is CK_ERR_NOMEM.
 * Returns CK_OK, CK_ERR_LIMIT when there are too many of its kind,
 * CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_anchors_add(struct ck_anchors *anchors, struct ck_trust_item *item);

/*
 * Find out which CRLs are signed by an anchor: to be called after the last
 * change and before the first question.
 */
void ck_anchors_prove(struct ck_anchors *anchors);

/* How many CSCA and link certificates there are; 0 for NULL. */
size_t ck_anchors_count(const struct ck_anchors *anchors);

/* How many items of any kind; 0 for NULL. */
size_t ck_anchors_size(const struct ck_anchors *anchors);

/* Item i, from 0 to the size - 1; borrowed. */
struct ck_trust_item *
ck_anchors_item(const struct ck_anchors *anchors, size_t i);

/* Take item i out and free it; later ones move up by one. */
void ck_anchors_drop(struct ck_anchors *anchors, size_t i);

/* The item of this kind with this fingerprint, borrowed; NULL if none. */
struct ck_trust_item *
ck_anchors_find(const struct ck_anchors *anchors, enum ck_trust_kind kind,
    const char *fingerprint);

/*
 * Anchor by anchor: the first from item *at on whose name and key identifier
 * fit the issuer of cert, or NULL. *at becomes the place behind it; start at 0.
 * Nothing is said of the signature.
 */
X509 *ck_anchors_next_issuer(const struct ck_anchors *anchors, X509 *cert,
    size_t *at);

/* True when a proven CRL revokes cert. */
bool ck_anchors_revoked(const struct ck_anchors *anchors, X509 *cert);

/* The accepted signer that is exactly cert, borrowed; NULL if none. */
const struct ck_trust_item *
ck_anchors_accepted(const struct ck_anchors *anchors, X509 *cert);

/* True when there is an anchor of the country that name gives. */
bool ck_anchors_have_country(const struct ck_anchors *anchors,
    const X509_NAME *name);

/* Free and set *anchors to NULL. NULL is allowed. */
void ck_anchors_free(struct ck_anchors **anchors);

#endif /* READER_TRUST_ANCHORS_H */
