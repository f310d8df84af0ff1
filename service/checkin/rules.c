/*
 * rules.c - one check for each field, then what fields say of each other
 */
#include <unistr.h>

#include <string.h>

#include "checkin/category.h"
#include "checkin/rules.h"
#include "ck/identity.h"

/* Characters of yyyyMMdd and yyyyMMddHHmm. */
#define DAY_LEN 8
#define MINUTE_LEN 12

/* A child of this many days or fewer is told with its hour of birth. */
#define NEWBORN_DAYS 28

#define DIGITS "0123456789"
#define CAPITALS "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

const char *
ck_defect_label(enum ck_defect_kind kind)
{
	static const char *const labels[] = {
		"none",
#define X(symbol, label) label,
		CK_DEFECT_LIST(X)
#undef X
	};

	return labels[kind];
}

/* --- Forms ---------------------------------------------------------------- */

static bool
made_of(const char *text, size_t len, const char *allowed)
{
	return strlen(text) == len && strspn(text, allowed) == len;
}

/* The number that the digits [from, from + len) are. */
static unsigned
part(const char *text, size_t from, size_t len)
{
	unsigned number = 0;
	size_t i;

	for (i = from; i < from + len; i++)
		number = number * 10 + (unsigned)(text[i] - '0');

	return number;
}

static struct ck_date
day_of(const char *text)
{
	return (struct ck_date){ (uint16_t)part(text, 0, 4),
	    (uint8_t)part(text, 4, 2), (uint8_t)part(text, 6, 2) };
}

static bool
is_whole_day(const char *text)
{
	struct ck_date day = day_of(text);

	return day.year != 0 && day.day != 0 && ck_date_valid(day);
}

static bool
is_time(const char *text)
{
	return part(text, 8, 2) < 24 && part(text, 10, 2) < 60;
}

static enum ck_defect_kind
check_day(const char *text)
{
	if (!made_of(text, DAY_LEN, DIGITS))
		return CK_DEFECT_FORM;

	return is_whole_day(text) ? CK_DEFECT_NONE : CK_DEFECT_NO_DAY;
}

static enum ck_defect_kind
check_minute(const char *text)
{
	if (!made_of(text, MINUTE_LEN, DIGITS))
		return CK_DEFECT_FORM;

	return is_whole_day(text) && is_time(text) ? CK_DEFECT_NONE :
	    CK_DEFECT_NO_DAY;
}

/* Without day and month, 0000 for both; then there is no time either. */
static enum ck_defect_kind
check_birth(const char *text)
{
	if (!made_of(text, MINUTE_LEN, DIGITS))
		return CK_DEFECT_FORM;
	if (strcmp(text + 4, "00000000") == 0)
		return part(text, 0, 4) != 0 ? CK_DEFECT_NONE :
		    CK_DEFECT_NO_DAY;

	return check_minute(text);
}

static enum ck_defect_kind
check_counter(const char *text)
{
	size_t len = strlen(text);

	return made_of(text, len, DIGITS) && text[0] != '0' ?
	    CK_DEFECT_NONE : CK_DEFECT_FORM;
}

/* CCCD, CMND, or a passport's capital letter and 7 digits. */
static enum ck_defect_kind
check_id_number(const char *text)
{
	bool passport = text[0] >= 'A' && text[0] <= 'Z' &&
	    made_of(text + 1, 7, DIGITS);

	return made_of(text, 12, DIGITS) || made_of(text, 9, DIGITS) ||
	    passport ? CK_DEFECT_NONE : CK_DEFECT_FORM;
}

static enum ck_defect_kind
check_sex(const char *text)
{
	return made_of(text, 1, "123") ? CK_DEFECT_NONE : CK_DEFECT_CODE;
}

/* Temporary cards have letters behind the third character too. */
static enum ck_defect_kind
check_card(const char *text)
{
	return made_of(text, 15, DIGITS CAPITALS) ? CK_DEFECT_NONE :
	    CK_DEFECT_FORM;
}

static enum ck_defect_kind
check_facility(const char *text)
{
	return made_of(text, 5, DIGITS CAPITALS) &&
	    strspn(text, DIGITS) >= 2 ? CK_DEFECT_NONE : CK_DEFECT_FORM;
}

