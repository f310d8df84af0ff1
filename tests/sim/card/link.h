/*
 * link.h - how long a real card would take
 *
 * A model with fixed constants, the same for every reading strategy. They are
 * assumptions, written down in tests/sim/README.md: no real card was measured.
 */
#ifndef SIM_CARD_LINK_H
#define SIM_CARD_LINK_H

#include <stddef.h>
#include <stdint.h>

/* Public-key work of the chip, in microseconds. */
enum {
	SIM_COST_PACE_NONCE_US = 10000,
	SIM_COST_PACE_MAP_US = 90000,
	SIM_COST_PACE_AGREE_US = 110000,
	SIM_COST_PACE_TOKENS_US = 15000,
	SIM_COST_BAC_US = 30000,
	SIM_COST_CA_US = 110000,
	SIM_COST_AA_US = 180000
};

/* What one command cost besides its bytes on the air. */
struct sim_cost {
	uint64_t cryptography_us;
	size_t protected_bytes;	/* plain bytes under secure messaging */
};

/*
 * Microseconds for one command and its answer.
 *
 * kbit_per_s  106, 212, 424 or 848.
 */
uint64_t sim_link_us(unsigned kbit_per_s, size_t command_len,
    size_t answer_len, const struct sim_cost *cost);

#endif /* SIM_CARD_LINK_H */
