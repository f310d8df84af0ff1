/*
 * link.c - how long a real card would take
 */
#include "link.h"

/* A frame of 256 bytes carries 251 of the APDU. ISO/IEC 14443-4 §7.1 */
#define FRAME_MAX 256
#define FRAMING 5
#define PAYLOAD (FRAME_MAX - FRAMING)
#define BITS_PER_BYTE 9
#define TURNAROUND_US 600

#define COMMAND_US 4000

/* Ciphers and checksum for each block of 16 bytes. */
#define BLOCK 16
#define BLOCK_US 30

static uint64_t
frames(size_t len)
{
	return len == 0 ? 1 : (len + PAYLOAD - 1) / PAYLOAD;
}

uint64_t
sim_link_us(unsigned kbit_per_s, size_t command_len, size_t answer_len,
    const struct sim_cost *cost)
{
	uint64_t count = frames(command_len) + frames(answer_len);
	uint64_t bytes = command_len + answer_len + count * FRAMING;
	uint64_t blocks = (cost->protected_bytes + BLOCK - 1) / BLOCK;

	return COMMAND_US + count * TURNAROUND_US +
	    bytes * BITS_PER_BYTE * 1000 / kbit_per_s + blocks * BLOCK_US +
	    cost->cryptography_us;
}
