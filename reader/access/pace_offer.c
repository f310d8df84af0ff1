/*
 * pace_offer.c - which PACE protocol the chip offers and we speak
 */
#include <string.h>

#include "access/pace_offer.h"
#include "lds/security_infos.h"

/* Positions in the OID's content bytes. */
#define OID_MAPPING 8
#define OID_SUITE 9

/* PACE as in ICAO 9303; version 1 is a draft. §9.2.1 */
#define VERSION 2

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

static bool
read_offer(const struct ck_security_info *info, struct ck_pace_offer *out)
{
	uint32_t version;

	*out = (struct ck_pace_offer){ .ambiguous = false };
	if (info->oid.len != CK_PACE_OID_LEN)
		return false;
	memcpy(out->oid, info->oid.ptr, CK_PACE_OID_LEN);
	if (!ck_security_info_integer(info->required, &version) ||
	    version != VERSION)
		return false;
	if (!ck_security_info_integer(info->optional, &out->parameter_id))
		return false;
	if (out->oid[OID_MAPPING] != CK_PACE_DH_GM &&
	    out->oid[OID_MAPPING] != CK_PACE_ECDH_GM)
		return false;
	out->mapping = (enum ck_pace_mapping)out->oid[OID_MAPPING];

	return suite_of(out->oid[OID_SUITE], &out->suite) &&
	    parameters_fit(out->mapping, out->parameter_id);
}

/* §4.4.4.1: DO'84' names the parameters when an OID stands for several. */
static bool
is_ambiguous(const struct ck_security_infos *infos, struct ck_span oid)
{
	unsigned same = 0;
	size_t i;

	for (i = 0; i < infos->count; i++)
		same += ck_span_equal(infos->item[i].oid, oid) ? 1 : 0;

	return same > 1;
}

enum ck_err
ck_pace_offer_choose(struct ck_span card_access, struct ck_pace_offer *out)
{
	const struct ck_security_info *info;
	struct ck_security_infos infos;
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
		if (read_offer(info, out)) {
			out->ambiguous = is_ambiguous(&infos, info->oid);
			return CK_OK;
		}
		/* domain parameters of their own (arc m alone) offer nothing */
		if (info->oid.len == CK_PACE_OID_LEN)
			err = CK_ERR_ACCESS_UNSUPPORTED;
	}

	return err;
}
