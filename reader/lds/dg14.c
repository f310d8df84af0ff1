/*
 * dg14.c - DG14: one template around SecurityInfos
 */
#include <string.h>

#include "card/tlv.h"
#include "lds/dg14.h"

enum ck_err
ck_dg14_parse(struct ck_span file, struct ck_security_infos *out)
{
	struct ck_span body;

	if (!ck_tlv_only(file, 0x6E, &body)) {
		memset(out, 0, sizeof(*out));
		return CK_ERR_FILE_MALFORMED;
	}

	return ck_security_infos_parse(body, out);
}
