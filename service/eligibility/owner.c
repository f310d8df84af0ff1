/*
 * owner.c - whose work a failure is
 *
 * design.md section 5: derived from reason, first key, assurance and
 * resolved-by. What the chip says is right, so a record that differs from it
 * is the insurer's to mend; what was typed or printed may be wrong itself.
 */
#include <string.h>

#include "eligibility/codes.h"
#include "eligibility/decide.h"

struct own_reason {
	const char *reason;
	enum ck_owner owner;
};

static const struct own_reason own_reasons[] = {
	{ CK_REASON_LINE, CK_OWNER_LINE },
	{ CK_REASON_GATEWAY, CK_OWNER_GATEWAY },
	{ CK_REASON_NO_ANSWER_YET, CK_OWNER_GATEWAY },
	{ CK_REASON_WRONG_PERSON, CK_OWNER_GATEWAY },
	{ CK_REASON_ACCOUNT, CK_OWNER_CLINIC },
	{ CK_REASON_OPERATOR, CK_OWNER_CLINIC },
	{ CK_REASON_REQUEST, CK_OWNER_CLINIC },
	{ CK_REASON_BEFORE_VALIDITY, CK_OWNER_PATIENT },
	{ CK_REASON_AFTER_VALIDITY, CK_OWNER_PATIENT },
	{ CK_REASON_INTERRUPTED, CK_OWNER_UNKNOWN },
	{ CK_REASON_UNKNOWN_CODE, CK_OWNER_UNKNOWN }
};

static bool
from_chip(const struct ck_counted *counted)
{
	return counted->assurance >= CK_ASSURANCE_CHIP_READ;
}

/* The person is there, but number, name or birth date differ. */
static enum ck_owner
mismatch_owner(const struct ck_counted *counted)
{
	return from_chip(counted) ? CK_OWNER_INSURER : CK_OWNER_DESK;
}

/* Nothing under this key. A citizen's number that was not typed is right. */
static enum ck_owner
not_found_owner(const struct ck_counted *counted)
{
	if (counted->assurance == CK_ASSURANCE_TYPED)
		return CK_OWNER_DESK;

	return counted->first_key == CK_KEY_ID_NUMBER ? CK_OWNER_INSURER :
	    CK_OWNER_UNKNOWN;
}

/*
 * Expired or stopped under the first key: the patient's, unless another key
 * of the same person was covered while the citizen's number led to a dead
 * card: then the insurer has not linked it.
 */
static enum ck_owner
not_covered_owner(const struct ck_counted *counted)
{
	bool resolved = counted->outcome == CK_OUTCOME_COVERED &&
	    counted->resolved_by != counted->first_key;

	return resolved && counted->first_key == CK_KEY_ID_NUMBER ?
	    CK_OWNER_INSURER : CK_OWNER_PATIENT;
}

static enum ck_owner
unavailable_owner(enum ck_code_nature nature)
{
	if (nature == CK_CODE_ACCOUNT || nature == CK_CODE_REQUEST)
		return CK_OWNER_CLINIC;

	return nature == CK_CODE_GATEWAY ? CK_OWNER_GATEWAY :
	    CK_OWNER_UNKNOWN;
}

static enum ck_owner
code_owner(const struct ck_counted *counted, const struct ck_code *code)
{
	switch (code->outcome) {
	case CK_OUTCOME_MISMATCH:
		return mismatch_owner(counted);
	case CK_OUTCOME_NOT_FOUND:
		return not_found_owner(counted);
	case CK_OUTCOME_NOT_COVERED:
		return not_covered_owner(counted);
	case CK_OUTCOME_UNAVAILABLE:
		return unavailable_owner(code->nature);
	case CK_OUTCOME_NONE:
	case CK_OUTCOME_COVERED:
	default:
		return CK_OWNER_NONE;
	}
}

enum ck_owner
ck_decide_owner(const struct ck_counted *counted)
{
	const char *reason = counted->outcome == CK_OUTCOME_COVERED ?
	    counted->first_reason : counted->reason;
	size_t i;

	if (counted->outcome == CK_OUTCOME_NONE ||
	    counted->first_outcome == CK_OUTCOME_COVERED)
		return CK_OWNER_NONE;
	for (i = 0; i < sizeof(own_reasons) / sizeof(own_reasons[0]); i++) {
		if (strcmp(own_reasons[i].reason, reason) == 0)
			return own_reasons[i].owner;
	}

	return code_owner(counted, ck_code_find(reason));
}
