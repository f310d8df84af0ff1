/*
 * remote.c - the table of the gateway's functions
 *
 * The newest version of each function stands first.
 */
#include <string.h>

#include "eligibility/remote.h"

static const struct ck_remote_row rows[] = {
	{ CK_REMOTE_TOKEN, "1245", "/api/token/take", CK_ENCODING_FORM,
	    CK_SECRETS_BODY },
	/* KQNhanLichSuKCB595, 2018 and 2019 were switched off on 2024-08-01. */
	{ CK_REMOTE_LOOKUP, "2024", "/api/egw/KQNhanLichSuKCB2024",
	    CK_ENCODING_FORM, CK_SECRETS_QUERY },
	/* The document says JSON; the gateway takes only a form. */
	{ CK_REMOTE_HISTORY, "2025", "/api/egw/Lskcb2025", CK_ENCODING_FORM,
	    CK_SECRETS_QUERY },
	{ CK_REMOTE_COPAYMENT, "2026", "/api/TraCuuCCT/TraCuuTienMCCT",
	    CK_ENCODING_JSON, CK_SECRETS_HEADERS },
	{ CK_REMOTE_CHECK_IN, "3176", "/api/qd130/checkInKcbQd3176",
	    CK_ENCODING_FORM, CK_SECRETS_HEADERS },
	{ CK_REMOTE_CHECK_IN, "4750", "/api/qd130/checkInKcbQd4750",
	    CK_ENCODING_FORM, CK_SECRETS_HEADERS },
	{ CK_REMOTE_CHECK_IN, "130", "/api/qd130/checkInKcbQd130",
	    CK_ENCODING_FORM, CK_SECRETS_HEADERS },
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

const struct ck_remote_row *
ck_remote_find(enum ck_remote function, const char *version)
{
	size_t i;

	for (i = 0; i < ROWS; i++) {
		if (rows[i].function == function &&
		    strcmp(rows[i].version, version) == 0)
			return &rows[i];
	}

	return NULL;
}

const struct ck_remote_row *
ck_remote_at(size_t index)
{
	return index < ROWS ? &rows[index] : NULL;
}

const char *
ck_remote_name(enum ck_remote function)
{
	static const char *const names[CK_REMOTES] = {
		"token", "lookup", "history", "copayment", "check_in"
	};

	return function < CK_REMOTES ? names[function] : "?";
}

struct ck_remote_row
ck_remote_effective(enum ck_remote function,
    const struct ck_remote_choice *choice)
{
	const struct ck_remote_row *known =
	    ck_remote_find(function, choice->version);
	struct ck_remote_row row;
	size_t i = 0;

	while (known == NULL && rows[i].function != function)
		i++;
	row = known != NULL ? *known : rows[i];

	if (choice->path[0] != '\0')
		row.path = choice->path;
	if (choice->encoding != CK_ENCODING_VERSION)
		row.encoding = choice->encoding;

	return row;
}
