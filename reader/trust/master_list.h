/*
 * master_list.h - a signed list of many states' CSCA certificates
 *
 * Source:  ICAO Doc 9303-12 §9: a CMS SignedData whose content is a
 *          CscaMasterList, version 0 and a SET OF Certificate; its signer's
 *          certificate is for this use alone and issued by a CSCA.
 *
 * Pure over bytes. What this says of a list is what its publisher signed;
 * whether the publisher is believed is not decided here (take.h).
 */
#ifndef READER_TRUST_MASTER_LIST_H
#define READER_TRUST_MASTER_LIST_H

#include <stdbool.h>

#include "trust/signed.h"

/* A parsed list. All members belong to it; start zeroed. */
struct ck_master_list {
	struct ck_signed document;
	struct ck_span certificates;	/* DER one after another, inside */
	size_t count;
};

/*
 * Parse a whole list: DER and nothing more, every certificate whole in its
 * frame though not yet looked into. Free with ck_master_list_close() in every
 * case.
 * Returns CK_OK, CK_ERR_FILE_MALFORMED, CK_ERR_LIMIT, CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_master_list_open(struct ck_span file, struct ck_master_list *out);

/*
 * Verify the publisher's signature, and that its certificate is one for master
 * lists, with key and digest strong enough.
 * Returns CK_OK, CK_ERR_TRUST_SIGNATURE, CK_ERR_TRUST_CHAIN (no certificate,
 * or for another use), CK_ERR_TRUST_POLICY.
 */
CK_MUST_CHECK enum ck_err ck_master_list_verify(struct ck_master_list *list);

/*
 * Take the next certificate's bytes; start with a cursor over
 * list->certificates. False at the end.
 */
bool ck_master_list_next(struct ck_cursor *cur, struct ck_span *der);

/* Free all that ck_master_list_open() made. */
void ck_master_list_close(struct ck_master_list *list);

#endif /* READER_TRUST_MASTER_LIST_H */
