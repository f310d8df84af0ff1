/*
 * ack.h - the gateway's answer to a check-in (XML0)
 *
 * In the flow:  gateway -> [ack] -> checkin
 * Source:       QĐ 130, QĐ 4750, QĐ 3176; domain notes on the gateway, §4
 *
 * Pure: no input or output.
 */
#ifndef SERVICE_ELIGIBILITY_ACK_H
#define SERVICE_ELIGIBILITY_ACK_H

#include "ck/buf.h"
#include "ck/error.h"

enum ck_ack_result {
	CK_ACK_ACCEPTED,	/* 200, and no word of an error beside it */
	CK_ACK_REJECTED,	/* it read the file and names what is wrong */
	CK_ACK_UNKNOWN	/* a code that says neither: may have arrived */
};

struct ck_ack {
	enum ck_ack_result result;
	char code[8];			/* maKetQua */
	char transaction[64];		/* maGiaoDich: kept 60 days there */
	char received[16];	/* thoiGianTiepNhan, yyyyMMddHHmmss,
					 * local, as it came; empty: none */
	char message[2048];		/* thongDiep: errors by field */
};

/*
 * Read one answer. *out is wiped first. A 401 or 403 gives CK_OK with that
 * code and CK_ACK_UNKNOWN: the caller takes a new token.
 * Returns CK_OK, CK_ERR_GATEWAY_MALFORMED.
 */
CK_MUST_CHECK enum ck_err
ck_ack_parse(struct ck_span body, struct ck_ack *out);

void ck_ack_wipe(struct ck_ack *ack);

#endif /* SERVICE_ELIGIBILITY_ACK_H */
