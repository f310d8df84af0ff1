/*
 * accounts.h - accounts that see some of the clinics
 *
 * In the flow:  [http] accounts_file, accounts_directory -> [accounts] ->
 *               guard (who may come in), site.c (what there is for them)
 *
 * For one person who looks after many stations: a section of the file says
 * what the account sees, a file of the same name in the folder has its token.
 * Everything else is not there for it.
 *
 *	[cntt-cang-long]
 *	clinics = 84053 84055
 *	managers = 84002
 */
#ifndef SERVICE_PROVINCE_ACCOUNTS_H
#define SERVICE_PROVINCE_ACCOUNTS_H

#include <stdbool.h>

#include "ck/clock.h"
#include "ck/error.h"
#include "ledger/scope.h"

struct ck_accounts;	/* opaque */

/*
 * Read file, and the tokens in directory when they are shown. Both "": there
 * are no accounts. All borrowed until ck_accounts_free().
 *
 * Returns CK_OK, CK_ERR_CONFIG (the log says file, line and what), or
 * CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_accounts_load(struct ck_accounts **out, const char *file,
    const char *directory, const struct ck_clock *clock);
void ck_accounts_free(struct ck_accounts **accounts);

/* What the account sees whose token authorization carries. Borrowed from
 * accounts; NULL: no account's. From any thread. */
const struct ck_scope *
ck_accounts_scope(const struct ck_accounts *accounts,
    const char *authorization);

/* The same as a question for http/guard.h; ctx is a struct ck_accounts. */
bool ck_accounts_know(void *ctx, const char *authorization);

#endif /* SERVICE_PROVINCE_ACCOUNTS_H */
