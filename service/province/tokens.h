/*
 * tokens.h - whose token somebody shows, from a folder of secrets
 *
 * In the flow:  Authorization -> [tokens] -> site_push.c, accounts.c
 *
 * Each file holds one secret and is named after whose it is. The folder is
 * read again when a token is not known, at most once a second, so that whoever
 * guesses keeps the disk no busier than that; the one file of a token that is
 * known is read each time, so that one that is taken away ends at once.
 *
 * From any thread. Digests are kept, never tokens.
 */
#ifndef SERVICE_PROVINCE_TOKENS_H
#define SERVICE_PROVINCE_TOKENS_H

#include <stdbool.h>

#include "ck/clock.h"
#include "ck/error.h"

struct ck_tokens;	/* opaque */

/* Bytes of a file's name, with NUL. Longer ones are nobody's. */
#define CK_TOKENS_NAME_LEN 80

/* directory and clock are borrowed; "" holds none. Free with
 * ck_tokens_free(). Returns CK_OK or CK_ERR_NOMEM. */
CK_MUST_CHECK enum ck_err
ck_tokens_new(struct ck_tokens **out, const char *directory,
    const struct ck_clock *clock);
void ck_tokens_free(struct ck_tokens **tokens);

/* The name of the file whose token authorization carries, as
 * ck_guard_secret() reads it. False: nobody's. */
bool ck_tokens_find(struct ck_tokens *tokens, const char *authorization,
    char name[CK_TOKENS_NAME_LEN]);

#endif /* SERVICE_PROVINCE_TOKENS_H */
