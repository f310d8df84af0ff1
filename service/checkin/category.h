/*
 * category.h - MA_DOITUONG_KCB: why the visit is paid as it is
 *
 * In the flow:  lookup, clerk, configuration -> [category] -> notice
 * Source:       QĐ 3276/2025 of the Ministry of Health, 27 codes, as in
 *               schema/ma-doituong-kcb.csv: of those that apply, the first
 *
 * A code decides what a patient pays. It is proposed where the facts decide
 * it alone, and asked for among those that are left where they do not: never
 * guessed. Pure: no input or output.
 */
#ifndef SERVICE_CHECKIN_CATEGORY_H
#define SERVICE_CHECKIN_CATEGORY_H

#include <stdbool.h>
#include <stddef.h>

#define CK_CATEGORY_LEN 6		/* up to 5 characters */
#define CK_CATEGORIES_MAX 32		/* codes of the catalogue */

/* X(symbol, label): what the facility is, on the day of the visit. */
#define CK_LEVEL_LIST(X) \
	X(UNKNOWN, "unknown") \
	X(PRIMARY, "primary")	/* commune station, family medicine, … */ \
	X(OTHER_PRIMARY, "other-primary")	/* primary, not of 1.2 */ \
	X(BASIC_LOW, "basic-under-50")	/* fewer than 50 points, or none */ \
	X(BASIC_HIGH, "basic-50-70")	/* 50 to 70 points */ \
	X(BASIC_PROVINCE, "basic-province")	/* province's or central's
						 * before 2025 */ \
	X(DISTRICT, "district")		/* district's before 2025 */ \
	X(SPECIAL_PROVINCE, "special-province")	/* the province's before */ \
	X(SPECIAL_CENTRAL, "special-central")	/* central before 2025 */

enum ck_level {
#define X(symbol, label) CK_LEVEL_##symbol,
	CK_LEVEL_LIST(X)
#undef X
	CK_LEVELS		/* how many */
};

/* "unknown", "primary", … Static. */
const char *ck_level_label(enum ck_level level);

/* False: no such word. */
bool ck_level_parse(const char *label, enum ck_level *out);

/* One row of the catalogue. Static. */
struct ck_category {
	const char *code;
	const char *vi, *en;
};

/* The row of this code; NULL: none. */
const struct ck_category *ck_category_find(const char *code);

bool ck_category_known(const char *code);

/* False for 9: not a visit of the insurance. */
bool ck_category_insured(const char *code);

/* False for 2: an emergency is not noticed (QĐ 4750 Art 2). */
bool ck_category_noticed(const char *code);

/* What is known at reception. */
struct ck_category_facts {
	enum ck_level level;
	const char *facility;		/* ours, 5 characters */
	const char *registered;		/* MA_DKBD; empty: not known */
	bool self_paid;			/* not a visit of the insurance */
	bool emergency;
	bool referred;			/* brought a referral slip */
	bool appointed;			/* brought a follow-up slip */
	bool newborn;
	bool ward;			/* admitted to a ward */
};

struct ck_category_answer {
	const char *proposed;		/* static; NULL: ask */
	const char *ask[CK_CATEGORIES_MAX];	/* static, in the catalogue's
						 * order; those that may
						 * apply */
	size_t ask_count;		/* 0 when proposed */
};

void ck_category_propose(const struct ck_category_facts *facts,
    struct ck_category_answer *out);

#endif /* SERVICE_CHECKIN_CATEGORY_H */
