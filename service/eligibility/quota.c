/*
 * quota.c - a ring of hashes
 */
#include <openssl/evp.h>

#include <string.h>

#include "eligibility/quota.h"

bool
ck_quota_take(struct ck_quota *quota, const char *number, int64_t now_ms,
    int64_t *wait_ms)
{
	uint8_t hash[32] = { 0 };
	size_t len = 0, i;

	*wait_ms = 0;
	/* Without a hash nobody is recognised, so nobody is kept waiting. */
	if (EVP_Q_digest(NULL, "SHA256", NULL, number, strlen(number), hash,
	    &len) != 1)
		return true;
	for (i = 0; i < CK_QUOTA_CARDS; i++) {
		int64_t left = quota->cards[i].at_ms + CK_QUOTA_MS - now_ms;

		if (quota->cards[i].at_ms == 0 || left <= 0 ||
		    memcmp(quota->cards[i].hash, hash, sizeof(hash)) != 0)
			continue;
		*wait_ms = left;
		return false;
	}
	memcpy(quota->cards[quota->next].hash, hash, sizeof(hash));
	quota->cards[quota->next].at_ms = now_ms;
	quota->next = (quota->next + 1) % CK_QUOTA_CARDS;

	return true;
}
