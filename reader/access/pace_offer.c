/*
 * pace_offer.c - which PACE protocol the chip offers and we speak
 */
#include <string.h>

#include "access/pace_offer.h"

/* Positions in the OID's content bytes. */
#define OID_MAPPING 8
#define OID_SUITE 9

/* PACE as in ICAO 9303; version 1 is a draft. §9.2.1 */
#define VERSION 2

/* Above it, numbers are the chip's own names for explicit parameters. */
#define STANDARD_PARAMETER_MAX 31

/* The s of the OID. §9.2.1 */
static bool
suite_of(uint8_t arc, enum ck_suite *suite)
{
	static const enum ck_suite suites[] = {
		CK_SUITE_3DES, CK_SUITE_AES128, CK_SUITE_AES192,
		CK_SUITE_AES256
	};

	if (arc < 1 || arc > sizeof(suites) / sizeof(suites[0]))
		return false;
	*suite = suites[arc - 1];

	return true;
}

/* §9.5.1 table 8: 0..2 are groups of integers, 8..18 are curves. */
static bool
parameters_fit(enum ck_pace_mapping mapping, uint32_t id)
{
	return mapping == CK_PACE_DH_GM ? id <= 2 : id >= 8 && id <= 18;
}

/* §9.2.1: without a number, or with a high one, parameters are explicit. */
static enum ck_pace_fault
read_parameters(const struct ck_security_info *info, struct ck_pace_offer *out)
{
	if (info->optional.len == 0)
		return CK_PACE_EXPLICIT;
	if (!ck_security_info_integer(info->optional, &out->parameter_id))
		return CK_PACE_RESERVED;
	if (out->parameter_id > STANDARD_PARAMETER_MAX)
		return CK_PACE_EXPLICIT;

	return parameters_fit(out->mapping, out->parameter_id) ?
	    CK_PACE_SPOKEN : CK_PACE_RESERVED;
}

enum ck_pace_fault
ck_pace_offer_read(const struct ck_security_info *info,
    struct ck_pace_offer *out)
{
	uint32_t version;

	*out = (struct ck_pace_offer){ .ambiguous = false };
	if (info->oid.len != CK_PACE_OID_LEN)
		return CK_PACE_OTHER_OID;
	memcpy(out->oid, info->oid.ptr, CK_PACE_OID_LEN);
	if (out->oid[OID_MAPPING] != CK_PACE_DH_GM &&
	    out->oid[OID_MAPPING] != CK_PACE_ECDH_GM)
		return CK_PACE_OTHER_MAPPING;
	out->mapping = (enum ck_pace_mapping)out->oid[OID_MAPPING];
	if (!suite_of(out->oid[OID_SUITE], &out->suite))
		return CK_PACE_OTHER_CIPHER;
	if (!ck_security_info_integer(info->required, &version) ||
	    version != VERSION)
		return CK_PACE_OTHER_VERSION;

	return read_parameters(info, out);
}

/* The suites and the parameters are numbered by strength. */
static bool
is_better(const struct ck_pace_offer *a, const struct ck_pace_offer *b)
{
	if (a->suite != b->suite)
		return a->suite > b->suite;

	return a->parameter_id > b->parameter_id;
}

/*
 * §4.4.4.1: DO'84' is needed where more than one set of domain parameters is
 * there for PACE.
 */
static bool
is_ambiguous(const struct ck_security_infos *infos,
    const struct ck_security_info *chosen)
{
	size_t i;

	for (i = 0; i < infos->count; i++) {
		if (ck_security_info_protocol(&infos->item[i]) ==
		    CK_PROTOCOL_PACE && !ck_span_equal(
		    infos->item[i].optional, chosen->optional))
			return true;
	}

	return false;
}

enum ck_err
ck_pace_offer_choose(struct ck_span card_access, struct ck_pace_offer *out)
{
	const struct ck_security_info *info, *chosen = NULL;
	struct ck_security_infos infos;
	struct ck_pace_offer offer;
	enum ck_err err;
	size_t i;

	*out = (struct ck_pace_offer){ .ambiguous = false };
	if (ck_security_infos_parse(card_access, &infos) != CK_OK)
		return CK_ERR_FILE_MALFORMED;
	err = CK_ERR_FILE_ABSENT;
	for (i = 0; i < infos.count; i++) {
		info = &infos.item[i];
		if (ck_security_info_protocol(info) != CK_PROTOCOL_PACE)
			continue;
		err = CK_ERR_ACCESS_UNSUPPORTED;
		if (ck_pace_offer_read(info, &offer) == CK_PACE_SPOKEN &&
		    (chosen == NULL || is_better(&offer, out))) {
			*out = offer;
			chosen = info;
		}
	}
	if (chosen == NULL)
		return err;
	out->ambiguous = is_ambiguous(&infos, chosen);

	return CK_OK;
}
