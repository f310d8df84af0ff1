/*
 * file_sd.h - the registry as targets for Prometheus (pure)
 *
 * Source: prometheus.io, <file_sd_config>: a list of {"targets", "labels"}
 *
 * A daemon that has an address is a target; one that pushes, or comes as a
 * file, cannot be asked by Prometheus either. Labels: province (the first two
 * characters of the code), facility, clinic (its id, which outlives the code),
 * station, name, level, commune, district; an empty one is left out. Nothing
 * of the registry is personal.
 */
#ifndef SERVICE_PROVINCE_FILE_SD_H
#define SERVICE_PROVINCE_FILE_SD_H

#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ledger/registry.h"

/*
 * Append the targets of the day as JSON to out; *count receives how many.
 * Returns CK_OK or CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_file_sd(const struct ck_registry *registry, int64_t day,
    struct ck_buf *out, size_t *count);

#endif /* SERVICE_PROVINCE_FILE_SD_H */
