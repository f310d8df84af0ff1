/*
 * copayment.h - what the patient has paid this year, and what is free from then
 *
 * In the flow:  gateway -> [copayment] -> http
 * Source:       CV 1839/CNTT-PM (2026); Decree 188/2025 Art 18.2; base
 *               salaries in schema/base-salaries.csv
 *
 * Who has been insured for five years and has paid more than six base salaries
 * in the calendar year pays no more in it. The gateway's sums are cumulated
 * already: the largest counts, never their sum. Pure: no input or output.
 */
#ifndef SERVICE_ELIGIBILITY_COPAYMENT_H
#define SERVICE_ELIGIBILITY_COPAYMENT_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"

/* One payment as the gateway lists it. */
struct ck_payment {
	struct ck_date discharged;	/* ngayRa; absent: not given */
	int64_t total_dong;		/* tBNCCTLuyKe */
};

#define CK_PAYMENTS_MAX 366		/* the newest stand first */

struct ck_copayment {
	char code[8];			/* MaKetQua */
	char note[1024];		/* GhiChu: "figures up to …" */
	struct ck_payment payments[CK_PAYMENTS_MAX];
	size_t count;			/* 0 with code 204: not known, which is
					 * not the same as nothing paid */
	char insurance_number[16];	/* maBhxh of ThongTinSoThe */
};

/* What follows for a visit. */
struct ck_copayment_state {
	bool known;			/* else all below is 0 */
	int64_t paid_dong;
	int64_t threshold_dong;
	bool over;			/* paid more than the threshold */
	struct ck_date over_since;	/* the discharge that crossed it */
};

/*
 * Read one answer. *out is wiped first.
 * Returns CK_OK (also with a code that is not 200), CK_ERR_GATEWAY_MALFORMED
 * (not JSON, no code, a sum that is none, a list that is none).
 */
CK_MUST_CHECK enum ck_err
ck_copayment_parse(struct ck_span body, struct ck_copayment *out);

/* The base salary on this day. 0: before the table begins. */
int64_t ck_base_salary(struct ck_date day);

/*
 * Six base salaries; in a year in which the salary changes, what was paid
 * before the change counts against the old one: paid + (6 - paid / old) x new.
 */
int64_t ck_copayment_threshold(const struct ck_copayment *answer,
    struct ck_date visit_date);

void ck_copayment_settle(const struct ck_copayment *answer,
    struct ck_date visit_date, struct ck_copayment_state *out);

void ck_copayment_wipe(struct ck_copayment *answer);

#endif /* SERVICE_ELIGIBILITY_COPAYMENT_H */
