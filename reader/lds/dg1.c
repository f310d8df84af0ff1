/*
 * dg1.c - DG1: one template around the machine readable zone
 */
#include "card/tlv.h"
#include "lds/dg1.h"

enum ck_err
ck_dg1_parse(struct ck_span file, struct ck_date today, struct ck_mrz *out)
{
	struct ck_span body, zone;

	ck_mrz_wipe(out);
	if (!ck_tlv_only(file, 0x61, &body) ||
	    !ck_tlv_only(body, 0x5F1F, &zone))
		return CK_ERR_FILE_MALFORMED;

	return ck_mrz_parse(zone, today, out);
}
