/*
 * codes.c - the table of result codes, made from schema/result-codes.csv
 */
#include <string.h>

#include "eligibility/codes.h"

#define ROW(code, class_name, outcome, nature) \
	{ code, class_name, CK_OUTCOME_##outcome, CK_CODE_##nature },

static const struct ck_code table[] = {
#include "result_codes.inc"
};

#define TABLE_LEN (sizeof(table) / sizeof(table[0]))

static const struct ck_code unknown = {
	"", "unknown", CK_OUTCOME_UNAVAILABLE, CK_CODE_UNKNOWN_CODE
};

const struct ck_code *
ck_code_find(const char *code)
{
	size_t i;

	for (i = 0; i < TABLE_LEN; i++) {
		if (strcmp(table[i].code, code) == 0)
			return &table[i];
	}

	return &unknown;
}

const struct ck_code *
ck_code_at(size_t index)
{
	return index < TABLE_LEN ? &table[index] : NULL;
}
