/*
 * histogram.c - which bucket a latency falls into
 */
#include "stats/histogram.h"

#define BOUND(bound) (bound),
static const int64_t bounds[] = { CK_LATENCY_LIST(BOUND) };
#undef BOUND

#define BOUNDS (sizeof(bounds) / sizeof(bounds[0]))

size_t
ck_latency_bucket(int64_t latency_ms)
{
	size_t i = 0;

	while (i < BOUNDS && latency_ms > bounds[i])
		i++;

	return i;
}

int64_t
ck_latency_bound(size_t bucket)
{
	return bucket < BOUNDS ? bounds[bucket] : -1;
}

void
ck_histogram_add(struct ck_histogram *histogram, int64_t latency_ms)
{
	if (latency_ms < 0)
		return;
	histogram->buckets[ck_latency_bucket(latency_ms)]++;
	histogram->sum_ms += (uint64_t)latency_ms;
}

uint64_t
ck_histogram_count(const struct ck_histogram *histogram)
{
	uint64_t count = 0;
	size_t i;

	for (i = 0; i < CK_LATENCY_BUCKETS; i++)
		count += histogram->buckets[i];

	return count;
}
