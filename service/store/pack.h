/*
 * pack.h - the personal part of a record as bytes, before they are sealed
 *
 * Fields in a fixed order behind a version byte: a text is its length (2 bytes,
 * big-endian) and its bytes, a date 4 bytes, an instant 8. No names, no numbers
 * of fields: about a third of the same in JSON, and no parser on the way of
 * every lookup.
 */
#ifndef SERVICE_STORE_PACK_H
#define SERVICE_STORE_PACK_H

#include "ck/buf.h"
#include "ck/error.h"
#include "store/record.h"

/* Append operator, numbers, identity and answer of a lookup. Returns CK_OK or
 * CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_pack_lookup(const struct ck_lookup_record *record, struct ck_buf *out);

/* Fill these members again. Returns CK_OK, or CK_ERR_STORE_CORRUPT for bytes
 * that ck_pack_lookup() did not write. */
CK_MUST_CHECK enum ck_err
ck_unpack_lookup(struct ck_span packed, struct ck_lookup_record *record);

/* The same for an answer alone. */
CK_MUST_CHECK enum ck_err
ck_pack_answer(const struct ck_answer *answer, struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_unpack_answer(struct ck_span packed, struct ck_answer *answer);

/* The same for the cards of a person. */
CK_MUST_CHECK enum ck_err
ck_pack_cards(const struct ck_known_cards *cards, struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_unpack_cards(struct ck_span packed, struct ck_known_cards *cards);

/* What is proven of a call: host, status, failure and the answer's bytes.
 * call->raw borrows from packed. Returns as above. */
CK_MUST_CHECK enum ck_err
ck_pack_call(const struct ck_call_record *call, struct ck_buf *out);
CK_MUST_CHECK enum ck_err
ck_unpack_call(struct ck_span packed, struct ck_call_record *call);

#endif /* SERVICE_STORE_PACK_H */
