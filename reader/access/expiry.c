/*
 * expiry.c - which expiry dates a citizen card may have
 */
#include "access/expiry.h"

/* Ages at which a card is changed, and full ages at issue that lead there. */
static const struct {
	unsigned until_age;	/* the card ends on this birthday */
	unsigned issued_below;	/* if issued before this one */
} ages[] = {
	{ 14, 12 }, { 25, 23 }, { 40, 38 }, { 60, 58 }
};

#define AGES (sizeof(ages) / sizeof(ages[0]))

/* What the machine readable zone prints as 991231. */
static const struct ck_date no_end = { 2099, 12, 31 };

struct candidates {
	struct ck_date *date;
	size_t count;
	struct ck_date issue;
};

static bool
is_complete(struct ck_date date)
{
	return ck_date_valid(date) && date.day != 0;
}

static void
add(struct candidates *out, struct ck_date date)
{
	if (ck_date_compare(date, out->issue) > 0)
		out->date[out->count++] = date;
}

/* A birthday; 29 February falls on the 28th or on 1 March in other years. */
static void
add_birthday(struct candidates *out, struct ck_date birth, unsigned age)
{
	struct ck_date date = birth;

	date.year = (uint16_t)(birth.year + age);
	if (ck_date_valid(date)) {
		add(out, date);
		return;
	}
	add(out, (struct ck_date){ date.year, 2, 28 });
	add(out, (struct ck_date){ date.year, 3, 1 });
}

static unsigned
full_age(struct ck_date birth, struct ck_date at)
{
	unsigned age = (unsigned)(at.year - birth.year);
	struct ck_date birthday = { at.year, birth.month, birth.day };

	return ck_date_compare(at, birthday) < 0 ? age - 1 : age;
}

size_t
ck_expiry_candidates(struct ck_date birth, struct ck_date issue,
    struct ck_date out[CK_EXPIRY_CANDIDATES_MAX])
{
	struct candidates list = { out, 0, issue };
	size_t i, rule = 0;

	if (!is_complete(birth) || !is_complete(issue) ||
	    ck_date_compare(birth, issue) > 0)
		return 0;
	while (rule < AGES &&
	    full_age(birth, issue) >= ages[rule].issued_below)
		rule++;
	if (rule < AGES)
		add_birthday(&list, birth, ages[rule].until_age);
	else
		add(&list, no_end);
	for (i = 0; i < AGES; i++) {
		if (i != rule)
			add_birthday(&list, birth, ages[i].until_age);
	}
	if (rule < AGES)
		add(&list, no_end);

	return list.count;
}
