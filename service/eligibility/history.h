/*
 * history.h - earlier visits, as the gateway tells them (Lskcb2025)
 *
 * In the flow:  gateway -> [history] -> http
 * Source:       dispatch CV 2746/BHXH-CNTT (2025)
 *
 * Asked on request only. Never stored, and never able to change what the card
 * lookup said. Pure: no input or output.
 */
#ifndef SERVICE_ELIGIBILITY_HISTORY_H
#define SERVICE_ELIGIBILITY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ck/identity.h"

/* More visits than this are cut off; the newest come first at the gateway. */
#define CK_EPISODES_MAX 200

/* One visit. Codes are the gateway's digits; empty: not given. */
struct ck_episode {
	char id[32];			/* maHoSo */
	char facility[8];		/* maCSKCB */
	char admitted[CK_DATE_LEN + 6];	/* "2026-11-23T07:31", local */
	char discharged[CK_DATE_LEN + 6];
	char diagnosis[512];		/* tenBenh, cut at its size */
	char condition[4];		/* tinhTrang 1..4 */
	char result[4];			/* kqDieuTri 1..5 */
	char reason[8];			/* lyDoVV, or MA_DOITUONG_KCB */
};

struct ck_history {
	char code[8];			/* maKetQua */
	char note[1024];		/* ghiChu */
	struct ck_episode *episodes;	/* owned; NULL: none */
	size_t count;
	bool cut;			/* there were more */
};

/*
 * Read one answer. No list, null or [] are no visits. *out is wiped first.
 *
 * Returns  CK_OK                     also with a code that is not 000
 *          CK_ERR_GATEWAY_MALFORMED  not JSON, no code, a list that is none
 *          CK_ERR_NOMEM
 */
CK_MUST_CHECK enum ck_err
ck_history_parse(struct ck_span body, struct ck_history *out);

void ck_history_wipe(struct ck_history *history);

#endif /* SERVICE_ELIGIBILITY_HISTORY_H */