static enum ck_defect_kind
check_category(const char *text)
{
	return ck_category_known(text) ? CK_DEFECT_NONE : CK_DEFECT_CODE;
}

/* QĐ 1804/2026: 01 to 16. */
static enum ck_defect_kind
check_visit_type(const char *text)
{
	if (!made_of(text, 2, DIGITS))
		return CK_DEFECT_FORM;

	return part(text, 0, 2) >= 1 && part(text, 0, 2) <= 16 ?
	    CK_DEFECT_NONE : CK_DEFECT_CODE;
}

static enum ck_defect_kind
check_reserved(const char *text)
{
	(void)text;

	return CK_DEFECT_RESERVED;
}

/* NULL: any text of its size. */
static enum ck_defect_kind (*const forms[CK_FIELDS])(const char *text) = {
	[CK_FIELD_STT] = check_counter,
	[CK_FIELD_SO_CCCD] = check_id_number,
	[CK_FIELD_NGAY_SINH] = check_birth,
	[CK_FIELD_GIOI_TINH] = check_sex,
	[CK_FIELD_MA_THE_BHYT] = check_card,
	[CK_FIELD_MA_DKBD] = check_facility,
	[CK_FIELD_GT_THE_TU] = check_day,
	[CK_FIELD_GT_THE_DEN] = check_day,
	[CK_FIELD_MA_DOITUONG_KCB] = check_category,
	[CK_FIELD_NGAY_VAO] = check_minute,
	[CK_FIELD_NGAY_VAO_NOI_TRU] = check_minute,
	[CK_FIELD_MA_LOAI_KCB] = check_visit_type,
	[CK_FIELD_MA_CSKCB] = check_facility,
	[CK_FIELD_NGAY_YL] = check_minute,
	[CK_FIELD_DU_PHONG] = check_reserved
};

static enum ck_defect_kind
check_field(enum ck_notice_field field, const char *text)
{
	const struct ck_field_rule *rule = ck_field_rule(field);

	if (text[0] == '\0')
		return rule->required ? CK_DEFECT_MISSING : CK_DEFECT_NONE;
	/* Characters, not bytes; NFC, as ck_notice_set() leaves them. */
	if (u8_mbsnlen((const uint8_t *)text, strlen(text)) > rule->max)
		return CK_DEFECT_TOO_LONG;

	return forms[field] != NULL ? forms[field](text) : CK_DEFECT_NONE;
}

/* --- What fields say of each other ---------------------------------------- */

struct check {
	const struct ck_notice *notice;
	enum ck_defect_kind found[CK_FIELDS];
};

static const char *
get(const struct check *check, enum ck_notice_field field)
{
	return ck_notice_get(check->notice, field);
}

static bool
given(const struct check *check, enum ck_notice_field field)
{
	return get(check, field)[0] != '\0';
}

/* Given, and nothing is wrong with it by itself. */
static bool
good(const struct check *check, enum ck_notice_field field)
{
	return given(check, field) && check->found[field] == CK_DEFECT_NONE;
}

/* The first defect of a field stays. */
static void
complain(struct check *check, enum ck_notice_field field, enum ck_defect_kind kind)
{
	if (check->found[field] == CK_DEFECT_NONE)
		check->found[field] = kind;
}

/* Code 9 is no visit of the insurance, code 2 is not noticed at all. */
static void
check_insurance(struct check *check)
{
	static const enum ck_notice_field needed[] = {
		CK_FIELD_MA_THE_BHYT, CK_FIELD_MA_DKBD, CK_FIELD_GT_THE_TU
	};
	bool self_paid;
	size_t i;

	if (!good(check, CK_FIELD_MA_DOITUONG_KCB))
		return;
	if (!ck_category_noticed(get(check, CK_FIELD_MA_DOITUONG_KCB)))
		complain(check, CK_FIELD_MA_DOITUONG_KCB,
		    CK_DEFECT_NO_NOTICE);
	self_paid = !ck_category_insured(get(check,
	    CK_FIELD_MA_DOITUONG_KCB));
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		if (!self_paid && !given(check, needed[i]))
			complain(check, needed[i], CK_DEFECT_INSURED);
	}
	if (self_paid && given(check, CK_FIELD_MA_THE_BHYT))
		complain(check, CK_FIELD_MA_THE_BHYT, CK_DEFECT_SELF_PAID);
}

