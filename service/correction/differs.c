/*
 * differs.c - which field of a record does not agree with the insurer's
 */
#include <string.h>

#include "ck/name.h"
#include "correction/differs.h"

/* Of the outcomes that are a record's: the rest names no field. */
static unsigned
by_code(const char *code)
{
	static const struct {
		const char *code;
		unsigned differs;
	} fields[] = {
		{ "051", CK_DIFFERENT_CARD }, { "052", CK_DIFFERENT_CARD },
		{ "053", CK_DIFFERENT_CARD }, { "060", CK_DIFFERENT_NAME },
		{ "061", CK_DIFFERENT_NAME }, { "070", CK_DIFFERENT_BIRTH }
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if (strcmp(fields[i].code, code) == 0)
			return fields[i].differs;
	}

	return 0;
}

/* The citizen's number leads nowhere, or to a card that is over while another
 * one covers: eligibility/owner.c. */
static bool
is_unlinked(const struct ck_counted *counted)
{
	return counted->first_key == CK_KEY_ID_NUMBER &&
	    (counted->first_outcome == CK_OUTCOME_NOT_FOUND ||
	    (counted->first_outcome == CK_OUTCOME_NOT_COVERED &&
	    counted->outcome == CK_OUTCOME_COVERED));
}

/* Parts that both know. */
static bool
births_differ(struct ck_date a, struct ck_date b)
{
	if (a.year == 0 || b.year == 0)
		return false;
	if (a.month == 0 || b.month == 0)
		return a.year != b.year;
	if (a.day == 0 || b.day == 0)
		return a.year != b.year || a.month != b.month;

	return ck_date_compare(a, b) != 0;
}

static unsigned
by_answer(const struct ck_identity *ours, const struct ck_answer *theirs)
{
	unsigned differs = 0;

	if (ours->full_name[0] != '\0' && theirs->full_name[0] != '\0' &&
	    ck_name_compare(theirs->full_name, ours->full_name) ==
	    CK_NAME_DIFFERENT)
		differs |= CK_DIFFERENT_NAME;
	if (births_differ(ours->date_of_birth, theirs->date_of_birth))
		differs |= CK_DIFFERENT_BIRTH;
	if (ours->sex != '\0' && theirs->sex != '\0' &&
	    ours->sex != theirs->sex)
		differs |= CK_DIFFERENT_SEX;

	return differs;
}

unsigned
ck_correction_differs(const struct ck_lookup_record *record)
{
	const struct ck_counted *counted = &record->counted;
	unsigned differs = by_code(counted->first_reason);

	if (is_unlinked(counted))
		differs |= CK_DIFFERENT_LINK;
	if (record->has_answer)
		differs |= by_answer(&record->identity, &record->answer);

	return differs;
}

json_t *
ck_correction_differs_json(unsigned differs)
{
	static const struct {
		unsigned bit;
		const char *label;
	} fields[] = {
#define X(symbol, bit, label) { symbol, label },
		CK_DIFFERS_LIST(X)
#undef X
	};
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		if ((differs & fields[i].bit) != 0 && json_array_append_new(
		    list, json_string(fields[i].label)) != 0) {
			json_decref(list);
			return NULL;
		}
	}

	return list;
}
