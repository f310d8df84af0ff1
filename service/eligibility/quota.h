/*
 * quota.h - a card is not asked about again and again
 *
 * In the flow:  gateway asks [quota] before a co-payment question
 *
 * The gateway keeps a list of accounts that ask too often; clients that are
 * known to live with it wait 15 minutes before they ask about the same card
 * again, whatever the first answer was. Kept in memory, as hashes.
 */
#ifndef SERVICE_ELIGIBILITY_QUOTA_H
#define SERVICE_ELIGIBILITY_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#define CK_QUOTA_MS 900000

/* Cards remembered: more than a clinic asks about in a quarter of an hour. */
#define CK_QUOTA_CARDS 256

/* Start zeroed. */
struct ck_quota {
	struct {
		uint8_t hash[32];
		int64_t at_ms;		/* monotonic clock; 0: free */
	} cards[CK_QUOTA_CARDS];
	unsigned next;
};

/*
 * May this number be asked about at now_ms (monotonic, above 0)? If so, it is
 * noted. *wait_ms receives how long to wait otherwise, else 0.
 */
bool ck_quota_take(struct ck_quota *quota, const char *number, int64_t now_ms,
    int64_t *wait_ms);

#endif /* SERVICE_ELIGIBILITY_QUOTA_H */
