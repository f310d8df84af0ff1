/*
 * push.h - what a clinic behind a firewall sends by itself
 *
 * In the flow:  POST /v1/feeds -> [push] -> ledger
 * Source:       docs/feed.md, "Three ways"
 *
 * What a server does with a request, without the server: it hands over bytes
 * and whose token came with them, and gets a status and a JSON body.
 */
#ifndef SERVICE_COLLECT_PUSH_H
#define SERVICE_COLLECT_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "ck/buf.h"
#include "ck/error.h"
#include "ledger/ledger.h"

/* Bytes of a request's body at most, compressed or not. */
#define CK_PUSH_MAX CK_DOCUMENT_MAX

/* A request. Borrowed. */
struct ck_push {
	struct ck_span body;
	bool gzip;		/* Content-Encoding: gzip */
	bool cut;		/* longer than CK_PUSH_MAX; body is its start */
	uint64_t announced;	/* so long that nothing of it was read; 0: no */
	int64_t facility;	/* whose token it was; 0: of no clinic */
	const char *station;	/* likewise; NULL: any of that clinic */
};

/*
 * POST /v1/feeds. *status receives 200, 409, 413 or 422; out the body:
 * {"facility","station","epoch","revision"} for the first two, else a problem
 * (RFC 9457) whose "reason" is a label of verdict.h. Quarantined is 422, too:
 * the clinic keeps what it has, and sends it again.
 *
 * Returns CK_OK; CK_ERR_SERVER_GONE and the other errors of the ledger: answer
 * 503, nothing is lost; CK_ERR_NOMEM.
 */
CK_MUST_CHECK enum ck_err
ck_push_take(struct ck_ledger *ledger, const struct ck_push *push,
    int *status, struct ck_buf *out);

/* GET /v1/feeds: {"facility","station","epoch","revision"}, revision 0 for
 * what is not known. Returns CK_OK, CK_ERR_NOMEM or an error of the ledger. */
CK_MUST_CHECK enum ck_err
ck_push_position(struct ck_ledger *ledger, const char *code,
    const char *station, const char *epoch, struct ck_buf *out);

#endif /* SERVICE_COLLECT_PUSH_H */
