/*
 * mend.h - the words of a code: undamaged, repaired, or known to be wrong
 *
 * In the flow:  fields of a citizen's code -> [mend] -> identity, damage
 *
 * Name, sex and residence went the same way, so they are judged together: one
 * repair must explain all three. It is certain when nothing was lost on that
 * way and what comes out is Vietnamese while what came in was not. What cannot
 * be repaired with certainty is left as it came and flagged.
 */
#ifndef READER_PRINTED_MEND_H
#define READER_PRINTED_MEND_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"
#include "ck/printed.h"

enum ck_mend_word { CK_MEND_NAME, CK_MEND_SEX, CK_MEND_RESIDENCE };

#define CK_MEND_WORDS 3

/* The three texts, NFC, and what happened to them. */
struct ck_mend {
	char text[CK_MEND_WORDS][CK_TEXT_LEN];
	enum ck_damage damage;
};

/*
 * Read the three fields as they came, borrowed, by enum ck_mend_word.
 *
 * Returns  CK_OK
 *          CK_ERR_PRINTED_MALFORMED  bytes of no encoding that we know,
 *                                    control characters, or too long
 *          CK_ERR_NOMEM
 *          On error *out is wiped.
 */
CK_MUST_CHECK enum ck_err
ck_mend_read(const struct ck_span raw[CK_MEND_WORDS], struct ck_mend *out);

void ck_mend_wipe(struct ck_mend *mend);

#endif /* READER_PRINTED_MEND_H */
