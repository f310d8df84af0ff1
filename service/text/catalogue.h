/*
 * catalogue.h - the words of service/text by their id, for what the programs
 *               print themselves
 *
 * Pages get the same words as /text/LANGUAGE.json.
 */
#ifndef SERVICE_TEXT_CATALOGUE_H
#define SERVICE_TEXT_CATALOGUE_H

#include "ck/error.h"

struct ck_catalogue;	/* opaque: one language */

/*
 * The catalogue of a language, "vi" or "en". Free with ck_catalogue_free().
 * Returns CK_OK, CK_ERR_NOT_FOUND (no such language), CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_catalogue_open(struct ck_catalogue **out, const char *language);
void ck_catalogue_free(struct ck_catalogue **catalogue);

/* "vi" or "en", as opened. Borrowed. */
const char *ck_catalogue_language(const struct ck_catalogue *catalogue);

/* The text under id; id itself when there is none. Borrowed from the
 * catalogue, or id. */
const char *ck_catalogue_text(const struct ck_catalogue *catalogue,
    const char *id);

/* The text under prefix.label; label itself when there is none. */
const char *ck_catalogue_word(const struct ck_catalogue *catalogue,
    const char *prefix, const char *label);

#endif /* SERVICE_TEXT_CATALOGUE_H */
