/*
 * common.h - a card read as common readers do it: the other side of a ratio
 *
 * EF.COM first, then each file by SELECT, a READ BINARY of its header, and
 * blocks of 224 bytes. Access control and both proofs are the product's own,
 * so that the ratio is about reading alone. Nothing is verified: that costs the
 * card nothing.
 */
#ifndef BENCH_COMMON_H
#define BENCH_COMMON_H

#include <stddef.h>

#include "ck/card.h"
#include "ck/reader.h"

/* Bytes of the files read. */
struct common_sizes {
	size_t text;		/* DG1, DG13, DG14, DG15, EF.SOD */
	size_t photo;		/* DG2; 0 if not wanted */
};

/* Read the whole card. Returns CK_OK or what went wrong. */
CK_MUST_CHECK enum ck_err
common_read(struct ck_transport *transport, const struct ck_secret *secret,
    const struct ck_read_options *options, struct common_sizes *sizes);

#endif /* BENCH_COMMON_H */
