/*
 * category.c - which codes the facts leave, and whether it is one
 *
 * Each code has a condition: it cannot apply, may, or must. What may stands in
 * the catalogue's order up to the first that must. That is one, and certain:
 * it is proposed.
 */
#include <string.h>

#include "checkin/category.h"

static const struct ck_category catalogue[] = {
#define ROW(code, vi, en) { code, vi, en },
#include "ma_doituong_kcb.inc"
#undef ROW
};

#define CATEGORIES (sizeof(catalogue) / sizeof(catalogue[0]))

_Static_assert(CATEGORIES <= CK_CATEGORIES_MAX, "an answer holds them all");

static const char *const levels[] = {
#define X(symbol, label) label,
	CK_LEVEL_LIST(X)
#undef X
};

const char *
ck_level_label(enum ck_level level)
{
	return levels[level];
}

bool
ck_level_parse(const char *label, enum ck_level *out)
{
	size_t i;

	for (i = 0; i < CK_LEVELS; i++) {
		if (strcmp(levels[i], label) == 0) {
			*out = (enum ck_level)i;
			return true;
		}
	}

	return false;
}

const struct ck_category *
ck_category_find(const char *code)
{
	size_t i;

	for (i = 0; i < CATEGORIES; i++) {
		if (strcmp(catalogue[i].code, code) == 0)
			return &catalogue[i];
	}

	return NULL;
}

bool
ck_category_known(const char *code)
{
	return ck_category_find(code) != NULL;
}

bool
ck_category_insured(const char *code)
{
	return strcmp(code, "9") != 0;
}

bool
ck_category_noticed(const char *code)
{
	return strcmp(code, "2") != 0;
}

enum applies { NO, MAYBE, YES };

static enum applies
when(bool condition, enum applies applies)
{
	return condition ? applies : NO;
}

/* MAYBE at these levels, and where the level is not known. */
#define AT(level) (1u << (CK_LEVEL_##level) | 1u << CK_LEVEL_UNKNOWN)
#define ANY (~0u)
#define PRIMARY_ONLY (1u << CK_LEVEL_PRIMARY)
#define BASIC (AT(BASIC_LOW) | AT(BASIC_HIGH) | AT(BASIC_PROVINCE) | \
	AT(DISTRICT))
#define SPECIAL (AT(SPECIAL_PROVINCE) | AT(SPECIAL_CENTRAL) | AT(DISTRICT))

/* Where a visit on the patient's own account is met, and with which bed. */
static const struct self_referral {
	const char *code;
	unsigned levels;
	enum { EITHER, OUT, IN } bed;
} self_referrals[] = {
	{ "1.4", ANY, EITHER }, { "1.6", ANY, EITHER },
	{ "1.11", AT(OTHER_PRIMARY), EITHER },
	{ "1.12", AT(BASIC_LOW) | AT(DISTRICT), OUT },
	{ "1.13", AT(BASIC_HIGH) | AT(DISTRICT), OUT },
	{ "1.14", AT(BASIC_PROVINCE), OUT },
	{ "1.15", BASIC, IN },
	{ "1.16", BASIC, EITHER }, { "1.17", SPECIAL, EITHER },
	{ "1.18", AT(SPECIAL_PROVINCE), OUT },
	{ "3.1", AT(SPECIAL_CENTRAL), EITHER },
	{ "3.2", AT(SPECIAL_PROVINCE), IN },
	{ "3.3", AT(DISTRICT), EITHER },
	{ "3.6", SPECIAL, IN }
};

static enum applies
self_referral_applies(const struct ck_category_facts *facts, const char *code)
{
	const struct self_referral *row = self_referrals;
	const struct self_referral *end = row +
	    sizeof(self_referrals) / sizeof(self_referrals[0]);

	while (row < end && strcmp(row->code, code) != 0)
		row++;
	if (row == end || (row->levels & 1u << facts->level) == 0 ||
	    (row->bed == OUT && facts->ward) ||
	    (row->bed == IN && !facts->ward))
		return NO;

	return MAYBE;
}

/* Registered here? Without the answer of the insurer nobody knows. */
static enum applies
registered_here(const struct ck_category_facts *facts)
{
	if (facts->registered[0] == '\0')
		return MAYBE;

	return when(strcmp(facts->registered, facts->facility) == 0, YES);
}

static enum applies
applies(const struct ck_category_facts *facts, const char *code)
{
	bool unknown = facts->level == CK_LEVEL_UNKNOWN;

	if (strcmp(code, "9") == 0)
		return when(facts->self_paid, YES);
	if (facts->self_paid)
		return NO;
	if (strcmp(code, "1.2") == 0)
		return facts->level == CK_LEVEL_PRIMARY ? YES :
		    when(unknown, MAYBE);
	if (strcmp(code, "2") == 0)
		return when(facts->emergency, YES);
	if (strcmp(code, "1.1") == 0)
		return when(facts->level != CK_LEVEL_PRIMARY,
		    unknown && registered_here(facts) != NO ? MAYBE :
		    registered_here(facts));
	if (strcmp(code, "1.3") == 0)
		return when(facts->referred, YES);
	if (strcmp(code, "1.5") == 0)
		return when(facts->appointed, YES);
	if (strcmp(code, "1.7") == 0)
		return when(facts->newborn, MAYBE);

	return self_referral_applies(facts, code);
}

/*
 * An emergency at a primary facility: 1.2 pays all whatever the card's
 * benefit, 2 does not and is not noticed. Both hold, so somebody has to say.
 */
static bool
is_certain(bool emergency, const char *code)
{
	return strcmp(code, "2") == 0 || !emergency;
}

void
ck_category_propose(const struct ck_category_facts *facts,
    struct ck_category_answer *out)
{
	bool emergency = facts->emergency && !facts->self_paid;
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < CATEGORIES; i++) {
		const char *code = catalogue[i].code;
		enum applies how = applies(facts, code);

		if (how == NO)
			continue;
		/* In an emergency only the place can count instead. */
		if (emergency && strcmp(code, "2") != 0 &&
		    strcmp(code, "1.2") != 0)
			continue;
		out->ask[out->ask_count++] = code;
		if (how == YES && is_certain(emergency, code))
			break;
	}
	if (out->ask_count != 1 || i == CATEGORIES)
		return;
	out->proposed = out->ask[0];
	out->ask_count = 0;
}
