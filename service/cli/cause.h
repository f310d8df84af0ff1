/*
 * cause.h - why the gateway cannot be asked, out of what a try has shown
 *
 * In the flow:  doctor_gateway tries -> [cause] -> words and exit status
 *
 * Pure. Each cause has a person who can mend it, and words in service/text
 * (reason.doctor_…). The exit status is the number.
 */
#ifndef SERVICE_CLI_CAUSE_H
#define SERVICE_CLI_CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/error.h"
#include "io/client.h"

enum ck_cause {
	CK_CAUSE_WELL = 0,
	CK_CAUSE_NAME = 10,		/* its name does not resolve */
	CK_CAUSE_LINE = 11,		/* no way out at all */
	CK_CAUSE_CLOSED = 12,		/* there, but nobody listens */
	CK_CAUSE_ADDRESS = 13,	/* ours is not registered */
	CK_CAUSE_TLS = 14,
	CK_CAUSE_PROXY = 15,
	CK_CAUSE_ACCOUNT = 16,	/* wrong user or password */
	CK_CAUSE_BLOCKED = 17,	/* the account is locked */
	CK_CAUSE_FAULT = 18,		/* the gateway itself */
	CK_CAUSE_OPERATOR = 19,	/* the clerk's name or number */
	CK_CAUSE_SLOW = 20
};

/* What one try has shown. */
struct ck_trial {
	enum ck_client_end end;
	long status;
	int system_error;	/* errno of the connection */
	bool has_route;		/* this computer has a way out of its network */
	enum ck_err err;	/* of the token, or of the answer */
	char code[8];		/* maKetQua of the lookup; empty: none */
	int64_t duration_ms;
	int64_t budget_ms;	/* above it: slow */
};

enum ck_cause ck_cause_of(const struct ck_trial *trial);

/* The reason under which the words stand: "doctor_name", …. Static. */
const char *ck_cause_reason(enum ck_cause cause);

/* True for an IPv4 or IPv6 address that the whole world can reach: neither
 * private, shared, link-local nor loopback. */
bool ck_address_is_public(const char *address);

#endif /* SERVICE_CLI_CAUSE_H */
