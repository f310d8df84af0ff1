/*
 * renew.h - what the insurer has said of a visit since it was admitted
 *
 * In the flow:  store/visit, a re-check or a later lookup -> [renew] -> draft,
 *               outbox, http
 *
 * A notice is filled from the lookup that somebody was admitted on. An outage
 * ends, a card is renewed: the lookup that decides the visit now may be another
 * one. Nothing that is recorded is rewritten; what has not been sent takes the
 * new answer when it is read, and what has been sent is told to be outdated.
 */
#ifndef SERVICE_CHECKIN_RENEW_H
#define SERVICE_CHECKIN_RENEW_H

#include "checkin/admission.h"
#include "store/record.h"

struct ck_store;

struct ck_renewed {
	char answer_id[CK_LOOKUP_ID_LEN];	/* the lookup; empty: nothing
						 * has changed */
	int64_t answered_ms;		/* wall clock */
	enum ck_outcome outcome;
	struct ck_admission_change change;
};

/*
 * Put the answer that decides the visit now into notice, in place of that of
 * the lookup before_id, which filled it. Values that somebody has changed stay,
 * and so does all where the insurer has not answered anew.
 *
 * before_id  "": admitted without a lookup; nothing is renewed.
 *
 * Returns CK_OK, CK_ERR_NOMEM or an error of the database; then *out says that
 * nothing has changed, and notice is not to be used.
 */
CK_MUST_CHECK enum ck_err
ck_renew_notice(struct ck_store *store, const char *before_id,
    struct ck_notice *notice, struct ck_renewed *out);

#endif /* SERVICE_CHECKIN_RENEW_H */
