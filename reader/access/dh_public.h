/*
 * dh_public.h - is this integer a public key of a standardised group?
 *
 * In the flow:  pace.c  ->  [dh_public]
 * Includes:     ck/buf.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §9.5.1 (groups), §9.6
 *               (validation of public keys); RFC 2631 §2.1.5; RFC 5114 §2
 *
 * Outside of the group a chip could force a secret that it knows without the
 * password, and libeac, which keeps no q, would not notice. Curves need no such
 * check: OpenSSL takes no point that is not on one, and these have no small
 * subgroups.
 */
#ifndef READER_ACCESS_DH_PUBLIC_H
#define READER_ACCESS_DH_PUBLIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "ck/buf.h"

/* Bytes of p, and of an agreed integer, for domain parameters 0..2. */
size_t ck_dh_group_len(uint32_t parameter_id);

/*
 * True when key, a big-endian integer, lies in 2..p-2 and in the subgroup of
 * order q of domain parameters 0..2.
 */
bool ck_dh_public_valid(uint32_t parameter_id, struct ck_span key);

#endif /* READER_ACCESS_DH_PUBLIC_H */
