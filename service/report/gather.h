/*
 * gather.h - the figures of a period, by every group that a report shows
 *
 * In the flow:  ledger/figures, registry -> [gather] -> report.c
 *
 * A clinic's manager, commune, district and level are dated: each figure goes
 * to the group that held on its day. So time is read in stretches in which no
 * clinic's version changes; a stretch of whole months costs a row a month.
 */
#ifndef SERVICE_REPORT_GATHER_H
#define SERVICE_REPORT_GATHER_H

#include <stddef.h>
#include <stdint.h>

#include "ck/error.h"
#include "ledger/ledger.h"
#include "report/sums.h"

/* X(symbol, member): what a report is divided by. The first five are of the
 * clinic, day is of time, the rest are counted words. */
#define CK_DIVISION_LIST(X) \
	X(CK_BY_MANAGER, "manager") \
	X(CK_BY_COMMUNE, "commune") \
	X(CK_BY_DISTRICT, "district") \
	X(CK_BY_LEVEL, "level") \
	X(CK_BY_CLINIC, "clinic") \
	X(CK_BY_DAY, "day") \
	X(CK_BY_PRESENTED, "presented") \
	X(CK_BY_CAPTURED, "captured") \
	X(CK_BY_ASSURANCE, "assurance") \
	X(CK_BY_REASON, "reason") \
	X(CK_BY_OWNER, "owner")

#define CK_DIVISION_ENUM(sym, name) sym,
enum ck_division { CK_DIVISION_LIST(CK_DIVISION_ENUM) CK_DIVISIONS };
#undef CK_DIVISION_ENUM

/* The member's name, "manager". Static string. */
const char *ck_division_name(enum ck_division division);

/* More than any list of ck/words.h has. */
#define CK_WORD_VALUES 16

struct ck_part_of {
	char key[CK_PLACE_LEN];		/* code, name, date or label; "" none */
	struct ck_sums sums;
	/* of a reason: whose it was, bit i for owner i */
	uint16_t owners[CK_SERIES_COUNT][CK_PARTS];
};

/* How the people of a part were met: bit i for assurance i, by presented and
 * captured. */
struct ck_met {
	uint16_t assurances[CK_SERIES_COUNT][CK_PARTS][CK_WORD_VALUES]
	    [CK_WORD_VALUES];
};

/* Groups of one division, in the order in which they were met. */
struct ck_division_groups {
	struct ck_part_of *list;	/* owned */
	size_t len, cap;
};

/* A clinic under one of its versions: people who are in all the same groups. */
struct ck_unit {
	const struct ck_clinic *clinic;		/* borrowed from the registry */
	const struct ck_clinic_version *version;
};

struct ck_gathered {
	struct ck_sums total;
	struct ck_unit *units;			/* owned */
	size_t unit_count;
	struct ck_met *met;			/* owned */
	struct ck_division_groups by[CK_DIVISIONS];
};

/* Periods longer than this are divided by month, not by day: a chart of more
 * points cannot be read. */
#define CK_REPORT_DAYS_MAX 400

/* Add all figures from from_day to to_day to *total. As ck_report_gather(). */
CK_MUST_CHECK enum ck_err
ck_report_gather_total(struct ck_ledger *ledger, int64_t from_day, int64_t to_day,
    struct ck_sums *total);

/*
 * Read the figures from from_day to to_day, both included. Inside a view of
 * ck_figures_begin().
 *
 * out  Start zeroed; free with ck_gathered_wipe() in every case. Every clinic
 *      of the registry that exists by to_day has its group, with zeros if
 *      nothing was counted.
 *
 * Returns CK_OK, CK_ERR_LIMIT (to before from), CK_ERR_NOMEM, or an error of
 * the database
 */
CK_MUST_CHECK enum ck_err
ck_report_gather(struct ck_ledger *ledger, const struct ck_registry *registry,
    int64_t from_day, int64_t to_day, struct ck_gathered *out);

void ck_gathered_wipe(struct ck_gathered *gathered);

#endif /* SERVICE_REPORT_GATHER_H */
