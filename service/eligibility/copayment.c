/*
 * copayment.c - sums, the dated table of base salaries, and the threshold
 */
#include <openssl/crypto.h>

#include <string.h>

#include "eligibility/copayment.h"
#include "eligibility/members.h"

#define SALARIES 6	/* NĐ 188/2025 Art 18.2 */

struct base_salary {
	struct ck_date from;
	int64_t dong;
};

#define ROW(year, month, day, dong) { { year, month, day }, dong },

/* From schema/base-salaries.csv, oldest first. */
static const struct base_salary table[] = {
#include "base_salaries.inc"
};

#define TABLE_LEN (sizeof(table) / sizeof(table[0]))

static bool
read_payment(json_t *object, struct ck_payment *out)
{
	out->discharged = ck_member_date(object, "ngayRa");

	return json_is_object(object) &&
	    ck_member_money(object, "tBNCCTLuyKe", &out->total_dong);
}

static bool
read_payments(json_t *list, struct ck_copayment *out)
{
	size_t i, count = json_array_size(list);

	if (list == NULL || json_is_null(list))
		return true;
	if (!json_is_array(list))
		return false;
	out->count = count < CK_PAYMENTS_MAX ? count : CK_PAYMENTS_MAX;
	for (i = 0; i < out->count; i++) {
		if (!read_payment(json_array_get(list, i),
		    &out->payments[i]))
			return false;
	}

	return true;
}

enum ck_err
ck_copayment_parse(struct ck_span body, struct ck_copayment *out)
{
	json_t *json = ck_json_parse(body);
	enum ck_err err = CK_ERR_GATEWAY_MALFORMED;

	memset(out, 0, sizeof(*out));
	if (!json_is_object(json) ||
	    !ck_member_code(json, "MaKetQua", out->code) ||
	    !read_payments(ck_json_member(json, "DataCCT"), out))
		goto out;
	ck_member_note(json, "GhiChu", out->note, sizeof(out->note));
	ck_member_note(ck_json_member(json, "ThongTinSoThe"), "maBhxh",
	    out->insurance_number, sizeof(out->insurance_number));
	err = CK_OK;
out:
	json_decref(json);
	if (err != CK_OK)
		ck_copayment_wipe(out);

	return err;
}

/* The row in force on this day; NULL: before the table begins. */
static const struct base_salary *
salary_on(struct ck_date day)
{
	const struct base_salary *found = NULL;
	size_t i;

	for (i = 0; i < TABLE_LEN; i++) {
		if (ck_date_compare(table[i].from, day) <= 0)
			found = &table[i];
	}

	return found;
}

int64_t
ck_base_salary(struct ck_date day)
{
	const struct base_salary *row = salary_on(day);

	return row != NULL ? row->dong : 0;
}

/* The largest cumulated sum of discharges before day; absent: of all. */
static int64_t
paid_before(const struct ck_copayment *answer, struct ck_date day)
{
	int64_t paid = 0;
	size_t i;

	for (i = 0; i < answer->count; i++) {
		const struct ck_payment *payment = &answer->payments[i];

		if (!ck_date_absent(day) &&
		    (ck_date_absent(payment->discharged) ||
		    ck_date_compare(payment->discharged, day) >= 0))
			continue;
		if (payment->total_dong > paid)
			paid = payment->total_dong;
	}

	return paid;
}

int64_t
ck_copayment_threshold(const struct ck_copayment *answer,
    struct ck_date visit_date)
{
	const struct ck_date new_year = { visit_date.year, 1, 1 };
	const struct base_salary *now = salary_on(visit_date);
	const struct base_salary *before = salary_on(new_year);
	int64_t paid;

	if (now == NULL)
		return 0;
	if (before == NULL || before == now)
		return SALARIES * now->dong;
	paid = paid_before(answer, now->from);
	/* Over before the change: it stays so. */
	if (paid > SALARIES * before->dong)
		return SALARIES * before->dong;

	return paid + (SALARIES * before->dong - paid) * now->dong /
	    before->dong;
}

/* The earliest discharge whose cumulated sum is over the threshold. */
static struct ck_date
crossed_on(const struct ck_copayment *answer, int64_t threshold)
{
	struct ck_date first = { 0 };
	size_t i;

	for (i = 0; i < answer->count; i++) {
		const struct ck_payment *payment = &answer->payments[i];

		if (payment->total_dong <= threshold ||
		    ck_date_absent(payment->discharged))
			continue;
		if (ck_date_absent(first) ||
		    ck_date_compare(payment->discharged, first) < 0)
			first = payment->discharged;
	}

	return first;
}

void
ck_copayment_settle(const struct ck_copayment *answer,
    struct ck_date visit_date, struct ck_copayment_state *out)
{
	const struct ck_date any = { 0 };

	memset(out, 0, sizeof(*out));
	if (strcmp(answer->code, "200") != 0 || answer->count == 0)
		return;
	out->known = true;
	out->paid_dong = paid_before(answer, any);
	out->threshold_dong = ck_copayment_threshold(answer, visit_date);
	out->over = out->threshold_dong > 0 &&
	    out->paid_dong > out->threshold_dong;
	if (out->over)
		out->over_since = crossed_on(answer, out->threshold_dong);
}

void
ck_copayment_wipe(struct ck_copayment *answer)
{
	OPENSSL_cleanse(answer, sizeof(*answer));
}
