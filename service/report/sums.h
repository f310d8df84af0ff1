/*
 * sums.h - what was counted of one group, in the four series
 *
 * In the flow:  ledger/figures -> [sums] -> gather -> report.json
 *
 * The series stand side by side and are never mixed (docs/definitions.md). In
 * each the total is the sum of its parts. Pure.
 */
#ifndef SERVICE_REPORT_SUMS_H
#define SERVICE_REPORT_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/words.h"
#include "io/json.h"
#include "ledger/document.h"

/* X(symbol, member): the parts of a total. In cccd a kept answer stands beside
 * covered; in the other series both stay 0. */
#define CK_PART_LIST(X) \
	X(CK_PART_COVERED, "covered") \
	X(CK_PART_COVERED_CACHE, "covered_cache") \
	X(CK_PART_COVERED_STALE, "covered_stale") \
	X(CK_PART_NOT_COVERED, "not_covered") \
	X(CK_PART_MISMATCH, "mismatch") \
	X(CK_PART_NOT_FOUND, "not_found") \
	X(CK_PART_UNAVAILABLE, "unavailable")

#define CK_PART_ENUM(sym, name) sym,
enum ck_part { CK_PART_LIST(CK_PART_ENUM) CK_PARTS };
#undef CK_PART_ENUM

#define CK_SERIES_COUNT (CK_SERIES_CCCD + 1)

struct ck_sums {
	int64_t parts[CK_SERIES_COUNT][CK_PARTS];
};

/* The member's name, "covered". Static string. */
const char *ck_part_name(enum ck_part part);

/* The part of their series that these words count in. False: in none of the
 * four series. */
bool ck_sums_place(const struct ck_counted *words, enum ck_part *out);

/* Add count of these words. Lookups of another kind than desk add nothing: they
 * are in none of the four. */
void ck_sums_add(struct ck_sums *sums, const struct ck_counted *words,
    int64_t count);

/* Add all of more. */
void ck_sums_join(struct ck_sums *sums, const struct ck_sums *more);

/* The sum of the parts of a series. */
int64_t ck_sums_total(const struct ck_sums *sums, enum ck_series series);

/*
 * Set "cccd", "lookups", "visits" and "calls" of object, each an object
 * {"total", "covered", …} as /v1/stats has them. Returns 0, or -1 when out of
 * memory.
 */
int ck_sums_set(json_t *object, const struct ck_sums *sums);

#endif /* SERVICE_REPORT_SUMS_H */
