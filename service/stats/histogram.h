/*
 * histogram.h - latency buckets, in one list with their reasons
 *
 * A bucket counts what took at most its bound and more than the one before;
 * only rendering adds them up. Bounds are never changed: rollups of years stand
 * in these buckets. A finer list would be a new migration.
 */
#ifndef SERVICE_STATS_HISTOGRAM_H
#define SERVICE_STATS_HISTOGRAM_H

#include <stddef.h>
#include <stdint.h>

/* X(upper bound in milliseconds) */
#define CK_LATENCY_LIST(X) \
	X(5)		/* from the cache, with its commit */ \
	X(10)		/* the cache's limit at the 99th percentile */ \
	X(25)		/* a slow disk's commit */ \
	X(50) \
	X(100)		/* what a person feels as at once */ \
	X(250)		/* a good line to a fast gateway */ \
	X(500) \
	X(1000)		/* what a person feels as one step */ \
	X(2500)		/* the usual gateway, with a second key */ \
	X(5000)		/* the default budget to an answer */ \
	X(10000)	/* the timeout that working clients use */ \
	X(15000)	/* a lookup closes by itself */

#define CK_LATENCY_ONE(bound) + 1
/* With the last bucket, which has no bound. */
#define CK_LATENCY_BUCKETS (0 CK_LATENCY_LIST(CK_LATENCY_ONE) + 1)

struct ck_histogram {
	uint64_t buckets[CK_LATENCY_BUCKETS];	/* not added up */
	uint64_t sum_ms;
};

/* The bucket of a latency that is not negative. */
size_t ck_latency_bucket(int64_t latency_ms);

/* The upper bound of a bucket in milliseconds; -1 for the last. */
int64_t ck_latency_bound(size_t bucket);

/* Count one. A negative latency (never shown) is not counted. */
void ck_histogram_add(struct ck_histogram *histogram, int64_t latency_ms);

/* All that was counted. */
uint64_t ck_histogram_count(const struct ck_histogram *histogram);

#endif /* SERVICE_STATS_HISTOGRAM_H */
