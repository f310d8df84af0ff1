/*
 * renew.c - read both lookups, compare what they fill in
 */
#include <openssl/crypto.h>

#include <stdlib.h>
#include <string.h>

#include "checkin/renew.h"
#include "store/store.h"

/* Both answers at once are too large for the stack. */
struct pair {
	struct ck_lookup_record before, after;
};

/* What is stale or missing is no news. */
static bool
is_answer(const struct ck_lookup_record *after)
{
	return after->counted.outcome != CK_OUTCOME_UNAVAILABLE &&
	    (after->counted.source == CK_SOURCE_GATEWAY ||
	    after->counted.source == CK_SOURCE_CACHE);
}

static enum ck_err
compare(const struct pair *pair, struct ck_notice *notice,
    struct ck_renewed *out)
{
	enum ck_err err;

	if (!is_answer(&pair->after))
		return CK_OK;
	err = ck_admission_renew(&pair->before, &pair->after, notice,
	    &out->change);
	if (err != CK_OK || out->change.fields == 0)
		return err;
	memcpy(out->answer_id, pair->after.id, sizeof(out->answer_id));
	out->answered_ms = pair->after.answered_ms;
	out->outcome = pair->after.counted.outcome;

	return CK_OK;
}

enum ck_err
ck_renew_notice(struct ck_store *store, const char *before_id,
    struct ck_notice *notice, struct ck_renewed *out)
{
	char after_id[CK_LOOKUP_ID_LEN];
	struct pair *pair = NULL;
	enum ck_err err;

	memset(out, 0, sizeof(*out));
	err = ck_store_deciding_lookup(store, before_id, after_id);
	if (err != CK_OK || strcmp(before_id, after_id) == 0)
		goto out;
	err = CK_ERR_NOMEM;
	if ((pair = calloc(1, sizeof(*pair))) == NULL)
		goto out;
	if ((err = ck_store_get_lookup(store, before_id,
	    &pair->before)) == CK_OK &&
	    (err = ck_store_get_lookup(store, after_id,
	    &pair->after)) == CK_OK)
		err = compare(pair, notice, out);
out:
	if (pair != NULL)
		OPENSSL_cleanse(pair, sizeof(*pair));
	free(pair);
	if (err == CK_ERR_NOT_FOUND)	/* without a lookup, or erased */
		return CK_OK;
	if (err != CK_OK)
		memset(out, 0, sizeof(*out));

	return err;
}
