/*
 * reading.c - what one read found: its words, and wiping it
 */
#include <openssl/crypto.h>

#include <stdlib.h>

#include "ck/reader.h"

void
ck_secret_wipe(struct ck_secret *secret)
{
	OPENSSL_cleanse(secret, sizeof(*secret));
}

void
ck_reading_wipe(struct ck_reading *reading)
{
	if (reading->sensitive != NULL)
		OPENSSL_cleanse(reading->sensitive,
		    sizeof(*reading->sensitive));
	free(reading->sensitive);
	ck_buf_wipe(&reading->photo);
	OPENSSL_cleanse(reading, sizeof(*reading));
}

bool
ck_reading_genuine(const struct ck_reading *reading)
{
	return reading->passive != CK_PASSIVE_INVALID &&
	    reading->chip_auth != CK_CLONE_INVALID &&
	    reading->active_auth != CK_CLONE_INVALID;
}

const char *
ck_access_label(enum ck_access access)
{
	switch (access) {
	case CK_ACCESS_PACE_CAN:
		return "pace-can";
	case CK_ACCESS_PACE_MRZ:
		return "pace-mrz";
	case CK_ACCESS_BAC:
		return "bac";
	case CK_ACCESS_NONE:
	default:
		return "";
	}
}

const char *
ck_passive_label(enum ck_passive passive)
{
	switch (passive) {
	case CK_PASSIVE_VALID:
		return "valid";
	case CK_PASSIVE_UNKNOWN_ISSUER:
		return "unknown_issuer";
	case CK_PASSIVE_INVALID:
		return "invalid";
	case CK_PASSIVE_ABSENT:
	default:
		return "absent";
	}
}

const char *
ck_issuer_label(enum ck_issuer issuer)
{
	switch (issuer) {
	case CK_ISSUER_LISTED:
		return "listed";
	case CK_ISSUER_PINNED:
		return "pinned";
	case CK_ISSUER_NOT_IN_LIST:
		return "not_in_list";
	case CK_ISSUER_NO_LIST:
		return "no_list";
	case CK_ISSUER_NONE:
	default:
		return "";
	}
}

const char *
ck_clone_check_label(enum ck_clone_check check)
{
	switch (check) {
	case CK_CLONE_ABSENT:
		return "absent";
	case CK_CLONE_VALID:
		return "valid";
	case CK_CLONE_INVALID:
		return "invalid";
	case CK_CLONE_NOT_PERFORMED:
	default:
		return "not_performed";
	}
}

const char *
ck_step_label(enum ck_step step)
{
	switch (step) {
	case CK_STEP_CONNECT:
		return "connect";
	case CK_STEP_ACCESS:
		return "access";
	case CK_STEP_IDENTITY:
		return "identity";
	case CK_STEP_VERIFY:
		return "verify";
	case CK_STEP_PHOTO:
		return "photo";
	case CK_STEP_DONE:
	default:
		return "done";
	}
}
