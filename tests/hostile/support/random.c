/*
 * random.c - random numbers that are none
 *
 * The method replaces OpenSSL's generator for key generation and nonces too,
 * so it stands where a wrapper of RAND_bytes() alone could not reach.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/rand.h>

#include "card.h"

static uint64_t state;

/* xorshift64*, Vigna 2014: enough to look random, useless to hide anything. */
static uint8_t
next_byte(void)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;

	return (uint8_t)(state * UINT64_C(0x2545f4914f6cdd1d) >> 56);
}

static int
fixed_bytes(unsigned char *out, int len)
{
	int i;

	for (i = 0; i < len; i++)
		out[i] = next_byte();

	return 1;
}

static int
fixed_status(void)
{
	return 1;
}

void
hostile_random_fixed(uint64_t seed)
{
	static const RAND_METHOD method = {
		.bytes = fixed_bytes, .pseudorand = fixed_bytes,
		.status = fixed_status
	};

	state = seed * 2 + 1;
	sim_must(RAND_set_rand_method(&method) == 1, "RAND_set_rand_method");
}
