/*
 * security_infos.h - SecurityInfos: what EF.CardAccess and DG14 announce
 *
 * Source:  ICAO Doc 9303-11 §9.2: SET OF SEQ { OID protocol, required,
 *          optional }. Unknown protocols are kept as they are.
 */
#ifndef READER_LDS_SECURITY_INFOS_H
#define READER_LDS_SECURITY_INFOS_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"

/* More than any chip seen (8); bounds the work that a card can ask for. */
#define CK_SECURITY_INFOS_MAX 32

/* One SecurityInfo; all spans borrow from the parsed bytes. */
struct ck_security_info {
	struct ck_span oid;		/* content bytes, without tag 06 */
	struct ck_span required;	/* the whole element with its tag */
	struct ck_span optional;	/* likewise; empty when absent */
};

struct ck_security_infos {
	struct ck_security_info item[CK_SECURITY_INFOS_MAX];
	size_t count;
};

/* Families of protocols, by the front of their OID. 9303-11 §9.2 */
enum ck_protocol {
	CK_PROTOCOL_OTHER,
	CK_PROTOCOL_PACE,		/* 0.4.0.127.0.7.2.2.4 */
	CK_PROTOCOL_CHIP_AUTH,		/* 0.4.0.127.0.7.2.2.3 */
	CK_PROTOCOL_CHIP_AUTH_KEY,	/* 0.4.0.127.0.7.2.2.1 */
	CK_PROTOCOL_TERMINAL_AUTH,	/* 0.4.0.127.0.7.2.2.2 */
	CK_PROTOCOL_ACTIVE_AUTH		/* 2.23.136.1.1.5 */
};

/*
 * Parse a bare SET OF SecurityInfo (tag 31, as in EF.CardAccess).
 * Returns CK_OK; CK_ERR_FILE_MALFORMED, also for trailing bytes
 * and for more than CK_SECURITY_INFOS_MAX. *out is empty on error.
 */
CK_MUST_CHECK enum ck_err
ck_security_infos_parse(struct ck_span set, struct ck_security_infos *out);

/* The family that info belongs to. */
enum ck_protocol ck_security_info_protocol(const struct ck_security_info *info);

/* The first info of this family at or after position from; NULL for none. */
const struct ck_security_info *
ck_security_infos_find(const struct ck_security_infos *infos,
    enum ck_protocol protocol, size_t from);

/*
 * The value of a one-element INTEGER, as version, parameterId and keyId are.
 * False when the element is no INTEGER of 0..2^31-1.
 */
bool ck_security_info_integer(struct ck_span element, uint32_t *out);

#endif /* READER_LDS_SECURITY_INFOS_H */
