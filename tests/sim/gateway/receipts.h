/*
 * receipts.h - which check-ins arrived, and how often
 */
#ifndef SIM_RECEIPTS_H
#define SIM_RECEIPTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct sim_receipts;

/* NULL when out of memory. */
struct sim_receipts *sim_receipts_new(void);

void sim_receipts_free(struct sim_receipts **receipts);

/* Forget all. */
void sim_receipts_reset(struct sim_receipts *receipts);

/* What is kept of one arrival. Borrowed; ma_bn may be NULL. */
struct sim_arrival {
	const char *ma_lk, *ma_bn;
	bool ward;		/* of an admission to a ward */
};

/*
 * Note one more arrival. Returns its transaction number, the same for each
 * arrival of the same MA_LK.
 */
uint64_t sim_receipts_add(struct sim_receipts *receipts,
    const struct sim_arrival *arrival);

/* {"MA_LK": times, …} in the order of first arrival. A new reference. */
json_t *sim_receipts_list_new(struct sim_receipts *receipts);

/* [{"ma_lk","ma_bn","ward"}, …] in the order of arrival. A new reference. */
json_t *sim_receipts_arrivals_new(struct sim_receipts *receipts);

#endif /* SIM_RECEIPTS_H */
