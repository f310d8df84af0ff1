/*
 * cause.c - from what was seen to who can mend it
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include <errno.h>
#include <string.h>

#include "cli/cause.h"

/*
 * Connected to nothing. A guard that lets in only registered addresses drops
 * what comes from others: its silence is the sign, while this computer has a
 * way out and the name has been resolved over it.
 */
static enum ck_cause
not_connected(const struct ck_trial *trial)
{
	if (!trial->has_route || trial->system_error == ENETUNREACH ||
	    trial->system_error == EHOSTUNREACH ||
	    trial->system_error == ENETDOWN ||
	    trial->system_error == EADDRNOTAVAIL)
		return CK_CAUSE_LINE;
	if (trial->system_error == ECONNREFUSED)
		return CK_CAUSE_CLOSED;

	return CK_CAUSE_ADDRESS;
}

static enum ck_cause
of_err(const struct ck_trial *trial)
{
	switch ((int)trial->err) {
	case CK_ERR_GATEWAY_ADDRESS:
		return CK_CAUSE_ADDRESS;
	case CK_ERR_GATEWAY_BLOCKED:
	case CK_ERR_GATEWAY_RESTRICTED:
		return CK_CAUSE_BLOCKED;
	case CK_ERR_GATEWAY_ACCOUNT:
		return CK_CAUSE_ACCOUNT;
	case CK_ERR_GATEWAY_OPERATOR:
		return CK_CAUSE_OPERATOR;
	default:
		return CK_CAUSE_FAULT;
	}
}

static enum ck_cause
of_code(const struct ck_trial *trial)
{
	const char *code = trial->code;

	if (strcmp(code, "054") == 0 || strcmp(code, "055") == 0)
		return CK_CAUSE_OPERATOR;
	if (strcmp(code, "401") == 0)
		return CK_CAUSE_ACCOUNT;
	if (strcmp(code, "100") == 0 || strcmp(code, "101") == 0 ||
	    strcmp(code, "500") == 0)
		return CK_CAUSE_FAULT;

	return trial->duration_ms > trial->budget_ms ? CK_CAUSE_SLOW :
	    CK_CAUSE_WELL;
}

enum ck_cause
ck_cause_of(const struct ck_trial *trial)
{
	switch (trial->end) {
	case CK_CLIENT_NAME:
		return trial->has_route ? CK_CAUSE_NAME : CK_CAUSE_LINE;
	case CK_CLIENT_CONNECT:
		return not_connected(trial);
	case CK_CLIENT_TLS:
		return CK_CAUSE_TLS;
	case CK_CLIENT_PROXY:
		return CK_CAUSE_PROXY;
	case CK_CLIENT_TIMEOUT:
		return CK_CAUSE_SLOW;
	case CK_CLIENT_ANSWERED:
		return trial->err != CK_OK ? of_err(trial) : of_code(trial);
	case CK_CLIENT_TOO_LARGE:
	case CK_CLIENT_BROKEN:
	case CK_CLIENT_FAILED:
	default:
		return CK_CAUSE_FAULT;
	}
}

const char *
ck_cause_reason(enum ck_cause cause)
{
	switch (cause) {
	case CK_CAUSE_WELL:
		return "doctor_well";
	case CK_CAUSE_NAME:
		return "doctor_name";
	case CK_CAUSE_LINE:
		return "doctor_line";
	case CK_CAUSE_CLOSED:
		return "doctor_closed";
	case CK_CAUSE_ADDRESS:
		return "doctor_address";
	case CK_CAUSE_TLS:
		return "doctor_tls";
	case CK_CAUSE_PROXY:
		return "doctor_proxy";
	case CK_CAUSE_ACCOUNT:
		return "doctor_account";
	case CK_CAUSE_BLOCKED:
		return "doctor_blocked";
	case CK_CAUSE_OPERATOR:
		return "doctor_operator";
	case CK_CAUSE_SLOW:
		return "doctor_slow";
	case CK_CAUSE_FAULT:
	default:
		return "doctor_fault";
	}
}

static bool
v4_is_public(uint32_t address)
{
	static const struct {
		uint32_t network, mask;
	} ours[] = {
		{ 0x00000000U, 0xFF000000U },	/* this network */
		{ 0x0A000000U, 0xFF000000U },	/* 10/8 */
		{ 0x64400000U, 0xFFC00000U },	/* 100.64/10, shared (CGNAT) */
		{ 0x7F000000U, 0xFF000000U },	/* 127/8 */
		{ 0xA9FE0000U, 0xFFFF0000U },	/* 169.254/16 */
		{ 0xAC100000U, 0xFFF00000U },	/* 172.16/12 */
		{ 0xC0A80000U, 0xFFFF0000U },	/* 192.168/16 */
		{ 0xE0000000U, 0xE0000000U }	/* 224/3 */
	};
	size_t i;

	for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if ((address & ours[i].mask) == ours[i].network)
			return false;
	}

	return true;
}

bool
ck_address_is_public(const char *address)
{
	unsigned char bytes[16];
	struct in_addr v4;

	if (inet_pton(AF_INET, address, &v4) == 1)
		return v4_is_public(ntohl(v4.s_addr));

	/* 2000::/3 is what has been given out. */
	return inet_pton(AF_INET6, address, bytes) == 1 &&
	    (bytes[0] & 0xE0) == 0x20;
}
