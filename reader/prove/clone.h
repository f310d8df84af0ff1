/*
 * clone.h - is this the chip that was issued, or a copy of its files?
 *
 * In the flow:  passive authentication (hashes)  ->  [clone]  ->  read.c
 * Includes:     ck/reader.h, lds/sod.h
 * Source:       ICAO Doc 9303-11, 8th edition (2021), §6
 *
 * Copied files have a good signature. What cannot be copied are the private
 * keys behind DG14 (chip authentication) and DG15 (active authentication); so
 * every key that the signature covers and that we speak is tried, and one that
 * fails is a clone whatever the other says.
 *
 *   EF.SOD lists, the chip                          gives
 *   no DG14; a DG14 without a key                   chip: absent
 *   no DG15                                         active: absent
 *   a group that the chip then has not              CK_ERR_TRUST_CLONE
 *   a key, the chip proves it                       valid
 *   a key, the chip refuses or proves another       invalid, TRUST_CLONE
 *   a key of a kind that we do not speak            not performed
 *   a weak key, the chip proves it                  not performed: what is
 *                                                   weak may have been broken
 *   a weak key, the chip refuses                    invalid, TRUST_CLONE
 *
 * One valid proof is enough; without any the chip is only read.
 */
#ifndef READER_PROVE_CLONE_H
#define READER_PROVE_CLONE_H

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/reader.h"
#include "lds/sod.h"

struct ck_channel;		/* card/channel.h */
struct ck_security_infos;	/* lds/security_infos.h */

struct ck_clone_report {
	enum ck_clone_check chip_auth, active_auth;
};

/*
 * Read a data group that the chip must have if the signed hashes list it, and
 * compare it with its hash.
 *
 * hashes  Proven.
 * file    Replaced; empty where the group is not listed and on error.
 *
 * Returns  CK_OK
 *          CK_ERR_TRUST_CLONE  listed, but the chip does not give it
 *          ck_file_read()'s and ck_passive_check_file()'s errors
 */
CK_MUST_CHECK enum ck_err
ck_clone_read(struct ck_channel *channel, const struct ck_sod_hashes *hashes,
    unsigned dg, struct ck_buf *file);

/*
 * Try every signed key of the chip. Afterwards the channel may have new keys:
 * what is read later is read from the chip that proved itself.
 *
 * hashes  Proven.
 * infos   Of DG14, proven; NULL where there is none.
 * report  Filled as far as it came; a check that failed is CK_CLONE_INVALID.
 *
 * Returns  CK_OK
 *          CK_ERR_TRUST_CLONE     a check failed
 *          CK_ERR_FILE_MALFORMED  DG15 was issued malformed
 *          CK_ERR_TRUST_HASH, CK_ERR_CRYPTO, CK_ERR_NOMEM and the channel's
 *          errors
 */
CK_MUST_CHECK enum ck_err
ck_clone_check(struct ck_channel *channel, const struct ck_sod_hashes *hashes,
    const struct ck_security_infos *infos, struct ck_clone_report *report);

/* True when a proof holds and none failed. */
bool ck_clone_excluded(const struct ck_clone_report *report);

#endif /* READER_PROVE_CLONE_H */
