/*
 * pace_words.c - what a chip offers under PACE, in words for a technician
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "access/pace_words.h"

/* Content bytes of id-PACE, 0.4.0.127.0.7.2.2.4; m and s follow. */
#define FRONT_LEN 8

/* The m of the OID. §9.2.5 */
static const struct {
	const char *name, *words;
} mappings[] = {
	{ "DH-GM", "generic mapping" },
	{ "ECDH-GM", "generic mapping" },
	{ "DH-IM", "integrated mapping" },
	{ "ECDH-IM", "integrated mapping" },
	{ NULL, "an unknown mapping" },
	{ "ECDH-CAM", "chip authentication mapping" }
};

/* The s of the OID. */
static const char *const suites[] = {
	"3DES-CBC-CBC", "AES-CBC-CMAC-128", "AES-CBC-CMAC-192",
	"AES-CBC-CMAC-256"
};

#define MAPPINGS (sizeof(mappings) / sizeof(mappings[0]))
#define SUITES (sizeof(suites) / sizeof(suites[0]))

/* Append as much as there is room for. */
__attribute__((format(printf, 3, 4)))
static void
append(char *text, size_t size, const char *format, ...)
{
	size_t at = strlen(text);
	va_list args;

	va_start(args, format);
	(void)vsnprintf(text + at, size - at, format, args);
	va_end(args);
}

static bool
has_name(struct ck_span oid)
{
	unsigned m, s;

	if (oid.len != CK_PACE_OID_LEN)
		return false;
	m = oid.ptr[FRONT_LEN];
	s = oid.ptr[FRONT_LEN + 1];

	return m >= 1 && m <= MAPPINGS && mappings[m - 1].name != NULL &&
	    s >= 1 && s <= SUITES;
}

void
ck_pace_name(struct ck_span oid, char out[CK_PACE_NAME_LEN])
{
	size_t i;

	out[0] = '\0';
	if (has_name(oid)) {
		append(out, CK_PACE_NAME_LEN, "id-PACE-%s-%s",
		    mappings[oid.ptr[FRONT_LEN] - 1].name,
		    suites[oid.ptr[FRONT_LEN + 1] - 1]);
		return;
	}
	append(out, CK_PACE_NAME_LEN, "OID ");
	for (i = 0; i < oid.len; i++)
		append(out, CK_PACE_NAME_LEN, "%02X", oid.ptr[i]);
}

static const char *
mapping_words(struct ck_span oid)
{
	unsigned m = oid.ptr[FRONT_LEN];

	return m >= 1 && m <= MAPPINGS ? mappings[m - 1].words :
	    "an unknown mapping";
}

static void
describe_one(const struct ck_security_info *info, char *text, size_t size)
{
	struct ck_pace_offer offer;
	char name[CK_PACE_NAME_LEN];

	ck_pace_name(info->oid, name);
	switch (ck_pace_offer_read(info, &offer)) {
	case CK_PACE_OTHER_OID:
		append(text, size, "PACE domain parameters (%s)", name);
		break;
	case CK_PACE_OTHER_MAPPING:
		append(text, size, "PACE with %s (%s)",
		    mapping_words(info->oid), name);
		break;
	case CK_PACE_OTHER_CIPHER:
		append(text, size, "PACE with an unknown cipher (%s)", name);
		break;
	case CK_PACE_OTHER_VERSION:
		append(text, size, "PACE of another version than 2 (%s)",
		    name);
		break;
	case CK_PACE_EXPLICIT:
		append(text, size, "PACE with explicit domain parameters (%s)",
		    name);
		break;
	case CK_PACE_RESERVED:
		append(text, size, "PACE with unknown domain parameters %u "
		    "(%s)", (unsigned)offer.parameter_id, name);
		break;
	case CK_PACE_SPOKEN:
	default:
		break;
	}
}

void
ck_pace_describe(struct ck_span card_access, char *text, size_t size)
{
	struct ck_security_infos infos;
	size_t i;

	text[0] = '\0';
	if (ck_security_infos_parse(card_access, &infos) != CK_OK)
		return;
	for (i = 0; i < infos.count; i++) {
		if (ck_security_info_protocol(&infos.item[i]) !=
		    CK_PROTOCOL_PACE)
			continue;
		if (text[0] != '\0')
			append(text, size, ", ");
		describe_one(&infos.item[i], text, size);
	}
}