/* Digits of equal length compare as text; a birth of 0000 is early enough. */
static void
check_order(struct check *check, enum ck_notice_field early, enum ck_notice_field late,
    enum ck_notice_field blamed)
{
	size_t len;

	if (!good(check, early) || !good(check, late))
		return;
	len = strlen(get(check, early));
	if (strncmp(get(check, early), get(check, late), len) > 0)
		complain(check, blamed, CK_DEFECT_ORDER);
}

/* Days since a fixed day; "days from civil", proleptic Gregorian. */
static int64_t
day_number(struct ck_date date)
{
	int64_t year = date.month <= 2 ? date.year - 1 : date.year;
	int64_t month = (date.month + 9) % 12;

	return 365 * year + year / 4 - year / 100 + year / 400 +
	    (month * 306 + 5) / 10 + date.day;
}

static void
check_newborn(struct check *check)
{
	const char *birth = get(check, CK_FIELD_NGAY_SINH);
	int64_t age;

	if (!good(check, CK_FIELD_NGAY_SINH) ||
	    !good(check, CK_FIELD_NGAY_VAO) || part(birth, 4, 4) == 0)
		return;
	age = day_number(day_of(get(check, CK_FIELD_NGAY_VAO))) -
	    day_number(day_of(birth));
	if (age <= NEWBORN_DAYS && strcmp(birth + 8, "0000") == 0)
		complain(check, CK_FIELD_NGAY_SINH, CK_DEFECT_BIRTH_TIME);
}

static void
check_first_cost(struct check *check)
{
	static const enum ck_notice_field costs[][2] = {
		{ CK_FIELD_MA_DICH_VU, CK_FIELD_TEN_DICH_VU },
		{ CK_FIELD_MA_THUOC, CK_FIELD_TEN_THUOC },
		{ CK_FIELD_MA_VAT_TU, CK_FIELD_TEN_VAT_TU }
	};
	bool any = false;
	size_t i;

	for (i = 0; i < sizeof(costs) / sizeof(costs[0]); i++) {
		if (!given(check, costs[i][0]))
			continue;
		any = true;
		if (!given(check, costs[i][1]))
			complain(check, costs[i][1], CK_DEFECT_NAME);
	}
	if (!any)
		complain(check, CK_FIELD_MA_DICH_VU, CK_DEFECT_FIRST_COST);
}

size_t
ck_notice_check(const struct ck_notice *notice,
    struct ck_defect out[CK_FIELDS])
{
	struct check check = { .notice = notice };
	size_t i, count = 0;

	for (i = 0; i < CK_FIELDS; i++)
		check.found[i] = check_field((enum ck_notice_field)i,
		    get(&check, (enum ck_notice_field)i));
	check_insurance(&check);
	check_order(&check, CK_FIELD_NGAY_VAO, CK_FIELD_NGAY_VAO_NOI_TRU,
	    CK_FIELD_NGAY_VAO_NOI_TRU);
	check_order(&check, CK_FIELD_GT_THE_TU, CK_FIELD_GT_THE_DEN,
	    CK_FIELD_GT_THE_DEN);
	check_order(&check, CK_FIELD_NGAY_SINH, CK_FIELD_NGAY_VAO,
	    CK_FIELD_NGAY_SINH);
	check_newborn(&check);
	if (given(&check, CK_FIELD_NGAY_VAO_NOI_TRU) &&
	    !given(&check, CK_FIELD_LY_DO_VNT))
		complain(&check, CK_FIELD_LY_DO_VNT, CK_DEFECT_REASON);
	check_first_cost(&check);
	for (i = 0; i < CK_FIELDS; i++) {
		if (check.found[i] != CK_DEFECT_NONE)
			out[count++] = (struct ck_defect){
				(enum ck_notice_field)i, check.found[i]
			};
	}

	return count;
}
