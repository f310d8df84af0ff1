/*
 * remote.h - the gateway's functions: names, paths and how each is asked
 *
 * In the flow:  config -> [remote] -> gateway
 * Source:       dispatches CV1245 (token), CV1923 (lookup), CV2746 (history),
 *               CV1839 (co-payment); decisions QĐ 130, 4750, 3176 (check-in)
 *
 * Dispatches rename the functions every few years. Each name that is known is
 * a row; the configuration picks a row by its version, and may replace path
 * and encoding when the next dispatch comes before the next program.
 * tests/wire/gateway_remote.h holds a recorded exchange for each row.
 */
#ifndef SERVICE_ELIGIBILITY_REMOTE_H
#define SERVICE_ELIGIBILITY_REMOTE_H

#include <stddef.h>

enum ck_remote {
	CK_REMOTE_TOKEN,
	CK_REMOTE_LOOKUP,	/* a card, and what it is worth */
	CK_REMOTE_HISTORY,	/* earlier visits */
	CK_REMOTE_COPAYMENT,	/* cumulated co-payment (MCCT) */
	CK_REMOTE_CHECK_IN,	/* the status notice XML0 */
	CK_REMOTES		/* how many */
};

enum ck_encoding {
	CK_ENCODING_VERSION,	/* as the version wants it */
	CK_ENCODING_FORM,	/* application/x-www-form-urlencoded */
	CK_ENCODING_JSON
};

/* Where token, account and password hash travel. */
enum ck_secrets {
	CK_SECRETS_BODY,	/* username and password in the body */
	CK_SECRETS_QUERY,	/* token, id_token, username, password */
	CK_SECRETS_HEADERS	/* accessToken, tokenId, passwordHash */
};

/* What the configuration chooses for one function. */
struct ck_remote_choice {
	char version[8];
	char path[128];			/* empty: the version's */
	enum ck_encoding encoding;
};

/* One function as one dispatch has it. */
struct ck_remote_row {
	enum ck_remote function;
	const char *version;
	const char *path;
	enum ck_encoding encoding;	/* never CK_ENCODING_VERSION */
	enum ck_secrets secrets;
};

/* The row of this version. NULL: not known. Static. */
const struct ck_remote_row *
ck_remote_find(enum ck_remote function, const char *version);

/* Row number index of the table; NULL beyond its end. */
const struct ck_remote_row *ck_remote_at(size_t index);

/* "token", "lookup", "history", "copayment", "check_in". Static. */
const char *ck_remote_name(enum ck_remote function);

/* What is asked in effect: the row of the version (the newest, where it is not
 * known: the configuration refuses that), with path and encoding replaced.
 * Borrowed from both. */
struct ck_remote_row ck_remote_effective(enum ck_remote function,
    const struct ck_remote_choice *choice);

#endif /* SERVICE_ELIGIBILITY_REMOTE_H */
