/*
 * record.h - the trust store's own file, as text
 *
 *   checkin-trust 1
 *
 *   kind csca
 *   at 1795395600104
 *   by root
 *   source DE_ML_2026-05-19.ml
 *   der MIIC…
 *
 *   end 1
 *
 * One "name value" in a line, an empty line behind each object, and at the end
 * how many there were, so that a file that was cut off is noticed. Members:
 * kind, at (milliseconds since 1970), by, source, reason (signers),
 * list-signed (publishers, seconds), der (base64; the last of its object).
 * A name that is not known was written by a newer program: it is refused.
 */
#ifndef READER_TRUST_RECORD_H
#define READER_TRUST_RECORD_H

#include "trust/anchors.h"

/* Bytes for what is wrong, with NUL. */
#define CK_RECORD_WHY_LEN 96

/*
 * Add every object of text to anchors. Pure over bytes.
 *
 * why  On error receives the line and what is wrong with it.
 *
 * Returns CK_OK, CK_ERR_CONFIG, CK_ERR_LIMIT, CK_ERR_NOMEM; on error anchors
 * may hold a part.
 */
CK_MUST_CHECK enum ck_err
ck_record_parse(struct ck_span text, struct ck_anchors *anchors,
    char why[CK_RECORD_WHY_LEN]);

/*
 * Append the text of all objects that were not dropped by hand.
 * Returns CK_OK, CK_ERR_NOMEM, CK_ERR_CRYPTO.
 */
CK_MUST_CHECK enum ck_err
ck_record_write(const struct ck_anchors *anchors, struct ck_buf *out);

#endif /* READER_TRUST_RECORD_H */
